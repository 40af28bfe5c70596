//! What the specification says beyond its schema: names of places stand once, references lead
//! somewhere, scores follow from their vectors, weaknesses are known, and statements give their
//! reasons.

use std::collections::BTreeSet;

use crate::check::json::Json;
use crate::check::weaknesses::{self, Rules};
use crate::check::{Report, step};
use crate::cvss::{CvssVersion, Vector};
use crate::purl::Purl;
use crate::versions::{StretchError, Vers};

/// The members that refer to other places of the document, wherever they hold a text or texts.
const REFERENCES: [&str; 34] = [
    "algorithm",
    "algorithmRef",
    "algorithms",
    "assemblies",
    "assessor",
    "asserter",
    "attributedTo",
    "auth",
    "claims",
    "counterClaims",
    "counterEvidence",
    "cryptoRefArray",
    "dependencies",
    "dependsOn",
    "encr",
    "evidence",
    "integ",
    "ke",
    "members",
    "mitigationStrategies",
    "parent",
    "patentRefs",
    "prf",
    "process",
    "provides",
    "ref",
    "requirement",
    "requirements",
    "signatureAlgorithmRef",
    "subjectPublicKeyRef",
    "subjects",
    "target",
    "tools",
    "vulnerabilities",
];

pub(super) fn look(document: &Json<'_>, report: &mut Report) {
    let mut names = BTreeSet::new();
    walk(document, &mut String::new(), &mut |value, path| named(value, path, &mut names, report));
    walk(document, &mut String::new(), &mut |value, path| referring(value, path, &names, report));
    for (place, vulnerability) in document.list("vulnerabilities") {
        let path = format!("/vulnerabilities/{place}");
        for (place, rating) in vulnerability.list("ratings") {
            self::rating(rating, &format!("{path}/ratings/{place}"), report);
        }
        stated(vulnerability, &path, report);
    }
}

/// Shows every object to the visitor, but for those in signatures, whose members are not ours.
fn walk<'d, 't>(
    value: &'d Json<'t>,
    path: &mut String,
    visit: &mut impl FnMut(&'d [(std::borrow::Cow<'t, str>, Json<'t>)], &str),
) {
    let length = path.len();
    match value {
        Json::List(items) => {
            for (place, item) in items.iter().enumerate() {
                step(path, &place.to_string());
                walk(item, path, visit);
                path.truncate(length);
            }
        }
        Json::Object(members) => {
            visit(members, path);
            for (name, member) in members.iter().filter(|(name, _)| name != "signature") {
                step(path, name);
                walk(member, path, visit);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

type Members<'d, 't> = &'d [(std::borrow::Cow<'t, str>, Json<'t>)];

fn named<'d>(
    members: Members<'d, '_>,
    path: &str,
    names: &mut BTreeSet<&'d str>,
    report: &mut Report,
) {
    for (member, value) in members {
        match (member.as_ref(), value.text()) {
            // The specification says that it must, and one of its own valid documents does not.
            ("bom-ref", Some(name)) if !names.insert(name) => report.warning(
                "cyclonedx bom-ref",
                format!("{path}/bom-ref"),
                "another place of the document has this bom-ref",
                "Give each place its own; a package URL with a version is one.",
            ),
            ("bom-ref", Some(name)) if name.starts_with("urn:cdx:") => report.warning(
                "cyclonedx bom-ref",
                format!("{path}/bom-ref"),
                "a bom-ref that begins as a link to another BOM will be taken for one",
                "Begin it otherwise.",
            ),
            ("purl", Some(purl)) => {
                if let Err(why) = purl.parse::<Purl>() {
                    let message = format!("this is not a package URL: {why}");
                    report.error("cyclonedx purl", format!("{path}/purl"), message, "");
                }
            }
            _ => {}
        }
    }
}

/// Another BOM is not looked into.
fn referring(members: Members<'_, '_>, path: &str, names: &BTreeSet<&str>, report: &mut Report) {
    let mut follow = |reference: &Json<'_>, path: String| {
        let dangling = |name: &str| !name.starts_with("urn:cdx:") && !names.contains(name);
        if reference.text().is_some_and(dangling) {
            report.warning(
                "cyclonedx ref",
                path,
                "no place of the document has this bom-ref",
                "Name the place, or link to the other BOM with urn:cdx:….",
            );
        }
    };
    for (member, value) in members.iter().filter(|(name, _)| REFERENCES.contains(&name.as_ref())) {
        follow(value, format!("{path}/{member}"));
        for (place, item) in value.items().iter().enumerate() {
            follow(item, format!("{path}/{member}/{place}"));
        }
    }
}

fn rating(rating: &Json<'_>, path: &str, report: &mut Report) {
    let (version, prefix) = match rating.text_of("method") {
        Some("CVSSv2") => (CvssVersion::V2_0, ""),
        Some("CVSSv3") => (CvssVersion::V3_0, "CVSS:3.0/"),
        Some("CVSSv31") => (CvssVersion::V3_1, "CVSS:3.1/"),
        Some("CVSSv4") => (CvssVersion::V4_0, "CVSS:4.0/"),
        _ => return,
    };
    let Some(text) = rating.text_of("vector").filter(|text| !text.is_empty()) else { return };
    // The specification's own examples leave the prefix off: the method says it.
    let full = if text.starts_with("CVSS:") { text.to_owned() } else { format!("{prefix}{text}") };
    let vector = match Vector::read(&full) {
        Ok(vector) => vector,
        Err(error) => {
            report.error("cyclonedx vector", format!("{path}/vector"), error.to_string(), "");
            return;
        }
    };
    if vector.version() != version {
        let message = format!("this is CVSS {}, and the method says {version}", vector.version());
        report.error("cyclonedx method", format!("{path}/method"), message, "");
        return;
    }
    let scores = vector.scores();
    let possible =
        [Some(scores.base), scores.temporal, scores.environmental, Some(vector.tenths())];
    let is = |score: f64, tenths: u8| (f64::from(tenths) / 10.0 - score).abs() < 1e-9;
    if let Some(Json::Number(said)) = rating.get("score")
        && let Some(said) = said.as_f64()
        && !possible.into_iter().flatten().any(|tenths| is(said, tenths))
    {
        let message = format!("the vector gives {:.1}", vector.score());
        report.error("cyclonedx score", format!("{path}/score"), message, "");
    }
    let words = possible.into_iter().flatten().map(|tenths| version.severity(tenths).as_str());
    if let Some(said) = rating.text_of("severity")
        && said != "unknown"
        && !words.clone().any(|word| word == said)
    {
        let message = format!("the vector gives {}", vector.severity());
        report.warning("cyclonedx severity", format!("{path}/severity"), message, "");
    }
}

fn stated(vulnerability: &Json<'_>, path: &str, report: &mut Report) {
    const RULES: Rules = Rules { unknown: "cyclonedx cwe", usage: "cyclonedx cwe-usage" };
    for (place, cwe) in vulnerability.list("cwes") {
        let Json::Number(number) = cwe else { continue };
        let place = format!("{path}/cwes/{place}");
        if number.as_f64().is_some_and(|number| number < 1e6) {
            weaknesses::look(&format!("CWE-{number}"), &RULES, &place, report);
        } else {
            report.error("cyclonedx cwe", place, "no weakness has such a number", "");
        }
    }
    for (place, affected) in vulnerability.list("affects") {
        for (number, version) in affected.list("versions") {
            if let Some(Err(StretchError::Malformed { why, .. })) =
                version.text_of("range").map(Vers::read)
            {
                report.warning(
                    "cyclonedx range",
                    format!("{path}/affects/{place}/versions/{number}/range"),
                    format!("this is not a vers range: {why}"),
                    "Write it as vers:golang/>=1.15.0|<1.15.2.",
                );
            }
        }
    }
    let Some(analysis) = vulnerability.get("analysis") else { return };
    let has = |name: &str| analysis.get(name).is_some();
    match analysis.text_of("state") {
        Some("not_affected") if !has("justification") && !has("detail") => report.warning(
            "cyclonedx justification",
            format!("{path}/analysis"),
            "not_affected stands without a reason",
            "Give a justification, which programs can read, or say it in detail.",
        ),
        Some("exploitable" | "in_triage") if has("justification") => report.warning(
            "cyclonedx justification",
            format!("{path}/analysis/justification"),
            "a justification says why something is not exploitable",
            "Take it out, or change the state.",
        ),
        _ => {}
    }
    if vulnerability.list("affects").next().is_none() {
        report.warning(
            "cyclonedx affects",
            path,
            "the analysis names no component",
            "Say in affects which components it is about.",
        );
    }
}
