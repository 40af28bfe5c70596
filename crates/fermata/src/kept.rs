//! A drill that was kept on disk: where its parts lie, and what it was.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rehearsal::{Options, audit::Truth, cast, scenarios};
use serde::{Deserialize, Serialize};

use crate::command_error::CommandError;

/// The folder of a kept drill.
pub(crate) struct Kept {
    folder: PathBuf,
}

/// What decides a drill.
#[derive(Serialize, Deserialize)]
struct Told {
    v: u8,
    scenario: String,
    seed: u64,
    faults: bool,
}

impl Kept {
    /// Says nothing of whether it is there.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The house's data directory.
    pub(crate) fn house(&self) -> PathBuf {
        self.folder.join("house")
    }

    /// The world's folder: repositories and witness.
    pub(crate) fn world(&self) -> PathBuf {
        self.folder.join("world")
    }

    /// What the witness saw.
    pub(crate) fn witness(&self) -> PathBuf {
        self.world().join("witness.jsonl")
    }

    /// Whether a drill was kept here.
    pub(crate) fn is_there(&self) -> bool {
        self.told().is_file()
    }

    fn told(&self) -> PathBuf {
        self.folder.join("drill.json")
    }

    /// Writes down what the drill was.
    pub(crate) fn write(&self, options: &Options) -> Result<(), CommandError> {
        let Options { scenario, seed, faults, plant: _ } = options;
        let told = Told { v: 1, scenario: scenario.clone(), seed: *seed, faults: *faults };
        let text = serde_json::to_string(&told).map_err(CommandError::wrong)?;
        fs::write(self.told(), text + "\n").map_err(|error| self.trouble(&error))
    }

    /// The true addresses, from before the drill: made anew from what decided it, so that nobody
    /// can have changed them since.
    pub(crate) fn truth(&self) -> Result<Truth, CommandError> {
        let text = fs::read_to_string(self.told()).map_err(|error| self.trouble(&error))?;
        let told: Told = serde_json::from_str(&text).map_err(|error| self.trouble(&error))?;
        let story = scenarios::named(&told.scenario).ok_or_else(|| {
            CommandError::wrong(format!("there is no scenario {} any more", told.scenario))
        })?;
        let mut setting = cast::setting(told.seed).map_err(CommandError::wrong)?;
        story.set(&mut setting).map_err(CommandError::wrong)?;
        Ok(Truth::from(&setting))
    }

    fn trouble(&self, error: &dyn std::error::Error) -> CommandError {
        CommandError::wrong(format!("{}: {error}", self.told().display()))
    }
}
