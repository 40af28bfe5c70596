//! `fermata journal`: the journal as bytes on disk.

mod backup;
mod restore;
mod verify;

use clap::Subcommand;

use crate::{
    command_error::{CommandError, Exit},
    output::Output,
};

/// Prove, copy and bring back a house's journal
///
/// These work on the data directory itself, so the house must not be running.
#[derive(Subcommand)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) enum Command {
    Verify(verify::Arguments),
    Backup(backup::Arguments),
    Restore(restore::Arguments),
}

const EXAMPLE: &str = "\
Example:
  fermata journal verify --data fermata-data";

/// Runs one of them.
pub(crate) fn run(command: Command, output: &mut Output) -> Result<Exit, CommandError> {
    match command {
        Command::Verify(arguments) => verify::run(&arguments, output),
        Command::Backup(arguments) => backup::run(&arguments, output),
        Command::Restore(arguments) => restore::run(&arguments, output),
    }
}
