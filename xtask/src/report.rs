//! What became of the steps: the table at the end, and the exit code.

use std::{fmt::Write as _, ops::AddAssign, process::ExitCode};

/// What became of a step.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is well, and so many tests ran.
    Passed(Counts),
    /// Something is wrong.
    Failed(String),
    /// Tests ran, and some of them failed.
    TestsFailed(Counts),
    /// Could not be run here; a failure where `CI` is set.
    LeftOut(String),
    /// Could not be run here, and does not have to be.
    Optional(String),
}

/// A number of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that ran and were right.
    pub(crate) passed: usize,
    /// Tests that ran and were wrong.
    pub(crate) failed: usize,
    /// Tests that did not run.
    pub(crate) skipped: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// A step that is over.
pub(crate) struct Finished {
    /// Its name.
    pub(crate) name: &'static str,
    /// How long it took.
    pub(crate) seconds: f64,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

impl Outcome {
    /// Well, without tests to count.
    pub(crate) const fn well() -> Self {
        Self::Passed(Counts { passed: 0, failed: 0, skipped: 0 })
    }

    /// Well without problems, otherwise a failure that names them all.
    pub(crate) fn of(problems: &[String]) -> Self {
        if problems.is_empty() { Self::well() } else { Self::Failed(problems.join("\n")) }
    }

    fn counts(&self) -> Counts {
        match self {
            Self::Passed(counts) | Self::TestsFailed(counts) => *counts,
            _ => Counts::default(),
        }
    }

    fn is_bad(&self, in_ci: bool) -> bool {
        match self {
            Self::Passed(_) | Self::Optional(_) => false,
            Self::Failed(_) | Self::TestsFailed(_) => true,
            Self::LeftOut(_) => in_ci,
        }
    }

    fn words(&self, in_ci: bool) -> String {
        match self {
            Self::Passed(Counts { passed: 0, .. }) => "ok".into(),
            Self::Passed(counts) => format!("ok, {} tests", counts.passed),
            Self::Failed(why) => {
                let first = why.lines().next().unwrap_or_default();
                format!("FAILED: {first}")
            }
            Self::TestsFailed(counts) => format!("FAILED: {} tests", counts.failed),
            Self::LeftOut(why) if in_ci => format!("FAILED: left out, {why}"),
            Self::LeftOut(why) | Self::Optional(why) => format!("left out: {why}"),
        }
    }
}

/// Prints the table and says how the whole thing ends.
pub(crate) fn conclude(finished: &[Finished], in_ci: bool) -> ExitCode {
    println!("\n{}", table(finished, in_ci));
    if finished.iter().any(|step| step.outcome.is_bad(in_ci)) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn table(finished: &[Finished], in_ci: bool) -> String {
    let mut table = format!("{:10} {:>8}  result\n", "step", "seconds");
    let mut tests = Counts::default();
    for step in finished {
        let words = step.outcome.words(in_ci);
        let _ = writeln!(table, "{:10} {:8.1}  {words}", step.name, step.seconds);
        tests += step.outcome.counts();
    }
    let is_left_out =
        |step: &&Finished| matches!(step.outcome, Outcome::LeftOut(_) | Outcome::Optional(_));
    let left_out = finished.iter().filter(is_left_out).count();
    let bad = finished.iter().filter(|step| step.outcome.is_bad(in_ci)).count();
    let seconds: f64 = finished.iter().map(|step| step.seconds).sum();
    let _ = write!(
        table,
        "{} steps in {seconds:.0} s: {bad} failed, {left_out} left out\n\
         tests: {} passed, {} failed, {} skipped",
        finished.len(),
        tests.passed,
        tests.failed,
        tests.skipped,
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &'static str, outcome: Outcome) -> Finished {
        Finished { name, seconds: 1.25, outcome }
    }

    #[test]
    fn the_table_names_every_step_and_sums_the_tests() {
        let finished = [
            step("fmt", Outcome::well()),
            step("suite", Outcome::TestsFailed(Counts { passed: 40, failed: 2, skipped: 1 })),
            step("doctests", Outcome::Passed(Counts { passed: 2, failed: 0, skipped: 0 })),
            step("browser", Outcome::LeftOut("there is no Chromium".into())),
        ];
        let expected = "\
step        seconds  result
fmt             1.2  ok
suite           1.2  FAILED: 2 tests
doctests        1.2  ok, 2 tests
browser         1.2  left out: there is no Chromium
4 steps in 5 s: 1 failed, 1 left out
tests: 42 passed, 2 failed, 1 skipped";
        assert_eq!(table(&finished, false), expected);
        assert!(table(&finished, true).contains("browser         1.2  FAILED: left out"));
    }

    #[test]
    fn only_what_is_optional_may_be_left_out_in_ci() {
        let outcomes = [
            (Outcome::well(), false, false),
            (Outcome::Failed(String::new()), true, true),
            (Outcome::TestsFailed(Counts::default()), true, true),
            (Outcome::LeftOut(String::new()), false, true),
            (Outcome::Optional(String::new()), false, false),
        ];
        for (outcome, at_home, in_ci) in outcomes {
            assert_eq!(
                (outcome.is_bad(false), outcome.is_bad(true)),
                (at_home, in_ci),
                "{outcome:?}"
            );
        }
    }
}
