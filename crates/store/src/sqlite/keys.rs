//! `keys.db`: the wrapped data keys, apart from the journal so that its backups do not hold them.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

use crate::{
    HouseId, InstanceKey, StoreError, StreamId,
    seal::{HeldKey, Key, KeyId, Slot, StoredKeys, Vault, decrypt, encrypt, frame, mac},
};

use super::{schema, sql};

/// The open file, to write to.
pub(super) struct KeyFile {
    conn: Mutex<Connection>,
    finder: Arc<Finder>,
}

/// Why the keys are not usable.
#[derive(Debug)]
pub(super) enum Unusable {
    WrongKey,
    Damaged(String),
}

impl From<rusqlite::Error> for Unusable {
    fn from(error: rusqlite::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

const HOUSE: &str = "house";
const PROOF: &str = "proof";

/// Shows that an instance key is this house's without being of use to anybody else.
fn proof(wrapping: &Key, house: HouseId) -> [u8; 32] {
    mac(wrapping, "fermata instance key proof 1", &[&house.0])
}

fn aad(house: HouseId, stream: &str, slot: i64, id: KeyId) -> Vec<u8> {
    let slot = slot.to_le_bytes();
    frame("fermata key 1", &[&house.0, stream.as_bytes(), &slot, &id.0])
}

/// Marks an empty key file as the house's.
pub(super) fn begin(conn: &Connection, house: HouseId, key: &InstanceKey) -> rusqlite::Result<()> {
    schema::set_meta(conn, HOUSE, &house.0)?;
    schema::set_meta(conn, PROOF, &proof(&key.wrapping(), house))
}

/// The house that a key file belongs to.
pub(super) fn house(conn: &Connection) -> rusqlite::Result<Option<HouseId>> {
    let bytes = schema::meta(conn, HOUSE)?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map(HouseId))
}

const KEY: &str = "id, stream, slot, wrapped";

/// A key as it is stored.
struct Wrapped {
    id: KeyId,
    stream: StreamId,
    slot: i64,
    sealed: Vec<u8>,
}

impl Wrapped {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (id, stream) = (KeyId(row.get(0)?), row.get(1)?);
        Ok(Self { id, stream, slot: row.get(2)?, sealed: row.get(3)? })
    }

    /// The key, or in words that this is not what was wrapped.
    fn unwrap(self, wrapping: &Key, house: HouseId) -> Result<HeldKey, String> {
        let Self { id, stream, slot, sealed } = self;
        let plain = decrypt(wrapping, &aad(house, stream.as_str(), slot, id), &sealed);
        let key = plain.map(zeroize::Zeroizing::new).and_then(|plain| Key::from_slice(&plain));
        match (Slot::from_number(slot), key) {
            (Some(slot), Some(key)) => Ok(HeldKey { id, stream, slot, key }),
            _ => Err(format!("a key of {stream} does not unwrap")),
        }
    }
}

/// Whether this is the instance key of these keys, the house's own are among them, and every one
/// unwraps. Reads only, and holds none of them.
pub(super) fn check(conn: &Connection, house: HouseId, key: &InstanceKey) -> Result<(), Unusable> {
    let wrapping = key.wrapping();
    if schema::meta(conn, PROOF)?.as_deref() != Some(&proof(&wrapping, house)) {
        return Err(Unusable::WrongKey);
    }
    // Without its own keys a house would silently draw new ones and find nothing any more.
    for slot in [Slot::Names, Slot::Directory, Slot::Signing] {
        if of(conn, &StreamId::house(), slot)?.is_empty() {
            return Err(Unusable::Damaged("keys.db lacks the house's own keys".into()));
        }
    }
    every_key_unwraps(conn, house, &wrapping)
}

fn every_key_unwraps(conn: &Connection, house: HouseId, wrapping: &Key) -> Result<(), Unusable> {
    let mut query = conn.prepare(&format!("SELECT {KEY} FROM keys"))?;
    for wrapped in query.query_map([], Wrapped::read)? {
        wrapped?.unwrap(wrapping, house).map_err(Unusable::Damaged)?;
    }
    Ok(())
}

fn of(conn: &Connection, stream: &StreamId, slot: Slot) -> rusqlite::Result<Vec<KeyId>> {
    let sql = "SELECT id FROM keys WHERE stream = ?1 AND slot = ?2 ORDER BY id";
    let mut query = conn.prepare_cached(sql)?;
    query.query_map((stream.as_str(), slot as i64), |row| row.get(0).map(KeyId))?.collect()
}

/// The forgotten keys that a key file holds all the same: it was restored, or erasing them failed.
pub(super) fn returned(keys: &Connection, journal: &Connection) -> rusqlite::Result<Vec<KeyId>> {
    let mut forgotten = journal.prepare("SELECT key FROM forgotten")?;
    let mut there = keys.prepare("SELECT EXISTS (SELECT 1 FROM keys WHERE id = ?1)")?;
    let mut returned = Vec::new();
    for id in forgotten.query_map([], |row| row.get(0).map(KeyId))? {
        let id = id?;
        if there.query_row([id.0], |row| row.get(0))? {
            returned.push(id);
        }
    }
    Ok(returned)
}

fn failed(error: rusqlite::Error) -> StoreError {
    if sql::altered(&error) {
        StoreError::damaged(format!("the key file: {error}"))
    } else {
        StoreError::storage("use its key file", error)
    }
}

/// Finds keys. It reads through connections of its own, so that nobody who reads waits for a disk
/// that makes other keys durable.
pub(super) struct Finder {
    conns: Mutex<Conns>,
    wrapping: Key,
    house: HouseId,
}

struct Conns {
    keys: Connection,
    journal: Connection,
}

/// Kibibytes that each connection caches: what is asked for twice is in the ring.
const CACHE: i64 = 256;

impl Finder {
    pub(super) fn new(
        keys: Connection,
        journal: Connection,
        house: HouseId,
        key: &InstanceKey,
    ) -> rusqlite::Result<Self> {
        for conn in [&keys, &journal] {
            conn.pragma_update(None, "cache_size", -CACHE)?;
        }
        let conns = Mutex::new(Conns { keys, journal });
        Ok(Self { conns, wrapping: key.wrapping(), house })
    }

    fn conns(&self) -> MutexGuard<'_, Conns> {
        self.conns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn statement<'c>(conn: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, StoreError> {
    conn.prepare_cached(sql).map_err(failed)
}

impl StoredKeys for Finder {
    fn key(&self, id: KeyId) -> Result<Option<HeldKey>, StoreError> {
        let conns = self.conns();
        let mut query = statement(&conns.keys, &format!("SELECT {KEY} FROM keys WHERE id = ?1"))?;
        let found = query.query_row([id.0], Wrapped::read).optional().map_err(failed)?;
        let unwrapped = found.map(|wrapped| wrapped.unwrap(&self.wrapping, self.house));
        unwrapped.transpose().map_err(StoreError::damaged)
    }

    fn of(&self, stream: &StreamId, slot: Slot) -> Result<Vec<KeyId>, StoreError> {
        of(&self.conns().keys, stream, slot).map_err(failed)
    }

    fn is_forgotten(&self, id: KeyId) -> Result<bool, StoreError> {
        let conns = self.conns();
        let sql = "SELECT EXISTS (SELECT 1 FROM forgotten WHERE key = ?1)";
        statement(&conns.journal, sql)?.query_row([id.0], |row| row.get(0)).map_err(failed)
    }
}

impl KeyFile {
    pub(super) fn new(conn: Connection, finder: Arc<Finder>) -> Self {
        Self { conn: Mutex::new(conn), finder }
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the vault's new keys durable. When it returns, so is every key taken before, by
    /// whichever thread.
    pub(super) fn flush(&self, vault: &Vault) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let new = vault.keyring().new_keys();
        if new.is_empty() {
            return Ok(());
        }
        self.insert(&mut conn, vault, &new).map_err(failed)?;
        vault.keyring().keep(&new);
        Ok(())
    }

    fn insert(
        &self,
        conn: &mut Connection,
        vault: &Vault,
        new: &[HeldKey],
    ) -> rusqlite::Result<()> {
        let transaction = conn.transaction()?;
        {
            let sql = "INSERT INTO keys (id, stream, slot, wrapped) VALUES (?1, ?2, ?3, ?4)";
            let mut insert = transaction.prepare_cached(sql)?;
            for HeldKey { id, stream, slot, key } in new {
                let (stream, slot) = (stream.as_str(), *slot as i64);
                let aad = aad(self.finder.house, stream, slot, *id);
                let wrapped = encrypt(&self.finder.wrapping, vault.entropy(), &aad, key.bytes());
                insert.execute((id.0, stream, slot, wrapped))?;
            }
        }
        transaction.commit()
    }

    /// Overwrites keys with zeros, in the file and its log. What the disk beneath keeps of old
    /// blocks is out of a program's hands.
    pub(super) fn erase(&self, ids: &[KeyId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut conn = self.conn();
        // The log is only cut short while nobody reads.
        let _nobody = self.finder.conns();
        let erase = |conn: &mut Connection| -> rusqlite::Result<()> {
            conn.pragma_update(None, "secure_delete", true)?;
            let transaction = conn.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM keys WHERE id = ?1", [id.0])?;
            }
            transaction.commit()?;
            conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        erase(&mut conn).map_err(failed)
    }

    /// Whether the file is sound and every key in it unwraps.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let conn = self.conn();
        schema::sound(&conn, "integrity_check").map_err(StoreError::damaged)?;
        every_key_unwraps(&conn, self.finder.house, &self.finder.wrapping).map_err(|unusable| {
            match unusable {
                Unusable::Damaged(what) => StoreError::damaged(what),
                Unusable::WrongKey => StoreError::damaged("the keys are wrapped by another key"),
            }
        })
    }

    /// Copies the file as it is now.
    pub(super) fn copy(&self, dest: &Path) -> rusqlite::Result<()> {
        self.conn().execute("VACUUM INTO ?1", [dest.to_string_lossy()]).map(drop)
    }
}
