//! A case as its events make it.

use std::collections::{BTreeMap, BTreeSet};

use advisory::{Advisory, Version, digest::Digest, id::CveId, id::CweId, score::Vector};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    ActId, CaseId, Codename, DisclosureId, LineKey, PersonId, Policy, PrivateWork, ProjectId,
    ReportId, StepId, Terms, TrainId, VulnId,
    act::{Act, ActKind},
    copies::{PublicRecord, SeenCopy},
    embargo::Embargo,
    event::{Concerned, LineVerdict, Origin, PlaybookPin, ReportLink, Triage},
    notice::{Compared, SeenListCopy},
    observation::{Access, Comparison, Delivery, Draft, Milestone, Place, Release},
    opening::{Letter, Opening, Outcome},
    people::{Credit, Participant},
    policy::Approvals,
    rights::{Actor, Role},
    sealing::Correspondent,
    sighting::Sighted,
    told::{Subject, Told},
    verdict::Missing,
    vultron::{cs, rm},
};

/// Whether a case goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Being worked on.
    Open,
    /// Goes on as another case.
    Merged {
        /// The other case.
        into: CaseId,
    },
    /// Entered in error, or taken back.
    Withdrawn,
    /// Over.
    Closed,
}

/// A verdict with its reason and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Triaged {
    /// The verdict.
    pub verdict: Triage,
    /// The reason given.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Where a CVE id stands. Asking for one is an act; these are the CNA's words and ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CveState {
    /// Nothing heard.
    #[default]
    None,
    /// The CNA was asked.
    Requested,
    /// There is an id.
    Assigned,
    /// The CNA refused.
    Declined,
    /// Its record is public.
    Published,
    /// The id was rejected.
    Rejected,
    /// Somebody disputes the record.
    Disputed,
}

/// One vulnerability in this case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Vulnerability {
    /// Neutral working title.
    pub title: String,
    /// Whose it is.
    pub origin: Origin,
    /// CVSS vector.
    pub vector: Option<Vector>,
    /// Weaknesses.
    pub cwes: Vec<CweId>,
    /// CVE state.
    pub cve: CveState,
    /// CVE id, once assigned.
    pub cve_id: Option<CveId>,
    /// What happens without an id.
    pub plan_b: Option<String>,
}

/// Fix commits on one line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// In a person's word.
    pub declared: Vec<String>,
    /// Seen on the private branch, when that was looked at last.
    pub private: Vec<String>,
    /// Seen in public.
    pub public: Vec<String>,
    /// When they were first seen in public.
    pub public_at: Option<Timestamp>,
    /// What took them back on the public branch since.
    pub reverted_by: Vec<String>,
    /// How they differ from the default branch's, when that was looked at last.
    pub compared: Option<Comparison>,
}

/// What the guard found in the public words about a line's fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What was read.
    pub read: Vec<String>,
    /// Findings that give the bug away.
    pub blocks: Vec<String>,
    /// Findings worth a look.
    pub warnings: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// One line of one repository in this case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// It is supported, by the latest look.
    pub supported: bool,
    /// It is its repository's default branch.
    pub default_branch: bool,
    /// What happens on it.
    pub verdict: Option<LineVerdict>,
    /// Its fix.
    pub fix: Fix,
    /// Releases of it since the case began, oldest first.
    pub releases: Vec<Release>,
    /// What the public words say.
    pub words: Option<Words>,
    /// What people told of this very fix.
    pub milestones: BTreeMap<Milestone, Told>,
}

impl Line {
    /// The first release that was found to contain the fix, by its version: a release that is
    /// judged anew is listed again at the end.
    #[must_use]
    pub fn fixed_in(&self) -> Option<&Release> {
        let contains = self.releases.iter().filter(|r| r.contains_fix == Some(true));
        contains.min_by_key(|release| {
            let version = release.version.parse::<Version>().ok();
            (version.is_none(), version)
        })
    }

    /// The newest release by its version, where it lacks the fix that an earlier one has.
    #[must_use]
    pub fn lost_in(&self) -> Option<&Release> {
        let newest = self.releases.iter().max_by_key(|r| r.version.parse::<Version>().ok())?;
        let lost = newest.contains_fix == Some(false) && self.fixed_in().is_some();
        lost.then_some(newest)
    }
}

/// A set of patch releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Train {
    /// When it shall leave.
    pub planned_at: Timestamp,
    /// Lines on it.
    pub lines: BTreeSet<LineKey>,
    /// Lost attempts: line, version, why.
    pub burnt: Vec<(LineKey, String, String)>,
}

/// Which distributors are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Distributors {
    /// Those concerned.
    pub concerned: Vec<Concerned>,
    /// Why these, or why none.
    pub reason: String,
}

/// The advisory's text at its latest revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Text {
    /// The text.
    pub advisory: Advisory,
    /// What its vulnerabilities are in the case, in their order.
    pub about: Vec<VulnId>,
    /// How often it was revised, from 1.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
}

/// What was seen at the forge.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Forge {
    /// The advisory there.
    pub draft: Option<Draft>,
    /// When it was first seen.
    pub draft_seen_at: Option<Timestamp>,
    /// When it was last read back.
    pub draft_read_at: Option<Timestamp>,
    /// The private fork.
    pub fork: Option<String>,
    /// Who has access to it.
    pub access: Option<Access>,
    /// Inherited access that the team knows and accepts.
    pub inherited_known: BTreeSet<String>,
}

/// A notice found in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// Where.
    pub url: String,
    /// The approved words are there.
    pub words_match: bool,
    /// Its thread.
    pub thread: String,
    /// When it was seen.
    pub at: Timestamp,
    /// The list's own copy, which came by mail, shows it.
    pub by_mail: bool,
    /// What the house found when it compared the words, where it was given them.
    pub compared: Option<Compared>,
}

/// A step closed without its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiver {
    /// An override of a mandatory step, not a choice about an optional one.
    pub overridden: bool,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// Where a disclosure stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisclosureState {
    /// Waits for approvals.
    Planned,
    /// Goes out by itself at its instant.
    Armed,
    /// Stopped.
    Held {
        /// Why.
        reason: String,
    },
    /// Going out, act by act.
    Running,
    /// Out.
    Finished,
}

/// The rehearsal of a disclosure shortly before its instant: credentials, keys, gates, dry run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// What would go wrong; empty when all is well.
    pub problems: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A planned publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// When it goes out.
    pub instant: Timestamp,
    /// IANA zone the instant was chosen in.
    pub zone: String,
    /// Acts in order.
    pub acts: Vec<ActId>,
    /// What approvals are bound to.
    pub digest: Digest,
    /// Approvals needed, fixed when it was planned.
    pub needs: u8,
    /// Who stands behind it.
    pub approvals: BTreeMap<PersonId, Timestamp>,
    /// Where it stands.
    pub state: DisclosureState,
    /// What was missing when its instant came.
    pub blocked: Vec<Missing>,
    /// When it began to go out.
    pub started_at: Option<Timestamp>,
    /// The latest preflight.
    pub preflight: Option<Preflight>,
    /// Who said that the instant has come, where no other clock could be asked.
    pub time_told: Option<Told>,
}

/// A word in the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who, when that is proven.
    pub from: Option<PersonId>,
    /// The sender as given.
    pub sender: String,
    /// The words.
    pub text: String,
    /// The blob that holds the mail to the byte, where it was one.
    pub raw: Option<String>,
    /// All or part of the mail is encrypted.
    pub encrypted: bool,
    /// When.
    pub at: Timestamp,
}

/// A leak, as reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// What.
    pub what: String,
    /// To whom.
    pub to: String,
    /// Who says so.
    pub reported_by: String,
    /// When.
    pub at: Timestamp,
}

/// The look back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retrospective {
    /// What was learned.
    pub text: String,
    /// What follows.
    pub actions: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// Fewer approvals, as one person wants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lowering {
    /// How many.
    pub approvals: Approvals,
    /// Who wants it.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// A case: the people, the embargo, the conversation and the playbook around one or more
/// vulnerabilities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its project.
    pub project: ProjectId,
    /// The two words that stand for it.
    pub codename: Codename,
    /// Sequence number of the last event.
    pub head: u64,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What it follows.
    pub playbook: PlaybookPin,
    /// Its rules.
    pub policy: Policy,
    /// Fewer approvals, proposed and not confirmed.
    pub lowering: Option<Lowering>,
    /// Whether it goes on.
    pub phase: Phase,
    /// Vultron's report management state.
    pub rm: rm::State,
    /// Vultron's case state: what is true in the world.
    pub facts: cs::State,
    /// Reports.
    pub reports: BTreeMap<ReportId, ReportLink>,
    /// The verdict in force.
    pub triage: Option<Triaged>,
    /// Vulnerabilities.
    pub vulnerabilities: BTreeMap<VulnId, Vulnerability>,
    /// Lines, once any was seen or judged.
    pub lines: BTreeMap<LineKey, Line>,
    /// Distributors concerned.
    pub distributors: Option<Distributors>,
    /// The advisory.
    pub advisory: Option<Text>,
    /// What was seen at the forge.
    pub forge: Forge,
    /// People.
    pub people: BTreeMap<PersonId, Participant>,
    /// How mail to people is protected, where somebody said so.
    pub correspondents: BTreeMap<PersonId, Correspondent>,
    /// Credit per reporter.
    pub credit: BTreeMap<PersonId, Credit>,
    /// Reporters who cannot be reached, with what was tried.
    pub unreachable: BTreeMap<PersonId, String>,
    /// The embargo.
    pub embargo: Embargo,
    /// Outward acts.
    pub acts: BTreeMap<ActId, Act>,
    /// Acts in the order they were planned.
    pub act_order: Vec<ActId>,
    /// The published copies, as they were last seen.
    pub copies: BTreeMap<PublicRecord, SeenCopy>,
    /// Archive posts per notice.
    pub posts: BTreeMap<ActId, Post>,
    /// Copies of notices that came in as their lists send them, per notice, oldest first.
    pub list_copies: BTreeMap<ActId, Vec<SeenListCopy>>,
    /// What became of messages: per act and person.
    pub deliveries: BTreeMap<ActId, BTreeMap<PersonId, (Delivery, Timestamp)>>,
    /// What of all this was told by people and not read back.
    pub told: BTreeMap<Subject, Told>,
    /// Release trains.
    pub trains: BTreeMap<TrainId, Train>,
    /// The disclosure plan in force.
    pub disclosure: Option<Disclosure>,
    /// Steps closed without evidence.
    pub waivers: BTreeMap<StepId, Waiver>,
    /// Words from people.
    pub messages: Vec<Message>,
    /// What came of encrypted mails, the latest for each.
    pub openings: Vec<Opening>,
    /// Its words in public before their time, oldest first.
    pub sightings: Vec<Sighted>,
    /// Leaks.
    pub leaks: Vec<Leak>,
    /// Words that must not be said of it, as people chose them. No expression and no file of a case
    /// has them.
    #[serde(skip)]
    pub terms: Terms,
    /// Where each repository's fix is worked on in private, once somebody said so. No expression and no
    /// file of a case has that either.
    #[serde(skip)]
    pub private: BTreeMap<String, PrivateWork>,
    /// When the look back was opened.
    pub retrospective_opened: Option<Timestamp>,
    /// The look back.
    pub retrospective: Option<Retrospective>,
}

impl Case {
    /// The roles a person holds now by the case's own record; [`Case::roles_of`] says what counts.
    #[must_use]
    pub fn roles(&self, person: PersonId) -> BTreeSet<Role> {
        self.people
            .get(&person)
            .filter(|p| p.present())
            .map(|p| p.roles.clone())
            .unwrap_or_default()
    }

    /// The roles an actor holds now, the project's `team` considered: its members take part in
    /// every case unless they were removed from this one, and whoever left the team is no member
    /// of it here either. This is what [`may`](crate::rights::may) wants.
    #[must_use]
    pub fn roles_of(&self, actor: Actor, team: &BTreeSet<PersonId>) -> BTreeSet<Role> {
        let Actor::Person(person) = actor else {
            return BTreeSet::new();
        };
        let mut roles = self.roles(person);
        if self.on_team(person, team) {
            roles.insert(Role::Team);
        } else {
            roles.remove(&Role::Team);
        }
        roles
    }

    /// What a disclosure still has to do, in order.
    pub fn left_of<'a>(&'a self, plan: &'a Disclosure) -> impl Iterator<Item = &'a Act> {
        plan.acts.iter().filter_map(|id| self.acts.get(id)).filter(|act| !act.over())
    }

    /// On the project's `team`, and not removed from this case.
    #[must_use]
    pub fn on_team(&self, person: PersonId, team: &BTreeSet<PersonId>) -> bool {
        team.contains(&person) && self.people.get(&person).is_none_or(Participant::present)
    }

    /// The people who hold a role now.
    pub fn holding(&self, role: Role) -> impl Iterator<Item = (PersonId, &Participant)> {
        self.people
            .iter()
            .filter(move |(_, p)| p.present() && p.roles.contains(&role))
            .map(|(id, p)| (*id, p))
    }

    /// How often the advisory was written or revised; 0 before there is one.
    #[must_use]
    pub fn advisory_revision(&self) -> u32 {
        self.advisory.as_ref().map_or(0, |text| text.revision)
    }

    /// From when on an act of this kind comes too late to be of use: a notice under embargo that
    /// arrives when everybody knows, a reminder when the answer is due.
    #[must_use]
    pub fn in_vain_from(&self, kind: &ActKind) -> Option<Timestamp> {
        if let ActKind::Nudge { revision, .. } = kind {
            return self.embargo.proposal(*revision).map(|date| date.answer_by);
        }
        let planned = self.disclosure.as_ref().map(|plan| plan.instant);
        let instants = [self.embargo.standing_instant(), planned].into_iter().flatten();
        instants.min().filter(|_| *kind == ActKind::NotifyDistributors)
    }

    /// Acts of a kind, oldest first.
    pub fn acts_of(&self, kind: impl Fn(&ActKind) -> bool) -> impl Iterator<Item = &Act> {
        self.act_order.iter().filter_map(|id| self.acts.get(id)).filter(move |a| kind(&a.plan.kind))
    }

    /// Whether the case holds this mail, and it is encrypted.
    #[must_use]
    pub fn is_encrypted(&self, letter: Letter) -> bool {
        match letter {
            Letter::Report(report) => self.reports.get(&report).is_some_and(|it| it.encrypted),
            Letter::Message(number) => self.messages.get(number).is_some_and(|it| it.encrypted),
        }
    }

    /// What came of an encrypted mail, once it was tried.
    #[must_use]
    pub fn opening(&self, letter: Letter) -> Option<&Outcome> {
        let found = self.openings.iter().find(|opening| opening.letter == letter);
        found.map(|opening| &opening.outcome)
    }

    /// The vulnerabilities in the order in which the advisory speaks of them: those that it spoke of
    /// when it was written, then what was found since.
    #[must_use]
    pub fn in_advisory(&self) -> Vec<VulnId> {
        let mut order = self.advisory.as_ref().map(|text| text.about.clone()).unwrap_or_default();
        let found: Vec<_> = self.vulnerabilities.keys().filter(|id| !order.contains(id)).collect();
        order.extend(found);
        order
    }

    /// The CVE ids that belong to this case, which its public words must not hold yet.
    #[must_use]
    pub fn cve_ids(&self) -> BTreeSet<CveId> {
        self.vulnerabilities.values().filter_map(|v| v.cve_id).collect()
    }

    /// Lines that get a patch release, with the planned version.
    pub fn to_patch(&self) -> impl Iterator<Item = (&LineKey, &Line, Option<&str>)> {
        self.lines.iter().filter(|(_, l)| l.supported).filter_map(|(key, line)| {
            match &line.verdict {
                Some(LineVerdict::Patch { version }) => Some((key, line, version.as_deref())),
                _ => None,
            }
        })
    }

    /// Where a commit of the fix may be seen; kept here so that views agree.
    #[must_use]
    pub fn fix_place(&self, line: &LineKey) -> Option<Place> {
        let fix = &self.lines.get(line)?.fix;
        if !fix.public.is_empty() {
            Some(Place::Public)
        } else if fix.private.is_empty() {
            None
        } else {
            Some(Place::Private)
        }
    }
}
