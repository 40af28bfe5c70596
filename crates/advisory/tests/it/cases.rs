//! How many cases a law is held against.

use proptest::prelude::ProptestConfig;

/// So many cases of a law, or as many as `PROPTEST_CASES` says if those are more.
pub(crate) fn cases(least: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = said.map_or(least, |said: u32| said.max(least));
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}
