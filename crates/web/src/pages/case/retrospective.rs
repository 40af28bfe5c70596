//! Looking back: the facts, which the journal has already written, and what people learned.

use case::{Command, act::ActKind, event::Decision, rights::Permission};
use jiff::Timestamp;
use serde::Serialize;

use super::{Tab, no_such_form};
use crate::{
    desk::Desk,
    fields::{Fields, Read},
    time::{Moment, distance},
};

pub(super) const TAB: Tab = Tab {
    slug: "retrospective",
    title: "Retrospective",
    template: "case/retrospective.html",
    content,
    read,
};

#[derive(Serialize)]
struct Milestone {
    what: String,
    at: Moment,
    since_report: String,
}

#[derive(Serialize)]
struct Written {
    text: String,
    actions: Vec<String>,
    at: Moment,
}

#[derive(Serialize)]
struct Content {
    milestones: Vec<Milestone>,
    exposure: Option<String>,
    leaks: Vec<String>,
    overrides: Vec<(String, String, String)>,
    opened: Option<Moment>,
    written: Option<Written>,
    coordinate: bool,
}

fn content(desk: &Desk<'_>) -> minijinja::Value {
    let case = desk.case;
    minijinja::Value::from_serialize(Content {
        milestones: milestones(desk),
        exposure: exposure(desk),
        leaks: case.leaks.iter().map(|l| format!("{} (to {})", l.what, l.to)).collect(),
        overrides: case
            .waivers
            .iter()
            .map(|(step, w)| (step.to_string(), w.reason.clone(), desk.names.actor(w.by)))
            .collect(),
        opened: case.retrospective_opened.map(|at| desk.moment(at)),
        written: case.retrospective.as_ref().map(|r| Written {
            text: r.text.clone(),
            actions: r.actions.clone(),
            at: desk.moment(r.at),
        }),
        coordinate: desk.may(Permission::Coordinate),
    })
}

fn done(desk: &Desk<'_>, kind: impl Fn(&ActKind) -> bool) -> Option<Timestamp> {
    desk.case.acts_of(kind).find_map(case::act::Act::done_at)
}

fn published(desk: &Desk<'_>) -> Option<Timestamp> {
    done(desk, |k| *k == ActKind::PublishAdvisory)
}

fn milestones(desk: &Desk<'_>) -> Vec<Milestone> {
    let case = desk.case;
    let Some(reported) = case.reports.values().map(|r| r.received_at).min() else {
        return Vec::new();
    };
    let lines = case.lines.iter().filter_map(|(key, line)| {
        let release = line.fixed_in()?;
        Some((format!("{} released ({key})", release.version), Some(release.released_at)))
    });
    let known = [
        ("reported", Some(reported)),
        ("acknowledged", done(desk, |k| matches!(k, ActKind::Acknowledge { .. }))),
        ("triaged", case.triage.as_ref().map(|t| t.at)),
        ("advisory draft seen at the forge", case.forge.draft_seen_at),
        (
            "date agreed on",
            case.embargo.agreed.and_then(|r| case.embargo.proposal(r)).map(|p| p.at),
        ),
        ("distributors told", done(desk, |k| *k == ActKind::NotifyDistributors)),
        ("published", published(desk)),
        ("users told", done(desk, |k| *k == ActKind::NotifyUsers)),
        ("distributors followed up", done(desk, |k| *k == ActKind::FollowUp)),
    ];
    let named = known.into_iter().map(|(what, at)| (what.to_owned(), at));
    let mut times: Vec<(String, Timestamp)> =
        named.chain(lines).filter_map(|(what, at)| Some((what, at?))).collect();
    times.sort_by_key(|(_, at)| *at);
    times
        .into_iter()
        .map(|(what, at)| Milestone {
            what,
            at: desk.moment(at),
            since_report: distance(at.duration_since(reported).as_secs().unsigned_abs()),
        })
        .collect()
}

/// From the first public sign of the fix to the advisory.
fn exposure(desk: &Desk<'_>) -> Option<String> {
    let signs = desk.case.lines.values().flat_map(|line| {
        line.fix.public_at.into_iter().chain(line.fixed_in().map(|r| r.released_at))
    });
    let window = published(desk)?.duration_since(signs.min()?);
    (!window.is_negative()).then(|| distance(window.as_secs().unsigned_abs()))
}

fn read(_: &Desk<'_>, fields: &Fields) -> Read<Vec<Command>> {
    Ok(vec![match fields.form() {
        "retrospective" => Command::Decide(Box::new(Decision::Retrospective {
            text: fields.text("text").to_owned(),
            actions: fields.lines("actions"),
        })),
        "open" => Command::Decide(Box::new(Decision::RetrospectiveOpened {
            invitation: fields.text("invitation").to_owned(),
        })),
        "close" => Command::Close { reason: fields.text("reason").to_owned() },
        _ => return Err(no_such_form()),
    }])
}
