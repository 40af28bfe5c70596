//! Whether what people install has a fix: an artefact on disk is looked into for the fix's lines.
//!
//! An artefact is a folder, a tar archive (plain or with gzip: source archives, crates, npm packages)
//! or a zip archive (wheels, Go modules). It comes from outside, so it is never unpacked: its entries
//! are read one after another within [`Limits`], and only those that a fix could have touched are
//! held, in memory. Nothing in it is followed or run, and an archive that could fool whoever unpacks
//! it (names that lead out of it, two entries of one name, parts that overlap) is refused.
//!
//! A file is found by leaving out what packaging puts in front of its path or cuts off. Each of the
//! fix's changes is then sought with the lines around it, as it was before and as it is after. What
//! the artefact does not hold, tests and vendored code for instance, is counted apart and never
//! taken for a fix or for its absence. Must never write to disk or fetch anything.

mod answer;
mod error;
mod folder;
mod layout;
mod limits;
mod part;
mod runs;
mod sought;
mod store;
mod tar;
mod zip;

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

pub use answer::{
    Absence, Evidence, FileFinding, Finding, HunkFinding, HunkState, LeftOut, Outcome,
};
pub use error::Fault;
pub use limits::Limits;
pub use part::Part;
pub use store::{Form, Held};

use crate::{Fix, Result};
use git::Repo;
use store::Store;

/// An artefact's files, as far as they matter.
#[derive(Debug)]
pub struct Artefact {
    /// What it is.
    pub form: Form,
    store: Store,
}

impl Artefact {
    /// Reads what lies at `path`. The bytes of a file are held when its name, without folders, is in
    /// `names`.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn open(
        path: &Path,
        names: &BTreeSet<String>,
        limits: &Limits,
    ) -> std::result::Result<Self, Fault> {
        if path.metadata().map_err(Fault::from)?.is_dir() {
            let store = folder::read(path, Store::new(names, *limits))?;
            return Ok(Self { form: Form::Folder, store });
        }
        Self::read(BufReader::new(File::open(path)?), names, limits)
    }

    /// Reads an archive.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read(
        mut bytes: impl Read + Seek,
        names: &BTreeSet<String>,
        limits: &Limits,
    ) -> std::result::Result<Self, Fault> {
        let size = bytes.seek(SeekFrom::End(0))?;
        bytes.rewind()?;
        let mut head = Vec::new();
        bytes.by_ref().take(tar::BLOCK as u64).read_to_end(&mut head)?;
        bytes.rewind()?;
        let form = Form::of(&head)?;
        let store = Store::new(names, *limits);
        let store = match form {
            Form::Zip => zip::read(bytes, size, store),
            Form::TarGz => tar::read_gzip(bytes, size, store),
            Form::Tar | Form::Folder => tar::read(bytes, store),
        };
        Ok(Self { form, store: store? })
    }

    /// How many files it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.files.len()
    }

    /// Whether it holds no file at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.store.files.is_empty()
    }

    /// The commit that `git archive` says it wrote.
    #[must_use]
    pub fn made_from(&self) -> Option<&str> {
        self.store.made_from.as_deref()
    }

    /// What it holds under a name.
    #[must_use]
    pub fn held(&self, name: &str) -> Option<&Held> {
        self.store.files.get(name)
    }

    /// Everything that it holds, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Held)> {
        self.store.files.iter().map(|(name, held)| (name.as_str(), held))
    }
}

/// Looks into the artefact at `path` for a fix. Each of `fixes` is one by itself; of the commits that
/// bring the same part, the one that shows best counts.
///
/// # Errors
/// [`Error::Artefact`](crate::Error::Artefact) when it cannot be read, whatever the repository fails
/// with, and [`Error::EmptyFix`](crate::Error::EmptyFix).
pub fn look_into(repo: &Repo, fixes: &[Fix], path: &Path, limits: &Limits) -> Result<Finding> {
    let sought = sought::Sought::read(repo, fixes)?;
    let artefact = Artefact::open(path, sought.names(), limits)?;
    sought.seek(repo, &artefact)
}
