//! Archives that lie, do not end, or become larger than anything.

use std::{collections::BTreeSet, io::Cursor};

use lineage::artefact::{Artefact, Fault, Held, Limits};

use super::archives::{Zipped, file, gzip, tar, tar_entry, zip};

fn read_within(bytes: &[u8], limits: &Limits) -> Result<Artefact, Fault> {
    let names: BTreeSet<String> = ["a.py".to_owned(), "long.py".to_owned()].into();
    Artefact::read(Cursor::new(bytes), &names, limits)
}

fn read(bytes: &[u8]) -> Result<Artefact, Fault> {
    read_within(bytes, &Limits::default())
}

fn fault(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().to_string()
}

fn honest(entries: &[Zipped]) -> Vec<u8> {
    zip(entries, |at| at)
}

#[test]
fn what_is_asked_for_is_held_and_nothing_else() {
    let entries = [file("p/a.py", "one\n"), file("p/b.py", "two\n")];
    let zipped = [Zipped::new("p/a.py", b"one\n"), Zipped::new("p/b.py", b"two\n")];
    for bytes in [tar(&entries), gzip(&tar(&entries)), honest(&zipped)] {
        let artefact = read(&bytes).unwrap();
        assert_eq!(artefact.held("p/a.py"), Some(&Held::Bytes(b"one\n".to_vec())));
        assert_eq!(artefact.held("p/b.py"), Some(&Held::Unasked));
        assert_eq!(artefact.len(), 2);
    }
}

#[test]
fn names_in_every_dialect_are_read() {
    let folder = "f".repeat(120);
    let path = format!("{folder}/long.py");
    let record = format!(" path={path}\n");
    let record = format!("{}{record}", record.len() + 3);
    let extended = tar_entry(b"ignored", b'x', record.len() as u64, record.as_bytes());
    let gnu =
        tar_entry(b"././@LongLink", b'L', path.len() as u64 + 1, format!("{path}\0").as_bytes());
    for ahead in [extended, gnu] {
        let artefact = read(&tar(&[ahead, file("cut", "x\n"), file("./a.py", "y\n")])).unwrap();
        assert_eq!(artefact.held(&path), Some(&Held::Bytes(b"x\n".to_vec())));
        // What was said ahead of one entry says nothing of the next.
        assert_eq!(artefact.held("a.py"), Some(&Held::Bytes(b"y\n".to_vec())));
    }
}

#[test]
fn names_that_lead_away_are_refused() {
    for name in ["../a.py", "p/../../a.py", "/etc/a.py", "\\a.py", "p\\..\\a.py", "c:\\a.py"] {
        let told = [fault(&tar(&[file(name, "x")])), fault(&honest(&[Zipped::new(name, b"x")]))];
        for told in told {
            assert!(told.contains("leads out of it"), "{name}: {told}");
        }
    }
}

#[test]
fn one_name_stands_for_one_file() {
    let twice = tar(&[file("a.py", "good\n"), file("./a.py", "bad\n")]);
    assert!(fault(&twice).contains("twice"), "{}", fault(&twice));
    let linked = tar(&[file("a.py", "good\n"), tar_entry(b"a.py", b'2', 0, b"")]);
    assert!(fault(&linked).contains("twice"));
    let zipped = honest(&[Zipped::new("a.py", b"good\n"), Zipped::new("a.py", b"bad\n")]);
    assert!(fault(&zipped).contains("twice"));
}

#[test]
fn names_that_are_no_text_are_counted_and_passed() {
    let odd = tar_entry(b"p/\xff.py", b'0', 2, b"x\n");
    let artefact = read(&tar(&[odd, file("p/a.py", "y\n")])).unwrap();
    assert_eq!(artefact.len(), 1);
    assert!(artefact.held("p/a.py").is_some());
}

#[test]
fn links_and_encrypted_files_are_not_read() {
    let links = tar(&[tar_entry(b"a.py", b'2', 0, b""), tar_entry(b"long.py", b'1', 9, b"")]);
    let artefact = read(&links).unwrap();
    assert_eq!([artefact.held("a.py"), artefact.held("long.py")], [Some(&Held::Link); 2]);
    let link = Zipped { mode: 0o120_777, ..Zipped::new("a.py", b"/etc/passwd") };
    let secret = Zipped { flags: 1, ..Zipped::new("x/a.py", b"x") };
    let odd = Zipped { method: 99, ..Zipped::new("y/a.py", b"x") };
    let artefact = read(&honest(&[link, secret, odd])).unwrap();
    assert_eq!(artefact.held("a.py"), Some(&Held::Link));
    for name in ["x/a.py", "y/a.py"] {
        assert!(matches!(artefact.held(name), Some(Held::Unread(_))), "{name}");
    }
}

#[test]
fn every_cut_is_noticed() {
    let entries = [file("p/a.py", "one\ntwo\nthree\n"), file("p/b.py", "two\n")];
    let zipped = [Zipped::new("p/a.py", b"one\ntwo\n"), Zipped::new("p/b.py", b"two\n")];
    for whole in [tar(&entries), gzip(&tar(&entries)), honest(&zipped)] {
        assert!(read(&whole).is_ok());
        // A tar archive without the second of its two last blocks is still whole.
        let last = if whole.starts_with(b"p/") { whole.len() - 512 } else { whole.len() };
        for cut in 0..last {
            assert!(read(whole.get(..cut).unwrap()).is_err(), "{cut} of {}", whole.len());
        }
    }
}

#[test]
fn bombs_do_not_go_off() {
    let limits = Limits {
        entries: 50,
        names: 4000,
        file: 1 << 20,
        held: 3 << 20,
        unpacked: 64 << 20,
        ratio: 100,
    };
    let too_much = |bytes: &[u8]| match read_within(bytes, &limits) {
        Err(Fault::TooMuch(why)) => why,
        other => panic!("{other:?}"),
    };
    let zeros = "\0".repeat(2 << 20);
    too_much(&tar(&[file("a.py", &zeros)]));
    too_much(&gzip(&tar(&[file("b.py", &zeros)])));
    too_much(&honest(&[Zipped::new("a.py", &zeros.as_bytes()[..1_100_000])]));
    let part = |n: u32| file(&format!("{n}/a.py"), &"x".repeat(1 << 20));
    too_much(&tar(&(0..4).map(part).collect::<Vec<_>>()));
    too_much(&tar(&(0..51).map(|n| file(&n.to_string(), "")).collect::<Vec<_>>()));
    too_much(&tar(&(0..45).map(|n| file(&format!("{n:0100}"), "")).collect::<Vec<_>>()));
    // A header alone may claim anything.
    too_much(&tar(&[tar_entry(b"b.py", b'0', (1 << 33) - 1, b"")]));
    too_much(&tar(&[tar_entry(b"x", b'x', 1 << 30, b"")]));
    let claims = Zipped { size: 900 << 20, ..Zipped::new("a.py", b"x") };
    too_much(&honest(&[claims]));
}

#[test]
fn zip_archives_that_contradict_themselves_are_refused() {
    let two = || [Zipped::new("p/a.py", b"one\n"), Zipped::new("p/b.py", b"two\n")];
    assert!(fault(&zip(&two(), |_| 0)).contains("two of its entries are one"));
    assert!(fault(&zip(&two(), |at| at / 2)).contains("overlap"));
    let renamed = Zipped { own_name: b"p/z.py".to_vec(), ..Zipped::new("p/a.py", b"one\n") };
    assert!(fault(&honest(&[renamed])).contains("something else"));
    let other = Zipped { crc: 7, ..Zipped::new("p/a.py", b"one\n") };
    assert!(fault(&honest(&[other])).contains("checksum"));
    let short = Zipped { size: 3, ..Zipped::new("p/a.py", b"one\n") };
    assert!(fault(&honest(&[short])).contains("checksum"));
    let long = Zipped { size: 5, ..Zipped::new("p/a.py", b"one\n") };
    assert!(fault(&honest(&[long])).contains("cut short"));
}

#[test]
fn what_is_no_archive_is_called_so() {
    for (bytes, words) in [
        (&b""[..], "no folder, tar or zip"),
        (b"#!/bin/sh\n", "no folder, tar or zip"),
        (&[b'x'; 600], "no folder, tar or zip"),
        (b"\xfd7zXZ\0rest", "compressed with xz"),
        (b"\x28\xb5\x2f\xfdrest", "compressed with zstd"),
        (&gzip(b"not a tar"), "cut short"),
        (&gzip(&[b'x'; 600]), "damaged"),
    ] {
        assert!(fault(bytes).contains(words), "{}", fault(bytes));
    }
}
