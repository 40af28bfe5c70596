//! What was told counts until the house can read for itself.

use advisory::Advisory;
use case::{
    ActId, Actor, Attestation, Case, CaseId, Command, Subject,
    act::{ActKind, Proof},
    event::Decision,
    observation::{Draft, DraftState, Observation},
    refusal::Rule,
};
use engine::EngineError;

use crate::house::House;

fn draft() -> Draft {
    Draft {
        ghsa: "GHSA-2345-6789-cfgh".parse().unwrap(),
        url: "https://forge.example/1".into(),
        state: DraftState::Draft,
        patched: std::collections::BTreeMap::new(),
        credits: Vec::new(),
        vector: None,
        cwes: Vec::new(),
    }
}

fn attest() -> Command {
    let [name, place, note] = ["Ada", "https://forge.example/1", "I looked"].map(str::to_owned);
    Command::Attest(Box::new(Attestation { seen: Observation::Draft(draft()), name, place, note }))
}

fn case(house: &House, id: CaseId) -> Case {
    house.engine.view(id, Actor::House).unwrap().loaded.case
}

/// A draft that somebody made at the forge and wrote the proof of down.
fn made_by_hand(house: &House) -> CaseId {
    house.script.lock().unwrap().by_hand = true;
    let id = house.report(1, None).case;
    let title = Some("A title".into());
    let text = Advisory { title, details: Some("It is so.".into()), ..Advisory::default() };
    let decision = Decision::Advisory(Box::new(text));
    house.act(id, house.ada, &Command::Decide(Box::new(decision))).unwrap();
    let plan = house.engine.compose(&case(house, id), &ActKind::CreateDraft, None).unwrap();
    let (act, digest) = (ActId([9; 16]), plan.digest().unwrap());
    house.act(id, house.ada, &Command::Plan { act, plan: Box::new(plan) }).unwrap();
    house.act(id, house.ada, &Command::Approve { act, digest }).unwrap();
    house.settle();
    let proof = Proof { by: "the forge".into(), reference: "GHSA-2345-6789-cfgh".into() };
    house.act(id, house.ada, &Command::Resolve { act, proof }).unwrap();
    assert_eq!(case(house, id).acts[&act].done_by, Some(house.ada));
    id
}

#[test]
fn a_reading_takes_the_place_of_what_was_told_though_it_shows_the_same() {
    let house = House::new();
    let id = made_by_hand(&house);
    house.act(id, house.ada, &attest()).unwrap();
    house.pass(120);
    let told = case(&house, id);
    assert_eq!(told.told[&Subject::Draft].name, "Ada");
    assert_eq!(told.forge.draft, Some(draft()));

    // Somebody sets a connector up.
    let (mut script, seen) = (house.script.lock().unwrap(), draft());
    (script.by_hand, script.draft) = (false, Some(seen));
    drop(script);
    house.pass(120);
    let read = case(&house, id);
    assert!(read.told.is_empty());
    assert!(read.forge.draft_read_at > told.forge.draft_read_at);
    let refused = house.act(id, house.ada, &attest()).unwrap_err();
    assert!(matches!(refused, EngineError::Refused(no) if no.rule == Rule::NotPermitted));
    let head = read.head;
    house.pass(120);
    assert_eq!(case(&house, id).head, head, "it is read again, and is no news");
}
