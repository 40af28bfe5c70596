//! Mirrors that the house keeps fresh, and how pages say so.

use axum::http::StatusCode;
use git::fixture::RepoBuilder;
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::{
    browse::{Browser, Page},
    house::House,
};

/// An upstream and a mirror of it, in a folder.
pub(crate) fn mirrored() -> (TempDir, RepoBuilder) {
    let folder = tempfile::tempdir().unwrap();
    let mut origin = RepoBuilder::create(folder.path().join("origin")).unwrap();
    origin.commit_file("read.rs", "fn read() {}\n", "begin").unwrap();
    origin.tag("v1.16.0").unwrap();
    let from = origin.folder().display().to_string();
    let to = folder.path().join("clones/contour.git").display().to_string();
    origin.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
    (folder, origin)
}

pub(crate) struct Desk {
    pub(crate) house: House,
    pub(crate) ada: Browser,
    page: String,
}

impl Desk {
    pub(crate) async fn of(house: House) -> Self {
        let house = house.and_project();
        let ada = Browser::signed_in(&house, house.ada).await;
        let page = format!("/project/{}", house.project.unwrap());
        let desk = Self { house, ada, page };
        let clone = [("folder", "contour.git"), ("told", "newest"), ("newest", "1")];
        let named = desk.ada.leave(&desk.page, "clone", &clone).await;
        assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.words());
        desk.house.settle();
        desk
    }

    async fn words(&self) -> String {
        self.ada.get(&self.page).await.words()
    }

    async fn inbox(&self) -> String {
        self.ada.get("/").await.words()
    }

    pub(crate) async fn fetch(&self) -> Page {
        let sent = self.ada.leave(&self.page, "fetch", &[("repository", "contour")]).await;
        self.house.settle();
        sent
    }
}

#[tokio::test]
async fn a_mirror_that_cannot_be_fetched_is_told_until_it_can() {
    let (folder, _) = mirrored();
    let desk = Desk::of(House::fetching(folder.path().join("clones"))).await;
    let words = desk.words().await;
    assert!(words.contains("This house keeps it fresh"), "{words}");
    assert!(words.contains("; last fetched <time"), "{words}");
    assert!(!words.contains("cannot be fetched") && !desk.inbox().await.contains("contour:"));

    let (origin, away) = (folder.path().join("origin"), folder.path().join("away"));
    std::fs::rename(&origin, &away).unwrap();
    desk.house.hands.pass(SignedDuration::from_mins(10));
    desk.house.settle();
    for words in [desk.words().await, desk.inbox().await] {
        assert!(words.contains("it cannot be fetched</span>"), "{words}");
        assert!(words.contains("since <time datetime=\"2021-"), "{words}");
        assert!(words.contains("where the mirror was cloned from, there is no repository"));
        assert!(words.contains("What happened there since is not known here."), "{words}");
        assert!(!words.contains(&folder.path().display().to_string()), "{words}");
    }

    std::fs::rename(&away, &origin).unwrap();
    assert_eq!(desk.fetch().await.status, StatusCode::SEE_OTHER);
    assert!(!desk.words().await.contains("cannot be fetched"));
    assert!(!desk.inbox().await.contains("cannot be fetched"));
}

#[tokio::test]
async fn a_house_that_fetches_nothing_says_so() {
    let (folder, _) = mirrored();
    let desk = Desk::of(House::live(folder.path().join("clones"))).await;
    let words = desk.words().await;
    assert!(words.contains("This house fetches nothing."), "{words}");
    assert!(words.contains("; last fetched <time"), "{words}");
    assert!(!words.contains("Fetch it now"));
    std::fs::rename(folder.path().join("origin"), folder.path().join("away")).unwrap();
    desk.house.hands.pass(SignedDuration::from_hours(1));
    desk.house.settle();
    assert!(!desk.inbox().await.contains("cannot be fetched"));
}
