//! The auditor: holds the journal against what the world's own witness saw, and names each broken
//! law with the record that shows it.
//!
//! It reads; it never asks `decide` or `evolve`, so that a mistake in them cannot excuse itself.
//! Each law has a file of its own. With no witness (a live house) only what the journal can show
//! by itself is judged.

mod books;
mod confirm;
mod copies;
mod early;
mod ledger;
mod lost;
mod memory;
mod people;
mod told;
mod trace;
mod twice;

use std::fmt;

use case::CaseId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use books::{AuditError, Books, Truth};
use ledger::Ledger;

/// How far the house's clock may be from true time before an order of events is doubted.
const SLACK: SignedDuration = SignedDuration::from_secs(2);

/// The laws of the house. None of them bends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Law {
    /// Nothing tells of the bug before the instant, by true time.
    NothingEarly,
    /// What was received is never lost.
    NothingLost,
    /// Every effect happens once.
    NothingTwice,
    /// Nothing reaches anybody whom it is not for.
    WrongPeople,
    /// Every effect and every decision is in the journal, which shows tampering.
    NoTrace,
    /// What counts as done was really there.
    ByMemory,
    /// What went out was planned, and confirmed by the people it takes, to the byte.
    Unconfirmed,
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingEarly => "nothing early",
            Self::NothingLost => "nothing lost",
            Self::NothingTwice => "nothing twice",
            Self::WrongPeople => "nothing to the wrong people",
            Self::NoTrace => "nothing without a trace",
            Self::ByMemory => "nothing by memory",
            Self::Unconfirmed => "plan, confirm, receipt",
        })
    }
}

/// Where a broken law shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A record of the witness, by its number.
    Witness(u64),
    /// An entry of a case's stream.
    Entry {
        /// The case.
        case: CaseId,
        /// The entry's number.
        seq: u64,
    },
    /// The journal as a whole.
    Journal,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Witness(n) => write!(f, "witness record {n}"),
            Self::Entry { case, seq } => write!(f, "entry {seq} of case {case}"),
            Self::Journal => f.write_str("the journal"),
        }
    }
}

/// A broken law.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Violation {
    /// Which law.
    pub law: Law,
    /// The record that shows it.
    pub at: Place,
    /// What is wrong, in a sentence.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.law, self.what, self.at)
    }
}

/// How long a case's fix could be seen before its advisory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The case.
    pub case: CaseId,
    /// The first public commit of the fix.
    pub fix: Timestamp,
    /// The advisory.
    pub advisory: Timestamp,
}

/// What the auditor found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Every broken law, the gravest first.
    pub violations: Vec<Violation>,
    /// Every case's exposure window, where the fix was public first.
    pub exposure: Vec<Exposure>,
}

/// Holds everything against everything.
#[must_use]
pub fn audit(books: &Books) -> Report {
    let ledgers: Vec<Ledger<'_>> =
        books.cases.iter().map(|(id, entries)| Ledger::read(*id, entries)).collect();
    let mut found = Vec::new();
    let mut exposure = Vec::new();
    if let Err(why) = &books.chain {
        let what = format!("the journal does not verify: {why}");
        found.push(Violation { law: Law::NoTrace, at: Place::Journal, what });
    }
    lost::check(books, &mut found);
    twice::check(books, &ledgers, &mut found);
    trace::check_records(books, &ledgers, &mut found);
    for (id, entries) in &books.cases {
        told::check(books, *id, entries, &mut found);
    }
    for ledger in &ledgers {
        early::check(books, ledger, &mut found);
        people::check(books, ledger, &mut found);
        trace::check_entries(books, ledger, &mut found);
        memory::check(books, ledger, &mut found);
        copies::check(books, ledger, &mut found);
        confirm::check(books, ledger, &mut found);
        exposure.extend(early::exposure(books, ledger));
    }
    found.sort();
    found.dedup();
    Report { violations: found, exposure }
}
