//! `fermata counterparts`

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
};

use clap::Args;
use counterparts::SystemClock;
use rehearsal::{World, cast, process, scenarios, world::record::Witness};
use serde::Serialize;

use crate::{
    command_error::{CommandError, Exit},
    house::causes,
    output::Output,
};

/// Run a drill's world as a process of its own, for tests that kill a house
///
/// It outlives the house and keeps its own record of what happened. Nothing is authenticated:
/// loopback only. Ends when a caller says so.
#[derive(Args)]
#[command(after_help = EXAMPLE, verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// A new folder for the world's repositories and its witness
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,

    /// The story
    #[arg(long, value_name = "NAME", default_value = "contour")]
    scenario: String,

    /// What decides every throw of the dice
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Let counterparts misbehave
    #[arg(long)]
    faults: bool,

    /// Time is that of this machine; otherwise callers say what time it is
    #[arg(long)]
    real_time: bool,
}

const EXAMPLE: &str = "\
Example:
  fermata counterparts --folder /tmp/world --listen 127.0.0.1:0 --json";

#[derive(Serialize)]
struct Listening {
    listening: SocketAddr,
}

/// Answers until told to stop.
pub(crate) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, CommandError> {
    if !arguments.listen.ip().is_loopback() {
        return Err(CommandError::wrong("a drill's world listens on loopback only"));
    }
    let unknown = || CommandError::wrong(format!("there is no scenario {}", arguments.scenario));
    let story = scenarios::named(&arguments.scenario).ok_or_else(unknown)?;
    let mut setting = cast::setting(arguments.seed).map_err(CommandError::wrong)?;
    setting.faults = arguments.faults;
    story.set(&mut setting).map_err(CommandError::wrong)?;
    let trouble = |error: std::io::Error| CommandError::wrong(error);
    std::fs::create_dir_all(&arguments.folder).map_err(trouble)?;
    let witness = Witness::at(&arguments.folder.join("witness.jsonl")).map_err(trouble)?;
    let mut world = World::new(setting, &arguments.folder.join("repositories"), witness)
        .map_err(|error| CommandError::wrong(causes(&error)))?;
    let listener = TcpListener::bind(arguments.listen).map_err(trouble)?;
    let listening = listener.local_addr().map_err(trouble)?;
    if output.is_json() {
        output.document(&Listening { listening })?;
    } else {
        output.line(&format!("the drill's world is at {listening}"))?;
    }
    output.finish()?;
    let clock = arguments.real_time.then_some(&SystemClock as &dyn engine::Clock);
    process::serve(&listener, &mut world, clock).map_err(trouble)?;
    Ok(Exit::Fine)
}
