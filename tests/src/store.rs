//! A store that dies around a write. All but writes and finished jobs goes straight through.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
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
}

impl BreakingStore {
    /// Around a real one.
    #[must_use]
    pub fn new(inner: SqliteStore, trouble: Arc<Trouble>) -> Self {
        Self { inner, trouble, reports: AtomicU32::new(0) }
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
        self.trouble.pass(Point::CommitBefore);
        let committed = self.inner.commit(scope, batch);
        self.trouble.pass(Point::CommitAfter);
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
    fn finish(&self, fence: &Fence) -> Result<bool, StoreError> {
        self.trouble.pass(Point::FinishBefore);
        let finished = self.inner.finish(fence);
        self.trouble.pass(Point::FinishAfter);
        finished
    }

    straight! {
        fn lease(now: Timestamp, ttl: Duration) -> Result<Option<Lease>, StoreError>;
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
