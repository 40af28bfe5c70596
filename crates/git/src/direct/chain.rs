//! An object that is stored as what differs from another one, which is stored so in turn.
//!
//! To make every object on the way would move the bytes of a large file for each of its versions; so
//! it is first found out where each piece comes from, and then only the last object is made.

use std::rc::Rc;

use super::{stock::Object, text::Text};
use crate::{
    Kind,
    holdings::delta::{Step, Steps},
};

/// More pieces than any file falls into that people write.
const MOST: usize = 1 << 18;

/// Bytes that come together.
#[derive(Clone, Copy)]
struct Piece {
    from: Source,
    start: u32,
    length: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The object from which the last difference seen so far differs.
    Below,
    /// A difference, by its number.
    Difference(u32),
}

/// An object in the pieces of which it is made.
pub(super) struct Rope {
    base: Rc<Object>,
    differences: Vec<Rc<Vec<u8>>>,
    pieces: Vec<Piece>,
    /// Bytes of all of it.
    pub(super) size: usize,
}

impl Rope {
    /// The object to which the first of the differences leads; the last is from `base`. `None`: it is
    /// damaged, or in too many pieces.
    pub(super) fn new(
        base: Rc<Object>,
        differences: Vec<Rc<Vec<u8>>>,
        layout: &mut Layout,
    ) -> Option<Self> {
        let size = match differences.first() {
            Some(last) => Steps::of(last)?.to,
            None => base.bytes.len(),
        };
        let mut pieces =
            vec![Piece { from: Source::Below, start: 0, length: size.try_into().ok()? }];
        let mut below = size;
        for (number, difference) in (0..).zip(&differences) {
            let steps = Steps::of(difference).filter(|steps| steps.to == below)?;
            below = steps.from;
            layout.lay_out(steps, number)?;
            pieces = layout.through(&pieces)?;
        }
        (below == base.bytes.len()).then_some(Self { base, differences, pieces, size })
    }

    pub(super) fn kind(&self) -> Kind {
        self.base.kind
    }

    /// What it says.
    pub(super) fn text(&self) -> Option<Text<'_>> {
        let slice = |Piece { from, start, length }: &Piece| {
            let source = match from {
                Source::Below => &self.base.bytes,
                Source::Difference(number) => self.differences.get(*number as usize)?.as_slice(),
            };
            let start = *start as usize;
            source.get(start..start + *length as usize)
        };
        self.pieces.iter().map(slice).collect::<Option<_>>().map(Text)
    }

    /// The object in one piece.
    pub(super) fn whole(self) -> Option<Rc<Object>> {
        if self.differences.is_empty() {
            return Some(self.base);
        }
        Some(Rc::new(Object { kind: self.kind(), bytes: self.text()?.bytes() }))
    }
}

/// The pieces of what one difference makes, with the places where they end; memory that is used again.
#[derive(Default)]
pub(super) struct Layout(Vec<(u32, Piece)>);

impl Layout {
    fn lay_out(&mut self, steps: Steps<'_>, number: u32) -> Option<()> {
        self.0.clear();
        let (size, mut end) = (steps.to, 0_u32);
        for step in steps {
            let (from, range) = match step? {
                Step::Copy(range) => (Source::Below, range),
                Step::Insert(range) => (Source::Difference(number), range),
            };
            let [start, length] = [range.start, range.len()].map(u32::try_from);
            let piece = Piece { from, start: start.ok()?, length: length.ok()? };
            end = end.checked_add(piece.length)?;
            self.0.push((end, piece));
        }
        (end as usize == size).then_some(())
    }

    /// What pieces come from, one difference further down.
    fn through(&self, pieces: &[Piece]) -> Option<Vec<Piece>> {
        let mut found: Vec<Piece> = Vec::with_capacity(pieces.len() + self.0.len());
        for piece in pieces {
            if piece.from != Source::Below {
                found.push(*piece);
                continue;
            }
            let (mut at, end) = (piece.start, piece.start.checked_add(piece.length)?);
            let first = self.0.partition_point(|(end, _)| *end <= at);
            for (ends, part) in self.0.get(first..)? {
                if at >= end {
                    break;
                }
                let (skipped, length) = (part.length - (ends - at), end.min(*ends) - at);
                found.push(Piece { start: part.start + skipped, length, ..*part });
                at += length;
            }
            if at < end || found.len() > MOST {
                return None;
            }
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::holdings::delta;

    const BASE: &[u8] = b"an amber heron flies over the lake";

    /// A difference from an object of so many bytes, and how many the one has that it makes.
    fn difference(from: usize, steps: &[(bool, u8, u8)]) -> (Vec<u8>, usize) {
        let (mut told, mut made) = (Vec::new(), 0);
        for (copies, at, length) in steps {
            let length = usize::from(*length).clamp(1, 9);
            if *copies && from >= length {
                let start = usize::from(*at) % (from - length + 1);
                told.extend([0x91, u8::try_from(start).unwrap(), u8::try_from(length).unwrap()]);
            } else {
                told.push(u8::try_from(length).unwrap());
                told.extend((0..length).map(|index| at.wrapping_add(u8::try_from(index).unwrap())));
            }
            made += length;
        }
        let sizes = [from, made].map(|size| u8::try_from(size).unwrap());
        ([&sizes[..], &told].concat(), made)
    }

    /// From `BASE` on, one after the other; the last comes first.
    fn chain(all: &[Vec<(bool, u8, u8)>]) -> Vec<Rc<Vec<u8>>> {
        let mut size = BASE.len();
        let mut chain = Vec::new();
        for steps in all {
            let told;
            (told, size) = difference(size, steps);
            chain.insert(0, Rc::new(told));
        }
        chain
    }

    fn made(base: &[u8], chain: &[Rc<Vec<u8>>]) -> Option<Vec<u8>> {
        let base = Rc::new(Object { kind: Kind::Blob, bytes: base.to_vec() });
        Some(Rope::new(base, chain.to_vec(), &mut Layout::default())?.whole()?.bytes.clone())
    }

    fn one_by_one(chain: &[Rc<Vec<u8>>]) -> Option<Vec<u8>> {
        chain.iter().rev().try_fold(BASE.to_vec(), |base, difference| {
            let mut out = Vec::new();
            delta::apply(&base, difference, &mut out)?;
            Some(out)
        })
    }

    fn steps() -> impl Strategy<Value = Vec<(bool, u8, u8)>> {
        prop::collection::vec((prop::bool::weighted(0.7), any::<u8>(), 1..10_u8), 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_what_comes_of_one_after_the_other(all in prop::collection::vec(steps(), 1..7)) {
            let chain = chain(&all);
            prop_assert!(made(BASE, &chain).is_some());
            prop_assert_eq!(made(BASE, &chain), one_by_one(&chain));
        }

        #[test]
        fn damage_is_seen_as_it_is_then(
            all in prop::collection::vec(steps(), 1..5),
            which in any::<prop::sample::Index>(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut chain = chain(&all);
            let difference = Rc::make_mut(&mut chain[which.index(all.len())]);
            let at = at.index(difference.len());
            difference[at] = byte;
            prop_assert_eq!(made(BASE, &chain), one_by_one(&chain));
        }
    }

    #[test]
    fn too_many_pieces_are_left_to_git() {
        // Each copies everything sixteen times over, in pieces of their own.
        let mut size = 2_usize;
        let mut chain = Vec::new();
        for _ in 0..5 {
            let sizes = [size, 16 * size].map(|size| {
                let low = |shift: u32| u8::try_from(size >> shift & 0x7f).unwrap();
                [low(0) | 0x80, low(7) | 0x80, low(14) | 0x80, low(21)]
            });
            let copy = [0xf1, 0, low(size, 0), low(size, 8), low(size, 16)];
            chain.insert(0, Rc::new([sizes.concat(), copy.repeat(16)].concat()));
            size *= 16;
        }
        assert_eq!(made(b"ab", &chain[1..]).unwrap().len(), 2 << 16);
        assert_eq!(made(b"ab", &chain), None);
    }

    fn low(size: usize, shift: u32) -> u8 {
        u8::try_from(size >> shift & 0xff).unwrap()
    }
}
