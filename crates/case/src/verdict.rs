//! What a playbook says of a case's gates. The type lives here because [`decide`](crate::decide())
//! obeys it; room `playbook` computes it; `engine` binds it to the stream's head.

use std::collections::BTreeMap;

use advisory::digest::Digest;
use serde::{Deserialize, Serialize};

use crate::StepId;

/// A point that a case may pass only when the steps before it are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The embargoed notice goes to the distributors.
    Notify,
    /// The disclosure is armed.
    Arm,
    /// The advisory and its records go out.
    Publish,
    /// Public notices and the distributors' follow-up go out.
    Announce,
    /// The case is closed.
    Close,
}

impl Gate {
    /// Every gate, in the order a case meets them.
    pub const ALL: [Self; 5] =
        [Self::Notify, Self::Arm, Self::Publish, Self::Announce, Self::Close];

    /// What waits behind it, in words.
    #[must_use]
    pub fn guards(self) -> &'static str {
        match self {
            Self::Notify => "the notice to the distributors",
            Self::Arm => "arming the disclosure",
            Self::Publish => "publication",
            Self::Announce => "the announcements",
            Self::Close => "closing the case",
        }
    }
}

/// A step that keeps a gate shut, and the thing it lacks, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// The step.
    pub step: StepId,
    /// What would satisfy it.
    pub what: String,
}

/// What may be done to a step without its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRule {
    /// The step is optional: a recorded choice closes it.
    pub skippable: bool,
    /// A person may override it, giving a reason.
    pub overridable: bool,
}

/// A playbook's word on one case at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Sequence number of the last event the verdict has seen.
    pub head: u64,
    /// Digest of the playbook that was evaluated.
    pub playbook: Digest,
    /// The open steps before each gate; a gate without any is absent or empty.
    pub shut: BTreeMap<Gate, Vec<Missing>>,
    /// The steps of the playbook and what may be done to them.
    pub steps: BTreeMap<StepId, StepRule>,
}

impl Verdict {
    /// What keeps `gate` shut; empty when it is open.
    #[must_use]
    pub fn missing(&self, gate: Gate) -> &[Missing] {
        self.shut.get(&gate).map_or(&[], Vec::as_slice)
    }
}
