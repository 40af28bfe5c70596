//! The vault: everything that is done with a house's data keys.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};

use super::{
    Key, KeyId, Keyring, Slot, StoredKeys, decrypt, digest, encrypt, frame, keyring::Found, mac,
};
use crate::{Entropy, Hash, HouseId, Payload, StoreError, StreamId, tables::Tag};

pub(crate) struct Vault {
    house: HouseId,
    keyring: Keyring,
    names: Key,
    signing: SigningKey,
}

impl Vault {
    /// A vault over the keys that are stored. The house's own keys are drawn when they are not
    /// among them.
    pub(crate) fn new(
        house: HouseId,
        entropy: Arc<dyn Entropy>,
        stored: Arc<dyn StoredKeys>,
    ) -> Result<Self, StoreError> {
        let keyring = Keyring::new(entropy, stored);
        let own = |slot| keyring.sealing_key(&StreamId::house(), slot);
        let names = own(Slot::Names)?.key;
        let signing = SigningKey::from_bytes(own(Slot::Signing)?.key.bytes());
        own(Slot::Directory)?;
        Ok(Self { house, keyring, names, signing })
    }

    pub(crate) fn house(&self) -> HouseId {
        self.house
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        self.keyring.entropy()
    }

    /// The stream that a sealed thing's key belongs to, when that key is here.
    pub(crate) fn stream_of(&self, sealed: &[u8]) -> Result<Option<(StreamId, Slot)>, StoreError> {
        let Some((id, _)) = sealed.split_first_chunk() else { return Ok(None) };
        Ok(match self.keyring.find(KeyId(*id))? {
            Found::Key(held) => Some((held.stream, held.slot)),
            Found::Forgotten | Found::Missing => None,
        })
    }

    /// Whether a sealed thing's key was forgotten on purpose.
    pub(crate) fn is_forgotten(&self, sealed: &[u8]) -> Result<bool, StoreError> {
        let Some((id, _)) = sealed.split_first_chunk() else { return Ok(false) };
        Ok(matches!(self.keyring.find(KeyId(*id))?, Found::Forgotten))
    }

    /// Seals into `key id ‖ nonce ‖ ciphertext ‖ tag`, bound to the house, the stream, the slot,
    /// the key and the fields in `bound`.
    pub(crate) fn seal(
        &self,
        domain: &str,
        (stream, slot): (&StreamId, Slot),
        bound: &[&[u8]],
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let held = self.keyring.sealing_key(stream, slot)?;
        let aad = self.aad(domain, stream, slot, held.id, bound);
        let mut sealed = held.id.0.to_vec();
        sealed.append(&mut encrypt(&held.key, self.entropy(), &aad, plain));
        Ok(sealed)
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
        let key = match self.keyring.find(id)? {
            Found::Key(held) => held.key,
            Found::Forgotten => return Ok(Payload::Forgotten),
            Found::Missing => {
                return Err(StoreError::NoKey { what: format!("{domain} in {stream}") });
            }
        };
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
    pub(crate) fn name_in(
        &self,
        stream: &StreamId,
        slot: Slot,
        bytes: &[u8],
    ) -> Result<[u8; 32], StoreError> {
        let key = self.keyring.sealing_key(stream, slot)?.key.derive("fermata blob names 1");
        Ok(mac(&key, "fermata blob name 1", &[bytes]))
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
