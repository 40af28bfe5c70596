//! OpenPGP (RFC 9580), the one place that knows it. Must not read files or clocks.
//!
//! This module signs documents and mail. It takes a secret key as bytes and makes signatures of version 4, which
//! every reader of CSAF documents can check: detached ones over documents, and around texts that are
//! read as they are. It has no way to decrypt. [`keyring`] opens mail, [`judge`] says how something is
//! signed, and [`certificate`] encrypts to others.

pub mod certificate;
pub mod judge;
pub mod keyring;
mod parts;
pub mod web;

use advisory::provider::Signer;
use jiff::Timestamp;
use pgp::{
    composed::{
        ArmorOptions, CleartextSignedMessage, Deserializable, DetachedSignature, SignedSecretKey,
        SignedSecretSubKey,
    },
    crypto::hash::HashAlgorithm,
    packet::{SecretSubkey, Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData},
    types::{KeyDetails, KeyVersion, Password, SigningKey, Timestamp as Instant, VerifyingKey},
};

use parts::{Part, of_primary, of_subkey};

/// No secret key of a person is larger.
const LARGEST: usize = 1024 * 1024;

/// Why a key does not sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenPgpError {
    /// The text is no certificate.
    #[error("this is not one armoured public key, as `gpg --export --armor` writes one")]
    NotACertificate,
    /// The text is no key, or one without its secret part.
    #[error("this is not an armoured secret key, as `gpg --export-secret-keys --armor` writes one")]
    NotAKey,
    /// A key of a version that most readers cannot check.
    #[error("the key is not of version 4, the one that every reader of signatures knows")]
    Version,
    /// The owner took it back.
    #[error("the key is revoked")]
    Revoked,
    /// It has run out.
    #[error("the key has expired")]
    Expired,
    /// Neither it nor any of its subkeys may sign, or the one that may is kept elsewhere.
    #[error("the key has no part that may sign now and whose secret is here")]
    CannotSign,
    /// None of its parts can decrypt, or those that could are kept elsewhere.
    #[error("the key has no part that can decrypt and whose secret is here")]
    CannotDecrypt,
    /// None of its parts may encrypt, or not in a way that is known here.
    #[error("the key has no part that something can be encrypted to now")]
    CannotEncrypt,
    /// It is locked, and not by this password.
    #[error("the password does not open the key")]
    Password,
    /// What was made does not verify.
    #[error("the signature does not verify; is this machine in order?")]
    Faulty,
}

/// A key that may sign.
pub struct OpenPgp {
    key: SignedSecretKey,
    /// The subkey that signs; `None` is the primary key.
    subkey: Option<usize>,
    password: Password,
    /// The key is not older, so no signature is.
    since: u32,
    /// From then on it signs no more.
    until: Option<u32>,
}

impl std::fmt::Debug for OpenPgp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpenPgp({})", self.fingerprint())
    }
}

impl OpenPgp {
    /// Reads an armoured secret key, and proves that it can sign at this moment: the youngest
    /// subkey that may, else the key itself. The password is empty where there is none.
    ///
    /// # Errors
    /// In words for the operator; none of them holds anything of the key.
    pub fn read(armoured: &str, password: &str, now: Timestamp) -> Result<Self, OpenPgpError> {
        let input = armoured.get(..armoured.len().min(LARGEST)).ok_or(OpenPgpError::NotAKey)?;
        let (key, _) = SignedSecretKey::from_string(input).map_err(|_| OpenPgpError::NotAKey)?;
        Self::of(key, password, now)
    }

    pub(crate) fn of(
        key: SignedSecretKey,
        password: &str,
        now: Timestamp,
    ) -> Result<Self, OpenPgpError> {
        if key.primary_key.version() != KeyVersion::V4 {
            return Err(OpenPgpError::Version);
        }
        let now = seconds(now);
        let primary = of_primary(key.primary_key.public_key(), &key.details)?;
        if !primary.holds(now) {
            return Err(OpenPgpError::Expired);
        }
        let subkeys = key.secret_subkeys.iter().enumerate();
        let youngest = subkeys
            .filter_map(|(number, subkey)| Some((number, part_of(&key, subkey)?)))
            .filter(|(_, part)| part.signs && part.holds(now))
            .max_by_key(|(_, part)| part.from);
        let (subkey, since, until) = match youngest {
            Some((number, part)) => {
                let until = [part.until, primary.until].into_iter().flatten().min();
                (Some(number), part.from.max(primary.from), until)
            }
            None if primary.signs => (None, primary.from, primary.until),
            None => return Err(OpenPgpError::CannotSign),
        };
        let this = Self { key, subkey, password: password.into(), since, until };
        this.signature(b"a trial", now)?;
        Ok(this)
    }

    /// Whether it may still sign.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| seconds(at) < until)
    }

    fn signature(&self, document: &[u8], at: u32) -> Result<DetachedSignature, OpenPgpError> {
        let (primary, password) = (&self.key.primary_key, &self.password);
        match self.signing_subkey() {
            Some(subkey) => signature_by(subkey, subkey.public_key(), password, document, at),
            None => signature_by(primary, primary.public_key(), password, document, at),
        }
    }

    /// A signature over a mail, or a part of one.
    pub(crate) fn of_mail(&self, content: &[u8], at: Timestamp) -> Result<Signature, OpenPgpError> {
        let made = self.signature(content, seconds(at).max(self.since))?;
        Ok(made.signature)
    }

    fn around(&self, text: &str, at: u32) -> Result<CleartextSignedMessage, OpenPgpError> {
        let (primary, password) = (&self.key.primary_key, &self.password);
        match self.signing_subkey() {
            Some(subkey) => around_by(subkey, subkey.public_key(), password, text, at),
            None => around_by(primary, primary.public_key(), password, text, at),
        }
    }

    fn signing_subkey(&self) -> Option<&SecretSubkey> {
        let subkey = self.subkey.and_then(|number| self.key.secret_subkeys.get(number));
        subkey.map(|subkey| &subkey.key)
    }
}

impl Signer for OpenPgp {
    fn fingerprint(&self) -> String {
        format!("{:X}", self.key.primary_key.fingerprint())
    }

    fn public_key(&self) -> Vec<u8> {
        self.key.to_public_key().to_armored_bytes(ArmorOptions::default()).unwrap_or_default()
    }

    fn sign(&self, document: &[u8], at: Timestamp) -> Result<Vec<u8>, String> {
        let signature = self.signature(document, seconds(at).max(self.since));
        let signature = signature.map_err(|error| error.to_string())?;
        signature.to_armored_bytes(ArmorOptions::default()).map_err(|error| error.to_string())
    }

    fn sign_text(&self, text: &str, at: Timestamp) -> Result<String, String> {
        // The line end before the signature is not the text's (RFC 9580, 7.1).
        let text = text.strip_suffix('\n').unwrap_or(text);
        let signed = self.around(text, seconds(at).max(self.since));
        let signed = signed.map_err(|error| error.to_string())?;
        signed.to_armored_string(ArmorOptions::default()).map_err(|error| error.to_string())
    }
}

fn part_of(key: &SignedSecretKey, subkey: &SignedSecretSubKey) -> Option<Part> {
    of_subkey(key.primary_key.public_key(), subkey.key.public_key(), &subkey.signatures)
}

/// Seconds since 1970; OpenPGP has no other times.
fn seconds(at: Timestamp) -> u32 {
    u32::try_from(at.as_second().max(0)).unwrap_or(u32::MAX)
}

/// A signature that was seen to verify: a fault while signing could give the key away (RFC 9580, 13.5
/// and its like).
fn signature_by(
    key: &impl SigningKey,
    public: &impl VerifyingKey,
    password: &Password,
    document: &[u8],
    at: u32,
) -> Result<DetachedSignature, OpenPgpError> {
    let config = config(key, SignatureType::Binary, at)?;
    // The algorithms are known, so what remains is the lock.
    let signature = config.sign(key, password, document).map_err(|_| OpenPgpError::Password)?;
    let made = DetachedSignature::new(signature);
    made.verify(public, document).map(|()| made).map_err(|_| OpenPgpError::Faulty)
}

/// The same around a text.
fn around_by(
    key: &impl SigningKey,
    public: &impl VerifyingKey,
    password: &Password,
    text: &str,
    at: u32,
) -> Result<CleartextSignedMessage, OpenPgpError> {
    let config = config(key, SignatureType::Text, at)?;
    let made = CleartextSignedMessage::new(text, config, key, password);
    let made = made.map_err(|_| OpenPgpError::Password)?;
    made.verify(public).map_err(|_| OpenPgpError::Faulty)?;
    Ok(made)
}

fn config(
    key: &impl SigningKey,
    kind: SignatureType,
    at: u32,
) -> Result<SignatureConfig, OpenPgpError> {
    let mut config = SignatureConfig::v4(kind, key.algorithm(), HashAlgorithm::Sha512);
    let created = SubpacketData::SignatureCreationTime(Instant::from_secs(at));
    let by = SubpacketData::IssuerFingerprint(key.fingerprint());
    let by_id = SubpacketData::IssuerKeyId(key.legacy_key_id());
    let packet = |data| Subpacket::regular(data).map_err(|_| OpenPgpError::Faulty);
    config.hashed_subpackets = vec![packet(created)?, packet(by)?];
    // Old readers look for this one alone.
    config.unhashed_subpackets = vec![packet(by_id)?];
    Ok(config)
}
