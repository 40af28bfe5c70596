//! Text with a map back: characters as some reader gets them, each knowing the bytes of the
//! original in which it was written.

use std::ops::Range;

/// One character, and where the original says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) c: char,
    pub(crate) bytes: Range<usize>,
}

/// A stretch of the original, or what is left of it once something was undone.
pub(crate) type View = Vec<Written>;

/// The characters of a text that stands at `at` in the original.
pub(crate) fn view(text: &str, at: usize) -> View {
    let mut view = View::with_capacity(text.len());
    view.extend(written(text, at));
    view
}

/// The same, one after the other.
pub(super) fn written(text: &str, at: usize) -> impl Iterator<Item = Written> {
    text.char_indices()
        .map(move |(index, c)| Written { c, bytes: at + index..at + index + c.len_utf8() })
}

/// The characters that some decoded bytes stand for: UTF-8 where they are, else Latin-1, so that no
/// byte is lost.
pub(super) fn characters(bytes: &[(u8, Range<usize>)], into: &mut View) {
    let mut rest = bytes;
    while let [(byte, at), after @ ..] = rest {
        let plain: Vec<u8> = rest.iter().take(4).map(|(byte, _)| *byte).collect();
        let first = plain.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
        if let Some(c) = first.filter(|c| c.len_utf8() > 1) {
            let (taken, left) = rest.split_at(c.len_utf8().min(rest.len()));
            let end = taken.last().map_or(at.end, |(_, last)| last.end);
            into.push(Written { c, bytes: at.start..end });
            rest = left;
        } else {
            into.push(Written { c: char::from(*byte), bytes: at.clone() });
            rest = after;
        }
    }
}
