//! Points at which a house can be made to die, as `kill -9` would: nothing is flushed, nothing is
//! dropped.

use std::{
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

/// A boundary of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before a batch of events is written.
    CommitBefore,
    /// After a batch is durable, before anybody hears of it.
    CommitAfter,
    /// After the intent is durable, before the call.
    CallBefore,
    /// After the call had its effect, before the receipt is written.
    CallAfter,
    /// After the receipt is durable, before the job is taken off the queue.
    FinishBefore,
    /// After the job is off the queue.
    FinishAfter,
}

impl Point {
    /// Every boundary.
    pub const ALL: [Self; 6] = [
        Self::CommitBefore,
        Self::CommitAfter,
        Self::CallBefore,
        Self::CallAfter,
        Self::FinishBefore,
        Self::FinishAfter,
    ];

    /// Its name, for the environment.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CommitBefore => "commit-before",
            Self::CommitAfter => "commit-after",
            Self::CallBefore => "call-before",
            Self::CallAfter => "call-after",
            Self::FinishBefore => "finish-before",
            Self::FinishAfter => "finish-after",
        }
    }
}

/// A bug around the house, to see the tests turn red.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// The way to the world forgets what was called before the crash.
    ForgetCalls,
    /// Every third batch that brings a report is answered and not written.
    LoseReports,
}

impl Plant {
    /// Its name, for the environment.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ForgetCalls => "forget-calls",
            Self::LoseReports => "lose-reports",
        }
    }
}

/// What is to go wrong in one process.
#[derive(Debug, Default)]
pub struct Trouble {
    at: Option<(Point, u32)>,
    passed: AtomicU32,
    /// A planted bug.
    pub plant: Option<Plant>,
}

impl Trouble {
    /// From `CRASH_AT`, as `call-after:3` for the third time, and `PLANT`.
    #[must_use]
    pub fn from_environment() -> Self {
        let read = |name| std::env::var(name).unwrap_or_default();
        let plant = read("PLANT");
        let plants = [Plant::ForgetCalls, Plant::LoseReports];
        Self {
            at: read("CRASH_AT").parse().ok().map(|Moment(point, times)| (point, times)),
            passed: AtomicU32::new(0),
            plant: plants.into_iter().find(|known| known.name() == plant),
        }
    }

    /// Passes a boundary, or dies there.
    pub fn pass(&self, point: Point) {
        let Some((here, times)) = self.at else { return };
        if here == point && self.passed.fetch_add(1, Ordering::SeqCst).saturating_add(1) == times {
            std::process::abort();
        }
    }
}

struct Moment(Point, u32);

impl FromStr for Moment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, times) = text.split_once(':').ok_or(())?;
        let point = Point::ALL.into_iter().find(|point| point.name() == name).ok_or(())?;
        Ok(Self(point, times.parse().map_err(|_| ())?))
    }
}
