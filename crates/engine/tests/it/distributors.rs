//! Distributors on a project's roll: their places, their answers, reminders, and one who is struck
//! off.

use std::time::Duration;

use advisory::{Digest, Mailbox};
use case::{
    Actor, CaseId, Command, CommandId, MemberId, PersonId, Role,
    act::{ActKind, ActState, Recipient},
    command::Invitation,
    embargo::{Answer, Channel, Given},
    event::{Concerned, Decision, Triage},
    refusal::Rule,
    roll::{Change, Way},
};
use engine::{Contact, EngineError, Word};
use jiff::SignedDuration;
use playbook::Playbook;

use crate::{
    delivered::{another_project, deliver},
    export::reads,
    house::House,
};

const TERMS: &str = "Tell nobody.\n";
const LASTS: Duration = Duration::from_hours(24 * 180);
const HOURS: i64 = 3600;

/// Three organisations, each with one delegate who has a link, and a case in which all are asked.
struct Town {
    house: House,
    case: CaseId,
    members: Vec<Member>,
}

#[derive(Clone)]
struct Member {
    id: MemberId,
    person: PersonId,
    mailbox: Mailbox,
    secret: String,
}

const NAMES: [&str; 3] = ["Acme", "Blue", "Carp"];

fn playbook() -> Playbook {
    let list = "  lists:\n    distributors:\n      audience: distributors\n      \
                address: distributors@lists.example.org\n      posting: mail\n\nconditions:\n";
    let text = playbook::shipped_source("minimal").unwrap().replacen("\nconditions:\n", list, 1);
    Playbook::parse(&text).unwrap()
}

impl Town {
    fn new() -> Self {
        let house = House::of(playbook());
        let address = "security@example.org".parse().unwrap();
        house
            .engine
            .open_letterbox(house.project, house.ada, &address, CommandId([3; 16]))
            .unwrap();
        let case = house.report(9, Some("rita@example.org")).case;
        house.settle();
        let mut town = Self { house, case, members: Vec::new() };
        town.change(&Change::Terms { text: TERMS.into() });
        for name in NAMES {
            let member = town.admit(name);
            town.members.push(member);
        }
        town
    }

    /// A house whose members were sent a notice.
    fn asked() -> Self {
        let town = Self::new();
        town.ask();
        town.notify();
        town
    }

    fn change(&self, change: &Change) {
        self.try_change(change).unwrap();
    }

    fn try_change(&self, change: &Change) -> Result<(), EngineError> {
        let id = CommandId(self.house.engine.draw());
        self.house.engine.change_roll(self.house.project, self.house.ada, change, id)
    }

    fn admit(&self, name: &str) -> Member {
        let engine = &self.house.engine;
        let (id, note) = (MemberId(engine.draw()), || "a mail".to_owned());
        let mailbox: Mailbox = format!("security@{}.example", name.to_lowercase()).parse().unwrap();
        let contact = Contact { name: name.into(), mailbox: Some(mailbox.clone()), login: None };
        let person = engine.add_person(&contact).unwrap();
        self.change(&Change::Asked {
            member: id,
            name: name.into(),
            ships: "packages".into(),
            note: note(),
        });
        let (delegate, address) = (format!("{name}'s delegate"), mailbox.clone());
        self.change(&Change::Named { member: id, person, name: delegate, mailbox: address });
        for criterion in case::policy::Membership::default().criteria {
            let criterion = criterion.name;
            self.change(&Change::Judged { member: id, criterion, met: true, note: note() });
        }
        let command = CommandId(engine.draw());
        let (project, ada) = (self.house.project, self.house.ada);
        let secret = engine.make_place(project, ada, (id, person), command, LASTS).unwrap();
        let member = Member { id, person, mailbox, secret };
        self.say(&member, Word::Accept(Digest::of(TERMS.as_bytes()))).unwrap();
        self.say(&member, Word::Confirm).unwrap();
        if let Some(voucher) = self.members.first() {
            let voucher = voucher.person;
            self.change(&Change::Vouched { member: id, voucher, note: note() });
        }
        self.change(&Change::Admitted { member: id, reason: "all is met".into() });
        member
    }

    fn say(&self, member: &Member, word: Word) -> Result<(), EngineError> {
        let id = CommandId(self.house.engine.draw());
        self.house.engine.say_there(self.house.project, &member.secret, id, word)
    }

    fn ada(&self, command: &Command) {
        self.house.act(self.case, self.house.ada, command).unwrap();
    }

    fn loaded(&self) -> case::Case {
        self.house.engine.view(self.case, Actor::House).unwrap().loaded.case
    }

    fn ask(&self) {
        let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
        self.ada(&Command::Decide(Box::new(verdict)));
        let mut concerned = Vec::new();
        for (member, name) in self.members.iter().zip(NAMES) {
            self.ada(&Command::Invite(Box::new(Invitation {
                person: member.person,
                name: name.into(),
                organisation: Some(name.into()),
                mailbox: Some(member.mailbox.clone()),
                login: None,
                roles: [Role::Distributor].into(),
            })));
            concerned.push(Concerned {
                person: member.person,
                organisation: name.into(),
                why: "ships it".into(),
                lines: [].into(),
            });
        }
        let reason = "they ship it".into();
        self.ada(&Command::Decide(Box::new(Decision::Distributors { concerned, reason })));
        let week = SignedDuration::from_hours(24 * 7);
        self.ada(&Command::ProposeEmbargo {
            instant: self.house.engine.now().now + week,
            zone: "UTC".into(),
            tzdata: "2026a".into(),
            answer_by: Some(self.house.engine.now().now + SignedDuration::from_hours(72)),
        });
    }

    fn notify(&self) {
        let engine = &self.house.engine;
        let plan = engine.compose(&self.loaded(), &ActKind::NotifyDistributors, None).unwrap();
        let act = case::ActId(engine.draw());
        self.ada(&Command::Plan { act, plan: Box::new(plan) });
        self.approve(act);
        self.house.settle();
    }

    fn approve(&self, act: case::ActId) {
        let digest = self.loaded().acts[&act].digest;
        self.ada(&Command::Approve { act, digest });
    }

    fn nudges(&self) -> Vec<case::act::Act> {
        let case = self.loaded();
        case.acts_of(|kind| matches!(kind, ActKind::Nudge { .. })).cloned().collect()
    }

    fn opens(&self, member: &Member) -> bool {
        let place = self.house.engine.distributors_place(self.house.project, &member.secret);
        !matches!(place, Err(EngineError::NotFound))
    }

    fn mailed(&self) -> Vec<Mailbox> {
        let calls = self.house.script.lock().unwrap().calls.clone();
        let to = calls.into_iter().flat_map(|(_, plan)| plan.to);
        to.filter_map(|to| match to {
            Recipient::Person { mailbox, .. } => Some(mailbox),
            _ => None,
        })
        .collect()
    }
}

#[test]
fn a_delegates_place_shows_what_its_organisation_was_sent_and_nobody_else() {
    let town = Town::asked();
    let [acme, blue, _] = town.members.as_slice() else { unreachable!() };
    let (engine, project) = (&town.house.engine, town.house.project);
    town.say(blue, Word::Object(town.case, 1, "a freeze at Blue".into())).unwrap();
    let place = engine.distributors_place(project, &acme.secret).unwrap();
    assert_eq!(place.member, "Acme");
    let [asked] = place.cases.as_slice() else { panic!("{place:?}") };
    assert_eq!(asked.notices.len(), 1);
    assert!(asked.open && asked.answer.is_none());
    let shown = format!("{place:?}");
    for other in ["Blue", "Carp", "blue", "carp", "freeze", "Rita", "Ada"] {
        assert!(!shown.contains(other), "{other} in {shown}");
    }
    let theirs = engine.distributors_place(project, &blue.secret).unwrap();
    let (consent, by) = theirs.cases[0].answer.clone().unwrap();
    let answer = Answer::Objected { reason: "a freeze at Blue".into(), settled: None };
    assert_eq!((consent.answer, by.as_deref()), (answer, Some("Blue's delegate")));

    // Whoever is none of them finds nothing, the same in every way.
    let other = another_project(&town.house);
    for (project, secret) in [(project, "0"), (project, ""), (other, acme.secret.as_str())] {
        let nothing = engine.distributors_place(project, secret);
        assert!(matches!(nothing, Err(EngineError::NotFound)), "{nothing:?}");
        let id = CommandId(engine.draw());
        let said = engine.say_there(project, secret, id, Word::Confirm);
        assert!(matches!(said, Err(EngineError::NotFound)), "{said:?}");
    }
    // What they saw of the case is in its record of reads.
    let read = (Actor::Person(acme.person), "distributor's place".to_owned());
    assert!(reads(&town.house, town.case).contains(&read));
}

#[test]
fn before_a_notice_there_is_nothing_to_see_and_nothing_to_answer() {
    let town = Town::new();
    town.ask();
    let acme = &town.members[0];
    let place = town.house.engine.distributors_place(town.house.project, &acme.secret).unwrap();
    assert_eq!(place.cases, Vec::new());
    let early = town.say(acme, Word::Agree(town.case, 1));
    assert!(matches!(early, Err(EngineError::NotFound)), "{early:?}");
    let elsewhere = town.say(acme, Word::Agree(CaseId([0x77; 16]), 1));
    assert!(matches!(elsewhere, Err(EngineError::NotFound)), "{elsewhere:?}");
}

#[test]
fn who_has_not_accepted_newer_terms_sees_them_and_nothing_else() {
    let town = Town::asked();
    let acme = &town.members[0];
    let newer = "Tell nobody, not even your cat.\n";
    town.change(&Change::Terms { text: newer.into() });
    let place = || town.house.engine.distributors_place(town.house.project, &acme.secret).unwrap();
    assert_eq!((place().accepted, place().cases.len()), (false, 0));
    let silent = town.say(acme, Word::Agree(town.case, 1));
    assert!(matches!(silent, Err(EngineError::NotFound | EngineError::Refused(_))), "{silent:?}");
    // The text that they read is the one that they accept.
    let old = town.say(acme, Word::Accept(Digest::of(TERMS.as_bytes())));
    let rule = |said: Result<(), EngineError>| match said {
        Err(EngineError::Refused(refusal)) => refusal.rule,
        other => panic!("{other:?}"),
    };
    assert_eq!(rule(old), Rule::DigestDiffers);
    town.say(acme, Word::Accept(Digest::of(newer.as_bytes()))).unwrap();
    assert_eq!((place().accepted, place().cases.len()), (true, 1));
    town.say(acme, Word::Agree(town.case, 1)).unwrap();
    assert_eq!(town.loaded().embargo.answer(acme.person, 1), Some(&Answer::Accepted));
}

#[test]
fn the_silent_are_reminded_once_and_a_reply_is_read_by_a_person() {
    let town = Town::asked();
    let [acme, blue, carp] = town.members.as_slice() else { unreachable!() };
    town.say(acme, Word::Object(town.case, 1, "a freeze".into())).unwrap();
    town.house.pass(47 * HOURS);
    assert_eq!(town.nudges(), Vec::new(), "it is not time yet");
    town.house.pass(HOURS + 1);
    let nudges = town.nudges();
    let to: Vec<_> = nudges.iter().flat_map(|act| &act.plan.to).cloned().collect();
    let alone = |one: &Member| Recipient::Person {
        person: one.person,
        mailbox: one.mailbox.clone(),
        seal: None,
    };
    assert_eq!(to, [alone(blue), alone(carp)], "not those who answered");
    assert!(town.mailed().iter().all(|to| *to == "rita@example.org".parse().unwrap()));
    // Nothing of it comes twice, whatever becomes of the notice or the job.
    town.notify();
    town.house.pass(2 * HOURS);
    assert_eq!(town.nudges().len(), 2);

    for nudge in &nudges {
        town.approve(nudge.id);
    }
    town.say(carp, Word::Agree(town.case, 1)).unwrap();
    town.house.settle();
    let state = |id| town.loaded().acts[&id].state.clone();
    assert!(matches!(state(nudges[0].id), ActState::Done { .. }));
    assert!(matches!(state(nudges[1].id), ActState::Cancelled { .. }), "the answer came first");
    assert!(!town.mailed().contains(&carp.mailbox));

    // What a mail says is nobody's consent until somebody has read it.
    let id = engine::message_id(nudges[0].id);
    let mail = format!(
        "From: Blue <{}>\r\nSubject: Re: your answer\r\nIn-Reply-To: {id}\r\n\r\nWe agree.\r\n",
        blue.mailbox
    );
    assert_eq!(deliver(&town.house, mail.as_bytes()).unwrap(), town.case);
    let case = town.loaded();
    assert_eq!(case.embargo.answer(blue.person, 1), None);
    let message = case.messages.iter().position(|it| it.from == Some(blue.person)).unwrap();
    let given = Given { by: blue.person, channel: Channel::Mail { message } };
    let person = blue.person;
    town.ada(&Command::AnswerFor { person, revision: 1, objection: None, given });
    assert_eq!(town.loaded().embargo.answer(person, 1), Some(&Answer::Accepted));
}

#[test]
fn a_member_that_is_struck_off_is_out_of_everything_at_the_next_request() {
    let town = Town::asked();
    let [_, blue, carp] = town.members.as_slice() else { unreachable!() };
    town.house.pass(48 * HOURS);
    for nudge in town.nudges() {
        // Approved while the mail cannot be taken: it waits in the queue.
        town.house.script.lock().unwrap().answers =
            vec![Err(engine::ports::PortError::NotNow("later".into())); 9];
        town.approve(nudge.id);
    }
    town.house.settle();
    assert!(town.mailed().contains(&carp.mailbox), "it was tried, and not taken");
    town.house.script.lock().unwrap().answers.clear();
    town.house.script.lock().unwrap().calls.clear();
    let sent = town.loaded().acts_of(|kind| *kind == ActKind::NotifyDistributors).count();

    assert!(town.opens(carp));
    town.change(&Change::Struck { member: carp.id, reason: "it told a customer".into() });
    assert!(!town.opens(carp), "the next request finds nothing");
    let late = town.say(carp, Word::Agree(town.case, 1));
    assert!(matches!(late, Err(EngineError::NotFound)), "{late:?}");
    town.house.pass(HOURS);
    assert!(town.mailed().contains(&blue.mailbox));
    assert!(!town.mailed().contains(&carp.mailbox), "what waited for it is kept back");
    let case = town.loaded();
    assert!(!case.roles(carp.person).contains(&Role::Distributor));
    assert!(town.house.engine.view(town.case, Actor::Person(carp.person)).is_err());
    assert_eq!(case.acts_of(|kind| *kind == ActKind::NotifyDistributors).count(), sent);

    // No notice leaves while the list may still reach it.
    let plan = town.house.engine.compose(&case, &ActKind::NotifyDistributors, None).unwrap();
    let act = case::ActId(town.house.engine.draw());
    town.ada(&Command::Plan { act, plan: Box::new(plan) });
    let digest = town.loaded().acts[&act].digest;
    let approve = Command::Approve { act, digest };
    match town.house.act(town.case, town.house.ada, &approve) {
        Err(EngineError::Refused(refusal)) => {
            assert_eq!(refusal.rule, Rule::Membership);
            assert!(refusal.why.contains("Carp"), "{refusal}");
        }
        other => panic!("{other:?}"),
    }
    let note = "the list's page of members".to_owned();
    town.change(&Change::OffLists { member: carp.id, note });
    town.ada(&approve);
}

#[test]
fn only_the_team_keeps_the_roll_and_a_repeated_command_changes_nothing() {
    let town = Town::new();
    let (engine, project) = (&town.house.engine, town.house.project);
    let acme = &town.members[0];
    let strike = Change::Struck { member: acme.id, reason: "a leak".into() };
    let stranger =
        engine.add_person(&Contact { name: "Otto".into(), mailbox: None, login: None }).unwrap();
    let id = CommandId(engine.draw());
    let answer = engine.change_roll(project, stranger, &strike, id);
    assert!(matches!(answer, Err(EngineError::NotFound)), "{answer:?}");
    let answer = engine.change_roll(project, acme.person, &strike, id);
    assert!(matches!(answer, Err(EngineError::Refused(_))), "{answer:?}");
    engine.change_roll(project, town.house.ada, &strike, id).unwrap();
    engine.change_roll(project, town.house.ada, &strike, id).unwrap();
    assert!(matches!(town.try_change(&strike), Err(EngineError::Refused(_))));
    let way = Way::Told { note: "a call".into() };
    let terms = Digest::of(TERMS.as_bytes());
    let accepted = Change::Accepted { member: acme.id, person: acme.person, terms, way };
    assert!(matches!(town.try_change(&accepted), Err(EngineError::Refused(_))));
}
