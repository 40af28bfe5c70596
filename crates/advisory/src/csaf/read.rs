//! Reading CSAF documents, 2.0 and 2.1.
//!
//! Of a document's notes those are read that have a place in an advisory; the others are left, as
//! are products that are made of two others.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::profile::WITHDRAWN;
use super::read_products::Catalogue;
use super::{read_vulnerability, words};
use crate::assessment::Moment;
use crate::audience::Audience;
use crate::credit::{Consent, Credit, CreditType, Naming};
use crate::document::{Reference, ReferenceKind, Vulnerability};
use crate::read::{At, Draft, Format, Notes, Read, ReadError};
use crate::text::paragraph;

const PUBLISHING: &str = "says how it is published, which is not part of an advisory";

/// Reads a document.
///
/// # Errors
/// If the text is no JSON, or has no `document` with a title or a CSAF version.
pub fn read(text: &str) -> Result<Read, ReadError> {
    crate::read::document(Format::Csaf, text, |top, draft| {
        let head = top.get("document").ok_or("it has no `document`")?;
        if head.get("title").is_none() && head.get("csaf_version").is_none() {
            return Err("its `document` has neither title nor csaf_version");
        }
        let reasons = [("$schema", PUBLISHING)];
        draft.notes.others(top, &["document", "product_tree", "vulnerabilities"], &reasons);
        let rating = take_head(&head, draft);
        let catalogue = Catalogue::of(top, &mut draft.notes);
        let mut seen = BTreeSet::new();
        for (number, at) in top.list("vulnerabilities", &mut draft.notes).into_iter().enumerate() {
            let read = read_vulnerability::take(&at, number, &catalogue, draft);
            let read = Vulnerability { rating: rating.clone(), ..read };
            seen.extend(read.cve.map(|cve| cve.to_string()));
            draft.advisory.vulnerabilities.push(read);
        }
        // A document names the CVE ids of its vulnerabilities among its own aliases.
        draft.advisory.aliases.retain(|alias| seen.insert(alias.clone()));
        draft.advisory.packages = catalogue.packages();
        Ok(())
    })
}

/// The document's head; gives back the word for the severity of all.
fn take_head(head: &At<'_>, draft: &mut Draft) -> Option<String> {
    let notes = &mut draft.notes;
    let read =
        ["title", "notes", "acknowledgments", "references", "tracking", "aggregate_severity"];
    let reasons = [
        ("category", PUBLISHING),
        ("csaf_version", PUBLISHING),
        ("distribution", PUBLISHING),
        ("lang", PUBLISHING),
        ("source_lang", PUBLISHING),
        ("publisher", PUBLISHING),
        ("license_expression", PUBLISHING),
    ];
    notes.others(head, &read, &reasons);
    draft.withdrawn = head.value.text_of("category") == Some(WITHDRAWN);
    draft.advisory.title = head.text("title", notes).map(ToOwned::to_owned);
    draft.advisory.credits = credits(head, notes);
    draft.advisory.references = references(head, notes);
    for note in head.list("notes", notes) {
        take_note(&note, draft);
    }
    if let Some(tracking) = head.get("tracking") {
        take_tracking(&tracking, draft);
    }
    let severity = head.get("aggregate_severity")?;
    draft.notes.others(&severity, &["text"], &[("namespace", PUBLISHING)]);
    severity.text("text", &mut draft.notes).map(ToOwned::to_owned)
}

fn take_tracking(tracking: &At<'_>, draft: &mut Draft) {
    let reasons = [
        "current_release_date",
        "initial_release_date",
        "generator",
        "revision_history",
        "status",
        "version",
    ]
    .map(|name| (name, PUBLISHING));
    draft.notes.others(tracking, &["id", "aliases"], &reasons);
    if let Some(id) = tracking.text("id", &mut draft.notes) {
        draft.itself(id);
    }
    for (alias, _) in tracking.texts("aliases", &mut draft.notes) {
        draft.named(alias);
    }
}

fn take_note(note: &At<'_>, draft: &mut Draft) {
    let Some(text) = note.text("text", &mut draft.notes) else { return };
    let title = note.value.text_of("title").unwrap_or_default();
    if draft.withdrawn && title == words::ENGLISH.withdrawn_because {
        draft.notes.left(note.path.as_str(), "says why it was taken back");
        return;
    }
    let advisory = &mut draft.advisory;
    let place = match (note.value.text_of("category"), title) {
        (Some("summary"), _) => &mut advisory.summary,
        (Some("details" | "description"), _) => &mut advisory.details,
        (Some("general"), "Impact") => &mut advisory.impact,
        (Some("general"), "Attack vectors") => &mut advisory.attack_vectors,
        (Some("general"), "Timeline") => {
            match moments(text) {
                Some(moments) => advisory.timeline = moments,
                None => draft.notes.left(note.path.as_str(), "a timeline in words"),
            }
            return;
        }
        _ => {
            draft.notes.left(note.path.as_str(), "an advisory has no place for this note");
            return;
        }
    };
    if place.is_some() {
        draft.notes.left(note.path.as_str(), "an advisory has one text of this kind");
    } else {
        *place = Some(text.to_owned());
    }
}

/// Each moment begins a line with its time; a line without one goes on with the moment before.
fn moments(text: &str) -> Option<Vec<Moment>> {
    let mut moments: Vec<Moment> = Vec::new();
    for line in text.split('\n') {
        let (time, what) = line.split_once(' ').unwrap_or((line, ""));
        match (time.parse::<Timestamp>(), moments.last_mut()) {
            (Ok(at), _) => {
                let what = what.to_owned();
                moments.push(Moment { at, what, widest: Audience::Public });
            }
            (Err(_), Some(last)) => {
                last.what.push('\n');
                last.what.push_str(line);
            }
            (Err(_), None) => return None,
        }
    }
    Some(moments)
}

/// One credit for each name; an organisation without names is thanked itself.
fn credits(head: &At<'_>, notes: &mut Notes) -> Vec<Credit> {
    let mut credits = Vec::new();
    for thanks in head.list("acknowledgments", notes) {
        let word = thanks.text("summary", notes).map(|word| word.replace(' ', "_"));
        let role = word.as_deref().and_then(CreditType::read);
        if role.is_none() && word.is_some() {
            notes.left(format!("{}/summary", thanks.path), "thanks in words");
        }
        let role = role.unwrap_or(CreditType::Other);
        let reasons = [("urls", "an advisory names people, not their pages")];
        notes.others(&thanks, &["names", "organization", "summary"], &reasons);
        let company = thanks.text("organization", notes);
        let names = thanks.texts("names", notes);
        let credit = |name: &str, company: Option<&str>| {
            let company = company.map(ToOwned::to_owned);
            let naming = match name {
                "anonymous" if company.is_none() => Naming::Anonymous,
                name => Naming::Named { name: name.to_owned(), company, github: None },
            };
            Credit { role, naming, consent: Consent::Given }
        };
        match company {
            Some(company) if names.is_empty() => credits.push(credit(company, None)),
            company => credits.extend(names.iter().map(|(name, _)| credit(name, company))),
        }
    }
    credits
}

fn references(head: &At<'_>, notes: &mut Notes) -> Vec<Reference> {
    let mut references = Vec::new();
    for link in head.list("references", notes) {
        if link.value.text_of("category") == Some("self") {
            notes.left(link.path, PUBLISHING);
            continue;
        }
        let Some(url) = link.text("url", notes) else {
            notes.left(link.path, "this leads nowhere");
            continue;
        };
        let words = link.text("summary", notes).unwrap_or_default();
        let known = ReferenceKind::ALL.into_iter().find(|kind| kind.in_words() == words);
        let kind = known.unwrap_or_else(|| {
            if paragraph(Some(words)).is_some() {
                notes.left(format!("{}/summary", link.path), "a link has a kind, and no words");
            }
            ReferenceKind::Web
        });
        references.push(Reference { kind, url: url.to_owned(), private: false });
    }
    references
}
