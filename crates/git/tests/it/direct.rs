//! What is read from a repository's own files, beside what git tells of the same.

use std::{collections::BTreeMap, fmt::Write as _, fs, os::unix::fs::PermissionsExt};

use git::{Changes, Commit, FileChange, Oid, Patch, Range, Repo, fixture::RepoBuilder};
use proptest::prelude::*;

use crate::fresh;

/// What a commit does to one path.
#[derive(Clone, Debug)]
enum Act {
    Write { path: usize, mode: usize, lines: Vec<usize>, ends: bool },
    Link { path: usize, other: bool },
    Submodule { path: usize, to: bool },
    Delete { path: usize },
}

/// A commit on the one before and perhaps on another.
#[derive(Clone, Debug)]
struct Step {
    after: prop::sample::Index,
    also: Option<prop::sample::Index>,
    seconds: i64,
    acts: Vec<Act>,
}

/// Some are folders of others.
const PATHS: [&str; 8] =
    ["a", "a/b", "a.b", "a0", "deep/er/x.txt", "deep/er", "\u{e9}\t\"q\"", "deep/er/y.txt"];
const LINES: [&str; 5] = ["one", "two", "", "--- a/x", "\u{20ac} three\r"];

fn acts() -> impl Strategy<Value = Act> {
    let path = 0..PATHS.len();
    let lines = prop::collection::vec(0..LINES.len(), 0..9);
    prop_oneof![
        6 => (path.clone(), 0..2_usize, lines, any::<bool>())
            .prop_map(|(path, mode, lines, ends)| Act::Write { path, mode, lines, ends }),
        1 => (path.clone(), any::<bool>()).prop_map(|(path, other)| Act::Link { path, other }),
        1 => (path.clone(), any::<bool>()).prop_map(|(path, to)| Act::Submodule { path, to }),
        2 => path.prop_map(|path| Act::Delete { path }),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        any::<prop::sample::Index>(),
        prop::option::weighted(0.2, any::<prop::sample::Index>()),
        // Clocks that are wrong by more than the time between two commits.
        -300..300_i64,
        prop::collection::vec(acts(), 0..4),
    );
    let step = step.prop_map(|(after, also, seconds, acts)| Step { after, also, seconds, acts });
    prop::collection::vec(step, 2..24)
}

/// Commit number N is the branch `cN`.
fn import(builder: &mut RepoBuilder, steps: &[Step]) {
    let mut stream = String::new();
    for (number, step) in steps.iter().enumerate() {
        let time = 1_700_000_000 + 60 * i64::try_from(number).unwrap() + step.seconds;
        let message = format!("Commit {number}\n\nand \u{fc}ber it\n");
        writeln!(stream, "commit refs/heads/c{number}\nmark :{}", number + 1).unwrap();
        writeln!(stream, "author Zo\u{eb} A <zoe@example.org> {} +0130", time - 7).unwrap();
        writeln!(stream, "committer B <b@example.org> {time} -0800").unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        // One in eight begins a history of its own.
        if number > 0 && step.after.index(8) > 0 {
            let parent = number - step.after.index(number.min(3));
            writeln!(stream, "from :{parent}").unwrap();
            let other = step.also.map(|also| 1 + also.index(number));
            if let Some(other) = other.filter(|other| *other != parent) {
                writeln!(stream, "merge :{other}").unwrap();
            }
        }
        for act in &step.acts {
            perform(act, &mut stream);
        }
        stream.push('\n');
    }
    builder.import(&stream).unwrap();
}

fn perform(act: &Act, stream: &mut String) {
    let quoted = |path: usize| PATHS[path].replace('"', "\\\"").replace('\t', "\\t");
    let mut file = |mode: &str, path: usize, content: &str| {
        let path = quoted(path);
        write!(stream, "M {mode} inline \"{path}\"\ndata {}\n{content}\n", content.len()).unwrap();
    };
    match act {
        Act::Write { path, mode, lines, ends } => {
            let text = lines.iter().map(|line| LINES[*line]).collect::<Vec<_>>().join("\n");
            let end = if *ends { "\n" } else { "" };
            file(["100644", "100755"][*mode], *path, &format!("{text}{end}"));
        }
        Act::Link { path, other } => file("120000", *path, if *other { "one" } else { "two" }),
        Act::Submodule { path, to } => {
            let commit = if *to { "1" } else { "2" }.repeat(40);
            writeln!(stream, "M 160000 {commit} \"{}\"", quoted(*path)).unwrap();
        }
        Act::Delete { path } => writeln!(stream, "D \"{}\"", quoted(*path)).unwrap(),
    }
}

fn read(repo: &Repo, range: &Range) -> Option<Vec<(Commit, Patch)>> {
    match repo.changes(range).unwrap() {
        Changes::Read(read) => Some(read),
        Changes::Told(_) => None,
    }
}

fn told(repo: &Repo, range: &Range) -> BTreeMap<Oid, (Commit, Patch)> {
    let mut told = BTreeMap::new();
    let take = |commit: Commit, patch| drop(told.insert(commit.oid.clone(), (commit, patch)));
    repo.clone().asking_git().each_change(range, take).unwrap();
    told
}

/// How many of each line there are more, or fewer. Which of equal lines are new, and how few changes lead
/// from one file to another, may be seen in two ways.
fn net(change: &FileChange) -> BTreeMap<&str, i64> {
    let mut net = BTreeMap::new();
    for (lines, sign) in [(&change.added, 1), (&change.removed, -1)] {
        for line in lines {
            *net.entry(line.as_str()).or_default() += sign;
        }
    }
    net.retain(|_, count| *count != 0);
    net
}

fn assert_same(repo: &Repo, range: &Range) {
    let read = read(repo, range).unwrap();
    let told = told(repo, range);
    let mut seen = Vec::new();
    assert!(told.keys().all(|oid| read.iter().any(|(commit, _)| commit.oid == *oid)));
    for (commit, patch) in &read {
        let Some((other, expected)) = told.get(&commit.oid) else {
            // Where clocks are wrong, more may be read than need be.
            assert!(is_behind(repo, range, &commit.oid));
            continue;
        };
        assert_eq!(commit, other);
        assert_eq!(
            patch.files.keys().collect::<Vec<_>>(),
            expected.files.keys().collect::<Vec<_>>(),
            "{commit:?}"
        );
        let files = |repo: &Repo| repo.changed_files(&commit.oid).unwrap();
        assert_eq!(files(repo), files(&repo.clone().asking_git()));
        for (path, change) in &patch.files {
            let expected = &expected.files[path];
            assert_eq!(net(change), net(expected), "{path} in {commit:?}");
            if change.removed.is_empty() || change.added.is_empty() {
                assert_eq!(change, expected);
            }
        }
        assert!(commit.parents.iter().all(|parent| !seen.contains(parent)));
        seen.push(commit.oid.clone());
    }
    let names = |commits: Vec<Commit>| {
        let mut names: Vec<Oid> = commits.into_iter().map(|commit| commit.oid).collect();
        names.sort_unstable();
        names
    };
    let asked = repo.clone().asking_git();
    let all = |repo: &Repo| names(repo.commits_before(range, 1_000).unwrap());
    assert_eq!(all(repo), all(&asked));
}

fn is_behind(repo: &Repo, range: &Range, oid: &Oid) -> bool {
    let remote = range.without_remote.is_some().then(|| repo.resolve("origin/x").unwrap());
    let mut ends = range.without.iter().chain(&remote);
    ends.any(|end| repo.is_ancestor(oid, end).unwrap())
}

fn range(repo: &Repo, from: usize, without: &[usize]) -> Range {
    let oid = |number: &usize| repo.resolve(&format!("c{number}")).unwrap();
    Range { from: vec![oid(&from)], without: without.iter().map(oid).collect(), ..Range::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Whatever the history, and however it is stored, it is the same as git tells.
    #[test]
    fn it_is_what_git_tells(steps in steps(), packed in 0..3_usize, ends in any::<[prop::sample::Index; 3]>()) {
        let (_folder, mut builder) = fresh();
        let half = steps.len() / 2;
        import(&mut builder, &steps);
        // Imported in one pack; a part may be packed anew, or lie in files of its own.
        match packed {
            1 => drop(builder.git(&["repack", "-adfq", "--depth=50", "--window=50"]).unwrap()),
            2 => unpack(&builder),
            _ => {}
        }
        builder.git(&["update-ref", "refs/remotes/origin/x", &format!("c{half}")]).unwrap();
        builder.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/x"]).unwrap();
        let repo = builder.open().unwrap();
        let [from, one, two] = ends.map(|end| end.index(steps.len()));
        for without in [&[one][..], &[one, two], &[0]] {
            assert_same(&repo, &range(&repo, from, without));
        }
        let remote = Some("origin".to_owned());
        let last = range(&repo, steps.len() - 1, &[]);
        assert_same(&repo, &Range { without_remote: remote, ..last });
    }
}

/// Puts every object into a file of its own.
fn unpack(builder: &RepoBuilder) {
    let packs = builder.folder().join(".git/objects/pack");
    let aside = builder.folder().join("aside");
    fs::rename(&packs, &aside).unwrap();
    for file in fs::read_dir(&aside).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pack") {
            let file = fs::File::open(&path).unwrap();
            let mut git = std::process::Command::new("git");
            git.current_dir(builder.folder()).args(["unpack-objects", "-q"]).stdin(file);
            assert!(git.status().unwrap().success());
        }
    }
}

#[test]
fn a_pack_that_is_packed_anew_is_read() {
    let (_folder, mut builder) = fresh();
    // Each is longer than the one before, and is stored as what differs from its neighbour.
    let text = |version: usize| -> String {
        let line = |line| {
            if line <= version {
                format!("line {line} is changed\n")
            } else {
                format!("line {line}\n")
            }
        };
        (0..400).map(line).collect()
    };
    for version in 0..30 {
        builder.commit_file("deep/file", &text(version), &format!("Version {version}")).unwrap();
        if version % 5 == 0 {
            // A pack of its own for what is new.
            builder.git(&["repack", "-dq"]).unwrap();
        }
    }
    let (repo, range) = last(&builder, 20);
    assert_same(&repo, &range);
    // What an object differs from is told by its place, or by its name.
    for by_place in ["true", "false"] {
        builder.git(&["config", "repack.useDeltaBaseOffset", by_place]).unwrap();
        builder.git(&["repack", "-adfq", "--depth=50", "--window=50"]).unwrap();
        let (repo, range) = last(&builder, 10);
        assert_same(&repo, &range);
    }
    assert_eq!(repo.commits_before(&range, 7).unwrap().len(), 7);
}

#[test]
fn a_generated_file_that_changes_a_lot_is_read() {
    let (_folder, mut builder) = fresh();
    // Every fourth version changes much of it, the others a line.
    let line = |line: usize, version: usize| {
        let changed =
            |at: &usize| (at % 4, (line + at) % 7) == (0, 0) || (line * 31 + at) % 3_000 == 1;
        let since = (0..=version).rev().find(changed).unwrap_or(0);
        let digits = (line * 40 + since + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{digits:016x} {line} {:016x}\n", digits.rotate_left(32).wrapping_mul(digits | 1))
    };
    for version in 0..24 {
        let text: String = (0..3_000).map(|number| line(number, version)).collect();
        builder.commit_file("generated", &text, &format!("Version {version}")).unwrap();
    }
    builder.git(&["repack", "-adfq", "--depth=50", "--window=50"]).unwrap();
    let (repo, range) = last(&builder, 20);
    assert_same(&repo, &range);
}

/// So many of the latest commits.
fn last(builder: &RepoBuilder, count: usize) -> (Repo, Range) {
    let repo = builder.open().unwrap();
    let resolve = |rev: &str| vec![repo.resolve(rev).unwrap()];
    let (from, without) = (resolve("main"), resolve(&format!("main~{count}")));
    (repo.clone(), Range { from, without, ..Range::default() })
}

#[test]
fn a_clock_that_is_wrong_and_a_mode_alone_are_seen_as_git_sees_them() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Old").unwrap();
    let public = builder.commit_file("a", "2\n", "Public").unwrap();
    let run = fs::Permissions::from_mode(0o755);
    fs::set_permissions(builder.folder().join("a"), run).unwrap();
    builder.commit("Private").unwrap();
    // Its clock says that it is older than all that it is made of.
    builder.at(1_000_000_000).branch("late", public.as_str()).unwrap();
    let late = builder.commit_file("b", "1\n", "Late").unwrap();
    let repo = builder.open().unwrap();
    let from = vec![repo.resolve("main").unwrap()];
    let range = Range { from, without: vec![late], ..Range::default() };
    assert_same(&repo, &range);
    let read = read(&repo, &range).unwrap();
    let files: Vec<&String> = read.iter().flat_map(|(_, patch)| patch.files.keys()).collect();
    assert_eq!((read.len(), files), (1, vec![&"a".to_owned()]));
}

#[test]
fn names_of_32_bytes_borrowed_objects_and_tags_are_usual() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder =
        RepoBuilder::create_as(folder.path().join("one"), &["--object-format=sha256"]).unwrap();
    builder.commit_file("a", "1\n", "One").unwrap();
    builder.annotated_tag("v1", "HEAD", "A tag").unwrap();
    builder.annotated_tag("again", "v1", "A tag of a tag").unwrap();
    builder.commit_file("a", "2\n", "Two").unwrap();
    let other = builder.open().unwrap();
    let borrower = RepoBuilder::borrow(folder.path().join("two"), &other).unwrap();
    let repo = borrower.open().unwrap();
    let tag = builder.git(&["rev-parse", "again"]).unwrap().parse().unwrap();
    let from = vec![other.resolve("main").unwrap()];
    let range = Range { from, without: vec![tag], ..Range::default() };
    assert_same(&repo, &range);
    assert_eq!(read(&repo, &range).unwrap().len(), 1);
}

#[test]
fn what_is_not_as_usual_is_left_to_git() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    builder.commit_file("a", "2\n", "Two").unwrap();
    let tip = builder.git(&["rev-parse", "main"]).unwrap();
    let repo = builder.open().unwrap();
    let from = |tip: &str| vec![tip.parse().unwrap()];
    let range = Range { from: from(&tip), without: vec![first.clone()], ..Range::default() };
    assert!(read(&repo, &range).is_some());
    assert!(read(&repo.clone().asking_git(), &range).is_none());
    let everything = Range { without: Vec::new(), ..range.clone() };
    assert!(read(&repo, &everything).is_none());
    let newest = Range { most: Some(1), ..range.clone() };
    assert!(read(&repo, &newest).is_none());

    let shallow = builder.folder().join(".git/shallow");
    fs::write(&shallow, format!("{first}\n")).unwrap();
    assert!(read(&repo, &range).is_none());
    fs::remove_file(&shallow).unwrap();

    builder.git(&["config", "i18n.commitEncoding", "ISO-8859-1"]).unwrap();
    builder.commit_file("a", "3\n", "Three").unwrap();
    let tip = builder.git(&["rev-parse", "main"]).unwrap();
    let other = Range { from: from(&tip), ..range.clone() };
    assert!(read(&repo, &other).is_none());
    assert_eq!(told(&repo, &other).len(), 2);

    let blob = builder.git(&["rev-parse", "main~1:a"]).unwrap();
    let (folder, file) = blob.split_at(2);
    let file = builder.folder().join(".git/objects").join(folder).join(file);
    damage(&file);
    assert!(read(&repo, &range).is_none());
    assert!(repo.each_change(&range, |_, _| ()).is_err());
    fs::remove_file(&file).unwrap();
    assert!(read(&repo, &range).is_none());
    assert!(repo.each_change(&range, |_, _| ()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]

    /// Whatever stands in the files, something comes of it or nothing, and soon.
    #[test]
    fn damaged_files_are_read_or_left_to_git(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 40)) {
        let (_folder, mut builder) = fresh();
        let text = |version: usize| "an amber heron\n".repeat(40 + version * version);
        for version in 0..12 {
            builder.commit_file("deep/file", &text(version), "A version").unwrap();
        }
        builder.git(&["repack", "-adfq", "--depth=50", "--window=50"]).unwrap();
        let repo = builder.open().unwrap();
        let [from, without] = ["main", "main~9"].map(|rev| repo.resolve(rev).unwrap());
        let range = Range { from: vec![from], without: vec![without], ..Range::default() };
        let packs = fs::read_dir(builder.folder().join(".git/objects/pack")).unwrap();
        let files: Vec<_> = packs.map(|file| file.unwrap().path()).collect();
        let is = |kind: &str| files.iter().find(|path| path.extension() == Some(kind.as_ref()));
        for (at, byte) in damage {
            for path in [is("pack").unwrap(), is("idx").unwrap()] {
                let whole = fs::read(path).unwrap();
                let mut bytes = whole.clone();
                let at = at.index(bytes.len());
                bytes[at] = byte;
                fs::remove_file(path).unwrap();
                fs::write(path, &bytes).unwrap();
                if let Ok(Changes::Read(read)) = repo.changes(&range) {
                    prop_assert!(read.len() <= 12);
                }
                fs::write(path, whole).unwrap();
            }
        }
    }
}

/// Turns one bit near the end, where the checksum is.
fn damage(file: &std::path::Path) {
    let mut bytes = fs::read(file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::remove_file(file).unwrap();
    fs::write(file, bytes).unwrap();
}
