//! CVSS: vectors of 3.0, 3.1 and 4.0, their scores, and the words for both; 2.0 to read.
//!
//! One small file of equations for each version, beside the table of its metrics. A score is a
//! whole number of tenths. Must not decide how bad a vulnerability is: it is told by the vector.

use std::fmt;
use std::str::FromStr;

pub(crate) mod json;
mod metric;
mod parse;
mod v2;
mod v2_metrics;
mod v3;
mod v3_metrics;
mod v4;
mod v4_metrics;
mod v4_table;

pub use metric::{Group, Metric, Value};

use crate::score::Severity;
use crate::text::serde_as_text;
use parse::Chosen;

/// The versions of CVSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CvssVersion {
    /// CVSS 2.0, which old records have.
    V2_0,
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
            Self::V2_0 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        }
    }
}

/// Why a text is not a CVSS vector. Each names the metric that it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// It does not begin as one.
    #[error("not a CVSS vector: one begins with CVSS:3.0/, CVSS:3.1/ or CVSS:4.0/")]
    NotAVector,
    /// Longer than a vector with every metric.
    #[error("not a CVSS vector: it is longer than one with every metric")]
    TooLong,
    /// A version that does not exist, or not here.
    #[error("there is no CVSS version `{0}` here: 3.0, 3.1 and 4.0 are known")]
    UnknownVersion(String),
    /// CVSS 2.0, where a vector for something new is wanted.
    #[error("CVSS 2.0 is only read: score it again with 3.1 or 4.0")]
    Version2,
    /// No colon between a metric and its value.
    #[error("`{0}` is not a metric with its value, such as AV:N")]
    Part(String),
    /// A metric that the version does not have.
    #[error("CVSS {version} has no metric `{metric}`")]
    UnknownMetric {
        /// What stands there.
        metric: String,
        /// The version that the vector names.
        version: CvssVersion,
    },
    /// A value that the metric does not have.
    #[error("{metric} ({title}) cannot be `{value}`: it is one of {known}")]
    UnknownValue {
        /// The metric's short name.
        metric: &'static str,
        /// Its full name.
        title: &'static str,
        /// What stands there.
        value: String,
        /// The short names of its values.
        known: String,
    },
    /// The same metric twice.
    #[error("the metric {0} stands there twice")]
    Repeated(&'static str),
    /// A base metric is absent.
    #[error("the base metric {0} is missing")]
    Missing(&'static str),
    /// CVSS 4.0 fixes the order of metrics (its section 7).
    #[error("CVSS 4.0 fixes the order of metrics, and {metric} stands too late: {canonical}")]
    Order {
        /// The first metric that stands behind one that follows it.
        metric: &'static str,
        /// The same vector in order.
        canonical: String,
    },
}

impl fmt::Display for CvssVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The scores of a vector, in tenths, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scores {
    /// From the base metrics; for CVSS 4.0, from all of them, as the specification has it.
    pub base: u8,
    /// With time counted in, where a temporal metric is defined (2.0, 3.x).
    pub temporal: Option<u8>,
    /// With place counted in, where an environmental metric is defined (2.0, 3.x).
    pub environmental: Option<u8>,
}

impl Scores {
    fn of(base: f64, temporal: Option<f64>, environmental: Option<f64>) -> Self {
        Self {
            base: tenths(base),
            temporal: temporal.map(tenths),
            environmental: environmental.map(tenths),
        }
    }

    fn of_tenths(base: u8) -> Self {
        Self { base, temporal: None, environmental: None }
    }

    /// The one that counts in the end.
    #[must_use]
    pub fn overall(&self) -> u8 {
        self.environmental.or(self.temporal).unwrap_or(self.base)
    }
}

/// A CVSS vector with its scores.
///
/// Keeps the canonical text: the specification's order, without what is not defined. CVSS 3.x
/// allows any order, so two spellings of one 3.x vector are equal here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vector {
    text: String,
    version: CvssVersion,
    chosen: Chosen,
    scores: Scores,
}

impl Vector {
    /// Reads a vector of any version. [`FromStr`] is for what may be written today and refuses
    /// 2.0; this is for records that exist.
    ///
    /// # Errors
    /// If it is no vector.
    pub fn read(text: &str) -> Result<Self, VectorError> {
        let (version, chosen) = parse::parse(text)?;
        let scores = match version {
            CvssVersion::V2_0 => v2::scores(&chosen),
            CvssVersion::V3_0 | CvssVersion::V3_1 => v3::scores(&chosen, version),
            CvssVersion::V4_0 => v4::scores(&chosen),
        };
        Ok(Self { text: chosen.canonical(version), version, chosen, scores })
    }

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

    /// The score that counts in the end, 0.0 to 10.0.
    #[must_use]
    pub fn score(&self) -> f64 {
        f64::from(self.tenths()) / 10.0
    }

    /// The same in tenths, 0 to 100: exact, and fit for comparing.
    #[must_use]
    pub fn tenths(&self) -> u8 {
        self.scores.overall()
    }

    /// Each score of its own.
    #[must_use]
    pub fn scores(&self) -> Scores {
        self.scores
    }

    /// The word for the score.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.version.severity(self.tenths())
    }

    /// The metrics that are defined, each with its value, in the specification's order.
    pub fn metrics(&self) -> impl Iterator<Item = (&'static Metric, &'static Value)> {
        self.version.metrics().iter().enumerate().filter_map(|(place, metric)| {
            let level = self.chosen.level(place)?;
            Some((metric, metric.values.get(usize::from(level))?))
        })
    }
}

impl CvssVersion {
    /// The word for a score. CVSS 2.0 has none; for it this is the scale of the National
    /// Vulnerability Database, which ends at high.
    #[must_use]
    pub fn severity(self, tenths: u8) -> Severity {
        match (self, tenths) {
            (Self::V2_0, 0..40) => Severity::Low,
            (Self::V2_0, 70..) => Severity::High,
            _ => Severity::of_tenths(tenths),
        }
    }
}

impl FromStr for Vector {
    type Err = VectorError;

    fn from_str(text: &str) -> Result<Self, VectorError> {
        let vector = Self::read(text)?;
        if vector.version == CvssVersion::V2_0 {
            return Err(VectorError::Version2);
        }
        Ok(vector)
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(Vector);

/// The weight of a metric's value.
fn weight(level: Option<u8>, weights: &[f64]) -> Option<f64> {
    weights.get(usize::from(level?)).copied()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=100 before"
)]
fn tenths(score: f64) -> u8 {
    (score * 10.0).round().clamp(0.0, 100.0) as u8
}
