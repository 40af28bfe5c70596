//! Every kind of evidence, alone: what it is worth, and what only looks like it.

use git::{Oid, fixture::RepoBuilder};
use lineage::{Grade, Note, Status};
use tempfile::TempDir;

use crate::{BUGGY, FIXED, ask, fix, fresh, links, statuses, step};

const SUBJECT: &str = "Check the length of input (#12)";

/// A fix on `main`, and another line without it, checked out, where somebody else works later.
struct Lines {
    _folder: TempDir,
    builder: RepoBuilder,
    fix: Oid,
}

fn lines(message: &str) -> Lines {
    let (folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, message);
    builder.tag("v1.1.0").unwrap();
    builder.branch("release-1.0", "v1.0.0").unwrap();
    builder.author("Rolf Release", "rolf@example.org").at(1_710_000_000);
    Lines { _folder: folder, builder, fix }
}

impl Lines {
    fn of_author(&mut self) -> &mut RepoBuilder {
        let date = self.builder.open().unwrap().commit(&self.fix).unwrap().author.when.seconds;
        self.builder.author("Ada Example", "ada@example.org").at(date)
    }

    /// The grade of `commit`, as a copy of the fix.
    fn grade(&self, commit: &Oid) -> Option<Grade> {
        let answer = ask(&self.builder, &[], &[&self.fix], Grade::Trailer);
        let [counted, proposed] = links(&answer);
        let mut all = counted.into_iter().chain(proposed);
        all.find(|(other, _)| *other == commit.as_str()).map(|(_, grade)| grade)
    }

    fn status(&self, tag: &str, accept: Grade) -> Status {
        let answer = ask(&self.builder, &[], &[&self.fix], accept);
        statuses(&answer).get(tag).copied().unwrap()
    }
}

/// Half of the fix, so that content proves nothing by itself.
fn half() -> String {
    FIXED.replace("forget", "drop_it")
}

#[test]
fn a_message_that_names_the_original_needs_nothing_else() {
    for (form, expected) in [
        ("(cherry picked from commit {})", Some(Grade::Trailer)),
        ("(backported from commit {})", Some(Grade::Trailer)),
        ("commit {} upstream.", Some(Grade::Trailer)),
        ("[ Upstream commit {} ]", Some(Grade::Trailer)),
        ("This is like commit {} upstream, only different", None),
        ("> (cherry picked from commit {})", None),
        ("(cherry picked from commit {}0)", None),
    ] {
        let mut lines = lines(SUBJECT);
        let message = format!("Work\n\n{}\n", form.replace("{}", lines.fix.as_str()));
        let pick = lines.builder.commit_file("other.txt", "x\n", &message).unwrap();
        assert_eq!(lines.grade(&pick), expected, "{form}");
    }
}

#[test]
fn the_date_of_an_author_needs_the_subject_or_the_lines() {
    for (path, subject, expected) in [
        ("other.txt", "Check the length of input", Some(Grade::Strong)),
        ("core.txt", "Work", Some(Grade::Strong)),
        ("other.txt", "Work", Some(Grade::Weak)),
    ] {
        let mut lines = lines(SUBJECT);
        let pick = lines.of_author().commit_file(path, &half(), subject).unwrap();
        assert_eq!(lines.grade(&pick), expected, "{path}, {subject}");
    }
    // One second later it is another piece of work.
    let mut lines = lines(SUBJECT);
    let later = lines.of_author().now() + 1;
    let other = lines.of_author().at(later).commit_file("core.txt", &half(), "Work").unwrap();
    assert_eq!(lines.grade(&other), None);
}

#[test]
fn a_bulk_import_shares_its_date_and_proves_nothing() {
    let mut lines = lines("Import");
    let date = lines.of_author().now();
    for file in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        lines.builder.at(date);
        lines.builder.commit_file(file, "x\n", "Import").unwrap();
    }
    let other = lines.of_author().commit_file("core.txt", &half(), "Import").unwrap();
    assert_eq!(lines.grade(&other), None);
}

#[test]
fn a_subject_that_many_share_tells_nothing() {
    let mut lines = lines("Update the version");
    for number in 0..40 {
        lines.builder.commit_file("version", &number.to_string(), "Update the version").unwrap();
    }
    let other = lines.builder.commit_file("core.txt", &half(), "Update the version").unwrap();
    assert_eq!(lines.grade(&other), None);
}

#[test]
fn two_commits_that_repair_the_same_one_may_be_the_same() {
    let bug = "0123456789abcdef0123456789abcdef01234567";
    for (content, expected) in [(half(), Grade::Likely), ("other\n".into(), Grade::Weak)] {
        let mut lines = lines(&format!("Check the length\n\nFixes: {bug} (\"Begin\")\n"));
        let message = format!("Work\n\nFixes: {bug} (\"Begin\")\n");
        let pick = lines.builder.commit_file("core.txt", &content, &message).unwrap();
        assert_eq!(lines.grade(&pick), Some(expected));
    }
}

#[test]
fn a_squash_with_all_of_the_fix_is_found_by_its_lines() {
    let mut lines = lines(SUBJECT);
    lines.builder.write("more.txt", "one\ntwo\n").unwrap().write("most.txt", "three\n").unwrap();
    let squash = lines.builder.commit_file("core.txt", FIXED, "Release 1.0.1").unwrap();
    lines.builder.tag("v1.0.1").unwrap();
    assert_eq!(lines.grade(&squash), Some(Grade::Content));
    assert_eq!(lines.status("v1.0.1", Grade::Content), Status::Fixed);
    assert_eq!(lines.status("v1.0.1", Grade::Trailer), Status::Affected);
}

#[test]
fn what_is_like_a_squash_of_many_things_is_not_the_fix() {
    let mut lines = lines(SUBJECT);
    let files = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    for file in files {
        lines.builder.write(file, "one thing\nanother thing\n").unwrap();
    }
    let squash = lines.builder.commit_file("core.txt", FIXED, "Catch up with main").unwrap();
    lines.builder.branch("release-0.9", "v1.0.0").unwrap();
    for file in files {
        lines.builder.write(file, "one thing\nanother thing\n").unwrap();
    }
    let like_it = lines.builder.commit("Catch up with main").unwrap();
    let named = format!("Catch up\n\n(cherry picked from commit {squash})\n");
    lines.builder.branch("release-0.8", "v1.0.0").unwrap();
    let pick = lines.builder.commit_file("core.txt", "x\n", &named).unwrap();
    let answer = ask(&lines.builder, &[], &[&lines.fix], Grade::Likely);
    let [counted, proposed] = links(&answer);
    assert!(counted.contains(&(squash.as_str(), Grade::Content)));
    assert!(counted.contains(&(pick.as_str(), Grade::Trailer)));
    assert!(counted.iter().chain(&proposed).all(|(commit, _)| *commit != like_it.as_str()));
}

#[test]
fn most_lines_are_enough_however_they_lie_in_files() {
    let (_folder, mut builder) = fresh();
    builder.write("a.txt", "a1 a1\na2 a2\na3 a3\na4 a4\n").unwrap();
    let fix = builder.commit_file("b.txt", "b1 b1\n", "Fix").unwrap();
    builder.branch("release-1.0", "main~1").unwrap();
    builder.author("Rolf Release", "rolf@example.org");
    let most = builder.commit_file("a.txt", "a1 a1\na2 a2\na3 a3\na4 a4\n", "Work").unwrap();
    builder.branch("release-0.9", "main~1").unwrap();
    builder.write("b.txt", "b1 b1\n").unwrap();
    builder.commit_file("a.txt", "a1 a1\na2 a2\nno\n", "Work").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Likely);
    assert_eq!(links(&answer), [vec![(most.as_str(), Grade::Likely)], vec![]]);
}

#[test]
fn introductions_are_followed_like_fixes() {
    let mut lines = lines("Read a line at a time");
    lines.builder.commit_file("core.txt", FIXED, "").unwrap();
    lines.builder.tag("v1.0.1").unwrap();
    let date = lines.of_author().now();
    lines.builder.branch("release-0.9", "v1.0.0").unwrap();
    lines.builder.at(date).commit_file("core.txt", &half(), "Read a line at a time").unwrap();
    lines.builder.tag("v0.9.1").unwrap();
    for (accept, content, dated) in [
        (Grade::Trailer, Status::NotAffected, Status::NotAffected),
        (Grade::Content, Status::Affected, Status::NotAffected),
        (Grade::Strong, Status::Affected, Status::Affected),
    ] {
        let answer = ask(&lines.builder, &[&lines.fix], &[], accept);
        assert_eq!(statuses(&answer)["v1.0.1"], content, "{accept}");
        assert_eq!(statuses(&answer)["v0.9.1"], dated, "{accept}");
        let all = answer.report.backports.iter().chain(&answer.report.proposed);
        assert!(all.into_iter().all(|link| link.of_kind == "introduced"));
    }
}

#[test]
fn a_revert_that_names_only_a_subject_counts_by_its_lines() {
    for (content, accept, expected) in [
        (BUGGY, Grade::Content, Status::Affected),
        (BUGGY, Grade::Trailer, Status::Fixed),
        ("other\n", Grade::Content, Status::Affected),
    ] {
        let (_folder, mut builder) = fresh();
        let fix = fix(&mut builder, SUBJECT);
        let message = "Revert \"Check the length of input (#12)\" (#13)";
        let revert = builder.commit_file("core.txt", content, message).unwrap();
        builder.tag("v1.0.0").unwrap();
        let answer = ask(&builder, &[], &[&fix], accept);
        assert_eq!(statuses(&answer)["v1.0.0"], expected, "{content}, {accept}");
        let doubt = Note::MayBeReverted { commit: fix, by: revert };
        assert_eq!(answer.notes.contains(&doubt), expected == Status::Fixed);
    }
    // Somebody reverted another change of that name, elsewhere in the tree.
    let (_folder, mut builder) = fresh();
    let fix = fix(&mut builder, SUBJECT);
    builder.commit_file("else.txt", "x\n", "Revert \"Check the length of input\"").unwrap();
    builder.tag("v1.0.0").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Likely);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Fixed);
    assert_eq!(answer.notes, []);
}

#[test]
fn a_revert_is_picked_like_any_change() {
    let mut lines = lines(SUBJECT);
    lines.builder.checkout("main").unwrap();
    let revert = lines.builder.revert(lines.fix.as_str()).unwrap();
    let date = lines.builder.open().unwrap().commit(&revert).unwrap().author.when.seconds;
    lines.builder.checkout("release-1.0").unwrap();
    lines.builder.cherry_pick(lines.fix.as_str(), true).unwrap();
    lines.builder.tag("v1.0.1").unwrap();
    // Same author, date and subject, and no more than half of the revert.
    let subject = "Revert \"Check the length of input (#12)\"";
    let almost = FIXED.replace("    forget(input)\n", "");
    let pick = lines.builder.at(date).commit_file("core.txt", &almost, subject).unwrap();
    lines.builder.tag("v1.0.2").unwrap();
    assert_eq!(lines.status("v1.0.1", Grade::Strong), Status::Fixed);
    assert_eq!(lines.status("v1.0.2", Grade::Strong), Status::Affected);
    let answer = ask(&lines.builder, &[], &[&lines.fix], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.2"], Status::Fixed);
    let doubted = |note: &Note| matches!(note, Note::MayBeReverted { by, .. } if *by == pick);
    assert!(answer.notes.iter().any(doubted), "{:?}", answer.notes);

    // What takes the pick of the revert back brings the fix again.
    lines.builder.revert(pick.as_str()).unwrap();
    lines.builder.tag("v1.0.3").unwrap();
    assert_eq!(lines.status("v1.0.3", Grade::Strong), Status::Fixed);
}

#[test]
fn a_declared_merge_is_sought_by_all_that_it_merged() {
    let (_folder, mut builder) = fresh();
    builder.branch("topic", "main").unwrap();
    let first = fix(&mut builder, SUBJECT);
    let second = builder.commit_file("more.txt", "one\ntwo\n", "The rest").unwrap();
    builder.commit_file("docs/a.md", "words\n", "Tell of it").unwrap();
    builder.checkout("main").unwrap();
    step(&mut builder, "else");
    let merge = builder.merge("topic", None, "Merge topic").unwrap();
    builder.tag("v1.1.0").unwrap();
    builder.branch("release-1.0", "main~2").unwrap();
    builder.cherry_pick(first.as_str(), true).unwrap();
    builder.tag("v1.0.1").unwrap();
    builder.cherry_pick(second.as_str(), true).unwrap();
    builder.tag("v1.0.2").unwrap();
    let answer = ask(&builder, &[], &[&merge], Grade::Trailer);
    let expected =
        [("v1.0.1", Status::Affected), ("v1.0.2", Status::Fixed), ("v1.1.0", Status::Fixed)];
    assert_eq!(statuses(&answer).into_iter().collect::<Vec<_>>(), expected);
    assert!(!answer.notes.iter().any(|note| matches!(note, Note::DeclaredMerge(_))));
}

#[test]
fn what_was_fixed_before_a_branch_was_cut_is_fixed_there_from_the_start() {
    let (_folder, mut builder) = fresh();
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, SUBJECT);
    builder.branch("release-1.1", "main").unwrap();
    step(&mut builder, "one");
    builder.tag("v1.1.0").unwrap();
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    let row = answer.report.lines.iter().find(|row| row.line == "1.1").unwrap();
    assert_eq!((row.first_fixed.as_deref(), row.last_affected.as_deref()), (Some("1.1.0"), None));
}

#[test]
fn a_fix_on_a_branch_that_was_never_released_fixes_no_release() {
    let mut lines = lines(SUBJECT);
    lines.builder.branch("attempt", "v1.0.0").unwrap();
    let pick = lines.builder.cherry_pick(lines.fix.as_str(), true).unwrap();
    lines.builder.checkout("release-1.0").unwrap();
    step(&mut lines.builder, "one");
    lines.builder.tag("v1.0.1").unwrap();
    let answer = ask(&lines.builder, &[], &[&lines.fix], Grade::Likely);
    assert_eq!(statuses(&answer)["v1.0.1"], Status::Affected);
    let link = answer.report.backports.iter().find(|link| link.commit == pick.as_str()).unwrap();
    assert_eq!(link.branch.as_deref(), Some("attempt"));
}

#[test]
fn other_formats_of_repositories_give_the_same_answer() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let folder = tempfile::tempdir().unwrap();
        let Ok(mut builder) = RepoBuilder::create_as(folder.path().join("project"), &[format])
        else {
            println!("skipped: this machine's git does not know {format}");
            continue;
        };
        builder.commit_file("core.txt", BUGGY, "Begin").unwrap();
        builder.tag("v1.0.0").unwrap();
        let fix = fix(&mut builder, SUBJECT);
        builder.annotated_tag("v1.1.0", "HEAD", "one").unwrap();
        builder.branch("release-1.0", "v1.0.0").unwrap();
        builder.cherry_pick(fix.as_str(), true).unwrap();
        builder.tag("v1.0.1").unwrap();
        builder.branch("release-0.9", "v1.0.0").unwrap();
        builder.author("Rolf Release", "rolf@example.org");
        builder.commit_file("core.txt", FIXED, "").unwrap();
        builder.tag("v0.9.1").unwrap();
        let answer = ask(&builder, &[], &[&fix], Grade::Content);
        let expected = [
            ("v0.9.1", Status::Fixed),
            ("v1.0.0", Status::Affected),
            ("v1.0.1", Status::Fixed),
            ("v1.1.0", Status::Fixed),
        ];
        assert_eq!(statuses(&answer).into_iter().collect::<Vec<_>>(), expected, "{format}");
    }
}

fn numbered(words: &str, count: usize) -> String {
    (0..count).map(|n| format!("{words} {n}")).collect::<Vec<_>>().join("\n") + "\n"
}

/// A file that takes long to compare, with these lines in its middle.
fn long(middle: &str) -> String {
    let filling = numbered("filling line", 1000);
    format!("{filling}{middle}{filling}")
}

#[test]
fn long_files_are_compared_where_they_may_decide() {
    let rest = |kept: usize| numbered("the rest", kept);
    for (short, kept, expected) in [
        (FIXED.to_owned(), 4, Some((Grade::Content, "content"))),
        (FIXED.to_owned(), 3, Some((Grade::Likely, "lines 5/6"))),
        (half(), 4, Some((Grade::Likely, "lines 5/6"))),
        (half(), 3, None),
        (BUGGY.to_owned(), 4, None),
    ] {
        let (_folder, mut builder) = fresh();
        builder.commit_file("long.txt", &long(""), "Begin at length").unwrap();
        builder.tag("v1.0.0").unwrap();
        builder.write("long.txt", &long(&rest(4))).unwrap();
        let fix = fix(&mut builder, SUBJECT);
        builder.branch("release-1.0", "v1.0.0").unwrap();
        builder.author("Rolf Release", "rolf@example.org").at(1_710_000_000);
        builder.write("long.txt", &long(&rest(kept))).unwrap();
        let copy = builder.commit_file("core.txt", &short, "Work").unwrap();
        let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
        let links = &answer.report.proposed;
        let found = links.iter().find(|link| link.commit == copy.as_str());
        let found = found.map(|link| (link.grade, link.evidence[0].as_str()));
        assert_eq!(found, expected, "{kept}");
    }
}
