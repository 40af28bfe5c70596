//! A case: what happened, what may happen next, and who may do it.
//!
//! A case is a log of [`Event`]s; everything else is a view of it. [`decide`](decide()) is the only
//! place in Fermata where an act is allowed or refused, and [`evolve`](evolve()) the only one where
//! an event changes a [`Case`]. Both are pure: who asks, when, and what the playbook says of the
//! gates come in through a [`Context`].
//!
//! This room does no I/O, reads no clock and draws no random numbers.

pub mod act;
pub mod calendar;
pub mod codename;
pub mod command;
pub mod complete;
pub mod copies;
pub mod decide;
pub mod embargo;
pub mod event;
pub mod evolve;
pub mod id;
pub mod notice;
pub mod observation;
pub mod opening;
pub mod outgoing;
pub mod people;
pub mod policy;
pub mod private;
pub mod readiness;
pub mod refusal;
pub mod rights;
pub mod roll;
pub mod sealing;
pub mod sighting;
pub mod state;
pub mod terms;
pub mod told;
pub mod verdict;
pub mod vultron;

pub use codename::Codename;
pub use command::Command;
pub use complete::complete_advisory;
pub use copies::{PublicRecord, PublishedCopy};
pub use decide::{Clock, Context, decide};
pub use event::{Entry, Event};
pub use evolve::evolve;
pub use id::{
    ActId, CaseId, CommandId, DisclosureId, LineKey, MemberId, PersonId, ProjectId, ReportId,
    StepId, TrainId, VulnId,
};
pub use policy::Policy;
pub use private::PrivateWork;
pub use refusal::Refusal;
pub use rights::{Actor, Role};
pub use roll::Roll;
pub use state::Case;
pub use terms::Terms;
pub use told::{Attestation, Party, Subject, Told};
pub use verdict::{Gate, Verdict};
