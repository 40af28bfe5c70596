//! The program `fermata`: commands, configuration, and the wiring of the rooms.
//!
//! The only room that names adapters. It must hold no logic: a command reads what it was given,
//! asks a room, and writes down the answer.

mod cache;
mod cli;
mod command_error;
mod commands;
mod drills;
mod fetching;
mod house;
mod identities;
mod input;
mod kept;
mod mailbox;
mod output;
mod posting;
mod sending;
mod summoner;
mod tree;
mod worker;

fn main() -> std::process::ExitCode {
    cli::run(std::env::args_os())
}
