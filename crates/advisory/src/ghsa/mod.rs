//! The bodies of GitHub's repository-advisory requests.
//!
//! A draft on GitHub becomes public as it stands, so a body never holds more than the public may
//! read. The same advisory gives the same bytes; what is approved is their digest. Fields follow
//! GitHub's REST description (`POST` and `PATCH /repos/{owner}/{repo}/security-advisories`).
//! Must not send anything.

mod check;
mod read;

pub use check::{Kind, check};
pub use read::read;

use serde::Serialize;

use crate::affected::{Affected, Stage};
use crate::audience::{Audience, Reader, Shown, Withhold};
use crate::credit::{Credit, Naming};
use crate::digest::Digest;
use crate::document::{Advisory, Vulnerability};
use crate::id::{CveId, CweId};
use crate::score::{Severity, Vector};
use crate::text::{bulleted, debug_without_content, headed, paragraph};
use crate::version::Version;

/// The most characters that GitHub takes as an advisory's title.
pub const LONGEST_TITLE: usize = 1024;
/// The most characters that GitHub takes as an advisory's description.
pub const LONGEST_DESCRIPTION: usize = 65_535;

/// Why an advisory cannot be put into a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GhsaError {
    /// GitHub requires a title.
    #[error("the advisory has no title yet")]
    NoTitle,
    /// GitHub requires a description.
    #[error("the advisory has no description yet")]
    NoDescription,
    /// There is nothing to say a version about.
    #[error("the advisory names no vulnerability yet")]
    NoVulnerability,
    /// GitHub holds one CVE id, one score and one list of weaknesses per advisory.
    #[error(
        "GitHub holds one vulnerability per advisory, this one has {0}: give each its own advisory"
    )]
    SeveralVulnerabilities(usize),
    /// Longer than GitHub takes.
    #[error("the {field} has {length} characters, GitHub takes {longest}")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// Its characters.
        length: usize,
        /// GitHub's limit.
        longest: usize,
    },
    /// The body could not be written as JSON.
    #[error("the body could not be written as JSON")]
    Json,
}

/// The exact bytes of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(Vec<u8>);

impl Body {
    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What an approval of these bytes is bound to.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    fn of(value: &impl Serialize) -> Result<Self, GhsaError> {
        serde_json::to_vec(value).map(Self).map_err(|_| GhsaError::Json)
    }
}

debug_without_content!(Body);

/// The body that makes a draft, with planned versions. `fork` asks for the private fork as well.
///
/// # Errors
/// Where the advisory lacks what GitHub requires, or holds more than GitHub can.
pub fn create(advisory: &Advisory, withhold: Withhold, fork: bool) -> Result<Body, GhsaError> {
    let public = shown(advisory, withhold);
    Body::of(&Create { content: Content::of(&public, Stage::Planned)?, start_private_fork: fork })
}

/// The body that brings a draft up to date. Lists and descriptions are full replacements; an id
/// that is withheld or not assigned yet is left as GitHub has it.
///
/// # Errors
/// As for [`create`].
pub fn update(advisory: &Advisory, withhold: Withhold, stage: Stage) -> Result<Body, GhsaError> {
    let public = shown(advisory, withhold);
    Body::of(&Content::of(&public, stage)?)
}

/// Nobody knows when the draft will be read, so what is held back for a time is left out.
fn shown(advisory: &Advisory, withhold: Withhold) -> Shown {
    advisory.for_audience(&Reader { audience: Audience::Public, at: None, withhold })
}

/// The body that publishes a draft, and nothing else.
///
/// # Errors
/// None in practice.
pub fn publish() -> Result<Body, GhsaError> {
    Body::of(&Publish { state: "published" })
}

#[derive(Serialize)]
struct Publish {
    state: &'static str,
}

#[derive(Serialize)]
struct Create<'a> {
    #[serde(flatten)]
    content: Content<'a>,
    start_private_fork: bool,
}

#[derive(Serialize)]
struct Content<'a> {
    summary: &'a str,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve_id: Option<CveId>,
    vulnerabilities: Vec<Entry<'a>>,
    cwe_ids: &'a [CweId],
    credits: Vec<Thanks<'a>>,
    #[serde(flatten)]
    gravity: Gravity<'a>,
}

/// GitHub takes a word or a vector, never both, and knows no word for a score of zero.
#[derive(Serialize)]
#[serde(untagged)]
enum Gravity<'a> {
    Vector { cvss_vector_string: &'a Vector },
    Word { severity: Severity },
    Unknown {},
}

#[derive(Serialize)]
struct Entry<'a> {
    package: Package<'a>,
    vulnerable_version_range: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    patched_versions: Option<&'a str>,
}

#[derive(Serialize)]
struct Package<'a> {
    ecosystem: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
struct Thanks<'a> {
    login: &'a str,
    r#type: &'static str,
}

impl<'a> Content<'a> {
    /// Names every field without `..`, so that a new one is placed or left out on purpose.
    fn of(shown: &'a Shown, stage: Stage) -> Result<Self, GhsaError> {
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
            ghsa: _,
            aliases: _,
            related: _,
            packages: _,
            timeline: _,
            holds: _,
        } = shown.advisory();
        let vulnerability = match vulnerabilities.as_slice() {
            [one] => one,
            [] => return Err(GhsaError::NoVulnerability),
            more => return Err(GhsaError::SeveralVulnerabilities(more.len())),
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
        let title = paragraph(title.as_deref()).ok_or(GhsaError::NoTitle)?;
        let body = [
            paragraph(summary.as_deref()).map(ToOwned::to_owned),
            paragraph(details.as_deref()).map(ToOwned::to_owned),
            headed("Impact", impact.as_deref()),
            headed("Attack vectors", attack_vectors.as_deref()),
            headed("Workarounds", workarounds.as_deref()),
        ];
        if body.iter().all(Option::is_none) {
            return Err(GhsaError::NoDescription);
        }
        let links = references.iter().map(|reference| reference.url.as_str());
        let names: Vec<String> = credits.iter().filter_map(name_without_login).collect();
        let names = names.iter().map(String::as_str);
        let lists = [bulleted("References", links), bulleted("Credits", names)];
        let description = body.into_iter().chain(lists).flatten().collect::<Vec<_>>().join("\n\n");
        check_length("title", title, LONGEST_TITLE)?;
        check_length("description", &description, LONGEST_DESCRIPTION)?;
        Ok(Self {
            summary: title,
            description,
            cve_id: *cve,
            vulnerabilities: entries(affected, stage),
            cwe_ids: cwes,
            credits: credits.iter().filter_map(thanks).collect(),
            gravity: gravity(vulnerability),
        })
    }
}

fn check_length(field: &'static str, text: &str, longest: usize) -> Result<(), GhsaError> {
    let length = text.chars().count();
    if length > longest {
        return Err(GhsaError::TooLong { field, length, longest });
    }
    Ok(())
}

/// GitHub's rule: one entry per package and range.
fn entries(affected: &[Affected], stage: Stage) -> Vec<Entry<'_>> {
    affected
        .iter()
        .flat_map(|package| {
            package.ranges(stage).into_iter().map(|(_, range, fixed)| Entry {
                package: Package { ecosystem: package.ecosystem.as_str(), name: &package.name },
                vulnerable_version_range: range.in_symbols(),
                patched_versions: fixed.map(Version::as_str),
            })
        })
        .collect()
}

/// GitHub credits by login alone.
fn thanks(credit: &Credit) -> Option<Thanks<'_>> {
    match &credit.naming {
        Naming::Named { github: Some(login), .. } => {
            Some(Thanks { login, r#type: credit.role.as_str() })
        }
        Naming::Named { github: None, .. } | Naming::Anonymous => None,
    }
}

/// Whoever has no login is thanked in the description, so that no credit is lost.
fn name_without_login(credit: &Credit) -> Option<String> {
    match &credit.naming {
        Naming::Named { github: None, .. } => Some(credit.display_name()),
        Naming::Named { github: Some(_), .. } | Naming::Anonymous => None,
    }
}

fn gravity(vulnerability: &Vulnerability) -> Gravity<'_> {
    match (&vulnerability.vector, vulnerability.severity()) {
        (Some(vector), _) => Gravity::Vector { cvss_vector_string: vector },
        (None, None | Some(Severity::None)) => Gravity::Unknown {},
        (None, Some(severity)) => Gravity::Word { severity },
    }
}
