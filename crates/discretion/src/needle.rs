//! A word or phrase to look for, and whether it really stands where its letters do.

use crate::reading::{Gap, Letter, letters, view};

/// The most letters of a needle; the first ones of a longer term stand for all of it.
const LONGEST: usize = 128;
/// Letters by which a needle is sought; what follows is compared where they stand. To make a table of
/// all letters of a thousand terms takes longer than to read most pushes.
const HEAD: usize = 8;
/// From this many letters on, nothing in between can be chance: `am ber her on`.
const LONG: usize = 8;
/// From this many letters on, signs in between do not make it another word.
const MIDDLING: usize = 5;

/// How strictly a needle must fit the words around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Begins where a word begins and ends where one ends; a plural ends there too.
    Words,
    /// Ends where a word ends; for ids, which are told by their beginning.
    Ending,
    /// The beginning of something, which its reader judges.
    Beginning,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    /// Its folded letters.
    pub(crate) letters: String,
    fit: Fit,
    /// Bytes of the letters by which it is sought.
    head: usize,
    length: usize,
    /// By letter: a word of the needle begins here.
    seams: Vec<bool>,
}

impl Needle {
    /// `None` if the term has no letter.
    pub(crate) fn new(term: &str, fit: Fit) -> Option<Self> {
        let mut letters = letters(&view(term, 0));
        letters.truncate(LONGEST);
        let seams = (0..letters.len()).map(|index| is_seam(&letters, index)).collect();
        let text: String = letters.iter().map(|letter| letter.c).collect();
        let head = text.char_indices().nth(HEAD).map_or(text.len(), |(at, _)| at);
        let length = letters.len();
        (!text.is_empty()).then_some(Self { letters: text, fit, head, length, seams })
    }

    /// The letters by which it is sought, and those that follow.
    fn parts(&self) -> (&str, &str) {
        self.letters.split_at(self.head)
    }

    /// The letters by which it is sought.
    pub(crate) fn head(&self) -> &str {
        self.parts().0
    }

    /// Where it ends in plain ASCII, letters and signs, if its first letters end at `end`.
    pub(crate) fn end_in(&self, text: &[u8], end: usize) -> Option<usize> {
        let mut text = (end..).zip(text.get(end..)?);
        let mut end = end;
        for letter in self.parts().1.bytes() {
            let (at, byte) = text.find(|(_, byte)| byte.is_ascii_alphanumeric())?;
            (byte.to_ascii_lowercase() == letter).then_some(())?;
            end = at + 1;
        }
        Some(end)
    }

    /// The same in letters.
    pub(crate) fn end_among(&self, letters: &[Letter], end: usize) -> Option<usize> {
        let mut letters = letters.get(end..)?.iter();
        let rest = self.parts().1;
        let all = rest.chars().all(|c| letters.next().is_some_and(|letter| letter.c == c));
        all.then(|| end + rest.chars().count())
    }

    /// In letters.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Whether the needle, whose letters stand right before `end`, stands there as what it is.
    pub(crate) fn fits(&self, text: &[Letter], end: usize) -> bool {
        let start = end.saturating_sub(self.length);
        let edges = match self.fit {
            Fit::Words => starts_word(text, start) && ends_word(text, end),
            Fit::Ending => starts_word(text, end),
            Fit::Beginning => true,
        };
        edges
            && (self.fit != Fit::Words
                || self.holds_together(text.get(start..end).unwrap_or_default()))
    }

    /// Where the needle begins that ends at `end` in plain ASCII, letters and signs, if words begin
    /// and end there; a quick look that lets through more than fits.
    pub(crate) fn start_in(&self, text: &[u8], end: usize) -> Option<usize> {
        let after = text.get(end).copied().unwrap_or_default();
        let ends = self.fit == Fit::Beginning
            || matches!(after, b's' | b'e')
            || !goes_on(text.get(end - 1).copied().unwrap_or_default(), after);
        if !ends {
            return None;
        }
        let mut letters = self.length;
        let before = text.get(..end).unwrap_or_default();
        let start = before.iter().rposition(|byte| {
            letters -= usize::from(byte.is_ascii_alphanumeric());
            letters == 0
        })?;
        let starts = self.fit != Fit::Words
            || start == 0
            || !goes_on(*text.get(start - 1)?, *text.get(start)?);
        starts.then_some(start)
    }

    fn holds_together(&self, text: &[Letter]) -> bool {
        let most = match self.length {
            LONG.. => return true,
            MIDDLING.. => Gap::Signs,
            _ => Gap::Wrap,
        };
        let mut inner = text.iter().zip(&self.seams).skip(1);
        inner.all(|(letter, seam)| *seam || letter.gap <= most)
    }
}

/// Whether a word goes on from one byte of ASCII to the next.
fn goes_on(before: u8, byte: u8) -> bool {
    (before.is_ascii_alphabetic() && byte.is_ascii_lowercase())
        || (before.is_ascii_uppercase() && byte.is_ascii_uppercase())
        || (before.is_ascii_digit() && byte.is_ascii_digit())
}

/// Where the term itself has a sign, or a capital between two words of some length: `ExternalName`,
/// but not `DoS`.
fn is_seam(letters: &[Letter], index: usize) -> bool {
    let Some(letter) = letters.get(index) else { return false };
    let starts = |index: usize| letters.get(index).is_none_or(|letter| letter.starts_word);
    let short = starts(index + 1) || (index > 0 && starts(index - 1));
    letter.gap > Gap::Wrap || (letter.starts_word && !short)
}

/// Whether a word starts at the index; the end of the text ends a word too.
pub(crate) fn starts_word(text: &[Letter], index: usize) -> bool {
    text.get(index).is_none_or(|letter| letter.starts_word)
}

fn ends_word(text: &[Letter], index: usize) -> bool {
    let is = |at: usize, c| text.get(at).is_some_and(|letter| letter.c == c);
    let joined = text.get(index).is_some_and(|letter| letter.gap == Gap::None);
    let ends =
        |plural: usize| index > 0 && starts_word(text, index + plural) && !is(index - 1, 's');
    starts_word(text, index)
        || (is(index, 's') && joined && ends(1))
        || (is(index, 'e') && is(index + 1, 's') && joined && ends(2))
}

/// The same term as others spell it: `sanitise` and `sanitize`.
pub(crate) fn spellings(term: &str) -> Vec<String> {
    let mut spellings = vec![term.to_owned()];
    for (one, other) in [("is", "iz"), ("iz", "is")] {
        for end in ["e", "ing", "ation"] {
            let (one, other) = (format!("{one}{end}"), format!("{other}{end}"));
            // Not of short words: "rise", "size".
            if term.find(&one).is_some_and(|at| at >= 4) {
                spellings.push(term.replace(&one, &other));
            }
        }
    }
    spellings
}
