//! Any bytes may come from a mail server that keeps a mailbox; however they are cut, they mean the same, and
//! nothing but reading is ever asked for.
#![no_main]

use counterparts::mail::imap::{
    Account, Intake, Login, Name,
    reply::Reader,
    session::{Next, Protection, Session},
};
use engine::{Bookmark, EngineError};

struct House;

impl Intake for House {
    fn bookmark(&self, _: &str) -> Result<Option<Bookmark>, EngineError> {
        Ok(None)
    }

    fn remember(&self, _: &str, _: &Bookmark) -> Result<(), EngineError> {
        Ok(())
    }

    fn take(&self, raw: &[u8]) -> Result<bool, EngineError> {
        Ok(raw.first() != Some(&b'n'))
    }
}

/// All replies in these bytes, and why there are no more.
fn replies(bytes: &[u8], cut: usize) -> String {
    let (mut reader, mut replies) = (Reader::default(), Vec::new());
    for piece in bytes.chunks(cut.max(1)) {
        let mut left = piece;
        while !left.is_empty() {
            match reader.take(left) {
                Ok((reply, later)) => {
                    replies.extend(reply);
                    left = later;
                }
                Err(why) => return format!("{replies:?} {why}"),
            }
        }
    }
    format!("{replies:?}")
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assert_eq!(replies(bytes, bytes.len()), replies(bytes, 1));
    let login = Login::new("fermata", "open sesame").unwrap();
    let account = Account { login, mailbox: Name::default() };
    let mut session = Session::begin(&account, &House, Protection::AsItIs);
    let mut said = bytes.split_inclusive(|byte| *byte == b'\n');
    loop {
        match session.proceed() {
            Next::Send(command) => {
                let command = String::from_utf8(command).unwrap();
                assert!(!["STORE", "SELECT", "EXPUNGE", "BODY["].iter().any(|w| command.contains(w)));
            }
            Next::Receive(_) => match said.next() {
                Some(words) => session.take(words),
                None => break,
            },
            Next::Secure => panic!("nobody asked for TLS"),
            Next::Over => break,
        }
    }
});
