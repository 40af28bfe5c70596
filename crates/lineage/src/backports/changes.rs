//! Which lines commits change, remembered in so few bits that they only tell who need not be compared.
//!
//! Comparing two changes costs git a walk through both versions of every file. Most commits that touch
//! the same files share no line with a fix, and a few bits of each line's digest say so. What the bits
//! let pass is compared in earnest, so no answer ever rests on them.

use std::collections::{BTreeMap, BTreeSet};

use git::{Patch, Repo};

use super::said::{digest, from_hex, hex};
use crate::{
    content::Fingerprint,
    graph::{Graph, Node},
};

/// A file in which a commit changes more lines than this is always compared.
const MOST_LINES: usize = 1000;
/// More lines than this, over all commits, are not kept; the text is some ten bytes a line.
const MOST_KEPT: usize = 1_000_000;
/// The name under which this is kept.
const KEPT: &str = "changes";
/// Stands before the path of a sketch.
const SKETCH: &str = "=";

/// Short digests of the changed lines, by commit and digest of the path.
pub(super) struct Changes<'a> {
    repo: &'a Repo,
    graph: &'a Graph<'a>,
    known: BTreeMap<(Node, u64), Lines>,
    sketches: BTreeMap<Node, Sketch>,
    /// Whether something is known that was not kept yet.
    is_new: bool,
}

/// What is known of one file's part in a commit.
#[derive(Clone)]
enum Lines {
    /// In order.
    Some {
        added: Vec<u32>,
        removed: Vec<u32>,
    },
    TooMany,
}

/// The telling lines of a fix, with which others are compared, by digest of the path.
#[derive(Clone, Default)]
pub(super) struct Sketch(BTreeMap<u64, Lines>);

impl Sketch {
    pub(super) fn of(print: &Fingerprint) -> Self {
        let files = print.files().map(|(path, added, removed)| {
            let (added, removed) = (short(added.iter()), short(removed.iter()));
            (digest(path), Lines::Some { added, removed })
        });
        Self(files.collect())
    }

    /// How many lines there are in each file.
    pub(super) fn weights(&self) -> impl Iterator<Item = (u64, usize)> {
        self.0.iter().map(|(path, lines)| (*path, lines.len()))
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(Lines::len).sum()
    }
}

impl<'a> Changes<'a> {
    pub(super) fn new(repo: &'a Repo, graph: &'a Graph<'a>) -> Self {
        let kept = repo.kept(KEPT).and_then(|bytes| String::from_utf8(bytes).ok());
        let mut changes =
            Self { repo, graph, known: BTreeMap::new(), sketches: BTreeMap::new(), is_new: false };
        for line in kept.iter().flat_map(|text| text.lines()) {
            changes.read(line);
        }
        changes
    }

    /// One line of what was kept: a commit's file, or, after a sign, a file of its sketch.
    fn read(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let node = self.graph.spelt(words.next()?)?;
        let path = words.next()?;
        match path.strip_prefix(SKETCH) {
            Some("") => drop(self.sketches.entry(node).or_default()),
            Some(path) => {
                let sketch = self.sketches.entry(node).or_default();
                sketch.0.insert(from_hex(path)?, Lines::read(words)?);
            }
            None => drop(self.known.insert((node, from_hex(path)?), Lines::read(words)?)),
        }
        Some(())
    }

    /// The sketch of a commit that was asked about before.
    pub(super) fn sketch(&self, node: Node) -> Option<&Sketch> {
        self.sketches.get(&node)
    }

    /// Remembers the sketch of a commit.
    pub(super) fn learn_sketch(&mut self, node: Node, sketch: Sketch) {
        self.is_new |= self.sketches.insert(node, sketch).is_none();
    }

    /// No commit that touches these paths of the fix can share more of its lines than this.
    pub(super) fn most(&self, node: Node, sketch: &Sketch, paths: &[u64]) -> usize {
        let of = |path: &u64| match (sketch.0.get(path)?, self.known.get(&(node, *path))) {
            (Lines::Some { added, removed }, Some(Lines::Some { added: here, removed: gone })) => {
                Some(shared(added, here) + shared(removed, gone))
            }
            (lines, _) => Some(lines.len()),
        };
        paths.iter().filter_map(of).sum()
    }

    /// Remembers what `node` changes in some files.
    pub(super) fn learn(&mut self, node: Node, patch: &Patch) {
        for (path, change) in &patch.files {
            let before = self.known.insert((node, digest(path)), Lines::of(change));
            self.is_new |= before.is_none();
        }
    }

    /// Writes down what is new, a file of a commit a line.
    pub(super) fn keep(&mut self) {
        if !std::mem::take(&mut self.is_new) || !self.repo.has_cache() {
            return;
        }
        let mut text = String::new();
        for (node, sketch) in &self.sketches {
            let Some(oid) = self.graph.oid(*node) else {
                continue;
            };
            if sketch.0.is_empty() {
                text.extend([oid.as_str(), " ", SKETCH, "\n"]);
            }
            for (path, lines) in &sketch.0 {
                text.extend([oid.as_str(), " ", SKETCH, &hex(*path)]);
                lines.write(&mut text);
                text.push('\n');
            }
        }
        let mut kept = 0;
        for ((node, path), lines) in self.known.iter().rev() {
            kept += 1 + lines.len();
            if kept > MOST_KEPT {
                break;
            }
            if let Some(oid) = self.graph.oid(*node) {
                text.extend([oid.as_str(), " ", &hex(*path)]);
                lines.write(&mut text);
                text.push('\n');
            }
        }
        self.repo.keep(KEPT, text.as_bytes());
    }
}

impl Lines {
    fn of(change: &git::FileChange) -> Self {
        let (added, removed) = (short(change.added.iter()), short(change.removed.iter()));
        if added.len() + removed.len() > MOST_LINES {
            return Self::TooMany;
        }
        Self::Some { added, removed }
    }

    fn len(&self) -> usize {
        match self {
            Self::Some { added, removed } => added.len() + removed.len(),
            Self::TooMany => 0,
        }
    }

    fn write(&self, line: &mut String) {
        match self {
            Self::Some { added, removed } => {
                for (sign, lines) in [(" +", added), (" -", removed)] {
                    for bits in lines {
                        line.extend([sign, &hex(u64::from(*bits))]);
                    }
                }
            }
            Self::TooMany => line.push_str(" *"),
        }
    }

    fn read<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for word in words {
            if word == "*" {
                return Some(Self::TooMany);
            }
            let (sign, bits) = word.split_at_checked(1)?;
            let bits = u32::from_str_radix(bits, 16).ok()?;
            if sign == "+" { added.push(bits) } else { removed.push(bits) }
        }
        Some(Self::Some { added, removed })
    }
}

/// A few bits of every line, without the blanks around it; in order.
fn short<'a>(lines: impl Iterator<Item = &'a String>) -> Vec<u32> {
    let bits = |line: &String| u32::try_from(digest(line.trim()) >> 32).unwrap_or_default();
    let all: BTreeSet<u32> = lines.map(bits).collect();
    all.into_iter().collect()
}

fn shared(few: &[u32], many: &[u32]) -> usize {
    few.iter().filter(|bits| many.binary_search(bits).is_ok()).count()
}
