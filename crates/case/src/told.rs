//! What a person told of the world, where no counterpart could be read.
//!
//! A house that cannot read the forge or a list's archive would never see the evidence that a
//! playbook asks for. So a member of the team may say what they saw, where, and with a note. That is
//! never taken for a reading: it is marked as told wherever it counts, it is only taken where the
//! party cannot be read from this house, and a reading takes its place. Lines, fixes, releases and
//! the words about them are not told by anybody: a repository shows them. A [milestone] on a line's way
//! to its release no house reads, so that it is always told; no step rests on it by itself.
//!
//! [milestone]: crate::observation::Milestone

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ActId, PersonId, observation::Observation};

/// A kind of outside party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Where advisories and private forks are.
    Forge,
    /// Mailing lists and their archives.
    Lists,
    /// Mail to and from single people.
    Mail,
    /// The CVE numbering authority.
    Cna,
    /// The project's repositories.
    Repositories,
    /// Clocks that are not this machine's.
    Clocks,
}

impl Party {
    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Forge => "the forge",
            Self::Lists => "mailing lists",
            Self::Mail => "mail",
            Self::Cna => "the CNA",
            Self::Repositories => "repositories",
            Self::Clocks => "other people's clocks",
        }
    }
}

/// What somebody says that they saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// What.
    pub seen: Observation,
    /// The name of who says so, as it was known then.
    pub name: String,
    /// Where it was seen.
    pub place: String,
    /// In their words.
    pub note: String,
}

/// Something that people can look at and tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The forge's advisory.
    Draft,
    /// The private fork.
    Fork,
    /// Who has access to it.
    Access,
    /// A notice in its list's archive.
    Post(ActId),
    /// What became of a message to somebody.
    Delivery(ActId, PersonId),
}

impl Subject {
    /// What an observation is about, if it is something that people can tell of.
    #[must_use]
    pub fn of(seen: &Observation) -> Option<Self> {
        Some(match seen {
            Observation::Draft(_) => Self::Draft,
            Observation::Fork { .. } => Self::Fork,
            Observation::Access(_) => Self::Access,
            Observation::Post { act, .. } => Self::Post(*act),
            Observation::Delivery { act, person, .. } => Self::Delivery(*act, *person),
            _ => return None,
        })
    }

    /// Who would have to be read instead.
    #[must_use]
    pub fn party(self) -> Party {
        match self {
            Self::Draft | Self::Fork | Self::Access => Party::Forge,
            Self::Post(_) => Party::Lists,
            Self::Delivery(..) => Party::Mail,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "the advisory at the forge",
            Self::Fork => "the private fork",
            Self::Access => "who can see the private fork",
            Self::Post(_) => "the notice in its archive",
            Self::Delivery(..) => "the delivery of a message",
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft => f.write_str("draft"),
            Self::Fork => f.write_str("fork"),
            Self::Access => f.write_str("access"),
            Self::Post(act) => write!(f, "post {act}"),
            Self::Delivery(act, person) => write!(f, "delivery {act} {person}"),
        }
    }
}

/// Who told something that counts now, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Their name, as it was known then.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Where they saw it.
    pub place: String,
    /// In their words.
    pub note: String,
}
