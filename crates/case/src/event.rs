//! What happened. Events are facts: they are never edited, taken back or reordered.
//!
//! Stored as JSON, one [`Entry`] an event. A variant may gain optional fields; anything else needs
//! a new schema version and an upcast on reading.

use std::collections::BTreeSet;

use advisory::{Advisory, digest::Digest, id::CweId, mailbox::Mailbox, score::Vector};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ActId, CaseId, Codename, CommandId, DisclosureId, LineKey, PersonId, ProjectId, ReportId,
    StepId, TrainId, VulnId,
    act::{Plan, Proof},
    embargo::{Answer, Ended, Proposal, Settlement},
    observation::Observation,
    people::{CreditAnswer, Standing},
    policy::Policy,
    rights::{Actor, Role},
    verdict::Missing,
};

/// The schema version that new events are written with.
pub const SCHEMA: u32 = 1;

/// One event as it stands in a case's stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Schema version of `event`.
    pub v: u32,
    /// Place in the stream, from 1. Not stored: the stream knows it.
    #[serde(skip)]
    pub seq: u64,
    /// The project it belongs to.
    pub project: ProjectId,
    /// Who is behind it.
    pub actor: Actor,
    /// When it happened, as far as known.
    pub occurred_at: Timestamp,
    /// When the house wrote it down.
    pub recorded_at: Timestamp,
    /// Where it came from: `web`, `mail`, `cli`, `engine`, a counterpart's name.
    pub source: String,
    /// The command that caused it.
    pub command: CommandId,
    /// What happened.
    pub event: Event,
}

/// Which playbook a case follows, to the byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaybookPin {
    /// Its name: `contour`.
    pub name: String,
    /// Digest of its file.
    pub digest: Digest,
}

/// What is known of a report in its case. Its bytes lie in the report's own stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// The verdict of a triage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
#[serde(rename_all = "kebab-case")]
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
#[serde(rename_all = "kebab-case")]
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
#[serde(rename_all = "kebab-case")]
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
    /// Embargoed information got out.
    Leak {
        /// What.
        what: String,
        /// To whom, as far as known.
        to: String,
        /// Who says so.
        reported_by: String,
    },
    /// The team looks back.
    Retrospective {
        /// What was learned.
        text: String,
        /// What follows; empty means "none".
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

/// People coming and going, and their credit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeopleEvent {
    /// Somebody takes part.
    Joined {
        /// Who.
        person: PersonId,
        /// Name to show.
        name: String,
        /// Organisation, for distributors.
        organisation: Option<String>,
        /// Address.
        mailbox: Option<Mailbox>,
        /// Account at the forge.
        login: Option<String>,
        /// In which roles.
        roles: BTreeSet<Role>,
        /// How.
        standing: Standing,
    },
    /// Somebody takes part no more.
    Removed {
        /// Who.
        person: PersonId,
        /// Why.
        reason: String,
    },
    /// The reporter was asked about credit.
    CreditOffered {
        /// Who.
        person: PersonId,
        /// Until when an answer counts.
        answer_by: Timestamp,
    },
    /// The reporter answered, or the default holds.
    CreditAnswered {
        /// Who.
        person: PersonId,
        /// What holds.
        answer: CreditAnswer,
        /// Nobody answered.
        by_default: bool,
    },
}

/// Negotiating the embargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmbargoEvent {
    /// A date is on the table; it gets the next revision.
    Proposed(Proposal),
    /// The date on the table is turned down.
    Rejected {
        /// Which revision.
        revision: u32,
        /// Why.
        reason: String,
    },
    /// The team accepts the date on the table: it is in force.
    Agreed {
        /// Which revision.
        revision: u32,
    },
    /// A participant answered.
    Answered {
        /// Who.
        person: PersonId,
        /// To which revision.
        revision: u32,
        /// How.
        answer: Answer,
    },
    /// An objection is settled.
    Settled {
        /// Whose objection.
        person: PersonId,
        /// How.
        settlement: Settlement,
    },
    /// No embargo any more.
    Ended(Ended),
}

/// The life of an outward act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActEvent {
    /// Written down, with its exact bytes.
    Planned {
        /// The act.
        act: ActId,
        /// What, to whom.
        plan: Box<Plan>,
        /// What approvals are bound to.
        digest: Digest,
        /// How many people must approve.
        needs: u8,
    },
    /// Somebody stands behind it.
    Approved {
        /// Which act.
        act: ActId,
        /// Who.
        by: PersonId,
        /// On which bytes.
        digest: Digest,
    },
    /// The call is about to be made.
    Started {
        /// Which act.
        act: ActId,
    },
    /// The world has it.
    Done {
        /// Which act.
        act: ActId,
        /// The receipt.
        proof: Proof,
    },
    /// It did not happen.
    Failed {
        /// Which act.
        act: ActId,
        /// Why.
        why: String,
    },
    /// Nobody can know.
    Uncertain {
        /// Which act.
        act: ActId,
        /// Why.
        why: String,
    },
    /// A person wants it tried again, under the same key.
    Retried {
        /// Which act.
        act: ActId,
        /// Why.
        reason: String,
    },
    /// Given up.
    Cancelled {
        /// Which act.
        act: ActId,
        /// Why.
        reason: String,
    },
}

/// The life of a disclosure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisclosureEvent {
    /// Instant and acts in order; the acts are planned right after.
    Planned {
        /// Its id.
        id: DisclosureId,
        /// When it goes out.
        instant: Timestamp,
        /// IANA zone the instant was chosen in.
        zone: String,
        /// What goes out, in order.
        acts: Vec<ActId>,
        /// Digest over instant and acts, which approvals are bound to.
        digest: Digest,
    },
    /// Somebody stands behind all of it.
    Approved {
        /// Which one.
        id: DisclosureId,
        /// Who.
        by: PersonId,
        /// On which digest.
        digest: Digest,
    },
    /// It will go out by itself.
    Armed {
        /// Which one.
        id: DisclosureId,
    },
    /// It is stopped.
    Held {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
    /// It goes on.
    Resumed {
        /// Which one.
        id: DisclosureId,
    },
    /// Its instant came, but something is missing.
    Blocked {
        /// Which one.
        id: DisclosureId,
        /// What is missing.
        missing: Vec<Missing>,
    },
    /// It goes out now.
    Started {
        /// Which one.
        id: DisclosureId,
    },
    /// All of it is out.
    Finished {
        /// Which one.
        id: DisclosureId,
    },
    /// Given up for another plan.
    Dropped {
        /// Which one.
        id: DisclosureId,
        /// Why.
        reason: String,
    },
}

/// Where a case begins, and how it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
}

/// One thing that happened in a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Beginning and end.
    Life(LifeEvent),
    /// The world showed something.
    Observed(Box<Observation>),
    /// The team decided something.
    Decided(Box<Decision>),
    /// People and credit.
    People(PeopleEvent),
    /// The embargo.
    Embargo(EmbargoEvent),
    /// An outward act.
    Act(ActEvent),
    /// The disclosure.
    Disclosure(DisclosureEvent),
}
