//! Three minors, a fix and its backports: the whole answer.

use git::{Oid, fixture::RepoBuilder};
use lineage::{Event, Grade, Note, Report, Status, Supported};
use serde_json::json;
use tempfile::TempDir;

use crate::{FIXED, ask, fix, fresh, links, statuses, step};

/// 1.0 and 1.1 were cut before the fix, 1.2 after it.
struct Project {
    _folder: TempDir,
    builder: RepoBuilder,
    fix: Oid,
    pick: Oid,
}

fn project() -> Project {
    let (folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    builder.branch("release-1.0", "main").unwrap();
    builder.checkout("main").unwrap();
    step(&mut builder, "one");
    builder.annotated_tag("v1.1.0-rc.1", "HEAD", "soon").unwrap();
    step(&mut builder, "two");
    builder.annotated_tag("v1.1.0", "HEAD", "one one").unwrap();
    builder.branch("release-1.1", "main").unwrap();
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    step(&mut builder, "three");
    builder.tag("v1.2.0").unwrap();
    builder.checkout("release-1.1").unwrap();
    step(&mut builder, "four");
    let pick = builder.cherry_pick(fix.as_str(), true).unwrap();
    builder.tag("v1.1.1").unwrap();
    builder.checkout("release-1.0").unwrap();
    step(&mut builder, "five");
    builder.tag("v1.0.1").unwrap();
    builder.checkout("main").unwrap();
    builder.annotated_tag("v9.9.9", "HEAD^{tree}", "a tree").unwrap();
    builder.tag("nightly").unwrap();
    Project { _folder: folder, builder, fix, pick }
}

#[test]
fn the_report_has_the_promised_shape() {
    let project = project();
    let answer = ask(&project.builder, &[], &[&project.fix], Grade::Trailer);
    let fix = project.fix.as_str();
    let expected = json!({
        "v": 1,
        "introduced": [],
        "fixed": [fix],
        "backports": [{
            "of": fix,
            "commit": project.pick.as_str(),
            "branch": "release-1.1",
            "of_kind": "fixed",
            "evidence": ["trailer", "author-date", "subject", "content", "paths"],
            "grade": "trailer"
        }],
        "proposed": [],
        "tags": [
            {"tag": "v1.2.0", "version": "1.2.0", "status": "fixed"},
            {"tag": "v1.1.1", "version": "1.1.1", "status": "fixed"},
            {"tag": "v1.1.0", "version": "1.1.0", "status": "affected"},
            {"tag": "v1.1.0-rc.1", "version": "1.1.0-rc.1", "status": "affected"},
            {"tag": "v1.0.1", "version": "1.0.1", "status": "affected"},
            {"tag": "v1.0.0", "version": "1.0.0", "status": "affected"},
        ],
        "lines": [
            {"line": "main", "status": "fixed", "first_fixed": null, "last_affected": null},
            {"line": "1.2", "status": "fixed", "first_fixed": "1.2.0", "last_affected": null},
            {"line": "1.1", "status": "fixed", "first_fixed": "1.1.1", "last_affected": "1.1.0"},
            {"line": "1.0", "status": "affected", "first_fixed": null, "last_affected": "1.0.1"},
        ],
        "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.1.1"}]}]
    });
    assert_eq!(serde_json::to_value(&answer.report).unwrap(), expected);
    let back: Report = serde_json::from_value(expected).unwrap();
    assert_eq!(back, answer.report);
    let others = vec!["nightly".to_owned(), "v9.9.9".to_owned()];
    assert_eq!(answer.notes, [Note::OtherTags(others)]);
}

#[test]
fn a_merged_fix_that_is_not_released_yet_shows_in_the_state_of_its_line() {
    let mut project = project();
    project.builder.checkout("release-1.0").unwrap();
    let pick = project.builder.cherry_pick(project.fix.as_str(), true).unwrap();
    let answer = ask(&project.builder, &[], &[&project.fix], Grade::Trailer);
    let state = answer.states.iter().find(|s| s.line == "1.0").unwrap();
    assert_eq!(state.branch.as_deref(), Some("release-1.0"));
    assert_eq!(state.status, Status::Affected);
    assert_eq!(state.branch_status, Some(Status::Fixed));
    assert_eq!(state.first_fixed, None);
    assert_eq!(state.evidence, [pick]);
}

#[test]
fn only_the_lines_asked_for_are_reported() {
    let project = project();
    let mut request = lineage::Request::new(vec![], vec![project.fix.clone()]);
    let repo = project.builder.open().unwrap();
    for (supported, expected) in [
        (Supported::Newest(1), vec!["main", "1.2"]),
        (Supported::Globs(vec!["1.1".into(), "1.0*".into()]), vec!["main", "1.1", "1.0"]),
        (Supported::Globs(vec![]), vec!["main"]),
    ] {
        request.supported = supported;
        let answer = lineage::affected(&repo, &request).unwrap();
        let lines: Vec<&str> = answer.report.lines.iter().map(|l| l.line.as_str()).collect();
        assert_eq!(lines, expected);
        assert_eq!(answer.report.tags.len(), 6);
    }
}

#[test]
fn an_introduction_leaves_what_was_before_it_alone() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let bug = step(&mut builder, "bug");
    builder.tag("v1.1.0").unwrap();
    builder.branch("release-1.1", "main").unwrap();
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.2.0").unwrap();
    builder.branch("old", "v1.0.0").unwrap();
    let picked = builder.cherry_pick(bug.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[&bug], &[&fix], Grade::Trailer);
    assert_eq!(
        statuses(&answer).into_iter().collect::<Vec<_>>(),
        [
            ("v1.0.0", Status::NotAffected),
            ("v1.0.1", Status::Affected),
            ("v1.1.0", Status::Affected),
            ("v1.2.0", Status::Fixed),
        ]
    );
    assert_eq!(answer.report.backports[0].of_kind, "introduced");
    assert_eq!(answer.report.backports[0].commit, picked.as_str());
    let events = [Event::Introduced("1.0.1".into()), Event::Fixed("1.2.0".into())];
    assert_eq!(answer.report.ranges[0].events, events);
}

#[test]
fn a_revert_brings_the_bug_back_and_its_revert_the_fix() {
    let (_folder, mut builder) = fresh();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.0.0").unwrap();
    let revert = builder.revert(fix.as_str()).unwrap();
    builder.tag("v1.1.0").unwrap();
    let again = builder.revert(revert.as_str()).unwrap();
    builder.tag("v1.2.0").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    let expected =
        [("v1.0.0", Status::Fixed), ("v1.1.0", Status::Affected), ("v1.2.0", Status::Fixed)];
    assert_eq!(statuses(&answer).into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(links(&answer)[0], [(again.as_str(), Grade::Trailer)]);
    assert!(answer.notes.contains(&Note::Reverted { commit: fix, by: revert }));
    let events = [Event::Introduced("1.1.0".into()), Event::Fixed("1.2.0".into())];
    assert_eq!(answer.report.ranges[0].events, events);
}

#[test]
fn reverting_the_introduction_is_a_fix() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let bug = step(&mut builder, "bug");
    builder.tag("v1.1.0").unwrap();
    builder.revert(bug.as_str()).unwrap();
    builder.tag("v1.2.0").unwrap();
    let answer = ask(&builder, &[&bug], &[], Grade::Trailer);
    let expected =
        [("v1.0.0", Status::NotAffected), ("v1.1.0", Status::Affected), ("v1.2.0", Status::Fixed)];
    assert_eq!(statuses(&answer).into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_merge_that_keeps_nothing_of_the_fix_does_not_fix() {
    let (_folder, mut builder) = fresh();
    builder.branch("release-1.0", "main").unwrap();
    step(&mut builder, "one");
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v2.0.0").unwrap();
    builder.checkout("release-1.0").unwrap();
    let merge = builder.merge("main", Some("ours"), "Merge main").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Affected);
    assert_eq!(statuses(&answer)["v2.0.0"], Status::Fixed);
    assert!(answer.notes.contains(&Note::LostInMerge(merge)));

    builder.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
    builder.merge("main", None, "Merge main").unwrap();
    builder.tag("v1.0.2").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.2"], Status::Fixed);
}

#[test]
fn a_merge_of_a_line_that_had_the_fix_by_hand_loses_nothing() {
    let (_folder, mut builder) = fresh();
    builder.branch("release-1.0", "main").unwrap();
    builder.commit_file("core.txt", FIXED, "By hand").unwrap();
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.checkout("release-1.0").unwrap();
    builder.merge("main", None, "Merge main").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Fixed);
    assert!(answer.notes.is_empty());
}

#[test]
fn a_fix_beside_the_introduction_is_a_conflict() {
    let (_folder, mut builder) = fresh();
    builder.branch("side", "main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.checkout("main").unwrap();
    let bug = step(&mut builder, "bug");
    builder.tag("v1.0.0").unwrap();
    builder.merge("side", None, "Merge side").unwrap();
    builder.tag("v1.1.0").unwrap();
    let answer = ask(&builder, &[&bug], &[&fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Affected);
    assert_eq!(statuses(&answer)["v1.1.0"], Status::Conflict);
}

#[test]
fn a_fix_of_two_parts_needs_both_and_alternatives_need_one() {
    let (_folder, mut builder) = fresh();
    let first = fix(&mut builder, "Check the length of input");
    builder.tag("v1.0.0").unwrap();
    let second = step(&mut builder, "rest");
    builder.tag("v1.1.0").unwrap();
    let mut request = lineage::Request::new(vec![], vec![]);
    request.fixes = vec![lineage::Fix { parts: vec![vec![first.clone()], vec![second.clone()]] }];
    let answer = lineage::affected(&builder.open().unwrap(), &request).unwrap();
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Affected);
    assert_eq!(statuses(&answer)["v1.1.0"], Status::Fixed);
    let answer = ask(&builder, &[], &[&second, &first], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Fixed);

    request.fixes = vec![lineage::Fix { parts: vec![] }];
    assert!(lineage::affected(&builder.open().unwrap(), &request).is_err());
}

#[test]
fn tags_that_say_one_version_and_differ_are_told() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("1.0.0").unwrap();
    builder.tag("v1.0.1+k8s").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert!(answer.notes.contains(&Note::InexactRanges(vec!["1.0.0".into()])));
    let events = [Event::Introduced("0".into()), Event::Fixed("1.0.1".into())];
    assert_eq!(answer.report.ranges[0].events, events);
}
