//! From facts in any order to ranks.

use std::collections::{BTreeMap, HashMap};

use super::{
    Ancestry, History, MORE, MOST, NONE,
    names::{Names, unspell},
};
use crate::{Error, Oid, Result};

/// Commits with their parents, numbered in the order in which they were found.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) width: usize,
    /// Names of `width` bytes, one after another.
    pub(super) names: Vec<u8>,
    pub(super) ancestry: Ancestry,
    /// For each commit a number that is higher than those of its parents.
    pub(super) levels: Vec<u32>,
}

impl Draft {
    /// `None` when the levels put a commit before one of its parents: then the facts are wrong.
    pub(super) fn arrange(self) -> Option<History> {
        let count = self.levels.len();
        if self.ancestry.parents.len() != count || self.names.len() != count * self.width {
            return None;
        }
        let ranks = counting_sort(&self.levels)?;
        let mut ancestry = Ancestry { parents: vec![[NONE, NONE]; count], octopus: Vec::new() };
        for (row, rank) in self.ancestry.parents.iter().zip(&ranks) {
            let earlier = |parent: u32| ranks.get(parent as usize).copied().filter(|at| at < rank);
            let row = match *row {
                [NONE, NONE] => continue,
                [one, NONE] if one != NONE => [earlier(one)?, NONE],
                [one, two] if one != NONE && two & MORE == 0 => [earlier(one)?, earlier(two)?],
                row => {
                    let parents: Option<Vec<u32>> = self.ancestry.of(row).map(earlier).collect();
                    ancestry.row(&parents?)
                }
            };
            *ancestry.parents.get_mut(*rank as usize)? = row;
        }
        Some(History { ancestry, names: Names::new(self.width, self.names, ranks) })
    }
}

/// Each one's place by level.
fn counting_sort(levels: &[u32]) -> Option<Vec<u32>> {
    let highest = levels.iter().max().map_or(0, |level| *level as usize);
    // Levels count generations, so there cannot be more of them than commits.
    (levels.len() <= MOST && highest <= levels.len()).then_some(())?;
    let mut next = vec![0_u32; highest + 1];
    for level in levels {
        *next.get_mut(*level as usize)? += 1;
    }
    let mut sum = 0;
    for slot in &mut next {
        sum += std::mem::replace(slot, sum);
    }
    let place = |level: &u32| {
        let slot = next.get_mut(*level as usize)?;
        *slot += 1;
        Some(*slot - 1)
    };
    levels.iter().map(place).collect()
}

impl History {
    /// A history from lines of a commit and its parents each, older ones first.
    pub(super) fn listed(listing: &[u8]) -> Result<Self> {
        let garbled = || Error::garbled("rev-list", "a line without names");
        let mut known: HashMap<[u8; 32], u32> = HashMap::new();
        let (mut ancestry, mut names, mut width) = (Ancestry::default(), Vec::new(), 0);
        let mut parents = Vec::new();
        for line in listing.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let mut words = line.split(|byte| *byte == b' ').map(unspell);
            let (name, length) = words.next().flatten().ok_or_else(garbled)?;
            parents.clear();
            for word in words {
                let (parent, _) = word.ok_or_else(garbled)?;
                parents.extend(known.get(&parent));
            }
            let rank = u32::try_from(known.len()).ok().filter(|rank| (*rank as usize) < MOST);
            known.insert(name, rank.ok_or_else(garbled)?);
            ancestry.push(&parents);
            names.extend(name.get(..length).unwrap_or_default());
            width = length;
        }
        let ranks: Vec<u32> = (0..).take(known.len()).collect();
        if names.len() != ranks.len() * width || ranks.len() != ancestry.parents.len() {
            return Err(garbled());
        }
        Ok(Self { ancestry, names: Names::new(width, names, ranks) })
    }

    /// Adds commits with their parents, older ones first. Parents that are neither here nor among
    /// them are left out.
    pub(super) fn extend(&mut self, commits: &[(Oid, Vec<Oid>)]) -> Result<()> {
        if self.len() + commits.len() > MOST {
            let limit = MOST as u64;
            return Err(Error::TooMuch { what: "history".into(), limit });
        }
        let mut added: BTreeMap<&Oid, u32> = BTreeMap::new();
        for (oid, parents) in commits {
            let mut ranks = Vec::with_capacity(parents.len());
            for parent in parents {
                let rank = match added.get(parent) {
                    Some(rank) => Some(*rank),
                    None => self.names.rank(&parent.bytes())?,
                };
                ranks.extend(rank);
            }
            let rank = u32::try_from(self.len()).unwrap_or(NONE);
            self.ancestry.push(&ranks);
            added.insert(oid, rank);
        }
        let new = added.into_iter().map(|(oid, rank)| (oid.bytes(), rank));
        self.names.add(new.collect())
    }
}
