//! Whatever commits would make public, read in one way: by `fermata guard` on a developer's machine, and
//! by the page that stands before a push.
//!
//! Messages, people, names of branches, tags and files, added lines, and what annotated tags say. Must
//! not judge: that is `discretion`'s; and must not start threads, which whoever asks may.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::take,
};

use discretion::{CommitWords, Finding, Guard, Place, Prior, Setting, Terms};
use git::{Changes, Commit, Kind, Oid, Patch, Range, Repo, Runs, Tag};

use crate::{
    glances::{Glances, Seen, commit_words},
    lessons::{LEARNED, ordinary_before},
    sweep::said,
};

/// The names under which commits become public, by the commit, or tag, that they stand on.
#[derive(Default)]
pub struct Names {
    /// Of branches, and of whatever else is no tag.
    pub branches: BTreeMap<Oid, Vec<String>>,
    /// Of tags.
    pub tags: BTreeMap<Oid, Vec<String>>,
}

/// That commits are weighed, too, and the past fixes to weigh them by.
pub struct Weighing {
    /// Commits that are known to have fixed a vulnerability.
    pub past_fixes: Vec<Oid>,
}

/// Why something that would become public was not read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// These names would stand for no commit.
    #[error("{} would be no commit, and was not read", .0.join(", "))]
    NoCommit(Vec<String>),
    /// What git refuses.
    #[error(transparent)]
    Git(#[from] git::Error),
}

/// Where added lines stand in the files of a change, by path.
pub type Places = BTreeMap<String, Runs>;

/// A guard that has learned what is ordinary.
pub struct Reader<'a> {
    guard: Guard,
    before: Vec<Commit>,
    weighing: Option<&'a Weighing>,
}

impl<'a> Reader<'a> {
    /// Learns from what lies before the range.
    ///
    /// # Errors
    /// What git refuses.
    pub fn learning(
        repo: &Repo,
        range: &Range,
        terms: &Terms,
        weighing: Option<&'a Weighing>,
    ) -> git::Result<Self> {
        let guard = Guard::new(terms);
        if weighing.is_none() {
            let guard = guard.with_prior(ordinary_before(repo, range)?);
            return Ok(Self { guard, before: Vec::new(), weighing });
        }
        let before = repo.commits_before(range, Glances::REMEMBERED)?;
        let prior = Prior::of(before.iter().take(LEARNED).map(|commit| commit.message.as_str()));
        Ok(Self { guard: guard.with_prior(prior), before, weighing })
    }

    /// Reads every commit of the range with the names that will stand on it, and hands over what it finds
    /// in each, with the places of its added lines.
    ///
    /// # Errors
    /// [`Unread`]: then what was handed over is not all.
    pub fn read(
        self,
        repo: &Repo,
        changes: Changes,
        names: &Names,
        mut tell: impl FnMut(Vec<Finding>, Places),
    ) -> Result<(), Unread> {
        let guard = &self.guard;
        let mut seen = BTreeSet::new();
        let mut merges = Vec::new();
        let mut weighed: Vec<Seen> = Vec::new();
        changes.each(|commit, mut patch| {
            seen.insert(commit.oid.clone());
            if commit.is_merge() {
                merges.push(commit);
                return;
            }
            let places = places(&mut patch);
            let words = words(&commit, patch, names);
            tell(guard.commit(&words), places);
            if self.weighing.is_some() {
                let added = BTreeMap::new();
                weighed.push((commit, CommitWords { added, ..words }));
            }
        })?;
        for commit in merges {
            let mut words = words(&commit, Patch::default(), names);
            words.files = repo.changed_files(&commit.oid)?;
            tell(guard.commit(&words), Places::new());
        }
        tell(unseen(repo, guard, names, &seen)?, Places::new());
        if let Some(weighing) = self.weighing {
            let scores = Glances::of(repo, self.before, &weighing.past_fixes)?.weigh(&weighed);
            let both = weighed.iter().zip(scores);
            let found = both.filter_map(|((_, words), score)| score.finding(&words.oid));
            tell(found.collect(), Places::new());
        }
        Ok(())
    }
}

impl Names {
    /// Adds a tag's, which stands on the tag's own object where it has one.
    pub fn tag(&mut self, tag: Tag) {
        self.tags.entry(tag.object).or_default().push(tag.name);
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
) -> Result<Vec<Finding>, Unread> {
    let bearers = names.branches.keys().chain(names.tags.keys());
    let bearers: BTreeSet<&Oid> = bearers.filter(|oid| !seen.contains(*oid)).collect();
    let mut findings = Vec::new();
    if bearers.is_empty() {
        return Ok(findings);
    }
    let mut open: Vec<Oid> = Vec::new();
    let mut objects = repo.objects()?;
    for oid in bearers {
        let words = CommitWords { oid: oid.to_string(), ..names.on(oid) };
        findings.extend(guard.commit(&words));
        if objects.commit_behind(oid)?.ok_or_else(|| no_commit(words))? != *oid {
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

fn no_commit(words: CommitWords) -> Unread {
    Unread::NoCommit(words.branch.into_iter().chain(words.tags).collect())
}

fn places(patch: &mut Patch) -> Places {
    let runs = patch.files.iter_mut();
    runs.map(|(path, change)| (path.clone(), take(&mut change.runs))).collect()
}

fn words(commit: &Commit, patch: Patch, names: &Names) -> CommitWords {
    let CommitWords { branch, tags, .. } = names.on(&commit.oid);
    CommitWords { branch, tags, ..commit_words(commit, patch) }
}
