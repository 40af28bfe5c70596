//! Addresses at which mail for a project arrives.

use advisory::Mailbox;
use case::Refusal;
use engine::{Engine, EngineError, Project};

use crate::{
    fault::Fault,
    fields::{Fields, bad},
    visit::Visit,
};

/// A project's addresses.
pub(super) fn of(engine: &Engine, project: &Project) -> Result<Vec<String>, Fault> {
    let boxes = engine.letterboxes()?.into_iter().filter(|(_, owner)| *owner == project.id);
    Ok(boxes.map(|(address, _)| address.to_string()).collect())
}

/// The addresses at which it listens to public lists.
pub(super) fn ears(engine: &Engine, project: &Project) -> Result<Vec<String>, Fault> {
    let ears = engine.ears()?.into_iter().filter(|(_, by)| by.contains(&project.id));
    Ok(ears.map(|(address, _)| address.to_string()).collect())
}

/// What a form says of one of them.
pub(super) fn change(
    visit: &Visit,
    project: &Project,
    fields: &Fields,
) -> Result<Result<(), Refusal>, Fault> {
    let address: Mailbox = match fields.parsed("address", "Address") {
        Ok(address) => address,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (engine, command) = (&visit.hall.engine, fields.command("letterbox"));
    let changed = match fields.form() {
        "letterbox" => engine.open_letterbox(project.id, visit.person, &address, command),
        "no-letterbox" => engine.close_letterbox(project.id, visit.person, &address, command),
        "ear" => engine.open_ear(project.id, visit.person, &address, command),
        _ => engine.close_ear(project.id, visit.person, &address, command),
    };
    match changed {
        Ok(()) => Ok(Ok(())),
        Err(EngineError::Invalid(why)) => Ok(Err(bad(
            why,
            "write an address of this project's own, and for lists another than for reports",
        ))),
        Err(other) => Err(other.into()),
    }
}
