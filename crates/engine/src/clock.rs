//! Time: what the machine's clocks say, and whether a publication may rely on it.
//!
//! A wall clock alone jumps; the boot-time clock alone does not know the date. So an *anchor* binds
//! the boot-time clock to the time that at least two outside sources agree on within two seconds.
//! A publication is due when the anchored time *and* a wall clock say so. Without an anchor nothing
//! is published: the disclosure waits, and a person is called.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::ports::TimeSource;

/// The machine's clocks.
pub trait Clock: Send + Sync {
    /// What the wall clock says.
    fn wall(&self) -> Timestamp;

    /// Time since boot, suspend included; never jumps.
    fn boot(&self) -> SignedDuration;
}

/// How far two sources may be apart, and how far the wall clock may stray from the anchor.
const AGREEMENT: SignedDuration = SignedDuration::from_secs(2);
/// An anchor is made anew after this.
const RENEW: SignedDuration = SignedDuration::from_hours(1);
/// An anchor holds no longer than this: at 50 ppm a crystal drifts one second in 5.5 hours.
const EXPIRE: SignedDuration = SignedDuration::from_hours(6);

#[derive(Debug, Clone, Copy)]
struct Anchor {
    time: Timestamp,
    boot: SignedDuration,
}

impl Anchor {
    fn age(&self, clock: &dyn Clock) -> SignedDuration {
        clock.boot().saturating_sub(self.boot)
    }

    fn now(&self, clock: &dyn Clock) -> Option<Timestamp> {
        self.time.checked_add(self.age(clock)).ok()
    }
}

/// Keeps the anchor and reads the time through it.
#[derive(Debug, Default)]
pub(crate) struct Timekeeper {
    anchor: Mutex<Option<Anchor>>,
}

impl Timekeeper {
    /// The time for `decide`: the earlier of anchored and wall time, and whether it is trusted.
    pub(crate) fn read(&self, clock: &dyn Clock) -> case::Clock {
        let wall = clock.wall();
        let anchored = self.get().filter(|a| a.age(clock) <= EXPIRE).and_then(|a| a.now(clock));
        match anchored {
            Some(anchored) => case::Clock { now: anchored.min(wall), trusted: true },
            None => case::Clock { now: wall, trusted: false },
        }
    }

    /// Makes the anchor anew when it is old, or when the wall clock has stepped away from it.
    pub(crate) fn refresh(&self, clock: &dyn Clock, sources: &[Box<dyn TimeSource>]) {
        let stale = self.get().is_none_or(|anchor| {
            let strayed = anchor
                .now(clock)
                .is_none_or(|now| clock.wall().duration_since(now).abs() > AGREEMENT);
            anchor.age(clock) >= RENEW || strayed
        });
        if stale && let Some(anchor) = agree(clock, sources) {
            *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = Some(anchor);
        }
    }

    fn get(&self) -> Option<Anchor> {
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time that two sources agree on; of an agreeing pair the later one, since an answer is old
/// by the time it arrives.
fn agree(clock: &dyn Clock, sources: &[Box<dyn TimeSource>]) -> Option<Anchor> {
    let boot = clock.boot();
    let mut times: Vec<Timestamp> = sources
        .iter()
        .filter_map(|source| {
            let time = source.time().ok()?;
            time.checked_sub(clock.boot().saturating_sub(boot)).ok()
        })
        .collect();
    times.sort_unstable();
    times.windows(2).find_map(|pair| match pair {
        [earlier, later] if later.duration_since(*earlier) <= AGREEMENT => {
            Some(Anchor { time: *later, boot })
        }
        _ => None,
    })
}
