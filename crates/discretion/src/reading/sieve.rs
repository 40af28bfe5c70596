//! Where a text is not what it seems to be: the fast look before anything is undone.
//!
//! Most text is plain ASCII. Only around the spots that are found here can a reader see other letters
//! than those that stand there, so only they are read in every way. It must never leave a spot out
//! that `escapes` or `base64` could make another letter of; to name one too many only costs time.

use std::ops::Range;

use super::base64::{SHORTEST, encoded_part, glance};

/// What of a text is encoded or not ASCII, by its beginning.
pub(crate) fn encoded(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut sieve = Sieve { bytes, spots: Vec::new(), looked_at: 0 };
    let mut before = 0;
    let (blocks, rest) = bytes.as_chunks();
    let mut last = [0; BITS];
    for (place, byte) in last.iter_mut().zip(rest) {
        *place = *byte;
    }
    for (number, block) in blocks.iter().chain([&last]).enumerate() {
        let (letters, strange) = rows(block);
        sieve.strange(number * BITS, strange);
        sieve.base64(number * BITS, letters, before);
        before = letters;
    }
    sieve.spots.sort_unstable_by_key(|spot| spot.start);
    sieve.spots
}

/// The bytes with their breaks undone (`\\n`, `\\r`, `\\t`, and mail's soft ones), if nothing else is encoded in
/// them, before and after. So it is with most of what source code seems to encode.
pub(crate) fn without_breaks(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut undone = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for spot in encoded(bytes) {
        undone.extend_from_slice(bytes.get(at..spot.start)?);
        at = match bytes.get(spot.start..)? {
            [b'\\', b'n' | b'r' | b't', ..] => {
                undone.push(b'\n');
                spot.start + 2
            }
            [b'=', rest @ ..] => spot.start + 1 + soft_break(rest)?,
            _ => return None,
        };
    }
    undone.extend_from_slice(bytes.get(at..)?);
    encoded(&undone).is_empty().then_some(undone)
}

/// Bytes that are looked at together, as rows of bits, one a byte.
const BITS: usize = 64;

struct Sieve<'a> {
    bytes: &'a [u8],
    spots: Vec<Range<usize>>,
    /// Up to where runs of letters of base64 were looked at.
    looked_at: usize,
}

impl Sieve<'_> {
    /// Looks at signs that may begin an escape, and takes what is not ASCII.
    fn strange(&mut self, block: usize, mut row: u64) {
        while row != 0 {
            let at = block + row.trailing_zeros() as usize;
            row &= row - 1;
            let rest = self.bytes.get(at + 1..).unwrap_or_default();
            let stands_for_another = match self.bytes.get(at) {
                Some(b'%') => percent(rest),
                Some(b'&') => reference(rest),
                Some(b'\\') => backslash(rest),
                Some(b'=') => quoted_printable(rest),
                _ => true,
            };
            if stands_for_another {
                let end = at + 1 + own_letters(self.bytes.get(at), rest);
                match self.spots.last_mut() {
                    Some(last) if last.end >= at => last.end = last.end.max(end),
                    _ => self.spots.push(at..end),
                }
            }
        }
    }

    /// Looks at the bytes only where enough letters of base64 stand in a row.
    fn base64(&mut self, block: usize, letters: u64, before: u64) {
        // Bits of the block before come first, so that a run over both is seen.
        let mut runs = twelve_in_a_row(u128::from(letters) << BITS | u128::from(before));
        while runs != 0 {
            let first = (block + runs.trailing_zeros() as usize).saturating_sub(BITS);
            self.looked_at = self.base64_run(first).max(self.looked_at);
            // Where the bit stands that comes after the run.
            let after = (self.looked_at + BITS).saturating_sub(block);
            runs &= u32::try_from(after)
                .ok()
                .and_then(|after| u128::MAX.checked_shl(after))
                .unwrap_or(0);
        }
    }

    /// Looks at the run that begins there, and says where it ends.
    fn base64_run(&mut self, start: usize) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let (length, may_be_text) = glance(rest);
        if may_be_text && rest.get(..length).is_some_and(|run| encoded_part(run, true).is_some()) {
            self.spots.push(start..start + length);
        }
        start + length
    }
}

/// Of a block's bytes, those that are letters of base64, and those that may stand for others.
fn rows(block: &[u8; BITS]) -> (u64, u64) {
    let (mut letters, mut strange) = ([0_u8; BITS], [0_u8; BITS]);
    for ((letter, strange), byte) in letters.iter_mut().zip(&mut strange).zip(block) {
        let alphabetic = (byte | 0x20).wrapping_sub(b'a') < 26;
        // `/` and the digits stand in a row.
        let digit = byte.wrapping_sub(b'/') < 11;
        *letter = u8::from(alphabetic) | u8::from(digit) | u8::from(*byte == b'+');
        // So do `%` and `&`.
        let sign = byte.wrapping_sub(b'%') < 2;
        *strange = u8::from(sign) | u8::from(*byte == b'=') | u8::from(*byte == b'\\') | byte >> 7;
    }
    (gathered(&letters), gathered(&strange))
}

/// The lowest bits of all bytes as one row.
fn gathered(flags: &[u8; BITS]) -> u64 {
    // Multiplied by this, those of eight bytes gather in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let eights = flags.as_chunks::<8>().0.iter().zip((0..BITS).step_by(8));
    eights.fold(0, |bits, (eight, shift)| {
        bits | (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << shift
    })
}

/// The bits from which on twelve in a row are set.
fn twelve_in_a_row(row: u128) -> u128 {
    const { assert!(SHORTEST == 12) };
    let two = row & row >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    eight & four >> 8
}

fn hex_byte(text: &[u8]) -> Option<u8> {
    let digit = |index: usize| text.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    let (high, low) = (digit(0)?, digit(1)?);
    u8::try_from(high << 4 | low).ok()
}

/// Whether this is more than a control character that stands between no words.
pub(super) fn is_visible(byte: u8) -> bool {
    byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r')
}

fn percent(rest: &[u8]) -> bool {
    match rest {
        [b'u' | b'U', digits @ ..] => hex_byte(digits).is_some(),
        _ => hex_byte(rest).is_some_and(is_visible),
    }
}

fn reference(rest: &[u8]) -> bool {
    match rest {
        [b'#', ..] => true,
        _ => rest
            .iter()
            .take(9)
            .position(|byte| *byte == b';')
            .is_some_and(|at| rest.iter().take(at).all(u8::is_ascii_alphabetic)),
    }
}

fn backslash(rest: &[u8]) -> bool {
    match rest {
        [b'x', digits @ ..] if hex_byte(digits).is_some() => {
            hex_byte(digits).is_some_and(is_visible)
        }
        [b'n' | b'r' | b't', ..]
        | [b'x' | b'u', b'{', ..]
        | [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..] => true,
        [b'u' | b'U', digits @ ..] => hex_byte(digits).is_some(),
        _ => false,
    }
}

/// How many bytes after its sign may be letters of the escape itself, which are none of those around it.
fn own_letters(sign: Option<&u8>, rest: &[u8]) -> usize {
    const MOST: usize = 12;
    let is_own = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'{');
    match (sign, rest) {
        (Some(b'\\'), [b'n' | b'r' | b't', ..]) => 0,
        (Some(b'\\' | b'%' | b'&'), _) => rest.iter().take(MOST).take_while(is_own).count(),
        _ => 0,
    }
}

/// `=20` is what mail writes for a blank; other numbers are ordinary in source code.
fn quoted_printable(rest: &[u8]) -> bool {
    match rest {
        [b'?', c, ..] => c.is_ascii_alphanumeric(),
        [b'2', b'0', ..] => true,
        [high, low, ..] if hex_byte(rest).is_some_and(is_visible) => {
            let next = rest.get(2).copied().unwrap_or_default();
            let number = high.is_ascii_digit() && low.is_ascii_digit();
            let small = high.is_ascii_lowercase() || low.is_ascii_lowercase();
            match (number, small) {
                (true, _) => next == b'=' || next.is_ascii_alphabetic(),
                (false, true) => next == b'=',
                (false, false) => true,
            }
        }
        _ => soft_break(rest).is_some(),
    }
}

/// How long what follows `=` at the end of a line is, with the line's end.
fn soft_break(rest: &[u8]) -> Option<usize> {
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    (rest.get(blanks) == Some(&b'\n')).then_some(blanks + 1)
}

/// The spots, in order, with so many letters on either side of each, as stretches that do not touch.
/// Signs between the letters do not count, however many they are.
/// None begins or ends within a character.
pub(crate) fn widened(bytes: &[u8], spots: &[Range<usize>], letters: usize) -> Vec<Range<usize>> {
    let mut after: Vec<Range<usize>> = Vec::new();
    for spot in spots {
        if let Some(last) = after.last_mut().filter(|last| spot.start <= last.end) {
            last.end = last.end.max(spot.end);
        } else {
            after.push(spot.clone());
        }
    }
    let mut stretches: Vec<Range<usize>> = Vec::with_capacity(after.len());
    let mut spots = after.into_iter().peekable();
    while let Some(spot) = spots.next() {
        // To the left as far as it needs, but not into what is taken already.
        let floor = stretches.last().map_or(0, |last| last.end);
        let before = bytes.get(floor..spot.start).unwrap_or_default();
        let left = reach(before.iter().rev(), letters);
        let mut end = spot.end;
        let ceiling = spots.peek().map_or(bytes.len(), |next| next.start);
        let behind = bytes.get(end..ceiling).unwrap_or_default();
        end += reach(behind.iter(), letters);
        let stretch = spot.start - left..end;
        match stretches.last_mut() {
            Some(last) if stretch.start <= last.end => last.end = stretch.end,
            _ => stretches.push(stretch),
        }
    }
    for stretch in &mut stretches {
        let inside = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let (start, end) = (stretch.start, stretch.end.min(bytes.len()));
        // A character has four bytes at most; what is no text may have any number of such.
        let back = (0..=start).rev().take(LONGEST_CHARACTER);
        stretch.start = back.take_while(inside).last().map_or(start, |at| at.saturating_sub(1));
        stretch.end = end + (end..).take(LONGEST_CHARACTER).take_while(inside).count();
    }
    stretches
}

const LONGEST_CHARACTER: usize = 4;

/// How far one has to go for so many letters.
fn reach<'a>(mut bytes: impl ExactSizeIterator<Item = &'a u8>, letters: usize) -> usize {
    let all = bytes.len();
    let mut found = 0;
    let enough = bytes.position(|byte| {
        found += usize::from(byte.is_ascii_alphanumeric() || *byte >= 0xc0);
        found >= letters
    });
    enough.map_or(all, |last| last + 1)
}
