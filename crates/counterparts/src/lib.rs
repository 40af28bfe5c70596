//! The real world outside a house: one module for each party, each filling a port of the engine.
//!
//! In this version the house asks no party over a network. [`byhand`] says so at every port, so that
//! a live house is honest about what a person has to do; [`mail`] takes what a mail server hands
//! over and gives it what is to be sent, [`clones`] reads mirrors of repositories that lie on this
//! machine, [`clock`] this machine's clocks, and [`openpgp`] signs what is published and opens
//! encrypted mail. Nothing here may decide anything.

pub mod byhand;
pub mod clock;
pub mod clones;
pub mod mail;
pub mod openpgp;

pub use byhand::ports;
pub use clock::SystemClock;
pub use clones::Clones;
