//! Needles in a text: a fast look at plain letters, and a close one at everything that is not what it
//! seems to be.

use std::ops::Range;

use crate::automaton::{At, Automaton};
use crate::guard::Meaning;
use crate::needle::Needle;
use crate::reading::{Letter, View, letters, plain_letters, readings, spelt, view, without_breaks};
use crate::weigh::Hit;

/// Letters of the longest id, of which a needle is but the beginning.
const TAIL: usize = 26;
/// Letters by which a word may be longer than its needle, and one more.
const PLURAL: usize = 3;
/// A stretch longer than this is read in pieces, which overlap.
pub(crate) const PIECE: usize = 256 << 10;
pub(crate) const OVERLAP: usize = 8 << 10;

/// Some needles, and what seeks them.
pub(crate) struct Sought {
    needles: Vec<(Needle, Meaning)>,
    /// Finds their first letters.
    automaton: Automaton,
    /// Bytes of the longest needle.
    longest: usize,
}

impl Sought {
    pub(crate) fn new(needles: Vec<(Needle, Meaning)>) -> Self {
        let automaton = Automaton::new(needles.iter().map(|(needle, _)| needle.head()));
        let longest = needles.iter().map(|(needle, _)| needle.letters.len()).max().unwrap_or(0);
        Self { needles, automaton, longest }
    }

    /// How many letters away something can be that is one with what stands somewhere.
    pub(crate) fn reach(&self) -> usize {
        self.longest.max(TAIL) + PLURAL + 1
    }

    fn ending(&self, state: At) -> impl Iterator<Item = &(Needle, Meaning)> {
        self.automaton.ending(state).filter_map(|number| self.needles.get(number))
    }

    /// Finds what really stands in a part of the text as plain ASCII.
    pub(crate) fn in_plain(&self, text: &str, part: Range<usize>, hits: &mut Vec<Hit>) {
        let start = part.start;
        let bytes = text.as_bytes().get(part).unwrap_or_default();
        let mut letters = Vec::new();
        self.automaton.scan(bytes, |state, end| {
            for (needle, meaning) in self.ending(state) {
                let end = needle.end_in(bytes, end).map(|end| start + end);
                let hit = |end| plain(text, end, needle, *meaning, &mut letters);
                hits.extend(end.and_then(hit));
            }
        });
    }

    /// Finds what stands in a stretch when it is read closely, but as plain ASCII.
    pub(crate) fn in_stretch(&self, text: &str, stretch: &Range<usize>, hits: &mut Vec<Hit>) {
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
    pub(crate) fn read(
        &self,
        text: &str,
        piece: Range<usize>,
        as_it_stands: bool,
        hits: &mut Vec<Hit>,
    ) {
        let cut = (piece.start > 0, piece.end < text.len());
        let plain = text.get(piece.clone()).unwrap_or_default();
        if !as_it_stands && self.only_breaks_in(plain) {
            return;
        }
        let readings = readings(view(plain, piece.start));
        if !readings.whole {
            hits.push(Hit { bytes: piece, meaning: None, length: 0, encoded: true });
        }
        let first = usize::from(plain.is_ascii() && !as_it_stands);
        for (depth, view) in readings.views.iter().enumerate().skip(first) {
            if self.may_stand_in(view) {
                self.in_view(view, cut, depth > 0, hits);
            }
        }
    }

    /// Whether nothing but breaks of lines is encoded there, and no needle stands over or at one of them.
    fn only_breaks_in(&self, plain: &str) -> bool {
        let Some(undone) = without_breaks(plain.as_bytes()) else { return false };
        let mut any = false;
        self.automaton.scan(&undone, |_, _| any = true);
        !any
    }

    /// Whether the letters of any needle stand there in a row.
    fn may_stand_in(&self, view: &View) -> bool {
        let (mut state, mut any) = (At::default(), false);
        spelt(view, |letter| {
            let found;
            (state, found) = self.automaton.step(state, letter);
            any |= found;
        });
        any
    }

    fn in_view(&self, view: &View, cut: (bool, bool), encoded: bool, hits: &mut Vec<Hit>) {
        let letters = letters(view);
        let first = letters.first().map(|letter| letter.bytes.start);
        let last = letters.last().map(|letter| letter.bytes.end);
        let mut state = At::default();
        for (index, letter) in letters.iter().enumerate() {
            let found;
            (state, found) = self.automaton.step(state, letter.c);
            if !found {
                continue;
            }
            for (needle, meaning) in self.ending(state) {
                let end = needle.end_among(&letters, index + 1);
                let found = end.and_then(|end| hit(&letters, end, needle, *meaning, encoded));
                hits.extend(found.filter(|hit| {
                    let starts = cut.0 && first >= Some(hit.bytes.start);
                    let ends = cut.1 && last <= Some(hit.bytes.end);
                    !starts && !ends
                }));
            }
        }
    }
}

/// The same as [`hit`] in plain ASCII, at a byte, with room for letters.
fn plain(
    text: &str,
    end: usize,
    needle: &Needle,
    meaning: Meaning,
    letters: &mut Vec<Letter>,
) -> Option<Hit> {
    let start = needle.start_in(text.as_bytes(), end)?;
    let tail = if matches!(meaning, Meaning::Id(_)) { TAIL } else { PLURAL };
    let slice = start.saturating_sub(1)..after(text, end, tail);
    // What is not ASCII is read closely, and all around it.
    let plain = text.as_bytes().get(slice.clone())?.split(|byte| !byte.is_ascii()).next()?;
    if slice.start + plain.len() < (end + PLURAL).min(slice.end) {
        return None;
    }
    plain_letters(plain, slice.start, letters);
    let first = letters.iter().position(|letter| letter.bytes.start == start)?;
    hit(letters, first + needle.length(), needle, meaning, false)
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
