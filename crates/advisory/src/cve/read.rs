//! Reading CVE Records: whole ones, and the container of a CNA alone.
//!
//! GitHub publishes a range as one free text ("< 1.17.1") where a version should stand; that is read
//! as the range that it is. What others added to a record (`adp`) is theirs and is left.

use jiff::Timestamp;

use crate::affected::Package;
use crate::assessment::{Exploitation, Moment, Score};
use crate::audience::Audience;
use crate::credit::{Consent, Credit, CreditType, Naming};
use crate::document::{Reference, ReferenceKind, Vulnerability};
use crate::id::CweId;
use crate::read::{At, Draft, Format, Notes, Packages, Read, ReadError};
use crate::score::Vector;

use super::read_products as products;

/// Reads a record, or the container of a CNA with or without the `cnaContainer` around it.
///
/// # Errors
/// If the text is no JSON, or is neither.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::Cve, text, |top, draft| {
        let mut vulnerability = Vulnerability::default();
        let container = if let Some(containers) = top.get("containers") {
            metadata(top, &mut vulnerability, draft);
            let reason = "what others add to a record is not the CNA's";
            draft.notes.others(&containers, &["cna"], &[("adp", reason)]);
            containers.get("cna").ok_or("it has no container of a CNA")?
        } else if let Some(container) = top.get("cnaContainer") {
            draft.notes.others(top, &["cnaContainer"], &[]);
            container
        } else if top.get("providerMetadata").is_some() {
            top.clone()
        } else {
            return Err("it has no containers, and is none itself");
        };
        take(&container, &mut vulnerability, draft);
        draft.advisory.vulnerabilities = vec![vulnerability];
        Ok(())
    })
}

fn metadata(top: &At<'_>, vulnerability: &mut Vulnerability, draft: &mut Draft) {
    let form = "says how the record is written";
    let reasons = [("dataType", form), ("dataVersion", form)];
    draft.notes.others(top, &["containers", "cveMetadata"], &reasons);
    let Some(metadata) = top.get("cveMetadata") else { return };
    if let Some(id) = metadata.text("cveId", &mut draft.notes) {
        vulnerability.cve = id.parse().ok();
        draft.itself(id);
    }
    draft.withdrawn = metadata.text("state", &mut draft.notes) == Some("REJECTED");
    let publishing = "says who published it and when, which is not part of an advisory";
    let reasons = [
        "assignerOrgId",
        "assignerShortName",
        "requesterUserId",
        "serial",
        "datePublished",
        "dateReserved",
        "dateUpdated",
        "dateRejected",
    ]
    .map(|name| (name, publishing));
    draft.notes.others(&metadata, &["cveId", "state"], &reasons);
}

fn take(container: &At<'_>, vulnerability: &mut Vulnerability, draft: &mut Draft) {
    members(container, &mut draft.notes);
    let notes = &mut draft.notes;
    draft.advisory.title = container.text("title", notes).map(ToOwned::to_owned);
    let reasons = english(container, "rejectedReasons", notes);
    draft.advisory.details = english(container, "descriptions", notes).or(reasons);
    draft.advisory.workarounds = english(container, "workarounds", notes);
    draft.advisory.references = references(container, notes);
    draft.advisory.credits = credits(container, notes);
    draft.advisory.timeline = timeline(container, notes);
    vulnerability.cwes = weaknesses(container, notes);
    vulnerability.disclosure_date = disclosed(container, notes);
    vulnerability.exploitation = exploitation(container, notes);
    let mut vectors = vectors(container, notes).into_iter();
    vulnerability.vector = vectors.next();
    vulnerability.scores = vectors.map(|vector| Score { vector, source: None }).collect();
    if let Some(source) = container.get("source") {
        let reasons = [
            ("discovery", "an advisory says who found it by its credits"),
            ("defect", "an advisory names reports by links"),
        ];
        draft.notes.others(&source, &["advisory"], &reasons);
        if let Some(name) = source.text("advisory", &mut draft.notes) {
            draft.named(name);
        }
    }
    let mut packages = Packages::of(0);
    for product in container.list("affected", &mut draft.notes) {
        let known: Option<Package> = products::take(&product, &mut packages, &mut draft.notes);
        draft.advisory.packages.extend(known);
    }
    vulnerability.affected = packages.end(draft);
}

fn members(container: &At<'_>, notes: &mut Notes) {
    let read = [
        "title",
        "descriptions",
        "rejectedReasons",
        "workarounds",
        "references",
        "credits",
        "timeline",
        "problemTypes",
        "exploits",
        "metrics",
        "source",
        "affected",
        "datePublic",
    ];
    let publishing = "says who published it and when, which is not part of an advisory";
    let reasons = [
        ("providerMetadata", publishing),
        ("dateAssigned", publishing),
        ("x_generator", publishing),
        ("solutions", "an advisory names the fixed versions instead"),
        ("configurations", "an advisory has no such paragraph"),
        ("impacts", "an advisory names no attack patterns"),
        ("tags", "an advisory has no tags"),
        ("taxonomyMappings", "an advisory is in no taxonomy"),
        ("cpeApplicability", "an advisory names packages, not platforms"),
        ("replacedBy", "an advisory does not say what replaces it"),
    ];
    notes.others(container, &read, &reasons);
}

/// The English texts of a list, put together; others are left.
fn english(container: &At<'_>, name: &str, notes: &mut Notes) -> Option<String> {
    let mut texts = Vec::new();
    for item in container.list(name, notes) {
        let lang = item.value.text_of("lang").unwrap_or("en").to_lowercase();
        if lang.split(['-', '_']).next() != Some("en") {
            notes.left(item.path, "only English texts are read");
            continue;
        }
        texts.extend(item.text("value", notes).map(str::trim));
        let reason = "the same text in another form";
        notes.others(&item, &["lang", "value"], &[("supportingMedia", reason)]);
    }
    Some(texts.join("\n\n")).filter(|text| !text.is_empty())
}

fn references(container: &At<'_>, notes: &mut Notes) -> Vec<Reference> {
    let mut references = Vec::new();
    for link in container.list("references", notes) {
        let Some(url) = link.text("url", notes) else {
            notes.left(link.path, "this leads nowhere");
            continue;
        };
        let kinds = link.texts("tags", notes).into_iter().filter_map(|(tag, _)| kind(tag));
        let kind = kinds.min_by_key(|kind| *kind == ReferenceKind::Web);
        let reasons = [("name", "a link has no name in an advisory")];
        notes.others(&link, &["url", "tags"], &reasons);
        let kind = kind.unwrap_or(ReferenceKind::Web);
        references.push(Reference { kind, url: url.to_owned(), private: false });
    }
    references
}

fn kind(tag: &str) -> Option<ReferenceKind> {
    Some(match tag {
        "vendor-advisory" | "third-party-advisory" | "government-resource" | "vdb-entry" => {
            ReferenceKind::Advisory
        }
        "technical-description" => ReferenceKind::Article,
        "exploit" => ReferenceKind::Evidence,
        "mailing-list" => ReferenceKind::Discussion,
        "patch" | "mitigation" => ReferenceKind::Fix,
        "product" => ReferenceKind::Package,
        "issue-tracking" => ReferenceKind::Report,
        "related" => ReferenceKind::Web,
        _ => return None,
    })
}

fn credits(container: &At<'_>, notes: &mut Notes) -> Vec<Credit> {
    let mut credits = Vec::new();
    for thanks in container.list("credits", notes) {
        let Some(name) = thanks.value.text_of("value") else {
            notes.left(thanks.path, "this names nobody");
            continue;
        };
        let word = thanks.text("type", notes).unwrap_or("finder").replace(' ', "_");
        let role = CreditType::read(&word).unwrap_or_else(|| {
            notes.left(format!("{}/type", thanks.path), "no such kind of credit is known here");
            CreditType::Other
        });
        let reasons = [("user", "an advisory names people, not their accounts")];
        notes.others(&thanks, &["lang", "value", "type"], &reasons);
        let naming = match name {
            "anonymous" => Naming::Anonymous,
            name => Naming::Named { name: name.to_owned(), company: None, github: None },
        };
        credits.push(Credit { role, naming, consent: Consent::Given });
    }
    credits
}

fn timeline(container: &At<'_>, notes: &mut Notes) -> Vec<Moment> {
    let mut moments = Vec::new();
    for moment in container.list("timeline", notes) {
        let at = moment.value.text_of("time").and_then(|time| time.parse().ok());
        let Some((at, what)) = at.zip(moment.value.text_of("value")) else {
            notes.left(moment.path, "a moment has a time with its zone, and a text");
            continue;
        };
        notes.others(&moment, &["lang", "time", "value"], &[]);
        moments.push(Moment { at, what: what.to_owned(), widest: Audience::Public });
    }
    moments
}

fn weaknesses(container: &At<'_>, notes: &mut Notes) -> Vec<CweId> {
    let mut cwes: Vec<CweId> = Vec::new();
    for kind in container.list("problemTypes", notes) {
        for description in kind.list("descriptions", notes) {
            // Some records have the id at the beginning of the words alone.
            let words = description.value.text_of("description").unwrap_or_default();
            let id = description.value.text_of("cweId").or_else(|| words.split([':', ' ']).next());
            match id.and_then(|id| id.parse().ok()) {
                Some(cwe) => cwes.push(cwe),
                None => notes.left(description.path, "a weakness without a CWE id"),
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    cwes.retain(|cwe| seen.insert(*cwe));
    cwes
}

/// The record format takes a time without a zone for UTC.
fn disclosed(container: &At<'_>, notes: &mut Notes) -> Option<Timestamp> {
    let text = container.text("datePublic", notes)?;
    let read = text.parse().or_else(|_| format!("{text}Z").parse()).ok();
    if read.is_none() {
        notes.left(format!("{}/datePublic", container.path), "this is no date and time");
    }
    read
}

/// Free text in the record: only the sentences that are written here are known again.
fn exploitation(container: &At<'_>, notes: &mut Notes) -> Option<Exploitation> {
    let text = english(container, "exploits", notes)?;
    let known = Exploitation::read(&text);
    if known.is_none() {
        notes.left(format!("{}/exploits", container.path), "free text about exploits");
    }
    known
}

fn vectors(container: &At<'_>, notes: &mut Notes) -> Vec<Vector> {
    const MEMBERS: [&str; 4] = ["cvssV2_0", "cvssV3_0", "cvssV3_1", "cvssV4_0"];
    let mut vectors = Vec::new();
    for metric in container.list("metrics", notes) {
        let mut read = vec!["format"];
        for name in MEMBERS {
            let Some(score) = metric.get(name) else { continue };
            read.push(name);
            match score.text("vectorString", notes).map(Vector::read) {
                Some(Ok(vector)) => vectors.push(vector),
                Some(Err(error)) => notes.left(score.path, error.to_string()),
                None => notes.left(score.path, "there is no vector"),
            }
        }
        let reasons = [
            ("other", "an advisory has no place for scores other than CVSS"),
            ("scenarios", "an advisory has one severity for all scenarios"),
        ];
        notes.others(&metric, &read, &reasons);
    }
    vectors
}
