//! A house that sends its mail through a server: what goes wrong there, and what it makes of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    thread,
};

use case::{
    ActId, Actor, CaseId, Command, CommandId, PersonId, ProjectId,
    act::{Act, ActKind, ActState, Topic},
    event::{Decision, Triage},
};
use counterparts::mail::{
    outbox::Outbox,
    smtp::{Patience, Stage},
};
use engine::{
    Clock, Contact, Engine, Parts, Round, Step, Submission, SummonsWish, Texts, compose, message_id,
};
use jiff::{SignedDuration, Timestamp};
use store::{Kind, MemoryStore, SeededEntropy};

use super::{
    faults::{STAGES, expected, patience},
    mailbox,
    server::{Ends, Fault, Running},
};

/// A clock that passes when it is told to.
pub(crate) struct Hands(pub(crate) Mutex<SignedDuration>);

impl Clock for Hands {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(490_000) + *self.0.lock().unwrap()
    }

    fn boot(&self) -> SignedDuration {
        *self.0.lock().unwrap()
    }
}

struct House {
    engine: Engine,
    hands: Arc<Hands>,
    project: ProjectId,
    ada: PersonId,
}

impl House {
    fn sending(server: &Running, patience: Patience) -> Self {
        Self::sending_by(server, patience, |outbox| outbox)
    }

    fn sending_by(
        server: &Running,
        patience: Patience,
        how: impl FnOnce(Outbox) -> Outbox,
    ) -> Self {
        let hands = Arc::new(Hands(Mutex::new(SignedDuration::ZERO)));
        let clock: Arc<dyn Clock> = Arc::<Hands>::clone(&hands);
        let outbox = how(Outbox::new(server.relay(patience), Arc::clone(&clock)));
        let playbook = playbook::shipped("minimal").unwrap();
        let entropy = Arc::new(SeededEntropy::new(7));
        let engine = Engine::new(Parts {
            store: Arc::new(MemoryStore::new(Kind::Live, entropy)),
            ports: counterparts::ports("nowhere".into(), Some(outbox)),
            clock,
            entropy: Arc::new(SeededEntropy::new(8)),
            playbooks: vec![playbook.clone()],
            texts: Texts::load(None).unwrap(),
        });
        let contact = Contact { name: "Ada".into(), mailbox: None, login: None };
        let ada = engine.add_person(&contact).unwrap();
        let policy = playbook.policy(&playbook::Settings {
            project: "Example".into(),
            repositories: vec!["example".into()],
            lists: BTreeMap::new(),
        });
        let pin = playbook.pin();
        let project = engine.create_project(ada, &policy, &pin, CommandId([1; 16])).unwrap();
        Self { engine, hands, project, ada }
    }

    fn with_an_address(self) -> Self {
        let address = mailbox("security@example.org");
        self.engine.open_letterbox(self.project, self.ada, &address, CommandId([3; 16])).unwrap();
        self
    }

    fn report(&self) -> (CaseId, PersonId) {
        let submission = Submission {
            command: CommandId([9; 16]),
            channel: "form".into(),
            raw: b"raw".to_vec(),
            name: "Rita".into(),
            mailbox: Some(mailbox("rita@example.com")),
            automatic: false,
            encrypted: false,
            title: "It crashes".into(),
            text: "Send it a comma.".into(),
            deadline: None,
        };
        let receipt = self.engine.receive(self.project, &submission).unwrap();
        (receipt.case, receipt.reporter)
    }

    fn settle(&self) {
        while self.engine.step().unwrap() == Step::Worked {}
    }

    /// Lets time pass, a minute at a time.
    fn pass(&self, minutes: i64) {
        for _ in 0..minutes {
            *self.hands.0.lock().unwrap() += SignedDuration::from_mins(1);
            self.settle();
        }
    }

    /// The acts of a case, oldest first.
    fn acts(&self, case: CaseId) -> Vec<Act> {
        let case = self.engine.view(case, Actor::House).unwrap().loaded.case;
        case.acts_of(|_| true).cloned().collect()
    }

    fn tell(&self, case: CaseId, command: &Command) {
        let id = CommandId(self.engine.draw());
        self.engine.execute(case, Actor::Person(self.ada), id, command, "test").unwrap();
    }
}

fn word(state: &ActState) -> &'static str {
    match state {
        ActState::Done { .. } => "taken",
        ActState::Failed { .. } => "refused",
        ActState::Uncertain { .. } => "uncertain",
        ActState::Approved { .. } => "later",
        _ => "something else",
    }
}

fn meets(at: Stage, fault: Fault) {
    let server = Running::start(Ends::Lf, vec![Some((at, fault))]);
    let house = House::sending(&server, patience()).with_an_address();
    let (case, _) = house.report();
    house.settle();
    let after = format!("{fault:?} at {at:?}");
    let [act] = house.acts(case).try_into().unwrap();
    let first = word(&act.state);
    assert_eq!(first, expected(at, fault), "{after}: {:?}", act.state);
    house.pass(5);
    let [act] = house.acts(case).try_into().unwrap();
    let last = if first == "later" { "taken" } else { first };
    assert_eq!(word(&act.state), last, "{after}: {:?}", act.state);
    let kept = server.kept();
    match last {
        "taken" => assert_eq!(kept.len(), 1, "{after}"),
        "refused" => assert_eq!(kept.len(), 0, "{after}"),
        _ => assert!(kept.len() <= 1, "{after}"),
    }
}

#[test]
fn every_fault_at_every_stage_ends_rightly_with_one_mail_at_most() {
    thread::scope(|scope| {
        for at in STAGES {
            for fault in Fault::ALL {
                scope.spawn(move || meets(at, fault));
            }
        }
    });
}

/// The verdict, to whoever reported it: planned, but not approved.
fn planned(house: &House) -> (CaseId, ActId, Command) {
    let (case, reporter) = house.report();
    house.settle();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    house.tell(case, &Command::Decide(Box::new(verdict)));
    let kind = ActKind::TellReporter { person: reporter, topic: Topic::Verdict };
    let found = house.engine.view(case, Actor::House).unwrap().loaded.case;
    let plan = compose(&Texts::load(None).unwrap(), &found, &kind, None).unwrap();
    let (act, digest) = (ActId(house.engine.draw()), plan.digest().unwrap());
    house.tell(case, &Command::Plan { act, plan: Box::new(plan) });
    house.settle();
    (case, act, Command::Approve { act, digest })
}

#[test]
fn a_house_may_send_from_its_address_as_it_is() {
    let server = Running::start(Ends::Either, Vec::new());
    let house = House::sending_by(&server, Patience::default(), Outbox::sending_plainly);
    let house = house.with_an_address();
    let (case, act, approval) = planned(&house);
    house.tell(case, &approval);
    house.settle();
    let [acknowledged, told] = server.kept().try_into().unwrap();
    assert_eq!((acknowledged.sender.as_str(), acknowledged.named.as_str()), ("", ""));
    assert_eq!((told.sender, told.named), ("security@example.org".into(), message_id(act)));
    assert!(told.lines.contains(&format!("Message-ID: <{}>", message_id(act)).into_bytes()));
}

#[test]
fn an_approved_act_goes_out_as_a_mail() {
    let server = Running::start(Ends::Either, Vec::new());
    let house = House::sending(&server, Patience::default()).with_an_address();
    let (case, act, approval) = planned(&house);
    assert_eq!(server.kept().len(), 1, "nobody approved it yet");
    house.tell(case, &approval);
    house.settle();
    let [acknowledged, told] = server.kept().try_into().unwrap();
    assert_eq!((acknowledged.sender.as_str(), acknowledged.recipients.len()), ("", 1));
    assert_eq!((acknowledged.named.as_str(), told.named), ("", message_id(act)));
    assert!(acknowledged.lines.contains(&b"Auto-Submitted: auto-replied".to_vec()));
    assert_eq!(told.sender, format!("security+{act}@example.org"));
    assert_eq!(told.recipients, ["rita@example.com"]);
    assert!(told.lines.contains(&format!("Message-ID: <{}>", message_id(act)).into_bytes()));
    let state = house.acts(case).pop().unwrap().state;
    let ActState::Done { proof, .. } = state else { panic!("{state:?}") };
    let words = format!("<{}>: 250 kept it, thank you", message_id(act));
    assert_eq!(proof.reference, words);
    // The server's word is no proof that somebody has it.
    let found = house.engine.view(case, Actor::House).unwrap();
    assert!(found.loaded.case.deliveries.is_empty() && found.mails);
    assert!(found.unconnected.contains(&case::Party::Mail));
}

#[test]
fn a_project_without_an_address_sends_nothing() {
    let server = Running::start(Ends::Lf, Vec::new());
    let house = House::sending(&server, Patience::default());
    let (case, _) = house.report();
    house.settle();
    let [act] = house.acts(case).try_into().unwrap();
    let ActState::Uncertain { why, .. } = &act.state else { panic!("{:?}", act.state) };
    assert!(why.contains("no address to write from"), "{why}");
    assert!(server.kept().is_empty());
    assert!(!house.engine.view(case, Actor::House).unwrap().mails);
}

#[test]
fn a_person_who_tries_again_uses_the_same_id() {
    let lost = Some((Stage::End, Fault::Lost));
    let server = Running::start(Ends::Lf, vec![lost]);
    let house = House::sending(&server, patience()).with_an_address();
    let (case, _) = house.report();
    house.settle();
    house.pass(30);
    let [act] = house.acts(case).try_into().unwrap();
    assert_eq!(word(&act.state), "uncertain");
    house.tell(case, &Command::Retry { act: act.id, reason: "its log does not have it".into() });
    house.settle();
    let ids = server
        .kept()
        .into_iter()
        .map(|mail| mail.lines.into_iter().find(|line| line.starts_with(b"Message-ID: ")).unwrap());
    let id = format!("Message-ID: <{}>", message_id(act.id)).into_bytes();
    assert_eq!(ids.collect::<Vec<_>>(), [id.clone(), id]);
}

#[test]
fn a_call_is_a_mail_of_its_own_that_no_program_answers_and_that_never_comes_back() {
    let server = Running::start(Ends::Either, Vec::new());
    let house = House::sending(&server, Patience::default()).with_an_address();
    let wish = SummonsWish { silent: false, mailbox: Some(mailbox("ada@example.org")) };
    house.engine.wish_summons(house.project, house.ada, &wish).unwrap();
    house.report();
    house.settle();
    house.pass(3);
    let round = house.engine.summon_teams("https://fermata.example.org").unwrap();
    assert_eq!(round, Round { sent: 1, failed: 0 });
    let [_, call] = server.kept().try_into().unwrap();
    assert_eq!((call.sender.as_str(), call.recipients), ("", vec!["ada@example.org".to_owned()]));
    let has = |line: &str| call.lines.contains(&line.as_bytes().to_vec());
    assert!(has("Auto-Submitted: auto-generated") && has("From: <security@example.org>"));
    assert!(has("Subject: [Example] Something waits for you") && has("- A report came in."));
}
