//! The journal: streams of sealed events, each chained by hashes over its ciphertext.

use std::time::Duration;

use super::{
    AppendError, BlobId, Body, CommandId, Fence, Hash, JobChange, KeyClass, Payload, Position,
    ProjectId, RowChange, RowPage, RowQuery, Scope, Seq, StoreError, StoredRow, StreamId,
};

/// One event to append, sealed under one of its stream's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key that will seal it.
    pub class: KeyClass,
    /// What to seal.
    pub body: Body,
}

impl Entry {
    /// An event under the stream's own key.
    #[must_use]
    pub fn content(body: impl Into<Body>) -> Self {
        Self { class: KeyClass::Content, body: body.into() }
    }

    /// An event that says who the reporter is.
    #[must_use]
    pub fn identity(body: impl Into<Body>) -> Self {
        Self { class: KeyClass::Identity, body: body.into() }
    }
}

/// Where the caller believes a stream to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The last event has this number.
    Exact(Seq),
    /// There is no such stream yet.
    New,
    /// Anywhere: for streams that only collect, such as reads.
    Any,
}

/// Events for one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// Where to.
    pub stream: StreamId,
    /// Where the caller believes the stream to end.
    pub expected: Expected,
    /// The command that decided these events.
    pub command: CommandId,
    /// The events, at least one.
    pub events: Vec<Entry>,
    /// Blobs of this stream that the events name. Each must have been put before: a blob is
    /// durable before the event that names it.
    pub blobs: Vec<BlobId>,
    /// Gives the stream to a project. A stream without a project takes it; one that has this
    /// project already stays; one of another project refuses the batch. `None` leaves it alone,
    /// except that a new stream made in a project's scope belongs to that project.
    pub project: Option<ProjectId>,
}

impl Append {
    /// An append of `events`, naming no blobs and leaving the project alone.
    #[must_use]
    pub fn new(
        stream: StreamId,
        expected: Expected,
        command: CommandId,
        events: Vec<Entry>,
    ) -> Self {
        Self { stream, expected, command, events, blobs: Vec::new(), project: None }
    }
}

/// What is written together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Events, at most one append per stream.
    pub appends: Vec<Append>,
    /// Changes to list rows, in order, after the appends.
    pub rows: Vec<RowChange>,
    /// Changes to jobs, in order, after the appends.
    pub jobs: Vec<JobChange>,
    /// Leases that the caller must still hold for any of this to be written.
    pub fences: Vec<Fence>,
}

/// What an append became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The stream.
    pub stream: StreamId,
    /// The number of the append's first event.
    pub first: Seq,
    /// The number of its last event.
    pub last: Seq,
    /// The feed position of its last event.
    pub position: Position,
    /// The chain's hash at its last event.
    pub hash: Hash,
    /// Whether the command had been given before: this is its first answer, nothing was written.
    pub repeated: bool,
}

/// An event as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number in the stream.
    pub seq: Seq,
    /// Its place in the feed.
    pub position: Position,
    /// The command that decided it.
    pub command: CommandId,
    /// The key that seals it.
    pub class: KeyClass,
    /// What it says, unless forgotten.
    pub payload: Payload,
    /// The chain's hash at this event.
    pub hash: Hash,
}

/// An event in the feed of the whole house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    /// The stream that it belongs to.
    pub stream: StreamId,
    /// The event.
    pub event: Recorded,
}

/// Streams of events, and the list rows that are written with them.
pub trait Journal: Send + Sync {
    /// Writes a batch durably, or changes nothing.
    ///
    /// Checks run in this order: the shape of the batch, the scope, repeats, fences, expectations,
    /// named blobs. A batch whose every append was committed before (same stream, same command)
    /// answers the first [`Committed`] of each with `repeated` set and writes nothing at all, also
    /// no rows and no jobs: they were written with the first. It comes before the fences and
    /// expectations because a repeat is asked exactly when the caller lost the first answer.
    /// When some appends are repeats and some are not, it is no repeat of an earlier batch, and it
    /// is refused.
    ///
    /// # Errors
    /// [`AppendError`]; nothing was written, except for [`StoreError::Uncertain`], after which
    /// the same commands can be asked again.
    fn commit(&self, scope: &Scope, batch: Batch) -> Result<Vec<Committed>, AppendError>;

    /// The events of a stream from number `from` on, oldest first; empty when there are none, or
    /// the stream is out of scope. Each event is authenticated on the way.
    ///
    /// # Errors
    /// [`StoreError`], above all [`StoreError::Damaged`] when the bytes are not those written.
    fn read(
        &self,
        scope: &Scope,
        stream: &StreamId,
        from: Seq,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// The number of a stream's last event, or `None` when there is no such stream in scope.
    ///
    /// # Errors
    /// [`StoreError`]
    fn head(&self, scope: &Scope, stream: &StreamId) -> Result<Option<Seq>, StoreError>;

    /// The names of all streams in scope that begin with `prefix`, sorted.
    ///
    /// # Errors
    /// [`StoreError`]
    fn streams(&self, scope: &Scope, prefix: &str) -> Result<Vec<StreamId>, StoreError>;

    /// The next at most `limit` events in scope after a position, in order of position. Every
    /// position below one that is returned has settled: nothing appears behind a reader's back.
    ///
    /// # Errors
    /// [`StoreError`]
    fn feed(
        &self,
        scope: &Scope,
        after: Position,
        limit: usize,
    ) -> Result<Vec<FeedItem>, StoreError>;

    /// Blocks until something has settled after `after`, or `timeout` has passed; returns the
    /// last settled position. With a zero timeout it never blocks.
    ///
    /// # Errors
    /// [`StoreError`]
    fn wait(&self, after: Position, timeout: Duration) -> Result<Position, StoreError>;

    /// A page of list rows in scope.
    ///
    /// # Errors
    /// [`StoreError`]
    fn rows(&self, scope: &Scope, query: &RowQuery) -> Result<RowPage, StoreError>;

    /// One list row by its key.
    ///
    /// # Errors
    /// [`StoreError`]
    fn row(&self, scope: &Scope, list: &str, key: &str) -> Result<Option<StoredRow>, StoreError>;

    /// Drops the key of a stream's class. What it sealed is [`Payload::Forgotten`] from now on, in
    /// every backup of the journal too, and chains still verify. Later entries of that class get a
    /// new key. Backups of the keys outlive this call: keep them for a short time only.
    ///
    /// A stream that does not exist, is out of scope, or has no such key is left alone.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget(&self, scope: &Scope, stream: &StreamId, class: KeyClass) -> Result<(), StoreError>;
}
