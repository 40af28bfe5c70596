//! A history on disk.
//!
//! | part | holds | its checksum stands in |
//! |---|---|---|
//! | head | sizes | itself |
//! | recent names | what refs named when it was written, with ranks | the head |
//! | directory | the first name of each block of the table, and the block's checksum | the head |
//! | ancestry | parents, as distances | the head |
//! | table | all names in order, in blocks: names, then ranks | the directory |
//!
//! Questions about a few commits read a few blocks; ancestry is read whole. Each part is believed
//! only after its checksum was compared, and no size before it fits the file's.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use super::{
    Ancestry, History, MOST,
    names::{Names, Table},
};
use crate::{
    Cache, Error, Result,
    cache::{SUM, checksum},
};

const MAGIC: &[u8; 8] = b"frmhist1";
/// Names in a block.
const BLOCK: usize = 1024;
/// Magic, width, commits, recent names, bytes of ancestry and their checksum.
const HEAD: usize = 8 + 4 * 4 + SUM;

/// The table of a stored history, read block by block.
#[derive(Debug)]
pub(super) struct Shelf {
    path: PathBuf,
    file: Mutex<File>,
    width: usize,
    commits: usize,
    /// The first name of each block, and its checksum.
    directory: Vec<(Vec<u8>, [u8; SUM])>,
    table: u64,
}

/// Reads a history; `None` when there is none, or it is damaged.
pub(super) fn load(cache: &Cache, name: &str) -> Option<History> {
    let path = cache.path(name);
    let mut file = File::open(&path).ok()?;
    let sizes = Sizes::read(&mut file)?;
    let mut front = vec![0; sizes.front()];
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_exact(&mut front).ok()?;
    let (content, sum) = front.split_last_chunk::<SUM>()?;
    (checksum(content) == *sum).then_some(())?;
    let content = content.get(HEAD..)?;
    let (recent, directory) = content.split_at_checked(sizes.recent * (sizes.width + 4))?;
    let recent = recent.chunks_exact(sizes.width + 4).map(|row| {
        let (name, rank) = row.split_last_chunk::<4>()?;
        Some((name.to_vec(), u32::from_le_bytes(*rank)))
    });
    let directory = directory.chunks_exact(sizes.width + SUM).map(|row| {
        let (name, sum) = row.split_last_chunk::<SUM>()?;
        Some((name.to_vec(), *sum))
    });
    let (recent, directory) = (recent.collect::<Option<_>>()?, directory.collect::<Option<_>>()?);

    let mut bytes = vec![0; sizes.ancestry];
    file.read_exact(&mut bytes).ok()?;
    (checksum(&bytes) == sizes.ancestry_sum).then_some(())?;
    let ancestry = decode(&bytes, sizes.commits)?;
    let table = (sizes.front() + sizes.ancestry) as u64;
    let (width, commits) = (sizes.width, sizes.commits);
    let shelf = Shelf { path, file: Mutex::new(file), width, commits, directory, table };
    Some(History { ancestry, names: Names::shelved(shelf, recent) })
}

/// Writes a history, with the names that will be asked for again.
pub(super) fn store(
    cache: &Cache,
    name: &str,
    history: &History,
    recent: &[(Vec<u8>, u32)],
) -> Result<()> {
    let table = history.names.table()?;
    let ancestry = encode(&history.ancestry);
    let mut front = Vec::new();
    front.extend(MAGIC);
    for size in [table.width, history.len(), recent.len(), ancestry.len()] {
        let size = u32::try_from(size).map_err(|_| Error::garbled("history", "it is too large"))?;
        front.extend(size.to_le_bytes());
    }
    front.extend(checksum(&ancestry));
    for (name, rank) in recent {
        front.extend(name);
        front.extend(rank.to_le_bytes());
    }
    let mut blocks = Vec::new();
    for names in table.blocks() {
        front.extend(names.get(..table.width).unwrap_or_default());
        front.extend(checksum(&names));
        blocks.push(names);
    }
    let sum = checksum(&front);
    front.extend(sum);
    cache.write(name, |out| {
        out.write_all(&front)?;
        out.write_all(&ancestry)?;
        blocks.iter().try_for_each(|block| out.write_all(block))
    })?;
    Ok(())
}

impl Table {
    /// Each block as it is stored.
    fn blocks(&self) -> impl Iterator<Item = Vec<u8>> {
        let names = self.names.chunks(BLOCK * self.width.max(1));
        names.zip(self.ranks.chunks(BLOCK)).map(|(names, ranks)| {
            let ranks = ranks.iter().flat_map(|rank| rank.to_le_bytes());
            names.iter().copied().chain(ranks).collect()
        })
    }
}

/// What the head says of the parts.
struct Sizes {
    width: usize,
    commits: usize,
    recent: usize,
    ancestry: usize,
    ancestry_sum: [u8; SUM],
}

impl Sizes {
    /// `None` when they are not those of a whole file.
    fn read(file: &mut File) -> Option<Self> {
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let numbers = head.strip_prefix(MAGIC)?;
        let (numbers, sum) = numbers.split_first_chunk::<16>()?;
        let (numbers, _) = numbers.as_chunks::<4>();
        let [width, commits, recent, ancestry] = numbers else {
            return None;
        };
        let size = |bytes: &[u8; 4]| u32::from_le_bytes(*bytes) as usize;
        let sizes = Self {
            width: size(width),
            commits: size(commits),
            recent: size(recent),
            ancestry: size(ancestry),
            ancestry_sum: sum.try_into().ok()?,
        };
        let sane = matches!(sizes.width, 20 | 32) && sizes.commits <= MOST;
        let whole = sizes.front() + sizes.ancestry + sizes.commits * (sizes.width + 4);
        (sane && file.metadata().ok()?.len() == whole as u64).then_some(sizes)
    }

    /// Bytes before the ancestry.
    fn front(&self) -> usize {
        let blocks = self.commits.div_ceil(BLOCK);
        HEAD + self.recent * (self.width + 4) + blocks * (self.width + SUM) + SUM
    }
}

impl Shelf {
    pub(super) fn rank(&self, name: &[u8]) -> Result<Option<u32>> {
        let after = self.directory.partition_point(|(first, _)| first.as_slice() <= name);
        let Some(block) = after.checked_sub(1) else {
            return Ok(None);
        };
        Ok(self.block(block)?.rank(name))
    }

    /// The whole table.
    pub(super) fn all(&self) -> Result<Table> {
        let mut names = Vec::with_capacity(self.commits * self.width);
        let mut ranks = Vec::with_capacity(self.commits);
        for block in 0..self.directory.len() {
            let block = self.block(block)?;
            names.extend(block.names);
            ranks.extend(block.ranks);
        }
        Ok(Table::new(self.width, names, ranks))
    }

    fn block(&self, number: usize) -> Result<Table> {
        let count = BLOCK.min(self.commits.saturating_sub(number * BLOCK));
        let row = self.width + 4;
        let start = self.table + (number * BLOCK * row) as u64;
        let mut bytes = vec![0; count * row];
        let read = {
            let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes))
        };
        let sum = self.directory.get(number).map(|(_, sum)| *sum);
        if read.is_err() || sum != Some(checksum(&bytes)) {
            return Err(self.damaged());
        }
        let ranks = bytes.split_off(count * self.width);
        let (ranks, _) = ranks.as_chunks::<4>();
        let ranks = ranks.iter().map(|rank| u32::from_le_bytes(*rank)).collect();
        Ok(Table::new(self.width, bytes, ranks))
    }

    /// The next reader finds nothing, and reads the repository.
    fn damaged(&self) -> Error {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Error::Io(error),
            _ => Error::DamagedCache(self.path.clone()),
        }
    }
}

/// For each commit, the distance to its first parent and how many more there are, then the
/// distances to those. Most commits take two bytes.
fn encode(ancestry: &Ancestry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(ancestry.parents.len() * 2);
    for (rank, row) in (0_u32..).zip(&ancestry.parents) {
        let mut parents = ancestry.of(*row).map(|parent| u64::from(rank - parent));
        let Some(first) = parents.next() else {
            bytes.push(0);
            continue;
        };
        let rest: Vec<u64> = parents.collect();
        let more = rest.len().min(3) as u64;
        number(&mut bytes, first << 2 | more);
        if more == 3 {
            number(&mut bytes, rest.len() as u64);
        }
        for distance in rest {
            number(&mut bytes, distance);
        }
    }
    bytes
}

fn decode(bytes: &[u8], commits: usize) -> Option<Ancestry> {
    let mut ancestry = Ancestry::default();
    ancestry.parents.reserve_exact(commits);
    let mut rest = bytes.iter();
    let mut parents = Vec::new();
    for rank in 0..u32::try_from(commits).ok()? {
        let parent = |distance: u64| match u32::try_from(distance) {
            Ok(distance @ 1..) => rank.checked_sub(distance),
            _ => None,
        };
        parents.clear();
        let head = take_number(&mut rest)?;
        if head != 0 {
            parents.push(parent(head >> 2)?);
            let more = if head & 3 == 3 { take_number(&mut rest)? } else { head & 3 };
            for _ in 0..more {
                parents.push(parent(take_number(&mut rest)?)?);
            }
        }
        ancestry.push(&parents);
    }
    rest.next().is_none().then_some(ancestry)
}

/// Seven bits a byte, the low ones first; a high bit says that more follow.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take_number<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..42).step_by(7) {
        let byte = *bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestry_survives_being_stored() {
        let mut ancestry = Ancestry::default();
        for rank in 0..1000_u32 {
            let count = [1, 0, 2, 1, 3, 1, 7, 4][rank as usize % 8].min(rank);
            let parents: Vec<u32> = (0..count).map(|n| (rank - 1) / (n + 1)).collect();
            ancestry.push(&parents);
        }
        let bytes = encode(&ancestry);
        assert_eq!(decode(&bytes, 1000), Some(ancestry));
        assert_eq!(decode(&bytes, 999), None);
        assert_eq!(decode(&bytes, 1001), None);
        assert_eq!(decode(&[4], 1), None, "the first commit has no parent to be before it");
    }
}
