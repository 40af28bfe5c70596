//! Mail that is encrypted or signed when it goes, and kept as it went.

use case::{
    ActId, Actor, CaseId, Command, CommandId, PersonId,
    act::{ActKind, ActState, Topic},
    event::{ActEvent, Decision, Triage},
    refusal::Rule,
    sealing::{Correspondent, Protection, Seal, Sealed},
};
use engine::{
    EngineError,
    ports::{Nature, PortError},
};
use jiff::SignedDuration;

use crate::{
    effects::{calls_of, state},
    house::House,
};

pub(crate) fn key() -> String {
    "A".repeat(40)
}

pub(crate) fn correspondent(
    house: &House,
    protection: Protection,
    key: Option<&str>,
) -> Correspondent {
    let key = key.map(|pasted| {
        let told = pasted.split(' ').next().unwrap();
        Box::new(house.engine.certificate(pasted, told).unwrap())
    });
    Correspondent { protection, key }
}

/// A house that writes from an address, and a reporter whose mail is protected like this.
fn reported(protection: Protection, key: Option<&str>) -> (House, CaseId, PersonId) {
    let house = House::new();
    let address = "security@example.org".parse().unwrap();
    house.engine.open_letterbox(house.project, house.ada, &address, CommandId([3; 16])).unwrap();
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let verdict = Decision::Triage { verdict: Triage::Accepted, reason: "it is one".into() };
    house.act(receipt.case, house.ada, &Command::Decide(Box::new(verdict))).unwrap();
    let correspondent = Box::new(correspondent(&house, protection, key));
    let person = receipt.reporter;
    let protect = Command::Protect { person, correspondent, replaces: None };
    house.act(receipt.case, house.ada, &protect).unwrap();
    (house, receipt.case, person)
}

/// Composes a message to the reporter, and plans it.
fn plan(house: &House, case: CaseId, person: PersonId) -> Result<(ActId, Option<Seal>), Rule> {
    let loaded = house.engine.view(case, Actor::House).unwrap().loaded.case;
    let kind = ActKind::TellReporter { person, topic: Topic::Verdict };
    let plan = house.engine.compose(&loaded, &kind, None).unwrap();
    let (act, seal) = (ActId(house.engine.draw()), plan.to[0].seal().cloned());
    match house.act(case, house.ada, &Command::Plan { act, plan: Box::new(plan) }) {
        Err(EngineError::Refused(refusal)) => Err(refusal.rule),
        other => other.map(|_| Ok((act, seal))).unwrap(),
    }
}

fn approve(house: &House, case: CaseId, act: ActId) {
    let digest = house.engine.view(case, Actor::House).unwrap().loaded.case.acts[&act].digest;
    house.act(case, house.ada, &Command::Approve { act, digest }).unwrap();
}

fn sealed(house: &House, case: CaseId, act: ActId) -> Option<Sealed> {
    house.engine.view(case, Actor::House).unwrap().loaded.case.acts[&act].sealed.clone()
}

#[test]
fn a_mail_is_sealed_when_it_goes_and_kept_as_it_went() {
    let (house, case, reporter) = reported(Protection::Required, Some(&format!("{} 30", key())));
    let (act, seal) = plan(&house, case, reporter).unwrap();
    assert_eq!(seal, Some(Seal::Encrypted { key: key() }));
    house.settle();
    assert!(house.script.lock().unwrap().seeds.is_empty(), "nobody approved it yet");
    approve(&house, case, act);
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    let mail = format!("{act}, [...] to {:?}", Some(key())).into_bytes();
    let sent = house.script.lock().unwrap().sent.last().cloned().unwrap();
    assert_eq!(sent.as_ref(), Some(&mail));
    let made = sealed(&house, case, act).unwrap();
    assert_eq!((made.keys, made.signer), (vec![key()], Some("F".repeat(40))));
    assert_eq!(house.engine.sealed_mail(case, house.ada, act).unwrap(), mail);
    let export = house.engine.export(case, Actor::Person(house.ada)).unwrap();
    let kept = export.files.iter().find(|(path, _)| path.ends_with("-sent.eml")).unwrap();
    assert_eq!(*kept.1, mail);
    assert!(matches!(
        house.engine.sealed_mail(case, PersonId([5; 16]), act),
        Err(EngineError::NotFound)
    ));
    // The acknowledgement went in the open, before anybody pinned a key.
    assert_eq!(house.script.lock().unwrap().sent.first(), Some(&None));
}

#[test]
fn what_leaves_is_in_the_journal_before_it_leaves() {
    let (house, case, reporter) = reported(Protection::Signed, None);
    let (act, seal) = plan(&house, case, reporter).unwrap();
    assert_eq!(seal, Some(Seal::Signed));
    approve(&house, case, act);
    house.script.lock().unwrap().nature = Nature::Blind;
    house.script.lock().unwrap().answers = vec![Err(PortError::Lost("timeout".into()))];
    house.settle();
    assert!(matches!(state(&house, case, act), ActState::Uncertain { .. }));
    let entries = house.engine.view(case, Actor::House).unwrap().loaded.entries;
    let told: Vec<&str> = entries
        .iter()
        .filter_map(|entry| match &entry.event {
            case::Event::Act(ActEvent::Started { act: of }) if *of == act => Some("started"),
            case::Event::Act(ActEvent::Sealed { act: of, .. }) if *of == act => Some("sealed"),
            case::Event::Act(ActEvent::Uncertain { act: of, .. }) if *of == act => Some("lost"),
            _ => None,
        })
        .collect();
    assert_eq!(told, ["started", "sealed", "lost"]);
}

#[test]
fn every_try_sends_the_same_bytes() {
    let (house, case, reporter) = reported(Protection::IfKey, Some(&format!("{} 30", key())));
    let (act, _) = plan(&house, case, reporter).unwrap();
    approve(&house, case, act);
    let before = house.calls();
    let not_now = || Err(PortError::NotNow("451 greylisted".into()));
    house.script.lock().unwrap().answers = vec![not_now(), not_now()];
    house.settle();
    house.pass(61);
    house.pass(121);
    assert!(matches!(state(&house, case, act), ActState::Done { .. }));
    let script = house.script.lock().unwrap();
    assert_eq!(script.seeds.len(), 1);
    let sent = &script.sent[before..];
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|mail| *mail == sent[0] && mail.is_some()));
}

#[test]
fn nothing_goes_in_the_open_that_was_to_be_encrypted() {
    let (house, case, reporter) = reported(Protection::Required, None);
    assert_eq!(plan(&house, case, reporter), Err(Rule::Protection));

    let (house, case, reporter) = reported(Protection::Required, Some(&format!("{} 30", key())));
    let (act, _) = plan(&house, case, reporter).unwrap();
    approve(&house, case, act);
    house.script.lock().unwrap().seals = Err("the key is strange".into());
    house.settle();
    let ActState::Failed { why, .. } = state(&house, case, act) else { panic!() };
    assert!(why.contains("the key is strange"), "{why}");
    assert_eq!(calls_of(&house, act), 0);
    assert_eq!(sealed(&house, case, act), None);
}

#[test]
fn a_key_that_runs_out_before_the_mail_goes_keeps_it_back() {
    let (house, case, reporter) = reported(Protection::Required, Some(&format!("{} 1", key())));
    let (act, _) = plan(&house, case, reporter).unwrap();
    house.hands.pass(SignedDuration::from_hours(25));
    let digest = house.engine.view(case, Actor::House).unwrap().loaded.case.acts[&act].digest;
    let refused = house.act(case, house.ada, &Command::Approve { act, digest }).unwrap_err();
    let EngineError::Refused(refusal) = refused else { panic!("{refused}") };
    assert_eq!(refusal.rule, Rule::Protection);
    assert!(refusal.why.contains("has expired"), "{}", refusal.why);
    house.settle();
    assert_eq!(calls_of(&house, act), 0);
}

#[test]
fn who_has_no_address_to_write_from_seals_nothing() {
    let (house, case, reporter) = reported(Protection::Required, Some(&format!("{} 30", key())));
    let address = "security@example.org".parse().unwrap();
    let command = CommandId([4; 16]);
    house.engine.close_letterbox(house.project, house.ada, &address, command).unwrap();
    let (act, _) = plan(&house, case, reporter).unwrap();
    approve(&house, case, act);
    house.settle();
    assert_eq!(house.script.lock().unwrap().sent.last(), Some(&None), "the port refuses that");
    assert_eq!(sealed(&house, case, act), None);
}

#[test]
fn a_pasted_certificate_has_the_fingerprint_that_was_told() {
    let house = House::new();
    let pasted = format!("{} 30", key());
    let spaced = "aaaa ".repeat(10);
    assert_eq!(house.engine.certificate(&pasted, &spaced).unwrap().fingerprint, key());
    for wrong in ["", &"A".repeat(39), &"B".repeat(40)] {
        let refused = house.engine.certificate(&pasted, wrong).unwrap_err().to_string();
        assert!(refused.contains(&key()), "{refused}");
    }
    assert!(house.engine.certificate("nothing", &key()).is_err());
}

#[test]
fn only_a_projects_own_lists_have_keys_and_only_its_team_pins_them() {
    let house = House::new();
    let wanted = correspondent(&house, Protection::Plain, None);
    let address = "list@example.org".parse().unwrap();
    let set = |by, number| {
        let command = CommandId([number; 16]);
        house.engine.protect_list(house.project, by, &address, &wanted, None, command)
    };
    assert!(matches!(set(house.ada, 5), Err(EngineError::Invalid(_))));
    assert!(matches!(set(PersonId([5; 16]), 6), Err(EngineError::NotFound)));
}
