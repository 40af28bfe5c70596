//! The vault: a house's data keys in memory, and everything that is done with them.
//!
//! It knows nothing of files. A backend loads keys into it, and makes new ones durable *before*
//! anything that they seal: new keys wait in [`Vault::take_new`] until they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use ed25519_dalek::{Signer, SigningKey};

use super::{Key, decrypt, digest, encrypt, frame, mac};
use crate::{Entropy, Hash, HouseId, KeyClass, Payload, StoreError, StreamId, tables::Tag};

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

#[derive(Default)]
struct Ring {
    keys: BTreeMap<KeyId, HeldKey>,
    /// The key that seals next.
    current: BTreeMap<(StreamId, Slot), KeyId>,
    forgotten: BTreeSet<KeyId>,
    /// Not durable yet.
    new: Vec<KeyId>,
}

impl Ring {
    fn add(&mut self, held: HeldKey) {
        self.current.insert((held.stream.clone(), held.slot), held.id);
        self.keys.insert(held.id, held);
    }
}

pub(crate) struct Vault {
    house: HouseId,
    entropy: Arc<dyn Entropy>,
    ring: RwLock<Ring>,
    names: Key,
    signing: SigningKey,
}

impl Vault {
    /// A vault over keys that are durable already, and those known to be forgotten. The house's own
    /// keys are drawn when they are not among them.
    pub(crate) fn new(
        house: HouseId,
        entropy: Arc<dyn Entropy>,
        keys: Vec<HeldKey>,
        forgotten: BTreeSet<KeyId>,
    ) -> Self {
        let mut ring = Ring { forgotten, ..Ring::default() };
        for held in keys {
            ring.add(held);
        }
        let mut own = |slot| current(&mut ring, entropy.as_ref(), &StreamId::house(), slot).key;
        let names = own(Slot::Names);
        let signing = SigningKey::from_bytes(own(Slot::Signing).bytes());
        own(Slot::Directory);
        Self { house, entropy, ring: RwLock::new(ring), names, signing }
    }

    pub(crate) fn house(&self) -> HouseId {
        self.house
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        self.entropy.as_ref()
    }

    fn ring(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_mut(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys that are not durable yet. The caller makes them so, or gives them back with
    /// [`retry_new`](Self::retry_new).
    pub(crate) fn take_new(&self) -> Vec<HeldKey> {
        if self.ring().new.is_empty() {
            return Vec::new();
        }
        let mut ring = self.ring_mut();
        let ids = std::mem::take(&mut ring.new);
        ids.iter().filter_map(|id| ring.keys.get(id).cloned()).collect()
    }

    pub(crate) fn retry_new(&self, keys: &[HeldKey]) {
        self.ring_mut().new.extend(keys.iter().map(|held| held.id));
    }

    /// From here on nothing more is sealed with the stream's key of this slot; it still opens.
    pub(crate) fn retire(&self, stream: &StreamId, slot: Slot) {
        self.ring_mut().current.remove(&(stream.clone(), slot));
    }

    /// Every key that ever sealed for this slot of the stream and was not forgotten.
    pub(crate) fn keys_of(&self, stream: &StreamId, slot: Slot) -> Vec<KeyId> {
        let ring = self.ring();
        let of = |held: &&HeldKey| held.slot == slot && held.stream == *stream;
        ring.keys.values().filter(of).map(|held| held.id).collect()
    }

    /// Drops keys; what they sealed is [`Payload::Forgotten`] from now on.
    pub(crate) fn drop_keys(&self, ids: &[KeyId]) {
        let mut ring = self.ring_mut();
        for id in ids {
            ring.keys.remove(id);
            ring.new.retain(|new| new != id);
            ring.forgotten.insert(*id);
        }
    }

    /// The key that seals next for a stream's slot; drawn when there is none.
    fn current_key(&self, stream: &StreamId, slot: Slot) -> HeldKey {
        let find = |ring: &Ring| {
            let id = ring.current.get(&(stream.clone(), slot))?;
            ring.keys.get(id).cloned()
        };
        let found = find(&self.ring());
        found.unwrap_or_else(|| current(&mut self.ring_mut(), self.entropy.as_ref(), stream, slot))
    }

    /// The stream that a sealed thing's key belongs to, when that key is here.
    pub(crate) fn stream_of(&self, sealed: &[u8]) -> Option<(StreamId, Slot)> {
        let (id, _) = sealed.split_first_chunk()?;
        self.ring().keys.get(&KeyId(*id)).map(|held| (held.stream.clone(), held.slot))
    }

    /// Whether a sealed thing's key was forgotten on purpose.
    pub(crate) fn is_forgotten(&self, sealed: &[u8]) -> bool {
        let id = sealed.split_first_chunk();
        id.is_some_and(|(id, _)| self.ring().forgotten.contains(&KeyId(*id)))
    }

    /// Seals into `key id ‖ nonce ‖ ciphertext ‖ tag`, bound to the house, the stream, the slot,
    /// the key and the fields in `bound`.
    pub(crate) fn seal(
        &self,
        domain: &str,
        (stream, slot): (&StreamId, Slot),
        bound: &[&[u8]],
        plain: &[u8],
    ) -> Vec<u8> {
        let held = self.current_key(stream, slot);
        let aad = self.aad(domain, stream, slot, held.id, bound);
        let mut sealed = held.id.0.to_vec();
        sealed.append(&mut encrypt(&held.key, self.entropy.as_ref(), &aad, plain));
        sealed
    }

    /// Opens what [`seal`](Self::seal) sealed with the same arguments.
    pub(crate) fn open(
        &self,
        domain: &str,
        (stream, slot): (&StreamId, Slot),
        bound: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Payload, StoreError> {
        let damaged = || StoreError::damaged(format!("{domain} in {stream} does not open"));
        let (id, rest) = sealed.split_first_chunk().ok_or_else(damaged)?;
        let id = KeyId(*id);
        let key = {
            let ring = self.ring();
            if ring.forgotten.contains(&id) {
                return Ok(Payload::Forgotten);
            }
            ring.keys.get(&id).map(|held| held.key.clone())
        };
        let key = key.ok_or_else(|| StoreError::NoKey { what: format!("{domain} in {stream}") })?;
        let aad = self.aad(domain, stream, slot, id, bound);
        let plain = decrypt(&key, &aad, rest).ok_or_else(damaged)?;
        Ok(Payload::Open(plain.into()))
    }

    fn aad(
        &self,
        domain: &str,
        stream: &StreamId,
        slot: Slot,
        id: KeyId,
        bound: &[&[u8]],
    ) -> Vec<u8> {
        let own: [&[u8]; 4] = [&self.house.0, stream.as_str().as_bytes(), &[slot as u8], &id.0];
        frame(domain, &[&own, bound].concat())
    }

    /// A keyed hash: equal for equal fields, and nothing else to anybody without the key.
    pub(crate) fn name(&self, domain: &str, fields: &[&[u8]]) -> Tag {
        let mut tag = Tag::default();
        for (to, from) in tag.iter_mut().zip(mac(&self.names, domain, fields)) {
            *to = from;
        }
        tag
    }

    /// A keyed hash under a stream's own key, so that equal bytes in two streams do not show.
    pub(crate) fn name_in(&self, stream: &StreamId, slot: Slot, bytes: &[u8]) -> [u8; 32] {
        let key = self.current_key(stream, slot).key.derive("fermata blob names 1");
        mac(&key, "fermata blob name 1", &[bytes])
    }

    /// A hash that this house alone begins a stream's chain with.
    pub(crate) fn genesis(&self, stream: &StreamId) -> Hash {
        digest("fermata genesis 1", &[&self.house.0, stream.as_str().as_bytes()])
    }

    pub(crate) fn sign(&self, statement: &str) -> [u8; 64] {
        self.signing.sign(statement.as_bytes()).to_bytes()
    }

    pub(crate) fn public_key(&self) -> Hash {
        Hash(self.signing.verifying_key().to_bytes())
    }
}

fn current(ring: &mut Ring, entropy: &dyn Entropy, stream: &StreamId, slot: Slot) -> HeldKey {
    let known = ring.current.get(&(stream.clone(), slot)).and_then(|id| ring.keys.get(id));
    if let Some(held) = known {
        return held.clone();
    }
    let mut id = KeyId([0; 16]);
    entropy.fill(&mut id.0);
    // A drill that is opened again with its seed draws the same ids again.
    while ring.keys.contains_key(&id) || ring.forgotten.contains(&id) {
        entropy.fill(&mut id.0);
    }
    let held = HeldKey { id, stream: stream.clone(), slot, key: Key::random(entropy) };
    ring.new.push(id);
    ring.add(held.clone());
    held
}
