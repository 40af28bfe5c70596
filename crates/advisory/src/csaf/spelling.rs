//! Whether a dictionary knows the words of a document.
//!
//! Only what is a word of a language is asked about: no addresses, names of files, identifiers, numbers
//! or code, and no word with a capital letter behind its first, which is an abbreviation or a name. The
//! specification's own valid files hold such words (CSAF, XYZ). Thin: a word ends where its letters end,
//! which is too early in scripts that write vowels as marks.

use std::collections::BTreeSet;

use super::outside::{Spelling, SpellingError};
use super::places::each_text;
use crate::check::Report;
use crate::check::json::Json;

const RULE: &str = "csaf 6.3.8";
const LANGUAGE: &str = "/document/lang";

/// More different words than this are no text.
const MOST_WORDS: usize = 100_000;
/// In bytes: no dictionary has longer ones.
const LONGEST_WORD: usize = 100;
/// So many of a text's unknown words are named.
const MOST_NAMED: usize = 10;

/// `relationships` are of 2.0, `product_paths` of 2.1. The names of profiles, which are not to be
/// looked at as a category, are no words.
const PLACES: [&str; 35] = [
    "/document/acknowledgments/*/names/*",
    "/document/acknowledgments/*/organization",
    "/document/acknowledgments/*/summary",
    "/document/aggregate_severity/text",
    "/document/category",
    "/document/distribution/text",
    "/document/notes/*/audience",
    "/document/notes/*/text",
    "/document/notes/*/title",
    "/document/publisher/issuing_authority",
    "/document/publisher/name",
    "/document/references/*/summary",
    "/document/title",
    "/document/tracking/aliases/*",
    "/document/tracking/generator/engine/name",
    "/document/tracking/revision_history/*/summary",
    "/product_tree/branches/*/name",
    "/product_tree/branches/*/product/name",
    "/product_tree/full_product_names/*/name",
    "/product_tree/product_groups/*/summary",
    "/product_tree/relationships/*/full_product_name/name",
    "/product_tree/product_paths/*/full_product_name/name",
    "/vulnerabilities/*/acknowledgments/*/names/*",
    "/vulnerabilities/*/acknowledgments/*/organization",
    "/vulnerabilities/*/acknowledgments/*/summary",
    "/vulnerabilities/*/involvements/*/summary",
    "/vulnerabilities/*/notes/*/audience",
    "/vulnerabilities/*/notes/*/text",
    "/vulnerabilities/*/notes/*/title",
    "/vulnerabilities/*/references/*/summary",
    "/vulnerabilities/*/remediations/*/details",
    "/vulnerabilities/*/remediations/*/entitlements/*",
    "/vulnerabilities/*/remediations/*/restart_required/details",
    "/vulnerabilities/*/threats/*/details",
    "/vulnerabilities/*/title",
];

pub(super) fn look(
    document: &Json<'_>,
    head: &Json<'_>,
    spelling: Option<&dyn Spelling>,
    report: &mut Report,
) {
    let Some(language) = head.text_of("lang") else { return };
    let Some(spelling) = spelling else {
        report.not_judged(RULE, "", "no dictionary was asked".to_owned());
        return;
    };
    let mut all = BTreeSet::new();
    each(document, &mut |_, text| {
        if all.len() <= MOST_WORDS {
            all.extend(words(text));
        }
    });
    if all.len() > MOST_WORDS {
        report.not_judged(RULE, "", format!("there are more than {MOST_WORDS} words"));
        return;
    }
    match spelling.unknown(language, &all) {
        Ok(unknown) => each(document, &mut |path, text| tell(path, text, &unknown, report)),
        Err(SpellingError::NoDictionary) => {
            report.push_info(
                RULE,
                LANGUAGE,
                format!("there is no dictionary of `{language}` here"),
            );
        }
        Err(error) => report.not_judged(RULE, "", error.to_string()),
    }
}

fn each<'j>(document: &'j Json<'_>, found: &mut impl FnMut(&str, &'j str)) {
    for path in PLACES {
        each_text(document, path, found);
    }
}

fn tell(path: &str, text: &str, unknown: &BTreeSet<&str>, report: &mut Report) {
    let mut found: Vec<&str> = Vec::new();
    for word in words(text).filter(|word| unknown.contains(word)) {
        if !found.contains(&word) && found.len() < MOST_NAMED {
            found.push(word);
        }
    }
    if !found.is_empty() {
        report.push_info(RULE, path, format!("the dictionary does not know: {}", found.join(", ")));
    }
}

/// The words of a text that a dictionary can know.
fn words(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .flat_map(str::split_whitespace)
        .map(|chunk| chunk.trim_matches(|c: char| !is_letter(c) && !c.is_numeric()))
        .filter(|chunk| !chunk.contains(is_technical))
        .flat_map(|chunk| chunk.split(|c| !is_letter(c)))
        .map(|word| word.trim_matches(is_apostrophe))
        .filter(|word| word.len() <= LONGEST_WORD && is_common(word))
}

/// Of several letters, and no capital behind the first.
fn is_common(word: &str) -> bool {
    let mut letters = word.chars().skip(1).peekable();
    letters.peek().is_some() && !letters.any(char::is_uppercase)
}

/// What stands between spans of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let paired = text.matches('`').count().is_multiple_of(2);
    text.split('`')
        .enumerate()
        .filter(move |(place, _)| !paired || place % 2 == 0)
        .map(|(_, part)| part)
}

/// What prose does not have inside of a word.
fn is_technical(c: char) -> bool {
    c.is_numeric() || "./\\@_:=<>$#&%~".contains(c)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || ('\u{300}'..='\u{36f}').contains(&c) || is_apostrophe(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}
