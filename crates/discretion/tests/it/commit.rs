//! Each public word of a commit is read, and each finding says where it stood.

use discretion::{CommitWords, Finding, Guard, Severity, Terms};

use crate::sample::terms;

fn check_commit(words: &CommitWords, terms: &Terms) -> Vec<Finding> {
    Guard::new(terms).commit(words)
}

fn plain() -> CommitWords {
    CommitWords {
        oid: "4bf4d3f".to_owned(),
        message: String::new(),
        author: "Sam Maintainer <sam@example.org>".to_owned(),
        committer: "Sam Maintainer <sam@example.org>".to_owned(),
        branch: Some("release-1.14".to_owned()),
        tags: vec!["v1.14.2".to_owned()],
        files: vec!["internal/dag/cache.go".to_owned()],
        ..CommitWords::default()
    }
}

#[test]
fn an_empty_or_pithy_message_passes() {
    for message in
        ["", "fix header handling", "fix\n\nSigned-off-by: Sam Maintainer <sam@example.org>\n"]
    {
        let words = CommitWords { message: message.to_owned(), ..plain() };
        assert_eq!(check_commit(&words, &terms()), [], "{message:?}");
    }
}

#[test]
fn every_part_is_read() {
    type Leak = fn(&mut CommitWords);
    let leaks: [(&str, Leak); 6] = [
        ("message", |words| words.message = "fix amber heron".to_owned()),
        ("author", |words| words.author = "Jo O'Finder <jo@example.org>".to_owned()),
        ("committer", |words| words.committer = "Jo O'Finder <jo@example.org>".to_owned()),
        ("branch", |words| words.branch = Some("fix/cve-2021-32783".to_owned())),
        ("tag", |words| words.tags.push("v1.14.3-ghsa-5ph6-qq5x-7jwc".to_owned())),
        ("file", |words| words.files.push("changelogs/CVE-2021-32783.md".to_owned())),
    ];
    for (part, leak) in leaks {
        let mut words = plain();
        leak(&mut words);
        let findings = check_commit(&words, &terms());
        assert_eq!(findings.len(), 1, "{part}");
        assert_eq!(findings[0].severity, Severity::Block, "{part}");
        assert_eq!(findings[0].place.to_string(), format!("4bf4d3f:{part}"));
    }
}

#[test]
fn one_person_is_reported_once() {
    let jo = "Jo O'Finder <jo@example.org>".to_owned();
    let words = CommitWords { author: jo.clone(), committer: jo, ..plain() };
    assert_eq!(check_commit(&words, &terms()).len(), 1);
}

#[test]
fn debug_names_the_commit_and_not_its_words() {
    let words = CommitWords { message: "secret".to_owned(), ..plain() };
    assert_eq!(format!("{words:?}"), "CommitWords(4bf4d3f)");
}
