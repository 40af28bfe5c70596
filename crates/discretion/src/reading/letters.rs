//! Text as a reader takes it in: letters and digits in lower case, each knowing where it stood.
//!
//! Everything between them (dashes of any kind, underscores, line breaks, quotation marks, comment
//! signs) only separates words, so `amber-heron`, `amber_heron`, `AmberHeron` and a heron on the next
//! line, quoted, are one and the same. Must not know what is sought.

use std::ops::Range;

use super::{fold::fold, view::Written};

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
    #[inline]
    fn of(c: char) -> Self {
        match c {
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            '0'..='9' => Self::Digit,
            _ if c.is_ascii() => Self::Separator,
            _ => Self::of_other(c),
        }
    }

    fn of_other(c: char) -> Self {
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

/// The letters of what is written.
pub(crate) fn letters(view: &[Written]) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(view.len());
    gather(view.iter().cloned(), &mut letters);
    letters
}

/// The letters of ASCII that stands at `at` in the original, in place of others.
pub(crate) fn plain_letters(ascii: &[u8], at: usize, letters: &mut Vec<Letter>) {
    letters.clear();
    let mut reader = Reader { letters, before: Kind::Separator, gap: Between::Nothing };
    for (at, byte) in (at..).zip(ascii).filter(|(_, byte)| **byte != 0) {
        reader.read(char::from(*byte), at..at + 1);
    }
}

fn gather(view: impl Iterator<Item = Written>, letters: &mut Vec<Letter>) {
    let mut reader = Reader { letters, before: Kind::Separator, gap: Between::Nothing };
    for Written { c, bytes } in view {
        match c {
            '\0' => {}
            _ if c.is_ascii() => reader.read(c, bytes),
            _ => fold(c, |c| reader.read(c, bytes.clone())),
        }
    }
}

/// Takes letters in one after the other.
struct Reader<'a> {
    letters: &'a mut Vec<Letter>,
    before: Kind,
    gap: Between,
}

impl Reader<'_> {
    #[inline]
    fn read(&mut self, c: char, bytes: Range<usize>) {
        let kind = Kind::of(c);
        let starts_word = kind.starts_word_after(self.before);
        self.before = kind;
        if kind == Kind::Separator {
            self.gap.take(c);
        } else if c.is_ascii() {
            self.push(c.to_ascii_lowercase(), starts_word, bytes);
        } else {
            let lower = c.to_lowercase().filter(|c| c.is_alphanumeric());
            for (index, c) in lower.enumerate() {
                self.push(c, starts_word && index == 0, bytes.clone());
            }
        }
    }

    #[inline]
    fn push(&mut self, c: char, starts_word: bool, bytes: Range<usize>) {
        let gap = std::mem::take(&mut self.gap).sum();
        self.letters.push(Letter { c, starts_word, gap, bytes });
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
    #[inline]
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
