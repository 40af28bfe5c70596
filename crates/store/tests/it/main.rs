//! What every backend must do (`contract`), and what SQLite's files must withstand (`sqlite`).

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod contract;
mod law;
mod memory;
mod model;
mod sqlite;
mod words;
