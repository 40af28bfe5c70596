//! `fermata audit`

use std::path::PathBuf;

use clap::Args;
use rehearsal::{
    audit::{AuditError, Books, audit},
    world::record,
};

use super::drill::verdict;
use crate::{
    command_error::{CommandError, Exit},
    house,
    kept::Kept,
    output::Output,
};

/// Let the auditor judge a house, or a drill that was kept
///
/// Of a drill kept by `fermata drill --keep`, the journal is held against what the counterparts saw
/// themselves. A live house has no such witness here: only what its journal shows by itself is
/// judged. Changes nothing. Exits with 1 if a law was broken.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// A kept drill, or a house's data directory
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

const EXAMPLE: &str = "\
Examples:
  fermata drill --keep /tmp/drill && fermata audit /tmp/drill
  fermata audit fermata-data";

/// Reads everything, and judges.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let kept = Kept::new(&arguments.folder);
    let drill = kept.is_there();
    let store = house::look(&if drill { kept.house() } else { arguments.folder.clone() })?;
    let mut books = Books::read(&store)?;
    if drill {
        let witness = kept.witness();
        let records = record::read(&witness).map_err(|error| {
            CommandError::wrong(format!("{} cannot be read: {error}", witness.display()))
        })?;
        books.witness = Some(records);
        books.truth = Some(kept.truth()?);
    }
    let report = audit(&books);
    if output.is_json() {
        output.document(&report)?;
    } else {
        if !drill {
            output.talk("note: no witness here, so only the journal itself was judged");
        }
        verdict(&report.violations, output)?;
    }
    Ok(Exit::of_findings(!report.violations.is_empty()))
}

impl From<AuditError> for CommandError {
    fn from(error: AuditError) -> Self {
        Self::wrong(house::causes(&error))
    }
}
