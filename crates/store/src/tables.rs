//! What a backend has to keep: seven tables, as sealed bytes, keyed hashes and numbers.
//!
//! Everything that decides something (scopes, repeats, expectations, fences, chains) is written
//! once over this trait, in `logic`; a backend only stores and finds. Calls on one `Tables` happen
//! inside one transaction: a write sees the state that it checked, a read sees one snapshot.
//!
//! For a backend with several nodes: positions come from one counter that a transaction holds
//! until it ends, so that they have no gaps and settle in order; [`Tables::clock`] is the
//! database's; [`Tables::ready_job`] locks the job that it returns and skips locked ones.

use jiff::Timestamp;

use crate::{
    BlobId, CommandId, Direction, Hash, KeyClass, Position, RowCursor, Seq, StoreError, StreamId,
    seal::KeyId,
};

/// A keyed hash, of which 128 bits are enough: nobody without the key can look for two alike.
pub(crate) type Tag = [u8; 16];

/// A stream's number in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StreamNumber(pub(crate) i64);

#[derive(Debug, Clone)]
pub(crate) struct StreamRow {
    pub(crate) number: StreamNumber,
    pub(crate) name: StreamId,
    pub(crate) owner: Option<Owner>,
}

/// The project that a stream belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The project's tag, the same for all its streams.
    pub(crate) project: Tag,
    /// Binds the tag to the stream, so that nobody with a database shell alone can move it.
    pub(crate) binding: Tag,
}

#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) position: Position,
    pub(crate) seq: Seq,
    pub(crate) command: CommandId,
    pub(crate) class: KeyClass,
    pub(crate) sealed: Vec<u8>,
    pub(crate) hash: Hash,
}

/// The events of one command in one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) first: Seq,
    pub(crate) last: Seq,
    pub(crate) position: Position,
    pub(crate) hash: Hash,
}

#[derive(Debug, Clone)]
pub(crate) struct ListRow {
    pub(crate) list: Tag,
    pub(crate) key: Tag,
    pub(crate) owner: Option<Tag>,
    pub(crate) stream: StreamId,
    pub(crate) sort: u64,
    pub(crate) sealed: Vec<u8>,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListRange {
    pub(crate) list: Tag,
    /// Rows of this project only.
    pub(crate) owner: Option<Tag>,
    pub(crate) direction: Direction,
    pub(crate) after: Option<RowCursor>,
    pub(crate) limit: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct JobRow {
    pub(crate) name: Tag,
    pub(crate) stream: StreamId,
    pub(crate) due: Timestamp,
    /// When it can be leased next: due, or the end of its lease.
    pub(crate) ready: Timestamp,
    /// The number of the lease that holds it.
    pub(crate) fence: Option<u64>,
    pub(crate) sealed: Vec<u8>,
}

/// The kinds of things on the directory's shelf. The numbers are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ShelfKind {
    Person = 1,
    Handle = 2,
    Session = 3,
    Link = 4,
    Throttle = 5,
}

impl ShelfKind {
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::Person, Self::Handle, Self::Session, Self::Link, Self::Throttle]
            .into_iter()
            .find(|kind| *kind as i64 == number)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct ShelfRow {
    pub(crate) kind: ShelfKind,
    pub(crate) name: Tag,
    /// The person whose it is.
    pub(crate) owner: Option<Tag>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) trait Tables {
    /// The clock that leases go by: the backend's own if it has one, else the caller's.
    fn clock(&self, callers: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(callers)
    }

    fn stream(&self, name: &StreamId) -> Result<Option<StreamRow>, StoreError>;
    /// Sorted by name.
    fn streams(&self, prefix: &str) -> Result<Vec<StreamRow>, StoreError>;
    fn add_stream(&mut self, name: &StreamId) -> Result<StreamNumber, StoreError>;
    fn set_owner(&mut self, stream: StreamNumber, owner: Owner) -> Result<(), StoreError>;

    fn last_position(&self) -> Result<Position, StoreError>;
    fn end(&self, stream: StreamNumber) -> Result<Option<(Seq, Hash)>, StoreError>;
    fn hash_at(&self, stream: StreamNumber, seq: Seq) -> Result<Option<Hash>, StoreError>;
    fn answer(
        &self,
        stream: StreamNumber,
        command: CommandId,
    ) -> Result<Option<Answer>, StoreError>;
    /// From `from` on, in order.
    fn events(
        &self,
        stream: StreamNumber,
        from: Seq,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError>;
    /// After a position, in order; of one project only if asked.
    fn feed(
        &self,
        after: Position,
        limit: usize,
        owner: Option<Tag>,
    ) -> Result<Vec<(StreamRow, EventRow)>, StoreError>;
    /// The event's position is the next one, whatever the row says.
    fn add_event(&mut self, stream: StreamNumber, event: &EventRow)
    -> Result<Position, StoreError>;

    fn has_blob(&self, stream: &StreamId, blob: BlobId) -> Result<bool, StoreError>;
    /// Notes that an event names the blob.
    fn name_blob(&mut self, stream: &StreamId, blob: BlobId) -> Result<(), StoreError>;
    fn named_blobs(&self) -> Result<Vec<(StreamId, BlobId)>, StoreError>;

    fn row(&self, list: &Tag, key: &Tag) -> Result<Option<ListRow>, StoreError>;
    /// In order of `sort`, then of first writing; each with its cursor.
    fn rows(&self, range: &ListRange) -> Result<Vec<(RowCursor, ListRow)>, StoreError>;
    /// Every row there is, after an id.
    fn all_rows(&self, after: u64, limit: usize) -> Result<Vec<(u64, ListRow)>, StoreError>;
    fn put_row(&mut self, row: &ListRow) -> Result<(), StoreError>;
    fn remove_row(&mut self, list: &Tag, key: &Tag) -> Result<(), StoreError>;

    fn job(&self, name: &Tag) -> Result<Option<JobRow>, StoreError>;
    fn jobs(&self) -> Result<Vec<JobRow>, StoreError>;
    /// The job that has been ready longest.
    fn ready_job(&self, now: Timestamp) -> Result<Option<JobRow>, StoreError>;
    fn next_ready(&self) -> Result<Option<Timestamp>, StoreError>;
    /// Writes a job, replacing the one of its name.
    fn put_job(&mut self, job: &JobRow) -> Result<(), StoreError>;
    fn remove_job(&mut self, name: &Tag) -> Result<(), StoreError>;
    /// A number that was never returned before.
    fn next_fence(&mut self) -> Result<u64, StoreError>;

    fn shelf(&self, kind: ShelfKind, name: &Tag) -> Result<Option<ShelfRow>, StoreError>;
    /// Everything of one kind, or everything.
    fn shelves(&self, kind: Option<ShelfKind>) -> Result<Vec<ShelfRow>, StoreError>;
    fn put_shelf(&mut self, row: &ShelfRow) -> Result<(), StoreError>;
    fn remove_shelf(&mut self, kind: ShelfKind, name: &Tag) -> Result<(), StoreError>;
    fn remove_shelf_of(&mut self, kind: ShelfKind, owner: &Tag) -> Result<(), StoreError>;
    /// Removes everything that expires at `now` or before.
    fn sweep_shelf(&mut self, now: Timestamp) -> Result<(), StoreError>;

    fn add_forgotten(&mut self, key: KeyId) -> Result<(), StoreError>;
    /// Writes one of the house's own settings.
    fn set_setting(&mut self, name: &str, sealed: &[u8]) -> Result<(), StoreError>;
}
