//! Words that a project says every day, in all of its cases. Only its team sees them.

use case::{Actor, Refusal, Terms};
use engine::{Engine, EngineError, Everyday, Project};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    fault::Fault,
    fields::{Fields, bad},
    time::Moment,
    visit::Visit,
};

/// The words, and who chose them.
#[derive(Serialize)]
pub(super) struct EverydayView {
    words: String,
    count: usize,
    chosen: Option<(String, Moment)>,
}

impl EverydayView {
    pub(super) fn of(engine: &Engine, project: &Project, now: Timestamp) -> Result<Self, Fault> {
        let Some(Everyday { words, by, at }) = &project.everyday else {
            return Ok(Self { words: String::new(), count: 0, chosen: None });
        };
        let who = match by {
            Actor::Person(person) => engine.contact(*person)?.map(|contact| contact.name),
            Actor::House => None,
        };
        let who = who.unwrap_or_else(|| "somebody".to_owned());
        let (count, words) = (words.lines().len(), words.lines().join("\n"));
        Ok(Self { words, count, chosen: Some((who, Moment::new(*at, now))) })
    }
}

/// What a form says of them.
pub(super) fn change(
    visit: &Visit,
    project: &Project,
    fields: &Fields,
) -> Result<Result<(), Refusal>, Fault> {
    let (words, command) = (Terms::of(fields.verbatim("words")), fields.command("everyday"));
    match visit.hall.engine.say_every_day(project.id, visit.person, &words, command) {
        Ok(()) => Ok(Ok(())),
        Err(EngineError::Invalid(why)) => Ok(Err(bad(
            why,
            "write words or phrases, one a line; what else a case must not be known by stays in the case",
        ))),
        Err(other) => Err(other.into()),
    }
}
