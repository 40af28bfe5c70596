//! `fermata guard text`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use discretion::{Audience, Guard, Policy, Setting};

use super::{Common, found::Found};
use crate::{
    command_error::{CommandError, Exit},
    input,
    output::Output,
};

/// Read a text as an audience would
///
/// The public must hear nothing of the case; distributors may hear of the bug and the codename,
/// but not the case's ids, private links or withheld names; the team may hear everything but the
/// names. With --published the embargo is over, and what stays private is looked for.
///
/// Quoted-printable, base64, links, HTML and the like are read as their readers read them.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// Who will read it
    #[arg(long, value_enum, default_value_t = Reader::Public)]
    audience: Reader,

    /// They read it after the case was published
    #[arg(long)]
    published: bool,

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
    /// The security team
    Team,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let Arguments { common, audience, published, file } = arguments;
    let audience = match audience {
        Reader::Public => Audience::Public,
        Reader::Distributors => Audience::Distributors,
        Reader::Team => Audience::Team,
    };
    let stdin = PathBuf::from("-");
    if *file == stdin && common.terms.as_ref() == Some(&stdin) {
        return Err(CommandError::wrong("stdin cannot be both the text and the terms"));
    }
    let setting = Setting { audience, published: *published, policy: Policy::default() };
    let guard = Guard::new(&common.terms()?);
    let findings = guard
        .bytes(&input::bytes(file)?, &setting)
        .map_err(|_| input::not_text(file, "UTF-8 or UTF-16"))?;
    let found = findings.into_iter().map(|finding| Found {
        file: (*file != stdin).then(|| (file.display().to_string(), finding.place.line)),
        finding,
    });
    Ok(Exit::of_findings(common.report(&found.collect::<Vec<_>>(), output)?))
}
