//! The CVSS scores of a vulnerability.

use std::collections::BTreeSet;

use super::texts;
use super::vulnerability::{FIXED, having};
use crate::check::Report;
use crate::check::json::Json;
use crate::cvss::json::{Kind, problems};
use crate::cvss::{CvssVersion, Vector};

pub(super) fn look(vulnerability: &Json<'_>, path: &str, report: &mut Report) {
    let fixed: BTreeSet<&str> = having(vulnerability, &FIXED).map(|(id, ..)| id).collect();
    let mut seen = BTreeSet::new();
    let (mut old, mut current) = (false, false);
    for (place, score) in vulnerability.list("scores") {
        for member in ["cvss_v2", "cvss_v3"] {
            let Some(object) = score.get(member) else { continue };
            let path = format!("{path}/scores/{place}");
            let version = version(member, object);
            old |= version == CvssVersion::V2_0;
            current |= version != CvssVersion::V2_0;
            one(object, version, &format!("{path}/{member}"), report);
            for (number, id) in texts(score, "products") {
                if !seen.insert((id, version)) {
                    report.error(
                        "csaf 6.1.7",
                        format!("{path}/products/{number}"),
                        format!("`{id}` has two scores by CVSS {version}"),
                        "Keep one.",
                    );
                }
            }
            let for_fixed = texts(score, "products").find(|(_, id)| fixed.contains(id));
            if let Some((_, id)) = for_fixed
                && !is_harmless(object, version)
            {
                report.warning(
                    "csaf 6.2.19",
                    format!("{path}/{member}"),
                    format!("`{id}` is fixed and still has a score above 0"),
                    "Leave fixed products out, or set the modified impacts to none.",
                );
            }
        }
    }
    if old && !current {
        let message = "the only scores are by CVSS 2.0".to_owned();
        report.push_info("csaf 6.3.1", path, message);
    }
}

/// The version that an object says it has, as far as it may stand there.
fn version(member: &str, object: &Json<'_>) -> CvssVersion {
    let vector = object.text_of("vectorString").unwrap_or_default();
    match (member, object.text_of("version")) {
        ("cvss_v2", _) => CvssVersion::V2_0,
        (_, Some("3.0")) => CvssVersion::V3_0,
        (_, None) if vector.starts_with("CVSS:3.0") => CvssVersion::V3_0,
        _ => CvssVersion::V3_1,
    }
}

fn one(object: &Json<'_>, version: CvssVersion, path: &str, report: &mut Report) {
    for problem in problems(object, version) {
        let at = problem.place(path);
        let (rule, hint) = match problem.kind {
            Kind::Schema | Kind::Vector => (
                "csaf 6.1.8",
                "Beside the vector stand version and baseScore, for 3.0 and 3.1 baseSeverity too.",
            ),
            Kind::Computation => ("csaf 6.1.9", "Compute it anew from the vector."),
            Kind::Inconsistent => ("csaf 6.1.10", "Correct the vector or the property."),
            // The specification's own files hold a property that says more than the vector for good.
            Kind::Beyond => continue,
            Kind::Unknown => {
                let hint = "Readers pass it over: check the spelling.";
                report.warning("csaf 6.2.20", at, problem.message, hint);
                continue;
            }
        };
        report.error(rule, at, problem.message, hint);
    }
    if version == CvssVersion::V3_0 {
        let message = "CVSS 3.1 came after 3.0, and says more clearly what it means".to_owned();
        report.push_info("csaf 6.3.2", path, message);
    }
}

/// Whether nothing is left of the score where the product stands: the vector says so, or the
/// properties beside it.
fn is_harmless(object: &Json<'_>, version: CvssVersion) -> bool {
    let vector = object.text_of("vectorString").and_then(|text| Vector::read(text).ok());
    if vector.as_ref().is_some_and(|vector| vector.tenths() == 0) {
        return true;
    }
    if version == CvssVersion::V2_0 {
        return object.text_of("targetDistribution") == Some("NONE");
    }
    let said = |name: &str| vector.as_ref()?.metrics().find(|(metric, _)| metric.name == name);
    [
        ("modifiedConfidentialityImpact", "MC", "C"),
        ("modifiedIntegrityImpact", "MI", "I"),
        ("modifiedAvailabilityImpact", "MA", "A"),
    ]
    .into_iter()
    .all(|(property, modified, base)| match object.text_of(property) {
        Some("NONE") => true,
        None | Some("NOT_DEFINED") => {
            said(modified).or_else(|| said(base)).is_some_and(|(_, value)| value.code == "N")
        }
        Some(_) => false,
    })
}
