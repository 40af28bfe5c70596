//! What everybody can read of what a case has published, looked at again and again.

use advisory::{Advisory, Withhold, ghsa};
use case::{
    CaseId, Command, Event, PublicRecord, PublishedCopy, event::Decision, observation::Observation,
};
use engine::ports::PortError;

use crate::{
    house::House,
    published::{arm, house, now, until, written},
};

const GHSA: &str = "GHSA-5ph6-qq5x-7jwc";
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// A case that is public since the last hour.
fn published(house: &House) -> CaseId {
    let case = written(house, 9, Some(GHSA));
    show(house, &house.engine.compose(&now(house, case), &KIND, None).unwrap());
    arm(house, case, 1);
    until(house, 1);
    house.pass(MINUTE);
    assert!(now(house, case).public_records().eq([PublicRecord::Advisory]));
    case
}

const KIND: case::act::ActKind = case::act::ActKind::PublishAdvisory;

/// The forge shows the advisory of a plan.
fn show(house: &House, plan: &case::act::Plan) {
    let advisory = match &plan.payload {
        case::act::Payload::Advisory(advisory) => Some(advisory),
        _ => None,
    };
    show_text(house, Ok(Some(document(advisory.unwrap()))));
}

fn show_text(house: &House, text: Result<Option<String>, PortError>) {
    house.script.lock().unwrap().advisory = text;
}

fn document(advisory: &Advisory) -> String {
    let body = ghsa::update(advisory, Withhold::default(), advisory::Stage::Planned).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(body.as_bytes()).unwrap();
    value["ghsa_id"] = GHSA.into();
    value.to_string()
}

/// The forge shows the published advisory, changed.
fn edit(house: &House, case: CaseId, change: fn(&mut Advisory)) {
    let mut plan = house.engine.compose(&now(house, case), &KIND, None).unwrap();
    if let case::act::Payload::Advisory(advisory) = &mut plan.payload {
        change(advisory);
    }
    show(house, &plan);
}

fn looks(house: &House, case: CaseId) -> Vec<PublishedCopy> {
    let entries = house.engine.view(case, case::Actor::House).unwrap().loaded.entries;
    let seen = entries.into_iter().filter_map(|entry| match entry.event {
        Event::Observed(seen) => Some(*seen),
        _ => None,
    });
    let copy = |seen| if let Observation::Copy(copy) = seen { Some(copy) } else { None };
    seen.filter_map(copy).collect()
}

fn last(house: &House, case: CaseId) -> PublishedCopy {
    looks(house, case).pop().unwrap()
}

#[test]
fn a_copy_is_looked_at_soon_then_hourly_then_daily() {
    let house = house();
    let case = published(&house);
    house.pass(8 * MINUTE);
    assert_eq!(looks(&house, case), [], "it may still be on its way");
    house.pass(2 * MINUTE);
    assert!(last(&house, case).agrees(), "{:?}", last(&house, case));
    until(&house, 3);
    assert_eq!(looks(&house, case).len(), 1, "nothing new");
    edit(&house, case, |advisory| advisory.workarounds = Some("None is known.".into()));
    house.pass(HOUR);
    let [words] = &last(&house, case).differences[..] else { panic!("{:?}", last(&house, case)) };
    assert!(words.starts_with("workarounds: "), "{words}");
    assert!(words.contains("None is known."), "{words}");
    until(&house, 30);
    edit(&house, case, |_| {});
    until(&house, 10);
    assert_eq!(looks(&house, case).len(), 2, "a day is not over yet");
    until(&house, 10);
    assert!(last(&house, case).agrees());
}

#[test]
fn what_is_gone_or_unreadable_is_a_difference_and_what_cannot_be_asked_is_asked_again() {
    let house = house();
    let case = published(&house);
    show_text(&house, Err(PortError::Unreached("503".into())));
    house.pass(11 * MINUTE);
    assert_eq!(looks(&house, case), []);
    show_text(&house, Ok(None));
    house.pass(2 * MINUTE);
    assert_eq!(looks(&house, case), [], "never shown yet: it is on its way");
    show_text(&house, Ok(Some("<html>".into())));
    house.pass(HOUR);
    assert!(last(&house, case).differences[0].starts_with("it cannot be read: "));
    show_text(&house, Ok(None));
    house.pass(HOUR);
    assert_eq!(last(&house, case).differences, ["nobody can read it there any more"]);
    assert_eq!(looks(&house, case).len(), 2);
}

#[test]
fn a_closed_case_is_looked_after_and_a_withdrawn_one_speaks_for_nothing() {
    let house = house();
    let case = published(&house);
    house.pass(10 * MINUTE);
    let reason = || "all is out".to_owned();
    house.act(case, house.ada, &Command::Close { reason: reason() }).unwrap();
    edit(&house, case, |advisory| advisory.title = Some("It hardly crashes".into()));
    house.pass(HOUR);
    assert!(last(&house, case).differences[0].starts_with("title: "));
    let digest = last(&house, case).digest;
    let accept = Decision::AcceptCopy { record: PublicRecord::Advisory, digest, reason: reason() };
    let accept = Command::Decide(Box::new(accept));
    assert!(house.act(case, house.ada, &accept).is_err(), "the case is closed");
    house.act(case, house.ada, &Command::Reopen { reason: reason() }).unwrap();
    house.act(case, house.ada, &accept).unwrap();
    assert!(!now(&house, case).copies[&PublicRecord::Advisory].open());
    house.act(case, house.ada, &Command::Withdraw { reason: reason() }).unwrap();
    edit(&house, case, |advisory| advisory.title = Some("It does not crash".into()));
    until(&house, 30);
    assert_eq!(looks(&house, case).len(), 2);
}

#[test]
fn nobody_is_asked_where_there_is_no_connector() {
    let house = house();
    let case = published(&house);
    show_text(&house, Err(PortError::Absent("by hand".into())));
    until(&house, 3);
    assert_eq!(looks(&house, case), []);
    edit(&house, case, |_| {});
    until(&house, 2);
    assert!(last(&house, case).agrees(), "once there is one");
}
