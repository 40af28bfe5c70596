//! Clones that are broken, cut, or out to trick their reader.

use std::{fs, path::Path};

use git::{Cache, Error, Oid, Range, Repo, fixture::RepoBuilder};

use crate::fresh;

#[test]
fn not_a_repository_is_said_so_even_inside_of_one() {
    let (folder, builder) = fresh();
    assert!(matches!(Repo::open(folder.path()), Err(Error::NotARepository(_))));
    assert!(matches!(Repo::open(folder.path().join("nothing")), Err(Error::NotARepository(_))));
    let inner = builder.folder().join("inner");
    fs::create_dir(&inner).unwrap();
    assert!(matches!(Repo::open(&inner), Err(Error::NotARepository(_))));
}

#[test]
fn the_repositorys_configuration_runs_nothing() {
    let (folder, mut builder) = fresh();
    let marker = folder.path().join("ran");
    let run = format!("touch {}; cat", marker.display());
    builder.write(".gitattributes", "* diff=evil filter=evil\n").unwrap();
    let oid = builder.commit_file("a", "1\n", "Begin").unwrap();
    for key in [
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "core.pager",
        "core.fsmonitor",
        "core.sshCommand",
        "core.alternateRefsCommand",
        "gpg.program",
        "uploadpack.packObjectsHook",
    ] {
        builder.git(&["config", key, &run]).unwrap();
    }
    for (key, value) in [
        ("log.showSignature", "true"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("diff.context", "9"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
        ("diff.mnemonicPrefix", "true"),
    ] {
        builder.git(&["config", key, value]).unwrap();
    }
    let attributes = builder.folder().join(".git/info");
    fs::create_dir_all(&attributes).unwrap();
    fs::write(attributes.join("attributes"), "* diff=evil -text\n").unwrap();

    let repo = builder.open().unwrap();
    repo.commits(&Range::everything(&[])).unwrap();
    assert_eq!(repo.patch(&oid).unwrap().files["a"].added, ["1"]);
    repo.patch_id(&oid).unwrap();
    repo.changed_files(&oid).unwrap();
    repo.refs().unwrap();
    repo.integrity().unwrap();
    assert_eq!(repo.show_file("main", "a").unwrap().unwrap(), b"1\n");
    assert!(!marker.exists());
}

#[test]
fn a_partial_clone_is_not_completed_behind_our_back() {
    let (folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Begin").unwrap();
    builder.commit_file("a", "2\n", "Go on").unwrap();
    builder.git(&["config", "uploadpack.allowFilter", "true"]).unwrap();
    let clone = folder.path().join("partial");
    let (from, to) = (format!("file://{}", builder.folder().display()), clone.to_str().unwrap());
    builder.git(&["clone", "--quiet", "--bare", "--filter=blob:none", &from, to]).unwrap();
    let marker = folder.path().join("ran");
    let evil = format!("touch {}; git-upload-pack", marker.display());
    for (key, value) in [
        ("remote.origin.uploadpack", evil.as_str()),
        ("protocol.file.allow", "always"),
        ("protocol.allow", "always"),
    ] {
        builder.git(&["-C", to, "config", key, value]).unwrap();
    }

    let repo = Repo::open(&clone).unwrap();
    assert!(repo.integrity().unwrap().partial);
    assert_eq!(repo.commits(&Range::everything(&[])).unwrap().len(), 2);
    let file = repo.show_file("main", "a");
    assert!(matches!(file, Err(Error::BrokenObject(_))), "{file:?}");
    assert_eq!(repo.show_file("main", "nothing").unwrap(), None);
    let head = repo.resolve("main").unwrap();
    assert!(repo.patch(&head).is_err());
    assert!(!marker.exists());
}

#[test]
fn a_shallow_clone_says_where_it_was_cut() {
    let (folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "One").unwrap();
    let second = builder.commit_file("a", "2\n", "Two").unwrap();
    let third = builder.commit_file("a", "3\n", "Three").unwrap();
    let clone = folder.path().join("shallow");
    let from = format!("file://{}", builder.folder().display());
    builder.git(&["clone", "--quiet", "--depth=2", &from, clone.to_str().unwrap()]).unwrap();
    let repo = Repo::open(&clone).unwrap();
    let integrity = repo.integrity().unwrap();
    assert!(!repo.refs_mark().unwrap().is_plain());
    assert!(integrity.shallow.contains(&second));
    assert_eq!(integrity.doubtful().len(), 1);
    let commits = repo.commits(&Range::everything(&[])).unwrap();
    assert_eq!(commits.len(), 2);
    assert_eq!(commits[0].oid, third);
    assert_eq!(commits[1].parents.len(), 1, "the object still names its parent");
    assert_eq!(builder.open().unwrap().integrity().unwrap().doubtful().len(), 0);
}

#[test]
fn replacements_and_grafts_are_seen_but_not_believed() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    let second = builder.commit_file("a", "2\n", "Two").unwrap();
    let third = builder.commit_file("a", "3\n", "Three").unwrap();
    builder.git(&["replace", "--graft", third.as_str(), first.as_str()]).unwrap();
    let info = builder.folder().join(".git/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("grafts"), format!("{second}\n")).unwrap();

    let repo = builder.open().unwrap();
    assert!(!repo.refs_mark().unwrap().is_plain());
    assert!(repo.is_ancestor(&second, &third).unwrap());
    assert!(repo.is_ancestor(&first, &second).unwrap());
    assert_eq!(repo.commits(&Range::everything(&[])).unwrap().len(), 3);
    let integrity = repo.integrity().unwrap();
    assert!(integrity.replaced.contains(&third));
    assert!(integrity.grafted.contains(&second));
}

#[test]
fn a_replacement_that_only_rewords_casts_no_doubt() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "One").unwrap();
    let second = builder.commit_file("a", "2\n", "Two").unwrap();
    let tree = builder.git(&["rev-parse", "HEAD^{tree}"]).unwrap();
    let reworded = builder.git(&["commit-tree", "-p", "HEAD^", "-m", "Second", &tree]).unwrap();
    assert!(builder.open().unwrap().refs_mark().unwrap().is_plain());
    builder.git(&["replace", second.as_str(), &reworded]).unwrap();
    builder.git(&["pack-refs", "--all", "--prune"]).unwrap();
    let repo = builder.open().unwrap();
    assert!(!repo.refs_mark().unwrap().is_plain());
    assert!(repo.integrity().unwrap().replaced.is_empty());
    assert_eq!(repo.commit(&second).unwrap().subject(), "Two");
}

#[test]
fn names_that_look_like_options_or_objects_do_no_harm() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    let second = builder.commit_file("a", "2\n", "Two").unwrap();
    builder.git(&["update-ref", "refs/tags/--output=x", first.as_str()]).unwrap();
    builder.git(&["update-ref", "refs/heads/-h", first.as_str()]).unwrap();
    builder.git(&["update-ref", &format!("refs/heads/{second}"), first.as_str()]).unwrap();
    builder.git(&["update-ref", "refs/tags/$(touch);'\"", first.as_str()]).unwrap();
    let repo = builder.open().unwrap();
    let refs = repo.refs().unwrap();
    assert_eq!(refs.tags.len(), 2);
    assert_eq!(refs.tags[0].name, "$(touch);'\"");
    assert_eq!(refs.tags[1].name, "--output=x");
    assert_eq!(repo.resolve(second.as_str()).unwrap(), second);
    assert!(matches!(repo.resolve("--output=x"), Err(Error::BadRevision(_))));
    assert_eq!(repo.resolve("refs/tags/--output=x").unwrap(), first);
    assert_eq!(repo.refs_containing(&first).unwrap().len(), 5);
}

#[test]
fn a_missing_commit_is_an_error_never_a_shorter_history() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    let second = builder.commit_file("a", "2\n", "Two").unwrap();
    lose(builder.folder(), first.as_str());
    let repo = builder.open().unwrap();
    assert!(repo.commits(&Range::everything(&[])).is_err());
    assert!(matches!(repo.commit(&first), Err(Error::BrokenObject(_))));
    assert!(repo.patch(&second).is_err());
    assert!(repo.is_ancestor(&first, &second).is_err());
}

#[test]
fn a_ref_that_points_nowhere_is_an_error() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    builder.tag("v1.0.0").unwrap();
    builder.commit_file("a", "2\n", "Two").unwrap();
    builder.git(&["checkout", "--quiet", "--orphan", "x"]).unwrap();
    lose(builder.folder(), first.as_str());
    assert!(builder.open().unwrap().refs().is_err());
}

#[test]
fn a_ref_that_cannot_be_read_is_an_error() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "One").unwrap();
    builder.tag("v1.0.0").unwrap();
    assert_eq!(builder.open().unwrap().refs().unwrap().tags.len(), 1);
    let tags = builder.folder().join(".git/refs/tags");
    for name in ["v1.0.1", "v1..2"] {
        fs::write(tags.join(name), "garbage\n").unwrap();
        assert!(builder.open().unwrap().refs().is_err(), "{name}");
        fs::remove_file(tags.join(name)).unwrap();
    }
}

#[test]
fn a_forged_commit_graph_answers_nothing() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit_file("a", "1\n", "One").unwrap();
    builder.commit_file("a", "2\n", "Two").unwrap();
    let third = builder.commit_file("a", "3\n", "Three").unwrap();
    builder.git(&["commit-graph", "write", "--reachable"]).unwrap();
    let file = builder.folder().join(".git/objects/info/commit-graph");
    let mut bytes = fs::read(&file).unwrap();
    // A row is a tree's name, two parents and the date; 0x70000000 says "no parent". The
    // row in the middle is forged, because git reads the two ends from their objects.
    let tree = builder.git(&["rev-parse", "HEAD~1^{tree}"]).unwrap();
    let tree: Vec<u8> = tree
        .as_bytes()
        .chunks(2)
        .map(|hex| u8::from_str_radix(std::str::from_utf8(hex).unwrap(), 16).unwrap())
        .collect();
    let row = bytes.windows(20).position(|window| window == tree).unwrap();
    bytes[row + 20..row + 24].copy_from_slice(&[0x70, 0, 0, 0]);
    fs::remove_file(&file).unwrap();
    fs::write(&file, bytes).unwrap();

    let naive = builder.git(&["merge-base", "--is-ancestor", first.as_str(), third.as_str()]);
    assert!(naive.is_err(), "the forgery does not even fool plain git");
    let repo = builder.open().unwrap();
    assert!(repo.is_ancestor(&first, &third).unwrap());
    assert_eq!(repo.commits(&Range::everything(&[])).unwrap().len(), 3);
}

#[test]
fn a_damaged_commit_graph_is_left_aside() {
    let (_folder, mut builder) = fresh();
    let first = builder.commit("One").unwrap();
    for side in ["a", "b", "c"] {
        builder.branch(side, "main").unwrap();
        builder.commit(side).unwrap();
        builder.checkout("main").unwrap();
    }
    builder.git(&["merge", "-q", "-s", "ours", "-m", "All", "a", "b", "c"]).unwrap();
    builder.git(&["commit-graph", "write", "--reachable"]).unwrap();
    let file = builder.folder().join(".git/objects/info/commit-graph");
    let whole = fs::read(&file).unwrap();
    let repo = builder.open().unwrap();
    let read = || {
        let history = repo.survey(std::slice::from_ref(&first)).unwrap().history;
        let names = history.names().unwrap();
        let tip = names.rank(&repo.resolve("main").unwrap()).unwrap();
        (history.len(), history.parents(tip).count())
    };
    assert_eq!(read(), (5, 4));
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        match at % 3 {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (at % 8),
            _ => bytes[at] = 0xff,
        }
        fs::remove_file(&file).unwrap();
        fs::write(&file, &bytes).unwrap();
        assert_eq!(read(), (5, 4), "byte {at}");
    }
}

/// Deletes a loose object.
fn lose(folder: &Path, oid: &str) {
    let (shelf, name) = oid.split_at(2);
    let file = folder.join(".git/objects").join(shelf).join(name);
    fs::remove_file(file).unwrap();
}

#[test]
fn a_cache_that_was_tampered_with_is_read_anew() {
    let (folder, mut builder) = fresh();
    let first = builder.commit("One").unwrap();
    builder.commit("Two").unwrap();
    builder.branch("side", "main").unwrap();
    builder.commit("Three").unwrap();
    builder.merge("main", None, "Four").unwrap();
    builder.tag("v1.0.0").unwrap();
    let ours = folder.path().join("cache");
    let read = || {
        let repo = builder.open().unwrap().with_cache(Cache::new(&ours));
        let survey = repo.survey(std::slice::from_ref(&first)).unwrap();
        let names = survey.history.names().unwrap();
        let known: Vec<Oid> = survey.history.ranks().map(|rank| names.oid(rank).unwrap()).collect();
        let old = survey.history.rank(&first).unwrap().unwrap();
        let new = survey.history.rank(&survey.refs.tags[0].target).unwrap().unwrap();
        (known, survey.history.lanes(&[old]).contains(new, 0))
    };
    let expected = read();
    assert!(expected.1);
    let file = fs::read_dir(&ours).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        if at % 3 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << (at % 8);
        }
        fs::write(&file, &bytes).unwrap();
        assert_eq!(read(), expected, "byte {at}");
        assert_eq!(fs::read(&file).unwrap(), whole, "byte {at}");
    }
    // Another repository in the same place is not taken for the old one.
    fs::remove_dir_all(builder.folder()).unwrap();
    let mut other = RepoBuilder::create(builder.folder()).unwrap();
    other.commit("Another one").unwrap();
    let repo = other.open().unwrap().with_cache(Cache::new(&ours));
    assert_eq!(repo.survey(&[]).unwrap().history.len(), 1);
}
