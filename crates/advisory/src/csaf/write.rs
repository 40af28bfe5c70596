//! An advisory as a CSAF document of the profile `csaf_security_advisory`.
//!
//! The same advisory gives the same bytes. Revisions are counted. Of weaknesses CSAF 2.0 holds one
//! for each vulnerability, with the name that it has in the catalogue in force at the last revision, and
//! of CVSS no 4.0; neither version holds two vectors by one version of CVSS: the others stand in notes.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::catalogue::Catalogue;
use super::profile::WITHDRAWN;
use super::{CsafVersion, check, file_name, statement, weakness, words};
use crate::affected::Stage;
use crate::audience::{Audience, Shown};
use crate::check::Weight;
use crate::credit::{Credit, Naming};
use crate::cwe;
use crate::document::{Advisory, Reference};
use crate::imprint::Imprint;
use crate::text::paragraph;
use crate::versions::StretchError;

/// Who publishes documents, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// The vendor of the products.
    pub name: String,
    /// An address that names the vendor, `https://projectcontour.io` for example.
    pub namespace: String,
    /// How to reach the security team.
    pub contact: Option<String>,
    /// The https address of the folder where the document will stand, without a `/` at its end.
    pub folder: String,
}

impl Publisher {
    /// A project by its imprint, for documents of that version whose first edition is of that year:
    /// where the provider's tree has them.
    #[must_use]
    pub fn of(imprint: &Imprint, version: CsafVersion, year: i16) -> Self {
        Self {
            name: imprint.name.to_string(),
            namespace: imprint.namespace.to_string(),
            contact: Some(imprint.contact.in_words()),
            folder: format!("{}/{}/{year}", imprint.base, crate::provider::folder(version)),
        }
    }
}

/// A document's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// The document's id, from which its file name follows.
    pub id: String,
    /// Whether more is to come.
    pub status: Status,
    /// Each edition, the first one first.
    pub revisions: Vec<Revision>,
    /// Which releases may be named.
    pub stage: Stage,
    /// The last edition took it back.
    pub withdrawn: bool,
}

/// One edition of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// When it was issued, not before the one before it.
    pub at: Timestamp,
    /// What changed, in a sentence.
    pub summary: String,
}

/// How far a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not for the public yet.
    Draft,
    /// It is expected to change.
    Interim,
    /// It is not.
    Final,
}

/// Why an advisory cannot be written as a CSAF document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsafError {
    /// A document needs a title.
    #[error("the advisory has no title yet")]
    NoTitle,
    /// A security advisory is about a vulnerability.
    #[error("the advisory has no vulnerability yet")]
    NoVulnerability,
    /// Each vulnerability needs a description.
    #[error("the advisory has no description yet")]
    NoDescription,
    /// Each vulnerability needs the standing of a product.
    #[error("the advisory says nothing about any line of a package yet")]
    NothingAffected,
    /// A range that cannot be said.
    #[error(transparent)]
    Range(#[from] StretchError),
    /// Something in the advisory or beside it that a rule of CSAF refuses.
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

/// The bytes of the document in CSAF 2.0: JSON with two blanks of indent and a newline at the end.
///
/// # Errors
/// Where the advisory lacks what CSAF requires, or holds what it refuses.
pub fn write(
    shown: &Shown,
    publisher: &Publisher,
    tracking: &Tracking,
) -> Result<Vec<u8>, CsafError> {
    write_as(CsafVersion::V2_0, shown, publisher, tracking)
}

/// The same in a stated version of the format.
///
/// In 2.1 an advisory of which some vulnerability affects nothing that is named is of the profile
/// `csaf_vex`, and one that was taken back of `csaf_withdrawn`, which says that and no more.
///
/// # Errors
/// Where the advisory lacks what CSAF requires, or holds what it refuses.
pub fn write_as(
    version: CsafVersion,
    shown: &Shown,
    publisher: &Publisher,
    tracking: &Tracking,
) -> Result<Vec<u8>, CsafError> {
    let advisory = shown.advisory();
    if advisory.vulnerabilities.is_empty() {
        return Err(CsafError::NoVulnerability);
    }
    if version == CsafVersion::V2_1 && tracking.withdrawn {
        let document = json!({ "document": withdrawn(shown, publisher, tracking)? });
        return finished(version, document);
    }
    let mut catalogue = Catalogue::new(version, &advisory.packages);
    let released = tracking.revisions.last().map(|revision| revision.at);
    let frame = Frame {
        version,
        stage: tracking.stage,
        released,
        weaknesses: released.map_or_else(cwe::Catalogue::newest, weakness::in_force),
    };
    let mut vulnerabilities = Vec::new();
    for vulnerability in &advisory.vulnerabilities {
        vulnerabilities.push(statement::of(advisory, vulnerability, &frame, &mut catalogue)?);
    }
    let affects =
        |one: &Value| one.pointer("/product_status/known_affected").is_some_and(Value::is_array);
    let vex = version == CsafVersion::V2_1 && !vulnerabilities.iter().all(affects);
    let category = if vex { "csaf_vex" } else { "csaf_security_advisory" };
    let document = json!({
        "document": head(version, category, shown, publisher, tracking)?,
        "product_tree": catalogue.tree(&publisher.name),
        "vulnerabilities": vulnerabilities,
    });
    finished(version, document)
}

/// The bytes of a document that keeps every rule.
fn finished(version: CsafVersion, mut document: Value) -> Result<Vec<u8>, CsafError> {
    if let Some(members) = document.as_object_mut().filter(|_| version == CsafVersion::V2_1) {
        members.insert("$schema".to_owned(), version.schema().into());
    }
    document.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&document).map_err(|_| CsafError::Json)?;
    text.push('\n');
    let error = check(&text).findings.into_iter().find(|one| one.severity == Weight::Error);
    match error {
        None => Ok(text.into_bytes()),
        Some(finding) => Err(CsafError::Refused {
            rule: finding.rule,
            path: finding.path,
            message: finding.message,
        }),
    }
}

/// What holds for every vulnerability of a document.
pub(super) struct Frame {
    pub(super) version: CsafVersion,
    pub(super) stage: Stage,
    /// When the document was last revised.
    pub(super) released: Option<Timestamp>,
    pub(super) weaknesses: cwe::Catalogue,
}

/// Puts a member where it says something.
pub(crate) fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if !empty {
        object.insert(name.to_owned(), value);
    }
}

/// Names every field without `..`, so that a new one is placed or left out on purpose.
fn head(
    version: CsafVersion,
    category: &str,
    shown: &Shown,
    publisher: &Publisher,
    tracking: &Tracking,
) -> Result<Value, CsafError> {
    let Advisory {
        title,
        working_title: _,
        summary,
        details,
        impact,
        attack_vectors,
        workarounds: _,
        vulnerabilities: _,
        credits,
        references,
        ghsa: _,
        aliases: _,
        related: _,
        packages: _,
        timeline,
        holds: _,
    } = shown.advisory();
    let title = paragraph(title.as_deref()).ok_or(CsafError::NoTitle)?;
    let moments: Vec<String> =
        timeline.iter().map(|moment| format!("{} {}", moment.at, moment.what)).collect();
    let moments = moments.join("\n");
    let notes = [
        note("summary", "Summary", summary.as_deref()),
        note("details", "Details", details.as_deref()),
        note("general", "Impact", impact.as_deref()),
        note("general", "Attack vectors", attack_vectors.as_deref()),
        note("general", "Timeline", Some(&moments)),
    ];
    let itself = json!({
        "category": "self",
        "summary": "This document",
        "url": format!("{}/{}", publisher.folder, file_name(&tracking.id)),
    });
    let mut head = Map::new();
    put(&mut head, "acknowledgments", credits.iter().filter_map(thanks).collect());
    put(&mut head, "aggregate_severity", rating(shown.advisory()));
    put(&mut head, "category", category.into());
    put(&mut head, "csaf_version", version.as_str().into());
    put(&mut head, "distribution", json!({ "tlp": { "label": label(version, shown.audience()) } }));
    put(&mut head, "lang", "en".into());
    put(&mut head, "notes", notes.into_iter().flatten().collect());
    put(&mut head, "publisher", issuer(publisher));
    let links = std::iter::once(itself).chain(references.iter().map(link));
    put(&mut head, "references", links.collect());
    put(&mut head, "title", title.into());
    put(&mut head, "tracking", history(shown.advisory(), tracking));
    Ok(Value::Object(head))
}

/// The head of a document that was taken back: what it said of the vulnerability, it says no more.
/// The team's own reason was never approved for readers, so none is given.
fn withdrawn(
    shown: &Shown,
    publisher: &Publisher,
    tracking: &Tracking,
) -> Result<Value, CsafError> {
    let mut head = head(CsafVersion::V2_1, WITHDRAWN, shown, publisher, tracking)?;
    if let Some(members) = head.as_object_mut() {
        members.remove("aggregate_severity");
        let text = "The publisher has withdrawn this advisory. Do not act on it.";
        let reason = note("description", words::ENGLISH.withdrawn_because, Some(text));
        put(members, "notes", reason.into_iter().collect());
    }
    Ok(head)
}

/// A note, where there is a text.
pub(super) fn note(category: &str, title: &str, text: Option<&str>) -> Option<Value> {
    let text = paragraph(text)?;
    Some(json!({ "category": category, "text": text, "title": title }))
}

/// The project's own word, where the vulnerabilities share one.
fn rating(advisory: &Advisory) -> Value {
    let rating = |number: usize| {
        let vulnerability = advisory.vulnerabilities.get(number)?;
        paragraph(vulnerability.rating.as_deref())
    };
    let first = rating(0);
    let shared = (0..advisory.vulnerabilities.len()).all(|number| rating(number) == first);
    json!(first.filter(|_| shared).map(|text| json!({ "text": text })))
}

/// 2.0 has the labels of TLP 1, 2.1 those of TLP 2.
pub(crate) fn label(version: CsafVersion, audience: Audience) -> &'static str {
    match (audience, version) {
        (Audience::Team, _) => "RED",
        (Audience::Reporter | Audience::Distributors, _) => "AMBER",
        (Audience::Public, CsafVersion::V2_0) => "WHITE",
        (Audience::Public, CsafVersion::V2_1) => "CLEAR",
    }
}

fn issuer(publisher: &Publisher) -> Value {
    let mut issuer = Map::new();
    put(&mut issuer, "category", "vendor".into());
    put(&mut issuer, "contact_details", json!(paragraph(publisher.contact.as_deref())));
    put(&mut issuer, "name", publisher.name.as_str().into());
    put(&mut issuer, "namespace", publisher.namespace.as_str().into());
    Value::Object(issuer)
}

fn thanks(credit: &Credit) -> Option<Value> {
    let (name, company) = match &credit.naming {
        Naming::Anonymous => ("anonymous", None),
        Naming::Named { name, company, .. } => (name.trim(), paragraph(company.as_deref())),
    };
    if name.is_empty() {
        return None;
    }
    let mut thanks = Map::new();
    put(&mut thanks, "names", json!([name]));
    put(&mut thanks, "organization", json!(company));
    put(&mut thanks, "summary", credit.role.as_str().replace('_', " ").into());
    Some(Value::Object(thanks))
}

fn link(reference: &Reference) -> Value {
    let summary = reference.kind.in_words();
    json!({ "category": "external", "summary": summary, "url": reference.url })
}

fn history(advisory: &Advisory, tracking: &Tracking) -> Value {
    let cves = advisory.vulnerabilities.iter().filter_map(|vulnerability| vulnerability.cve);
    let cves = cves.map(|id| id.to_string());
    let ghsa = advisory.ghsa.iter().map(ToString::to_string);
    let aliases = cves.chain(ghsa).chain(advisory.aliases.iter().cloned());
    let mut aliases: Vec<String> =
        aliases.filter(|alias| *alias != tracking.id && !alias.is_empty()).collect();
    aliases.sort();
    aliases.dedup();
    let date = |revision: Option<&Revision>| json!(revision.map(|one| one.at.to_string()));
    let revisions: Vec<Value> = (1..)
        .zip(&tracking.revisions)
        .map(|(number, Revision { at, summary }): (u32, _)| {
            json!({ "date": at.to_string(), "number": number.to_string(), "summary": summary })
        })
        .collect();
    let status = match tracking.status {
        Status::Draft => "draft",
        Status::Interim => "interim",
        Status::Final => "final",
    };
    let mut history = Map::new();
    put(&mut history, "aliases", json!(aliases));
    put(&mut history, "current_release_date", date(tracking.revisions.last()));
    put(&mut history, "generator", json!({ "engine": { "name": "Fermata" } }));
    put(&mut history, "id", tracking.id.as_str().into());
    put(&mut history, "initial_release_date", date(tracking.revisions.first()));
    put(&mut history, "status", status.into());
    put(&mut history, "version", revisions.len().to_string().into());
    put(&mut history, "revision_history", revisions.into());
    Value::Object(history)
}
