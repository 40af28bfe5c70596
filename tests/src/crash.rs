//! Points at which a house can be made to die, as `kill -9` would: nothing is flushed, nothing is
//! dropped.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    str::FromStr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use case::ActId;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A boundary of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// Before a batch of events is written.
    CommitBefore,
    /// After a batch is durable, before anybody hears of it.
    CommitAfter,
    /// Before the intent of an act is written.
    IntentBefore,
    /// After the intent is durable, before the house goes on.
    IntentAfter,
    /// After the intent is durable, before the call.
    CallBefore,
    /// After the call had its effect, before the answer is heard.
    CallAfter,
    /// Before the receipt, or a person's word that stands for it, is written.
    ReceiptBefore,
    /// After it is durable, before the house goes on.
    ReceiptAfter,
    /// After the receipt is durable, before the job is taken off the queue.
    FinishBefore,
    /// After the job is off the queue.
    FinishAfter,
}

impl Point {
    /// Every boundary of one act's life.
    pub const OF_ACT: [Self; 8] = [
        Self::IntentBefore,
        Self::IntentAfter,
        Self::CallBefore,
        Self::CallAfter,
        Self::ReceiptBefore,
        Self::ReceiptAfter,
        Self::FinishBefore,
        Self::FinishAfter,
    ];

    /// Every boundary that every report brings about, whatever it leads to.
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
            Self::IntentBefore => "intent-before",
            Self::IntentAfter => "intent-after",
            Self::CallBefore => "call-before",
            Self::CallAfter => "call-after",
            Self::ReceiptBefore => "receipt-before",
            Self::ReceiptAfter => "receipt-after",
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

/// A boundary of one kind of act, by the name of the kind.
pub type Place = (String, Point);

/// What is to go wrong in one process.
#[derive(Debug, Default)]
pub struct Trouble {
    at: Option<(Point, u32)>,
    passed: AtomicU32,
    places: BTreeSet<Place>,
    kinds: Mutex<BTreeMap<ActId, &'static str>>,
    /// A planted bug.
    pub plant: Option<Plant>,
}

impl Trouble {
    /// From `CRASH_AT`, as `call-after:3` for the third time; from `PLACES`, places as JSON, of
    /// which it dies at the first that it comes to; and from `PLANT`.
    #[must_use]
    pub fn from_environment() -> Self {
        let read = |name| std::env::var(name).unwrap_or_default();
        let plant = read("PLANT");
        let plants = [Plant::ForgetCalls, Plant::LoseReports];
        Self {
            at: read("CRASH_AT").parse().ok().map(|Moment(point, times)| (point, times)),
            passed: AtomicU32::new(0),
            places: serde_json::from_str(&read("PLACES")).unwrap_or_default(),
            kinds: Mutex::default(),
            plant: plants.into_iter().find(|known| known.name() == plant),
        }
    }

    /// It is waited for an act of a certain kind.
    #[must_use]
    pub fn lurks(&self) -> bool {
        !self.places.is_empty()
    }

    /// What an act does, for when it comes to a boundary.
    pub fn learn(&self, act: ActId, kind: &'static str) {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner).insert(act, kind);
    }

    /// An act passes a boundary, or the house dies there and says where as its last word.
    pub fn reach(&self, point: Point, act: ActId) {
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kind) = kinds.get(&act) else { return };
        let place = ((*kind).to_owned(), point);
        if self.places.contains(&place) {
            let mut out = io::stdout();
            let _ = writeln!(out, "{}", json!({ "died": place }));
            let _ = out.flush();
            std::process::abort();
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
