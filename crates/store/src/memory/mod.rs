//! A store in memory: for drills, simulations and tests.
//!
//! It seals and chains as every backend does, has no threads and no clock, and with a
//! [`SeededEntropy`](crate::SeededEntropy) every byte that it keeps is the same in every run. It
//! must never be where a report is received: it loses everything when it is dropped.

mod keys;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    BlobId, Body, Entropy, HouseId, KeyClass, Kind, LockState, Payload, Position, Statistics,
    StoreError, StreamId,
    logic::{Backend, Settled, open_blob, seal_blob},
    seal::{KeyId, Vault},
    tables::Tables,
};
use keys::MemoryKeys;
use state::State;

/// A store in memory.
pub struct MemoryStore {
    kind: Kind,
    vault: Arc<Vault>,
    state: Mutex<State>,
    keys: Arc<MemoryKeys>,
    settled: Settled,
}

impl MemoryStore {
    /// An empty house.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "keys in memory can always be read"
    )]
    #[must_use]
    pub fn new(kind: Kind, entropy: Arc<dyn Entropy>) -> Self {
        let mut house = HouseId([0; 16]);
        entropy.fill(&mut house.0);
        let keys = Arc::<MemoryKeys>::default();
        let vault = Vault::new(house, entropy, keys.clone()).expect("keys that can be read");
        Self {
            kind,
            vault: Arc::new(vault),
            state: Mutex::new(State::with(keys.clone())),
            keys,
            settled: Settled::at(Position::START),
        }
    }

    /// Holds at most so many used keys beside those that are stored, and two at the least.
    pub fn hold_keys(&self, most: usize) {
        self.vault.keyring().hold(most);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend for MemoryStore {
    fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }

    fn reading<T>(
        &self,
        work: impl FnOnce(&dyn Tables) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&*self.state())
    }

    fn writing<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Tables) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let mut state = self.state();
        let before = state.events.len();
        let result = work(&mut *state)?;
        let after = state.events.len();
        state.statistics.commits += 1;
        state.statistics.writes += 1;
        state.statistics.events += (after - before) as u64;
        drop(state);
        self.keys.keep_new(&self.vault);
        self.settled.advance(Position(after as u64));
        Ok(result)
    }

    fn settled(&self) -> &Settled {
        &self.settled
    }

    fn erase_keys(&self, ids: &[KeyId]) -> Result<(), StoreError> {
        self.keys.erase(ids);
        Ok(())
    }

    fn write_blob(
        &self,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError> {
        let (id, sealed) = seal_blob(&self.vault, stream, class, bytes)?;
        self.keys.keep_new(&self.vault);
        self.state().blobs.insert((stream.clone(), id), sealed);
        Ok(id)
    }

    fn read_blob(&self, stream: &StreamId, id: BlobId) -> Result<Option<Payload>, StoreError> {
        let state = self.state();
        let sealed = state.blobs.get(&(stream.clone(), id));
        sealed.map(|sealed| open_blob(&self.vault, stream, id, sealed)).transpose()
    }

    fn check_blobs(&self) -> Result<u64, StoreError> {
        let state = self.state();
        for ((stream, id), sealed) in &state.blobs {
            open_blob(&self.vault, stream, *id, sealed)?;
        }
        Ok(state.blobs.len() as u64)
    }

    fn check_files(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn house_kind(&self) -> Kind {
        self.kind
    }

    fn lock(&self) -> LockState {
        LockState::Unlocked
    }

    fn set_unlocked(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn count(&self) -> Statistics {
        self.state().statistics
    }
}
