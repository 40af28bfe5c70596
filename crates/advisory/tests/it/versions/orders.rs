//! Each scheme's order: tables in ascending order, and what a scheme refuses.

use std::cmp::Ordering;

use advisory::versions::Scheme;
use proptest::prelude::*;

/// Each row is in ascending order; what stands together in one string is equal.
const ASCENDING: &[(Scheme, &[&str])] = &[
    // Semantic Versioning 2.0.0, section 11, and https://go.dev/ref/mod#pseudo-versions.
    (
        Scheme::Semver,
        &[
            "0.0.0-20191109021931-daa7c04131f5",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0 v1.0.0 1 1.0 1.0.0+build",
            "v1.0.1-0.20210101000000-abcdefabcdef",
            "1.0.1",
            "2.0.0 2.0.0+incompatible",
        ],
    ),
    // PEP 440, "Summary of permitted suffixes and relative ordering".
    (
        Scheme::Pep440,
        &[
            "1.0.dev456",
            "1.0a1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1 1.0c1",
            "1.0 1 1.0.0 v1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456",
            "1.0.15",
            "1.1.dev1",
            "1!0.1",
        ],
    ),
    // Debian policy, section 5.6.12.
    (
        Scheme::Debian,
        &[
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0 1.0-0 0:1.0",
            "1.0-1",
            "1.0-1+deb12u1",
            "1.0-10",
            "1.0a",
            "1.0+dfsg",
            "1.2",
            "1.10",
            "1:0.1",
        ],
    ),
    // Maven's reference, "Version Order Specification".
    (
        Scheme::Maven,
        &[
            "1-alpha2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc 1-cr",
            "1-rc123",
            "1-SNAPSHOT",
            "1 1.0 1.0.0 1-ga 1-final 1.0-0",
            "1-sp",
            "1-sp-2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
            "1.1",
            "1.10",
            "2.0.0.Final 2",
        ],
    ),
];

#[test]
fn versions_stand_in_their_schemes_order() {
    for (scheme, rows) in ASCENDING {
        let ranked: Vec<(usize, &str)> = (0..)
            .zip(*rows)
            .flat_map(|(rank, row)| row.split(' ').map(move |version| (rank, version)))
            .collect();
        for (left, one) in &ranked {
            for (right, other) in &ranked {
                assert_eq!(
                    scheme.compare(one, other),
                    Ok(left.cmp(right)),
                    "{scheme:?}: {one} and {other}"
                );
            }
        }
    }
}

#[test]
fn what_is_no_version_is_refused() {
    let long = "1".repeat(300);
    for (scheme, text) in [
        (Scheme::Semver, ""),
        (Scheme::Semver, "1.2.3.4"),
        (Scheme::Semver, "latest"),
        (Scheme::Pep440, "1.0-final-version"),
        (Scheme::Debian, "abc"),
        (Scheme::Debian, "1.0-"),
        (Scheme::Debian, "x:1"),
        (Scheme::Maven, "1 2"),
        (Scheme::Maven, ""),
        (Scheme::Maven, &long),
    ] {
        let error = scheme.compare(text, "1").unwrap_err().to_string();
        assert!(error.contains("is no version"), "{error}");
    }
}

proptest! {
    #[test]
    fn every_order_is_one(
        scheme in prop::sample::select(vec![Scheme::Semver, Scheme::Pep440, Scheme::Debian, Scheme::Maven]),
        texts in prop::array::uniform3("[0-9]{1,2}([.-]?(0|1|a|rc|b1|~|x|post1|-|\\+1)){0,4}"),
    ) {
        let [a, b, c] = &texts;
        let (Ok(ab), Ok(bc), Ok(ac)) =
            (scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c)) else { return Ok(()) };
        prop_assert_eq!(scheme.compare(b, a).unwrap(), ab.reverse());
        prop_assert_eq!(scheme.compare(a, a).unwrap(), Ordering::Equal);
        if ab == bc || bc == Ordering::Equal {
            prop_assert_eq!(ac, ab, "{} {} {}", a, b, c);
        }
    }
}
