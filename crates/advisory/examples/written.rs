//! Makes up advisories and writes each of them in every format, for others to judge:
//! `cargo run -p advisory --example written -- FOLDER COUNT` makes a folder a format.
//!
//! CSAF 2.1 stands there three times: as it is, and twice in words that its judges know already.
#![expect(clippy::unwrap_used, reason = "what fails stops it, and it shares the tests' advisories")]

use std::fs;

use advisory::{Advisory, Stage};
use jiff::Timestamp;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

mod common;
#[path = "../tests/it/formats.rs"]
mod formats;
#[path = "../tests/it/generated.rs"]
mod generated;
#[path = "../tests/it/sample.rs"]
mod sample;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = std::path::PathBuf::from(arguments.next().unwrap());
    let count: usize = arguments.next().unwrap().parse().unwrap();
    // The same ones each time.
    let mut runner = TestRunner::deterministic();
    let made_up =
        (1..count).map(|_| generated::advisory().new_tree(&mut runner).unwrap().current());
    let now: Timestamp = "2026-11-10T14:00:00Z".parse().unwrap();
    let known: Timestamp = common::KNOWN_MOMENT.parse().unwrap();
    for (number, advisory) in std::iter::once(sample::full()).chain(made_up).enumerate() {
        let put = |advisory: &Advisory, at: Timestamp, only: Option<&str>, more: &str| {
            for written in formats::every(advisory, at, Stage::Planned) {
                let (Some(text), Some(_)) = (written.text, written.check) else { continue };
                if only.is_some_and(|format| format != written.format) {
                    continue;
                }
                let folder = folder.join(format!("{}{more}", written.format));
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(format!("{number:04}.json")), text).unwrap();
            }
        };
        put(&advisory, now, None, "");
        let simple = |ssvc| common::in_known_words(advisory.clone(), ssvc);
        put(&simple(false), known, Some("csaf-2.1"), " in words that both know");
        put(&simple(true), known, Some("csaf-2.1"), " in words that both know, with SSVC");
    }
}
