//! The words of a notice as they stand somewhere, held against the approved ones.
//!
//! Lists wrap lines, put a word before the subject and a footer below, and write text anew as HTML and
//! back. None of that changes what a notice says. Whatever else differs, a person has to see.

use std::{cmp::Reverse, collections::BTreeSet};

use advisory::{id::CveId, mailbox::Mailbox};
use serde::{Deserialize, Serialize};

use super::names;

/// Differences that are written down; a text with more is another one.
const MOST: usize = 20;
/// Characters of a passage that are kept.
const LONGEST: usize = 300;

/// Something that stands there otherwise than it was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Difference {
    /// The approved subject is not its subject.
    Subject {
        /// What is.
        there: String,
    },
    /// It names a CVE id that the approved words do not name.
    NamesCve {
        /// Which.
        id: String,
    },
    /// The embargo note is not there, or not word for word.
    NoNote,
    /// A passage is not there, or in other words.
    Missing {
        /// As it was approved.
        approved: String,
        /// What stands in its place; may be nothing.
        there: String,
    },
    /// Nobody approved these words before or between the approved ones.
    Added {
        /// The words.
        there: String,
    },
    /// Another list sent it on than the one that it was approved for.
    OtherList {
        /// That list.
        address: Mailbox,
    },
    /// It is encrypted, so that nothing could be compared.
    Encrypted,
}

/// What comparing shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// What a person has to see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// What stands below the approved words, such as a list's footer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub below: String,
    /// The approved words other than the embargo note's that were found there, of a hundred.
    pub found: u8,
}

impl Compared {
    /// The approved words stand there, and nothing that anybody has to see.
    #[must_use]
    pub fn same(&self) -> bool {
        self.differences.is_empty()
    }

    /// The approved subject is its subject.
    #[must_use]
    pub fn has_subject(&self) -> bool {
        !self.differences.iter().any(|it| matches!(it, Difference::Subject { .. }))
    }

    /// It is no longer than what is written down.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        let short = |text: &str| text.chars().count() <= LONGEST.saturating_add(1);
        let fits = |difference: &Difference| match difference {
            Difference::Subject { there } | Difference::Added { there } => short(there),
            Difference::NamesCve { id } => short(id),
            Difference::Missing { approved, there } => short(approved) && short(there),
            Difference::NoNote | Difference::OtherList { .. } | Difference::Encrypted => true,
        };
        short(&self.below) && self.differences.len() <= MOST && self.differences.iter().all(fits)
    }

    /// A person has to see this too.
    #[must_use]
    pub fn and(mut self, difference: Difference) -> Self {
        self.differences.insert(0, difference);
        self.differences.truncate(MOST);
        self
    }
}

/// A subject and a body.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// One line.
    pub subject: &'a str,
    /// Lines.
    pub body: &'a str,
}

/// Holds words as they stand somewhere against the approved ones. `note` is the embargo note that they
/// end in, and `own` are the case's CVE ids, which are found however they are written.
#[must_use]
pub fn compare(
    approved: Words<'_>,
    there: Words<'_>,
    note: Option<&str>,
    own: &BTreeSet<CveId>,
) -> Compared {
    let mut compared = Compared::default();
    if !same_subject(approved.subject, there.subject) {
        compared.differences.push(Difference::Subject { there: cut(there.subject) });
    }
    let ids = unapproved_ids(approved, there, own).into_iter();
    compared.differences.extend(ids.map(|id| Difference::NamesCve { id }));
    let paragraphs = approved.body.split("\n\n").map(tokens);
    let passages: Vec<Vec<String>> = paragraphs.filter(|words| !words.is_empty()).collect();
    let found_in = tokens(there.body);
    let note = note.map(tokens).unwrap_or_default();
    let mut gaps = Vec::new();
    let below = align(&passages, &found_in, &mut gaps);
    let is_note =
        |passage: &[String]| note.windows(passage.len().max(1)).any(|window| window == passage);
    let mut missing = 0_usize;
    for gap in &gaps {
        let (note, lost): (Vec<_>, Vec<_>) =
            gap.passages.iter().partition(|passage| is_note(passage));
        if !note.is_empty() {
            compared.differences.push(Difference::NoNote);
        }
        missing = missing.saturating_add(words_of(lost.iter().copied()));
        let lost = lost.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
        let there = cut(&gap.there.join(" "));
        if !lost.is_empty() {
            compared.differences.push(Difference::Missing { approved: cut(&lost), there });
        } else if note.is_empty() {
            compared.differences.push(Difference::Added { there });
        }
    }
    compared.differences.dedup();
    compared.differences.truncate(MOST);
    // Where only the note is not there, nobody wrote what follows instead of a passage.
    let instead = gaps.last().filter(|gap| gap.passages.iter().all(|passage| is_note(passage)));
    let below = if below.is_empty() { instead.map_or(below, |gap| gap.there) } else { below };
    compared.below = cut(&below.join(" "));
    let all = words_of(passages.iter().filter(|passage| !is_note(passage)));
    let found = all.saturating_sub(missing).saturating_mul(100).checked_div(all);
    compared.found = found.and_then(|part| u8::try_from(part).ok()).unwrap_or_default();
    compared
}

/// Between passages that were found: passages that were not, and what stands there.
struct Gap<'a> {
    passages: &'a [Vec<String>],
    there: &'a [String],
}

/// What lies between passages that were found. What stands below the last of all is the answer.
fn align<'a>(
    passages: &'a [Vec<String>],
    there: &'a [String],
    gaps: &mut Vec<Gap<'a>>,
) -> &'a [String] {
    let (mut next, mut read) = (0, 0);
    for (at, from) in places(passages, there) {
        let lost = passages.get(next..at).unwrap_or_default();
        let between = there.get(read..from).unwrap_or_default();
        if !lost.is_empty() || !between.is_empty() {
            gaps.push(Gap { passages: lost, there: between });
        }
        next = at.saturating_add(1);
        read = from.saturating_add(passages.get(at).map_or(0, Vec::len));
    }
    let (lost, rest) = (passages.get(next..).unwrap_or_default(), there.get(read..));
    let rest = rest.unwrap_or_default();
    if next > 0 && lost.is_empty() {
        return rest;
    }
    gaps.push(Gap { passages: lost, there: rest });
    &[]
}

/// A way to find some of the passages, in order.
#[derive(Clone, Copy)]
struct Way {
    end: usize,
    words: usize,
    /// The last of its steps.
    step: Option<usize>,
}

/// Which passages stand where, in order: so that most words are found, and these as early as can be.
/// So a short passage is not taken for another of the same words.
fn places(passages: &[Vec<String>], there: &[String]) -> Vec<(usize, usize)> {
    let mut steps: Vec<(usize, usize, Option<usize>)> = Vec::new();
    // Each finds more words than those that end before it.
    let mut ways = vec![Way { end: 0, words: 0, step: None }];
    for (at, passage) in passages.iter().enumerate() {
        let length = passage.len();
        let windows = there.windows(length.max(1)).enumerate();
        let starts: Vec<usize> =
            windows.filter(|(_, window)| window == passage).map(|(from, _)| from).collect();
        for way in ways.clone() {
            let first = starts.partition_point(|from| *from < way.end);
            let Some(from) = starts.get(first).copied() else { break };
            let (end, words) = (from.saturating_add(length), way.words.saturating_add(length));
            ways.push(Way { end, words, step: Some(steps.len()) });
            steps.push((at, from, way.step));
        }
        ways.sort_by_key(|way| (way.end, Reverse(way.words)));
        let mut most = None;
        ways.retain(|way| {
            let more = Some(way.words) > most;
            most = most.max(Some(way.words));
            more
        });
    }
    let mut places = Vec::new();
    let mut step = ways.last().and_then(|way| way.step);
    while let Some((at, from, before)) = step.and_then(|step| steps.get(step)).copied() {
        places.push((at, from));
        step = before;
    }
    places.reverse();
    places
}

/// Words as they are compared: without what lists, mail programs and HTML change around them.
fn tokens(text: &str) -> Vec<String> {
    let words = text.split_whitespace().map(|word| {
        let plain: String = word.chars().filter_map(plain).collect();
        plain.trim_matches(['*', '_', '`']).to_owned()
    });
    let of = |word: &str, marks: &str| word.chars().all(|c| marks.contains(c));
    words.filter(|word| !of(word, "-=_*#~+|") && !of(word, ">")).collect()
}

/// A character as it is compared; one that nobody sees is none.
pub(super) fn plain(c: char) -> Option<char> {
    match c {
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        other => Some(other),
    }
}

/// The approved subject stands in the other, but for what lists put before it and where they put its
/// tags. An answer is not what it answers.
fn same_subject(approved: &str, there: &str) -> bool {
    let (answers, approved) = bare(approved);
    let (answers_there, there) = bare(there);
    let is_tag = |word: &&String| word.starts_with('#');
    let tags = |words: &[String]| words.iter().filter(is_tag).cloned().collect::<BTreeSet<_>>();
    let rest = |words: &[String]| words.iter().filter(|w| !is_tag(w)).cloned().collect::<Vec<_>>();
    let (words, words_there) = (rest(&approved), rest(&there));
    answers == answers_there
        && tags(&approved).is_subset(&tags(&there))
        && (words.is_empty() || words_there.windows(words.len()).any(|window| window == words))
}

/// A subject says that its mail answers another.
#[must_use]
pub fn is_answer(subject: &str) -> bool {
    bare(subject).0
}

/// A subject without "Re:" and what stands in brackets before it, and whether it is an answer's.
fn bare(subject: &str) -> (bool, Vec<String>) {
    let (mut rest, mut answers) = (subject.trim(), false);
    loop {
        let re = rest.get(..3).filter(|start| start.eq_ignore_ascii_case("re:"));
        if re.is_some() {
            (answers, rest) = (true, rest.get(3..).unwrap_or_default().trim_start());
        } else if let Some((_, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            rest = after.trim_start();
        } else {
            return (answers, tokens(rest));
        }
    }
}

/// CVE ids that stand there and not in the approved words.
fn unapproved_ids(approved: Words<'_>, there: Words<'_>, own: &BTreeSet<CveId>) -> Vec<String> {
    let all = |words: Words<'_>| format!("{} {}", words.subject, words.body);
    let (approved, there) = (all(approved), all(there));
    let own_in = |text: &str| own.iter().copied().filter(|id| names(text, id)).collect();
    let in_all = |text: &str| -> BTreeSet<CveId> { &ids(text) | &own_in(text) };
    (&in_all(&there) - &in_all(&approved)).iter().map(ToString::to_string).collect()
}

/// Every CVE id that stands in a text as one word, whatever its dashes are.
fn ids(text: &str) -> BTreeSet<CveId> {
    let is_dash = |c: char| c == '-' || c == '\u{2212}' || ('\u{2010}'..='\u{2015}').contains(&c);
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || is_dash(c)));
    words.filter_map(|word| word.replace(is_dash, "-").to_ascii_uppercase().parse().ok()).collect()
}

/// A passage stands in a text, whatever lists and mail programs change around its words.
pub(crate) fn holds_words(text: &str, passage: &str) -> bool {
    let (text, passage) = (tokens(text), tokens(passage));
    !passage.is_empty() && text.windows(passage.len()).any(|window| window == passage)
}

fn words_of<'a>(passages: impl IntoIterator<Item = &'a Vec<String>>) -> usize {
    passages.into_iter().map(Vec::len).sum()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
