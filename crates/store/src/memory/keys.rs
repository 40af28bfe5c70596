//! Keys that are stored where everything else is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    StoreError, StreamId,
    seal::{HeldKey, KeyId, Slot, StoredKeys, Vault},
};

#[derive(Default)]
pub(super) struct MemoryKeys(Mutex<Stored>);

#[derive(Default)]
struct Stored {
    keys: BTreeMap<KeyId, HeldKey>,
    of: BTreeMap<(StreamId, Slot), BTreeSet<KeyId>>,
    forgotten: BTreeSet<KeyId>,
}

impl MemoryKeys {
    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a vault's new keys: nothing is durable here, so they are as durable as what they seal.
    pub(super) fn keep_new(&self, vault: &Vault) {
        let new = vault.keyring().new_keys();
        let mut stored = self.stored();
        for held in &new {
            stored.of.entry((held.stream.clone(), held.slot)).or_default().insert(held.id);
            stored.keys.insert(held.id, held.clone());
        }
        drop(stored);
        vault.keyring().keep(&new);
    }

    pub(super) fn forget(&self, id: KeyId) {
        self.stored().forgotten.insert(id);
    }

    pub(super) fn erase(&self, ids: &[KeyId]) {
        let mut stored = self.stored();
        for id in ids {
            if let Some(held) = stored.keys.remove(id) {
                stored.of.entry((held.stream, held.slot)).or_default().remove(id);
            }
        }
    }
}

impl StoredKeys for MemoryKeys {
    fn key(&self, id: KeyId) -> Result<Option<HeldKey>, StoreError> {
        Ok(self.stored().keys.get(&id).cloned())
    }

    fn of(&self, stream: &StreamId, slot: Slot) -> Result<Vec<KeyId>, StoreError> {
        let stored = self.stored();
        let of = stored.of.get(&(stream.clone(), slot));
        Ok(of.into_iter().flatten().copied().collect())
    }

    fn is_forgotten(&self, id: KeyId) -> Result<bool, StoreError> {
        Ok(self.stored().forgotten.contains(&id))
    }
}
