//! `fermata affected`

use git::fixture::RepoBuilder;
use serde_json::{Value, json};

use crate::program::{Place, keys};

/// Two minors; the fix is on `main` and picked to 1.1, with a trailer that says so.
fn repository(place: &Place) -> String {
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    repo.commit_file("a.txt", "one\n", "Begin").unwrap();
    repo.tag("v1.0.0").unwrap();
    repo.commit_file("b.txt", "wrong\n", "Add parsing").unwrap();
    repo.tag("v1.1.0").unwrap();
    let fix = repo.commit_file("b.txt", "right\n", "Parse empty headers").unwrap();
    repo.branch("release-1.1", "v1.1.0").unwrap();
    repo.cherry_pick(fix.as_str(), true).unwrap();
    repo.tag("v1.1.1").unwrap();
    repo.checkout("main").unwrap();
    fix.to_string()
}

#[test]
fn the_answer_for_machines_has_the_agreed_form() {
    let place = Place::new();
    let fix = repository(&place);
    let ended = place.run(&[
        "affected",
        "--repo",
        "repo",
        "--introduced",
        "v1.1.0",
        "--fixed",
        &fix,
        "--json",
    ]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let documents = ended.documents();
    let [answer] = documents.as_slice() else { panic!("{documents:?}") };
    let mut members = keys(answer);
    members.sort_unstable();
    let expected = ["backports", "fixed", "introduced", "lines", "proposed", "ranges", "tags", "v"];
    assert_eq!(members, expected);
    assert_eq!(answer["fixed"], json!([fix]));
    let backport = &answer["backports"][0];
    assert_eq!(keys(backport), ["branch", "commit", "evidence", "grade", "of", "of_kind"]);
    assert_eq!((&backport["grade"], &backport["of_kind"]), (&json!("trailer"), &json!("fixed")));
    let tag = |tag, version, status| json!({"tag": tag, "version": version, "status": status});
    let tags = [
        tag("v1.1.1", "1.1.1", "fixed"),
        tag("v1.1.0", "1.1.0", "affected"),
        tag("v1.0.0", "1.0.0", "not_affected"),
    ];
    assert_eq!(answer["tags"], Value::from(tags.to_vec()));
    let line = json!({
        "line": "1.1", "status": "fixed", "first_fixed": "1.1.1", "last_affected": "1.1.0"
    });
    assert_eq!(answer["lines"][1], line);
    let events = json!([{"introduced": "1.1.0"}, {"fixed": "1.1.1"}]);
    assert_eq!(answer["ranges"], json!([{"type": "SEMVER", "events": events}]));
}

#[test]
fn the_part_of_an_osv_record_names_versions_and_ranges() {
    let place = Place::new();
    let fix = repository(&place);
    let ended = place.run(&["affected", "--repo", "repo", "--fixed", &fix, "--osv"]);
    assert_eq!(ended.code, Some(0));
    let events = json!([{"introduced": "0"}, {"fixed": "1.1.1"}]);
    let affected = json!([{
        "ranges": [{"type": "SEMVER", "events": events}], "versions": ["1.1.0", "1.0.0"]
    }]);
    assert_eq!(ended.documents(), [json!({"v": 1, "affected": affected})]);
}

#[test]
fn a_person_reads_a_table() {
    let place = Place::new();
    let fix = repository(&place);
    let ended = place.run(&[
        "affected",
        "--repo",
        "repo",
        "--introduced",
        "v1.1.0",
        "--fixed",
        &fix,
        "--supported",
        "1.1",
    ]);
    assert_eq!(ended.code, Some(0));
    insta::assert_snapshot!("affected", ended.out);
}

#[test]
fn an_unknown_commit_is_wrong_use() {
    let place = Place::new();
    repository(&place);
    let ended = place.run(&["affected", "--repo", "repo", "--fixed", "v9.9.9"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("no revision \"v9.9.9\""), "{}", ended.err);
}
