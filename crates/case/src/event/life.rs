//! Where a case begins, how reports join and leave it, and how it ends.

use std::collections::BTreeSet;

use advisory::{digest::Digest, mailbox::Mailbox};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    CaseId, Codename, PersonId, ReportId,
    policy::{Approvals, Policy},
};

/// Which playbook a case follows, to the byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaybookPin {
    /// Its name: `contour`.
    pub name: String,
    /// Digest of its file.
    pub digest: Digest,
}

/// What is known of a report in its case. Its bytes lie in the report's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLink {
    /// The report.
    pub report: ReportId,
    /// Who sent it.
    pub reporter: PersonId,
    /// Name or pseudonym to show.
    pub reporter_name: String,
    /// Where to reach the reporter; `None` means only the receipt page.
    pub mailbox: Option<Mailbox>,
    /// `form`, `mail`, `forge`.
    pub channel: String,
    /// The subject or title as given.
    pub title: String,
    /// The words of the report.
    pub text: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// A date the reporter set for going public, if any: a fact, not a proposal.
    pub deadline: Option<Timestamp>,
    /// It is a mail, all or part of which is encrypted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encrypted: bool,
}

/// Where a case begins, and how it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LifeEvent {
    /// The case begins; always the first event.
    Opened {
        /// Its id.
        id: CaseId,
        /// The two words that stand for it.
        codename: Codename,
        /// What it follows.
        playbook: PlaybookPin,
        /// The rules it begins with.
        policy: Box<Policy>,
    },
    /// A report belongs to it.
    Linked(Box<ReportLink>),
    /// A report belongs elsewhere after all.
    Unlinked {
        /// Which report.
        report: ReportId,
        /// Why.
        reason: String,
    },
    /// Its reports went on to a case of their own.
    SplitOff {
        /// The new case.
        into: CaseId,
        /// Those that went.
        reports: BTreeSet<ReportId>,
        /// Why.
        reason: String,
    },
    /// It goes on as another case.
    Merged {
        /// The other case.
        into: CaseId,
        /// Why.
        reason: String,
    },
    /// It was entered in error, or its advisory is taken back.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// It is over.
    Closed {
        /// In a sentence.
        reason: String,
    },
    /// It is not over after all.
    Reopened {
        /// Why.
        reason: String,
    },
    /// Somebody wants fewer people to stand behind what leaves the house; a second one must agree.
    LoweringProposed {
        /// How many.
        approvals: Approvals,
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// So many people must stand behind what is planned from here on.
    ApprovalsSet {
        /// How many.
        approvals: Approvals,
        /// Why.
        reason: String,
    },
}
