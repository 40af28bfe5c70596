//! Writing a folder of files so that nobody ever sees half of it: everything is written beside its
//! place and made durable, and takes the place in one step.
//!
//! A folder that was not written here, or was changed since, is never overwritten.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Component, Path, PathBuf},
};

use advisory::Digest;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::command_error::CommandError;

/// Files by their path, which has `/` between folders.
type Files = BTreeMap<String, Vec<u8>>;

/// The list of all files with their hashes, as `sha256sum -c` reads it: what is in it is ours.
const LIST: &str = "SHA256SUMS";
/// No file of a tree is larger.
const LARGEST: u64 = 64 << 20;

/// Who may read what is written.
#[derive(Clone, Copy)]
enum Readers {
    Owner,
    Everyone,
}

/// Writes files as a new folder, for its owner alone.
pub(crate) fn create(folder: &Path, files: &Files) -> Result<(), CommandError> {
    let place = Place::of(folder)?;
    if !place.is_free()? {
        return Err(place.taken("it exists already").hint("name a folder that does not exist yet"));
    }
    let new = place.write_beside(files, Readers::Owner)?;
    place.take(new)
}

/// Writes files as a folder that everyone may read, in the place of the one that was written here
/// before.
pub(crate) fn publish(folder: &Path, files: &Files) -> Result<(), CommandError> {
    let place = Place::of(folder)?;
    let free = place.is_free()?;
    if !free {
        place.refuse_foreign_files()?;
    }
    let mut files = files.clone();
    let sums = files.iter().map(|(path, bytes)| format!("{}  {path}\n", Digest::of(bytes)));
    let sums = sums.collect::<Vec<_>>().concat().into_bytes();
    files.insert(LIST.to_owned(), sums);
    let new = place.write_beside(&files, Readers::Everyone)?;
    if free { place.take(new) } else { place.exchange(new) }
}

/// Where the folder is to stand.
struct Place {
    folder: PathBuf,
    parent: PathBuf,
    name: String,
}

impl Place {
    /// A link to a folder stands for the folder.
    fn of(folder: &Path) -> Result<Self, CommandError> {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let wrong = || CommandError::wrong(format!("{} names no folder", folder.display()));
        let name = folder.file_name().and_then(|name| name.to_str()).ok_or_else(wrong)?.to_owned();
        let parent = folder.parent().filter(|parent| *parent != Path::new(""));
        let parent = parent.unwrap_or(Path::new(".")).to_owned();
        Ok(Self { folder, parent, name })
    }

    fn trouble(&self, error: &io::Error) -> CommandError {
        CommandError::wrong(format!("{} cannot be written: {error}", self.folder.display()))
    }

    fn taken(&self, why: &str) -> CommandError {
        CommandError::wrong(format!("{} is not overwritten: {why}", self.folder.display()))
    }

    /// Nothing is there, or an empty folder.
    fn is_free(&self) -> Result<bool, CommandError> {
        match fs::read_dir(&self.folder) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(self.trouble(&error)),
        }
    }

    /// Everything in the folder must be in its list, as it was written.
    fn refuse_foreign_files(&self) -> Result<(), CommandError> {
        let list = fs::read_to_string(self.folder.join(LIST)).unwrap_or_default();
        let known: BTreeMap<&str, &str> = list
            .lines()
            .filter_map(|line| line.split_once("  ").map(|(hash, path)| (path, hash)))
            .collect();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(self.folder.join(&folder));
            for entry in entries.map_err(|error| self.trouble(&error))? {
                let entry = entry.map_err(|error| self.trouble(&error))?;
                let path = folder.join(entry.file_name());
                let kind = entry.file_type().map_err(|error| self.trouble(&error))?;
                if kind.is_dir() {
                    folders.push(path);
                } else if !kind.is_file() || !self.ours(&path, &known)? {
                    let why = format!("{} was not written here like this", path.display());
                    return Err(self.taken(&why).hint(
                        "only a folder that holds nothing but the last tree is replaced; \
                         move the file away, or name a new folder",
                    ));
                }
            }
        }
        Ok(())
    }

    fn ours(&self, path: &Path, known: &BTreeMap<&str, &str>) -> Result<bool, CommandError> {
        if path == Path::new(LIST) {
            return Ok(true);
        }
        let Some(hash) = path.to_str().and_then(|path| known.get(path)) else { return Ok(false) };
        let mut bytes = Vec::new();
        let read = File::open(self.folder.join(path))
            .and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
        read.map_err(|error| self.trouble(&error))?;
        Ok(Digest::of(&bytes).to_string() == **hash)
    }

    /// A new folder beside the place, with all files in it, durable.
    fn write_beside(&self, files: &Files, readers: Readers) -> Result<TempDir, CommandError> {
        let write = || -> io::Result<TempDir> {
            fs::create_dir_all(&self.parent)?;
            let prefix = format!(".{}-", self.name);
            let new = tempfile::Builder::new().prefix(&prefix).tempdir_in(&self.parent)?;
            let (of_file, of_folder) = match readers {
                Readers::Owner => (0o600, 0o700),
                Readers::Everyone => (0o644, 0o755),
            };
            let mut folders = vec![new.path().to_owned()];
            for (path, bytes) in files {
                let plain = Path::new(path).components().all(|c| matches!(c, Component::Normal(_)));
                if !plain {
                    return Err(io::Error::new(
                        ErrorKind::InvalidInput,
                        format!("{path}: no path"),
                    ));
                }
                let path = new.path().join(path);
                if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
                    fs::create_dir_all(folder)?;
                    let above = folder.ancestors().take_while(|above| *above != new.path());
                    folders.extend(above.map(Path::to_owned));
                }
                let file = OpenOptions::new().write(true).create_new(true).mode(of_file).open(path);
                let mut file = file?;
                file.write_all(bytes)?;
                file.sync_all()?;
            }
            for folder in &folders {
                fs::set_permissions(folder, Permissions::from_mode(of_folder))?;
                File::open(folder)?.sync_all()?;
            }
            Ok(new)
        };
        write().map_err(|error| self.trouble(&error))
    }

    /// Takes a free place.
    fn take(&self, new: TempDir) -> Result<(), CommandError> {
        let renamed = fs::rename(new.path(), &self.folder).and_then(|()| self.settle());
        renamed.map_err(|error| self.trouble(&error))?;
        // It is no temporary folder any more.
        let _ = new.keep();
        Ok(())
    }

    /// Takes the place of what is there, in one step; the old folder then goes.
    fn exchange(&self, new: TempDir) -> Result<(), CommandError> {
        let exchanged = renameat_with(CWD, new.path(), CWD, &self.folder, RenameFlags::EXCHANGE);
        let exchanged = exchanged.map_err(io::Error::from).and_then(|()| self.settle());
        exchanged.map_err(|error| {
            self.trouble(&error).hint("a tree is exchanged in one step; this file system cannot")
        })?;
        new.close().map_err(|error| self.trouble(&error))
    }

    fn settle(&self) -> io::Result<()> {
        File::open(&self.parent)?.sync_all()
    }
}
