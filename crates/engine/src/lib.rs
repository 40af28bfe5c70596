//! The engine: commands in, events out; effects, timers and observers around them.
//!
//! It loads a case, asks the playbook for its verdict, lets `case::decide` answer, and appends the
//! events together with list rows and jobs. The effect runner turns approved acts into calls on
//! [`ports`] and appends what came back. It decides nothing itself, speaks no wire protocol, and
//! runs unchanged on one thread: clock, entropy, store and ports are arguments.

pub mod ports;
