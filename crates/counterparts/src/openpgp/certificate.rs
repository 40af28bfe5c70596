//! Certificates of others, and encryption to them.
//!
//! What is made here every reader of the last twenty years opens: session keys for keys of version 4,
//! and AES-256 with a code over all of it. Chance comes in as a seed, and the time as an argument: the
//! same call makes the same bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use case::sealing::{Certificate, LARGEST_CERTIFICATE};
use jiff::Timestamp;
use pgp::{
    armor::{self, BlockType},
    composed::{Deserializable, SignedPublicKey, SignedPublicSubKey},
    crypto::{hash::HashAlgorithm, sym::SymmetricKeyAlgorithm},
    packet::{
        OnePassSignature, PacketHeader, PacketTrait, PublicKeyEncryptedSessionKey, Signature,
        SignatureType, SymEncryptedProtectedData,
    },
    ser::Serialize,
    types::{EncryptionKey, KeyDetails as _, KeyVersion, Tag},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use super::{
    OpenPgp, OpenPgpError,
    parts::{Part, names, of_primary, of_subkey},
    seconds,
};

const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const CIPHER: SymmetricKeyAlgorithm = SymmetricKeyAlgorithm::AES256;

/// A key that something can be encrypted to.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: SignedPublicKey,
    primary: Primary,
}

#[derive(Debug, Clone, Copy)]
struct Primary {
    certifies: bool,
    signs: bool,
    encrypts: bool,
    until: Option<u32>,
}

impl Recipient {
    /// Reads one armoured certificate, and proves that something can be encrypted to it at this moment.
    ///
    /// # Errors
    /// In words for whoever pasted it.
    pub fn read(armoured: &str, now: Timestamp) -> Result<Self, OpenPgpError> {
        let text = armoured.trim();
        if text.len() > LARGEST_CERTIFICATE || text.matches(BEGIN).count() != 1 {
            return Err(OpenPgpError::NotACertificate);
        }
        // Whoever wrote it must not be able to end the house with it.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let read = SignedPublicKey::from_string(text);
            Self::of(read.map_err(|_| OpenPgpError::NotACertificate)?.0, now)
        }));
        read.unwrap_or(Err(OpenPgpError::NotACertificate))
    }

    pub(crate) fn of(key: SignedPublicKey, now: Timestamp) -> Result<Self, OpenPgpError> {
        if key.primary_key.version() != KeyVersion::V4 {
            return Err(OpenPgpError::Version);
        }
        let primary = of_primary(&key.primary_key, &key.details).map_err(|why| match why {
            OpenPgpError::NotAKey => OpenPgpError::NotACertificate,
            other => other,
        })?;
        if !primary.holds(seconds(now)) {
            return Err(OpenPgpError::Expired);
        }
        let Part { certifies, signs, encrypts, until, .. } = primary;
        let this = Self { key, primary: Primary { certifies, signs, encrypts, until } };
        if this.holds(now) {
            return encrypt(&[&this], b"a trial", None, now, [0; 32]).map(|_| this);
        }
        let primary = &this.key.primary_key;
        let ran_out = this.key.public_subkeys.iter().any(|subkey| {
            let part = of_subkey(primary, &subkey.key, &subkey.signatures);
            part.is_some_and(|part| part.encrypts)
        });
        Err(if ran_out { OpenPgpError::Expired } else { OpenPgpError::CannotEncrypt })
    }

    /// Its fingerprint, in capitals.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.key.primary_key.fingerprint())
    }

    /// Whether something can be encrypted to it.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.part(seconds(at)).is_some()
    }

    /// What it says of itself.
    #[must_use]
    pub fn certificate(&self, armoured: &str, now: Timestamp) -> Certificate {
        let now = seconds(now);
        let signs = self.primary.signs || self.subkeys(now).any(|(_, part)| part.signs);
        let uses = [
            (self.primary.certifies, "certifies"),
            (signs, "signs"),
            (self.part(now).is_some(), "encrypts"),
        ];
        Certificate {
            fingerprint: self.fingerprint(),
            names: names(&self.key.primary_key, &self.key.details),
            uses: uses.into_iter().filter(|(does, _)| *does).map(|(_, word)| word.into()).collect(),
            until: self.until(now).and_then(|at| Timestamp::from_second(at.into()).ok()),
            armoured: armoured.trim().to_owned(),
        }
    }

    /// When the last of its parts that encrypt runs out.
    fn until(&self, now: u32) -> Option<u32> {
        let of_subkeys: Vec<_> = self
            .subkeys(now)
            .filter(|(_, part)| part.encrypts)
            .map(|(_, part)| part.until)
            .collect();
        let own = || self.primary.encrypts.then_some(self.primary.until).flatten();
        let last = if of_subkeys.is_empty() {
            own()
        } else if of_subkeys.contains(&None) {
            None
        } else {
            of_subkeys.into_iter().flatten().max()
        };
        [last, self.primary.until].into_iter().flatten().min()
    }

    fn subkeys(&self, now: u32) -> impl Iterator<Item = (&SignedPublicSubKey, Part)> {
        let primary = &self.key.primary_key;
        let parts = self.key.public_subkeys.iter().filter_map(move |subkey| {
            Some((subkey, of_subkey(primary, &subkey.key, &subkey.signatures)?))
        });
        parts.filter(move |(_, part)| part.holds(now))
    }

    /// The part that is encrypted to: the youngest subkey that may be, else the key itself.
    fn part(&self, now: u32) -> Option<Target<'_>> {
        if self.primary.until.is_some_and(|until| until <= now) {
            return None;
        }
        let subkeys = self.subkeys(now).filter(|(_, part)| part.encrypts);
        match subkeys.max_by_key(|(_, part)| part.from) {
            Some((subkey, _)) => Some(Target::Subkey(subkey)),
            None => self.primary.encrypts.then_some(Target::Primary(&self.key)),
        }
    }
}

/// A part of a certificate.
enum Target<'a> {
    Primary(&'a SignedPublicKey),
    Subkey(&'a SignedPublicSubKey),
}

/// Encrypts to keys, and signs what is inside where there is a key for that: one armoured message, in
/// lines that end with CR LF.
///
/// # Errors
/// [`OpenPgpError`], when one of the keys does not hold at this moment.
pub fn encrypt(
    to: &[&Recipient],
    content: &[u8],
    signer: Option<&OpenPgp>,
    at: Timestamp,
    seed: [u8; 32],
) -> Result<Vec<u8>, OpenPgpError> {
    let mut rng = ChaCha20Rng::from_seed(seed);
    let session = CIPHER.new_session_key(&mut rng);
    let mut message = Vec::new();
    for recipient in to {
        let part = recipient.part(seconds(at)).ok_or(OpenPgpError::Expired)?;
        let packet = match part {
            Target::Primary(key) => session_key(&mut rng, &session, &key.primary_key),
            Target::Subkey(subkey) => session_key(&mut rng, &session, &subkey.key),
        };
        written(&packet?, &mut message)?;
    }
    let inside = inside(content, signer, at)?;
    let sealed =
        SymEncryptedProtectedData::encrypt_seipdv1(&mut rng, CIPHER, session.as_ref(), &inside);
    written(&sealed.map_err(|_| OpenPgpError::CannotEncrypt)?, &mut message)?;
    let mut armoured = Vec::new();
    armor::write(&Packets(message), BlockType::Message, &mut armoured, None, true)
        .map_err(|_| OpenPgpError::Faulty)?;
    Ok(with_crlf(&armoured))
}

fn session_key(
    rng: &mut ChaCha20Rng,
    session: &pgp::composed::RawSessionKey,
    key: &impl EncryptionKey,
) -> Result<PublicKeyEncryptedSessionKey, OpenPgpError> {
    PublicKeyEncryptedSessionKey::from_session_key_v3(rng, session, CIPHER, key)
        .map_err(|_| OpenPgpError::CannotEncrypt)
}

/// The packets inside: the content, between the two of its signature.
fn inside(
    content: &[u8],
    signer: Option<&OpenPgp>,
    at: Timestamp,
) -> Result<Vec<u8>, OpenPgpError> {
    let signature = signer.map(|key| key.of_mail(content, at)).transpose()?;
    let mut packets = Vec::new();
    if let Some(signature) = &signature {
        written(&announcement(signature)?, &mut packets)?;
    }
    literal(content, &mut packets)?;
    if let Some(signature) = &signature {
        written(signature, &mut packets)?;
    }
    Ok(packets)
}

fn announcement(signature: &Signature) -> Result<OnePassSignature, OpenPgpError> {
    let config = signature.config().ok_or(OpenPgpError::Faulty)?;
    let issuer = config.issuer_key_id();
    let issuer = issuer.first().ok_or(OpenPgpError::Faulty)?;
    let kind = SignatureType::Binary;
    Ok(OnePassSignature::v3(kind, HashAlgorithm::Sha512, config.pub_alg, **issuer))
}

/// Bytes without a file name or a date (RFC 9580, 5.9): the library would ask this machine's clock.
fn literal(content: &[u8], packets: &mut Vec<u8>) -> Result<(), OpenPgpError> {
    let head = [b'b', 0, 0, 0, 0, 0];
    let length = head.len().saturating_add(content.len());
    let length = u32::try_from(length).map_err(|_| OpenPgpError::Faulty)?;
    let header = PacketHeader::new_fixed(Tag::LiteralData, length);
    header.to_writer(packets).map_err(|_| OpenPgpError::Faulty)?;
    packets.extend_from_slice(&head);
    packets.extend_from_slice(content);
    Ok(())
}

fn written(packet: &impl PacketTrait, into: &mut Vec<u8>) -> Result<(), OpenPgpError> {
    packet.to_writer_with_header(into).map_err(|_| OpenPgpError::Faulty)
}

/// Packets that are written already.
struct Packets(Vec<u8>);

impl Serialize for Packets {
    fn to_writer<W: std::io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        writer.write_all(&self.0)?;
        Ok(())
    }

    fn write_len(&self) -> usize {
        self.0.len()
    }
}

/// Armour in the lines that mail has.
pub(crate) fn with_crlf(armour: &[u8]) -> Vec<u8> {
    let lines = armour.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.collect::<Vec<_>>().join(&b"\r\n"[..])
}
