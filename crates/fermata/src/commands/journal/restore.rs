//! `fermata journal restore`

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use serde::Serialize;
use store::{Backup, KeySource, OsEntropy, SqliteStore};

use crate::{
    command_error::{CommandError, Exit},
    house::DataDir,
    output::Output,
};

/// Put a house together from a backup
///
/// Make the new data directory, put the house's instance.key into it, and nothing else. The
/// restored house starts locked: it sends and publishes nothing, since the one that it was copied
/// from may still be running. Once that cannot happen any more, `fermata serve --invite ADDRESS`
/// lets somebody of a team in, whose page says what is uncertain and unlocks it, with a reason.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// The directory that `fermata journal backup --to` wrote
    #[arg(long, value_name = "DIR")]
    from: PathBuf,

    /// The file that `fermata journal backup --keys` wrote
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
}

const EXAMPLE: &str = "\
Example:
  mkdir -m 700 restored && cp /safe/instance.key restored/
  fermata journal restore --data restored --from /backup/monday --keys /safe/monday.keys";

#[derive(Serialize)]
struct Restored {
    restored: String,
    locked: bool,
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let Arguments { data, from, keys } = arguments;
    let backup = Backup { journal: from.clone(), keys: keys.clone() };
    SqliteStore::restore(&backup, &KeySource::InDataDir, Arc::new(OsEntropy), data.path())?;
    let restored = data.path().display().to_string();
    if output.is_json() {
        output.document(&Restored { restored, locked: true })?;
    } else {
        output.line(&format!("restored to {restored}, locked"))?;
    }
    Ok(Exit::Fine)
}
