//! A range's commits with their changes, from one run of git.

use git::{Commit, Patch, Range, Repo};

use crate::fresh;

fn told(repo: &Repo, range: &Range) -> Vec<(Commit, Patch)> {
    let mut told = Vec::new();
    repo.each_change(range, |commit, patch| told.push((commit, patch))).unwrap();
    told
}

#[test]
fn it_tells_what_commits_and_patches_say_one_by_one() {
    let (_folder, mut builder) = fresh();
    builder.author("Zoë <Example", "zoe@example.org");
    let first = builder.commit_file("a.txt", "one\n", "First\n\n:100 x\ty\n\n--- a/b\n").unwrap();
    builder.commit_file("b b.txt", "\0two\n\n\0\0three", "").unwrap();
    builder.commit_file("leer", "", "An empty file\n\n\n").unwrap();
    builder.commit_file("ä\t.txt", "+++ b/x\n@@ -1 +1 @@\n", "Odd\n").unwrap();
    builder.branch("side", "main").unwrap();
    builder.commit_file("side.txt", "s\n", "Side").unwrap();
    builder.checkout("main").unwrap();
    builder.commit_file("a.txt", "other\n", "Main").unwrap();
    builder.merge("side", None, "Merge side").unwrap();
    let repo = builder.open().unwrap();
    let tip = repo.resolve("main").unwrap();

    let range = Range { from: vec![tip.clone()], ..Range::default() };
    let all = told(&repo, &range);
    assert_eq!(all.len(), 7);
    for ((commit, patch), other) in all.iter().zip(repo.commits(&range).unwrap()) {
        assert_eq!((&commit.author, &commit.committer), (&other.author, &other.committer));
        assert_eq!((&commit.oid, &commit.parents), (&other.oid, &other.parents));
        assert_eq!(commit.message.trim_end(), other.message.trim_end());
        if commit.is_merge() {
            assert_eq!(*patch, Patch::default());
            continue;
        }
        let mut lines = patch.clone();
        lines.files.retain(|_, change| !change.added.is_empty() || !change.removed.is_empty());
        assert_eq!(lines, repo.patch(&commit.oid).unwrap());
        let paths: Vec<&String> = patch.files.keys().collect();
        assert_eq!(paths, repo.changed_files(&commit.oid).unwrap().iter().collect::<Vec<_>>());
    }

    let since = Range { without: vec![first.clone()], ..range.clone() };
    assert_eq!(told(&repo, &since).len(), 6);
    let before = repo.commits_before(&since, 10).unwrap();
    assert_eq!(before.iter().map(|commit| &commit.oid).collect::<Vec<_>>(), [&first]);
    assert_eq!(repo.commits_before(&range, 10).unwrap().len(), 7);
    let two = Range { most: Some(2), ..range };
    assert_eq!(told(&repo, &two).len(), 2);
}

#[test]
fn what_a_remote_has_is_left_out_and_no_other_remotes() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "Public").unwrap();
    builder.git(&["update-ref", "refs/remotes/origin/main", "main"]).unwrap();
    builder.commit_file("a", "2\n", "Private").unwrap();
    builder.git(&["update-ref", "refs/remotes/fork/main", "main"]).unwrap();
    let repo = builder.open().unwrap();
    let range = |remote: &str| Range {
        from: vec![repo.resolve("main").unwrap()],
        without_remote: Some(remote.to_owned()),
        ..Range::default()
    };
    assert_eq!(told(&repo, &range("origin")).len(), 1);
    assert_eq!(told(&repo, &range("fork")).len(), 0);
    for odd in ["https://example.org/a.git", "", "*", "nowhere", "origin --all"] {
        assert_eq!(told(&repo, &range(odd)).len(), 2, "{odd}");
    }
}

#[test]
fn an_object_that_is_missing_is_an_error() {
    let (_folder, mut builder) = fresh();
    builder.commit_file("a", "1\n", "One").unwrap();
    builder.commit_file("a", "2\n", "Two").unwrap();
    let repo = builder.open().unwrap();
    let tip = repo.resolve("main").unwrap();
    let blob = builder.git(&["rev-parse", "main~1:a"]).unwrap();
    let (folder, file) = blob.split_at(2);
    std::fs::remove_file(builder.folder().join(".git/objects").join(folder).join(file)).unwrap();
    let range = Range { from: vec![tip], ..Range::default() };
    assert!(repo.each_change(&range, |_, _| ()).is_err());
}
