//! Reading OpenVEX documents.
//!
//! A product is known by its package URL: with the qualifier `vers` it is a stretch of versions, with
//! a version that version alone, with neither the package whole.

use std::collections::{BTreeMap, BTreeSet};

use super::write::{NO_FIX, upgrade};
use crate::affected::{Justification, Package};
use crate::check::json::Json;
use crate::document::Vulnerability;
use crate::id::CveId;
use crate::purl::{self, Named};
use crate::read::{At, Draft, Fix, Format, Notes, Packages, Read, ReadError, Spared, Stretched};
use crate::versions::{Lower, Stretch, Upper, Vers};

/// Reads a document.
///
/// # Errors
/// If the text is no JSON, or has no statements.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::OpenVex, text, |top, draft| {
        if top.get("statements").is_none() || top.get("@context").is_none() {
            return Err("it has no @context with statements");
        }
        let publishing = "says who states it and when, which is not part of an advisory";
        let reasons = [
            "@context",
            "@id",
            "author",
            "role",
            "timestamp",
            "last_updated",
            "version",
            "tooling",
        ]
        .map(|name| (name, publishing));
        draft.notes.others(top, &["statements"], &reasons);
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut gathered: Vec<Gathered> = Vec::new();
        let statements = top.list("statements", &mut draft.notes);
        let out = released(&statements);
        let none = BTreeSet::new();
        for statement in statements {
            let Some(name) = name(&statement, draft) else { continue };
            let place = *places.entry(name.to_owned()).or_insert_with(|| {
                gathered.push(Gathered::new(gathered.len(), name));
                gathered.len() - 1
            });
            let Some(one) = gathered.get_mut(place) else { continue };
            one.statement(&statement, out.get(name).unwrap_or(&none), draft);
        }
        let mut seen = BTreeSet::new();
        draft.advisory.packages.retain(|package| seen.insert(package.purl.clone()));
        for one in gathered {
            let affected = one.packages.end(draft);
            draft.advisory.vulnerabilities.push(Vulnerability { affected, ..one.vulnerability });
        }
        let mut seen = BTreeSet::new();
        draft.advisory.aliases.retain(|alias| seen.insert(alias.clone()));
        Ok(())
    })
}

/// What is stated about one vulnerability.
struct Gathered {
    vulnerability: Vulnerability,
    packages: Packages,
}

impl Gathered {
    fn new(number: usize, name: &str) -> Self {
        let vulnerability = Vulnerability { cve: name.parse().ok(), ..Vulnerability::default() };
        Self { vulnerability, packages: Packages::of(number) }
    }

    fn statement(&mut self, statement: &At<'_>, out: &BTreeSet<Release>, draft: &mut Draft) {
        let own = "says when it is stated, which is not part of an advisory";
        let read = [
            "vulnerability",
            "products",
            "status",
            "status_notes",
            "justification",
            "impact_statement",
            "action_statement",
        ];
        let reasons = [
            ("@id", own),
            ("version", own),
            ("timestamp", own),
            ("last_updated", own),
            ("action_statement_timestamp", own),
            ("supplier", "an advisory does not name who supplies a package"),
        ];
        draft.notes.others(statement, &read, &reasons);
        let status = statement.text("status", &mut draft.notes).unwrap_or_default();
        for product in statement.list("products", &mut draft.notes) {
            self.product(statement, &product, status, out, draft);
        }
    }

    fn product(
        &mut self,
        statement: &At<'_>,
        product: &At<'_>,
        status: &str,
        out: &BTreeSet<Release>,
        draft: &mut Draft,
    ) {
        let notes = &mut draft.notes;
        let reasons = [
            ("hashes", "an advisory names packages, not files"),
            ("subcomponents", "an advisory names packages, not what is in them"),
        ];
        notes.others(product, &["@id", "identifiers"], &reasons);
        let Some(named) = identity(product.value).and_then(purl::read) else {
            notes.left(product.path.as_str(), "the product is not known by a package URL");
            return;
        };
        let (ecosystem, name) = (named.ecosystem, named.name.clone());
        if purl::of(ecosystem, &name, &[]).as_ref() != Some(&named.bare) {
            let (name, purl) = (name.clone(), Some(named.bare.clone()));
            draft.advisory.packages.push(Package { ecosystem, name, repository: None, purl });
        }
        self.packages.name(ecosystem, &name);
        let path = product.path.clone();
        match status {
            "fixed" => match &named.version {
                Some(version) => {
                    self.packages.fixed(ecosystem, &name, bare(version), path);
                }
                None => notes.left(path, "an advisory needs the version that is fixed"),
            },
            "affected" => {
                let action = statement.text("action_statement", notes).unwrap_or_default();
                for stretch in stretches(&named, &path, notes) {
                    let fix = fix(&stretch, action, &named, out);
                    act(&fix, action, statement, draft);
                    let path = path.clone();
                    self.packages.affected(ecosystem, &name, Stretched { stretch, fix, path });
                }
            }
            "not_affected" => {
                let why = statement.text("justification", notes).and_then(Justification::read);
                let texts = ["status_notes", "impact_statement"];
                let mut texts = texts.iter().filter_map(|name| statement.text(name, notes));
                let text = texts.next();
                if texts.next().is_some() {
                    let path = format!("{}/impact_statement", statement.path);
                    notes.left(path, "an advisory gives one text about a line");
                }
                let stretches = stretches(&named, &path, notes);
                // The text stands once in the document, whatever the number of products.
                let granted = match text {
                    Some(_) => notes.afford_with(&path, stretches.len(), text),
                    None => stretches.len(),
                };
                for stretch in stretches.into_iter().take(granted) {
                    let (path, statement) = (path.clone(), text.map(ToOwned::to_owned));
                    let one = Spared { stretch, justification: why, statement, path };
                    self.packages.spared(ecosystem, &name, one);
                }
            }
            _ => notes.left(path, "an advisory cannot say that something is looked into"),
        }
    }
}

/// A package's URL and a version of it that is said to be fixed.
type Release = (String, String);

/// The releases that are said to be fixed, by the vulnerability's name.
fn released<'j>(statements: &[At<'j>]) -> BTreeMap<&'j str, BTreeSet<Release>> {
    let mut out: BTreeMap<&str, BTreeSet<Release>> = BTreeMap::new();
    let fixed = statements.iter().filter(|one| one.value.text_of("status") == Some("fixed"));
    for statement in fixed {
        let releases = out.entry(vulnerability_name(statement).unwrap_or_default()).or_default();
        releases.extend(statement.value.list("products").filter_map(|(_, product)| {
            let named = identity(product).and_then(purl::read)?;
            Some((named.bare, bare(&named.version?).to_owned()))
        }));
    }
    out
}

fn vulnerability_name<'j>(statement: &At<'j>) -> Option<&'j str> {
    let vulnerability = statement.value.get("vulnerability")?;
    // Before 0.2.0 the name stood there alone.
    vulnerability.text().or_else(|| vulnerability.text_of("name"))
}

/// The name, and what else is said of the vulnerability.
fn name<'j>(statement: &At<'j>, draft: &mut Draft) -> Option<&'j str> {
    let Some(name) = vulnerability_name(statement).filter(|name| !name.trim().is_empty()) else {
        draft.notes.left(statement.path.as_str(), "the vulnerability has no name");
        return None;
    };
    if name.parse::<CveId>().is_err() {
        draft.named(name);
    }
    let Some(vulnerability) = statement.get("vulnerability") else { return Some(name) };
    if vulnerability.value.text().is_some() {
        return Some(name);
    }
    for (alias, _) in vulnerability.texts("aliases", &mut draft.notes) {
        draft.named(alias);
    }
    if let Some(title) = vulnerability.text("description", &mut draft.notes) {
        match &draft.advisory.title {
            None => draft.advisory.title = Some(title.to_owned()),
            Some(known) if known == title => {}
            Some(_) => {
                let reason = "an advisory has one title for its vulnerabilities";
                draft.notes.left(format!("{}/description", vulnerability.path), reason);
            }
        }
    }
    let reasons = [("@id", "an advisory names a vulnerability by its ids alone")];
    draft.notes.others(&vulnerability, &["name", "aliases", "description"], &reasons);
    Some(name)
}

fn identity<'j>(product: &'j Json<'j>) -> Option<&'j str> {
    let id = product.text().or_else(|| product.text_of("@id"));
    let purl = || product.get("identifiers")?.text_of("purl");
    id.filter(|id| id.starts_with("pkg:")).or_else(purl)
}

/// Go's package URLs keep the `v`.
fn bare(version: &str) -> &str {
    version.strip_prefix('v').unwrap_or(version)
}

fn stretches(named: &Named, path: &str, notes: &mut Notes) -> Vec<Stretch> {
    match (&named.range, &named.version) {
        (Some(range), _) => match Vers::read(range) {
            Ok(vers) => vers.stretches,
            Err(error) => {
                notes.left(path, error.to_string());
                Vec::new()
            }
        },
        (None, Some(version)) => vec![Stretch::only(bare(version))],
        (None, None) => vec![Stretch::new(Lower::Start, Upper::Open)],
    }
}

/// The version at the range's end has the fix if it is said to be fixed, or if the action names it.
fn fix(stretch: &Stretch, action: &str, named: &Named, out: &BTreeSet<Release>) -> Fix {
    let Upper::Before(end) = stretch.upper() else { return Fix::Missing };
    if out.contains(&(named.bare.clone(), end.clone())) {
        Fix::Out(end.clone())
    } else if action == upgrade(end) {
        Fix::Planned(end.clone())
    } else {
        Fix::Missing
    }
}

/// What to do, where it says more than the fix does.
fn act(fix: &Fix, action: &str, statement: &At<'_>, draft: &mut Draft) {
    let says = match fix {
        Fix::Out(version) | Fix::Planned(version) => action != upgrade(version),
        Fix::End | Fix::Missing => action != NO_FIX,
    };
    let known = draft.advisory.workarounds.as_deref() == Some(action);
    if !says || known || action.is_empty() {
        return;
    }
    if matches!(fix, Fix::Missing) && draft.advisory.workarounds.is_none() {
        draft.advisory.workarounds = Some(action.to_owned());
    } else {
        let reason = "an advisory says by its versions what to do, and has one workaround";
        draft.notes.left(format!("{}/action_statement", statement.path), reason);
    }
}
