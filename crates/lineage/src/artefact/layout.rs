//! Which file of an artefact is which file of the repository.
//!
//! Packers put a folder in front (`name-1.2.3/`, `package/`, `module@version/`) and cut another off
//! (`src/`, `crates/name/`). Which ones is told by the files that both have: names that are rare in
//! the repository vote for what must be cut off and put in front, and the strongest claim wins. What
//! it leaves unexplained may vote again, since some artefacts are put together from several folders.

use std::collections::{BTreeMap, BTreeSet};

/// One way from names in the artefact to paths in the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    /// What is cut off the artefact's name.
    cut: String,
    /// What the repository has in its place.
    put: String,
}

/// A name counts as rare when so many paths of the repository end in it.
const RARE: usize = 4;
/// A further claim needs so many files.
const ENOUGH: usize = 3;
/// More folders than these are not put together.
const MOST: usize = 8;

/// The files of an artefact by their paths in the repository.
#[derive(Debug, Default)]
pub(super) struct Layout {
    entries: BTreeMap<String, String>,
    /// Folders of the repository of which something is there.
    folders: BTreeSet<String>,
    moves: Vec<Move>,
}

impl Layout {
    /// `names`: the artefact's files; `paths`: the repository's.
    pub(super) fn guess<'a>(
        names: impl Iterator<Item = &'a str>,
        paths: &BTreeSet<String>,
    ) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in paths {
            by_name.entry(last(path)).or_default().push(path);
        }
        let mut left: Vec<&str> = names.collect();
        let mut layout = Self::default();
        while layout.moves.len() < MOST {
            let Some((best, votes)) = vote(&left, &by_name) else { break };
            if !layout.moves.is_empty() && votes < ENOUGH {
                break;
            }
            left.retain(|name| !layout.explain(name, &best, paths));
            layout.moves.push(best);
        }
        layout
    }

    /// Whether a move leads from a name to a path that nothing else leads to.
    fn explain(&mut self, name: &str, by: &Move, paths: &BTreeSet<String>) -> bool {
        let Some(rest) = name.strip_prefix(&by.cut) else { return false };
        let path = format!("{}{rest}", by.put);
        if !paths.contains(&path) || self.entries.contains_key(&path) {
            return false;
        }
        self.folders.insert(folder(&path).to_owned());
        self.entries.insert(path, name.to_owned());
        true
    }

    /// The artefact's name for a path of the repository.
    pub(super) fn entry(&self, path: &str) -> Option<&str> {
        self.entries.get(path).map(String::as_str)
    }

    /// Whether other files of the same folder are there.
    pub(super) fn has_beside(&self, path: &str) -> bool {
        self.folders.contains(folder(path))
    }

    /// Whether the artefact is made of folders that the path lies in.
    pub(super) fn reaches(&self, path: &str) -> bool {
        self.moves.iter().any(|by| path.starts_with(&by.put))
    }

    /// How many files of the repository it holds.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}

/// The strongest claim. Of equals, the one that cuts and puts less.
fn vote(names: &[&str], by_name: &BTreeMap<&str, Vec<&str>>) -> Option<(Move, usize)> {
    let mut votes: BTreeMap<Move, usize> = BTreeMap::new();
    for name in names {
        let same = by_name.get(last(name)).map(Vec::as_slice).unwrap_or_default();
        if same.len() > RARE {
            continue;
        }
        for path in same {
            let tail = common_tail(name, path);
            let cut = name.get(..name.len() - tail).unwrap_or_default().to_owned();
            let put = path.get(..path.len() - tail).unwrap_or_default().to_owned();
            *votes.entry(Move { cut, put }).or_default() += 1;
        }
    }
    let order = |(by, votes): &(Move, usize)| {
        (*votes, std::cmp::Reverse((by.put.len() + by.cut.len(), by.clone())))
    };
    votes.into_iter().max_by_key(order)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Bytes of the longest end that two paths have in common, in whole parts.
fn common_tail(a: &str, b: &str) -> usize {
    let parts = a.rsplit('/').zip(b.rsplit('/')).take_while(|(a, b)| a == b);
    let bytes: usize = parts.map(|(part, _)| part.len() + 1).sum();
    bytes.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(names: &[&str], paths: &[&str]) -> Layout {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Layout::guess(names.iter().copied(), &paths)
    }

    #[test]
    fn packaging_is_seen_through() {
        for (name, path) in [
            ("contour-1.2.3/internal/dag.go", "internal/dag.go"),
            ("package/lib/index.js", "packages/core/lib/index.js"),
            ("example.org/mod/v2@v2.0.1/a/b.go", "a/b.go"),
            ("name-0.3.0/src/parse.rs", "crates/name/src/parse.rs"),
            ("pkg/parse.py", "src/pkg/parse.py"),
            ("parse.py", "parse.py"),
        ] {
            assert_eq!(layout(&[name], &[path]).entry(path), Some(name));
        }
    }

    #[test]
    fn a_copy_elsewhere_is_not_the_file() {
        let names =
            ["p-1/a.go", "p-1/b.go", "p-1/c.go", "p-1/vendor/p/x/dag.go", "p-1/vendor/p/x/y.go"];
        let paths = ["a.go", "b.go", "c.go", "x/dag.go"];
        let layout = layout(&names, &paths);
        assert_eq!(layout.entry("x/dag.go"), None);
        assert_eq!(layout.entry("a.go"), Some("p-1/a.go"));
    }

    #[test]
    fn several_folders_are_put_together() {
        let names = ["a/one.js", "a/two.js", "a/three.js", "b/four.js", "b/five.js", "b/six.js"];
        let paths = names.map(|name| format!("packages/{}", name.replacen('/', "/src/", 1)));
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let layout = layout(&names, &paths);
        assert_eq!(layout.entry("packages/b/src/six.js"), Some("b/six.js"));
        assert_eq!(layout.len(), 6);
        assert!(layout.has_beside("packages/b/src/seven.js"));
        assert!(!layout.reaches("tools/x.js"));
    }

    #[test]
    fn names_that_are_everywhere_tell_nothing() {
        let paths: Vec<String> = (0..9).map(|n| format!("p{n}/__init__.py")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        assert_eq!(layout(&["x/__init__.py"], &paths).len(), 0);
    }
}
