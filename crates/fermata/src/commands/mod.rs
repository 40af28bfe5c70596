//! The commands, one module for each verb. A command's doc comment is its manual.

mod affected;
mod audit;
mod check;
mod counterparts;
mod cvss;
mod diff;
mod drill;
mod export;
mod format;
mod guard;
mod journal;
mod provider;
mod serve;

use clap::Subcommand;

use crate::{
    command_error::{CommandError, Exit},
    output::Output,
};

/// What can be asked for.
#[derive(Subcommand)]
pub(crate) enum Command {
    Affected(affected::Arguments),
    Audit(audit::Arguments),
    Check(check::Arguments),
    #[command(hide = true)]
    Counterparts(counterparts::Arguments),
    Cvss(cvss::Arguments),
    Diff(diff::Arguments),
    Drill(drill::Arguments),
    Export(export::Arguments),
    #[command(subcommand)]
    Guard(guard::Command),
    #[command(subcommand)]
    Journal(journal::Command),
    Provider(provider::Arguments),
    Serve(Box<serve::Arguments>),
}

/// Runs one command.
pub(crate) fn run(command: Command, output: &mut Output) -> Result<Exit, CommandError> {
    match command {
        Command::Affected(arguments) => affected::run(&arguments, output),
        Command::Audit(arguments) => audit::run(&arguments, output),
        Command::Counterparts(arguments) => counterparts::run(&arguments, output),
        Command::Drill(arguments) => drill::run(&arguments, output),
        Command::Export(arguments) => export::run(&arguments, output),
        Command::Check(arguments) => check::run(&arguments, output),
        Command::Cvss(arguments) => cvss::run(&arguments, output),
        Command::Diff(arguments) => diff::run(&arguments, output),
        Command::Guard(command) => guard::run(command, output),
        Command::Journal(command) => journal::run(command, output),
        Command::Provider(arguments) => provider::run(&arguments, output),
        Command::Serve(arguments) => serve::run(&arguments, output),
    }
}
