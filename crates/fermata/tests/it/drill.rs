//! `fermata drill` and `fermata audit`

use serde_json::json;

use crate::program::Place;

#[test]
fn a_drill_ends_with_the_auditor() {
    let ended = Place::new().run(&["drill", "--json"]);
    let documents = ended.documents();
    let [played] = documents.as_slice() else { panic!("{ended:?}") };
    assert_eq!((ended.code, &played["violations"]), (Some(0), &json!([])), "{}", played["ending"]);
    assert_eq!((&played["scenario"], &played["seed"]), (&json!("contour"), &json!(1)));
    let timeline = played["timeline"].as_array().unwrap();
    let receipts = played["receipts"].as_array().unwrap();
    assert!(!receipts.is_empty() && receipts.len() < timeline.len());
    assert!(receipts.iter().all(|moment| moment["receipt"].is_string()));
}

#[test]
fn a_seed_decides_everything() {
    let place = Place::new();
    let once = place.run(&["drill", "--seed", "3", "--faults"]);
    assert_eq!(once.out, place.run(&["drill", "--seed", "3", "--faults"]).out);
    assert!(once.out.ends_with("the auditor found no law broken\n"), "{}", once.out);
}

#[test]
fn a_kept_drill_can_be_judged_again() {
    let place = Place::new();
    assert_eq!(place.run(&["drill", "--keep", "kept"]).code, Some(0));
    let judge = || place.run(&["audit", "--json", "kept"]);
    let judged = judge();
    assert_eq!((judged.code, &judged.documents()[0]["violations"]), (Some(0), &json!([])));
    let again = place.run(&["drill", "--keep", "kept"]);
    assert_eq!(again.code, Some(2), "what was kept is not written over: {again:?}");
    let checked = place.run(&["journal", "verify", "--json", "--data", "kept/house"]);
    assert_eq!(checked.documents()[0]["kind"], "drill");
    // A witness who saw one mail more than the journal tells of.
    let witness = place.path().join("kept/world/witness.jsonl");
    let text = std::fs::read_to_string(&witness).unwrap();
    let mail = text.lines().find(|line| line.contains("\"mailed\"")).unwrap();
    std::fs::write(&witness, format!("{text}{mail}\n")).unwrap();
    let judged = judge();
    assert_eq!(judged.code, Some(1));
    assert!(judged.out.contains("nothing-twice"), "{}", judged.out);
}

#[test]
fn a_live_house_is_judged_by_its_journal_alone() {
    let place = Place::new();
    assert_eq!(place.run(&["audit", "nowhere"]).code, Some(2));
    assert_eq!(place.run(&["drill", "--scenario", "nonsense"]).code, Some(2));
}
