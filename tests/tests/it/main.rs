//! The whole system, from outside.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod kill;
mod ruins;
mod walk;
mod world;
