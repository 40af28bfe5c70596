//! The CVSS scores of a vulnerability.

use std::collections::BTreeSet;

use super::vulnerability::{FIXED, having};
use super::{CsafVersion, texts};
use crate::check::Report;
use crate::check::json::Json;
use crate::cvss::json::{Kind, problems};
use crate::cvss::{CvssVersion, Vector};

/// A score or metric, with where the objects of CVSS stand in it.
struct Score<'j> {
    holder: &'j Json<'j>,
    content: &'j Json<'j>,
    path: String,
    content_path: String,
}

fn scores<'j>(
    vulnerability: &'j Json<'j>,
    path: &str,
    version: CsafVersion,
) -> impl Iterator<Item = Score<'j>> {
    vulnerability.list(version.scores()).filter_map(move |(place, holder)| {
        let path = format!("{path}/{}/{place}", version.scores());
        Some(match version {
            CsafVersion::V2_0 => {
                Score { holder, content: holder, content_path: path.clone(), path }
            }
            CsafVersion::V2_1 => Score {
                holder,
                content: holder.get("content")?,
                content_path: format!("{path}/content"),
                path,
            },
        })
    })
}

pub(super) fn look(
    vulnerability: &Json<'_>,
    path: &str,
    version: CsafVersion,
    report: &mut Report,
) {
    let members: &[&str] = match version {
        CsafVersion::V2_0 => &["cvss_v2", "cvss_v3"],
        CsafVersion::V2_1 => &["cvss_v2", "cvss_v3", "cvss_v4"],
    };
    let fixed: BTreeSet<&str> = having(vulnerability, &FIXED).map(|(id, ..)| id).collect();
    let mut seen = BTreeSet::new();
    let (mut old, mut current) = (false, false);
    for Score { holder, content, path, content_path } in scores(vulnerability, path, version) {
        for member in members {
            let Some(object) = content.get(member) else { continue };
            let cvss = cvss_version(member, object);
            old |= cvss == CvssVersion::V2_0;
            current |= cvss != CvssVersion::V2_0;
            one(object, cvss, &format!("{content_path}/{member}"), report);
            // Versions that are none yet count too, by what they call themselves.
            let called = object.text_of("version").unwrap_or(cvss.as_str());
            for (number, id) in texts(holder, "products") {
                if !seen.insert((id, called, holder.text_of("source"))) {
                    report.error(
                        "csaf 6.1.7",
                        format!("{path}/products/{number}"),
                        format!("`{id}` has two scores by CVSS {called} from one source"),
                        "Keep one.",
                    );
                }
            }
            let for_fixed = texts(holder, "products").find(|(_, id)| fixed.contains(id));
            if let Some((_, id)) = for_fixed
                && !is_harmless(object, cvss)
            {
                report.warning(
                    "csaf 6.2.19",
                    format!("{content_path}/{member}"),
                    format!("`{id}` is fixed and still has a score above 0"),
                    "Leave fixed products out, or set the modified impacts to none.",
                );
            }
        }
    }
    if version == CsafVersion::V2_0 && old && !current {
        let message = "the only scores are by CVSS 2.0".to_owned();
        report.push_info("csaf 6.3.1", path, message);
    }
}

/// The version that an object says it has, as far as it may stand there.
fn cvss_version(member: &str, object: &Json<'_>) -> CvssVersion {
    let vector = object.text_of("vectorString").unwrap_or_default();
    match (member, object.text_of("version")) {
        ("cvss_v2", _) => CvssVersion::V2_0,
        ("cvss_v4", _) => CvssVersion::V4_0,
        (_, Some("3.0")) => CvssVersion::V3_0,
        (_, None) if vector.starts_with("CVSS:3.0") => CvssVersion::V3_0,
        _ => CvssVersion::V3_1,
    }
}

/// The word for no impact on subsequent systems in the schema of CVSS 4.0 that CSAF 2.1 refers to.
/// The one that CVE Records carry says NONE.
pub(super) const NEGLIGIBLE: &str = "NEGLIGIBLE";

/// The properties that it is about.
pub(super) const SUBSEQUENT: [&str; 3] = [
    "modifiedSubAvailabilityImpact",
    "modifiedSubConfidentialityImpact",
    "modifiedSubIntegrityImpact",
];

fn one(object: &Json<'_>, version: CvssVersion, path: &str, report: &mut Report) {
    for problem in problems(object, version) {
        let at = problem.place(path);
        let spelled = |member: &str| object.text_of(member) == Some(NEGLIGIBLE);
        let subsequent = SUBSEQUENT.contains(&problem.member.as_str());
        if version == CvssVersion::V4_0 && subsequent && spelled(&problem.member) {
            continue;
        }
        if version == CvssVersion::V4_0 && problem.kind == Kind::Unknown {
            let hint = "FIRST's schema of 4.0 refuses what it does not know.";
            report.error("csaf 6.1.8", at.as_str(), problem.message.as_str(), hint);
        }
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
    if version == CvssVersion::V4_0 {
        for member in SUBSEQUENT {
            if object.text_of(member) == Some("NONE") {
                let hint = "Write NEGLIGIBLE.";
                report.error(
                    "csaf 6.1.8",
                    format!("{path}/{member}"),
                    "this is no word of it",
                    hint,
                );
            }
        }
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
    let impacts: &[(&str, &str, &str)] = match version {
        CvssVersion::V4_0 => &[
            ("modifiedVulnConfidentialityImpact", "MVC", "VC"),
            ("modifiedVulnIntegrityImpact", "MVI", "VI"),
            ("modifiedVulnAvailabilityImpact", "MVA", "VA"),
            ("modifiedSubConfidentialityImpact", "MSC", "SC"),
            ("modifiedSubIntegrityImpact", "MSI", "SI"),
            ("modifiedSubAvailabilityImpact", "MSA", "SA"),
        ],
        _ => &[
            ("modifiedConfidentialityImpact", "MC", "C"),
            ("modifiedIntegrityImpact", "MI", "I"),
            ("modifiedAvailabilityImpact", "MA", "A"),
        ],
    };
    impacts.iter().all(|(property, modified, base)| match object.text_of(property) {
        Some("NONE" | "NEGLIGIBLE") => true,
        None | Some("NOT_DEFINED") => {
            said(modified).or_else(|| said(base)).is_some_and(|(_, value)| value.code == "N")
        }
        Some(_) => false,
    })
}
