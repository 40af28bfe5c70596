//! The formats of documents, and how one is known by looking.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde::de::IgnoredAny;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// GitHub repository advisory: the body of a request, or an answer
    Ghsa,
    /// CVE record, or a CNA's container alone
    Cve,
    /// OSV record
    Osv,
    /// CSAF document, in 2.0 or 2.1
    Csaf,
    /// `OpenVEX` document
    Openvex,
    /// `CycloneDX` 1.7 document, a VEX or any bill of materials
    Cyclonedx,
    /// CVSS vectors, one a line
    Cvss,
    /// Playbook
    Playbook,
}

/// The format of a text, by its first words or its telling keys.
pub(super) fn look(text: &str) -> Option<Format> {
    if text.trim_start().starts_with("CVSS:") {
        return Some(Format::Cvss);
    }
    if text.lines().any(|line| line.trim_end() == "steps:") {
        return Some(Format::Playbook);
    }
    // Only the names: how much the values may hold, the format's own check decides.
    #[expect(clippy::zero_sized_map_values, reason = "serde reads a map; the values are skipped")]
    let names: BTreeMap<String, IgnoredAny> = serde_json::from_str(text).ok()?;
    let has = |key: &str| names.contains_key(key);
    match () {
        () if has("dataType") && has("cveMetadata") => Some(Format::Cve),
        () if has("cnaContainer") || has("providerMetadata") => Some(Format::Cve),
        () if has("bomFormat") => Some(Format::Cyclonedx),
        () if has("document") => Some(Format::Csaf),
        () if has("@context") && has("statements") => Some(Format::Openvex),
        () if has("ghsa_id") || has("vulnerabilities") && has("summary") => Some(Format::Ghsa),
        () if has("id") && has("modified") => Some(Format::Osv),
        () => None,
    }
}
