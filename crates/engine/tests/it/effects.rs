//! What becomes of an act when its party answers, refuses, is silent, or dies in between.

use case::{
    ActId, Actor, Case, CaseId, Command,
    act::{ActKind, ActState, Proof, Topic},
    event::{Decision, Triage},
    refusal::Rule,
};
use engine::{
    compose,
    ports::{Found, Nature, PortError},
};

use crate::house::House;

/// A message to the reporter, approved and due.
pub(crate) fn message(house: &House) -> (CaseId, ActId) {
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    house.act(receipt.case, house.ada, &Command::Decide(Box::new(verdict))).unwrap();
    let view = house.engine.view(receipt.case, Actor::House).unwrap();
    let kind = ActKind::TellReporter { person: receipt.reporter, topic: Topic::Verdict };
    let texts = engine::Texts::load(None).unwrap();
    let plan = compose(&texts, &view.loaded.case, &kind, None).unwrap();
    let act = ActId(house.engine.draw());
    let digest = plan.digest().unwrap();
    house.act(receipt.case, house.ada, &Command::Plan { act, plan: Box::new(plan) }).unwrap();
    house.act(receipt.case, house.ada, &Command::Approve { act, digest }).unwrap();
    (receipt.case, act)
}

pub(crate) fn state(house: &House, case: CaseId, act: ActId) -> ActState {
    house.engine.view(case, Actor::House).unwrap().loaded.case.acts[&act].state.clone()
}

pub(crate) fn calls_of(house: &House, act: ActId) -> usize {
    house.script.lock().unwrap().calls.iter().filter(|(id, _)| *id == act).count()
}

#[test]
fn an_answer_becomes_a_receipt() {
    let house = House::new();
    let (case, act) = message(&house);
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    assert_eq!(calls_of(&house, act), 1);
}

#[test]
fn what_keeps_an_approved_act_from_going_is_said() {
    let house = House::new();
    let (case, act) = message(&house);
    let view = || house.engine.view(case, Actor::House).unwrap();
    assert!(view().waits.is_empty());
    let Case { mut policy, playbook, .. } = view().loaded.case;
    policy.approvals.other = 3;
    let policy = Box::new(policy);
    let rules = Decision::Rules { playbook, policy, reason: "three of us".into() };
    house.act(case, house.ada, &Command::Decide(Box::new(rules))).unwrap();
    let waits = view().waits;
    assert_eq!(waits.keys().collect::<Vec<_>>(), [&act]);
    assert_eq!(waits[&act].rule, Rule::ApprovalsShort);
    house.settle();
    assert_eq!(calls_of(&house, act), 0);
}

#[test]
fn a_no_is_a_failure_that_a_person_may_retry() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers = vec![Err(PortError::Refused("full".into()))];
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Failed { .. }));
    house.pass(3_600);
    assert_eq!(calls_of(&house, act), 1, "nobody asked for another try");
    let retry = Command::Retry { act, reason: "there is room now".into() };
    house.act(case, house.ben, &retry).unwrap();
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
}

#[test]
fn a_lost_answer_is_looked_up_and_not_repeated_when_it_arrived() {
    let house = House::new();
    let (case, act) = message(&house);
    let proof = Proof { by: "archive".into(), reference: "post 7".into() };
    {
        let mut script = house.script.lock().unwrap();
        script.answers = vec![Err(PortError::Lost("timeout".into()))];
        script.found = Found::Present(proof.clone());
    }
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Started { .. }));
    house.pass(31);
    assert!(matches!(state(&house, case, act), ActState::Done { proof: p, .. } if p == proof));
    assert_eq!(calls_of(&house, act), 1);
}

#[test]
fn a_lost_call_that_provably_never_arrived_is_completed() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers = vec![Err(PortError::Lost("timeout".into()))];
    house.settle();
    house.pass(31);
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    assert_eq!(calls_of(&house, act), 2);
}

#[test]
fn what_stays_unclear_becomes_a_persons_business() {
    let house = House::new();
    let (case, act) = message(&house);
    {
        let mut script = house.script.lock().unwrap();
        script.answers = vec![Err(PortError::Lost("timeout".into()))];
        script.found = Found::Unclear;
    }
    house.settle();
    for _ in 0..61 {
        house.pass(60);
    }
    assert!(matches!(state(&house, case, act), ActState::Uncertain { .. }));
    assert_eq!(calls_of(&house, act), 1);
}

#[test]
fn a_blind_call_with_a_lost_answer_is_never_repeated() {
    let house = House::new();
    let (case, act) = message(&house);
    {
        let mut script = house.script.lock().unwrap();
        script.nature = Nature::Blind;
        script.answers = vec![Err(PortError::Lost("timeout".into()))];
    }
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Uncertain { .. }));
    house.pass(7_200);
    assert_eq!(calls_of(&house, act), 1);
    let proof = Proof { by: "phone".into(), reference: "she has it".into() };
    house.act(case, house.ada, &Command::Resolve { act, proof }).unwrap();
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
}

#[test]
fn without_a_connector_a_person_does_it_and_records_the_receipt() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers = vec![Err(PortError::Absent("by hand".into()))];
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Uncertain { .. }));
    let proof = Proof { by: "Ada".into(), reference: "sent it myself".into() };
    house.act(case, house.ada, &Command::Resolve { act, proof }).unwrap();
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
}

#[test]
fn an_unreached_party_is_tried_again() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers =
        vec![Err(PortError::Unreached("down".into())), Err(PortError::Unreached("down".into()))];
    house.settle();
    house.pass(6);
    house.pass(6);
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    assert_eq!(calls_of(&house, act), 3);
}

#[test]
fn what_cannot_be_taken_now_is_tried_again_after_longer_and_longer() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().nature = Nature::Blind;
    let not_now = || Err(PortError::NotNow("451 greylisted".into()));
    house.script.lock().unwrap().answers = vec![not_now(), not_now()];
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Approved { .. }));
    let view = house.engine.view(case, Actor::House).unwrap();
    let put_off = view.loaded.case.acts[&act].put_off.clone().unwrap();
    assert_eq!(put_off.why, "not now: 451 greylisted");
    assert_eq!(put_off.until, view.now + jiff::SignedDuration::from_mins(1));
    house.pass(59);
    assert_eq!(calls_of(&house, act), 1);
    house.pass(2);
    assert_eq!(calls_of(&house, act), 2);
    house.pass(119);
    assert_eq!(calls_of(&house, act), 2);
    house.pass(2);
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    assert_eq!(calls_of(&house, act), 3);
}

#[test]
fn what_is_never_taken_goes_to_a_person_in_the_end() {
    let house = House::new();
    let (case, act) = message(&house);
    house.script.lock().unwrap().answers =
        (0..99).map(|_| Err(PortError::NotNow("451 no".into()))).collect();
    for _ in 0..5 * 60 {
        house.pass(60);
    }
    let ActState::Failed { why, .. } = state(&house, case, act) else {
        panic!("{:?}", state(&house, case, act))
    };
    assert_eq!(why, "not now: 451 no; it was tried 13 times");
    assert_eq!(calls_of(&house, act), 13);
    house.script.lock().unwrap().answers.truncate(1);
    let retry = Command::Retry { act, reason: "the server is mended".into() };
    house.act(case, house.ben, &retry).unwrap();
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Approved { .. }), "and so on");
    house.pass(61);
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
}

#[test]
fn one_approval_too_few_sends_nothing() {
    let house = House::new();
    let (case, act) = message(&house);
    house
        .engine
        .leave_team(house.project, house.ben, house.ada, "moved on", case::CommandId([6; 16]))
        .unwrap();
    house.pass(60);
    assert_eq!(calls_of(&house, act), 0, "the only one who approved has left");
    assert!(!matches!(state(&house, case, act), ActState::Done { .. }));
}

#[test]
fn a_repeated_command_changes_nothing() {
    let house = House::new();
    let receipt = house.report(9, None);
    let id = case::CommandId([8; 16]);
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    let command = Command::Decide(Box::new(verdict));
    let actor = Actor::Person(house.ada);
    let first = house.engine.execute(receipt.case, actor, id, &command, "test").unwrap();
    let again = house.engine.execute(receipt.case, actor, id, &command, "test").unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!((first.head, first.events), (again.head, again.events));
}
