//! Package URLs: what is read is canonical, and is read again as the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(purl) = text.parse::<advisory::purl::Purl>() {
        assert!(purl.to_string().parse().is_ok_and(|again: advisory::purl::Purl| again == purl));
    }
    drop(advisory::cwe::search(text));
});
