//! Identifiers have one spelling and refuse every other text.

use advisory::{CveId, CweId, GhsaId, IdError};
use proptest::prelude::*;

#[test]
fn ids_that_the_catalogues_gave_are_read() {
    for id in ["CVE-2021-32783", "CVE-1999-0001", "CVE-2026-1234567890123456789"] {
        assert_eq!(id.parse::<CveId>().unwrap().to_string(), id);
    }
    assert_eq!("GHSA-5ph6-qq5x-7jwc".parse::<GhsaId>().unwrap().to_string(), "GHSA-5ph6-qq5x-7jwc");
    assert_eq!("CWE-441".parse::<CweId>().unwrap().number(), 441);
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "",
        "CVE-2021-123",
        "CVE-21-12345",
        "CVE-1998-0001",
        "cve-2021-32783",
        "CVE-2021-032783",
        "CVE-2021-32783 ",
        "CVE-2021-+2783",
        "CVE-2021-12345678901234567890",
        "CVE\u{2010}2021-32783",
        "CVE-2021-٣٢٧٨",
    ] {
        assert_eq!(text.parse::<CveId>(), Err(IdError::Cve), "{text:?}");
    }
    for text in [
        "",
        "GHSA-5ph6-qq5x",
        "GHSA-5ph6-qq5x-7jwc-7jwc",
        "GHSA-5ph6-qq5x-7jwa",
        "ghsa-5ph6-qq5x-7jwc",
        "GHSA-5PH6-QQ5X-7JWC",
        "GHSA-5ph6-qq5x-7jwcc",
    ] {
        assert_eq!(text.parse::<GhsaId>(), Err(IdError::Ghsa), "{text:?}");
    }
    for text in ["", "CWE-", "CWE-0", "CWE-079", "79", "cwe-79", "CWE-1234567", "CWE-+1"] {
        assert_eq!(text.parse::<CweId>(), Err(IdError::Cwe), "{text:?}");
    }
}

#[test]
fn ids_sort_by_number_not_by_letter() {
    let earlier: CveId = "CVE-2021-9999".parse().unwrap();
    let later: CveId = "CVE-2021-10000".parse().unwrap();
    assert!(earlier < later);
    assert!("CWE-79".parse::<CweId>().unwrap() < "CWE-100".parse().unwrap());
}

proptest! {
    #[test]
    fn a_cve_id_survives_text_and_json(year in 1999u16..=9999, number in 0u64..=9_999_999_999_999_999_999) {
        let text = format!("CVE-{year}-{number:04}");
        let id: CveId = text.parse().unwrap();
        prop_assert_eq!(id.to_string(), &text[..]);
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(&json, &format!("\"{text}\""));
        prop_assert_eq!(serde_json::from_str::<CveId>(&json).unwrap(), id);
    }

    #[test]
    fn a_ghsa_id_survives_text_and_json(text in "GHSA(-[23456789cfghjmpqrvwx]{4}){3}") {
        let id: GhsaId = text.parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<GhsaId>(&json).unwrap().to_string(), text);
    }

    #[test]
    fn a_cwe_id_survives_text_and_json(number in 1u32..=999_999) {
        let text = format!("CWE-{number}");
        let id: CweId = text.parse().unwrap();
        let json = serde_json::to_string(&id).unwrap();
        prop_assert_eq!(serde_json::from_str::<CweId>(&json).unwrap().to_string(), text);
    }

    #[test]
    fn what_parses_prints_as_it_was(text in "(CVE|GHSA|CWE)?-?[0-9a-zA-Z]{0,6}(-[0-9a-z]{0,6}){0,3}") {
        if let Ok(id) = text.parse::<CveId>() { prop_assert_eq!(id.to_string(), &text[..]); }
        if let Ok(id) = text.parse::<GhsaId>() { prop_assert_eq!(id.to_string(), &text[..]); }
        if let Ok(id) = text.parse::<CweId>() { prop_assert_eq!(id.to_string(), &text[..]); }
    }
}
