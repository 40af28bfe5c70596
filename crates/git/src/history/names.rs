//! From names to ranks and back.

use std::sync::OnceLock;

use super::{NONE, stored::Shelf};
use crate::{Error, Oid, Result};

/// The names of all commits of a history.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Those that were asked for or added since the table was made; the table has them too, or not.
    recent: Vec<(Vec<u8>, u32)>,
    table: OnceLock<Table>,
    /// Where the table lies while it is not in memory.
    shelf: Option<Shelf>,
}

/// Names in order, each with its rank.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) width: usize,
    pub(super) names: Vec<u8>,
    pub(super) ranks: Vec<u32>,
    by_rank: OnceLock<Vec<u32>>,
}

impl Table {
    pub(super) fn new(width: usize, names: Vec<u8>, ranks: Vec<u32>) -> Self {
        Self { width, names, ranks, by_rank: OnceLock::new() }
    }

    fn name(&self, at: usize) -> Option<&[u8]> {
        self.names.get(at * self.width..(at + 1) * self.width)
    }

    /// The first place whose name is not before `wanted`.
    fn place(&self, wanted: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.ranks.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.name(middle).is_some_and(|name| name < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    pub(super) fn rank(&self, name: &[u8]) -> Option<u32> {
        let at = self.place(name);
        (self.name(at)? == name).then(|| self.ranks.get(at).copied()).flatten()
    }

    /// The commit with that name in hexadecimal digits; made for long lists of them.
    pub(super) fn spelt(&self, digits: &[u8]) -> Option<u32> {
        let (bytes, width) = unspell(digits)?;
        self.rank(bytes.get(..width)?)
    }

    /// The one commit whose name starts with `hex`, which has at least seven lower-case digits.
    pub(super) fn abbreviated(&self, hex: &str) -> Option<u32> {
        let digits = self.width * 2;
        (7..=digits).contains(&hex.len()).then_some(())?;
        let lowest: Oid = format!("{hex:0<digits$}").parse().ok()?;
        let first = self.place(&lowest.bytes());
        let fits = |at| {
            let name = self.name(at).map(Oid::from_bytes);
            name.is_some_and(|name| name.as_str().starts_with(hex))
        };
        (fits(first) && !fits(first + 1)).then(|| self.ranks.get(first).copied()).flatten()
    }

    pub(super) fn of_rank(&self, rank: u32) -> Option<&[u8]> {
        let by_rank = self.by_rank.get_or_init(|| {
            let mut places = vec![NONE; self.ranks.len()];
            for (at, rank) in (0_u32..).zip(&self.ranks) {
                if let Some(place) = places.get_mut(*rank as usize) {
                    *place = at;
                }
            }
            places
        });
        self.name(*by_rank.get(rank as usize)? as usize)
    }

    /// Brings unordered names in order.
    fn sorted(self) -> Self {
        let pairs = self.names.chunks_exact(self.width.max(1));
        if pairs.is_sorted_by(|one, next| not_after(one, next)) {
            return self;
        }
        let pairs = self.names.chunks_exact(self.width.max(1));
        let mut pairs: Vec<(&[u8], u32)> = pairs.zip(self.ranks.iter().copied()).collect();
        // Files of a chain are in order each, and merging such runs is what this sort is good at.
        pairs.sort();
        let names = pairs.iter().flat_map(|(name, _)| *name).copied().collect();
        Self::new(self.width, names, pairs.iter().map(|(_, rank)| *rank).collect())
    }
}

/// Whether a name may stand before another one. Most differ in their first bytes, which are compared as
/// one number.
fn not_after(one: &[u8], next: &[u8]) -> bool {
    match (one.first_chunk(), next.first_chunk()) {
        (Some(first), Some(second)) if first != second => {
            u64::from_be_bytes(*first) < u64::from_be_bytes(*second)
        }
        _ => one <= next,
    }
}

/// The bytes that hexadecimal digits stand for, and how many there are.
pub(super) fn unspell(digits: &[u8]) -> Option<([u8; 32], usize)> {
    let mut bytes = [0; 32];
    let (pairs, odd) = digits.as_chunks::<2>();
    let name = bytes.get_mut(..pairs.len()).filter(|_| odd.is_empty())?;
    for (byte, [high, low]) in name.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    }
    Some((bytes, pairs.len()))
}

impl Names {
    pub(super) fn new(width: usize, names: Vec<u8>, ranks: Vec<u32>) -> Self {
        let table = Table::new(width, names, ranks).sorted();
        Self { table: OnceLock::from(table), ..Self::default() }
    }

    /// Names that stay where they are kept until somebody asks for an unusual one.
    pub(super) fn shelved(shelf: Shelf, recent: Vec<(Vec<u8>, u32)>) -> Self {
        Self { recent, shelf: Some(shelf), table: OnceLock::new() }
    }

    pub(super) fn rank(&self, name: &[u8]) -> Result<Option<u32>> {
        let known = self.recent.binary_search_by(|(known, _)| known.as_slice().cmp(name));
        if let Some((_, rank)) = known.ok().and_then(|at| self.recent.get(at)) {
            return Ok(Some(*rank));
        }
        match (&self.shelf, self.table.get()) {
            (_, Some(table)) => Ok(table.rank(name)),
            (Some(kept), None) => kept.rank(name),
            (None, None) => Ok(None),
        }
    }

    /// All names, in memory.
    pub(super) fn table(&self) -> Result<&Table> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = match &self.shelf {
            Some(kept) => kept.all()?,
            None => Table::default(),
        };
        Ok(self.table.get_or_init(|| table))
    }

    /// Adds names; they come in order.
    pub(super) fn add(&mut self, new: Vec<(Vec<u8>, u32)>) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        self.table()?;
        let table = self.table.take().unwrap_or_default();
        let width = new.first().map_or(table.width, |(name, _)| name.len());
        if table.width != width && !table.ranks.is_empty() {
            return Err(Error::garbled("history", "names of two lengths"));
        }
        let (mut names, mut ranks) = (table.names, table.ranks);
        for (name, rank) in new {
            names.extend(name);
            ranks.push(rank);
        }
        self.shelf = None;
        self.table = OnceLock::from(Table::new(width, names, ranks).sorted());
        Ok(())
    }
}
