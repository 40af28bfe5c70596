//! A store that dies around a write. All but writes and finished jobs goes straight through.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use case::{ActId, Event, event::ActEvent};
use jiff::Timestamp;
use serde_json::Value;
use store::{
    AppendError, Attempt, Batch, BlobId, Blobs, Body, Checkpoint, Committed, Directory, FeedItem,
    Fence, Hash, House, HouseId, Journal, KeyClass, Kind, Lease, LockState, OneTimeLink, Payload,
    Person, Position, Queue, Recorded, RowPage, RowQuery, Scope, Seq, Session, SqliteStore,
    Statistics, StoreError, StoredRow, StreamId, TokenHash, Verified,
};

use crate::crash::{Plant, Point, Trouble};

/// The store.
pub struct BreakingStore {
    inner: SqliteStore,
    trouble: Arc<Trouble>,
    reports: AtomicU32,
    leased: Mutex<Option<ActId>>,
}

impl BreakingStore {
    /// Around a real one.
    ///
    /// # Errors
    /// When the cases in it cannot be read.
    pub fn new(inner: SqliteStore, trouble: Arc<Trouble>) -> Result<Self, StoreError> {
        if trouble.lurks() {
            let scope = Scope::house("trouble");
            for stream in inner.streams(&scope, "case/")? {
                for recorded in inner.read(&scope, &stream, Seq::FIRST)? {
                    let body = recorded.payload.as_bytes().unwrap_or_default();
                    learn(&trouble, act_event(body).as_ref());
                }
            }
        }
        Ok(Self { inner, trouble, reports: AtomicU32::new(0), leased: Mutex::default() })
    }

    /// The boundaries that a batch brings acts to.
    fn steps(&self, batch: &Batch) -> Vec<(ActId, [Point; 2])> {
        if !self.trouble.lurks() {
            return Vec::new();
        }
        let bodies = batch.appends.iter().flat_map(|append| &append.events);
        let events = bodies.filter_map(|entry| act_event(entry.body.as_bytes()));
        events
            .filter_map(|event| {
                learn(&self.trouble, Some(&event));
                match event {
                    ActEvent::Started { act } => {
                        Some((act, [Point::IntentBefore, Point::IntentAfter]))
                    }
                    ActEvent::Done { act, .. } => {
                        Some((act, [Point::ReceiptBefore, Point::ReceiptAfter]))
                    }
                    _ => None,
                }
            })
            .collect()
    }

    /// Whether the planted bug takes this batch.
    fn loses(&self, batch: &Batch) -> bool {
        let brings =
            batch.appends.iter().any(|append| append.stream.as_str().starts_with("report/"));
        self.trouble.plant == Some(Plant::LoseReports)
            && brings
            && self.reports.fetch_add(1, Ordering::SeqCst) % 3 == 2
    }
}

/// The act's event that a body holds, if it is one.
fn act_event(body: &[u8]) -> Option<ActEvent> {
    match serde_json::from_slice::<case::Entry>(body).ok()?.event {
        Event::Act(event) => Some(event),
        _ => None,
    }
}

fn learn(trouble: &Trouble, event: Option<&ActEvent>) {
    if let Some(ActEvent::Planned { act, plan, .. }) = event {
        trouble.learn(*act, plan.kind.name());
    }
}

/// The act that a job carries out, in the words of the engine's queue.
fn act_of(job: &[u8]) -> Option<ActId> {
    let job: Value = serde_json::from_slice(job).ok()?;
    job.get("effect")?.get("act")?.as_str()?.parse().ok()
}

macro_rules! straight {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, $($argument: $type),*) -> $answer {
            self.inner.$name($($argument),*)
        })*
    };
}

impl Journal for BreakingStore {
    fn commit(&self, scope: &Scope, batch: Batch) -> Result<Vec<Committed>, AppendError> {
        if self.loses(&batch) {
            return Ok(Vec::new());
        }
        let steps = self.steps(&batch);
        for (act, [before, _]) in &steps {
            self.trouble.reach(*before, *act);
        }
        self.trouble.pass(Point::CommitBefore);
        let committed = self.inner.commit(scope, batch);
        self.trouble.pass(Point::CommitAfter);
        for (act, [_, after]) in &steps {
            self.trouble.reach(*after, *act);
        }
        committed
    }

    straight! {
        fn read(scope: &Scope, stream: &StreamId, from: Seq) -> Result<Vec<Recorded>, StoreError>;
        fn head(scope: &Scope, stream: &StreamId) -> Result<Option<Seq>, StoreError>;
        fn streams(scope: &Scope, prefix: &str) -> Result<Vec<StreamId>, StoreError>;
        fn feed(scope: &Scope, after: Position, limit: usize) -> Result<Vec<FeedItem>, StoreError>;
        fn wait(after: Position, timeout: Duration) -> Result<Position, StoreError>;
        fn rows(scope: &Scope, query: &RowQuery) -> Result<RowPage, StoreError>;
        fn row(scope: &Scope, list: &str, key: &str) -> Result<Option<StoredRow>, StoreError>;
        fn forget(scope: &Scope, stream: &StreamId, class: KeyClass) -> Result<(), StoreError>;
    }
}

impl Queue for BreakingStore {
    fn lease(&self, now: Timestamp, ttl: Duration) -> Result<Option<Lease>, StoreError> {
        let lease = self.inner.lease(now, ttl)?;
        let act = lease.as_ref().and_then(|lease| act_of(lease.body.as_bytes()));
        *self.leased.lock().unwrap_or_else(PoisonError::into_inner) = act;
        Ok(lease)
    }

    fn finish(&self, fence: &Fence) -> Result<bool, StoreError> {
        let act = *self.leased.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(act) = act {
            self.trouble.reach(Point::FinishBefore, act);
        }
        self.trouble.pass(Point::FinishBefore);
        let finished = self.inner.finish(fence);
        self.trouble.pass(Point::FinishAfter);
        if let Some(act) = act {
            self.trouble.reach(Point::FinishAfter, act);
        }
        finished
    }

    straight! {
        fn next_due() -> Result<Option<Timestamp>, StoreError>;
        fn release(fence: &Fence, due: Timestamp) -> Result<bool, StoreError>;
    }
}

impl Blobs for BreakingStore {
    straight! {
        fn put_blob(scope: &Scope, stream: &StreamId, class: KeyClass, bytes: &Body)
            -> Result<BlobId, StoreError>;
        fn get_blob(scope: &Scope, stream: &StreamId, id: &BlobId)
            -> Result<Option<Payload>, StoreError>;
    }
}

impl Directory for BreakingStore {
    straight! {
        fn put_person(person: &Person) -> Result<(), StoreError>;
        fn person(id: &str) -> Result<Option<Person>, StoreError>;
        fn person_by_handle(handle: &str) -> Result<Option<Person>, StoreError>;
        fn people() -> Result<Vec<Person>, StoreError>;
        fn remove_person(id: &str) -> Result<(), StoreError>;
        fn put_session(session: &Session) -> Result<(), StoreError>;
        fn session(token: &TokenHash, now: Timestamp) -> Result<Option<Session>, StoreError>;
        fn end_session(token: &TokenHash) -> Result<(), StoreError>;
        fn end_sessions_of(person: &str) -> Result<(), StoreError>;
        fn put_link(link: &OneTimeLink) -> Result<(), StoreError>;
        fn use_link(token: &TokenHash, now: Timestamp) -> Result<Option<Body>, StoreError>;
        fn attempt(what: &str, limit: u32, window: Duration, now: Timestamp)
            -> Result<Attempt, StoreError>;
        fn sweep(now: Timestamp) -> Result<(), StoreError>;
    }
}

impl House for BreakingStore {
    straight! {
        fn kind() -> Kind;
        fn id() -> HouseId;
        fn lock_state() -> LockState;
        fn unlock() -> Result<(), StoreError>;
        fn verify(against: Option<&Checkpoint>) -> Result<Verified, StoreError>;
        fn checkpoint(at: Timestamp) -> Result<Checkpoint, StoreError>;
        fn checkpoint_key() -> Hash;
        fn statistics() -> Statistics;
    }
}
