//! What is next and for whom, the checklist with its evidence, and how the case itself goes on.

use case::{Command, StepId, event::Decision, observation::Observation, rights::Permission};
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    view::{
        acts::ActLine,
        readiness,
        steps::{self, Gate, Step},
    },
};

pub(super) const TAB: Tab =
    Tab { slug: "overview", title: "Overview", template: "case/overview.html", content, read };

#[derive(Serialize)]
struct Content {
    next: Vec<Step>,
    steps: Vec<Step>,
    gates: Vec<Gate>,
    troubles: Vec<ActLine>,
    /// Published copies that say something else, by name; also after the case is closed.
    copies: Vec<&'static str>,
    /// Words of the case that were seen in public, and of which nobody has said what they are.
    sighted: usize,
    readiness: readiness::Matrix,
    coordinate: bool,
    observe: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let steps = steps::all(desk);
    let trouble = |mark: &str| mark == "overdue";
    minijinja::Value::from_serialize(Content {
        next: steps.iter().filter(|s| s.actionable).cloned().collect(),
        gates: steps::gates(desk),
        troubles: desk
            .acts()
            .map(|act| ActLine::new(desk, act))
            .filter(|line| trouble(line.mark))
            .collect(),
        copies: desk
            .case
            .copies
            .values()
            .filter(|seen| seen.open())
            .map(|seen| seen.copy.record.name())
            .collect(),
        sighted: desk.case.open_sightings().count(),
        readiness: readiness::matrix(desk),
        coordinate: desk.may(Permission::Coordinate),
        observe: desk.may(Permission::Observe),
        steps,
    })
}

fn read(_: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    let reason = || fields.text("reason").to_owned();
    let decide = |decision| Command::Decide(Box::new(decision));
    let observe = |seen| Command::Observe(Box::new(seen));
    let form = fields.form();
    if let Some(step) = form.strip_prefix("skip-") {
        return Ok(vec![decide(Decision::Choice { step: StepId(step.into()), reason: reason() })]);
    }
    if let Some(step) = form.strip_prefix("override-") {
        return Ok(vec![decide(Decision::Override {
            step: StepId(step.into()),
            reason: reason(),
        })]);
    }
    let command = match form {
        "known" => {
            let source = fields.required("source", "Where it was seen")?.to_owned();
            observe(match fields.text("what") {
                "public" => Observation::Public { source },
                "exploit" => Observation::Exploit { source },
                "attacks" => Observation::Attacks { source },
                _ => return Err(no_such_form()),
            })
        }
        "leak" => decide(Decision::Leak {
            what: fields.required("what", "What got out")?.to_owned(),
            to: fields.required("to", "To whom")?.to_owned(),
            reported_by: fields.required("by", "Who says so")?.to_owned(),
        }),
        "withdraw" => Command::Withdraw { reason: reason() },
        "reopen" => Command::Reopen { reason: reason() },
        _ => return Err(no_such_form()),
    };
    Ok(vec![command])
}
