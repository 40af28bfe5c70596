//! Differences: none in a right copy, and each planted one found by its name.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::assigning_clones,
    reason = "tests may fail at once; the list of changes is read line by line"
)]

use advisory::check::Weight;
use advisory::{
    Advisory, AffectedVersions, Consent, Difference, Exploitation, Field, Format, Justification,
    LineStanding, Naming, ReferenceKind, Stage, between, diff,
};
use proptest::prelude::*;
use serde_json::json;

use crate::cases::cases;
use crate::{sample, written};

fn told(ours: &Advisory, stage: Stage, format: Format, text: &str) -> Vec<Difference> {
    diff(&written::shown(ours), stage, &format.read(text).unwrap())
}

fn words(differences: &[Difference]) -> String {
    serde_json::to_string(differences).unwrap()
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_right_copy_has_no_difference(
        advisory in written::advisories(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        for format in Format::ALL {
            let Some(text) = written::write(format, &advisory, stage) else { continue };
            let told = told(&advisory, stage, format, &text);
            prop_assert!(told.is_empty(), "{}: {}\n{}", format, words(&told), text);
        }
    }

    #[test]
    fn a_right_copy_in_csaf_2_1_has_no_difference(
        advisory in written::advisories(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        let Some(text) = written::csaf_2_1(&advisory, stage) else { return Ok(()) };
        let told = told(&advisory, stage, Format::Csaf, &text);
        prop_assert!(told.is_empty(), "{}\n{}", words(&told), text);
    }
}

fn full() -> Advisory {
    let mut full = sample::full();
    let vulnerability = full.vulnerabilities.first_mut().unwrap();
    vulnerability.scores[0].source = None;
    vulnerability.affected[0].lines.push(advisory::Line {
        line: "1.18".to_owned(),
        standing: LineStanding::Affected(AffectedVersions {
            actual_fixed: Some("1.18.4".parse().unwrap()),
            ..AffectedVersions::default()
        }),
    });
    vulnerability.affected[0].lines.push(advisory::Line {
        line: "1.19".to_owned(),
        standing: LineStanding::Affected(AffectedVersions {
            last_affected: Some("1.19.5".parse().unwrap()),
            ..AffectedVersions::default()
        }),
    });
    full.credits.push(sample::credit("No Login", None, Consent::Given));
    full
}

fn versions(advisory: &mut Advisory, line: usize) -> &mut AffectedVersions {
    match &mut advisory.vulnerabilities[0].affected[0].lines[line].standing {
        LineStanding::Affected(versions) => versions,
        LineStanding::NotAffected { .. } => panic!("the line is affected"),
    }
}

type Change = fn(&mut Advisory);

const WHOLE: &[Format] = &[Format::Csaf, Format::CycloneDx];
const OSV: &[Format] = &[Format::Osv];
const REPOSITORIES: &[Format] = &[Format::Cve, Format::CycloneDx];
const VEX: &[Format] = &[Format::Csaf, Format::OpenVex, Format::CycloneDx];
const TEXTS: &[Format] = &[Format::Ghsa, Format::Cve, Format::Osv, Format::Csaf, Format::CycloneDx];
const ROLES: &[Format] = &[Format::Ghsa, Format::Cve, Format::Osv, Format::Csaf];
const NAMES: &[Format] = &[Format::Cve, Format::Osv, Format::Csaf, Format::CycloneDx];
const IDS: &[Format] =
    &[Format::Ghsa, Format::Osv, Format::Csaf, Format::OpenVex, Format::CycloneDx];
const KNOWN_IDS: &[Format] =
    &[Format::Cve, Format::Osv, Format::Csaf, Format::OpenVex, Format::CycloneDx];
const ALIASES: &[Format] = &[Format::Osv, Format::Csaf, Format::OpenVex, Format::CycloneDx];
const MOMENTS: &[Format] = &[Format::Cve, Format::Csaf, Format::CycloneDx];
const SPARED: &[Format] = &[Format::Cve, Format::Csaf, Format::OpenVex, Format::CycloneDx];

/// Every change of one field, by whom it is held, and under which name it must be found.
#[rustfmt::skip]
const CHANGES: &[(Field, &[Format], Change)] = &[
    (Field::Title, &Format::ALL, |a| a.title = Some("Another".to_owned())),
    (Field::Summary, TEXTS, |a| a.summary = Some("Another.".to_owned())),
    (Field::Summary, TEXTS, |a| a.summary = None),
    (Field::Details, TEXTS, |a| a.details = Some("Another.".to_owned())),
    (Field::Details, TEXTS, |a| a.details.as_mut().unwrap().push_str("\n\nAnd more.")),
    (Field::Impact, TEXTS, |a| a.impact = Some("Another.".to_owned())),
    (Field::AttackVectors, TEXTS, |a| a.attack_vectors = None),
    (Field::Workarounds, &Format::ALL, |a| a.workarounds = Some("Another.".to_owned())),
    (Field::Cve, IDS, |a| a.vulnerabilities[0].cve = Some("CVE-2021-9999".parse().unwrap())),
    (Field::Ghsa, KNOWN_IDS, |a| a.ghsa = Some("GHSA-2222-3333-4444".parse().unwrap())),
    (Field::Ghsa, KNOWN_IDS, |a| a.ghsa = None),
    (Field::Aliases, ALIASES, |a| a.aliases.push("GO-2022-0009".to_owned())),
    (Field::Aliases, ALIASES, |a| a.aliases.clear()),
    (Field::Related, OSV, |a| a.related.clear()),
    (Field::Weaknesses, TEXTS, |a| a.vulnerabilities[0].cwes.push("CWE-20".parse().unwrap())),
    (Field::Weaknesses, TEXTS, |a| a.vulnerabilities[0].cwes.clear()),
    (Field::Severity, TEXTS, |a| {
        a.vulnerabilities[0].vector = Some("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:H".parse().unwrap());
    }),
    (Field::Severity, TEXTS, |a| a.vulnerabilities[0].vector = None),
    (Field::Severity, NAMES, |a| a.vulnerabilities[0].scores.clear()),
    (Field::Severity, NAMES, |a| {
        let second = "CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:H/SC:N/SI:N/SA:N".parse().unwrap();
        a.vulnerabilities[0].scores.push(advisory::Score { vector: second, source: None });
    }),
    (Field::Rating, WHOLE, |a| a.vulnerabilities[0].rating = Some("mild".to_owned())),
    (Field::Exploitation, MOMENTS, |a| a.vulnerabilities[0].exploitation = Some(Exploitation::Active)),
    (Field::DiscoveryDate, WHOLE, |a| a.vulnerabilities[0].discovery_date = Some(jiff::Timestamp::UNIX_EPOCH)),
    (Field::DiscoveryDate, WHOLE, |a| a.vulnerabilities[0].discovery_date = None),
    (Field::DisclosureDate, MOMENTS, |a| a.vulnerabilities[0].disclosure_date = Some(jiff::Timestamp::UNIX_EPOCH)),
    (Field::FirstExploitations, WHOLE, |a| a.vulnerabilities[0].first_exploitations[0].at = jiff::Timestamp::UNIX_EPOCH),
    (Field::FirstExploitations, WHOLE, |a| a.vulnerabilities[0].first_exploitations.clear()),
    (Field::Ssvc, WHOLE, |a| a.vulnerabilities[0].ssvc.as_mut().unwrap().outcome = "x".to_owned()),
    (Field::Packages, &Format::ALL, |a| a.vulnerabilities[0].affected[0].name = "example.org/x".to_owned()),
    (Field::Packages, REPOSITORIES, |a| a.packages[0].repository = None),
    (Field::Packages, OSV, |a| a.packages[0].purl = None),
    (Field::Ranges, &Format::ALL, |a| versions(a, 2).introduced = Some("1.17.1".parse().unwrap())),
    (Field::Ranges, &Format::ALL, |a| versions(a, 5).last_affected = Some("1.19.6".parse().unwrap())),
    (Field::Fixed, &Format::ALL, |a| versions(a, 4).actual_fixed = Some("1.18.5".parse().unwrap())),
    (Field::Fixed, &Format::ALL, |a| versions(a, 0).planned_fixed = Some("1.14.3".parse().unwrap())),
    (Field::NotAffected, SPARED, |a| a.vulnerabilities[0].affected[0].lines[3].line = "1.12".to_owned()),
    (Field::NotAffected, VEX, |a| {
        a.vulnerabilities[0].affected[0].lines[3].standing = LineStanding::NotAffected {
            justification: Justification::ComponentNotPresent, statement: None,
        };
    }),
    (Field::NotAffected, VEX, |a| {
        a.vulnerabilities[0].affected[0].lines[3].standing = LineStanding::NotAffected {
            justification: Justification::VulnerableCodeNotPresent, statement: Some("So.".to_owned()),
        };
    }),
    (Field::Credits, TEXTS, |a| { a.credits.remove(0); }),
    (Field::Credits, TEXTS, |a| a.credits.retain(|credit| credit.display_name() != "No Login")),
    (Field::Credits, ROLES, |a| a.credits[0].role = advisory::CreditType::Finder),
    (Field::Credits, NAMES, |a| {
        a.credits[0].naming = Naming::Named { name: "Jo".to_owned(), company: None, github: Some("jofinder".to_owned()) };
    }),
    (Field::Credits, TEXTS, |a| a.credits[2].naming = Naming::Named { name: "N".to_owned(), company: None, github: None }),
    (Field::References, TEXTS, |a| a.references[0].url = "https://example.org/other".to_owned()),
    (Field::References, NAMES, |a| a.references[0].kind = ReferenceKind::Report),
    (Field::Timeline, MOMENTS, |a| a.timeline[0].what = "Another.".to_owned()),
    (Field::Timeline, MOMENTS, |a| a.timeline[0].at += jiff::SignedDuration::from_secs(1)),
];

#[test]
fn each_planted_change_is_found_by_its_name_from_both_sides_and_where_it_is_not_held_nothing_is() {
    let full = full();
    for (place, (field, held, change)) in CHANGES.iter().enumerate() {
        let mut changed = full.clone();
        change(&mut changed);
        for format in Format::ALL {
            let write =
                |advisory: &Advisory| written::write(format, advisory, Stage::Planned).unwrap();
            for (ours, theirs) in [(&full, &changed), (&changed, &full)] {
                let told = told(ours, Stage::Planned, format, &write(theirs));
                // A text that only the copy has is named as the reader could place it.
                let placed = |one: &Difference| {
                    one.field == *field || one.ours.is_none() && one.field == Field::Details
                };
                let found = told.iter().any(placed);
                let words = words(&told);
                assert_eq!(
                    found,
                    held.contains(&format),
                    "change {place}, {field:?} in {format}: {words}"
                );
                assert_eq!(
                    found,
                    !told.is_empty(),
                    "change {place}, {field:?} in {format}: {words}"
                );
            }
        }
    }
}

#[test]
fn a_cna_may_date_its_record_where_the_advisory_does_not() {
    let mut undated = full();
    undated.vulnerabilities[0].disclosure_date = None;
    let written = |format, advisory| written::write(format, advisory, Stage::Planned).unwrap();
    let told = |ours, format, theirs| {
        let told = told(ours, Stage::Planned, format, &written(format, theirs));
        told.into_iter().map(|one| (one.field, one.ours.is_some(), one.theirs.is_some()))
    };
    let said = |ours, format, theirs| told(ours, format, theirs).collect::<Vec<_>>();
    let mut dated = full();
    dated.vulnerabilities[0].disclosure_date = Some("2021-07-21T09:00:00Z".parse().unwrap());
    assert_eq!(said(&undated, Format::Cve, &dated), []);
    assert_eq!(said(&dated, Format::Cve, &undated), [(Field::DisclosureDate, true, true)]);
    assert_eq!(said(&undated, Format::Csaf, &dated), [(Field::DisclosureDate, false, true)]);
    assert_eq!(said(&dated, Format::Csaf, &undated), [(Field::DisclosureDate, true, false)]);
}

#[test]
fn every_field_has_a_planted_change() {
    use Field as F;
    let beside = [F::Withdrawn, F::Vulnerabilities];
    for field in [
        F::Withdrawn,
        F::Vulnerabilities,
        F::Cve,
        F::Ghsa,
        F::Aliases,
        F::Related,
        F::Title,
        F::Summary,
        F::Details,
        F::Impact,
        F::AttackVectors,
        F::Workarounds,
        F::Weaknesses,
        F::Severity,
        F::Rating,
        F::Exploitation,
        F::Ssvc,
        F::Packages,
        F::Ranges,
        F::Fixed,
        F::NotAffected,
        F::Credits,
        F::References,
        F::Timeline,
        F::DiscoveryDate,
        F::DisclosureDate,
        F::FirstExploitations,
    ] {
        let planted = CHANGES.iter().any(|(changed, ..)| *changed == field);
        assert!(planted || beside.contains(&field), "{field:?}");
    }
}

#[test]
fn what_is_said_otherwise_and_means_the_same_is_the_same() {
    let ours = json!({
        "ghsa_id": "GHSA-5ph6-qq5x-7jwc", "cve_id": "CVE-2021-32783", "summary": "A  title",
        "description": "One\r\nline.\r\n\r\nTwo.", "cwe_ids": ["CWE-20", "CWE-441"],
        "cvss_vector_string": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:H",
        "references": ["https://a.example/", "https://b.example/x"],
        "vulnerabilities": [{"package": {"ecosystem": "pip", "name": "Foo_Bar"},
            "vulnerable_version_range": "<= 1.17.0", "patched_versions": "1.17.1"}]
    });
    let theirs = json!({
        "id": "GHSA-5ph6-qq5x-7jwc", "aliases": ["CVE-2021-32783"], "modified": "2024-01-01T00:00:00Z",
        "summary": "A title", "details": "One line.\n\nTwo.\n",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AC:L/AV:N/PR:L/UI:N/S:C/C:L/I:L/A:H"}],
        "database_specific": {"cwe_ids": ["CWE-441", "CWE-20"]},
        "references": [{"type": "WEB", "url": "https://b.example/x"}, {"type": "WEB", "url": "https://a.example"}],
        "affected": [{"package": {"ecosystem": "PyPI", "name": "foo-bar"}, "ranges": [
            {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.17.1"}]}]}]
    });
    let ours = Format::Ghsa.read(&ours.to_string()).unwrap();
    let read = |text: &str| Format::Osv.read(text).unwrap();
    let same = between(&ours, &read(&theirs.to_string()));
    assert!(same.is_empty(), "{}", words(&same));
    for (from, to, field, message) in [
        ("\"1.17.1\"", "\"1.17.2\"", Field::Fixed, "another fix"),
        ("\"introduced\":\"0\"", "\"introduced\":\"1.2.0\"", Field::Ranges, "narrower"),
    ] {
        let changed = theirs.to_string().replace(from, to);
        assert_ne!(changed, theirs.to_string());
        let told = between(&ours, &read(&changed));
        assert_eq!(told.len(), 1, "{}", words(&told));
        assert_eq!((told[0].field, told[0].severity), (field, Weight::Error));
        assert!(told[0].message.contains(message), "{}", words(&told));
    }
    let withdrawn = theirs.to_string().replacen('{', "{\"withdrawn\":\"2024-01-02T00:00:00Z\",", 1);
    assert_eq!(between(&ours, &read(&withdrawn))[0].field, Field::Withdrawn);
}

#[test]
fn github_has_a_word_where_there_is_no_vector() {
    let rated = |word: &str| {
        let mut advisory = full();
        advisory.vulnerabilities[0].vector = None;
        advisory.vulnerabilities[0].rating = Some(word.to_owned());
        advisory
    };
    let text = written::write(Format::Ghsa, &rated("low"), Stage::Planned).unwrap();
    assert!(told(&rated("low"), Stage::Planned, Format::Ghsa, &text).is_empty());
    let told = told(&rated("high"), Stage::Planned, Format::Ghsa, &text);
    assert_eq!((told.len(), told[0].field), (1, Field::Rating));
}

#[test]
fn vulnerabilities_are_paired_by_their_ids() {
    let mut two = full();
    let mut second = two.vulnerabilities[0].clone();
    second.cve = Some("CVE-2021-32784".parse().unwrap());
    second.cwes.clear();
    two.vulnerabilities.push(second);
    let text = written::write(Format::Csaf, &two, Stage::Planned).unwrap();
    assert!(told(&two, Stage::Planned, Format::Csaf, &text).is_empty());
    let mut turned = two.clone();
    turned.vulnerabilities.reverse();
    assert!(told(&turned, Stage::Planned, Format::Csaf, &text).is_empty());
    let fields = |told: Vec<Difference>| told.into_iter().map(|one| one.field).collect::<Vec<_>>();
    let alone = Advisory { vulnerabilities: vec![two.vulnerabilities[0].clone()], ..two.clone() };
    let told_alone = fields(told(&alone, Stage::Planned, Format::Csaf, &text));
    assert!(told_alone.contains(&Field::Vulnerabilities), "{told_alone:?}");
    // A container names no CVE id: it is about the one that it fits.
    let text = written::write(Format::Cve, &two, Stage::Planned).unwrap();
    assert!(told(&turned, Stage::Planned, Format::Cve, &text).is_empty());
}
