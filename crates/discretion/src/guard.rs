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
use crate::reading::{Document, Letter, NotText, encoded, letters, readings, view, widened};
use crate::setting::Setting;
use crate::terms::Terms;
use crate::vocabulary::{ENTRIES, Entry, HARMLESS, Strength};
use crate::weigh::{COMPANY, Hit, weigh};

/// Letters of the longest id, of which a needle is but the beginning.
const TAIL: usize = 26;
/// Letters by which a word may be longer than its needle, and one more.
const PLURAL: usize = 3;
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

impl Meaning {
    /// Whether it can be something by itself, wherever it stands.
    fn is_loud(self) -> bool {
        !matches!(self, Self::Word(Entry { strength: Strength::Repair | Strength::Deed, .. }))
    }
}

/// Reads texts for one case.
pub struct Guard {
    needles: Vec<(Needle, Meaning)>,
    /// Seeks all needles, in what is read closely.
    all: Automaton,
    /// Seeks those that can be something by themselves, in everything; they come first.
    loud: Automaton,
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
            for beginning in shape.beginnings() {
                add(&beginning, Fit::Beginning, Meaning::Id(shape));
            }
        }
        for entry in ENTRIES {
            add(entry.words, Fit::Words, Meaning::Word(entry));
        }
        for phrase in HARMLESS {
            add(phrase, Fit::Words, Meaning::Harmless);
        }
        needles.sort_by_key(|(_, meaning)| !meaning.is_loud());
        let seek = |which: fn(Meaning) -> bool| {
            let needles = needles.iter().filter(|(_, meaning)| which(*meaning));
            Automaton::new(needles.map(|(needle, _)| needle.letters.as_str()))
        };
        let (all, loud) = (seek(|_| true), seek(Meaning::is_loud));
        let margin = all.longest().max(TAIL) + PLURAL + 1;
        Self { needles, all, loud, prior: Prior::default(), margin }
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
        let mut hits = Vec::new();
        for stretch in widened(text, &encoded(text.as_bytes()), self.margin) {
            self.read_stretch(text, &stretch, &mut hits);
        }
        self.loud.scan(text.as_bytes(), |state, end| {
            hits.extend(self.plain(text, state, end));
        });
        let mut needy: Vec<_> = hits.iter().filter(|hit| hit.needs_company()).map(around).collect();
        needy.sort_unstable_by_key(|range| range.start);
        for stretch in widened(text, &needy, self.margin) {
            self.read(text, stretch, true, &mut hits);
        }
        hits
    }

    /// The needles that really stand in plain ASCII where their letters end.
    fn plain(&self, text: &str, state: At, end: usize) -> impl Iterator<Item = Hit> {
        let needles = self.loud.ending(state).filter_map(|number| self.needles.get(number));
        needles.filter_map(move |(needle, meaning)| {
            let start = needle.start_in(text.as_bytes(), end)?;
            let tail = if matches!(meaning, Meaning::Id(_)) { TAIL } else { PLURAL };
            let slice = start.saturating_sub(1)..after(text, end, tail);
            // What is not ASCII is read closely, and all around it.
            let plain = text.get(slice.clone())?.split(|c: char| !c.is_ascii()).next()?;
            if slice.start + plain.len() < (end + PLURAL).min(slice.end) {
                return None;
            }
            let letters = letters(&view(plain, slice.start));
            let first = letters.iter().position(|letter| letter.bytes.start == start)?;
            hit(&letters, first + needle.length(), needle, *meaning, false)
        })
    }

    fn read_stretch(&self, text: &str, stretch: &Range<usize>, hits: &mut Vec<Hit>) {
        let mut start = stretch.start;
        loop {
            let end = text.ceil_char_boundary(stretch.end.min(start + PIECE));
            self.read(text, start..end, false, hits);
            if end >= stretch.end {
                break;
            }
            start = text.floor_char_boundary(end - OVERLAP);
        }
    }

    /// Reads a piece closely, in every way. What the piece's ends cut through is left out: it stands
    /// whole in another piece, or is plain. Plain ASCII is read `as_it_stands` only when asked for.
    fn read(&self, text: &str, piece: Range<usize>, as_it_stands: bool, hits: &mut Vec<Hit>) {
        let cut = (piece.start > 0, piece.end < text.len());
        let plain = text.get(piece.clone()).unwrap_or_default();
        let written = view(plain, piece.start);
        let readings = readings(written);
        if !readings.whole {
            hits.push(Hit { bytes: piece, meaning: None, length: 0, encoded: true });
        }
        let first = usize::from(plain.is_ascii() && !as_it_stands);
        for (depth, view) in readings.views.iter().enumerate().skip(first) {
            let letters = letters(view);
            let mut state = At::default();
            for (index, letter) in letters.iter().enumerate() {
                let found;
                (state, found) = self.all.step(state, letter.c);
                if !found {
                    continue;
                }
                let needles = self.all.ending(state);
                for (needle, meaning) in needles.filter_map(|number| self.needles.get(number)) {
                    let found = hit(&letters, index + 1, needle, *meaning, depth > 0);
                    let first = letters.first().map(|letter| letter.bytes.start);
                    let last = letters.last().map(|letter| letter.bytes.end);
                    hits.extend(found.filter(|hit| {
                        let starts = cut.0 && first >= Some(hit.bytes.start);
                        let ends = cut.1 && last <= Some(hit.bytes.end);
                        !starts && !ends
                    }));
                }
            }
        }
    }
}

/// What a needle whose last letter stands right before `end` amounts to, if it really stands there.
fn hit(
    letters: &[Letter],
    end: usize,
    needle: &Needle,
    meaning: Meaning,
    encoded: bool,
) -> Option<Hit> {
    let start = end.checked_sub(needle.length())?;
    let end = match meaning {
        Meaning::Id(shape) => shape.end(letters, start + shape.prefix.len())?,
        _ => needle.fits(letters, end).then_some(end)?,
    };
    let bytes = letters.get(start)?.bytes.start..letters.get(end.checked_sub(1)?)?.bytes.end;
    Some(Hit { bytes, meaning: Some(meaning), length: end - start, encoded })
}

/// Where so many letters after `end` end: the rest of an id's number, or a plural.
fn after(text: &str, end: usize, tail: usize) -> usize {
    let mut letters = 0;
    let rest = text.as_bytes().get(end..).unwrap_or_default();
    let enough = rest.iter().position(|byte| {
        letters += usize::from(byte.is_ascii_alphanumeric());
        letters > tail
    });
    text.floor_char_boundary(enough.map_or(text.len(), |length| end + length))
}

fn around(hit: &Hit) -> Range<usize> {
    hit.bytes.start.saturating_sub(COMPANY)..hit.bytes.end + COMPANY
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{Guard, Hit, OVERLAP, PIECE};
    use crate::{
        finding::{Finding, Rule},
        prior::Prior,
        setting::Setting,
        terms::Terms,
        weigh::weigh,
    };

    fn guard() -> Guard {
        let terms = Terms::new().codename("amber heron").free("Stra\u{df}e").name("Jo O'Finder");
        Guard::new(&terms.cve("CVE-2021-32783".parse().unwrap()))
    }

    /// What is found when the whole text is read closely.
    fn closely(guard: &Guard, text: &str) -> Vec<Finding> {
        let mut hits: Vec<Hit> = Vec::new();
        let all: Range<usize> = 0..text.len();
        guard.read(text, all, true, &mut hits);
        weigh(text, hits, Setting::PUBLIC, &Prior::default())
    }

    /// Base64 stands apart: of two runs that touch, the longer may hide the other.
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
        " YW1iZXItaGVyb24\n",
        " Q1ZFLTIwMjEtMzI3ODM=",
        "...",
        "tenletters, and then some more of these, so that there is some plain room in between, ",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Where a close reading of everything finds something, the fast look finds something that is
        /// as grave.
        #[test]
        fn the_fast_look_loses_nothing(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
            let text = pieces.concat();
            thread_local! {
                static GUARD: Guard = guard();
            }
            GUARD.with(|guard| {
                let fast = guard.text(&text, &Setting::PUBLIC);
                for close in closely(guard, &text) {
                    // Read at once, the layers of places far apart add up; so only the close one may
                    // say that it cannot read them. And where a term is cut another way, it may cover
                    // a lesser word beside it.
                    let found = fast.iter().any(|fast| {
                        let (here, there) = (&fast.place.bytes, &close.place.bytes);
                        let overlap = here.start < there.end && there.start < here.end;
                        overlap && fast.severity <= close.severity
                    });
                    prop_assert!(close.rule == Rule::Unreadable || found, "{:?} {:?}", close, fast);
                }
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
