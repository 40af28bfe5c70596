//! How fast the journal acknowledges, and how often it makes the disk wait.
//!
//! `cargo bench -p store`. Every event is 1 KiB of noise, sealed, with a list row and an outbox
//! job in the same transaction; the disk is told to keep it before it is acknowledged (WAL,
//! `synchronous=FULL`). SQLite synchronises once per commit, and a few times more when it folds the
//! log back; with `strace` at hand the calls are counted, not believed.
//!
//! Targets: 64 clients ≥ 8,000 events/s and ≤ 0.1 synchronisations per event; one client's p99
//! ≤ 10 ms; reading a 200-event stream ≤ 1 ms.

#![expect(clippy::unwrap_used, reason = "a bench that fails stops")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    env,
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use store::{
    Append, Batch, CommandId, Entropy, Entry, Expected, House, JobChange, JobId, Journal,
    KeySource, Kind, OsEntropy, ProjectId, Row, RowChange, Scope, SeededEntropy, Seq, Settings,
    SqliteStore, StreamId,
};

const CLIENTS: u64 = 64;
const EVENTS_EACH: u64 = 400;
const ROUNDS: usize = 5;
const ALONE: usize = 1000;
const STREAM: u64 = 200;

/// Set in the process that `strace` watches: it does one round and says nothing.
const WATCHED: &str = "FERMATA_BENCH_WATCHED";

fn main() {
    let dir = env::temp_dir().join(format!("fermata-bench-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    if env::var_os(WATCHED).is_some() {
        together(&open(&dir, "watched"));
    } else {
        report(&dir);
    }
    fs::remove_dir_all(&dir).unwrap();
}

fn report(dir: &Path) {
    let (p50, p99) = disk(dir);
    println!("this disk keeps 4 KiB in: p50 {p50:.2?}, p99 {p99:.2?}");
    let rounds: Vec<_> =
        (0..ROUNDS).map(|n| together(&open(dir, &format!("together-{n}")))).collect();
    let rate = median(rounds.iter().map(|round| round.rate));
    let commits = median(rounds.iter().map(|round| round.commits));
    println!("{CLIENTS} clients, median of {ROUNDS} rounds of {} events:", CLIENTS * EVENTS_EACH);
    println!("  {rate:.0} acknowledged events/s (target ≥ 8000)");
    println!("  {commits:.4} commits per event");
    match synchronisations() {
        Some(calls) => {
            let each = to_f64(calls) / to_f64(CLIENTS * EVENTS_EACH);
            println!("  {each:.4} fsync and fdatasync per event, {calls} counted (target ≤ 0.1)");
        }
        None => println!("  no strace here: synchronisations were not counted"),
    }
    let (p50, p99) = alone(&open(dir, "alone"));
    println!("one client: p50 {p50:.2?}, p99 {p99:.2?} (target p99 ≤ 10 ms)");
    for size in [400, 1024] {
        let (read, listed) = reading(&open(dir, &format!("reading-{size}")), size);
        println!("reading {STREAM} events of {size} bytes: {read:.2?} (target ≤ 1 ms)");
        println!("  a page of 50 rows: {listed:.2?}");
    }
}

fn open(dir: &Path, name: &str) -> SqliteStore {
    let settings = Settings {
        dir: dir.join(name),
        kind: Kind::Drill,
        key: KeySource::InDataDir,
        entropy: Arc::new(OsEntropy),
    };
    SqliteStore::create(&settings).unwrap()
}

/// One event of a client, with its row and its job.
fn batch(client: u64, noise: &[u8]) -> Batch {
    static COMMANDS: AtomicU64 = AtomicU64::new(1);
    let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
    let stream = StreamId::new(format!("case/{client}")).unwrap();
    let command = CommandId(u128::from(number).to_be_bytes());
    let events = vec![Entry::content(noise)];
    let key = client.to_string();
    let row = Row {
        list: "cases".into(),
        key,
        stream: stream.clone(),
        sort: number,
        body: noise.get(..200).unwrap().into(),
    };
    let job = JobChange::Put {
        id: JobId::new(format!("outbox/{number}")).unwrap(),
        stream: stream.clone(),
        due: Timestamp::UNIX_EPOCH,
        body: noise.get(..200).unwrap().into(),
    };
    Batch {
        appends: vec![Append {
            project: ProjectId::new("contour").ok(),
            ..Append::new(stream, Expected::Any, command, events)
        }],
        rows: vec![RowChange::Put(row)],
        jobs: vec![job],
        fences: Vec::new(),
    }
}

fn noise(seed: u64) -> Vec<u8> {
    let mut noise = vec![0; 1024];
    SeededEntropy::new(seed).fill(&mut noise);
    noise
}

struct Round {
    rate: f64,
    commits: f64,
}

fn together(store: &SqliteStore) -> Round {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                let (who, noise) = (Scope::house("bench"), noise(client));
                for _ in 0..EVENTS_EACH {
                    store.commit(&who, batch(client, &noise)).unwrap();
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let done = store.statistics();
    assert_eq!(done.events, CLIENTS * EVENTS_EACH);
    let events = to_f64(done.events);
    Round { rate: events / seconds, commits: to_f64(done.commits) / events }
}

fn alone(store: &SqliteStore) -> (Duration, Duration) {
    let (who, noise) = (Scope::house("bench"), noise(0));
    let times = (0..ALONE).map(|_| timed(|| drop(store.commit(&who, batch(0, &noise)).unwrap())));
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    (at(&times, 50), at(&times, 99))
}

fn reading(store: &SqliteStore, size: usize) -> (Duration, Duration) {
    let (who, mut noise) = (Scope::house("bench"), noise(0));
    noise.truncate(size);
    for client in 0..STREAM {
        store.commit(&who, batch(client, &noise)).unwrap();
        store.commit(&who, batch(0, &noise)).unwrap();
    }
    let stream = StreamId::new("case/0").unwrap();
    let read = || {
        let events = store.read(&who, &stream, Seq(2)).unwrap();
        assert_eq!(events.len() as u64, STREAM);
    };
    let direction = store::Direction::Descending;
    let query = store::RowQuery { list: "cases".into(), direction, after: None, limit: 50 };
    let listed = || assert_eq!(store.rows(&who, &query).unwrap().rows.len(), 50);
    let middle = |work: &dyn Fn()| {
        let mut times: Vec<_> = (0..200).map(|_| timed(work)).collect();
        times.sort();
        at(&times, 50)
    };
    (middle(&read), middle(&listed))
}

/// What a commit cannot be faster than.
fn disk(dir: &Path) -> (Duration, Duration) {
    let mut file = File::create(dir.join("disk")).unwrap();
    let keep = |_| {
        file.write_all(&[7; 4096]).unwrap();
        timed(|| file.sync_data().unwrap())
    };
    let mut times: Vec<Duration> = (0..ALONE).map(keep).collect();
    times.sort();
    (at(&times, 50), at(&times, 99))
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len() * percent / 100).copied().unwrap()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap()
}

fn to_f64(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Runs one round below `strace` and counts the calls that make a disk keep something; `None`
/// where there is no `strace`, or it may not watch.
fn synchronisations() -> Option<u64> {
    let output = Command::new("strace")
        .args(["-f", "-c", "-e", "trace=fsync,fdatasync,sync_file_range,msync"])
        .arg(env::current_exe().unwrap())
        .env(WATCHED, "1")
        .stdout(Stdio::null())
        .output()
        .ok()?;
    let table = String::from_utf8_lossy(&output.stderr).into_owned();
    let calls = table.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.last()?;
        let counted = ["fsync", "fdatasync", "sync_file_range", "msync"].contains(name);
        counted.then(|| words.get(3)?.parse::<u64>().ok())?
    });
    let total: u64 = calls.sum();
    (output.status.success() && total > 0).then_some(total)
}
