//! What differs between projects, as data. A case pins the policy it began with; moving to a newer
//! one is an event.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{calendar::Calendar, notice::ListProfile};

/// When fixes and releases may become public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseMode {
    /// Releases go out before the advisory, in words that tell nothing (Contour's way).
    Silent,
    /// Releases and advisory at the same instant.
    Together,
}

/// What a reporter who never answers is credited as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreditDefault {
    /// No name at all.
    Anonymous,
    /// The name the report was signed with, without a company.
    NamedWithoutCompany,
}

/// How many people must stand behind each kind of outward act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// Publishing the advisory and records.
    pub publish: u8,
    /// Notices to distributors and to the public.
    pub notice: u8,
    /// Everything else that leaves the house.
    pub other: u8,
}

impl Approvals {
    /// People who must stand behind a disclosure, which publishes and notifies at once.
    #[must_use]
    pub fn disclosure(&self) -> u8 {
        self.publish.max(self.notice).max(1)
    }

    /// Asks for fewer people than `other` does, for anything.
    #[must_use]
    pub fn lower(&self, other: &Self) -> bool {
        self.publish < other.publish || self.notice < other.notice || self.other < other.other
    }
}

impl Default for Approvals {
    fn default() -> Self {
        Self { publish: 2, notice: 2, other: 1 }
    }
}

/// One project's rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The project's public name.
    pub project: String,
    /// When fixes may be public.
    pub release_mode: ReleaseMode,
    /// People needed per kind of act.
    pub approvals: Approvals,
    /// Business days until a report must be acknowledged.
    pub acknowledge_within: u32,
    /// The longest embargo a proposal may ask for, in days from the proposal.
    pub longest_embargo_days: u32,
    /// How long a distributor has to object, once asked, unless the notice says otherwise.
    pub objection_window: SignedDuration,
    /// Business days and days on which nothing is published.
    pub calendar: Calendar,
    /// What silence means for credit.
    pub credit_default: CreditDefault,
    /// How long the reporter has to answer about credit before the default holds.
    pub credit_window: SignedDuration,
    /// Mailing lists by name.
    pub lists: BTreeMap<String, ListProfile>,
    /// Repositories with supported lines, by short name.
    pub repositories: Vec<String>,
}
