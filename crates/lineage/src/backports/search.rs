//! From one commit to all of its equivalents and reverts, until nothing new turns up.

use std::collections::{BTreeMap, BTreeSet};

use git::{Oid, Patch, Range, Repo};

use super::{
    Grade,
    clues::{Clue, Index},
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
    pub(crate) graph: &'a Graph,
    pub(crate) index: &'a Index,
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
    pub(crate) fn new(repo: &'a Repo, graph: &'a Graph, index: &'a Index, accept: Grade) -> Self {
        Self { repo, graph, index, accept, capped: false }
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
        Ok((progress.change, found.into_values().collect()))
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
        for revert in self.index.reverts_of(node) {
            if !progress.change.undone.insert(revert) {
                continue;
            }
            for again in self.index.reverts_of(revert) {
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
        let Some(oid) = self.graph.oid(node) else {
            return Ok(Vec::new());
        };
        let patch = self.repo.patch(oid)?;
        let print = Fingerprint::of(&patch);
        let mut clues = self.index.alike(self.graph, node);
        let kin = self.kin(node);
        // On the same line of history, only a message's own word makes two commits one change.
        clues.retain(|other, clues| !kin.contains(other) || clues.iter().any(|c| c.is_claim()));
        for other in self.touching(&print, node, &kin)? {
            clues.entry(other).or_default();
        }
        let oids: Vec<Oid> =
            clues.keys().filter_map(|other| self.graph.oid(*other).cloned()).collect();
        let all: Vec<&str> = patch.files.keys().map(String::as_str).collect();
        let changes: BTreeMap<Oid, Patch> = self.repo.patches(&oids, &all)?.into_iter().collect();

        let mut found = Vec::new();
        for (other, clues) in clues {
            let Some((other_oid, change)) =
                self.graph.oid(other).and_then(|oid| Some((oid, changes.get(oid)?)))
            else {
                continue;
            };
            let lines = print.within(change);
            let same_id = !patch.files.is_empty()
                && *change == patch
                && self.repo.patch_id(other_oid)? == self.repo.patch_id(oid)?;
            let weighed = weigh(&clues, lines, same_id, !change.files.is_empty());
            if let Some((evidence, grade)) = weighed {
                found.push((other, evidence, grade));
            }
        }
        Ok(found)
    }

    /// Commits elsewhere that touch the files of a fix, to be compared line by line.
    fn touching(
        &mut self,
        print: &Fingerprint,
        node: Node,
        kin: &BTreeSet<Node>,
    ) -> Result<Vec<Node>> {
        let mut range = Range::everything(&[]);
        range.without.extend(self.graph.oid(node).cloned());
        let oids = self.repo.commits_touching(&range, &print.paths())?;
        let nodes = oids.iter().filter_map(|oid| self.graph.node(oid));
        let mut nodes: Vec<Node> = nodes.filter(|other| !kin.contains(other)).collect();
        if nodes.len() > MOST_COMPARED {
            self.capped = true;
            nodes.truncate(MOST_COMPARED);
        }
        Ok(nodes)
    }

    /// Ancestors and descendants of a commit.
    fn kin(&self, node: Node) -> BTreeSet<Node> {
        let mut kin = BTreeSet::new();
        let mut waiting = vec![node];
        while let Some(next) = waiting.pop() {
            for parent in self.graph.parents(next) {
                if kin.insert(*parent) {
                    waiting.push(*parent);
                }
            }
        }
        let reach = self.graph.reach(&BTreeSet::from([node]));
        let all = self.graph.commits().map(|(other, _)| other);
        kin.extend(all.filter(|other| *other != node && reach.contains(*other, node)));
        kin
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

/// Merges that have a change in one parent, and none of its content: `-s ours`, or a
/// conflict resolved the wrong way. From there on the change is undone.
pub(crate) fn merges_without(
    repo: &Repo,
    graph: &Graph,
    change: &Change,
) -> Result<BTreeSet<Node>> {
    let mut dropped = BTreeSet::new();
    let mut paths: BTreeSet<String> = BTreeSet::new();
    for node in &change.brought {
        if let Some(oid) = graph.oid(*node) {
            let print = Fingerprint::of(&repo.patch(oid)?);
            paths.extend(print.paths().into_iter().map(str::to_owned));
        }
    }
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    if paths.is_empty() {
        return Ok(dropped);
    }
    let reach = graph.reach(&change.brought);
    for (node, commit) in graph.commits().filter(|(_, commit)| commit.is_merge()) {
        let (with, without): (Vec<Node>, Vec<Node>) =
            graph.parents(node).iter().partition(|parent| reach.contains_any(**parent));
        let same = |parent: &Node| match graph.oid(*parent) {
            Some(oid) => Ok(repo.same_content(&commit.oid, oid, &paths)?),
            None => Ok(false),
        };
        if with.is_empty() || without.is_empty() || !any(&without, same)? {
            continue;
        }
        if !any(&with, same)? {
            dropped.insert(node);
        }
    }
    Ok(dropped)
}

fn any(nodes: &[Node], test: impl Fn(&Node) -> Result<bool>) -> Result<bool> {
    for node in nodes {
        if test(node)? {
            return Ok(true);
        }
    }
    Ok(false)
}
