//! CSAF documents of the versions 2.0 and 2.1: checking them, and writing a `csaf_security_advisory`
//! from an advisory.
//!
//! Rules carry the numbers of the specification's tests: 6.1 are errors, 6.2 warnings, 6.3 for
//! information. 2.1 is held against Committee Specification Draft 03.
//!
//! Which addresses answer (6.3.6, 6.3.7) and which words are known (6.3.8) is asked of whoever the caller
//! names ([`Outside`]), else these rules are reported as not judged.
//!
//! Thin: of languages (6.1.12), two-letter codes of languages and regions are looked up, longer codes
//! are not. The test that needs a grammar (6.3.16) is not here.

mod addresses;
mod branches;
mod catalogue;
mod counterpart;
mod dates;
mod extensions;
mod forms;
mod head;
mod helpers;
mod language;
mod license;
mod measures;
mod metrics;
mod naming;
mod outside;
mod overlap;
mod places;
mod profile;
mod range;
mod read;
mod read_products;
mod read_vulnerability;
mod relationships;
mod remedies;
mod scores;
mod shape;
mod sharing;
mod spelling;
mod ssvc;
mod ssvc_points;
mod statement;
mod tracking;
mod tree;
mod vulnerability;
mod weakness;
mod words;
mod write;

pub use outside::{Answer, Answers, AnswersError, Outside, Reach, Spelling, SpellingError};
pub use read::read;
pub use write::{CsafError, Publisher, Revision, Status, Tracking, write, write_as};
pub(crate) use write::{label, put};

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::check::json::Json;
use crate::check::shape::{Extra, look_within};
use crate::check::{self, Report};
use tree::Products;

/// A version of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CsafVersion {
    /// The one that is in use.
    #[default]
    V2_0,
    /// The one to come, as of Committee Specification Draft 03.
    V2_1,
}

impl CsafVersion {
    /// As documents say it, `2.0` for example.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }

    /// The address of its schema.
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Self::V2_0 => "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
            Self::V2_1 => shape::SCHEMA_ADDRESS,
        }
    }

    /// The name of the format, as reports have it.
    fn format(self) -> &'static str {
        match self {
            Self::V2_0 => "csaf-2.0",
            Self::V2_1 => "csaf-2.1",
        }
    }

    /// The member of a vulnerability that holds its scores.
    fn scores(self) -> &'static str {
        match self {
            Self::V2_0 => "scores",
            Self::V2_1 => "metrics",
        }
    }

    /// The member of a vulnerability that says when the public learnt of it.
    fn disclosure(self) -> &'static str {
        match self {
            Self::V2_0 => "release_date",
            Self::V2_1 => "disclosure_date",
        }
    }

    /// The member of a vulnerability that holds its weaknesses.
    fn weaknesses(self) -> &'static str {
        match self {
            Self::V2_0 => "cwe",
            Self::V2_1 => "cwes",
        }
    }

    /// The member of the product tree that joins products.
    fn joints(self) -> &'static str {
        match self {
            Self::V2_0 => "relationships",
            Self::V2_1 => "product_paths",
        }
    }
}

const SCHEMA: &str = "csaf schema";

/// Checks a document: its schema, then the specification's mandatory, optional and informative
/// tests. What says that it is 2.1 is held against 2.1, and anything else against 2.0.
///
/// One test asks whether a disclosure has passed (6.2.33 of 2.1): [`check_at`] has it.
#[must_use]
pub fn check(text: &str) -> Report {
    checked(text, None, Outside::default())
}

/// Checks a document as of a moment, with the answers of whoever may be asked.
#[must_use]
pub fn check_at(text: &str, now: Timestamp, outside: Outside<'_>) -> Report {
    checked(text, Some(now), outside)
}

fn checked(text: &str, now: Option<Timestamp>, outside: Outside<'_>) -> Report {
    check::document("csaf", text, |document, report| {
        let head = document.get("document");
        let version = match head.and_then(|head| head.text_of("csaf_version")) {
            Some("2.1") => CsafVersion::V2_1,
            _ => CsafVersion::V2_0,
        };
        report.format = version.format();
        let extra = match version {
            CsafVersion::V2_0 => Extra::Warned("csaf 6.2.20"),
            CsafVersion::V2_1 => Extra::Refused,
        };
        look_within(document, shape::document(version), SCHEMA, extra, "", report);
        let Some(head) = head else { return };
        let products = Products::of(document, version);
        head::look(document, head, version, report);
        language::look(head, report);
        tracking::look(head, version, report);
        products.look(document, report);
        let weaknesses = weakness::catalogue(document, version);
        for (place, vulnerability) in document.list("vulnerabilities") {
            let path = format!("/vulnerabilities/{place}");
            vulnerability::look(vulnerability, &path, &products, version, report);
            weakness::look(vulnerability, &path, weaknesses, version, report);
            scores::look(vulnerability, &path, version, report);
        }
        vulnerability::numbered_once(document, report);
        profile::look(document, head, &products, version, report);
        if version == CsafVersion::V2_1 {
            later(document, head, &products, now, report);
        }
        addresses::look(document, outside.reach, report);
        spelling::look(document, head, outside.spelling, report);
    })
}

/// What 2.1 asks beyond 2.0.
fn later(
    document: &Json<'_>,
    head: &Json<'_>,
    products: &Products<'_>,
    now: Option<Timestamp>,
    report: &mut Report,
) {
    sharing::look(head, report);
    license::look(head, report);
    words::look(head, report);
    dates::look(document, head, now, report);
    let addresses = head::addresses(head);
    for (place, vulnerability) in document.list("vulnerabilities") {
        let path = format!("/vulnerabilities/{place}");
        remedies::look(vulnerability, &path, products, report);
        metrics::look(vulnerability, &path, &addresses, report);
    }
    ssvc::look(document, head, report);
    helpers::between(products, report);
    overlap::look(document, products, report);
    if head.text_of("category") == Some(profile::ADVISORY) {
        counterpart::look(document, products, report);
    }
    extensions::look(document, head, products, report);
    if head.get("lang").is_some() {
        report.not_judged("csaf 6.3.16", "", "there is no grammar here".to_owned());
    }
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
