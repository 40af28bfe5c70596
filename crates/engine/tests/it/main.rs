//! The engine on a memory store, with parties that do what a test tells them.

mod clock;
mod effects;
mod house;
mod intake;
mod mail;
