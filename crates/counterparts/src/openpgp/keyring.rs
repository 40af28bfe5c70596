//! Opening messages with the keys of the house.
//!
//! What somebody can learn by sending altered messages is what gives a message away. So whoever calls
//! this must never let a sender see what it answers or how long it took (RSA decryption here is not of
//! constant time, RUSTSEC-2023-0071), and there are two answers beside what was inside: no key fits,
//! or damaged. Nothing is parsed before the whole of it is proven to be what was encrypted, and
//! nothing that lacks such a proof is opened (EFAIL). Must not read files or clocks.

use std::{
    collections::BTreeSet,
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
};

use advisory::Mailbox;
use case::opening::Standing;
use engine::ports::{MailKeys, Unopened, Unsealed};
use jiff::Timestamp;
use pgp::{
    armor::{BlockType, Dearmor},
    composed::{Deserializable, PlainSessionKey, SignedKeyDetails, SignedSecretKey},
    crypto::sym::SymmetricKeyAlgorithm,
    packet::{
        GnupgAeadDataConfig, LiteralData, Packet, PacketHeader, PacketParser,
        PublicKeyEncryptedSessionKey, Signature, StreamDecryptor, SymEncryptedProtectedData,
        SymEncryptedProtectedDataConfig,
    },
    ser::Serialize as _,
    types::{
        DecryptionKey, EskType, KeyDetails as _, Password, PkeskVersion, Seipdv1ReadMode, Tag,
    },
};

use super::{
    LARGEST, OpenPgpError,
    judge::{MOST_SIGNATURES, judge},
};

const BEGIN_KEY: &str = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
const BEGIN: &[u8] = b"-----BEGIN PGP MESSAGE-----";
const ANY: &[u8] = b"-----BEGIN PGP ";
const END: &[u8] = b"-----END PGP MESSAGE-----";
/// Bytes that come out of a message or a compressed packet, at most.
const LARGEST_CONTENT: usize = engine::LARGEST_MAIL;
/// Times that a key is tried on one message.
const MOST_TRIES: usize = 64;
/// Recipients and other packets around the encrypted data.
const MOST_OUTER: usize = 50_000;
/// Packets inside, in each layer.
const MOST_INNER: usize = 64;
/// Compressed packets in each other.
const DEEPEST: usize = 4;

type Part = Box<dyn DecryptionKey + Send + Sync>;

/// One key, with its parts that decrypt, unlocked.
struct Key {
    fingerprint: String,
    addresses: BTreeSet<Mailbox>,
    parts: Vec<Part>,
}

/// The keys that mail to this house is encrypted to.
pub struct Keyring {
    keys: Vec<Key>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({})", self.fingerprints().collect::<Vec<_>>().join(", "))
    }
}

impl Keyring {
    /// Reads armoured secret keys, old ones among them: what was encrypted to a key that has run out
    /// can still be opened. The password is empty where there is none, and the same for all.
    ///
    /// # Errors
    /// In words for the operator; none of them holds anything of a key.
    pub fn read(armoured: &str, password: &str) -> Result<Self, OpenPgpError> {
        let password = Password::from(password);
        let keys = secret_keys(armoured)?.into_iter().map(|key| Key::unlock(key, &password));
        Ok(Self { keys: keys.collect::<Result<_, _>>()? })
    }

    /// The fingerprints of the keys.
    pub fn fingerprints(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.fingerprint.as_str())
    }
}

impl MailKeys for Keyring {
    fn open(
        &self,
        message: &[u8],
        addresses: Option<&BTreeSet<Mailbox>>,
    ) -> Result<Unsealed, Unopened> {
        let fits = |key: &&Key| addresses.is_none_or(|them| !them.is_disjoint(&key.addresses));
        let keys: Vec<&Key> = self.keys.iter().filter(fits).collect();
        // Whoever wrote the message must not be able to end the house with it.
        catch_unwind(AssertUnwindSafe(|| open(message, &keys))).unwrap_or(Err(Unopened::Damaged))
    }

    fn judge(
        &self,
        signed: &[u8],
        signatures: &[Vec<u8>],
        keys: &[Vec<u8>],
        at: Timestamp,
    ) -> Standing {
        let judged = catch_unwind(AssertUnwindSafe(|| judge(signed, signatures, keys, at)));
        judged.unwrap_or(Standing::Bad)
    }
}

impl Key {
    fn unlock(mut key: SignedSecretKey, password: &Password) -> Result<Self, OpenPgpError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut locked = false;
        let decrypts = |signatures: &[Signature]| {
            signatures
                .iter()
                .map(Signature::key_flags)
                .any(|flags| flags.encrypt_comms() || flags.encrypt_storage())
        };
        let fingerprint = format!("{:X}", key.primary_key.fingerprint());
        let addresses = addresses(&key.details);
        for subkey in key.secret_subkeys {
            let mut part = subkey.key;
            if decrypts(&subkey.signatures) {
                match part.remove_password(password) {
                    Ok(()) => parts.push(Box::new(part)),
                    Err(_) => locked = true,
                }
            }
        }
        // A part that only signs must not answer to anybody's bytes.
        let own = key.details.users.iter().any(|user| decrypts(&user.signatures));
        if own || decrypts(&key.details.direct_signatures) {
            match key.primary_key.remove_password(password) {
                Ok(()) => parts.push(Box::new(key.primary_key)),
                Err(_) => locked = true,
            }
        }
        match (parts.is_empty(), locked) {
            (false, _) => Ok(Self { fingerprint, addresses, parts }),
            (true, true) => Err(OpenPgpError::Password),
            (true, false) => Err(OpenPgpError::CannotDecrypt),
        }
    }
}

/// The keys in a text: at least one, in blocks of one or several each.
pub(crate) fn secret_keys(armoured: &str) -> Result<Vec<SignedSecretKey>, OpenPgpError> {
    let mut keys = Vec::new();
    if armoured.len() > LARGEST {
        return Err(OpenPgpError::NotAKey);
    }
    for block in armoured.split(BEGIN_KEY).skip(1) {
        let block = format!("{BEGIN_KEY}{block}");
        let (found, _) = SignedSecretKey::from_armor_many(block.as_bytes())
            .map_err(|_| OpenPgpError::NotAKey)?;
        for key in found {
            keys.push(key.map_err(|_| OpenPgpError::NotAKey)?);
        }
    }
    if keys.is_empty() { Err(OpenPgpError::NotAKey) } else { Ok(keys) }
}

/// The addresses in a key's names.
pub(crate) fn addresses(details: &SignedKeyDetails) -> BTreeSet<Mailbox> {
    details.users.iter().filter_map(|user| user.id.as_str()).filter_map(address).collect()
}

/// The address in a key's name, as addresses of letterboxes are compared.
fn address(name: &str) -> Option<Mailbox> {
    let address = name.rsplit_once('<').map_or(name, |it| it.1).trim_end_matches('>').trim();
    address.to_ascii_lowercase().parse().ok()
}

fn open(message: &[u8], keys: &[&Key]) -> Result<Unsealed, Unopened> {
    let message = dearmoured(message)?;
    let Sealed { recipients, container } = Sealed::read(&message)?;
    let (mut tries, mut named) = (0, false);
    for recipient in &recipients {
        for key in keys {
            for part in key.parts.iter().filter(|part| is_for(recipient, &***part)) {
                named |= !hidden(recipient);
                tries += 1;
                if tries > MOST_TRIES {
                    return Err(shut(named));
                }
                let Some(content) = container.opened_for(recipient, &**part) else { continue };
                let mut inside = Contents::default();
                inside.gather(&content, 0)?;
                let content = inside.literal.ok_or(Unopened::Damaged)?;
                let signatures = inside.signatures;
                return Ok(Unsealed { key: key.fingerprint.clone(), content, signatures });
            }
        }
    }
    Err(shut(named))
}

fn shut(named: bool) -> Unopened {
    if named { Unopened::Damaged } else { Unopened::NoKey }
}

/// One block and nothing beside it.
fn dearmoured(message: &[u8]) -> Result<Vec<u8>, Unopened> {
    let message = message.trim_ascii();
    let blocks = message.windows(ANY.len()).filter(|them| *them == ANY).count();
    if blocks != 1
        || message.len() > LARGEST_CONTENT
        || !message.starts_with(BEGIN)
        || !message.ends_with(END)
    {
        return Err(Unopened::Damaged);
    }
    let mut armour = Dearmor::new(message);
    armour.read_header().map_err(|_| Unopened::Damaged)?;
    if armour.typ != Some(BlockType::Message) {
        return Err(Unopened::Damaged);
    }
    bounded(armour)
}

/// Everything that comes out, if that is not too much.
fn bounded(from: impl Read) -> Result<Vec<u8>, Unopened> {
    let limit = u64::try_from(LARGEST_CONTENT).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    from.take(limit).read_to_end(&mut bytes).map_err(|_| Unopened::Damaged)?;
    if bytes.len() > LARGEST_CONTENT { Err(Unopened::Damaged) } else { Ok(bytes) }
}

/// An encrypted message, with nothing after it.
struct Sealed {
    recipients: Vec<PublicKeyEncryptedSessionKey>,
    container: Container,
}

/// Encrypted data with a proof that nobody has changed it.
enum Container {
    /// A code that depends on all of it, or blocks with one each (RFC 9580, 5.13).
    Protected(SymEncryptedProtectedData),
    /// The blocks that `GnuPG` writes to keys which ask for them.
    Gnupg(GnupgAeadDataConfig, Vec<u8>),
}

impl Sealed {
    fn read(message: &[u8]) -> Result<Self, Unopened> {
        let (mut recipients, mut container) = (Vec::new(), None);
        let mut packets = PacketParser::new(message);
        for _ in 0..MOST_OUTER {
            let Some(packet) = packets.next_ref() else {
                let container = container.ok_or(Unopened::Damaged)?;
                return Ok(Self { recipients, container });
            };
            let packet = packet.map_err(|_| Unopened::Damaged)?;
            let header = packet.packet_header();
            let body = bounded(packet)?;
            match header.tag() {
                Tag::PublicKeyEncryptedSessionKey if container.is_none() => {
                    // Others may have keys of kinds that nobody here knows.
                    recipients.extend(
                        PublicKeyEncryptedSessionKey::try_from_reader(header, body.as_slice()).ok(),
                    );
                }
                Tag::SymKeyEncryptedSessionKey if container.is_none() => {}
                Tag::SymEncryptedProtectedData | Tag::GnupgAeadData if container.is_none() => {
                    container = Some(Container::read(header, &body)?);
                }
                Tag::Marker | Tag::Padding => {}
                _ => return Err(Unopened::Damaged),
            }
        }
        Err(Unopened::Damaged)
    }
}

impl Container {
    fn read(header: PacketHeader, body: &[u8]) -> Result<Self, Unopened> {
        if header.tag() == Tag::GnupgAeadData {
            let mut rest = body;
            let config = GnupgAeadDataConfig::try_from_reader(&mut rest);
            return Ok(Self::Gnupg(config.map_err(|_| Unopened::Damaged)?, rest.to_vec()));
        }
        let data = SymEncryptedProtectedData::try_from_reader(header, body);
        data.map(Self::Protected).map_err(|_| Unopened::Damaged)
    }

    /// What is in it, if this part of a key opens it for this recipient, and it is whole.
    fn opened_for(
        &self,
        recipient: &PublicKeyEncryptedSessionKey,
        part: &dyn DecryptionKey,
    ) -> Option<Vec<u8>> {
        let kind = match recipient.version() {
            PkeskVersion::V3 => EskType::V3_4,
            PkeskVersion::V6 => EskType::V6,
            PkeskVersion::Other(_) => return None,
        };
        let session =
            part.decrypt(&Password::empty(), recipient.values().ok()?, kind).ok()?.ok()?;
        match (self, &session) {
            (Self::Protected(data), PlainSessionKey::V3_4 { sym_alg, key })
                if *data.config() == SymEncryptedProtectedDataConfig::V1
                    && fits(*sym_alg, key.as_ref()) =>
            {
                data.decrypt(key.as_ref(), Some(*sym_alg), CHECK_FIRST).ok()
            }
            (Self::Protected(data), PlainSessionKey::V6 { key }) => match data.config() {
                SymEncryptedProtectedDataConfig::V2 { sym_alg, .. }
                    if fits(*sym_alg, key.as_ref()) =>
                {
                    data.decrypt(key.as_ref(), None, CHECK_FIRST).ok()
                }
                _ => None,
            },
            (Self::Gnupg(config, data), PlainSessionKey::V3_4 { sym_alg, key })
                if *sym_alg == config.sym_alg && fits(*sym_alg, key.as_ref()) =>
            {
                let GnupgAeadDataConfig { sym_alg, aead, chunk_size, iv } = config;
                let (key, data) = (key.as_ref(), data.as_slice());
                let opened =
                    StreamDecryptor::gnupg_aead(*sym_alg, *aead, *chunk_size, key, iv, data);
                bounded(opened.ok()?).ok()
            }
            _ => None,
        }
    }
}

/// Nothing is answered before the code over all of it was checked.
const CHECK_FIRST: Seipdv1ReadMode =
    Seipdv1ReadMode::CheckFirst { max_message_size: LARGEST_CONTENT };

/// A cipher that hides something still, with a key as long as it wants.
fn fits(cipher: SymmetricKeyAlgorithm, key: &[u8]) -> bool {
    use SymmetricKeyAlgorithm::{
        AES128, AES192, AES256, Camellia128, Camellia192, Camellia256, Twofish,
    };
    let known = [AES128, AES192, AES256, Twofish, Camellia128, Camellia192, Camellia256];
    known.contains(&cipher) && key.len() == cipher.key_size()
}

fn hidden(recipient: &PublicKeyEncryptedSessionKey) -> bool {
    match recipient {
        PublicKeyEncryptedSessionKey::V3 { id, .. } => id.is_wildcard(),
        PublicKeyEncryptedSessionKey::V6 { fingerprint, .. } => fingerprint.is_none(),
        PublicKeyEncryptedSessionKey::Other { .. } => false,
    }
}

fn is_for(recipient: &PublicKeyEncryptedSessionKey, part: &dyn DecryptionKey) -> bool {
    match recipient {
        PublicKeyEncryptedSessionKey::V3 { id, .. } => {
            id.is_wildcard() || *id == part.legacy_key_id()
        }
        PublicKeyEncryptedSessionKey::V6 { fingerprint, .. } => {
            fingerprint.as_ref().is_none_or(|it| *it == part.fingerprint())
        }
        PublicKeyEncryptedSessionKey::Other { .. } => false,
    }
}

/// What stands in a message: one literal, and the signatures around it.
#[derive(Default)]
struct Contents {
    literal: Option<Vec<u8>>,
    signatures: Vec<Vec<u8>>,
}

impl Contents {
    fn gather(&mut self, bytes: &[u8], depth: usize) -> Result<(), Unopened> {
        for (number, packet) in PacketParser::new(bytes).enumerate() {
            if number >= MOST_INNER {
                return Err(Unopened::Damaged);
            }
            match packet.map_err(|_| Unopened::Damaged)? {
                Packet::CompressedData(data) if depth < DEEPEST => {
                    let inner = data.decompress().map_err(|_| Unopened::Damaged)?;
                    self.gather(&bounded(inner)?, depth.saturating_add(1))?;
                }
                Packet::LiteralData(literal) => self.text(&literal)?,
                Packet::Signature(signature) if self.signatures.len() < MOST_SIGNATURES => {
                    self.sign(signature)?;
                }
                Packet::OnePassSignature(_) | Packet::Marker(_) | Packet::Padding(_) => {}
                _ => return Err(Unopened::Damaged),
            }
        }
        Ok(())
    }

    fn text(&mut self, literal: &LiteralData) -> Result<(), Unopened> {
        let before = self.literal.replace(literal.data().to_vec());
        before.map_or(Ok(()), |_| Err(Unopened::Damaged))
    }

    fn sign(&mut self, signature: Signature) -> Result<(), Unopened> {
        let signature = pgp::composed::DetachedSignature::new(signature);
        let bytes = signature.to_bytes().map_err(|_| Unopened::Damaged)?;
        self.signatures.push(bytes);
        Ok(())
    }
}
