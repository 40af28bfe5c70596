//! From one commit to all of its equivalents and reverts, until nothing new turns up.

use std::collections::{BTreeMap, BTreeSet};

use git::{Oid, Patch, Range, Repo};

use super::{
    Grade,
    clues::{Clue, Index},
    paths::Paths,
};
use crate::{
    Result,
    content::Fingerprint,
    graph::{Graph, Node},
    status::Change,
};

/// More candidates than this are not compared line by line.
const MOST_COMPARED: usize = 2000;

/// A commit that was found to be the same change as `of`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The declared commit that the search began with.
    pub(crate) of: Node,
    pub(crate) commit: Node,
    pub(crate) evidence: Vec<String>,
    pub(crate) grade: Grade,
}

/// A search through one repository.
pub(crate) struct Search<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) graph: &'a Graph<'a>,
    pub(crate) index: &'a Index,
    paths: Paths<'a>,
    patches: BTreeMap<Node, Patch>,
    pub(crate) accept: Grade,
    /// Set when a limit was met, so that the answer may lack something.
    pub(crate) capped: bool,
}

/// Where one search stands.
struct Progress {
    change: Change,
    found: BTreeMap<Node, Found>,
    waiting: Vec<Node>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(
        repo: &'a Repo,
        graph: &'a Graph<'a>,
        index: &'a Index,
        accept: Grade,
    ) -> Self {
        let (paths, patches) = (Paths::new(repo, graph), BTreeMap::new());
        Self { repo, graph, index, paths, patches, accept, capped: false }
    }

    /// All that belongs to the change that the commits of `declared` each bring. What is
    /// found with a grade weaker than accepted is listed, but not counted.
    pub(crate) fn expand(&mut self, declared: &[Node]) -> Result<(Change, Vec<Found>)> {
        let Some(root) = declared.first().copied() else {
            return Ok((Change::default(), Vec::new()));
        };
        let mut progress =
            Progress { change: Change::default(), found: BTreeMap::new(), waiting: Vec::new() };
        for node in declared {
            progress.accept(*node);
        }
        while let Some(node) = progress.waiting.pop() {
            self.follow_reverts(root, node, &mut progress);
            for (other, evidence, grade) in self.equivalents(node)? {
                let known = progress.found.get(&other).is_some_and(|f| f.grade <= grade);
                if known || progress.change.brought.contains(&other) {
                    continue;
                }
                let found = self.describe(root, node, other, evidence, grade);
                progress.found.insert(other, found);
                if grade <= self.accept {
                    progress.accept(other);
                }
            }
        }
        let mut found: BTreeMap<Node, Found> = progress.found;
        for node in declared.iter().skip(1) {
            let said = Found {
                of: root,
                commit: *node,
                evidence: vec!["declared".into()],
                grade: Grade::Declared,
            };
            found.insert(*node, said);
        }
        let order = self.graph.newest_first(found.keys().copied());
        let found = order.iter().filter_map(|node| found.remove(node)).collect();
        Ok((progress.change, found))
    }

    /// Evidence by way of another commit says so.
    fn describe(
        &self,
        root: Node,
        via: Node,
        commit: Node,
        mut evidence: Vec<String>,
        grade: Grade,
    ) -> Found {
        if via != root
            && let Some(oid) = self.graph.oid(via)
        {
            evidence.push(format!("via {}", oid.short()));
        }
        Found { of: root, commit, evidence, grade }
    }

    /// What takes the change back, and what takes *that* back, which brings it again.
    fn follow_reverts(&self, root: Node, node: Node, progress: &mut Progress) {
        for revert in self.graph.newest_first(self.index.reverts_of(node)) {
            if !progress.change.undone.insert(revert) {
                continue;
            }
            for again in self.graph.newest_first(self.index.reverts_of(revert)) {
                let evidence = vec![Clue::UndoesRevert.as_str().to_owned()];
                let found = self.describe(root, node, again, evidence, Grade::Trailer);
                if progress.change.brought.contains(&again) {
                    continue;
                }
                progress.found.insert(again, found);
                progress.accept(again);
            }
        }
    }

    /// Commits that are the same change as `node`, with evidence and grade.
    fn equivalents(&mut self, node: Node) -> Result<Vec<(Node, Vec<String>, Grade)>> {
        let patch = self.patch(node)?.clone();
        let print = Fingerprint::of(&patch);
        let mut clues = self.index.alike(self.graph, node)?;
        let kin = self.graph.kin(node);
        let is_kin = |other: Node| kin.get(other.index()).is_some_and(|kin| *kin);
        // On the same line of history, only a message's own word makes two commits one change.
        clues.retain(|other, clues| !is_kin(*other) || clues.iter().any(|c| c.is_claim()));
        for other in self.touching(&print, node, is_kin)? {
            clues.entry(other).or_default();
        }
        let all: Vec<&str> = patch.files.keys().map(String::as_str).collect();
        let oids = self.graph.oids(clues.keys().copied());
        let changes = self.repo.patches(&oids, &all)?;
        let mut found = Vec::new();
        let mut unsure = Vec::new();
        for ((other, clues), (oid, change)) in clues.into_iter().zip(changes) {
            let (lines, overlap) = (print.within(&change), !change.files.is_empty());
            let weighed = weigh(&clues, lines, false, overlap);
            let proven = weighed.as_ref().is_some_and(|(_, grade)| *grade <= Grade::Strong);
            if !proven && overlap && change == patch {
                unsure.push((other, oid, weigh(&clues, lines, true, overlap), weighed));
            } else if let Some((evidence, grade)) = weighed {
                found.push((other, evidence, grade));
            }
        }
        let ids = self.same_ids(node, unsure.iter().map(|(_, oid, ..)| oid))?;
        for (other, oid, with, without) in unsure {
            let weighed = if ids.contains(&oid) { with } else { without };
            found.extend(weighed.map(|(evidence, grade)| (other, evidence, grade)));
        }
        let order = self.graph.newest_first(found.iter().map(|(other, ..)| *other));
        found.sort_by_key(|(other, ..)| order.iter().position(|node| node == other));
        Ok(found)
    }

    /// What a commit changes, read once.
    fn patch(&mut self, node: Node) -> Result<&Patch> {
        if !self.patches.contains_key(&node) {
            let oid = self.graph.oid(node);
            let patch = oid.map(|oid| self.repo.patch(&oid)).transpose()?;
            self.patches.insert(node, patch.unwrap_or_default());
        }
        Ok(self.patches.entry(node).or_default())
    }

    /// Those of `others` whose patch id is that of `node`. Git is asked only where nothing else
    /// proves as much: it says no more than equal lines and equal context.
    fn same_ids<'b>(
        &self,
        node: Node,
        others: impl Iterator<Item = &'b Oid>,
    ) -> Result<BTreeSet<Oid>> {
        let mut same: Vec<Oid> = others.cloned().collect();
        let Some(oid) = self.graph.oid(node).filter(|_| !same.is_empty()) else {
            return Ok(BTreeSet::new());
        };
        same.push(oid.clone());
        let ids = self.repo.patch_ids(&same)?;
        same.retain(|other| ids.get(other) == ids.get(&oid));
        Ok(same.into_iter().collect())
    }

    /// Commits elsewhere that touch the files of a fix, to be compared line by line.
    fn touching(
        &mut self,
        print: &Fingerprint,
        node: Node,
        is_kin: impl Fn(Node) -> bool,
    ) -> Result<Vec<Node>> {
        let elsewhere = |other: &Node| !is_kin(*other) && !self.graph.is_merge(*other);
        let candidates: Vec<Node> = self.graph.nodes().rev().filter(elsewhere).collect();
        let known = self.paths.touching(&candidates, &print.paths())?;
        let mut nodes = match known {
            Some(nodes) => nodes,
            None => self.asked_touching(print, node, is_kin)?,
        };
        if nodes.len() > MOST_COMPARED {
            self.capped = true;
            nodes = self.graph.newest_first(nodes);
            nodes.truncate(MOST_COMPARED);
        }
        Ok(nodes)
    }

    /// The same from git, which needs to know no more than the answer.
    fn asked_touching(
        &self,
        print: &Fingerprint,
        node: Node,
        is_kin: impl Fn(Node) -> bool,
    ) -> Result<Vec<Node>> {
        let mut range = Range::everything(&[]);
        range.without.extend(self.graph.oid(node));
        let oids = self.repo.commits_touching(&range, &print.paths())?;
        let nodes = oids.iter().filter_map(|oid| self.graph.node(oid));
        Ok(nodes.filter(|other| !is_kin(*other)).collect())
    }

    /// Merges that have a change in one parent, and none of its content: `-s ours`, or a
    /// conflict resolved the wrong way. From there on the change is undone.
    pub(crate) fn merges_without(&mut self, change: &Change) -> Result<BTreeSet<Node>> {
        let (graph, repo) = (self.graph, self.repo);
        let reach = graph.reach(&change.brought);
        let sides = |node: Node| -> (Vec<Node>, Vec<Node>) {
            graph.parents(node).partition(|parent| reach.contains_any(*parent))
        };
        let merges = graph.nodes().filter(|node| graph.is_merge(*node));
        let sides = merges.map(|node| (node, sides(node)));
        let meeting: Vec<_> =
            sides.filter(|(_, (with, without))| !with.is_empty() && !without.is_empty()).collect();
        let mut paths: BTreeSet<String> = BTreeSet::new();
        for node in change.brought.iter().filter(|_| !meeting.is_empty()) {
            let print = Fingerprint::of(self.patch(*node)?);
            paths.extend(print.paths().into_iter().map(str::to_owned));
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let mut dropped = BTreeSet::new();
        for (node, (with, without)) in meeting.into_iter().filter(|_| !paths.is_empty()) {
            let same = |parent: &Node| match (graph.oid(node), graph.oid(*parent)) {
                (Some(merge), Some(parent)) => Ok(repo.same_content(&merge, &parent, &paths)?),
                _ => Ok(false),
            };
            if any(&without, same)? && !any(&with, same)? {
                dropped.insert(node);
            }
        }
        Ok(dropped)
    }
}

impl Progress {
    fn accept(&mut self, node: Node) {
        if self.change.brought.insert(node) {
            self.waiting.push(node);
        }
    }
}

/// What the clues are worth together. `overlap`: both change a file of the same path.
fn weigh(
    clues: &BTreeSet<Clue>,
    lines: crate::LineCount,
    same_id: bool,
    overlap: bool,
) -> Option<(Vec<String>, Grade)> {
    let has = |clue| clues.contains(&clue);
    let grade = if clues.iter().any(|clue| clue.is_claim()) {
        Grade::Trailer
    } else if lines.is_whole() {
        Grade::Content
    } else if same_id || (has(Clue::AuthorDate) && has(Clue::Subject)) {
        Grade::Strong
    } else if (overlap && !clues.is_empty() && lines.is_half()) || lines.is_most() {
        Grade::Likely
    } else if !clues.is_empty() {
        Grade::Weak
    } else {
        return None;
    };
    let mut evidence: Vec<String> = clues.iter().map(|clue| clue.as_str().to_owned()).collect();
    if same_id {
        evidence.push("patch-id".into());
    }
    if lines.is_whole() {
        evidence.push("content".into());
    } else if lines.found > 0 {
        evidence.push(format!("lines {}/{}", lines.found, lines.expected));
    }
    if overlap {
        evidence.push("paths".into());
    }
    Some((evidence, grade))
}

fn any(nodes: &[Node], test: impl Fn(&Node) -> Result<bool>) -> Result<bool> {
    for node in nodes {
        if test(node)? {
            return Ok(true);
        }
    }
    Ok(false)
}
