//! The room's tests, one binary.
#![expect(clippy::unwrap_used, reason = "helpers outside #[test] may stop a test too")]

mod commit;
mod encodings;
mod giveaway;
mod planted;
mod prior;
mod sample;
mod text;
