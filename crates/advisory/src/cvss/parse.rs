//! From a text to chosen values, and back to the canonical text.
//!
//! Strict where the specifications are: letter case counts, no metric stands twice, every base
//! metric is there, and in CVSS 4.0 the order is fixed. Must not score.

use super::metric::{Group, Metric};
use super::{CvssVersion, VectorError};

/// Room for the metrics of CVSS 4.0, the version with the most.
const MOST: usize = 32;
/// Longer than any vector with every metric defined.
const LONGEST: usize = 256;

/// Which value each metric has: 0 for not defined, else the value's place in its list plus one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Chosen([u8; MOST]);

impl Chosen {
    /// The place of the metric's value in its list.
    pub(super) fn level(&self, place: usize) -> Option<u8> {
        self.0.get(place).and_then(|chosen| chosen.checked_sub(1))
    }

    /// Whether a metric of this group is defined.
    pub(super) fn any(&self, version: CvssVersion, group: Group) -> bool {
        self.0.iter().zip(version.metrics()).any(|(chosen, m)| *chosen > 0 && m.group == group)
    }

    /// The vector as the specification writes it: its order, without what is not defined.
    pub(super) fn canonical(&self, version: CvssVersion) -> String {
        let mut text = String::with_capacity(64);
        text.push_str(version.prefix());
        for (place, metric) in version.metrics().iter().enumerate() {
            let value = self.level(place).and_then(|level| metric.values.get(usize::from(level)));
            let Some(value) = value else { continue };
            if place > 0 {
                text.push('/');
            }
            text.push_str(metric.name);
            text.push(':');
            text.push_str(value.code);
        }
        text
    }
}

/// Which version a vector is in, and its metrics.
pub(super) fn parse(text: &str) -> Result<(CvssVersion, Chosen), VectorError> {
    if text.len() > LONGEST {
        return Err(VectorError::TooLong);
    }
    let (version, metrics) = version(text)?;
    let table = version.metrics();
    let mut chosen = Chosen([0; MOST]);
    let mut seen = 0_u32;
    let mut next = 0;
    let mut out_of_order = None;
    for part in metrics.split('/') {
        let (name, code) = part.split_once(':').ok_or_else(|| VectorError::Part(excerpt(part)))?;
        let (place, metric) = find(table, next, name)
            .ok_or_else(|| VectorError::UnknownMetric { metric: excerpt(name), version })?;
        if seen >> place & 1 == 1 {
            return Err(VectorError::Repeated(metric.name));
        }
        seen |= 1 << place;
        if place < next && out_of_order.is_none() {
            out_of_order = Some(metric.name);
        }
        next = place + 1;
        let value = value(metric, version, code)?;
        if let Some(slot) = chosen.0.get_mut(place) {
            *slot = value;
        }
    }
    let missing = table.iter().zip(chosen.0).find(|(m, v)| m.group == Group::Base && *v == 0);
    match (missing, out_of_order) {
        (Some((metric, _)), _) => Err(VectorError::Missing(metric.name)),
        (None, Some(metric)) if version == CvssVersion::V4_0 => {
            Err(VectorError::Order { metric, canonical: chosen.canonical(version) })
        }
        (None, _) => Ok((version, chosen)),
    }
}

fn version(text: &str) -> Result<(CvssVersion, &str), VectorError> {
    for version in [CvssVersion::V3_1, CvssVersion::V4_0, CvssVersion::V3_0] {
        if let Some(metrics) = text.strip_prefix(version.prefix()) {
            return Ok((version, metrics));
        }
    }
    match text.strip_prefix("CVSS:") {
        Some(rest) => {
            Err(VectorError::UnknownVersion(excerpt(rest.split('/').next().unwrap_or_default())))
        }
        None if text.starts_with("AV:") || text.contains("/Au:") => Ok((CvssVersion::V2_0, text)),
        None => Err(VectorError::NotAVector),
    }
}

/// Looks from where the last one was found, since most vectors are in order.
fn find(table: &'static [Metric], next: usize, name: &str) -> Option<(usize, &'static Metric)> {
    let places = || table.iter().enumerate();
    let named = |(_, metric): &(usize, &Metric)| metric.name == name;
    places().skip(next).find(named).or_else(|| places().take(next).find(named))
}

fn value(metric: &Metric, version: CvssVersion, code: &str) -> Result<u8, VectorError> {
    if metric.group != Group::Base && code == version.undefined() {
        return Ok(0);
    }
    (1..)
        .zip(metric.values)
        .find(|(_, value)| value.code == code)
        .map(|(chosen, _)| chosen)
        .ok_or_else(|| VectorError::UnknownValue {
            metric: metric.name,
            title: metric.title,
            value: excerpt(code),
            known: metric.values.iter().map(|value| value.code).collect::<Vec<_>>().join(", "),
        })
}

/// Enough of a text to recognise it by.
fn excerpt(text: &str) -> String {
    text.chars().take(16).collect()
}
