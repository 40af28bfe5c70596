//! Advisories of every kind, written in every format: what is written passes our checks and the
//! official schema, holds nothing that its reader may not see, and is the same each time.

use advisory::check::Weight;
use advisory::osv::{self, Publication};
use advisory::{Reader, Stage};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::cases::cases;
use crate::formats::{self, Written};
use crate::generated::{SECRET, advisory};
use crate::published;

fn sound(Written { format, check, text }: &Written) {
    let Some(text) = text else { return };
    let findings = check.map(|check| check(text).findings).unwrap_or_default();
    let error = findings.iter().find(|finding| finding.severity == Weight::Error);
    assert!(error.is_none(), "{format}: {error:?}\n{text}");
    assert!(!text.contains(SECRET), "{format}: {text}");
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn what_is_written_is_sound_and_the_same_each_time(
        advisory in advisory(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        let every = || formats::every(&advisory, Timestamp::UNIX_EPOCH, stage);
        for (one, again) in every().iter().zip(every()) {
            sound(one);
            prop_assert!(one.text == again.text, "{}", one.format);
        }
    }

    #[test]
    fn the_official_schema_takes_every_record_that_is_written(mut advisory in advisory()) {
        let Some(judge) = published::judge("osv/schema.json") else { return Ok(()) };
        advisory.vulnerabilities.truncate(1);
        let at = Timestamp::UNIX_EPOCH;
        let publication = Publication {
            id: "OSV-1".to_owned(), published: None, modified: at, withdrawn: Some(at), stage: Stage::Planned,
        };
        let record = osv::write(&advisory.for_audience(&Reader::public(at)), &publication).unwrap();
        let record = serde_json::from_slice(&record).unwrap();
        let errors: Vec<_> = judge.iter_errors(&record).map(|e| e.to_string()).collect();
        prop_assert!(errors.is_empty(), "{:?}", errors);
    }
}
