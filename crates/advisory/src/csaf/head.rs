//! The document itself: where it stands, who may read it, and in which order it is written.

use std::borrow::Cow;

use super::file_name;
use crate::check::json::Json;
use crate::check::{Report, step};

pub(super) fn look(document: &Json<'_>, head: &Json<'_>, report: &mut Report) {
    let tlp = head.get("distribution").and_then(|distribution| distribution.get("tlp"));
    if tlp.is_none_or(|tlp| tlp.get("label").is_none()) {
        report.warning(
            "csaf 6.2.10",
            "/document",
            "no TLP label says who may read this",
            "Give distribution/tlp/label; WHITE is for everybody.",
        );
    }
    canonical(head, report);
    if let Some(path) = unsorted(document, &mut String::new()) {
        report.warning(
            "csaf 6.2.13",
            path,
            "the members are not in alphabetical order",
            "Sorted members let two documents be compared line by line.",
        );
    }
}

fn canonical(head: &Json<'_>, report: &mut Report) {
    let id = head.get("tracking").and_then(|tracking| tracking.text_of("id"));
    let Some(id) = id else { return };
    let end = format!("/{}", file_name(id));
    let canonical = |reference: &Json<'_>| {
        reference.text_of("category") == Some("self")
            && reference
                .text_of("url")
                .is_some_and(|url| url.starts_with("https://") && url.ends_with(&end))
    };
    if !head.list("references").any(|(_, reference)| canonical(reference)) {
        report.warning(
            "csaf 6.2.11",
            "/document",
            format!("no reference to itself ends in {end}"),
            "Give the https address under which the document is kept, with the category self.",
        );
    }
}

/// The first place with members out of order.
fn unsorted(value: &Json<'_>, path: &mut String) -> Option<String> {
    let length = path.len();
    let mut inside = |name: &str, value: &Json<'_>| {
        step(path, name);
        let found = unsorted(value, path);
        path.truncate(length);
        found
    };
    match value {
        Json::Object(members) => {
            if !members.is_sorted_by(|(one, _), (other, _)| one <= other) {
                return Some(path.clone());
            }
            members.iter().find_map(|(name, value)| inside(Cow::as_ref(name), value))
        }
        Json::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(place, item)| inside(&place.to_string(), item))
        }
        _ => None,
    }
}
