//! Why something may not be done, and what would satisfy the rule.

use serde::{Deserialize, Serialize};

use crate::{Gate, verdict::Missing};

/// The rules that [`decide`](crate::decide()) enforces. The name is stable: scripts match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The actor lacks the permission. Shown like an unknown case.
    NotPermitted,
    /// The thing named does not exist in this case.
    Unknown,
    /// The case, act or embargo is not in a state in which this can happen.
    WrongState,
    /// A reason, or another needed text, is empty.
    ReasonNeeded,
    /// Steps before a gate are open.
    GateShut,
    /// The verdict was computed for another head or another playbook.
    StaleVerdict,
    /// Too few people stand behind the act.
    ApprovalsShort,
    /// The same person cannot count twice.
    AlreadyApproved,
    /// What would be approved is not what was planned.
    DigestDiffers,
    /// It is not time yet.
    TooEarly,
    /// Time cannot be trusted now.
    ClockSuspect,
    /// The list's profile forbids the message as it stands.
    ListProfile,
    /// The mail is not protected as it has to be, or cannot be.
    Protection,
    /// The embargo's rules forbid it.
    Embargo,
    /// The roll of distributors forbids it.
    Membership,
    /// The playbook does not allow to skip or override the step.
    StepBinding,
    /// The value does not fit.
    BadValue,
}

/// A refused command: which rule, in words for the person, and what would satisfy it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{why}")]
pub struct Refusal {
    /// The rule that refused.
    pub rule: Rule,
    /// What is wrong, in a sentence.
    pub why: String,
    /// What would satisfy the rule, in a sentence.
    pub remedy: String,
    /// The open steps, when a gate is shut.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

impl Refusal {
    /// A refusal with its remedy.
    #[must_use]
    pub fn new(rule: Rule, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { rule, why: why.into(), remedy: remedy.into(), missing: Vec::new() }
    }

    /// A shut gate with what keeps it shut.
    #[must_use]
    pub fn gate(gate: Gate, missing: &[Missing]) -> Self {
        let open: Vec<&str> = missing.iter().map(|m| m.what.as_str()).collect();
        Self {
            rule: Rule::GateShut,
            why: format!("the gate before {} is shut", gate.guards()),
            remedy: open.join("; "),
            missing: missing.to_vec(),
        }
    }
}
