//! The store: the journal, sealed blobs, the keys, list rows, leased jobs and the directory.
//!
//! The store keeps bytes and order; it does not know what an event means, who may see it, or what
//! a job does. Callers hand it plaintext and get plaintext back; sealing happens in here, and
//! nothing else in Fermata touches a data key.
//!
//! The door is [`Store`], a sum of five coarse traits: [`Journal`], [`Queue`], [`Blobs`],
//! [`Directory`] and [`House`]. Calls block; every type behind the door is `Send + Sync`. Two
//! backends stand behind it, [`SqliteStore`] and [`MemoryStore`], and one contract suite
//! (`tests/it/contract`) holds both to the same answers.
//!
//! # What a thief of the disk can read
//!
//! Payloads, list rows, job bodies, people and sessions are sealed with XChaCha20-Poly1305. What
//! stays in plain columns, and what it gives away:
//!
//! | column | tells | kept because |
//! |---|---|---|
//! | stream name | how many reports and cases there are | ids in it must be random, see [`StreamId`] |
//! | owner of a stream or row | which streams share a project, not which project | scopes are checked in the query |
//! | sequence, position | how much happened, in which order | reading and the feed |
//! | command id | nothing, it is random | a repeat must be recognised |
//! | key id, key class | which events hold a reporter's identity | a key can be forgotten |
//! | ciphertext length | the plaintext's length, rounded up to the next 256 bytes | |
//! | list, row key, job id, blob name, session, handle | equality only: they are keyed hashes | looking them up |
//! | `sort` of a row | whatever the caller puts there: use a time or a counter, never a severity | paging |
//! | `due` of a job | that something happens at that time | workers ask for what is due |
//! | expiry of sessions, links, throttles | when somebody was active | sweeping |
//!
//! # What tampering does not show
//!
//! A changed byte shows, in every table. An event that is gone shows too, unless it is the very
//! last ones that went: for those keep a [`Checkpoint`] elsewhere. A list row, a job or an entry of
//! the directory that somebody removed, or put back as it once was, does not show: they are views
//! and bookkeeping, and what they stand for is in the journal. Nor does a changed turn in the queue
//! (when a job can be leased next), so what must not happen early asks a clock, not the queue.
//!
//! # Scopes
//!
//! Calls about streams take a [`Scope`]. A scope with a project sees the streams of that project
//! and nothing else: to a reader, another project's stream is one that does not exist; a writer is
//! refused. This is the outer wall between the projects of one foundation, not authorisation: who
//! may see a case is decided above, at the case's head. Jobs and the directory belong to the house
//! and take no scope.

mod api;
mod entropy;
mod logic;
mod memory;
mod merkle;
mod seal;
mod sqlite;
mod tables;

pub use api::*;
pub use entropy::{Entropy, OsEntropy, SeededEntropy};
pub use memory::MemoryStore;
pub use seal::InstanceKey;
pub use sqlite::{Backup, KeySource, Settings, SqliteStore};
