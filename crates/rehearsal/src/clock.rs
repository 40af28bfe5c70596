//! The time of a drill: it stands still until somebody moves it, and never goes back.
//!
//! A drill's clock is the true time of its world. The house reads it through the engine's `Clock`,
//! the counterparts stamp their records with it. It must never be handed to a live house.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// A clock that is moved by hand.
#[derive(Debug)]
pub struct DrillClock {
    began: Timestamp,
    now: Mutex<Timestamp>,
}

impl DrillClock {
    /// A clock that stands at `began`.
    #[must_use]
    pub fn new(began: Timestamp) -> Self {
        Self { began, now: Mutex::new(began) }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves on to `to`; a time that has passed changes nothing.
    pub fn advance_to(&self, to: Timestamp) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (*now).max(to);
    }

    /// Moves on by `by`; a negative span changes nothing.
    pub fn advance_by(&self, by: SignedDuration) {
        let to = self.now().saturating_add(by).unwrap_or(Timestamp::MAX);
        self.advance_to(to);
    }
}

impl engine::Clock for DrillClock {
    fn wall(&self) -> Timestamp {
        self.now()
    }

    fn boot(&self) -> SignedDuration {
        self.now().duration_since(self.began)
    }
}
