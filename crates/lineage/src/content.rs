//! Whether a fix's lines are in another commit, or in a file.
//!
//! Compared are the distinct lines that mean something in the files that a user runs;
//! tests, documents and examples differ from line to line for their own reasons.

use std::collections::{BTreeMap, BTreeSet};

use git::Patch;
use serde::{Deserialize, Serialize};

/// How much of a fix was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCount {
    /// Lines that were looked for.
    pub expected: usize,
    /// Lines of those that were found (added ones there, removed ones gone).
    pub found: usize,
}

impl LineCount {
    /// Every line, and more than one: a single line may stand anywhere by chance.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.expected >= 2 && self.found == self.expected
    }

    /// At least every other line; also when there was nothing to look for. A message that
    /// names the wrong pull request, and a squash of which the other is only a part, fail here.
    #[must_use]
    pub fn is_half(self) -> bool {
        self.found * 2 >= self.expected
    }

    /// At least four lines of five, of at least five.
    #[must_use]
    pub fn is_most(self) -> bool {
        self.expected >= 5 && self.found * 5 >= self.expected * 4
    }

    /// The fewest lines of so many that prove anything without a clue.
    pub(crate) fn needed(expected: usize) -> usize {
        if expected < 5 { expected.max(1) } else { (expected * 4).div_ceil(5) }
    }
}

/// How a copy differs from its original, in telling lines of the files that the original touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Lines of the original.
    pub expected: usize,
    /// Those of them that the copy has.
    pub found: usize,
    /// Lines that only the copy has.
    pub other: usize,
}

impl Difference {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.found == self.expected && self.other == 0
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} lines", self.found, self.expected)?;
        if self.other > 0 { write!(f, " and {} of its own", self.other) } else { Ok(()) }
    }
}

/// The telling lines of a fix, by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fingerprint {
    files: BTreeMap<String, Lines>,
}

#[derive(Debug, Clone, Default)]
struct Lines {
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
}

impl Fingerprint {
    /// Of the product's own files; of all files when the fix touches nothing else.
    pub(crate) fn of(patch: &Patch) -> Self {
        let product = Self::filtered(patch, is_product);
        if product.files.is_empty() { Self::filtered(patch, |_| true) } else { product }
    }

    /// Whether a change touches anything that users run.
    pub(crate) fn touches_product(patch: &Patch) -> bool {
        patch.files.keys().any(|path| is_product(path))
    }

    fn filtered(patch: &Patch, keep: impl Fn(&str) -> bool) -> Self {
        let mut files = BTreeMap::new();
        for (path, change) in &patch.files {
            let added = telling_of(&change.added);
            let removed = telling_of(&change.removed);
            // A line that was only moved or re-indented tells nothing.
            let lines = Lines {
                added: added.difference(&removed).cloned().collect(),
                removed: removed.difference(&added).cloned().collect(),
            };
            if keep(path) && !(lines.added.is_empty() && lines.removed.is_empty()) {
                files.insert(path.clone(), lines);
            }
        }
        Self { files }
    }

    /// Each path, with the lines added and removed there.
    pub(crate) fn files(
        &self,
    ) -> impl Iterator<Item = (&str, &BTreeSet<String>, &BTreeSet<String>)> {
        self.files.iter().map(|(path, lines)| (path.as_str(), &lines.added, &lines.removed))
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.files.values().map(|lines| lines.added.len() + lines.removed.len()).sum()
    }

    /// What taking the fix back would look like.
    pub(crate) fn inverse(self) -> Self {
        let turned = self.files.into_iter().map(|(path, Lines { added, removed })| {
            (path, Lines { added: removed, removed: added })
        });
        Self { files: turned.collect() }
    }

    pub(crate) fn paths(&self) -> Vec<&str> {
        self.files.keys().map(String::as_str).collect()
    }

    /// How much of this fix another commit's change holds.
    pub(crate) fn within(&self, other: &Patch) -> LineCount {
        let mut count = LineCount::default();
        for (path, lines) in &self.files {
            let change = other.files.get(path);
            let added = change.map(|c| telling_of(&c.added)).unwrap_or_default();
            let removed = change.map(|c| telling_of(&c.removed)).unwrap_or_default();
            count.expected += lines.added.len() + lines.removed.len();
            count.found += lines.added.intersection(&added).count();
            count.found += lines.removed.intersection(&removed).count();
        }
        count
    }

    /// How another commit's change differs from this fix in the same files.
    pub(crate) fn difference(&self, other: &Patch) -> Difference {
        let theirs = Self::filtered(other, |path| self.files.contains_key(path));
        let LineCount { expected, found } = self.within(other);
        let new = |(path, lines): (&String, &Lines)| {
            let known = self.files.get(path).cloned().unwrap_or_default();
            let new = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).count();
            new(&lines.added, &known.added) + new(&lines.removed, &known.removed)
        };
        Difference { expected, found, other: theirs.files.iter().map(new).sum() }
    }

    /// How much of this fix stands in files as they are: added lines that are there, and
    /// removed lines that are gone. A line may also be absent because the code was always
    /// different, so in a file where none of the added lines stand, absence counts nothing.
    pub(crate) fn in_files<E>(
        &self,
        mut read: impl FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<LineCount, E> {
        let mut count = LineCount::default();
        for (path, lines) in &self.files {
            let bytes = read(path)?.unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let present: BTreeSet<&str> = text.lines().map(str::trim).collect();
            let here = |line: &&String| present.contains(line.as_str());
            count.expected += lines.added.len() + lines.removed.len();
            let added = lines.added.iter().filter(here).count();
            if added > 0 || lines.added.is_empty() {
                count.found += added + lines.removed.iter().filter(|line| !here(line)).count();
            }
        }
        Ok(count)
    }
}

fn telling_of(lines: &[String]) -> BTreeSet<String> {
    telling(lines.iter().map(String::as_str))
}

/// Lines of more than three characters, without the blanks around them.
pub(crate) fn telling<'a>(lines: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let trimmed = lines.into_iter().map(str::trim);
    let long = trimmed.filter(|line| line.chars().count() > 3);
    long.map(str::to_owned).collect()
}

/// Whether a path is part of what users run, as far as its name tells.
pub(crate) fn is_product(path: &str) -> bool {
    const ELSEWHERE: &[&str] = &[
        "test",
        "tests",
        "testdata",
        "spec",
        "doc",
        "docs",
        "site",
        "example",
        "examples",
        "changelog",
        "changelogs",
        "changes",
        "news",
        "releases",
        "version",
        "vendor",
        ".github",
    ];
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let folder = path.split('/').any(|part| ELSEWHERE.contains(&part));
    let by_name = ELSEWHERE.contains(&stem)
        || stem.ends_with("_test")
        || stem.ends_with("-test")
        || stem.starts_with("test_")
        || [".test.", ".spec."].iter().any(|mark| name.contains(mark))
        || [".md", ".rst", ".sum", ".lock"].iter().any(|end| name.ends_with(end));
    !folder && !by_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_run_is_told_by_its_name() {
        for path in ["internal/dag/builder.go", "src/lib.rs", "cmd/contest.go", "config.yaml"] {
            assert!(is_product(path), "{path}");
        }
        for path in [
            "internal/dag/builder_test.go",
            "tests/it/main.rs",
            "docs/a.html",
            "CHANGELOG.md",
            "releases/v1.2.3.toml",
            "version/version.go",
            "go.sum",
            "ui/app.spec.ts",
            "test_x.py",
        ] {
            assert!(!is_product(path), "{path}");
        }
    }
}
