//! Escapes: what mail, links, pages and source code write for a character that they cannot, or would
//! rather not, write as itself.
//!
//! Quoted-printable with its soft breaks, encoded words (RFC 2047), percent escapes, HTML's character
//! references, and backslash escapes as C, JSON and git's quoted paths have them. All are undone in
//! one go: a text may hold several kinds. Base64 is `base64`'s business.

use std::ops::Range;

use super::{
    base64::sextet,
    sieve::is_visible,
    view::{View, Written, characters},
};

/// HTML's names for what separates, joins or can be escaped; others stand for letters that no
/// writer of English escapes.
const NAMES: [(&str, char); 27] = [
    ("nbsp", ' '),
    ("shy", '\u{ad}'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("ndash", '-'),
    ("mdash", '-'),
    ("minus", '-'),
    ("horbar", '-'),
    ("lowbar", '_'),
    ("sol", '/'),
    ("period", '.'),
    ("colon", ':'),
    ("comma", ','),
    ("apos", '\''),
    ("quot", '"'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];

/// What an escape at the beginning of some text stands for.
enum Escape {
    /// Nothing: a soft break.
    Nothing,
    Byte(u8),
    Char(char),
    /// An encoded word: its bytes, each with the characters that say it, counted from the start.
    Word(Vec<(u8, Range<usize>)>),
}

/// The text with every escape in it undone; `None` if there is none.
pub(super) fn undone(view: &[Written]) -> Option<View> {
    let first = (0..view.len())
        .find(|at| view.get(*at..).is_some_and(|rest| escape(rest, false).is_some()))?;
    let (plain, mut rest) = view.split_at(first);
    let mut out = View::with_capacity(view.len());
    out.extend_from_slice(plain);
    let mut bytes: Vec<(u8, Range<usize>)> = Vec::new();
    while let Some((written, after)) = rest.split_first() {
        let Some((escape, length)) = escape(rest, !bytes.is_empty()) else {
            characters(&bytes, &mut out);
            bytes.clear();
            out.push(written.clone());
            rest = after;
            continue;
        };
        let (taken, left) = rest.split_at(length.min(rest.len()));
        let place = |range: Range<usize>| {
            let start =
                taken.get(range.start).map_or(written.bytes.start, |first| first.bytes.start);
            let last = taken.get(range.end.saturating_sub(1));
            start..last.map_or(start, |last| last.bytes.end)
        };
        match escape {
            Escape::Byte(byte) => bytes.push((byte, place(0..length))),
            Escape::Nothing => {}
            Escape::Char(c) => {
                characters(&bytes, &mut out);
                bytes.clear();
                out.push(Written { c, bytes: place(0..length) });
            }
            Escape::Word(word) => {
                let word = word.into_iter().map(|(byte, range)| (byte, place(range)));
                bytes.extend(word);
            }
        }
        rest = left;
    }
    characters(&bytes, &mut out);
    Some(out)
}

/// The escape that the text begins with, and how many characters it takes. What is as often a number or
/// a word is one only right after another.
#[inline]
fn escape(text: &[Written], after_another: bool) -> Option<(Escape, usize)> {
    let may_begin_one = matches!(text.first()?.c, '=' | '%' | '&' | '\\');
    if may_begin_one { escape_of_sign(text, after_another) } else { None }
}

fn escape_of_sign(text: &[Written], after_another: bool) -> Option<(Escape, usize)> {
    match text.first()?.c {
        '=' => quoted_printable(text, after_another),
        '%' => match text.get(1)?.c {
            'u' | 'U' => code(text, 4),
            _ => {
                let byte = hex_byte(text, 1).filter(|byte| after_another || is_visible(*byte))?;
                Some((Escape::Byte(byte), 3))
            }
        },
        '&' => reference(text),
        '\\' => backslash(text, after_another),
        _ => None,
    }
}

fn quoted_printable(text: &[Written], after_another: bool) -> Option<(Escape, usize)> {
    if let Some(byte) = hex_byte(text, 1) {
        let is_one = after_another || (is_visible(byte) && is_no_number(text));
        return is_one.then_some((Escape::Byte(byte), 3));
    }
    if text.get(1)?.c == '?' {
        return encoded_word(text);
    }
    let blanks = text.iter().skip(1).take_while(|w| matches!(w.c, ' ' | '\t' | '\r')).count();
    (text.get(1 + blanks)?.c == '\n').then_some((Escape::Nothing, blanks + 2))
}

/// Whether `=` and two digits are what mail writes, and not a number or a word; as the sieve has it.
fn is_no_number(text: &[Written]) -> bool {
    let at = |index: usize| text.get(index).map_or('\0', |written| written.c);
    let (high, low, next) = (at(1), at(2), at(3));
    match (high.is_ascii_digit() && low.is_ascii_digit(), [high, low]) {
        (_, ['2', '0']) => true,
        (true, _) => next == '=' || next.is_ascii_alphabetic(),
        (false, digits) => next == '=' || !digits.iter().any(char::is_ascii_lowercase),
    }
}

/// `=?charset?Q?text?=`; blanks before another one are no part of the text.
fn encoded_word(text: &[Written]) -> Option<(Escape, usize)> {
    const LONGEST: usize = 1024;
    let text = text.get(..text.len().min(LONGEST))?;
    let mark = |from: usize| {
        text.iter().skip(from).position(|written| written.c == '?').map(|at| from + at)
    };
    let charset = mark(2)?;
    let start = mark(charset + 1)? + 1;
    let end = mark(start)?;
    if text.get(end + 1)?.c != '=' {
        return None;
    }
    let inner = text.get(start..end)?;
    let bytes = match text.get(start - 2)?.c.to_ascii_lowercase() {
        'q' => q_encoded(inner, start),
        'b' => b_encoded(inner, start),
        _ => return None,
    };
    let after = text.get(end + 2..).unwrap_or_default();
    let blanks = after.iter().take_while(|written| written.c.is_whitespace()).count();
    let goes_on = after.get(blanks).is_some_and(|w| w.c == '=')
        && after.get(blanks + 1).is_some_and(|w| w.c == '?');
    Some((Escape::Word(bytes), end + 2 + if goes_on { blanks } else { 0 }))
}

fn q_encoded(inner: &[Written], at: usize) -> Vec<(u8, Range<usize>)> {
    let mut bytes = Vec::new();
    let mut index = 0;
    while let Some(written) = inner.get(index) {
        let escaped = (written.c == '=').then(|| hex_byte(inner, index + 1)).flatten();
        let length = if escaped.is_some() { 3 } else { 1 };
        let mut utf8 = [0; 4];
        let plain = if written.c == '_' { " " } else { written.c.encode_utf8(&mut utf8) };
        let place = at + index..at + index + length;
        match escaped {
            Some(byte) => bytes.push((byte, place)),
            None => bytes.extend(plain.bytes().map(|byte| (byte, place.clone()))),
        }
        index += length;
    }
    bytes
}

fn b_encoded(inner: &[Written], at: usize) -> Vec<(u8, Range<usize>)> {
    let mut bytes = Vec::new();
    let (mut value, mut bits) = (0_u32, 0);
    for (index, written) in inner.iter().enumerate() {
        let Some(six) = u8::try_from(written.c).ok().and_then(sextet) else { continue };
        value = value << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., byte] = (value >> bits).to_be_bytes();
            bytes.push((byte, (at + index).saturating_sub(1)..at + index + 1));
        }
    }
    bytes
}

/// `&#45;`, `&#x2d;`, `&hyphen;`
fn reference(text: &[Written]) -> Option<(Escape, usize)> {
    if text.get(1)?.c == '#' {
        let hex = matches!(text.get(2)?.c, 'x' | 'X');
        let (from, radix) = if hex { (3, 16) } else { (2, 10) };
        let (value, digits) = number(text, from, radix, 8)?;
        let closed = text.get(from + digits).is_some_and(|written| written.c == ';');
        return Some((Escape::Char(char::from_u32(value)?), from + digits + usize::from(closed)));
    }
    let name: String =
        text.iter().skip(1).map(|w| w.c).take_while(char::is_ascii_alphabetic).take(8).collect();
    let closed = text.get(1 + name.len())?.c == ';';
    let (_, c) = NAMES.iter().find(|(known, _)| closed && *known == name)?;
    Some((Escape::Char(*c), name.len() + 2))
}

fn backslash(text: &[Written], after_another: bool) -> Option<(Escape, usize)> {
    match text.get(1)?.c {
        'x' => match hex_byte(text, 2) {
            Some(byte) => (after_another || is_visible(byte)).then_some((Escape::Byte(byte), 4)),
            None => braced(text),
        },
        'u' => braced(text).or_else(|| code(text, 4)),
        'U' => code(text, 8),
        'n' | 'r' => Some((Escape::Char('\n'), 2)),
        't' => Some((Escape::Char('\t'), 2)),
        '0'..='3' => {
            let (value, digits) = number(text, 1, 8, 3)?;
            (digits == 3).then_some((Escape::Byte(u8::try_from(value).ok()?), 4))
        }
        _ => None,
    }
}

/// `\u{2d}`
fn braced(text: &[Written]) -> Option<(Escape, usize)> {
    if text.get(2)?.c != '{' {
        return None;
    }
    let (value, digits) = number(text, 3, 16, 6)?;
    let closed = text.get(3 + digits)?.c == '}';
    closed.then_some((Escape::Char(char::from_u32(value)?), digits + 4))
}

/// `\u002d` and the like: so many digits after two characters.
fn code(text: &[Written], digits: usize) -> Option<(Escape, usize)> {
    let (value, found) = number(text, 2, 16, digits)?;
    // Half of a pair stands for nothing that a term could hold.
    let c = char::from_u32(value).unwrap_or('\u{fffd}');
    (found == digits).then_some((Escape::Char(c), 2 + digits))
}

/// The number that begins there, and its digits.
fn number(text: &[Written], from: usize, radix: u32, most: usize) -> Option<(u32, usize)> {
    let digits = text.iter().skip(from).map_while(|written| written.c.to_digit(radix)).take(most);
    let (value, found) = digits.fold((0_u32, 0), |(value, found), digit| {
        (value.saturating_mul(radix).saturating_add(digit), found + 1)
    });
    (found > 0).then_some((value, found))
}

fn hex_byte(text: &[Written], from: usize) -> Option<u8> {
    let (value, digits) = number(text, from, 16, 2)?;
    if digits == 2 { u8::try_from(value).ok() } else { None }
}
