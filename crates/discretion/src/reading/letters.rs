//! Text as a reader takes it in: letters and digits in lower case, each knowing where it stood.
//!
//! Everything between them (dashes of any kind, underscores, line breaks, quotation marks, comment
//! signs) only separates words, so `amber-heron`, `amber_heron`, `AmberHeron` and a heron on the next
//! line, quoted, are one and the same. Must not know what is sought.

use std::ops::Range;

use super::{
    fold::fold,
    view::{Written, written},
};

/// One letter or digit.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) c: char,
    /// Whether a word begins here: after a separator, and where lower case turns to upper or
    /// letters to digits and back; in scripts without case, anywhere.
    pub(crate) starts_word: bool,
    /// What stands between it and the letter before.
    pub(crate) gap: Gap,
    /// Where the original says it.
    pub(crate) bytes: Range<usize>,
}

/// What stands between two letters, from nothing to blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing that can be seen.
    None,
    /// A hyphen at the end of a line, and what the next line begins with.
    Wrap,
    /// Signs, and no blank among them.
    Signs,
    /// A blank or a line break.
    Blank,
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
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            '0'..='9' => Self::Digit,
            _ if c.is_ascii() || !c.is_alphanumeric() => Self::Separator,
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

/// The letters of what is written.
pub(crate) fn letters(view: &[Written]) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(view.len());
    gather(view.iter().map(|Written { c, bytes }| (*c, bytes.clone())), &mut letters);
    letters
}

/// The letters of a text that stands at `at` in the original, in place of others.
pub(crate) fn letters_of(text: &str, at: usize, letters: &mut Vec<Letter>) {
    letters.clear();
    gather(written(text, at).map(|Written { c, bytes }| (c, bytes)), letters);
}

fn gather(view: impl Iterator<Item = (char, Range<usize>)>, letters: &mut Vec<Letter>) {
    let mut before = Kind::Separator;
    let mut gap = Between::default();
    for (c, bytes) in view {
        let mut read = |c: char| {
            let kind = Kind::of(c);
            if kind == Kind::Separator {
                gap.take(c);
                before = kind;
                return;
            }
            let mut starts_word = kind.starts_word_after(before);
            let mut push = |c| {
                let gap = std::mem::take(&mut gap).sum();
                letters.push(Letter { c, starts_word, gap, bytes: bytes.clone() });
                starts_word = false;
            };
            if c.is_ascii() {
                push(c.to_ascii_lowercase());
            } else {
                c.to_lowercase().filter(|c| c.is_alphanumeric()).for_each(push);
            }
            before = kind;
        };
        match c {
            '\0' => {}
            _ if c.is_ascii() => read(c),
            _ => fold(c, read),
        }
    }
}

/// The same letters and nothing else about them.
pub(crate) fn spelt(view: &[Written], mut take: impl FnMut(char)) {
    for Written { c, .. } in view {
        if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                take(c.to_ascii_lowercase());
            }
            continue;
        }
        fold(*c, |c| {
            if Kind::of(c) != Kind::Separator {
                c.to_lowercase().filter(|c| c.is_alphanumeric()).for_each(&mut take);
            }
        });
    }
}

/// The signs since the last letter.
#[derive(Clone, Copy, Default)]
enum Between {
    #[default]
    Nothing,
    /// A hyphen, and perhaps blanks after it.
    Hyphen,
    /// A hyphen and later a line break.
    Wrap,
    Signs,
    Blanks,
}

impl Between {
    fn take(&mut self, c: char) {
        let hyphen = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
        *self = match *self {
            Self::Nothing if hyphen => Self::Hyphen,
            Self::Hyphen if matches!(c, ' ' | '\t' | '\r') => Self::Hyphen,
            Self::Hyphen if c == '\n' => Self::Wrap,
            Self::Wrap => Self::Wrap,
            _ if c.is_whitespace() => Self::Blanks,
            Self::Blanks => Self::Blanks,
            _ => Self::Signs,
        };
    }

    fn sum(self) -> Gap {
        match self {
            Self::Nothing => Gap::None,
            Self::Wrap => Gap::Wrap,
            Self::Hyphen | Self::Signs => Gap::Signs,
            Self::Blanks => Gap::Blank,
        }
    }
}
