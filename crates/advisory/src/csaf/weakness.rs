//! Whether a weakness is one, by the catalogue that a document goes by (6.1.11).

use crate::check::Report;
use crate::check::json::Json;
use crate::cwe::{self, Catalogue, Kind};
use crate::id::CweId;

const RULE: &str = "csaf 6.1.11";

/// The catalogue in force at the document's last release: CSAF 2.0 names none. A document older than
/// all catalogues, or without a date, goes by the newest.
pub(super) fn catalogue(document: &Json<'_>) -> Catalogue {
    let date = document
        .get("document")
        .and_then(|head| head.get("tracking")?.text_of("current_release_date"))
        .and_then(|date| date.parse().ok());
    date.map_or_else(Catalogue::newest, in_force)
}

pub(super) fn in_force(at: jiff::Timestamp) -> Catalogue {
    let day = jiff::tz::TimeZone::UTC.to_datetime(at).date();
    Catalogue::in_force(day).unwrap_or_else(Catalogue::newest)
}

/// Looks at an object with the id and the name of a weakness.
pub(super) fn look(weakness: &Json<'_>, path: &str, catalogue: Catalogue, report: &mut Report) {
    let Some(id) = weakness.text_of("id") else { return };
    let at = format!("{path}/id");
    let Ok(id) = id.parse::<CweId>() else {
        report.error(RULE, at, "this is no id of a weakness", "One looks like CWE-79.");
        return;
    };
    let Some(entry) = catalogue.find(id) else {
        report.error(
            RULE,
            at,
            unknown(id, catalogue),
            "Choose a weakness that the catalogue has at the document's last release.",
        );
        return;
    };
    if weakness.text_of("name").is_some_and(|name| name != entry.name) {
        let version = catalogue.version();
        report.error(
            RULE,
            format!("{path}/name"),
            format!("{id} has another name in CWE {version}: {}", entry.name),
            "Give the name letter for letter.",
        );
    }
}

fn unknown(id: CweId, catalogue: Catalogue) -> String {
    let version = catalogue.version();
    match cwe::find(id).map(|entry| entry.kind) {
        Some(Kind::Category) => format!("{id} is a category, not a weakness"),
        Some(Kind::View) => format!("{id} is a view, not a weakness"),
        _ => format!("CWE {version} has no {id}"),
    }
}
