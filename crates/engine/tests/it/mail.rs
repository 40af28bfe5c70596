//! Reading mails that nobody here has written.

use std::path::Path;

use proptest::prelude::*;

#[test]
fn the_published_collections_are_read_or_kept_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mail");
    if !folder.exists() {
        println!("skipped: the published mails are not beside this checkout");
        return;
    }
    let (mut read, mut all) = (0, 0);
    for collection in ["legacy", "malformed", "rfc"] {
        for entry in std::fs::read_dir(folder.join(collection)).unwrap() {
            let raw = std::fs::read(entry.unwrap().path()).unwrap();
            all += 1;
            read += usize::from(engine::read_mail(&raw).is_some());
        }
    }
    println!("{read} of {all} mails read");
    assert!(read > 0 && read * 10 >= all * 9, "more than a tenth cannot be read");
}

#[test]
fn an_answer_names_our_message() {
    let act = case::ActId([7; 16]);
    let raw = format!(
        "From: a@example.org\r\nReferences: <x@y> <{}>\r\n\r\nYes",
        engine::message_id(act)
    );
    assert_eq!(engine::read_mail(raw.as_bytes()).unwrap().answers, Some(act));
    let foreign = "From: a@example.org\r\nIn-Reply-To: <07070707070707070707070707070707@example.org>\r\n\r\nYes";
    assert_eq!(engine::read_mail(foreign.as_bytes()).unwrap().answers, None);
}

#[test]
fn headers_without_end_are_not_parsed() {
    let raw = [b"Subject: x\r\n".to_vec(), b"A: b\r\n".repeat(20_000)].concat();
    assert!(engine::read_mail(&raw).is_none());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(raw in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = engine::read_mail(&raw);
    }
}

/// Parts in parts, `depth` deep.
fn nested(depth: usize) -> String {
    let part =
        |level| format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
    let parts: String = (0..depth).map(part).collect();
    format!("Subject: deep\r\n{parts}\r\nthe bottom\r\n")
}

#[test]
fn only_so_many_parts_and_so_deep() {
    assert!(engine::read_mail(nested(20).as_bytes()).is_some());
    assert!(engine::read_mail(nested(21).as_bytes()).is_none());
    let mail = |part: &str| {
        let head = "Subject: wide\r\nContent-Type: multipart/mixed; boundary=x\r\n";
        format!("{head}\r\n{}", part.repeat(1_001))
    };
    assert!(engine::read_mail(mail("--x\r\n\r\nhi\r\n").as_bytes()).is_none());
    // A patch is no multipart, and neither are signatures and rules.
    assert!(engine::read_mail(mail("--- a/file\r\n-- \r\n--\r\n").as_bytes()).is_some());
}

#[test]
fn a_subject_is_one_line_that_fits() {
    let raw =
        format!("From: \"{0}\" <a@example.org>\r\nSubject: {0}\r\n\r\nx", "é\u{7}".repeat(300));
    let reading = engine::read_mail(raw.as_bytes()).unwrap();
    for shown in [reading.subject, reading.name] {
        assert_eq!(shown.chars().count(), 201, "two hundred and an ellipsis");
        assert!(!shown.contains(char::is_control));
    }
}

fn forwarded(headers: &str) -> String {
    format!(
        "From: Ada <ada@example.org>\r\n{headers}Subject: Fwd\r\n\
         Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee below.\r\n\
         --x\r\nContent-Type: message/rfc822\r\n\r\n\
         From: Rita <rita@example.com>\r\nSubject: Crash\r\n\r\nIt crashes.\r\n--x--\r\n"
    )
}

#[test]
fn of_a_mail_that_is_forwarded_it_is_seen_who_wrote_it() {
    let reading = engine::read_mail(forwarded("").as_bytes()).unwrap();
    assert_eq!((reading.name.as_str(), reading.text.trim()), ("Ada", "See below."));
    let inner = "From: Rita <rita@example.com>\nSubject: Crash\n\nIt crashes.";
    assert!(reading.attached.contains(inner), "{}", reading.attached);
    // What comes back of our own mails is told by whom it did not reach.
    let automatic = forwarded("Auto-Submitted: auto-generated\r\n");
    assert_eq!(engine::read_mail(automatic.as_bytes()).unwrap().attached, "");
}
