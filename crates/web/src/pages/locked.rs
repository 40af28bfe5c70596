//! A house that was restored from a backup, or copied: why it is locked, what it does not know, and
//! who may let it act again.

use axum::response::{Html, IntoResponse, Redirect, Response};
use case::{PersonId, Refusal, refusal::Rule};
use engine::{EngineError, OpenCall};
use serde::Serialize;

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::Fields,
    visit::{Hall, Visit},
};

const TEMPLATE: &str = "locked.html";
const TITLE: &str = "Locked";

#[derive(Serialize)]
struct Call {
    to: String,
    what: String,
    settled: bool,
}

#[derive(Serialize)]
struct Content {
    /// `restored` or `copied`, while it is locked.
    why: Option<&'static str>,
    /// Who may unlock it.
    team: Vec<String>,
    may_unlock: bool,
    calls: Vec<Call>,
}

fn calls(hall: &Hall, open: &[OpenCall]) -> Vec<Call> {
    let call = |call: &OpenCall| Call {
        to: format!("{}/case/{}/act/{}", hall.base, call.case, call.act),
        what: call.what.clone(),
        settled: call.settled,
    };
    open.iter().map(call).collect()
}

fn content(visit: &Visit, open: &[OpenCall]) -> Result<Content, Fault> {
    let projects = visit.hall.engine.projects()?;
    let team: std::collections::BTreeSet<PersonId> =
        projects.into_iter().flat_map(|project| project.team).collect();
    let may_unlock = team.contains(&visit.person);
    let names = team.into_iter().filter(|_| may_unlock).map(|person| visit.hall.name(person));
    Ok(Content {
        why: visit.hall.engine.locked(),
        team: names.collect::<Result<_, Fault>>()?,
        may_unlock,
        calls: calls(&visit.hall, open),
    })
}

/// The page; in a house that may act there is none.
pub(crate) async fn show(visit: Visit) -> Result<Html<String>, Fault> {
    blocking(move || {
        visit.hall.engine.locked().ok_or(Fault::NotFound)?;
        let open = visit.hall.engine.open_calls(visit.person)?;
        visit.hall.show(TEMPLATE, TITLE, content(&visit, &open)?)
    })
    .await
}

/// Unlocks it, and shows what came of the calls that were under way.
pub(crate) async fn send(visit: Visit, fields: Fields) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        if visit.hall.engine.locked().is_none() {
            return Ok(Redirect::to("/").into_response());
        }
        match visit.hall.engine.unlock(visit.person, fields.text("reason")) {
            Ok(open) => {
                let page = content(&visit, &mine(&visit, open)?)?;
                Ok(visit.hall.show(TEMPLATE, "Unlocked", page)?.into_response())
            }
            Err(EngineError::Invalid(why)) => {
                let refusal = Refusal::new(Rule::BadValue, why, "write it down");
                let open = visit.hall.engine.open_calls(visit.person)?;
                let page = content(&visit, &open)?;
                visit.hall.show_refused(TEMPLATE, TITLE, page, &fields, &refusal)
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}

/// Of the calls of the whole house, those of cases that the visitor may see.
fn mine(visit: &Visit, mut open: Vec<OpenCall>) -> Result<Vec<OpenCall>, Fault> {
    let mut kept = Vec::new();
    for call in open.drain(..) {
        match visit.hall.engine.view(call.case, visit.actor()) {
            Ok(_) => kept.push(call),
            Err(EngineError::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(kept)
}
