//! From commits in a repository to the words that a guard reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::resume_unwind,
    thread,
};

use discretion::{CommitWords, Finding, Guard, Place, Prior, Setting, Terms};
use engine::{Glances, LEARNED, Seen, commit_words, ordinary_before, said};
use git::{Commit, Kind, Oid, Patch, Range, Repo};

use super::found::{Found, Lines};
use crate::command_error::CommandError;

/// The names under which commits become public, by the commit, or tag, that they stand on.
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
    let learn = || {
        let guard = Guard::new(terms);
        if weighing.is_none() {
            return Ok::<_, git::Error>((
                Vec::new(),
                guard.with_prior(ordinary_before(repo, range)?),
            ));
        }
        let before = repo.commits_before(range, Glances::REMEMBERED)?;
        let prior = Prior::of(before.iter().take(LEARNED).map(|commit| commit.message.as_str()));
        Ok((before, guard.with_prior(prior)))
    };
    let (changes, learned) = thread::scope(|scope| {
        let learning = scope.spawn(learn);
        let changes = repo.changes(range);
        (changes, learning.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (changes, (before, guard)) = (changes?, learned?);
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
    findings.extend(unseen(repo, &guard, names, &seen)?.into_iter().map(Found::from));
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

/// Names on what is no commit of the range are new words all the same; and it may be a tag, which says
/// something itself, as may what that is on.
fn unseen(
    repo: &Repo,
    guard: &Guard,
    names: &Names,
    seen: &BTreeSet<Oid>,
) -> Result<Vec<Finding>, CommandError> {
    let bearers = names.branches.keys().chain(names.tags.keys());
    let bearers: BTreeSet<&Oid> = bearers.filter(|oid| !seen.contains(*oid)).collect();
    let mut open: Vec<Oid> = names.annotations.iter().cloned().collect();
    let mut findings = Vec::new();
    if bearers.is_empty() && open.is_empty() {
        return Ok(findings);
    }
    let mut objects = repo.objects()?;
    for oid in bearers {
        let words = CommitWords { oid: oid.to_string(), ..names.on(oid) };
        findings.extend(guard.commit(&words));
        if objects.commit_behind(oid)?.ok_or_else(|| no_commit(&words))? != *oid {
            open.push(oid.clone());
        }
    }
    let mut said_by = BTreeMap::new();
    while let Some(oid) = open.pop() {
        objects.stored(&oid, |piece| {
            if piece.kind == Kind::Tag {
                said_by.insert(oid.clone(), said(piece.bytes));
                open.extend(piece.tagged());
            }
        })?;
    }
    for (oid, words) in said_by {
        let part = Some(format!("{oid}:tag"));
        let found = guard.text(&words, &Setting::PUBLIC).into_iter();
        findings.extend(found.map(|finding| Finding {
            place: Place { part: part.clone(), ..finding.place },
            ..finding
        }));
    }
    Ok(findings)
}

fn no_commit(words: &CommitWords) -> CommandError {
    let names: Vec<&str> = words.branch.iter().chain(&words.tags).map(String::as_str).collect();
    CommandError::wrong(format!("{} would be no commit, and was not read", names.join(", ")))
        .hint("look at it yourself; `git push --no-verify` asks no hook")
}

fn words(commit: &Commit, patch: Patch, names: &Names) -> CommitWords {
    let CommitWords { branch, tags, .. } = names.on(&commit.oid);
    CommitWords { branch, tags, ..commit_words(commit, patch) }
}
