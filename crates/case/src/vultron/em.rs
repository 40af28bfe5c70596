//! Embargo management (EM): whether the case is under an embargo, and what is on the table.
//!
//! The machine alone does not know what is public; [`super::rules::embargo_transition`] does,
//! and is the one to ask about a real case.

use serde::{Deserialize, Serialize};

/// How the embargo stands. The capital in each name is the protocol's shorthand.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// **N**: no embargo, none proposed.
    #[default]
    None,
    /// **P**: terms are proposed, nobody is bound yet.
    Proposed,
    /// **A**: an embargo binds.
    Active,
    /// **R**: an embargo binds while other terms are negotiated.
    Revise,
    /// **X**: an embargo did bind and is over.
    Exited,
}

/// What can happen to an embargo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// **p**: terms, or other terms, are proposed.
    Propose,
    /// **r**: the terms on the table are turned down.
    Reject,
    /// **a**: the terms on the table are accepted.
    Accept,
    /// **t**: the embargo ends, by its instant or before.
    Terminate,
}

impl State {
    /// Every state, in the order of the published diagram.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Proposed, Self::Active, Self::Revise, Self::Exited];

    /// Whether an embargo binds: a revision under negotiation leaves the old terms in force.
    #[must_use]
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Active | Self::Revise)
    }

    /// Whether terms lie on the table, waiting for an answer.
    #[must_use]
    pub const fn is_negotiating(self) -> bool {
        matches!(self, Self::Proposed | Self::Revise)
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 4] = [Self::Propose, Self::Reject, Self::Accept, Self::Terminate];
}

/// The state after `event`, or `None` where the protocol has no such step.
///
/// An embargo that never bound is rejected, not terminated, and one that has ended does not come
/// back. (Source: Vultron, "Embargo Management Process Model", the transition function δ of EM.)
#[must_use]
pub const fn transition(state: State, event: Event) -> Option<State> {
    use Event::{Accept, Propose, Reject, Terminate};
    use State::{Active, Exited, None as NoEmbargo, Proposed, Revise};
    Some(match (state, event) {
        (NoEmbargo | Proposed, Propose) => Proposed,
        (Proposed, Reject) => NoEmbargo,
        (Active | Revise, Propose) => Revise,
        (Proposed, Accept) | (Revise, Accept | Reject) => Active,
        (Active | Revise, Terminate) => Exited,
        _ => return None,
    })
}
