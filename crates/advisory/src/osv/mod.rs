//! OSV records (schema 1.7): checking them, and writing them from an advisory.

mod read;
mod rules;
mod shape;
mod write;

pub use read::read;
pub use write::{OsvError, Publication, write};

use crate::check::{self, Report};

/// The version of the schema that is written, and whose tables these are.
pub const SCHEMA_VERSION: &str = "1.7.5";

/// Checks a record: the schema (`osv schema`), OSV's linter as far as it looks at the record alone
/// (`osv REC:…`, `osv RNG:…`), and what the specification says beyond both (`osv …` in words).
///
/// Whether packages and their versions exist is not looked up.
#[must_use]
pub fn check(text: &str) -> Report {
    check::document("osv", text, |document, report| {
        check::shape::look(document, &shape::RECORD, "osv schema", report);
        rules::look(document, report);
    })
}
