//! `fermata journal verify`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use store::{Checkpoint, House as _, OpenError, StoreError, Verified};

use crate::{
    command_error::{CommandError, Exit},
    house::{DataDir, causes},
    input,
    output::Output,
};

/// Check that nothing in the journal was changed or lost
///
/// Reads every event, row, job and blob, and checks hashes, seals and order. The end of a chain
/// cannot prove itself: give a checkpoint that was kept elsewhere, as `fermata journal backup`
/// writes one, and what it covers is proven to be there still.
///
/// Exits with 1 if something does not hold.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(flatten)]
    data: DataDir,

    /// A checkpoint to hold the journal against, or `-` for stdin
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
}

const EXAMPLE: &str = "\
Example:
  fermata journal verify --data fermata-data --checkpoint monday.json";

#[derive(Serialize)]
struct Answer {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    house: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    seen: Option<Seen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Serialize)]
struct Seen {
    streams: u64,
    events: u64,
    forgotten: u64,
    rows: u64,
    blobs: u64,
}

impl From<Verified> for Seen {
    fn from(verified: Verified) -> Self {
        let Verified { streams, events, forgotten, rows, blobs } = verified;
        Self { streams, events, forgotten, rows, blobs }
    }
}

pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    let checkpoint = arguments.checkpoint.as_deref().map(read).transpose()?;
    let store = match arguments.data.look() {
        Ok(store) => store,
        Err(error @ OpenError::Damaged { .. }) => {
            return report(&Answer::damaged(None, causes(&error)), output);
        }
        Err(error) => return Err(error.into()),
    };
    let house = (store.id().to_string(), store.kind().to_string());
    let answer = match store.verify(checkpoint.as_ref()) {
        Ok(verified) => Answer {
            valid: true,
            house: Some(house.0),
            kind: Some(house.1),
            seen: Some(verified.into()),
            error: None,
        },
        Err(error @ (StoreError::Damaged { .. } | StoreError::NoKey { .. })) => {
            Answer::damaged(Some(house), causes(&error))
        }
        Err(error) => return Err(error.into()),
    };
    report(&answer, output)
}

fn read(file: &std::path::Path) -> Result<Checkpoint, CommandError> {
    serde_json::from_str(&input::text(file)?).map_err(|error| {
        CommandError::wrong(format!("{} holds no checkpoint: {error}", file.display()))
    })
}

impl Answer {
    fn damaged(house: Option<(String, String)>, error: String) -> Self {
        let (house, kind) = house.unzip();
        Self { valid: false, house, kind, seen: None, error: Some(error) }
    }
}

fn report(answer: &Answer, output: &mut Output) -> Result<Exit, CommandError> {
    if output.is_json() {
        output.document(answer)?;
    } else if let Some(Seen { streams, events, forgotten, rows, blobs }) = &answer.seen {
        output.line(&format!(
            "the journal holds: {events} events in {streams} streams ({forgotten} forgotten), \
             {rows} rows and jobs, {blobs} blobs"
        ))?;
    } else if let Some(error) = &answer.error {
        output.line(&format!("the journal does not hold: {error}"))?;
    }
    Ok(Exit::of_findings(!answer.valid))
}
