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

/// What an organisation is asked before it is told of bugs early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name, by which judgements are kept.
    pub name: String,
    /// In a sentence that is true of whoever meets it.
    pub text: String,
    /// Whoever does not meet it is not admitted; otherwise it is only weighed.
    #[serde(default = "yes")]
    pub binding: bool,
}

fn yes() -> bool {
    true
}

/// Whom a project tells of bugs early, and what it asks of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// What an organisation must show. That somebody on the roll vouches for it, and that its people
    /// accept the embargo policy, is asked of everybody.
    pub criteria: Vec<Criterion>,
    /// Days after which a delegate is to confirm their address anew.
    pub confirm_days: u32,
    /// Days that they have for it.
    pub grace_days: u32,
}

impl Membership {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What a policy means that says nothing of it. Cases are pinned to that, so it stays as it is.
impl Default for Membership {
    fn default() -> Self {
        let criterion = |(name, text): (&str, &str)| Criterion {
            name: name.to_owned(),
            text: text.to_owned(),
            binding: true,
        };
        let asked = [
            ("users", "It ships the project to users outside its own organisation."),
            ("record", "It has a public record of fixing security bugs, up to now."),
            ("alias", "Somebody watches its address for security mail."),
            ("keeps", "It can keep an embargo: few people, on a need to know."),
        ];
        Self { criteria: asked.map(criterion).into(), confirm_days: 180, grace_days: 30 }
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
    /// Who may hear of bugs early.
    #[serde(default, skip_serializing_if = "Membership::is_usual")]
    pub membership: Membership,
    /// Repositories with supported lines, by short name.
    pub repositories: Vec<String>,
}
