//! What a stored difference says: pieces of another object, and pieces of its own.

use std::ops::Range;

/// Takes numbers and pieces off the front.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (piece, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(piece)
    }

    /// Seven bits a byte, the lowest first.
    fn size(&mut self) -> Option<usize> {
        let (mut value, mut shift) = (0_usize, 0);
        loop {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
    }

    /// A little number of which noughts are left out; each bit of `given` says that a byte is there.
    fn number(&mut self, given: u8, bytes: u32) -> Option<usize> {
        let mut value = 0;
        for at in 0..bytes {
            if given >> at & 1 == 1 {
                value |= usize::from(self.byte()?) << (8 * at);
            }
        }
        Some(value)
    }
}

/// How long what the difference makes will be.
pub(crate) fn size(delta: &[u8]) -> Option<usize> {
    let mut input = Input(delta);
    input.size()?;
    input.size()
}

/// Makes the object that differs so from `base`, and says what of it is not there in the same
/// surroundings: an empty range is where two pieces meet that were apart. `None`: it is damaged.
pub(crate) fn apply(base: &[u8], delta: &[u8], out: &mut Vec<u8>) -> Option<Vec<Range<usize>>> {
    let mut input = Input(delta);
    if input.size()? != base.len() {
        return None;
    }
    let size = input.size()?;
    let mut fresh: Vec<Range<usize>> = Vec::new();
    // Where in the base the next piece would have to begin for nothing to be new.
    let mut goes_on = Some(0);
    while let Some(code) = input.byte() {
        if code & 0x80 != 0 {
            let from = input.number(code & 0x0f, 4)?;
            let length = match input.number(code >> 4 & 7, 3)? {
                0 => 0x1_0000,
                length => length,
            };
            if goes_on.is_some_and(|at| at != from) {
                fresh.push(out.len()..out.len());
            }
            out.extend_from_slice(base.get(from..from.checked_add(length)?)?);
            goes_on = Some(from + length);
        } else {
            let piece = input.take(usize::from(code)).filter(|piece| !piece.is_empty())?;
            let start = out.len();
            out.extend_from_slice(piece);
            match fresh.last_mut().filter(|last| last.end == start) {
                Some(last) => last.end = out.len(),
                None => fresh.push(start..out.len()),
            }
            goes_on = None;
        }
        if out.len() > size {
            return None;
        }
    }
    if goes_on.is_some_and(|at| at != base.len()) {
        fresh.push(out.len()..out.len());
    }
    (out.len() == size).then_some(fresh)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &[u8], delta: &[u8]) -> Option<(Vec<u8>, Vec<Range<usize>>)> {
        let mut out = Vec::new();
        let fresh = apply(base, delta, &mut out)?;
        Some((out, fresh))
    }

    #[test]
    fn what_is_new_is_told_with_the_seams() {
        let base = b"the amber heron flies";
        let copy = |from: u8, length: u8| [0x91, from, length];
        let delta = |size: u8, parts: &[&[u8]]| [&[21, size][..], &parts.concat()].concat();
        let whole = delta(21, &[&copy(0, 10), &copy(10, 11)]);
        assert_eq!(applied(base, &whole).unwrap(), (base.to_vec(), vec![]));
        let inserted = delta(13, &[&copy(0, 4), b"\x05egret", &copy(9, 4)]);
        assert_eq!(
            applied(base, &inserted).unwrap(),
            (b"the egret her".to_vec(), vec![4..9, 13..13])
        );
        let cut = delta(14, &[&copy(0, 9), &copy(15, 5)]);
        assert_eq!(applied(base, &cut).unwrap(), (b"the amber flie".to_vec(), vec![9..9, 14..14]));
        let begun = delta(11, &[&copy(10, 11)]);
        assert_eq!(
            applied(base, &begun).unwrap(),
            (b"heron flies".to_vec(), vec![Range { start: 0, end: 0 }])
        );
    }

    #[test]
    fn what_does_not_fit_is_damaged() {
        for delta in [
            &[4, 3, 0x91, 0, 3][..],
            &[3, 3, 0x91, 1, 3],
            &[3, 4, 0x91, 0, 3],
            &[3, 2, 0x91, 0, 3],
            &[3, 3, 0],
            &[3, 3, 5, b'a'],
            &[3],
            &[],
        ] {
            assert_eq!(applied(b"abc", delta), None, "{delta:?}");
        }
    }
}
