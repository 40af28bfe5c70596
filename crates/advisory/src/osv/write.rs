//! An advisory as OSV records, one for each vulnerability.
//!
//! The same advisory gives the same bytes. What OSV has no place for (a rating of the project's
//! own, exploitation, SSVC) is left out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::affected::{Affected, Ecosystem, Package, Stage};
use crate::audience::Shown;
use crate::credit::{Credit, CreditType, Naming};
use crate::document::{Advisory, Reference, ReferenceKind, Vulnerability};
use crate::id::CweId;
use crate::purl;
use crate::score::{CvssVersion, Vector};
use crate::text::{headed, paragraph};
use crate::versions::{Event, Scheme, Stretch, StretchError};

/// What a record says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The record's id, with the prefix of its database.
    pub id: String,
    /// When it was, or will be, published.
    pub published: Option<Timestamp>,
    /// When it was last edited; moves with each edit.
    pub modified: Timestamp,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
    /// Which releases may be named.
    pub stage: Stage,
}

/// Why an advisory cannot be written as an OSV record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OsvError {
    /// There is nothing to say a version about.
    #[error("the advisory names no vulnerability yet")]
    NoVulnerability,
    /// OSV's records hold one each.
    #[error("an OSV record holds one vulnerability, this advisory has {0}: give each its own")]
    SeveralVulnerabilities(usize),
    /// The package is published where OSV knows no ecosystem.
    #[error("OSV has no ecosystem for {0}: say where the package is published")]
    NoEcosystem(String),
    /// A range that OSV cannot say.
    #[error(transparent)]
    Range(#[from] StretchError),
    /// The record could not be written as JSON.
    #[error("the record could not be written as JSON")]
    Json,
}

/// The bytes of the record: JSON with two blanks of indent and a newline at the end.
///
/// # Errors
/// Where the advisory lacks what OSV requires, or holds what it cannot.
pub fn write(shown: &Shown, publication: &Publication) -> Result<Vec<u8>, OsvError> {
    let record = record(shown.advisory(), publication)?;
    let mut bytes = serde_json::to_vec_pretty(&record).map_err(|_| OsvError::Json)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Record<'a> {
    schema_version: &'static str,
    id: &'a str,
    modified: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    severity: Vec<Severity<'a>>,
    affected: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<Link<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credits: Vec<Thanks>,
    #[serde(skip_serializing_if = "Specific::is_empty")]
    database_specific: Specific,
}

#[derive(Serialize)]
struct Severity<'a> {
    r#type: &'static str,
    score: &'a Vector,
}

#[derive(Serialize)]
struct Entry<'a> {
    package: Named<'a>,
    ranges: Vec<Range>,
}

#[derive(Serialize)]
struct Named<'a> {
    ecosystem: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
}

#[derive(Serialize)]
struct Range {
    r#type: &'static str,
    events: Vec<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Serialize)]
struct Link<'a> {
    r#type: &'static str,
    url: &'a str,
}

#[derive(Serialize)]
struct Thanks {
    name: String,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Specific {
    cwe_ids: Vec<String>,
}

impl Specific {
    fn is_empty(&self) -> bool {
        self.cwe_ids.is_empty()
    }
}

/// Names every field without `..`, so that a new one is placed or left out on purpose.
fn record<'a>(
    advisory: &'a Advisory,
    publication: &'a Publication,
) -> Result<Record<'a>, OsvError> {
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
        aliases,
        related,
        packages,
        timeline: _,
        holds: _,
    } = advisory;
    let vulnerability = match vulnerabilities.as_slice() {
        [one] => one,
        [] => return Err(OsvError::NoVulnerability),
        more => return Err(OsvError::SeveralVulnerabilities(more.len())),
    };
    let Vulnerability {
        cve,
        cwes,
        vector: _,
        rating: _,
        affected,
        scores: _,
        exploitation: _,
        ssvc: _,
        discovery_date: _,
        disclosure_date: _,
        first_exploitations: _,
    } = vulnerability;
    let own = [cve.map(|id| id.to_string()), ghsa.as_ref().map(ToString::to_string)];
    let mut names: Vec<String> = own.into_iter().flatten().chain(aliases.iter().cloned()).collect();
    names.retain(|name| *name != publication.id);
    names.sort();
    names.dedup();
    let related: BTreeSet<&str> = related.iter().map(String::as_str).collect();
    let is_itself = |name: &&str| *name == publication.id || names.iter().any(|own| own == name);
    let related = related.into_iter().filter(|name| !is_itself(name)).collect();
    let texts = [
        paragraph(summary.as_deref()).filter(|_| title.is_some()).map(ToOwned::to_owned),
        paragraph(details.as_deref()).map(ToOwned::to_owned),
        headed("Impact", impact.as_deref()),
        headed("Attack vectors", attack_vectors.as_deref()),
        headed("Workarounds", workarounds.as_deref()),
    ];
    let details = texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    Ok(Record {
        schema_version: SCHEMA_VERSION,
        id: &publication.id,
        modified: publication.modified.to_string(),
        published: publication.published.map(|at| at.to_string()),
        withdrawn: publication.withdrawn.map(|at| at.to_string()),
        aliases: names.clone(),
        related,
        summary: paragraph(title.as_deref().or(summary.as_deref())),
        details: Some(details).filter(|details| !details.is_empty()),
        severity: vulnerability.vectors().filter(|(_, by)| by.is_none()).map(severity).collect(),
        affected: affected
            .iter()
            .map(|package| entry(package, packages, publication.stage))
            .collect::<Result<_, _>>()?,
        references: references.iter().map(link).collect(),
        credits: credits.iter().filter_map(thanks).collect(),
        database_specific: Specific { cwe_ids: distinct(cwes) },
    })
}

fn distinct(cwes: &[CweId]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    cwes.iter().filter(|cwe| seen.insert(**cwe)).map(ToString::to_string).collect()
}

fn severity<'a>((vector, _): (&'a Vector, Option<&str>)) -> Severity<'a> {
    let kind = match vector.version() {
        CvssVersion::V2_0 => "CVSS_V2",
        CvssVersion::V3_0 | CvssVersion::V3_1 => "CVSS_V3",
        CvssVersion::V4_0 => "CVSS_V4",
    };
    Severity { r#type: kind, score: vector }
}

fn entry<'a>(
    affected: &'a Affected,
    packages: &'a [Package],
    stage: Stage,
) -> Result<Entry<'a>, OsvError> {
    let known = packages
        .iter()
        .find(|package| package.ecosystem == affected.ecosystem && package.name == affected.name);
    let ecosystem = ecosystem(affected.ecosystem)
        .ok_or_else(|| OsvError::NoEcosystem(affected.name.clone()))?;
    let ranges = affected.ranges(stage);
    let stretches: Vec<Stretch> = ranges.iter().map(|(_, range, _)| Stretch::from(range)).collect();
    // Versions here are semver by their type; an ecosystem with another order gets its own word.
    let kind = match Scheme::of(affected.ecosystem) {
        Some(Scheme::Semver) => "SEMVER",
        _ => "ECOSYSTEM",
    };
    let lists = Stretch::to_events(&stretches, Scheme::Semver)?;
    Ok(Entry {
        package: Named {
            ecosystem,
            name: &affected.name,
            purl: known.and_then(|package| package.purl.as_deref()).map(purl::unversioned),
        },
        ranges: lists
            .into_iter()
            .map(|events| Range { r#type: kind, events: events.iter().map(event).collect() })
            .collect(),
    })
}

fn event(event: &Event) -> serde_json::Map<String, serde_json::Value> {
    [(event.key().to_owned(), event.version().into())].into_iter().collect()
}

/// OSV's name for an ecosystem.
pub(super) fn ecosystem(ecosystem: Ecosystem) -> Option<&'static str> {
    Some(match ecosystem {
        Ecosystem::Actions => "GitHub Actions",
        Ecosystem::Composer => "Packagist",
        Ecosystem::Erlang => "Hex",
        Ecosystem::Go => "Go",
        Ecosystem::Maven => "Maven",
        Ecosystem::Npm => "npm",
        Ecosystem::Nuget => "NuGet",
        Ecosystem::Pip => "PyPI",
        Ecosystem::Pub => "Pub",
        Ecosystem::Rubygems => "RubyGems",
        Ecosystem::Rust => "crates.io",
        Ecosystem::Swift => "SwiftURL",
        Ecosystem::Other => return None,
    })
}

fn link(reference: &Reference) -> Link<'_> {
    let kind = match reference.kind {
        ReferenceKind::Advisory => "ADVISORY",
        ReferenceKind::Article => "ARTICLE",
        ReferenceKind::Detection => "DETECTION",
        ReferenceKind::Discussion => "DISCUSSION",
        ReferenceKind::Evidence => "EVIDENCE",
        ReferenceKind::Fix => "FIX",
        ReferenceKind::Introduced => "INTRODUCED",
        ReferenceKind::Package => "PACKAGE",
        ReferenceKind::Report => "REPORT",
        ReferenceKind::Web => "WEB",
    };
    Link { r#type: kind, url: &reference.url }
}

/// Whoever stays anonymous is in no list: OSV requires a name.
fn thanks(credit: &Credit) -> Option<Thanks> {
    let kind = match credit.role {
        CreditType::Finder => "FINDER",
        CreditType::Reporter => "REPORTER",
        CreditType::Analyst => "ANALYST",
        CreditType::Coordinator => "COORDINATOR",
        CreditType::RemediationDeveloper => "REMEDIATION_DEVELOPER",
        CreditType::RemediationReviewer => "REMEDIATION_REVIEWER",
        CreditType::RemediationVerifier => "REMEDIATION_VERIFIER",
        CreditType::Tool => "TOOL",
        CreditType::Sponsor => "SPONSOR",
        CreditType::Other => "OTHER",
    };
    match credit.naming {
        Naming::Anonymous => None,
        Naming::Named { .. } => Some(Thanks { name: credit.display_name(), r#type: kind }),
    }
}
