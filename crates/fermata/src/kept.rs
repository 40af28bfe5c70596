//! A drill that was kept on disk: where its parts lie, and what it was.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rehearsal::{Options, audit::Truth};
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
    /// A mail of somebody's own is the report.
    #[serde(default)]
    reported: bool,
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

    fn report(&self) -> PathBuf {
        self.folder.join("report.eml")
    }

    fn told(&self) -> PathBuf {
        self.folder.join("drill.json")
    }

    /// Writes down what the drill was.
    pub(crate) fn write(&self, options: &Options) -> Result<(), CommandError> {
        let Options { scenario, seed, faults, plant: _, history: _, report } = options;
        let told = Told {
            v: 1,
            scenario: scenario.clone(),
            seed: *seed,
            faults: *faults,
            reported: report.is_some(),
        };
        if let Some(raw) = report {
            fs::write(self.report(), raw).map_err(|error| self.trouble(&error))?;
        }
        let text = serde_json::to_string(&told).map_err(CommandError::wrong)?;
        fs::write(self.told(), text + "\n").map_err(|error| self.trouble(&error))
    }

    /// The true addresses, from before the drill: made anew from what decided it, so that nobody
    /// can have changed them since.
    pub(crate) fn truth(&self) -> Result<Truth, CommandError> {
        let text = fs::read_to_string(self.told()).map_err(|error| self.trouble(&error))?;
        let told: Told = serde_json::from_str(&text).map_err(|error| self.trouble(&error))?;
        let mut options = Options::new(&told.scenario, told.seed);
        if told.reported {
            options.report = Some(fs::read(self.report()).map_err(|error| self.trouble(&error))?);
        }
        let (_, setting) = options.stage()?;
        Ok(Truth::from(&setting))
    }

    fn trouble(&self, error: &dyn std::error::Error) -> CommandError {
        CommandError::wrong(format!("{}: {error}", self.told().display()))
    }
}
