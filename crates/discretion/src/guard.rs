//! The guard over a text: what in it would give the case away.
//!
//! Made once for a case and used for many texts. A fast look over the whole text says where something
//! may stand: needles of plain letters by the automaton, anything encoded or unusual by the sieve.
//! Only there is the text read as readers would, and judged. So the fast look must never leave out
//! what the close one would find; it decides nothing.

use std::ops::Range;

use crate::automaton::{At, Automaton};
use crate::finding::{Finding, Rule};
use crate::ids::{SHAPES, Shape};
use crate::needle::{Fit, Needle, spellings};
use crate::prior::Prior;
use crate::reading::{Document, Letter, NotText, Sieve, letters, readings, view, widened};
use crate::setting::Setting;
use crate::terms::Terms;
use crate::vocabulary::{ENTRIES, Entry, HARMLESS};
use crate::weigh::{Hit, weigh};

/// Letters around a spot that are always read with it: more than the longest id has.
const AROUND: usize = 40;
/// A stretch longer than this is read in pieces, which overlap.
const PIECE: usize = 256 << 10;
const OVERLAP: usize = 8 << 10;

/// What a needle is there for.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// A word of the case's own.
    Own(Rule),
    /// A name in the code of the case's fix.
    Identifier,
    /// An id of some list.
    Id(&'static Shape),
    /// A word that says "security".
    Word(&'static Entry),
    /// A phrase that sounds like one and is none.
    Harmless,
}

/// Reads texts for one case.
pub struct Guard {
    automaton: Automaton,
    needles: Vec<(Needle, Meaning)>,
    prior: Prior,
    margin: usize,
}

impl Guard {
    /// A guard that knows these terms.
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        let mut needles = Vec::new();
        let mut add = |term: &str, fit: Fit, meaning: Meaning| {
            needles.extend(Needle::new(term, fit).map(|needle| (needle, meaning)));
        };
        for (rule, term) in terms.all() {
            match rule {
                Rule::CveId | Rule::GhsaId => add(&term, Fit::Ending, Meaning::Own(rule)),
                Rule::Identifier => add(&term, Fit::Words, Meaning::Identifier),
                _ => {
                    for term in spellings(&term) {
                        add(&term, Fit::Words, Meaning::Own(rule));
                    }
                }
            }
        }
        for shape in &SHAPES {
            add(shape.prefix, Fit::Beginning, Meaning::Id(shape));
        }
        for entry in ENTRIES {
            add(entry.words, Fit::Words, Meaning::Word(entry));
        }
        for phrase in HARMLESS {
            add(phrase, Fit::Words, Meaning::Harmless);
        }
        let automaton = Automaton::new(needles.iter().map(|(needle, _)| needle.letters.as_str()));
        let margin = automaton.longest().max(AROUND) + 2;
        Self { automaton, needles, prior: Prior::default(), margin }
    }

    /// Takes into account what is ordinary in the project.
    #[must_use]
    pub fn with_prior(mut self, prior: Prior) -> Self {
        self.prior = prior;
        self
    }

    /// What in the text would give the case away to these readers, in the order of the text. A text
    /// that uses none of these words, an empty one among them, has no finding.
    #[must_use]
    pub fn text(&self, text: &str, setting: &Setting) -> Vec<Finding> {
        weigh(text, self.hits(text), *setting, &self.prior)
    }

    /// The same for bytes: UTF-8, or UTF-16 with or without a mark. Places are those of the bytes.
    ///
    /// # Errors
    /// [`NotText`], and then nothing may be concluded.
    pub fn bytes(&self, bytes: &[u8], setting: &Setting) -> Result<Vec<Finding>, NotText> {
        let document = Document::read(bytes)?;
        let mut findings = self.text(&document.text, setting);
        for finding in &mut findings {
            finding.place.bytes = document.original(finding.place.bytes.clone());
        }
        Ok(findings)
    }

    /// The words of the vocabulary in a text, each once.
    pub(crate) fn words_of(&self, text: &str) -> Vec<&'static str> {
        let word = |hit: Hit| match hit.meaning {
            Some(Meaning::Word(entry)) => Some(entry.words),
            _ => None,
        };
        let mut words: Vec<_> = self.hits(text).into_iter().filter_map(word).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let mut sieve = Sieve::encoded(text.as_bytes());
        self.automaton.scan(text.as_bytes(), |end| sieve.add(end.saturating_sub(1)..end));
        let mut hits = Vec::new();
        for stretch in widened(text, &sieve.spots(), self.margin) {
            let mut start = stretch.start;
            loop {
                let end = text.ceil_char_boundary(stretch.end.min(start + PIECE));
                self.read(text, start..end, &stretch, &mut hits);
                if end >= stretch.end {
                    break;
                }
                start = text.floor_char_boundary(end - OVERLAP);
            }
        }
        hits
    }

    /// Reads a piece of a stretch closely, in every way.
    fn read(&self, text: &str, piece: Range<usize>, stretch: &Range<usize>, hits: &mut Vec<Hit>) {
        let cut = (piece.start > stretch.start, piece.end < stretch.end);
        let written = view(text.get(piece.clone()).unwrap_or_default(), piece.start);
        let readings = readings(written);
        if !readings.whole {
            hits.push(Hit { bytes: piece, meaning: None, length: 0, encoded: true });
        }
        for (depth, view) in readings.views.iter().enumerate() {
            let letters = letters(view);
            let mut state = At::default();
            for (index, letter) in letters.iter().enumerate() {
                let found;
                (state, found) = self.automaton.step(state, letter.c);
                let needles = found.then(|| self.automaton.ending(state)).into_iter().flatten();
                for (needle, meaning) in needles.filter_map(|number| self.needles.get(number)) {
                    let start = (index + 1).saturating_sub(needle.length());
                    let Some(end) = end(&letters, index + 1, needle, *meaning) else {
                        continue;
                    };
                    // What the cut goes through stands whole in the next piece.
                    if (cut.0 && start == 0) || (cut.1 && end == letters.len()) {
                        continue;
                    }
                    if let Some([first, ..]) = letters.get(start..end)
                        && let Some(last) = letters.get(end - 1)
                    {
                        let bytes = first.bytes.start..last.bytes.end;
                        let (meaning, length) = (Some(*meaning), end - start);
                        hits.push(Hit { bytes, meaning, length, encoded: depth > 0 });
                    }
                }
            }
        }
    }
}

/// Where something ends whose needle ends at `after`, if it really stands there.
fn end(letters: &[Letter], after: usize, needle: &Needle, meaning: Meaning) -> Option<usize> {
    match meaning {
        Meaning::Id(shape) => shape.end(letters, after),
        _ => needle.fits(letters, after).then_some(after),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{Guard, Hit, OVERLAP, PIECE};
    use crate::{finding::Finding, prior::Prior, setting::Setting, terms::Terms, weigh::weigh};

    fn guard() -> Guard {
        let terms = Terms::new().codename("amber heron").free("Stra\u{df}e").name("Jo O'Finder");
        Guard::new(&terms.cve("CVE-2021-32783".parse().unwrap()))
    }

    /// What is found when the whole text is read closely.
    fn closely(guard: &Guard, text: &str) -> Vec<Finding> {
        let mut hits: Vec<Hit> = Vec::new();
        let all: Range<usize> = 0..text.len();
        guard.read(text, all.clone(), &all, &mut hits);
        weigh(text, hits, Setting::PUBLIC, &Prior::default())
    }

    const PIECES: &[&str] = &[
        "a",
        "m",
        "ber",
        "heron",
        "amber",
        "Heron",
        "cve",
        "CVE-",
        "2021",
        "327",
        "83",
        "jo ",
        "fix ",
        "o'finder",
        "stra",
        "\u{df}e",
        "sse",
        "overflow",
        "cvss",
        "ghsa-",
        "%20",
        "%2d",
        "%6",
        "=\n",
        "=20",
        "=2D",
        "=",
        "&#45;",
        "&shy;",
        "\\n",
        "\\u002d",
        "\"",
        "\u{2010}",
        "\u{ad}",
        "\u{fb01}",
        "\u{435}",
        "-",
        "_",
        "> ",
        "\n",
        "// ",
        "YW1iZXItaGVyb24",
        "Q1ZFLTIwMjEtMzI3ODM=",
        "...",
        "tenletters, and then some more of these, so that there is some plain room in between, ",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// The fast look leaves out nothing that a close reading of everything finds.
        #[test]
        fn the_fast_look_loses_nothing(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
            let text = pieces.concat();
            thread_local! {
                static GUARD: Guard = guard();
            }
            GUARD.with(|guard| {
                let fast = guard.text(&text, &Setting::PUBLIC);
                prop_assert_eq!(fast, closely(guard, &text));
                Ok(())
            })?;
        }
    }

    fn is_found_at(guard: &Guard, filler: &str, at: usize) {
        let at = filler.floor_char_boundary(at);
        let text = format!("{} amber heron {}", &filler[..at], &filler[at..]);
        let found = guard.text(&text, &Setting::PUBLIC);
        assert_eq!(found.len(), 1, "{at}");
        assert_eq!(found[0].place.bytes, at + 1..at + 12);
    }

    #[test]
    fn a_term_is_found_wherever_lanes_meet() {
        let filler = "plain words, ".repeat(50);
        let guard = guard();
        (0..filler.len()).for_each(|at| is_found_at(&guard, &filler, at));
    }

    #[test]
    fn a_term_is_found_wherever_pieces_meet() {
        let filler = "schr\u{e4}g, ".repeat((PIECE + PIECE / 2) / 9);
        let guard = guard();
        for meeting in [PIECE - OVERLAP, PIECE] {
            (meeting - 16..meeting).step_by(4).for_each(|at| is_found_at(&guard, &filler, at));
        }
    }
}
