//! `GnuPG` makes the keys and judges the signatures, where it is installed.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use advisory::provider::Signer as _;
use counterparts::{
    SystemClock,
    openpgp::{OpenPgp, OpenPgpError},
};
use engine::Clock as _;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// A `GnuPG` of its own, in an empty folder.
struct Gpg {
    home: TempDir,
}

impl Gpg {
    fn new() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let gpg = Self { home };
        let there = Command::new("gpg").arg("--version").stdout(Stdio::null()).status();
        if there.is_ok_and(|status| status.success()) {
            return Some(gpg);
        }
        println!("skipped: gpg is not installed");
        None
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command.args(["--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback"]);
        command.arg("--homedir").arg(self.path()).args(arguments).current_dir(self.path());
        command.output().unwrap()
    }

    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "gpg {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A new key, with what `--quick-generate-key` takes after the name.
    fn key(&self, password: &str, how: &[&str]) -> String {
        let name = "Team <security@example.org>";
        self.done(&[&["--passphrase", password, "--quick-generate-key", name], how].concat());
        self.export(password)
    }

    fn export(&self, password: &str) -> String {
        self.done(&["--passphrase", password, "--armor", "--export-secret-keys"])
    }

    fn fingerprint(&self) -> String {
        let listed = self.done(&["--with-colons", "--list-keys"]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    /// Somebody who has the public key only.
    fn reader(public: &[u8]) -> Self {
        let reader = Self { home: tempfile::tempdir().unwrap() };
        fs::write(reader.path().join("key.asc"), public).unwrap();
        reader.done(&["--import", "key.asc"]);
        reader
    }

    /// Whether a reader finds the signature over the document good.
    fn verifies(public: &[u8], document: &[u8], signature: &[u8]) -> bool {
        let reader = Self::reader(public);
        fs::write(reader.path().join("document"), document).unwrap();
        fs::write(reader.path().join("document.asc"), signature).unwrap();
        reader.run(&["--verify", "document.asc", "document"]).status.success()
    }

    /// The text within a signature, where a reader finds it good.
    fn within(public: &[u8], signed: &str) -> Option<String> {
        let reader = Self::reader(public);
        fs::write(reader.path().join("text.asc"), signed).unwrap();
        let read = reader.run(&["--decrypt", "text.asc"]);
        read.status.success().then(|| String::from_utf8(read.stdout).unwrap())
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf")
            .arg("--homedir")
            .arg(self.path())
            .args(["--kill", "all"])
            .stderr(Stdio::null())
            .status();
    }
}

/// A little after the keys that were just made.
fn now() -> Timestamp {
    SystemClock.wall() + SignedDuration::from_secs(2)
}

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
    let fingerprint = gpg.fingerprint();
    let revocation = gpg.path().join(format!("openpgp-revocs.d/{fingerprint}.rev"));
    let text = fs::read_to_string(&revocation).unwrap().replace(":-----BEGIN", "-----BEGIN");
    fs::write(&revocation, text).unwrap();
    gpg.done(&["--import", revocation.to_str().unwrap()]);
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
