//! In which order an ecosystem's versions stand.
//!
//! Thin: Composer, `NuGet` and `RubyGems` have orders of their own that are not here; for them
//! nothing is compared.

use std::cmp::Ordering;
use std::str::FromStr;

use pep440_rs::Version as Pep440;

use super::{debian, maven};
use crate::affected::Ecosystem;

/// An order of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// Semantic Versioning, which npm, Go (pseudo-versions included), Rust, Swift, Pub and Hex
    /// share. A leading `v` is read over, and build metadata (`+incompatible`) does not count.
    Semver,
    /// Python's PEP 440.
    Pep440,
    /// Debian policy, section 5.6.12.
    Debian,
    /// Maven's `ComparableVersion`.
    Maven,
}

/// Why a text has no place in an order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no version as {scheme} has them")]
pub struct NotAVersion {
    text: String,
    scheme: &'static str,
}

impl Scheme {
    /// The order of an ecosystem, if it is known here.
    #[must_use]
    pub fn of(ecosystem: Ecosystem) -> Option<Self> {
        match ecosystem {
            Ecosystem::Erlang
            | Ecosystem::Go
            | Ecosystem::Npm
            | Ecosystem::Pub
            | Ecosystem::Rust
            | Ecosystem::Swift => Some(Self::Semver),
            Ecosystem::Pip => Some(Self::Pep440),
            Ecosystem::Maven => Some(Self::Maven),
            Ecosystem::Actions
            | Ecosystem::Composer
            | Ecosystem::Nuget
            | Ecosystem::Other
            | Ecosystem::Rubygems => None,
        }
    }

    /// Which of two versions comes first.
    ///
    /// # Errors
    /// If one of them is no version of this scheme.
    pub fn compare(self, one: &str, other: &str) -> Result<Ordering, NotAVersion> {
        match self {
            Self::Semver => {
                let (one, other) = (self.read(one, semver)?, self.read(other, semver)?);
                Ok(one.cmp_precedence(&other))
            }
            Self::Pep440 => {
                let read = |text: &str| Pep440::from_str(text).ok();
                Ok(self.read(one, read)?.cmp(&self.read(other, read)?))
            }
            Self::Debian => {
                let read = debian::Version::read;
                Ok(self.read(one, read)?.cmp(&self.read(other, read)?))
            }
            Self::Maven => {
                let read = maven::Version::read;
                Ok(self.read(one, read)?.cmp(&self.read(other, read)?))
            }
        }
    }

    fn read<'t, V>(
        self,
        text: &'t str,
        read: impl Fn(&'t str) -> Option<V>,
    ) -> Result<V, NotAVersion> {
        // No ecosystem has longer ones, and numbers in them are compared digit by digit.
        let short = Some(text).filter(|text| text.len() <= 256);
        short.and_then(read).ok_or_else(|| NotAVersion {
            text: text.chars().take(40).collect(),
            scheme: self.name(),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Semver => "Semantic Versioning",
            Self::Pep440 => "PEP 440",
            Self::Debian => "Debian",
            Self::Maven => "Maven",
        }
    }

    /// The word for it in a CVE Record's `versionType`.
    #[must_use]
    pub fn version_type(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::Pep440 => "python",
            Self::Debian => "deb",
            Self::Maven => "maven",
        }
    }
}

/// Lenient about what is left out at the end: `1` and `1.2` are `1.0.0` and `1.2.0`.
fn semver(text: &str) -> Option<semver::Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let core = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at_checked(core)?;
    let zeros = match core.matches('.').count() {
        0 => ".0.0",
        1 => ".0",
        _ => return text.parse().ok(),
    };
    format!("{core}{zeros}{rest}").parse().ok()
}
