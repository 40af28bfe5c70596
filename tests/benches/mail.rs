//! How many mails a second are durable, each a report with a case of its own.
//!
//! `cargo bench -p house-tests`. Sixteen connections hand over mails of 5 KB by LMTP to a house on
//! SQLite with `synchronous=FULL`, on loopback; nobody works on what they bring about. Target: ≥ 500
//! mails/s in memory that does not grow with their number.

#![expect(clippy::unwrap_used, reason = "a bench that fails stops")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use counterparts::mail::listener::{Address, Listener, MOST_CONNECTIONS};
use engine::Engine;
use house_tests::house::{self, LETTERBOX};

/// So many rounds, unless another number is given: `cargo bench -p house-tests --bench mail -- 26`.
const ROUNDS: usize = 5;
const EACH: usize = 60;
const BYTES: usize = 5 * 1024;

/// Names the data of a house for a process that only opens it.
const OPENED: &str = "FERMATA_BENCH_OPENED";

fn main() {
    if let Some(data) = env::var_os(OPENED) {
        return opened(Path::new(&data));
    }
    let rounds = env::args().find_map(|word| word.parse().ok()).unwrap_or(ROUNDS);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let engine = open(&data);
    let anywhere = Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = Listener::start(&anywhere, Arc::<Engine>::clone(&engine)).unwrap();
    let Address::Tcp(address) = *listener.address() else { return };

    println!("mails of {BYTES} bytes, {MOST_CONNECTIONS} connections, so many in a round:");
    println!("{}", MOST_CONNECTIONS * EACH);
    round(address, "warm");
    println!("{:.1} MB after the first round", megabytes(resident()));
    let mut rates: Vec<f64> = (0..rounds)
        .map(|number| {
            let rate = rate(round(address, &number.to_string()));
            println!("{rate:.0} mails/s, {:.1} MB", megabytes(resident()));
            rate
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("{:.0} mails/s, median of {rounds} rounds", rates.get(rounds / 2).unwrap());
    listener.stop();
    while Arc::strong_count(&engine) > 1 {
        // A connection that has been hung up has not noticed yet.
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(engine);
    let again = Command::new(env::current_exe().unwrap()).env(OPENED, &data).status().unwrap();
    assert!(again.success());
}

/// The house of the bench, with its project.
fn open(data: &Path) -> Arc<Engine> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let engine = Arc::new(house::open(data, nobody, 0).unwrap());
    house::project(&engine).unwrap();
    engine
}

/// Opens a house that lies there, and says what that takes.
fn opened(data: &Path) {
    let begun = Instant::now();
    let engine = open(data);
    let took = begun.elapsed();
    println!("opened again in {took:.0?} with {:.1} MB", megabytes(resident()));
    drop(engine);
}

fn rate(took: Duration) -> f64 {
    f64::from(u32::try_from(MOST_CONNECTIONS * EACH).unwrap()) / took.as_secs_f64()
}

fn round(address: SocketAddr, name: &str) -> Duration {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..MOST_CONNECTIONS {
            scope.spawn(move || hand_over(address, &format!("{name}-{client}")));
        }
    });
    begun.elapsed()
}

fn hand_over(address: SocketAddr, name: &str) {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut lines = BufReader::new(&stream).lines().map(Result::unwrap);
    let mut said = &stream;
    said.write_all(b"LHLO bench\r\n").unwrap();
    lines.find(|line| line.starts_with("250 ")).unwrap();
    for number in 0..EACH {
        let from = format!("finder-{name}-{number}@example.org");
        let head = format!("From: <{from}>\r\nSubject: Report {name} {number}\r\n\r\n");
        let text = "It crashes when it is sent a comma and then a semicolon.\r\n";
        let text = text.repeat(BYTES.saturating_sub(head.len()) / text.len());
        let envelope = format!("MAIL FROM:<{from}>\r\nRCPT TO:<{LETTERBOX}>\r\nDATA\r\n");
        said.write_all(format!("{envelope}{head}{text}.\r\n").as_bytes()).unwrap();
        lines.find(|line| line.ends_with(" kept")).unwrap();
    }
}

/// Kilobytes in memory.
fn resident() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn megabytes(kilobytes: u32) -> f64 {
    f64::from(kilobytes) / 1024.0
}
