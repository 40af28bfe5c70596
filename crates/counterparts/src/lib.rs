//! The real world outside a house: one module for each party, each filling a port of the engine.
//!
//! In this version mail and lists at groups.io are the only parties that the house gives anything: [`mail`]
//! takes what a mail server hands over or keeps in a mailbox, and gives it what is to be sent; [`groupsio`]
//! posts to lists and reads their archives. [`feeds`] reads the web, where whoever runs the house said so. [`byhand`] says at every other port
//! that a person has to do it, so that a live house is honest about that. [`clones`] reads mirrors of
//! repositories that lie on this machine, and [`mirrors`] has git bring them up to date. [`clock`] reads
//! this machine's clocks, and [`openpgp`] signs what is published, opens encrypted mail, and encrypts
//! what goes out. [`spelling`] asks a program of this machine for words. Nothing here may decide anything.

pub mod byhand;
pub mod clock;
pub mod clones;
pub mod feeds;
pub mod groupsio;
mod https;
pub mod mail;
pub mod mirrors;
pub mod openpgp;
pub mod spelling;

pub use byhand::ports;
pub use clock::SystemClock;
pub use clones::Clones;
pub use feeds::WebFeeds;
pub use spelling::Hunspell;
