//! Sealing: the few pieces of cryptography that everything on disk goes through.
//!
//! XChaCha20-Poly1305 with random nonces seals, SHA-256 chains, HMAC-SHA-256 names. Every hash and
//! every piece of associated data is over *framed* fields (each with its length before it), so that
//! no two lists of fields look alike, and begins with a domain, so that no two uses do.

mod instance;
mod keyring;
mod ring;
mod vault;

pub use instance::InstanceKey;
pub(crate) use keyring::{HeldKey, KeyId, Keyring, Slot, StoredKeys};
pub(crate) use vault::Vault;

use std::sync::Arc;

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Entropy, Hash};

/// Thirty-two secret bytes in one place, wiped when the last who holds them lets go.
#[derive(Clone)]
pub(crate) struct Key(Arc<Zeroizing<[u8; 32]>>);

impl Key {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(bytes)))
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_bytes)
    }

    pub(crate) fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self(Arc::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another key for another use, from which this one cannot be found.
    pub(crate) fn derive(&self, domain: &str) -> Self {
        Self::from_bytes(mac(self, domain, &[]))
    }
}

/// The fields, each with its length before it.
pub(crate) fn frame(domain: &str, fields: &[&[u8]]) -> Vec<u8> {
    let size = fields.iter().fold(domain.len() + 8, |sum, field| sum + field.len() + 8);
    let mut framed = Vec::with_capacity(size);
    each_framed(domain, fields, |bytes| framed.extend_from_slice(bytes));
    framed
}

/// The fields of a [`frame`], its domain first.
pub(crate) fn unframe(mut framed: &[u8]) -> Option<Vec<&[u8]>> {
    let mut fields = Vec::new();
    while !framed.is_empty() {
        let (length, rest) = framed.split_first_chunk::<8>()?;
        let (field, rest) =
            rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        fields.push(field);
        framed = rest;
    }
    Some(fields)
}

/// SHA-256 over the framed fields.
pub(crate) fn digest(domain: &str, fields: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    each_framed(domain, fields, |bytes| hasher.update(bytes));
    Hash(hasher.finalize().into())
}

/// HMAC-SHA-256 over the framed fields.
pub(crate) fn mac(key: &Key, domain: &str, fields: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a key up to the hash's block with zeros.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key.bytes()) {
        *to = *from;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&(*block).into());
    each_framed(domain, fields, |bytes| mac.update(bytes));
    mac.finalize().into_bytes().into()
}

fn each_framed(domain: &str, fields: &[&[u8]], mut take: impl FnMut(&[u8])) {
    for field in std::iter::once(domain.as_bytes()).chain(fields.iter().copied()) {
        take(&(field.len() as u64).to_le_bytes());
        take(field);
    }
}

const NONCE: usize = 24;

/// Plaintexts are padded to a multiple of this, so that a length does not tell the kind of event.
const BLOCK: usize = 256;

/// Seals `plain` into `nonce ‖ ciphertext ‖ tag`, bound to `aad`.
pub(crate) fn encrypt(key: &Key, entropy: &dyn Entropy, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    entropy.fill(&mut nonce);
    let padded = (plain.len() + 1).next_multiple_of(BLOCK);
    let mut sealed = Vec::with_capacity(NONCE + padded + 16);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    sealed.push(0x80);
    sealed.resize(NONCE + padded, 0);
    let cipher = XChaCha20Poly1305::new(&(*key.bytes()).into());
    let body = sealed.get_mut(NONCE..).unwrap_or_default();
    // The cipher refuses only what is longer than 256 GiB. An empty result opens as damaged.
    match cipher.encrypt_inout_detached(&XNonce::from(nonce), aad, body.into()) {
        Ok(tag) => sealed.extend_from_slice(&tag),
        Err(_) => sealed.clear(),
    }
    sealed
}

/// Opens what [`encrypt`] sealed; `None` when a single bit of it or of `aad` is another.
pub(crate) fn decrypt(key: &Key, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE>()?;
    let mut plain = body.to_vec();
    XChaCha20Poly1305::new(&(*key.bytes()).into())
        .decrypt_in_place(&XNonce::from(*nonce), aad, &mut plain)
        .ok()?;
    let end = plain.iter().rposition(|byte| *byte != 0)?;
    (plain.get(end) == Some(&0x80)).then(|| plain.truncate(end))?;
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn what_was_sealed_opens_and_nothing_else_does() {
        let entropy = SeededEntropy::new(7);
        let key = Key::random(&entropy);
        for size in [0, 1, 255, 256, 1024] {
            let plain = vec![0; size];
            let sealed = encrypt(&key, &entropy, b"here", &plain);
            assert_eq!(sealed.len() % BLOCK, NONCE + 16, "only the padded length shows");
            assert_eq!(decrypt(&key, b"here", &sealed), Some(plain));
            assert_eq!(decrypt(&key, b"there", &sealed), None);
            assert_eq!(decrypt(&Key::random(&entropy), b"here", &sealed), None);
            for at in 0..sealed.len() {
                let mut bent = sealed.clone();
                bent[at] ^= 1;
                assert_eq!(decrypt(&key, b"here", &bent), None, "byte {at} of {size}");
                assert_eq!(decrypt(&key, b"here", &sealed[..at]), None);
            }
        }
    }

    #[test]
    fn frames_keep_fields_apart() {
        assert_ne!(frame("d", &[b"ab", b"c"]), frame("d", &[b"a", b"bc"]));
        assert_ne!(digest("d", &[b"ab"]), digest("da", &[b"b"]));
        assert_ne!(digest("d", &[]), digest("d", &[b""]));
    }
}
