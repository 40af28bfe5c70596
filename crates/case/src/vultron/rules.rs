//! Where one machine binds another: what the facts do to the embargo, and the embargo to closing.
//!
//! (Source: Vultron, "CVD Case State Interactions with the RM and EM Process Models" and
//! "Interactions Between the RM and EM Models". CERT/CC words some of these as *should*; a
//! program must choose, and Fermata refuses. A person's way round is an override with a reason,
//! which is `decide`'s business.)

use super::{cs, em, rm};

/// The embargo after `event`, given what is true in the world; `None` where either forbids it.
///
/// Once the vulnerability is public, exploited or attacked there is no embargo: nothing can be
/// proposed or accepted any more, only what is there can be turned down or ended.
#[must_use]
pub const fn embargo_transition(
    state: em::State,
    event: em::Event,
    facts: cs::State,
) -> Option<em::State> {
    if facts.is_quiet() {
        return em::transition(state, event);
    }
    match (state, event) {
        // Turning down a revision would leave the old terms in force.
        (em::State::Proposed, em::Event::Reject) | (_, em::Event::Terminate) => {
            em::transition(state, event)
        }
        _ => None,
    }
}

/// What the facts demand of the embargo, if anything: a proposal falls, a binding embargo ends.
///
/// CERT/CC says *shall* for P and X and *should* for A; Fermata treats the three alike.
#[must_use]
pub const fn embargo_must(state: em::State, facts: cs::State) -> Option<em::Event> {
    if facts.is_quiet() {
        return None;
    }
    match state {
        em::State::Proposed => Some(em::Event::Reject),
        em::State::Active | em::State::Revise => Some(em::Event::Terminate),
        em::State::None | em::State::Exited => None,
    }
}

/// Whether terms may be accepted: not for a report that was found invalid or is closed.
#[must_use]
pub const fn may_accept_embargo(report: rm::State) -> bool {
    !matches!(report, rm::State::Invalid | rm::State::Closed)
}

/// Whether a report may be closed: not while an embargo binds. Until it ends, a report with
/// nothing left to do rests in *Deferred* or *Invalid*.
#[must_use]
pub const fn may_close(embargo: em::State) -> bool {
    !embargo.is_in_force()
}

/// Whether a fix may become ready (and with it deployed): only for a report that was accepted.
#[must_use]
pub const fn may_fix(report: rm::State) -> bool {
    matches!(report, rm::State::Accepted)
}
