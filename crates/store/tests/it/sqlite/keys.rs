//! The key file: what is asked of it on demand, and what it must not keep.

use std::{fs, path::PathBuf, sync::Arc};

use rusqlite::Connection;
use store::{
    Expected, House, Journal, KeyClass, KeySource, OpenError, OsEntropy, Seq, SqliteStore,
    StoreError,
};
use tempfile::TempDir;

use super::{bytes, house, open, refusal, settings};
use crate::words::{add, all, append, commit, of, read, said, stream};

fn file(dir: &TempDir) -> PathBuf {
    dir.path().join("data/keys.db")
}

/// Changes the key file behind the house's back.
fn change(dir: &TempDir, sql: &str) {
    Connection::open(file(dir)).unwrap().execute_batch(sql).unwrap();
}

const BEND: &str = "UPDATE keys SET wrapped = zeroblob(296) WHERE stream = 'case/a'";
const LOSE: &str = "DELETE FROM keys WHERE stream = 'case/a'";

fn two_streams() -> (TempDir, SqliteStore) {
    let (dir, store) = house();
    add(&store, "case/a", &["one"]);
    add(&store, "case/b", &["two"]);
    (dir, store)
}

#[test]
fn a_damaged_key_is_refused_when_a_house_is_opened() {
    let (dir, store) = two_streams();
    drop(store);
    change(&dir, BEND);
    match refusal(&dir, || open(&dir)) {
        OpenError::Damaged { what, .. } => assert!(what.contains("a key of case/a"), "{what}"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_key_that_is_damaged_while_a_house_is_open_fails_closed() {
    let (dir, store) = two_streams();
    store.hold_keys(2);
    change(&dir, BEND);
    let refused = |store: &SqliteStore| store.read(&all(), &stream("case/a"), Seq::FIRST);
    assert!(matches!(refused(&store), Err(StoreError::Damaged { .. })));
    let both =
        of(vec![append("case/b", Expected::Any, &["x"]), append("case/a", Expected::Any, &["x"])]);
    let before = store.statistics().writes;
    let error = commit(&store, both).unwrap_err().to_string();
    assert_eq!(store.statistics().writes, before + 1, "those beside it are written all the same");
    assert!(error.contains("a key of case/a does not unwrap"), "{error}");
    add(&store, "case/b", &["three"]);
    assert_eq!(said(&read(&store, "case/b")), ["two", "three"]);
    let error = store.verify(None).unwrap_err().to_string();
    assert!(error.contains("a key of case/a does not unwrap"), "{error}");
}

#[test]
fn a_damaged_key_that_nothing_asks_for_is_found_by_verifying() {
    let (dir, store) = two_streams();
    store.verify(None).unwrap();
    change(&dir, "INSERT INTO keys VALUES (zeroblob(16), 'case/c', 1, zeroblob(296))");
    let error = store.verify(None).unwrap_err().to_string();
    assert!(error.contains("a key of case/c does not unwrap"), "{error}");
}

#[test]
fn a_key_that_is_lost_while_a_house_is_open_is_missed() {
    let (dir, store) = two_streams();
    store.hold_keys(2);
    change(&dir, LOSE);
    let lost = store.read(&all(), &stream("case/a"), Seq::FIRST);
    assert!(matches!(lost, Err(StoreError::NoKey { .. })), "{lost:?}");
    assert_eq!(said(&read(&store, "case/b")), ["two"]);
}

#[test]
fn a_forgotten_key_is_in_no_file_any_more() {
    let (dir, store) = two_streams();
    let wrapped: Vec<u8> = Connection::open(file(&dir))
        .unwrap()
        .query_row("SELECT wrapped FROM keys WHERE stream = 'case/a'", [], |row| row.get(0))
        .unwrap();
    let lies_in = |dir: &TempDir| {
        let holds = |bytes: &[u8]| bytes.windows(64).any(|part| part == &wrapped[100..164]);
        bytes(dir.path()).into_iter().filter(|(_, bytes)| holds(bytes)).count()
    };
    assert_ne!(lies_in(&dir), 0);
    std::thread::scope(|scope| {
        // Somebody reads all the time: the log is cut short all the same.
        let reading = scope.spawn(|| {
            for _ in 0..200 {
                store.hold_keys(2);
                read(&store, "case/b");
            }
        });
        store.forget(&all(), &stream("case/a"), KeyClass::Content).unwrap();
        assert_eq!(lies_in(&dir), 0);
        reading.join().unwrap();
    });
}

#[test]
fn a_house_of_the_first_format_is_opened_and_brought_up() {
    let (dir, store) = two_streams();
    store.forget(&all(), &stream("case/b"), KeyClass::Content).unwrap();
    drop(store);
    change(&dir, "DROP INDEX keys_by_stream; PRAGMA user_version = 1");
    let before = bytes(dir.path());
    let data = settings(dir.path()).dir;
    let reading = SqliteStore::open_read_only(&data, &KeySource::InDataDir, Arc::new(OsEntropy));
    let reading = reading.unwrap();
    assert_eq!(said(&read(&reading, "case/a")), ["one"]);
    assert_eq!(said(&read(&reading, "case/b")), ["-"]);
    reading.verify(None).unwrap();
    drop(reading);
    assert!(before == bytes(dir.path()), "reading changes nothing");
    for word in ["more", "still more"] {
        add(&open(&dir).unwrap(), "case/a", &[word]);
    }
    assert_eq!(said(&read(&open(&dir).unwrap(), "case/a")), ["one", "more", "still more"]);
    let count = "SELECT count(*) FROM keys WHERE stream = 'case/a'";
    let conn = Connection::open(file(&dir)).unwrap();
    assert_eq!(conn.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    assert_eq!(
        conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(),
        2
    );
    drop(conn);
    // A layout that is neither the first nor the second is nobody's.
    change(&dir, "DROP INDEX keys_by_stream");
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::Damaged { .. }));
    fs::remove_file(file(&dir)).unwrap();
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::FileMissing { .. }));
}
