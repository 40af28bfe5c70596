//! The door: every trait and type that a caller of the store sees.

mod blobs;
mod body;
mod directory;
mod error;
mod house;
mod ids;
mod journal;
mod queue;
mod rows;

pub use blobs::{BlobId, Blobs, MAX_BLOB};
pub use body::{Body, Payload};
pub use directory::{Attempt, Directory, OneTimeLink, Person, Session, TokenHash};
pub use error::{AppendError, OpenError, StoreError};
pub use house::{
    Checkpoint, CheckpointError, Head, House, HouseId, Kind, LockState, Statistics, Verified, Why,
};
pub use ids::{
    Actor, CommandId, Hash, InvalidId, JobId, KeyClass, Position, ProjectId, Scope, Seq, StreamId,
};
pub use journal::{Append, Batch, Committed, Entry, Expected, FeedItem, Journal, Recorded};
pub use queue::{Fence, JobChange, Lease, Queue};
pub use rows::{Direction, Row, RowChange, RowCursor, RowPage, RowQuery, StoredRow};

/// Everything that a house needs from its store.
pub trait Store: Journal + Queue + Blobs + Directory + House {}

impl<T: Journal + Queue + Blobs + Directory + House> Store for T {}
