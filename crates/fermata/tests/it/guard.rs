//! `fermata guard`

use git::fixture::RepoBuilder;
use serde_json::json;

use crate::program::{Ended, Place, keys};

#[test]
fn a_text_is_read_with_the_terms_of_the_case() {
    let place = Place::new();
    place.file("terms.txt", "CVE-2024-12345\nheader smuggling\n");
    place.file("text.txt", "Release notes\n\nFixes Header  Smuggling.\n");
    let ended = place.run(&["guard", "text", "--terms", "terms.txt", "text.txt", "--json"]);
    assert_eq!(ended.code, Some(1));
    let documents = ended.documents();
    let [finding] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!(
        keys(finding),
        ["bytes", "col", "excerpt", "line", "rule", "severity", "suggest", "v", "where", "why"]
    );
    let expected = (&json!("term"), &json!("block"), &json!("line 3 col 7"));
    assert_eq!((&finding["rule"], &finding["severity"], &finding["where"]), expected);
}

#[test]
fn audiences_differ() {
    let place = Place::new();
    let text = "This overflow lets an attacker in.";
    let reading = |audience| place.run_with(&["guard", "text", "--audience", audience, "-"], text);
    assert_eq!(reading("public").code, Some(1));
    assert_eq!(reading("distributors").code, Some(0));
}

#[test]
fn the_team_and_the_time_after_publication_may_hear_more() {
    let place = Place::new();
    place.file("terms.txt", "codename: amber heron\nname: Jo Finder\nCVE-2024-12345\n");
    let blocks = |arguments: &[&str], text| {
        let all =
            [&["guard", "text", "--terms", "terms.txt", "--severity", "block"], arguments, &["-"]];
        place.run_with(&all.concat(), text).code == Some(1)
    };
    let id = "CVE-2024-12345 is fixed";
    assert!(blocks(&[], id));
    assert!(!blocks(&["--published"], id));
    assert!(!blocks(&["--audience", "team"], "amber heron is CVE-2024-12345"));
    assert!(blocks(&["--published"], "thanks to Jo Finder"));
}

#[test]
fn encoded_words_and_utf16_are_read() {
    let place = Place::new();
    place.file("terms.txt", "header smuggling\n");
    let reading =
        |file: &str| place.run(&["guard", "text", "--terms", "terms.txt", file, "--json"]);
    place.file("mail.txt", "Subject: =?utf-8?q?Header_smu?=\r\n =?utf-8?q?ggling?=\r\n");
    let wide: String = "Header smuggling".chars().flat_map(|c| [c, '\0']).collect();
    place.file("wide.txt", &wide);
    for file in ["mail.txt", "wide.txt"] {
        let ended = reading(file);
        let documents = ended.documents();
        assert_eq!(ended.code, Some(1), "{file}");
        assert_eq!(documents[0]["rule"], "term", "{file}: {documents:?}");
    }
}

#[test]
fn plain_words_pass_without_a_word() {
    let ended = Place::new().run_with(&["guard", "text", "-"], "Handle empty headers.\n");
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(0), "", ""));
}

#[test]
fn severity_says_what_counts() {
    let place = Place::new();
    let text = "See CVE-2024-12345.";
    assert_eq!(place.run_with(&["guard", "text", "-"], text).code, Some(1));
    let ended = place.run_with(&["guard", "text", "--severity", "block", "-"], text);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""));
}

/// A public commit, and a private one that says too much.
fn repository(place: &Place) -> (RepoBuilder, String) {
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    repo.commit_file("old.txt", "1\n", "Mention CVE-2020-11111").unwrap();
    repo.branch("quick-fix", "main").unwrap();
    let bad = repo.commit_file("poc.txt", "2\n", "Fix it\n\nfor CVE-2024-12345").unwrap();
    (repo, bad.to_string())
}

#[test]
fn commits_of_a_range_are_read_and_no_others() {
    let place = Place::new();
    let (_, bad) = repository(&place);
    let guard = |range| place.run(&["guard", "commits", "--repo", "repo", range, "--json"]);
    let ended = guard("main..quick-fix");
    assert_eq!(ended.code, Some(1));
    let documents = ended.documents();
    assert!(documents.iter().all(|finding| finding["where"].as_str().unwrap().starts_with(&bad)));
    assert!(documents.iter().any(|finding| finding["where"] == format!("{bad}:message")));
    assert_eq!(guard("quick-fix..main").documents(), Vec::<serde_json::Value>::new());
    assert_eq!(guard("main").code, Some(1), "one revision stands for all of its history");
    assert_eq!(guard("main...quick-fix").code, Some(2));
}

#[test]
fn added_lines_are_read() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    repo.commit_file("a.rs", "fn a() {}\n", "Begin").unwrap();
    repo.branch("fix", "main").unwrap();
    let comment = "fn a() {} // bounds, for CVE-2024-12345\n";
    let bad = repo.commit_file("a.rs", comment, "Check length").unwrap();
    let ended = place.run(&["guard", "commits", "--repo", "repo", "main..fix", "--json"]);
    let places: Vec<_> = ended.documents().into_iter().map(|f| f["where"].clone()).collect();
    assert_eq!(places, [format!("{bad}:added to a.rs")]);
}

#[test]
fn what_a_project_always_says_is_not_pointed_at() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    for number in 0..120 {
        let word = if number % 4 == 0 { "security scanner" } else { "parser" };
        repo.commit_file("a.txt", &format!("{number}\n"), &format!("Tidy the {word}")).unwrap();
    }
    repo.branch("next", "main").unwrap();
    repo.commit_file("a.txt", "x\n", "Speed the security scanner up").unwrap();
    let fine = place.run(&["guard", "commits", "--repo", "repo", "main..next"]);
    assert_eq!(fine.code, Some(0), "{fine:?}");
    repo.commit_file("a.txt", "y\n", "Close the exploit").unwrap();
    let ended = place.run(&["guard", "commits", "--repo", "repo", "main..next", "--json"]);
    assert_eq!(ended.documents().len(), 1, "{ended:?}");
}

#[test]
fn names_of_branches_and_tags_are_public_words() {
    let place = Place::new();
    let (mut repo, _) = repository(&place);
    repo.branch("cve-2024-12345", "main").unwrap();
    let fine = repo.commit_file("new.txt", "3\n", "").unwrap();
    repo.tag("ghsa-5ph6-qq5x-7jwc").unwrap();
    let range = "main..cve-2024-12345";
    let ended = place.run(&["guard", "commits", "--repo", "repo", range, "--json"]);
    let places: Vec<_> = ended.documents().into_iter().map(|f| f["where"].clone()).collect();
    assert_eq!(places, [format!("{fine}:branch"), format!("{fine}:tag")]);
}

#[test]
fn everyday_terms_are_named_by_their_lines() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    for number in 0..3 {
        let text = format!("{number}\n");
        repo.commit_file("a", &text, "Show the debugger pin").unwrap();
    }
    place.file("terms.txt", "amber heron\ndebugger pin\n");
    let ended = place.run(&["guard", "terms", "--repo", "repo", "--terms", "terms.txt", "--json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let documents = ended.documents();
    let [found] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((&found["line"], &found["commits"]), (&json!(2), &json!(3)));
    assert!(!ended.out.contains("debugger"), "{}", ended.out);
    place.file("terms.txt", "amber heron\neveryday: debugger pin\n");
    assert_eq!(
        place.run(&["guard", "terms", "--repo", "repo", "--terms", "terms.txt"]).code,
        Some(0)
    );
    let range = ["guard", "commits", "--repo", "repo", "main", "--terms", "terms.txt"];
    let blocked = place.run(&[&range[..], &["--severity", "block"]].concat());
    assert_eq!(blocked.code, Some(0), "{blocked:?}");
}

#[test]
fn a_commit_that_looks_like_a_silent_fix_is_warned_of_and_not_blocked() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    for number in 0..250 {
        let (path, text) = (format!("docs/{}.md", number % 7), format!("{number}\n"));
        repo.commit_file(&path, &text, &format!("Say more (#{number})")).unwrap();
    }
    let old = repo.git(&["rev-parse", "main"]).unwrap();
    repo.author("Jo", "jo@example.net");
    repo.commit_file("src/read.c", "int x;\n", "read: check the length\n\nReported-by: Q").unwrap();
    let range = format!("{old}..main");
    let guard = |arguments: &[&str]| {
        place.run(&[&["guard", "commits", "--repo", "repo", &range, "--json"], arguments].concat())
    };
    assert_eq!(guard(&[]).code, Some(0));
    let weighed = guard(&["--score"]);
    let documents = weighed.documents();
    let [finding] = documents.as_slice() else { panic!("{weighed:?}") };
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("give-away"), &json!("warn")));
    assert!(finding["why"].as_str().unwrap().contains("x: it says who reported it"), "{finding}");
    assert_eq!(guard(&["--score", "--severity", "block"]).code, Some(0));
}

#[test]
fn what_annotated_tags_say_is_read() {
    let place = Place::new();
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    let main = repo.commit_file("a.txt", "1\n", "Begin").unwrap();
    repo.git(&["update-ref", "refs/remotes/origin/main", main.as_str()]).unwrap();
    repo.annotated_tag("v1", "main", "Version 1\n\nfor CVE-2024-12345\n").unwrap();
    repo.annotated_tag("v1-again", "v1", "The same\n").unwrap();
    let ended = place.run(&["guard", "commits", "--repo", "repo", "main", "--json"]);
    assert_eq!(ended.documents().len(), 1, "{ended:?}");
}

/// A word of the case in each kind of object, and a history without.
#[test]
fn a_whole_history_is_read_and_what_was_read_is_remembered() {
    let place = Place::new();
    place.file("terms.txt", "amber heron\nidentifier: parse\n");
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    repo.commit_file("a.txt", "one\ntwo\nthree\n", "Begin with the parse buffer overflow").unwrap();
    let guard = |arguments: &[&str]| {
        let all = [&["guard", "history", "--repo", "repo", "--terms", "terms.txt"], arguments];
        place.run(&[&all.concat()[..], &["--json"]].concat())
    };
    let found = |ended: &Ended| -> Vec<String> {
        let kind = |document: &serde_json::Value| {
            document["where"].as_str().unwrap().rsplit_once(':').unwrap().1.to_owned()
        };
        let mut kinds: Vec<_> = ended.documents().iter().map(kind).collect();
        kinds.sort();
        kinds
    };
    let ended = guard(&[]);
    assert_eq!((ended.code, found(&ended)), (Some(1), vec!["commit".to_owned()]), "{ended:?}");
    // Found again, though nothing is new.
    assert_eq!(found(&guard(&[])), ["commit"]);
    repo.commit_file("a.txt", "one\n// AmberHeron\nthree\n", "Change").unwrap();
    repo.commit_file("a.txt", "one\ntwo\n", "Change back").unwrap();
    assert_eq!(found(&guard(&[])), ["blob", "commit"]);
    repo.git(&["repack", "-adfq"]).unwrap();
    repo.commit_file("amber-heron.txt", "", "More").unwrap();
    repo.annotated_tag("v1", "main", "The Amber Heron").unwrap();
    for arguments in [&[][..], &[], &["--anew"]] {
        let ended = guard(arguments);
        assert_eq!(found(&ended), ["blob", "commit", "tag", "tree"], "{ended:?}");
    }
    // What is remembered holds no term.
    for file in std::fs::read_dir(place.path().join(".cache/fermata")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap().to_ascii_lowercase();
        assert!(!String::from_utf8_lossy(&bytes).contains("heron"));
    }
    place.file("terms.txt", "purple swift\n");
    assert_eq!(guard(&[]).code, Some(0));
    assert_eq!(place.run(&["guard", "history", "--repo", "repo"]).code, Some(2));
}

#[test]
fn a_history_with_a_missing_object_is_not_called_fine() {
    let place = Place::new();
    place.file("terms.txt", "amber heron\n");
    let mut repo = RepoBuilder::create(place.path().join("repo")).unwrap();
    repo.commit_file("a.txt", "one\n", "Begin").unwrap();
    let blob = repo.git(&["rev-parse", "HEAD:a.txt"]).unwrap();
    let (folder, name) = blob.split_at(2);
    std::fs::remove_file(repo.folder().join(".git/objects").join(folder).join(name)).unwrap();
    // The second time, nothing is new.
    for _ in 0..2 {
        let ended = place.run(&["guard", "history", "--repo", "repo", "--terms", "terms.txt"]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.err.contains(&blob), "{ended:?}");
    }
}
