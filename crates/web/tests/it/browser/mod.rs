//! A whole response by clicking, in a Chromium without scripts, against simulated counterparts.
//! Run by `cargo xtask test`; by hand: `CHROMIUM=chromium cargo test -p web -- --ignored browser`.

mod chromium;
mod practice;
mod team;

use std::sync::{Arc, Mutex};

use rehearsal::world::record::Happened;

use crate::house::House;
use chromium::Chromium;
use practice::OneDrill;
use team::Team;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a browser; its path stands in CHROMIUM"]
async fn a_case_goes_from_report_to_retrospective_by_clicking() {
    let program = std::env::var("CHROMIUM").expect("CHROMIUM is the path of a Chromium");
    let folder = tempfile::tempdir().unwrap();
    let house = House::empty(1);
    let drills =
        Arc::new(OneDrill { folder: folder.path().join("drill"), going: Mutex::new(None) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let link = format!("{at}{}", web::invite(&house.engine, house.ada).unwrap());
    let router = web::router(web::App {
        live: Arc::clone(&house.engine),
        drills: drills.clone(),
        secure: false,
        log: Arc::new(|line: &str| println!("{line}")),
    });
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let watched = Arc::clone(&drills);
    let profile = folder.path().to_owned();
    let played = tokio::task::spawn_blocking(move || {
        let browser = Chromium::start(&program, &profile);
        Team::new(browser, &watched, at).respond(&link);
    });
    played.await.unwrap();
    server.abort();

    let going = drills.going.lock().unwrap();
    let practice = going.as_ref().unwrap();
    let records = practice.records().unwrap();
    let count = |what: fn(&Happened) -> bool| records.iter().filter(|r| what(&r.what)).count();
    assert_eq!(count(|w| matches!(w, Happened::AdvisoryPublished { .. })), 1);
    assert_eq!(count(|w| matches!(w, Happened::CvePublished { .. })), 1);
    assert_eq!(count(|w| matches!(w, Happened::Released { .. })), 3);
    // The embargoed notice, the users' notice, the follow-up.
    assert_eq!(count(|w| matches!(w, Happened::Posted { .. })), 3);
    let report = practice.audit().unwrap();
    assert!(report.violations.is_empty(), "{:?}", report.violations);
}
