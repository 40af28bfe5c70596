//! People coming and going, and their credit.

use std::collections::BTreeSet;

use advisory::mailbox::Mailbox;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    PersonId,
    people::{CreditAnswer, Standing},
    rights::Role,
    sealing::Correspondent,
};

/// People coming and going, and their credit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PeopleEvent {
    /// Somebody takes part.
    Joined {
        /// Who.
        person: PersonId,
        /// Name to show.
        name: String,
        /// Organisation, for distributors.
        organisation: Option<String>,
        /// Address.
        mailbox: Option<Mailbox>,
        /// Account at the forge.
        login: Option<String>,
        /// In which roles.
        roles: BTreeSet<Role>,
        /// How.
        standing: Standing,
    },
    /// Somebody takes part no more.
    Removed {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// Somebody is no distributor any more, and hears of nothing as one.
    Struck {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// Mail to somebody is protected like this from now on.
    Protected {
        /// Who.
        person: PersonId,
        /// How.
        correspondent: Box<Correspondent>,
    },
    /// The reporter was asked about credit.
    CreditOffered {
        /// Who.
        person: PersonId,
        /// Until when an answer counts.
        answer_by: Timestamp,
    },
    /// The reporter answered, or the default holds.
    CreditAnswered {
        /// Who.
        person: PersonId,
        /// What holds.
        answer: CreditAnswer,
        /// Nobody answered.
        by_default: bool,
    },
}
