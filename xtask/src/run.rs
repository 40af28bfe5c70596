//! Runs cargo, shows what it says, and counts the tests that it reports.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::report::{Counts, Outcome};

/// Runs `cargo` with these arguments, split at spaces.
pub(crate) fn cargo(arguments: &str) -> Outcome {
    cargo_with(&arguments.split(' ').collect::<Vec<_>>())
}

/// Runs `cargo` with arguments that may hold spaces.
pub(crate) fn cargo_with(arguments: &[&str]) -> Outcome {
    let said = arguments.join(" ");
    match Command::new(cargo_path()).args(arguments).status() {
        Ok(status) if status.success() => Outcome::well(),
        Ok(status) => Outcome::Failed(format!("`cargo {said}` ended with {status}")),
        Err(error) => Outcome::Failed(format!("cannot run `cargo {said}`: {error}")),
    }
}

/// The same for a test run, counting its tests.
pub(crate) fn counted(arguments: &str) -> Outcome {
    counted_with(arguments, &[])
}

/// The same with more in the environment.
pub(crate) fn counted_with(arguments: &str, environment: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(cargo_path());
    command.args(arguments.split(' ')).envs(environment.iter().copied());
    // nextest reports on stderr, cargo's own runner on stdout; the other one passes through.
    if arguments.starts_with("nextest") {
        command.stderr(Stdio::piped());
    } else {
        command.stdout(Stdio::piped());
    }
    let (counts, well) = match command.spawn().and_then(watch) {
        Ok(ended) => ended,
        Err(error) => return Outcome::Failed(format!("cannot run `cargo {arguments}`: {error}")),
    };
    match (well, counts.failed) {
        (true, 0) => Outcome::Passed(counts),
        (_, 0) => Outcome::Failed(format!("`cargo {arguments}` failed before or beside its tests")),
        _ => Outcome::TestsFailed(counts),
    }
}

/// What a command prints, or `None` if it cannot be run or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    let output = command.args(arguments).stderr(Stdio::inherit()).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// What `cargo metadata` says for this machine's platform.
pub(crate) fn metadata() -> Option<Value> {
    let version = String::from_utf8(output("rustc", &["-vV"])?).ok()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "))?;
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    serde_json::from_slice(&output(&cargo_path(), &arguments)?).ok()
}

/// Every package that is built with all features, as `name vVERSION`. The resolution in `cargo metadata`
/// also names optional packages that nobody turned on.
pub(crate) fn built() -> Option<BTreeSet<String>> {
    let arguments = ["tree", "--workspace", "--all-features", "--locked", "--prefix", "none"];
    let tree = String::from_utf8(output(&cargo_path(), &arguments)?).ok()?;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Some(tree.lines().filter(|line| !line.is_empty()).map(name).collect())
}

/// The cargo that runs us.
pub(crate) fn cargo_path() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}

fn watch(mut child: Child) -> std::io::Result<(Counts, bool)> {
    let mut counts = Counts::default();
    if let Some(stream) = child.stdout.take() {
        echo(stream, &mut counts);
    }
    if let Some(stream) = child.stderr.take() {
        echo(stream, &mut counts);
    }
    Ok((counts, child.wait()?.success()))
}

fn echo(stream: impl Read, counts: &mut Counts) {
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Some(Ok(line)) = lines.next() {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        *counts += summary(&line).unwrap_or_default();
    }
}

/// The counts in a summary line, as cargo's runner or nextest writes it.
fn summary(line: &str) -> Option<Counts> {
    let line = line.trim();
    let numbers = line.strip_prefix("test result:").or_else(|| {
        line.strip_prefix("Summary [").and_then(|rest| rest.split_once(" run:")).map(|it| it.1)
    })?;
    let number = |word: &str| {
        numbers
            .split([';', ',', '.', '('])
            .filter_map(|part| part.trim().split_once(' '))
            .find(|(_, rest)| *rest == word)
            .and_then(|(number, _)| number.parse::<usize>().ok())
            .unwrap_or(0)
    };
    Some(Counts {
        passed: number("passed"),
        // nextest counts a test that ran into its time limit apart from one that failed.
        failed: number("failed") + number("timed out") + number("exec failed"),
        skipped: number("ignored") + number("skipped"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_runners_summaries_are_read() {
        let table = [
            (
                "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 4 filtered out; finished in 0.01s",
                Some((12, 0, 3)),
            ),
            (
                "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
                Some((1, 2, 0)),
            ),
            ("     Summary [   1.234s] 25 tests run: 25 passed, 0 skipped", Some((25, 0, 0))),
            (
                "     Summary [   1.2s] 9 tests run: 5 passed (1 slow), 2 failed, 2 timed out, 7 skipped",
                Some((5, 4, 7)),
            ),
            ("     Summary [   0.001s] 1 test run: 1 passed, 0 skipped", Some((1, 0, 0))),
            ("test case::x ... ok", None),
        ];
        for (line, expected) in table {
            let found = summary(line).map(|it| (it.passed, it.failed, it.skipped));
            assert_eq!(found, expected, "{line}");
        }
    }
}
