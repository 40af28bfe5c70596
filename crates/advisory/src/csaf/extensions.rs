//! Extensions of a 2.1 document, wherever they stand.
//!
//! The technical committee lists official and registered extensions; so far there is none of either,
//! and what is not listed counts as an experiment. The committee's own examples are known here, with
//! what they may hold and where; of any other, only the common form is checked.

use std::collections::BTreeMap;

use super::tree::{Place, Products};
use super::{shape, sharing};
use crate::check::Report;
use crate::check::json::Json;
use crate::check::shape::{Extra, Shape, look_within};

/// Where extensions may stand, with the rule that tells of one there.
const SPOTS: [(&str, &str); 7] = [
    ("csaf 6.3.21.3", "of the document"),
    ("csaf 6.3.21.4", "of a branch's product"),
    ("csaf 6.3.21.5", "of a product's full name"),
    ("csaf 6.3.21.6", "of a product path"),
    ("csaf 6.3.21.7", "of a metric"),
    ("csaf 6.3.21.8", "of a vulnerability"),
    ("csaf 6.3.21.9", "at the root"),
];

/// An extension whose own schema and terms are known.
struct Known {
    schema: &'static str,
    content: &'static Shape,
    /// How often it may stand in each of the [`SPOTS`].
    most: [usize; 7],
    incompatible: &'static [&'static str],
}

const DOCUMENTATION_11: &str = "https://raw.githubusercontent.com/oasis-tcs/csaf/refs/heads/master/\
    csaf_2.1/extension/data/valid/documentation-11/documentation-11-content_1.0.0.json";
const DOCUMENTATION_12: &str = "https://raw.githubusercontent.com/oasis-tcs/csaf/refs/heads/master/\
    csaf_2.1/extension/data/valid/documentation-12/documentation-12-content_1.0.0.json";

static KNOWN: [Known; 2] = [
    Known {
        schema: DOCUMENTATION_11,
        content: &shape::extension::DOCUMENTED,
        most: [1; 7],
        incompatible: &[DOCUMENTATION_12],
    },
    Known {
        schema: DOCUMENTATION_12,
        content: &shape::extension::ANNOTATED,
        most: [4096, 4096, 10, 2, 0, 4096, 4096],
        incompatible: &[DOCUMENTATION_11],
    },
];

/// The extensions in one place.
struct Found<'j> {
    list: &'j Json<'j>,
    path: String,
    spot: usize,
}

pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    products: &Products<'_>,
    report: &mut Report,
) {
    let found = all(document, head, products);
    let category = head.text_of("category").unwrap_or_default();
    let over = matches!(category, "csaf_superseded" | "csaf_withdrawn");
    let clear = sharing::is_clear(head);
    for Found { list, path, spot } in &found {
        if let Some((rule, what)) = SPOTS.get(*spot) {
            report.push_info(rule, path, format!("there is an extension {what}"));
        }
        if over && matches!(spot, 0 | 6) {
            report.warning(
                "csaf 6.2.39.5",
                path.as_str(),
                "a document that is no longer in force has an extension",
                "Leave it out.",
            );
        }
        for (place, extension) in list.items().iter().enumerate() {
            one(extension, &format!("{path}/{place}"), clear, report);
        }
        together(list, path, *spot, report);
    }
}

fn all<'j>(document: &'j Json<'j>, head: &'j Json<'j>, products: &Products<'j>) -> Vec<Found<'j>> {
    let mut found = Vec::new();
    let mut take = |holder: &'j Json<'j>, path: &dyn Fn() -> String, spot| {
        if let Some(list) = holder.get("x_extensions") {
            found.push(Found { list, path: format!("{}/x_extensions", path()), spot });
        }
    };
    take(head, &|| "/document".to_owned(), 0);
    for product in &products.defined {
        let spot = match product.place {
            Place::Branch(_) => 1,
            Place::Name(_) => 2,
            Place::Joint(_) => 3,
        };
        take(product.product, &|| products.path(product.place), spot);
    }
    for (number, vulnerability) in document.list("vulnerabilities") {
        for (place, metric) in vulnerability.list("metrics") {
            let path = || format!("/vulnerabilities/{number}/metrics/{place}/content");
            if let Some(content) = metric.get("content") {
                take(content, &path, 4);
            }
        }
        take(vulnerability, &|| format!("/vulnerabilities/{number}"), 5);
    }
    take(document, &String::new, 6);
    found
}

fn one(extension: &Json<'_>, path: &str, clear: bool, report: &mut Report) {
    look_within(
        extension,
        &shape::extension::EXTENSION,
        "csaf 6.1.60.1",
        Extra::Refused,
        path,
        report,
    );
    let schema = extension.text_of("$schema").unwrap_or_default();
    let known = KNOWN.iter().find(|known| known.schema == schema);
    match (known, extension.get("content")) {
        (Some(known), Some(content)) => look_within(
            content,
            known.content,
            "csaf 6.1.60.2",
            Extra::Refused,
            &format!("{path}/content"),
            report,
        ),
        (Some(_), None) => {}
        (None, _) => report.warning(
            "csaf 6.1.60.2",
            path,
            format!(
                "the experimental extension {schema} is not known here, nor its content checked"
            ),
            "",
        ),
    }
    for (rule, what) in [("csaf 6.2.54.1", "registered"), ("csaf 6.2.54.2", "official")] {
        let hint = "Readers may not understand it.";
        report.warning(rule, path, format!("this is no {what} extension"), hint);
    }
    if matches!(extension.get("critical"), Some(Json::Bool(true))) {
        report.warning(
            "csaf 6.2.54.3",
            format!("{path}/critical"),
            "without this extension the document is misunderstood",
            "Say what matters in members that every reader knows.",
        );
    }
    let message = "the extension is an experiment";
    if clear {
        let hint = "Leave experiments out of documents for everybody.";
        report.warning("csaf 6.2.54.4", path, message, hint);
    } else {
        report.push_info("csaf 6.3.21.2", path, message.to_owned());
    }
    if extension.text_of("category") == Some("essential") {
        let message = "the extension is essential to the document".to_owned();
        report.push_info("csaf 6.3.21.1", &format!("{path}/category"), message);
    }
}

/// What the terms of known extensions say of one place.
fn together(list: &Json<'_>, path: &str, spot: usize, report: &mut Report) {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for extension in list.items() {
        *count.entry(extension.text_of("$schema").unwrap_or_default()).or_default() += 1;
    }
    for known in KNOWN.iter().filter(|known| count.contains_key(known.schema)) {
        let most = known.most.get(spot).copied().unwrap_or_default();
        let often = count.get(known.schema).is_some_and(|times| *times > most);
        if often || known.incompatible.iter().any(|other| count.contains_key(other)) {
            let why = if often { "too often here" } else { "beside one that it excludes" };
            report.error(
                "csaf 6.1.60.3",
                path,
                format!("the extension {} stands {why}", known.schema),
                "Keep to the terms of the extension.",
            );
        }
    }
}
