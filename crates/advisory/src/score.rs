//! CVSS: a vector, its score, and the word for the score.
//!
//! Scores come from the `cvss` crate; this module decides what counts as a vector. Must not
//! round or compare scores as floating point: a score is a whole number of tenths.
//!
//! Thin: of CVSS 3.x only the base metrics are taken, and CVSS 2.0 not at all.

use std::fmt;
use std::str::FromStr;

use cvss::Cvss;
use serde::{Deserialize, Serialize};

use crate::text::serde_as_text;

/// The qualitative rating of a score, the same in CVSS 3.0, 3.1 and 4.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// 0.0.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

impl Severity {
    fn of_tenths(tenths: u8) -> Self {
        match tenths {
            0 => Self::None,
            1..40 => Self::Low,
            40..70 => Self::Medium,
            70..90 => Self::High,
            90.. => Self::Critical,
        }
    }

    /// The word in lower case, as GitHub and the CVE Record Format's tools write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = SeverityError;

    fn from_str(text: &str) -> Result<Self, SeverityError> {
        [Self::None, Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|severity| severity.as_str() == text)
            .ok_or(SeverityError)
    }
}

/// Why a word is not a severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a severity is one of none, low, medium, high, critical")]
pub struct SeverityError;

/// The versions of CVSS that a vector may be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CvssVersion {
    /// CVSS 3.0.
    V3_0,
    /// CVSS 3.1.
    V3_1,
    /// CVSS 4.0.
    V4_0,
}

impl CvssVersion {
    /// The number as it stands in a vector, `3.1` for example.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        }
    }
}

/// Why a text is not a CVSS vector that can be scored here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// The specification refuses it.
    #[error("not a CVSS vector: {0}")]
    Malformed(String),
    /// CVSS 2.0.
    #[error("CVSS 2.0 vectors are not supported: score it again with 3.1 or 4.0")]
    Version2,
    /// A base metric is absent.
    #[error("the vector lacks the base metric {0}")]
    Missing(&'static str),
    /// A temporal or environmental metric of CVSS 3.x.
    #[error("the metric {0} is not supported yet: of CVSS 3.x, only base metrics are")]
    Unsupported(String),
    /// A name or a value in the wrong letter case.
    #[error("the part `{0}` is not spelled as the specification has it")]
    Spelling(String),
    /// CVSS 4.0 fixes the order of metrics (its section 7).
    #[error("CVSS 4.0 metrics stand in a fixed order: {0}")]
    Order(String),
}

/// A CVSS 3.0, 3.1 or 4.0 vector with its score.
///
/// Keeps the canonical text: the specification's order of metrics. CVSS 3.x allows any order, so
/// two spellings of one 3.x vector are equal here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vector {
    text: String,
    version: CvssVersion,
    tenths: u8,
}

impl Vector {
    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The version that the vector names.
    #[must_use]
    pub fn version(&self) -> CvssVersion {
        self.version
    }

    /// The score, 0.0 to 10.0. For CVSS 4.0, threat and environmental metrics count.
    #[must_use]
    pub fn score(&self) -> f64 {
        f64::from(self.tenths) / 10.0
    }

    /// The score in tenths, 0 to 100: exact, and fit for comparing.
    #[must_use]
    pub fn tenths(&self) -> u8 {
        self.tenths
    }

    /// The word for the score.
    #[must_use]
    pub fn severity(&self) -> Severity {
        Severity::of_tenths(self.tenths)
    }
}

impl FromStr for Vector {
    type Err = VectorError;

    fn from_str(text: &str) -> Result<Self, VectorError> {
        let parsed: Cvss =
            text.parse().map_err(|error: cvss::Error| VectorError::Malformed(error.to_string()))?;
        let version = match &parsed {
            Cvss::CvssV30(_) => CvssVersion::V3_0,
            Cvss::CvssV31(_) => CvssVersion::V3_1,
            Cvss::CvssV40(_) => CvssVersion::V4_0,
            _ => return Err(VectorError::Version2),
        };
        let canonical = parsed.to_string();
        check_spelling(text, &canonical)?;
        match version {
            CvssVersion::V4_0 if text != canonical => return Err(VectorError::Order(canonical)),
            CvssVersion::V4_0 => {}
            CvssVersion::V3_0 | CvssVersion::V3_1 => check_base_only(&canonical)?,
        }
        Ok(Self { tenths: tenths(parsed.score()), text: canonical, version })
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(Vector);

/// The parser folds letter case; the specifications do not.
fn check_spelling(text: &str, canonical: &str) -> Result<(), VectorError> {
    match text.split('/').find(|part| !canonical.split('/').any(|known| known == *part)) {
        Some(part) => Err(VectorError::Spelling(part.to_owned())),
        None => Ok(()),
    }
}

/// The parser scores an absent 3.x base metric as zero, and leaves temporal and environmental
/// metrics out of the score; either would give a number that nobody meant.
fn check_base_only(canonical: &str) -> Result<(), VectorError> {
    const BASE: [&str; 8] = ["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
    let names = || {
        canonical.split('/').skip(1).filter_map(|part| part.split_once(':')).map(|(name, _)| name)
    };
    if let Some(name) = names().find(|name| !BASE.contains(name)) {
        return Err(VectorError::Unsupported(name.to_owned()));
    }
    match BASE.iter().find(|base| !names().any(|name| name == **base)) {
        Some(missing) => Err(VectorError::Missing(missing)),
        None => Ok(()),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=100 before"
)]
fn tenths(score: f64) -> u8 {
    (score * 10.0).round().clamp(0.0, 100.0) as u8
}
