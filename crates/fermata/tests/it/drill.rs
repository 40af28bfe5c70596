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

#[test]
fn many_seeds_are_one_line_a_story() {
    let place = Place::new();
    let ended = place.run(&["drill", "--scenario", "not-security", "--seeds", "1-3", "--faults"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let line = "not-security: 3 drills, all well; counterparts misbehaved ";
    assert!(ended.out.starts_with(line) && ended.out.lines().count() == 1, "{}", ended.out);
    let ended = place.run(&["drill", "--scenario", "one-person", "--seeds", "2", "--json"]);
    let tally = &ended.documents()[0];
    assert_eq!((&tally["drills"], &tally["failures"]), (&json!(1), &json!([])), "{tally}");
    for seeds in ["2-1", "x", "1-"] {
        assert_eq!(place.run(&["drill", "--seeds", seeds]).code, Some(2), "{seeds}");
    }
}

#[test]
fn an_own_clone_and_an_own_mail_are_played() {
    let place = Place::new();
    let mut clone = git::fixture::RepoBuilder::create(place.path().join("proxy")).unwrap();
    clone.commit_file("core.txt", "one\n", "Begin").unwrap();
    clone.tag("v1.0.0").unwrap();
    let fix = "two\nthree and more\nfour and more\n";
    let fix = clone.commit_file("core.txt", fix, "Tidy up").unwrap().to_string();
    clone.tag("v1.0.1").unwrap();
    place.file(
        "report.eml",
        "From: Nora <nora@elsewhere.example>\r\nSubject: Look\r\n\r\nIt breaks.\r\n",
    );
    let fixed = ["--fixed-by", &fix];
    let own = ["drill", "--json", "--repo", "proxy", "--report", "report.eml", "--keep", "kept"];
    let ended = place.run(&[&own[..], &fixed].concat());
    let played = &ended.documents()[0];
    assert_eq!((ended.code, &played["violations"]), (Some(0), &json!([])), "{}", played["ending"]);
    let line = &played["lines"][0];
    assert_eq!((&line["line"], &line["fix"]), (&json!("1.0"), &json!([fix])));
    for version in ["planned", "first_fixed", "in_history"] {
        assert_eq!(line[version], "1.0.1", "{version}");
    }
    assert_eq!(place.run(&["audit", "kept"]).code, Some(0), "the mail's sender is remembered");
    for wrong in [&["--scenario", "exploited"][..], &["--fixed-by", "=x"], &["--supported", "9.9"]]
    {
        assert_eq!(place.run(&[&["drill", "--repo", "proxy"], wrong].concat()).code, Some(2));
    }
    assert_eq!(place.run(&["drill", "--report", "nowhere.eml"]).code, Some(2));
}

/// Built with the bugs, the program finds each of them under its law, with the record that shows
/// it. Misbehaving counterparts may hide one: whoever answers late publishes late.
#[test]
#[cfg(feature = "planted-bugs")]
fn every_planted_bug_is_found() {
    for (bug, law, at) in [
        ("publish-early", "nothing-early", "witness"),
        ("send-twice", "nothing-twice", "witness"),
        ("wrong-recipient", "wrong-people", "witness"),
        ("lose-report", "nothing-lost", "witness"),
        ("skip-gate", "by-memory", "witness"),
        ("approve-alone", "unconfirmed", "entry"),
    ] {
        let ended = Place::new().run(&["drill", "--json", "--plant", bug]);
        let violations = ended.documents()[0]["violations"].clone();
        let found = violations
            .as_array()
            .unwrap()
            .iter()
            .any(|violation| violation["law"] == law && violation["at"].get(at).is_some());
        assert!(ended.code == Some(1) && found, "{bug}: {violations}");
    }
    assert_eq!(Place::new().run(&["drill", "--plant", "nonsense"]).code, Some(2));
}

#[test]
#[cfg(not(feature = "planted-bugs"))]
fn a_build_without_planted_bugs_says_which_one_has_them() {
    let ended = Place::new().run(&["drill", "--plant", "send-twice"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("--features planted-bugs"), "{}", ended.err);
}
