//! OpenVEX 0.2.0 documents: checking them, and writing them from an advisory.

mod read;
mod shape;
mod write;

pub use read::read;
pub use write::{Author, OpenVexError, write};

use crate::check::json::Json;
use crate::check::{self, Report};
use crate::purl::Purl;

/// The version of the format that is written.
pub const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

const SCHEMA: &str = "openvex schema";

/// Checks a document: its schema, and what the specification says in words.
#[must_use]
pub fn check(text: &str) -> Report {
    check::document("openvex", text, |document, report| {
        check::shape::look(document, &shape::DOCUMENT, SCHEMA, report);
        let context = document.text_of("@context");
        if context.is_some_and(|context| !context.starts_with("https://openvex.dev/ns")) {
            report.error(
                "openvex context",
                "/@context",
                "this is not the context of OpenVEX",
                "Write https://openvex.dev/ns/v0.2.0.",
            );
        }
        for (place, statement) in document.list("statements") {
            rules(statement, &format!("/statements/{place}"), report);
        }
    })
}

fn rules(statement: &Json<'_>, path: &str, report: &mut Report) {
    let has = |name: &str| statement.get(name).is_some();
    match statement.text_of("status") {
        Some("not_affected") if !has("justification") && !has("impact_statement") => report.error(
            SCHEMA,
            path,
            "not_affected stands without a reason",
            "Give a justification, which programs can read.",
        ),
        Some("affected") if !has("action_statement") => report.error(
            SCHEMA,
            path,
            "affected stands without an action_statement",
            "Say what to do: upgrade, work around, or that there is nothing yet.",
        ),
        _ => {}
    }
    if statement.text_of("status") != Some("not_affected") && has("justification") {
        report.warning(
            "openvex justification",
            format!("{path}/justification"),
            "a justification belongs to not_affected alone",
            "Take it out, or change the status.",
        );
    }
    if statement.list("products").next().is_none() {
        report.warning(
            "openvex products",
            path,
            "the statement names no product",
            "A statement without products says nothing unless another document holds it.",
        );
    }
    for (place, product) in statement.list("products") {
        let path = format!("{path}/products/{place}");
        identified(product, &path, report);
        for (place, part) in product.list("subcomponents") {
            identified(part, &format!("{path}/subcomponents/{place}"), report);
        }
    }
}

fn identified(component: &Json<'_>, path: &str, report: &mut Report) {
    let Json::Object(members) = component else { return };
    if !members.iter().any(|(name, _)| name == "@id" || name == "identifiers") {
        report.error(
            SCHEMA,
            path,
            "nothing identifies the product",
            "Give an @id; a package URL is one.",
        );
    }
    let purls = [
        ("@id", component.text_of("@id").filter(|id| id.starts_with("pkg:"))),
        ("identifiers/purl", component.get("identifiers").and_then(|ids| ids.text_of("purl"))),
    ];
    for (member, purl) in purls {
        if let Some(Err(why)) = purl.map(str::parse::<Purl>) {
            report.error(
                "openvex purl",
                format!("{path}/{member}"),
                format!("this is no package URL: {why}"),
                "One looks like pkg:npm/%40scope/name@1.2.3.",
            );
        }
    }
}
