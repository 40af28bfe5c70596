//! Backup and restore.

use std::{fs, path::Path, sync::Arc};

use store::{
    Append, Backup, Blobs, Expected, House, Journal, KeyClass, KeySource, LockState, OpenError,
    OsEntropy, SqliteStore, Why,
};
use tempfile::TempDir;

use super::{bytes, house, open, settings};
use crate::words::{add, all, append, commit, of, read, said, stream, time};

/// A house with a blob, a forgotten reporter and two backups' worth of events; its folder also
/// takes the backup.
fn backed_up() -> (TempDir, SqliteStore, Backup, store::BlobId) {
    let (dir, store) = house();
    let mail =
        store.put_blob(&all(), &stream("report/a"), KeyClass::Content, &"mail".into()).unwrap();
    let received = append("report/a", Expected::New, &["received"]);
    commit(&store, of(vec![Append { blobs: vec![mail], ..received }])).unwrap();
    let backup = Backup { journal: dir.path().join("backup"), keys: dir.path().join("keys") };
    store.backup(&backup.journal).unwrap();
    store.backup_keys(&backup.keys).unwrap();
    (dir, store, backup, mail)
}

/// Puts the instance key where a restored house will look for it.
fn ground(dir: &TempDir) -> TempDir {
    let dest = tempfile::tempdir().unwrap();
    fs::create_dir(dest.path().join("data")).unwrap();
    let key = |dir: &Path| dir.join("data/instance.key");
    fs::copy(key(dir.path()), key(dest.path())).unwrap();
    dest
}

fn restore(backup: &Backup, dest: &TempDir) -> Result<(), OpenError> {
    let dest = settings(dest.path()).dir;
    SqliteStore::restore(backup, &KeySource::InDataDir, Arc::new(OsEntropy), &dest)
}

#[test]
fn a_restored_house_has_everything_and_is_locked() {
    let (dir, store, backup, mail) = backed_up();
    let checkpoint = store.checkpoint(time(0)).unwrap();
    let dest = ground(&dir);
    restore(&backup, &dest).unwrap();
    let restored = open(&dest).unwrap();
    assert_eq!(restored.lock_state(), LockState::Locked(Why::Restored));
    assert_eq!(restored.id(), store.id());
    assert_eq!(read(&restored, "report/a"), read(&store, "report/a"));
    let blob = restored.get_blob(&all(), &stream("report/a"), &mail).unwrap().unwrap();
    assert_eq!(blob.as_bytes(), Some(&b"mail"[..]));
    restored.verify(Some(&checkpoint)).unwrap();
    drop(restored);
    let again = open(&dest).unwrap();
    assert_eq!(again.lock_state(), LockState::Locked(Why::Restored), "until a person says so");
    again.unlock().unwrap();
    drop(again);
    assert_eq!(open(&dest).unwrap().lock_state(), LockState::Unlocked);
}

#[test]
fn a_lost_tail_shows_against_a_checkpoint() {
    let (dir, store, backup, _) = backed_up();
    add(&store, "report/a", &["later"]);
    let checkpoint = store.checkpoint(time(0)).unwrap();
    let dest = ground(&dir);
    restore(&backup, &dest).unwrap();
    let restored = open(&dest).unwrap();
    restored.verify(None).unwrap();
    let error = restored.verify(Some(&checkpoint)).unwrap_err().to_string();
    assert!(error.contains("report/a has lost its tail"), "{error}");
    add(&restored, "report/a", &["something else"]);
    let error = restored.verify(Some(&checkpoint)).unwrap_err().to_string();
    assert!(error.contains("report/a was rewritten"), "{error}");
}

#[test]
fn what_was_forgotten_since_stays_forgotten_only_with_younger_keys() {
    let (dir, store, backup, _) = backed_up();
    store.forget(&all(), &stream("report/a"), KeyClass::Content).unwrap();
    let young = Backup { keys: dir.path().join("young"), ..backup.clone() };
    store.backup_keys(&young.keys).unwrap();
    let dest = ground(&dir);
    restore(&backup, &dest).unwrap();
    assert_eq!(said(&read(&open(&dest).unwrap(), "report/a")), ["received"]);
    let dest = ground(&dir);
    restore(&young, &dest).unwrap();
    let house = open(&dest).unwrap();
    assert!(house.read(&all(), &stream("report/a"), store::Seq::FIRST).is_err());
}

#[test]
fn a_backup_has_no_keys_and_overwrites_nothing() {
    let (dir, store, backup, _) = backed_up();
    let mut names: Vec<_> = fs::read_dir(&backup.journal)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["blobs", "journal.db"]);
    let before = bytes(dir.path());
    assert!(matches!(store.backup(&backup.journal), Err(OpenError::Exists { .. })));
    assert!(matches!(store.backup_keys(&backup.keys), Err(OpenError::Exists { .. })));
    assert!(before == bytes(dir.path()));
}

#[test]
fn a_restore_that_fails_leaves_the_ground_as_it_was() {
    let (dir, _store, backup, _) = backed_up();
    let refused = |backup: &Backup, dest: &TempDir| {
        let before = bytes(dest.path());
        let error = restore(backup, dest).unwrap_err();
        assert!(before == bytes(dest.path()), "{error}");
        error
    };
    let missing = Backup { keys: dir.path().join("none"), ..backup.clone() };
    assert!(matches!(refused(&missing, &ground(&dir)), OpenError::FileMissing { .. }));
    let other = ground(&backed_up().0);
    assert!(matches!(refused(&backup, &other), OpenError::WrongKey));
    let journal = backup.journal.join("journal.db");
    let whole = fs::read(&journal).unwrap();
    fs::write(&journal, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(refused(&backup, &ground(&dir)), OpenError::Damaged { .. }));
    fs::write(&journal, whole).unwrap();
    let dest = ground(&dir);
    restore(&backup, &dest).unwrap();
    assert!(matches!(refused(&backup, &dest), OpenError::Exists { .. }));
}
