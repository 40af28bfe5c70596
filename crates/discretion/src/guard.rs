//! The guard over a text: what in it would give the case away.
//!
//! Made once for a case and used for many texts. A fast look over the whole text says where something
//! may stand: needles of plain letters by the automaton, anything encoded or unusual by the sieve.
//! Only there is the text read as readers would, and judged ([`crate::sought`]). So the fast look must
//! never leave out what the close one would find; it decides nothing.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use crate::finding::{Finding, Rule};
use crate::ids::{SHAPES, Shape};
use crate::needle::{Fit, Needle, spellings};
use crate::prior::Prior;
use crate::reading::{Document, NotText, encoded, widened};
use crate::setting::Setting;
use crate::sought::Sought;
use crate::terms::Terms;
use crate::vocabulary::{ENTRIES, Entry, HARMLESS, Strength};
use crate::weigh::{COMPANY, Hit, weigh};

/// Letters that an escaped one may take: `\\u{1f431}`, or `\\u0061` escaped once more.
const ESCAPED: usize = 8;
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
    /// What can be something by itself, and is sought in everything.
    loud: Sought,
    /// What makes others speak, and is sought only near them.
    quiet: Sought,
    prior: Prior,
    margin: usize,
}

impl Guard {
    /// A guard that knows these terms.
    #[must_use]
    pub fn new(terms: &Terms) -> Self {
        let mut needles = own(terms);
        let mut add = |term: &str, fit: Fit, meaning: Meaning| {
            needles.extend(Needle::new(term, fit).map(|needle| (needle, meaning)));
        };
        for (_, name) in terms.all().filter(|(rule, _)| *rule == Rule::Identifier) {
            add(&name, Fit::Words, Meaning::Identifier);
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
        Self::seeking(needles)
    }

    /// A guard that seeks the case's own words and nothing else: no other ids, no words that only say
    /// "security", and so no names in the fix, which say nothing without them.
    #[must_use]
    pub fn of_own_words(terms: &Terms) -> Self {
        Self::seeking(own(terms))
    }

    fn seeking(needles: Vec<(Needle, Meaning)>) -> Self {
        let (loud, quiet): (Vec<_>, Vec<_>) =
            needles.into_iter().partition(|(_, meaning)| meaning.is_loud());
        let (loud, quiet) = (Sought::new(loud), Sought::new(quiet));
        let margin = loud.reach().max(quiet.reach());
        Self { loud, quiet, prior: Prior::default(), margin }
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

    /// The same for bytes of which only some are `fresh`, and the rest was read before elsewhere: what
    /// stands there, or so near that it may be one with it. Bytes that are no UTF-8 are passed over,
    /// and of what is no text at all, only plain letters are read.
    #[must_use]
    pub fn fresh(&self, bytes: &[u8], fresh: &[Range<usize>], setting: &Setting) -> Vec<Finding> {
        let mut findings = Vec::new();
        for stretch in widened(bytes, fresh, self.margin * ESCAPED) {
            let text = as_text(bytes, stretch.clone());
            let mut hits = self.hits(&text);
            // What touches an end may be cut there; it is too far away to be new.
            hits.retain(|hit| {
                (stretch.start == 0 || hit.bytes.start > 0)
                    && (stretch.end == bytes.len() || hit.bytes.end < text.len())
            });
            for mut finding in weigh(&text, hits, *setting, &self.prior) {
                finding.place.shift(bytes.get(..stretch.start).unwrap_or_default());
                findings.push(finding);
            }
        }
        findings
    }

    /// The words of the vocabulary in a text, by number and each once; `None` where it names a
    /// vulnerability.
    pub(crate) fn words_of(&self, text: &str) -> Option<Vec<usize>> {
        let mut words = Vec::new();
        for hit in self.hits(text) {
            match hit.meaning {
                Some(Meaning::Id(shape)) if shape.rule != Rule::Weakness => return None,
                Some(Meaning::Word(entry)) => {
                    words.extend(ENTRIES.iter().position(|other| other.words == entry.words));
                }
                _ => {}
            }
        }
        words.sort_unstable();
        words.dedup();
        Some(words)
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let bytes = text.as_bytes();
        let mut hits = Vec::new();
        let strange = widened(bytes, &encoded(bytes), self.margin);
        for stretch in &strange {
            self.loud.in_stretch(text, stretch, &mut hits);
        }
        self.loud.in_plain(text, 0..text.len(), &mut hits);
        let needy: Vec<_> = hits.iter().filter(|hit| hit.needs_company()).map(around).collect();
        self.company(text, needy, &strange, &mut hits);
        hits
    }

    /// Seeks what is only company, and so only where company counts.
    fn company(
        &self,
        text: &str,
        mut needy: Vec<Range<usize>>,
        strange: &[Range<usize>],
        hits: &mut Vec<Hit>,
    ) {
        needy.sort_unstable_by_key(|range| range.start);
        let near = widened(text.as_bytes(), &needy, self.margin);
        let mut strange = strange.iter().peekable();
        for stretch in near {
            while strange.next_if(|strange| strange.end < stretch.start).is_some() {}
            while let Some(strange) = strange.next_if(|strange| strange.start < stretch.end) {
                self.quiet.in_stretch(text, strange, hits);
            }
            self.quiet.in_plain(text, stretch, hits);
        }
    }
}

/// A stretch as text. What is not, as git tells it by a NUL near its beginning, has no letters but
/// ASCII ones.
fn as_text(bytes: &[u8], stretch: Range<usize>) -> Cow<'_, str> {
    const LOOKED_AT: usize = 8_000;
    let part = bytes.get(stretch).unwrap_or_default();
    let binary = || memchr(0, bytes.get(..LOOKED_AT).unwrap_or(bytes)).is_some();
    match std::str::from_utf8(part) {
        Ok(text) => text.into(),
        Err(_) if binary() => {
            let plain = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { ' ' };
            part.iter().map(plain).collect()
        }
        Err(_) => String::from_utf8_lossy(part),
    }
}

/// The needles of the case's own words.
fn own(terms: &Terms) -> Vec<(Needle, Meaning)> {
    let mut needles = Vec::new();
    let mut add = |term: &str, fit: Fit, rule: Rule| {
        needles.extend(Needle::new(term, fit).map(|needle| (needle, Meaning::Own(rule))));
    };
    for (rule, term) in terms.all() {
        match rule {
            Rule::CveId | Rule::GhsaId => add(&term, Fit::Ending, rule),
            Rule::Identifier => {}
            _ => spellings(&term).iter().for_each(|term| add(term, Fit::Words, rule)),
        }
    }
    needles
}

fn around(hit: &Hit) -> Range<usize> {
    hit.bytes.start.saturating_sub(COMPANY)..hit.bytes.end + COMPANY
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::{Guard, Hit};
    use crate::sought::{OVERLAP, PIECE};
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
        for sought in [&guard.loud, &guard.quiet] {
            sought.read(text, all.clone(), true, &mut hits);
        }
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
        "%0A",
        "=0D=0A",
        "=1B",
        "=72",
        "=aa",
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

    #[test]
    fn what_is_fresh_is_found_and_nothing_that_only_seems_so_where_it_is_cut() {
        let guard = Guard::of_own_words(&Terms::new().codename("amber heron"));
        let far = "letters and words that nobody looks for, ".repeat(60);
        let old =
            format!("amber heron {far}xamber heron {far} amber heronry {far} an \u{e9}gret\n{far}");
        let at = old.len();
        let found = |text: &str, fresh: &[Range<usize>]| {
            let found = guard.fresh(text.as_bytes(), fresh, &Setting::PUBLIC);
            found
                .iter()
                .map(|f| (f.place.bytes.clone(), f.place.line, f.place.col))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(&old, std::slice::from_ref(&(at..at))), []);
        assert_eq!(found(&old, std::slice::from_ref(&(0..0))), [(0..11, 1, 1)]);
        for leak in [
            "amber heron",
            "am\u{ad}ber heron",
            "&#97;&#109;&#98;&#101;&#114; heron",
            "YW1iZXIgaGVyb24=",
            "\\u{000061}\\u{00006d}\\u{000062}\\u{000065}\\u{000072}\\u{000020}heron",
        ] {
            let text = format!("{old}- {leak} -\n");
            let place = [(at + 2..at + 2 + leak.trim_end_matches('=').len(), 2, far.len() + 3)];
            // All of it is new, or only a seam somewhere in it.
            for seam in at + 2..=at + 2 + leak.len() {
                for fresh in [at..text.len(), seam..seam] {
                    assert_eq!(
                        found(&text, std::slice::from_ref(&fresh)),
                        place,
                        "{leak} {fresh:?}"
                    );
                }
            }
        }
        // Wherever a stretch is cut, half a word is no word.
        for seam in 0..old.len() {
            let found = found(&old, std::slice::from_ref(&(seam..seam)));
            assert!(found.iter().all(|(bytes, ..)| *bytes == (0..11)), "{seam}: {found:?}");
        }
    }

    #[test]
    fn of_what_is_no_text_plain_letters_are_read() {
        let guard = Guard::of_own_words(&Terms::new().codename("amber heron"));
        for bytes in [&b"\0\xff\xfe amber heron\xff"[..], b"caf\xe9 am\xffber heron"] {
            let all = 0..bytes.len();
            let found = guard.fresh(bytes, std::slice::from_ref(&all), &Setting::PUBLIC);
            assert_eq!(found.len(), 1, "{bytes:?}");
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
