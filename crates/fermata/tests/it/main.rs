//! The program from outside: what it prints, where, and how it ends.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod affected;
mod before_a_push;
mod check;
mod cvss;
mod diff;
mod dovecot;
mod drill;
mod exits;
mod export;
mod fetches;
mod forks;
mod garbage;
mod github;
mod groupsio;
mod guard;
mod help;
mod hook;
mod journal;
mod lookout;
mod mailman;
mod oauth;
mod postfix;
mod program;
mod provider;
mod push;
mod sends;
mod serve;
