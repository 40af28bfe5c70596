//! The keyring: a house's data keys, on demand.
//!
//! It knows nothing of files. Keys come from where a backend keeps them ([`StoredKeys`]), and few of
//! them are in memory at a time ([`Ring`]). A backend makes new ones durable *before* anything that
//! they seal: they are [`Keyring::new_keys`] until it says that they are [kept](Keyring::keep).
//!
//! The ring stays locked while a key is asked for, so that none comes back into it that was
//! [dropped](Keyring::drop_keys) meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    Key,
    ring::{MOST, Ring},
};
use crate::{Entropy, KeyClass, StoreError, StreamId};

/// The random name of a data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyId(pub(crate) [u8; 16]);

/// What a data key is for. The numbers are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// A stream's content.
    Content = 1,
    /// The reporter of a stream.
    Identity = 2,
    /// The house's keyed hashes.
    Names = 3,
    /// The directory and the house's own settings.
    Directory = 4,
    /// The seed of the key that signs checkpoints.
    Signing = 5,
}

impl Slot {
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::Content, Self::Identity, Self::Names, Self::Directory, Self::Signing]
            .into_iter()
            .find(|slot| *slot as i64 == number)
    }
}

impl From<KeyClass> for Slot {
    fn from(class: KeyClass) -> Self {
        match class {
            KeyClass::Content => Self::Content,
            KeyClass::Identity => Self::Identity,
        }
    }
}

/// A data key and what it is for.
#[derive(Clone)]
pub(crate) struct HeldKey {
    pub(crate) id: KeyId,
    pub(crate) stream: StreamId,
    pub(crate) slot: Slot,
    pub(crate) key: Key,
}

/// Where a house's keys lie for good.
pub(crate) trait StoredKeys: Send + Sync {
    /// The key of that name, if it is there.
    fn key(&self, id: KeyId) -> Result<Option<HeldKey>, StoreError>;
    /// Every key of a slot of a stream, in order of name.
    fn of(&self, stream: &StreamId, slot: Slot) -> Result<Vec<KeyId>, StoreError>;
    /// Whether a key was forgotten, however long it may still lie there.
    fn is_forgotten(&self, id: KeyId) -> Result<bool, StoreError>;
}

/// What became of a key.
pub(super) enum Found {
    Key(HeldKey),
    Forgotten,
    Missing,
}

pub(crate) struct Keyring {
    entropy: Arc<dyn Entropy>,
    stored: Arc<dyn StoredKeys>,
    ring: Mutex<Ring>,
}

impl Keyring {
    pub(super) fn new(entropy: Arc<dyn Entropy>, stored: Arc<dyn StoredKeys>) -> Self {
        Self { entropy, stored, ring: Mutex::new(Ring::holding(MOST)) }
    }

    pub(super) fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    /// Holds at most so many used keys from now on, and two at the least.
    pub(crate) fn hold(&self, most: usize) {
        self.ring().hold(most);
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that are not durable yet. The caller makes them so, and says that they are
    /// [kept](Self::keep).
    pub(crate) fn new_keys(&self) -> Vec<HeldKey> {
        self.ring().new_keys()
    }

    /// These new keys are durable.
    pub(crate) fn keep(&self, keys: &[HeldKey]) {
        let mut ring = self.ring();
        for held in keys {
            ring.keep(held.id);
        }
    }

    /// From here on nothing more is sealed with the keys of a stream's slot; they still open. All of
    /// them that were not forgotten.
    pub(crate) fn retire(&self, stream: &StreamId, slot: Slot) -> Result<Vec<KeyId>, StoreError> {
        let mut ring = self.ring();
        let stored = self.stored.of(stream, slot)?;
        Ok(ring.retire(stream, slot, stored))
    }

    /// Drops keys that are forgotten where they are stored; what they sealed is
    /// [`Payload::Forgotten`] from now on.
    pub(crate) fn drop_keys(&self, ids: &[KeyId]) {
        let mut ring = self.ring();
        for id in ids {
            ring.remove(*id);
        }
    }

    pub(super) fn find(&self, id: KeyId) -> Result<Found, StoreError> {
        self.find_in(&mut self.ring(), id)
    }

    fn find_in(&self, ring: &mut Ring, id: KeyId) -> Result<Found, StoreError> {
        if let Some(held) = ring.get(id) {
            return Ok(Found::Key(held));
        }
        if self.stored.is_forgotten(id)? {
            return Ok(Found::Forgotten);
        }
        let Some(held) = self.stored.key(id)? else { return Ok(Found::Missing) };
        ring.put(held.clone(), false);
        Ok(Found::Key(held))
    }

    /// The key that seals next for a stream's slot; drawn when there is none.
    pub(super) fn sealing_key(&self, stream: &StreamId, slot: Slot) -> Result<HeldKey, StoreError> {
        let mut ring = self.ring();
        if let Some(held) = ring.sealing(stream, slot) {
            return Ok(held);
        }
        for id in self.stored.of(stream, slot)?.into_iter().rev() {
            if ring.is_retired(id) {
                continue;
            }
            if let Found::Key(held) = self.find_in(&mut ring, id)? {
                ring.put(held.clone(), true);
                return Ok(held);
            }
        }
        self.draw(&mut ring, stream, slot)
    }

    fn draw(&self, ring: &mut Ring, stream: &StreamId, slot: Slot) -> Result<HeldKey, StoreError> {
        let mut id = KeyId([0; 16]);
        self.entropy.fill(&mut id.0);
        // A drill that is opened again with its seed draws the same ids again.
        while !matches!(self.find_in(ring, id)?, Found::Missing) {
            self.entropy.fill(&mut id.0);
        }
        let key = Key::random(self.entropy.as_ref());
        let held = HeldKey { id, stream: stream.clone(), slot, key };
        ring.draw(held.clone());
        Ok(held)
    }

    /// Looks that something can be sealed for a slot of a stream, before anything is written.
    pub(crate) fn ready(&self, stream: &StreamId, slot: Slot) -> Result<(), StoreError> {
        self.sealing_key(stream, slot).map(drop)
    }
}
