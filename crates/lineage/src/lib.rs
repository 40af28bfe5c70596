//! The room `lineage`: from history to answers.
//!
//! Given the commits that introduced and fixed a bug, it says for every release, every
//! line and the default branch whether they have the bug, which commits elsewhere are the
//! same fix (with the evidence for it), and which version ranges to publish.
//!
//! The meaning, for a release at commit *c*: it is affected when some introduction *i*
//! lies in its history and no complete fix *f* does with *i ≤ f ≤ c*. A fix may need
//! several commits; each may have equivalents on other lines. A revert of a fix undoes it
//! from there on, and so does a merge that throws its lines away. Dates never decide
//! order, because authors choose them. Where history cannot decide, the answer is
//! *conflict*; where the clone does not tell the whole history, it is *unknown*.
//!
//! The files of a release can be looked into as well, wherever they were built: see [`artefact`].
//!
//! The history comes from `git` as one array. What commits say and touch is kept in the repository's
//! cache, if it has one, so that a second question reads no more than the changes it compares.
//! Renamed files are not followed. It must never touch the network, or write anything but to that cache.

pub mod artefact;
mod backports;
mod content;
mod equivalents;
mod error;
mod graph;
mod lines;
mod message;
mod place;
mod ranges;
mod report;
mod status;
mod trace;
mod verify;
mod version;

pub use backports::{Grade, ParseGradeError};
pub use content::{Difference, LineCount};
pub use equivalents::{Claims, Equivalent, equivalents};
pub use error::{Error, Result};
pub use lines::{LineState, Supported, SupportedLine, Telling, supported_lines};
pub use ranges::{Event, Range};
pub use report::{
    Answer, Fix, LineRow, Link, Note, Report, Request, TagRow, affected, affected_by_grade,
};
pub use status::Status;
pub use verify::{FixEvidence, Seeker, Verdict, difference, taken_back};
pub use version::{Minor, Release, TagScheme};
