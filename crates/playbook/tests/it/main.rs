//! Playbooks over cases that the real `decide` made.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers outside #[test] may stop a test too"
)]

mod endings;
mod lacks;
mod laws;
mod reading;
mod rows;
mod script;
mod story;
mod told;
