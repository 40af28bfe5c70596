//! Drills: a whole response against simulated counterparts, and the auditor that judges it.
//!
//! The [`world`] around a house (forge, lists, mail, CNA, repositories, people) is a state machine
//! that a seed decides; its own records are the witness against which the auditor holds the
//! journal. [`drill::play`] plays one of the [`scenarios`] and ends with the [`audit`]. Nothing in
//! here is reachable from a live case: a drill has a store, an engine and ports of its own.

pub mod audit;
pub mod cast;
pub mod clock;
pub mod dice;
pub mod drill;
mod hands;
pub mod history;
pub mod line;
pub mod plant;
pub mod ports;
pub mod practice;
pub mod process;
pub mod scenarios;
pub mod stage;
pub mod timeline;
pub mod world;

pub use clock::DrillClock;
pub use drill::{Options, Played, play};
pub use hands::Work;
pub use line::Sending;
pub use practice::Practice;
pub use world::World;
