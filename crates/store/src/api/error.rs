//! What can go wrong, in words for the person; the cause for the operator is the error's source.

use std::path::PathBuf;

use super::{BlobId, HouseId, JobId, Kind, Seq, StreamId};

/// The cause beneath an error, for logs.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A store that is open could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Bytes are not those that were written.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Which bytes.
        what: String,
    },
    /// Something is sealed with a key that this house does not have and never forgot: `keys.db` is
    /// older than the journal.
    #[error("the key of {what} is missing: the key file is older than the journal")]
    NoKey {
        /// What it would open.
        what: String,
    },
    /// The database or file system refused. Nothing was written.
    #[error("the store could not {doing}")]
    Storage {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        #[source]
        cause: Cause,
    },
    /// A write may or may not have become durable. The store refuses all further writes until it
    /// is opened again; then the same command can be repeated and tells.
    #[error("the disk failed during a write; open the store again before writing")]
    Uncertain {
        /// The cause.
        #[source]
        cause: Cause,
    },
    /// The store failed during an earlier write and must be opened again.
    #[error("the disk failed earlier; open the store again before writing")]
    Failed,
    /// The store was opened for reading only.
    #[error("the store is open for reading only")]
    ReadOnly,
    /// A blob over [`MAX_BLOB`](crate::MAX_BLOB).
    #[error("{size} bytes are too many for a blob (at most {})", super::MAX_BLOB)]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// Another person has this handle already.
    #[error("another person has one of these handles")]
    HandleTaken,
    /// The call itself makes no sense.
    #[error("the store was asked for something impossible: {why}")]
    Invalid {
        /// What is wrong with it.
        why: &'static str,
    },
}

impl StoreError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(crate) fn storage(doing: &'static str, cause: impl Into<Cause>) -> Self {
        Self::Storage { doing, cause: cause.into() }
    }
}

/// A batch was refused; nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// A stream does not end where the caller believed. Read on from there and decide again.
    #[error("{stream} has changed meanwhile")]
    Conflict {
        /// The stream.
        stream: StreamId,
        /// Its last event, `None` when it does not exist.
        head: Option<Seq>,
    },
    /// The job is not this worker's any more.
    #[error("another worker has taken over")]
    LeaseLost {
        /// The job.
        job: JobId,
    },
    /// Some appends are repeats of earlier commands, and some are not.
    #[error("the command was given before together with something else")]
    PartlyRepeated,
    /// The stream belongs to another project.
    #[error("there is no {stream} here")]
    OutOfScope {
        /// The stream.
        stream: StreamId,
    },
    /// An event names a blob that was never put.
    #[error("blob {blob} was not stored")]
    NoBlob {
        /// The blob.
        blob: BlobId,
    },
    /// The batch makes no sense.
    #[error("the batch is not valid: {why}")]
    Invalid {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The store could not write; see [`StoreError::Uncertain`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A data directory could not be made, opened, backed up or restored. Nothing on disk was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the directory open.
    #[error("{} is in use by another process", dir.display())]
    Busy {
        /// The directory.
        dir: PathBuf,
    },
    /// There is no house in the directory.
    #[error("there is no Fermata data in {}", dir.display())]
    Missing {
        /// The directory.
        dir: PathBuf,
    },
    /// The place is taken: making or restoring never overwrites.
    #[error("{} is not empty", dir.display())]
    Exists {
        /// The directory.
        dir: PathBuf,
    },
    /// A file that belongs to the house is not there.
    #[error("{} is missing", file.display())]
    FileMissing {
        /// The file.
        file: PathBuf,
    },
    /// The instance key is not the one that this house was made with.
    #[error("this is not the instance key of this house")]
    WrongKey,
    /// The instance key cannot be read.
    #[error("{} does not hold an instance key", file.display())]
    BadKeyFile {
        /// The key file.
        file: PathBuf,
    },
    /// Others can read the instance key.
    #[error("{} can be read by others (mode {mode:o}); make it 0600", file.display())]
    KeyExposed {
        /// The key file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// `keys.db` belongs to another house.
    #[error("the keys are those of house {keys}, the journal is that of {journal}")]
    OtherHouse {
        /// The journal's house.
        journal: HouseId,
        /// The keys' house.
        keys: HouseId,
    },
    /// A live house was opened as a drill, or a drill as a live house.
    #[error("this is a {found} house, not a {wanted} one")]
    WrongKind {
        /// What it is.
        found: Kind,
        /// What the caller wanted.
        wanted: Kind,
    },
    /// Written by a newer Fermata.
    #[error("the data has format {found}; this Fermata knows formats up to {known}")]
    Newer {
        /// The format found.
        found: i64,
        /// The newest format known.
        known: i64,
    },
    /// The journal was not closed cleanly, and opening it would have to write.
    #[error("{} was not closed cleanly; open it for writing once", dir.display())]
    NotClosed {
        /// The directory.
        dir: PathBuf,
    },
    /// Files are truncated, altered, or not Fermata's at all.
    #[error("the data in {} is damaged: {what}", dir.display())]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The file system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: Cause,
    },
}
