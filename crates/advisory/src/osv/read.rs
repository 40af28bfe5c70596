//! Reading OSV records.

use crate::affected::{Ecosystem, Package};
use crate::assessment::Score;
use crate::credit::{Consent, Credit, CreditType, Naming};
use crate::document::{Reference, ReferenceKind, Vulnerability};
use crate::id::CweId;
use crate::read::{At, Draft, Fix, Format, Notes, Packages, Read, ReadError, Split, Stretched};
use crate::score::Vector;
use crate::versions::{Event, Scheme, Stretch, StretchError};

const DATABASE: &str = "only the database that wrote it knows what it means";

/// Reads a record.
///
/// # Errors
/// If the text is no JSON, or has no id.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::Osv, text, |top, draft| {
        let id = top.text("id", &mut draft.notes).ok_or("it has no id")?;
        let mut vulnerability = Vulnerability::default();
        names(top, id, &mut vulnerability, draft);
        draft.withdrawn = top.get("withdrawn").is_some();
        draft.advisory.title = top.text("summary", &mut draft.notes).map(ToOwned::to_owned);
        let details = top.text("details", &mut draft.notes).unwrap_or_default();
        Split::of(details, false).into_texts(&mut draft.advisory);
        draft.advisory.references = references(top, &mut draft.notes);
        draft.advisory.credits = credits(top, &mut draft.notes);
        let mut vectors = vectors(top, &mut draft.notes).into_iter();
        vulnerability.vector = vectors.next();
        vulnerability.scores = vectors.map(|vector| Score { vector, source: None }).collect();
        vulnerability.cwes = weaknesses(top, &mut draft.notes);
        let mut packages = Packages::of(0);
        for entry in top.list("affected", &mut draft.notes) {
            affected(&entry, &mut packages, draft);
        }
        vulnerability.affected = packages.end(draft);
        draft.advisory.vulnerabilities = vec![vulnerability];
        Ok(())
    })
}

fn names(top: &At<'_>, id: &str, vulnerability: &mut Vulnerability, draft: &mut Draft) {
    vulnerability.cve = id.parse().ok();
    draft.itself(id);
    for (name, _) in top.texts("aliases", &mut draft.notes) {
        match name.parse() {
            Ok(cve) if vulnerability.cve.is_none() => vulnerability.cve = Some(cve),
            Ok(cve) if vulnerability.cve == Some(cve) => {}
            _ => draft.named(name),
        }
    }
    let related = top.texts("related", &mut draft.notes);
    draft.advisory.related = related.into_iter().map(|(name, _)| name.to_owned()).collect();
    let read = [
        "id",
        "aliases",
        "related",
        "summary",
        "details",
        "severity",
        "affected",
        "references",
        "credits",
        "withdrawn",
        "database_specific",
    ];
    let times = "says when the record was written, which is not part of an advisory";
    let reasons = [
        ("schema_version", "says how the record is written"),
        ("modified", times),
        ("published", times),
        ("upstream", "an advisory does not say what it was made from"),
    ];
    draft.notes.others(top, &read, &reasons);
}

fn references(top: &At<'_>, notes: &mut Notes) -> Vec<Reference> {
    let mut references = Vec::new();
    for link in top.list("references", notes) {
        let Some(url) = link.text("url", notes) else {
            notes.left(link.path, "this leads nowhere");
            continue;
        };
        let kind = match link.text("type", notes).unwrap_or("WEB") {
            "ADVISORY" => ReferenceKind::Advisory,
            "ARTICLE" => ReferenceKind::Article,
            "DETECTION" => ReferenceKind::Detection,
            "DISCUSSION" => ReferenceKind::Discussion,
            "EVIDENCE" => ReferenceKind::Evidence,
            "FIX" => ReferenceKind::Fix,
            "INTRODUCED" => ReferenceKind::Introduced,
            "PACKAGE" => ReferenceKind::Package,
            "REPORT" => ReferenceKind::Report,
            "WEB" => ReferenceKind::Web,
            _ => {
                notes.left(format!("{}/type", link.path), "no such kind of link is known here");
                ReferenceKind::Web
            }
        };
        notes.others(&link, &["type", "url"], &[]);
        references.push(Reference { kind, url: url.to_owned(), private: false });
    }
    references
}

fn credits(top: &At<'_>, notes: &mut Notes) -> Vec<Credit> {
    let mut credits = Vec::new();
    for thanks in top.list("credits", notes) {
        let Some(name) = thanks.value.text_of("name") else {
            notes.left(thanks.path, "this names nobody");
            continue;
        };
        let word = thanks.text("type", notes).unwrap_or("OTHER").to_lowercase();
        let role = CreditType::read(&word).unwrap_or_else(|| {
            notes.left(format!("{}/type", thanks.path), "no such kind of credit is known here");
            CreditType::Other
        });
        let reasons = [("contact", "an advisory names people and not how to reach them")];
        notes.others(&thanks, &["name", "type"], &reasons);
        let naming = Naming::Named { name: name.to_owned(), company: None, github: None };
        credits.push(Credit { role, naming, consent: Consent::Given });
    }
    credits
}

fn vectors(top: &At<'_>, notes: &mut Notes) -> Vec<Vector> {
    let mut vectors = Vec::new();
    for severity in top.list("severity", notes) {
        match severity.text("score", notes).map(Vector::read) {
            Some(Ok(vector)) => vectors.push(vector),
            Some(Err(error)) => notes.left(severity.path, error.to_string()),
            None => notes.left(severity.path, "this is no score"),
        }
    }
    vectors
}

/// Where GitHub's records have them, or where its older converter put them.
fn weaknesses(top: &At<'_>, notes: &mut Notes) -> Vec<CweId> {
    let mut cwes = Vec::new();
    if let Some(specific) = top.get("database_specific") {
        cwes = specific.parsed("cwe_ids", "CWE id", notes);
        notes.others(&specific, &["cwe_ids"], &DATABASES);
    }
    for entry in top.list("affected", notes) {
        let Some(specific) = entry.get("database_specific") else { continue };
        for node in specific.list("cwes", notes) {
            match node.value.text_of("cweId").and_then(|id| id.parse().ok()) {
                Some(cwe) => cwes.push(cwe),
                None => notes.left(node.path, "this is no CWE id"),
            }
        }
        notes.others(&specific, &["cwes"], &DATABASES);
    }
    let mut seen = std::collections::BTreeSet::new();
    cwes.retain(|cwe| seen.insert(*cwe));
    cwes
}

const DATABASES: [(&str, &str); 7] = [
    ("cwes", DATABASE),
    ("severity", DATABASE),
    ("github_reviewed", DATABASE),
    ("github_reviewed_at", DATABASE),
    ("nvd_published_at", DATABASE),
    ("source", DATABASE),
    ("ghsa", DATABASE),
];

fn affected(entry: &At<'_>, packages: &mut Packages, draft: &mut Draft) {
    let notes = &mut draft.notes;
    let read = ["package", "ranges", "versions", "database_specific", "severity"];
    let reasons = [("ecosystem_specific", "only its ecosystem knows what it means")];
    notes.others(entry, &read, &reasons);
    if let Some(severity) = entry.get("severity") {
        notes.left(severity.path, "an advisory has one severity for all packages");
    }
    let package = entry.get("package");
    let text = |name: &str, notes: &mut Notes| package.as_ref()?.text(name, notes);
    let Some(name) = text("name", notes) else {
        notes.left(entry.path.as_str(), "no package is named: versions of commits are not read");
        return;
    };
    let word = text("ecosystem", notes).unwrap_or_default();
    let known = |one: &Ecosystem| super::write::ecosystem(*one) == Some(word);
    let ecosystem = Ecosystem::ALL.into_iter().find(known).unwrap_or(Ecosystem::Other);
    if ecosystem == Ecosystem::Other {
        let reason = format!("`{word}` is no ecosystem that an advisory knows");
        notes.left(format!("{}/package/ecosystem", entry.path), reason);
    }
    if let Some(purl) = text("purl", notes) {
        let (name, purl) = (name.to_owned(), Some(purl.to_owned()));
        draft.advisory.packages.push(Package { ecosystem, name, repository: None, purl });
    }
    packages.name(ecosystem, name);
    let scheme = Scheme::of(ecosystem).unwrap_or(Scheme::Semver);
    let mut any = false;
    for range in entry.list("ranges", notes) {
        any = true;
        let reasons = [("repo", "commits are not read"), ("database_specific", DATABASE)];
        notes.others(&range, &["type", "events"], &reasons);
        if range.text("type", notes) == Some("GIT") {
            notes.left(range.path, "these are commits, not releases");
            continue;
        }
        let events = events(&range, notes);
        match stretches(&events, scheme) {
            Ok(stretches) => {
                for stretch in stretches {
                    let path = range.path.clone();
                    let one = Stretched { stretch, fix: Fix::End, path };
                    packages.affected(ecosystem, name, one);
                }
            }
            Err(error) => notes.left(range.path, error.to_string()),
        }
    }
    let versions = entry.texts("versions", notes);
    if any {
        if !versions.is_empty() {
            notes.left(format!("{}/versions", entry.path), "they are listed, and the ranges count");
        }
        return;
    }
    for (version, path) in versions {
        let one = Stretched { stretch: Stretch::only(version), fix: Fix::Missing, path };
        packages.affected(ecosystem, name, one);
    }
}

fn events(range: &At<'_>, notes: &mut Notes) -> Vec<Event> {
    let mut events = Vec::new();
    for event in range.list("events", notes) {
        for (name, make) in [
            ("introduced", Event::Introduced as fn(String) -> Event),
            ("fixed", Event::Fixed),
            ("last_affected", Event::LastAffected),
        ] {
            if let Some(version) = event.text(name, notes) {
                events.push(make(version.to_owned()));
            }
        }
        let reasons = [("limit", "a limit belongs to commits")];
        notes.others(&event, &["introduced", "fixed", "last_affected"], &reasons);
    }
    events
}

/// Versions that the scheme cannot order are read in the order in which they stand.
fn stretches(events: &[Event], scheme: Scheme) -> Result<Vec<Stretch>, StretchError> {
    match Stretch::from_events(events, scheme) {
        Err(StretchError::Version(_)) => Ok(Stretch::from_events_in_order(events)),
        read => read,
    }
}
