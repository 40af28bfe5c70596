//! Each planted bug makes the auditor name its law and the record that shows it; a clean run, which
//! the stories play, shows nothing.

use std::{ops::RangeInclusive, sync::Arc};

use case::{Event, StepId, event::Decision};
use rehearsal::{
    Options, Played,
    audit::{Books, Law, Place, Truth, audit},
    plant::Plant,
    play,
    world::{faults::Fault, record},
};
use store::{Kind, MemoryStore, SeededEntropy};

fn with(plant: Plant, seed: u64, faults: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { plant: Some(plant), faults, ..Options::new("contour", seed) };
    play(&options, folder.path(), None, crate::SENDING).unwrap()
}

/// A person waits for two seeds, a machine for five; see `stories`.
fn seeds() -> RangeInclusive<u64> {
    let asked = std::env::var("FERMATA_SEEDS").ok().map(|seeds| seeds.parse().unwrap());
    1..=asked.unwrap_or(2).min(5)
}

/// The bug is found under this law, and every finding points at a record; with parties that
/// misbehave, too.
fn found(plant: Plant, law: Law, words: &str) {
    for (seed, faults) in seeds().flat_map(|seed| [(seed, false), (seed, true)]) {
        let played = with(plant, seed, faults);
        let violations = &played.audit.violations;
        assert!(
            violations.iter().any(|v| v.law == law && v.what.contains(words)),
            "{plant:?} was not found, seed {seed}, faults {faults}: {violations:#?}\n{:?}\n{}",
            played.ending,
            played.timeline
        );
        assert!(violations.iter().all(|v| v.at != Place::Journal));
    }
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
    found(Plant::PublishEarly, Law::NothingEarly, "1s ");
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
fn a_recipient_more_is_found() {
    found(Plant::SecretCopy, Law::WrongPeople, "nobody approved that address");
}

#[test]
fn other_words_are_found() {
    found(Plant::OtherWords, Law::NoTrace, "it is not what the journal planned");
}

/// Only an answer that is lost after the mail was taken makes the second one.
#[test]
fn sending_again_is_found() {
    let all = (1..=6).map(|seed| with(Plant::SendAgain, seed, true).audit.violations);
    let found: Vec<_> = all.flatten().filter(|v| v.law == Law::NothingTwice).collect();
    assert!(found.iter().any(|v| v.what.starts_with("a mail was sent twice")), "{found:#?}");
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

/// Somebody edits most copies where parties misbehave; a connector that shows the house its own
/// words lets the case be closed over that.
#[test]
fn a_connector_that_shows_our_own_words_is_found() {
    let seen: Vec<_> = [2, 4].map(|seed| with(Plant::OwnWords, seed, true)).into();
    assert!(seen.iter().any(|played| played.faults.contains_key(&Fault::Edited)));
    for played in seen.iter().filter(|played| played.faults.contains_key(&Fault::Edited)) {
        let unseen: Vec<_> = played
            .audit
            .violations
            .iter()
            .filter(|v| v.law == Law::ByMemory && v.what.ends_with("the journal does not say so"))
            .collect();
        assert!(!unseen.is_empty(), "{:#?}\n{}", played.audit.violations, played.timeline);
        assert!(unseen.iter().all(|v| matches!(v.at, Place::Witness(_))));
    }
}

/// No record shows that a house is deaf; the story that it should have heard does.
#[test]
fn a_house_that_hears_nothing_is_found_by_the_story() {
    let played = |plant| {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { plant, ..Options::new("word-leaks", 1) };
        play(&options, folder.path(), None, crate::SENDING).unwrap()
    };
    assert_eq!(played(None).ending, None);
    let deaf = played(Some(Plant::Deaf)).ending;
    assert_eq!(deaf.as_deref(), Some("the house did not see the word once"));
}

/// A case that was published without a release, and in which somebody overrode `step` before.
fn without_a_release(step: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(1))));
    let options = Options { plant: Some(Plant::SkipGate), ..Options::new("contour", 1) };
    play(&options, folder.path(), Some(store.clone()), crate::SENDING).unwrap();
    let mut books = Books::read(&*store).unwrap();
    books.witness = Some(record::read(&folder.path().join("witness.jsonl")).unwrap());
    books.truth = Some(Truth::from(&options.stage().unwrap().1));
    books.mirror = Some(folder.path().join("repositories/public"));
    let entries = books.cases.values_mut().next().unwrap();
    let place = entries.iter().position(|e| matches!(e.event, Event::Decided(_))).unwrap();
    let mut overridden = entries[place].clone();
    let (step, reason) = (StepId(step.into()), "we are sure".to_owned());
    overridden.event = Event::Decided(Box::new(Decision::Override { step, reason }));
    entries.insert(place, overridden);
    let found = audit(&books).violations.into_iter().filter(|v| v.law == Law::ByMemory);
    found.map(|violation| violation.what).collect()
}

#[test]
fn an_override_excuses_its_own_step_and_no_other() {
    let found = without_a_release("credit");
    assert!(found.iter().any(|what| what.contains("no release of")), "{found:?}");
    assert_eq!(without_a_release("releases"), Vec::<String>::new());
}
