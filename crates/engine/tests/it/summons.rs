//! Whom the house calls, for what, how often, and with how few words.

use advisory::Digest;
use case::{
    Actor, CaseId, Command, CommandId,
    act::{ActKind, ActState, Topic},
    event::{Decision, Triage},
    observation::{Delivery, Observation},
    sealing::{Correspondent, Protection},
    sighting::{Sighting, Spot},
};
use engine::{Contact, Round, SummonsWish, ports::PortError};

use crate::{
    effects::{message, state},
    house::House,
};

const PAGES: &str = "https://fermata.example.org";

/// A house that can write to the two of its team.
fn house() -> House {
    let house = House::new();
    let address = "security@example.org".parse().unwrap();
    house.engine.open_letterbox(house.project, house.ada, &address, CommandId([3; 16])).unwrap();
    for (person, name) in [(house.ada, "ada"), (house.ben, "ben")] {
        let mailbox = Some(format!("{name}@example.org").parse().unwrap());
        let contact = Contact { name: name.into(), mailbox, login: None };
        house.engine.change_contact(person, &contact).unwrap();
    }
    house
}

/// Who is called after so many minutes, and with which words.
fn called_after(house: &House, minutes: i64) -> Vec<(String, String)> {
    house.pass(minutes * 60);
    house.engine.summon_teams(PAGES).unwrap();
    let mut called = std::mem::take(&mut house.script.lock().unwrap().called);
    called.sort();
    called.into_iter().map(|(to, _, text)| (to, text)).collect()
}

fn names(called: &[(String, String)]) -> Vec<&str> {
    called.iter().map(|(to, _)| to.split('@').next().unwrap()).collect()
}

fn accept(house: &House, case: CaseId) {
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    house.act(case, house.ada, &Command::Decide(Box::new(verdict))).unwrap();
}

#[test]
fn a_report_calls_everybody_once_and_nothing_of_it_is_in_the_mail() {
    let house = house();
    let receipt = house.report(9, Some("rita@finders.example"));
    assert_eq!(called_after(&house, 1), [], "it may be somebody of the team who enters it");
    let called = called_after(&house, 2);
    assert_eq!(names(&called), ["ada", "ben"]);
    let view = house.engine.view(receipt.case, Actor::House).unwrap();
    let (_, text) = &called[0];
    let codename = view.loaded.case.codename.to_string();
    let link = format!("{PAGES}/case/{}", receipt.case);
    assert!(text.contains(&codename) && text.contains(&link), "{text}");
    assert!(text.contains("- A report came in."), "{text}");
    for secret in ["Rita", "rita", "finders", "crashes", "comma"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(called_after(&house, 60), []);
}

#[test]
fn who_stands_behind_an_act_already_is_not_asked_for_it() {
    let house = house();
    let receipt = house.report(9, Some("rita@example.org"));
    accept(&house, receipt.case);
    called_after(&house, 60);
    let loaded = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
    let kind = ActKind::TellReporter { person: receipt.reporter, topic: Topic::Verdict };
    let plan = Box::new(house.engine.compose(&loaded, &kind, None).unwrap());
    let act = case::ActId(house.engine.draw());
    house.act(receipt.case, house.ada, &Command::Plan { act, plan }).unwrap();
    let called = called_after(&house, 3);
    assert_eq!(names(&called), ["ben"]);
    assert!(called[0].1.contains("It waits for approvals"), "{}", called[0].1);
}

#[test]
fn what_waits_is_called_for_again_when_it_comes_again_and_not_while_it_stays() {
    let house = house();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers = vec![Err(PortError::Refused("no such user".into()))];
    called_after(&house, 5);
    assert!(matches!(state(&house, case, act), ActState::Failed { .. }));
    assert_eq!(names(&called_after(&house, 20)), ["ada", "ben"]);
    assert_eq!(called_after(&house, 20), []);
    house.script.lock().unwrap().answers = vec![Err(PortError::Refused("no such user".into()))];
    let retry = Command::Retry { act, reason: "once more".into() };
    house.act(case, house.ada, &retry).unwrap();
    called_after(&house, 1);
    let again = called_after(&house, 20);
    assert_eq!(names(&again), ["ada", "ben"]);
    assert!(again[0].1.contains("Failed: "), "{}", again[0].1);
    assert!(!again[0].1.contains("no such user"), "{}", again[0].1);
}

#[test]
fn calls_to_one_person_are_some_minutes_apart_unless_something_is_urgent() {
    let house = house();
    let first = house.report(9, Some("rita@example.org"));
    assert_eq!(names(&called_after(&house, 3)), ["ada", "ben"]);
    house.report(10, Some("rob@example.org"));
    assert_eq!(called_after(&house, 5), [], "one mail for both would have done");
    assert_eq!(names(&called_after(&house, 11)), ["ada", "ben"]);
    let view = house.engine.view(first.case, Actor::House).unwrap();
    let act = *view.loaded.case.acts.keys().next().unwrap();
    let outcome = Delivery::Bounced { hard: true, why: "550 <rita@example.org>".into() };
    let came_back = Observation::Delivery { act, person: first.reporter, outcome };
    let (id, seen) = (CommandId(house.engine.draw()), Command::Observe(Box::new(came_back)));
    house.engine.execute(first.case, Actor::House, id, &seen, "test").unwrap();
    let called = called_after(&house, 0);
    assert_eq!(names(&called), ["ada", "ben"]);
    assert!(!called[0].1.contains("rita"), "{}", called[0].1);
}

#[test]
fn a_server_that_is_away_loses_no_call_and_one_that_refuses_is_not_asked_again() {
    let house = house();
    house.report(9, None);
    house.script.lock().unwrap().unreached = Some(PortError::NotNow("it greylists".into()));
    house.pass(180);
    let round = Round { sent: 0, failed: 2 };
    assert_eq!(house.engine.summon_teams(PAGES).unwrap(), round);
    let ada = || house.engine.summoned(house.project, house.ada).unwrap();
    assert_eq!(ada().failed.as_deref(), Some("not now: it greylists"));
    house.script.lock().unwrap().unreached = Some(PortError::Refused("no such user".into()));
    assert_eq!(house.engine.summon_teams(PAGES).unwrap(), round, "tried again at once");
    house.script.lock().unwrap().unreached = None;
    assert_eq!(house.engine.summon_teams(PAGES).unwrap(), Round::default());
    assert_eq!(ada().failed.as_deref(), Some("refused: no such user"));
    house.report(10, None);
    house.pass(3600);
    assert_eq!(house.engine.summon_teams(PAGES).unwrap(), Round { sent: 2, failed: 0 });
    assert_eq!(ada().failed, None);
}

#[test]
fn who_wants_no_calls_who_left_and_who_was_removed_get_none() {
    let house = house();
    let none = SummonsWish { silent: true, mailbox: None };
    house.engine.wish_summons(house.project, house.ben, &none).unwrap();
    let receipt = house.report(9, Some("rita@example.org"));
    assert_eq!(names(&called_after(&house, 3)), ["ada"]);
    house.engine.wish_summons(house.project, house.ben, &SummonsWish::default()).unwrap();
    let remove = Command::Remove { person: house.ben, reason: "a conflict of interest".into() };
    house.act(receipt.case, house.ada, &remove).unwrap();
    assert_eq!(called_after(&house, 60), [], "nothing of a case that he may not see");
    house.report(10, None);
    let (project, command) = (house.project, CommandId([8; 16]));
    house.engine.leave_team(project, house.ada, house.ben, "moved on", command).unwrap();
    assert_eq!(names(&called_after(&house, 60)), ["ada"]);
    assert!(house.engine.wish_summons(project, house.ben, &none).is_err());
    let elsewhere =
        SummonsWish { silent: false, mailbox: Some("pager@example.net".parse().unwrap()) };
    house.engine.wish_summons(project, house.ada, &elsewhere).unwrap();
    house.report(11, None);
    assert_eq!(names(&called_after(&house, 60)), ["pager"]);
}

#[test]
fn a_key_that_runs_out_is_called_for_at_14_7_1_and_0_days() {
    let house = house();
    let pasted = format!("{} 20", "A".repeat(40));
    let key = house.engine.certificate(&pasted, &"A".repeat(40)).unwrap();
    let correspondent =
        Box::new(Correspondent { protection: Protection::Required, key: Some(Box::new(key)) });
    let receipt = house.report(9, Some("rita@example.org"));
    let protect = Command::Protect { person: receipt.reporter, correspondent, replaces: None };
    house.act(receipt.case, house.ada, &protect).unwrap();
    let mut told = Vec::new();
    for day in 1..=22 {
        let called = called_after(&house, 24 * 60);
        if called.iter().any(|(_, text)| text.contains("The key of somebody")) {
            told.push(day);
        }
        assert!(called.iter().all(|(_, text)| !text.contains("AAAA")));
    }
    assert_eq!(told, [6, 13, 19, 20]);
}

#[test]
fn what_is_due_is_called_for_a_day_before_and_when_it_is_overdue() {
    let house = house();
    house.script.lock().unwrap().by_hand = true;
    house.report(9, Some("rita@example.org"));
    let mut words = Vec::new();
    for _ in 0..24 * 10 {
        for (to, text) in called_after(&house, 60) {
            let due = text.lines().filter(|line| to.starts_with("ada") && line.contains("ue"));
            words.extend(due.filter(|line| line.starts_with("- ")).map(ToOwned::to_owned));
        }
    }
    let of = |start: &str| words.iter().filter(|line| line.starts_with(start)).count();
    assert!(of("- Due within a day: ") > 0 && of("- Overdue: ") > 0, "{words:?}");
    let mut once = words.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), words.len(), "{words:?}");
}

#[test]
fn a_house_that_cannot_write_calls_nobody() {
    let house = House::new();
    house.report(9, Some("rita@example.org"));
    assert_eq!(called_after(&house, 60), [], "the project has no address");
}

#[test]
fn a_mailbox_that_cannot_be_read_and_a_lists_key_are_the_projects() {
    let house = house();
    house.engine.mailbox_stands("mail.example.org", "INBOX", Some("it hangs up"));
    let called = called_after(&house, 3);
    assert_eq!(names(&called), ["ada", "ben"]);
    let (_, text) = &called[0];
    let link = format!("{PAGES}/project/{}", house.project);
    assert!(text.contains("cannot be read") && text.contains(&link), "{text}");
    assert!(!text.contains("hangs up"), "{text}");
    house.engine.mailbox_stands("mail.example.org", "INBOX", None);
    assert_eq!(called_after(&house, 60), []);
    house.engine.mailbox_stands("mail.example.org", "INBOX", Some("it hangs up"));
    assert_eq!(names(&called_after(&house, 3)), ["ada", "ben"], "it came again");
}

#[test]
fn words_in_public_call_at_once_and_until_somebody_says_what_they_are() {
    let house = house();
    let receipt = house.report(9, Some("rita@example.org"));
    accept(&house, receipt.case);
    called_after(&house, 60);
    let sighting = Sighting {
        thing: Digest::of(b"a commit"),
        spot: Spot::Repository,
        place: "example: commit 0a1b".into(),
        rules: ["codename".to_owned()].into(),
        evidence: None,
    };
    let (id, seen) = (CommandId(house.engine.draw()), Observation::Sighted(sighting));
    let seen = Command::Observe(Box::new(seen));
    house.engine.execute(receipt.case, Actor::House, id, &seen, "test").unwrap();
    let called = called_after(&house, 0);
    assert_eq!(names(&called), ["ada", "ben"]);
    let (_, text) = &called[0];
    assert!(text.contains("Words of the case stand in public."), "{text}");
    assert!(!text.contains("0a1b"), "{text}");
}

#[test]
fn a_case_that_is_over_calls_nobody() {
    let house = house();
    let receipt = house.report(9, Some("rita@example.org"));
    let withdraw = Command::Withdraw { reason: "spam".into() };
    house.act(receipt.case, house.ada, &withdraw).unwrap();
    assert_eq!(called_after(&house, 60), []);
}
