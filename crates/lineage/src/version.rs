//! From the names of tags to versions.
//!
//! | tag | version |
//! |---|---|
//! | `v1.2.3`, `1.2.3`, `release-1.2.3`, `api/v1.2.3` | 1.2.3 |
//! | `curl-7_80_0`, `REL_15_2`, `release-1.2` | 7.80.0, 15.2.0, 1.2.0 |
//! | `v1.2.3-rc.1`, `v1.2.3+k8s` | as they stand, when they are `SemVer` already |
//! | `1.2.3rc1`, `REL_15_BETA2` | 1.2.3-rc.1, 15.0.0-beta.2 |
//! | `2024.01.15` | 2024.1.15 |
//! | `v1`, `1.2.3.4`, `nightly-2024-01-15` | none: not a release that `SemVer` can order |
//!
//! What is valid `SemVer` is kept to the letter, so that whoever evaluates our ranges by
//! `SemVer`'s rules sees the order that we saw.

use std::{cmp::Ordering, collections::BTreeMap, fmt, str::FromStr};

use git::{Oid, Tag};
use semver::{BuildMetadata, Prerelease, Version};

/// Which tags are releases of the product at hand, told by what precedes the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagScheme {
    prefix: String,
}

/// A release: a tag whose name is a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The tag's name.
    pub tag: String,
    /// What the name says.
    pub version: Version,
    /// What was released.
    pub commit: Oid,
}

/// A minor: the unit of support. `1.33` of 1.33.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minor {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
}

impl TagScheme {
    /// Tags that start with `prefix`. A `v` at its end makes no difference: `v1.2` and `1.2`
    /// are one product, whatever it did first.
    #[must_use]
    pub fn with_prefix(prefix: &str) -> Self {
        Self { prefix: family(prefix).to_owned() }
    }

    /// The prefix that most version-like tags share. Of equals, no prefix wins, then one
    /// without a slash (slashes tell modules of one repository apart), then the shortest.
    #[must_use]
    pub fn guess<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for tag in tags {
            if let Some((prefix, _)) = split(tag) {
                *counts.entry(family(prefix)).or_default() += 1;
            }
        }
        let best = counts.into_iter().max_by_key(|(prefix, count)| {
            let simple = std::cmp::Reverse((prefix.contains('/'), prefix.len()));
            (*count, simple)
        });
        Self::with_prefix(best.map_or("", |(prefix, _)| prefix))
    }

    /// The version that a tag's name says, if it belongs to this product.
    #[must_use]
    pub fn read(&self, tag: &str) -> Option<Version> {
        let (prefix, version) = split(tag)?;
        (family(prefix) == self.prefix).then_some(version)
    }

    /// All releases, newest first by precedence, then by name.
    #[must_use]
    pub fn releases(&self, tags: &[Tag]) -> Vec<Release> {
        let mut releases: Vec<Release> = tags
            .iter()
            .filter_map(|tag| {
                Some(Release {
                    version: self.read(&tag.name)?,
                    tag: tag.name.clone(),
                    commit: tag.target.clone(),
                })
            })
            .collect();
        releases.sort_by(|a, b| newest_first(&a.version, &b.version).then(a.tag.cmp(&b.tag)));
        releases
    }
}

impl Release {
    /// The line it belongs to; pre-releases belong to the line that they precede.
    #[must_use]
    pub fn minor(&self) -> Minor {
        Minor { major: self.version.major, minor: self.version.minor }
    }
}

pub(crate) fn newest_first(a: &Version, b: &Version) -> Ordering {
    b.cmp_precedence(a)
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Minor {
    /// The line that a branch's name speaks of: `release-1.33`, `v1.33.x`, `stable/1_33`,
    /// `1.33-stable`. `release-1.33.0-rc.1` speaks of one release, so it gives none.
    pub(crate) fn of_branch(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let bare = [".x", "-x", "_x", "-stable", "_stable", "-maint"]
            .iter()
            .find_map(|end| lower.strip_suffix(end))
            .unwrap_or(&lower);
        let tail = bare.rfind(|c: char| !c.is_ascii_digit() && !"._-".contains(c));
        let numbers = bare.get(tail.map_or(0, |at| at + 1)..)?;
        let mut words = numbers.split(['.', '_', '-']).filter(|w| !w.is_empty());
        let (major, minor) = (words.next()?, words.next()?);
        words.next().is_none().then_some(())?;
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }
}

/// `v` and nothing are one family, so are `release-v` and `release-`.
fn family(prefix: &str) -> &str {
    match prefix.strip_suffix(['v', 'V']) {
        Some(rest) if rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric()) => rest,
        _ => prefix,
    }
}

/// Splits a tag where the first readable version begins.
fn split(tag: &str) -> Option<(&str, Version)> {
    let mut before = [' ', ' '];
    for (at, c) in tag.char_indices() {
        let [older, last] = before;
        // Not in the middle of a number, nor after "1." of a longer one.
        let middle = last.is_ascii_digit() || (older.is_ascii_digit() && "._".contains(last));
        if c.is_ascii_digit() && !middle {
            let (prefix, text) = tag.split_at_checked(at)?;
            if let Some(version) = parse(text) {
                return Some((prefix, version));
            }
        }
        before = [last, c];
    }
    None
}

/// `SemVer` to the letter, else numbers with `.` or `_` and perhaps a well-known suffix.
fn parse(text: &str) -> Option<Version> {
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let (text, build) = text.split_once('+').unwrap_or((text, ""));
    let mut numbers: Vec<u64> = Vec::new();
    let mut rest = text;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(digits)?;
        numbers.push(number.parse().ok()?);
        rest = tail;
        let next = tail.strip_prefix(['.', '_']);
        match next.filter(|next| next.starts_with(|c: char| c.is_ascii_digit())) {
            Some(next) => rest = next,
            None => break,
        }
    }
    let pre = pre_release(rest)?;
    let (major, minor, patch) = match numbers.as_slice() {
        [major] if !pre.is_empty() => (*major, 0, 0),
        [major, minor] => (*major, *minor, 0),
        [major, minor, patch] => (*major, *minor, *patch),
        _ => return None,
    };
    Some(Version { major, minor, patch, pre, build: BuildMetadata::new(build).ok()? })
}

/// `rc1`, `-BETA2`, `.alpha`, `b3`: a word that everybody knows and perhaps a number.
fn pre_release(text: &str) -> Option<Prerelease> {
    let text = text.trim_start_matches(['.', '_', '-']).to_ascii_lowercase();
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: Option<u64> = text.get(word.len()..).and_then(|n| n.parse().ok());
    let word = match word.trim_end_matches(['.', '_', '-']) {
        "" | "final" | "ga" | "release" if number.is_none() => return Some(Prerelease::EMPTY),
        "a" | "alpha" => "alpha",
        "b" | "beta" => "beta",
        "c" | "rc" => "rc",
        known @ ("pre" | "preview" | "dev" | "m") => known,
        _ => return None,
    };
    let text = number.map_or_else(|| word.to_owned(), |number| format!("{word}.{number}"));
    Prerelease::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_the_versions_they_say() {
        for (tag, expected) in [
            ("v1.2.3", "1.2.3"),
            ("1.2.3", "1.2.3"),
            ("V1.2.3", "1.2.3"),
            ("v1.2.3-rc.1", "1.2.3-rc.1"),
            ("v1.2.3-rc10", "1.2.3-rc10"),
            ("v1.2.3+k8s", "1.2.3+k8s"),
            ("curl-7_80_0", "7.80.0"),
            ("curl-7_80_0-pre1", "7.80.0-pre.1"),
            ("REL_15_2", "15.2.0"),
            ("REL9_6_0", "9.6.0"),
            ("REL_15_BETA2", "15.0.0-beta.2"),
            ("api/v3.5.0", "3.5.0"),
            ("log4j-2.17.0", "2.17.0"),
            ("release-1.2", "1.2.0"),
            ("samba-4.19.0rc1", "4.19.0-rc.1"),
            ("1.2.3b2", "1.2.3-beta.2"),
            ("1.2.3.Final", "1.2.3"),
            ("2024.01.15", "2024.1.15"),
        ] {
            let version = split(tag).map(|(_, version)| version.to_string());
            assert_eq!(version.as_deref(), Some(expected), "{tag}");
        }
        for tag in [
            "v1",
            "1.2.3.4",
            "nightly-2024-01-15",
            "docker-base-layer",
            "v1.2.x",
            "",
            "20240115",
            "v1.2.3_fix",
            "1.99999999999999999999",
        ] {
            assert_eq!(split(tag), None, "{tag}");
        }
    }

    #[test]
    fn one_product_is_told_from_the_modules_beside_it() {
        let tags = ["v3.4.0", "v3.5.0", "3.3.0", "api/v3.5.0", "api/v3.6.0", "client/v3.5.0"];
        let scheme = TagScheme::guess(tags);
        assert_eq!(scheme, TagScheme::with_prefix("v"));
        assert_eq!(scheme.read("api/v3.5.0"), None);
        assert!(scheme.read("3.3.0").is_some());
        assert!(TagScheme::with_prefix("api/").read("api/v3.5.0").is_some());
        assert_eq!(TagScheme::guess(["curl-7_80_0", "x"]), TagScheme::with_prefix("curl-"));
        assert_eq!(TagScheme::guess(["a/v1.0.0", "v1.0.0"]), TagScheme::with_prefix(""));
    }

    #[test]
    fn branches_and_the_lines_they_speak_of() {
        for (branch, expected) in [
            ("release-1.33", Some("1.33")),
            ("v1.33.x", Some("1.33")),
            ("stable/1_33", Some("1.33")),
            ("1.33-stable", Some("1.33")),
            ("release-1.33.0-rc.1", None),
            ("release-1.33.0", None),
            ("main", None),
            ("fix-1", None),
        ] {
            let line = Minor::of_branch(branch).map(|line| line.to_string());
            assert_eq!(line.as_deref(), expected, "{branch}");
        }
    }
}
