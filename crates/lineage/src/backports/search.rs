//! From commits to all of their equivalents and reverts, until nothing new turns up.

use std::collections::{BTreeMap, BTreeSet};

use git::Repo;

use super::{
    Grade,
    clues::{Clue, Index},
    compare::{Alike, Comparer},
    merges,
};
use crate::{
    Difference, Result,
    content::Fingerprint,
    graph::{Graph, Node},
    status::Change,
};

/// A commit that was found to be the same change as `of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The declared commit that the search began with.
    pub(crate) of: Node,
    pub(crate) commit: Node,
    pub(crate) evidence: Vec<String>,
    pub(crate) grade: Grade,
    /// How it differs from the declared commit; `None` also where nothing was compared.
    pub(crate) difference: Option<Difference>,
}

impl Found {
    /// A merge that has the change in its history and nothing of it in its files.
    pub(crate) fn lost(of: Node, merge: Node) -> Self {
        let evidence = vec!["lost-in-merge".to_owned()];
        Self { of, commit: merge, evidence, grade: Grade::Content, difference: None }
    }
}

/// A search through one repository.
pub(crate) struct Search<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) index: &'a Index,
    /// The weakest evidence that counts.
    pub(crate) accept: Grade,
    comparer: Comparer<'a>,
    /// What was found for a commit that was asked about.
    alike: BTreeMap<Node, Vec<Alike>>,
}

/// Where one search stands.
struct Progress {
    root: Node,
    change: Change,
    found: BTreeMap<Node, Found>,
    /// What takes the change back.
    undoing: BTreeMap<Node, Found>,
    waiting: Vec<Node>,
    /// Commits that bring the change and much else: a squash contains each of its parts, but none of
    /// them is the squash. So from these only claims are followed.
    larger: BTreeSet<Node>,
    /// Reverts of the change whose equivalents are still to be found.
    reverts: Vec<Node>,
    /// Commits that may take the change back.
    doubts: Vec<(Node, Node)>,
}

/// Everything that belongs to one change.
#[derive(Debug)]
pub(crate) struct Expanded {
    /// The declared commit that the search began with.
    pub(crate) root: Node,
    pub(crate) change: Change,
    /// Equivalents. What is weaker than accepted is listed, but not counted.
    pub(crate) found: Vec<Found>,
    /// What takes it back.
    pub(crate) undoing: Vec<Found>,
    /// What is in the change, and a commit that may take it back.
    pub(crate) doubts: Vec<(Node, Node)>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(repo: &'a Repo, graph: &'a Graph<'a>, index: &'a Index) -> Self {
        let comparer = Comparer::new(repo, graph, index);
        Self { repo, graph, index, accept: Grade::Trailer, comparer, alike: BTreeMap::new() }
    }

    /// From here on, what messages say outright is not heard: to measure what the rest finds.
    pub(crate) fn ignore_claims(&mut self) {
        self.comparer.hears_claims = false;
    }

    /// Whether a limit was met, so that the answer may lack something.
    pub(crate) fn is_capped(&self) -> bool {
        self.comparer.capped
    }

    /// For each group of commits that each bring the same change, all that belongs to it.
    pub(crate) fn expand(&mut self, groups: &[Vec<Node>]) -> Result<Vec<Expanded>> {
        let begun = groups.iter().filter_map(|declared| {
            let mut progress = Progress::from(*declared.first()?);
            for node in declared {
                progress.accept(*node);
            }
            Some(progress)
        });
        let mut all: Vec<Progress> = begun.collect();
        while all.iter().any(Progress::is_waiting) {
            let waiting = all.iter().flat_map(Progress::to_learn);
            let waiting: BTreeSet<Node> = waiting.collect();
            self.learn(waiting.into_iter().collect())?;
            for progress in &mut all {
                // Only about these something was learnt.
                let reverts = std::mem::take(&mut progress.reverts);
                for node in std::mem::take(&mut progress.waiting).into_iter().rev() {
                    self.follow(node, progress)?;
                }
                for revert in reverts {
                    self.follow_revert(revert, progress)?;
                }
            }
        }
        self.comparer.keep();
        let ended = all.into_iter().zip(groups);
        Ok(ended.map(|(progress, declared)| self.conclude(progress, declared)).collect())
    }

    fn learn(&mut self, mut nodes: Vec<Node>) -> Result<()> {
        nodes.retain(|node| !self.alike.contains_key(node));
        let found = self.comparer.alike(&nodes)?;
        self.alike.extend(nodes.into_iter().zip(found));
        Ok(())
    }

    fn follow(&mut self, node: Node, progress: &mut Progress) -> Result<()> {
        for revert in self.graph.newest_first(self.index.reverts_of(node)) {
            self.undo(node, Alike::named(revert, Clue::Named), progress);
        }
        for alike in self.comparer.undoing(node)? {
            if alike.grade <= self.accept {
                self.undo(node, alike, progress);
            } else if alike.grade <= Grade::Likely {
                progress.doubts.push((node, alike.commit));
            }
        }
        let claimed;
        let all = if progress.larger.contains(&node) {
            claimed = self.comparer.claimed(node)?;
            Some(&claimed)
        } else {
            self.alike.get(&node)
        };
        for alike in all.into_iter().flatten() {
            let better = |known: &Found| known.grade <= alike.grade;
            let known = progress.found.get(&alike.commit).is_some_and(better);
            if known || progress.change.brought.contains(&alike.commit) {
                continue;
            }
            let found = progress.describe(self.graph, node, alike.clone());
            progress.found.insert(alike.commit, found);
            if alike.grade <= self.accept {
                if alike.is_larger {
                    progress.larger.insert(alike.commit);
                }
                progress.accept(alike.commit);
            }
        }
        Ok(())
    }

    /// Counts what takes the change back, and what takes *that* back, which brings it again.
    fn undo(&self, node: Node, alike: Alike, progress: &mut Progress) {
        let revert = alike.commit;
        if !progress.change.undone.insert(revert) {
            return;
        }
        progress.undoing.insert(revert, progress.describe(self.graph, node, alike));
        progress.reverts.push(revert);
        for again in self.graph.newest_first(self.index.reverts_of(revert)) {
            if progress.change.brought.contains(&again) {
                continue;
            }
            let alike = Alike::named(again, Clue::UndoesRevert);
            progress.found.insert(again, progress.describe(self.graph, node, alike));
            progress.accept(again);
        }
    }

    /// A revert is a change like others: it has its own picks on other lines, and may be taken back
    /// by a commit that names only its subject.
    fn follow_revert(&mut self, revert: Node, progress: &mut Progress) -> Result<()> {
        for alike in self.alike.get(&revert).into_iter().flatten() {
            if progress.change.brought.contains(&alike.commit) {
                continue;
            }
            if alike.grade <= self.accept {
                self.undo(revert, alike.clone(), progress);
                if alike.is_larger {
                    progress.reverts.retain(|node| *node != alike.commit);
                }
            } else if alike.grade <= Grade::Likely {
                progress.doubts.push((revert, alike.commit));
            }
        }
        for mut again in self.comparer.undoing(revert)? {
            let (commit, grade) = (again.commit, again.grade);
            if progress.change.brought.contains(&commit) {
                continue;
            }
            again.evidence.insert(0, Clue::UndoesRevert.as_str().to_owned());
            progress.found.insert(commit, progress.describe(self.graph, revert, again));
            if grade <= self.accept {
                progress.accept(commit);
            }
        }
        Ok(())
    }

    fn conclude(&self, mut progress: Progress, declared: &[Node]) -> Expanded {
        for node in declared.iter().skip(1) {
            let said = Found {
                of: progress.root,
                commit: *node,
                evidence: vec!["declared".into()],
                grade: Grade::Declared,
                difference: None,
            };
            progress.found.insert(*node, said);
        }
        let change = progress.change;
        progress.doubts.retain(|(_, by)| !change.undone.contains(by));
        let is_revert =
            |node: &Node| change.undone.contains(node) && !change.brought.contains(node);
        progress.found.retain(|node, _| !is_revert(node));
        let order = self.graph.newest_first(progress.found.keys().copied());
        let found = order.iter().filter_map(|node| progress.found.remove(node)).collect();
        progress.undoing.retain(|node, _| is_revert(node));
        let order = self.graph.newest_first(progress.undoing.keys().copied());
        let undoing = order.iter().filter_map(|node| progress.undoing.remove(node)).collect();
        let root = progress.root;
        Expanded { root, change, found, undoing, doubts: progress.doubts }
    }

    /// Whether a commit changes anything that users run.
    pub(crate) fn brings_product(&mut self, node: Node) -> Result<bool> {
        Ok(Fingerprint::touches_product(self.comparer.patch(node)?))
    }

    /// Merges from which on the change is undone, because nothing of it is left there.
    pub(crate) fn merges_without(&mut self, change: &Change) -> Result<BTreeSet<Node>> {
        let mut prints = Vec::new();
        for node in &change.brought {
            prints.push(Fingerprint::of(self.comparer.patch(*node)?));
        }
        merges::without(self.repo, self.graph, change, &prints)
    }
}

impl Progress {
    fn from(root: Node) -> Self {
        Self {
            root,
            change: Change::default(),
            found: BTreeMap::new(),
            undoing: BTreeMap::new(),
            waiting: Vec::new(),
            larger: BTreeSet::new(),
            reverts: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// Evidence by way of another commit says so. A copy of a copy that differs differs like it.
    fn describe(&self, graph: &Graph, via: Node, alike: Alike) -> Found {
        let Alike { commit, mut evidence, grade, mut difference, .. } = alike;
        if via != self.root
            && let Some(oid) = graph.oid(via)
        {
            evidence.push(format!("via {}", oid.short()));
            difference = difference.or(self.found.get(&via).and_then(|found| found.difference));
        }
        Found { of: self.root, commit, evidence, grade, difference }
    }

    fn accept(&mut self, node: Node) {
        if self.change.brought.insert(node) {
            self.waiting.push(node);
        }
    }

    /// Commits whose likes have to be known next.
    fn to_learn(&self) -> impl Iterator<Item = Node> {
        let brought = self.waiting.iter().filter(|node| !self.larger.contains(node));
        brought.chain(&self.reverts).copied()
    }

    fn is_waiting(&self) -> bool {
        !(self.waiting.is_empty() && self.reverts.is_empty())
    }
}
