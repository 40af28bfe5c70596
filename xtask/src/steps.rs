//! The steps of `cargo xtask test`: what they are called, and what each one runs.

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use crate::{
    arrows, browser, licences, machine,
    report::{Counts, Finished, Outcome},
    run, words,
};

/// One thing that is checked.
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it does, for the help.
    pub(crate) about: &'static str,
    run: fn() -> Outcome,
}

/// Every step, the cheap ones first.
pub(crate) const ALL: &[Step] = &[
    step("needs", "find the tools, and install what may be installed", machine::needs),
    step("data", "see which published data lies at hand", data),
    step("fmt", "check that the code is formatted", fmt),
    step("words", "check files for machine paths and for length", words::check),
    step("arrows", "check that rooms import only downwards", arrows::check),
    step("licences", "check licences, bans and sources of what is built", licences::check),
    step("deny", "run cargo-deny, where it is installed", deny),
    step("lint", "run clippy; a warning is an error", lint),
    step("build", "build the program and its tests", build),
    step("suite", "run unit, property and whole-system tests", suite),
    step("doctests", "run the examples in the documentation", doctests),
    step("browser", "click through the pages in Chromium", browser::check),
];

const fn step(name: &'static str, about: &'static str, run: fn() -> Outcome) -> Step {
    Step { name, about, run }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Whether a machine asks, that nobody watches.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// Runs the steps one after the other, whatever becomes of each.
pub(crate) fn run(steps: &[&Step]) -> Vec<Finished> {
    steps
        .iter()
        .map(|step| {
            println!("── {}: {}", step.name, step.about);
            #[expect(
                clippy::disallowed_methods,
                reason = "seconds for a table, nothing decides by them"
            )]
            let start = Instant::now();
            let outcome = (step.run)();
            if let Outcome::Failed(why) = &outcome {
                println!("{why}");
            }
            Finished { name: step.name, seconds: start.elapsed().as_secs_f64(), outcome }
        })
        .collect()
}

/// What tests read and the project does not hold, with the tests that need it; a name in capitals is
/// a variable that says where.
const DATA: &[(&str, &str)] = &[
    ("../shared/data", "the published suites of records, scores and mails"),
    ("CVE_SCHEMA", "mutated CVE containers under their schema"),
    ("GHSA_SCHEMAS", "mutated GitHub bodies under their schemas"),
    ("OPENVEX_SCHEMA", "mutated OpenVEX documents under their schema"),
    ("CYCLONEDX_SCHEMAS", "licence ids and signatures in CycloneDX documents, under their schemas"),
    ("FERMATA_CONTOUR_CLONE", "Contour's vulnerability of 2021 on a clone"),
];

/// Tests pass without their data, and a runner does not show what they say then.
fn data() -> Outcome {
    let is_there = |place: &str| {
        if place.contains('/') {
            root().join(place).exists()
        } else {
            std::env::var_os(place).is_some()
        }
    };
    let missing = DATA.iter().filter(|(place, _)| !is_there(place));
    let missing: Vec<String> = missing.map(|(place, tests)| format!("{tests} ({place})")).collect();
    if missing.is_empty() { Outcome::well() } else { Outcome::Optional(missing.join(", ")) }
}

fn fmt() -> Outcome {
    run::cargo("fmt --all -- --check")
}

/// What every step builds, so that nothing is built twice: all rooms, with the bugs that the auditor
/// must find.
pub(crate) const HOUSE: &str = "--workspace --features fermata/planted-bugs --locked";

fn lint() -> Outcome {
    run::cargo(&format!("clippy {HOUSE} --all-targets -- -D warnings"))
}

fn build() -> Outcome {
    // With the tests, since their dependencies decide which features everything is built with.
    run::cargo(&format!("build {HOUSE} --lib --bins --tests"))
}

fn suite() -> Outcome {
    let runner = if machine::has_subcommand("nextest") { "nextest run" } else { "test" };
    let tests = format!("{runner} {HOUSE} --lib --bins --tests --no-fail-fast");
    run::counted_with(&tests, &more_seeds(in_ci(), std::env::var_os(SEEDS).is_some()))
}

/// Says how many seeds each story of a drill is played with; `rehearsal`'s tests read it.
const SEEDS: &str = "FERMATA_SEEDS";

/// A person waits for the suite and plays few; a machine that nobody watches plays more, unless it
/// was told how many.
fn more_seeds(in_ci: bool, told: bool) -> Vec<(&'static str, &'static str)> {
    if in_ci && !told { vec![(SEEDS, "20")] } else { Vec::new() }
}

fn doctests() -> Outcome {
    run::counted(&format!("test {HOUSE} --doc --no-fail-fast"))
}

fn deny() -> Outcome {
    if machine::has_subcommand("deny") {
        run::cargo("deny --workspace check")
    } else {
        Outcome::Optional(
            "cargo-deny is not installed; `cargo install cargo-deny` brings it".into(),
        )
    }
}

/// What a test run that must not be empty has come to.
pub(crate) fn not_empty(outcome: Outcome, empty: &str) -> Outcome {
    match outcome {
        Outcome::Passed(Counts { passed: 0, .. }) => Outcome::Failed(empty.into()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_machine_that_was_not_told_plays_more_seeds() {
        assert_eq!(more_seeds(true, false), [(SEEDS, "20")]);
        for (in_ci, told) in [(true, true), (false, false), (false, true)] {
            assert!(more_seeds(in_ci, told).is_empty());
        }
    }
}
