//! A project that answers a report through the real `decide`, with the playbook's own word on the
//! gates in the loop: command, checklist, verdict, decision, event.

use std::collections::{BTreeMap, BTreeSet};

use advisory::{digest::Digest, mailbox::Mailbox};
use case::{
    ActId, Case, CaseId, Clock, Codename, Command, CommandId, Context, DisclosureId, Entry, Event,
    LineKey, PersonId, ProjectId, PublicRecord, PublishedCopy, Refusal, ReportId, Roll, Verdict,
    VulnId,
    act::{ActKind, Payload, Plan, Proof, Recipient, Topic},
    decide,
    event::{Decision, DisclosureEvent, LifeEvent, ReportLink, SCHEMA},
    evolve,
    evolve::begin,
    observation::{Access, Delivery, Draft, DraftState, Observation, Release},
    refusal::Rule,
    rights::Actor,
    sealing::Book,
};
use jiff::{SignedDuration, Timestamp};
use playbook::{Checklist, Playbook, Settings};

pub(crate) const ALICE: PersonId = PersonId([1; 16]);
pub(crate) const BOB: PersonId = PersonId([2; 16]);
pub(crate) const REPORTER: PersonId = PersonId([3; 16]);
pub(crate) const DEVELOPER: PersonId = PersonId([4; 16]);
pub(crate) const ACME: PersonId = PersonId([5; 16]);
pub(crate) const BLUE: PersonId = PersonId([6; 16]);
pub(crate) const REPORT: ReportId = ReportId([7; 16]);
pub(crate) const VULN: VulnId = VulnId([8; 16]);
pub(crate) const DISCLOSURE: DisclosureId = DisclosureId([9; 16]);

/// What goes out with the disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Out {
    Publish,
    Users,
    FollowUp,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(crate) fn line(name: &str) -> LineKey {
    LineKey::new("contour", name)
}

pub(crate) fn mailbox(text: &str) -> Mailbox {
    text.parse().expect("a mailbox")
}

/// What the notices say, and what the world will answer; variations change it before a stage.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// Paragraphs that the notice to the distributors leaves out.
    pub(crate) notice_without: BTreeSet<&'static str>,
    /// Words added to the notice, to the users' notice and to the follow-up.
    pub(crate) notice_also: String,
    pub(crate) users_also: String,
    pub(crate) users_without_description: bool,
    pub(crate) follow_up_versions: Vec<&'static str>,
    pub(crate) draft: Draft,
    pub(crate) access: Access,
    pub(crate) instant: Timestamp,
    /// What the disclosure sends out.
    pub(crate) disclosed: Vec<Out>,
}

pub(crate) struct Story {
    pub(crate) playbook: Playbook,
    pub(crate) entries: Vec<Entry>,
    pub(crate) case: Case,
    pub(crate) team: BTreeSet<PersonId>,
    /// Parties that only people can reach.
    pub(crate) by_hand: BTreeSet<case::Party>,
    pub(crate) now: Timestamp,
    pub(crate) world: World,
    /// The notice to the distributors that the stages write and send.
    pub(crate) notice: ActId,
    /// The acts of the disclosure in force.
    pub(crate) outs: BTreeMap<Out, ActId>,
    /// A verdict that no command may be decided by; it is stale.
    unseen: Verdict,
    ids: u128,
}

pub(crate) type Told = Result<(), Refusal>;

impl Story {
    pub(crate) fn new(playbook: Playbook) -> Self {
        Self::of(playbook, vec!["contour".into()])
    }

    /// A project with these repositories.
    pub(crate) fn of(playbook: Playbook, repositories: Vec<String>) -> Self {
        let settings = Settings { project: "Contour".into(), repositories, lists: BTreeMap::new() };
        let now = at("2026-11-02T09:00:00Z");
        let opened = Event::Life(LifeEvent::Opened {
            id: CaseId([10; 16]),
            codename: Codename::nth(7),
            playbook: playbook.pin(),
            policy: Box::new(playbook.policy(&settings)),
        });
        let first = entry(1, Actor::House, now, opened);
        let case = begin(&first).expect("a case");
        let world = World {
            notice_without: BTreeSet::new(),
            notice_also: String::new(),
            users_also: String::new(),
            users_without_description: false,
            follow_up_versions: vec!["1.16.1", "1.15.2"],
            draft: draft(),
            access: Access {
                members: ["alice".into(), "Bob".into()].into(),
                pending: ["dev".into()].into(),
                inherited: ["owner".into()].into(),
            },
            instant: at("2026-11-12T14:00:00Z"),
            disclosed: vec![Out::Publish, Out::Users, Out::FollowUp],
        };
        let team = [ALICE, BOB].into();
        let unseen = playbook.evaluate(&case, &team, now).verdict();
        Self {
            playbook,
            entries: vec![first],
            case,
            team,
            by_hand: BTreeSet::new(),
            now,
            world,
            notice: ActId([21; 16]),
            outs: BTreeMap::new(),
            unseen,
            ids: 1000,
        }
    }

    pub(crate) fn checklist(&self) -> Checklist {
        self.playbook.evaluate(&self.case, &self.team, self.now)
    }

    /// One command by somebody, a minute after the last one.
    #[expect(clippy::needless_pass_by_value, reason = "commands are written in place")]
    pub(crate) fn by(&mut self, actor: Actor, command: Command) -> Told {
        self.pass(SignedDuration::from_mins(1));
        let verdict = if asks_the_playbook(&command) {
            self.checklist().verdict()
        } else {
            Verdict { head: 0, ..self.unseen.clone() }
        };
        let clock = Clock { now: self.now, trusted: true };
        let by_hand = &self.by_hand;
        let (team, book, roll) = (&self.team, &Book::new(), &Roll::default());
        let context = Context { actor, clock, team, verdict: &verdict, by_hand, book, roll };
        for event in decide(&self.case, &command, &context)? {
            let entry = entry(self.case.head + 1, actor, self.now, event);
            self.case = evolve(self.case.clone(), &entry);
            self.entries.push(entry);
        }
        Ok(())
    }

    pub(crate) fn house(&mut self, command: Command) -> Told {
        self.by(Actor::House, command)
    }

    pub(crate) fn alice(&mut self, command: Command) -> Told {
        self.by(Actor::Person(ALICE), command)
    }

    pub(crate) fn bob(&mut self, command: Command) -> Told {
        self.by(Actor::Person(BOB), command)
    }

    pub(crate) fn decided(&mut self, decision: Decision) -> Told {
        self.alice(Command::Decide(Box::new(decision)))
    }

    pub(crate) fn seen(&mut self, observation: Observation) -> Told {
        let told = case::Subject::of(&observation)
            .is_some_and(|subject| self.by_hand.contains(&subject.party()));
        if told {
            let [name, place, note] = ["Alice", "a page", "I looked"].map(str::to_owned);
            let told = case::Attestation { seen: observation, name, place, note };
            return self.alice(Command::Attest(Box::new(told)));
        }
        self.house(Command::Observe(Box::new(observation)))
    }

    pub(crate) fn pass(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).expect("a time");
    }

    pub(crate) fn wait_until(&mut self, instant: Timestamp) {
        self.now = self.now.max(instant);
    }

    pub(crate) fn act_id(&mut self) -> ActId {
        self.ids += 1;
        ActId(self.ids.to_be_bytes())
    }

    /// Plans, approves as often as needed, starts and finishes an act.
    pub(crate) fn act(&mut self, kind: ActKind, to: Vec<Recipient>, payload: Payload) -> Told {
        let act = self.act_id();
        let plan = Box::new(Plan { kind, to, payload, under: None });
        self.alice(Command::Plan { act, plan })?;
        self.carry_out(act)
    }

    pub(crate) fn carry_out(&mut self, act: ActId) -> Told {
        let (digest, needs) = (self.case.acts[&act].digest, self.case.acts[&act].needs);
        for person in [ALICE, BOB].into_iter().take(needs.into()) {
            self.by(Actor::Person(person), Command::Approve { act, digest })?;
        }
        self.send(act)
    }

    /// Sends a part of the disclosure, if it is one.
    pub(crate) fn send_out(&mut self, out: Out) -> Told {
        self.outs.get(&out).copied().map_or(Ok(()), |act| self.send(act))
    }

    /// The archive shows a part of the disclosure, if it is one.
    pub(crate) fn posted_out(&mut self, out: Out, thread: &str, words_match: bool) -> Told {
        let act = self.outs.get(&out).copied();
        act.map_or(Ok(()), |act| self.posted(act, thread, words_match))
    }

    pub(crate) fn send(&mut self, act: ActId) -> Told {
        self.house(Command::Start { act })?;
        let proof = Proof { by: "test".into(), reference: "1".into() };
        self.house(Command::Finish { act, proof })
    }

    pub(crate) fn tell(&mut self, topic: Topic) -> Told {
        let kind = ActKind::TellReporter { person: REPORTER, topic };
        let words = Payload::Message { subject: "Your report".into(), body: "News.".into() };
        self.act(kind, vec![to_reporter()], words)
    }

    pub(crate) fn delivered(&mut self, person: PersonId, outcome: Delivery) -> Told {
        self.seen(Observation::Delivery { act: self.notice, person, outcome })
    }

    pub(crate) fn posted(&mut self, act: ActId, thread: &str, words_match: bool) -> Told {
        let url = format!("https://lists.example.org/{act}");
        self.seen(Observation::Post {
            act,
            url,
            words_match,
            thread: thread.into(),
            compared: None,
        })
    }

    /// What everybody can read of the advisory.
    pub(crate) fn copied(&mut self, bytes: &[u8], differences: &[&str]) -> Told {
        let differences = differences.iter().map(ToString::to_string);
        let copy = PublishedCopy::new(PublicRecord::Advisory, Digest::of(bytes), differences);
        self.seen(Observation::Copy(copy))
    }

    pub(crate) fn accepted(&mut self, bytes: &[u8]) -> Told {
        let (record, reason) = (PublicRecord::Advisory, "it is right as well".into());
        self.decided(Decision::AcceptCopy { record, digest: Digest::of(bytes), reason })
    }

    pub(crate) fn released(
        &mut self,
        name: &str,
        version: &str,
        contains_fix: Option<bool>,
    ) -> Told {
        self.pass(SignedDuration::from_mins(1));
        let release = Release {
            version: version.into(),
            tag: format!("v{version}"),
            contains_fix,
            evidence: "the fix's lines are in the tag".into(),
            released_at: self.now,
            details: None,
        };
        self.seen(Observation::Release { line: line(name), release })
    }

    /// Fires the disclosure; a shut gate, which is only written down the first time, is a refusal.
    pub(crate) fn fire(&mut self) -> Told {
        self.wait_until(self.world.instant);
        self.house(Command::Fire { id: DISCLOSURE })?;
        let last = &self.entries[self.entries.len() - 1].event;
        if matches!(last, Event::Disclosure(DisclosureEvent::Blocked { .. })) {
            return self.house(Command::Fire { id: DISCLOSURE });
        }
        Ok(())
    }
}

pub(crate) fn to_reporter() -> Recipient {
    Recipient::Person { person: REPORTER, mailbox: mailbox("rita@example.net"), seal: None }
}

pub(crate) fn to_forge() -> Vec<Recipient> {
    vec![Recipient::Forge { repository: "contour".into(), advisory: None }]
}

/// The forge, by the advisory that was read back from it.
pub(crate) fn to_draft(s: &Story) -> Vec<Recipient> {
    let advisory = s.case.forge.draft.as_ref().map(|draft| draft.ghsa.clone());
    vec![Recipient::Forge { repository: "contour".into(), advisory }]
}

pub(crate) fn report() -> ReportLink {
    ReportLink {
        report: REPORT,
        reporter: REPORTER,
        reporter_name: "Rita Reporter".into(),
        mailbox: Some(mailbox("rita@example.net")),
        channel: "mail".into(),
        title: "Admin interface reachable".into(),
        text: "An external name leads to the admin interface.".into(),
        received_at: at("2026-11-02T09:00:00Z"),
        deadline: None,
        encrypted: false,
    }
}

pub(crate) fn draft() -> Draft {
    Draft {
        ghsa: "GHSA-5ph6-qq5x-7jwc".parse().expect("an id"),
        url: "https://forge.example.org/advisories/GHSA-5ph6-qq5x-7jwc".into(),
        state: DraftState::Draft,
        patched: [(line("1.16"), "1.16.1".into()), (line("1.15"), "1.15.2".into())].into(),
        credits: vec!["Rita Reporter".into()],
        vector: Some("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:N/A:L".into()),
        cwes: vec!["CWE-610".parse().expect("a CWE")],
    }
}

fn entry(seq: u64, actor: Actor, now: Timestamp, event: Event) -> Entry {
    Entry {
        v: SCHEMA,
        seq,
        project: ProjectId([11; 16]),
        actor,
        occurred_at: now,
        recorded_at: now,
        source: "test".into(),
        command: CommandId([12; 16]),
        event,
    }
}

/// Commands that `decide` holds against the gates or against a step's rules; it never looks at the
/// playbook's word for any other, and would call the one that it gets here stale.
fn asks_the_playbook(command: &Command) -> bool {
    match command {
        Command::Approve { .. }
        | Command::Start { .. }
        | Command::Arm { .. }
        | Command::Fire { .. }
        | Command::Close { .. } => true,
        Command::Decide(decision) => {
            matches!(**decision, Decision::Choice { .. } | Decision::Override { .. })
        }
        _ => false,
    }
}

/// A refusal by a shut gate that names this step.
pub(crate) fn names(refusal: &Refusal, step: &str) -> Option<String> {
    let missing = refusal.missing.iter().filter(|m| m.step.0 == step);
    let what: Vec<&str> = missing.map(|m| m.what.as_str()).collect();
    (refusal.rule == Rule::GateShut && !what.is_empty()).then(|| what.join("; "))
}

pub(crate) fn digest_of_disclosure(story: &Story) -> Digest {
    story.case.disclosure.as_ref().expect("a disclosure").digest
}
