//! Participant embargo consent: what one participant has said to the embargo's terms.
//!
//! Consent belongs to one set of terms. A revision makes it lapse, so that nobody is held to a
//! date that they never saw. Silence is not a step here: whether it may count as consent is the
//! playbook's policy, and `decide` then records an [`Event::Accept`] with that reason.

use serde::{Deserialize, Serialize};

/// What a participant has said to the terms that are current.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// There is no embargo for this participant to answer to.
    #[default]
    NoEmbargo,
    /// Asked, and yet to answer.
    Invited,
    /// Bound by the current terms.
    Signatory,
    /// Was bound, but the terms have changed since.
    Lapsed,
    /// Said no.
    Declined,
}

/// What can happen to a participant's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The participant is asked.
    Invite,
    /// The participant agrees.
    Accept,
    /// The participant objects.
    Decline,
    /// The terms change under somebody who had agreed.
    Revise,
    /// The embargo ends, or its proposal is taken back.
    Reset,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::NoEmbargo, Self::Invited, Self::Signatory, Self::Lapsed, Self::Declined];
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 5] =
        [Self::Invite, Self::Accept, Self::Decline, Self::Revise, Self::Reset];
}

/// The state after `event`, or `None` where the protocol has no such step.
///
/// Accepting and declining are open to somebody who was never asked (a reporter who sets the
/// terms, a vendor under a standing policy), but whoever declined must be asked anew.
/// (Source: `CERTCC/Vultron`, participant embargo consent, with its ADR-0048.)
#[must_use]
pub const fn transition(state: State, event: Event) -> Option<State> {
    use Event::{Accept, Decline, Invite, Reset, Revise};
    use State::{Declined, Invited, Lapsed, NoEmbargo, Signatory};
    Some(match (state, event) {
        (NoEmbargo | Lapsed | Declined, Invite) => Invited,
        (NoEmbargo | Invited | Lapsed, Accept) => Signatory,
        (NoEmbargo | Invited | Lapsed, Decline) => Declined,
        (Signatory, Revise) => Lapsed,
        (_, Reset) => NoEmbargo,
        _ => return None,
    })
}
