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
fn a_revert_and_an_adapted_copy_are_shown_with_their_evidence() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    let begin = "fn read(input) {\n    take(input)\n}\n";
    repo.commit_file("read.rs", begin, "Begin").unwrap();
    repo.tag("v1.0.0").unwrap();
    repo.branch("release-1.0", "main").unwrap();
    repo.checkout("main").unwrap();
    let fixed = begin.replace("take", "check(input)\n    take");
    let fix = repo.commit_file("read.rs", &fixed, "Check the length").unwrap();
    repo.tag("v1.1.0").unwrap();
    let back = repo.revert(fix.as_str()).unwrap();
    repo.checkout("release-1.0").unwrap();
    let picked = format!("Check the length\n\n(cherry picked from commit {fix})\n");
    let by_hand = fixed.replace("check", "old_check");
    let adapted = repo.commit_file("read.rs", &by_hand, &picked).unwrap();
    repo.tag("v1.0.1").unwrap();
    repo.checkout("main").unwrap();
    let ask = |more: &[&str]| {
        let arguments = ["affected", "--repo", "repo", "--fixed", fix.as_str()];
        let ended = place.run(&[&arguments[..], more].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended
    };
    let answer = &ask(&["--json"]).documents()[0];
    let revert = json!([{
        "of": fix.as_str(), "commit": back.as_str(), "branch": "main", "of_kind": "fixed",
        "evidence": ["trailer"], "grade": "trailer",
    }]);
    assert_eq!(answer["reverts"], revert);
    assert_eq!(answer["backports"][0]["adapted"], json!({"expected": 1, "found": 0, "other": 1}));
    let [main, _, old] = answer["lines"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!((&main["status"], &main["reverted"]), (&"affected".into(), &json!([back.as_str()])));
    assert_eq!((&old["status"], &old["adapted"]), (&"fixed".into(), &json!([adapted.as_str()])));
    assert!(main.get("adapted").is_none() && old.get("reverted").is_none());
    insta::assert_snapshot!("turns", ask(&[]).out);
}

/// Archives of both releases of 1.1.
fn archives(place: &Place) -> [&'static str; 2] {
    let git = |tag: &str, name: &str| {
        let mut git = std::process::Command::new("git");
        git.args(["archive", "--prefix=p-1/", "-o", &format!("../{name}"), tag]);
        assert!(git.current_dir(place.path().join("repo")).status().unwrap().success());
    };
    git("v1.1.0", "old.zip");
    git("v1.1.1", "new.tar.gz");
    ["old.zip", "new.tar.gz"]
}

#[test]
fn artefacts_are_looked_into() {
    let place = Place::new();
    let fix = repository(&place);
    let [old, new] = archives(&place);
    let look = |paths: &[&str], json: bool| {
        let mut arguments = vec!["affected", "--repo", "repo", "--fixed", &fix];
        arguments.extend(paths.iter().flat_map(|path| ["--artefact", path]));
        arguments.extend(json.then_some("--json"));
        place.run(&arguments)
    };
    let ended = look(&[new], true);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let found = &ended.documents()[0]["artefacts"][0];
    let expected = json!({
        "path": new, "form": "tar.gz", "answer": "fixed", "commits": [fix],
        "made_from": found["made_from"], "known_files": 2, "odd_names": 0,
        "files": [{
            "path": "b.txt", "entry": "p-1/b.txt", "part": "product", "counts": true,
            "hunks": [{
                "line": 1, "removed": 1, "added": 1, "status": "fixed", "evidence": "same_bytes",
            }],
        }],
        "left_out": [],
    });
    assert_eq!(*found, expected);
    let ended = look(&[new, old], true);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.documents()[0]["artefacts"][1]["answer"], "not_fixed");
    let ended = look(&[old], false);
    assert_eq!(ended.code, Some(1));
    let (_, told) = ended.out.split_once("old.zip").unwrap();
    assert_eq!(
        told,
        " (zip): not fixed\n  b.txt:1  -1 +1  not fixed  the file is the same to the byte\n"
    );
}

#[test]
fn an_artefact_that_cannot_be_read_is_named() {
    let place = Place::new();
    let fix = repository(&place);
    place.file("p.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03");
    for (path, why) in [("p.tar.gz", "is cut short"), ("missing", "cannot be read")] {
        let ended = place.run(&["affected", "--repo", "repo", "--fixed", &fix, "--artefact", path]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
        assert!(ended.err.contains(path) && ended.err.contains(why), "{}", ended.err);
    }
}

#[test]
fn an_unknown_commit_is_wrong_use() {
    let place = Place::new();
    repository(&place);
    let ended = place.run(&["affected", "--repo", "repo", "--fixed", "v9.9.9"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("no revision \"v9.9.9\""), "{}", ended.err);
}
