//! Ids and codenames: what is written is read back, and nothing else is read.

#![cfg(test)]

use std::collections::BTreeSet;

use case::{CaseId, Codename, LineKey, PersonId, ReportId, VulnId};
use proptest::prelude::*;

#[test]
fn every_codename_is_its_own_and_reads_back() {
    let all: BTreeSet<Codename> = (0..Codename::COUNT).map(Codename::nth).collect();
    assert_eq!(all.len(), Codename::COUNT);
    for name in &all {
        assert_eq!(&name.as_str().parse::<Codename>().unwrap(), name);
        assert!(name.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
    }
    assert_eq!(Codename::nth(Codename::COUNT), Codename::nth(0));
}

#[test]
fn other_words_are_no_codename() {
    for text in ["", "amber", "amber-", "-heron", "heron-amber", "Amber-heron", "amber-heron-1"] {
        assert!(text.parse::<Codename>().is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Codename>(r#""kernel-panic""#).is_err());
}

#[test]
fn a_house_that_has_used_the_words_up_counts() {
    let name: Codename = "amber-heron".parse().unwrap();
    assert_eq!(name.clone().numbered(1), name);
    let second = name.clone().numbered(2);
    assert_eq!(second.as_str(), "amber-heron-2");
    assert_eq!("amber-heron-2".parse::<Codename>().unwrap(), second);
    assert_eq!(second.numbered(1), name);
    for text in ["amber-heron-0", "amber-heron-02", "amber-heron-+2", "amber-heron-2-3"] {
        assert!(text.parse::<Codename>().is_err(), "{text}");
    }
}

#[test]
fn other_texts_are_no_ids() {
    let good = "0123456789abcdef0123456789abcdef";
    assert!(good.parse::<CaseId>().is_ok());
    for text in [
        "",
        "abc",
        &good[1..],
        &format!("{good}0"),
        &good.to_uppercase(),
        "+123456789abcdef0123456789abcdef",
    ] {
        assert!(text.parse::<CaseId>().is_err(), "{text}");
    }
    for text in ["", "contour", "#1.30", "contour#"] {
        assert!(text.parse::<LineKey>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn ids_read_back(bytes in any::<[u8; 16]>()) {
        prop_assert_eq!(CaseId(bytes).to_string().parse::<CaseId>().unwrap(), CaseId(bytes));
        let json = serde_json::to_string(&PersonId(bytes)).unwrap();
        prop_assert_eq!(serde_json::from_str::<PersonId>(&json).unwrap(), PersonId(bytes));
        let (report, vulnerability) = (ReportId(bytes).to_string(), VulnId(bytes).to_string());
        prop_assert_eq!(report, vulnerability);
    }

    #[test]
    fn lines_read_back(repository in "[a-z0-9._-]{1,20}", line in "[a-z0-9./#-]{1,20}") {
        let key = LineKey::new(&repository, &line);
        prop_assert_eq!(key.to_string().parse::<LineKey>().unwrap(), key.clone());
        let json = serde_json::to_string(&key).unwrap();
        prop_assert_eq!(serde_json::from_str::<LineKey>(&json).unwrap(), key);
    }

    #[test]
    fn any_text_is_an_id_or_refused(text in ".{0,40}") {
        if let Ok(id) = text.parse::<CaseId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
