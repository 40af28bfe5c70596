//! A house that posts its notices at groups.io: what becomes of the act, and what is seen of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, PersonId,
    act::{ActKind, ActState},
    event::{Decision, Triage},
    notice::{Audience, Difference, ListProfile, Posting},
};
use engine::{Clock, Contact, Engine, Parts, Step, Submission, Texts};
use jiff::SignedDuration;
use store::{Kind, MemoryStore, SeededEntropy};

use super::{
    FROM, LIST, PATIENCE, groups, mailbox,
    server::{Fault, Groups as Server},
};
use crate::smtp::house::Hands;

const NOTE: &str = "This stays among the members of this list.";

struct House {
    engine: Engine,
    hands: Arc<Hands>,
    ada: PersonId,
    case: CaseId,
    act: ActId,
}

impl House {
    /// One with a notice that is approved, and not posted yet.
    fn posting(server: &Server) -> Self {
        let hands = Arc::new(Hands(Mutex::new(SignedDuration::ZERO)));
        let clock: Arc<dyn Clock> = Arc::<Hands>::clone(&hands);
        let playbook = playbook::shipped("minimal").unwrap();
        let entropy = Arc::new(SeededEntropy::new(7));
        let mut ports = counterparts::ports("nowhere".into(), None);
        ports.lists = Box::new(groups(server, Arc::clone(&clock), PATIENCE));
        let engine = Engine::new(Parts {
            store: Arc::new(MemoryStore::new(Kind::Live, entropy)),
            ports,
            clock,
            entropy: Arc::new(SeededEntropy::new(8)),
            playbooks: vec![playbook.clone()],
            texts: Texts::load(None).unwrap(),
        });
        let contact = Contact { name: "Ada".into(), mailbox: None, login: None };
        let ada = engine.add_person(&contact).unwrap();
        let profile = ListProfile {
            audience: Audience::Distributors,
            address: mailbox(LIST),
            posting: Posting::Web,
            web: Some("https://lists.example.org/g/distributors".into()),
            tag: Some("#security".into()),
            prefix: Some("[vs]".into()),
            cve_id_allowed: false,
            closing_note: Some(NOTE.into()),
            longest_embargo_days: None,
        };
        let policy = playbook.policy(&playbook::Settings {
            project: "Example".into(),
            repositories: vec!["example".into()],
            lists: BTreeMap::from([("distributors".into(), profile)]),
        });
        let pin = playbook.pin();
        let project = engine.create_project(ada, &policy, &pin, CommandId([1; 16])).unwrap();
        engine.open_letterbox(project, ada, &mailbox(FROM), CommandId([2; 16])).unwrap();
        let submission = Submission {
            command: CommandId([3; 16]),
            channel: "form".into(),
            raw: b"raw".to_vec(),
            name: "Rita".into(),
            mailbox: None,
            automatic: false,
            encrypted: false,
            title: "It crashes".into(),
            text: "Send it a comma.".into(),
            deadline: None,
        };
        let case = engine.receive(project, &submission).unwrap().case;
        let act = ActId(engine.draw());
        let house = Self { engine, hands, ada, case, act };
        house.tell(&Command::Decide(Box::new(Decision::Triage {
            verdict: Triage::Accepted,
            reason: "it is one".into(),
        })));
        house.tell(&Command::Decide(Box::new(Decision::Advisory(Box::new(advisory::Advisory {
            title: Some("Commas".into()),
            details: Some("Paths with \u{201c}two commas\u{201d} are not checked.\n".into()),
            ..advisory::Advisory::default()
        })))));
        house.tell(&Command::ProposeEmbargo {
            instant: house.hands.wall() + SignedDuration::from_hours(240),
            zone: "UTC".into(),
            tzdata: "2026a".into(),
            answer_by: None,
        });
        let found = house.case();
        let plan = house.engine.compose(&found, &ActKind::NotifyDistributors, None).unwrap();
        let digest = plan.digest().unwrap();
        house.tell(&Command::Plan { act, plan: Box::new(plan) });
        house.tell(&Command::Approve { act, digest });
        house.settle();
        house
    }

    fn tell(&self, command: &Command) {
        let id = CommandId(self.engine.draw());
        self.engine.execute(self.case, Actor::Person(self.ada), id, command, "test").unwrap();
    }

    fn case(&self) -> Case {
        self.engine.view(self.case, Actor::House).unwrap().loaded.case
    }

    fn state(&self) -> ActState {
        self.case().acts[&self.act].state.clone()
    }

    fn settle(&self) {
        while self.engine.step().unwrap() == Step::Worked {}
    }

    fn pass(&self, minutes: i64) {
        for _ in 0..minutes {
            *self.hands.0.lock().unwrap() += SignedDuration::from_mins(1);
            self.settle();
        }
    }

    fn again(&self) {
        self.tell(&Command::Retry { act: self.act, reason: "I have looked".into() });
        self.settle();
    }
}

const LINK: &str = "https://lists.example.org/g/distributors/message/1";

fn receipt(state: &ActState) -> &str {
    let ActState::Done { proof, .. } = state else { panic!("{state:?}") };
    &proof.reference
}

#[test]
fn a_notice_is_posted_and_seen_in_the_archive() {
    let server = Server::start();
    let house = House::posting(&server);
    assert_eq!(receipt(&house.state()), LINK);
    house.pass(1);
    let case = house.case();
    let post = &case.posts[&house.act];
    assert!(post.words_match && !post.by_mail, "{post:?}");
    assert_eq!((post.url.as_str(), case.told.len()), (LINK, 0));
    let (draft, _) = server.state().posts[0].clone();
    assert!(draft.subject.starts_with("[vs] ") && draft.subject.contains("#security"));
    assert!(draft.body.ends_with(&format!("<p>{NOTE}</p>")), "{}", draft.body);
    // Nobody asks the server every minute.
    let asked = server.state().asked.len();
    house.pass(60);
    let more = server.state().asked.len() - asked;
    assert!((20..=26).contains(&more), "{more} questions in an hour");
    assert_eq!(server.state().posts.len(), 1);
}

#[test]
fn what_a_moderator_has_is_seen_once_it_is_let_through() {
    let server = Server::start();
    server.state().moderated = true;
    let house = House::posting(&server);
    assert!(receipt(&house.state()).contains("held for a moderator"));
    house.pass(20);
    assert!(house.case().posts.is_empty(), "nobody has seen it");
    server.state().release();
    house.pass(6);
    assert!(house.case().posts[&house.act].words_match);
    assert_eq!(server.state().posts.len(), 1);
}

#[test]
fn what_the_list_made_of_it_calls_somebody() {
    let server = Server::start();
    server.state().corrects_when_posted = Some(|it| it.body = it.body.replace("commas", "dots"));
    let house = House::posting(&server);
    assert!(receipt(&house.state()).contains("not seen in the archive yet"));
    house.pass(1);
    let post = house.case().posts[&house.act].clone();
    assert!(!post.words_match);
    let differences = post.compared.unwrap().differences;
    let there =
        |it: &Difference| matches!(it, Difference::Missing { there, .. } if there.contains("dots"));
    assert!(differences.iter().any(there), "{differences:?}");
}

#[test]
fn a_lost_answer_is_uncertain_and_never_repeated_by_itself() {
    let server = Server::with(Some(("postdraft", Fault::CutAfter)));
    server.state().slow_archive = true;
    let house = House::posting(&server);
    let ActState::Uncertain { why, .. } = house.state() else { panic!("{:?}", house.state()) };
    assert!(why.contains("before anybody tries again"), "{why}");
    house.pass(200);
    assert!(matches!(house.state(), ActState::Uncertain { .. }));
    assert_eq!(server.state().posts.len(), 1);
    server.state().release();
    house.pass(6);
    assert!(house.case().posts[&house.act].words_match, "it is seen all the same");
    house.again();
    assert_eq!(receipt(&house.state()), format!("{LINK}, where it stood already"));
    assert_eq!(server.state().posts.len(), 1);
}

#[test]
fn what_goes_wrong_before_is_put_off_or_waits_for_a_person() {
    for (fault, word) in [
        (("getsubs", Fault::Down), "later"),
        (("newdraft", Fault::Status(503)), "later"),
        (("postdraft", Fault::Status(429)), "later"),
        (("getdrafts", Fault::Half), "later"),
        (("postdraft", Fault::Status(500)), "uncertain"),
        (("getsubs", Fault::Status(401)), "failed"),
        (("postdraft", Fault::Status(403)), "failed"),
        (("postdraft", Fault::No), "failed"),
    ] {
        let server = Server::with(Some(fault));
        let house = House::posting(&server);
        assert_eq!(server.state().posts.len(), 0, "{fault:?}");
        let state = house.state();
        let said = match &state {
            ActState::Approved { .. } => "later",
            ActState::Failed { .. } => "failed",
            ActState::Uncertain { .. } => "uncertain",
            _ => "something else",
        };
        assert_eq!(said, word, "{fault:?}: {state:?}");
        server.revive();
        house.pass(3);
        if word != "later" {
            assert_eq!(server.state().posts.len(), 0, "{fault:?}: only a person goes on");
            house.again();
        }
        assert_eq!(receipt(&house.state()), LINK, "{fault:?}");
        assert_eq!(server.state().posts.len(), 1, "{fault:?}");
    }
}

#[test]
fn a_server_that_stays_away_is_given_up() {
    let server = Server::with(Some(("getsubs", Fault::Down)));
    let house = House::posting(&server);
    house.pass(60 * 5);
    let ActState::Failed { why, .. } = house.state() else { panic!("{:?}", house.state()) };
    assert!(why.contains("it was tried 13 times"), "{why}");
    assert_eq!(server.state().posts.len(), 0);
}
