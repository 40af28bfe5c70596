//! What is affected: packages, their lines, and the versions in each.
//!
//! Must not decide which lines a project supports, nor whether a release contains a fix: it
//! holds what was found and planned, the two apart.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::version::{Range, Upper, Version, line_bounds};

/// Where a package is published, in GitHub's words; other catalogues name them otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ecosystem {
    Actions,
    Composer,
    Erlang,
    Go,
    Maven,
    Npm,
    Nuget,
    Other,
    Pip,
    Pub,
    Rubygems,
    Rust,
    Swift,
}

impl Ecosystem {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Actions,
        Self::Composer,
        Self::Erlang,
        Self::Go,
        Self::Maven,
        Self::Npm,
        Self::Nuget,
        Self::Other,
        Self::Pip,
        Self::Pub,
        Self::Rubygems,
        Self::Rust,
        Self::Swift,
    ];

    /// The ecosystem that GitHub has this word for.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ecosystem| ecosystem.as_str() == word)
    }

    /// GitHub's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Actions => "actions",
            Self::Composer => "composer",
            Self::Erlang => "erlang",
            Self::Go => "go",
            Self::Maven => "maven",
            Self::Npm => "npm",
            Self::Nuget => "nuget",
            Self::Other => "other",
            Self::Pip => "pip",
            Self::Pub => "pub",
            Self::Rubygems => "rubygems",
            Self::Rust => "rust",
            Self::Swift => "swift",
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of a package, whatever the vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Where it is published.
    pub ecosystem: Ecosystem,
    /// Its name there. With the ecosystem, it says which [`Affected`] this is about.
    pub name: String,
    /// The repository that it is built from; lines are told apart by repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Its package URL without a version, where the one that follows from the name is not right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purl: Option<String>,
}

/// A package and its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// Where the package is published.
    pub ecosystem: Ecosystem,
    /// Its name there, for example `github.com/projectcontour/contour`.
    pub name: String,
    /// Its lines. A line that is not named is not spoken of: name those out of support too.
    pub lines: Vec<Line>,
}

/// One line of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The line's name: a minor such as `1.15`, a major such as `2`, or the default branch.
    pub line: String,
    /// How the vulnerability stands to it.
    pub standing: LineStanding,
}

/// How a vulnerability stands to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(
    clippy::large_enum_variant,
    reason = "an advisory has a handful, mostly of the large kind"
)]
pub enum LineStanding {
    /// Some of its versions are affected.
    Affected(AffectedVersions),
    /// None of its versions is.
    NotAffected {
        /// Why, in OpenVEX's terms.
        justification: Justification,
        /// Why, in words for the reader.
        statement: Option<String>,
    },
}

/// The affected versions of one line. A fix that was planned and one that is out stand apart,
/// since a release can fail and its number be burnt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AffectedVersions {
    /// The first affected version; `None` if the bug is older than the line.
    pub introduced: Option<Version>,
    /// The version that is to bring the fix.
    pub planned_fixed: Option<Version>,
    /// The version that brought the fix.
    pub actual_fixed: Option<Version>,
    /// The last affected version, for a line that gets no fix.
    pub last_affected: Option<Version>,
}

/// OpenVEX's reasons for `not_affected`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Justification {
    /// The component is not in the product.
    ComponentNotPresent,
    /// The component is, its vulnerable code is not.
    VulnerableCodeNotPresent,
    /// The vulnerable code is there and never runs.
    VulnerableCodeNotInExecutePath,
    /// It runs, and an attacker has no hold on it.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Protections in the product stop it.
    InlineMitigationsAlreadyExist,
}

impl Justification {
    const ALL: [Self; 5] = [
        Self::ComponentNotPresent,
        Self::VulnerableCodeNotPresent,
        Self::VulnerableCodeNotInExecutePath,
        Self::VulnerableCodeCannotBeControlledByAdversary,
        Self::InlineMitigationsAlreadyExist,
    ];

    /// The reason that OpenVEX and CSAF have this word for.
    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// The reason with whose words a text begins, and what follows after a colon.
    pub(crate) fn begins(text: &str) -> Option<(Self, Option<&str>)> {
        Self::ALL.into_iter().find_map(|reason| {
            let rest = text.strip_prefix(reason.in_words())?;
            if rest.is_empty() {
                return Some((reason, None));
            }
            rest.strip_prefix(": ").map(|statement| (reason, Some(statement)))
        })
    }

    /// The word that OpenVEX and CSAF have for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "component_not_present",
            Self::VulnerableCodeNotPresent => "vulnerable_code_not_present",
            Self::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
            Self::VulnerableCodeCannotBeControlledByAdversary => {
                "vulnerable_code_cannot_be_controlled_by_adversary"
            }
            Self::InlineMitigationsAlreadyExist => "inline_mitigations_already_exist",
        }
    }

    /// The reason in words for a mail.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::ComponentNotPresent => "the component is not present",
            Self::VulnerableCodeNotPresent => "the vulnerable code is not present",
            Self::VulnerableCodeNotInExecutePath => "the vulnerable code is never run",
            Self::VulnerableCodeCannotBeControlledByAdversary => {
                "an attacker cannot control the vulnerable code"
            }
            Self::InlineMitigationsAlreadyExist => "protections in the product stop it",
        }
    }
}

/// Which fixed versions count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Before the releases: the actual version where there is one, else the planned one.
    Planned,
    /// After them: actual versions only, so that nothing names a release that never came.
    Released,
}

impl AffectedVersions {
    /// The version with the fix, as far as the stage lets it be named.
    #[must_use]
    pub fn fixed(&self, stage: Stage) -> Option<&Version> {
        match stage {
            Stage::Planned => self.actual_fixed.as_ref().or(self.planned_fixed.as_ref()),
            Stage::Released => self.actual_fixed.as_ref(),
        }
    }
}

impl Affected {
    /// The affected lines, each with its stretch of versions and the version that fixes it.
    ///
    /// A bug older than its line is counted from the line's first release, on the lowest
    /// affected line from the project's first. A line without fix or last version reaches to the
    /// next line. A line without number and bounds, such as a default branch that has released
    /// nothing yet, has no versions and is left out.
    #[must_use]
    pub fn ranges(&self, stage: Stage) -> Vec<(&str, Range, Option<&Version>)> {
        let affected = || {
            self.lines.iter().filter_map(|line| match &line.standing {
                LineStanding::Affected(versions) => Some((line.line.as_str(), versions)),
                LineStanding::NotAffected { .. } => None,
            })
        };
        let lowest =
            affected().filter_map(|(line, _)| line_bounds(line).map(|(start, _)| start)).min();
        affected()
            .filter_map(|(line, versions)| {
                let bounds = line_bounds(line);
                let fixed = versions.fixed(stage);
                let start = bounds.as_ref().map(|(start, _)| start);
                let from = versions
                    .introduced
                    .as_ref()
                    .or_else(|| start.filter(|start| Some(*start) != lowest.as_ref()));
                let to = match (fixed, &versions.last_affected, &bounds) {
                    (Some(fixed), _, _) => Some(Upper::Before(fixed.clone())),
                    (None, Some(last), _) => Some(Upper::UpTo(last.clone())),
                    (None, None, Some((_, next))) => Some(Upper::Before(next.clone())),
                    (None, None, None) => None,
                };
                let range = Range { from: from.cloned(), to };
                let speaks_of_releases = range.from.is_some() || range.to.is_some();
                speaks_of_releases.then_some((line, range, fixed))
            })
            .collect()
    }
}
