//! CVE Records: checking them, and writing the container that a CNA publishes.
//!
//! Thin: the containers of others (`adp`) are not checked, which a finding says; of the CNA rules
//! only those are here that can be told from the record alone.

mod read;
mod read_products;
mod rules;
mod service;
mod shape;
mod write;

pub use read::read;
pub use service::{MOST_SCATTERED, Reservation, reject};
pub use write::{CveError, Provider, write};

use crate::check::json::Json;
use crate::check::{self, Report};

/// The version of the record format whose tables these are.
pub const SCHEMA_VERSION: &str = "5.2.0";

const SCHEMA: &str = "cve schema";

/// Checks a record (published or rejected), or the container of a CNA alone for either, with or
/// without the `cnaContainer` around it that CVE Services takes.
#[must_use]
pub fn check(text: &str) -> Report {
    check::document("cve", text, |document, report| {
        let is_record = document.get("containers").is_some() || document.get("dataType").is_some();
        let (shape, container, path) = if is_record {
            let cna = document.get("containers").and_then(|containers| containers.get("cna"));
            match document.get("cveMetadata").and_then(|metadata| metadata.text_of("state")) {
                Some("REJECTED") => (&shape::REJECTED, None, ""),
                _ => (&shape::PUBLISHED, cna, "/containers/cna"),
            }
        } else if let Some(container) = document.get("cnaContainer") {
            match container.get("rejectedReasons") {
                Some(_) => (&shape::REJECTED_BODY, None, ""),
                None => (&shape::BODY, Some(container), "/cnaContainer"),
            }
        } else if document.get("rejectedReasons").is_some() {
            (&shape::REJECTION, None, "")
        } else {
            (&shape::CONTAINER, Some(document), "")
        };
        check::shape::look(document, shape, SCHEMA, report);
        if document.get("containers").is_some_and(|containers| containers.get("adp").is_some()) {
            let message = "the containers of others are not checked".to_owned();
            report.push_info("cve adp", "/containers/adp", message);
        }
        if let Some(container @ Json::Object(_)) = container {
            rules::look(container, path, report);
        }
    })
}
