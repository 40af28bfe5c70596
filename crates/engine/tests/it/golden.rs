//! What a house once wrote can always be opened, unsealed and read: a data directory that is checked
//! in, with one stored entry of every variant in every kind of stream.
//!
//! The lines of `tests/golden/*-v1.jsonl` are entries as they are stored; the case's are beside
//! `case`. They are never changed: a new variant or version is added at the end. How the directory
//! was made stands in its README.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use case::{
    Actor, Entry, Event, PersonId, ProjectId, event::LifeEvent, event::SCHEMA, evolve::fold,
    roll::Change,
};
use engine::{HouseEvent, ProjectEvent, Read, ReportEvent};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{
    Append, Batch, Blobs, CommandId, Direction, Expected, House as _, Journal, KeyClass, KeySource,
    Kind, OsEntropy, Queue, RowQuery, Scope, SeededEntropy, Seq, Settings, SqliteStore, StreamId,
};
use tempfile::TempDir;

use crate::house::{House, START};

/// Streams of golden lines: their names, and the file they come from.
const STREAMS: [(&str, &str); 5] = [
    ("house", "house-v1.jsonl"),
    ("project/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "project-v1.jsonl"),
    ("report/0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e", "report-v1.jsonl"),
    ("case/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d", "../../../case/tests/golden/events-v1.jsonl"),
    ("case/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d/reads", "reads-v1.jsonl"),
];
/// A stream whose reporter was forgotten.
const FORGOTTEN: &str = "report/0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c";
/// The engine's lists.
const LISTS: [&str; 4] = ["cases", "codenames", "mail-read", "receipts"];
const WORDS: &str = "sealed-v1.jsonl";
const FILES: [&str; 3] = ["instance.key", "journal.db", "keys.db"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn lines(file: &str) -> Vec<String> {
    fs::read_to_string(path(file)).unwrap().lines().map(str::to_owned).collect()
}

fn scope() -> Scope {
    Scope::house("golden")
}

fn settings(dir: PathBuf) -> Settings {
    let key = KeySource::InDataDir;
    Settings { dir, kind: Kind::Drill, key, entropy: Arc::new(OsEntropy) }
}

/// A copy of the directory, with the modes that git does not keep.
fn copied() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    copy(&path("sealed-v1"), &data);
    (folder, data)
}

fn copy(from: &PathBuf, to: &PathBuf) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(&source, &target).unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

/// Everything that a store says, a line each: events, rows, jobs.
fn words(store: &SqliteStore) -> Vec<String> {
    let plain = |bytes: Option<&[u8]>| -> Value {
        let Some(bytes) = bytes else { return Value::Null };
        serde_json::from_slice(bytes)
            .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(bytes).into_owned()))
    };
    let mut words = Vec::new();
    for stream in store.streams(&scope(), "").unwrap() {
        for event in store.read(&scope(), &stream, Seq::FIRST).unwrap() {
            let identity = event.class == KeyClass::Identity;
            let body = plain(event.payload.as_bytes());
            let (hash, stream) = (event.hash.to_string(), stream.as_str());
            words.push(json!({"stream": stream, "seq": event.seq.0, "identity": identity,
                "hash": hash, "body": body}));
        }
    }
    for list in LISTS {
        let (list, direction) = (list.to_owned(), Direction::Ascending);
        let query = RowQuery { list: list.clone(), direction, after: None, limit: 100 };
        for row in store.rows(&scope(), &query).unwrap().rows {
            let body = plain(row.body.as_bytes());
            words.push(json!({"row": list, "stream": row.stream.as_str(), "sort": row.sort,
                "body": body}));
        }
    }
    words.into_iter().map(|word| word.to_string()).collect()
}

/// The jobs, which only a store that may be written gives away.
fn jobs(store: &SqliteStore) -> Vec<String> {
    let later = START + jiff::SignedDuration::from_hours(1_000);
    let hour = std::time::Duration::from_hours(1);
    let leases = std::iter::from_fn(|| store.lease(later, hour).unwrap());
    let told = leases.map(|lease| {
        let body: Value = serde_json::from_slice(lease.body.as_bytes()).unwrap();
        json!({"job": lease.stream.as_str(), "due": lease.due.to_string(), "body": body})
    });
    told.map(|job| job.to_string()).collect()
}

fn variants<T: DeserializeOwned>() -> Vec<String> {
    let error = serde_json::from_str::<T>(r#"{"?":null}"#).err().unwrap().to_string();
    let names: Vec<_> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(!names.is_empty(), "{error}");
    names
}

/// What a later version adds to an event, an older house does not drop without a word.
fn strict<T: DeserializeOwned>(file: &str) {
    for line in lines(file) {
        let mut entry: Value = serde_json::from_str(&line).unwrap();
        let (_, fields) = entry["event"].as_object_mut().unwrap().iter_mut().next().unwrap();
        fields.as_object_mut().unwrap().insert("mood".into(), "good".into());
        let error = serde_json::from_value::<T>(entry["event"].take()).err().unwrap().to_string();
        assert!(error.contains("mood"), "{error}");
    }
}

/// Every variant has a line, each line is read as it was written, and every version has been.
fn covered<T: DeserializeOwned + serde::Serialize>(file: &str, version: u32) {
    let entries: Vec<Value> =
        lines(file).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut said = BTreeSet::new();
    for entry in &entries {
        let event: T = serde_json::from_value(entry["event"].clone()).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), entry["event"]);
        said.extend(entry["event"].as_object().unwrap().keys().cloned());
    }
    assert_eq!(said, variants::<T>().into_iter().collect(), "add a line to {file}");
    let versions: BTreeSet<u64> =
        entries.iter().map(|entry| entry["v"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=u64::from(version)).collect(), "add a line to {file}");
}

#[test]
fn there_is_a_line_of_every_variant_in_every_kind_of_stream() {
    covered::<HouseEvent>("house-v1.jsonl", 1);
    covered::<ProjectEvent>("project-v1.jsonl", 1);
    covered::<ReportEvent>("report-v1.jsonl", 1);
    let changes = lines("project-v1.jsonl").into_iter().filter_map(|line| {
        let entry: Value = serde_json::from_str(&line).unwrap();
        entry["event"]["roll"]["change"].as_object()?.keys().next().cloned()
    });
    let changes: BTreeSet<String> = changes.collect();
    assert_eq!(changes, variants::<Change>().into_iter().collect(), "changes of the roll");
    strict::<HouseEvent>("house-v1.jsonl");
    strict::<ProjectEvent>("project-v1.jsonl");
    strict::<ReportEvent>("report-v1.jsonl");
    // The case's own tests look closer.
    covered::<Event>(STREAMS[3].1, SCHEMA);
    for line in lines("reads-v1.jsonl") {
        serde_json::from_str::<Read>(&line).unwrap();
    }
}

#[test]
fn the_sealed_journal_verifies_and_says_what_was_written() {
    let (_folder, data) = copied();
    let key = KeySource::InDataDir;
    let store = SqliteStore::open_read_only(&data, &key, Arc::new(OsEntropy)).unwrap();
    let verified = store.verify(None).unwrap();
    assert_eq!((verified.forgotten, verified.blobs), (1, 1));
    let mut found = words(&store);
    drop(store);
    let store = SqliteStore::open(&settings(data)).unwrap();
    found.extend(jobs(&store));
    let expected = lines(WORDS);
    for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert_eq!(found, expected, "line {}", number + 1);
    }
    assert_eq!(found.len(), expected.len());
    // What is sealed is what the golden lines say; lines that came later are not in it.
    for (stream, file) in STREAMS {
        let read = store.read(&scope(), &StreamId::new(stream).unwrap(), Seq::FIRST).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|event| String::from_utf8(event.payload.as_bytes().unwrap().to_vec()).unwrap())
            .collect();
        assert!(!read.is_empty() && lines(file).starts_with(&read), "{stream}");
    }
}

/// A case goes on with the playbook that it is pinned to, to the byte.
fn its_playbook() -> playbook::Playbook {
    let source = fs::read_to_string(path("minimal-v1.yaml")).unwrap();
    playbook::Playbook::parse(&source).unwrap()
}

#[test]
fn the_sealed_journal_folds() {
    let (_folder, data) = copied();
    let store = Arc::new(SqliteStore::open(&settings(data)).unwrap());
    let elsewhere = House::of(its_playbook());
    let house = elsewhere.again(store.clone());

    let unlocked = house.engine.house_events().unwrap();
    assert!(matches!(&unlocked[..], [(_, HouseEvent::Unlocked { open, .. })] if open.len() == 1));
    let golden = house.engine.project(ProjectId([0x0f; 16])).unwrap();
    assert_eq!(golden.team, BTreeSet::from([PersonId([1; 16])]));
    assert_eq!(golden.policy.approvals.publish, 2);

    let case = StreamId::new(STREAMS[3].0).unwrap();
    let entries: Vec<Entry> = (1..)
        .zip(store.read(&scope(), &case, Seq::FIRST).unwrap())
        .map(|(seq, recorded)| Entry {
            seq,
            ..serde_json::from_slice(recorded.payload.as_bytes().unwrap()).unwrap()
        })
        .collect();
    assert_eq!(fold(&entries).unwrap().head, u64::try_from(entries.len()).unwrap());

    // The house that wrote it goes on: the report, its case, its receipt and its blob.
    let projects = house.engine.projects().unwrap();
    let own = projects.iter().find(|project| project.id != golden.id).unwrap();
    assert_eq!(own.team.len(), 2);
    let summary =
        lines(WORDS).into_iter().find(|line| line.contains(r#""row":"receipts""#)).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let report = StreamId::new(summary["stream"].as_str().unwrap()).unwrap();
    let mut linked = None;
    for recorded in store.read(&scope(), &report, Seq::FIRST).unwrap() {
        let entry: Value = serde_json::from_slice(recorded.payload.as_bytes().unwrap()).unwrap();
        match serde_json::from_value(entry["event"].clone()).unwrap() {
            ReportEvent::Received { raw, .. } => {
                let blob =
                    store.get_blob(&scope(), &report, &raw.parse().unwrap()).unwrap().unwrap();
                assert_eq!(blob.as_bytes().unwrap(), b"raw 3");
            }
            ReportEvent::Linked { case } => linked = Some(case),
            ReportEvent::Reporter { .. } => {}
        }
    }
    let view = house.engine.view(linked.unwrap(), Actor::House).unwrap();
    assert_eq!(view.loaded.case.reports.len(), 1);
}

/// Makes the sealed directory and the words in it: a house with one report that somebody has read,
/// and the golden lines in streams of their own.
#[test]
#[ignore = "makes what is checked in, once for every version of the sealing"]
fn make() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let entropy = Arc::new(SeededEntropy::new(1));
    let store =
        Arc::new(SqliteStore::create(&Settings { entropy, ..settings(data.clone()) }).unwrap());
    let house = House::on(store.clone(), playbook::shipped("minimal").unwrap());
    let receipt = house.report(3, Some("rita@example.org"));
    house.engine.view(receipt.case, Actor::Person(house.ada)).unwrap();
    for (number, (stream, file)) in (1..).zip(STREAMS) {
        let entries = lines(file).iter().map(|line| entry(line)).collect();
        write(&store, stream, number, entries);
    }
    let golden = lines("report-v1.jsonl");
    write(&store, FORGOTTEN, 9, golden.iter().map(|line| entry(line)).collect());
    store.forget(&scope(), &StreamId::new(FORGOTTEN).unwrap(), KeyClass::Identity).unwrap();
    let mut told = words(&store);
    drop(house);
    drop(store);
    let target = path("sealed-v1");
    assert!(!target.exists(), "what was sealed once is not sealed anew");
    copy(&data, &target);
    let _ = fs::remove_file(target.join("lock"));
    assert!(FILES.iter().all(|file| target.join(file).is_file()));
    told.extend(jobs(&SqliteStore::open(&settings(data)).unwrap()));
    fs::write(path(WORDS), told.join("\n") + "\n").unwrap();
}

/// Sealed under the key that the engine uses for it.
fn entry(line: &str) -> store::Entry {
    let value: Value = serde_json::from_str(line).unwrap();
    let linked = serde_json::from_str::<Entry>(line)
        .is_ok_and(|entry| matches!(entry.event, Event::Life(LifeEvent::Linked(_))));
    if linked || value["event"]["reporter"].is_object() {
        store::Entry::identity(line.as_bytes())
    } else {
        store::Entry::content(line.as_bytes())
    }
}

fn write(store: &SqliteStore, stream: &str, number: u8, entries: Vec<store::Entry>) {
    let stream = StreamId::new(stream).unwrap();
    let append = Append::new(stream, Expected::New, CommandId([number; 16]), entries);
    let batch = Batch { appends: vec![append], ..Batch::default() };
    store.commit(&scope(), batch).unwrap();
}
