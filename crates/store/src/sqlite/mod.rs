//! The store on SQLite: a data directory for one process.
//!
//! | file | holds |
//! |---|---|
//! | `journal.db` | streams, events, rows, jobs, the directory |
//! | `keys.db` | the wrapped data keys; not part of the journal's backups |
//! | `instance.key` | the key that wraps them, unless it is kept elsewhere |
//! | `blobs/` | one sealed file per blob, foldered by stream |
//! | `lock` | held by the process that has the house open |
//!
//! A thread of its own writes (see `writer`); readers use a few connections of their own and
//! never wait for it. A lost tail of the write-ahead log after a crash of the *machine's disk*
//! cannot be seen from inside: that is what a [`Checkpoint`](crate::Checkpoint) elsewhere is for.

mod backup;
mod blobs;
mod files;
mod fold;
mod keys;
mod open;
mod schema;
mod sql;
mod writer;

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;

use crate::{
    BlobId, Body, Entropy, InstanceKey, KeyClass, Kind, LockState, Payload, Statistics, StoreError,
    StreamId,
    logic::{Backend, Settled},
    seal::{KeyId, Vault},
    tables::Tables,
};

pub use backup::Backup;
use files::Dir;
use sql::{Sql, failed};
use writer::{Shared, Writer};

/// Where the instance key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// `instance.key` in the data directory, mode 0600; made with the house.
    InDataDir,
    /// A file elsewhere, whose permissions are the operator's business.
    File(PathBuf),
    /// The key itself.
    Given(InstanceKey),
}

/// What is needed to make or open a house.
#[derive(Clone)]
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// What the house must be.
    pub kind: Kind,
    /// The instance key.
    pub key: KeySource,
    /// Where keys and nonces are drawn from: [`OsEntropy`](crate::OsEntropy) for a live house.
    pub entropy: Arc<dyn Entropy>,
}

/// So many idle connections for reading are kept.
const IDLE_READERS: usize = 4;

/// A house on SQLite.
pub struct SqliteStore {
    // Fields drop in order: readers first, so that the writer's connection is the last and folds
    // the log into the journal; the lock at the very end.
    readers: Mutex<Vec<Connection>>,
    /// `None` when the house is open for reading only.
    writer: Option<Writer>,
    shared: Arc<Shared>,
    dir: Dir,
    kind: Kind,
    lock: Mutex<LockState>,
    _held: Option<File>,
}

impl SqliteStore {
    fn reader(&self) -> Result<Connection, StoreError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let journal = self.dir.journal();
        match (idle, &self.writer) {
            (Some(conn), _) => Ok(conn),
            (None, Some(_)) => files::open_to_read(&journal).map_err(failed),
            (None, None) => files::open_unchanged(&journal).map_err(failed),
        }
    }

    /// Holds at most so many used keys in memory from now on, and two at the least.
    pub fn hold_keys(&self, most: usize) {
        self.shared.vault.keyring().hold(most);
    }

    fn give_back(&self, conn: Connection) {
        let mut idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(conn);
        }
    }

    fn writer(&self) -> Result<&Writer, StoreError> {
        self.writer.as_ref().ok_or(StoreError::ReadOnly)
    }
}

impl Backend for SqliteStore {
    fn vault(&self) -> &Arc<Vault> {
        &self.shared.vault
    }

    fn reading<T>(
        &self,
        work: impl FnOnce(&dyn Tables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let conn = self.reader()?;
        let snapshot = conn.unchecked_transaction().map_err(failed)?;
        let result = work(&Sql::new(&conn, &self.shared.blobs));
        snapshot.finish().map_err(failed)?;
        self.give_back(conn);
        result
    }

    fn writing<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Tables) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer()?.write(work)
    }

    fn settled(&self) -> &Settled {
        &self.shared.settled
    }

    fn erase_keys(&self, ids: &[KeyId]) -> Result<(), StoreError> {
        self.shared.keys.erase(ids)
    }

    fn write_blob(
        &self,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError> {
        self.writer()?;
        blobs::write(&self.shared, stream, class, bytes)
    }

    fn read_blob(&self, stream: &StreamId, id: BlobId) -> Result<Option<Payload>, StoreError> {
        blobs::read(&self.shared, stream, id)
    }

    fn check_blobs(&self) -> Result<u64, StoreError> {
        blobs::check(&self.shared)
    }

    fn check_files(&self) -> Result<(), StoreError> {
        let conn = self.reader()?;
        schema::sound(&conn, "integrity_check").map_err(StoreError::damaged)?;
        self.give_back(conn);
        self.shared.keys.check()
    }

    fn house_kind(&self) -> Kind {
        self.kind
    }

    fn lock(&self) -> LockState {
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_unlocked(&self) -> Result<(), StoreError> {
        let home = self.dir.home().map_err(|error| StoreError::storage("look at itself", error))?;
        let sealed = open::seal_setting(&self.shared.vault, open::HOME, home.as_bytes())?;
        self.writer()?.write(move |tables| tables.set_setting(open::HOME, &sealed))?;
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = LockState::Unlocked;
        Ok(())
    }

    fn count(&self) -> Statistics {
        self.shared.statistics()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{House, Journal, OsEntropy, Scope};

    #[test]
    fn a_write_that_fails_halfway_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&Settings {
            dir: dir.path().join("data"),
            kind: Kind::Drill,
            key: KeySource::InDataDir,
            entropy: Arc::new(OsEntropy),
        })
        .unwrap();
        let before = store.statistics();
        let halfway = store.writing(|tables| -> Result<(), StoreError> {
            tables.add_stream(&StreamId::house())?;
            Err(StoreError::HandleTaken)
        });
        assert!(matches!(halfway, Err(StoreError::HandleTaken)), "it hears its own reason");
        assert_eq!(store.streams(&Scope::house("test"), "").unwrap(), []);
        assert_eq!(store.statistics(), before);
        store.writing(|tables| tables.add_stream(&StreamId::house())).unwrap();
    }
}
