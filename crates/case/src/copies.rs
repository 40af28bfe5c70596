//! What the world shows of the records that a case has published, and what of it the team accepts.
//!
//! A record goes on living where it was published: somebody edits it on the web, a catalogue drops
//! a credit, a range is changed. The house reads the copies and says in words what they say
//! otherwise than what was approved. Whether that is right is for people to decide, and what they
//! accept is one copy: another one asks them again.

use std::{fmt, str::FromStr};

use advisory::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de};

use crate::{
    Case, VulnId,
    act::{Act, ActKind},
    id::BadId,
    rights::Actor,
};

/// At most so many differences are written down of one copy.
pub const MOST_DIFFERENCES: usize = 24;
/// At most so many characters of each of them.
pub const LONGEST_DIFFERENCE: usize = 800;

/// A record that everybody can read, because a case published it: `advisory`, or `cve` and the
/// vulnerability's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PublicRecord {
    /// The advisory at the forge.
    Advisory,
    /// The CVE record of a vulnerability.
    Cve(VulnId),
}

impl PublicRecord {
    /// In a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Advisory => "the advisory at the forge",
            Self::Cve(_) => "the CVE record",
        }
    }

    /// The record that an act of this kind publishes.
    #[must_use]
    pub fn of(kind: &ActKind) -> Option<Self> {
        match kind {
            ActKind::PublishAdvisory => Some(Self::Advisory),
            ActKind::PublishCve { vulnerability } => Some(Self::Cve(*vulnerability)),
            _ => None,
        }
    }
}

impl fmt::Display for PublicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Advisory => f.write_str("advisory"),
            Self::Cve(vulnerability) => write!(f, "cve {vulnerability}"),
        }
    }
}

impl FromStr for PublicRecord {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        match text.split_once(' ') {
            None if text == "advisory" => Ok(Self::Advisory),
            Some(("cve", vulnerability)) => vulnerability.parse().map(Self::Cve),
            _ => Err(BadId::new(text, "a public record (advisory, or cve and an id)")),
        }
    }
}

impl Serialize for PublicRecord {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicRecord {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// One look at a published copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedCopy {
    /// Of which record.
    pub record: PublicRecord,
    /// SHA-256 of its document as it is shown; of nothing where it is shown no more.
    pub digest: Digest,
    /// What it says otherwise than what was approved, in words; none when the two agree.
    pub differences: Vec<String>,
    /// How many more there were.
    pub left_off: u32,
}

impl PublishedCopy {
    /// A look, with as much of the differences as is written down.
    #[must_use]
    pub fn new(
        record: PublicRecord,
        digest: Digest,
        all: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut all = all.into_iter();
        let shorter = |text: String| text.chars().take(LONGEST_DIFFERENCE).collect();
        let differences = all.by_ref().take(MOST_DIFFERENCES).map(shorter).collect();
        let left_off = u32::try_from(all.count()).unwrap_or(u32::MAX);
        Self { record, digest, differences, left_off }
    }

    /// It says what was approved.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty() && self.left_off == 0
    }

    /// No longer than what [`PublishedCopy::new`] keeps.
    pub(crate) fn is_bounded(&self) -> bool {
        let short = |text: &String| text.chars().nth(LONGEST_DIFFERENCE).is_none();
        self.differences.len() <= MOST_DIFFERENCES && self.differences.iter().all(short)
    }
}

/// A person takes a copy as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// The latest news of a published copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenCopy {
    /// What was seen.
    pub copy: PublishedCopy,
    /// When it was first seen to be so.
    pub at: Timestamp,
    /// Who takes it as it is, where it differs.
    pub accepted: Option<Accepted>,
}

impl SeenCopy {
    /// It differs, and nobody has accepted that.
    #[must_use]
    pub fn open(&self) -> bool {
        !self.copy.agrees() && self.accepted.is_none()
    }
}

impl Case {
    /// The records that this case has published, in the order in which they went out.
    pub fn public_records(&self) -> impl Iterator<Item = PublicRecord> {
        let done = |act: &&Act| act.done_at().is_some();
        self.acts_of(|kind| PublicRecord::of(kind).is_some())
            .filter(done)
            .filter_map(|act| PublicRecord::of(&act.plan.kind))
    }
}
