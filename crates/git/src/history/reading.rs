//! From a repository to its history: what is kept, what git's commit-graph says, and for the rest
//! the objects.

use std::collections::{BTreeMap, BTreeSet};

use super::{History, commit_graph, stored};
use crate::{Error, Objects, Oid, Refs, Repo, Result, command::Place, refs::Listing};

/// One reading of a repository: its refs, and the history behind them.
#[derive(Debug)]
pub struct Survey {
    /// Tags, branches and the default branch.
    pub refs: Refs,
    /// Everything that they reach, and what was asked for beside them.
    pub history: History,
    /// Commits about whose parents this clone cannot be believed.
    pub doubtful: BTreeSet<Oid>,
}

impl Repo {
    /// Reads refs and the history behind them and behind `also`.
    ///
    /// # Errors
    /// When a ref points nowhere, or a commit is missing.
    pub fn survey(&self, also: &[Oid]) -> Result<Survey> {
        let (place, cache) = (self.place(), self.cache());
        let listing = Listing::read(place)?;
        let plain = listing.is_plain();
        let doubtful = if plain { BTreeSet::new() } else { self.integrity()?.doubtful() };
        let reading = Reading { repo: self, listing: &listing, also };
        // Only without doubts may anything be believed that was derived from objects.
        let kept = cache.filter(|_| plain).map(|cache| (cache, self.kept_as("history")));
        let known = kept.as_ref().and_then(|(cache, key)| stored::load(cache, key));
        let tried = known.map(|history| reading.complete(history));
        let (read, kept_before) = match tried {
            Some(Ok(read)) if read.is_near() => (read, true),
            Some(Err(error)) if !matches!(error, Error::DamagedCache(_)) => return Err(error),
            _ => {
                let graph = plain.then(|| graph(place)).transpose()?.flatten();
                (reading.complete(graph.unwrap_or_default())?, false)
            }
        };
        if let Some((cache, key)) = kept
            && !(kept_before && read.is_close())
        {
            // Without it the next reading takes longer, and that is all.
            drop(stored::store(cache, &key, &read.history, &read.tips()?));
        }
        Ok(Survey { refs: read.refs, history: read.history, doubtful })
    }
}

/// The commit-graph of the repository, or of one that lends it objects.
fn graph(place: &Place) -> Result<Option<History>> {
    let objects = place.common_folder()?.join("objects");
    if let Some(history) = commit_graph::read(&objects) {
        return Ok(Some(history));
    }
    let lenders = std::fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    let mut lenders = lenders.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lenders.find_map(|lender| commit_graph::read(&objects.join(lender))))
}

struct Reading<'a> {
    repo: &'a Repo,
    listing: &'a Listing,
    also: &'a [Oid],
}

/// Refs and history, and how much of it was new.
struct Read {
    refs: Refs,
    history: History,
    before: usize,
    known: usize,
}

impl Reading<'_> {
    /// Reads what a history lacks.
    fn complete(&self, mut history: History) -> Result<Read> {
        let before = history.len();
        let mut objects = None;
        let mut known = 0;
        let refs = Refs::sort(self.listing, |oid| {
            if history.rank(oid)?.is_some() {
                known += 1;
                return Ok(Some(oid.clone()));
            }
            conversation(&mut objects, self.repo)?.commit_behind(oid)
        })?;
        let tags = refs.tags.iter().map(|tag| &tag.target);
        let tips = tags.chain(refs.branches.iter().map(|branch| &branch.tip)).chain(self.also);
        let mut missing = BTreeSet::new();
        for tip in tips {
            if history.rank(tip)?.is_none() {
                missing.insert(tip.clone());
            }
        }
        if !missing.is_empty() {
            if history.is_empty() {
                history = everything(self.repo.place(), &missing)?;
            } else {
                let objects = conversation(&mut objects, self.repo)?;
                history.extend(&beyond(&history, objects, missing)?)?;
            }
        }
        Ok(Read { refs, history, before, known })
    }
}

impl Read {
    /// Some ref led to a commit that was known before: it is still the same repository.
    fn is_near(&self) -> bool {
        self.known > 0 || self.history.len() == self.before
    }

    /// So little was new that it is not worth writing all of it down again.
    fn is_close(&self) -> bool {
        (self.history.len() - self.before) * 1000 <= self.history.len() && !self.history.is_empty()
    }

    /// The names that refs lead to, in order, with ranks.
    fn tips(&self) -> Result<Vec<(Vec<u8>, u32)>> {
        let tags = self.refs.tags.iter().map(|tag| &tag.target);
        let tips = tags.chain(self.refs.branches.iter().map(|branch| &branch.tip));
        let mut found = BTreeMap::new();
        for tip in tips {
            if let Some(rank) = self.history.rank(tip)? {
                found.insert(tip.bytes(), rank.0);
            }
        }
        Ok(found.into_iter().collect())
    }
}

fn conversation<'a>(objects: &'a mut Option<Objects>, repo: &Repo) -> Result<&'a mut Objects> {
    if objects.is_none() {
        *objects = Some(repo.objects()?);
    }
    objects.as_mut().ok_or_else(|| Error::garbled("cat-file", "it was not started"))
}

/// All commits behind some.
///
/// A walk of git's own: to ask for 200,000 commits one generation after another takes git a quarter
/// more work, and five thousand rounds of waiting.
fn everything(place: &Place, tips: &BTreeSet<Oid>) -> Result<History> {
    let input = tips.iter().map(Oid::as_str).collect::<Vec<_>>().join("\n");
    let args = ["rev-list", "--topo-order", "--reverse", "--parents", "--stdin"];
    History::listed(&place.fed(&args, input.as_bytes())?)
}

/// The commits behind some that a history lacks, older ones first.
fn beyond(
    history: &History,
    objects: &mut Objects,
    tips: BTreeSet<Oid>,
) -> Result<Vec<(Oid, Vec<Oid>)>> {
    let mut found: BTreeMap<Oid, Vec<Oid>> = BTreeMap::new();
    let mut next: Vec<Oid> = tips.into_iter().collect();
    while !next.is_empty() {
        let mut parents = BTreeSet::new();
        for commit in objects.commits(&next)? {
            parents.extend(commit.parents.iter().cloned());
            found.insert(commit.oid, commit.parents);
        }
        next.clear();
        for parent in parents {
            if !found.contains_key(&parent) && history.rank(&parent)?.is_none() {
                next.push(parent);
            }
        }
    }
    Ok(older_first(found))
}

/// Orders commits so that each comes after its parents.
fn older_first(mut commits: BTreeMap<Oid, Vec<Oid>>) -> Vec<(Oid, Vec<Oid>)> {
    let mut ordered = Vec::with_capacity(commits.len());
    let mut path: Vec<(Oid, Vec<Oid>, usize)> = Vec::new();
    while let Some((oid, parents)) = commits.pop_first() {
        path.push((oid, parents, 0));
        while let Some((oid, parents, seen)) = path.pop() {
            match parents.get(seen).map(|parent| commits.remove_entry(parent)) {
                Some(deeper) => {
                    path.push((oid, parents, seen + 1));
                    path.extend(deeper.map(|(oid, parents)| (oid, parents, 0)));
                }
                None => ordered.push((oid, parents)),
            }
        }
    }
    ordered
}
