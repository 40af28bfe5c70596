//! security.txt (RFC 9116), with the field that leads to the provider's metadata.

use jiff::{SignedDuration, Timestamp, Unit};

use super::{ProviderError, csaf};
use crate::imprint::Imprint;

/// How long it holds. RFC 9116 recommends less than a year; whoever writes the tree with every
/// advisory, and twice a year beside that, never serves one that has run out.
const HOLDS: SignedDuration = SignedDuration::from_hours(24 * 270);

pub(super) fn write(imprint: &Imprint, now: Timestamp) -> Result<String, ProviderError> {
    let end = now.checked_add(HOLDS).and_then(|at| at.round(Unit::Second));
    let end = end.map_err(|_| ProviderError::Time)?;
    let origin = imprint.base.origin();
    let policy = imprint.policy.iter().map(|policy| format!("Policy: {policy}\n"));
    Ok(format!(
        "Contact: {}\nExpires: {end}\nPreferred-Languages: en\n\
         Canonical: {origin}/.well-known/security.txt\n{}CSAF: {}\n",
        imprint.contact,
        policy.collect::<String>(),
        csaf::metadata_url(imprint),
    ))
}
