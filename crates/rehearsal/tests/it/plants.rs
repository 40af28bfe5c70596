//! Each planted bug makes the auditor name its law and the record that shows it; a clean run, which
//! the stories play, shows nothing.

use rehearsal::{
    Options, Played,
    audit::{Law, Place},
    plant::Plant,
    play,
};

fn with(plant: Plant) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { plant: Some(plant), ..Options::new("contour", 1) };
    play(&options, folder.path(), None).unwrap()
}

/// The bug is found under this law, and every finding points at a record.
fn found(plant: Plant, law: Law, words: &str) {
    let played = with(plant);
    let violations = &played.audit.violations;
    assert!(
        violations.iter().any(|v| v.law == law && v.what.contains(words)),
        "{plant:?} was not found: {violations:#?}\n{:?}\n{}",
        played.ending,
        played.timeline
    );
    assert!(violations.iter().all(|v| v.at != Place::Journal));
}

#[test]
fn a_bug_is_known_by_its_name() {
    for plant in Plant::ALL {
        assert_eq!(Plant::named(plant.name()), Some(plant));
    }
    assert_eq!(Plant::named("none"), None);
}

#[test]
fn publishing_a_second_early_is_found() {
    found(Plant::PublishEarly, Law::NothingEarly, "1s before");
}

#[test]
fn sending_twice_is_found() {
    found(Plant::SendTwice, Law::NothingTwice, "the same words");
}

#[test]
fn a_wrong_recipient_is_found() {
    found(Plant::WrongRecipient, Law::WrongPeople, "nobody approved that address");
}

#[test]
fn a_lost_report_is_found() {
    found(Plant::LoseReport, Law::NothingLost, "the journal does not have the report");
}

#[test]
fn a_skipped_gate_is_found() {
    found(Plant::SkipGate, Law::ByMemory, "no release of signpost#1.15");
}

#[test]
fn approving_alone_is_found() {
    found(Plant::ApproveAlone, Law::Unconfirmed, "knows nothing of");
}
