//! A house that was restored from a backup sends nothing, until a person lets it, and nothing twice.

use std::{fs, path::Path, sync::Arc};

use case::{
    Actor, CaseId, Command,
    act::{ActState, Proof},
};
use engine::{
    EngineError, HouseEvent,
    ports::{Found, Nature, PortError},
};
use store::{Backup, KeySource, Kind, OsEntropy, Settings, SqliteStore};
use tempfile::TempDir;

use crate::{
    effects::{calls_of, message, state},
    house::House,
};

fn settings(dir: &Path) -> Settings {
    Settings {
        dir: dir.join("data"),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    }
}

/// A house on disk, in a folder of its own.
pub(crate) fn on_disk() -> (Disk, House) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::create(&settings(dir.path())).unwrap());
    let house = House::on(store.clone(), playbook::shipped("minimal").unwrap());
    (Disk { dir, store }, house)
}

pub(crate) struct Disk {
    dir: TempDir,
    store: Arc<SqliteStore>,
}

/// What a backup of the house restores to, elsewhere.
pub(crate) fn restored(disk: &Disk, house: &House) -> (TempDir, House) {
    let dest = tempfile::tempdir().unwrap();
    let backup = Backup { journal: dest.path().join("backup"), keys: dest.path().join("keys") };
    disk.store.backup(&backup.journal).unwrap();
    disk.store.backup_keys(&backup.keys).unwrap();
    let data = |dir: &TempDir| dir.path().join("data");
    fs::create_dir(data(&dest)).unwrap();
    fs::copy(data(&disk.dir).join("instance.key"), data(&dest).join("instance.key")).unwrap();
    SqliteStore::restore(&backup, &KeySource::InDataDir, Arc::new(OsEntropy), &data(&dest))
        .unwrap();
    let store = SqliteStore::open(&settings(dest.path())).unwrap();
    (dest, house.again(Arc::new(store)))
}

fn lose_the_answer(house: &House, found: Found) {
    let mut script = house.script.lock().unwrap();
    script.answers = vec![Err(PortError::Lost("timeout".into()))];
    script.found = found;
}

fn done(house: &House, case: CaseId, act: case::ActId) -> bool {
    matches!(state(house, case, act), ActState::Done { .. })
}

#[test]
fn a_restored_house_sends_nothing_until_somebody_unlocks_it() {
    let (disk, house) = on_disk();
    let (case, act) = message(&house);
    let (_dest, restored) = restored(&disk, &house);
    restored.pass(120);
    assert_eq!(calls_of(&restored, act), 0);
    assert!(matches!(state(&restored, case, act), ActState::Approved { .. }));

    let unlock = |by, why| restored.engine.unlock(by, why);
    let stranger = restored.report(3, None).reporter;
    assert!(matches!(unlock(stranger, "me"), Err(EngineError::NotFound)));
    assert!(matches!(unlock(restored.ada, " "), Err(EngineError::Invalid(_))));
    assert_eq!(unlock(restored.ada, "the old machine is off").unwrap(), []);
    let recorded = restored.engine.house_events().unwrap();
    assert!(matches!(&recorded[..],
            [(_, HouseEvent::Kept { .. }), (_, HouseEvent::Unlocked { by, was, open, .. })]
            if *by == restored.ada && was == "restored" && open.is_empty()));
    restored.pass(120);
    assert!(done(&restored, case, act));
    assert!(matches!(unlock(restored.ada, "again"), Err(EngineError::Invalid(_))));
}

#[test]
fn what_was_sent_after_the_backup_is_found_and_not_sent_twice() {
    let (disk, house) = on_disk();
    let (case, act) = message(&house);
    let (_dest, restored) = restored(&disk, &house);
    house.settle();
    assert_eq!(calls_of(&house, act), 1, "the lost end of the journal sent it");
    let proof = Proof { by: "archive".into(), reference: "post 7".into() };
    restored.script.lock().unwrap().found = Found::Present(proof);
    restored.engine.unlock(restored.ben, "the old machine is off").unwrap();
    restored.pass(120);
    assert!(done(&restored, case, act));
    assert_eq!(calls_of(&restored, act), 1);
}

#[test]
fn a_call_that_was_under_way_is_read_back_or_becomes_uncertain() {
    let proof = Proof { by: "archive".into(), reference: "post 7".into() };
    for (nature, found, settled) in [
        (Nature::Readable, Found::Present(proof), true),
        (Nature::Readable, Found::Missing, false),
        (Nature::Readable, Found::Unclear, false),
        (Nature::Blind, Found::Unclear, false),
    ] {
        let (disk, house) = on_disk();
        let (case, act) = message(&house);
        lose_the_answer(&house, found.clone());
        house.settle();
        house.script.lock().unwrap().nature = nature;
        let (_dest, restored) = restored(&disk, &house);
        let open = restored.engine.unlock(restored.ada, "the old machine is off").unwrap();
        let told: Vec<_> = open.iter().map(|call| (call.case, call.act, call.settled)).collect();
        assert_eq!(told, [(case, act, settled)], "{found:?}");
        restored.pass(3_600);
        assert_eq!(done(&restored, case, act), settled, "{found:?}");
        assert_eq!(matches!(state(&restored, case, act), ActState::Uncertain { .. }), !settled);
        assert_eq!(calls_of(&restored, act), 1, "{found:?}: nobody asked for another try");
    }
}

#[test]
fn a_persons_retry_after_the_restore_is_a_call_like_any_other() {
    let (disk, house) = on_disk();
    let (case, act) = message(&house);
    lose_the_answer(&house, Found::Unclear);
    house.settle();
    let (_dest, restored) = restored(&disk, &house);
    restored.engine.unlock(restored.ada, "the old machine is off").unwrap();
    restored.pass(1);
    let retry = Command::Retry { act, reason: "she says that she has nothing".into() };
    restored
        .engine
        .execute(case, Actor::Person(restored.ada), case::CommandId([44; 16]), &retry, "test")
        .unwrap();
    restored.settle();
    assert!(done(&restored, case, act));
    assert_eq!(calls_of(&restored, act), 2);
}
