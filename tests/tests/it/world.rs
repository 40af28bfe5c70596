//! A world in a process of its own, and the processes of houses around it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use engine::Clock;
use house_tests::walk::Tale;
use rehearsal::{
    audit::{Books, Truth},
    ports::Wire,
    process::Remote,
    world::{
        developers::Look,
        record::Record,
        setting::Setting,
        wire::{Request, Response},
    },
};
use store::{KeySource, OsEntropy, SqliteStore};
use tempfile::TempDir;

/// The program of all these processes, in nobody's environment.
pub(crate) fn breakable() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_breakable"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

pub(crate) fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line
}

/// A world that outlives every house.
pub(crate) struct Outside {
    folder: TempDir,
    child: Child,
    pub(crate) address: SocketAddr,
    setting: Setting,
}

impl Outside {
    pub(crate) fn new(scenario: &str, setting: Setting) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tale = Tale { scenario: scenario.to_owned(), setting: setting.clone() };
        tale.keep(folder.path()).unwrap();
        let mut child = breakable().arg("world").arg(folder.path()).spawn().unwrap();
        let address = first_line(&mut child).trim().parse().expect("the world's address");
        Self { folder, child, address, setting }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn wire(&self, clock: Arc<dyn Clock>) -> Remote {
        Remote::real(self.address, clock)
    }

    /// Ends the world; what it and the journal say. Everybody told the truth at `clock`'s time.
    pub(crate) fn books(&mut self, clock: Arc<dyn Clock>) -> (Books, Vec<Record>) {
        let wire = self.wire(clock);
        let Response::Records(records) = wire.call(&Request::Records).unwrap() else {
            panic!("the world does not tell")
        };
        let look = Look::Public(self.setting.repository.clone());
        let Response::Folder(mirror) = wire.call(&Request::Repository(look)).unwrap() else {
            panic!("there is no public repository")
        };
        wire.call(&Request::Stop).unwrap();
        self.child.wait().unwrap();
        let key = KeySource::InDataDir;
        let store = SqliteStore::open_read_only(&self.data(), &key, Arc::new(OsEntropy)).unwrap();
        let mut books = Books::read(&store).unwrap();
        books.witness = Some(records.clone());
        books.mirror = Some(mirror);
        books.truth = Some(Truth::from(&self.setting));
        (books, records)
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
