//! A written character as the plain one that a reader takes it for.
//!
//! Compatibility forms are taken apart as NFKC has them (wide, bold, circled and ligated letters,
//! superscripts), accents and invisible characters fall away, letters of other scripts that look
//! like Latin ones become these, and digits of other scripts become ours. Terms and texts go
//! through the same fold, so what it loses it loses on both sides.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Gives the plain characters, in their case.
pub(super) fn fold(written: char, mut plain: impl FnMut(char)) {
    if !is_invisible(written) {
        decompose_compatible(written, |part| {
            if !is_combining_mark(part) && !is_invisible(part) {
                plain(ascii_digit(look_alike(part)));
            }
        });
    }
}

/// What separates nothing, because nobody sees it: soft hyphens, zero-width and direction marks,
/// variation selectors, tags, fillers. NUL stands between the letters of UTF-16, and U+FFFD where a
/// byte could not be read.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{fffd}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Cyrillic, Greek and other letters whose usual shape is that of a Latin one.
fn look_alike(c: char) -> char {
    match c {
        '\u{430}' | '\u{3b1}' | '\u{251}' => 'a',
        '\u{432}' | '\u{3b2}' => 'b',
        '\u{441}' | '\u{3f2}' | '\u{1d04}' => 'c',
        '\u{501}' => 'd',
        '\u{435}' | '\u{3b5}' => 'e',
        '\u{261}' => 'g',
        '\u{4bb}' => 'h',
        '\u{131}' | '\u{456}' | '\u{3b9}' => 'i',
        '\u{458}' => 'j',
        '\u{43a}' | '\u{3ba}' => 'k',
        '\u{4cf}' => 'l',
        '\u{43e}' | '\u{3bf}' => 'o',
        '\u{440}' | '\u{3c1}' => 'p',
        '\u{51b}' => 'q',
        '\u{455}' => 's',
        '\u{442}' | '\u{3c4}' => 't',
        '\u{3bd}' | '\u{475}' => 'v',
        '\u{51d}' => 'w',
        '\u{445}' | '\u{3c7}' => 'x',
        '\u{443}' | '\u{3c5}' => 'y',
        '\u{410}' | '\u{391}' => 'A',
        '\u{412}' | '\u{392}' => 'B',
        '\u{421}' | '\u{3f9}' => 'C',
        '\u{415}' | '\u{395}' => 'E',
        '\u{50c}' => 'G',
        '\u{41d}' | '\u{397}' => 'H',
        '\u{406}' | '\u{399}' | '\u{4c0}' => 'I',
        '\u{408}' => 'J',
        '\u{41a}' | '\u{39a}' => 'K',
        '\u{41c}' | '\u{39c}' => 'M',
        '\u{39d}' => 'N',
        '\u{41e}' | '\u{39f}' => 'O',
        '\u{420}' | '\u{3a1}' => 'P',
        '\u{405}' => 'S',
        '\u{422}' | '\u{3a4}' => 'T',
        '\u{474}' => 'V',
        '\u{51c}' => 'W',
        '\u{425}' | '\u{3a7}' => 'X',
        '\u{423}' | '\u{3a5}' => 'Y',
        '\u{396}' => 'Z',
        other => other,
    }
}

/// Where scripts in use today keep their ten digits, beginning with nought.
const NOUGHTS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50,
    0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0xa620, 0xa8d0,
];

fn ascii_digit(c: char) -> char {
    let code = u32::from(c);
    if code < 0x660 {
        return c;
    }
    let value = NOUGHTS.iter().find_map(|nought| code.checked_sub(*nought).filter(|v| *v < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}
