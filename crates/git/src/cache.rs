//! A folder for what is tedious to read twice.
//!
//! It belongs to this program alone and lies outside of every repository. What it holds can be
//! deleted at any time, and what was cut off or changed is noticed and read anew. It must never hold
//! anything that cannot be had from the repository again.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use sha2::{Digest, Sha256};

/// All files together hold no more than this, in bytes: the oldest go first.
const MOST: u64 = 1 << 30;

/// Bytes of a checksum.
pub(crate) const SUM: usize = 32;

/// Makes the names of unfinished files different.
static UNFINISHED: AtomicU64 = AtomicU64::new(0);

/// Where facts about repositories are kept.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// A cache in `folder`, which is made when there is something to keep.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// What was kept under a name, if it is whole.
    #[must_use]
    pub fn load(&self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(name)).ok()?;
        let (content, sum) = bytes.split_last_chunk::<SUM>()?;
        (checksum(content) == *sum).then_some(())?;
        bytes.truncate(bytes.len() - SUM);
        Some(bytes)
    }

    /// Keeps bytes under a name.
    ///
    /// # Errors
    /// When the folder cannot be written. What was there before stays.
    pub fn store(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.write(name, |out| {
            out.write_all(bytes)?;
            out.write_all(&checksum(bytes))
        })
    }

    /// Has a file written, and puts it in place when it is whole.
    pub(crate) fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        private_folder(&self.folder)?;
        let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.path(&format!("{name}.{}-{number}.new", std::process::id()));
        let written = private_file(&unfinished).and_then(|file| {
            let mut out = BufWriter::new(file);
            content(&mut out)?;
            out.flush()
        });
        let placed = written.and_then(|()| fs::rename(&unfinished, self.path(name)));
        if placed.is_err() {
            drop(fs::remove_file(&unfinished));
        }
        placed?;
        self.bound(MOST, &self.path(name))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Removes the files that were written the longest ago, but never `newest`.
    fn bound(&self, most: u64, newest: &Path) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another process may have removed it just now.
            if let Ok(about) = entry.metadata()
                && about.is_file()
            {
                files.push((about.modified()?, entry.path(), about.len()));
            }
        }
        files.sort();
        let mut size: u64 = files.iter().map(|(_, _, bytes)| bytes).sum();
        for (_, path, bytes) in files {
            if size > most && path != newest {
                drop(fs::remove_file(path));
                size = size.saturating_sub(bytes);
            }
        }
        Ok(())
    }
}

pub(crate) fn checksum(bytes: &[u8]) -> [u8; SUM] {
    Sha256::digest(bytes).into()
}

/// What a repository may not show to others, its cache does not show either.
#[cfg(unix)]
fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_or_cut_off_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("ours"));
        assert_eq!(cache.load("a"), None);
        cache.store("a", b"some facts").unwrap();
        assert_eq!(cache.load("a").unwrap(), b"some facts");
        let whole = fs::read(cache.path("a")).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(cache.path("a"), &bytes).unwrap();
            assert_eq!(cache.load("a"), None, "byte {at}");
            fs::write(cache.path("a"), &whole[..at]).unwrap();
            assert_eq!(cache.load("a"), None, "cut at {at}");
        }
        assert_eq!(fs::read_dir(cache.path("")).unwrap().count(), 1);
    }

    #[test]
    fn the_oldest_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        for (name, age) in [("a", 30), ("b", 20), ("c", 10)] {
            cache.store(name, &[0; 68]).unwrap();
            let file = File::options().append(true).open(cache.path(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(100 - age))
                .unwrap();
        }
        cache.bound(250, &cache.path("a")).unwrap();
        let kept = ["a", "b", "c"].map(|name| cache.load(name).is_some());
        assert_eq!(kept, [true, false, true]);
        cache.bound(0, &cache.path("c")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
