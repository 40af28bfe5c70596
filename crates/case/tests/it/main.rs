//! What the room promises, in one test binary.

mod areas;
mod calendar;
mod derived;
mod desk;
mod events;
mod explore;
mod golden;
mod listed;
mod names;
mod notice;
mod rights;
mod roll;
mod samples;
mod vultron;
mod walks;
