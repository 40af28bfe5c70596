//! Opening a house's data: the one place that knows where its files and its key are.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use counterparts::SystemClock;
use engine::{Engine, EngineError, Parts, Texts, ports::Ports};
use store::{KeySource, Kind, OpenError, OsEntropy, Settings, SqliteStore, Store};

use crate::command_error::CommandError;

/// Where a house lives.
#[derive(Args)]
pub(crate) struct DataDir {
    /// The house's data directory
    #[arg(long = "data", value_name = "DIR", default_value = "fermata-data")]
    path: PathBuf,
}

impl DataDir {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where what mirrors say of their histories is kept. It may be deleted at any time.
    pub(crate) fn histories(&self) -> PathBuf {
        self.path.join("histories")
    }

    /// Where mirrors of repositories lie, unless somebody says otherwise.
    pub(crate) fn clones(&self) -> PathBuf {
        self.path.join("clones")
    }

    fn settings(&self, kind: Kind) -> Settings {
        let (dir, entropy) = (self.path.clone(), Arc::new(OsEntropy));
        Settings { dir, kind, key: KeySource::InDataDir, entropy }
    }

    /// Opens the live house for running it, and makes it if there is none.
    pub(crate) fn open_or_make(&self) -> Result<SqliteStore, OpenError> {
        let settings = self.settings(Kind::Live);
        match SqliteStore::open(&settings) {
            Err(OpenError::Missing { .. }) => SqliteStore::create(&settings),
            opened => opened,
        }
    }

    /// Opens a house of either kind, to read it as somebody whose reads are recorded.
    pub(crate) fn open(&self) -> Result<SqliteStore, OpenError> {
        match SqliteStore::open(&self.settings(Kind::Live)) {
            Err(OpenError::WrongKind { .. }) => SqliteStore::open(&self.settings(Kind::Drill)),
            opened => opened,
        }
    }

    /// Opens a house of either kind without changing a byte of it.
    pub(crate) fn look(&self) -> Result<SqliteStore, OpenError> {
        look(&self.path)
    }
}

/// A house around its data, with no party outside connected, that may read clones in a folder.
pub(crate) fn engine(store: Arc<dyn Store>, clones: PathBuf) -> Result<Engine, EngineError> {
    engine_with(store, counterparts::ports(clones, None))
}

/// A house around its data, with these parties connected.
pub(crate) fn engine_with(store: Arc<dyn Store>, ports: Ports) -> Result<Engine, EngineError> {
    Ok(Engine::new(Parts {
        store,
        ports,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        playbooks: ["contour", "minimal"].into_iter().filter_map(playbook::shipped).collect(),
        texts: Texts::load(None)?,
    }))
}

/// Opens the house in a directory without changing a byte of it.
pub(crate) fn look(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open_read_only(path, &KeySource::InDataDir, Arc::new(OsEntropy))
}

impl From<OpenError> for CommandError {
    fn from(error: OpenError) -> Self {
        let hint = match &error {
            OpenError::Busy { .. } => Some("stop the `fermata serve` that has it open"),
            OpenError::Missing { .. } => {
                Some("name the data directory with --data; `fermata serve` makes a new house")
            }
            OpenError::NotClosed { .. } => {
                Some("start `fermata serve` on it once, and stop it with Ctrl-C")
            }
            OpenError::FileMissing { file } if file.ends_with("instance.key") => {
                Some("put the house's instance.key back; it is not part of any backup")
            }
            OpenError::WrongKind { .. } => Some("live houses and drills never share a directory"),
            OpenError::Newer { .. } => Some("use the Fermata that wrote it, or a newer one"),
            OpenError::Damaged { .. } => Some("restore a backup: `fermata journal restore --help`"),
            _ => None,
        };
        let wrong = Self::wrong(causes(&error));
        hint.into_iter().fold(wrong, Self::hint)
    }
}

impl From<store::StoreError> for CommandError {
    fn from(error: store::StoreError) -> Self {
        Self::wrong(causes(&error))
    }
}

/// An error with what is behind it.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        next = cause.source();
    }
    words
}
