//! Looking commits up by what their metadata says. No diff is read here.

use std::collections::{BTreeMap, BTreeSet};

use git::{Commit, When};

use crate::{
    graph::{Graph, Node},
    message,
};

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
        }
    }

    /// Whether a message says it outright.
    pub(crate) fn is_claim(self) -> bool {
        matches!(self, Self::Named | Self::SameOrigin | Self::UndoesRevert)
    }
}

/// Everything that is said in messages, by what it is said of.
pub(crate) struct Index {
    copies: BTreeMap<Named, BTreeSet<Node>>,
    reverts: BTreeMap<Node, BTreeSet<Node>>,
    repairs: BTreeMap<Node, BTreeSet<Node>>,
    authored: BTreeMap<(String, When), Vec<Node>>,
    subjects: BTreeMap<String, Vec<Node>>,
    listings: BTreeMap<String, Vec<Node>>,
    mentions: BTreeMap<u64, Vec<Node>>,
    requests: BTreeMap<u64, Vec<Node>>,
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

impl Index {
    pub(crate) fn new(graph: &Graph) -> Self {
        let mut index = Self {
            copies: BTreeMap::new(),
            reverts: BTreeMap::new(),
            repairs: BTreeMap::new(),
            authored: BTreeMap::new(),
            subjects: BTreeMap::new(),
            listings: BTreeMap::new(),
            mentions: BTreeMap::new(),
            requests: BTreeMap::new(),
        };
        for (node, commit) in graph.commits() {
            index.read_claims(graph, node, commit);
            if !commit.is_merge() {
                index.read_traits(node, commit);
            }
        }
        index.read_reverted_requests(graph);
        index
    }

    fn read_claims(&mut self, graph: &Graph, node: Node, commit: &Commit) {
        for hex in message::origins(&commit.message) {
            if let Some(origin) = Named::new(graph, &hex) {
                self.copies.entry(origin).or_default().insert(node);
            }
        }
        let resolve = |hex: String| graph.abbreviated(&hex);
        for named in message::reverted(&commit.message).into_iter().filter_map(resolve) {
            self.reverts.entry(named).or_default().insert(node);
        }
        for named in message::repaired(&commit.message).into_iter().filter_map(resolve) {
            self.repairs.entry(named).or_default().insert(node);
        }
    }

    fn read_traits(&mut self, node: Node, commit: &Commit) {
        let author = (commit.author.email.to_lowercase(), commit.author.when);
        self.authored.entry(author).or_default().push(node);
        let subject = message::normal_subject(commit.subject());
        if tells(&subject) {
            self.subjects.entry(subject).or_default().push(node);
        }
        for subject in message::listed_subjects(commit.body()) {
            if tells(&subject) {
                self.listings.entry(subject).or_default().push(node);
            }
        }
        for number in message::requests(&commit.message) {
            self.mentions.entry(number).or_default().push(node);
        }
        if let Some(number) = message::own_request(commit.subject()) {
            self.requests.entry(number).or_default().push(node);
        }
    }

    /// A forge names the pull request that it reverts, not the commit.
    fn read_reverted_requests(&mut self, graph: &Graph) {
        for (node, commit) in graph.commits() {
            for number in message::reverted_requests(&commit.message) {
                for reverted in self.requests.get(&number).into_iter().flatten() {
                    self.reverts.entry(*reverted).or_default().insert(node);
                }
            }
        }
    }

    /// Commits that say they take `node` back.
    pub(crate) fn reverts_of(&self, node: Node) -> impl Iterator<Item = Node> {
        self.reverts.get(&node).into_iter().flatten().copied()
    }

    /// Commits that say they repair `node`.
    pub(crate) fn repairs_of(&self, node: Node) -> impl Iterator<Item = Node> {
        self.repairs.get(&node).into_iter().flatten().copied()
    }

    /// Commits that may be the same change as `node`, and why.
    pub(crate) fn alike(&self, graph: &Graph, node: Node) -> BTreeMap<Node, BTreeSet<Clue>> {
        let mut found: BTreeMap<Node, BTreeSet<Clue>> = BTreeMap::new();
        let Some(commit) = graph.commit(node) else {
            return found;
        };
        let mut add = |nodes: &mut dyn Iterator<Item = Node>, clue: Clue| {
            for other in nodes.filter(|other| *other != node) {
                found.entry(other).or_default().insert(clue);
            }
        };
        let copies = self.copies.get(&Named::Here(node)).into_iter();
        add(&mut copies.flatten().copied(), Clue::Named);
        if let Some(origin) = sole_origin(graph, commit) {
            if let Named::Here(original) = origin {
                add(&mut std::iter::once(original), Clue::Named);
            }
            let siblings = self.copies.get(&origin);
            add(&mut siblings.into_iter().flatten().copied(), Clue::SameOrigin);
        }
        let author = (commit.author.email.to_lowercase(), commit.author.when);
        add(&mut few(self.authored.get(&author), COMMON_DATE), Clue::AuthorDate);

        let subject = message::normal_subject(commit.subject());
        add(&mut few(self.subjects.get(&subject), COMMON_SUBJECT), Clue::Subject);
        add(&mut few(self.listings.get(&subject), COMMON_SUBJECT), Clue::ListedSubject);
        for listed in message::listed_subjects(commit.body()) {
            add(&mut few(self.subjects.get(&listed), COMMON_SUBJECT), Clue::ListedSubject);
        }
        if let Some(number) = message::own_request(commit.subject()) {
            add(&mut few(self.mentions.get(&number), COMMON_SUBJECT), Clue::PullRequest);
        }
        for number in message::requests(&commit.message) {
            add(&mut few(self.requests.get(&number), COMMON_SUBJECT), Clue::PullRequest);
        }
        found
    }
}

/// The commit that this one was copied from. A squash of several picks contains each of
/// them, but none of them is the squash: following it back would make them all one change.
/// A pick of a pick names both, and there the first is the origin.
fn sole_origin(graph: &Graph, commit: &Commit) -> Option<Named> {
    let claims = message::origins(&commit.message);
    let mut origins = claims.iter().filter_map(|hex| Named::new(graph, hex));
    let first = origins.next()?;
    let copies_first = |other: Named| match other {
        Named::Here(node) => graph.commit(node).is_some_and(|copy| {
            let named = message::origins(&copy.message);
            named.iter().any(|hex| Named::new(graph, hex).as_ref() == Some(&first))
        }),
        Named::Elsewhere(_) => false,
    };
    origins.all(copies_first).then_some(first)
}

/// A subject of one word is a habit, not a clue.
fn tells(subject: &str) -> bool {
    subject.split(' ').filter(|word| word.len() > 1).count() >= 2
}

/// The commits of one bucket, unless it holds too many to mean anything.
fn few(bucket: Option<&Vec<Node>>, most: usize) -> impl Iterator<Item = Node> {
    bucket.filter(|nodes| nodes.len() <= most).into_iter().flatten().copied()
}
