//! What the benches share: documents that others published, and how time is taken.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::Value;

#[path = "../../tests/it/published.rs"]
mod published;

/// Documents of a few kilobytes that take about as long as a round.
const PART: usize = 60;
/// What takes much longer than a round is measured less often.
const FEW: usize = 31;
const MANY: usize = 501;
/// A round takes about as long as this: short enough that the median is of rounds that nothing else on
/// the machine broke into.
const ROUND: Duration = Duration::from_millis(1);

/// The JSON documents of a folder of published data and of the folders in it; none where it is
/// absent.
pub(crate) fn texts(folder: &str, filter: fn(&str) -> bool) -> Vec<String> {
    files(folder, filter).into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Their paths.
pub(crate) fn files(folder: &str, filter: fn(&str) -> bool) -> Vec<PathBuf> {
    let Some(folder) = published::path(folder) else { return Vec::new() };
    let mut open = vec![folder];
    let mut files = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if filter(&name) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The test files of CSAF of that version that are documents; some are parts of one.
pub(crate) fn csaf_files(version: &str) -> Vec<PathBuf> {
    let mut files = files(&format!("csaf/{version}"), |name| name.starts_with("oasis"));
    files.retain(|path| {
        let text: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        text.pointer("/document/csaf_version").is_some()
    });
    files
}

/// The time that all items take: the sum over parts of them that are short enough to be measured.
pub(crate) fn total<T>(items: &[T], what: impl Fn(&T)) -> Duration {
    items.chunks(PART).map(|part| median(|| part.iter().for_each(&what))).sum()
}

/// The time of one run: the median of rounds that are long enough to be measured.
pub(crate) fn median(mut what: impl FnMut()) -> Duration {
    let start = Instant::now();
    what();
    let once = start.elapsed().as_secs_f64();
    let runs = (ROUND.as_secs_f64() / once).clamp(1.0, 1e6).ceil();
    let count = if once > 20.0 * ROUND.as_secs_f64() { FEW } else { MANY };
    let mut rounds: Vec<Duration> = (0..count)
        .map(|_| {
            let start = Instant::now();
            let mut left = runs;
            while left > 0.0 {
                what();
                left -= 1.0;
            }
            start.elapsed().div_f64(runs)
        })
        .collect();
    rounds.sort();
    rounds[count / 2]
}
