//! The pages, through the router: what they show, what they hide, and what they refuse.

#![expect(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test"
)]

mod alone;
mod browse;
mod browser;
mod by_eye;
mod copies;
mod deliveries;
mod distributors;
mod drills;
mod encrypted;
mod forms;
mod fresh;
mod house;
mod lists;
mod live;
mod locked;
mod look;
mod mail;
mod ordinary;
mod particulars;
mod private;
mod protection;
mod safety;
mod sightings;
mod summons;
