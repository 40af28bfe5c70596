//! Looking commits up by what their metadata says. No diff is read here.

use std::collections::{BTreeMap, BTreeSet};

use git::Repo;

use super::said::{Said, Traits};
use crate::{
    Result,
    graph::{Graph, Node},
    message,
};

/// The name under which what commits say is kept.
const KEPT: &str = "said-2";
/// Commits that are read at a time.
const BATCH: usize = 4096;

/// More commits than this with one subject, and the subject tells nothing.
const COMMON_SUBJECT: usize = 12;
/// More commits than this with one author and date, and it was a bulk import.
const COMMON_DATE: usize = 8;

/// A reason to believe that two commits are the same change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Clue {
    Named,
    SameOrigin,
    UndoesRevert,
    AuthorDate,
    Subject,
    ListedSubject,
    PullRequest,
    SameRepair,
}

impl Clue {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Named => "trailer",
            Self::SameOrigin => "same-origin",
            Self::UndoesRevert => "revert-of-revert",
            Self::AuthorDate => "author-date",
            Self::Subject => "subject",
            Self::ListedSubject => "listed-subject",
            Self::PullRequest => "pull-request",
            Self::SameRepair => "same-repair",
        }
    }

    /// Whether a message says it outright.
    pub(crate) fn is_claim(self) -> bool {
        matches!(self, Self::Named | Self::SameOrigin | Self::UndoesRevert)
    }
}

/// Everything that is said in messages, by what it is said of.
#[derive(Default)]
pub(crate) struct Index {
    copies: BTreeMap<Named, BTreeSet<Node>>,
    reverts: BTreeMap<Node, BTreeSet<Node>>,
    repairs: BTreeMap<Named, BTreeSet<Node>>,
    taken_back: Table,
    authored: Table,
    subjects: Table,
    listings: Table,
    mentions: Table,
    requests: Table,
}

/// A commit that a message names: one of ours, or one that is not here.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Here(Node),
    Elsewhere(String),
}

impl Named {
    fn new(graph: &Graph, hex: &str) -> Option<Self> {
        match graph.abbreviated(hex) {
            Some(node) => Some(Self::Here(node)),
            // An abbreviation of something unknown may mean two things in two messages.
            None if hex.len() >= 40 => Some(Self::Elsewhere(hex.to_owned())),
            None => None,
        }
    }
}

/// Commits by a number that some of them share.
#[derive(Default)]
struct Table(Vec<(u64, Node)>);

impl Table {
    fn all(&self, key: u64) -> &[(u64, Node)] {
        let start = self.0.partition_point(|(other, _)| *other < key);
        let rest = self.0.get(start..).unwrap_or_default();
        let count = rest.partition_point(|(other, _)| *other == key);
        rest.get(..count).unwrap_or_default()
    }

    /// The commits with that number, unless there are too many to mean anything.
    fn few(&self, key: u64, most: usize) -> impl Iterator<Item = Node> {
        let all = self.all(key);
        let few = if all.len() <= most { all } else { &[] };
        few.iter().map(|(_, node)| *node)
    }
}

impl Index {
    /// Reads what every commit says: from what was kept, or else from its object.
    pub(crate) fn new(repo: &Repo, graph: &Graph) -> Result<Self> {
        let mut index = Self::default();
        let mut all: BTreeMap<Node, Said> = BTreeMap::new();
        let kept = repo.kept(KEPT).and_then(|bytes| String::from_utf8(bytes).ok());
        for line in kept.iter().flat_map(|text| text.lines()) {
            let mut words = line.split(' ');
            let node = words.next().and_then(|name| graph.spelt(name));
            all.extend(node.and_then(|node| Some((node, Said::read(words)?))));
        }
        let unread: Vec<Node> = graph.nodes().filter(|node| !all.contains_key(node)).collect();
        for batch in unread.chunks(BATCH) {
            let commits = graph.commits(batch)?;
            all.extend(batch.iter().zip(&commits).map(|(node, commit)| (*node, Said::of(commit))));
        }
        if !unread.is_empty() {
            keep(repo, graph, &all);
        }
        let mut reverted_requests = Vec::new();
        for (node, said) in all {
            reverted_requests.extend(said.reverted_requests.iter().map(|number| (*number, node)));
            index.add(graph, node, said);
        }
        let tables = [&mut index.authored, &mut index.subjects, &mut index.listings];
        let others = [&mut index.mentions, &mut index.requests, &mut index.taken_back];
        for table in tables.into_iter().chain(others) {
            table.0.sort_unstable();
        }
        // A forge names the pull request that it reverts, not the commit.
        for (number, by) in reverted_requests {
            for (_, reverted) in index.requests.all(number) {
                index.reverts.entry(*reverted).or_default().insert(by);
            }
        }
        Ok(index)
    }

    fn add(&mut self, graph: &Graph, node: Node, said: Said) {
        for origin in said.origins.iter().filter_map(|hex| Named::new(graph, hex)) {
            self.copies.entry(origin).or_default().insert(node);
        }
        for named in said.reverted.iter().filter_map(|hex| graph.abbreviated(hex)) {
            self.reverts.entry(named).or_default().insert(node);
        }
        for named in said.repaired.iter().filter_map(|hex| Named::new(graph, hex)) {
            self.repairs.entry(named).or_default().insert(node);
        }
        self.taken_back.0.extend(said.taken_back.map(|subject| (subject, node)));
        let Some(traits) = said.traits else {
            return;
        };
        let pairs = |numbers: Vec<u64>| numbers.into_iter().map(move |number| (number, node));
        self.authored.0.push((traits.author, node));
        self.subjects.0.extend(traits.subject.map(|subject| (subject, node)));
        self.listings.0.extend(pairs(traits.listed));
        self.mentions.0.extend(pairs(traits.mentions));
        self.requests.0.extend(traits.request.map(|number| (number, node)));
    }

    /// Commits that say they take `node` back.
    pub(crate) fn reverts_of(&self, node: Node) -> impl Iterator<Item = Node> {
        self.reverts.get(&node).into_iter().flatten().copied()
    }

    /// Commits that say they repair `node`.
    pub(crate) fn repairs_of(&self, node: Node) -> impl Iterator<Item = Node> {
        self.repairs.get(&Named::Here(node)).into_iter().flatten().copied()
    }

    /// Commits that come after `node` and whose subjects say that they take it back; what commit
    /// they mean, they do not say.
    pub(crate) fn may_revert(&self, graph: &Graph, node: Node) -> Result<Vec<Node>> {
        if self.taken_back.0.is_empty() {
            return Ok(Vec::new());
        }
        let subject = Traits::of(&graph.commit(node)?).subject;
        let all =
            subject.into_iter().flat_map(|subject| self.taken_back.few(subject, COMMON_SUBJECT));
        let all: Vec<Node> = all.collect();
        if all.is_empty() {
            return Ok(all);
        }
        let reach = graph.reach(&BTreeSet::from([node]));
        Ok(all.into_iter().filter(|by| *by != node && reach.contains(*by, node)).collect())
    }

    /// Commits that may be the same change as `node`, and why.
    pub(crate) fn alike(
        &self,
        graph: &Graph,
        node: Node,
    ) -> Result<BTreeMap<Node, BTreeSet<Clue>>> {
        let mut found: BTreeMap<Node, BTreeSet<Clue>> = BTreeMap::new();
        let commit = graph.commit(node)?;
        let mut add = |nodes: &mut dyn Iterator<Item = Node>, clue: Clue| {
            for other in nodes.filter(|other| *other != node) {
                found.entry(other).or_default().insert(clue);
            }
        };
        let copies = self.copies.get(&Named::Here(node)).into_iter();
        add(&mut copies.flatten().copied(), Clue::Named);
        if let Some(origin) = sole_origin(graph, &commit.message)? {
            if let Named::Here(original) = origin {
                add(&mut std::iter::once(original), Clue::Named);
            }
            let siblings = self.copies.get(&origin);
            add(&mut siblings.into_iter().flatten().copied(), Clue::SameOrigin);
        }
        // A merge has these traits too, only nobody looks for it by them.
        let traits = Traits::of(&commit);
        add(&mut self.authored.few(traits.author, COMMON_DATE), Clue::AuthorDate);
        if let Some(subject) = traits.subject {
            add(&mut self.subjects.few(subject, COMMON_SUBJECT), Clue::Subject);
            add(&mut self.listings.few(subject, COMMON_SUBJECT), Clue::ListedSubject);
        }
        for listed in traits.listed {
            add(&mut self.subjects.few(listed, COMMON_SUBJECT), Clue::ListedSubject);
        }
        if let Some(number) = traits.request {
            add(&mut self.mentions.few(number, COMMON_SUBJECT), Clue::PullRequest);
        }
        for number in traits.mentions {
            add(&mut self.requests.few(number, COMMON_SUBJECT), Clue::PullRequest);
        }
        for named in message::repaired(&commit.message) {
            let repairs = Named::new(graph, &named).and_then(|named| self.repairs.get(&named));
            let few = repairs.filter(|all| all.len() <= COMMON_SUBJECT);
            add(&mut few.into_iter().flatten().copied(), Clue::SameRepair);
        }
        Ok(found)
    }
}

/// Writes down what was read, a commit a line.
fn keep(repo: &Repo, graph: &Graph, all: &BTreeMap<Node, Said>) {
    let mut text = String::new();
    for (node, said) in all {
        if let Some(oid) = graph.oid(*node) {
            text.push_str(oid.as_str());
            said.write(&mut text);
            text.push('\n');
        }
    }
    repo.keep(KEPT, text.as_bytes());
}

/// The commit that this message's commit was copied from. A squash of several picks contains each
/// of them, but none of them is the squash: following it back would make them all one change.
/// A pick of a pick names both, and there the first is the origin.
fn sole_origin(graph: &Graph, message: &str) -> Result<Option<Named>> {
    let claims = message::origins(message);
    let mut origins = claims.iter().filter_map(|hex| Named::new(graph, hex));
    let Some(first) = origins.next() else {
        return Ok(None);
    };
    for other in origins {
        let Named::Here(copy) = other else {
            return Ok(None);
        };
        let named = message::origins(&graph.commit(copy)?.message);
        if !named.iter().any(|hex| Named::new(graph, hex).as_ref() == Some(&first)) {
            return Ok(None);
        }
    }
    Ok(Some(first))
}
