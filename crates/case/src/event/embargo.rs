//! Negotiating the embargo.

use serde::{Deserialize, Serialize};

use crate::{
    PersonId,
    embargo::{Answer, Ended, Given, Proposal, Settlement},
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
        /// Who gave a distributor's answer, and how it arrived.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<Given>,
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
