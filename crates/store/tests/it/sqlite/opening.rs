//! Opening: every refusal has its own words and changes nothing.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, sync::Arc};

use rusqlite::Connection;
use store::{
    Batch, Blobs, Directory, House, InstanceKey, Journal, KeySource, Kind, LockState, OpenError,
    OsEntropy, SeededEntropy, Settings, SqliteStore, StoreError, Why,
};
use tempfile::TempDir;

use super::{bytes, house, open, refusal, settings};
use crate::words::{add, all, entries, of, read, said};

/// A closed house with one event.
fn closed() -> TempDir {
    let (dir, store) = house();
    add(&store, "case/a", &["kept"]);
    drop(store);
    dir
}

fn data(dir: &TempDir, file: &str) -> PathBuf {
    dir.path().join("data").join(file)
}

#[test]
fn a_closed_house_opens_with_everything_in_it() {
    let dir = closed();
    let names: Vec<_> = bytes(dir.path()).into_keys().collect();
    assert_eq!(
        names,
        ["instance.key", "journal.db", "keys.db", "lock"].map(|file| data(&dir, file)),
        "closing leaves no log behind"
    );
    let store = open(&dir).unwrap();
    assert_eq!(said(&read(&store, "case/a")), ["kept"]);
    assert_eq!(store.lock_state(), LockState::Unlocked);
    add(&store, "case/a", &["more"]);
    drop(store);
    assert_eq!(said(&read(&open(&dir).unwrap(), "case/a")), ["kept", "more"]);
}

#[test]
fn files_are_for_their_owner_alone() {
    let dir = closed();
    for file in bytes(dir.path()).into_keys() {
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    let mode = fs::metadata(dir.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_second_process_is_kept_out() {
    let (dir, store) = house();
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::Busy { .. }));
    let reading = || {
        SqliteStore::open_read_only(
            &settings(dir.path()).dir,
            &KeySource::InDataDir,
            Arc::new(OsEntropy),
        )
    };
    assert!(matches!(refusal(&dir, reading), OpenError::Busy { .. }));
    drop(store);
    open(&dir).unwrap();
}

#[test]
fn another_key_is_refused() {
    let dir = closed();
    let key = KeySource::Given(InstanceKey::generate(&SeededEntropy::new(1)));
    let with = Settings { key, ..settings(dir.path()) };
    assert!(matches!(refusal(&dir, || SqliteStore::open(&with)), OpenError::WrongKey));
    let key = KeySource::File(data(&dir, "keys.db"));
    let with = Settings { key, ..settings(dir.path()) };
    assert!(matches!(refusal(&dir, || SqliteStore::open(&with)), OpenError::BadKeyFile { .. }));
    fs::rename(data(&dir, "instance.key"), dir.path().join("elsewhere")).unwrap();
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::FileMissing { .. }));
    let key = KeySource::File(dir.path().join("elsewhere"));
    SqliteStore::open(&Settings { key, ..settings(dir.path()) }).unwrap();
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let dir = closed();
    let file = data(&dir, "instance.key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    match refusal(&dir, || open(&dir)) {
        OpenError::KeyExposed { mode, .. } => assert_eq!(mode, 0o640),
        other => panic!("{other}"),
    }
}

#[test]
fn a_live_house_is_no_drill() {
    let dir = closed();
    let live = Settings { kind: Kind::Live, ..settings(dir.path()) };
    match refusal(&dir, || SqliteStore::open(&live)) {
        OpenError::WrongKind { found: Kind::Drill, wanted: Kind::Live } => {}
        other => panic!("{other}"),
    }
}

#[test]
fn a_newer_format_is_refused() {
    for (file, newest) in [("journal.db", 1), ("keys.db", 2)] {
        let dir = closed();
        let conn = Connection::open(data(&dir, file)).unwrap();
        conn.pragma_update(None, "user_version", newest + 1).unwrap();
        drop(conn);
        match refusal(&dir, || open(&dir)) {
            OpenError::Newer { found, known } => assert_eq!((found, known), (newest + 1, newest)),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn strange_files_are_refused() {
    let strangers: [(&str, &[u8]); 4] = [
        ("journal.db", b""),
        ("journal.db", b"not a database, but long enough to look at as if it were one of them"),
        ("keys.db", b""),
        ("keys.db", b"neither"),
    ];
    for (file, content) in strangers {
        let dir = closed();
        fs::write(data(&dir, file), content).unwrap();
        assert!(matches!(refusal(&dir, || open(&dir)), OpenError::Damaged { .. }));
    }
    let dir = closed();
    let conn = Connection::open(data(&dir, "journal.db")).unwrap();
    conn.execute_batch("CREATE TABLE guest (x)").unwrap();
    drop(conn);
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::Damaged { .. }));
}

#[test]
fn keys_of_another_house_are_refused() {
    let (dir, other) = (closed(), closed());
    fs::copy(data(&other, "keys.db"), data(&dir, "keys.db")).unwrap();
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::OtherHouse { .. }));
    fs::remove_file(data(&dir, "keys.db")).unwrap();
    assert!(matches!(refusal(&dir, || open(&dir)), OpenError::FileMissing { .. }));
}

#[test]
fn a_house_is_made_on_empty_ground_only() {
    let dir = closed();
    let again = refusal(&dir, || SqliteStore::create(&settings(dir.path())));
    assert!(matches!(again, OpenError::Exists { .. }));
    let nowhere = tempfile::tempdir().unwrap();
    assert!(matches!(refusal(&nowhere, || open(&nowhere)), OpenError::Missing { .. }));
}

#[test]
fn a_key_that_lies_there_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let key = InstanceKey::generate(&SeededEntropy::new(1));
    fs::create_dir(dir.path().join("data")).unwrap();
    fs::write(data(&dir, "instance.key"), key.to_text().as_bytes()).unwrap();
    fs::set_permissions(data(&dir, "instance.key"), fs::Permissions::from_mode(0o400)).unwrap();
    drop(SqliteStore::create(&settings(dir.path())).unwrap());
    let given = Settings { key: KeySource::Given(key), ..settings(dir.path()) };
    SqliteStore::open(&given).unwrap();
}

#[test]
fn a_copied_house_is_locked_until_somebody_unlocks_it() {
    let dir = closed();
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("data")).unwrap();
    for file in ["instance.key", "journal.db", "keys.db"] {
        fs::copy(data(&dir, file), data(&copy, file)).unwrap();
    }
    let store = open(&copy).unwrap();
    assert_eq!(store.lock_state(), LockState::Locked(Why::Copied));
    drop(store);
    let store = open(&copy).unwrap();
    assert_eq!(store.lock_state(), LockState::Locked(Why::Copied), "opening does not unlock");
    store.unlock().unwrap();
    assert_eq!(store.lock_state(), LockState::Unlocked);
    drop(store);
    assert_eq!(open(&copy).unwrap().lock_state(), LockState::Unlocked);
    assert_eq!(open(&dir).unwrap().lock_state(), LockState::Unlocked);
}

#[test]
fn a_drill_goes_on_with_the_same_seed() {
    let dir = tempfile::tempdir().unwrap();
    let seeded = || Settings { entropy: Arc::new(SeededEntropy::new(7)), ..settings(dir.path()) };
    drop(SqliteStore::create(&seeded()).unwrap());
    let names = ["case/a", "case/b", "case/c", "case/d"];
    for name in names {
        let store = SqliteStore::open(&seeded()).unwrap();
        add(&store, name, &[name]);
    }
    let store = SqliteStore::open(&seeded()).unwrap();
    for name in names {
        assert_eq!(said(&read(&store, name)), [name]);
    }
    store.verify(None).unwrap();
}

#[test]
fn a_half_written_blob_is_cleared_away() {
    let (dir, store) = house();
    let stream = crate::words::stream("case/a");
    store.put_blob(&all(), &stream, store::KeyClass::Content, &"whole".into()).unwrap();
    drop(store);
    let whole = bytes(&data(&dir, "blobs"));
    let left = whole.keys().next().unwrap().with_extension("00.unfinished");
    fs::write(left, "hal").unwrap();
    assert_eq!(open(&dir).unwrap().verify(None).unwrap().blobs, 1);
    assert!(whole == bytes(&data(&dir, "blobs")));
}

#[test]
fn a_moved_house_is_locked_too() {
    let dir = closed();
    let moved = tempfile::tempdir().unwrap();
    fs::rename(dir.path().join("data"), moved.path().join("data")).unwrap();
    assert_eq!(open(&moved).unwrap().lock_state(), LockState::Locked(Why::Copied));
}

#[test]
fn a_journal_can_be_read_without_a_trace() {
    let dir = closed();
    let file = data(&dir, "instance.key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let before = bytes(dir.path());
    let path = settings(dir.path()).dir;
    let reading = || SqliteStore::open_read_only(&path, &KeySource::InDataDir, Arc::new(OsEntropy));
    let (store, second) = (reading().unwrap(), reading().unwrap());
    assert_eq!(said(&read(&store, "case/a")), ["kept"]);
    assert_eq!(second.verify(None).unwrap().events, 1);
    let append = store::Append::new(
        crate::words::stream("case/a"),
        store::Expected::Any,
        crate::words::command(),
        entries(&["x"]),
    );
    let refused = store.commit(&all(), of(vec![append]));
    assert!(matches!(refused, Err(store::AppendError::Store(StoreError::ReadOnly))));
    assert!(store.commit(&all(), Batch::default()).is_err());
    assert_ne!(store.lock_state(), LockState::Unlocked, "what cannot record must not act");
    assert!(store.unlock().is_err());
    drop((store, second));
    assert!(before == bytes(dir.path()));
    assert_eq!(fs::read_dir(path).unwrap().count(), 5, "no file was left behind");
}

#[test]
fn a_key_file_older_than_the_journal_is_told_apart_from_forgetting() {
    let dir = closed();
    let old = fs::read(data(&dir, "keys.db")).unwrap();
    let store = open(&dir).unwrap();
    add(&store, "case/b", &["later"]);
    drop(store);
    fs::write(data(&dir, "keys.db"), old).unwrap();
    let store = open(&dir).unwrap();
    assert_eq!(said(&read(&store, "case/a")), ["kept"]);
    let lost = store.read(&all(), &crate::words::stream("case/b"), store::Seq::FIRST);
    assert!(matches!(lost, Err(StoreError::NoKey { .. })), "{lost:?}");
    assert!(matches!(store.verify(None), Err(StoreError::NoKey { .. })));
}

#[test]
fn a_forgotten_key_does_not_come_back_with_an_old_key_file() {
    let dir = closed();
    let old = fs::read(data(&dir, "keys.db")).unwrap();
    let store = open(&dir).unwrap();
    store.forget(&all(), &crate::words::stream("case/a"), store::KeyClass::Content).unwrap();
    drop(store);
    let forgotten = fs::read(data(&dir, "keys.db")).unwrap();
    fs::write(data(&dir, "keys.db"), old).unwrap();
    let store = open(&dir).unwrap();
    assert_eq!(said(&read(&store, "case/a")), ["-"]);
    drop(store);
    let ids = |bytes: &[u8]| {
        let file = dir.path().join("copy.db");
        fs::write(&file, bytes).unwrap();
        let conn = Connection::open(&file).unwrap();
        conn.query_row("SELECT count(*) FROM keys", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let again = fs::read(data(&dir, "keys.db")).unwrap();
    assert_eq!(ids(&again), ids(&forgotten), "the old key was erased again");
}

#[test]
fn nothing_readable_is_on_the_disk() {
    let (dir, store) = house();
    let secret = "the parser overflows";
    let batch = Batch {
        appends: vec![crate::words::append("case/a", store::Expected::New, &[secret])],
        rows: vec![crate::words::row("contour-cases", secret, "case/a", 1, secret)],
        jobs: vec![crate::words::job(secret, "case/a", crate::words::time(0), secret)],
        ..Batch::default()
    };
    store.commit(&all(), batch).unwrap();
    let stream = crate::words::stream("case/a");
    store.put_blob(&all(), &stream, store::KeyClass::Identity, &secret.into()).unwrap();
    let handles = vec![secret.to_owned()];
    store.put_person(&store::Person { id: secret.into(), handles, body: secret.into() }).unwrap();
    store.attempt(secret, 1, std::time::Duration::from_secs(1), crate::words::time(0)).unwrap();
    for (file, bytes) in bytes(dir.path()) {
        for word in [secret, "contour"] {
            let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{word:?} is in {}", file.display());
        }
    }
}
