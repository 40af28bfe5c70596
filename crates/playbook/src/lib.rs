//! The process as data: from a case to what is done, what is next, and who is waited for.
//!
//! A [`Playbook`] is read from a YAML file (`docs/playbooks.md` describes the format). It never
//! changes a case: [`Playbook::evaluate`] looks at one and answers with a [`Checklist`], a pure
//! function of the playbook, the case, the team and the time. Nobody ticks a box that the program
//! can see. What the checklist says of the gates is the [`case::Verdict`] that
//! [`case::decide`](case::decide()) obeys.

mod action;
mod checklist;
mod due;
mod evaluate;
mod expr;
mod file;
mod parse;
mod playbook;
mod template;
mod told;
mod view;

pub use action::Action;
pub use checklist::{Checklist, Item, Status};
pub use parse::{ParseError, Problem};
pub use playbook::{Playbook, Settings, Step};
pub use view::reference;

const SHIPPED: [(&str, &str); 2] = [
    ("contour", include_str!("../../../playbooks/contour.yaml")),
    ("minimal", include_str!("../../../playbooks/minimal.yaml")),
];

/// The file of a playbook that comes with Fermata: `contour` or `minimal`.
#[must_use]
pub fn shipped_source(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}

/// A playbook that comes with Fermata: `contour` or `minimal`; `None` for any other name.
#[must_use]
pub fn shipped(name: &str) -> Option<Playbook> {
    Playbook::parse(shipped_source(name)?).ok()
}
