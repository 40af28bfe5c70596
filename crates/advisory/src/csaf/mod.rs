//! CSAF 2.0 documents: checking them, and writing a `csaf_security_advisory` from an advisory.
//!
//! Rules carry the numbers of the specification's tests: 6.1 are errors, 6.2 warnings, 6.3 for
//! information.
//!
//! Thin: of languages (6.1.12), two-letter codes of languages and regions are looked up, longer codes are
//! not. The tests that ask the network (6.3.6, 6.3.7) or a dictionary (6.3.8) are not here. CSAF 2.1
//! is refused by name.

mod catalogue;
mod forms;
mod head;
mod helpers;
mod language;
mod profile;
mod relationships;
mod scores;
mod shape;
mod statement;
mod tracking;
mod tree;
mod vulnerability;
mod weakness;
mod write;

pub(crate) use write::put;
pub use write::{CsafError, Publisher, Revision, Status, Tracking, write};

use std::collections::BTreeSet;

use crate::check::json::Json;
use crate::check::{self, Report};
use tree::Products;

/// The version of the format that is checked and written.
pub const CSAF_VERSION: &str = "2.0";

/// The rule of the one finding about a document in a version that is not checked yet.
pub const OTHER_VERSION: &str = "csaf version";

const SCHEMA: &str = "csaf schema";

/// Checks a document: its schema, then the specification's mandatory, optional and informative
/// tests.
#[must_use]
pub fn check(text: &str) -> Report {
    check::document("csaf", text, |document, report| {
        let head = document.get("document");
        if head.and_then(|head| head.text_of("csaf_version")) == Some("2.1") {
            report.error(
                OTHER_VERSION,
                "/document/csaf_version",
                "CSAF 2.1 is not checked yet",
                "Give the document in CSAF 2.0.",
            );
            return;
        }
        check::shape::look_closely(document, &shape::DOCUMENT, SCHEMA, "csaf 6.2.20", report);
        let Some(head) = head else { return };
        let products = Products::of(document);
        head::look(document, head, report);
        language::look(head, report);
        tracking::look(head, report);
        products.look(document, report);
        let weaknesses = weakness::catalogue(document);
        for (place, vulnerability) in document.list("vulnerabilities") {
            let path = format!("/vulnerabilities/{place}");
            vulnerability::look(vulnerability, &path, &products, report);
            if let Some(cwe) = vulnerability.get("cwe") {
                weakness::look(cwe, &format!("{path}/cwe"), weaknesses, report);
            }
            scores::look(vulnerability, &path, report);
        }
        vulnerability::numbered_once(document, report);
        profile::look(document, head, &products, report);
    })
}

/// The name that a document's file has, from its tracking id.
#[must_use]
pub fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len() + 5);
    for c in id.to_lowercase().chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || "+-".contains(c) {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    name.push_str(".json");
    name
}

/// What stands with a text that stood before.
fn repeated<'t, T>(
    items: impl Iterator<Item = (T, &'t str)>,
) -> impl Iterator<Item = (T, &'t str)> {
    let mut seen = BTreeSet::new();
    items.filter(move |(_, text)| !seen.insert(*text))
}

/// The texts in a list, each with its place.
fn texts<'j>(holder: &'j Json<'_>, name: &str) -> impl Iterator<Item = (usize, &'j str)> {
    holder.list(name).filter_map(|(place, item)| Some((place, item.text()?)))
}
