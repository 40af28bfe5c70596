//! Who descends from whom: every commit's parents, in memory, four bytes each.
//!
//! Commits are ranked so that parents come before their children. Then one pass over an array
//! answers "which of these events lie in whose history" for all commits at once; see [`Lanes`] and
//! [`Labels`]. Facts come from the commit-graph and from the objects, and may be kept in a
//! [`Cache`](crate::Cache). Objects never change, so neither do facts: whatever the refs do, only
//! what is new has to be read.
//!
//! It must never take a fact from a clone that is cut or that disputes its own objects, except from
//! the objects themselves.

mod commit_graph;
mod draft;
mod labels;
mod lanes;
mod names;
mod reading;
mod stored;

pub use labels::{Label, Labels};
pub use lanes::Lanes;
pub use reading::Survey;

use self::names::{Names, Table};
use crate::{Oid, Result};

/// A commit's place in a [`History`]: parents have smaller ranks than their children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank(u32);

impl Rank {
    /// The place in an array with an element for each commit.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All commits that some refs reach, and perhaps more.
#[derive(Debug, Default)]
pub struct History {
    ancestry: Ancestry,
    names: Names,
}

/// Parents by rank.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Ancestry {
    /// Two parents each. [`NONE`]: there is none. A second one with the bit [`MORE`] says where
    /// in `octopus` the second and all further ones stand; the last of them carries that bit.
    parents: Vec<[u32; 2]>,
    octopus: Vec<u32>,
}

const NONE: u32 = u32::MAX;
const MORE: u32 = 1 << 31;
/// More commits than this cannot be ranked.
const MOST: usize = (MORE - 1) as usize;

impl Ancestry {
    fn push(&mut self, parents: &[u32]) {
        let row = self.row(parents);
        self.parents.push(row);
    }

    /// The row that stands for these parents.
    fn row(&mut self, parents: &[u32]) -> [u32; 2] {
        match parents {
            [] => [NONE, NONE],
            [one] => [*one, NONE],
            [one, two] => [*one, *two],
            [one, rest @ ..] => {
                let at = u32::try_from(self.octopus.len()).unwrap_or(NONE);
                self.octopus.extend(rest);
                if let Some(last) = self.octopus.last_mut() {
                    *last |= MORE;
                }
                [*one, at | MORE]
            }
        }
    }

    /// The parents behind a row, in order.
    fn of(&self, [one, two]: [u32; 2]) -> impl Iterator<Item = u32> {
        let many = two != NONE && two & MORE != 0;
        let rest = if many { self.octopus.get((two & !MORE) as usize..) } else { None };
        let rest = rest.unwrap_or_default();
        let end = rest.iter().position(|parent| parent & MORE != 0).map_or(0, |last| last + 1);
        let rest = rest.iter().take(end).map(|parent| parent & !MORE);
        let two = if many { NONE } else { two };
        [one, two].into_iter().filter(|parent| *parent != NONE).chain(rest)
    }
}

impl History {
    /// How many commits it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ancestry.parents.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ancestry.parents.is_empty()
    }

    /// All ranks, parents first.
    pub fn ranks(&self) -> impl DoubleEndedIterator<Item = Rank> + ExactSizeIterator {
        let end = u32::try_from(self.len()).unwrap_or(NONE);
        (0..end).map(Rank)
    }

    /// A commit's parents, in order. Those that this clone does not have are left out.
    pub fn parents(&self, of: Rank) -> impl Iterator<Item = Rank> {
        let row = self.ancestry.parents.get(of.index()).copied().unwrap_or([NONE, NONE]);
        self.ancestry.of(row).map(Rank)
    }

    /// Where a commit stands; `None` when it is not here.
    ///
    /// # Errors
    /// When the cache that holds the names turns out to be damaged; it is then gone.
    pub fn rank(&self, oid: &Oid) -> Result<Option<Rank>> {
        Ok(self.names.rank(&oid.bytes())?.map(Rank))
    }

    /// All names, in memory.
    ///
    /// # Errors
    /// As [`History::rank`].
    pub fn names(&self) -> Result<Named<'_>> {
        Ok(Named(self.names.table()?))
    }
}

/// The names of all commits, in memory: no question fails any more.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a>(&'a Table);

impl Named<'_> {
    /// Where a commit stands; `None` when it is not here.
    #[must_use]
    pub fn rank(&self, oid: &Oid) -> Option<Rank> {
        self.0.rank(&oid.bytes()).map(Rank)
    }

    /// Where the commit stands whose full name these digits are.
    #[must_use]
    pub fn spelt(&self, digits: &str) -> Option<Rank> {
        self.0.spelt(digits.as_bytes()).map(Rank)
    }

    /// The name of a commit.
    #[must_use]
    pub fn oid(&self, rank: Rank) -> Option<Oid> {
        self.0.of_rank(rank.0).map(Oid::from_bytes)
    }

    /// The one commit whose name starts with `hex`: at least seven digits.
    #[must_use]
    pub fn abbreviated(&self, hex: &str) -> Option<Rank> {
        self.0.abbreviated(&hex.to_ascii_lowercase()).map(Rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_back_in_order_however_many_there_are() {
        let mut ancestry = Ancestry::default();
        let rows: [&[u32]; 6] = [&[], &[0], &[1, 0], &[2, 1, 0], &[3, 0, 1, 2], &[4, 3]];
        for row in rows {
            ancestry.push(row);
        }
        for (row, expected) in ancestry.parents.iter().zip(rows) {
            assert_eq!(ancestry.of(*row).collect::<Vec<_>>(), expected);
        }
    }
}
