//! A case goes on with its own playbook, whatever a later program ships.

use std::sync::Arc;

use case::{Actor, CaseId, Command, event::PlaybookPin};
use engine::{EngineError, HouseEvent, ProjectEvent};
use playbook::Playbook;
use store::{
    Append, Batch, Body, CommandId, Expected, KeyClass, Kind, MemoryStore, Scope, SeededEntropy,
    Seq, Store, StreamId,
};

use crate::house::House;

const TITLE: &str = "Decide what the report is";
const OTHER: &str = "Say what the report is";

fn old() -> Playbook {
    playbook::shipped("minimal").unwrap()
}

/// The same playbook as a later program ships it.
fn new() -> Playbook {
    Playbook::parse(&old().source().replace(TITLE, OTHER)).unwrap()
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(Kind::Live, Arc::new(SeededEntropy::new(7))))
}

fn title(house: &House, case: CaseId) -> String {
    let view = house.engine.view(case, Actor::Person(house.ada)).unwrap();
    view.checklist.item("verdict").unwrap().title.clone()
}

fn triage() -> Command {
    Command::Decide(Box::new(case::event::Decision::Triage {
        verdict: case::event::Triage::Accepted,
        reason: "it is one".into(),
    }))
}

#[test]
fn an_old_case_goes_on_with_its_text_and_a_new_one_takes_what_is_shipped() {
    let store = store();
    let house = House::on(Arc::clone(&store), old());
    let first = house.report(1, None).case;
    let later = house.shipping(Arc::clone(&store), &new());
    assert_eq!(title(&later, first), TITLE);
    later.act(first, later.ada, &triage()).unwrap();
    let second = later.report(2, None).case;
    assert_eq!(title(&later, second), OTHER);
    assert_eq!(title(&later, first), TITLE);

    // The project's journal says so, and its rules are what they were.
    let project = later.engine.project(later.project).unwrap();
    assert_eq!(project.playbook, new().pin());
    assert_eq!(project.policy, house.engine.project(house.project).unwrap().policy);
    let stream = StreamId::new(format!("project/{}", later.project)).unwrap();
    let ruled = store.read(&Scope::house("test"), &stream, Seq::FIRST).unwrap();
    let ruled = ruled.iter().filter(|recorded| {
        let entry: serde_json::Value =
            serde_json::from_slice(recorded.payload.as_bytes().unwrap()).unwrap();
        let event: ProjectEvent = serde_json::from_value(entry["event"].clone()).unwrap();
        matches!(event, ProjectEvent::Ruled { .. })
    });
    assert_eq!(ruled.count(), 1);
    later.report(3, None);
    assert_eq!(later.engine.project(later.project).unwrap().head, project.head);
}

#[test]
fn a_text_is_kept_once_and_before_what_needs_it() {
    let store = store();
    let house = House::on(Arc::clone(&store), old());
    house.report(1, None);
    house.again(Arc::clone(&store)).report(2, None);
    let kept = house.engine.house_events().unwrap();
    assert!(matches!(&kept[..], [(_, HouseEvent::Kept { playbook, .. })]
            if *playbook == old().pin()));
}

#[test]
fn without_its_text_a_case_names_the_digest_that_is_wanted() {
    let store = store();
    let house = House::on(Arc::clone(&store), old());
    let pin = PlaybookPin { digest: new().digest(), ..old().pin() };
    let error = house.engine.playbook(&pin).unwrap_err();
    assert!(matches!(error, EngineError::NoPlaybook(_)));
    assert!(error.to_string().contains(&pin.digest.to_string()), "{error}");
}

#[test]
fn a_kept_text_with_another_digest_is_not_used() {
    let store = store();
    let house = House::on(Arc::clone(&store), old());
    let (scope, stream) = (Scope::house("test"), StreamId::house());
    let text = Body::from(old().source());
    let blob = store.put_blob(&scope, &stream, KeyClass::Content, &text).unwrap();
    let event = HouseEvent::Kept { playbook: new().pin(), text: blob.to_string() };
    let entry = serde_json::json!({"v": 1, "recorded_at": "2026-01-01T00:00:00Z", "event": event});
    let entries = vec![store::Entry::content(entry.to_string().into_bytes())];
    let append = Append::new(stream, Expected::Any, CommandId([9; 16]), entries);
    store.commit(&scope, Batch { appends: vec![append], ..Batch::default() }).unwrap();
    let error = house.engine.playbook(&new().pin()).unwrap_err();
    assert!(matches!(error, EngineError::Unreadable { .. }));
    assert!(error.to_string().contains("another digest"), "{error}");
}
