//! Texts, paragraph by paragraph: formats run them together, and readers take them apart as well as
//! they can. A paragraph of ours that the copy has anywhere is there.

use std::collections::BTreeMap;

use super::Field;
use super::says::{EXTRA, MISSING, Says};
use crate::check::Weight;
use crate::document::Advisory;

pub(super) fn look(ours: &Advisory, theirs: &Advisory, says: &mut Says) {
    let title = |advisory: &Advisory| {
        let title = advisory.title.as_deref().map(plain);
        title.filter(|title| !title.is_empty())
    };
    says.single(Field::Title, Weight::Warning, title(ours).as_deref(), title(theirs).as_deref());
    let (ours, theirs) = (paragraphs(ours), paragraphs(theirs));
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, text) in &theirs {
        *counts.entry(text).or_default() += 1;
    }
    let missing = taken_from(&mut counts, &ours);
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for (_, text) in &ours {
        *counts.entry(text).or_default() += 1;
    }
    let mut extra = taken_from(&mut counts, &theirs);
    for (field, ours) in missing {
        match extra.remove(&field) {
            Some(theirs) => says.otherwise(field, Weight::Warning, &ours, &theirs),
            None => says.push(field, Weight::Warning, Some(&ours), None, MISSING),
        }
    }
    for (field, theirs) in extra {
        says.push(field, Weight::Warning, None, Some(&theirs), EXTRA);
    }
}

/// The paragraphs for which no count is left, put together by field.
fn taken_from(
    counts: &mut BTreeMap<&str, i64>,
    paragraphs: &[(Field, String)],
) -> BTreeMap<Field, String> {
    let mut rest: BTreeMap<Field, String> = BTreeMap::new();
    for (field, text) in paragraphs {
        match counts.get_mut(text.as_str()) {
            Some(left) if *left > 0 => *left -= 1,
            _ => {
                let rest = rest.entry(*field).or_default();
                if !rest.is_empty() {
                    rest.push(' ');
                }
                rest.push_str(text);
            }
        }
    }
    rest
}

/// Without headings, and without the lists that a description has at its end.
fn paragraphs(advisory: &Advisory) -> Vec<(Field, String)> {
    let texts = [
        (Field::Summary, &advisory.summary),
        (Field::Details, &advisory.details),
        (Field::Impact, &advisory.impact),
        (Field::AttackVectors, &advisory.attack_vectors),
        (Field::Workarounds, &advisory.workarounds),
    ];
    let mut paragraphs = Vec::new();
    for (field, text) in texts {
        let mut open: Vec<&str> = Vec::new();
        let text = text.as_deref().unwrap_or_default();
        for line in text.lines().map(str::trim).chain(std::iter::once("")) {
            if !line.is_empty() {
                open.push(line);
                continue;
            }
            let heading = open.first().filter(|line| line.starts_with('#'));
            let list =
                heading.is_some_and(|line| matches!(*line, "### References" | "### Credits"));
            let body = open.iter().skip(usize::from(heading.is_some())).copied();
            let body = plain(&body.collect::<Vec<_>>().join(" "));
            if !body.is_empty() && !list {
                paragraphs.push((field, body));
            }
            open.clear();
        }
    }
    paragraphs
}

/// With single blanks for all white space.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
