//! How many mails a second are durable, each a report with a case of its own.
//!
//! `cargo bench -p house-tests`. Sixteen connections hand over mails of 5 KB by LMTP to a house on
//! SQLite with `synchronous=FULL`, on loopback; nobody works on what they bring about. Target: ≥ 500
//! mails/s in memory that does not grow with their number.

#![expect(clippy::unwrap_used, reason = "a bench that fails stops")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use counterparts::mail::listener::{Address, Listener, MOST_CONNECTIONS};
use engine::Engine;
use house_tests::house::{self, LETTERBOX};

const ROUNDS: usize = 5;
const EACH: usize = 60;
const BYTES: usize = 5 * 1024;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = SocketAddr::from(([127, 0, 0, 1], 9));
    let engine = Arc::new(house::open(&folder.path().join("data"), nobody, 0).unwrap());
    house::project(&engine).unwrap();
    let anywhere = Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = Listener::start(&anywhere, Arc::<Engine>::clone(&engine)).unwrap();
    let Address::Tcp(address) = *listener.address() else { return };

    round(address, "warm");
    let before = resident();
    let mut rates: Vec<f64> = (0..ROUNDS).map(|n| rate(round(address, &n.to_string()))).collect();
    rates.sort_by(f64::total_cmp);
    let kept = engine.projects().unwrap().len();
    assert_eq!(kept, 1);
    println!("mails of {BYTES} bytes, {MOST_CONNECTIONS} connections, medians of {ROUNDS} rounds");
    println!("{:.0} mails/s", rates.get(ROUNDS / 2).unwrap());
    println!("{before} MB at the beginning, {} MB at the end", resident());
    listener.stop();
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

/// Megabytes in memory.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
