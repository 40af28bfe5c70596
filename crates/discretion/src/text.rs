//! The guard over a text.
//!
//! Rules in order: the case's own ids, its other terms, ids of anything else, phrases that tools
//! write, and words that say "security". A stretch of text is reported by the first that fits.
//! A text that uses none of these words, an empty one among them, has no finding.

use std::ops::Range;

use advisory::GhsaId;

use crate::finding::{Finding, Place, Rule, Severity};
use crate::letters::{Fit, Letter, find, letter_at, letters, needle, starts_word};
use crate::terms::Terms;
use crate::vocabulary::{self, TELL_TALES, VOCABULARY};

/// Who will read the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everyone.
    Public,
    /// Downstream vendors, who know of the case under embargo.
    Distributors,
}

/// What a project lets be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Whether an embargoed mail may hold the case's own ids, CVE and GHSA.
    pub cve_id_in_embargoed_mail: bool,
}

/// What in the text would give the case away, in the order of the text.
///
/// To distributors the bug may be described and the case called by its codename; links, names
/// and other terms are blocked for them too.
#[must_use]
pub fn check_text(text: &str, terms: &Terms, audience: Audience, policy: &Policy) -> Vec<Finding> {
    let mut reading =
        Reading { text, letters: letters(text), taken: Vec::new(), findings: Vec::new() };
    reading.own_ids(terms, audience == Audience::Distributors && policy.cve_id_in_embargoed_mail);
    reading.own_words(terms, audience);
    reading.other_ids();
    if audience == Audience::Public {
        reading.public_words();
    }
    reading.findings.sort_by(|a, b| a.place.cmp(&b.place));
    reading.findings
}

struct Reading<'a> {
    text: &'a str,
    letters: Vec<Letter>,
    taken: Vec<Range<usize>>,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn own_ids(&mut self, terms: &Terms, allowed: bool) {
        for (rule, needle) in terms.ids() {
            for range in find(&self.letters, &needle, Fit::Ending) {
                if allowed {
                    self.taken.push(range);
                } else {
                    self.report(range, rule, Severity::Block, rule.suggestion());
                }
            }
        }
    }

    fn own_words(&mut self, terms: &Terms, audience: Audience) {
        for (rule, needle) in terms.words() {
            if rule == Rule::Codename && audience == Audience::Distributors {
                continue;
            }
            for range in find(&self.letters, needle, Fit::Words) {
                self.report(range, rule, Severity::Block, rule.suggestion());
            }
        }
    }

    fn other_ids(&mut self) {
        for start in 0..self.letters.len() {
            let (rule, end) = match (cve_end(&self.letters, start), ghsa_end(&self.letters, start))
            {
                (Some(end), _) => (Rule::CveId, end),
                (None, Some(end)) => (Rule::GhsaId, end),
                (None, None) => continue,
            };
            self.report(start..end, rule, Severity::Warn, rule.suggestion());
        }
    }

    fn public_words(&mut self) {
        for phrase in TELL_TALES {
            for range in find(&self.letters, &needle(phrase), Fit::Words) {
                let rule = Rule::TellTale;
                self.report(range, rule, Severity::Warn, rule.suggestion());
            }
        }
        for entry in VOCABULARY {
            for range in find(&self.letters, &needle(entry.0), Fit::Words) {
                let plainer = vocabulary::suggestion(entry);
                self.report(range, Rule::Vocabulary, Severity::Warn, plainer);
            }
        }
    }

    fn report(&mut self, range: Range<usize>, rule: Rule, severity: Severity, suggest: &str) {
        let overlaps = |taken: &Range<usize>| taken.start < range.end && range.start < taken.end;
        if self.taken.iter().any(overlaps) {
            return;
        }
        let Some(([first, ..], last)) =
            self.letters.get(range.clone()).and_then(|found| Some((found, found.last()?)))
        else {
            return;
        };
        self.findings.push(Finding {
            rule,
            severity,
            place: Place { part: None, line: first.line, col: first.col },
            excerpt: excerpt(self.text, first.bytes.start..last.bytes.end),
            suggest: suggest.to_owned(),
        });
        self.taken.push(range);
    }
}

/// The end of a CVE id that starts here. The number goes on over a separator until it has the
/// four digits that every id has, so that a broken line does not hide one.
fn cve_end(letters: &[Letter], start: usize) -> Option<usize> {
    let digits = word_then(letters, start, "cve")?;
    let is_digit = |index: &usize| letter_at(letters, *index).is_some_and(|c| c.is_ascii_digit());
    let number = digits + 4;
    let shortest = number + 4;
    if !(digits..shortest).all(|index| is_digit(&index)) {
        return None;
    }
    let ends = |index: &usize| !is_digit(index) || starts_word(letters, *index);
    Some((shortest..letters.len()).find(ends).unwrap_or(letters.len()))
}

/// The end of a GHSA id that starts here.
fn ghsa_end(letters: &[Letter], start: usize) -> Option<usize> {
    let groups = word_then(letters, start, "ghsa")?;
    let end = groups + 12;
    let in_alphabet =
        |index| letter_at(letters, index).is_some_and(|c| GhsaId::ALPHABET.contains(c));
    ((groups..end).all(in_alphabet) && starts_word(letters, end)).then_some(end)
}

/// The index after the word, if it stands at the start.
fn word_then(letters: &[Letter], start: usize, word: &str) -> Option<usize> {
    let mut index = start;
    for c in word.chars() {
        if letter_at(letters, index) != Some(c) {
            return None;
        }
        index += 1;
    }
    Some(index)
}

/// The words with up to twenty characters on either side, on one line.
fn excerpt(text: &str, found: Range<usize>) -> String {
    const AROUND: usize = 20;
    let before = text.get(..found.start).unwrap_or_default();
    let after = text.get(found.end..).unwrap_or_default();
    let lead: Vec<char> = before.chars().rev().take(AROUND).collect();
    lead.into_iter()
        .rev()
        .chain(text.get(found).unwrap_or_default().chars())
        .chain(after.chars().take(AROUND))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .trim()
        .to_owned()
}
