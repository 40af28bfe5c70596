//! Bytes as text: UTF-8, or UTF-16 with or without a mark.

use std::{borrow::Cow, fmt, ops::Range};

/// A text, and which bytes of the original say it.
pub(crate) struct Document<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Bytes of the text and of the original at which a character begins, where they differ.
    map: Vec<(usize, usize)>,
}

/// How two bytes are one unit.
type Unit = fn([u8; 2]) -> u16;

/// The bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText;

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is neither UTF-8 nor UTF-16 text")
    }
}

impl std::error::Error for NotText {}

impl<'a> Document<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, NotText> {
        if let Some((unit, skip)) = utf16(bytes) {
            return Self::from_utf16(bytes, unit, skip);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NotText)?;
        Ok(Self { text: Cow::Borrowed(text), map: Vec::new() })
    }

    fn from_utf16(bytes: &[u8], unit: Unit, skip: usize) -> Result<Self, NotText> {
        let (units, odd) = bytes.get(skip..).unwrap_or_default().as_chunks::<2>();
        if !odd.is_empty() {
            return Err(NotText);
        }
        let (mut text, mut map, mut at) = (String::new(), Vec::new(), skip);
        for c in char::decode_utf16(units.iter().copied().map(unit)) {
            let c = c.map_err(|_| NotText)?;
            map.push((text.len(), at));
            text.push(c);
            at += c.len_utf16() * 2;
        }
        map.push((text.len(), at));
        Ok(Self { text: Cow::Owned(text), map })
    }

    /// Where the original says what stands there in the text.
    pub(crate) fn original(&self, text: Range<usize>) -> Range<usize> {
        if self.map.is_empty() {
            return text;
        }
        let of = |at: usize| {
            let index = self.map.partition_point(|(text, _)| *text < at);
            self.map.get(index).or(self.map.last()).map_or(at, |(_, original)| *original)
        };
        of(text.start)..of(text.end)
    }
}

/// How to read a unit, and the bytes before the first, if this is UTF-16: by its mark, or since
/// every other byte of the beginning is NUL, as of no other text.
fn utf16(bytes: &[u8]) -> Option<(Unit, usize)> {
    const LOOKED_AT: usize = 64;
    match bytes {
        [0xff, 0xfe, ..] => return Some((u16::from_le_bytes, 2)),
        [0xfe, 0xff, ..] => return Some((u16::from_be_bytes, 2)),
        _ => {}
    }
    let pairs = bytes.get(..bytes.len().min(LOOKED_AT)).unwrap_or_default().as_chunks::<2>().0;
    let nuls = |which: fn(&[u8; 2]) -> bool| {
        let nuls = pairs.iter().filter(|pair| which(pair)).count();
        nuls > 1 && nuls * 2 > pairs.len()
    };
    if nuls(|pair| pair[1] == 0 && pair[0] != 0) {
        Some((u16::from_le_bytes, 0))
    } else if nuls(|pair| pair[0] == 0 && pair[1] != 0) {
        Some((u16::from_be_bytes, 0))
    } else {
        None
    }
}
