//! Whom the house calls by mail when something waits, and how each of a team changes that for
//! themselves.

use case::{PersonId, Refusal};
use engine::{Contact, Engine, Project, SummonsWish};
use jiff::Timestamp;
use serde::Serialize;

use super::case::no_such_form;
use crate::{fault::Fault, fields::Fields, time::Moment, visit::Visit};

/// How calls to one member stand.
#[derive(Serialize)]
pub(super) struct SummonedView {
    mark: &'static str,
    state: &'static str,
    /// The mail server's words.
    why: Option<String>,
    last: Option<Moment>,
    silent: bool,
    /// Another address than the directory's.
    elsewhere: Option<String>,
}

impl SummonedView {
    pub(super) fn new(
        engine: &Engine,
        project: &Project,
        person: PersonId,
        contact: Option<&Contact>,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let called = engine.summoned(project.id, person)?;
        let SummonsWish { silent, mailbox } = engine.summons_wish(project.id, person)?;
        let known = contact.is_some_and(|contact| contact.mailbox.is_some());
        let (mark, state) = match &called.failed {
            _ if silent => ("off", "not called"),
            _ if !known && mailbox.is_none() => ("waiting", "no address to call"),
            Some(_) => ("overdue", "the last call did not go out"),
            None => ("done", "called by mail"),
        };
        Ok(Self {
            mark,
            state,
            why: called.failed,
            last: called.last.map(|at| Moment::new(at, now)),
            silent,
            elsewhere: mailbox.map(|address| address.to_string()),
        })
    }
}

/// Why this house can call nobody of a project, if so.
pub(super) fn missing(engine: &Engine, project: &Project) -> Result<Option<&'static str>, Fault> {
    Ok(if !engine.summons() {
        Some("nobody is called: this house was started without a mail server (--smtp)")
    } else if engine.sender(project.id)?.is_none() {
        Some("nobody is called: the project has no address to write from")
    } else {
        None
    })
}

/// What somebody says of their own calls.
pub(super) fn change(
    visit: &Visit,
    project: &Project,
    fields: &Fields,
) -> Result<Result<(), Refusal>, Fault> {
    let engine = &visit.hall.engine;
    let silent = match fields.text("calls") {
        "wanted" => false,
        "none" => true,
        _ => return Ok(Err(no_such_form())),
    };
    let mailbox = match fields.optional("mailbox").map(|_| fields.parsed("mailbox", "Address")) {
        Some(Err(refusal)) => return Ok(Err(refusal)),
        other => other.and_then(Result::ok),
    };
    engine.wish_summons(project.id, visit.person, &SummonsWish { silent, mailbox })?;
    Ok(Ok(()))
}
