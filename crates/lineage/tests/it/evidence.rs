//! Which commits are taken for backports, with which evidence.

use git::{Oid, fixture::RepoBuilder};
use lineage::{Grade, Note, Status};
use tempfile::TempDir;

use crate::{BUGGY, FIXED, ask, fix, fresh, links, statuses, step};

/// A fix on `main`, and the branch `release-1.0` without it, checked out.
fn two_lines(message: &str) -> (TempDir, RepoBuilder, Oid) {
    let (folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    builder.branch("release-1.0", "main").unwrap();
    builder.checkout("main").unwrap();
    step(&mut builder, "one");
    let fix = fix(&mut builder, message);
    builder.tag("v1.1.0").unwrap();
    builder.checkout("release-1.0").unwrap();
    builder.author("Rolf Release", "rolf@example.org");
    step(&mut builder, "two");
    (folder, builder, fix)
}

#[test]
fn each_kind_of_backport_has_its_grade() {
    let subject = "Check the length of input (#12)";
    let hand = FIXED.replace("forget", "drop_it");
    let changed = hand.as_str();
    let cases: [(&str, &str, &str, Option<Grade>); 8] = [
        ("copied by hand, every line", FIXED, "Backport something", Some(Grade::Content)),
        ("no message at all", FIXED, "", Some(Grade::Content)),
        (
            "half of it, same subject",
            changed,
            "[1.0] Check the length of input (#13)",
            Some(Grade::Strong),
        ),
        ("half of it, names the request", changed, "Backport of #12", Some(Grade::Likely)),
        (
            "half of it, listed in a squash",
            changed,
            "Picks\n\n* Check the length of input (#12)\n",
            Some(Grade::Likely),
        ),
        ("names the request, nothing of it", "other\n", "Backport of #12", Some(Grade::Weak)),
        ("half of it, says nothing", changed, "Work", None),
        ("nothing in common", "other\n", "Rewrite input", None),
    ];
    for (what, content, message, expected) in cases {
        let (_folder, mut builder, fix) = two_lines(subject);
        let commit = builder.commit_file("core.txt", content, message).unwrap();
        builder.tag("v1.0.1").unwrap();
        let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
        let expected: Vec<_> = expected.into_iter().map(|g| (commit.as_str(), g)).collect();
        assert_eq!(links(&answer), [vec![], expected.clone()], "{what}");
        assert_eq!(statuses(&answer)["v1.0.1"], Status::Affected, "{what}");

        let answer = ask(&builder, &[], &[&fix], Grade::Likely);
        let counts = expected.iter().any(|(_, grade)| *grade <= Grade::Likely);
        let fixed = statuses(&answer)["v1.0.1"] == Status::Fixed;
        assert_eq!(fixed, counts, "{what}");
    }
}

#[test]
fn an_unrecorded_pick_with_conflicts_keeps_date_and_subject() {
    let (_folder, mut builder, fix) = two_lines("Check the length of input");
    let date = builder.open().unwrap().commit(&fix).unwrap().author.when.seconds;
    builder.author("Ada Example", "ada@example.org").at(date);
    let changed = FIXED.replace("forget", "drop_it");
    let pick = builder.commit_file("core.txt", &changed, "Check the length of input").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Content);
    assert_eq!(links(&answer), [vec![], vec![(pick.as_str(), Grade::Strong)]]);
    let answer = ask(&builder, &[], &[&fix], Grade::Strong);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Fixed);
    assert_eq!(answer.report.backports[0].evidence[..2], ["author-date", "subject"]);
}

#[test]
fn trailers_are_followed_both_ways_and_through_absent_originals() {
    let (_folder, mut builder, fix) = two_lines("Check the length of input");
    let pick = builder.cherry_pick(fix.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    builder.branch("release-0.9", "v1.0.0").unwrap();
    let second = builder.cherry_pick(pick.as_str(), true).unwrap();
    builder.tag("v0.9.1").unwrap();
    for declared in [&fix, &pick, &second] {
        let answer = ask(&builder, &[], &[declared], Grade::Trailer);
        for tag in ["v1.1.0", "v1.0.1", "v0.9.1"] {
            assert_eq!(statuses(&answer)[tag], Status::Fixed, "{tag} by {declared}");
        }
    }

    let (_folder, mut builder) = fresh();
    let absent = "c0ffee".repeat(6) + "beef";
    let message = format!("Check\n\n(cherry picked from commit {absent})\n");
    let here = builder.commit_file("core.txt", FIXED, &message).unwrap();
    builder.branch("side", "main~1").unwrap();
    let there = builder.commit_file("core.txt", "other\n", &message).unwrap();
    let answer = ask(&builder, &[], &[&here], Grade::Trailer);
    assert_eq!(links(&answer)[0], [(there.as_str(), Grade::Trailer)]);
}

#[test]
fn the_parts_of_a_squash_are_not_each_other() {
    let (_folder, mut builder, fix) = two_lines("Check the length of input");
    builder.checkout("main").unwrap();
    let other = step(&mut builder, "three");
    builder.branch("side", "v1.0.0").unwrap();
    builder.cherry_pick(other.as_str(), true).unwrap();
    builder.tag("v0.1.0").unwrap();
    builder.checkout("release-1.0").unwrap();
    builder.write("three", "Work on three").unwrap();
    let message = format!(
        "Picks for 1.0.1\n\n(cherry picked from commit {other})\n(cherry picked from commit {fix})\n"
    );
    let squash = builder.commit_file("core.txt", FIXED, &message).unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(links(&answer)[0], [(squash.as_str(), Grade::Trailer)]);
    assert_eq!(statuses(&answer)["v0.1.0"], Status::Affected);
}

#[test]
fn a_revert_on_one_line_leaves_the_others_fixed() {
    let (_folder, mut builder, fix) = two_lines("Check the length of input (#12)");
    let pick = builder.cherry_pick(fix.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    builder.write("core.txt", BUGGY).unwrap();
    builder.commit("Oh no\n\nReverts owner/name#12").unwrap();
    builder.tag("v1.0.2").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(links(&answer)[0], [(pick.as_str(), Grade::Trailer)]);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Fixed);
    assert_eq!(statuses(&answer)["v1.0.2"], Status::Affected);
    assert_eq!(statuses(&answer)["v1.1.0"], Status::Fixed);
    let state = answer.report.lines.iter().find(|l| l.line == "1.0").unwrap();
    assert_eq!(state.first_fixed, None);
}

#[test]
fn empty_messages_and_fixes_declared_line_by_line() {
    let (_folder, mut builder, fix) = two_lines("");
    let other = builder.commit_file("elsewhere.txt", "another way\n", "").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix, &other], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Fixed);
    assert_eq!(links(&answer), [vec![], vec![]]);

    let mut request = lineage::Request::new(vec![], vec![]);
    request.fixes = vec![lineage::Fix { parts: vec![vec![fix, other.clone()]] }];
    let answer = lineage::affected(&builder.open().unwrap(), &request).unwrap();
    assert_eq!(links(&answer)[0], [(other.as_str(), Grade::Declared)]);
    assert_eq!(answer.report.backports[0].evidence, ["declared"]);
}

#[test]
fn who_repairs_whom_is_told_and_not_followed() {
    let (_folder, mut builder, fix) = two_lines("Check the length of input");
    builder.checkout("main").unwrap();
    let message = format!("Check less\n\nFixes: {} (\"Check the length\")\n", fix.short());
    let follow_up = builder.commit_file("core.txt", "x\n", &message).unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert!(answer.notes.contains(&Note::FollowUp { fix: fix.clone(), by: follow_up.clone() }));
    let answer = ask(&builder, &[], &[&follow_up], Grade::Trailer);
    assert!(answer.notes.contains(&Note::MayBeIntroducedBy(fix)));
}

#[test]
fn two_commits_of_one_subject_on_one_line_are_two_changes() {
    let (_folder, mut builder) = fresh();
    let half = FIXED.replace("forget", "drop_it");
    builder.commit_file("core.txt", &half, "Check the length of input").unwrap();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.1.0").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Likely);
    assert_eq!(links(&answer), [vec![], vec![]]);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Affected);
}

#[test]
fn one_line_alone_is_proven_by_its_surroundings() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let short = BUGGY.replace('}', "    forget(input)\n}");
    let fix = builder.commit_file("core.txt", &short, "Forget what was read").unwrap();
    builder.branch("release-1.0", "v1.0.0").unwrap();
    builder.author("Bob", "bob@example.org");
    let same = builder.commit_file("core.txt", &short, "Tidy up").unwrap();
    builder.branch("other", "v1.0.0").unwrap();
    let moved = BUGGY.replace("take", "forget(input)\n    take");
    builder.commit_file("core.txt", &moved, "Tidy differently").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Strong);
    assert_eq!(links(&answer)[0], [(same.as_str(), Grade::Strong)]);
    assert_eq!(answer.report.backports[0].evidence, ["patch-id", "lines 1/1", "paths"]);
}
