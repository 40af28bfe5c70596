//! Drills: a whole response against simulated counterparts, and the auditor that judges it.
//!
//! The [`world`] around a house (forge, lists, mail, CNA, repositories, people) is a state machine
//! that a seed decides; its own records are the witness against which the auditor holds the
//! journal. Nothing in here is reachable from a live case: a drill has a store, an engine and
//! ports of its own.

pub mod audit;
pub mod cast;
pub mod clock;
pub mod dice;
pub mod ports;
pub mod process;
pub mod world;

pub use clock::DrillClock;
pub use world::World;
