//! The tests that click through the pages in a headless Chromium.
//!
//! They are the `#[ignore]`d tests with `browser` in their path: a plain `cargo test` leaves them
//! out, because they need a browser. They find it in the variable `CHROMIUM`.

use crate::{machine, report::Outcome, run, steps};

/// Runs them, if there is a Chromium.
pub(crate) fn check() -> Outcome {
    let Some(chromium) = machine::chromium() else {
        return Outcome::LeftOut("there is no Chromium; `apt install chromium` brings it".into());
    };
    let house = steps::HOUSE;
    let tests = if machine::has_subcommand("nextest") {
        format!(
            "nextest run {house} --lib --bins --tests --no-tests pass --run-ignored only \
             -E test(browser)"
        )
    } else {
        format!("test {house} --lib --bins --tests --no-fail-fast -- --ignored browser")
    };
    let outcome = run::counted_with(&tests, &[("CHROMIUM", &chromium.to_string_lossy())]);
    steps::not_empty(outcome, "there is no browser test")
}
