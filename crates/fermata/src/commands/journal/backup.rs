//! `fermata journal backup`

use std::path::PathBuf;

use clap::Args;
use counterparts::SystemClock;
use engine::Clock as _;
use store::House as _;

use crate::{
    command_error::{CommandError, Exit},
    house::DataDir,
    output::Output,
};

/// Copy the journal, its blobs and its wrapped keys
///
/// Journal and keys go to two places on purpose: whoever has only one of them can read nothing,
/// and a key that is dropped to forget a case must not live on in old backups of the journal.
/// Neither holds instance.key, without which both are worthless: keep that apart, once.
///
/// Stdout gets a signed checkpoint of every stream's end. Keep it elsewhere: `fermata journal
/// verify` proves with it that nothing was cut off.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// An empty or new directory for the journal and its blobs
    #[arg(long, value_name = "DIR")]
    to: PathBuf,

    /// A new file for the wrapped keys
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,
}

const EXAMPLE: &str = "\
Example:
  fermata journal backup --to /backup/monday --keys /safe/monday.keys > monday.json";

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let Arguments { data, to, keys } = arguments;
    let store = data.look()?;
    let checkpoint = store.checkpoint(SystemClock.wall())?;
    store.backup(to)?;
    // After the journal, so that no key is younger than the journal that needs it.
    store.backup_keys(keys)?;
    output.document(&checkpoint)?;
    output.talk(&format!("journal in {}, keys in {}", to.display(), keys.display()));
    output.talk("hint: instance.key is in neither of them; keep a copy of it apart");
    Ok(Exit::Fine)
}
