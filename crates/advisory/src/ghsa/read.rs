//! Reading GitHub's advisories: the answers about a repository's and the database's own, by REST and
//! by GraphQL, and the bodies of requests.
//!
//! Who is credited without a login stands in the description, and is taken from there.

use crate::affected::Ecosystem;
use crate::assessment::Score;
use crate::credit::{Consent, Credit, CreditType, Naming};
use crate::document::{Reference, ReferenceKind, Vulnerability};
use crate::id::{CveId, CweId};
use crate::read::{At, Draft, Fix, Format, Notes, Packages, Read, ReadError, Split, Stretched};
use crate::score::{Severity, Vector};
use crate::versions::{Stretch, Upper};

/// Reads an advisory.
///
/// # Errors
/// If the text is no JSON, or has none of an advisory's members.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::Ghsa, text, |top, draft| {
        let tells = ["ghsa_id", "ghsaId", "summary", "description", "vulnerabilities"];
        if !tells.iter().any(|name| top.get(name).is_some()) {
            return Err("it has no id, summary, description or vulnerabilities");
        }
        advisory(top, draft);
        top_members(top, &mut draft.notes);
        Ok(())
    })
}

fn advisory(top: &At<'_>, draft: &mut Draft) {
    let notes = &mut draft.notes;
    let mut vulnerability =
        Vulnerability { cwes: weaknesses(top, notes), vector: None, ..Vulnerability::default() };
    let mut vectors = vectors(top, notes).into_iter();
    vulnerability.vector = vectors.next();
    vulnerability.scores = vectors.map(|vector| Score { vector, source: None }).collect();
    rate(top, &mut vulnerability, notes);
    draft.advisory.title = top.text("summary", notes).map(ToOwned::to_owned);
    draft.withdrawn = ["withdrawn_at", "withdrawnAt"].iter().any(|name| top.get(name).is_some())
        || top.text("state", notes) == Some("withdrawn");
    let description = top.text("description", notes).unwrap_or_default();
    let (links, names) = Split::of(description, true).into_texts(&mut draft.advisory);
    let listed = top.list("references", notes).into_iter().filter_map(|link| {
        let url = link.value.text().or_else(|| link.value.text_of("url"));
        if url.is_none() {
            notes.left(link.path, "this is no link");
        }
        Some(url?.to_owned())
    });
    let links = links.into_iter().chain(listed.collect::<Vec<_>>());
    let link = |url| Reference { kind: ReferenceKind::Web, url, private: false };
    draft.advisory.references = links.map(link).collect();
    let mut credits = credits(top, notes);
    credits.extend(names.into_iter().map(|name| thanks(CreditType::Other, name, None)));
    draft.advisory.credits = credits;
    if let Some(id) = ["ghsa_id", "ghsaId"].iter().find_map(|name| top.text(name, notes)) {
        draft.itself(id);
    }
    vulnerability.cve = cve(top, draft);
    let packages = packages(top, &mut draft.notes);
    vulnerability.affected = packages.end(draft);
    draft.advisory.vulnerabilities = vec![vulnerability];
}

fn top_members(top: &At<'_>, notes: &mut Notes) {
    const READ: [&str; 22] = [
        "ghsa_id",
        "ghsaId",
        "cve_id",
        "identifiers",
        "summary",
        "description",
        "severity",
        "state",
        "withdrawn_at",
        "withdrawnAt",
        "vulnerabilities",
        "cvss",
        "cvss_severities",
        "cvssSeverities",
        "cvss_vector_string",
        "cwes",
        "cwe_ids",
        "credits",
        "credits_detailed",
        "references",
        "start_private_fork",
        "node_id",
    ];
    const PUBLISHING: &str = "says how it is published, which is not part of an advisory";
    const WORKING: &str = "says who works on it, which is not part of an advisory";
    let reasons = [
        ("url", PUBLISHING),
        ("html_url", PUBLISHING),
        ("permalink", PUBLISHING),
        ("repository_advisory_url", PUBLISHING),
        ("created_at", PUBLISHING),
        ("updated_at", PUBLISHING),
        ("updatedAt", PUBLISHING),
        ("published_at", PUBLISHING),
        ("publishedAt", PUBLISHING),
        ("closed_at", PUBLISHING),
        ("github_reviewed_at", PUBLISHING),
        ("nvd_published_at", PUBLISHING),
        ("type", PUBLISHING),
        ("author", WORKING),
        ("publisher", WORKING),
        ("submission", WORKING),
        ("collaborating_users", WORKING),
        ("collaborating_teams", WORKING),
        ("private_fork", WORKING),
        ("source_code_location", "the repository belongs to a package, and this names none"),
        ("epss", "a forecast is no part of an advisory"),
    ];
    notes.others(top, &READ, &reasons);
}

/// The CVE id; a second one is another name.
fn cve(top: &At<'_>, draft: &mut Draft) -> Option<CveId> {
    let mut found = None;
    let listed = top.list("identifiers", &mut draft.notes);
    let listed = listed.into_iter().filter_map(|item| item.value.text_of("value"));
    let own = top.text("cve_id", &mut draft.notes);
    let mut names: Vec<&str> = own.into_iter().chain(listed).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        match (name.parse(), found) {
            (Ok(cve), None) => found = Some(cve),
            (Ok(cve), Some(known)) if cve == known => {}
            _ => draft.named(name),
        }
    }
    found
}

/// In one list or another: `cwe_ids`, `cwes`, or GraphQL's `cwes.nodes`.
fn weaknesses(top: &At<'_>, notes: &mut Notes) -> Vec<CweId> {
    let mut cwes: Vec<CweId> = top.parsed("cwe_ids", "CWE id", notes);
    if cwes.is_empty() {
        for node in nodes(top, "cwes", notes) {
            let id = ["cwe_id", "cweId"].iter().find_map(|name| node.value.text_of(name));
            match id.and_then(|id| id.parse().ok()) {
                Some(cwe) => cwes.push(cwe),
                None => notes.left(node.path, "this is no CWE id"),
            }
        }
    }
    cwes
}

/// A list, or what GraphQL has in its place.
fn nodes<'j>(top: &At<'j>, name: &str, notes: &mut Notes) -> Vec<At<'j>> {
    match top.get(name) {
        Some(connection) if connection.get("nodes").is_some() => connection.list("nodes", notes),
        _ => top.list(name, notes),
    }
}

/// Each vector once; a repository's advisory names its vector in up to three places.
fn vectors(top: &At<'_>, notes: &mut Notes) -> Vec<Vector> {
    let mut vectors: Vec<Vector> = Vec::new();
    let mut add = |holder: &At<'_>, name: &str, notes: &mut Notes| {
        let Some(text) = holder.text(name, notes) else { return };
        match Vector::read(text) {
            Ok(vector) if !vectors.contains(&vector) => vectors.push(vector),
            Ok(_) => {}
            Err(error) => notes.left(format!("{}/{name}", holder.path), error.to_string()),
        }
    };
    add(top, "cvss_vector_string", notes);
    let severities = ["cvss_severities", "cvssSeverities"].iter().find_map(|name| top.get(name));
    let each = ["cvss_v3", "cvssV3", "cvss_v4", "cvssV4"];
    let each = severities.iter().flat_map(|all| each.iter().filter_map(|name| all.get(name)));
    for holder in top.get("cvss").into_iter().chain(each) {
        add(&holder, "vector_string", notes);
        add(&holder, "vectorString", notes);
    }
    vectors
}

/// The word counts where there is no vector; beside one it must agree.
fn rate(top: &At<'_>, vulnerability: &mut Vulnerability, notes: &mut Notes) {
    let Some(word) = top.text("severity", notes) else { return };
    let word = word.to_lowercase();
    let word = if word == "moderate" { "medium".to_owned() } else { word };
    match vulnerability.vector.as_ref().map(Vector::severity) {
        None => vulnerability.rating = Some(word),
        Some(severity) if word.parse() == Ok(severity) => {}
        Some(severity) => {
            let severity: Severity = severity;
            notes.left("/severity", format!("the vector says {severity}, and this says {word}"));
        }
    }
}

fn credits(top: &At<'_>, notes: &mut Notes) -> Vec<Credit> {
    let plain = top.list("credits", notes);
    let listed = if plain.is_empty() { top.list("credits_detailed", notes) } else { plain };
    let mut credits = Vec::new();
    for item in listed {
        let user = item.get("user");
        let login = item.text("login", notes);
        let login = login.or_else(|| user.and_then(|user| user.text("login", notes)));
        let Some(login) = login else {
            notes.left(item.path, "this names nobody");
            continue;
        };
        let word = item.text("type", notes).unwrap_or_default();
        let role = CreditType::read(word).unwrap_or_else(|| {
            notes.left(format!("{}/type", item.path), "no such kind of credit is known here");
            CreditType::Other
        });
        credits.push(thanks(role, login.to_owned(), Some(login.to_owned())));
    }
    credits
}

fn thanks(role: CreditType, name: String, github: Option<String>) -> Credit {
    let naming = Naming::Named { name, company: None, github };
    Credit { role, naming, consent: Consent::Given }
}

fn packages(top: &At<'_>, notes: &mut Notes) -> Packages {
    let mut packages = Packages::of(0);
    for entry in nodes(top, "vulnerabilities", notes) {
        let named = entry.get("package");
        let text = |name: &str, notes: &mut Notes| named.as_ref()?.text(name, notes);
        let name = text("name", notes).unwrap_or_default();
        let word = text("ecosystem", notes).unwrap_or_default().to_lowercase();
        let ecosystem = Ecosystem::read(&word).unwrap_or_else(|| {
            notes.left(format!("{}/package/ecosystem", entry.path), "no such ecosystem is known");
            Ecosystem::Other
        });
        packages.name(ecosystem, name);
        let read = [
            "package",
            "vulnerable_version_range",
            "vulnerableVersionRange",
            "patched_versions",
            "first_patched_version",
            "firstPatchedVersion",
        ];
        let reasons = [("vulnerable_functions", "an advisory names no functions")];
        notes.others(&entry, &read, &reasons);
        let range = ["vulnerable_version_range", "vulnerableVersionRange"];
        let range = range.iter().find_map(|name| entry.text(name, notes));
        match range.map(Stretch::from_github) {
            Some(Ok(stretch)) => {
                let fix = fix(&entry, &stretch, notes);
                let path = entry.path;
                packages.affected(ecosystem, name, Stretched { stretch, fix, path });
            }
            Some(Err(error)) => notes.left(entry.path, error.to_string()),
            None => notes.left(entry.path, "no range is given"),
        }
    }
    packages
}

/// `patched_versions` is free text, mostly one version; of several, the one at the range's end.
fn fix(entry: &At<'_>, stretch: &Stretch, notes: &mut Notes) -> Fix {
    let first = ["first_patched_version", "firstPatchedVersion"];
    let patched = entry.text("patched_versions", notes).or_else(|| {
        let holder = first.iter().find_map(|name| entry.get(name))?;
        holder.value.text().or_else(|| holder.value.text_of("identifier"))
    });
    let Some(patched) = patched else { return Fix::Missing };
    let bare = |text: &str| text.trim().trim_start_matches(['>', '=', ' ']).to_owned();
    let several: Vec<String> = patched.split(',').map(bare).filter(|one| !one.is_empty()).collect();
    let end = match stretch.upper() {
        Upper::Before(end) => several.iter().find(|one| *one == end),
        Upper::Open | Upper::UpTo(_) => None,
    };
    match (end.or_else(|| several.first()), several.len()) {
        (Some(fixed), 1) => Fix::Out(fixed.clone()),
        (Some(fixed), _) => {
            let path = format!("{}/patched_versions", entry.path);
            notes.left(path, format!("of several versions, {fixed} is taken for the fix"));
            Fix::Out(fixed.clone())
        }
        (None, _) => Fix::Missing,
    }
}
