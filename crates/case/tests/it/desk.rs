//! A small project at one desk: its people, its rules, and one case that commands are tried on.
//!
//! Everything here is fixed, so that a test says only what matters to it.

#![cfg(test)]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use advisory::{Advisory, digest::Digest, mailbox::Mailbox};
use case::{
    ActId, Attestation, Case, CaseId, Clock, Codename, Command, CommandId, Context, DisclosureId,
    Entry, Event, Gate, LineKey, Party, PersonId, Policy, ProjectId, Refusal, ReportId, Roll,
    StepId, TrainId, Verdict, VulnId,
    act::{ActKind, Payload, Plan, Proof, Recipient},
    calendar::{Calendar, Day},
    complete_advisory, decide,
    event::{
        Concerned, Decision, LifeEvent, LineVerdict, Origin, PlaybookPin, ReportLink, SCHEMA,
        Triage,
    },
    evolve,
    evolve::begin,
    notice::{Audience, ListProfile, Posting},
    observation::{CveWord, Draft, DraftState, Observation, Release},
    policy::{Approvals, CreditDefault, Membership, ReleaseMode},
    refusal::Rule,
    rights::Actor,
    sealing::Book,
    verdict::{Missing, StepRule},
};
use jiff::{SignedDuration, Timestamp};

/// The security team.
pub(crate) const ANNA: PersonId = PersonId([0xA; 16]);
pub(crate) const BERT: PersonId = PersonId([0xB; 16]);
pub(crate) const CLEO: PersonId = PersonId([0xC; 16]);
/// Two distributors.
pub(crate) const DORA: PersonId = PersonId([0xD; 16]);
pub(crate) const EGON: PersonId = PersonId([0xE; 16]);
/// The reporter.
pub(crate) const RITA: PersonId = PersonId([0x12; 16]);
/// Nobody in particular.
pub(crate) const OTTO: PersonId = PersonId([0x13; 16]);

pub(crate) const CASE: CaseId = CaseId([1; 16]);
pub(crate) const OTHER_CASE: CaseId = CaseId([2; 16]);
pub(crate) const REPORT: ReportId = ReportId([3; 16]);
pub(crate) const VULN: VulnId = VulnId([4; 16]);
pub(crate) const TRAIN: TrainId = TrainId([5; 16]);

pub(crate) const CVE: &str = "CVE-2026-12345";
pub(crate) const NOTE: &str = "This stays among the members of this list until the date above.";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Where the tests begin, and the two instants that are ever proposed: Tuesdays at 15:00 UTC.
pub(crate) fn start() -> Timestamp {
    Timestamp::constant(1_772_442_000, 0)
}
pub(crate) fn early_date() -> Timestamp {
    Timestamp::constant(1_773_154_800, 0)
}
pub(crate) fn late_date() -> Timestamp {
    Timestamp::constant(1_773_759_600, 0)
}

pub(crate) fn act(number: u16) -> ActId {
    ActId(u128::from(number).to_be_bytes())
}
pub(crate) fn disclosure(number: u16) -> DisclosureId {
    DisclosureId(u128::from(number).to_be_bytes())
}
pub(crate) fn line(name: &str) -> LineKey {
    LineKey::new("contour", name)
}
pub(crate) fn mailbox(text: &str) -> Mailbox {
    text.parse().unwrap()
}
pub(crate) fn person(id: PersonId) -> Actor {
    Actor::Person(id)
}
pub(crate) fn team() -> BTreeSet<PersonId> {
    [ANNA, BERT, CLEO].into()
}
pub(crate) fn pin(name: &str) -> PlaybookPin {
    PlaybookPin { name: name.into(), digest: Digest::of(name.as_bytes()) }
}

pub(crate) fn distributors_list() -> ListProfile {
    ListProfile {
        audience: Audience::Distributors,
        address: mailbox("distributors@lists.example.org"),
        posting: Posting::Web,
        web: Some("https://lists.example.org/g/distributors".into()),
        tag: Some("#security".into()),
        prefix: Some("[vs]".into()),
        cve_id_allowed: false,
        closing_note: Some(NOTE.into()),
        longest_embargo_days: None,
    }
}

/// The project's rules. Made once: the exploration asks for them a million times.
pub(crate) fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(rules);
    &POLICY
}

fn rules() -> Policy {
    let users = ListProfile {
        audience: Audience::Users,
        address: mailbox("users@lists.example.org"),
        posting: Posting::Mail,
        web: None,
        tag: None,
        prefix: None,
        cve_id_allowed: true,
        closing_note: None,
        longest_embargo_days: None,
    };
    Policy {
        project: "Contour".into(),
        release_mode: ReleaseMode::Silent,
        approvals: Approvals::default(),
        acknowledge_within: 3,
        longest_embargo_days: 90,
        objection_window: SignedDuration::from_hours(72),
        calendar: Calendar::new("UTC", [Day::Saturday, Day::Sunday], [])
            .unwrap()
            .without_publication_on([Day::Friday]),
        credit_default: CreditDefault::NamedWithoutCompany,
        credit_window: SignedDuration::from_hours(24 * 7),
        lists: [("distributors".to_owned(), distributors_list()), ("users".to_owned(), users)]
            .into(),
        repositories: vec!["contour".into()],
        // Short: the exploration copies it a million times.
        membership: Membership { criteria: Vec::new(), ..Membership::default() },
    }
}

pub(crate) fn report(id: ReportId, reporter: PersonId) -> ReportLink {
    ReportLink {
        report: id,
        reporter,
        reporter_name: "Rita Reporter".into(),
        mailbox: Some(mailbox("rita@example.net")),
        channel: "mail".into(),
        title: "Requests can skip authorisation".into(),
        text: "A path with two slashes is not checked.".into(),
        received_at: start(),
        deadline: None,
        encrypted: false,
    }
}

pub(crate) fn opening() -> Entry {
    let event = Event::Life(LifeEvent::Opened {
        id: CASE,
        codename: Codename::nth(5),
        playbook: pin("contour"),
        policy: Box::new(policy().clone()),
    });
    entry(1, start(), Actor::House, event)
}

pub(crate) fn entry(seq: u64, now: Timestamp, actor: Actor, event: Event) -> Entry {
    Entry {
        v: SCHEMA,
        seq,
        project: ProjectId([7; 16]),
        actor,
        occurred_at: now,
        recorded_at: now,
        source: "test".into(),
        command: CommandId([8; 16]),
        event,
    }
}

pub(crate) fn advisory(title: &str) -> Advisory {
    Advisory { title: Some(title.into()), ..Advisory::default() }
}

fn plan(kind: ActKind, to: Recipient, payload: Payload) -> Plan {
    Plan { kind, to: vec![to], payload, under: None }
}

pub(crate) fn message(subject: &str, body: &str) -> Payload {
    Payload::Message { subject: subject.into(), body: body.into() }
}

/// A reminder to a distributor.
pub(crate) fn nudge(who: PersonId, revision: u32) -> Plan {
    let mailbox = mailbox(if who == DORA { "dora@distro.example" } else { "egon@vendor.example" });
    let to = Recipient::Person { person: who, mailbox, seal: None };
    let words = message("Pale Cedar: your answer", "Nobody has heard from you yet.");
    plan(ActKind::Nudge { person: who, revision }, to, words)
}

pub(crate) fn to_list(name: &str) -> Recipient {
    let mailbox = policy().lists[name].address.clone();
    Recipient::List { list: name.into(), mailbox, seal: None }
}

pub(crate) fn forge() -> Recipient {
    Recipient::Forge { repository: "contour".into(), advisory: None }
}

/// The id of the draft that the forge shows.
pub(crate) const GHSA: &str = "GHSA-2345-6789-cfgh";

/// The forge, by the advisory there.
pub(crate) fn forge_advisory(id: &str) -> Recipient {
    Recipient::Forge { repository: "contour".into(), advisory: Some(id.parse().unwrap()) }
}

/// The embargoed notice, as it should be.
pub(crate) fn notice() -> Plan {
    let words = message("[vs] amber heron #security", &format!("Paths are not checked.\n\n{NOTE}"));
    plan(ActKind::NotifyDistributors, to_list("distributors"), words)
}

/// The publication of what the accepted case says, before anything else changed in it.
pub(crate) fn publication() -> Plan {
    static ACCEPTED: LazyLock<Plan> = LazyLock::new(|| publication_of(&Desk::accepted().case));
    ACCEPTED.clone()
}

/// The publication of what a case says now.
pub(crate) fn publication_of(case: &Case) -> Plan {
    let payload = Payload::Advisory(Box::new(complete_advisory(case).unwrap_or_default()));
    plan(ActKind::PublishAdvisory, forge(), payload)
}

pub(crate) fn announcement() -> Plan {
    plan(ActKind::NotifyUsers, to_list("users"), message("Contour 1.30.1", "Please upgrade."))
}

pub(crate) fn acknowledgement() -> Plan {
    let to = Recipient::Person { person: RITA, mailbox: mailbox("rita@example.net"), seal: None };
    plan(ActKind::Acknowledge { report: REPORT }, to, message("Received", "Thank you."))
}

pub(crate) fn fork() -> Plan {
    plan(ActKind::CreateFork, forge_advisory(GHSA), Payload::Empty)
}

pub(crate) fn cve_request() -> Plan {
    plan(ActKind::RequestCve { vulnerability: VULN }, Recipient::Cna, Payload::Empty)
}

/// The usual disclosure: the advisory, then the users' notice, as acts `first` and `first + 1`.
pub(crate) fn plan_disclosure(number: u16, instant: Timestamp, first: u16) -> Command {
    disclose(publication(), number, instant, first)
}

/// The same with another publication.
pub(crate) fn disclose(publication: Plan, number: u16, instant: Timestamp, first: u16) -> Command {
    let under = |mut plan: Plan| {
        plan.under = Some(disclosure(number));
        plan
    };
    Command::PlanDisclosure {
        id: disclosure(number),
        instant,
        zone: "UTC".into(),
        acts: vec![(act(first), under(publication)), (act(first + 1), under(announcement()))],
    }
}

pub(crate) fn propose(instant: Timestamp) -> Command {
    Command::ProposeEmbargo { instant, zone: "UTC".into(), tzdata: "2026a".into(), answer_by: None }
}

pub(crate) fn decision(decision: Decision) -> Command {
    Command::Decide(Box::new(decision))
}

pub(crate) fn observe(seen: Observation) -> Command {
    Command::Observe(Box::new(seen))
}

/// What Anna saw at the forge herself.
pub(crate) fn told(seen: Observation) -> Attestation {
    let [name, place, note] = ["Anna", "https://forge.example", "I looked"].map(str::to_owned);
    Attestation { seen, name, place, note }
}

pub(crate) fn triage(verdict: Triage) -> Command {
    decision(Decision::Triage { verdict, reason: "we looked at it".into() })
}

pub(crate) fn vulnerability() -> Command {
    decision(Decision::Vulnerability { id: VULN, title: "slashes".into(), origin: Origin::Ours })
}

pub(crate) fn cve_assigned() -> Command {
    let word = CveWord::Assigned { id: CVE.parse().unwrap() };
    observe(Observation::Cve { vulnerability: VULN, word })
}

pub(crate) fn supported_lines() -> Command {
    observe(Observation::SupportedLines {
        repository: "contour".into(),
        lines: vec!["main".into(), "1.30".into()],
        default_branch: "main".into(),
    })
}

pub(crate) fn patch(name: &str) -> Command {
    let version = Some(format!("{name}.1"));
    decision(Decision::Line { line: line(name), verdict: LineVerdict::Patch { version } })
}

pub(crate) fn release(name: &str, contains_fix: bool) -> Command {
    observe(Observation::Release {
        line: line(name),
        release: Release {
            version: format!("{name}.1"),
            tag: format!("v{name}.1"),
            contains_fix: Some(contains_fix),
            evidence: "looked into the tag".into(),
            released_at: start(),
            details: None,
        },
    })
}

pub(crate) fn draft(state: DraftState) -> Command {
    observe(Observation::Draft(Draft {
        ghsa: GHSA.parse().unwrap(),
        url: "https://forge.example/advisories/1".into(),
        state,
        patched: BTreeMap::new(),
        credits: vec![],
        vector: None,
        cwes: vec![],
    }))
}

pub(crate) fn concerned(people: &[PersonId]) -> Command {
    let one = |person: &PersonId| Concerned {
        person: *person,
        organisation: "Distro".into(),
        why: "ships it".into(),
        lines: [line("main")].into(),
    };
    decision(Decision::Distributors {
        concerned: people.iter().map(one).collect(),
        reason: "they ship it".into(),
    })
}

pub(crate) fn proof() -> Proof {
    Proof { by: "test".into(), reference: "ref-1".into() }
}

/// A verdict on a case: which gates are shut, by one open step each.
pub(crate) fn verdict(case: &Case, shut: &[Gate]) -> Verdict {
    let missing = Missing { step: StepId("step".into()), what: "its evidence".into() };
    Verdict {
        head: case.head,
        playbook: case.playbook.digest,
        shut: shut.iter().map(|gate| (*gate, vec![missing.clone()])).collect(),
        steps: [
            (StepId("optional".into()), StepRule { skippable: true, overridable: false }),
            (StepId("mandatory".into()), StepRule { skippable: false, overridable: true }),
            (StepId("binding".into()), StepRule { skippable: false, overridable: false }),
        ]
        .into(),
    }
}

/// One case on the desk, with the time, the team and the gates that the next command will meet.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) case: Case,
    pub(crate) entries: Vec<Entry>,
    pub(crate) clock: Clock,
    pub(crate) team: BTreeSet<PersonId>,
    pub(crate) shut: Vec<Gate>,
    pub(crate) by_hand: BTreeSet<Party>,
    pub(crate) book: Book,
    pub(crate) roll: Roll,
}

/// Of no list anybody has said how its mail is protected.
pub(crate) static NO_BOOK: Book = Book::new();

/// No project keeps a roll here.
pub(crate) static NO_ROLL: Roll = Roll { members: BTreeMap::new(), terms: Vec::new() };

impl Desk {
    /// A case with one report, not yet triaged.
    pub(crate) fn new() -> Self {
        let opening = opening();
        let mut desk = Self {
            case: begin(&opening).unwrap(),
            entries: vec![opening],
            clock: Clock { now: start(), trusted: true },
            team: team(),
            shut: vec![],
            by_hand: BTreeSet::new(),
            book: Book::new(),
            roll: Roll::default(),
        };
        desk.house(Command::Link(Box::new(report(REPORT, RITA))));
        desk
    }

    /// An accepted case with two lines to patch, a CVE id, two distributors, and an advisory that
    /// the forge has a draft of.
    pub(crate) fn accepted() -> Self {
        let mut desk = Self::new();
        desk.anna(triage(Triage::Accepted));
        desk.anna(vulnerability());
        desk.house(cve_assigned());
        desk.house(supported_lines());
        desk.anna(patch("main"));
        desk.anna(patch("1.30"));
        desk.anna(concerned(&[DORA, EGON]));
        desk.anna(decision(Decision::Advisory(Box::new(advisory("Skipped authorisation")))));
        desk.house(draft(DraftState::Draft));
        desk
    }

    /// The same under an embargo until the early date.
    pub(crate) fn embargoed() -> Self {
        let mut desk = Self::accepted();
        desk.anna(propose(early_date()));
        desk.anna(Command::AgreeEmbargo { revision: 1 });
        desk
    }

    /// The same with a disclosure (acts 1 and 2) armed for the early date by Anna and Bert.
    pub(crate) fn armed() -> Self {
        let mut desk = Self::embargoed();
        desk.anna(plan_disclosure(1, early_date(), 1));
        desk.stand_behind(ANNA, disclosure(1));
        desk.stand_behind(BERT, disclosure(1));
        desk.anna(Command::Arm { id: disclosure(1) });
        desk
    }

    /// The same, going out at its instant.
    pub(crate) fn running() -> Self {
        let mut desk = Self::armed();
        desk.clock.now = early_date();
        desk.house(Command::Fire { id: disclosure(1) });
        desk
    }

    pub(crate) fn try_as(&self, actor: Actor, command: &Command) -> Result<Vec<Event>, Refusal> {
        let verdict = verdict(&self.case, &self.shut);
        let context = Context {
            actor,
            clock: self.clock,
            team: &self.team,
            verdict: &verdict,
            by_hand: &self.by_hand,
            book: &self.book,
            roll: &self.roll,
        };
        decide(&self.case, command, &context)
    }

    /// Carries a command out; it must be allowed.
    pub(crate) fn by(&mut self, actor: Actor, command: Command) -> Vec<Event> {
        let events = self.try_as(actor, &command).unwrap_or_else(|refusal| {
            panic!("{command:?} was refused: {:?}: {refusal}", refusal.rule)
        });
        drop(command);
        for event in &events {
            let entry = entry(self.case.head + 1, self.clock.now, actor, event.clone());
            self.case = evolve(self.case.clone(), &entry);
            self.entries.push(entry);
        }
        events
    }

    pub(crate) fn anna(&mut self, command: Command) -> Vec<Event> {
        self.by(person(ANNA), command)
    }

    pub(crate) fn house(&mut self, command: Command) -> Vec<Event> {
        self.by(Actor::House, command)
    }

    pub(crate) fn approve(&mut self, by: PersonId, act: ActId) {
        let digest = self.case.acts[&act].digest;
        self.by(person(by), Command::Approve { act, digest });
    }

    pub(crate) fn stand_behind(&mut self, by: PersonId, id: DisclosureId) {
        let digest = self.case.disclosure.as_ref().unwrap().digest;
        self.by(person(by), Command::ApproveDisclosure { id, digest });
    }

    /// Starts an act and finishes it.
    pub(crate) fn carry_out(&mut self, act: ActId) {
        self.house(Command::Start { act });
        self.house(Command::Finish { act, proof: proof() });
    }

    /// The rule that refuses the command; `None` when it is allowed.
    pub(crate) fn refusal(&self, actor: Actor, command: &Command) -> Option<Rule> {
        self.try_as(actor, command).err().map(|refusal| refusal.rule)
    }
}
