//! What holds between the members of a CNA's container.

use super::SCHEMA;
use crate::check::Report;
use crate::check::json::Json;
use crate::check::weaknesses::{self, Rules};
use crate::cvss::CvssVersion;
use crate::cvss::json::{Kind, problems};
use crate::purl::Purl;

pub(super) fn look(container: &Json<'_>, path: &str, report: &mut Report) {
    english(container, path, report);
    for (place, product) in container.list("affected") {
        named(product, &format!("{path}/affected/{place}"), report);
        for (number, version) in product.list("versions") {
            entry(version, &format!("{path}/affected/{place}/versions/{number}"), report);
        }
    }
    anything_affected(container, path, report);
    for (place, metric) in container.list("metrics") {
        metrics(metric, &format!("{path}/metrics/{place}"), report);
    }
    if container.list("references").count() > 512 {
        report.error(SCHEMA, format!("{path}/references"), "there are more than 512", "");
    }
    weaknesses(container, path, report);
    unchecked(container, path, report);
    for (member, why) in [
        ("title", "lists show the record by its title"),
        ("problemTypes", "the weakness says what kind of bug it is"),
        ("metrics", "readers sort by severity"),
    ] {
        if container.get(member).is_none() {
            report.push_info("cve complete", path, format!("`{member}` is not there: {why}"));
        }
    }
}

fn weaknesses(container: &Json<'_>, path: &str, report: &mut Report) {
    const RULES: Rules = Rules { unknown: "cve cwe", usage: "cve cwe-usage" };
    for (place, problem) in container.list("problemTypes") {
        for (number, description) in problem.list("descriptions") {
            let Some(id) = description.text_of("cweId") else { continue };
            let at = format!("{path}/problemTypes/{place}/descriptions/{number}/cweId");
            weaknesses::look(id, &RULES, &at, report);
        }
    }
}

/// Nothing is half checked in silence.
fn unchecked(container: &Json<'_>, path: &str, report: &mut Report) {
    let there = |member: &&str| container.get(member).is_some();
    let members = ["cpeApplicability", "taxonomyMappings"].into_iter().filter(there);
    let cpes = container
        .list("affected")
        .filter(|(_, product)| product.get("cpes").is_some())
        .map(|(place, _)| format!("{path}/affected/{place}/cpes"));
    for at in members.map(|member| format!("{path}/{member}")).chain(cpes) {
        report.push_info("cve unchecked", &at, "what stands inside is not checked".to_owned());
    }
}

fn english(container: &Json<'_>, path: &str, report: &mut Report) {
    let lists = ["descriptions"].into_iter().map(|list| (path.to_owned(), container, list));
    let impacts = container
        .list("impacts")
        .map(|(place, impact)| (format!("{path}/impacts/{place}"), impact, "descriptions"));
    for (path, holder, list) in lists.chain(impacts) {
        let Some(Json::List(texts)) = holder.get(list) else { continue };
        let english = |text: &Json<'_>| {
            text.text_of("lang").is_some_and(|lang| {
                lang == "en" || lang.starts_with("en-") || lang.starts_with("en_")
            })
        };
        if !texts.iter().any(english) {
            report.error(
                SCHEMA,
                format!("{path}/{list}"),
                "none of them is in English",
                "Give one with \"lang\": \"en\".",
            );
        }
    }
}

fn named(product: &Json<'_>, path: &str, report: &mut Report) {
    let has = |name: &str| product.get(name).is_some();
    let pair = has("vendor") && has("product") || has("collectionURL") && has("packageName");
    if !pair && !has("packageURL") {
        report.error(
            SCHEMA,
            path,
            "nothing says which product this is",
            "Give vendor and product, or collectionURL and packageName, or packageURL.",
        );
    }
    if !has("versions") && !has("defaultStatus") {
        report.error(
            SCHEMA,
            path,
            "neither versions nor a defaultStatus say what is affected",
            "Give versions, or a defaultStatus for all of them.",
        );
    }
    let Some(purl) = product.text_of("packageURL") else { return };
    let at = format!("{path}/packageURL");
    let (message, hint) = match purl.parse::<Purl>() {
        Err(why) => {
            (format!("this is no package URL: {why}"), "One looks like pkg:npm/%40scope/name.")
        }
        Ok(purl) if !purl.parts().version.is_empty() => (
            "the package URL has a version".to_owned(),
            "Versions stand in versions[]; leave @ and what follows out.",
        ),
        Ok(_) => (String::new(), ""),
    };
    if !message.is_empty() {
        report.error("cve purl", at, message, hint);
    } else if has("collectionURL") || has("packageName") {
        report.error(
            "cve purl",
            at,
            "packageURL stands beside collectionURL or packageName",
            "Keep one of the two.",
        );
    }
}

/// An entry is one version, a version with its type, or a range with its type and one end.
fn entry(version: &Json<'_>, path: &str, report: &mut Report) {
    let Json::Object(members) = version else { return };
    let has = |name: &str| version.get(name).is_some();
    let (typed, below, up_to) = (has("versionType"), has("lessThan"), has("lessThanOrEqual"));
    if below && up_to {
        report.error(
            SCHEMA,
            path,
            "the range has two ends, lessThan and lessThanOrEqual",
            "Keep one.",
        );
    } else if (below || up_to) && !typed {
        report.error(
            SCHEMA,
            path,
            "the range has no versionType",
            "Say how its versions are ordered: semver, python, maven, git or custom.",
        );
    } else if !below && !up_to && members.len() > if typed { 3 } else { 2 } {
        report.error(
            SCHEMA,
            path,
            "this is neither one version nor a range",
            "Changes belong into a range with lessThan or lessThanOrEqual.",
        );
    }
    let text = version.text_of("version").unwrap_or_default().trim_start();
    if text.starts_with(['<', '>', '=', '~', '^']) {
        report.warning(
            "cve range-as-text",
            format!("{path}/version"),
            "a range is written as if it were one version",
            "Write version, lessThan and versionType, which programs can compare.",
        );
    }
}

/// The CNA rules want a product that is affected, or may be.
fn anything_affected(container: &Json<'_>, path: &str, report: &mut Report) {
    let counts = |status: Option<&str>| matches!(status, Some("affected" | "unknown"));
    let product = |product: &Json<'_>| {
        counts(product.text_of("defaultStatus"))
            || product.list("versions").any(|(_, version)| {
                counts(version.text_of("status"))
                    || version.list("changes").any(|(_, change)| counts(change.text_of("status")))
            })
    };
    if container.get("affected").is_some() && !container.list("affected").any(|(_, p)| product(p)) {
        report.error(
            "cve affected",
            format!("{path}/affected"),
            "no product is affected",
            "A record names a product with the status affected or unknown.",
        );
    }
}

fn metrics(metric: &Json<'_>, path: &str, report: &mut Report) {
    let mut any = metric.get("other").is_some();
    for (member, version) in [
        ("cvssV4_0", CvssVersion::V4_0),
        ("cvssV3_1", CvssVersion::V3_1),
        ("cvssV3_0", CvssVersion::V3_0),
        ("cvssV2_0", CvssVersion::V2_0),
    ] {
        let Some(object) = metric.get(member) else { continue };
        any = true;
        for problem in problems(object, version) {
            let rule = match problem.kind {
                Kind::Schema | Kind::Unknown => SCHEMA,
                Kind::Vector => "cve cvss-vector",
                Kind::Computation => "cve cvss-score",
                Kind::Inconsistent | Kind::Beyond => "cve cvss-metric",
            };
            let at = problem.place(&format!("{path}/{member}"));
            report.error(rule, at, problem.message, "");
        }
    }
    if !any && matches!(metric, Json::Object(_)) {
        report.error(
            SCHEMA,
            path,
            "this holds no score",
            "Give cvssV4_0, cvssV3_1, cvssV3_0, cvssV2_0 or other.",
        );
    }
}
