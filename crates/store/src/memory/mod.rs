//! A store in memory: for drills, simulations and tests.
//!
//! It seals and chains as every backend does, has no threads and no clock, and with a
//! [`SeededEntropy`](crate::SeededEntropy) every byte that it keeps is the same in every run. It
//! must never be where a report is received: it loses everything when it is dropped.

mod state;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    BlobId, Body, Entropy, HouseId, KeyClass, Kind, LockState, Payload, Position, Statistics,
    StoreError, StreamId,
    logic::{Backend, Settled, open_blob, seal_blob},
    seal::{KeyId, Vault},
    tables::Tables,
};
use state::State;

/// A store in memory.
pub struct MemoryStore {
    kind: Kind,
    vault: Arc<Vault>,
    state: Mutex<State>,
    settled: Settled,
}

impl MemoryStore {
    /// An empty house.
    #[must_use]
    pub fn new(kind: Kind, entropy: Arc<dyn Entropy>) -> Self {
        let mut house = HouseId([0; 16]);
        entropy.fill(&mut house.0);
        let vault = Vault::new(house, entropy, Vec::new(), BTreeSet::new());
        Self {
            kind,
            vault: Arc::new(vault),
            state: Mutex::default(),
            settled: Settled::at(Position::START),
        }
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
        // Nothing is durable here, so new keys are as durable as what they seal.
        self.vault.take_new();
        self.settled.advance(Position(after as u64));
        Ok(result)
    }

    fn settled(&self) -> &Settled {
        &self.settled
    }

    fn erase_keys(&self, _ids: &[KeyId]) -> Result<(), StoreError> {
        Ok(())
    }

    fn write_blob(
        &self,
        stream: &StreamId,
        class: KeyClass,
        bytes: &Body,
    ) -> Result<BlobId, StoreError> {
        let (id, sealed) = seal_blob(&self.vault, stream, class, bytes)?;
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
