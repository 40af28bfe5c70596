//! Titles of notes that CSAF 2.1 gives a meaning, in the languages in which it has recorded them.

use crate::check::Report;
use crate::check::json::Json;

/// The titles in one language.
pub(super) struct Titles {
    language: &'static str,
    pub(super) license: &'static str,
    pub(super) product_description: &'static str,
    pub(super) superseded_because: &'static str,
    pub(super) withdrawn_because: &'static str,
    pub(super) superseding_document: &'static str,
}

/// The titles in English, which are required where the language is English or not said.
pub(super) static ENGLISH: Titles = Titles {
    language: "en",
    license: "License",
    product_description: "Product Description",
    superseded_because: "Reasoning for Supersession",
    withdrawn_because: "Reasoning for Withdrawal",
    superseding_document: "Superseding Document",
};

static TRANSLATED: [Titles; 1] = [Titles {
    language: "de",
    license: "Lizenz",
    product_description: "Produktbeschreibung",
    superseded_because: "Begründung für die Ersetzung",
    withdrawn_because: "Begründung für die Zurückziehung",
    superseding_document: "Ersetzendes Dokument",
}];

/// The titles of a document.
pub(super) enum Words {
    /// In English, or in no language that is named.
    English,
    /// In another language, for which they are recorded.
    Translated(&'static Titles),
    /// In one for which they are not.
    Unknown,
}

pub(super) fn of(head: &Json<'_>) -> Words {
    let language = head.text_of("lang").unwrap_or(ENGLISH.language);
    let language = language.split('-').next().unwrap_or_default();
    let is = |titles: &&Titles| titles.language.eq_ignore_ascii_case(language);
    if is(&&ENGLISH) {
        return Words::English;
    }
    TRANSLATED.iter().find(is).map_or(Words::Unknown, Words::Translated)
}

impl Words {
    /// The titles, and whether they are English; `None` where they are not recorded.
    pub(super) fn titles(&self) -> Option<(&'static Titles, bool)> {
        match self {
            Self::English => Some((&ENGLISH, true)),
            Self::Translated(titles) => Some((titles, false)),
            Self::Unknown => None,
        }
    }
}

/// The categories of the document's notes with this title.
pub(super) fn titled<'j>(
    head: &'j Json<'_>,
    title: &'static str,
) -> impl Iterator<Item = Option<&'j str>> {
    let notes = head.list("notes").map(|(_, note)| note);
    notes
        .filter(move |note| note.text_of("title") == Some(title))
        .map(|note| note.text_of("category"))
}

/// The description of a product must say of which.
pub(super) fn look(head: &Json<'_>, report: &mut Report) {
    let Some((titles, _)) = of(head).titles() else { return };
    for (place, note) in head.list("notes") {
        let described = note.text_of("category") == Some("description")
            && note
                .text_of("title")
                .is_some_and(|title| title.starts_with(titles.product_description));
        if described && note.get("product_ids").is_none() && note.get("group_ids").is_none() {
            report.warning(
                "csaf 6.2.40",
                format!("/document/notes/{place}"),
                "this describes a product, and does not say which",
                "Give product_ids or group_ids.",
            );
        }
    }
}
