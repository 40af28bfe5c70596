//! The guard reads any bytes, and what it points at lies inside them.
#![no_main]

use discretion::{Guard, Setting, Terms};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    thread_local! {
        static GUARD: Guard = Guard::new(&Terms::new().codename("amber-heron").free("header"));
    }
    let findings = GUARD.with(|guard| guard.bytes(bytes, &Setting::PUBLIC));
    for finding in findings.unwrap_or_default() {
        let place = finding.place;
        assert!(place.line >= 1 && place.col >= 1);
        assert!(place.bytes.start < place.bytes.end && place.bytes.end <= bytes.len());
    }
});
