//! A case's pages. Each is one [`Tab`]: what it shows, and how its forms become commands. One
//! pair of handlers serves them all, so that every page refuses, repeats and hides alike.

pub(crate) mod act;
mod answers;
mod assessment;
mod conversation;
pub(crate) use conversation::credit_answer;
mod deliveries;
mod disclosure;
mod embargo;
mod fixes;
pub(crate) mod link;
mod overview;
mod particulars;
mod people;
pub(crate) use people::{contact, known_or_new};
pub(crate) mod prepare;
mod private;
mod public;
pub(crate) mod raw;
mod records;
pub(crate) mod relate;
mod retrospective;
pub(crate) mod terms;
mod timeline;
pub(crate) mod told;

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{CaseId, Command, refusal::Rule};
use engine::{EngineError, View};
use serde::Deserialize;

use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::{Fields, Read},
    frame::Refused,
    visit::Visit,
};

/// One page of a case.
pub(crate) struct Tab {
    /// Last part of its address.
    pub(crate) slug: &'static str,
    /// Its name.
    pub(crate) title: &'static str,
    template: &'static str,
    content: fn(&Desk<'_>) -> minijinja::Value,
    /// The commands that a form of this page stands for, in order.
    read: fn(&Desk<'_>, &Fields) -> Read<Vec<Command>>,
}

/// Every page of a case, in the order in which a response meets them.
pub(crate) const TABS: [&Tab; 12] = [
    &overview::TAB,
    &conversation::TAB,
    &deliveries::TAB,
    &assessment::TAB,
    &fixes::TAB,
    &public::TAB,
    &embargo::TAB,
    &disclosure::TAB,
    &records::TAB,
    &retrospective::TAB,
    &people::TAB,
    &timeline::TAB,
];

/// A case in an address.
#[derive(Deserialize)]
pub(crate) struct CasePath {
    case: String,
}

/// A page of a case in an address.
#[derive(Deserialize)]
pub(crate) struct TabPath {
    case: String,
    tab: String,
}

/// Reads a case's id; what is no id is no case.
pub(crate) fn case_id(text: &str) -> Result<CaseId, Fault> {
    text.parse().map_err(|_| Fault::NotFound)
}

fn tab(slug: &str) -> Result<&'static Tab, Fault> {
    TABS.into_iter().find(|tab| tab.slug == slug).ok_or(Fault::NotFound)
}

/// The first page of a case. The same for every id; whether there is such a case is told there.
pub(crate) async fn first(visit: Visit, Path(at): Path<CasePath>) -> Result<Redirect, Fault> {
    let case = case_id(&at.case)?;
    Ok(Redirect::to(&format!("{}/case/{case}/overview", visit.hall.base)))
}

/// A page of a case.
pub(crate) async fn show(visit: Visit, Path(at): Path<TabPath>) -> Result<Html<String>, Fault> {
    blocking(move || page(&visit, case_id(&at.case)?, tab(&at.tab)?)).await
}

fn page(visit: &Visit, case: CaseId, tab: &Tab) -> Result<Html<String>, Fault> {
    let view = visit.hall.engine.view(case, visit.actor())?;
    let (title, sheet) = sheet(visit, &view, tab)?;
    visit.hall.show(tab.template, &title, sheet)
}

fn sheet(visit: &Visit, view: &View, tab: &Tab) -> Result<(String, Sheet), Fault> {
    let desk = Desk::new(visit, view)?;
    let title = format!("{} · {}", tab.title, desk.case.codename);
    let content = (tab.content)(&desk);
    Ok((title, desk.sheet(tab.slug, content)))
}

/// A form of a page of a case.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<TabPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let (case, tab) = (case_id(&at.case)?, tab(&at.tab)?);
        let view = visit.hall.engine.view(case, visit.actor())?;
        match carry_out(&visit, &view, tab, &fields)? {
            Ok(()) => {
                let form = fields.text("form");
                let to = format!("{}/case/{case}/{}#{form}", visit.hall.base, tab.slug);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                // What came before the refusal may have changed the case.
                let view = visit.hall.engine.view(case, visit.actor())?;
                let (title, sheet) = sheet(&visit, &view, tab)?;
                visit.hall.show_refused(
                    tab.template,
                    &title,
                    sheet,
                    &fields,
                    Refused::in_case(&refusal, &view.checklist),
                )
            }
        }
    })
    .await
}

fn carry_out(
    visit: &Visit,
    view: &View,
    tab: &Tab,
    fields: &Fields,
) -> Result<Result<(), case::Refusal>, Fault> {
    let desk = Desk::new(visit, view)?;
    let commands = match (tab.read)(&desk, fields) {
        Ok(commands) => commands,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for (number, command) in commands.iter().enumerate() {
        if let Err(refusal) = give(visit, view.loaded.case.id, fields, number, command)? {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(()))
}

/// Gives one command of a form. A refusal comes back as a value; what the person may not know of
/// is a fault like any other unknown thing.
pub(crate) fn give(
    visit: &Visit,
    case: CaseId,
    fields: &Fields,
    number: usize,
    command: &Command,
) -> Result<Result<(), case::Refusal>, Fault> {
    let id = fields.command(&format!("{case} {number}"));
    match visit.hall.engine.execute(case, visit.actor(), id, command, "web") {
        Ok(_) => Ok(Ok(())),
        Err(EngineError::Refused(refusal)) => Ok(Err(refusal)),
        Err(EngineError::Invalid(why)) => {
            Ok(Err(case::Refusal::new(Rule::BadValue, why, "see what the case lacks yet")))
        }
        Err(EngineError::Busy) => Ok(Err(case::Refusal::new(
            Rule::StaleVerdict,
            "others are changing the case at this moment",
            "send it again",
        ))),
        Err(other) => Err(other.into()),
    }
}

/// A form that this page does not have.
pub(crate) fn no_such_form() -> case::Refusal {
    case::Refusal::new(Rule::Unknown, "this page has no such form", "reload the page")
}
