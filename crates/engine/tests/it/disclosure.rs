//! A disclosure on its way to the instant: who stands behind it, what is looked at before, and what
//! goes out with it.

use std::collections::BTreeMap;

use advisory::Advisory;
use case::{
    ActId, Actor, Case, CaseId, Command, CommandId, DisclosureId, PersonId, VulnId,
    act::{ActKind, Payload},
    event::{Decision, Event, Origin, PeopleEvent, Triage},
    observation::{CveWord, Observation},
    state::{Disclosure, DisclosureState},
};
use engine::{compose, usual_acts};
use jiff::{SignedDuration, Timestamp};
use playbook::Playbook;

use crate::house::{House, START};

const VULN: VulnId = VulnId([4; 16]);
const PLAN: DisclosureId = DisclosureId([5; 16]);

/// A playbook in which a publication waits for the retrospective, as an easy thing to lack.
const BRIEF: &str = "format: 1
name: brief
title: Two people stand behind everything
release_mode: together
policy:
  approvals: { publish: 2, notice: 2, other: 1 }
  acknowledge_within: 3
  longest_embargo_days: 90
  objection_window: 24h
  credit_default: anonymous
  credit_window: 120h
  calendar: { zone: UTC, weekend: [] }
steps:
  - id: look-back
    title: Look back early
    role: release-manager
    gates: [publish]
    done:
      - is: retrospective.written
        missing: a retrospective
";

pub(crate) fn house() -> House {
    House::of(Playbook::parse(BRIEF).unwrap())
}

pub(crate) fn decide(house: &House, case: CaseId, decision: Decision) {
    house.act(case, house.ada, &Command::Decide(Box::new(decision))).unwrap();
}

fn now(house: &House, case: CaseId) -> Case {
    house.engine.view(case, Actor::House).unwrap().loaded.case
}

fn plan(house: &House, case: CaseId) -> Disclosure {
    now(house, case).disclosure.unwrap()
}

/// An accepted case whose disclosure is planned so many hours from now.
pub(crate) fn planned(house: &House, hours: i64) -> CaseId {
    let case = house.report(9, None).case;
    let reason = "it is one".to_owned();
    decide(house, case, Decision::Triage { verdict: Triage::Accepted, reason });
    let text = Advisory { title: Some("It crashes".into()), ..Advisory::default() };
    decide(house, case, Decision::Advisory(Box::new(text)));
    let kind = ActKind::PublishAdvisory;
    let publication = house.engine.compose(&now(house, case), &kind, Some(PLAN)).unwrap();
    let command = Command::PlanDisclosure {
        id: PLAN,
        instant: START + SignedDuration::from_hours(hours),
        zone: "UTC".into(),
        acts: vec![(ActId([6; 16]), publication)],
    };
    house.act(case, house.ada, &command).unwrap();
    case
}

pub(crate) fn arm(house: &House, case: CaseId) {
    let digest = plan(house, case).digest;
    for by in [house.ada, house.ben] {
        house.act(case, by, &Command::ApproveDisclosure { id: PLAN, digest }).unwrap();
    }
    house.act(case, house.ada, &Command::Arm { id: PLAN }).unwrap();
}

/// Times of the looks ahead so far, and what stood in the way.
fn looks(house: &House, case: CaseId) -> Vec<(Timestamp, Vec<String>)> {
    let entries = house.engine.view(case, Actor::House).unwrap().loaded.entries;
    let look = |entry: &case::Entry| match &entry.event {
        Event::Observed(seen) => match &**seen {
            Observation::Preflight { problems, .. } => Some((entry.recorded_at, problems.clone())),
            _ => None,
        },
        _ => None,
    };
    entries.iter().filter_map(look).collect()
}

fn until(house: &House, hours: i64) {
    for _ in 0..hours {
        house.pass(3_600);
    }
}

fn third(house: &House) -> PersonId {
    let contact = engine::Contact { name: "Cyd".into(), mailbox: None, login: None };
    let cyd = house.engine.add_person(&contact).unwrap();
    house.engine.join_team(house.project, house.ada, cyd, CommandId([7; 16])).unwrap();
    cyd
}

#[test]
fn a_leaver_who_is_only_on_the_team_holds_what_is_armed() {
    let house = house();
    let cyd = third(&house);
    let case = planned(&house, 48);
    arm(&house, case);
    let leave = |by, who, n| {
        house.engine.leave_team(house.project, by, who, "moved on", CommandId([n; 16])).unwrap();
    };
    leave(house.ada, house.ben, 21);
    let held = plan(&house, case);
    assert!(matches!(held.state, DisclosureState::Held { .. }));
    assert!(!held.approvals.contains_key(&house.ben));
    house.settle();

    let digest = held.digest;
    house.act(case, cyd, &Command::ApproveDisclosure { id: PLAN, digest }).unwrap();
    house.act(case, cyd, &Command::Resume { id: PLAN }).unwrap();
    assert_eq!(plan(&house, case).state, DisclosureState::Armed);
}

#[test]
fn what_a_leave_led_to_is_said_once() {
    let house = house();
    let case = planned(&house, 48);
    arm(&house, case);
    let (project, ada, ben) = (house.project, house.ada, house.ben);
    house.engine.leave_team(project, ada, ben, "moved on", CommandId([21; 16])).unwrap();
    // The job that concludes the leave after a crash finds nothing left to do.
    house.settle();
    let entries = house.engine.view(case, Actor::House).unwrap().loaded.entries;
    let removed = |entry: &&case::Entry| matches!(entry.event, Event::People(PeopleEvent::Removed { person, .. }) if person == ben);
    assert_eq!(entries.iter().filter(removed).count(), 1);
}

#[test]
fn a_disclosure_is_looked_at_a_day_and_an_hour_before() {
    let house = house();
    house.settle();
    let case = planned(&house, 48);
    arm(&house, case);
    until(&house, 23);
    assert_eq!(looks(&house, case), []);
    until(&house, 1);
    let unread = "what a stranger can see of example could not be read: not set up: no repository"
        .to_owned();
    let missing =
        vec!["the release managers: a retrospective (look-back)".to_owned(), unread.clone()];
    let first = (START + SignedDuration::from_hours(24), missing.clone());
    assert_eq!(looks(&house, case), std::slice::from_ref(&first));
    until(&house, 22);
    let (text, actions) = ("none".to_owned(), Vec::new());
    decide(&house, case, Decision::Retrospective { text, actions });
    until(&house, 1);
    let second = (START + SignedDuration::from_hours(47), vec![unread]);
    assert_eq!(looks(&house, case), [first, second]);
}

#[test]
fn what_is_armed_late_is_looked_at_right_away() {
    let house = house();
    house.settle();
    let case = planned(&house, 5);
    house.settle();
    assert_eq!(looks(&house, case), [], "it is still being approved");
    arm(&house, case);
    house.settle();
    assert_eq!(looks(&house, case).len(), 1);
    until(&house, 5);
    assert_eq!(looks(&house, case).len(), 2);
}

#[test]
fn the_look_says_what_people_must_do() {
    let house = house();
    house.settle();
    let case = planned(&house, 25);
    let digest = plan(&house, case).digest;
    house.act(case, house.ada, &Command::ApproveDisclosure { id: PLAN, digest }).unwrap();
    let text = Advisory { title: Some("It crashes badly".into()), ..Advisory::default() };
    decide(&house, case, Decision::Advisory(Box::new(text)));
    until(&house, 1);
    let [(_, problems)] = &looks(&house, case)[..] else { panic!("one look") };
    for words in ["it is not armed", "1 of 2 people", "the text changed", "a retrospective"] {
        assert!(problems.iter().any(|problem| problem.contains(words)), "{words}: {problems:?}");
    }
}

#[test]
fn an_upstreams_record_is_not_ours_to_publish() {
    for (origin, published) in
        [(Origin::Ours, true), (Origin::Upstream { project: "envoy".into() }, false)]
    {
        let house = house();
        let case = planned(&house, 48);
        let title = "a comma".to_owned();
        decide(&house, case, Decision::Vulnerability { id: VULN, title, origin });
        let word = CveWord::Assigned { id: "CVE-2026-12345".parse().unwrap() };
        let seen = Observation::Cve { vulnerability: VULN, word };
        house.act(case, house.ada, &Command::Observe(Box::new(seen))).unwrap();
        let acts = usual_acts(&now(&house, case));
        let record = ActKind::PublishCve { vulnerability: VULN };
        assert_eq!(acts.contains(&record), published);
    }
}

#[test]
fn a_follow_up_to_nothing_begins_a_thread_of_its_own() {
    let house = House::of(playbook::shipped("contour").unwrap());
    let mut case = now(&house, house.report(9, None).case);
    let playbook = playbook::shipped("contour").unwrap();
    let settings = playbook::Settings {
        project: "Contour".into(),
        repositories: vec!["contour".into()],
        lists: BTreeMap::new(),
    };
    case.policy = playbook.policy(&settings);
    let texts = engine::Texts::load(None).unwrap();
    let plan = compose(&texts, &case, &ActKind::FollowUp, None).unwrap();
    let Payload::Message { subject, .. } = plan.payload else { panic!("words") };
    assert!(!subject.starts_with("Re:"), "{subject}");
    assert!(subject.ends_with("#security"), "{subject}");
}
