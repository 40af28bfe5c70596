//! What happened. Events are facts: they are never edited, taken back or reordered.
//!
//! Stored as JSON, one [`Entry`] an event: variants in kebab-case, fields in `snake_case` (expressions
//! of playbooks name them). A variant may gain optional fields; anything else needs a new schema
//! version and an upcast on reading. Unknown fields are refused: a program that does not understand
//! an event to its last field must not act on the case.

mod act;
mod decision;
mod embargo;
mod life;
mod people;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use act::{ActEvent, DisclosureEvent};
pub use decision::{Concerned, Decision, LineVerdict, Origin, Triage};
pub use embargo::EmbargoEvent;
pub use life::{LifeEvent, PlaybookPin, ReportLink};
pub use people::PeopleEvent;

use crate::{CommandId, ProjectId, observation::Observation, rights::Actor, told::Attestation};

/// The schema version that new events are written with.
pub const SCHEMA: u32 = 1;

/// One event as it stands in a case's stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Schema version of `event`.
    pub v: u32,
    /// Place in the stream, from 1. Not stored: the stream knows it.
    #[serde(skip)]
    pub seq: u64,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Who is behind it.
    pub actor: Actor,
    /// When it happened, as far as known.
    pub occurred_at: Timestamp,
    /// When the house wrote it down.
    pub recorded_at: Timestamp,
    /// Where it came from: `web`, `mail`, `cli`, `engine`, a counterpart's name.
    pub source: String,
    /// The command that caused it.
    pub command: CommandId,
    /// What happened.
    pub event: Event,
}

/// One thing that happened in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Beginning and end.
    Life(LifeEvent),
    /// The world showed something.
    Observed(Box<Observation>),
    /// A person told what the world showed, where no counterpart could be read.
    Attested(Box<Attestation>),
    /// The team decided something.
    Decided(Box<Decision>),
    /// People and credit.
    People(PeopleEvent),
    /// The embargo.
    Embargo(EmbargoEvent),
    /// An outward act.
    Act(ActEvent),
    /// The disclosure.
    Disclosure(DisclosureEvent),
}
