//! The clock of a broken house. A lease of a house that was killed runs out after minutes; the next
//! house simply begins later.

use counterparts::SystemClock;
use engine::Clock;
use jiff::{SignedDuration, Timestamp};

/// A Monday morning.
const BEGIN: Timestamp = Timestamp::constant(1_772_434_800, 0);

/// Runs at the machine's pace, from a given beginning.
pub struct LaterClock {
    ahead: SignedDuration,
    started: SignedDuration,
}

impl LaterClock {
    /// A clock that begins so many seconds after a fixed instant.
    #[must_use]
    pub fn ahead(seconds: i64) -> Self {
        Self { ahead: SignedDuration::from_secs(seconds), started: SystemClock.boot() }
    }
}

impl Clock for LaterClock {
    fn wall(&self) -> Timestamp {
        BEGIN.saturating_add(self.boot()).unwrap_or(Timestamp::MAX)
    }

    fn boot(&self) -> SignedDuration {
        self.ahead.saturating_add(SystemClock.boot().saturating_sub(self.started))
    }
}
