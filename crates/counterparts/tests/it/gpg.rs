//! `GnuPG`, as a test uses it.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use counterparts::SystemClock;
use engine::Clock as _;
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// A `GnuPG` of its own, in an empty folder.
pub(crate) struct Gpg {
    home: TempDir,
}

impl Gpg {
    pub(crate) fn new() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let gpg = Self { home };
        let there = Command::new("gpg").arg("--version").stdout(Stdio::null()).status();
        if there.is_ok_and(|status| status.success()) {
            return Some(gpg);
        }
        println!("skipped: gpg is not installed");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("gpg");
        command.args(["--batch", "--yes", "--no-tty", "--pinentry-mode", "loopback"]);
        command.arg("--homedir").arg(self.path()).args(arguments).current_dir(self.path());
        command.output().unwrap()
    }

    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "gpg {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A new key, with what `--quick-generate-key` takes after the name.
    pub(crate) fn key(&self, password: &str, how: &[&str]) -> String {
        self.key_of("Team <security@example.org>", password, how)
    }

    pub(crate) fn key_of(&self, name: &str, password: &str, how: &[&str]) -> String {
        self.done(&[&["--passphrase", password, "--quick-generate-key", name], how].concat());
        self.export(password)
    }

    pub(crate) fn export_of(&self, name: &str, password: &str) -> String {
        self.done(&["--passphrase", password, "--armor", "--export-secret-keys", name])
    }

    pub(crate) fn import(&self, armoured: &str) {
        fs::write(self.path().join("import.asc"), armoured).unwrap();
        self.done(&["--import", "import.asc"]);
    }

    pub(crate) fn export(&self, password: &str) -> String {
        self.done(&["--passphrase", password, "--armor", "--export-secret-keys"])
    }

    pub(crate) fn fingerprint(&self) -> String {
        first_fingerprint(&self.done(&["--with-colons", "--list-keys"]))
    }

    pub(crate) fn fingerprint_of(&self, name: &str) -> String {
        first_fingerprint(&self.done(&["--with-colons", "--list-keys", name]))
    }

    /// Its owner takes the one key back.
    pub(crate) fn revoke(&self) {
        let revocation = self.path().join(format!("openpgp-revocs.d/{}.rev", self.fingerprint()));
        let text = fs::read_to_string(&revocation).unwrap().replace(":-----BEGIN", "-----BEGIN");
        self.import(&text);
    }

    /// What is inside of a message, and what it says of it; otherwise why not.
    pub(crate) fn opened(&self, message: &str) -> Result<(String, String), String> {
        fs::write(self.path().join("message.asc"), message).unwrap();
        let how = ["--status-fd", "2", "--trust-model", "always", "--decrypt", "message.asc"];
        let read = self.run(&how);
        let said = String::from_utf8_lossy(&read.stderr).into_owned();
        if read.status.success() {
            Ok((String::from_utf8(read.stdout).unwrap(), said))
        } else {
            Err(said)
        }
    }

    /// Whether this one finds a signature over a document good.
    pub(crate) fn finds_good(&self, document: &[u8], signature: &str) -> bool {
        fs::write(self.path().join("document"), document).unwrap();
        fs::write(self.path().join("document.asc"), signature).unwrap();
        self.run(&["--verify", "document.asc", "document"]).status.success()
    }

    /// Somebody who has the public key only.
    fn reader(public: &[u8]) -> Self {
        let reader = Self { home: tempfile::tempdir().unwrap() };
        reader.import(std::str::from_utf8(public).unwrap());
        reader
    }

    /// Whether a reader finds the signature over the document good.
    pub(crate) fn verifies(public: &[u8], document: &[u8], signature: &[u8]) -> bool {
        let reader = Self::reader(public);
        reader.finds_good(document, std::str::from_utf8(signature).unwrap())
    }

    /// The text within a signature, where a reader finds it good.
    pub(crate) fn within(public: &[u8], signed: &str) -> Option<String> {
        let reader = Self::reader(public);
        fs::write(reader.path().join("text.asc"), signed).unwrap();
        let read = reader.run(&["--decrypt", "text.asc"]);
        read.status.success().then(|| String::from_utf8(read.stdout).unwrap())
    }
}

fn first_fingerprint(listed: &str) -> String {
    let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
    line.split(':').nth(9).unwrap().to_owned()
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
pub(crate) fn now() -> Timestamp {
    SystemClock.wall() + SignedDuration::from_secs(2)
}
