//! One pack: many objects in a file, most as what differs from another one in it.
//!
//! Objects come in families: one that is stored whole, and all that differ from it, or from one of
//! these. Each member is made once, from its parent, and a parent is let go when the last of its
//! children is made.

use std::{
    fs::{self, File},
    iter,
    ops::Range,
    os::unix::fs::FileExt,
    path::Path,
    rc::Rc,
};

use flate2::Crc;

use super::{
    Kind, Piece, delta,
    head::{Head, LONGEST, Stored},
    inflate::Inflate,
};
use crate::{Error, Oid, Result, command::LIMIT};

const NONE: u32 = u32::MAX;

pub(super) struct Pack {
    /// The file's name without its ending, which is a checksum over the names of its objects.
    pub(super) name: String,
    file: File,
    /// Bytes of an object's name.
    width: usize,
    /// All names, sorted.
    names: Vec<u8>,
    /// Entries in the order of the file: where they begin, and whose they are.
    entries: Vec<(u64, u32)>,
    /// By name: the checksum of its entry.
    sums: Vec<u32>,
    /// By name: which entry.
    places: Vec<u32>,
    /// Where the last entry ends.
    end: u64,
}

/// What an object is, and its content.
type Parent = (Kind, Vec<u8>);

/// What members of a family are made with, and its memory.
pub(super) struct Tools {
    inflate: Inflate,
    packed: Vec<u8>,
    difference: Vec<u8>,
}

impl Tools {
    pub(super) fn new() -> Self {
        Self { inflate: Inflate::new(), packed: Vec::new(), difference: Vec::new() }
    }
}

/// Who differs from whom in a pack.
pub(super) struct Families {
    /// Entries that are stored whole.
    pub(super) roots: Vec<u32>,
    /// By entry: where its children begin in `children`; one more at the end.
    first: Vec<u32>,
    children: Vec<u32>,
}

impl Families {
    fn of(&self, entry: u32) -> &[u32] {
        let at = |entry: usize| self.first.get(entry).map_or(0, |first| *first as usize);
        let entry = entry as usize;
        self.children.get(at(entry)..at(entry + 1)).unwrap_or_default()
    }
}

impl Pack {
    /// Opens the pack whose index lies at `index`.
    pub(super) fn open(index: &Path, width: usize) -> Result<Self> {
        let wrong = || Error::garbled("pack index", index.display().to_string());
        let bytes = fs::read(index)?;
        let mut table = Table { rest: &bytes, wrong };
        if table.take(8)? != b"\xfftOc\0\0\0\x02" {
            return Err(wrong());
        }
        let fanout = table.take(256 * 4)?;
        let count = fanout.last_chunk().map_or(0, |last| u32::from_be_bytes(*last)) as usize;
        let names = table.take(count * width)?.to_vec();
        let sums = table.take(count * 4)?.as_chunks::<4>().0;
        let sums = sums.iter().map(|sum| u32::from_be_bytes(*sum)).collect();
        let short = table.take(count * 4)?;
        let rest = table.rest.len().checked_sub(2 * width).ok_or_else(wrong)?;
        let long = table.take(rest)?.as_chunks::<8>().0;
        let mut entries = Vec::with_capacity(count);
        for (number, short) in (0..).zip(short.as_chunks::<4>().0) {
            let short = u32::from_be_bytes(*short);
            let offset = match short & 0x7fff_ffff {
                at if short != at => {
                    let long = long.get(at as usize).ok_or_else(wrong)?;
                    u64::from_be_bytes(*long)
                }
                at => u64::from(at),
            };
            entries.push((offset, number));
        }
        entries.sort_unstable();
        let mut places = vec![NONE; count];
        for (entry, (_, number)) in (0..).zip(&entries) {
            if let Some(place) = places.get_mut(*number as usize) {
                *place = entry;
            }
        }
        let file = File::open(index.with_extension("pack"))?;
        let end = file.metadata()?.len().checked_sub(width as u64).ok_or_else(wrong)?;
        let name = index.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into());
        Ok(Self { name, file, width, names, entries, sums, places, end })
    }

    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.number(name).is_some()
    }

    fn number(&self, name: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.places.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name_of(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn name_of(&self, number: usize) -> &[u8] {
        self.names.get(number * self.width..(number + 1) * self.width).unwrap_or_default()
    }

    /// The bytes of an entry.
    fn extent(&self, entry: u32) -> (Range<u64>, &[u8]) {
        let entry = entry as usize;
        let (start, number) = self.entries.get(entry).copied().unwrap_or((0, NONE));
        let end = self.entries.get(entry + 1).map_or(self.end, |(next, _)| *next);
        (start..end, self.name_of(number as usize))
    }

    fn broken(&self, entry: u32) -> Error {
        Error::BrokenObject(Oid::from_bytes(self.extent(entry).1).to_string())
    }

    fn head(&self, entry: u32) -> Result<Head> {
        let mut bytes = [0; LONGEST];
        let (extent, _) = self.extent(entry);
        let length = usize::try_from(extent.end.saturating_sub(extent.start)).unwrap_or(LONGEST);
        let head = bytes.get_mut(..length.min(LONGEST)).unwrap_or_default();
        self.file.read_exact_at(head, extent.start)?;
        Head::read(head, self.width).ok_or_else(|| self.broken(entry))
    }

    pub(super) fn families(&self) -> Result<Families> {
        let mut parents = Vec::with_capacity(self.entries.len());
        for entry in 0..self.places.len() {
            let entry = u32::try_from(entry).unwrap_or(NONE);
            let parent = match self.head(entry)?.stored {
                Stored::Whole(_) => Some(NONE),
                Stored::Before(distance) => {
                    let at = self.extent(entry).0.start.checked_sub(distance);
                    let found =
                        at.and_then(|at| self.entries.binary_search_by_key(&at, |e| e.0).ok());
                    found.and_then(|found| u32::try_from(found).ok())
                }
                Stored::From(name) => {
                    self.number(&name).and_then(|number| self.places.get(number)).copied()
                }
            };
            parents.push(parent.ok_or_else(|| self.broken(entry))?);
        }
        let families = Families::new(&parents);
        // A circle of differences hangs on nothing.
        let mut open = families.roots.clone();
        let mut met = 0;
        while let Some(entry) = open.pop() {
            met += 1;
            open.extend(families.of(entry));
        }
        if met == parents.len() {
            Ok(families)
        } else {
            Err(Error::BrokenObject(self.name.clone()))
        }
    }

    /// Hands over a family, each member after that from which it differs.
    pub(super) fn family(
        &self,
        families: &Families,
        root: u32,
        tools: &mut Tools,
        take: &mut impl FnMut(&Piece<'_>),
    ) -> Result<()> {
        let mut open: Vec<(u32, Option<Rc<Parent>>)> = vec![(root, None)];
        let mut bytes = Vec::new();
        while let Some((entry, parent)) = open.pop() {
            bytes.clear();
            let (kind, fresh) = self.member(entry, parent.as_deref(), tools, &mut bytes)?;
            drop(parent);
            let (_, name) = self.extent(entry);
            take(&Piece { name, kind, bytes: &bytes, fresh: &fresh });
            let children = families.of(entry);
            if children.is_empty() {
                continue;
            }
            let parent = Rc::new((kind, std::mem::take(&mut bytes)));
            // The last to come is the first to go: those that hold on to nothing themselves.
            let (leaves, others): (Vec<u32>, Vec<u32>) =
                children.iter().partition(|child| families.of(**child).is_empty());
            open.extend(
                others.into_iter().chain(leaves).map(|child| (child, Some(parent.clone()))),
            );
        }
        Ok(())
    }

    fn member(
        &self,
        entry: u32,
        parent: Option<&Parent>,
        tools: &mut Tools,
        out: &mut Vec<u8>,
    ) -> Result<(Kind, Vec<Range<usize>>)> {
        let broken = || self.broken(entry);
        let Tools { inflate, packed, difference } = tools;
        self.read(entry, packed)?;
        let head = Head::read(packed, self.width).ok_or_else(broken)?;
        if head.size > LIMIT {
            return Err(Error::TooMuch { what: "pack".into(), limit: LIMIT });
        }
        let size = usize::try_from(head.size).map_err(|_| broken())?;
        let packed = packed.get(head.length..).unwrap_or_default();
        match (head.stored, parent) {
            (Stored::Whole(kind), None) => {
                inflate.whole(packed, size, out).ok_or_else(broken)?;
                Ok((kind, iter::once(0..out.len()).collect()))
            }
            (Stored::Before(_) | Stored::From(_), Some((kind, base))) => {
                difference.clear();
                inflate.whole(packed, size, difference).ok_or_else(broken)?;
                let made = delta::size(difference).filter(|made| *made as u64 <= LIMIT);
                out.reserve(made.ok_or_else(broken)?);
                let fresh = delta::apply(base, difference, out).ok_or_else(broken)?;
                Ok((*kind, fresh))
            }
            _ => Err(broken()),
        }
    }

    /// An entry as it lies there, if the index knows it so.
    fn read(&self, entry: u32, packed: &mut Vec<u8>) -> Result<()> {
        let (extent, _) = self.extent(entry);
        let length = extent.end.checked_sub(extent.start).filter(|length| *length <= LIMIT);
        let length = length.and_then(|length| usize::try_from(length).ok());
        packed.resize(length.ok_or_else(|| self.broken(entry))?, 0);
        self.file.read_exact_at(packed, extent.start)?;
        let mut sum = Crc::new();
        sum.update(packed);
        let known = self.entries.get(entry as usize).and_then(|(_, n)| self.sums.get(*n as usize));
        if known == Some(&sum.sum()) { Ok(()) } else { Err(self.broken(entry)) }
    }
}

impl Families {
    fn new(parents: &[u32]) -> Self {
        let mut first = vec![0_u32; parents.len() + 1];
        for parent in parents.iter().filter(|parent| **parent != NONE) {
            if let Some(count) = first.get_mut(*parent as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        let (mut next, mut roots) = (first.clone(), Vec::new());
        let mut children = vec![0; sum as usize];
        for (entry, parent) in (0..).zip(parents) {
            match next.get_mut(*parent as usize) {
                Some(place) if *parent != NONE => {
                    if let Some(child) = children.get_mut(*place as usize) {
                        *child = entry;
                    }
                    *place += 1;
                }
                _ => roots.push(entry),
            }
        }
        Self { roots, first, children }
    }
}

/// Takes rows off the front of an index.
struct Table<'a, W> {
    rest: &'a [u8],
    wrong: W,
}

impl<'a, W: Fn() -> Error> Table<'a, W> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (piece, rest) = self.rest.split_at_checked(count).ok_or_else(&self.wrong)?;
        self.rest = rest;
        Ok(piece)
    }
}
