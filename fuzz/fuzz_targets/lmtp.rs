//! Any bytes may arrive where a mail server hands mail over; what is kept came whole.
#![no_main]

use advisory::Mailbox;
use case::ProjectId;
use counterparts::mail::{Letterboxes, lmtp::Session};
use engine::{EngineError, Taker};

struct House;

impl Letterboxes for House {
    fn taker(&self, _: &Mailbox) -> Result<Option<Taker>, EngineError> {
        Ok(Some(Taker::Project(ProjectId([1; 16]))))
    }

    fn deliver(&self, _: Taker, _: &Mailbox, raw: &[u8]) -> Result<(), EngineError> {
        assert!(raw.starts_with(b"Return-Path: <"));
        Ok(())
    }
}

libfuzzer_sys::fuzz_target!(|said: &[u8]| {
    let (mut whole, mut bytewise) = (Session::begin(&House), Session::begin(&House));
    whole.take(said);
    for byte in said {
        bytewise.take(&[*byte]);
    }
    assert_eq!(whole.replies(), bytewise.replies());
});
