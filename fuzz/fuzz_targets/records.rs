//! Documents of every format that is checked: any bytes end in a report.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let report = advisory::osv::check(text);
    assert!(report.findings.len() <= 200);
});
