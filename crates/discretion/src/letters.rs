//! Text as a reader takes it in: letters and digits in lower case, each knowing where it stood.
//!
//! Everything between them (dashes of any kind, underscores, line breaks, quotation marks,
//! emphasis) only separates words, so `amber-heron`, `amber_heron`, `AmberHeron` and a heron on
//! the next line are one and the same. Must not know what is sought.

use std::ops::Range;

/// One letter or digit.
pub(crate) struct Letter {
    c: char,
    /// Whether a word begins here: after a separator, and where lower case turns to upper or
    /// letters to digits and back; in scripts without case, anywhere.
    starts_word: bool,
    /// Where it stands in the text, in bytes.
    pub(crate) bytes: Range<usize>,
    /// Its line, from 1.
    pub(crate) line: usize,
    /// Its column in characters, from 1.
    pub(crate) col: usize,
}

/// How strictly a needle must fit the words around it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Begins where a word begins and ends where one ends.
    Words,
    /// Ends where a word ends; for ids, which are told by their beginning.
    Ending,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Separator,
    Upper,
    Lower,
    Digit,
    /// Of a script without upper and lower case, and so perhaps without spaces.
    Uncased,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            _ if !c.is_alphanumeric() => Self::Separator,
            _ if c.is_numeric() => Self::Digit,
            _ if c.is_uppercase() => Self::Upper,
            _ if c.is_lowercase() => Self::Lower,
            _ => Self::Uncased,
        }
    }

    /// `AMBERHeron` has no start in the middle: capitals are taken for one word.
    fn starts_word_after(self, before: Self) -> bool {
        let goes_on = matches!(
            (before, self),
            (Self::Upper | Self::Lower, Self::Lower)
                | (Self::Upper, Self::Upper)
                | (Self::Digit, Self::Digit)
        );
        !goes_on
    }
}

/// The text's letters.
pub(crate) fn letters(text: &str) -> Vec<Letter> {
    let mut letters = Vec::new();
    let (mut line, mut col) = (1, 0);
    let mut before = Kind::Separator;
    for (at, written) in text.char_indices() {
        col += 1;
        let c = narrow(written);
        if is_invisible(c) {
            continue;
        }
        let kind = Kind::of(c);
        if kind != Kind::Separator {
            let mut starts_word = kind.starts_word_after(before);
            for c in c.to_lowercase().filter(|c| c.is_alphanumeric()) {
                letters.push(Letter {
                    c,
                    starts_word,
                    bytes: at..at + written.len_utf8(),
                    line,
                    col,
                });
                starts_word = false;
            }
        }
        before = kind;
        if written == '\n' {
            (line, col) = (line + 1, 0);
        }
    }
    letters
}

/// The letters of a term to look for.
pub(crate) fn needle(term: &str) -> Vec<char> {
    letters(term).iter().map(|letter| letter.c).collect()
}

/// Where the needle stands among the letters.
pub(crate) fn find(letters: &[Letter], needle: &[char], fit: Fit) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    letters
        .windows(needle.len())
        .enumerate()
        .filter(|(_, window)| window.iter().map(|letter| letter.c).eq(needle.iter().copied()))
        .map(|(start, window)| start..start + window.len())
        .filter(|range| {
            let starts = fit == Fit::Ending || starts_word(letters, range.start);
            starts && starts_word(letters, range.end)
        })
        .collect()
}

/// Whether a word starts at the index; the end of the text ends a word too.
pub(crate) fn starts_word(letters: &[Letter], index: usize) -> bool {
    letters.get(index).is_none_or(|letter| letter.starts_word)
}

/// What stands at the index.
pub(crate) fn letter_at(letters: &[Letter], index: usize) -> Option<char> {
    letters.get(index).map(|letter| letter.c)
}

/// The wide forms of ASCII (U+FF01 to U+FF5E), as NFKC has them.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Characters that a reader does not see by themselves, so that they separate nothing: soft
/// hyphen, accents that combine, zero-width and direction marks, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}
