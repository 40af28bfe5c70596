//! Taking a description apart into the texts that it was put together from.
//!
//! Only where putting them together again gives the same text to the letter; any other description
//! stays in one piece, as the details.

use crate::document::Advisory;
use crate::text::{bulleted, headed, paragraph};

/// The parts of a description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) details: Option<String>,
    pub(crate) impact: Option<String>,
    pub(crate) attack_vectors: Option<String>,
    pub(crate) workarounds: Option<String>,
    pub(crate) references: Vec<String>,
    pub(crate) credits: Vec<String>,
}

const HEADINGS: [&str; 5] = ["Impact", "Attack vectors", "Workarounds", "References", "Credits"];

impl Split {
    /// Takes a description apart, with the lists of links and names at its end if it may have them.
    pub(crate) fn of(text: &str, lists: bool) -> Self {
        let headings = HEADINGS.iter().take(if lists { 5 } else { 3 });
        let mut rest = text;
        let mut parts: Vec<(Option<&str>, &str)> = Vec::new();
        let mut open = None;
        for heading in headings {
            let line = format!("### {heading}\n");
            let found = if open.is_none() && rest.starts_with(&line) {
                Some((0, 0))
            } else {
                rest.find(&format!("\n\n{line}")).map(|at| (at, 2))
            };
            let Some((at, gap)) = found else { continue };
            let (before, after) = rest.split_at(at);
            parts.push((open, before));
            open = Some(*heading);
            rest = after.get(gap + line.len()..).unwrap_or_default();
        }
        parts.push((open, rest));
        let mut split = Self::default();
        for (heading, text) in parts {
            let own = || paragraph(Some(text)).map(ToOwned::to_owned);
            match heading {
                None => split.details = own(),
                Some("Impact") => split.impact = own(),
                Some("Attack vectors") => split.attack_vectors = own(),
                Some("Workarounds") => split.workarounds = own(),
                Some("References") => split.references = items(text),
                Some(_) => split.credits = items(text),
            }
        }
        if split.together() == text {
            split
        } else {
            let details = paragraph(Some(text)).map(ToOwned::to_owned);
            Self { details, ..Self::default() }
        }
    }

    fn together(&self) -> String {
        let parts = [
            self.details.clone(),
            headed("Impact", self.impact.as_deref()),
            headed("Attack vectors", self.attack_vectors.as_deref()),
            headed("Workarounds", self.workarounds.as_deref()),
            bulleted("References", self.references.iter().map(String::as_str)),
            bulleted("Credits", self.credits.iter().map(String::as_str)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// Puts the texts into the advisory; links and names are for the reader to place.
    pub(crate) fn into_texts(self, advisory: &mut Advisory) -> (Vec<String>, Vec<String>) {
        let Self { details, impact, attack_vectors, workarounds, references, credits } = self;
        advisory.details = details;
        advisory.impact = impact;
        advisory.attack_vectors = attack_vectors;
        advisory.workarounds = workarounds;
        (references, credits)
    }
}

fn items(list: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in list.split('\n') {
        match (line.strip_prefix("- "), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(item)) => {
                item.push('\n');
                item.push_str(line);
            }
            (None, None) => items.push(line.to_owned()),
        }
    }
    items
}
