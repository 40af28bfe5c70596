//! The file as it is written. Must not judge what stands in it: that is [`crate::parse`]'s work.

use std::collections::BTreeMap;

use case::{
    Gate,
    calendar::Calendar,
    notice::ListProfile,
    policy::{Approvals, CreditDefault, Membership, ReleaseMode},
    rights::Role,
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::{action::Action, due::Anchor};

type Located = Spanned<String>;

/// A whole playbook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) format: Spanned<u32>,
    pub(crate) name: Located,
    pub(crate) title: String,
    pub(crate) release_mode: ReleaseMode,
    pub(crate) policy: Spanned<Policy>,
    #[serde(default)]
    pub(crate) conditions: BTreeMap<String, Condition>,
    pub(crate) steps: Vec<Step>,
}

/// What differs between projects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    pub(crate) approvals: Approvals,
    pub(crate) acknowledge_within: u32,
    pub(crate) longest_embargo_days: u32,
    pub(crate) objection_window: SignedDuration,
    pub(crate) credit_default: CreditDefault,
    pub(crate) credit_window: SignedDuration,
    pub(crate) calendar: Calendar,
    #[serde(default)]
    pub(crate) lists: BTreeMap<String, ListProfile>,
    #[serde(default)]
    pub(crate) membership: Membership,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) is: Located,
    pub(crate) otherwise: Located,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) id: Located,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) about: String,
    pub(crate) role: Role,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default, rename = "override")]
    pub(crate) overridable: bool,
    #[serde(default)]
    pub(crate) when: Vec<Located>,
    #[serde(default)]
    pub(crate) after: Vec<Located>,
    pub(crate) due: Option<Spanned<Due>>,
    #[serde(default)]
    pub(crate) gates: Vec<Gate>,
    pub(crate) action: Option<Action>,
    #[serde(default)]
    pub(crate) waits: Vec<Wait>,
    pub(crate) done: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Due {
    pub(crate) after: Anchor,
    pub(crate) business_days: Option<u32>,
    pub(crate) hours: Option<u32>,
    pub(crate) policy: Option<PolicyDays>,
}

/// A number of business days that the policy holds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PolicyDays {
    AcknowledgeWithin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wait {
    #[serde(rename = "if")]
    pub(crate) condition: Located,
    #[serde(rename = "for")]
    pub(crate) whom: Located,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Clause {
    pub(crate) each: Option<Located>,
    pub(crate) is: Located,
    pub(crate) missing: Located,
    pub(crate) shows: Option<Located>,
}
