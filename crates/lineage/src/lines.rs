//! Lines: minors, and the default branch beside them.

use git::{Oid, Repo};
use serde::{Deserialize, Serialize};

use crate::{Error, Minor, Result, Status, report::LineRow, version::Release};

/// Which lines still get patch releases. The default branch always counts as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Supported {
    /// Every minor that was ever released.
    #[default]
    All,
    /// The newest minors, this many.
    Newest(usize),
    /// Minors whose name fits one of these patterns, in which `*` stands for any text
    /// and `?` for one character: `1.3?`, `2.*`.
    Globs(Vec<String>),
}

/// What a case records about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineState {
    /// The line's name: `1.33`, or the default branch's name.
    pub line: String,
    /// The branch that its next release comes from, where one could be told by its name.
    pub branch: Option<String>,
    /// Where the newest release stands; for the default branch, its tip.
    pub status: Status,
    /// Where the branch's tip stands: `Fixed` with an affected release means merged, but not
    /// released yet.
    pub branch_status: Option<Status>,
    /// The first release from which on all are fixed.
    pub first_fixed: Option<String>,
    /// The commits of the fix in the branch, or else in the newest release.
    pub evidence: Vec<Oid>,
}

impl Supported {
    /// Reads a file like Contour's `versions.yaml`: a list `versions` whose entries carry
    /// `version` and `supported`.
    ///
    /// # Errors
    /// When it is not such a file, or names no supported version.
    pub fn from_versions_yaml(text: &str) -> Result<Self> {
        let file: VersionsFile = serde_saphyr::from_str(text)
            .map_err(|error| Error::SupportedVersions(error.to_string()))?;
        let scheme = crate::TagScheme::with_prefix("");
        let mut lines: Vec<String> = file
            .versions
            .iter()
            .filter(|entry| entry.supported.as_ref().is_some_and(Flag::is_set))
            .filter_map(|entry| scheme.read(&entry.version))
            .map(|version| format!("{}.{}", version.major, version.minor))
            .collect();
        lines.dedup();
        if lines.is_empty() {
            return Err(Error::SupportedVersions("no version is marked as supported".into()));
        }
        Ok(Self::Globs(lines))
    }

    /// Whether the `position`th newest minor is supported.
    fn includes(&self, position: usize, line: &str) -> bool {
        match self {
            Self::All => true,
            Self::Newest(count) => position < *count,
            Self::Globs(patterns) => patterns.iter().any(|pattern| fits(pattern, line)),
        }
    }
}

/// How a project tells which of its minors get patch releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Telling {
    /// By patterns of their names, as in [`Supported::Globs`].
    Patterns(Vec<String>),
    /// In a file on the default branch, as in [`Supported::from_versions_yaml`].
    File(String),
    /// The newest ones, this many.
    Newest(usize),
}

impl Telling {
    /// What is told as of a commit.
    ///
    /// # Errors
    /// When the file is not there, or tells nothing.
    pub fn read(&self, repo: &Repo, at: &Oid) -> Result<Supported> {
        let path = match self {
            Self::Patterns(patterns) => return Ok(Supported::Globs(patterns.clone())),
            Self::Newest(count) => return Ok(Supported::Newest(*count)),
            Self::File(path) => path,
        };
        let file = repo.show_file(at.as_str(), path)?;
        let file = file.ok_or_else(|| Error::SupportedVersions(format!("there is no {path}")))?;
        let text = String::from_utf8(file).map_err(|e| Error::SupportedVersions(e.to_string()))?;
        Supported::from_versions_yaml(&text)
    }
}

#[derive(Deserialize)]
struct VersionsFile {
    versions: Vec<VersionEntry>,
}

#[derive(Deserialize)]
struct VersionEntry {
    version: String,
    supported: Option<Flag>,
}

/// Some files write `true`, others `"true"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Plain(bool),
    Quoted(String),
}

impl Flag {
    fn is_set(&self) -> bool {
        match self {
            Self::Plain(set) => *set,
            Self::Quoted(text) => text.trim() == "true",
        }
    }
}

/// A minor that still gets patch releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportedLine {
    /// Its name: `1.33`.
    pub line: String,
    /// Its newest release.
    pub latest: Release,
    /// The branch that its next release comes from, where one could be told by its name.
    pub branch: Option<git::Branch>,
}

/// The supported minors of a repository, newest first. Minors that were only ever
/// pre-released do not count.
#[must_use]
pub fn supported_lines(
    refs: &git::Refs,
    scheme: &crate::TagScheme,
    supported: &Supported,
) -> Vec<SupportedLine> {
    let mut releases = scheme.releases(&refs.tags);
    releases.retain(|release| release.version.pre.is_empty());
    let newest = releases.chunk_by(|a, b| a.minor() == b.minor()).filter_map(<[_]>::first);
    let lines = newest.enumerate().filter_map(|(position, latest)| {
        let line = latest.minor().to_string();
        let branch = branch_of(&line, &refs.branches).cloned();
        let latest = latest.clone();
        supported.includes(position, &line).then_some(SupportedLine { line, latest, branch })
    });
    lines.collect()
}

/// The supported minors among the releases, newest first.
pub(crate) fn minors(newest_first: &[(Release, Status)], supported: &Supported) -> Vec<LineRow> {
    let same = |a: &(Release, Status), b: &(Release, Status)| a.0.minor() == b.0.minor();
    newest_first
        .chunk_by(same)
        .enumerate()
        .filter_map(|(position, releases)| {
            let (newest, status) = releases.first()?;
            let line = newest.minor().to_string();
            let version = |(release, _): &(Release, Status)| release.version.to_string();
            let fixed_since = releases.iter().take_while(|(_, s)| !s.needs_care());
            supported.includes(position, &line).then(|| LineRow {
                line,
                status: *status,
                first_fixed: fixed_since.filter(|(_, s)| *s == Status::Fixed).last().map(version),
                last_affected: releases.iter().find(|(_, s)| *s == Status::Affected).map(version),
                reverted: Vec::new(),
                adapted: Vec::new(),
            })
        })
        .collect()
}

/// The branch for a line: the one whose name speaks of it, a local one first.
pub(crate) fn branch_of<'a>(line: &str, branches: &'a [git::Branch]) -> Option<&'a git::Branch> {
    branches.iter().find(|branch| {
        let named = Minor::of_branch(branch.plain());
        named.is_some_and(|minor| minor.to_string() == line)
    })
}

/// `*` and `?`, the way shells match.
fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('*') => {
            let ends = text.char_indices().map(|(at, _)| at);
            ends.chain([text.len()])
                .any(|at| text.get(at..).is_some_and(|tail| fits(rest.as_str(), tail)))
        }
        Some(c) => {
            let mut others = text.chars();
            others.next().is_some_and(|other| c == '?' || c == other)
                && fits(rest.as_str(), others.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        for (pattern, text, expected) in [
            ("1.3?", "1.33", true),
            ("1.3?", "1.3", false),
            ("1.*", "1.33", true),
            ("*", "", true),
            ("1.33", "1.33", true),
            ("1.33", "1.330", false),
            ("*.3*", "1.33", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn supported_versions_are_read_from_a_file() {
        let text = "versions:\n  - version: main\n    supported: \"false\"\n  - version: v1.33.6\n    supported: \"true\"\n    dependencies: {envoy: \"1\"}\n  - version: v1.32.5\n    supported: true\n  - version: v1.31.0\n";
        let supported = Supported::from_versions_yaml(text).unwrap();
        assert_eq!(supported, Supported::Globs(vec!["1.33".into(), "1.32".into()]));
        for text in ["", "versions: []", "versions: 3", "versions:\n  - version: v1.0.0\n"] {
            assert!(Supported::from_versions_yaml(text).is_err(), "{text}");
        }
    }
}
