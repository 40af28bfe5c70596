//! Negotiating the embargo.

use serde::{Deserialize, Serialize};

use crate::{
    PersonId,
    embargo::{Answer, Ended, Proposal, Settlement},
};

/// Negotiating the embargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum EmbargoEvent {
    /// A date is on the table; it gets the next revision.
    Proposed(Proposal),
    /// The date on the table is turned down.
    Rejected {
        /// Which revision.
        revision: u32,
        /// Why.
        reason: String,
    },
    /// The team accepts the date on the table: it is in force.
    Agreed {
        /// Which revision.
        revision: u32,
    },
    /// A participant answered.
    Answered {
        /// Who.
        person: PersonId,
        /// To which revision.
        revision: u32,
        /// How.
        answer: Answer,
    },
    /// An objection is settled.
    Settled {
        /// Whose objection.
        person: PersonId,
        /// How.
        settlement: Settlement,
    },
    /// No embargo any more.
    Ended(Ended),
}
