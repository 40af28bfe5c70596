//! The data directory: what lies where, who may read it, and how a file becomes durable.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{BlobId, Entropy, InstanceKey, OpenError, StreamId, seal::digest};

use super::{
    KeySource,
    schema::{JOURNAL, KEYS},
};

const KEY_FILE: &str = "instance.key";
const LOCK_FILE: &str = "lock";
const BLOBS: &str = "blobs";

/// A data directory, by its canonical path.
#[derive(Debug, Clone)]
pub(super) struct Dir(PathBuf);

/// Turns an I/O error into one that says where.
pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |error| OpenError::Io { doing, path, cause: error.into() }
}

impl Dir {
    /// A directory that holds a house.
    pub(super) fn existing(path: &Path) -> Result<Self, OpenError> {
        let missing = || OpenError::Missing { dir: path.to_owned() };
        let dir = Self(path.canonicalize().map_err(|_| missing())?);
        if dir.journal().is_file() { Ok(dir) } else { Err(missing()) }
    }

    /// A directory that holds nothing but, perhaps, an instance key that somebody put there.
    pub(super) fn fresh(path: &Path) -> Result<Self, OpenError> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io("make", path))?;
        let dir = Self(path.canonicalize().map_err(io("find", path))?);
        for entry in fs::read_dir(&dir.0).map_err(io("list", path))? {
            if entry.map_err(io("list", path))?.file_name() != KEY_FILE {
                return Err(OpenError::Exists { dir: path.to_owned() });
            }
        }
        Ok(dir)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.0.join(JOURNAL.file)
    }

    pub(super) fn keys(&self) -> PathBuf {
        self.0.join(KEYS.file)
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.0.join(BLOBS)
    }

    /// Keeps every other process out for as long as the file is held.
    pub(super) fn lock(&self) -> Result<File, OpenError> {
        let path = self.0.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true).mode(0o600).open(&path);
        held(file.map_err(io("open", &path))?, File::try_lock, &self.0)
    }

    /// Keeps writers out, where there is a lock at all: a journal that is only read may lie on
    /// read-only ground.
    pub(super) fn lock_shared(&self) -> Result<Option<File>, OpenError> {
        match File::open(self.0.join(LOCK_FILE)) {
            Ok(file) => held(file, File::try_lock_shared, &self.0).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// The instance key that the source names.
    pub(super) fn instance_key(&self, source: &KeySource) -> Result<InstanceKey, OpenError> {
        match source {
            KeySource::Given(key) => Ok(key.clone()),
            KeySource::File(file) => read_key(file),
            KeySource::InDataDir => {
                let file = self.0.join(KEY_FILE);
                let mode = fs::metadata(&file).map(|meta| meta.permissions().mode() & 0o777);
                match mode {
                    Ok(mode) if mode & 0o077 != 0 => Err(OpenError::KeyExposed { file, mode }),
                    _ => read_key(&file),
                }
            }
        }
    }

    /// The same, for a directory that is only read: it may come from where modes are not kept.
    pub(super) fn instance_key_as_is(&self, source: &KeySource) -> Result<InstanceKey, OpenError> {
        match source {
            KeySource::InDataDir => read_key(&self.0.join(KEY_FILE)),
            other => self.instance_key(other),
        }
    }

    /// Writes a new instance key into the directory, unless one lies there.
    pub(super) fn make_key(&self, entropy: &dyn Entropy) -> Result<(), OpenError> {
        let file = self.0.join(KEY_FILE);
        if file.exists() {
            return Ok(());
        }
        let key = InstanceKey::generate(entropy).to_text();
        write_new(&file, &[key.as_bytes()]).map_err(io("write", &file))
    }

    /// What tells this directory from a copy of it: the journal's device and inode, and the path.
    pub(super) fn home(&self) -> Result<String, OpenError> {
        self.home_of(&self.journal())
    }

    /// The same while the journal still has another name.
    pub(super) fn home_of(&self, journal: &Path) -> Result<String, OpenError> {
        let meta = fs::metadata(journal).map_err(io("look at", journal))?;
        Ok(format!("{}:{}:{}", meta.dev(), meta.ino(), self.0.display()))
    }
}

fn held(
    file: File,
    lock: impl FnOnce(&File) -> Result<(), TryLockError>,
    dir: &Path,
) -> Result<File, OpenError> {
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Busy { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(io("lock", dir)(error)),
    }
}

fn read_key(file: &Path) -> Result<InstanceKey, OpenError> {
    if !file.is_file() {
        return Err(OpenError::FileMissing { file: file.to_owned() });
    }
    let text = zeroize::Zeroizing::new(fs::read_to_string(file).unwrap_or_default());
    InstanceKey::from_text(&text).ok_or_else(|| OpenError::BadKeyFile { file: file.to_owned() })
}

/// Writes a file that must not exist, durable before it returns; the directory's entry is not.
pub(super) fn write_new(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    parts.iter().try_for_each(|part| file.write_all(part))?;
    file.sync_all()
}

/// Makes the entries of a directory durable.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes an empty file that only its owner may read, for a database to fill.
pub(super) fn touch(path: &Path) -> Result<(), OpenError> {
    write_new(path, &[]).map_err(io("make", path))
}

/// Where a blob lies. The folder is a hash of the stream's name, which is no secret.
pub(super) fn blob_file(blobs: &Path, stream: &StreamId, blob: BlobId) -> PathBuf {
    let folder = digest("fermata blob folder 1", &[stream.as_str().as_bytes()]).to_string();
    blobs.join(folder.get(..16).unwrap_or(&folder)).join(blob.to_string())
}

/// Every blob file, sorted.
pub(super) fn blob_files(blobs: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in list(blobs)? {
        files.append(&mut list(&folder)?);
    }
    Ok(files)
}

/// A directory's entries, sorted; none when it is not there.
fn list(path: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(path) {
        Ok(entries) => {
            let mut paths: Vec<PathBuf> =
                entries.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
            paths.sort();
            Ok(paths)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// SQLite's write-ahead log of a database file, if it holds anything.
pub(super) fn has_log(database: &Path) -> bool {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(PathBuf::from(log)).is_ok_and(|meta| meta.len() > 0)
}

/// Opens a database so that nothing on disk changes. Without a log it is taken as it lies, and
/// SQLite makes no files beside it.
pub(super) fn open_unchanged(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if has_log(database) {
        let conn = Connection::open_with_flags(database, flags)?;
        settle_plans(&conn)?;
        return Ok(conn);
    }
    let path = database.to_string_lossy();
    let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{path}?immutable=1");
    let conn = Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?;
    settle_plans(&conn)?;
    Ok(conn)
}

/// Opens a database to write: write-ahead log, every commit on disk before it returns.
pub(super) fn open_to_write(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(database, flags)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "trusted_schema", false)?;
    settle_plans(&conn)?;
    Ok(conn)
}

/// Every statement is planned once: SQLite would otherwise plan anew for each value bound.
fn settle_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_prepared_statement_cache_capacity(64);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Opens a database to read while another connection writes.
pub(super) fn open_to_read(database: &Path) -> rusqlite::Result<Connection> {
    let conn = open_to_write(database)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}
