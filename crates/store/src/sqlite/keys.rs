//! `keys.db`: the wrapped data keys, apart from the journal so that its backups do not hold them.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{
    HouseId, InstanceKey, StoreError, StreamId,
    seal::{HeldKey, Key, KeyId, Slot, Vault, decrypt, encrypt, frame, mac},
};

use super::schema;

/// The open file and the key that wraps what is in it.
pub(super) struct KeyFile {
    conn: Mutex<Connection>,
    wrapping: Key,
    house: HouseId,
}

/// Why the keys could not be loaded.
#[derive(Debug)]
pub(super) enum Unloaded {
    WrongKey,
    Damaged(String),
}

impl From<rusqlite::Error> for Unloaded {
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

/// Unwraps every key, reading only.
pub(super) fn load(
    conn: &Connection,
    house: HouseId,
    key: &InstanceKey,
) -> Result<Vec<HeldKey>, Unloaded> {
    let wrapping = key.wrapping();
    if schema::meta(conn, PROOF)?.as_deref() != Some(&proof(&wrapping, house)) {
        return Err(Unloaded::WrongKey);
    }
    let mut query = conn.prepare("SELECT id, stream, slot, wrapped FROM keys ORDER BY id")?;
    let rows = query.query_map([], |row| {
        let stored: (_, StreamId, i64, Vec<u8>) =
            (KeyId(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(stored)
    })?;
    let mut keys = Vec::new();
    for row in rows {
        let (id, stream, number, wrapped) = row?;
        let plain = decrypt(&wrapping, &aad(house, stream.as_str(), number, id), &wrapped);
        let key = plain.map(zeroize::Zeroizing::new).and_then(|plain| Key::from_slice(&plain));
        match (Slot::from_number(number), key) {
            (Some(slot), Some(key)) => keys.push(HeldKey { id, stream, slot, key }),
            _ => return Err(Unloaded::Damaged(format!("a key of {stream} does not unwrap"))),
        }
    }
    Ok(keys)
}

fn failed(error: rusqlite::Error) -> StoreError {
    StoreError::storage("use its key file", error)
}

impl KeyFile {
    pub(super) fn new(conn: Connection, house: HouseId, key: &InstanceKey) -> Self {
        Self { conn: Mutex::new(conn), wrapping: key.wrapping(), house }
    }

    fn conn(&self) -> MutexGuard<'_, Connection> {
        self.conn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the vault's new keys durable. When it returns, so is every key taken before, by
    /// whichever thread.
    pub(super) fn flush(&self, vault: &Vault) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let new = vault.take_new();
        if new.is_empty() {
            return Ok(());
        }
        self.insert(&mut conn, vault, &new).map_err(|error| {
            vault.retry_new(&new);
            failed(error)
        })
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
                let aad = aad(self.house, stream, slot, *id);
                let wrapped = encrypt(&self.wrapping, vault.entropy(), &aad, key.bytes());
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

    /// Whether the file is sound. Its keys were unwrapped when it was opened.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        schema::sound(&self.conn(), "integrity_check").map_err(StoreError::damaged)
    }

    /// Copies the file as it is now.
    pub(super) fn copy(&self, dest: &Path) -> rusqlite::Result<()> {
        self.conn().execute("VACUUM INTO ?1", [dest.to_string_lossy()]).map(drop)
    }
}
