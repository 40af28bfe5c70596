//! Which commits touch which paths, remembered once somebody asked.

use std::collections::BTreeMap;

use git::{Oid, Repo};

use super::said::{digest, from_hex, hex};
use crate::{
    Result,
    graph::{Graph, Node},
};

/// More commits than this at once, and git finds those that touch a path faster.
const MOST_READ: usize = 20_000;
/// The same where what was read can be kept: it is read once.
const MOST_KEPT: usize = 500_000;
/// A commit that touches more paths than this counts as touching all.
const MOST_PATHS: usize = 4096;
/// The name under which this is kept.
const KEPT: &str = "paths";

/// Digests of paths, by commit.
pub(super) struct Paths<'a> {
    repo: &'a Repo,
    graph: &'a Graph<'a>,
    touched: BTreeMap<Node, Touched>,
}

/// What a commit touches.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Touched {
    Some(Vec<u64>),
    TooMany,
}

impl<'a> Paths<'a> {
    pub(super) fn new(repo: &'a Repo, graph: &'a Graph<'a>) -> Self {
        let kept = repo.kept(KEPT).and_then(|bytes| String::from_utf8(bytes).ok());
        let line = |line: &str| {
            let mut words = line.split(' ');
            let node = graph.spelt(words.next()?)?;
            let touched = if line.ends_with('*') {
                Touched::TooMany
            } else {
                Touched::Some(words.map(from_hex).collect::<Option<_>>()?)
            };
            Some((node, touched))
        };
        let touched = kept.iter().flat_map(|text| text.lines()).filter_map(line).collect();
        Self { repo, graph, touched }
    }

    /// Makes known what all of `commits` touch; false when too many would have to be read.
    pub(super) fn learn(&mut self, commits: &[Node]) -> Result<bool> {
        let unread = commits.iter().copied().filter(|node| !self.touched.contains_key(node));
        let unread = self.graph.oids(unread);
        let most = if self.repo.has_cache() { MOST_KEPT } else { MOST_READ };
        if unread.len() > most {
            return Ok(false);
        }
        if !unread.is_empty() {
            self.read(&unread)?;
        }
        Ok(true)
    }

    /// What a commit touches, where that is known.
    pub(super) fn of(&self, node: Node) -> Option<&Touched> {
        self.touched.get(&node)
    }

    /// How many paths a commit touches; none where that is not known.
    pub(super) fn count(&self, node: Node) -> usize {
        match self.touched.get(&node) {
            Some(Touched::Some(paths)) => paths.len(),
            Some(Touched::TooMany) => usize::MAX,
            None => 0,
        }
    }

    fn read(&mut self, commits: &[Oid]) -> Result<()> {
        for (oid, paths) in self.repo.changed_paths(commits)? {
            let touched = if paths.len() > MOST_PATHS {
                Touched::TooMany
            } else {
                Touched::Some(paths.iter().map(|path| digest(path)).collect())
            };
            self.touched.extend(self.graph.node(&oid).map(|node| (node, touched)));
        }
        self.keep();
        Ok(())
    }

    fn keep(&self) {
        let mut text = String::new();
        for (node, touched) in &self.touched {
            let Some(oid) = self.graph.oid(*node) else {
                continue;
            };
            text.push_str(oid.as_str());
            match touched {
                Touched::Some(paths) => paths.iter().for_each(|path| {
                    text.extend([" ", &hex(*path)]);
                }),
                Touched::TooMany => text.push_str(" *"),
            }
            text.push('\n');
        }
        self.repo.keep(KEPT, text.as_bytes());
    }
}
