//! What holds between the members of an OSV record.
//!
//! `osv schema` is what the schema says in conditions; `osv REC:…` and `osv RNG:…` are the checks
//! of OSV's linter by their codes; the rest is what the specification says in words.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::shape::score_problem;
use crate::check::Report;
use crate::check::json::Json;
use crate::check::weaknesses::{self, Rules};
use crate::purl::Purl;
use crate::versions::Scheme;

const SCHEMA: &str = "osv schema";

pub(super) fn look(record: &Json<'_>, report: &mut Report) {
    scores(record, "", report);
    let severity_above = record.get("severity").is_some();
    for (place, affected) in record.list("affected") {
        let path = format!("/affected/{place}");
        if severity_above && affected.get("severity").is_some_and(|own| *own != Json::Null) {
            report.error(
                SCHEMA,
                format!("{path}/severity"),
                "severity stands both for the record and for a package",
                "Keep the record's if it holds for all packages, else one for each package.",
            );
        }
        scores(affected, &path, report);
        package(affected, &path, report);
        for (number, range) in affected.list("ranges") {
            range_rules(affected, range, &format!("{path}/ranges/{number}"), report);
        }
    }
    names(record, report);
    weaknesses(record, report);
    let empty = record.list("affected").next().is_none();
    if empty && record.get("withdrawn").is_none() {
        report.warning(
            "osv REC:001",
            "/affected",
            "the record says nothing about any package",
            "Name the affected packages, or withdraw the record.",
        );
    }
    dates(record, report);
}

fn scores(holder: &Json<'_>, path: &str, report: &mut Report) {
    for (place, severity) in holder.list("severity") {
        let (Some(kind), Some(score)) = (severity.text_of("type"), severity.text_of("score"))
        else {
            continue;
        };
        if let Some(problem) = score_problem(kind, score) {
            // The schema's patterns know no missing and no repeated metrics.
            report.error(
                "osv severity",
                format!("{path}/severity/{place}/score"),
                problem,
                "A score is the vector, never the number.",
            );
        }
    }
}

fn package(affected: &Json<'_>, path: &str, report: &mut Report) {
    let git = affected.list("ranges").all(|(_, range)| range.text_of("type") == Some("GIT"));
    if affected.get("package").is_none() && !git {
        report.error(
            "osv package",
            path,
            "there is no package, and ranges that are not of git",
            "Name the package that the versions belong to.",
        );
    }
    let says = |name: &str| affected.list(name).next().is_some();
    if !says("ranges") && !says("versions") {
        report.warning(
            "osv versions",
            path,
            "neither ranges nor versions say what is affected",
            "Without them every version counts as affected by nothing.",
        );
    }
    if let Some(package) = affected.get("package")
        && let Some(purl) = package.text_of("purl")
        && let Err(why) = purl.parse::<Purl>()
    {
        report.error(
            "osv PKG:003",
            format!("{path}/package/purl"),
            format!("this is no package URL: {why}"),
            "One looks like pkg:npm/%40scope/name.",
        );
    }
}

fn range_rules(affected: &Json<'_>, range: &Json<'_>, path: &str, report: &mut Report) {
    let kind = range.text_of("type").unwrap_or_default();
    if kind == "GIT" && range.get("repo").is_none() {
        report.error(SCHEMA, path, "`repo` is missing", "A range of commits names its repository.");
    }
    let has = |name: &str| range.list("events").any(|(_, event)| event.get(name).is_some());
    if !has("introduced") && range.list("events").next().is_some() {
        report.error(
            SCHEMA,
            format!("{path}/events"),
            "no event says where it was introduced",
            "Write {\"introduced\": \"0\"} if it was there from the beginning.",
        );
    }
    if has("last_affected") && has("fixed") {
        report.error(
            SCHEMA,
            format!("{path}/events"),
            "fixed and last_affected stand in one list",
            "Give each a range of its own.",
        );
    }
    for (place, event) in range.list("events") {
        event_rules(event, kind, &format!("{path}/events/{place}"), report);
    }
    distinct(range, path, report);
    if kind != "GIT" {
        order(affected, range, path, report);
    }
}

const EVENTS: [&str; 4] = ["introduced", "fixed", "last_affected", "limit"];

fn event_rules(event: &Json<'_>, kind: &str, path: &str, report: &mut Report) {
    let values: Vec<_> = EVENTS.iter().filter_map(|name| event.get(name)).collect();
    let [Json::Text(value)] = values.as_slice() else {
        report.error(
            SCHEMA,
            path,
            "an event is one of introduced, fixed, last_affected and limit, with a text",
            "Give each its own object.",
        );
        return;
    };
    if kind == "GIT" && !is_commit(value) {
        report.error(SCHEMA, path, "this is not a commit", "Give all 40 or 64 digits, or 0.");
    }
}

fn is_commit(text: &str) -> bool {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    text == "0" || digits && (text.len() == 40 || text.len() == 64)
}

fn distinct(range: &Json<'_>, path: &str, report: &mut Report) {
    let fixed: BTreeSet<&str> =
        range.list("events").filter_map(|(_, event)| event.text_of("fixed")).collect();
    for (place, event) in range.list("events") {
        let Some(introduced) = event.text_of("introduced") else { continue };
        if fixed.contains(introduced) {
            report.error(
                "osv RNG:002",
                format!("{path}/events/{place}"),
                format!("`{introduced}` both brings the bug and fixes it"),
                "An empty range affects nothing: take it out.",
            );
        }
    }
}

/// Events stand in the order of versions, where that order is known here.
fn order(affected: &Json<'_>, range: &Json<'_>, path: &str, report: &mut Report) {
    let ecosystem = affected.get("package").and_then(|package| package.text_of("ecosystem"));
    let scheme = match (range.text_of("type"), ecosystem) {
        (Some("SEMVER"), _) => Scheme::Semver,
        (Some("ECOSYSTEM"), Some(ecosystem)) => match scheme_of(ecosystem) {
            Some(scheme) => scheme,
            None => return,
        },
        _ => return,
    };
    let versions = range.list("events").filter_map(|(place, event)| {
        Some((place, EVENTS.iter().find_map(|name| event.text_of(name))?))
    });
    let mut last: Option<&str> = None;
    for (place, version) in versions.filter(|(_, version)| *version != "0" && *version != "*") {
        let at = format!("{path}/events/{place}");
        if scheme == Scheme::Semver && version.starts_with('v') {
            report.error(
                "osv semver",
                at,
                format!("`{version}` has a v in front"),
                "OSV writes versions of Go without the v.",
            );
            return;
        }
        match scheme.compare(last.unwrap_or(version), version) {
            Ok(Ordering::Greater) => {
                report.warning(
                    "osv order",
                    at,
                    "the events do not stand in the order of versions",
                    "Sort them: readers may take them one after the other.",
                );
                return;
            }
            Ok(_) => last = Some(version),
            Err(error) => {
                report.error("osv version", at, error.to_string(), "");
                return;
            }
        }
    }
}

/// The order of an ecosystem, by OSV's name for it.
fn scheme_of(ecosystem: &str) -> Option<Scheme> {
    match ecosystem.split(':').next()? {
        "npm" | "Go" | "crates.io" | "Hex" | "Pub" | "SwiftURL" => Some(Scheme::Semver),
        "PyPI" => Some(Scheme::Pep440),
        "Maven" => Some(Scheme::Maven),
        "Debian" | "Ubuntu" | "Echo" => Some(Scheme::Debian),
        _ => None,
    }
}

/// Where GitHub's records have their weaknesses, and ours.
fn weaknesses(record: &Json<'_>, report: &mut Report) {
    const RULES: Rules = Rules { unknown: "osv cwe", usage: "osv cwe-usage" };
    let Some(specific) = record.get("database_specific") else { return };
    for (place, id) in specific.list("cwe_ids") {
        let Some(id) = id.text() else { continue };
        weaknesses::look(id, &RULES, &format!("/database_specific/cwe_ids/{place}"), report);
    }
}

/// Ids that a record gives of others: none twice, not its own.
fn names(record: &Json<'_>, report: &mut Report) {
    let id = record.text_of("id").unwrap_or_default();
    for (rule, list) in
        [("osv REC:002", "aliases"), ("osv REC:003", "upstream"), ("osv REC:004", "related")]
    {
        let mut seen = BTreeSet::new();
        for (place, name) in record.list(list) {
            let Some(name) = name.text() else { continue };
            let at = format!("/{list}/{place}");
            if name == id {
                report.error(rule, at, "this is the record itself", "Take it out.");
            } else if seen.contains(name) {
                report.error(rule, at, "this stands twice", "Take one out.");
            }
            seen.insert(name);
        }
    }
    let named = |list| record.list(list).filter_map(|(_, name)| name.text()).collect();
    let others: [(&str, BTreeSet<&str>); 2] =
        ["aliases", "related"].map(|list| (list, named(list)));
    for (place, upstream) in record.list("upstream") {
        let elsewhere = upstream.text().and_then(|name| {
            others.iter().find(|(_, names)| names.contains(name)).map(|(list, _)| *list)
        });
        if let Some(list) = elsewhere {
            report.error(
                "osv REC:003",
                format!("/upstream/{place}"),
                format!("this is among the {list} too"),
                "Each other record is one of the three.",
            );
        }
    }
}

fn dates(record: &Json<'_>, report: &mut Report) {
    let moment = |name: &str| record.text_of(name)?.parse::<jiff::Timestamp>().ok();
    if let (Some(modified), Some(published)) = (moment("modified"), moment("published"))
        && modified < published
    {
        report.warning(
            "osv modified",
            "/modified",
            "the record was modified before it was published",
            "`modified` moves with each edit, and with the publication.",
        );
    }
}
