//! What `GnuPG` and Sequoia encrypt is opened; what anybody has changed is not.

#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    sync::LazyLock,
};

use case::opening::Standing;
use counterparts::openpgp::{OpenPgpError, keyring::Keyring};
use engine::ports::{MailKeys as _, Unopened, Unsealed};
use jiff::SignedDuration;
use pgp::armor::{self, BlockType, Dearmor};
use proptest::prelude::*;

use crate::gpg::{Gpg, now};

const TEXT: &[u8] = b"Content-Type: text/plain\r\n\r\nTwo slashes skip it.\r\n";
const PASSWORD: &str = "open it";

/// Whoever encrypts: they have the public key of a ring, and a key of their own.
struct Sender {
    gpg: Gpg,
}

impl Sender {
    fn to(team: &Gpg) -> Self {
        let gpg = Gpg::new().unwrap();
        let public = team.done(&["--armor", "--export"]);
        fs::write(gpg.path().join("team.asc"), public).unwrap();
        gpg.done(&["--import", "team.asc"]);
        let rita = "Rita <rita@example.net>";
        gpg.done(&["--passphrase", "", "--quick-generate-key", rita, "ed25519", "sign"]);
        Self { gpg }
    }

    fn public(&self) -> Vec<u8> {
        self.gpg.done(&["--armor", "--export", "rita@example.net"]).into_bytes()
    }

    fn fingerprint(&self) -> String {
        let listed = self.gpg.done(&["--with-colons", "--list-secret-keys"]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    fn encrypt(&self, content: &[u8], how: &[&str]) -> Vec<u8> {
        fs::write(self.gpg.path().join("content"), content).unwrap();
        let plain = ["--armor", "--trust-model", "always", "--output", "-"];
        let to = ["--recipient", "security@example.org"];
        let to = if how.contains(&"--hidden-recipient") { &[][..] } else { &to };
        let arguments = [&plain[..], to, how, &["--encrypt", "content"]].concat();
        self.gpg.done(&arguments).into_bytes()
    }
}

/// A team's key, and somebody who writes to it; made once.
struct Pair {
    team: Gpg,
    sender: Sender,
    ring: Keyring,
}

impl Pair {
    fn of(kind: &[&str]) -> Option<Self> {
        let team = Gpg::new()?;
        let ring = Keyring::read(&team.key("", kind), "").unwrap();
        let sender = Sender::to(&team);
        Some(Self { team, sender, ring })
    }
}

static PAIR: LazyLock<Option<Pair>> = LazyLock::new(|| Pair::of(&["future-default"]));

fn open(ring: &Keyring, message: &[u8]) -> Result<Unsealed, Unopened> {
    ring.open(message, None)
}

fn bytes(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut dearmor = Dearmor::new(message);
    dearmor.read_header().unwrap();
    std::io::Read::read_to_end(&mut dearmor, &mut bytes).unwrap();
    bytes
}

struct Raw<'a>(&'a [u8]);

impl pgp::ser::Serialize for Raw<'_> {
    fn to_writer<W: std::io::Write>(&self, writer: &mut W) -> pgp::errors::Result<()> {
        writer.write_all(self.0)?;
        Ok(())
    }
    fn write_len(&self) -> usize {
        self.0.len()
    }
}

fn armoured(bytes: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    armor::write(&Raw(bytes), BlockType::Message, &mut message, None, false).unwrap();
    message
}

/// Where the packets of a message begin, and their tags.
fn packets(bytes: &[u8]) -> Vec<(usize, u8)> {
    let (mut at, mut found) = (0, Vec::new());
    while at < bytes.len() {
        let head = bytes[at];
        let byte = |number: usize| usize::from(bytes[at + number]);
        let (tag, header, length) = if head & 0x40 == 0 {
            let length = match head & 3 {
                0 => (2, byte(1)),
                1 => (3, byte(1) << 8 | byte(2)),
                _ => (5, byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4)),
            };
            (head >> 2 & 0xF, length.0, length.1)
        } else if byte(1) < 192 {
            (head & 0x3F, 2, byte(1))
        } else if byte(1) < 224 {
            (head & 0x3F, 3, ((byte(1) - 192) << 8) + byte(2) + 192)
        } else {
            (head & 0x3F, 6, byte(2) << 24 | byte(3) << 16 | byte(4) << 8 | byte(5))
        };
        found.push((at, tag));
        at += header + length;
    }
    found
}

#[test]
fn what_gpg_encrypts_is_opened_and_its_signature_judged() {
    for kind in [&["default"][..], &["future-default"]] {
        let Some(pair) = Pair::of(kind) else { return };
        let Pair { team, sender, ring } = &pair;
        for how in
            [&[][..], &["-z", "0"], &["--compress-algo", "zlib"], &["--compress-algo", "zip"]]
        {
            let plain = open(ring, &sender.encrypt(TEXT, how)).unwrap();
            assert_eq!(plain.key, team.fingerprint(), "{kind:?}");
            assert_eq!(plain.content, TEXT);
            assert!(plain.signatures.is_empty());

            let how = [how, &["--sign", "--local-user", "rita@example.net"]].concat();
            let signed = open(ring, &sender.encrypt(TEXT, &how)).unwrap();
            assert_eq!(signed.content, TEXT);
            let judged = |content: &[u8], keys: &[Vec<u8>]| {
                ring.judge(content, &signed.signatures, keys, now())
            };
            let good = Standing::Good { key: sender.fingerprint() };
            assert_eq!(judged(TEXT, &[sender.public()]), good, "{kind:?} {how:?}");
            assert_eq!(judged(b"another", &[sender.public()]), Standing::Bad);
            let unknown = Standing::UnknownKey { key: Some(sender.fingerprint()) };
            assert_eq!(judged(TEXT, &[]), unknown);
            let other = team.done(&["--armor", "--export"]).into_bytes();
            assert_eq!(judged(TEXT, &[other, b"no key".to_vec()]), unknown);
        }
    }
}

#[test]
fn what_sequoia_encrypts_is_opened() {
    let Some(pair) = &*PAIR else { return };
    let there = Command::new("sqop").arg("version").stdout(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        println!("skipped: sqop is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sqop = |arguments: &[&str], input: &[u8]| {
        let mut command = Command::new("sqop");
        command.args(arguments).current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "sqop {arguments:?}");
        output.stdout
    };
    let team = pair.team.done(&["--armor", "--export"]);
    fs::write(folder.path().join("team.asc"), team).unwrap();
    let key = sqop(&["generate-key", "Rita <rita@example.net>"], b"");
    let public = sqop(&["extract-cert"], &key);
    fs::write(folder.path().join("rita.key"), &key).unwrap();
    let plain = open(&pair.ring, &sqop(&["encrypt", "team.asc"], TEXT)).unwrap();
    assert_eq!((plain.content.as_slice(), plain.signatures.len()), (TEXT, 0));
    let message = sqop(&["encrypt", "--sign-with=rita.key", "team.asc"], TEXT);
    let signed = open(&pair.ring, &message).unwrap();
    let judged = pair.ring.judge(TEXT, &signed.signatures, &[public], now());
    assert!(matches!(judged, Standing::Good { .. }), "{judged:?}");
}

#[test]
fn keys_that_do_not_fit_open_nothing() {
    let (Some(pair), Some(team)) = (&*PAIR, Gpg::new()) else { return };
    let other = Keyring::read(&team.key("", &["future-default"]), "").unwrap();
    let message = pair.sender.encrypt(TEXT, &[]);
    assert_eq!(open(&other, &message).err(), Some(Unopened::NoKey));
    let hidden = pair.sender.encrypt(TEXT, &["--hidden-recipient", "security@example.org"]);
    assert_eq!(open(&other, &hidden).err(), Some(Unopened::NoKey));
    assert_eq!(open(&pair.ring, &hidden).unwrap().content, TEXT);
    fs::write(pair.sender.gpg.path().join("text"), TEXT).unwrap();
    let symmetric = ["--passphrase", "x", "--armor", "--output", "-", "--symmetric", "text"];
    let password_only = pair.sender.gpg.done(&symmetric);
    assert_eq!(open(&pair.ring, password_only.as_bytes()).err(), Some(Unopened::NoKey));
}

#[test]
fn only_the_keys_of_these_addresses_are_tried() {
    let Some(pair) = &*PAIR else { return };
    let message = pair.sender.encrypt(TEXT, &[]);
    let to = |address: &str| {
        let addresses = BTreeSet::from([address.parse().unwrap()]);
        pair.ring.open(&message, Some(&addresses)).map(|unsealed| unsealed.content)
    };
    assert_eq!(to("security@example.org"), Ok(TEXT.to_vec()));
    assert_eq!(to("other@example.org"), Err(Unopened::NoKey));
}

#[test]
fn a_file_holds_old_keys_and_new_ones_and_wants_its_password() {
    let (Some(old), Some(new)) = (Gpg::new(), Gpg::new()) else { return };
    let both =
        format!("{}\n{}", old.key(PASSWORD, &["rsa2048"]), new.key(PASSWORD, &["future-default"]));
    assert_eq!(
        Keyring::read(&both, "").unwrap_err(),
        OpenPgpError::CannotDecrypt,
        "rsa2048 only signs"
    );
    old.done(&[
        "--passphrase",
        PASSWORD,
        "--quick-add-key",
        &old.fingerprint(),
        "rsa2048",
        "encr",
        "1d",
    ]);
    let both = format!("{}\n{}", old.export(PASSWORD), new.export(PASSWORD));
    assert_eq!(Keyring::read(&both, "open  it").unwrap_err(), OpenPgpError::Password);
    let ring = Keyring::read(&both, PASSWORD).unwrap();
    let known = [old.fingerprint(), new.fingerprint()];
    assert_eq!(format!("{ring:?}"), format!("Keyring({})", known.join(", ")));
    for team in [old, new] {
        let message = Sender::to(&team).encrypt(TEXT, &[]);
        let opened = open(&ring, &message).unwrap();
        assert_eq!((opened.key, opened.content.as_slice()), (team.fingerprint(), TEXT));
    }
    for text in ["", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n", "no key"] {
        assert_eq!(Keyring::read(text, "").unwrap_err(), OpenPgpError::NotAKey);
    }
}

#[test]
fn outdated_signatures_prove_nothing() {
    let Some(pair) = &*PAIR else { return };
    let sign = ["--sign", "--local-user", "rita@example.net", "--digest-algo", "SHA1"];
    let message = pair.sender.encrypt(TEXT, &sign);
    let opened = open(&pair.ring, &message).unwrap();
    let judged = pair.ring.judge(TEXT, &opened.signatures, &[pair.sender.public()], now());
    assert_eq!((opened.content.as_slice(), judged), (TEXT, Standing::Bad));
}

#[test]
fn a_key_that_has_run_out_proves_nothing() {
    let Some(pair) = Pair::of(&["future-default"]) else { return };
    let gpg = &pair.sender.gpg;
    gpg.done(&["--quick-set-expire", &pair.sender.fingerprint(), "2d"]);
    let sign = ["--sign", "--local-user", "rita@example.net"];
    let opened = open(&pair.ring, &pair.sender.encrypt(TEXT, &sign)).unwrap();
    let keys = [pair.sender.public()];
    let judged = |days: i64| {
        let at = now() + SignedDuration::from_hours(24 * days);
        pair.ring.judge(TEXT, &opened.signatures, &keys, at)
    };
    assert!(matches!(judged(1), Standing::Good { .. }));
    assert_eq!(judged(3), Standing::Bad);
}

#[test]
fn a_message_that_lost_its_protection_is_not_opened() {
    let Some(pair) = &*PAIR else { return };
    // The way from data with a code over it to data without (EFAIL): another tag, no version.
    let whole = bytes(&pair.sender.encrypt(TEXT, &["-z", "0"]));
    let (at, tag) = packets(&whole)[1];
    assert_eq!(tag, 18);
    let (header, body) = (&whole[..at], &whole[at + 3..]);
    for (tag, body) in [(9, body), (18, &whole[at + 2..])] {
        let length = u8::try_from(body.len()).unwrap();
        let made = [header, &[0xC0 | tag, length], body].concat();
        let opened = open(&pair.ring, &armoured(&made));
        if tag == 18 {
            assert_eq!(opened.unwrap().content, TEXT, "the packets are put together rightly");
        } else {
            assert_eq!(opened.err(), Some(Unopened::Damaged));
        }
    }
}

#[test]
fn nothing_stands_beside_the_message() {
    let Some(pair) = &*PAIR else { return };
    let message = pair.sender.encrypt(TEXT, &[]);
    let text = String::from_utf8(message.clone()).unwrap();
    for beside in [format!("see\n{text}"), format!("{text}\nRita"), format!("{text}{text}")] {
        assert_eq!(open(&pair.ring, beside.as_bytes()).err(), Some(Unopened::Damaged));
    }
    let whole = bytes(&message);
    assert_eq!(open(&pair.ring, &armoured(&whole)).unwrap().content, TEXT);
    let literal = [0xCB, 8, b'b', 0, 0, 0, 0, 0, b'h', b'i'];
    for both in [[&whole[..], &literal].concat(), [&literal, &whole[..]].concat()] {
        assert_eq!(open(&pair.ring, &armoured(&both)).err(), Some(Unopened::Damaged));
    }
    assert_eq!(
        open(&pair.ring, &armoured(&literal)).err(),
        Some(Unopened::Damaged),
        "not encrypted"
    );
}

#[test]
fn a_message_that_would_fill_the_house_is_not_opened() {
    let Some(pair) = &*PAIR else { return };
    let most = vec![0; engine::LARGEST_MAIL];
    let bomb = pair.sender.encrypt(&[&most[..], &[0]].concat(), &["--compress-algo", "zlib"]);
    assert!(bomb.len() < 100_000, "{}", bomb.len());
    assert_eq!(open(&pair.ring, &bomb).err(), Some(Unopened::Damaged));
}

#[test]
fn layers_lie_only_so_deep() {
    let Some(pair) = &*PAIR else { return };
    let raw = |packets: &[u8]| pair.sender.encrypt(packets, &["-z", "0", "--no-literal"]);
    let literal = [&[0xCB, 8, b'b', 0, 0, 0, 0, 0][..], b"hi"].concat();
    // A compressed packet that is not compressed.
    let wrapped = |inner: &[u8]| {
        let length = u8::try_from(inner.len() + 1).unwrap();
        [&[0xC8, length, 0][..], inner].concat()
    };
    let layers = |count| (0..count).fold(literal.clone(), |inner, _| wrapped(&inner));
    assert_eq!(open(&pair.ring, &raw(&layers(4))).unwrap().content, b"hi");
    for odd in [
        layers(5),
        [&literal[..], &literal].concat(),
        wrapped(&[&literal[..], &literal].concat()),
        b"".to_vec(),
        bytes(&pair.sender.encrypt(TEXT, &[])),
        [[0xCA, 3, b'P', b'G', b'P'].repeat(64), literal.clone()].concat(),
    ] {
        assert_eq!(open(&pair.ring, &raw(&odd)).err(), Some(Unopened::Damaged));
    }
}

#[test]
fn ten_thousand_recipients_hide_no_other() {
    let Some(pair) = &*PAIR else { return };
    let whole = bytes(&pair.sender.encrypt(TEXT, &[]));
    let data = packets(&whole)[1].0;
    let (ours, data) = whole.split_at(data);
    let mut others = ours.to_vec();
    others[3..11].copy_from_slice(b"somebody");
    let many = [others.repeat(9_999), ours.to_vec(), data.to_vec()].concat();
    assert_eq!(open(&pair.ring, &armoured(&many)).unwrap().content, TEXT);
    // Of those that do not say for whom they are, only so many are tried.
    others[3..11].fill(0);
    *others.last_mut().unwrap() ^= 1;
    for (count, opened) in [(63, true), (64, false), (9_999, false)] {
        let many = [others.repeat(count), ours.to_vec(), data.to_vec()].concat();
        assert_eq!(open(&pair.ring, &armoured(&many)).is_ok(), opened, "{count}");
    }
}

#[test]
fn a_message_that_ends_early_is_not_opened() {
    let Some(pair) = &*PAIR else { return };
    let whole = bytes(&pair.sender.encrypt(TEXT, &[]));
    for end in 0..whole.len() {
        assert!(open(&pair.ring, &armoured(&whole[..end])).is_err(), "{end} of {}", whole.len());
    }
}

static SEALED: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    let sign = ["--sign", "--local-user", "rita@example.net", "-z", "0"];
    PAIR.as_ref().map(|pair| pair.sender.encrypt(TEXT, &sign))
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_changed_it_says_what_was_written_or_nothing(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
        inside in any::<bool>(),
    ) {
        let Some((pair, sealed)) = PAIR.as_ref().zip(SEALED.as_ref()) else { return Ok(()) };
        let mut message = if inside { bytes(sealed) } else { sealed.clone() };
        for (at, with) in flips {
            let at = at.index(message.len());
            message[at] ^= with;
        }
        let message = if inside { armoured(&message) } else { message };
        if let Ok(opened) = open(&pair.ring, &message) {
            prop_assert_eq!(opened.content, TEXT);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(junk in prop::collection::vec(any::<u8>(), 0..600)) {
        let Some(pair) = &*PAIR else { return Ok(()) };
        prop_assert!(open(&pair.ring, &armoured(&junk)).is_err());
        prop_assert!(open(&pair.ring, &junk).is_err());
        let _ = pair.ring.judge(&junk, std::slice::from_ref(&junk), std::slice::from_ref(&junk), now());
    }
}
