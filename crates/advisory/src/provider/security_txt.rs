//! security.txt (RFC 9116), with the fields that lead to the provider's metadata, and signed where
//! documents are.

use jiff::{SignedDuration, Timestamp, Unit};

use super::{Provider, ProviderError, Signer, csaf};

pub(super) const PATH: &str = ".well-known/security.txt";

/// How long it holds. RFC 9116 recommends less than a year; whoever writes the tree with every
/// advisory, and twice a year beside that, never serves one that has run out.
const HOLDS: SignedDuration = SignedDuration::from_hours(24 * 270);

pub(super) fn write(
    provider: &Provider,
    now: Timestamp,
    signer: Option<&dyn Signer>,
) -> Result<String, ProviderError> {
    let imprint = &provider.imprint;
    let end = now.checked_add(HOLDS).and_then(|at| at.round(Unit::Second));
    let end = end.map_err(|_| ProviderError::Time)?;
    let mut text = format!(
        "Contact: {}\nExpires: {end}\nPreferred-Languages: en\nCanonical: {}/{PATH}\n",
        imprint.contact,
        imprint.base.origin(),
    );
    let policy = imprint.policy.iter().map(|policy| format!("Policy: {policy}\n"));
    let metadata = csaf::metadata_urls(provider).into_iter().map(|url| format!("CSAF: {url}\n"));
    text.extend(policy.chain(metadata));
    let Some(signer) = signer else { return Ok(text) };
    let whole = signer.sign_text(&text, now);
    whole.map_err(|why| ProviderError::Signature { path: PATH.to_owned(), why })
}
