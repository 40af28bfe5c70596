//! Report management (RM): what has become of one report.
//!
//! The published machine has no way back from *Closed*; a reopened case begins a new life of
//! this machine and keeps the old one in its history.

use serde::{Deserialize, Serialize};

/// Where a report stands. The capital in each name is the protocol's shorthand.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// **S**: not received yet.
    #[default]
    Start,
    /// **R**: received, not yet judged.
    Received,
    /// **I**: judged not valid; more information may still change that.
    Invalid,
    /// **V**: judged valid, priority still open.
    Valid,
    /// **D**: valid, and nobody works on it for now.
    Deferred,
    /// **A**: valid, and being worked on.
    Accepted,
    /// **C**: no more work will be done.
    Closed,
}

/// What can happen to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// **r**: the report arrives.
    Receive,
    /// **v**: it is found valid.
    Validate,
    /// **i**: it is found not valid.
    Invalidate,
    /// **a**: work on it begins or is taken up again.
    Accept,
    /// **d**: work on it is put off.
    Defer,
    /// **c**: it is closed for good.
    Close,
}

impl State {
    /// Every state, in the order of the published diagram.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Received,
        Self::Invalid,
        Self::Valid,
        Self::Deferred,
        Self::Accepted,
        Self::Closed,
    ];
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 6] =
        [Self::Receive, Self::Validate, Self::Invalidate, Self::Accept, Self::Defer, Self::Close];
}

/// The state after `event`, or `None` where the protocol has no such step.
///
/// A valid report cannot be closed straight away: it is accepted or deferred first, because
/// deferring can be undone and closing cannot. (Source: Vultron, "Report Management Process
/// Model", the transition function δ of RM.)
#[must_use]
pub const fn transition(state: State, event: Event) -> Option<State> {
    use Event::{Accept, Close, Defer, Invalidate, Receive, Validate};
    use State::{Accepted, Closed, Deferred, Invalid, Received, Start, Valid};
    Some(match (state, event) {
        (Start, Receive) => Received,
        (Received | Invalid, Validate) => Valid,
        (Received, Invalidate) => Invalid,
        (Valid | Deferred, Accept) => Accepted,
        (Valid | Accepted, Defer) => Deferred,
        (Invalid | Deferred | Accepted, Close) => Closed,
        _ => return None,
    })
}
