//! The engine on a memory store, with parties that do what a test tells them.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod clock;
mod copies;
mod delivered;
mod disclosure;
mod distributors;
mod effects;
mod encrypted;
mod export;
mod fetched;
mod fresh;
mod golden;
mod handed_in;
mod hands;
mod house;
mod inbox;
mod intake;
mod kept;
mod lessons;
mod listed;
mod listed_sealed;
mod lookout;
mod mail;
mod private;
mod published;
mod records;
mod relate;
mod repositories;
mod sealing;
mod summons;
mod told;
mod unlock;
mod words;
