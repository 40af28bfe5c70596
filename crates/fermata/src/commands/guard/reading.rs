//! From commits in a repository to the words that a guard reads.

use std::collections::{BTreeMap, BTreeSet};

use discretion::{CommitWords, Finding, Guard, Place, Prior, Setting, Terms};
use engine::{Glances, Seen, commit_words, said};
use git::{Commit, Kind, Oid, Patch, Range, Repo};

use super::found::{Found, Lines};
use crate::command_error::CommandError;

/// How many of the commits before a range are read to learn what is ordinary in the project.
const LEARNED: usize = 400;

/// The names under which commits become public, by the commit that they stand on.
#[derive(Default)]
pub(super) struct Names {
    pub(super) branches: BTreeMap<Oid, Vec<String>>,
    pub(super) tags: BTreeMap<Oid, Vec<String>>,
    /// Tag objects, which say something themselves.
    pub(super) annotations: BTreeSet<Oid>,
}

/// Whether commits are weighed, too, and the past fixes to weigh them by.
pub(super) struct Weighing {
    pub(super) past_fixes: Vec<Oid>,
}

/// Reads every commit of the range.
pub(super) fn check(
    repo: &Repo,
    range: &Range,
    names: &Names,
    terms: &Terms,
    weighing: Option<&Weighing>,
) -> Result<Vec<Found>, CommandError> {
    let changes = repo.changes(range)?;
    let learned = if weighing.is_some() { Glances::REMEMBERED } else { LEARNED };
    let before = repo.commits_before(range, learned)?;
    let prior = Prior::of(before.iter().take(LEARNED).map(|commit| commit.message.as_str()));
    let guard = Guard::new(terms).with_prior(prior);
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    let mut merges = Vec::new();
    let mut weighed: Vec<Seen> = Vec::new();
    changes.each(|commit, mut patch| {
        seen.insert(commit.oid.clone());
        if commit.is_merge() {
            merges.push(commit);
            return;
        }
        let lines = Lines::of(&mut patch);
        let words = words(&commit, patch, names);
        findings.extend(lines.found(guard.commit(&words)));
        if weighing.is_some() {
            let added = BTreeMap::new();
            weighed.push((commit, CommitWords { added, ..words }));
        }
    })?;
    for commit in merges {
        let mut words = words(&commit, Patch::default(), names);
        words.files = repo.changed_files(&commit.oid)?;
        findings.extend(guard.commit(&words).into_iter().map(Found::from));
    }
    // Names on commits that are public already are new words all the same.
    let bearers: BTreeSet<&Oid> = names.branches.keys().chain(names.tags.keys()).collect();
    for oid in bearers.into_iter().filter(|oid| !seen.contains(*oid)) {
        let found = guard.commit(&CommitWords { oid: oid.to_string(), ..names.on(oid) });
        findings.extend(found.into_iter().map(Found::from));
    }
    for (oid, words) in annotations(repo, names)? {
        let tag = Some(format!("{oid}:tag"));
        let found = guard.text(&words, &Setting::PUBLIC).into_iter();
        let found = found.map(|finding| Finding {
            place: Place { part: tag.clone(), ..finding.place },
            ..finding
        });
        findings.extend(found.map(Found::from));
    }
    if let Some(weighing) = weighing {
        let scores = Glances::of(repo, before, &weighing.past_fixes)?.weigh(&weighed);
        let both = weighed.iter().zip(scores);
        let found = both.filter_map(|((_, words), score)| score.finding(&words.oid));
        findings.extend(found.map(Found::from));
    }
    Ok(findings)
}

impl Names {
    pub(super) fn all_tags(&self) -> Vec<&str> {
        self.tags.values().flatten().map(String::as_str).collect()
    }

    /// The names on a commit and nothing else.
    fn on(&self, oid: &Oid) -> CommitWords {
        let branches = self.branches.get(oid).cloned().unwrap_or_default();
        CommitWords {
            branch: (!branches.is_empty()).then(|| branches.join("\n")),
            tags: self.tags.get(oid).cloned().unwrap_or_default(),
            ..CommitWords::default()
        }
    }
}

/// What annotated tags say; and those that they are on, if that is a tag.
fn annotations(repo: &Repo, names: &Names) -> Result<BTreeMap<Oid, String>, CommandError> {
    let mut found = BTreeMap::new();
    let mut open: Vec<Oid> = names.annotations.iter().cloned().collect();
    if open.is_empty() {
        return Ok(found);
    }
    let mut objects = repo.objects()?;
    while let Some(oid) = open.pop() {
        objects.stored(&oid, |piece| {
            if piece.kind == Kind::Tag {
                found.insert(oid.clone(), said(piece.bytes));
                open.extend(piece.tagged());
            }
        })?;
    }
    Ok(found)
}

fn words(commit: &Commit, patch: Patch, names: &Names) -> CommitWords {
    let CommitWords { branch, tags, .. } = names.on(&commit.oid);
    CommitWords { branch, tags, ..commit_words(commit, patch) }
}
