//! Documents of every format that is checked: any bytes end in a report, whatever the outside says.
#![no_main]

use std::collections::BTreeSet;

use advisory::check::Report;
use advisory::csaf::{Answer, Outside, Reach, Spelling, SpellingError};

/// Knows no word, and no address that answers.
struct Nowhere;

impl Reach for Nowhere {
    fn answer(&self, _: &str) -> Option<Answer> {
        Some(Answer::Nothing)
    }
}

impl Spelling for Nowhere {
    fn unknown<'w>(
        &self,
        _: &str,
        words: &BTreeSet<&'w str>,
    ) -> Result<BTreeSet<&'w str>, SpellingError> {
        Ok(words.clone())
    }
}

fn csaf(text: &str) -> Report {
    let outside = Outside { reach: Some(&Nowhere), spelling: Some(&Nowhere) };
    advisory::csaf::check_at(text, jiff::Timestamp::UNIX_EPOCH, outside)
}

fn ghsa(text: &str) -> Report {
    advisory::ghsa::check(text, None)
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let checks = [
        advisory::osv::check,
        advisory::cve::check,
        advisory::openvex::check,
        advisory::cyclonedx::check,
        advisory::csaf::check,
        csaf,
        ghsa,
    ];
    for check in checks {
        let report = check(text);
        assert!(report.findings.len() <= 200 && report.not_judged.len() <= 200);
    }
});
