//! Tests of the drill: its world, its process, its stories and its auditor.

mod plants;
mod process;
mod stories;
mod world;
