//! Scores against the vectors that Red Hat published with its calculator.

use std::path::PathBuf;

use advisory::{Severity, Vector, VectorError};

fn published(file: &str) -> Option<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/cvss").join(file);
    std::fs::read_to_string(path).ok()
}

#[test]
fn published_scores_are_met() {
    for (file, expected) in [
        ("vectors_simple3", 2592),
        ("vectors_simple31", 2592),
        ("vectors_simple4", 1058),
        ("vectors_threat4", 6),
        ("vectors_security4", 54),
        ("vectors_supplemental4", 576),
    ] {
        let Some(text) = published(file) else {
            println!("skipped: {file} is not beside the checkout");
            continue;
        };
        let mut met = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (vector, scores) = line.split_once(" - ").unwrap();
            let base = scores.trim_matches(['(', ')']).split(',').next().unwrap();
            let parsed: Vector = vector.parse().unwrap();
            assert_eq!(parsed.as_str(), vector);
            assert_eq!(format!("{:.1}", parsed.score()), base, "{vector}");
            met += 1;
        }
        println!("{file}: {met} vectors scored as published");
        assert_eq!(met, expected, "{file}");
    }
    match published("vectors_simple2") {
        Some(text) => {
            println!("vectors_simple2: {} vectors, refused by name", text.lines().count());
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let (vector, _) = line.split_once(" - ").unwrap();
                assert_eq!(vector.parse::<Vector>(), Err(VectorError::Version2));
            }
        }
        None => println!("skipped: vectors_simple2 is not beside the checkout"),
    }
}

#[test]
fn a_score_has_its_word() {
    let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N".parse().unwrap();
    assert_eq!(vector.tenths(), 82);
    assert_eq!(vector.severity(), Severity::High);
    assert_eq!(vector.version().as_str(), "3.1");
    assert_eq!("high".parse::<Severity>(), Ok(Severity::High));
    assert!("High".parse::<Severity>().is_err());
}

#[test]
fn a_reordered_v3_vector_is_the_same_vector() {
    let one: Vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N".parse().unwrap();
    let other: Vector = "CVSS:3.1/A:N/I:L/C:H/S:U/UI:N/PR:N/AC:L/AV:N".parse().unwrap();
    assert_eq!(one, other);
}

#[test]
fn a_refused_vector_says_why() {
    for (vector, why) in [
        ("", "not a CVSS vector"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L", "lacks the base metric A"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/E:P", "the metric E is not supported yet"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/MAV:L", "the metric MAV is not"),
        ("CVSS:3.1/AV:n/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "`AV:n`"),
        ("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N", "duplicate"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/", "not a CVSS vector"),
        ("CVSS:4.0/AC:L/AV:N/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "fixed order"),
        ("CVSS:5.0/AV:N", "unsupported CVSS version"),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "2.0"),
    ] {
        let error = vector.parse::<Vector>().unwrap_err().to_string();
        assert!(error.contains(why), "{vector}: {error}");
    }
}
