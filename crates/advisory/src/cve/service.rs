//! What CVE Services takes beside a record: the request for ids, and the rejection of one.
//!
//! Must not know how it is sent, nor with whose key.

use serde_json::{Map, Value, json};

use super::write::{english, provider_metadata};
use super::{CveError, Provider};
use crate::id::CveId;
use crate::text::paragraph;

/// The most ids that CVE Services reserves at once where they do not follow each other (its constant
/// `NONSEQUENTIAL_MAX_AMOUNT`). Of those that do, the CNA's quota is the only limit.
pub const MOST_SCATTERED: u32 = 10;

/// A request for ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// Whose ids: the short name of the CNA.
    pub short_name: String,
    /// The year in the ids: the one in which the vulnerability becomes public, as far as that is
    /// known.
    pub year: u16,
    /// How many: one or more, and no more than [`MOST_SCATTERED`] that are not sequential.
    pub amount: u32,
    /// Whether they follow each other. Of one alone it says nothing.
    pub sequential: bool,
}

impl Reservation {
    /// The query of `POST /cve-id`, in the order of CVE Services' description; `None` if it asks for
    /// no id or for too many.
    #[must_use]
    pub fn query(&self) -> Option<String> {
        let Self { short_name, year, amount, sequential } = self;
        let batch = match (*amount, sequential) {
            (0, _) => return None,
            (1, _) => "",
            (_, true) => "&batch_type=sequential",
            (2..=MOST_SCATTERED, false) => "&batch_type=nonsequential",
            (_, false) => return None,
        };
        let name: String = short_name.bytes().map(escaped).collect();
        Some(format!("amount={amount}{batch}&cve_year={year}&short_name={name}"))
    }
}

fn escaped(byte: u8) -> String {
    let letter = char::from(byte);
    if letter.is_ascii_alphanumeric() || "-._~".contains(letter) {
        letter.to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// The bytes of `{"cnaContainer": …}` that `PUT /cve/{id}/reject` takes: the id must not be used, and
/// why, and which others stand for it.
///
/// # Errors
/// Without a reason, or with one that is too long.
pub fn reject(
    reason: &str,
    replaced_by: &[CveId],
    provider: &Provider,
) -> Result<Vec<u8>, CveError> {
    let reason = paragraph(Some(reason)).ok_or(CveError::NoReason)?;
    let mut container = Map::new();
    container.insert("providerMetadata".to_owned(), provider_metadata(provider));
    let reasons = english("reason", Some(reason.to_owned()))?;
    container.insert("rejectedReasons".to_owned(), reasons);
    let mut others: Vec<String> = replaced_by.iter().map(ToString::to_string).collect();
    others.sort();
    others.dedup();
    if !others.is_empty() {
        container.insert("replacedBy".to_owned(), json!(others));
    }
    super::write::body(&Value::Object(container))
}
