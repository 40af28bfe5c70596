//! The history in memory: who descends from whom.
//!
//! It knows nothing of bugs. Commits are numbered with children before parents.

use std::collections::{BTreeMap, BTreeSet};

use git::{Commit, Oid};

/// A commit's number in a [`Graph`].
pub(crate) type Node = usize;

pub(crate) struct Graph {
    commits: Vec<Commit>,
    numbers: BTreeMap<Oid, Node>,
    parents: Vec<Vec<Node>>,
}

impl Graph {
    /// `commits` come with children before parents. Parents that are absent are left out.
    pub(crate) fn new(commits: Vec<Commit>) -> Self {
        let numbers: BTreeMap<Oid, Node> =
            commits.iter().enumerate().map(|(node, commit)| (commit.oid.clone(), node)).collect();
        let known = |commit: &Commit| {
            let parents = commit.parents.iter();
            parents.filter_map(|oid| numbers.get(oid).copied()).collect()
        };
        let parents = commits.iter().map(known).collect();
        Self { commits, numbers, parents }
    }

    pub(crate) fn node(&self, oid: &Oid) -> Option<Node> {
        self.numbers.get(oid).copied()
    }

    /// The one commit whose name starts with `hex`, which has at least seven digits.
    pub(crate) fn abbreviated(&self, hex: &str) -> Option<Node> {
        let hex = hex.to_ascii_lowercase();
        if hex.len() < 7 || hex.len() > 64 {
            return None;
        }
        let full: Oid = format!("{hex:0<40}").parse().ok()?;
        let mut following = self.numbers.range(full..);
        let (first, node) = following.next()?;
        let unique = following.next().is_none_or(|(second, _)| !second.as_str().starts_with(&hex));
        (first.as_str().starts_with(&hex) && unique).then_some(*node)
    }

    pub(crate) fn commit(&self, node: Node) -> Option<&Commit> {
        self.commits.get(node)
    }

    pub(crate) fn commits(&self) -> impl Iterator<Item = (Node, &Commit)> {
        self.commits.iter().enumerate()
    }

    pub(crate) fn oid(&self, node: Node) -> Option<&Oid> {
        self.commits.get(node).map(|commit| &commit.oid)
    }

    pub(crate) fn parents(&self, node: Node) -> &[Node] {
        self.parents.get(node).map_or(&[], Vec::as_slice)
    }

    /// Commits with parents that are not here.
    pub(crate) fn cut(&self) -> BTreeSet<Node> {
        self.commits()
            .filter(|(node, commit)| commit.parents.len() > self.parents(*node).len())
            .map(|(node, _)| node)
            .collect()
    }

    /// For every commit, which of `events` are the commit itself or in its history.
    pub(crate) fn reach(&self, events: &BTreeSet<Node>) -> Reach {
        let width = events.len().div_ceil(64).max(1);
        let lanes: BTreeMap<Node, usize> = events.iter().copied().zip(0..).collect();
        let mut bits: Vec<Vec<u64>> = vec![Vec::new(); self.commits.len()];
        for node in (0..self.commits.len()).rev() {
            let mut row = vec![0_u64; width];
            for parent in self.parents(node) {
                let seen = bits.get(*parent).into_iter().flatten();
                row.iter_mut().zip(seen).for_each(|(to, from)| *to |= from);
            }
            if let Some(lane) = lanes.get(&node)
                && let Some(word) = row.get_mut(lane / 64)
            {
                *word |= 1 << (lane % 64);
            }
            if let Some(slot) = bits.get_mut(node) {
                *slot = row;
            }
        }
        Reach { lanes, bits }
    }
}

/// The answer to "is this event in that history?", for some events and all commits.
pub(crate) struct Reach {
    lanes: BTreeMap<Node, usize>,
    bits: Vec<Vec<u64>>,
}

impl Reach {
    /// Whether `event` is `node` or in its history. An event that was not asked for is in none.
    pub(crate) fn contains(&self, node: Node, event: Node) -> bool {
        let Some(lane) = self.lanes.get(&event) else {
            return false;
        };
        let row = self.bits.get(node);
        let word = row.and_then(|row| row.get(lane / 64)).copied();
        word.unwrap_or_default() >> (lane % 64) & 1 == 1
    }

    /// Whether any event at all is in the history of `node`.
    pub(crate) fn contains_any(&self, node: Node) -> bool {
        let row = self.bits.get(node);
        row.is_some_and(|row| row.iter().any(|word| *word != 0))
    }
}
