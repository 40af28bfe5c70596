//! `fermata journal`

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    path::Path,
    sync::Arc,
};

use serde_json::json;
use store::{
    Append, Batch, CommandId, Entry, Expected, Journal as _, KeySource, Kind, Scope, SeededEntropy,
    Seq, Settings, SqliteStore, StreamId,
};

use crate::program::{Ended, Place};

fn settings(dir: &Path) -> Settings {
    let entropy = Arc::new(SeededEntropy::new(7));
    Settings { dir: dir.to_owned(), kind: Kind::Live, key: KeySource::InDataDir, entropy }
}

fn append(store: &SqliteStore, number: u8) {
    let stream = StreamId::new("case/0123456789abcdef").unwrap();
    let expected =
        if number == 1 { Expected::New } else { Expected::Exact(Seq(u64::from(number) - 1)) };
    let events = vec![Entry::content(format!("event {number}").into_bytes())];
    let append = Append::new(stream, expected, CommandId([number; 16]), events);
    let batch = Batch { appends: vec![append], ..Batch::default() };
    store.commit(&Scope::house("test"), batch).unwrap();
}

/// A house with so many events, closed.
fn house(place: &Place, name: &str, events: u8) {
    let store = SqliteStore::create(&settings(&place.path().join(name))).unwrap();
    (1..=events).for_each(|number| append(&store, number));
}

fn verify(place: &Place, more: &[&str]) -> Ended {
    place.run(&[&["journal", "verify", "--json", "--data", "data"], more].concat())
}

#[test]
fn a_whole_journal_holds() {
    let place = Place::new();
    house(&place, "data", 3);
    let ended = verify(&place, &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let answer = &ended.documents()[0];
    assert_eq!((&answer["valid"], &answer["kind"]), (&json!(true), &json!("live")));
    assert_eq!((&answer["streams"], &answer["events"]), (&json!(1), &json!(3)));
}

#[test]
fn a_changed_byte_shows() {
    let place = Place::new();
    house(&place, "data", 3);
    let path = place.path().join("data/journal.db");
    let length = fs::metadata(&path).unwrap().len();
    let mut shown = 0;
    for at in (0..length).step_by(997) {
        let before = fs::read(&path).unwrap();
        let byte = before[usize::try_from(at).unwrap()];
        let mut file = fs::File::options().write(true).open(&path).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&[byte ^ 0x55]).unwrap();
        let ended = verify(&place, &[]);
        assert!(matches!(ended.code, Some(0..=2)), "{at}: {ended:?}");
        shown += u64::from(ended.code != Some(0));
        fs::write(&path, before).unwrap();
    }
    assert!(shown > 0, "unused space aside, a change shows");
    assert_eq!(verify(&place, &[]).code, Some(0));
}

#[test]
fn a_lost_tail_shows_with_a_checkpoint_and_only_with_one() {
    let place = Place::new();
    house(&place, "data", 2);
    let old = fs::read(place.path().join("data/journal.db")).unwrap();
    append(&SqliteStore::open(&settings(&place.path().join("data"))).unwrap(), 3);
    let backup =
        place.run(&["journal", "backup", "--data", "data", "--to", "copy", "--keys", "keys"]);
    assert_eq!(backup.code, Some(0), "{backup:?}");
    assert_eq!(backup.documents().len(), 1);
    place.file("checkpoint.json", &backup.out);
    assert_eq!(verify(&place, &["--checkpoint", "checkpoint.json"]).code, Some(0));
    fs::write(place.path().join("data/journal.db"), old).unwrap();
    assert_eq!(verify(&place, &[]).code, Some(0));
    let ended = verify(&place, &["--checkpoint", "checkpoint.json"]);
    assert_eq!((ended.code, &ended.documents()[0]["valid"]), (Some(1), &json!(false)));
}

#[test]
fn what_was_backed_up_can_be_restored() {
    let place = Place::new();
    house(&place, "data", 3);
    let backup =
        place.run(&["journal", "backup", "--data", "data", "--to", "copy", "--keys", "keys"]);
    place.file("checkpoint.json", &backup.out);
    let restore =
        ["journal", "restore", "--json", "--data", "new", "--from", "copy", "--keys", "keys"];
    let without_key = place.run(&restore);
    assert_eq!(without_key.code, Some(2));
    assert!(without_key.err.contains("instance.key"), "{}", without_key.err);
    let key = place.path().join("data/instance.key");
    fs::copy(key, place.path().join("new/instance.key")).unwrap();
    let ended = place.run(&restore);
    assert_eq!(ended.documents(), [json!({"v": 1, "restored": "new", "locked": true})]);
    let checked = ["journal", "verify", "--data", "new", "--checkpoint", "checkpoint.json"];
    assert_eq!(place.run(&checked).code, Some(0));
    let again = place.run(&restore);
    assert_eq!(again.code, Some(2), "restoring never overwrites: {again:?}");
}

#[test]
fn there_must_be_a_house_and_it_must_not_be_running() {
    let place = Place::new();
    assert_eq!(verify(&place, &[]).code, Some(2));
    house(&place, "data", 1);
    let running = SqliteStore::open(&settings(&place.path().join("data"))).unwrap();
    let ended = verify(&place, &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("in use"), "{}", ended.err);
    drop(running);
    assert_eq!(verify(&place, &["--checkpoint", "data/instance.key"]).code, Some(2));
}
