//! The document itself: where it stands, who may read it, and in which order it is written.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{CsafVersion, file_name};
use crate::check::json::Json;
use crate::check::{Report, step};

pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    version: CsafVersion,
    report: &mut Report,
) {
    let tlp = head.get("distribution").and_then(|distribution| distribution.get("tlp"));
    // 2.1 has it in the schema.
    if version == CsafVersion::V2_0 && tlp.is_none_or(|tlp| tlp.get("label").is_none()) {
        report.warning(
            "csaf 6.2.10",
            "/document",
            "no TLP label says who may read this",
            "Give distribution/tlp/label; WHITE is for everybody.",
        );
    }
    if let (Some(title), Some(id)) = (head.text_of("title"), tracking_id(head))
        && version == CsafVersion::V2_1
        && title.contains(id)
    {
        report.warning(
            "csaf 6.2.22",
            "/document/title",
            "the title repeats the document's id",
            "Take the id out: readers show it beside the title.",
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

fn tracking_id<'j>(head: &'j Json<'_>) -> Option<&'j str> {
    head.get("tracking").and_then(|tracking| tracking.text_of("id"))
}

/// The addresses under which the document itself is kept.
pub(super) fn addresses<'j>(head: &'j Json<'_>) -> BTreeSet<&'j str> {
    let Some(id) = tracking_id(head) else { return BTreeSet::new() };
    let end = format!("/{}", file_name(id));
    let own = head.list("references").filter(|(_, one)| one.text_of("category") == Some("self"));
    own.filter_map(|(_, one)| one.text_of("url"))
        .filter(|url| url.starts_with("https://") && url.ends_with(&end))
        .collect()
}

fn canonical(head: &Json<'_>, report: &mut Report) {
    let Some(id) = tracking_id(head) else { return };
    if addresses(head).is_empty() {
        report.warning(
            "csaf 6.2.11",
            "/document",
            format!("no reference to itself ends in /{}", file_name(id)),
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
