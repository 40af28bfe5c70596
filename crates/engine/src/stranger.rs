//! What a stranger can see now: the case's words in what is public, and commits that look like a silent
//! fix. Read afresh each time, from the mirrors of the public repositories.
//!
//! It holds places and reasons, and never the words themselves. Must not decide anything: gates ask
//! the recorded `PublicWords`.

use std::collections::BTreeSet;

use case::Case;
use discretion::{Finding, Guard, Setting, Severity};
use git::{Oid, Range, Repo, Result};

use crate::{
    Engine, EngineError, View,
    glances::{Glances, Seen, commit_words},
    ports::Repository,
    terms::sought,
};

/// The latest commits that are read, on whatever branch.
const READ: usize = 200;

/// What one public repository shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub repository: String,
    /// How many names of branches and tags were read, and how many commits.
    pub read: (usize, usize),
    /// What gives the case away, the gravest first.
    pub sights: Vec<Sight>,
    /// Why it could not be read, if it could not.
    pub unread: Option<String>,
}

/// Something that a stranger can see.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sight {
    /// It must not be there; otherwise a person should look.
    pub grave: bool,
    /// Where it stands. A name that holds a word of the case is not spelt out.
    pub place: String,
    /// Why it tells something.
    pub why: String,
}

impl Engine {
    /// What a stranger can see now in the project's public repositories.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn stranger(&self, view: &View) -> std::result::Result<Vec<Shown>, EngineError> {
        let case = &view.loaded.case;
        let project = self.project(case.project)?;
        let guard = Guard::new(&sought(case, &project));
        let shown = case.policy.repositories.iter().map(|name| {
            let repository = project.repository(name);
            self.wants_fresh(repository);
            let read = self.shown(&guard, case, repository);
            read.unwrap_or_else(|why| Shown {
                repository: name.clone(),
                read: (0, 0),
                sights: Vec::new(),
                unread: Some(why),
            })
        });
        Ok(shown.collect())
    }

    fn shown(
        &self,
        guard: &Guard,
        case: &Case,
        repository: Repository<'_>,
    ) -> std::result::Result<Shown, String> {
        let public = self.ports.repositories.public(repository).map_err(|e| e.to_string())?;
        let fixes: BTreeSet<Oid> = case
            .lines
            .iter()
            .filter(|(key, _)| key.repository == repository.name)
            .flat_map(|(_, line)| &line.fix.declared)
            .filter_map(|commit| commit.parse().ok())
            .collect();
        let read = Repo::open(public).and_then(|repo| Looked::at(&repo, guard, &fixes));
        let Looked { names, commits, mut sights } = read.map_err(|error| error.to_string())?;
        sights.sort_by(|a, b| b.grave.cmp(&a.grave).then_with(|| a.cmp(b)));
        sights.dedup();
        let repository = repository.name.to_owned();
        Ok(Shown { repository, read: (names, commits), sights, unread: None })
    }
}

struct Looked {
    names: usize,
    commits: usize,
    sights: Vec<Sight>,
}

impl Looked {
    fn at(repo: &Repo, guard: &Guard, fixes: &BTreeSet<Oid>) -> Result<Self> {
        let refs = repo.refs()?;
        let branches = refs.branches.iter().map(|branch| ("a branch", branch.name.as_str()));
        let tags = refs.tags.iter().map(|tag| ("a tag", tag.name.as_str()));
        let mut looked = Self { names: 0, commits: 0, sights: Vec::new() };
        for (what, name) in branches.chain(tags) {
            looked.names += 1;
            let found = guard.text(name, &Setting::PUBLIC);
            looked.sights.extend(found.iter().map(|finding| sight(finding, what.to_owned())));
        }
        let range = Range { most: Some(READ), ..Range::everything(&[]) };
        let mut weighed: Vec<Seen> = Vec::new();
        repo.each_change(&range, |commit, patch| {
            looked.commits += 1;
            let words = commit_words(&commit, patch);
            for finding in guard.commit(&words) {
                looked.sights.push(sight(&finding, part(&finding)));
            }
            if !commit.is_merge() && fixes.contains(&commit.oid) {
                weighed.push((commit, words));
            }
        })?;
        if weighed.is_empty() {
            return Ok(looked);
        }
        let parents = weighed.iter().flat_map(|(commit, _)| commit.parents.clone()).collect();
        let before = Range { from: Vec::new(), without: parents, ..Range::default() };
        let before = repo.commits_before(&before, Glances::REMEMBERED)?;
        let scores = Glances::of(repo, before, &[])?.weigh(&weighed);
        for ((commit, _), score) in weighed.iter().zip(scores) {
            let finding = score.finding(commit.oid.as_str());
            looked.sights.extend(finding.iter().map(|f| sight(f, commit.oid.to_string())));
        }
        Ok(looked)
    }
}

/// Where in a commit it is. A path may hold what must not be said, and so may not be shown.
pub(crate) fn part(finding: &Finding) -> String {
    let place = finding.place.part.as_deref().unwrap_or_default();
    place.split(" to ").next().unwrap_or_default().to_owned()
}

pub(crate) fn sight(finding: &Finding, place: String) -> Sight {
    Sight { grave: finding.severity == Severity::Block, place, why: finding.why.to_string() }
}
