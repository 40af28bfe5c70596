//! Ordinary questions and their answers.

use std::collections::BTreeSet;

use git::{Error, Oid, Range, Repo, Signed, fixture::RepoBuilder};

use crate::fresh;

#[test]
fn a_fixture_is_the_same_everywhere() {
    let (_folder, mut a) = fresh();
    let oid = a.commit_file("a.txt", "one\n", "Begin").unwrap();
    assert_eq!(oid.as_str(), "21568eccbaa48683df82774f748bc2dced67c993");
}

#[test]
fn commits_come_with_people_dates_and_messages() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a.txt", "one\n", "Begin").unwrap();
    let start = builder.now();
    builder.author("Zoë Example", "zoe@example.org");
    let second = builder.commit_file("a.txt", "two\n", "Change\n\nThe body.\n").unwrap();
    let empty = builder.commit("").unwrap();
    let repo = builder.open().unwrap();

    let commits = repo.commits(&Range::everything(&[])).unwrap();
    let names: Vec<&Oid> = commits.iter().map(|c| &c.oid).collect();
    assert_eq!(names, [&empty, &second, &first]);
    assert_eq!(commits[0].message, "");
    assert_eq!(commits[1].author.name, "Zoë Example");
    assert_eq!(commits[1].author.email, "zoe@example.org");
    assert_eq!(commits[1].author.when.seconds, start);
    assert_eq!(commits[1].author.when.offset, 0);
    assert_eq!((commits[1].subject(), commits[1].body()), ("Change", "The body."));
    assert_eq!(commits[1].parents, std::slice::from_ref(&first));

    let range = Range { from: vec![empty.clone()], without: vec![first], ..Range::default() };
    assert_eq!(repo.commits(&range).unwrap().len(), 2);
    assert_eq!(repo.commits(&Range::default()).unwrap(), []);
}

#[test]
fn a_pick_keeps_its_author_and_date() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.branch("side", "main").unwrap();
    builder.author("Bob", "bob@example.org");
    let fix = builder.commit_file("b", "fix\n", "Fix").unwrap();
    builder.author("Cleo", "cleo@example.org");
    builder.checkout("main").unwrap();
    builder.commit_file("c", "1\n", "Else").unwrap();
    let pick = builder.cherry_pick(fix.as_str(), true).unwrap();

    let repo = builder.open().unwrap();
    let (fix, pick) = (repo.commit(&fix).unwrap(), repo.commit(&pick).unwrap());
    assert_eq!(fix.author, pick.author);
    assert_eq!(pick.committer.name, "Cleo");
    assert_eq!(pick.body(), format!("(cherry picked from commit {})", fix.oid));
    assert_eq!(repo.patch_id(&fix.oid).unwrap(), repo.patch_id(&pick.oid).unwrap());
    assert!(repo.patch_id(&fix.oid).unwrap().is_some());
}

#[test]
fn tags_are_peeled_and_strange_ones_set_apart() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.tag("v1.0.0").unwrap();
    builder.annotated_tag("v1.0.0-signed", "v1.0.0", "one").unwrap();
    builder.annotated_tag("v1.0.0-twice", "v1.0.0-signed", "a tag of a tag").unwrap();
    builder.annotated_tag("v9.9.9", "HEAD^{tree}", "a tree").unwrap();
    builder.annotated_tag("v9.9.8", "HEAD:a", "a file").unwrap();
    let refs = builder.open().unwrap().refs().unwrap();

    let seen: Vec<(&str, &Oid, bool)> =
        refs.tags.iter().map(|tag| (tag.name.as_str(), &tag.target, tag.annotated)).collect();
    assert_eq!(
        seen,
        [
            ("v1.0.0", &first, false),
            ("v1.0.0-signed", &first, true),
            ("v1.0.0-twice", &first, true)
        ]
    );
    assert_eq!(refs.strange_tags, ["v9.9.8", "v9.9.9"]);
}

#[test]
fn the_default_branch_is_what_a_fresh_clone_would_take() {
    let (folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.branch("release-1.0", "main").unwrap();
    let refs = builder.open().unwrap().refs().unwrap();
    assert_eq!(refs.default_branch.as_deref(), Some("release-1.0"));

    builder.checkout("main").unwrap();
    let clone = folder.path().join("clone");
    let to = clone.to_str().unwrap();
    builder.git(&["clone", "--quiet", ".", to]).unwrap();
    builder.git(&["-C", to, "checkout", "--quiet", "-b", "topic"]).unwrap();
    let refs = Repo::open(&clone).unwrap().refs().unwrap();
    assert_eq!(refs.default_branch.as_deref(), Some("origin/main"));
    assert_eq!(refs.main_branch().unwrap().plain(), "main");
    let names: Vec<&str> = refs.branches.iter().map(|b| b.name.as_str()).collect();
    assert_eq!(names, ["main", "topic", "origin/main", "origin/release-1.0"]);
}

#[test]
fn revisions_are_resolved_or_refused_by_kind() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "Begin").unwrap();
    let second = builder.commit_file("a", "2\n", "Go on").unwrap();
    builder.annotated_tag("v1", "HEAD", "one").unwrap();
    let repo = builder.open().unwrap();

    for rev in ["main", "HEAD", "v1", "v1^{}", second.as_str(), second.short()] {
        assert_eq!(repo.resolve(rev).unwrap(), second, "{rev}");
    }
    assert_eq!(repo.resolve("main~1").unwrap(), first);
    for rev in ["nothing", "main~9", &"0".repeat(40), &"a".repeat(40)] {
        assert!(matches!(repo.resolve(rev), Err(Error::UnknownRevision(_))), "{rev}");
    }
    for rev in ["HEAD^{tree}", "HEAD:a"] {
        assert!(matches!(repo.resolve(rev), Err(Error::NotACommit(_))), "{rev}");
    }
    for rev in [
        "",
        "-h",
        "--all",
        "a..b",
        "main@{1}",
        "HEAD^{/Begin}",
        "^main",
        ":a",
        ":/Begin",
        "a\nb",
        "a b",
        "a\0b",
    ] {
        assert!(matches!(repo.resolve(rev), Err(Error::BadRevision(_))), "{rev:?}");
    }
}

#[test]
fn a_mark_changes_with_every_ref_and_with_nothing_else() {
    let (folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Begin").unwrap();
    let linked = folder.path().join("linked");
    builder.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]).unwrap();
    let repos = [builder.open().unwrap(), Repo::open(&linked).unwrap()];
    let marks = || repos.each_ref().map(|repo| repo.refs_mark().unwrap());
    let mut before = marks();
    assert_eq!(before, marks());
    for act in [
        "commit --quiet --allow-empty --message=More",
        "tag v1.0.0",
        "tag --force v1.0.0 HEAD~1",
        "branch side/deep/one",
        "pack-refs --all --prune",
        "tag --delete v1.0.0",
        "symbolic-ref HEAD refs/heads/side/deep/one",
    ] {
        builder.git(&act.split(' ').collect::<Vec<_>>()).unwrap();
        let now = marks();
        for (before, now) in before.iter().zip(&now) {
            assert_ne!(before, now, "{act}");
        }
        before = now;
    }
    builder.write("b", "not committed\n").unwrap();
    builder.git(&["hash-object", "-w", "b"]).unwrap();
    assert_eq!(before, marks());
}

#[test]
fn ancestry_and_containing_refs() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.tag("v1.0.0").unwrap();
    let second = builder.commit_file("a", "2\n", "Go on").unwrap();
    builder.tag("v1.1.0").unwrap();
    let repo = builder.open().unwrap();
    assert!(repo.is_ancestor(&first, &second).unwrap());
    assert!(repo.is_ancestor(&first, &first).unwrap());
    assert!(!repo.is_ancestor(&second, &first).unwrap());
    let (main, old, new) = ("refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v1.1.0");
    assert_eq!(repo.refs_containing(&first).unwrap(), [main, old, new]);
    assert_eq!(repo.refs_containing(&second).unwrap(), [main, new]);
    let unknown: Oid = "b".repeat(40).parse().unwrap();
    assert!(matches!(repo.is_ancestor(&unknown, &first), Err(Error::BrokenObject(_))));
    assert!(repo.refs_containing(&unknown).is_err());
    let mut objects = repo.objects().unwrap();
    assert!(objects.has(&first).unwrap() && !objects.has(&unknown).unwrap());
}

#[test]
fn changes_are_given_by_path_and_line() {
    let (_folder, mut builder) = fresh();
    let root = builder.commit_file("dir/a", "one\ntwo\n", "Begin").unwrap();
    builder.write("dir/a", "one\n2\n").unwrap();
    let change = builder.commit_file("né w", "--- a/x\n", "Change").unwrap();
    let repo = builder.open().unwrap();

    assert_eq!(repo.changed_files(&root).unwrap(), ["dir/a"]);
    assert_eq!(repo.changed_files(&change).unwrap(), ["dir/a", "né w"]);
    assert_eq!(repo.patch(&root).unwrap().files["dir/a"].added, ["one", "two"]);
    let patch = repo.patch(&change).unwrap();
    assert_eq!(patch.files["dir/a"].removed, ["two"]);
    assert_eq!(patch.files["dir/a"].added, ["2"]);
    assert_eq!(patch.files["né w"].added, ["--- a/x"]);
}

#[test]
fn a_merge_is_compared_with_its_first_parent() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.branch("side", "main").unwrap();
    builder.commit_file("b", "1\n", "Side").unwrap();
    builder.checkout("main").unwrap();
    builder.commit_file("c", "1\n", "Main").unwrap();
    let merge = builder.merge("side", None, "Merge").unwrap();
    let repo = builder.open().unwrap();
    assert_eq!(repo.changed_files(&merge).unwrap(), ["b"]);
    assert!(repo.commit(&merge).unwrap().is_merge());
}

#[test]
fn files_are_read_as_they_stand_in_a_commit() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("dir/a", "one\n", "Begin").unwrap();
    let repo = builder.open().unwrap();
    let file = |path| repo.show_file("main", path);
    assert_eq!(file("dir/a").unwrap().as_deref(), Some(b"one\n".as_slice()));
    assert_eq!(file("dir").unwrap(), None);
    assert_eq!(file("none").unwrap(), None);
    assert_eq!(file("dir/a b c d").unwrap(), None);
    for path in ["", "/etc/passwd", "../x", "dir/../a", "./a", "a\0b"] {
        assert!(matches!(file(path), Err(Error::BadPath(_))), "{path:?}");
    }
}

#[test]
fn commits_touching_a_path_on_any_branch() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a*", "1\n", "Begin").unwrap();
    builder.branch("side", "main").unwrap();
    let side = builder.commit_file("a*", "2\n", "Side").unwrap();
    builder.checkout("main").unwrap();
    builder.commit_file("ab", "1\n", "Main").unwrap();
    let repo = builder.open().unwrap();
    let found = repo.commits_touching(&Range::everything(&[]), &["a*"]).unwrap();
    assert_eq!(found, [side, first]);
}

#[test]
fn many_changes_are_read_in_one_go() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "Begin").unwrap();
    let empty = builder.commit("Nothing").unwrap();
    builder.write("b", "x\n").unwrap();
    // The text of the change holds the name of the next commit asked for.
    let tricky = builder.commit_file("a", &format!("{first}\n"), "Tricky").unwrap();
    let repo = builder.open().unwrap();
    let asked = [tricky.clone(), empty.clone(), first.clone()];
    let found = repo.patches(&asked, &["a"]).unwrap();
    let names: Vec<&Oid> = found.iter().map(|(oid, _)| oid).collect();
    assert_eq!(names, [&tricky, &empty, &first]);
    assert_eq!(found[0].1.files.len(), 1);
    assert_eq!(found[0].1, {
        let mut whole = repo.patch(&tricky).unwrap();
        whole.files.remove("b");
        whole
    });
    assert!(found[1].1.files.is_empty());
    assert_eq!(found[2].1.files["a"].added, ["1"]);
    let unknown: Oid = "b".repeat(40).parse().unwrap();
    assert!(repo.patches(std::slice::from_ref(&unknown), &[]).is_err());

    let paths = repo.changed_paths(&asked).unwrap();
    let expected = [(&tricky, vec!["a", "b"]), (&empty, vec![]), (&first, vec!["a"])];
    for ((oid, paths), expected) in paths.iter().zip(expected) {
        assert_eq!((oid, paths.iter().map(String::as_str).collect()), expected);
    }
    assert!(repo.changed_paths(std::slice::from_ref(&unknown)).is_err());
    let ids = repo.patch_ids(&asked).unwrap();
    assert_eq!(ids.keys().collect::<BTreeSet<_>>(), BTreeSet::from([&tricky, &first]));
    assert_eq!(ids.get(&tricky), repo.patch_id(&tricky).unwrap().as_ref());
    let pairs = [(tricky.clone(), empty.clone()), (empty.clone(), empty.clone())];
    assert_eq!(repo.same_contents(&pairs, &["c"]).unwrap(), [true, true]);
    assert_eq!(repo.same_contents(&pairs, &["c", "a"]).unwrap(), [false, true]);
    let gone = [(tricky, "b".repeat(40).parse().unwrap())];
    assert!(repo.same_contents(&gone, &["a"]).is_err());
}

#[test]
fn a_borrowing_repository_leaves_the_other_alone() {
    let (folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "Begin").unwrap();
    let other = builder.open().unwrap();
    let before = other.refs_mark().unwrap();
    let mut borrower = RepoBuilder::borrow(folder.path().join("borrower"), &other).unwrap();
    assert!(borrower.open().unwrap().refs().unwrap().branches.is_empty());
    borrower.point("refs/heads/main", first.as_str()).unwrap();
    borrower.import("commit refs/heads/main\ncommitter A <a@x> 1 +0000\ndata 3\nNew\nfrom refs/heads/main^0\n\n").unwrap();
    let tip = borrower.git(&["rev-parse", "main"]).unwrap();
    let repo = borrower.open().unwrap();
    assert!(repo.is_ancestor(&first, &tip.parse().unwrap()).unwrap());
    assert_eq!(other.refs_mark().unwrap(), before);
    assert!(!other.objects().unwrap().has(&tip.parse().unwrap()).unwrap());
}

#[test]
fn tags_tell_how_they_are_signed() {
    let (_folder, mut builder) = fresh();
    let commit = builder.commit_file("a", "a\n", "Begin").unwrap();
    builder.tag("light").unwrap();
    builder.annotated_tag("plain", commit.as_str(), "Release").unwrap();
    let signed = "Release\n-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----";
    builder.annotated_tag("signed", commit.as_str(), signed).unwrap();
    let repo = builder.open().unwrap();
    let mut objects = repo.objects().unwrap();
    let tags = repo.refs().unwrap().tags;
    let told: Vec<_> = tags.iter().map(|tag| objects.signed(&tag.object).unwrap()).collect();
    assert_eq!(told, [Signed::Lightweight, Signed::Not, Signed::Ssh]);
    let missing = "0123456789012345678901234567890123456789".parse().unwrap();
    assert!(matches!(objects.signed(&missing), Err(Error::BrokenObject(_))));
}
