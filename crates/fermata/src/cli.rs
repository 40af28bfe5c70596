//! The command line's entrance: arguments in, an exit code out.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::{
    command_error::Exit,
    commands::{self, Command},
    output::{self, Output},
};

/// Runs the security response of a software project, from the report to the retrospective
///
/// Data goes to stdout and talk to stderr. Exit codes: 0 is fine, 1 means findings or a refusal,
/// 2 means wrong use or input that cannot be read.
#[derive(Parser)]
#[command(name = "fermata", version, after_help = EXAMPLE, subcommand_required = true)]
#[command(disable_help_subcommand = true, verbatim_doc_comment)]
struct Cli {
    /// Write JSON for machines, with "v":1 in every document
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLE: &str = "\
Example:
  fermata affected --repo ~/src/contour --fixed v1.33.4
      which releases have the bug that this commit fixed";

/// Runs the command that the arguments name.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to stdout and a complaint to stderr; whether anybody reads it is theirs.
            let _ = error.print();
            return if error.use_stderr() { Exit::Wrong } else { Exit::Fine }.into();
        }
    };
    let mut output = Output::new(cli.json);
    let ended = commands::run(cli.command, &mut output).and_then(|exit| {
        output.finish()?;
        Ok(exit)
    });
    let exit = ended.unwrap_or_else(|error| {
        let _ = output.finish();
        output::talk(&error.for_person());
        error.exit()
    });
    exit.into()
}
