//! `GnuPG` makes the keys and judges the signatures, where it is installed.

#![cfg(test)]

use advisory::provider::Signer as _;
use counterparts::openpgp::{OpenPgp, OpenPgpError};
use jiff::SignedDuration;

use crate::gpg::{Gpg, now};

const DOCUMENT: &[u8] = b"{\"document\": \"\r\n\"}\n";

#[test]
fn gpg_takes_what_keys_of_every_usual_kind_sign() {
    for how in [&["ed25519", "sign"][..], &["rsa3072", "sign"], &["nistp256", "sign"], &["default"]]
    {
        let Some(gpg) = Gpg::new() else { return };
        let key = OpenPgp::read(&gpg.key("", how), "", now()).unwrap();
        assert_eq!(key.fingerprint(), gpg.fingerprint(), "{how:?}");
        let long_ago = "2021-07-22T15:00:00Z".parse().unwrap();
        for at in [now(), long_ago] {
            let signature = key.sign(DOCUMENT, at).unwrap();
            assert_eq!(signature, key.sign(DOCUMENT, at).unwrap(), "{how:?}: the same each time");
            assert!(Gpg::verifies(&key.public_key(), DOCUMENT, &signature), "{how:?} at {at}");
            assert!(!Gpg::verifies(&key.public_key(), b"another", &signature), "{how:?} at {at}");
        }
    }
}

#[test]
fn gpg_reads_the_text_within_a_signature() {
    let text = "Contact: mailto:a@example.org\n-dash\n\nExpires: 2021-07-22T15:00:00Z\n";
    for how in [&["ed25519", "sign"][..], &["rsa3072", "sign"], &["default"]] {
        let Some(gpg) = Gpg::new() else { return };
        let key = OpenPgp::read(&gpg.key("", how), "", now()).unwrap();
        let signed = key.sign_text(text, now()).unwrap();
        assert!(
            signed.starts_with("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nContact: ")
        );
        assert!(signed.ends_with("-----END PGP SIGNATURE-----\n"), "{signed}");
        let read = |signed: &str| Gpg::within(&key.public_key(), signed);
        assert_eq!(read(&signed).as_deref(), Some(text), "{how:?}\n{signed}");
        assert_eq!(read(&signed.replace("a@example.org", "b@example.org")), None, "{how:?}");
    }
}

#[test]
fn the_public_key_holds_no_secret() {
    let Some(gpg) = Gpg::new() else { return };
    let key = OpenPgp::read(&gpg.key("", &["ed25519", "sign"]), "", now()).unwrap();
    let public = String::from_utf8(key.public_key()).unwrap();
    assert!(public.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----"), "{public}");
    assert_eq!(OpenPgp::read(&public, "", now()).unwrap_err(), OpenPgpError::NotAKey);
    assert_eq!(format!("{key:?}"), format!("OpenPgp({})", gpg.fingerprint()));
}

#[test]
fn a_subkey_signs_where_there_is_one() {
    let Some(gpg) = Gpg::new() else { return };
    gpg.key("", &["ed25519", "cert"]);
    assert_eq!(
        OpenPgp::read(&gpg.export(""), "", now()).unwrap_err(),
        OpenPgpError::CannotSign,
        "a key that only certifies"
    );
    gpg.done(&["--passphrase", "", "--quick-add-key", &gpg.fingerprint(), "cv25519", "encr"]);
    assert_eq!(OpenPgp::read(&gpg.export(""), "", now()).unwrap_err(), OpenPgpError::CannotSign);
    gpg.done(&["--passphrase", "", "--quick-add-key", &gpg.fingerprint(), "ed25519", "sign"]);
    let key = OpenPgp::read(&gpg.export(""), "", now()).unwrap();
    let signature = key.sign(DOCUMENT, now()).unwrap();
    assert!(Gpg::verifies(&key.public_key(), DOCUMENT, &signature));
    assert_eq!(key.fingerprint(), gpg.fingerprint(), "readers know the key, not its part");
}

#[test]
fn a_locked_key_wants_its_password() {
    let Some(gpg) = Gpg::new() else { return };
    let armoured = gpg.key("open it", &["ed25519", "sign"]);
    for wrong in ["", "open  it"] {
        let error = OpenPgp::read(&armoured, wrong, now()).unwrap_err();
        assert_eq!(error, OpenPgpError::Password);
    }
    let key = OpenPgp::read(&armoured, "open it", now()).unwrap();
    let signature = key.sign(DOCUMENT, now()).unwrap();
    assert!(Gpg::verifies(&key.public_key(), DOCUMENT, &signature));
}

#[test]
fn a_key_that_has_run_out_or_was_taken_back_signs_nothing() {
    let Some(gpg) = Gpg::new() else { return };
    let armoured = gpg.key("", &["ed25519", "sign", "5d"]);
    assert!(OpenPgp::read(&armoured, "", now()).is_ok());
    let later = now() + SignedDuration::from_hours(24 * 6);
    assert_eq!(OpenPgp::read(&armoured, "", later).unwrap_err(), OpenPgpError::Expired);
    gpg.revoke();
    assert_eq!(OpenPgp::read(&gpg.export(""), "", now()).unwrap_err(), OpenPgpError::Revoked);
}

#[test]
fn what_is_no_key_is_refused() {
    for text in [
        "",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n",
        "-----BEGIN PGP MESSAGE-----\n\n////\n-----END PGP MESSAGE-----\n",
        &"ä".repeat(2 * 1024 * 1024),
    ] {
        assert_eq!(OpenPgp::read(text, "", now()).unwrap_err(), OpenPgpError::NotAKey);
    }
}
