//! The room `git`: what a repository on disk says, read only.
//!
//! Objects are asked of the `git` program, in an environment that the repository, the user and the
//! machine cannot bend: no configuration but the repository's own, no hooks, filters, external
//! diffs or signature programs, no replacement objects, no grafts, and no transport at all, so that
//! a partial clone cannot fetch behind our back. Refs and git's commit-graph are read from their
//! files, and so is everything that is stored, where all of it is asked for ([`Holdings`]), and what a short
//! range of commits changes. What cannot be read is an error, never an empty answer.
//!
//! A question costs a process or none. Who descends from whom is answered for all commits at once,
//! from a [`History`] in memory; it may be kept in a [`Cache`], a folder of the caller's outside of
//! every repository.
//!
//! It must never touch the network, write to the repository, or judge what it reads:
//! which commits fix what is `lineage`'s business.

mod answers;
mod cache;
mod command;
mod commit;
mod conversation;
mod direct;
mod error;
#[cfg(feature = "fixture")]
pub mod fixture;
mod history;
mod holdings;
mod hooks;
mod hunks;
mod integrity;
mod mark;
mod mirror;
mod objects;
mod oid;
mod patch;
mod refs;
mod repo;
mod signature;
mod story;

pub use cache::Cache;
pub use command::program;
pub use commit::{Commit, Signature, When};
pub use error::{Error, Result};
pub use history::{History, Label, Labels, Lanes, Named, Rank, Survey};
pub use holdings::{Entry, Holdings, Kind, Piece, Reading};
pub use hunks::{Fate, FileHunks, Hunk, Side};
pub use integrity::Integrity;
pub use mark::RefsMark;
pub use objects::Objects;
pub use oid::Oid;
pub use patch::{FileChange, Patch, Runs};
pub use refs::{Branch, Refs, Tag};
pub use repo::{Range, Repo};
pub use signature::Signed;
pub use story::{Before, Changes, Glimpse, Told};
