//! What all handlers share: what the binary brought, and a few counters and limits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use engine::Engine;
use tokio::sync::Semaphore;

use crate::{App, Drills};

/// Reports that are taken in at the same time. Strangers can flood the form; it must not take
/// every thread that can block.
const INTAKE: usize = 8;

/// Shared by all handlers. The counters tell of no case, no report and no person.
pub(crate) struct Lobby {
    pub(crate) live: Arc<Engine>,
    pub(crate) drills: Arc<dyn Drills>,
    pub(crate) secure: bool,
    pub(crate) log: Arc<dyn Fn(&str) + Send + Sync>,
    pub(crate) intake: Semaphore,
    /// What happened in each drill when time passed last.
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
            told: Mutex::default(),
            requests: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }
}
