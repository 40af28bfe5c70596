//! Any bytes may come back from a mail server; however they are cut, they mean the same, and a
//! message is sent once or not at all.
#![no_main]

use counterparts::mail::smtp::{
    Envelope, Letter, Session,
    reply::Reader,
    session::{Errand, Name, Next, Protection},
};

/// The first reply in these bytes, or why there is none.
fn first(bytes: &[u8], cut: usize) -> String {
    let mut reader = Reader::default();
    for piece in bytes.chunks(cut.max(1)) {
        match reader.take(piece) {
            Ok((None, _)) => {}
            other => return format!("{:?}", other.map(|(reply, _)| reply)),
        }
    }
    "not yet".into()
}

fn talk(letter: &Letter, bytes: &[u8]) {
    let envelope =
        Envelope { sender: None, recipient: "rita@example.com".parse().unwrap(), act: None };
    let (name, protection) = (Name::Local, Protection::AsItIs);
    let errand = Errand { envelope: &envelope, letter, name, protection, login: None };
    let mut session = Session::begin(errand, false);
    let mut replies = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut said = Vec::new();
    loop {
        match session.proceed() {
            Next::Send(bytes) => said.extend(bytes),
            Next::Receive => match replies.next() {
                Some(reply) => session.take(reply),
                None => session.broken("gone"),
            },
            Next::Secure => panic!("nobody asked for TLS"),
            Next::Over => break,
        }
    }
    let count = |what: &[u8]| said.windows(what.len()).filter(|at| *at == what).count();
    assert!(count(b"RCPT TO:<rita@example.com>\r\n") <= 1);
    assert_eq!(count(b"RCPT TO:"), count(b"RCPT TO:<rita@example.com>\r\n"));
    assert!(count(b"\r\n.\r\n") <= 1);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A line that is too long is noticed sooner when it comes in pieces.
    if bytes.len() < 1_024 {
        assert_eq!(first(bytes, bytes.len()), first(bytes, 1));
    }
    let letter = Letter::new(b"Subject: Hi\r\n\r\n.\r\n".to_vec()).unwrap();
    talk(&letter, bytes);
});
