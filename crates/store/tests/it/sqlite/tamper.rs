//! Tampering: nothing on disk can be altered without showing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::{prelude::*, sample::Index};
use rusqlite::{Connection, types::Value};
use store::{
    Append, Batch, Blobs, Checkpoint, Directory, Expected, House, Journal, KeyClass, OneTimeLink,
    Person, Position, ProjectId, Queue, Session, SqliteStore, StoreError, TokenHash,
};
use tempfile::TempDir;

use super::{house, open, settings};
use crate::words::{add, all, append, commit, job, of, query, row, stream, time};

/// A closed house with something in every table.
fn furnished() -> (TempDir, Checkpoint) {
    let (dir, store) = house();
    let blob =
        store.put_blob(&all(), &stream("case/a"), KeyClass::Content, &"mail".into()).unwrap();
    let owned = append("case/a", Expected::New, &["one", "two", "three"]);
    let project = Some(ProjectId::new("contour").unwrap());
    commit(&store, of(vec![Append { project, blobs: vec![blob], ..owned }])).unwrap();
    add(&store, "case/b", &["four"]);
    let batch = Batch {
        rows: vec![row("l", "a", "case/a", 1, "a"), row("l", "b", "case/b", 2, "b")],
        jobs: vec![job("j", "case/a", time(5), "j"), job("k", "case/b", time(6), "k")],
        ..Batch::default()
    };
    commit(&store, batch).unwrap();
    let handles = vec!["h".to_owned()];
    store.put_person(&Person { id: "p".into(), handles, body: "p".into() }).unwrap();
    let (token, expires) = (TokenHash::of(b"t"), time(9));
    store.put_session(&Session { token, person: "p".into(), expires, body: "s".into() }).unwrap();
    store.put_link(&OneTimeLink { token, expires, body: "l".into() }).unwrap();
    store.attempt("x", 3, std::time::Duration::from_secs(9), time(0)).unwrap();
    let checkpoint = store.checkpoint(time(0)).unwrap();
    (dir, checkpoint)
}

/// Everything that can be asked of a house.
fn contents(store: &SqliteStore) -> Result<Vec<String>, StoreError> {
    let mut all_of_it = Vec::new();
    for name in store.streams(&all(), "")? {
        all_of_it.push(format!("{name} {:?}", store.read(&all(), &name, store::Seq::FIRST)?));
    }
    all_of_it.push(format!("{:?}", store.feed(&all(), Position::START, 100)?));
    for list in ["l", "m"] {
        all_of_it.push(format!("{:?}", store.rows(&all(), &query(list, 100))?));
    }
    for key in ["a", "b"] {
        all_of_it.push(format!("{:?}", store.row(&all(), "l", key)?));
    }
    all_of_it.push(format!("{:?}", store.people()?));
    all_of_it.push(format!("{:?}", store.person_by_handle("h")?));
    all_of_it.push(format!("{:?}", store.session(&TokenHash::of(b"t"), time(0))?));
    all_of_it.push(format!("{:?}", store.lock_state()));
    all_of_it.push(format!("{:?}", store.use_link(&TokenHash::of(b"t"), time(0))?));
    let mut leases = Vec::new();
    while let Some(lease) = store.lease(time(100), std::time::Duration::from_mins(1))? {
        leases.push(format!("{:?} {:?} {:?}", lease.fence.job, lease.due, lease.body));
    }
    // Their order hangs on `ready`, which is not sealed: a worker's schedule, not a decision.
    leases.sort();
    all_of_it.append(&mut leases);
    Ok(all_of_it)
}

fn journal(dir: &TempDir) -> PathBuf {
    settings(dir.path()).dir.join("journal.db")
}

/// Another value of the same type: one bit of it is flipped.
fn bent(value: Value) -> Option<Value> {
    match value {
        Value::Null | Value::Real(_) => None,
        Value::Integer(number) => Some(Value::Integer(number ^ 1)),
        Value::Text(text) => Some(Value::Text(match text.strip_suffix('a') {
            Some(start) => format!("{start}b"),
            None => format!("{text}a"),
        })),
        Value::Blob(mut bytes) => {
            *bytes.last_mut()? ^= 1;
            Some(Value::Blob(bytes))
        }
    }
}

#[test]
fn every_value_in_every_table_is_held_by_something() {
    // What is left out is bookkeeping that no reader is told: who is next in line for a job.
    const TABLES: &[(&str, &str, &[&str])] = &[
        ("meta", "name", &["name", "value"]),
        ("streams", "number", &["number", "name", "owner", "binding"]),
        (
            "events",
            "position",
            &["position", "stream", "seq", "command", "class", "sealed", "hash"],
        ),
        ("blobs", "name", &["stream", "name"]),
        ("rows", "id", &["list", "key", "owner", "stream", "sort", "sealed"]),
        ("jobs", "id", &["name", "stream", "due", "sealed"]),
        ("shelf", "kind", &["kind", "name", "owner", "expires", "sealed"]),
    ];
    let mut bends = 0;
    for (table, id, columns) in TABLES {
        for column in *columns {
            let (dir, _) = furnished();
            let pristine = fs::read(journal(&dir)).unwrap();
            let conn = Connection::open(journal(&dir)).unwrap();
            let select = format!("SELECT {id}, {column} FROM {table}");
            let cells: Vec<(Value, Value)> = conn
                .prepare(&select)
                .unwrap()
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            drop(conn);
            for (which, value) in cells {
                let Some(value) = bent(value) else { continue };
                fs::write(journal(&dir), &pristine).unwrap();
                let conn = Connection::open(journal(&dir)).unwrap();
                let update = format!("UPDATE {table} SET {column} = ?2 WHERE {id} = ?1");
                let changed = conn.execute(&update, (&which, value));
                conn.close().unwrap();
                if changed.is_err() {
                    continue; // the bent value is another row's: the tables themselves refuse it
                }
                let held = open(&dir).map(|store| store.verify(None));
                assert!(!matches!(held, Ok(Ok(_))), "{table}.{column} of {which:?} was bent");
                bends += 1;
            }
        }
    }
    assert!(bends > 60, "only {bends} values were bent");
}

#[test]
fn a_row_that_is_gone_is_missed() {
    for (table, wanted) in [("events", 4), ("streams", 2)] {
        for victim in 1..=wanted {
            let (dir, checkpoint) = furnished();
            let conn = Connection::open(journal(&dir)).unwrap();
            let gone = conn.execute(&format!("DELETE FROM {table} WHERE rowid = ?1"), [victim]);
            assert_eq!(gone.unwrap(), 1);
            drop(conn);
            let store = open(&dir).unwrap();
            let error = store.verify(Some(&checkpoint)).unwrap_err();
            assert!(matches!(error, StoreError::Damaged { .. }), "{table} {victim}: {error}");
        }
    }
}

#[test]
fn two_events_cannot_change_places() {
    let (dir, _) = furnished();
    let conn = Connection::open(journal(&dir)).unwrap();
    conn.execute_batch(
        "CREATE TEMP TABLE kept AS SELECT * FROM events WHERE position IN (1, 2);
         UPDATE events SET sealed = (SELECT sealed FROM kept WHERE kept.position = 3 - events.position),
             hash = (SELECT hash FROM kept WHERE kept.position = 3 - events.position)
         WHERE position IN (1, 2);",
    )
    .unwrap();
    drop(conn);
    let store = open(&dir).unwrap();
    let read = store.read(&all(), &stream("case/a"), store::Seq::FIRST);
    assert!(matches!(read, Err(StoreError::Damaged { .. })));
}

/// A house to tamper with, copied afresh each time.
struct Model {
    files: Vec<(PathBuf, Vec<u8>)>,
    contents: Vec<String>,
    dir: TempDir,
}

impl Model {
    fn new() -> Self {
        let (dir, _) = furnished();
        let files =
            super::bytes(dir.path()).into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
        let contents = contents(&open(&dir).unwrap()).unwrap();
        Self { files, contents, dir }
    }

    fn reset(&self) {
        for (path, bytes) in &self.files {
            fs::write(path, bytes).unwrap();
        }
    }

    /// The bent house is refused, or something in it is; or nothing that anybody reads was bent.
    fn shows(&self, file: &Path, bytes: &[u8]) -> Result<(), TestCaseError> {
        self.reset();
        fs::write(file, bytes).unwrap();
        let Ok(store) = open(&self.dir) else { return Ok(()) };
        if store.verify(None).is_err() {
            return Ok(());
        }
        if let Ok(contents) = contents(&store) {
            prop_assert_eq!(&contents, &self.contents);
        }
        Ok(())
    }
}

#[test]
fn a_flipped_bit_is_refused_or_does_not_matter() {
    let model = Model::new();
    let config = ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() };
    proptest!(config, |(file in any::<Index>(), at in any::<Index>(), bit in 0..8_u8)| {
        let (path, bytes) = file.get(&model.files);
        let mut bytes = bytes.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        model.shows(path, &bytes)?;
    });
}

#[test]
fn a_truncated_file_is_refused() {
    let model = Model::new();
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() };
    let databases: Vec<_> = model
        .files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "db"))
        .collect();
    assert_eq!(databases.len(), 2);
    proptest!(config, |(file in any::<Index>(), at in any::<Index>(), whole in any::<bool>())| {
        let (path, bytes) = *file.get(&databases);
        let mut length = at.index(bytes.len());
        if whole {
            length -= length % 4096;
        }
        model.reset();
        fs::write(path, &bytes[..length]).unwrap();
        let before = super::bytes(model.dir.path());
        prop_assert!(open(&model.dir).is_err(), "{} of {} bytes", length, bytes.len());
        prop_assert!(before == super::bytes(model.dir.path()), "a refusal changes nothing");
    });
}

#[test]
fn every_byte_of_a_blob_counts() {
    let (dir, store) = house();
    let name = stream("case/a");
    let id = store.put_blob(&all(), &name, KeyClass::Content, &"mail".into()).unwrap();
    let files = super::bytes(&dir.path().join("data/blobs"));
    let (path, bytes) = files.into_iter().next().unwrap();
    for at in 0..bytes.len() {
        let mut bent = bytes.clone();
        bent[at] ^= 0x10;
        fs::write(&path, &bent).unwrap();
        let read = store.get_blob(&all(), &name, &id);
        assert!(read.is_err(), "byte {at}: {read:?}");
        assert!(store.verify(None).is_err(), "byte {at}");
    }
    fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert!(store.get_blob(&all(), &name, &id).is_err());
    let again = store.put_blob(&all(), &name, KeyClass::Content, &"mail".into()).unwrap();
    assert_eq!(again, id);
    assert!(store.get_blob(&all(), &name, &id).unwrap().is_some(), "putting it again mends it");
}
