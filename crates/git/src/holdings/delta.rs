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
    Steps::of(delta).map(|steps| steps.to)
}

/// Where the next bytes of an object come from.
pub(crate) enum Step {
    /// From there in the other object.
    Copy(Range<usize>),
    /// From there in the difference itself.
    Insert(Range<usize>),
}

/// What a difference says, piece by piece.
pub(crate) struct Steps<'a> {
    /// Bytes of the object from which it differs.
    pub(crate) from: usize,
    /// Bytes of the object that it makes.
    pub(crate) to: usize,
    input: Input<'a>,
    length: usize,
}

impl<'a> Steps<'a> {
    /// `None`: it is damaged.
    pub(crate) fn of(delta: &'a [u8]) -> Option<Self> {
        let mut input = Input(delta);
        Some(Self { from: input.size()?, to: input.size()?, input, length: delta.len() })
    }

    fn is_over(&self) -> bool {
        self.input.0.is_empty()
    }

    fn read(&mut self) -> Option<Step> {
        let code = self.input.byte()?;
        if code & 0x80 == 0 {
            let start = self.length - self.input.0.len();
            let piece = self.input.take(usize::from(code)).filter(|piece| !piece.is_empty())?;
            return Some(Step::Insert(start..start + piece.len()));
        }
        let from = self.input.number(code & 0x0f, 4)?;
        let length = match self.input.number(code >> 4 & 7, 3)? {
            0 => 0x1_0000,
            length => length,
        };
        let to = from.checked_add(length).filter(|end| *end <= self.from)?;
        Some(Step::Copy(from..to))
    }
}

impl Iterator for Steps<'_> {
    /// `None`: it is damaged.
    type Item = Option<Step>;

    fn next(&mut self) -> Option<Option<Step>> {
        (!self.is_over()).then(|| self.read())
    }
}

/// Makes the object that differs so from `base`, and says what of it is not there in the same
/// surroundings: an empty range is where two pieces meet that were apart. `None`: it is damaged.
pub(crate) fn apply(base: &[u8], delta: &[u8], out: &mut Vec<u8>) -> Option<Vec<Range<usize>>> {
    let steps = Steps::of(delta).filter(|steps| steps.from == base.len())?;
    let size = steps.to;
    let mut fresh: Vec<Range<usize>> = Vec::new();
    // Where in the base the next piece would have to begin for nothing to be new.
    let mut goes_on = Some(0);
    for step in steps {
        let start = out.len();
        match step? {
            Step::Copy(piece) => {
                if goes_on.is_some_and(|at| at != piece.start) {
                    fresh.push(start..start);
                }
                goes_on = Some(piece.end);
                out.extend_from_slice(base.get(piece)?);
            }
            Step::Insert(piece) => {
                goes_on = None;
                out.extend_from_slice(delta.get(piece)?);
                match fresh.last_mut().filter(|last| last.end == start) {
                    Some(last) => last.end = out.len(),
                    None => fresh.push(start..out.len()),
                }
            }
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
