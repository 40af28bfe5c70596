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
    let outcome = run::counted_with(
        "test --workspace --tests --locked --no-fail-fast -- --ignored browser",
        &[("CHROMIUM", &chromium.to_string_lossy())],
    );
    steps::not_empty(outcome, "there is no browser test")
}
