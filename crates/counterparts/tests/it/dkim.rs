//! What is signed by DKIM here is judged by `dkimpy`, where it is installed.

#![cfg(test)]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use counterparts::mail::{dkim::Dkim, smtp::Letter};
use data_encoding::BASE64;
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use crate::smtp::message;

/// Debian's own, for which there is the package `python3-dkim`.
const PYTHON: &str = "/usr/bin/python3";
/// Reads a public key from its first argument, and judges each mail that follows.
const JUDGE: &str = "\
import sys, dkim
key = open(sys.argv[1], 'rb').read()
for name in sys.argv[2:]:
    asked = []
    def answer(name, timeout=5):
        asked.append(name)
        return key
    mail = open(name, 'rb').read()
    good = dkim.verify(mail, dnsfunc=answer)
    print('good' if good else 'bad', asked[0].decode() if asked else '-')
";

fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    Command::new(program).args(arguments).current_dir(folder).output().ok()
}

/// Keys of a kind that `openssl` makes, with the record that a domain publishes.
fn key(folder: &Path, kind: &str) -> Option<Dkim> {
    let how = match kind {
        "rsa" => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"][..],
        _ => &["-algorithm", "ed25519"],
    };
    let made = run("openssl", &[&["genpkey", "-out", "key.pem"], how].concat(), folder)?;
    assert!(made.status.success(), "{made:?}");
    let public = run("openssl", &["pkey", "-in", "key.pem", "-pubout", "-outform", "DER"], folder)?;
    let public = match kind {
        "rsa" => public.stdout,
        // RFC 8463 wants the bare 32 bytes.
        _ => public.stdout[public.stdout.len() - 32..].to_vec(),
    };
    let record = format!("v=DKIM1; k={kind}; p={}", BASE64.encode(&public));
    fs::write(folder.join("record"), record).unwrap();
    let pem = fs::read(folder.join("key.pem")).unwrap();
    Some(Dkim::new("mail2026", "example.org", &pem).unwrap())
}

fn judged(folder: &Path, mails: &[Vec<u8>]) -> Vec<String> {
    let names: Vec<String> = (0..mails.len()).map(|number| format!("{number}.eml")).collect();
    for (name, mail) in names.iter().zip(mails) {
        fs::write(folder.join(name), mail).unwrap();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said = run(PYTHON, &[&["-c", JUDGE, "record"], &names[..]].concat(), folder).unwrap();
    assert!(said.status.success(), "{said:?}");
    String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn there_is_a_judge() -> bool {
    let found = Command::new(PYTHON).args(["-c", "import dkim, nacl"]).output();
    let there = found.is_ok_and(|found| found.status.success());
    if !there {
        println!("skipped: dkimpy is not installed (python3-dkim, python3-nacl)");
    }
    there
}

fn letter(subject: &str, body: &str) -> Letter {
    message::letter(subject, body, false).unwrap()
}

#[test]
fn dkimpy_finds_it_good_until_something_is_changed() {
    if !there_is_a_judge() {
        return;
    }
    for kind in ["rsa", "ed25519"] {
        let folder = tempfile::tempdir().unwrap();
        let Some(dkim) = key(folder.path(), kind) else { return };
        let signed =
            dkim.sign(&letter("Slashes  \u{2014} two", "Hello,\n\n one  two\t\n\n\n")).unwrap();
        let text = String::from_utf8(signed.as_bytes().to_vec()).unwrap();
        assert!(text.starts_with(&format!("DKIM-Signature: v=1; a={kind}-sha256; ")), "{text}");
        let change = |from: &str, to: &str| {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            changed.into_bytes()
        };
        let second = |field: &str| change("\r\nDate: ", &format!("\r\n{field}\r\nDate: "));
        let mails = [
            text.clone().into_bytes(),
            change("Hello", "Hallo"),
            change("To: <rita", "To: <eve"),
            second("Subject: another"),
            second("From: <eve@example.net>"),
            change("In-Reply-To: <", "In-Reply-To: <x"),
            // What servers do on the way.
            change("Hello,\r\n", "Hello, \r\n"),
            [text.as_bytes(), b"\r\n\r\n"].concat(),
            change("Subject: ", "subject:   "),
        ];
        let said = judged(folder.path(), &mails);
        let good = "good mail2026._domainkey.example.org.";
        let verdicts: Vec<bool> = said.iter().map(|word| word == good).collect();
        let expected = [true, false, false, false, false, false, true, true, true];
        assert_eq!(verdicts, expected, "{kind}: {said:?}");
    }
}

#[test]
fn whatever_the_words_it_is_good() {
    if !there_is_a_judge() {
        return;
    }
    let words = (
        "[^\\p{Cc}\\s]{1,40}( [^\\p{Cc}\\s]{1,40}){0,9}",
        "([ -~\\t\u{e9}\u{4e2d}.=]{0,120}\n){0,6}([ -~]{0,300})\\S\n{1,4}",
    );
    for kind in ["rsa", "ed25519"] {
        let folder = tempfile::tempdir().unwrap();
        let Some(dkim) = key(folder.path(), kind) else { return };
        let mut runner = TestRunner::deterministic();
        let mails: Vec<Vec<u8>> = (0..60)
            .map(|_| {
                let (subject, body) = words.new_tree(&mut runner).unwrap().current();
                dkim.sign(&letter(&subject, &body)).unwrap().as_bytes().to_vec()
            })
            .collect();
        for (said, mail) in judged(folder.path(), &mails).iter().zip(&mails) {
            assert!(said.starts_with("good "), "{kind}: {}", String::from_utf8_lossy(mail));
        }
    }
}

#[test]
fn it_signs_for_its_domain_alone() {
    let folder = tempfile::tempdir().unwrap();
    let Some(dkim) = key(folder.path(), "ed25519") else {
        println!("skipped: openssl is not installed");
        return;
    };
    for (address, expected) in [
        ("security@example.org", true),
        ("security@Team.Example.org", true),
        ("security@badexample.org", false),
        ("security@example.org.example.net", false),
    ] {
        assert_eq!(dkim.is_for(&address.parse().unwrap()), expected, "{address}");
    }
    assert_eq!(format!("{dkim:?}"), "Dkim(mail2026._domainkey.example.org)");
    let pem = fs::read(folder.path().join("key.pem")).unwrap();
    for (selector, domain, pem) in [
        ("", "example.org", pem.as_slice()),
        ("a; d=example.net", "example.org", &pem),
        ("mail", "exa mple.org", &pem),
        ("mail", "example.org", b"no key"),
        ("mail", "example.org", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
    ] {
        let refused = Dkim::new(selector, domain, pem).unwrap_err();
        assert!(!refused.is_empty() && !refused.contains("AAAA"), "{refused}");
    }
}
