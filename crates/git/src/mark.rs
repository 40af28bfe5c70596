//! Whether any ref may have changed, told from the bytes in which refs are stored.
//!
//! Nothing is interpreted and git is not started: equal bytes are equal refs, and other bytes are
//! no more than a reason to ask git. It must never be taken for the refs themselves.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Result, command::Place};

/// What a repository's refs were stored as at one moment, with the marks of a shallow or grafted
/// clone, which change what the same refs mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefsMark {
    stored: BTreeMap<PathBuf, Vec<u8>>,
}

/// Files whose content counts; `reftable` lists tables whose names are never used twice.
const FILES: &[&str] = &["HEAD", "packed-refs", "reftable/tables.list", "shallow", "info/grafts"];

/// Where replacement objects are named.
const REPLACE: &[u8] = b"refs/replace/";

impl RefsMark {
    pub(crate) fn read(place: &Place) -> Result<Self> {
        let git_dir = place.folder();
        let mut mark = Self::default();
        mark.folder(git_dir)?;
        // A linked working tree keeps its refs elsewhere.
        if let Some(common) = content(&git_dir.join("commondir"))? {
            let common = String::from_utf8_lossy(&common).trim_end().to_owned();
            mark.folder(&git_dir.join(common))?;
        }
        Ok(mark)
    }

    /// Nothing casts doubt on the history behind the refs: no mark of a shallow or grafted clone,
    /// and no replacement.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.stored.iter().all(|(path, bytes)| {
            let marked = path.ends_with("shallow") || path.ends_with("info/grafts");
            // What a table of refs holds is not told by its name.
            let hidden = path.ends_with("reftable/tables.list");
            let named = |bytes: &[u8]| bytes.windows(REPLACE.len()).any(|text| text == REPLACE);
            let packed = path.ends_with("packed-refs") && named(bytes);
            !marked && !hidden && !packed && !path.iter().any(|part| part == "replace")
        })
    }

    fn folder(&mut self, git_dir: &Path) -> Result<()> {
        for file in FILES.iter().map(|file| git_dir.join(file)) {
            if let Some(bytes) = content(&file)? {
                self.stored.insert(file, bytes);
            }
        }
        let mut folders = vec![git_dir.join("refs")];
        while let Some(folder) = folders.pop() {
            for entry in there(fs::read_dir(&folder))?.into_iter().flatten() {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if let Some(bytes) = content(&entry.path())? {
                    self.stored.insert(entry.path(), bytes);
                }
            }
        }
        Ok(())
    }
}

/// Refs come and go while they are read: what is gone was not there.
fn content(file: &Path) -> Result<Option<Vec<u8>>> {
    there(fs::read(file))
}

fn there<T>(found: io::Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
