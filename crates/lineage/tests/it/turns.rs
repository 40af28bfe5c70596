//! A fix that was taken back, and one that reads otherwise on another line.

use git::{Oid, fixture::RepoBuilder};
use lineage::{Answer, Difference, Grade, LineRow, Status};

use crate::{BUGGY, FIXED, ask, fix, fresh, statuses, step};

fn row<'a>(answer: &'a Answer, line: &str) -> &'a LineRow {
    answer.report.lines.iter().find(|row| row.line == line).unwrap()
}

/// `(commit, evidence)` of everything that took a change back.
fn reverts(answer: &Answer) -> Vec<(&str, Vec<&str>)> {
    let all = answer.report.reverts.iter();
    let pairs = all.map(|link| {
        (link.commit.as_str(), link.evidence.iter().map(String::as_str).collect::<Vec<_>>())
    });
    pairs.collect()
}

fn texts(oids: &[&Oid]) -> Vec<String> {
    oids.iter().map(ToString::to_string).collect()
}

#[test]
fn a_line_whose_fix_was_taken_back_says_by_what() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.0.1").unwrap();
    let revert = builder.revert(fix.as_str()).unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(row(&answer, "main").status, Status::Affected);
    assert_eq!(row(&answer, "main").reverted, texts(&[&revert]));
    assert_eq!(row(&answer, "1.0").reverted, Vec::<String>::new(), "its newest release has it");
    assert_eq!(reverts(&answer), [(revert.as_str(), vec!["trailer"])]);

    builder.tag("v1.0.2").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    let line = row(&answer, "1.0");
    assert_eq!((line.status, &line.reverted), (Status::Affected, &texts(&[&revert])));

    let again = builder.revert(revert.as_str()).unwrap();
    builder.tag("v1.0.3").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    for line in ["main", "1.0"] {
        let line = row(&answer, line);
        assert_eq!((line.status, line.reverted.len()), (Status::Fixed, 0));
    }
    assert_eq!(reverts(&answer), [(revert.as_str(), vec!["trailer"])], "it is told all the same");

    // Only the last word counts.
    let last = builder.revert(again.as_str()).unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(row(&answer, "main").reverted, texts(&[&last]));
    assert_eq!(reverts(&answer).len(), 2);
}

#[test]
fn a_revert_on_the_branch_shows_before_its_release() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    builder.branch("release-1.0", "main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.0.1").unwrap();
    let revert = builder.revert(fix.as_str()).unwrap();
    builder.checkout("main").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    let line = row(&answer, "1.0");
    assert_eq!((line.status, &line.reverted), (Status::Fixed, &texts(&[&revert])));
    let main = row(&answer, "main");
    assert_eq!((main.status, main.reverted.len()), (Status::Affected, 0), "never had the fix");
    assert_eq!(answer.report.reverts[0].branch.as_deref(), Some("release-1.0"));
}

#[test]
fn a_pick_of_a_revert_and_a_lost_merge_take_back_too() {
    let (_folder, mut builder) = fresh();
    builder.branch("release-1.0", "main").unwrap();
    step(&mut builder, "one");
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    let revert = builder.revert(fix.as_str()).unwrap();
    builder.checkout("release-1.0").unwrap();
    let pick = builder.cherry_pick(fix.as_str(), true).unwrap();
    builder.tag("v1.0.0").unwrap();
    let picked = builder.cherry_pick(revert.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Fixed);
    assert_eq!(row(&answer, "1.0").reverted, texts(&[&picked]));
    let all = reverts(&answer);
    let (_, evidence) = all.iter().find(|(commit, _)| *commit == picked.as_str()).unwrap();
    assert!(evidence.contains(&"trailer"), "{evidence:?}");
    assert!(row(&answer, "1.0").adapted.is_empty(), "{}", pick.short());

    let (_folder, mut builder) = fresh();
    builder.branch("release-1.0", "main").unwrap();
    step(&mut builder, "one");
    builder.checkout("main").unwrap();
    let fix = self::fix(&mut builder, "Check the length of input");
    builder.checkout("release-1.0").unwrap();
    let merge = builder.merge("main", Some("ours"), "Merge main").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(row(&answer, "1.0").reverted, texts(&[&merge]));
    assert_eq!(reverts(&answer), [(merge.as_str(), vec!["lost-in-merge"])]);
}

/// A fix on `main`, and an older line with other code around, checked out.
fn two_lines() -> (tempfile::TempDir, RepoBuilder, Oid) {
    let (folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    builder.branch("release-1.0", "main").unwrap();
    step(&mut builder, "one");
    builder.checkout("main").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.1.0").unwrap();
    builder.checkout("release-1.0").unwrap();
    (folder, builder, fix)
}

fn named(fix: &Oid) -> String {
    format!("Check the length\n\n(cherry picked from commit {fix})\n")
}

#[test]
fn a_backport_that_reads_otherwise_is_called_adapted() {
    for (content, difference) in [
        (FIXED.to_owned(), None),
        // As the original, but for where it stands.
        (FIXED.replace("fn read", "\nfn read"), None),
        (FIXED.replace("forget", "drop_it"), Some(Difference { expected: 2, found: 1, other: 1 })),
        (
            FIXED.replace("    forget(input)\n", ""),
            Some(Difference { expected: 2, found: 1, other: 0 }),
        ),
        (FIXED.replace("take(", "take_old("), Some(Difference { expected: 2, found: 2, other: 2 })),
    ] {
        let (_folder, mut builder, fix) = two_lines();
        let pick = builder.commit_file("core.txt", &content, &named(&fix)).unwrap();
        builder.tag("v1.0.1").unwrap();
        builder.checkout("main").unwrap();
        let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
        let link = &answer.report.backports[0];
        assert_eq!((link.commit.as_str(), link.adapted), (pick.as_str(), difference), "{content}");
        let adapted = if difference.is_some() { texts(&[&pick]) } else { Vec::new() };
        let old = row(&answer, "1.0");
        assert_eq!((old.status, &old.adapted), (Status::Fixed, &adapted), "{content}");
        assert!(row(&answer, "1.1").adapted.is_empty() && row(&answer, "main").adapted.is_empty());
    }
}

/// The same lines in another function, or in another file, need a look as well.
#[test]
fn a_backport_that_was_put_elsewhere_is_called_adapted() {
    let (begin, other) =
        ("fn begin(input) {\n    open(input)\n", "fn end(input) {\n    close(input)\n");
    let guard = "    refuse_if(input.length > limit)\n    forget(input)\n";
    let content = |first: &str, second: &str| {
        format!(
            "{begin}{first}    use(input)\n}}\n\n// 1\n// 2\n// 3\n// 4\n{other}{second}    free(input)\n}}\n"
        )
    };
    let moved = Some(Difference { expected: 2, found: 0, other: 2 });
    let renamed = Some(Difference { expected: 2, found: 0, other: 0 });
    for (path, copy, difference) in [
        ("core.txt", content(guard, ""), None),
        ("core.txt", content("", guard), moved),
        ("old.txt", content(guard, ""), renamed),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = RepoBuilder::create(folder.path()).unwrap();
        builder.write("old.txt", &content("", "")).unwrap();
        builder.commit_file("core.txt", &content("", ""), "Begin").unwrap();
        builder.tag("v1.0.0").unwrap();
        builder.branch("release-1.0", "main").unwrap();
        builder.checkout("main").unwrap();
        let fix = builder.commit_file("core.txt", &content(guard, ""), "Check the length").unwrap();
        builder.checkout("release-1.0").unwrap();
        builder.author("Rolf Release", "rolf@example.org");
        let pick = builder.commit_file(path, &copy, &named(&fix)).unwrap();
        builder.tag("v1.0.1").unwrap();
        builder.checkout("main").unwrap();
        let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
        let link = &answer.report.backports[0];
        assert_eq!((link.commit.as_str(), link.adapted), (pick.as_str(), difference), "{path}");
        let repo = builder.open().unwrap();
        let told = lineage::difference(&repo, &[fix], &[pick]).unwrap();
        assert_eq!(told.is_none(), difference.is_none());
        assert_eq!(difference.unwrap_or(told), told);
    }
}

#[test]
fn a_line_with_the_original_as_well_is_not_called_adapted() {
    let (_folder, mut builder, fix) = two_lines();
    builder.commit_file("core.txt", &FIXED.replace("forget", "drop_it"), &named(&fix)).unwrap();
    builder.commit_file("core.txt", BUGGY, "Another way").unwrap();
    builder.merge("main", Some("recursive"), "Merge main").unwrap();
    builder.tag("v1.0.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert!(answer.report.backports[0].adapted.is_some());
    assert_eq!(row(&answer, "1.0").adapted, Vec::<String>::new());
}

#[test]
fn a_copy_of_an_adapted_copy_is_adapted_too() {
    let (_folder, mut builder, fix) = two_lines();
    let content = FIXED.replace("forget", "drop_it");
    let pick = builder.commit_file("core.txt", &content, &named(&fix)).unwrap();
    builder.tag("v1.0.1").unwrap();
    builder.branch("release-0.9", "v1.0.0").unwrap();
    step(&mut builder, "two");
    builder.author("Rolf Release", "rolf@example.org");
    let copy = builder
        .commit_file("core.txt", &content, &format!("Old\n\n(cherry picked from commit {pick})"))
        .unwrap();
    builder.tag("v0.9.1").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert_eq!(row(&answer, "0.9").adapted, texts(&[&copy]));
}
