//! What the room promises, in one test binary.

mod calendar;
mod vultron;
