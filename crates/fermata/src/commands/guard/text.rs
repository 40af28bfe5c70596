//! `fermata guard text`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use discretion::{Audience, Policy, check_text};

use super::Common;
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Read a text as an audience would
///
/// The public must hear nothing of the case; distributors may hear of the bug and the codename,
/// but not the case's ids, private links or withheld names.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// Who will read it
    #[arg(long, value_enum, default_value_t = Reader::Public)]
    audience: Reader,

    /// The text, or `-` for stdin
    file: PathBuf,
}

const EXAMPLE: &str = "\
Examples:
  fermata guard text --terms terms.txt announcement.txt
  git log -1 --format=%B | fermata guard text --json -";

#[derive(Clone, Copy, ValueEnum)]
enum Reader {
    /// Everyone
    Public,
    /// Downstream vendors under embargo
    Distributors,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let Arguments { common, audience, file } = arguments;
    let audience = match audience {
        Reader::Public => Audience::Public,
        Reader::Distributors => Audience::Distributors,
    };
    let stdin = PathBuf::from("-");
    if *file == stdin && common.terms.as_ref() == Some(&stdin) {
        return Err(CommandError::wrong("stdin cannot be both the text and the terms"));
    }
    let findings = check_text(&input::text(file)?, &common.terms()?, audience, &Policy::default());
    Ok(Exit::of_findings(common.report(&findings, output)?))
}
