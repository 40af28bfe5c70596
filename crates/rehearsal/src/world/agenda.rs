//! What the people and machines of the world will do, and when.

use std::collections::BTreeMap;

use advisory::mailbox::Mailbox;
use case::{ActId, VulnId, people::CreditAnswer};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Something that somebody does towards the house by themselves. Whoever drives the drill carries
/// it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// A vendor accepts terms and date.
    Consents {
        /// The vendor.
        organisation: String,
    },
    /// A vendor objects to the date.
    Objects {
        /// The vendor.
        organisation: String,
        /// In its words.
        reason: String,
    },
    /// A vendor takes its objection back.
    Withdraws {
        /// The vendor.
        organisation: String,
    },
    /// A vendor says that it has talked.
    OwnsUp {
        /// The vendor.
        organisation: String,
        /// What it told, and where.
        what: String,
    },
    /// A reporter says how to be thanked.
    AnswersCredit {
        /// Whose address.
        reporter: Mailbox,
        /// How.
        answer: CreditAnswer,
    },
    /// A reporter accepts the date.
    AcceptsDate {
        /// Whose address.
        reporter: Mailbox,
    },
}

/// An entry of the agenda.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// A reporter sends the report.
    Report(usize),
    /// The forge has finished a private fork.
    ForkReady(ActId),
    /// An invited account accepts.
    Accept { fork: ActId, login: String },
    /// A post shows up in its list's archive.
    Archive(ActId),
    /// A copy of a list's message reaches a vendor.
    VendorReads { act: ActId, vendor: usize, asks: bool },
    /// A vendor tells the world.
    VendorTells(usize),
    /// A mail that was taken, by its number, arrives or comes back.
    Deliver(usize),
    /// The CNA makes up its mind.
    CveAnswer(VulnId),
    /// Somebody edits on the web what this act has published.
    Edit(ActId),
    /// Somebody does something towards the house.
    Deed(Deed),
}

/// The agenda, in order of time; equal times in the order in which they were set.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<(Timestamp, u64), Plan>,
    drawn: u64,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, plan: Plan) {
        self.drawn = self.drawn.saturating_add(1);
        self.entries.insert((at, self.drawn), plan);
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// The first entry that is due at `now`.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<(Timestamp, Plan)> {
        let entry = self.entries.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((at, _), plan) = entry.remove_entry();
        Some((at, plan))
    }
}

/// `at` and a while.
pub(super) fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(Timestamp::MAX)
}
