//! A process that is killed in the middle of writing loses nothing that it had acknowledged.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

use store::{Append, Batch, Blobs, Expected, House, Journal, KeyClass, SqliteStore};

use super::settings;
use crate::words::{all, append, job, read, row, said, stream, text, time};

const DIR: &str = "FERMATA_CRASH_DIR";
const ROUND: &str = "FERMATA_CRASH_ROUND";

/// What a killed process runs: four clients that begin streams and append, each batch with a
/// blob, a row and a job, and say so when it is acknowledged.
#[test]
#[ignore = "run by `what_was_acknowledged_survives_a_kill` in a process of its own"]
fn appends_until_killed() {
    let dir = PathBuf::from(env::var_os(DIR).expect("a directory to write to"));
    let round = env::var(ROUND).expect("the number of the round");
    let store = SqliteStore::open(&settings(&dir)).unwrap();
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (store, round) = (&store, &round);
            scope.spawn(move || {
                for n in 0_u32.. {
                    // A new stream, and with it a new key, every few batches.
                    let name = format!("case/{round}-{client}-{}", n / 5);
                    let word = format!("{name} {n}");
                    acknowledge(store, &name, &word);
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "ack {word}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

fn acknowledge(store: &SqliteStore, name: &str, word: &str) {
    let blob = store.put_blob(&all(), &stream(name), KeyClass::Content, &word.into()).unwrap();
    let event = append(name, Expected::Any, &[word]);
    let batch = Batch {
        appends: vec![Append { blobs: vec![blob], ..event }],
        rows: vec![row("l", word, name, 1, word)],
        jobs: vec![job(word, name, time(0), word)],
        ..Batch::default()
    };
    store.commit(&all(), batch).unwrap();
}

/// Runs a child, kills it after so many acknowledgements, and returns what it had acknowledged.
fn killed_after(dir: &std::path::Path, round: usize, count: usize) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "sqlite::crash::appends_until_killed", "--ignored", "--nocapture"])
        .env(DIR, dir)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in lines.map_while(Result::ok) {
        if let Some(word) = line.split_once("ack ").map(|(_, word)| word) {
            acknowledged.push(word.to_owned());
        }
        if acknowledged.len() == count {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    drop(SqliteStore::create(&settings(dir.path())).unwrap());
    for (round, count) in [1, 7, 23, 60, 150].into_iter().enumerate() {
        let acknowledged = killed_after(dir.path(), round, count);
        assert!(acknowledged.len() >= count, "the child stopped by itself");
        let store = SqliteStore::open(&settings(dir.path())).unwrap();
        for word in &acknowledged {
            let name = word.split_once(' ').unwrap().0;
            let events = said(&read(&store, name));
            assert_eq!(events.iter().filter(|said| *said == word).count(), 1, "{word}");
            let row = store.row(&all(), "l", word).unwrap().expect("its row");
            assert_eq!(&text(row.body.open()), word);
        }
        let verified = store.verify(None).unwrap();
        assert!(verified.blobs >= verified.events, "a blob is there before its event");
    }
}
