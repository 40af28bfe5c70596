//! Names of things. Every id is 128 random bits, so that none tells when or in which order
//! something happened; the caller draws them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {expected}")]
pub struct BadId {
    text: String,
    expected: &'static str,
}

impl BadId {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(64).collect(), expected }
    }
}

fn parse_hex(text: &str, expected: &'static str) -> Result<[u8; 16], BadId> {
    let bad = || BadId::new(text, expected);
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if text.len() != 32 || !text.bytes().all(lower) {
        return Err(bad());
    }
    u128::from_str_radix(text, 16).map(u128::to_be_bytes).map_err(|_| bad())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $expected:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", u128::from_be_bytes(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                parse_hex(text, $expected).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A project whose vulnerabilities this house handles.
    ProjectId = "a project id (32 hexadecimal digits)";
    /// What came in through one channel, once.
    ReportId = "a report id (32 hexadecimal digits)";
    /// The people, the embargo and the playbook around one or more vulnerabilities.
    CaseId = "a case id (32 hexadecimal digits)";
    /// One vulnerability, with its own CVE state and severity.
    VulnId = "a vulnerability id (32 hexadecimal digits)";
    /// A set of patch releases, for one or more cases.
    TrainId = "a release train id (32 hexadecimal digits)";
    /// A person: neither an address nor a forge account.
    PersonId = "a person id (32 hexadecimal digits)";
    /// An organisation that asked to be on a project's roll of distributors.
    MemberId = "a member id (32 hexadecimal digits)";
    /// One outward act, from plan to receipt; also the stable key of its effect.
    ActId = "an act id (32 hexadecimal digits)";
    /// One plan of disclosure.
    DisclosureId = "a disclosure id (32 hexadecimal digits)";
    /// One command; a repeat of it returns the first answer.
    CommandId = "a command id (32 hexadecimal digits)";
}

/// One supported line of one repository, written `repository#line`: `contour#1.15`.
/// The default branch is a line under its own name: `contour#main`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// The repository's short name in the project's settings.
    pub repository: String,
    /// The minor, or the default branch's name.
    pub line: String,
}

impl LineKey {
    /// A line of a repository.
    #[must_use]
    pub fn new(repository: &str, line: &str) -> Self {
        Self { repository: repository.into(), line: line.into() }
    }
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repository, self.line)
    }
}

impl FromStr for LineKey {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        match text.split_once('#') {
            Some((repository, line)) if !repository.is_empty() && !line.is_empty() => {
                Ok(Self::new(repository, line))
            }
            _ => Err(BadId::new(text, "repository#line")),
        }
    }
}

impl Serialize for LineKey {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LineKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// A step of a playbook, by the name its file gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
