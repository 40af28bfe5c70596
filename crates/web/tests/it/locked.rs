//! A house that was restored from a backup: what its pages say, and how it is unlocked.

use std::{fs, path::Path, sync::Arc};

use axum::http::StatusCode;
use store::{Backup, KeySource, Kind, OsEntropy, Settings, SqliteStore};
use tempfile::TempDir;

use crate::{browse::Browser, house::House};

fn settings(dir: &Path) -> Settings {
    let key = KeySource::InDataDir;
    Settings { dir: dir.join("data"), kind: Kind::Drill, key, entropy: Arc::new(OsEntropy) }
}

/// A house with one report, and what a backup of it restores to.
fn restored() -> (TempDir, House) {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    fs::create_dir_all(&first).unwrap();
    fs::create_dir_all(second.join("data")).unwrap();
    let store = Arc::new(SqliteStore::create(&settings(&first)).unwrap());
    let house = House::on(store.clone(), Arc::new(OsEntropy)).and_project();
    house.report(3, "It leaks", None);
    let backup = Backup { journal: second.join("backup"), keys: second.join("keys") };
    store.backup(&backup.journal).unwrap();
    store.backup_keys(&backup.keys).unwrap();
    let key = Path::new("data").join("instance.key");
    fs::copy(first.join(&key), second.join(&key)).unwrap();
    let to = second.join("data");
    SqliteStore::restore(&backup, &KeySource::InDataDir, Arc::new(OsEntropy), &to).unwrap();
    let store = SqliteStore::open(&settings(&second)).unwrap();
    let again = house.again(Arc::new(store), Arc::new(OsEntropy));
    (dir, again)
}

#[tokio::test]
async fn a_restored_house_says_why_it_is_locked_and_a_member_unlocks_it() {
    let (_dir, house) = restored();
    let ada = Browser::signed_in(&house, house.ada).await;
    let inbox = ada.get("/").await;
    assert!(inbox.text.contains("This house is locked") && inbox.text.contains("It leaks"));
    let page = ada.get("/locked").await;
    assert!(page.text.contains("It was restored from a backup"));
    assert!(page.text.contains("Ada") && page.text.contains("Ben"));

    let refused = ada.fill("/locked", "unlock", &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = ada.fill("/locked", "unlock", &[("reason", "The old machine is off.")]).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(done.text.contains("This house is unlocked"));
    assert!(!ada.get("/").await.text.contains("This house is locked"));
    assert_eq!(ada.get("/locked").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_is_on_no_team_learns_no_names_and_unlocks_nothing() {
    let (_dir, house) = restored();
    let contact = engine::Contact { name: "Eve".into(), mailbox: None, login: None };
    let stranger = house.engine.add_person(&contact).unwrap();
    let eve = Browser::signed_in(&house, stranger).await;
    let page = eve.get("/locked").await;
    assert!(!page.text.contains("Ben") && !page.text.contains("Unlock this house"));
    let hidden = page.hidden("leave");
    let mut fields: Vec<_> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(("reason", "because"));
    assert_eq!(eve.post("/locked", &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.other().get("/locked").await.status, StatusCode::NOT_FOUND);
    assert!(eve.get("/").await.text.contains("This house is locked"));
}
