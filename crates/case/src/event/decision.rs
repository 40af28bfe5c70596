//! What people decide: verdicts, texts, choices, and other statements with no machine behind them.

use std::collections::BTreeSet;

use advisory::{Advisory, digest::Digest, id::CweId, score::Vector};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PlaybookPin;
use crate::{
    ActId, CaseId, LineKey, PersonId, PrivateWork, PublicRecord, StepId, Terms, TrainId, VulnId,
    policy::Policy,
};

/// The verdict of a triage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Triage {
    /// A vulnerability, and it will be fixed.
    Accepted,
    /// Not a vulnerability, or cannot be reproduced.
    Invalid,
    /// Already known as another case.
    Duplicate {
        /// The other case.
        of: CaseId,
    },
    /// A vulnerability, but nobody works on it now.
    Deferred,
    /// A bug that is better handled in public.
    NotSecurity,
}

/// Whose vulnerability it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Origin {
    /// This project's own.
    Ours,
    /// A dependency's: its date, CVE id and credit are inherited.
    Upstream {
        /// Its name.
        project: String,
    },
}

/// What happens on one supported line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum LineVerdict {
    /// It gets the fix; a default branch has no version of its own.
    Patch {
        /// The planned version.
        version: Option<String>,
    },
    /// The bug is not there.
    NotAffected {
        /// Why.
        why: String,
    },
    /// The line gets no releases any more.
    EndOfLife {
        /// Since when, or where that is written.
        why: String,
    },
}

/// A distributor that this bug concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concerned {
    /// The contact.
    pub person: PersonId,
    /// The organisation.
    pub organisation: String,
    /// Why it is concerned.
    pub why: String,
    /// Lines it ships.
    pub lines: BTreeSet<LineKey>,
}

/// A person's decision, or another statement of the team that needs no machine behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Decision {
    /// What the report is.
    Triage {
        /// The verdict.
        verdict: Triage,
        /// The reason, in words the reporter may read.
        reason: String,
    },
    /// A vulnerability belongs to this case.
    Vulnerability {
        /// Its id, shared between cases.
        id: VulnId,
        /// A neutral working title.
        title: String,
        /// Whose it is.
        origin: Origin,
    },
    /// How severe it is, and of which kind.
    Assessment {
        /// Which vulnerability.
        vulnerability: VulnId,
        /// CVSS vector.
        vector: Vector,
        /// Weaknesses.
        cwes: Vec<CweId>,
    },
    /// No CVE id will be waited for.
    CvePlanB {
        /// Which vulnerability.
        vulnerability: VulnId,
        /// What happens instead.
        plan: String,
    },
    /// What happens on one line.
    Line {
        /// Which line.
        line: LineKey,
        /// The verdict.
        verdict: LineVerdict,
    },
    /// Which distributors are concerned.
    Distributors {
        /// Those concerned.
        concerned: Vec<Concerned>,
        /// Why these, or why none.
        reason: String,
    },
    /// The advisory's text, as a whole.
    Advisory(Box<Advisory>),
    /// Commits that fix the bug on a line, in a person's word.
    Fix {
        /// The line.
        line: LineKey,
        /// Full commit ids.
        commits: Vec<String>,
    },
    /// A set of patch releases.
    Train {
        /// The train, shared between cases.
        id: TrainId,
        /// When it shall leave.
        planned_at: Timestamp,
        /// The lines on it.
        lines: BTreeSet<LineKey>,
    },
    /// A version that was tried and will not be: the attempt is burnt.
    Burnt {
        /// Which train.
        train: TrainId,
        /// Which line.
        line: LineKey,
        /// The lost version.
        version: String,
        /// What happened.
        why: String,
    },
    /// The inherited access of these accounts is known and accepted.
    InheritedAccess {
        /// The accounts.
        logins: BTreeSet<String>,
    },
    /// A reporter cannot be reached.
    ReporterUnreachable {
        /// Who.
        person: PersonId,
        /// What was tried.
        why: String,
    },
    /// A step is left out by choice.
    Choice {
        /// Which step.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// A step is taken as done without its evidence.
    Override {
        /// Which step.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// A published copy that says otherwise is taken as it is.
    AcceptCopy {
        /// Of which record.
        record: PublicRecord,
        /// The copy that was looked at; another one is not accepted with it.
        digest: Digest,
        /// Why.
        reason: String,
    },
    /// What a sighting of the case's words in public is: a leak, or nothing to care about.
    Sighting {
        /// Which.
        thing: Digest,
        /// It gives the case away.
        leak: bool,
        /// Why.
        reason: String,
    },
    /// Somebody has looked at the copies of a notice that came with other words than the approved
    /// ones, and nothing more follows from them.
    SettleListCopies {
        /// Of which notice.
        act: ActId,
        /// How many copies they saw; a later one is not settled with them.
        seen: usize,
        /// What is with them.
        reason: String,
    },
    /// The words that must not be said of the case, beside those that the house knows by itself. The
    /// latest list is the whole of it.
    Terms {
        /// Which.
        terms: Terms,
    },
    /// Where the fix in one repository is worked on in private. The latest word is the whole of it.
    PrivateWork {
        /// The repository.
        repository: String,
        /// Where; nowhere that this house may look any more.
        work: Option<PrivateWork>,
    },
    /// Embargoed information got out.
    Leak {
        /// What.
        what: String,
        /// To whom, as far as known.
        to: String,
        /// Who says so.
        reported_by: String,
    },
    /// The team sets out to look back.
    RetrospectiveOpened {
        /// Who takes part and until when, in a sentence.
        invitation: String,
    },
    /// The team looks back.
    Retrospective {
        /// What was learned.
        text: String,
        /// What follows. A playbook may want the word "none" in `text` when there is nothing.
        actions: Vec<String>,
    },
    /// Something said before was wrong.
    Correction {
        /// The entry that is corrected.
        seq: u64,
        /// What is right.
        text: String,
    },
    /// The case moves to another version of its playbook or policy.
    Rules {
        /// The playbook.
        playbook: PlaybookPin,
        /// The policy.
        policy: Box<Policy>,
        /// Why.
        reason: String,
    },
}
