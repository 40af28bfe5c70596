//! Tests of the drill: its world, its process, its stories and its auditor.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod history;
mod looks;
mod plants;
mod process;
mod stories;
mod world;

use counterparts::mail::outbox::Outbox;
use rehearsal::Sending;

/// What live houses send mail with.
const SENDING: Sending = |dial, clock| Box::new(Outbox::joined(move || dial.connect(), clock));
