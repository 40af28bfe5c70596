//! The acts that Fermata can take for a step, by the names that a playbook gives them.

use case::act::{ActKind, Topic};
use serde::{Deserialize, Serialize};

/// An act that moves a step on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Tell the reporter that the report arrived.
    Acknowledge,
    /// Tell the reporter the verdict.
    TellVerdict,
    /// Tell the reporter that the draft exists.
    TellDraft,
    /// Tell the reporter the date.
    TellDate,
    /// Ask the reporter how to be credited.
    AskCredit,
    /// Make the advisory draft at the forge.
    CreateDraft,
    /// Bring the forge's draft up to date.
    UpdateDraft,
    /// Ask for a CVE id.
    RequestCve,
    /// Make the private fork.
    CreateFork,
    /// Set who has access to it.
    SetAccess,
    /// Send the embargoed notice to the distributors.
    NotifyDistributors,
    /// Publish the advisory.
    PublishAdvisory,
    /// Publish the CVE record.
    PublishCve,
    /// Send the notice to the users.
    NotifyUsers,
    /// Follow up in the distributors' thread.
    FollowUp,
}

impl Action {
    /// An act of this kind is what the action stands for.
    #[must_use]
    pub fn is(self, kind: &ActKind) -> bool {
        Self::of(kind) == Some(self)
    }

    /// The action that an act of this kind is; `None` for a message about anything else.
    #[must_use]
    pub fn of(kind: &ActKind) -> Option<Self> {
        Some(match kind {
            ActKind::Acknowledge { .. } => Self::Acknowledge,
            ActKind::TellReporter { topic: Topic::Verdict, .. } => Self::TellVerdict,
            ActKind::TellReporter { topic: Topic::Draft, .. } => Self::TellDraft,
            ActKind::TellReporter { topic: Topic::Date(_), .. } => Self::TellDate,
            ActKind::TellReporter { topic: Topic::Credit, .. } => Self::AskCredit,
            ActKind::TellReporter { topic: Topic::Other, .. } | ActKind::Nudge { .. } => {
                return None;
            }
            ActKind::CreateDraft => Self::CreateDraft,
            ActKind::UpdateDraft => Self::UpdateDraft,
            ActKind::RequestCve { .. } => Self::RequestCve,
            ActKind::CreateFork => Self::CreateFork,
            ActKind::SetAccess => Self::SetAccess,
            ActKind::NotifyDistributors => Self::NotifyDistributors,
            ActKind::PublishAdvisory => Self::PublishAdvisory,
            ActKind::PublishCve { .. } => Self::PublishCve,
            ActKind::NotifyUsers => Self::NotifyUsers,
            ActKind::FollowUp => Self::FollowUp,
        })
    }
}
