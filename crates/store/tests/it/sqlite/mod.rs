//! The SQLite backend: the contract, and what its files must withstand.

mod backup;
mod crash;
mod keys;
mod opening;
mod tamper;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use store::{House, KeySource, Kind, OpenError, OsEntropy, Settings, SqliteStore};
use tempfile::TempDir;

use crate::{
    law::{Clocked, hold},
    words::add,
};

pub(crate) fn settings(dir: &Path) -> Settings {
    Settings {
        dir: dir.join("data"),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    }
}

/// A new house in a folder of its own.
pub(crate) fn house() -> (TempDir, SqliteStore) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::create(&settings(dir.path())).unwrap();
    (dir, store)
}

fn open(dir: &TempDir) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(&settings(dir.path()))
}

/// Every file below a folder with its bytes, except SQLite's index of a log that lies there: that
/// one is rebuilt by whoever reads.
fn bytes(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.append(&mut bytes(&path));
        } else if !path.to_string_lossy().ends_with("-shm") {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// Opens a house that must refuse, and checks that no byte on disk has changed.
fn refusal(dir: &TempDir, open: impl FnOnce() -> Result<SqliteStore, OpenError>) -> OpenError {
    let before = bytes(dir.path());
    let Err(error) = open() else { panic!("it was opened") };
    assert!(before == bytes(dir.path()), "a refusal changes nothing: {error}");
    error
}

#[test]
fn the_sqlite_store_keeps_the_contract() {
    hold(|law| {
        let (_dir, store) = house();
        law(&Clocked::new(store));
    });
}

#[test]
fn the_contract_holds_with_two_keys_in_memory() {
    hold(|law| {
        let (_dir, store) = house();
        store.hold_keys(2);
        law(&Clocked::new(store));
    });
}

#[test]
fn everybody_who_waits_shares_a_commit() {
    const CLIENTS: u64 = 32;
    const EACH: u64 = 10;
    let (_dir, store) = house();
    let before = store.statistics();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let store = &store;
            scope.spawn(move || {
                for _ in 0..EACH {
                    add(store, &format!("case/{client}"), &["x"]);
                }
            });
        }
    });
    let after = store.statistics();
    assert_eq!(after.events - before.events, CLIENTS * EACH);
    assert_eq!(after.writes - before.writes, CLIENTS * EACH);
    let commits = after.commits - before.commits;
    assert!(commits < CLIENTS * EACH / 2, "{commits} commits for {} writes", CLIENTS * EACH);
}
