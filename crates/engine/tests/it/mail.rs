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
