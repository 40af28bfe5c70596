//! Which commits may be the same change as others, and what the clues are worth together.
//!
//! Cheap things first: what messages say, then which paths are touched, then a few bits of each line.
//! Only what passes all of that is diffed, for all questions of a round by one process.

use std::collections::{BTreeMap, BTreeSet};

use git::{Oid, Patch, Range, Repo};

use super::{
    Grade,
    changes::{Changes, Sketch},
    clues::{Clue, Index},
    paths::{Paths, Touched},
    said::digest,
};
use crate::{
    LineCount, Result,
    content::Fingerprint,
    graph::{Graph, Node},
};

/// More candidates of one question than this are not compared line by line.
const MOST_COMPARED: usize = 2000;
/// Questions that are asked together: each takes a byte for every commit.
const TOGETHER: usize = 64;

/// A commit that may be the same change as the one in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alike {
    pub(crate) commit: Node,
    pub(crate) evidence: Vec<String>,
    pub(crate) grade: Grade,
}

/// What is known while commits are compared.
pub(super) struct Comparer<'a> {
    repo: &'a Repo,
    graph: &'a Graph<'a>,
    index: &'a Index,
    paths: Paths<'a>,
    changes: Changes<'a>,
    patches: BTreeMap<Node, Patch>,
    /// Whether what messages say outright is believed.
    pub(super) hears_claims: bool,
    /// Set when a limit was met, so that the answer may lack something.
    pub(super) capped: bool,
}

/// A commit whose equivalents are sought.
struct Question {
    node: Node,
    patch: Patch,
    print: Fingerprint,
    sketch: Sketch,
    /// By node: whether it is on the same line of history.
    kin: Vec<bool>,
    /// So many lines have to be shared where there is no clue.
    needed: usize,
    candidates: BTreeMap<Node, BTreeSet<Clue>>,
}

impl Question {
    fn is_kin(&self, other: Node) -> bool {
        self.kin.get(other.index()).is_some_and(|kin| *kin)
    }
}

/// A candidate of one question whose patch id may be the same.
struct Unsure {
    question: usize,
    commit: Node,
    with: Option<Alike>,
    without: Option<Alike>,
}

impl<'a> Comparer<'a> {
    pub(super) fn new(repo: &'a Repo, graph: &'a Graph<'a>, index: &'a Index) -> Self {
        Self {
            repo,
            graph,
            index,
            paths: Paths::new(repo, graph),
            changes: Changes::new(repo, graph),
            patches: BTreeMap::new(),
            hears_claims: true,
            capped: false,
        }
    }

    /// For each of `nodes`, the commits that are the same change, with evidence and grade.
    pub(super) fn alike(&mut self, nodes: &[Node]) -> Result<Vec<Vec<Alike>>> {
        let mut found = Vec::new();
        for some in nodes.chunks(TOGETHER) {
            self.read_patches(some)?;
            let mut questions = Vec::new();
            for node in some {
                questions.push(self.question(*node)?);
            }
            self.add_touching(&mut questions)?;
            found.extend(self.compare(&mut questions)?);
        }
        self.changes.keep();
        Ok(found)
    }

    /// Commits whose subjects say no more than that they revert `node`, graded by how much of it
    /// they take away.
    pub(super) fn undoing(&mut self, node: Node) -> Result<Vec<Alike>> {
        let candidates = self.index.may_revert(self.graph, node)?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let inverse = Fingerprint::of(self.patch(node)?).inverse();
        let patches = self.repo.patches(&self.graph.oids(candidates.iter().copied()), &[])?;
        let clues = BTreeSet::from([Clue::Subject]);
        let undoing = candidates.into_iter().zip(patches).filter_map(|(commit, (_, patch))| {
            let lines = inverse.within(&patch);
            weigh(commit, &clues, lines, false, lines.found > 0)
        });
        Ok(undoing.collect())
    }

    /// What a commit changes.
    pub(super) fn patch(&mut self, node: Node) -> Result<&Patch> {
        self.read_patches(&[node])?;
        Ok(self.patches.entry(node).or_default())
    }

    fn read_patches(&mut self, nodes: &[Node]) -> Result<()> {
        let new = nodes.iter().copied().filter(|node| !self.patches.contains_key(node));
        let (merges, plain): (Vec<Node>, Vec<Node>) =
            new.partition(|node| self.graph.is_merge(*node));
        // One commit's patch is remembered by the repository; a merge is told against its first
        // parent only when it is asked for by itself.
        let (single, many) =
            if plain.len() > 1 { (merges, plain) } else { ([merges, plain].concat(), Vec::new()) };
        for node in single {
            let patch = self.graph.oid(node).map(|oid| self.repo.patch(&oid)).transpose()?;
            self.patches.insert(node, patch.unwrap_or_default());
        }
        let read = self.repo.patches(&self.graph.oids(many.iter().copied()), &[])?;
        self.patches.extend(many.into_iter().zip(read.into_iter().map(|(_, patch)| patch)));
        Ok(())
    }

    fn question(&mut self, node: Node) -> Result<Question> {
        let patch = self.patch(node)?.clone();
        let print = Fingerprint::of(&patch);
        let kin = self.graph.kin(node);
        let mut candidates = self.index.alike(self.graph, node)?;
        if !self.hears_claims {
            candidates.values_mut().for_each(|clues| clues.retain(|clue| !clue.is_claim()));
            candidates.retain(|_, clues| !clues.is_empty());
        }
        let (sketch, needed) = (Sketch::of(&print), LineCount::needed(print.len()));
        let mut question = Question { node, patch, print, sketch, kin, needed, candidates };
        // On the same line of history, only a message's own word makes two commits one change.
        let kin = std::mem::take(&mut question.kin);
        let is_kin = |other: &Node| kin.get(other.index()).is_some_and(|kin| *kin);
        question
            .candidates
            .retain(|other, clues| !is_kin(other) || clues.iter().any(|clue| clue.is_claim()));
        question.kin = kin;
        Ok(question)
    }

    /// Adds the commits elsewhere that touch so many files of a fix, and change so many of the same
    /// lines, that they may be the same change without any clue.
    fn add_touching(&mut self, questions: &mut [Question]) -> Result<()> {
        let is_elsewhere = |node: &Node| {
            !self.graph.is_merge(*node) && questions.iter().any(|question| !question.is_kin(*node))
        };
        let elsewhere: Vec<Node> = self.graph.nodes().filter(is_elsewhere).collect();
        if !self.paths.learn(&elsewhere)? {
            return self.ask_touching(questions);
        }
        let mut weights: BTreeMap<u64, Vec<(usize, usize)>> = BTreeMap::new();
        for (number, question) in questions.iter().enumerate() {
            for (path, added, removed) in question.print.files() {
                let weight = added.len() + removed.len();
                weights.entry(digest(path)).or_default().push((number, weight));
            }
        }
        let mut found: Vec<Vec<Node>> = vec![Vec::new(); questions.len()];
        for node in elsewhere {
            let mut shares: BTreeMap<usize, (usize, Vec<u64>)> = BTreeMap::new();
            match self.paths.of(node) {
                Some(Touched::Some(paths)) => {
                    for path in paths {
                        for (number, weight) in weights.get(path).into_iter().flatten() {
                            let share = shares.entry(*number).or_default();
                            share.0 += weight;
                            share.1.push(*path);
                        }
                    }
                }
                Some(Touched::TooMany) => {
                    shares.extend((0..questions.len()).map(|all| (all, (usize::MAX, Vec::new()))));
                }
                None => {}
            }
            for (number, (most, paths)) in shares {
                let Some(question) = questions.get(number) else {
                    continue;
                };
                let may = most >= question.needed && !question.is_kin(node);
                let known = || self.changes.most(node, &question.sketch, &paths);
                // Without paths nothing is known.
                if may && (paths.is_empty() || known().is_none_or(|most| most >= question.needed)) {
                    found.get_mut(number).into_iter().for_each(|found| found.push(node));
                }
            }
        }
        for (question, found) in questions.iter_mut().zip(found) {
            self.add(question, found);
        }
        Ok(())
    }

    /// The same from git, which needs to know no more than the answer.
    fn ask_touching(&mut self, questions: &mut [Question]) -> Result<()> {
        for question in questions {
            let mut range = Range::everything(&[]);
            range.without.extend(self.graph.oid(question.node));
            let oids = self.repo.commits_touching(&range, &question.print.paths())?;
            let nodes = oids.iter().filter_map(|oid| self.graph.node(oid));
            let nodes = nodes.filter(|other| !question.is_kin(*other)).collect();
            self.add(question, nodes);
        }
        Ok(())
    }

    fn add(&mut self, question: &mut Question, mut nodes: Vec<Node>) {
        if nodes.len() > MOST_COMPARED {
            self.capped = true;
            nodes = self.graph.newest_first(nodes);
            nodes.truncate(MOST_COMPARED);
        }
        for node in nodes {
            question.candidates.entry(node).or_default();
        }
    }

    /// Diffs all candidates of all questions, and weighs what they have in common.
    fn compare(&mut self, questions: &mut [Question]) -> Result<Vec<Vec<Alike>>> {
        let nodes: BTreeSet<Node> =
            questions.iter().flat_map(|question| question.candidates.keys()).copied().collect();
        let paths = questions.iter().flat_map(|question| question.patch.files.keys());
        let paths: BTreeSet<&str> = paths.map(String::as_str).collect();
        let limits: Vec<&str> = paths.into_iter().collect();
        let patches = if nodes.is_empty() {
            Vec::new()
        } else {
            self.repo.patches(&self.graph.oids(nodes.iter().copied()), &limits)?
        };
        let patches: BTreeMap<Node, Patch> =
            nodes.into_iter().zip(patches.into_iter().map(|(_, patch)| patch)).collect();
        for (node, patch) in &patches {
            self.changes.learn(*node, patch);
        }
        let mut found: Vec<Vec<Alike>> = Vec::new();
        let mut unsure = Vec::new();
        for (number, question) in questions.iter().enumerate() {
            let mut alike = Vec::new();
            for (other, clues) in &question.candidates {
                let Some(change) = patches.get(other) else {
                    continue;
                };
                let lines = question.print.within(change);
                let overlap =
                    question.patch.files.keys().any(|path| change.files.contains_key(path));
                let weighed = weigh(*other, clues, lines, false, overlap);
                let proven = weighed.as_ref().is_some_and(|alike| alike.grade <= Grade::Strong);
                let same = || {
                    question
                        .patch
                        .files
                        .iter()
                        .all(|(path, file)| change.files.get(path) == Some(file))
                };
                if !proven && overlap && same() {
                    let with = weigh(*other, clues, lines, true, overlap);
                    unsure.push(Unsure {
                        question: number,
                        commit: *other,
                        with,
                        without: weighed,
                    });
                } else {
                    alike.extend(weighed);
                }
            }
            found.push(alike);
        }
        self.decide(questions, unsure, &mut found)?;
        for alike in &mut found {
            let order = self.graph.newest_first(alike.iter().map(|alike| alike.commit));
            alike.sort_by_key(|alike| order.iter().position(|node| *node == alike.commit));
        }
        Ok(found)
    }

    /// Asks for patch ids, but only where nothing else proves as much: they say no more than equal
    /// lines and equal context.
    fn decide(
        &self,
        questions: &[Question],
        unsure: Vec<Unsure>,
        found: &mut [Vec<Alike>],
    ) -> Result<()> {
        if unsure.is_empty() {
            return Ok(());
        }
        let asked = unsure.iter().filter_map(|unsure| questions.get(unsure.question));
        let nodes: BTreeSet<Node> =
            asked.map(|question| question.node).chain(unsure.iter().map(|u| u.commit)).collect();
        let ids: BTreeMap<Oid, Oid> = self.repo.patch_ids(&self.graph.oids(nodes))?;
        let id = |node: Node| self.graph.oid(node).and_then(|oid| ids.get(&oid));
        for Unsure { question, commit, with, without } in unsure {
            let node = questions.get(question).map(|question| question.node);
            let same = node.is_some_and(|node| id(node).is_some() && id(node) == id(commit));
            found.get_mut(question).into_iter().for_each(|found| {
                found.extend(if same { with.clone() } else { without.clone() });
            });
        }
        Ok(())
    }
}

/// What the clues are worth together. `overlap`: both change a file of the same path.
fn weigh(
    commit: Node,
    clues: &BTreeSet<Clue>,
    lines: LineCount,
    same_id: bool,
    overlap: bool,
) -> Option<Alike> {
    let has = |clue| clues.contains(&clue);
    let alike = overlap && lines.is_half();
    let grade = if clues.iter().any(|clue| clue.is_claim()) {
        Grade::Trailer
    } else if lines.is_whole() {
        Grade::Content
    } else if same_id || (has(Clue::AuthorDate) && (has(Clue::Subject) || alike)) {
        Grade::Strong
    } else if (alike && !clues.is_empty()) || lines.is_most() {
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
    Some(Alike { commit, evidence, grade })
}
