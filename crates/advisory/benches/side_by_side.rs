//! How long CSAF's own test files take here and in the validators of others, in one run.
//!
//! `cargo bench -p advisory --bench side_by_side`, after `cargo xtask conformance` has installed them.
//! The library of npm is measured inside node, with its modules and the documents loaded; the crate as
//! a process over all files, beside a process that does the same here. Theirs is CPU time, so that a
//! busy machine does not count against them. Every test is run but those that ask the network or a
//! dictionary.
//!
//! Target: at least 20 times as fast as `@secvisogram/csaf-validator-lib`.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    reason = "a bench measures time, prints it, and shares how with the others"
)]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use advisory::csaf;
use common::{csaf_files, total};

mod common;

const NODE: &str = "@secvisogram/csaf-validator-lib";
const CRATE: &str = "csaf-validator";

const PROCESSES: u32 = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, paths @ ..] = arguments.as_slice()
        && word == "check"
    {
        for path in paths {
            black_box(csaf::check(&fs::read_to_string(path).unwrap()));
        }
        return;
    }
    for version in ["2.0", "2.1"] {
        compare(version);
    }
}

fn compare(version: &str) {
    let files = csaf_files(version);
    if files.is_empty() {
        return;
    }
    let texts: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let ours = total(&texts, |text| {
        black_box(csaf::check(text));
    });
    println!("csaf {version}, {} files: {ours:.2?} in csaf::check", files.len());
    say(NODE, "inside node", by_node(version, files.len()), ours);
    let mut here = Command::new(std::env::current_exe().unwrap());
    let ours = process(here.arg("check").args(&files));
    println!("csaf {version}, {} files: {ours:.2?} as a process", files.len());
    say(CRATE, "as a process", by_crate(version, &files), ours);
}

fn say(who: &str, how: &str, theirs: Option<Duration>, ours: Duration) {
    match theirs {
        Some(theirs) => {
            let times = theirs.as_secs_f64() / ours.as_secs_f64();
            println!("  {who}: {theirs:.2?} {how}, {times:.1} times as much");
        }
        None => println!("  {who}: left out, not installed by `cargo xtask conformance`"),
    }
}

/// Where the conformance run installs judges.
fn installed(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    let path = target.join("conformance").join(name);
    path.exists().then_some(path)
}

/// The median that the script says, if it went through as many documents.
fn by_node(version: &str, count: usize) -> Option<Duration> {
    let modules = installed("npm/node_modules")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut node = Command::new("node");
    node.arg(root.join("xtask/src/conformance/scripts/csaf.mjs")).arg(modules.parent()?);
    node.arg(root.join("../shared/data/csaf").join(version)).arg("--time");
    let said = String::from_utf8(node.output().ok()?.stdout).ok()?;
    let (documents, milliseconds) = said.trim().split_once(' ')?;
    assert_eq!(documents.parse(), Ok(count), "the same documents");
    Some(Duration::from_secs_f64(milliseconds.parse::<f64>().ok()? / 1e3))
}

fn by_crate(version: &str, files: &[PathBuf]) -> Option<Duration> {
    let mut judge = Command::new(installed(&format!("cargo/bin/{CRATE}"))?);
    // For 2.0 it has no test that asks the network, and no name for those that do not.
    let tests = if version == "2.0" { "full" } else { "external-request-free" };
    judge.args(["--csaf-version", version, "--test", tests]).args(files);
    Some(process(&mut judge))
}

/// The CPU time of a process, whatever it says: the mean of several.
fn process(command: &mut Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let before = of_children();
    for _ in 0..PROCESSES {
        command.status().unwrap();
    }
    of_children().saturating_sub(before) / PROCESSES
}

/// The CPU time of all processes that ended before, as Linux counts it: in hundredths of seconds.
fn of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let numbers = after_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = numbers.map(|number| number.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}
