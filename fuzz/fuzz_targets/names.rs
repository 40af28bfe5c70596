//! Ids, addresses, versions and vectors: what parses prints itself, and parses again to the same.
#![no_main]

use std::{fmt::Display, str::FromStr};

fn round<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert!(value.to_string().parse::<T>().is_ok_and(|again| again == value));
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    round::<advisory::CveId>(text);
    round::<advisory::GhsaId>(text);
    round::<advisory::CweId>(text);
    round::<advisory::Mailbox>(text);
    round::<advisory::Vector>(text);
    round::<advisory::Version>(text);
    round::<case::LineKey>(text);
    round::<case::CaseId>(text);
    round::<case::Codename>(text);
});
