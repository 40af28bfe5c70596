//! What all handlers share: what the binary brought, and a few counters and limits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
    time::Duration,
};

use engine::Engine;
use tokio::sync::Semaphore;

use crate::{
    App, Drills,
    throttle::{Rate, Throttle},
};

/// Reports that are taken in at the same time. Strangers can flood the form; it must not take
/// every thread that can block.
const INTAKE: usize = 8;

/// Mails that the team hands in at the same time; each may be as large as a mail may be.
const MAILS: usize = 2;

/// How often one stranger may report, and all of them together.
const REPORTS: (Rate, Rate) = (
    Rate { burst: 10, every: Duration::from_mins(1) },
    Rate { burst: 600, every: Duration::from_millis(500) },
);

/// How often one stranger may try a link, and all of them together. A link cannot be guessed; this
/// keeps those who try from taking the house's time.
const SIGN_INS: (Rate, Rate) = (
    Rate { burst: 20, every: Duration::from_secs(30) },
    Rate { burst: 100, every: Duration::from_secs(1) },
);

/// Shared by all handlers. The counters tell of no case, no report and no person.
pub(crate) struct Lobby {
    pub(crate) live: Arc<Engine>,
    pub(crate) drills: Arc<dyn Drills>,
    pub(crate) secure: bool,
    pub(crate) log: Arc<dyn Fn(&str) + Send + Sync>,
    pub(crate) intake: Semaphore,
    pub(crate) mails: Semaphore,
    pub(crate) reports: Throttle,
    pub(crate) sign_ins: Throttle,
    /// What happened in each drill when time passed last, as a sentence.
    pub(crate) told: Mutex<BTreeMap<String, String>>,
    pub(crate) requests: AtomicU64,
    pub(crate) failures: AtomicU64,
}

impl Lobby {
    pub(crate) fn new(app: App) -> Self {
        Self {
            live: app.live,
            drills: app.drills,
            secure: app.secure,
            log: app.log,
            intake: Semaphore::new(INTAKE),
            mails: Semaphore::new(MAILS),
            reports: Throttle::new(REPORTS.0, REPORTS.1),
            sign_ins: Throttle::new(SIGN_INS.0, SIGN_INS.1),
            told: Mutex::default(),
            requests: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }
}
