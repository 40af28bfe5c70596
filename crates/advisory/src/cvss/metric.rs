//! Metrics and their values: names, order, and what they mean in words.
//!
//! Each version of CVSS has one table of them. Must not score.

use super::CvssVersion;

/// The part of the specification that a metric belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What does not change with time or place. Mandatory.
    Base,
    /// What changes with time (`Temporal` in 2.0 and 3.x).
    Threat,
    /// What differs from one place to another.
    Environmental,
    /// What is told beside the score and never changes it (4.0).
    Supplemental,
}

/// A metric, for example Attack Vector.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its short name, `AV`.
    pub name: &'static str,
    /// Its full name, `Attack Vector`.
    pub title: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// The part that it belongs to.
    pub group: Group,
    /// Its values, the most severe first unless the scoring says otherwise.
    pub values: &'static [Value],
}

/// A value that a metric can take. "Not defined" is none: such a metric is absent.
#[derive(Debug, PartialEq, Eq)]
pub struct Value {
    /// Its short name, `N`.
    pub code: &'static str,
    /// Its full name, `Network`.
    pub title: &'static str,
    /// What it means.
    pub means: &'static str,
}

/// A row of a table of metrics.
pub(super) const fn metric(
    name: &'static str,
    title: &'static str,
    asks: &'static str,
    group: Group,
    values: &'static [Value],
) -> Metric {
    Metric { name, title, asks, group, values }
}

/// A value in such a row.
pub(super) const fn value(code: &'static str, title: &'static str, means: &'static str) -> Value {
    Value { code, title, means }
}

impl CvssVersion {
    /// The metrics of this version, in the specification's order.
    #[must_use]
    pub fn metrics(self) -> &'static [Metric] {
        match self {
            Self::V2_0 => super::v2_metrics::METRICS,
            Self::V3_0 | Self::V3_1 => super::v3_metrics::METRICS,
            Self::V4_0 => super::v4_metrics::METRICS,
        }
    }

    /// How this version writes that an optional metric is not defined.
    pub(super) fn undefined(self) -> &'static str {
        if self == Self::V2_0 { "ND" } else { "X" }
    }

    /// What stands before the first metric; nothing in 2.0.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::V2_0 => "",
            Self::V3_0 => "CVSS:3.0/",
            Self::V3_1 => "CVSS:3.1/",
            Self::V4_0 => "CVSS:4.0/",
        }
    }
}
