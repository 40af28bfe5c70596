//! The real world outside a house: one module for each party, each filling a port of the engine.
//!
//! In this version no party is connected. [`byhand`] says so at every port, so that a live house
//! is honest about what a person has to do; [`clock`] reads this machine's clocks, and [`openpgp`]
//! signs what is published. Nothing here may decide anything.

pub mod byhand;
pub mod clock;
pub mod openpgp;

pub use byhand::ports;
pub use clock::SystemClock;
