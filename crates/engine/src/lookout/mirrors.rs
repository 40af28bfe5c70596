//! What a mirror of a public repository shows: names of branches and tags, messages of tags, and commits.
//!
//! A look is cheap as long as no ref has moved and the case's words are the same. Then the names are read
//! anew, and of commits and tags those that are new. That is remembered in memory and nowhere else: a
//! fresh process begins with the latest commits.

use std::collections::BTreeSet;

use case::{Case, ProjectId, sighting::Spot};
use discretion::Terms;
use git::{Oid, Range, Repo, Result};

use super::{Found, Listener, Lookout, locked, telling};
use crate::{
    Engine, EngineError, glances::commit_words, observe::Mirror, ports::Repository, said,
    terms::sought,
};

/// The latest commits that a first look reads.
const FIRST: usize = 1_000;
/// With more tips than this, git is not told what was read: it reads the latest commits again.
const MOST_TIPS: usize = 10_000;
/// Finds that wait until a person has answered others like them.
const MOST_LEFT: usize = 64;

/// The latest look at a repository for a case.
pub(super) struct Look {
    mirror: Mirror,
    terms: Terms,
    /// What was read, with all that it reaches.
    tips: Vec<Oid>,
    /// Messages of tags that were read.
    tags: BTreeSet<Oid>,
    /// What could not be told yet.
    left: Vec<Found>,
}

impl Engine {
    /// Looks at a project's repositories for each of its secret cases.
    pub(crate) fn look_out(&self, project: ProjectId) -> std::result::Result<(), EngineError> {
        let known = self.project(project)?;
        let cases = self.secret_cases(project)?;
        self.lookout.remember(project, &cases);
        for case in cases {
            for repository in case.policy.repositories.iter().map(|name| known.repository(name)) {
                self.look_at(project, &case, repository)?;
            }
        }
        Ok(())
    }

    /// What cannot be read now is read at the next look; the pages say so meanwhile.
    fn look_at(
        &self,
        project: ProjectId,
        case: &Case,
        repository: Repository<'_>,
    ) -> std::result::Result<(), EngineError> {
        let Ok(path) = self.ports.repositories.public(repository) else { return Ok(()) };
        let key = (project, case.id, repository.name.to_owned());
        let last = locked(&self.lookout.mirrors).remove(&key);
        let before = last.as_ref();
        let Some(mirror) = Mirror::at(path, before.map(|last| &last.mirror)) else { return Ok(()) };
        let terms = sought(case);
        let before = before.filter(|last| last.terms == terms);
        let mut look = match before {
            Some(same) if same.mirror == mirror => match last {
                Some(last) => last,
                None => return Ok(()),
            },
            _ => match Look::take(case, repository.name, mirror, terms, before) {
                Ok(look) => look,
                Err(_) => return Ok(()),
            },
        };
        // Remembered only once it is told: what a failing store did not take is found again.
        let found = std::mem::take(&mut look.left);
        look.left = self.tell(case.clone(), found)?;
        look.left.truncate(MOST_LEFT);
        locked(&self.lookout.mirrors).insert(key, look);
        Ok(())
    }
}

impl Lookout {
    /// Of cases that need no looking out any more, nothing is kept.
    fn remember(&self, project: ProjectId, cases: &[Case]) {
        let still = |case| cases.iter().any(|known| known.id == case);
        locked(&self.mirrors).retain(|(of, case, _), _| *of != project || still(*case));
    }
}

impl Look {
    fn take(
        case: &Case,
        repository: &str,
        mirror: Mirror,
        terms: Terms,
        before: Option<&Self>,
    ) -> Result<Self> {
        let listener = Listener::new(case);
        let repo = mirror.repo();
        let refs = repo.refs()?;
        let mut found = Vec::new();
        let mut add = |what: &str, name: &str, rules: BTreeSet<String>, place: String| {
            if !rules.is_empty() {
                let key = [repository, what, name].map(ToOwned::to_owned).into();
                let place = format!("{repository}: {place}");
                let spot = Spot::Repository;
                found.push(Found { spot, key, place, rules, evidence: None });
            }
        };
        for branch in &refs.branches {
            let rules = listener.rules(&branch.name);
            add("branch", &branch.name, rules, "the name of a branch".into());
        }
        let names = refs.tags.iter().map(|tag| &tag.name).chain(&refs.strange_tags);
        for name in names {
            add("tag", name, listener.rules(name), "the name of a tag".into());
        }
        let mut tags = BTreeSet::new();
        let mut objects = repo.objects()?;
        for tag in refs.tags.iter().filter(|tag| tag.annotated) {
            tags.insert(tag.object.clone());
            if before.is_some_and(|last| last.tags.contains(&tag.object)) {
                continue;
            }
            let mut words = String::new();
            objects.stored(&tag.object, |piece| words = said(piece.bytes))?;
            let place = format!("the message of a tag, {}", tag.object);
            add("tag message", tag.object.as_str(), listener.rules(&words), place);
        }
        let read = before.map(|last| last.tips.as_slice()).filter(|tips| tips.len() <= MOST_TIPS);
        each_new_commit(repo, read, &listener, |oid, rules, parts| {
            let parts: Vec<_> = parts.iter().copied().collect();
            let place = format!("commit {oid}, in its {}", parts.join(" and its "));
            add("commit", oid, rules, place);
        })?;
        let tips = refs.branches.iter().map(|branch| &branch.tip);
        let tips: BTreeSet<&Oid> = tips.chain(refs.tags.iter().map(|tag| &tag.target)).collect();
        let tips = tips.into_iter().cloned().collect();
        if let Some(last) = before {
            found.extend(last.left.iter().cloned());
        }
        Ok(Self { mirror, terms, tips, tags, left: found })
    }
}

/// Hands over the commits that hold words of the case: which rules, and in which of their parts.
fn each_new_commit(
    repo: &Repo,
    read: Option<&[Oid]>,
    listener: &Listener,
    mut take: impl FnMut(&str, BTreeSet<String>, &BTreeSet<&str>),
) -> Result<()> {
    let mut look = |range: &Range| {
        repo.each_change(range, |commit, patch| {
            let findings = listener.0.commit(&commit_words(&commit, patch));
            let rules = telling(&findings);
            if !rules.is_empty() {
                let parts = findings.iter().map(|finding| part(finding.place.part.as_deref()));
                take(commit.oid.as_str(), rules, &parts.collect());
            }
        })
    };
    let latest = Range { most: Some(FIRST), ..Range::everything(&[]) };
    match read {
        None => look(&latest),
        // What was read may be gone from the mirror, so that git cannot leave it out.
        Some(read) => {
            let new = Range { without: read.to_vec(), ..Range::everything(&[]) };
            look(&new).or_else(|_| look(&latest))
        }
    }
}

/// Which part of a commit; a path may hold what must not be said, and so is none.
fn part(place: Option<&str>) -> &'static str {
    match place.and_then(|place| place.split_once(':')).map(|(_, part)| part) {
        Some("message") => "message",
        Some("author" | "committer") => "people",
        Some("file") => "file names",
        _ => "changes",
    }
}
