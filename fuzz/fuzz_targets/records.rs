//! Documents of every format that is checked: any bytes end in a report.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let ghsa = |text: &str| advisory::ghsa::check(text, None);
    let checks = [
        advisory::osv::check,
        advisory::cve::check,
        advisory::openvex::check,
        advisory::cyclonedx::check,
        advisory::csaf::check,
        ghsa,
    ];
    for check in checks {
        assert!(check(text).findings.len() <= 200);
    }
});
