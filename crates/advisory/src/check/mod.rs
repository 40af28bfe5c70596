//! Checking documents of the formats that the world reads.
//!
//! Each format's own module has its tables and rules; here is what they share. A document may be
//! any bytes: the answer is a [`Report`] and never a panic. Must not mend anything.

mod finding;
pub(crate) mod forms;
pub(crate) mod json;
pub(crate) mod shape;
pub(crate) mod weaknesses;

pub use finding::{Finding, NotJudged, Report, Weight};

use json::Json;

/// Lengthens a JSON pointer by a member's name or an item's number.
pub(crate) fn step(pointer: &mut String, name: &str) {
    pointer.push('/');
    for c in name.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// Reads the JSON, and lets the rules look at it.
pub(crate) fn document(
    format: &'static str,
    text: &str,
    rules: impl FnOnce(&Json<'_>, &mut Report),
) -> Report {
    let mut report = Report::new(format);
    match Json::parse(text) {
        Ok(document) => rules(&document, &mut report),
        Err(error) => {
            report.error("json", "", error.to_string(), "A document is one JSON value.");
        }
    }
    report
}
