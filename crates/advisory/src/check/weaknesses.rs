//! Ids of weaknesses where a format takes any: whether there is such a one, and whether MITRE would
//! have chosen it.

use super::Report;
use crate::cwe;
use crate::id::CweId;

/// How a format's rules are called.
pub(crate) struct Rules {
    /// Of an id that nobody knows.
    pub(crate) unknown: &'static str,
    /// Of one that should not be chosen.
    pub(crate) usage: &'static str,
}

/// Warns about an id. What does not look like one is for the caller's own rules.
pub(crate) fn look(text: &str, rules: &Rules, path: &str, report: &mut Report) {
    let Ok(id) = text.parse::<CweId>() else { return };
    let Some(entry) = cwe::find(id) else {
        let newest = cwe::Catalogue::newest().version();
        report.warning(
            rules.unknown,
            path,
            format!("CWE {newest} has no {id}"),
            "Look for a typing error; the search on cwe.mitre.org finds weaknesses by words.",
        );
        return;
    };
    if let Some(objection) = entry.objection() {
        report.warning(
            rules.usage,
            path,
            objection,
            "Choose the weakness that says what went wrong in the code.",
        );
    }
}
