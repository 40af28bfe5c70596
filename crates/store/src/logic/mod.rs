//! What the store decides, written once over [`Tables`] for every backend.

pub(crate) mod commit;
pub(crate) mod directory;
mod doors;
pub(crate) mod events;
pub(crate) mod lists;
pub(crate) mod proof;
pub(crate) mod queue;
pub(crate) mod scope;

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::{
    BlobId, Body, KeyClass, Kind, LockState, Payload, Position, Statistics, StoreError, StreamId,
    seal::{KeyId, Slot, Vault},
    tables::Tables,
};

/// What a backend brings besides its tables. Implementing it opens every door of the store.
pub(crate) trait Backend: Send + Sync {
    fn vault(&self) -> &Arc<Vault>;

    /// Runs `work` on one snapshot.
    fn reading<T>(
        &self,
        work: impl FnOnce(&dyn Tables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError>;

    /// Runs `work` in one transaction and returns when it is durable. `work` refuses before its
    /// first write: after an error of its own nothing may have been written.
    fn writing<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Tables) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static;

    fn settled(&self) -> &Settled;

    /// Drops keys where they are stored; the journal has noted it already.
    fn erase_keys(&self, ids: &[KeyId]) -> Result<(), StoreError>;

    fn write_blob(
        &self,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError>;
    fn read_blob(&self, stream: &StreamId, id: BlobId) -> Result<Option<Payload>, StoreError>;
    /// Every blob, opened: how many there are.
    fn check_blobs(&self) -> Result<u64, StoreError>;
    /// What only this backend can check of itself.
    fn check_files(&self) -> Result<(), StoreError>;

    fn house_kind(&self) -> Kind;
    fn lock(&self) -> LockState;
    fn set_unlocked(&self) -> Result<(), StoreError>;
    fn count(&self) -> Statistics;
}

/// Seals a blob: its name, and the bytes to keep.
pub(crate) fn seal_blob(
    vault: &Vault,
    stream: &StreamId,
    class: KeyClass,
    bytes: &Body,
) -> Result<(BlobId, Vec<u8>), StoreError> {
    let size = bytes.as_bytes().len();
    if size > crate::MAX_BLOB {
        return Err(StoreError::TooLarge { size });
    }
    let slot = Slot::from(class);
    let id = crate::Hash(vault.name_in(stream, slot, bytes.as_bytes())?);
    let sealed = vault.seal(BLOB, (stream, slot), &[&id.0], bytes.as_bytes())?;
    Ok((BlobId(id), sealed))
}

/// Opens what [`seal_blob`] sealed.
pub(crate) fn open_blob(
    vault: &Vault,
    stream: &StreamId,
    id: BlobId,
    sealed: &[u8],
) -> Result<Payload, StoreError> {
    let slot = vault.stream_of(sealed)?.map_or(Slot::Content, |(_, slot)| slot);
    vault.open(BLOB, (stream, slot), &[&id.0.0], sealed)
}

const BLOB: &str = "fermata blob 1";

/// The last settled position, to wait on.
#[derive(Default)]
pub(crate) struct Settled {
    position: Mutex<Position>,
    moved: Condvar,
}

impl Settled {
    pub(crate) fn at(position: Position) -> Self {
        Self { position: Mutex::new(position), moved: Condvar::new() }
    }

    pub(crate) fn advance(&self, to: Position) {
        let mut position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        *position = (*position).max(to);
        self.moved.notify_all();
    }

    fn wait(&self, after: Position, timeout: Duration) -> Position {
        let position = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        if timeout.is_zero() {
            return *position;
        }
        let waited = self.moved.wait_timeout_while(position, timeout, |now| *now <= after);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
