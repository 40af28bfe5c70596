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
};
use crate::{
    Difference, LineCount, Result,
    content::Fingerprint,
    graph::{Graph, Node},
    place,
};

/// More candidates of one question than this are not compared line by line.
const MOST_COMPARED: usize = 2000;
/// A file of more bytes than this takes long to compare.
const LONG: usize = 1 << 14;
/// A commit that touches so many times as many files does much else.
const MUCH_ELSE: usize = 4;
/// Questions that are asked together: each takes a byte for every commit.
const TOGETHER: usize = 64;

/// A commit that may be the same change as the one in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alike {
    pub(crate) commit: Node,
    pub(crate) evidence: Vec<String>,
    pub(crate) grade: Grade,
    /// How it differs, where that was looked at.
    pub(crate) difference: Option<Difference>,
    /// It does much else beside: what is like it need not be like the one in question.
    pub(crate) is_larger: bool,
}

impl Alike {
    /// A commit whose message says all that is known.
    pub(super) fn named(commit: Node, clue: Clue) -> Self {
        let evidence = vec![clue.as_str().to_owned()];
        Self { commit, evidence, grade: Grade::Trailer, difference: None, is_larger: false }
    }
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
    /// What it changes; nothing where there is no candidate.
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

/// Commits whose changes are wanted, and in which files.
#[derive(Default)]
struct Wanted<'q> {
    nodes: BTreeSet<Node>,
    paths: BTreeSet<&'q str>,
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
            self.learn_sketches(some)?;
            let mut questions = Vec::new();
            for node in some {
                questions.push(self.question(*node)?);
            }
            self.add_touching(&mut questions)?;
            self.read_changes(&mut questions)?;
            found.extend(self.compare(&questions)?);
        }
        Ok(found)
    }

    /// Commits that say outright that they are the same change as `node`; nothing is compared.
    pub(super) fn claimed(&self, node: Node) -> Result<Vec<Alike>> {
        let all =
            if self.hears_claims { self.index.alike(self.graph, node)? } else { BTreeMap::new() };
        let claims = all.into_iter().map(|(commit, mut clues)| {
            clues.retain(|clue| clue.is_claim());
            (commit, clues)
        });
        let claims = claims.filter(|(_, clues)| !clues.is_empty());
        let unread = LineCount::default();
        let weighed =
            claims.filter_map(|(commit, clues)| weigh(commit, &clues, unread, false, false));
        Ok(weighed.collect())
    }

    /// Keeps what was learnt on the way.
    pub(super) fn keep(&mut self) {
        self.changes.keep();
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

    fn learn_sketches(&mut self, nodes: &[Node]) -> Result<()> {
        let new = nodes.iter().copied().filter(|node| self.changes.sketch(*node).is_none());
        let new: Vec<Node> = new.collect();
        self.read_patches(&new)?;
        for node in new {
            let print = Fingerprint::of(self.patch(node)?);
            self.changes.learn_sketch(node, Sketch::of(&print));
        }
        Ok(())
    }

    fn question(&self, node: Node) -> Result<Question> {
        let kin = self.graph.kin(node);
        let mut candidates = self.index.alike(self.graph, node)?;
        if !self.hears_claims {
            for clues in candidates.values_mut() {
                clues.retain(|clue| !clue.is_claim());
            }
            candidates.retain(|_, clues| !clues.is_empty());
        }
        // On the same line of history, only a message's own word makes two commits one change.
        let is_kin = |other: &Node| kin.get(other.index()).is_some_and(|kin| *kin);
        candidates.retain(|other, clues| !is_kin(other) || clues.iter().any(|c| c.is_claim()));
        let sketch = self.changes.sketch(node).cloned().unwrap_or_default();
        let needed = LineCount::needed(sketch.len());
        let (patch, print) = (Patch::default(), Fingerprint::default());
        Ok(Question { node, patch, print, sketch, kin, needed, candidates })
    }

    /// Reads what the commits in question change, where there is something to compare it with.
    fn read_changes(&mut self, questions: &mut [Question]) -> Result<()> {
        let asked = questions.iter().filter(|question| !question.candidates.is_empty());
        let asked: Vec<Node> = asked.map(|question| question.node).collect();
        self.read_patches(&asked)?;
        for question in questions.iter_mut().filter(|question| !question.candidates.is_empty()) {
            question.patch = self.patch(question.node)?.clone();
            question.print = Fingerprint::of(&question.patch);
        }
        Ok(())
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
            for (path, weight) in question.sketch.weights() {
                weights.entry(path).or_default().push((number, weight));
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
                let most = || self.changes.most(node, &question.sketch, &paths);
                // Without paths nothing is known.
                if may && (paths.is_empty() || most() >= question.needed) {
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
            let print = Fingerprint::of(self.patch(question.node)?);
            let oids = self.repo.commits_touching(&range, &print.paths())?;
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
    fn compare(&mut self, questions: &[Question]) -> Result<Vec<Vec<Alike>>> {
        let patches = self.changes_of(questions)?;
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
        for (question, alike) in questions.iter().zip(&mut found) {
            let most = MUCH_ELSE * (question.patch.files.len() + 1);
            for alike in alike.iter_mut() {
                alike.is_larger = self.paths.count(alike.commit) > most;
                let change = patches.get(&alike.commit);
                let difference = change.map(|change| question.print.difference(change));
                alike.difference = match difference {
                    Some(same) if same.is_none() && same.expected > 0 => {
                        self.moved(question, alike.commit)?
                    }
                    other => other.filter(|difference| !difference.is_none()),
                };
            }
            let order = self.graph.newest_first(alike.iter().map(|alike| alike.commit));
            alike.sort_by_key(|alike| order.iter().position(|node| *node == alike.commit));
        }
        Ok(found)
    }

    /// How a commit with the same lines differs by where they stand.
    fn moved(&self, question: &Question, copy: Node) -> Result<Option<Difference>> {
        let (Some(original), Some(copy)) = (self.graph.oid(question.node), self.graph.oid(copy))
        else {
            return Ok(None);
        };
        let (original, copy) = (self.repo.hunks(&original)?, self.repo.hunks(&copy)?);
        Ok(place::moved(&question.print, &original, &copy))
    }

    /// What all candidates change: with a clue, in every file of the fix; without one in those whose
    /// lines count, since others, such as lists of what was generated, may be long.
    fn changes_of(&mut self, questions: &[Question]) -> Result<BTreeMap<Node, Patch>> {
        let (mut wide, mut narrow) = (Wanted::default(), Wanted::default());
        for question in questions {
            // A single line is proven by all of its surroundings.
            let is_wide = |clues: &BTreeSet<Clue>| !clues.is_empty() || question.print.len() < 2;
            for (node, clues) in &question.candidates {
                if is_wide(clues) {
                    wide.nodes.insert(*node);
                    wide.paths.extend(question.patch.files.keys().map(String::as_str));
                } else {
                    narrow.nodes.insert(*node);
                    narrow.paths.extend(question.print.paths());
                }
            }
        }
        // Who is in both is asked about once, for the paths of both.
        narrow.nodes.retain(|node| !wide.nodes.contains(node));
        if !wide.nodes.is_empty() {
            wide.paths.extend(&narrow.paths);
        }
        let mut patches = BTreeMap::new();
        let long = self.long_files(questions, &narrow)?;
        narrow.paths.retain(|path| !long.contains(path));
        let without_clue = narrow.nodes.clone();
        self.diff(wide, &mut patches)?;
        if !narrow.paths.is_empty() {
            self.diff(narrow, &mut patches)?;
        }
        let mut nodes = undecided(questions, &patches, &long);
        nodes.retain(|node| without_clue.contains(node));
        self.diff(Wanted { nodes, paths: long }, &mut patches)?;
        for (node, patch) in &patches {
            self.changes.learn(*node, patch);
        }
        Ok(patches)
    }

    /// Those of the files of a fix that take long to compare, where others may make it needless.
    fn long_files<'q>(
        &self,
        questions: &'q [Question],
        narrow: &Wanted<'_>,
    ) -> Result<BTreeSet<&'q str>> {
        let mut long = BTreeSet::new();
        for question in questions {
            let paths = question.print.paths();
            let asks = question.candidates.keys().any(|node| narrow.nodes.contains(node));
            if paths.len() < 2 || !asks {
                continue;
            }
            for path in paths {
                if !long.contains(path) && self.graph.file_length(question.node, path)? > LONG {
                    long.insert(path);
                }
            }
        }
        Ok(long)
    }

    /// Adds what commits change in some files to what is known of them.
    fn diff(&self, wanted: Wanted<'_>, patches: &mut BTreeMap<Node, Patch>) -> Result<()> {
        let Wanted { nodes, paths } = wanted;
        if nodes.is_empty() {
            return Ok(());
        }
        let paths: Vec<&str> = paths.into_iter().collect();
        let oids = self.graph.oids(nodes.iter().copied());
        for (node, (_, patch)) in nodes.into_iter().zip(self.repo.patches(&oids, &paths)?) {
            patches.entry(node).or_default().files.extend(patch.files);
        }
        Ok(())
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

/// Commits without a clue that may still have enough of a fix's lines, given what they change in
/// all but some files.
fn undecided(
    questions: &[Question],
    patches: &BTreeMap<Node, Patch>,
    left_out: &BTreeSet<&str>,
) -> BTreeSet<Node> {
    let mut undecided = BTreeSet::new();
    for question in questions {
        let left = question.print.files().filter(|(path, ..)| left_out.contains(path));
        let left: usize = left.map(|(_, added, removed)| added.len() + removed.len()).sum();
        if left == 0 {
            continue;
        }
        for (node, clues) in &question.candidates {
            let known = patches.get(node).map(|patch| question.print.within(patch).found);
            if clues.is_empty() && known.unwrap_or_default() + left >= question.needed {
                undecided.insert(*node);
            }
        }
    }
    undecided
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
    } else if same_id
        || (has(Clue::AuthorDate) && has(Clue::Subject))
        || (alike && (has(Clue::AuthorDate) || has(Clue::Subject)))
    {
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
    Some(Alike { commit, evidence, grade, difference: None, is_larger: false })
}
