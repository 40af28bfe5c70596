//! The history that matters: who descends from whom, among all that refs reach.
//!
//! It knows nothing of bugs.

use std::{
    cell::{OnceCell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use git::{Commit, History, Lanes, Named, Objects, Oid, Rank, Repo, Survey};

use crate::Result;

/// A commit's place: parents stand before their children.
pub(crate) type Node = Rank;

pub(crate) struct Graph<'a> {
    repo: &'a Repo,
    history: &'a History,
    names: Named<'a>,
    /// By node: whether a ref or a declared commit leads there. The history may know more.
    reached: Vec<bool>,
    generations: OnceCell<Vec<u32>>,
    objects: RefCell<Option<Objects>>,
}

/// Reads a repository with all of its names; once more where what was kept of them is damaged.
pub(crate) fn read(repo: &Repo, declared: &[Oid]) -> Result<Survey> {
    let survey = repo.survey(declared)?;
    match survey.history.names() {
        Ok(_) => Ok(survey),
        Err(git::Error::DamagedCache(_)) => Ok(repo.survey(declared)?),
        Err(error) => Err(error.into()),
    }
}

impl<'a> Graph<'a> {
    /// The history behind all refs and behind `declared`.
    pub(crate) fn new(repo: &'a Repo, survey: &'a Survey, declared: &[Oid]) -> Result<Self> {
        let history = &survey.history;
        let names = history.names()?;
        let tags = survey.refs.tags.iter().map(|tag| &tag.target);
        let branches = survey.refs.branches.iter().map(|branch| &branch.tip);
        let tips = tags.chain(branches).chain(declared).filter_map(|oid| names.rank(oid));
        let mut graph = Self {
            repo,
            history,
            names,
            reached: Vec::new(),
            generations: OnceCell::new(),
            objects: RefCell::new(None),
        };
        graph.reached = graph.behind(tips);
        Ok(graph)
    }

    pub(crate) fn node(&self, oid: &Oid) -> Option<Node> {
        self.names.rank(oid).filter(|node| self.is_reached(*node))
    }

    /// The commit whose full name these digits are.
    pub(crate) fn spelt(&self, digits: &str) -> Option<Node> {
        self.names.spelt(digits).filter(|node| self.is_reached(*node))
    }

    /// The one commit whose name starts with `hex`, which has at least seven digits.
    pub(crate) fn abbreviated(&self, hex: &str) -> Option<Node> {
        self.names.abbreviated(hex).filter(|node| self.is_reached(*node))
    }

    pub(crate) fn oid(&self, node: Node) -> Option<Oid> {
        self.names.oid(node)
    }

    pub(crate) fn oids(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<Oid> {
        nodes.into_iter().filter_map(|node| self.oid(node)).collect()
    }

    /// Orders commits so that none comes after one of its ancestors, and in the same way every time:
    /// ranks depend on how the history was read.
    pub(crate) fn newest_first(&self, nodes: impl IntoIterator<Item = Node>) -> Vec<Node> {
        let mut nodes: Vec<Node> = nodes.into_iter().collect();
        nodes.sort_by_cached_key(|node| (Reverse(self.generation(*node)), self.oid(*node)));
        nodes
    }

    /// How many commits the longest way to the beginning has.
    fn generation(&self, node: Node) -> u32 {
        let all = self.generations.get_or_init(|| {
            let mut all: Vec<u32> = Vec::with_capacity(self.history.len());
            for node in self.history.ranks() {
                let parents = self.parents(node).filter_map(|parent| all.get(parent.index()));
                all.push(parents.max().map_or(0, |parent| parent + 1));
            }
            all
        });
        all.get(node.index()).copied().unwrap_or_default()
    }

    /// All commits, parents first.
    pub(crate) fn nodes(&self) -> impl DoubleEndedIterator<Item = Node> {
        self.history.ranks().filter(|node| self.is_reached(*node))
    }

    pub(crate) fn parents(&self, node: Node) -> impl Iterator<Item = Node> {
        self.history.parents(node)
    }

    pub(crate) fn is_merge(&self, node: Node) -> bool {
        self.parents(node).nth(1).is_some()
    }

    /// The commits, without merges, that a merge brought into its first parent's history; none when
    /// there are more than `most`.
    pub(crate) fn merged_by(&self, merge: Node, most: usize) -> Vec<Node> {
        let mut parents = self.parents(merge);
        let ours = self.behind(parents.next().into_iter());
        let is_ours = |node: &Node| ours.get(node.index()).is_some_and(|ours| *ours);
        let mut waiting: Vec<Node> = parents.collect();
        let mut brought = BTreeSet::new();
        while let Some(node) = waiting.pop() {
            if is_ours(&node) || !brought.insert(node) {
                continue;
            }
            // Merges count here too, so that the walk ends.
            if brought.len() > most {
                return Vec::new();
            }
            waiting.extend(self.parents(node));
        }
        brought.into_iter().filter(|node| !self.is_merge(*node)).collect()
    }

    /// What a commit's object says.
    pub(crate) fn commit(&self, node: Node) -> Result<Commit> {
        let mut commits = self.commits(&[node])?;
        commits.pop().ok_or_else(|| git::Error::BrokenObject("of a commit".into()).into())
    }

    /// What the objects of many commits say, in their order.
    pub(crate) fn commits(&self, nodes: &[Node]) -> Result<Vec<Commit>> {
        let oids = self.oids(nodes.iter().copied());
        self.ask(|objects| objects.commits(&oids))
    }

    /// How many bytes a file of a commit has; none where it is absent.
    pub(crate) fn file_length(&self, node: Node, path: &str) -> Result<usize> {
        let Some(oid) = self.oid(node) else { return Ok(0) };
        let file = self.ask(|objects| objects.file(&oid, path))?;
        Ok(file.map_or(0, |bytes| bytes.len()))
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut Objects) -> git::Result<T>) -> Result<T> {
        let mut objects = self.objects.borrow_mut();
        let objects = match &mut *objects {
            Some(objects) => objects,
            none => none.insert(self.repo.objects()?),
        };
        Ok(ask(objects)?)
    }

    /// For every commit, which of `events` are the commit itself or in its history.
    pub(crate) fn reach(&self, events: &BTreeSet<Node>) -> Reach {
        let nodes: Vec<Node> = events.iter().copied().collect();
        Reach { lanes: events.iter().copied().zip(0..).collect(), bits: self.history.lanes(&nodes) }
    }

    /// By node: whether it is an ancestor or a descendant of `node`, or `node` itself.
    pub(crate) fn kin(&self, node: Node) -> Vec<bool> {
        let mut kin = self.behind(std::iter::once(node));
        let reach = self.history.lanes(&[node]);
        for (other, kin) in self.history.ranks().zip(&mut kin) {
            *kin |= reach.contains(other, 0);
        }
        kin
    }

    fn is_reached(&self, node: Node) -> bool {
        self.reached.get(node.index()).is_some_and(|reached| *reached)
    }

    /// By node: whether it is one of some commits, or in the history of one.
    fn behind(&self, tips: impl Iterator<Item = Node>) -> Vec<bool> {
        let mut behind = vec![false; self.history.len()];
        let mut mark = |node: Node| {
            if let Some(mark) = behind.get_mut(node.index()) {
                *mark = true;
            }
        };
        tips.for_each(&mut mark);
        for node in self.history.ranks().rev() {
            if behind.get(node.index()).is_some_and(|mark| *mark) {
                for parent in self.parents(node) {
                    if let Some(mark) = behind.get_mut(parent.index()) {
                        *mark = true;
                    }
                }
            }
        }
        behind
    }
}

/// The answer to "is this event in that history?", for some events and all commits.
pub(crate) struct Reach {
    lanes: BTreeMap<Node, usize>,
    bits: Lanes,
}

impl Reach {
    /// Whether `event` is `node` or in its history. An event that was not asked for is in none.
    pub(crate) fn contains(&self, node: Node, event: Node) -> bool {
        self.lanes.get(&event).is_some_and(|lane| self.bits.contains(node, *lane))
    }

    /// Whether any event at all is in the history of `node`.
    pub(crate) fn contains_any(&self, node: Node) -> bool {
        self.bits.contains_any(node)
    }
}
