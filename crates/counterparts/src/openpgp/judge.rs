//! How something is signed, as far as the keys tell that come with it.
//!
//! That a signature holds says that the owner of that key has signed the same once. Whose the key is,
//! and who sent it here, it does not say.

use std::io::Cursor;

use case::opening::Standing;
use jiff::Timestamp;
use pgp::{
    composed::{Deserializable, DetachedSignature, SignedPublicKey},
    crypto::hash::HashAlgorithm,
    packet::{Signature, SignatureType},
    types::{Duration, KeyDetails, Timestamp as Instant, VerifyingKey},
};

use super::{
    parts::{of_primary, of_subkey},
    seconds,
};

/// Signatures that are looked at.
pub(super) const MOST_SIGNATURES: usize = 4;
/// Keys that are tried.
const MOST_KEYS: usize = 4;
/// Times that everything which is signed is read.
const MOST_READINGS: usize = 16;

/// The best that can be said of the signatures over something.
#[must_use]
pub fn judge(signed: &[u8], signatures: &[Vec<u8>], keys: &[Vec<u8>], at: Timestamp) -> Standing {
    let signatures: Vec<Signature> =
        signatures.iter().flat_map(|bytes| read(bytes)).take(MOST_SIGNATURES).collect();
    let keys = keys.iter().flat_map(|bytes| certificates(bytes)).take(MOST_KEYS).collect();
    let mut judge = Judge { signed, keys, at: seconds(at), left: MOST_READINGS };
    let standings: Vec<Standing> = signatures.iter().map(|one| judge.of(one)).collect();
    let good = standings.iter().find(|it| matches!(it, Standing::Good { .. }));
    let bad = || standings.iter().find(|it| matches!(it, Standing::Bad));
    good.or_else(bad).or(standings.first()).cloned().unwrap_or(Standing::Bad)
}

struct Judge<'a> {
    signed: &'a [u8],
    keys: Vec<SignedPublicKey>,
    at: u32,
    left: usize,
}

impl Judge<'_> {
    fn of(&mut self, signature: &Signature) -> Standing {
        let mut known = false;
        for key in std::mem::take(&mut self.keys) {
            let itself = &key.primary_key;
            let primary = of_primary(itself, &key.details).ok().filter(|it| it.holds(self.at));
            let mut found = false;
            if is_by(signature, itself) {
                known = true;
                found =
                    primary.as_ref().is_some_and(|it| it.signs) && self.holds(signature, itself);
            }
            for subkey in &key.public_subkeys {
                if found || !is_by(signature, &subkey.key) {
                    continue;
                }
                known = true;
                let part = of_subkey(itself, &subkey.key, &subkey.signatures);
                let may = part.is_some_and(|it| it.signs && it.holds(self.at));
                found = primary.is_some() && may && self.holds(signature, &subkey.key);
            }
            let fingerprint = format!("{:X}", itself.fingerprint());
            self.keys.push(key);
            if found {
                return Standing::Good { key: fingerprint };
            }
        }
        if known { Standing::Bad } else { Standing::UnknownKey { key: issuer(signature) } }
    }

    /// Made over exactly this, in a way that still proves something.
    fn holds(&mut self, signature: &Signature, by: &impl VerifyingKey) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        let over = matches!(signature.typ(), Some(SignatureType::Binary | SignatureType::Text));
        over && signature.hash_alg().is_some_and(proves)
            && self.in_time(signature)
            && signature.verify(by, self.signed).is_ok()
    }

    fn in_time(&self, signature: &Signature) -> bool {
        let Some(from) = signature.created().map(Instant::as_secs) else { return false };
        let lasts = signature.signature_expiration_time().map(Duration::as_secs);
        let lasts = lasts.filter(|lasts| *lasts > 0);
        lasts.is_none_or(|lasts| self.at < from.saturating_add(lasts))
    }
}

/// Nobody can make two texts with the same hash.
fn proves(hash: HashAlgorithm) -> bool {
    use HashAlgorithm::{Sha3_256, Sha3_512, Sha224, Sha256, Sha384, Sha512};
    matches!(hash, Sha224 | Sha256 | Sha384 | Sha512 | Sha3_256 | Sha3_512)
}

fn is_by(signature: &Signature, key: &impl KeyDetails) -> bool {
    let (named, id) = (signature.issuer_fingerprint(), signature.issuer_key_id());
    if named.is_empty() {
        id.contains(&&key.legacy_key_id())
    } else {
        named.contains(&&key.fingerprint())
    }
}

fn issuer(signature: &Signature) -> Option<String> {
    let named = signature.issuer_fingerprint().first().map(|it| format!("{it:X}"));
    let id = || signature.issuer_key_id().first().map(|it| it.to_string().to_uppercase());
    named.or_else(id)
}

/// The signatures in a block, armoured or not.
fn read(bytes: &[u8]) -> Vec<Signature> {
    let many = if is_armour(bytes) {
        let Ok((many, _)) = DetachedSignature::from_armor_many(Cursor::new(bytes.to_vec())) else {
            return Vec::new();
        };
        many
    } else {
        let Ok(many) = DetachedSignature::from_bytes_many(Cursor::new(bytes.to_vec())) else {
            return Vec::new();
        };
        many
    };
    many.filter_map(Result::ok).take(MOST_SIGNATURES).map(|it| it.signature).collect()
}

/// The keys in a block, armoured or not.
fn certificates(bytes: &[u8]) -> Vec<SignedPublicKey> {
    let many = if is_armour(bytes) {
        let Ok((many, _)) = SignedPublicKey::from_armor_many(Cursor::new(bytes.to_vec())) else {
            return Vec::new();
        };
        many
    } else {
        let Ok(many) = SignedPublicKey::from_bytes_many(Cursor::new(bytes.to_vec())) else {
            return Vec::new();
        };
        many
    };
    many.filter_map(Result::ok).take(MOST_KEYS).collect()
}

fn is_armour(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"-----BEGIN PGP ")
}
