//! How mail to a project's lists is protected, and with whose keys.

use case::{Refusal, sealing};
use engine::{EngineError, Project};
use jiff::Timestamp;

use crate::{
    fault::Fault,
    fields::{Fields, Read},
    view::keys::{ProtectionView, wanted, warning},
    visit::Visit,
};

/// A project's lists, each with how its mail is protected.
pub(super) fn of(project: &Project, now: Timestamp) -> Vec<ProtectionView> {
    let lists = project.policy.lists.iter();
    let view = |(name, list): (&String, &case::notice::ListProfile)| {
        let known = project.book.get(&sealing::compared(&list.address));
        let value = list.address.to_string();
        ProtectionView::new(value, name.clone(), Some(&list.address), known, now)
    };
    lists.map(view).collect()
}

/// Warnings of keys that run out.
pub(super) fn warnings(project: &Project, now: Timestamp) -> Vec<String> {
    let known = project.book.iter();
    known.filter_map(|(address, known)| warning(&address.to_string(), known, now)).collect()
}

/// What a form says of one of them.
pub(super) fn change(visit: &Visit, project: &Project, fields: &Fields) -> Result<Read<()>, Fault> {
    let engine = &visit.hall.engine;
    let read = || -> Read<_> {
        let address = fields.parsed("address", "Address")?;
        let before = project.book.get(&sealing::compared(&address));
        let mut lists = project.policy.lists.values().map(|list| &list.address);
        let known = lists.find(|list| **list == address);
        let (correspondent, replaces) = wanted(engine, fields, before, known)?;
        Ok((address, correspondent, replaces))
    };
    let (address, wanted, replaces) = match read() {
        Ok(read) => read,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let command = fields.command("protect");
    let replaces = replaces.as_deref();
    match engine.protect_list(project.id, visit.person, &address, &wanted, replaces, command) {
        Ok(()) => Ok(Ok(())),
        Err(EngineError::Refused(refusal)) => Ok(Err(refusal)),
        Err(EngineError::Invalid(why)) => Ok(Err(refused(why))),
        Err(other) => Err(other.into()),
    }
}

fn refused(why: String) -> Refusal {
    crate::fields::bad(why, "reload the page")
}
