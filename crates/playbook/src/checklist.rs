//! What a playbook says of a case: each step's status, what is next, and for whom.

use std::collections::BTreeMap;

use advisory::digest::Digest;
use case::{
    Gate, StepId, Verdict,
    rights::Role,
    verdict::{Missing, StepRule},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::action::Action;

/// Where one step stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Status {
    /// Its evidence is there.
    Done {
        /// The evidence, piece by piece.
        evidence: Vec<String>,
    },
    /// Left out by a recorded choice.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Taken as done by a person, without its evidence.
    Overridden {
        /// Why.
        reason: String,
    },
    /// It does not apply to this case.
    NotApplicable {
        /// Why not.
        why: String,
    },
    /// It can be done now, by whoever holds the step's role.
    Ready {
        /// What is missing.
        missing: Vec<String>,
    },
    /// It cannot be done yet, or somebody else has the next move.
    Waiting {
        /// For whom or what.
        on: String,
        /// What is missing.
        missing: Vec<String>,
    },
}

/// One step on a case's checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The step.
    pub step: StepId,
    /// What is to be done.
    pub title: String,
    /// Who is to do it.
    pub role: Role,
    /// The gates it keeps shut while it is open.
    pub gates: Vec<Gate>,
    /// The act that Fermata can take for it.
    pub action: Option<Action>,
    /// A recorded choice closes it.
    pub optional: bool,
    /// A person may override it, giving a reason.
    pub overridable: bool,
    /// Where it stands.
    #[serde(flatten)]
    pub status: Status,
    /// When it is due, once that is known.
    pub due: Option<Timestamp>,
    /// It is open past its due date.
    pub overdue: bool,
}

/// A playbook's steps over one case at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checklist {
    /// Sequence number of the last event it has seen.
    pub head: u64,
    /// Digest of the playbook.
    pub playbook: Digest,
    /// Every step, in the playbook's order.
    pub items: Vec<Item>,
}

impl Status {
    /// What is missing, while the step is open; nothing once it is closed.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        match self {
            Self::Ready { missing } | Self::Waiting { missing, .. } => missing,
            _ => &[],
        }
    }

    /// The step is still to be done.
    #[must_use]
    pub fn open(&self) -> bool {
        matches!(self, Self::Ready { .. } | Self::Waiting { .. })
    }
}

impl Checklist {
    /// One step.
    #[must_use]
    pub fn item(&self, step: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.step.0 == step)
    }

    /// What can be done now, in order.
    pub fn ready(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| matches!(item.status, Status::Ready { .. }))
    }

    /// The word on the gates that [`case::decide`](case::decide()) obeys.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let mut shut: BTreeMap<Gate, Vec<Missing>> = BTreeMap::new();
        for item in self.items.iter().filter(|item| item.status.open()) {
            for what in item.status.missing() {
                let choice = ", or a recorded choice to leave it out";
                let what = if item.optional { format!("{what}{choice}") } else { what.clone() };
                let missing = Missing { step: item.step.clone(), what };
                for gate in &item.gates {
                    shut.entry(*gate).or_default().push(missing.clone());
                }
            }
        }
        let rule =
            |item: &Item| StepRule { skippable: item.optional, overridable: item.overridable };
        let steps = self.items.iter().map(|item| (item.step.clone(), rule(item))).collect();
        Verdict { head: self.head, playbook: self.playbook, shut, steps }
    }
}
