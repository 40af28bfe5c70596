//! A text in pieces, which need not lie beside each other.

use std::ptr;

use memchr::{memchr, memchr_iter, memrchr};

/// Bytes that are compared at once.
const TOGETHER: usize = 4 << 10;

/// Its pieces, in order.
#[derive(Clone)]
pub(super) struct Text<'a>(pub(super) Vec<&'a [u8]>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Start,
    End,
}

impl From {
    /// So many bytes of a piece that come first from there, and the others.
    fn split(self, piece: &[u8], length: usize) -> (&[u8], &[u8]) {
        match self {
            Self::Start => piece.split_at(length),
            Self::End => {
                let (others, first) = piece.split_at(piece.len() - length);
                (first, others)
            }
        }
    }

    /// How many bytes are the same from there on.
    fn same(self, a: &[u8], b: &[u8]) -> usize {
        match self {
            Self::Start => a.iter().zip(b).take_while(|(a, b)| a == b).count(),
            Self::End => a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count(),
        }
    }
}

impl Text<'_> {
    /// Bytes of the whole lines with which both begin.
    pub(super) fn common_start(&self, other: &Self) -> usize {
        let mut start = self.first(self.common(other, From::Start)).0;
        while let Some(piece) = start.pop() {
            if let Some(end) = memrchr(b'\n', piece) {
                return size(&start) + end + 1;
            }
        }
        0
    }

    /// Bytes of the whole lines with which both end.
    pub(super) fn common_end(&self, other: &Self) -> usize {
        let same = self.common(other, From::End);
        let mut before = 0;
        for piece in self.without(size(&self.0) - same).0 {
            if let Some(end) = memchr(b'\n', piece) {
                return same - before - end - 1;
            }
            before += piece.len();
        }
        0
    }

    fn common(&self, other: &Self, from: From) -> usize {
        let [mut a, mut b] = [self, other].map(|text| {
            let mut pieces = text.0.clone();
            if from == From::Start {
                pieces.reverse();
            }
            pieces
        });
        let mut same = 0;
        while let (Some(one), Some(two)) = (a.pop(), b.pop()) {
            let length = one.len().min(two.len()).min(TOGETHER);
            let [(one, others), (two, more)] = [one, two].map(|piece| from.split(piece, length));
            // Most of what two versions of a file have in common is one and the same.
            if !ptr::eq(one, two) && one != two {
                return same + from.same(one, two);
            }
            same += length;
            a.extend((!others.is_empty()).then_some(others));
            b.extend((!more.is_empty()).then_some(more));
        }
        same
    }

    /// So many bytes from the start.
    pub(super) fn first(&self, bytes: usize) -> Self {
        let mut left = bytes;
        let pieces = self.0.iter().filter_map(|piece| {
            let length = piece.len().min(left);
            left -= length;
            piece.get(..length).filter(|piece| !piece.is_empty())
        });
        Self(pieces.collect())
    }

    /// All but so many bytes from the start.
    pub(super) fn without(&self, bytes: usize) -> Self {
        let mut left = bytes;
        let pieces = self.0.iter().filter_map(|piece| {
            let length = piece.len().min(left);
            left -= length;
            piece.get(length..).filter(|piece| !piece.is_empty())
        });
        Self(pieces.collect())
    }

    /// How many lines end in it.
    pub(super) fn line_ends(&self) -> usize {
        self.0.iter().map(|piece| memchr_iter(b'\n', piece).count()).sum()
    }

    pub(super) fn size(&self) -> usize {
        size(&self.0)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.concat()
    }
}

fn size(pieces: &[&[u8]]) -> usize {
    pieces.iter().map(|piece| piece.len()).sum()
}
