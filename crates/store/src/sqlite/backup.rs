//! Backup and restore. A backup holds the journal and the blobs; the keys are copied apart.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{Entropy, OpenError};

use super::{
    KeySource, SqliteStore, blobs, files,
    files::{Dir, io},
    open,
};

/// The two halves of a backup.
#[derive(Debug, Clone)]
pub struct Backup {
    /// A directory that [`SqliteStore::backup`] wrote.
    pub journal: PathBuf,
    /// A file that [`SqliteStore::backup_keys`] wrote.
    pub keys: PathBuf,
}

fn unwritten(path: &Path) -> impl FnOnce(rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    move |error| OpenError::Io { doing: "back up to", path, cause: error.into() }
}

impl SqliteStore {
    /// Copies the journal and the blobs, while the house runs, into a new directory. The keys are
    /// not in it: see [`backup_keys`](Self::backup_keys). A restored copy starts locked.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when `dest` is not empty; otherwise [`OpenError`].
    pub fn backup(&self, dest: &Path) -> Result<(), OpenError> {
        let to = Dir::fresh(dest)?;
        let unfinished = to.path().join("journal.unfinished");
        let journal = self.dir.journal();
        let conn = match &self.writer {
            Some(_) => files::open_to_write(&journal),
            None => files::open_unchanged(&journal),
        };
        let conn = conn.map_err(unwritten(dest))?;
        files::touch(&unfinished)?;
        conn.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()]).map_err(unwritten(dest))?;
        // Blobs are older than the events that name them, so after the journal none is missing.
        blobs::copy(&self.dir.blobs(), &to.blobs()).map_err(io("back up to", dest))?;
        let whole = || {
            fs::File::open(&unfinished)?.sync_all()?;
            fs::rename(&unfinished, to.journal())?;
            files::sync_dir(to.path())
        };
        whole().map_err(io("back up to", dest))
    }

    /// Copies the wrapped keys into a new file. Keep it apart from the journal's backups, and for
    /// no longer than a forgotten key may come back. Take it after the journal's backup, so that
    /// no key is younger than it.
    ///
    /// # Errors
    /// [`OpenError::Exists`] when `dest` exists; otherwise [`OpenError`].
    pub fn backup_keys(&self, dest: &Path) -> Result<(), OpenError> {
        if dest.exists() {
            return Err(OpenError::Exists { dir: dest.to_owned() });
        }
        files::touch(dest)?;
        self.shared.keys.copy(dest).map_err(unwritten(dest))?;
        fs::File::open(dest).and_then(|file| file.sync_all()).map_err(io("back up to", dest))
    }

    /// Puts a house together from a backup. `dest` must be empty, except that for
    /// [`KeySource::InDataDir`] the operator has put the `instance.key` there. The house starts
    /// locked: [`Why::Restored`](crate::Why::Restored).
    ///
    /// # Errors
    /// [`OpenError`]; then nothing but the key is left in `dest`.
    pub fn restore(
        from: &Backup,
        key: &KeySource,
        entropy: Arc<dyn Entropy>,
        dest: &Path,
    ) -> Result<(), OpenError> {
        let source = Dir::existing(&from.journal)?;
        if !from.keys.is_file() {
            return Err(OpenError::FileMissing { file: from.keys.clone() });
        }
        let dest = Dir::fresh(dest)?;
        let key = dest.instance_key(key)?;
        let result = assemble(&source, &from.keys, &dest)
            .and_then(|()| open::inspect(&dest, &key, entropy))
            .and_then(|found| open::mark_restored(&dest, &found.vault));
        if result.is_err() {
            clear(&dest).map_err(io("clear", dest.path()))?;
        }
        result
    }
}

fn assemble(source: &Dir, keys: &Path, dest: &Dir) -> Result<(), OpenError> {
    let copy = || {
        blobs::copy(&source.blobs(), &dest.blobs())?;
        files::write_new(&dest.keys(), &[&fs::read(keys)?])?;
        files::write_new(&dest.journal(), &[&fs::read(source.journal())?])?;
        files::sync_dir(dest.path())
    };
    copy().map_err(io("restore to", dest.path()))
}

fn clear(dest: &Dir) -> std::io::Result<()> {
    for file in [dest.journal(), dest.keys()] {
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    if dest.blobs().exists() { fs::remove_dir_all(dest.blobs()) } else { Ok(()) }
}
