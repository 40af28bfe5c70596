//! Base64: which runs of letters are some, and what they say.
//!
//! Long words and paths are of the same letters. What tells them apart is that text, once encoded,
//! uses only some letters in each place of four, and capitals beside others. A run under [`SHORTEST`] letters is never tried.

use std::ops::Range;

use super::view::{View, Written, characters};

/// The least number of letters that are tried: nine bytes.
pub(super) const SHORTEST: usize = 12;
/// A line this long may go on in the next.
const FULL_LINE: usize = 20;
/// From here on a run may also be text that is not ASCII.
const LONG: usize = 32;

/// The value of a letter. Text has no letter for 62 or 63 but in the last place of four, so the two
/// alphabets need not be told apart.
pub(super) fn sextet(byte: u8) -> Option<u8> {
    VALUES.get(usize::from(byte)).copied().filter(|value| *value < 64)
}

/// By byte; 64 for what is no letter of base64.
static VALUES: [u8; 256] =
    values(*b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

#[expect(clippy::indexing_slicing, reason = "a constant: what is out of range does not compile")]
const fn values(alphabet: [u8; 64]) -> [u8; 256] {
    let mut values = [64; 256];
    let mut value = 0;
    while value < 64 {
        values[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    values
}

/// The three bytes that four letters say, after a nought.
fn decoded(quad: [u8; 4]) -> [u8; 4] {
    quad.iter()
        .fold(0, |value, byte| value << 6 | u32::from(sextet(*byte).unwrap_or(0)))
        .to_be_bytes()
}

/// How many letters the bytes begin with, and whether these may be encoded text: a quick look that lets
/// through more than decodes. What is encoded has a capital and something else, and words and paths seldom
/// have; and somewhere in it two fours in a row are text, unless it is long and no ASCII.
pub(super) fn glance(bytes: &[u8]) -> (usize, bool) {
    let (mut two_fours, mut seen) = (0, 0);
    let mut length = 0;
    for byte in bytes {
        let letter = FOURS.get(usize::from(*byte)).copied().unwrap_or(0);
        if letter == 0 {
            break;
        }
        two_fours = (two_fours << 1 | 1) & letter;
        seen |= two_fours | letter & MIXED;
        length += 1;
    }
    let may_be_text = seen & TWO_FOURS != 0 || length >= LONG;
    (length, length >= SHORTEST && seen & MIXED == MIXED && may_be_text)
}

/// Set where a letter is a capital, and where it is none.
const MIXED: u16 = 0b11 << 14;
/// Set where the eighth letter of two fours stands.
const TWO_FOURS: u16 = 1 << 7;

/// By byte, a bit for each place in two fours that it can have; 0 for what is no letter of base64.
static FOURS: [u16; 256] = fours();

#[expect(clippy::indexing_slicing, reason = "a constant: what is out of range does not compile")]
const fn fours() -> [u16; 256] {
    let mut fours = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if VALUES[byte] < 64 {
            // The fourth letter may be any, but it is there.
            let four = PLACES[byte] as u16 & 0b0111 | 0b1000;
            let capital = VALUES[byte] < 26;
            fours[byte] = four << 4 | four | 1 << if capital { 14 } else { 15 };
        }
        byte += 1;
    }
    fours
}

/// Which letters of the run are encoded text: most often all of them, but `partly` a path may stand
/// before. Among many letters of anything else, a few will always look like text.
pub(super) fn encoded_part(run: &[u8], partly: bool) -> Option<Range<usize>> {
    let (_, may_be_text) = glance(run);
    if !may_be_text {
        return None;
    }
    let whole = (0..4).find(|offset| run.get(*offset..).is_some_and(says_text));
    let part = || longest_part(run).filter(|part| partly && part.len() * 8 >= run.len());
    whole.map(|offset| offset..run.len()).or_else(part)
}

/// Whether four letters, the first three of which can stand in these places, may say three bytes of
/// text.
#[inline]
fn may_be_three(places: u32) -> bool {
    // Two noughts begin what is no text, and much of that is nothing but noughts.
    places & 0x124 == 0x124 && places & 0x880 != 0x880
}

#[inline]
fn place(byte: u8) -> u8 {
    PLACES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// By byte, a bit each: whether it can be the first, second or third letter of four that say text, and
/// whether it says nought.
static PLACES: [u8; 256] = places();

#[expect(clippy::indexing_slicing, reason = "a constant: what is out of range does not compile")]
const fn places() -> [u8; 256] {
    let mut places = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = VALUES[byte];
        if value < 64 {
            let first = matches!(value, 0 | 2 | 3 | 8..=31);
            let second = matches!(value & 15, 0 | 2..=7);
            let third = value & 3 < 2;
            places[byte] =
                first as u8 | (second as u8) << 1 | (third as u8) << 2 | ((value == 0) as u8) << 3;
        }
        byte += 1;
    }
    places
}

/// Whether the run, from its first letter on, decodes to text.
fn says_text(run: &[u8]) -> bool {
    let quads = run.as_chunks::<4>().0;
    let mut strange = quads.len() / 4;
    let ascii = quads.iter().all(|quad| {
        if is_ascii_text(*quad) {
            return true;
        }
        let bearable = strange > 0;
        strange = strange.saturating_sub(1);
        bearable
    });
    ascii || (run.len() >= LONG && is_utf8(quads))
}

/// The longest part that decodes to ASCII text throughout.
fn longest_part(run: &[u8]) -> Option<Range<usize>> {
    let mut longest = 0..0;
    for offset in 0..4 {
        let mut start = offset;
        for (end, quad) in (offset + 4..).step_by(4).zip(run.get(offset..)?.as_chunks::<4>().0) {
            if !is_ascii_text(*quad) {
                start = end;
            } else if end - start > longest.len() {
                longest = start..end;
            }
        }
    }
    // What is left may be the beginning of another four.
    if run.len() - longest.end < 4 {
        longest.end = run.len();
    }
    (longest.len() >= SHORTEST).then_some(longest)
}

/// Whether the four letters are three bytes of ASCII text, or of UTF-16.
#[inline]
fn is_ascii_text(quad: [u8; 4]) -> bool {
    let [first, second, third, _] = quad.map(|byte| u32::from(place(byte)));
    if !may_be_three(first << 8 | second << 4 | third) {
        return false;
    }
    let [_, text @ ..] = decoded(quad);
    text != [0; 3]
        && text.iter().all(|byte| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

/// Most of what is none begins as none.
fn is_utf8(quads: &[[u8; 4]]) -> bool {
    let mut first = [0; 9];
    for (three, quad) in first.as_chunks_mut::<3>().0.iter_mut().zip(quads) {
        let [_, text @ ..] = decoded(*quad);
        *three = text;
    }
    if !is_utf8_so_far(&first) {
        return false;
    }
    let mut bytes = Vec::with_capacity(quads.len() * 3);
    for quad in quads {
        bytes.extend(decoded(*quad).into_iter().skip(1));
    }
    is_utf8_so_far(&bytes)
}

/// A line may begin and end within a character.
fn is_utf8_so_far(bytes: &[u8]) -> bool {
    let inside = bytes.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let bytes = bytes.get(inside..).unwrap_or_default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            return bytes.get(..error.valid_up_to()).is_some_and(is_utf8_so_far);
        }
        Err(_) => return false,
    };
    !text.contains(|c: char| c.is_control() && !c.is_whitespace())
}

/// The text with every encoded run in it decoded; `None` if there is none.
pub(super) fn undone(view: &[Written], partly: bool) -> Option<View> {
    if !has_run(view) {
        return None;
    }
    let mut out = View::new();
    let (mut copied, mut index) = (0, 0);
    while let Some(written) = view.get(index) {
        let length = line_length(view, index);
        if length < SHORTEST {
            index += length + 1;
            continue;
        }
        // Lines are joined only where the first of them is encoded text by itself, and goes on.
        let line = Run::line(view, index);
        let Some(part_of_line) = encoded_part(&line.plain(), partly) else {
            index = line.end;
            continue;
        };
        let joined = line.clone().with_next_lines(view);
        let goes_on = |part: &Range<usize>| part.end > line.letters.len();
        let (run, part) = match encoded_part(&joined.plain(), partly).filter(goes_on) {
            Some(part) => (joined, part),
            None => (line, part_of_line),
        };
        out.extend(view.get(copied..index).into_iter().flatten().cloned());
        run.keep(0..part.start, view, &mut out);
        // What is decoded is no part of the words around it.
        out.push(blank(written.bytes.start));
        characters(&run.bytes(view, part.clone()), &mut out);
        out.push(blank(written.bytes.end));
        run.keep(part.end..run.letters.len(), view, &mut out);
        (copied, index) = (run.end, run.end);
    }
    if copied == 0 {
        return None;
    }
    out.extend(view.get(copied..).into_iter().flatten().cloned());
    Some(out)
}

/// Whether enough letters stand in a row anywhere.
fn has_run(view: &[Written]) -> bool {
    let mut length = 0;
    view.iter().any(|written| {
        length = if value(written).is_some() { length + 1 } else { 0 };
        length == SHORTEST
    })
}

/// How many letters of base64 stand there.
fn line_length(view: &[Written], index: usize) -> usize {
    let rest = view.get(index..).unwrap_or_default();
    rest.iter().take_while(|written| value(written).is_some()).count()
}

fn blank(at: usize) -> Written {
    Written { c: ' ', bytes: at..at }
}

/// Letters of base64 that stand together, and perhaps go on in the next line.
#[derive(Clone)]
struct Run {
    /// The bytes and their indices in the view.
    letters: Vec<(u8, usize)>,
    /// Where it ends in the view.
    end: usize,
}

impl Run {
    fn line(view: &[Written], start: usize) -> Self {
        let end = start + line_length(view, start);
        let line = view.get(start..end).unwrap_or_default().iter().zip(start..);
        let byte = |written: &Written| u8::try_from(written.c).unwrap_or_default();
        Self { letters: line.map(|(written, at)| (byte(written), at)).collect(), end }
    }

    fn with_next_lines(mut self, view: &[Written]) -> Self {
        let mut length = self.letters.len();
        loop {
            let rest = view.get(self.end..).unwrap_or_default();
            if length < FULL_LINE || !rest.iter().take(2).any(|written| written.c == '\n') {
                return self;
            }
            let next = Self::line(view, self.end + beginning_of_line(rest));
            length = next.letters.len();
            if length == 0 {
                return self;
            }
            self.letters.extend(next.letters);
            self.end = next.end;
        }
    }

    fn plain(&self) -> Vec<u8> {
        self.letters.iter().map(|(byte, _)| *byte).collect()
    }

    /// Letters that are what they are.
    fn keep(&self, part: Range<usize>, view: &[Written], out: &mut View) {
        let letters = self.letters.get(part).unwrap_or_default();
        out.extend(letters.iter().filter_map(|(_, index)| view.get(*index).cloned()));
    }

    fn bytes(&self, view: &[Written], part: Range<usize>) -> Vec<(u8, Range<usize>)> {
        let mut bytes = Vec::with_capacity(self.letters.len() * 3 / 4);
        for quad in self.letters.get(part).unwrap_or_default().chunks(4) {
            let value =
                quad.iter().fold(0, |v, (byte, _)| v << 6 | u32::from(sextet(*byte).unwrap_or(0)));
            let value = value << (6 * (4 - quad.len()));
            let place = |index: usize| view.get(index).map(|written| written.bytes.clone());
            let first = quad.first().and_then(|(_, index)| place(*index)).unwrap_or_default();
            let last = quad.last().and_then(|(_, index)| place(*index)).unwrap_or_default();
            let full = value.to_be_bytes().into_iter().skip(1).take(quad.len() - 1);
            bytes.extend(full.map(|byte| (byte, first.start..last.end)));
        }
        bytes
    }
}

/// The characters up to what a line says: its break, blanks, and signs of quotes and comments.
/// A slash is one of these only before a blank: it is a letter too.
fn beginning_of_line(rest: &[Written]) -> usize {
    let is_sign =
        |c: char| c.is_whitespace() || matches!(c, '>' | '#' | '*' | ';' | '-' | '|' | '"');
    let signs = rest.iter().take_while(|written| is_sign(written.c)).count();
    let after = rest.get(signs..).unwrap_or_default();
    let slashes = after.iter().take_while(|written| written.c == '/').count();
    match after.get(slashes) {
        Some(blank) if slashes > 0 && blank.c == ' ' => signs + slashes + 1,
        _ => signs,
    }
}

fn value(written: &Written) -> Option<u8> {
    u8::try_from(written.c).ok().and_then(sextet)
}
