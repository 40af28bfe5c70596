//! The metrics of one vulnerability as a CSAF 2.1 document says them: CVSS of every version and from
//! every source that has an address, and the decision by SSVC.
//!
//! Must not compute scores.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::scores::{NEGLIGIBLE, SUBSEQUENT};
use super::ssvc_points::{REGISTERED, versions};
use super::write::{Frame, put};
use crate::assessment::{SsvcDecision, SsvcPoint};
use crate::check::forms::uri;
use crate::document::Vulnerability;
use crate::score::{CvssVersion, Vector};

/// The metrics, for the affected products. Of each version of CVSS the first vector from each source
/// is taken.
pub(super) fn of(vulnerability: &Vulnerability, affected: &[String], frame: &Frame) -> Value {
    if affected.is_empty() {
        return Value::Null;
    }
    let mut sources: BTreeMap<Option<&str>, BTreeMap<CvssVersion, &Vector>> = BTreeMap::new();
    // CSAF takes no source without an address.
    let vectors = vulnerability.vectors().filter(|(_, source)| source.is_none_or(uri));
    for (vector, source) in vectors {
        sources.entry(source).or_default().entry(vector.version()).or_insert(vector);
    }
    let mut metrics = Vec::new();
    for (source, vectors) in sources {
        // 3.0 and 3.1 share a member, so what has both is two metrics.
        let mut contents = vec![Map::new()];
        for (version, vector) in vectors {
            let member = match version {
                CvssVersion::V2_0 => "cvss_v2",
                CvssVersion::V3_0 | CvssVersion::V3_1 => "cvss_v3",
                CvssVersion::V4_0 => "cvss_v4",
            };
            if contents.last().is_some_and(|content| content.contains_key(member)) {
                contents.push(Map::new());
            }
            if let Some(content) = contents.last_mut() {
                content.insert(member.to_owned(), object(vector));
            }
        }
        metrics.extend(contents.into_iter().map(|content| (content, source)));
    }
    let decision = vulnerability.ssvc.as_ref().and_then(|decision| selections(decision, frame));
    metrics.extend(decision.map(|list| (Map::from_iter([("ssvc_v2".to_owned(), list)]), None)));
    let metric = |(content, source): (Map<String, Value>, Option<&str>)| {
        let mut metric = Map::new();
        put(&mut metric, "content", Value::Object(content));
        put(&mut metric, "products", json!(affected));
        put(&mut metric, "source", json!(source));
        Value::Object(metric)
    };
    metrics.into_iter().map(metric).collect()
}

fn object(vector: &Vector) -> Value {
    let mut object = vector.to_json();
    for member in SUBSEQUENT {
        if let Some(value) = object.get_mut(member).filter(|value| **value == "NONE") {
            *value = NEGLIGIBLE.into();
        }
    }
    object
}

/// The decision points that readers can look up; `None` if the document has no date for them, or one
/// of them is none of those.
fn selections(decision: &SsvcDecision, frame: &Frame) -> Option<Value> {
    let timestamp = frame.released?.to_string();
    let selections: Option<Vec<Value>> = decision.points.iter().map(selection).collect();
    let selections = selections.filter(|selections| !selections.is_empty())?;
    Some(json!({ "schemaVersion": "2.0.0", "selections": selections, "timestamp": timestamp }))
}

fn selection(SsvcPoint { point, value }: &SsvcPoint) -> Option<Value> {
    let mut parts = point.splitn(3, ':');
    let (namespace, key, version) = (parts.next()?, parts.next()?, parts.next()?);
    let base = namespace.split('#').next().unwrap_or_default();
    let number = version.parse().ok().filter(|_| REGISTERED.contains(&base))?;
    versions(namespace, key).find(|point| point.is(&number))?.place(value)?;
    Some(json!({
        "key": key, "namespace": namespace, "values": [{ "key": value }], "version": version
    }))
}
