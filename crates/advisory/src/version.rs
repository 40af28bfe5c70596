//! Versions, and stretches of them.
//!
//! Ordered by Semantic Versioning. Must not guess at tags that are not versions
//! (`REL_15_2`, `api/v3.5.0`): reading a repository's tags belongs to the room that has one.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Why a text is not a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version looks like 1.15.2 or v1.15.2-rc.1")]
pub struct VersionError;

/// A release's version, without the `v` that a tag may carry.
///
/// Read leniently: `v1.2.3` is `1.2.3`, and `1.2` counts as `1.2.0` but keeps its text. Ordered
/// by precedence; among versions that only differ in build metadata, by text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    text: String,
    semver: semver::Version,
}

impl Version {
    /// The version as it is written, without a leading `v`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the minor line that it belongs to, `1.15` for example.
    pub(crate) fn line(&self) -> String {
        format!("{}.{}", self.semver.major, self.semver.minor)
    }

    /// The name of the line that ends where this version is: `1.15` for `1.16.0`, `1` for `2.0.0`.
    /// `None` if it is not the first of a line.
    pub(crate) fn line_before(&self) -> Option<String> {
        let semver::Version { major, minor, .. } = self.semver;
        let name = match minor.checked_sub(1) {
            Some(minor) => format!("{major}.{minor}"),
            None => major.checked_sub(1)?.to_string(),
        };
        line_bounds(&name).filter(|(_, next)| next == self).map(|_| name)
    }

    fn starting(major: u64, minor: u64) -> Self {
        let semver = semver::Version::new(major, minor, 0);
        Self { text: semver.to_string(), semver }
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let short = !text.contains(['-', '+']);
        let full = match text.matches('.').count() {
            0 if short => format!("{text}.0.0"),
            1 if short => format!("{text}.0"),
            _ => text.to_owned(),
        };
        let semver = full.parse().map_err(|_| VersionError)?;
        Ok(Self { text: text.to_owned(), semver })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.semver.cmp_precedence(&other.semver).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(Version);

/// The first release of a line such as `1.15` or `2`, and that of the line after it.
///
/// `None` for a line without number, such as a default branch.
pub(crate) fn line_bounds(line: &str) -> Option<(Version, Version)> {
    let number = |text: &str| text.parse::<u64>().ok().filter(|n| *n < u64::MAX);
    let line = line.strip_prefix('v').unwrap_or(line);
    match line.split_once('.') {
        None => {
            number(line).map(|major| (Version::starting(major, 0), Version::starting(major + 1, 0)))
        }
        Some((major, minor)) => {
            let (major, minor) = (number(major)?, number(minor)?);
            Some((Version::starting(major, minor), Version::starting(major, minor + 1)))
        }
    }
}

/// Where a stretch of versions ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upper {
    /// Before this version, which is not in it.
    Before(Version),
    /// At this version, which is the last in it.
    UpTo(Version),
}

/// A stretch of affected versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first affected version; `None` is the project's very first.
    pub from: Option<Version>,
    /// The end; `None` where there is none yet.
    pub to: Option<Upper>,
}

impl Range {
    /// Whether the version lies in the stretch.
    #[must_use]
    pub fn contains(&self, version: &Version) -> bool {
        let starts = self.from.as_ref().is_none_or(|from| from <= version);
        let goes_on = match &self.to {
            None => true,
            Some(Upper::Before(end)) => version < end,
            Some(Upper::UpTo(last)) => version <= last,
        };
        starts && goes_on
    }

    /// In the notation of GitHub's advisories: `>= 1.15.0, < 1.15.2`.
    #[must_use]
    pub fn in_symbols(&self) -> String {
        let from = self.from.as_ref().map(|from| format!(">= {from}"));
        let to = self.to.as_ref().map(|to| match to {
            Upper::Before(end) => format!("< {end}"),
            Upper::UpTo(last) => format!("<= {last}"),
        });
        match (from, to) {
            (Some(from), Some(to)) => format!("{from}, {to}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => ">= 0".to_owned(),
        }
    }

    /// In words: `from 1.15.0, before 1.15.2`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let from = self.from.as_ref().map(|from| format!("from {from}"));
        let to = self.to.as_ref().map(|to| match to {
            Upper::Before(end) => format!("before {end}"),
            Upper::UpTo(last) => format!("up to {last}"),
        });
        match (from, to) {
            (Some(from), Some(to)) => format!("{from}, {to}"),
            (Some(one), None) => format!("{one} on"),
            (None, Some(one)) => format!("all {one}"),
            (None, None) => "all".to_owned(),
        }
    }
}
