//! What the whole-system tests need beside the house: a house that can be broken at a chosen point.
//!
//! The house is the real one: its store on disk, its engine, its pages. Around it stand a clock
//! that can begin anywhere, a store and a way to the world that end the process when told to, and
//! bugs that can be planted to see the tests turn red. None of this is in the program.

pub mod clock;
pub mod crash;
pub mod house;
pub mod store;
pub mod walk;
pub mod wire;

use counterparts::mail::outbox::Outbox;
use rehearsal::Sending;

/// What live houses send mail with.
pub const SENDING: Sending = |dial, clock| Box::new(Outbox::joined(move || dial.connect(), clock));
