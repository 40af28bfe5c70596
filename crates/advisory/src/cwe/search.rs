//! Finding a weakness by words: letter case and plurals do not count, nor does what stands between
//! words. Must not guess at meanings: an entry that has none of the words is not found.

use std::cmp::Reverse;

use super::table;
use super::{Abstraction, Catalogue, Entry, Kind, Usage};

/// More words than this narrow nothing down.
const MOST_WORDS: usize = 12;
/// A longer word is none of the catalogue's.
const LONGEST_WORD: usize = 40;

/// The weaknesses of the newest catalogue whose names or other names have the most of the words, the
/// best first. A number, or an id, is found as such.
///
/// Better is whom MITRE does not refuse; then who is called just that; then who has more of the words
/// as they are rather than as a beginning; then a base before a class, and these before others; then
/// whom MITRE would rather have chosen; then who has fewer words beside them; then the smaller
/// number. The order of the words does not count.
#[must_use]
pub fn search(words: &str) -> Vec<Entry> {
    let asked: Vec<String> = split(words).filter(|word| word != "cwe").take(MOST_WORDS).collect();
    let mut found: Vec<_> = table::lines()
        .iter()
        .filter_map(|line| line.weakness(Catalogue::newest().0))
        .filter_map(|entry| Some((rank(&entry, &asked)?, entry)))
        .collect();
    found.sort_by_key(|(rank, entry)| (*rank, entry.id));
    let most = found.first().map(|(rank, _)| rank.0);
    found.into_iter().filter(|(rank, _)| Some(rank.0) == most).map(|(_, entry)| entry).collect()
}

/// How many words are there, whether MITRE refuses the entry, whether they are a whole name of it,
/// how well they are there, the abstraction, the usage, and how many words stand beside them: the
/// smaller, the better.
type Rank = (Reverse<usize>, bool, Reverse<bool>, Reverse<usize>, u8, Option<Usage>, usize);

fn rank(entry: &Entry, asked: &[String]) -> Option<Rank> {
    let names = std::iter::once(entry.name).chain(nicknames(entry.name)).chain(entry.also());
    let names: Vec<Vec<String>> = names.map(|name| split(name).collect()).collect();
    let whole = names.iter().any(|name| sorted(name) == sorted(asked));
    let number = entry.id.number().to_string();
    let own: Vec<String> = names.into_iter().flatten().chain([number]).collect();
    let (mut there, mut well) = (0, 0);
    for word in asked {
        let good = own.iter().map(|own| match own.strip_prefix(word.as_str()) {
            Some("") => 2,
            // Two letters begin too many words, and digits are no word's beginning.
            Some(_) if word.len() > 2 && !word.starts_with(|c: char| c.is_ascii_digit()) => 1,
            _ => 0,
        });
        let good = good.max().unwrap_or_default();
        there += usize::from(good > 0);
        well += good;
    }
    let refused = entry.usage >= Some(Usage::Discouraged);
    let abstraction = match entry.kind {
        Kind::Weakness(Some(Abstraction::Base)) => 0,
        Kind::Weakness(Some(Abstraction::Class)) => 1,
        _ => 2,
    };
    let (there, well) = (Some(Reverse(there)).filter(|there| there.0 > 0)?, Reverse(well));
    Some((there, refused, Reverse(whole), well, abstraction, entry.usage, own.len()))
}

/// What stands in parentheses in a name, such as `('SQL Injection')`: what everybody calls it.
fn nicknames(name: &str) -> impl Iterator<Item = &str> {
    name.split('(').skip(1).filter_map(|rest| Some(rest.split_once(')')?.0))
}

fn sorted(words: &[String]) -> Vec<&str> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.sort_unstable();
    words
}

/// The words of a text, in the singular and in small letters.
fn split(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| word.len() <= LONGEST_WORD).map(|word| singular(&word.to_lowercase()))
}

/// Both sides go through this, so what it makes of a word need not be one.
fn singular(word: &str) -> String {
    let sibilant = ["sses", "shes", "ches", "xes", "zes"];
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    if sibilant.iter().any(|end| word.ends_with(end)) {
        return word.strip_suffix("es").unwrap_or(word).to_owned();
    }
    let kept = word.len() < 4 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    let stem = if kept { None } else { word.strip_suffix('s') };
    stem.unwrap_or(word).to_owned()
}
