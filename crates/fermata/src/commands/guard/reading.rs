//! From commits in a repository to the words that a guard reads.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use discretion::{CommitWords, Finding, Guard, Prior, Terms};
use git::{Commit, Oid, Range, Repo, Signature};

use crate::{command_error::CommandError, output::Output};

/// How many of the commits before a range are read to learn what is ordinary in the project.
const LEARNED: usize = 400;
/// So many commits' changes are held at once.
const BATCH: usize = 100;

/// The names under which commits become public.
#[derive(Default)]
pub(super) struct Names {
    /// The branch of the newest commit.
    pub(super) branch: Option<String>,
    /// Tags by the commit that they stand on.
    pub(super) tags: BTreeMap<Oid, Vec<String>>,
}

/// Reads every commit of the range; `tip` is the commit that carries the branch's name.
pub(super) fn check(
    repo: &Repo,
    range: &Range,
    tip: &Oid,
    names: &Names,
    terms: &Terms,
) -> Result<Vec<Finding>, CommandError> {
    let commits = repo.commits(range)?;
    let guard = Guard::new(terms).with_prior(prior(repo, range, &commits)?);
    let mut findings = Vec::new();
    for batch in commits.chunks(BATCH) {
        let oids: Vec<Oid> = batch.iter().map(|commit| commit.oid.clone()).collect();
        for (commit, (_, patch)) in batch.iter().zip(repo.patches(&oids, &[])?) {
            let added = patch.files.into_iter().map(|(path, change)| (path, change.added));
            let words = CommitWords {
                oid: commit.oid.to_string(),
                message: commit.message.clone(),
                author: person(&commit.author),
                committer: person(&commit.committer),
                // Once is enough: the name is the same for all of them.
                branch: names.branch.clone().filter(|_| commit.oid == *tip),
                tags: names.tags.get(&commit.oid).cloned().unwrap_or_default(),
                files: repo.changed_files(&commit.oid)?,
                added: added.filter(|(_, lines)| !lines.is_empty()).collect(),
            };
            findings.extend(guard.commit(&words));
        }
    }
    // Names on commits that are public already are new words all the same.
    let seen: BTreeSet<&Oid> = commits.iter().map(|commit| &commit.oid).collect();
    let branch = names.branch.clone().filter(|_| !seen.contains(tip));
    let mut bare = Vec::new();
    bare.extend(branch.map(|branch| (tip, Some(branch), Vec::new())));
    let unseen = names.tags.iter().filter(|(oid, _)| !seen.contains(*oid));
    bare.extend(unseen.map(|(oid, tags)| (oid, None, tags.clone())));
    for (oid, branch, tags) in bare {
        let words = CommitWords { oid: oid.to_string(), branch, tags, ..CommitWords::default() };
        findings.extend(guard.commit(&words));
    }
    Ok(findings)
}

/// What is ordinary in the project: the messages before the range, or where there is nothing before
/// it, those in it.
fn prior(repo: &Repo, range: &Range, commits: &[Commit]) -> Result<Prior, CommandError> {
    if range.without.is_empty() {
        return Ok(Prior::of(commits.iter().map(|commit| commit.message.as_str())));
    }
    let mut objects = repo.objects()?;
    let mut open: VecDeque<Oid> = range.without.iter().cloned().collect();
    let mut seen: BTreeSet<Oid> = range.without.iter().cloned().collect();
    let mut messages = Vec::new();
    while let Some(oid) = open.pop_front().filter(|_| messages.len() < LEARNED) {
        // A shallow clone ends somewhere; what is not there teaches nothing.
        let Ok(commit) = objects.commit(&oid) else { continue };
        open.extend(commit.parents.into_iter().filter(|parent| seen.insert(parent.clone())));
        messages.push(commit.message);
    }
    Ok(Prior::of(messages.iter().map(String::as_str)))
}

/// Says which public words were not read: annotated tags carry messages of their own.
pub(super) fn admit_unread(
    repo: &Repo,
    names: &Names,
    output: &Output,
) -> Result<(), CommandError> {
    let mentioned: BTreeSet<&String> = names.tags.values().flatten().collect();
    for tag in repo.refs()?.tags {
        if tag.annotated && mentioned.contains(&tag.name) {
            output.talk(&format!(
                "note: the message of the annotated tag {} was not read: not in this version",
                tag.name
            ));
        }
    }
    Ok(())
}

fn person(signature: &Signature) -> String {
    format!("{} <{}>", signature.name, signature.email)
}
