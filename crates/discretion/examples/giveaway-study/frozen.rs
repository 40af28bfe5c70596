//! The leaks of the past in `leaks.tsv`, read as the guard would have read them without the case's
//! terms.

use discretion::{CommitWords, Guard, Prior, Terms};

use crate::projects::{Commit, Group, Project, without_ids};

/// Messages before a commit from which the guard learns what is ordinary.
const LEARNED: usize = 400;

pub(crate) fn report(groups: &[Group]) {
    let (mut found, mut all) = (0, 0);
    for row in include_str!("leaks.tsv").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = row.split('\t').collect();
        let [name, oid, id, why] = words.as_slice() else { continue };
        let projects = groups.iter().flat_map(|group| &group.projects);
        let Some(project) = projects.into_iter().find(|project| project.name == *name) else {
            continue;
        };
        all += 1;
        if is_found(project, oid, why.contains("id")) {
            found += 1;
        } else {
            println!("missed: {name} {oid} ({id}, {why})");
        }
    }
    println!("\nLeaks of the past: {found} of {all} found.");
}

fn is_found(project: &Project, oid: &str, by_id: bool) -> bool {
    let Some(at) = project.commits.iter().position(|commit| commit.words.oid == oid) else {
        return false;
    };
    let before = project.commits.get(at.saturating_sub(LEARNED)..at).unwrap_or_default();
    let Some(before) = messages(project, before) else { return false };
    let prior = Prior::of(before.iter().map(String::as_str));
    let guard = Guard::new(&Terms::new()).with_prior(prior);
    let Some(Commit { words, .. }) = project.commits.get(at) else { return false };
    let Some(mut said) = as_written(project, words) else { return false };
    if !by_id {
        said.message = without_ids(&said.message);
    }
    !guard.commit(&said).is_empty()
}

/// What commits say, ids and all.
fn messages(project: &Project, commits: &[Commit]) -> Option<Vec<String>> {
    let oids: Option<Vec<_>> = commits.iter().map(|commit| commit.words.oid.parse().ok()).collect();
    let read = project.repo.objects().ok()?.commits(&oids?).ok()?;
    Some(read.into_iter().map(|commit| commit.message).collect())
}

/// The commit as it stands in the repository, with the lines that it adds.
fn as_written(project: &Project, words: &CommitWords) -> Option<CommitWords> {
    let oid = words.oid.parse().ok()?;
    let commit = project.repo.objects().ok()?.commit(&oid).ok()?;
    let patch = project.repo.patch(&oid).ok()?;
    let added = patch.files.into_iter().map(|(path, change)| (path, change.added));
    Some(CommitWords { message: commit.message, added: added.collect(), ..words.clone() })
}
