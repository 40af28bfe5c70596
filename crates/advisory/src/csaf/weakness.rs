//! Whether a weakness is one, by the catalogue that a document goes by, and in 2.1 whether it should
//! stand there.

use super::CsafVersion;
use super::dates::moment;
use crate::check::Report;
use crate::check::json::Json;
use crate::cwe::{self, Catalogue, Entry, Kind, Status, Usage};
use crate::id::CweId;

const RULE: &str = "csaf 6.1.11";

/// The catalogue in force at the document's last release, which CSAF 2.0 goes by since it names none,
/// or at the last revision, which 2.1 asks for. A document older than all catalogues, or without a
/// date, goes by the newest.
pub(super) fn catalogue(document: &Json<'_>, version: CsafVersion) -> Catalogue {
    let tracking = document.get("document").and_then(|head| head.get("tracking"));
    let date = tracking.and_then(|tracking| match version {
        CsafVersion::V2_0 => moment(tracking.text_of("current_release_date")?),
        CsafVersion::V2_1 => {
            let history = tracking.list("revision_history");
            history.filter_map(|(_, revision)| moment(revision.text_of("date")?)).max()
        }
    });
    date.map_or_else(Catalogue::newest, in_force)
}

pub(super) fn in_force(at: jiff::Timestamp) -> Catalogue {
    let day = jiff::tz::TimeZone::UTC.to_datetime(at).date();
    Catalogue::in_force(day).unwrap_or_else(Catalogue::newest)
}

/// Looks at the weaknesses of a vulnerability; `in_force` is the catalogue that the document's date
/// asks for.
pub(super) fn look(
    vulnerability: &Json<'_>,
    path: &str,
    in_force: Catalogue,
    version: CsafVersion,
    report: &mut Report,
) {
    if version == CsafVersion::V2_0 {
        if let Some(weakness) = vulnerability.get("cwe") {
            one(weakness, &format!("{path}/cwe"), in_force, report);
        }
        return;
    }
    for (place, weakness) in vulnerability.list("cwes") {
        let path = format!("{path}/cwes/{place}");
        let Some(named) = weakness.text_of("version") else { continue };
        let Some(catalogue) = Catalogue::named(named) else {
            report.error(
                RULE,
                format!("{path}/version"),
                format!("there is no CWE {named}"),
                "Look the versions up in MITRE's archive.",
            );
            continue;
        };
        if catalogue != in_force {
            report.warning(
                "csaf 6.2.24",
                format!("{path}/version"),
                format!("at the last revision, CWE {} was in force", in_force.version()),
                "Go by the catalogue of the day.",
            );
        }
        if let Some(entry) = one(weakness, &path, catalogue, report) {
            chosen(&entry, &path, report);
        }
    }
}

/// Whether a weakness should stand for a vulnerability.
fn chosen(entry: &Entry, path: &str, report: &mut Report) {
    let Entry { id, .. } = entry;
    if entry.status == Status::Deprecated {
        let message = format!("{id} is deprecated");
        report.warning("csaf 6.2.23", path, message, "Choose what took its place.");
    }
    let (rule, message) = match entry.usage {
        Some(Usage::Discouraged | Usage::Prohibited) => {
            ("csaf 6.2.25", format!("MITRE would not have {id} chosen for a vulnerability"))
        }
        Some(Usage::AllowedWithReview) => {
            ("csaf 6.2.26", format!("MITRE would have {id} chosen after a review alone"))
        }
        _ => return,
    };
    report.warning(rule, path, message, "Look for a more specific one below it.");
}

/// Looks at an object with the id and the name of a weakness; returns it if there is such a one.
fn one(
    weakness: &Json<'_>,
    path: &str,
    catalogue: Catalogue,
    report: &mut Report,
) -> Option<Entry> {
    let id = weakness.text_of("id")?;
    let at = format!("{path}/id");
    let Ok(id) = id.parse::<CweId>() else {
        report.error(RULE, at, "this is no id of a weakness", "One looks like CWE-79.");
        return None;
    };
    let Some(entry) = catalogue.find(id) else {
        report.error(
            RULE,
            at,
            unknown(id, catalogue),
            "Choose a weakness that the catalogue has at the document's last release.",
        );
        return None;
    };
    if weakness.text_of("name").is_some_and(|name| name.trim() != entry.name) {
        let version = catalogue.version();
        report.error(
            RULE,
            format!("{path}/name"),
            format!("{id} has another name in CWE {version}: {}", entry.name),
            "Give the name letter for letter.",
        );
    }
    Some(entry)
}

fn unknown(id: CweId, catalogue: Catalogue) -> String {
    let version = catalogue.version();
    match cwe::find(id).map(|entry| entry.kind) {
        Some(Kind::Category) => format!("{id} is a category, not a weakness"),
        Some(Kind::View) => format!("{id} is a view, not a weakness"),
        _ => format!("CWE {version} has no {id}"),
    }
}
