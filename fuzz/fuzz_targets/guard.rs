//! The guard reads any text, and what it points at lies inside it.
#![no_main]

use discretion::{Audience, Policy, Terms, check_text};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let terms = Terms::new().codename("amber-heron").free("header");
    for finding in check_text(text, &terms, Audience::Public, &Policy::default()) {
        assert!(finding.place.line >= 1 && finding.place.line <= text.lines().count().max(1) + 1);
    }
});
