//! An object that is stored as what differs from another one, which is stored so in turn.
//!
//! To make every object on the way would move the bytes of a large file for each of its versions; so
//! it is first found out where each piece comes from, and then only the last object is made.

use std::rc::Rc;

use crate::holdings::delta::{Step, Steps};

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

/// How many bytes the object has to which the first of the differences leads. `None`: it is damaged.
pub(super) fn size(differences: &[Rc<Vec<u8>>]) -> Option<usize> {
    Some(Steps::of(differences.first()?)?.to)
}

/// Makes that object; the last of the differences is from `base`. `None`: it is damaged, or in too many
/// pieces.
pub(super) fn make(base: &[u8], differences: &[Rc<Vec<u8>>], out: &mut Vec<u8>) -> Option<()> {
    let mut size = size(differences)?;
    let mut pieces = vec![Piece { from: Source::Below, start: 0, length: size.try_into().ok()? }];
    for (number, difference) in (0..).zip(differences) {
        let steps = Steps::of(difference).filter(|steps| steps.to == size)?;
        size = steps.from;
        pieces = through(&pieces, &laid_out(steps, number)?)?;
    }
    if size != base.len() {
        return None;
    }
    for Piece { from, start, length } in pieces {
        let source = match from {
            Source::Below => base,
            Source::Difference(number) => differences.get(number as usize)?,
        };
        let start = start as usize;
        out.extend_from_slice(source.get(start..start + length as usize)?);
    }
    Some(())
}

/// The pieces of what a difference makes, with the places where they end.
fn laid_out(steps: Steps<'_>, number: u32) -> Option<Vec<(u32, Piece)>> {
    let (size, mut end) = (steps.to, 0_u32);
    let mut laid_out = Vec::new();
    for step in steps {
        let (from, range) = match step? {
            Step::Copy(range) => (Source::Below, range),
            Step::Insert(range) => (Source::Difference(number), range),
        };
        let [start, length] = [range.start, range.len()].map(u32::try_from);
        let piece = Piece { from, start: start.ok()?, length: length.ok()? };
        end = end.checked_add(piece.length)?;
        laid_out.push((end, piece));
    }
    (end as usize == size).then_some(laid_out)
}

/// What the pieces come from, one difference further down.
fn through(pieces: &[Piece], below: &[(u32, Piece)]) -> Option<Vec<Piece>> {
    let mut found: Vec<Piece> = Vec::with_capacity(pieces.len() + below.len());
    for piece in pieces {
        if piece.from != Source::Below {
            found.push(*piece);
            continue;
        }
        let (mut at, end) = (piece.start, piece.start.checked_add(piece.length)?);
        let first = below.partition_point(|(end, _)| *end <= at);
        for (ends, part) in below.get(first..)? {
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

    fn made(chain: &[Rc<Vec<u8>>]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        make(BASE, chain, &mut out)?;
        Some(out)
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
            prop_assert!(made(&chain).is_some());
            prop_assert_eq!(made(&chain), one_by_one(&chain));
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
            prop_assert_eq!(made(&chain), one_by_one(&chain));
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
        let mut out = Vec::new();
        assert_eq!(make(b"ab", &chain[1..], &mut out), Some(()));
        assert_eq!(out.len(), 2 << 16);
        assert_eq!(make(b"ab", &chain, &mut Vec::new()), None);
    }

    fn low(size: usize, shift: u32) -> u8 {
        u8::try_from(size >> shift & 0xff).unwrap()
    }
}
