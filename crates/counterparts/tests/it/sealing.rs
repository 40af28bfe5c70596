//! Mail that is encrypted and signed here is opened and judged by `GnuPG` and by Sequoia, where they are
//! installed; whoever lacks the key, or gets a mail that somebody has changed, reads nothing.

#![cfg(test)]

use std::{
    fs,
    process::{Command, Stdio},
    sync::LazyLock,
};

use case::{
    ActId, PersonId,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    opening::Standing,
    sealing::{Certificate, Seal},
};
use counterparts::{
    mail::sealer::Sealer,
    openpgp::{OpenPgpError, certificate::Recipient as Key, keyring::Keyring},
};
use engine::{
    message_id,
    ports::{Call, MailKeys as _, SealedMail, Sealing, Seals as _, Unopened},
    read_mail,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::gpg::{Gpg, now};

const BODY: &str = "Two slashes skip it.\n\n.\n-- \nFrom here on: caf\u{e9} \n--=_07\nbye\n";
const SUBJECT: &str = "Slashes \u{2014} and what they skip";
const OUTER: &str = "[vs] [...]";

/// A mail to Rita, as a call of the engine has it.
fn plan(seal: Seal, subject: &str, body: &str) -> Plan {
    let person = PersonId([3; 16]);
    let mailbox = "rita@example.net".parse().unwrap();
    Plan {
        kind: ActKind::TellReporter { person, topic: Topic::Other },
        to: vec![Recipient::Person { person, mailbox, seal: Some(seal) }],
        payload: Payload::Message { subject: subject.into(), body: body.into() },
        under: None,
    }
}

fn sealed(
    sealer: &Sealer,
    key: Option<&Certificate>,
    (subject, body): (&str, &str),
    seed: u8,
) -> Result<SealedMail, String> {
    let seal = key.map_or(Seal::Signed, |key| Seal::Encrypted { key: key.fingerprint.clone() });
    let (plan, from) = (plan(seal, subject, body), "security@example.org".parse().unwrap());
    let (act, thread) = (ActId([7; 16]), Some(ActId([9; 16])));
    let (from, posting) = (Some(&from), None);
    let call = Call { act, plan: &plan, from, thread, posting, sealed: None };
    let sealing = Sealing { key, subject: OUTER, at: at(), seed: [seed; 32] };
    sealer.seal(&call, &sealing)
}

/// When all of it is sent: after the keys were made, and after those of a few minutes have run out.
fn at() -> Timestamp {
    static AT: LazyLock<Timestamp> = LazyLock::new(|| now() + SignedDuration::from_mins(15));
    *AT
}

fn text(mail: &SealedMail) -> &str {
    std::str::from_utf8(&mail.mail).unwrap()
}

/// The block that a mail holds.
fn block<'a>(mail: &'a str, kind: &str) -> &'a str {
    let (begin, end) = (format!("-----BEGIN PGP {kind}-----"), format!("-----END PGP {kind}-----"));
    let from = mail.find(&begin).unwrap();
    let to = mail.find(&end).unwrap() + end.len();
    &mail[from..to]
}

/// A team that signs and reads, and Rita, each with a `GnuPG` of their own.
struct Pair {
    team: Gpg,
    rita: Gpg,
    sealer: Sealer,
    /// The team's keys, and Rita's.
    rings: [Keyring; 2],
    key: Certificate,
    /// The team's public key, and its fingerprint.
    public: Vec<u8>,
    signer: String,
}

impl Pair {
    fn of(kind: &[&str]) -> Option<Self> {
        let (team, rita) = (Gpg::new()?, Gpg::new()?);
        let secret = team.key("", kind);
        let of_rita = rita.key_of("Rita <rita@example.net>", "", kind);
        let sealer = Sealer::with_keys(&secret, "", now()).unwrap();
        let key = pinned(&rita).unwrap();
        let public = team.done(&["--armor", "--export"]);
        rita.import(&public);
        let rings = [&secret, &of_rita].map(|secret| Keyring::read(secret, "").unwrap());
        let (public, signer) = (public.into_bytes(), team.fingerprint());
        Some(Self { team, rita, sealer, rings, key, public, signer })
    }
}

fn pinned(gpg: &Gpg) -> Result<Certificate, String> {
    Sealer::default().certificate(&gpg.done(&["--armor", "--export"]), now())
}

static PAIR: LazyLock<Option<Pair>> = LazyLock::new(|| Pair::of(&["future-default"]));

#[test]
fn gpg_opens_what_is_sealed_here_and_finds_the_signature_good() {
    for kind in [&["default"][..], &["future-default"]] {
        let Some(Pair { team, rita, sealer, key, .. }) = &Pair::of(kind) else { return };
        let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
        assert_eq!(mail.keys, [rita.fingerprint_of("rita"), team.fingerprint()], "{kind:?}");
        assert_eq!(mail.signer, Some(team.fingerprint()));
        let message = block(text(&mail), "MESSAGE");
        let (inside, said) = rita.opened(message).unwrap();
        assert!(said.contains("GOODSIG") && said.contains("DECRYPTION_OKAY"), "{kind:?}: {said}");
        assert!(said.contains("GOODMDC"), "{kind:?}: {said}");
        let read = read_mail(inside.as_bytes()).unwrap();
        assert_eq!((read.subject.as_str(), read.text.as_str()), (SUBJECT, crlf(BODY).as_str()));
        // The team reads what it sent.
        assert_eq!(team.opened(message).unwrap().0, inside, "{kind:?}");
        // Nobody else does.
        let eve = Gpg::new().unwrap();
        eve.key_of("Eve <eve@example.net>", "", kind);
        assert!(eve.opened(message).is_err(), "{kind:?}");
    }
}

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// A program of Sequoia's, how it says that it is there, and how it opens a mail that the team signed.
const SEQUOIA: [(&str, &str, &[&str]); 2] = [
    (
        "sqop",
        "version",
        &["decrypt", "--verify-with=team.cert", "--verifications-out=who", "rita.key"],
    ),
    ("sq", "--version", &["decrypt", "--signer-cert=team.cert", "--recipient-key=rita.key"]),
];

#[test]
fn sequoia_opens_what_is_sealed_here_and_finds_the_signature_good() {
    let Some(Pair { team, rita, sealer, key, .. }) = &*PAIR else { return };
    let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    file("mail.asc", block(text(&mail), "MESSAGE").as_bytes());
    file("rita.key", rita.export_of("rita@example.net", "").as_bytes());
    file("team.cert", team.done(&["--armor", "--export"]).as_bytes());
    for (program, version, arguments) in SEQUOIA {
        let there = Command::new(program).arg(version).stdout(Stdio::null()).status();
        if !there.is_ok_and(|status| status.success()) {
            println!("skipped: {program} is not installed");
            continue;
        }
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.path());
        let input = fs::File::open(folder.path().join("mail.asc")).unwrap();
        let opened = command.stdin(input).output().unwrap();
        assert!(opened.status.success(), "{program}: {opened:?}");
        let read = read_mail(&opened.stdout).unwrap();
        assert_eq!((read.subject.as_str(), read.text.as_str()), (SUBJECT, crlf(BODY).as_str()));
        // The other one says whose a signature is to people alone, and fails where it is not the team's.
        if program == "sqop" {
            let who = fs::read_to_string(folder.path().join("who")).unwrap();
            assert!(who.contains(&team.fingerprint()), "{who}");
        }
    }
}

#[test]
fn what_stands_outside_tells_nothing() {
    let Some(Pair { sealer, key, .. }) = &*PAIR else { return };
    let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
    let (head, rest) = text(&mail).split_once("\r\n\r\n").unwrap();
    let id = message_id(ActId([7; 16]));
    for line in [
        "From: <security@example.org>",
        "To: <rita@example.net>",
        "Subject: [vs] [...]",
        &format!("Message-ID: <{id}>"),
        &format!("In-Reply-To: <{}>", message_id(ActId([9; 16]))),
        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";",
    ] {
        assert!(head.split("\r\n").any(|it| it == line), "{line}: {head}");
    }
    assert!(!text(&mail).contains("lashes") && !text(&mail).contains("Bcc"), "{head}");
    assert!(rest.contains("Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--"));
    assert!(rest.ends_with("--\r\n"));
    let read = read_mail(&mail.mail).unwrap();
    assert!(read.encrypted && read.subject == OUTER, "{read:?}");
}

#[test]
fn the_header_is_protected_too() {
    let Some(Pair { sealer, key, rings, .. }) = &*PAIR else { return };
    let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
    let opened = rings[1].open(block(text(&mail), "MESSAGE").as_bytes(), None).unwrap();
    let inside = String::from_utf8(opened.content).unwrap();
    let (head, _) = inside.split_once("\r\n\r\n").unwrap();
    for line in [
        "From: <security@example.org>",
        "To: <rita@example.net>",
        "HP-Outer: Subject: [vs] [...]",
        "HP-Outer: To: <rita@example.net>",
        "Content-Type: text/plain; charset=utf-8;",
        " protected-headers=\"v1\"; hp=\"cipher\"",
    ] {
        assert!(head.split("\r\n").any(|it| it == line), "{line}: {head}");
    }
}

#[test]
fn the_same_seed_makes_the_same_mail_and_another_another() {
    let Some(Pair { sealer, key, rita, .. }) = &*PAIR else { return };
    let made = |seed| sealed(sealer, Some(key), (SUBJECT, BODY), seed).unwrap();
    let (first, same, other) = (made(1), made(1), made(2));
    assert!(first.mail == same.mail);
    let data = |mail: &SealedMail| block(text(mail), "MESSAGE").to_owned();
    assert_ne!(data(&first), data(&other));
    let (one, two) = (rita.opened(&data(&first)).unwrap().0, rita.opened(&data(&other)).unwrap().0);
    assert_eq!(one, two);
}

#[test]
fn gpg_finds_a_signed_mail_good_until_a_letter_is_changed() {
    for kind in [&["default"][..], &["future-default"]] {
        let Some(Pair { rita, sealer, team, .. }) = &Pair::of(kind) else { return };
        let mail = sealed(sealer, None, (SUBJECT, BODY), 1).unwrap();
        assert_eq!((mail.keys.len(), mail.signer.clone()), (0, Some(team.fingerprint())));
        let read = read_mail(&mail.mail).unwrap();
        assert_eq!((read.subject.as_str(), read.text.as_str()), (SUBJECT, crlf(BODY).as_str()));
        assert!(!read.encrypted);
        let line = format!("--=_{}", ActId([7; 16]));
        let (before, rest) = text(&mail).split_once(&format!("{line}\r\n")).unwrap();
        assert!(before.contains("micalg=\"pgp-sha512\""), "{before}");
        let (part, rest) = rest.split_once(&format!("\r\n{line}\r\n")).unwrap();
        assert!(part.contains("hp=\"clear\"") && !part.contains("HP-Outer"), "{part}");
        let good = |part: &str| rita.finds_good(part.as_bytes(), block(rest, "SIGNATURE"));
        assert!(good(part), "{kind:?}");
        assert!(!good(&part.replace("Two", "Tvo")), "{kind:?}");
        assert!(!good(&part.replace("Subject: ", "Subject:  ")), "{kind:?}");
        assert!(!good(&part.replace("\r\n", "\n")), "{kind:?}");
    }
}

#[test]
fn a_key_may_encrypt_without_any_part() {
    let (Some(Pair { sealer, public, .. }), Some(gpg)) = (&*PAIR, Gpg::new()) else { return };
    gpg.key_of("Rita <rita@example.net>", "", &["rsa2048", "encr"]);
    let key = pinned(&gpg).unwrap();
    assert_eq!(key.uses, ["certifies", "encrypts"]);
    let mail = sealed(sealer, Some(&key), (SUBJECT, BODY), 1).unwrap();
    gpg.import(std::str::from_utf8(public).unwrap());
    let (inside, _) = gpg.opened(block(text(&mail), "MESSAGE")).unwrap();
    assert_eq!(read_mail(inside.as_bytes()).unwrap().text, crlf(BODY));
}

#[test]
fn a_certificate_says_what_it_can() {
    let Some(gpg) = Gpg::new() else { return };
    gpg.key_of("Rita <rita@example.net>", "", &["future-default", "default", "10d"]);
    let key = pinned(&gpg).unwrap();
    assert_eq!(key.fingerprint, gpg.fingerprint());
    assert_eq!(key.names, ["Rita <rita@example.net>"]);
    assert_eq!(key.uses, ["certifies", "signs", "encrypts"]);
    let left = key.until.unwrap().duration_since(now());
    assert!((SignedDuration::from_hours(239)..SignedDuration::from_hours(241)).contains(&left));
    assert!(key.holds(now()) && !key.holds(now() + SignedDuration::from_hours(241)));
}

#[test]
fn what_can_not_be_encrypted_to_is_not_pinned() {
    let read = |armoured: &str, at| Key::read(armoured, at).map(drop).unwrap_err();
    let Some(gpg) = Gpg::new() else { return };
    let secret = gpg.key_of("Rita <rita@example.net>", "", &["ed25519", "sign"]);
    let export = |gpg: &Gpg| gpg.done(&["--armor", "--export"]);
    assert_eq!(read(&export(&gpg), now()), OpenPgpError::CannotEncrypt);
    assert_eq!(read(&secret, now()), OpenPgpError::NotACertificate, "a secret key");
    let fingerprint = gpg.fingerprint();
    gpg.done(&["--passphrase", "", "--quick-add-key", &fingerprint, "cv25519", "encr", "5d"]);
    let public = export(&gpg);
    assert!(Key::read(&public, now()).is_ok());
    let later = now() + SignedDuration::from_hours(24 * 6);
    assert_eq!(read(&public, later), OpenPgpError::Expired, "its part has run out");

    let old = Gpg::new().unwrap();
    old.key_of("Rita <rita@example.net>", "", &["future-default", "default", "5d"]);
    assert!(Key::read(&export(&old), now()).is_ok());
    assert_eq!(read(&export(&old), later), OpenPgpError::Expired, "all of it has run out");

    let revoked = Gpg::new().unwrap();
    revoked.key_of("Rita <rita@example.net>", "", &["future-default"]);
    assert!(Key::read(&export(&revoked), now()).is_ok());
    revoked.revoke();
    assert_eq!(read(&export(&revoked), now()), OpenPgpError::Revoked);

    let two = format!("{public}{}", export(&old));
    for odd in ["", "no key", &two, &public.replace('m', "n"), &"ä".repeat(1_000_000)] {
        assert_eq!(read(odd, now()), OpenPgpError::NotACertificate);
    }
}

#[test]
fn a_key_that_was_swapped_or_has_run_out_since_is_not_used() {
    let Some(Pair { sealer, key, .. }) = &*PAIR else { return };
    let Some(other) = Gpg::new() else { return };
    other.key_of("Rita <rita@example.net>", "", &["future-default"]);
    let swapped = Certificate { armoured: pinned(&other).unwrap().armoured, ..key.clone() };
    let why = sealed(sealer, Some(&swapped), (SUBJECT, BODY), 1).err().unwrap();
    assert!(why.contains(&key.fingerprint), "{why}");
    let short = Gpg::new().unwrap();
    short.key_of("Rita <rita@example.net>", "", &["future-default", "default", "seconds=240"]);
    let short = pinned(&short).unwrap();
    assert!(!short.holds(at()));
    let why = sealed(sealer, Some(&short), (SUBJECT, BODY), 1).err().unwrap();
    assert!(why.contains("expired"), "{why}");
}

#[test]
fn a_house_signs_with_a_key_of_its_address_that_may() {
    let Some(Pair { key, .. }) = &*PAIR else { return };
    let from = "security@example.org".parse().unwrap();
    let of = |name: &str, kind: &[&str]| {
        let gpg = Gpg::new().unwrap();
        Sealer::with_keys(&gpg.key_of(name, "", kind), "", now()).unwrap()
    };
    let nobody = Sealer::default();
    let other = of("Others <others@example.org>", &["future-default"]);
    let silent = of("Team <security@example.org>", &["rsa3072", "encr"]);
    let short = of("Team <Security@example.org>", &["future-default", "default", "seconds=240"]);
    for (sealer, why) in [
        (&nobody, "without a key of its own"),
        (&other, "names security@example.org"),
        (&silent, "no part that may sign"),
        (&short, "expired"),
    ] {
        let own = sealer.own(&from, at());
        assert!(own.signs.is_none() && own.silent.unwrap().contains(why), "{why}");
        let refused = sealed(sealer, None, (SUBJECT, BODY), 1).err().unwrap();
        assert!(refused.contains(why), "{refused}");
        // What is encrypted goes unsigned, and says so.
        let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
        assert_eq!(mail.signer, None, "{why}");
    }
    assert!(short.own(&from, now()).signs.is_some());
    // A key that only encrypts still reads what was sent.
    let mail = sealed(&silent, Some(key), (SUBJECT, BODY), 1).unwrap();
    assert_eq!(mail.keys.len(), 2);
}

#[test]
fn several_keys_in_one_block_are_each_of_its_own_address() {
    let Some(gpg) = Gpg::new() else { return };
    gpg.key_of("Others <others@example.org>", "", &["future-default"]);
    gpg.key_of("Team <security@example.org>", "", &["future-default"]);
    let sealer = Sealer::with_keys(&gpg.export(""), "", now()).unwrap();
    let of = |address: &str| sealer.own(&address.parse().unwrap(), now()).signs;
    assert_eq!(of("security@example.org"), Some(gpg.fingerprint_of("security")));
    assert_eq!(of("Others@example.org"), Some(gpg.fingerprint_of("others")));
    assert_eq!(of("nobody@example.org"), None);
}

static SEALED: LazyLock<Option<String>> = LazyLock::new(|| {
    let Pair { sealer, key, .. } = PAIR.as_ref()?;
    let mail = sealed(sealer, Some(key), (SUBJECT, BODY), 1).unwrap();
    Some(block(text(&mail), "MESSAGE").to_owned())
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the words, both ends read them to the byte, and the team's signature holds.
    #[test]
    fn every_body_is_read_as_it_was_written(
        subject in "[^\\p{Cc}\\s]{1,40}( [^\\p{Cc}\\s]{1,40}){0,9}",
        body in "([ -~\\t\u{e9}\u{4e2d}\u{1f600}.=]{0,120}\n){0,6}([ -~\u{ff}]{0,2000})\\S\n",
        seed in any::<u8>(),
    ) {
        let Some(Pair { sealer, key, rings, public, signer, .. }) = &*PAIR else { return Ok(()) };
        let mail = sealed(sealer, Some(key), (&subject, &body), seed).unwrap();
        for line in text(&mail).split("\r\n") {
            prop_assert!(line.len() <= 998 && line.is_ascii(), "{line}");
        }
        for ring in rings {
            let opened = ring.open(block(text(&mail), "MESSAGE").as_bytes(), None).unwrap();
            let read = read_mail(&opened.content).unwrap();
            prop_assert_eq!(&read.text, &crlf(&body));
            let shown: String = subject.chars().take(200).collect();
            prop_assert!(read.subject.starts_with(&shown));
            let keys = std::slice::from_ref(public);
            let judged = ring.judge(&opened.content, &opened.signatures, keys, at());
            prop_assert_eq!(judged, Standing::Good { key: signer.clone() });
        }
    }

    #[test]
    fn whatever_is_changed_nobody_reads_other_words(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let Some((Pair { rings, .. }, sealed)) = PAIR.as_ref().zip(SEALED.as_ref()) else {
            return Ok(());
        };
        let whole = rings[1].open(sealed.as_bytes(), None).unwrap().content;
        let mut message = sealed.clone().into_bytes();
        for (at, with) in flips {
            let at = at.index(message.len());
            message[at] ^= with;
        }
        match rings[1].open(&message, None) {
            Ok(opened) => prop_assert_eq!(opened.content, whole),
            Err(why) => prop_assert!(matches!(why, Unopened::Damaged | Unopened::NoKey)),
        }
    }

    #[test]
    fn no_certificate_makes_it_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..9),
    ) {
        let Some(Pair { key, .. }) = &*PAIR else { return Ok(()) };
        let mut armoured = key.armoured.clone().into_bytes();
        for (at, with) in flips {
            let at = at.index(armoured.len());
            armoured[at] ^= with;
        }
        let armoured = String::from_utf8_lossy(&armoured);
        if let Ok(read) = Key::read(&armoured, now()) {
            prop_assert_eq!(read.fingerprint(), key.fingerprint.clone());
        }
    }
}

/// What somebody changed on the way, `gpg` refuses too.
#[test]
fn gpg_opens_nothing_that_was_changed() {
    let Some((Pair { rita, .. }, sealed)) = PAIR.as_ref().zip(SEALED.as_ref()) else { return };
    assert!(rita.opened(sealed).is_ok());
    let lines: Vec<&str> = sealed.split("\r\n").collect();
    // A line well inside the encrypted data.
    let middle = lines.len() * 2 / 3;
    let line = lines[middle];
    let (first, rest) = line.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    let changed = sealed.replace(line, &format!("{other}{rest}"));
    assert_ne!(changed, *sealed);
    assert!(rita.opened(&changed).is_err());
}
