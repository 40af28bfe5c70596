//! Tests of the counterparts.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

mod clones;
mod dkim;
mod feeds;
mod gpg;
mod groupsio;
#[expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of a test fails like the test"
)]
mod imap;
mod keyring;
mod lmtp;
mod mirrors;
mod oauth;
mod openpgp;
mod sealing;
mod smtp;
mod web_keys;
