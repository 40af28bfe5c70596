//! Reading CycloneDX documents: what they say of vulnerabilities.
//!
//! A vulnerability has an entry for each way in which versions stand to it, so entries of one id are
//! gathered. What holds for the advisory as a whole, every vulnerability says: the first one is taken.
//! Components that no vulnerability affects are passed over. Of whoever discovered it, the format does
//! not say in what role: they are finders here.

use std::collections::{BTreeMap, BTreeSet};

use super::read_components::Components;
use super::read_vulnerability::{Gathered, Texts};
use super::write::THIS_ADVISORY;
use crate::affected::Package;
use crate::document::{Reference, ReferenceKind};
use crate::read::{At, Draft, Format, Notes, Read, ReadError};

const PUBLISHING: &str = "says who says it and when, which is not part of an advisory";
const BILL: &str = "an advisory is about vulnerabilities, and is no bill of materials";

/// Reads a document.
///
/// # Errors
/// If the text is no JSON, or has neither the format's name nor vulnerabilities.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::CycloneDx, text, |top, draft| {
        if top.value.text_of("bomFormat") != Some("CycloneDX") {
            return Err("its `bomFormat` is not CycloneDX");
        }
        if top.get("vulnerabilities").is_none() {
            return Err("it says nothing of vulnerabilities");
        }
        members(top, &mut draft.notes);
        let author = author(top);
        let components = Components::of(top.value);
        let mut known = references(top, draft);
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut gathered: Vec<Gathered> = Vec::new();
        let mut texts = Texts::default();
        for entry in top.list("vulnerabilities", &mut draft.notes) {
            let Some(id) = entry.text("id", &mut draft.notes) else {
                draft.notes.left(entry.path, "the vulnerability has no id");
                continue;
            };
            let place = *places.entry(id).or_insert_with(|| {
                gathered.push(Gathered::new(gathered.len(), id, author));
                gathered.len() - 1
            });
            advisories(&entry, &mut known, draft);
            texts.take(&entry, draft);
            if let Some(one) = gathered.get_mut(place) {
                one.take(&entry, draft);
            }
        }
        draft.withdrawn = !gathered.is_empty() && gathered.iter().all(|one| one.rejected);
        for one in gathered {
            let read = one.end(&components, draft);
            draft.advisory.vulnerabilities.push(read);
        }
        once(draft);
        Ok(())
    })
}

fn members(top: &At<'_>, notes: &mut Notes) {
    let publishing = ["$schema", "specVersion", "serialNumber", "version", "metadata"];
    let bill = [
        "services",
        "dependencies",
        "compositions",
        "annotations",
        "formulation",
        "citations",
        "properties",
        "signature",
        "declarations",
        "definitions",
    ];
    let publishing = publishing.map(|name| (name, PUBLISHING)).into_iter();
    let reasons: Vec<_> = publishing.chain(bill.map(|name| (name, BILL))).collect();
    let read = ["bomFormat", "components", "vulnerabilities", "externalReferences"];
    notes.others(top, &read, &reasons);
}

/// The organisation whose own scores and decisions these are.
fn author<'j>(top: &At<'j>) -> Option<&'j str> {
    let metadata = top.value.get("metadata")?;
    let named = |name: &str| metadata.get(name).and_then(|one| one.text_of("name"));
    named("manufacturer").or_else(|| named("supplier"))
}

/// Gives back where they lead.
fn references<'j>(top: &At<'j>, draft: &mut Draft) -> BTreeSet<&'j str> {
    let mut known = BTreeSet::new();
    for link in top.list("externalReferences", &mut draft.notes) {
        let Some(url) = link.text("url", &mut draft.notes) else { continue };
        let comment = link.value.text_of("comment").unwrap_or_default();
        let said = ReferenceKind::ALL.into_iter().find(|kind| kind.in_words() == comment);
        let kind = said.unwrap_or_else(|| match link.value.text_of("type") {
            Some("advisories") => ReferenceKind::Advisory,
            Some("vcs") => ReferenceKind::Fix,
            Some("issue-tracker") => ReferenceKind::Report,
            _ => ReferenceKind::Web,
        });
        let reason = [("hashes", "an advisory names links, not what is behind them")];
        draft.notes.others(&link, &["url", "comment", "type"], &reason);
        known.insert(url);
        draft.advisory.references.push(Reference { kind, url: url.to_owned(), private: false });
    }
    known
}

/// Other advisories are links; where this one stands is not part of it.
fn advisories<'j>(entry: &At<'j>, known: &mut BTreeSet<&'j str>, draft: &mut Draft) {
    for advisory in entry.list("advisories", &mut draft.notes) {
        let Some(url) = advisory.text("url", &mut draft.notes) else { continue };
        if advisory.value.text_of("title") == Some(THIS_ADVISORY) {
            draft.notes.left(advisory.path, PUBLISHING);
        } else if known.insert(url) {
            let kind = ReferenceKind::Advisory;
            draft.advisory.references.push(Reference { kind, url: url.to_owned(), private: false });
        }
    }
}

/// What several vulnerabilities say alike.
fn once(draft: &mut Draft) {
    let mut seen = BTreeSet::new();
    draft.advisory.aliases.retain(|alias| seen.insert(alias.clone()));
    let mut seen = BTreeSet::new();
    let named = |one: &Package| (one.ecosystem, one.name.clone());
    draft.advisory.packages.retain(|package| seen.insert(named(package)));
}
