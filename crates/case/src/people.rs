//! People in a case: roles, invitations, access seen in the world, and credit.

use std::collections::BTreeSet;

use advisory::mailbox::Mailbox;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rights::Role;

/// How a person came to take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Invited to this case.
    Invited,
    /// Has access without being invited: an organisation's owner, the project's team.
    Inherited,
    /// No longer takes part.
    Removed,
}

/// One person's part in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// A name to show; a reporter's only to those who may see it.
    pub name: String,
    /// Organisation, for distributors.
    pub organisation: Option<String>,
    /// Verified address, when there is one.
    pub mailbox: Option<Mailbox>,
    /// Account at the forge, when there is one.
    pub login: Option<String>,
    /// Roles in this case.
    pub roles: BTreeSet<Role>,
    /// How the person came to take part.
    pub standing: Standing,
    /// When that was recorded.
    pub since: Timestamp,
}

impl Participant {
    /// Takes part now.
    #[must_use]
    pub fn present(&self) -> bool {
        self.standing != Standing::Removed
    }
}

/// What a reporter wants to be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CreditAnswer {
    /// Name and, if given, company.
    Named {
        /// As it shall be printed.
        name: String,
        /// As it shall be printed.
        company: Option<String>,
    },
    /// The name, and on no account the company.
    NamedWithoutCompany {
        /// As it shall be printed.
        name: String,
    },
    /// Nothing that identifies.
    Anonymous,
}

impl CreditAnswer {
    /// The line to print, if any.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        match self {
            Self::Named { name, company: Some(company) } => Some(format!("{name} ({company})")),
            Self::Named { name, company: None } | Self::NamedWithoutCompany { name } => {
                Some(name.clone())
            }
            Self::Anonymous => None,
        }
    }
}

/// Credit for one reporter: offered, answered or fallen to the project's stated default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// When the question was put.
    pub offered_at: Timestamp,
    /// When the default holds if nobody answers.
    pub answer_by: Timestamp,
    /// What holds.
    pub answer: Option<CreditAnswer>,
    /// The answer is the project's default, not the reporter's word.
    pub by_default: bool,
}
