//! Everything that a clone stores, object after object, without asking git for each.
//!
//! Git stores most objects as what differs from another one. Here each comes with what of it is new
//! beside that one, so that whoever looks for words reads every word of a history once, and not once
//! for every version of a file. What no branch reaches any more is handed over, too.
//!
//! Objects that cannot be read, or are not as the pack's index knows them, are an error. That their
//! names are those of their content is believed.

pub(crate) mod delta;
pub(crate) mod head;
pub(crate) mod inflate;
pub(crate) mod loose;
mod pack;

use std::{
    collections::BTreeSet,
    fs, io,
    ops::Range,
    path::{Path, PathBuf},
};

use self::pack::{Families, Pack, Tools};
use crate::{Error, Objects, Oid, Repo, Result};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A file's content.
    Blob,
    /// An annotated tag.
    Tag,
}

/// A stored object.
#[derive(Debug)]
pub struct Piece<'a> {
    name: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub bytes: &'a [u8],
    /// What of it stands in no object from which it differs, in order. Empty ranges are where two
    /// pieces meet that were apart.
    pub fresh: &'a [Range<usize>],
}

impl Piece<'_> {
    /// Its name.
    #[must_use]
    pub fn oid(&self) -> Oid {
        Oid::from_bytes(self.name)
    }

    /// Of a tag, what it is on.
    #[must_use]
    pub fn tagged(&self) -> Option<Oid> {
        let line = self.bytes.split(|byte| *byte == b'\n').next()?;
        let name = line.strip_prefix(b"object ").filter(|_| self.kind == Kind::Tag)?;
        String::from_utf8_lossy(name).parse().ok()
    }

    /// Of a folder, the entries that are new or next to something new.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut at = 0;
        let mut fresh = self.fresh.iter().peekable();
        std::iter::from_fn(move || {
            loop {
                let start = at;
                let entry = Entry::read(self.bytes.get(start..)?, self.name.len())?;
                at = start + entry.length;
                while fresh.next_if(|range| range.end < start).is_some() {}
                if fresh.peek().is_some_and(|range| range.start <= at) {
                    return Some(entry);
                }
            }
        })
    }
}

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its name in the folder.
    pub name: &'a [u8],
    /// The name of the object, unless it is of another repository.
    pub object: Option<&'a [u8]>,
    /// Octal digits that say what it is.
    pub(crate) mode: &'a [u8],
    /// The name of the object, wherever that is.
    pub(crate) target: &'a [u8],
    length: usize,
}

impl<'a> Entry<'a> {
    /// `mode SP name NUL object`
    fn read(bytes: &'a [u8], width: usize) -> Option<Self> {
        let blank = bytes.iter().position(|byte| *byte == b' ')?;
        let end = blank + bytes.get(blank..)?.iter().position(|byte| *byte == 0)?;
        let (mode, target) = (bytes.get(..blank)?, bytes.get(end + 1..end + 1 + width)?);
        let object = (mode != b"160000").then_some(target);
        let name = bytes.get(blank + 1..end)?;
        Some(Self { name, object, mode, target, length: end + 1 + width })
    }

    /// All that a folder holds. `None`: it is damaged.
    pub(crate) fn all(folder: &'a [u8], width: usize) -> Option<Vec<Self>> {
        let mut rest = folder;
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let entry = Self::read(rest, width)?;
            rest = rest.get(entry.length..)?;
            entries.push(entry);
        }
        Some(entries)
    }
}

/// Where a clone stores its objects.
pub struct Holdings {
    packs: Vec<Pack>,
    loose: Vec<loose::Loose>,
}

impl Repo {
    /// Finds everything that is stored, and reads none of it.
    ///
    /// # Errors
    /// When a folder or the index of a pack cannot be read.
    pub fn holdings(&self) -> Result<Holdings> {
        let (objects, format) = self.storage()?;
        let width = if format == "sha256" { 32 } else { 20 };
        let mut holdings = Holdings { packs: Vec::new(), loose: Vec::new() };
        for folder in with_alternates(objects)? {
            for index in listing(&folder.join("pack"))? {
                if index.extension().is_some_and(|extension| extension == "idx") {
                    holdings.packs.push(Pack::open(&index, width)?);
                }
            }
            holdings.loose.extend(loose::all(&folder, width)?);
        }
        Ok(holdings)
    }
}

impl Objects {
    /// Hands over one object, all of it new.
    ///
    /// # Errors
    /// [`Error::BrokenObject`] when it is missing.
    pub fn stored(&mut self, oid: &Oid, take: impl FnOnce(&Piece<'_>)) -> Result<()> {
        let broken = || Error::BrokenObject(oid.to_string());
        let object = self.object(oid.as_str())?.ok_or_else(broken)?;
        let kind = Kind::named(&object.kind).ok_or_else(broken)?;
        let (name, all) = (oid.bytes(), 0..object.bytes.len());
        let fresh = std::slice::from_ref(&all);
        take(&Piece { name: &name, kind, bytes: &object.bytes, fresh });
        Ok(())
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "commit" => Self::Commit,
            "tree" => Self::Tree,
            "blob" => Self::Blob,
            "tag" => Self::Tag,
            _ => return None,
        })
    }
}

impl Holdings {
    /// Whether an object is there, by the bytes of its name.
    #[must_use]
    pub fn has(&self, name: &[u8]) -> bool {
        self.packs.iter().any(|pack| pack.has(name))
            || self.loose.iter().any(|loose| loose.name == name)
    }

    /// Whether an object is there.
    #[must_use]
    pub fn holds(&self, oid: &Oid) -> bool {
        self.has(&oid.bytes())
    }

    /// Objects that this one names and that are not here. A commit's parents are left aside: a
    /// shallow clone has not got them all.
    #[must_use]
    pub fn absent(&self, piece: &Piece<'_>) -> Vec<Oid> {
        match piece.kind {
            Kind::Tree => {
                let objects = piece.entries().filter_map(|entry| entry.object);
                objects.filter(|name| !self.has(name)).map(Oid::from_bytes).collect()
            }
            Kind::Commit => {
                let line = piece.bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let tree = line.strip_prefix(b"tree ").map(String::from_utf8_lossy);
                let tree = tree.and_then(|name| name.parse::<Oid>().ok());
                tree.filter(|tree| !self.holds(tree)).into_iter().collect()
            }
            Kind::Blob | Kind::Tag => Vec::new(),
        }
    }

    /// What things are stored in, by names that never mean anything else: packs, and single objects.
    pub fn stores(&self) -> impl Iterator<Item = String> {
        let packs = self.packs.iter().map(|pack| pack.name.clone());
        packs.chain(self.loose.iter().map(|loose| Oid::from_bytes(&loose.name).to_string()))
    }

    /// Makes ready to read all that is in none of the stores that are `known`.
    ///
    /// # Errors
    /// When an object is damaged, or differs from one that is not in the same pack.
    pub fn reading(&self, known: &BTreeSet<String>) -> Result<Reading<'_>> {
        /// So many families are read at once.
        const TOGETHER: usize = 64;
        let mut reading = Reading { packs: Vec::new(), batches: Vec::new() };
        for pack in self.packs.iter().filter(|pack| !known.contains(&pack.name)) {
            let families = pack.families()?;
            for start in (0..families.roots.len()).step_by(TOGETHER) {
                let roots = start..families.roots.len().min(start + TOGETHER);
                reading.batches.push(Batch::Pack(reading.packs.len(), roots));
            }
            reading.packs.push((pack, families));
        }
        for loose in &self.loose {
            if !known.contains(Oid::from_bytes(&loose.name).as_str()) {
                reading.batches.push(Batch::Loose(loose));
            }
        }
        Ok(reading)
    }
}

/// What is to be read, in batches that know nothing of one another.
pub struct Reading<'a> {
    packs: Vec<(&'a Pack, Families)>,
    batches: Vec<Batch<'a>>,
}

enum Batch<'a> {
    Pack(usize, Range<usize>),
    Loose(&'a loose::Loose),
}

impl Reading<'_> {
    /// How many batches there are.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.batches.len()
    }

    /// Hands over the objects of one batch; several may be read side by side.
    ///
    /// # Errors
    /// [`Error::BrokenObject`], [`Error::TooMuch`]: then what was handed over is not all.
    pub fn read(&self, batch: usize, mut take: impl FnMut(&Piece<'_>)) -> Result<()> {
        match self.batches.get(batch) {
            None => Ok(()),
            Some(Batch::Loose(loose)) => loose.read(take),
            Some(Batch::Pack(pack, roots)) => {
                let Some((pack, families)) = self.packs.get(*pack) else { return Ok(()) };
                let roots = families.roots.get(roots.clone()).unwrap_or_default();
                let mut tools = Tools::new();
                roots
                    .iter()
                    .try_for_each(|root| pack.family(families, *root, &mut tools, &mut take))
            }
        }
    }
}

/// A folder of objects and those that it borrows from.
pub(crate) fn with_alternates(objects: PathBuf) -> Result<Vec<PathBuf>> {
    /// Git goes no deeper.
    const MOST: usize = 64;
    let mut folders = vec![objects];
    let mut at = 0;
    while let Some(folder) = folders.get(at).cloned() {
        at += 1;
        let borrowed = match fs::read_to_string(folder.join("info/alternates")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        for line in borrowed.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let other = folder.join(line);
            if !folders.contains(&other) {
                folders.push(other);
            }
        }
        if folders.len() > MOST {
            return Err(Error::garbled("alternates", "too many"));
        }
    }
    Ok(folders)
}

/// What lies in a folder, by name; nothing if it is not there.
pub(crate) fn listing(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
