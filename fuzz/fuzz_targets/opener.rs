//! Any bytes may arrive as an encrypted message, or stand in one: whoever has the public key can encrypt
//! anything to it. So these are tried as they are, as packets around, and as packets inside.
#![no_main]

use std::sync::LazyLock;

use counterparts::openpgp::keyring::Keyring;
use data_encoding::BASE64;
use engine::ports::MailKeys as _;
use pgp::{
    composed::{
        ArmorOptions, EncryptionCaps, KeyType, RawSessionKey, SecretKeyParamsBuilder,
        SignedSecretKey, SubkeyParamsBuilder,
    },
    crypto::sym::SymmetricKeyAlgorithm,
    packet::{PacketTrait, PublicKeyEncryptedSessionKey, SymEncryptedProtectedData},
};
use rand::{SeedableRng, rngs::StdRng};

struct House {
    key: SignedSecretKey,
    ring: Keyring,
}

static HOUSE: LazyLock<House> = LazyLock::new(|| {
    let mut random = StdRng::seed_from_u64(1);
    let subkey = SubkeyParamsBuilder::default()
        .key_type(KeyType::X25519)
        .can_encrypt(EncryptionCaps::All)
        .build()
        .expect("a subkey");
    let key = SecretKeyParamsBuilder::default()
        .key_type(KeyType::Ed25519Legacy)
        .primary_user_id("Team <security@example.org>".into())
        .subkey(subkey)
        .build()
        .expect("a key")
        .generate(&mut random)
        .expect("a key");
    let armoured = key.to_armored_string(ArmorOptions::default()).expect("a key");
    let ring = Keyring::read(&armoured, "").expect("a key");
    House { key, ring }
});

fn armoured(bytes: &[u8]) -> String {
    let text = BASE64.encode(bytes);
    format!("-----BEGIN PGP MESSAGE-----\n\n{text}\n-----END PGP MESSAGE-----")
}

/// What the house gets when somebody encrypts these packets to it.
fn encrypted(packets: &[u8]) -> Option<Vec<u8>> {
    let (random, cipher) = (StdRng::seed_from_u64(2), SymmetricKeyAlgorithm::AES128);
    let session = RawSessionKey::from([7_u8; 16].as_slice());
    let subkey = HOUSE.key.secret_subkeys.first()?.key.public_key();
    let to = PublicKeyEncryptedSessionKey::from_session_key_v3(
        random.clone(),
        &session,
        cipher,
        subkey,
    );
    let data =
        SymEncryptedProtectedData::encrypt_seipdv1(random, cipher, session.as_ref(), packets);
    let mut message = Vec::new();
    to.ok()?.to_writer_with_header(&mut message).ok()?;
    data.ok()?.to_writer_with_header(&mut message).ok()?;
    Some(message)
}

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    let ring = &HOUSE.ring;
    let _ = ring.open(raw, None);
    assert!(ring.open(armoured(raw).as_bytes(), None).is_err());
    if let Some(message) = encrypted(raw)
        && let Ok(inside) = ring.open(armoured(&message).as_bytes(), None)
    {
        assert!(inside.content.len() <= engine::LARGEST_MAIL);
    }
    let (signature, key) = raw.split_at(raw.len() / 2);
    let _ = ring.judge(b"text", &[signature.to_vec()], &[key.to_vec()], jiff::Timestamp::UNIX_EPOCH);
});
