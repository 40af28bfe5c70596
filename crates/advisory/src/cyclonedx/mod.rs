//! CycloneDX 1.7: checking documents, whole bills of materials among them, reading what they say of
//! vulnerabilities, and writing a VEX document from an advisory.
//!
//! The shapes refuse what the official schema refuses. Of the three schemas that it refers to, ids of
//! licences and the form of signatures are held against, the first as the crate `spdx` has them.
//!
//! Thin: names of algorithm families and of elliptic curves are taken as they come, since their lists
//! belong to a schema of their own. Whether a weakness exists is not looked up, nor is what another BOM
//! holds. Earlier versions of the format are refused by name.

mod read;
mod read_components;
mod read_vulnerability;
mod rules;
mod shape;
mod statement;
mod write;

pub use read::read;
pub use write::{CycloneDxError, Edition, serial_number, write};

use crate::check::{self, Report};

/// The version of the format that is checked and written.
pub const SPEC_VERSION: &str = "1.7";

/// The rule of the finding about a document in another version than is checked.
pub const OTHER_VERSION: &str = "cyclonedx version";

const SCHEMA: &str = "cyclonedx schema";

/// Checks a document: its schema, and what the specification says in words.
#[must_use]
pub fn check(text: &str) -> Report {
    check::document("cyclonedx", text, |document, report| {
        if let Some(version) = document.text_of("specVersion")
            && version != SPEC_VERSION
        {
            report.error(
                OTHER_VERSION,
                "/specVersion",
                "only CycloneDX 1.7 is checked",
                "Give the document in version 1.7.",
            );
        }
        check::shape::look(document, &shape::BOM, SCHEMA, report);
        rules::look(document, report);
    })
}
