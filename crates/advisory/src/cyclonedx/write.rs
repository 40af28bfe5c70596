//! An advisory as a CycloneDX VEX document.
//!
//! Each package is a component without a version, named by its package URL; which versions of it are
//! meant, each statement says. The same advisory gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{SPEC_VERSION, check, statement};
use crate::affected::{Affected, Ecosystem, Package, Stage};
use crate::audience::{Audience, Shown};
use crate::check::Weight;
use crate::csaf::put;
use crate::digest::Digest;
use crate::document::{Advisory, Reference, ReferenceKind};
use crate::purl;
use crate::versions::StretchError;

/// One edition of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The advisory's tracking id. The document's serial number follows from it.
    pub id: String,
    /// The organisation that says it.
    pub author: String,
    /// Where the advisory is to be read, if it is somewhere.
    pub url: Option<String>,
    /// From 1, one more with each edition.
    pub version: u32,
    /// When this edition was made.
    pub timestamp: Timestamp,
    /// When the vulnerability was first recorded, if that may be said.
    pub created: Option<Timestamp>,
    /// When the first edition was published; `None` before it is.
    pub published: Option<Timestamp>,
    /// Which releases may be named.
    pub stage: Stage,
}

/// Why an advisory cannot be written as a CycloneDX document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CycloneDxError {
    /// Without an id, nobody can tell which vulnerability is meant.
    #[error("the vulnerability has no id yet, and readers know it by that alone")]
    NoName,
    /// There is nothing to state.
    #[error("the advisory says nothing about any line of a package yet")]
    NoStatement,
    /// A range that cannot be said.
    #[error(transparent)]
    Range(#[from] StretchError),
    /// Something in the advisory or beside it that CycloneDX refuses.
    #[error("{path}: {message} ({rule})")]
    Refused {
        /// The rule.
        rule: &'static str,
        /// Where in the document.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The document could not be written as JSON.
    #[error("the document could not be written as JSON")]
    Json,
}

/// The bytes of the document: JSON with two blanks of indent and a newline at the end.
///
/// # Errors
/// Where the advisory lacks what a statement needs, or holds what CycloneDX refuses.
pub fn write(shown: &Shown, edition: &Edition) -> Result<Vec<u8>, CycloneDxError> {
    let advisory = shown.advisory();
    let mut components = Components::new(&advisory.packages);
    let mut vulnerabilities = Vec::new();
    let mut anything = false;
    for vulnerability in &advisory.vulnerabilities {
        let said = statement::of(advisory, vulnerability, edition, &mut components)?;
        anything |= said.iter().any(|entry| entry.contains_key("affects"));
        vulnerabilities.extend(said);
    }
    if !anything {
        return Err(CycloneDxError::NoStatement);
    }
    for (number, vulnerability) in vulnerabilities.iter_mut().enumerate() {
        put(vulnerability, "bom-ref", format!("vulnerability-{}", number + 1).into());
    }
    let mut document = Map::new();
    put(&mut document, "bomFormat", "CycloneDX".into());
    put(&mut document, "components", components.list());
    put(&mut document, "externalReferences", advisory.references.iter().map(link).collect());
    put(&mut document, "metadata", metadata(shown.audience(), edition));
    put(&mut document, "serialNumber", serial_number(&edition.id).into());
    put(&mut document, "specVersion", SPEC_VERSION.into());
    put(&mut document, "version", edition.version.into());
    put(&mut document, "vulnerabilities", vulnerabilities.into());
    let mut document = Value::Object(document);
    document.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&document).map_err(|_| CycloneDxError::Json)?;
    text.push('\n');
    let error = check(&text).findings.into_iter().find(|one| one.severity == Weight::Error);
    match error {
        None => Ok(text.into_bytes()),
        Some(finding) => Err(CycloneDxError::Refused {
            rule: finding.rule,
            path: finding.path,
            message: finding.message,
        }),
    }
}

/// The serial number of the document that a tracking id names: a UUID of RFC 9562's version 8, made
/// of the id's SHA-256, so that each edition has it again.
#[must_use]
pub fn serial_number(id: &str) -> String {
    let digest = Digest::of_parts("cyclonedx serial number", [id.as_bytes()]);
    let mut text = String::from("urn:uuid:");
    for (place, byte) in digest.as_bytes().iter().take(16).enumerate() {
        let byte = match place {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn metadata(audience: Audience, edition: &Edition) -> Value {
    let tlp = match audience {
        Audience::Team => "RED",
        Audience::Reporter | Audience::Distributors => "AMBER",
        Audience::Public => "CLEAR",
    };
    let fermata = json!({ "name": "Fermata", "type": "application" });
    json!({
        "distributionConstraints": { "tlp": tlp },
        "manufacturer": { "name": edition.author },
        "timestamp": edition.timestamp.to_string(),
        "tools": { "components": [fermata] },
    })
}

/// Links stand at the document: at a vulnerability there is room for other ids and advisories only.
fn link(reference: &Reference) -> Value {
    let kind = match reference.kind {
        ReferenceKind::Advisory => "advisories",
        ReferenceKind::Fix | ReferenceKind::Introduced => "vcs",
        ReferenceKind::Report => "issue-tracker",
        ReferenceKind::Article | ReferenceKind::Package | ReferenceKind::Web => "website",
        ReferenceKind::Detection | ReferenceKind::Discussion | ReferenceKind::Evidence => "other",
    };
    json!({ "comment": reference.kind.in_words(), "type": kind, "url": reference.url })
}

/// The title of the link to where the advisory stands.
pub(super) const THIS_ADVISORY: &str = "This advisory";

/// The advisories about it: this one, and those that it refers to.
pub(super) fn advisories(advisory: &Advisory, edition: &Edition) -> Value {
    let others = advisory.references.iter();
    let others = others.filter(|reference| reference.kind == ReferenceKind::Advisory);
    let mut urls: BTreeMap<&str, Value> = BTreeMap::new();
    for Reference { url, .. } in others {
        urls.insert(url, json!({ "url": url }));
    }
    if let Some(url) = edition.url.as_deref() {
        urls.insert(url, json!({ "title": THIS_ADVISORY, "url": url }));
    }
    urls.into_values().collect()
}

/// The components that statements are about, in the order of their names.
pub(super) struct Components<'a> {
    known: &'a [Package],
    listed: BTreeMap<String, Value>,
}

impl<'a> Components<'a> {
    fn new(known: &'a [Package]) -> Self {
        Self { known, listed: BTreeMap::new() }
    }

    /// The name of the package's place in the document.
    pub(super) fn place(&mut self, package: &Affected) -> String {
        let Affected { ecosystem, name, lines: _ } = package;
        let purl = purl::of(*ecosystem, name, self.known);
        let place = purl.clone().unwrap_or_else(|| format!("{ecosystem}:{name}"));
        if !self.listed.contains_key(&place) {
            let mut component = Map::new();
            put(&mut component, "bom-ref", place.as_str().into());
            put(&mut component, "externalReferences", self.repository(*ecosystem, name));
            put(&mut component, "name", name.as_str().into());
            put(&mut component, "purl", json!(purl));
            // The ecosystem does not tell libraries from programs, and the specification says to
            // call it a library then.
            put(&mut component, "type", "library".into());
            self.listed.insert(place.clone(), Value::Object(component));
        }
        place
    }

    fn repository(&self, ecosystem: Ecosystem, name: &str) -> Value {
        let known = self.known.iter();
        let mut known = known.filter(|known| known.ecosystem == ecosystem && known.name == name);
        let repository = known.find_map(|known| known.repository.as_deref());
        repository.map(|url| json!({ "type": "vcs", "url": url })).into_iter().collect()
    }

    fn list(self) -> Value {
        self.listed.into_values().collect()
    }
}
