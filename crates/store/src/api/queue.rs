//! Jobs: the outbox and the timers, written with the events that ask for them.
//!
//! A worker leases a job, does the work, and commits the outcome with the lease's [`Fence`]; when
//! the lease ran out and another worker took the job meanwhile, that commit is refused.

use std::time::Duration;

use jiff::Timestamp;

use super::{Body, JobId, StoreError, StreamId};

/// A change to the jobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobChange {
    /// Adds a job, or replaces the one with this id; a lease on the one replaced is lost.
    Put {
        /// Its name.
        id: JobId,
        /// The stream that it works for, whose content key seals the body.
        stream: StreamId,
        /// Not before this. Plain on disk.
        due: Timestamp,
        /// What to do.
        body: Body,
    },
    /// Removes a job; one that is not there is no error.
    Remove {
        /// Its name.
        id: JobId,
    },
}

/// The proof that a worker holds a job. Numbers grow with every lease and are never used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// The job.
    pub job: JobId,
    /// The lease's number.
    pub number: u64,
}

/// A job in a worker's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What to show when committing the outcome.
    pub fence: Fence,
    /// The stream that the job works for.
    pub stream: StreamId,
    /// When the job was due.
    pub due: Timestamp,
    /// When the lease runs out. Until then nobody else gets the job; after that it is still this
    /// worker's until somebody does.
    pub until: Timestamp,
    /// What to do.
    pub body: Body,
}

/// Leased jobs. `now` is the caller's clock; a backend whose server has a clock of its own (as
/// PostgreSQL has) uses that instead, so that nodes with different clocks agree.
pub trait Queue: Send + Sync {
    /// Takes the job that has been ready longest, for `ttl` from `now`. A job is ready from its
    /// due time on, or when its last lease has run out. Jobs of streams whose content was forgotten
    /// are dropped on the way.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lease(&self, now: Timestamp, ttl: Duration) -> Result<Option<Lease>, StoreError>;

    /// The earliest time at which [`lease`](Self::lease) would find something, if nothing changes.
    ///
    /// # Errors
    /// [`StoreError`]
    fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Removes a job that its worker has done. `false` when the lease was lost: nothing is removed.
    ///
    /// # Errors
    /// [`StoreError`]
    fn finish(&self, fence: &Fence) -> Result<bool, StoreError>;

    /// Gives a job back, to be due at `due`. `false` when the lease was lost: nothing changes.
    ///
    /// # Errors
    /// [`StoreError`]
    fn release(&self, fence: &Fence, due: Timestamp) -> Result<bool, StoreError>;
}
