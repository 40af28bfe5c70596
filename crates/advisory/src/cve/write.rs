//! An advisory as the container that a CNA hands to CVE Services, one for each vulnerability.
//!
//! The same advisory gives the same bytes. SSVC decisions and the words of a project's own scale
//! have no place there and are left out.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::affected::{Affected, Ecosystem, LineStanding, Package, Stage};
use crate::assessment::Exploitation;
use crate::audience::Shown;
use crate::credit::Credit;
use crate::cwe;
use crate::document::{Advisory, Reference, ReferenceKind, Vulnerability};
use crate::purl::Purl;
use crate::score::{CvssVersion, Vector};
use crate::text::paragraph;
use crate::version::line_bounds;
use crate::versions::{Entry, Lower, Scheme, Status, Stretch, StretchError, Upper};

/// The most characters that a description, a workaround or a credit may have.
const LONGEST: usize = 4096;

/// Who publishes, and under which names the product is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The CNA's id in CVE Services, a UUID.
    pub org_id: String,
    /// The CNA's short name.
    pub short_name: Option<String>,
    /// The vendor of the product.
    pub vendor: String,
    /// The product.
    pub product: String,
    /// Which releases may be named.
    pub stage: Stage,
    /// When it became public, or will, where the advisory does not say that itself.
    pub date_public: Option<Timestamp>,
}

/// Why an advisory cannot be written as a CVE Record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CveError {
    /// Each CVE id has a record of its own; there is none at this place.
    #[error("the advisory has no vulnerability number {0}")]
    NoVulnerability(usize),
    /// A record needs a description.
    #[error("the advisory has no description yet")]
    NoDescription,
    /// A record needs a public reference.
    #[error("the advisory has no public reference yet, and a CVE Record needs one")]
    NoReference,
    /// A record needs an affected product.
    #[error("the advisory names no affected package yet")]
    NothingAffected,
    /// An id is not rejected without a word.
    #[error("a rejection needs a reason")]
    NoReason,
    /// A text is longer than the record format allows.
    #[error("the {field} has {length} characters, a CVE Record takes {LONGEST}")]
    TooLong {
        /// Which text.
        field: &'static str,
        /// Its characters.
        length: usize,
    },
    /// A range that the record format cannot say.
    #[error(transparent)]
    Range(#[from] StretchError),
    /// The record could not be written as JSON.
    #[error("the record could not be written as JSON")]
    Json,
}

/// The bytes of `{"cnaContainer": …}` for one vulnerability, counted from 0: the body that CVE
/// Services takes to publish or update a record.
///
/// # Errors
/// Where the advisory lacks what the record format requires, or holds what it cannot.
pub fn write(shown: &Shown, number: usize, provider: &Provider) -> Result<Vec<u8>, CveError> {
    body(&Value::Object(container(shown.advisory(), number, provider)?))
}

/// A container in the body that CVE Services takes.
pub(super) fn body(container: &Value) -> Result<Vec<u8>, CveError> {
    let mut bytes = serde_json::to_vec_pretty(&json!({ "cnaContainer": container }))
        .map_err(|_| CveError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Names every field without `..`, so that a new one is placed or left out on purpose.
fn container(
    advisory: &Advisory,
    number: usize,
    provider: &Provider,
) -> Result<Map<String, Value>, CveError> {
    let Advisory {
        title,
        working_title: _,
        summary,
        details,
        impact,
        attack_vectors,
        workarounds,
        vulnerabilities,
        credits,
        references,
        ghsa,
        aliases: _,
        related: _,
        packages,
        timeline,
        holds: _,
    } = advisory;
    let vulnerability = vulnerabilities.get(number).ok_or(CveError::NoVulnerability(number))?;
    let Vulnerability {
        cve: _,
        cwes,
        vector: _,
        rating: _,
        affected,
        scores: _,
        exploitation,
        ssvc: _,
        discovery_date: _,
        disclosure_date,
        first_exploitations: _,
    } = vulnerability;
    let texts = [summary, details, impact, attack_vectors];
    let description: Vec<&str> =
        texts.into_iter().filter_map(|text| paragraph(text.as_deref())).collect();
    if description.is_empty() {
        return Err(CveError::NoDescription);
    }
    let mut container = Map::new();
    let mut put = |name: &str, value: Value| {
        let value = distinct(value);
        let says = !matches!(&value, Value::Array(items) if items.is_empty());
        if says && value != Value::Null {
            container.insert(name.to_owned(), value);
        }
    };
    put("providerMetadata", provider_metadata(provider));
    put("title", json!(paragraph(title.as_deref()).map(|title| shortened(title, 256))));
    put("datePublic", json!(disclosure_date.or(provider.date_public)));
    put("descriptions", english("description", Some(description.join("\n\n")))?);
    put("affected", products(affected, packages, provider)?);
    let weaknesses = cwes.iter().map(|cwe| {
        let name = cwe::find(*cwe).map(|entry| format!("{cwe} {}", entry.name));
        let description = name.unwrap_or_else(|| cwe.to_string());
        json!({ "descriptions": [
            { "lang": "en", "type": "CWE", "cweId": cwe.to_string(), "description": description }
        ]})
    });
    put("problemTypes", weaknesses.collect());
    put("metrics", metrics(vulnerability));
    let links: Vec<Value> = references.iter().map(link).collect();
    if links.is_empty() {
        return Err(CveError::NoReference);
    }
    put("references", links.into());
    put("workarounds", english("workarounds", own(workarounds.as_deref()))?);
    let known = exploitation.filter(|known| *known != Exploitation::None);
    put("exploits", english("exploits", known.map(|known| known.in_words().to_owned()))?);
    let moments = timeline.iter().map(|moment| {
        json!({ "lang": "en", "time": moment.at.to_string(), "value": shortened(&moment.what, LONGEST) })
    });
    put("timeline", moments.collect());
    put("credits", credits.iter().map(thanks).collect());
    put(
        "source",
        json!(ghsa.as_ref().map(|ghsa| json!({ "advisory": ghsa, "discovery": "UNKNOWN" }))),
    );
    Ok(container)
}

/// The record format wants the items of a list to differ; the first of equal ones stays.
fn distinct(value: Value) -> Value {
    let Value::Array(items) = value else { return value };
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    Value::Array(kept)
}

pub(super) fn provider_metadata(provider: &Provider) -> Value {
    match &provider.short_name {
        Some(name) => json!({ "orgId": provider.org_id, "shortName": name }),
        None => json!({ "orgId": provider.org_id }),
    }
}

fn own(text: Option<&str>) -> Option<String> {
    paragraph(text).map(ToOwned::to_owned)
}

/// A list of one text in English, or nothing.
pub(super) fn english(field: &'static str, text: Option<String>) -> Result<Value, CveError> {
    let Some(text) = text else { return Ok(Value::Null) };
    let length = text.chars().count();
    if length > LONGEST {
        return Err(CveError::TooLong { field, length });
    }
    Ok(json!([{ "lang": "en", "value": text }]))
}

fn shortened(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

fn products(
    affected: &[Affected],
    packages: &[Package],
    provider: &Provider,
) -> Result<Value, CveError> {
    let mut products = Vec::new();
    let mut any = false;
    for package in affected {
        let versions = versions(package, provider.stage)?;
        any |= versions.iter().any(|entry| entry.status == Status::Affected);
        let known = packages
            .iter()
            .find(|known| known.ecosystem == package.ecosystem && known.name == package.name);
        products.push(product(package, known, &versions, provider));
    }
    if any { Ok(products.into()) } else { Err(CveError::NothingAffected) }
}

fn product(
    package: &Affected,
    known: Option<&Package>,
    versions: &[Entry],
    provider: &Provider,
) -> Value {
    let mut product = Map::new();
    let mut put = |name: &str, value: Value| drop(product.insert(name.to_owned(), value));
    put("vendor", provider.vendor.as_str().into());
    put("product", provider.product.as_str().into());
    if let Some(collection) = collection(package.ecosystem) {
        put("collectionURL", collection.into());
        put("packageName", package.name.as_str().into());
    } else if let Some(purl) = known.and_then(|known| known.purl.as_deref()?.parse::<Purl>().ok()) {
        // The versions stand below, and the two ways of naming a package exclude each other.
        put("packageURL", purl.without_version().to_string().into());
    }
    if let Some(repository) = known.and_then(|known| known.repository.as_deref()) {
        put("repo", repository.into());
    }
    put("defaultStatus", Status::Unaffected.as_str().into());
    if !versions.is_empty() {
        let kind = Scheme::of(package.ecosystem).map_or("custom", Scheme::version_type);
        put("versions", versions.iter().map(|entry| version(entry, kind)).collect());
    }
    Value::Object(product)
}

/// The affected stretches, and the lines that are not affected although others beside them are.
fn versions(package: &Affected, stage: Stage) -> Result<Vec<Entry>, StretchError> {
    let affected = package
        .ranges(stage)
        .into_iter()
        .map(|(_, range, _)| Entry::of(&Stretch::from(&range), Status::Affected));
    let spared = package.lines.iter().filter_map(|line| match line.standing {
        LineStanding::Affected(_) => None,
        LineStanding::NotAffected { .. } => line_bounds(&line.line),
    });
    let spared = spared.map(|(start, next)| {
        let lower = Lower::From(start.as_str().to_owned());
        let upper = Upper::Before(next.as_str().to_owned());
        Entry::of(&Stretch::new(lower, upper), Status::Unaffected)
    });
    affected.chain(spared).collect()
}

fn version(entry: &Entry, kind: &str) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: &str| drop(object.insert(name.to_owned(), value.into()));
    put("version", &entry.version);
    put("status", entry.status.as_str());
    if let Some(end) = &entry.less_than {
        put("lessThan", end);
    }
    if let Some(last) = &entry.less_than_or_equal {
        put("lessThanOrEqual", last);
    }
    if entry.is_range() {
        put("versionType", kind);
    }
    Value::Object(object)
}

/// Where the packages of an ecosystem are published.
pub(super) fn collection(ecosystem: Ecosystem) -> Option<&'static str> {
    Some(match ecosystem {
        Ecosystem::Actions => "https://github.com/marketplace",
        Ecosystem::Composer => "https://packagist.org",
        Ecosystem::Erlang => "https://hex.pm",
        Ecosystem::Go => "https://pkg.go.dev",
        Ecosystem::Maven => "https://repo.maven.apache.org/maven2",
        Ecosystem::Npm => "https://registry.npmjs.org",
        Ecosystem::Nuget => "https://www.nuget.org",
        Ecosystem::Pip => "https://pypi.org",
        Ecosystem::Pub => "https://pub.dev",
        Ecosystem::Rubygems => "https://rubygems.org",
        Ecosystem::Rust => "https://crates.io",
        Ecosystem::Swift => "https://swiftpackageindex.com",
        Ecosystem::Other => return None,
    })
}

/// One entry for each vector that is the project's own.
fn metrics(vulnerability: &Vulnerability) -> Value {
    let own = vulnerability.vectors().filter(|(_, by)| by.is_none());
    own.map(|(vector, _)| json!({ "format": "CVSS", member(vector): vector.to_json() })).collect()
}

fn member(vector: &Vector) -> &'static str {
    match vector.version() {
        CvssVersion::V2_0 => "cvssV2_0",
        CvssVersion::V3_0 => "cvssV3_0",
        CvssVersion::V3_1 => "cvssV3_1",
        CvssVersion::V4_0 => "cvssV4_0",
    }
}

fn link(reference: &Reference) -> Value {
    let tag = match reference.kind {
        ReferenceKind::Advisory => "vendor-advisory",
        ReferenceKind::Article | ReferenceKind::Evidence => "technical-description",
        ReferenceKind::Discussion => "mailing-list",
        ReferenceKind::Fix => "patch",
        ReferenceKind::Package => "product",
        ReferenceKind::Report => "issue-tracking",
        ReferenceKind::Detection | ReferenceKind::Introduced | ReferenceKind::Web => "related",
    };
    json!({ "url": reference.url, "tags": [tag] })
}

/// The record's own word has blanks where GitHub's has underscores.
fn thanks(credit: &Credit) -> Value {
    json!({
        "lang": "en",
        "value": shortened(&credit.display_name(), LONGEST),
        "type": credit.role.as_str().replace('_', " "),
    })
}
