//! How fast the pages answer that have the most to read.
//!
//! `cargo bench -p web`. A signed-in reader asks for the list of cases over loopback, through the
//! real router, on an SQLite store with 10,000 cases of which every other one is forbidden to the
//! reader. Requests come at their own times, 50 a second for 30 seconds, whether earlier ones are
//! answered or not; a request's time runs from the moment at which it was to be sent. Every other
//! one asks for a page in the middle of the list. Each shown case's read is in the journal, on the
//! disk, before the answer leaves; the bench counts them.
//!
//! Then a case of 200 events is read from its ciphertext and folded.
//!
//! Targets: list page p99 ≤ 50 ms; 200 events ≤ 1 ms; the checklist of that case ≤ 200 µs.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench measures time, and one that fails stops"
)]

#[expect(dead_code, reason = "the house of the tests, of which a bench needs less")]
#[path = "../tests/it/house.rs"]
mod house;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use case::{Actor, CaseId, Command, CommandId, ProjectId, evolve, observation::Observation};
use engine::{Contact, Submission};
use house::{House, rich_case};
use store::{
    House as _, Journal, KeySource, Kind, OsEntropy, Scope, Seq, Settings, SqliteStore, Store,
};
use web::{Drill, Drills, Scenario};

const CASES: u32 = 10_000;
const A_SECOND: u32 = 50;
const SECONDS: u32 = 30;
const PAGE: u64 = 50;
const STREAM: usize = 200;
const WRITERS: u32 = 8;

fn main() {
    let dir = std::env::temp_dir().join(format!("fermata-pages-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    list(&dir);
    fold(&dir);
    fs::remove_dir_all(&dir).unwrap();
}

fn open(dir: &Path, name: &str) -> Arc<SqliteStore> {
    let settings = Settings {
        dir: dir.join(name),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    };
    Arc::new(SqliteStore::create(&settings).unwrap())
}

fn on(store: &Arc<SqliteStore>) -> House {
    House::on(Arc::clone(store) as Arc<dyn Store>, Arc::new(OsEntropy)).and_project()
}

fn list(dir: &Path) {
    let store = open(dir, "list");
    let house = on(&store);
    let began = Instant::now();
    fill(&house);
    println!("{CASES} reports taken in, in {:.1?}", began.elapsed());

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let router = web::router(web::App {
        live: Arc::clone(&house.engine),
        drills: Arc::new(NoDrills),
        secure: false,
        log: Arc::new(|line: &str| println!("{line}")),
    });
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let at = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, router).await });

    let cookie =
        format!("fermata={}", house.engine.begin_session(house.ada, web::SESSION).unwrap());
    let middle = format!("/?after={}", cursor_at(&house, CASES / 4));
    for page in ["/", &middle] {
        let text = ask(at, page, &cookie);
        assert_eq!(text.matches("/overview\">").count() as u64, PAGE, "{text}");
    }
    let before = store.statistics().events;
    let mut times = open_loop(at, &["/", &middle], &cookie);
    let recorded = store.statistics().events - before;
    assert_eq!(recorded, PAGE * u64::from(A_SECOND * SECONDS), "every read is in the journal");
    times.sort();
    println!(
        "list page, {A_SECOND}/s for {SECONDS} s, {recorded} reads recorded: p50 {:.2?}, p99 {:.2?} \
         (target p99 ≤ 50 ms), worst {:.2?}",
        percentile(&times, 50),
        percentile(&times, 99),
        percentile(&times, 100),
    );
}

/// Reports for two projects in turns; Ada is on the team of one of them.
fn fill(house: &House) {
    let stranger = Contact { name: "Cora".into(), mailbox: None, login: None };
    let cora = house.engine.add_person(&stranger).unwrap();
    let known = house.project.unwrap();
    let like = house.engine.project(known).unwrap();
    let command = CommandId([3; 16]);
    let other = house.engine.create_project(cora, &like.policy, &like.playbook, command).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for number in (writer..CASES).step_by(WRITERS as usize) {
                    let mixed = (number / WRITERS).is_multiple_of(2);
                    report(house, if mixed { known } else { other }, number);
                }
            });
        }
    });
}

fn report(house: &House, project: ProjectId, number: u32) {
    let mut command = [4; 16];
    command[..4].copy_from_slice(&number.to_be_bytes());
    let submission = Submission {
        command: CommandId(command),
        channel: "form".into(),
        raw: format!("report {number}").into_bytes(),
        name: "Rita".into(),
        mailbox: None,
        automatic: false,
        title: format!("Crash number {number} in the request parser"),
        text: "Send it a comma.\n".into(),
        deadline: None,
        encrypted: false,
    };
    house.engine.receive(project, &submission).unwrap();
}

/// The cursor behind so many of Ada's cases.
fn cursor_at(house: &House, cases: u32) -> String {
    house.engine.cases(house.ada, None, cases as usize).unwrap().next.unwrap()
}

fn open_loop(at: SocketAddr, pages: &[&str], cookie: &str) -> Vec<Duration> {
    let begin = Instant::now() + Duration::from_millis(100);
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..A_SECOND * SECONDS)
            .map(|number| {
                let due = begin + Duration::from_secs(1) * number / A_SECOND;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let page = pages[number as usize % pages.len()];
                scope.spawn(move || {
                    ask(at, page, cookie);
                    due.elapsed()
                })
            })
            .collect();
        waiting.into_iter().map(|answer| answer.join().unwrap()).collect()
    })
}

fn ask(at: SocketAddr, page: &str, cookie: &str) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(
        stream,
        "GET {page} HTTP/1.1\r\nHost: {at}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    text
}

fn fold(dir: &Path) {
    let store = open(dir, "fold");
    let house = on(&store);
    let (case, _) = rich_case(&house);
    let head = || house.engine.view(case, Actor::House).unwrap().loaded.entries.len();
    while head() < STREAM {
        let text = "The same happens with a header that has no value at all.".into();
        let seen = Observation::Message {
            from: None,
            sender: "Rita".into(),
            text,
            raw: None,
            encrypted: false,
        };
        house.by(house.ada, case, &Command::Observe(Box::new(seen)));
    }
    let folded = median(&|| read_and_fold(&store, case));
    println!("{} events read from ciphertext and folded: {folded:.2?} (target ≤ 1 ms)", head());
    let view = house.engine.view(case, Actor::House).unwrap();
    let playbook = house.engine.playbook(&view.loaded.case.playbook).unwrap();
    let judged = median(&|| drop(playbook.evaluate(&view.loaded.case, &view.team, view.now)));
    println!("its checklist: {judged:.2?} (target ≤ 200 µs)");
}

fn read_and_fold(store: &SqliteStore, case: CaseId) {
    let stream = format!("case/{case}").parse().unwrap();
    let recorded = store.read(&Scope::house("bench"), &stream, Seq::FIRST).unwrap();
    let read = |record: &store::Recorded| {
        let mut entry: case::Entry =
            serde_json::from_slice(record.payload.as_bytes().unwrap()).unwrap();
        entry.seq = record.seq.0;
        entry
    };
    let entries: Vec<case::Entry> = recorded.iter().map(read).collect();
    let case = evolve::fold(&entries).unwrap();
    assert_eq!(case.head, entries.len() as u64);
}

fn median(work: &dyn Fn()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    let mut times: Vec<Duration> = (0..200).map(once).collect();
    times.sort();
    percentile(&times, 50)
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

struct NoDrills;

impl Drills for NoDrills {
    fn scenarios(&self) -> Vec<Scenario> {
        Vec::new()
    }
    fn start(&self, _: &str) -> Result<String, String> {
        Err("there are none".into())
    }
    fn find(&self, _: &str) -> Option<Drill> {
        None
    }
    fn advance(&self, _: &str) -> Result<String, String> {
        Err("there are none".into())
    }
}
