//! Reading back: what was written, and what others published.

use advisory::read::ReadError;
use advisory::{Advisory, Format, LineStanding, Stage, between};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::cases;
use crate::published::{self, Dice};
use crate::{sample, written};

/// What a format can hold of the order of lines and of those that are not affected: lines that are
/// not affected come last, and a CVE Record gives no reason for them, so they are not read.
fn projected(format: Format, advisory: &Advisory) -> Advisory {
    let mut advisory = advisory.clone();
    for package in advisory.vulnerabilities.iter_mut().flat_map(|one| &mut one.affected) {
        let spared = |standing: &LineStanding| matches!(standing, LineStanding::NotAffected { .. });
        package.lines.sort_by_key(|line| spared(&line.standing));
        if format == Format::Cve {
            package.lines.retain(|line| !spared(&line.standing));
        }
    }
    advisory
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_is_read_back_is_written_again_to_the_same_bytes(
        advisory in written::advisories(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        for format in Format::ALL {
            let advisory = projected(format, &advisory);
            let Some(text) = written::write(format, &advisory, stage) else { continue };
            let read = format.read(&text).unwrap();
            let again = written::write(format, &read.advisory, stage);
            let again = again.unwrap_or_default();
            let other = text.lines().zip(again.lines()).find(|(one, other)| one != other);
            prop_assert!(text == again, "{}: {:?} of {}", format, other, text);
        }
    }

    #[test]
    fn what_is_read_back_from_csaf_2_1_is_written_again_to_the_same_bytes(
        advisory in written::advisories(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        let advisory = projected(Format::Csaf, &advisory);
        let Some(text) = written::csaf_2_1(&advisory, stage) else { return Ok(()) };
        let read = Format::Csaf.read(&text).unwrap();
        let again = written::csaf_2_1(&read.advisory, stage).unwrap_or_default();
        let other = text.lines().zip(again.lines()).find(|(one, other)| one != other);
        prop_assert!(text == again, "{:?} of {}", other, text);
    }

    #[test]
    fn any_bytes_end_in_an_answer(text in "\\PC{0,60}|[\\[\\]{}\":,a-z0-9]{0,60}") {
        for format in Format::ALL {
            let _ = format.read(&text);
        }
    }
}

#[test]
fn every_format_refuses_what_is_plainly_something_else() {
    for format in Format::ALL {
        for text in ["", "{", "[]", "7", "null", "\"x\"", "{\"a\":1,\"a\":2}", "{}", "{\"x\":{}}"] {
            assert!(format.read(text).is_err(), "{format}: {text}");
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(format.read(&deep), Err(ReadError::Json(_))), "{format}");
    }
}

#[test]
fn what_has_no_place_is_listed_with_its_pointer() {
    let record = json!({
        "id": "GO-1", "modified": "2024-01-01T00:00:00Z", "unheard/of": 7, "details": [],
        "affected": [{"package": {"name": "x", "ecosystem": "Debian:11"}, "ecosystem_specific": {"a": 1}}]
    });
    let read = Format::Osv.read(&record.to_string()).unwrap();
    let left: Vec<&str> = read.left.iter().map(|left| left.path.as_str()).collect();
    for path in [
        "/unheard~1of",
        "/details",
        "/modified",
        "/affected/0/package/ecosystem",
        "/affected/0/ecosystem_specific",
    ] {
        assert!(left.contains(&path), "{path} is not in {left:?}");
    }
    let many: Vec<Value> = (0..1000).map(|_| json!({"unheard_of": 1})).collect();
    let read = Format::Osv.read(&json!({"id": "x", "references": many}).to_string()).unwrap();
    assert_eq!(read.left.len() + read.left_off, 1000);
    assert!(read.left_off > 0);
}

#[test]
fn a_free_text_range_of_github_is_a_range() {
    let record = |versions: Value| {
        json!({"cveMetadata": {"cveId": "CVE-2024-0001", "state": "PUBLISHED"}, "containers": {
            "cna": {"affected": [{"vendor": "v", "product": "contour", "versions": versions}]},
            "adp": [{"title": "CISA ADP Vulnrichment"}]
        }})
    };
    let free = record(json!([
        {"version": "< 1.17.1", "status": "affected"},
        {"version": ">= 1.18.0, < 1.18.2", "status": "affected"},
    ]));
    let exact = record(json!([
        {"version": "0", "lessThan": "1.17.1", "versionType": "semver", "status": "affected"},
        {"version": "1.18", "lessThan": "v1.18.2", "versionType": "semver", "status": "affected"},
    ]));
    let read = |record: &Value| Format::Cve.read(&record.to_string()).unwrap();
    let (free, exact) = (read(&free), read(&exact));
    assert!(between(&free, &exact).is_empty());
    assert!(free.left.iter().any(|left| left.path == "/containers/adp"));
    let lines = &free.advisory.vulnerabilities[0].affected[0].lines;
    assert_eq!(lines.iter().map(|line| line.line.as_str()).collect::<Vec<_>>(), ["1.17", "1.18"]);
    for nothing in ["n/a", "before 1.2", "unspecified", "<"] {
        let read = read(&record(json!([{"version": nothing, "status": "affected"}])));
        assert!(read.said.is_empty(), "{nothing}");
        assert!(read.left.iter().any(|left| left.path.ends_with("/versions/0")), "{nothing}");
    }
}

#[test]
fn a_rejected_record_is_read_as_withdrawn() {
    let record = json!({"cveMetadata": {"cveId": "CVE-2024-0001", "state": "REJECTED"},
        "containers": {"cna": {"rejectedReasons": [{"lang": "en", "value": "A duplicate."}]}}});
    let read = Format::Cve.read(&record.to_string()).unwrap();
    assert!(read.withdrawn);
    assert_eq!(read.advisory.details.as_deref(), Some("A duplicate."));
}

#[test]
fn an_answer_of_github_is_read() {
    let answer = json!({
        "ghsa_id": "GHSA-5ph6-qq5x-7jwc", "cve_id": "CVE-2021-32783", "state": "published",
        "url": "https://api.github.com/x", "summary": "T", "severity": "critical",
        "description": "### Impact\nBad.\n\n### Patches\nSee 1.17.1.",
        "identifiers": [{"type": "GHSA", "value": "GHSA-5ph6-qq5x-7jwc"},
                        {"type": "CVE", "value": "CVE-2021-32783"}],
        "vulnerabilities": [{"package": {"ecosystem": "go", "name": "github.com/projectcontour/contour"},
            "vulnerable_version_range": "<= 1.17.0", "patched_versions": "1.17.1",
            "vulnerable_functions": ["f"]}],
        "cvss_severities": {"cvss_v3": {"vector_string": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:H"},
                            "cvss_v4": {"vector_string": null, "score": null}},
        "cwes": [{"cwe_id": "CWE-441", "name": "x"}], "cwe_ids": ["CWE-441"],
        "credits": [{"login": "jofinder", "type": "finder"}], "credits_detailed": []
    });
    let read = Format::Ghsa.read(&answer.to_string()).unwrap();
    let vulnerability = &read.advisory.vulnerabilities[0];
    assert_eq!(vulnerability.cve, Some("CVE-2021-32783".parse().unwrap()));
    assert_eq!(vulnerability.cwes.len(), 1);
    assert!(vulnerability.vector.is_some());
    assert_eq!(read.advisory.credits.len(), 1);
    let range = vulnerability.affected[0].ranges(Stage::Released);
    assert_eq!(range[0].1.in_symbols(), "< 1.17.1");
    assert!(read.advisory.aliases.is_empty());
    let left: Vec<&str> = read.left.iter().map(|left| left.path.as_str()).collect();
    assert_eq!(left, ["/vulnerabilities/0/vulnerable_functions", "/url"]);
}

#[test]
fn both_sides_of_each_published_pair_say_the_same() {
    let pairs = published::documents("osv/ghsa-pairs", |name| !name.ends_with(".osv.json"));
    for (name, ghsa) in pairs {
        let folder = published::path("osv/ghsa-pairs").unwrap();
        let osv = folder.join(name.replace(".json", ".osv.json"));
        let ghsa = Format::Ghsa.read(&ghsa).unwrap();
        let osv = Format::Osv.read(&std::fs::read_to_string(osv).unwrap()).unwrap();
        assert_eq!(ghsa.withdrawn, osv.withdrawn, "{name}");
        // The converter that made the pairs wrote no vectors and guessed kinds of links; what comes
        // after a version it looked up in the registry.
        let plain = |advisory: &Advisory| {
            let mut advisory = advisory.clone();
            for one in &mut advisory.vulnerabilities {
                (one.vector, one.rating, one.scores) = (None, None, Vec::new());
                one.affected.clear();
            }
            for reference in &mut advisory.references {
                reference.kind = advisory::ReferenceKind::Web;
            }
            serde_json::to_value(advisory).unwrap()
        };
        assert_eq!(plain(&ghsa.advisory), plain(&osv.advisory), "{name}");
        let told: Vec<_> = between(&ghsa, &osv)
            .into_iter()
            .filter(|one| one.field != advisory::Field::Severity)
            .collect();
        let words = serde_json::to_string(&told).unwrap();
        if name.contains("_greater_than") && told.len() == 1 {
            assert_eq!(told[0].severity, advisory::check::Weight::Info, "{name}: {words}");
        } else if name == "less_than_equals_no_patch.json" {
            // What is affected up to a version without a fix, that converter called affected for good.
            assert_eq!(told.len(), 1, "{name}: {words}");
            assert!(told[0].message.contains("wider"), "{name}: {words}");
        } else {
            assert!(told.is_empty(), "{name}: {words}");
        }
    }
}

#[test]
fn what_others_published_is_read_and_so_is_what_chance_makes_of_it() {
    let mut dice = Dice::new(7);
    for (format, folder) in [
        (Format::Ghsa, "osv/ghsa-pairs"),
        (Format::Osv, "osv/ghsa-pairs"),
        (Format::Osv, "osv/linter"),
        (Format::Csaf, "csaf/2.0/mandatory"),
        (Format::Csaf, "csaf/2.0/optional"),
        (Format::Csaf, "csaf/2.0/informative"),
        (Format::Csaf, "csaf/2.1/mandatory"),
        (Format::CycloneDx, "cyclonedx"),
    ] {
        let mut count = 0;
        for (name, text) in published::documents(folder, |name| {
            name != "testcases.json" && !name.contains(".result.")
        }) {
            let read = format.read(&text);
            if format == Format::Csaf {
                assert!(read.is_ok(), "{name}: {read:?}");
            }
            count += usize::from(read.is_ok());
            let Ok(document) = serde_json::from_str::<Value>(&text) else { continue };
            for _ in 0..20 {
                let changed = published::mutated(&document, &mut dice).to_string();
                let changed = format.read(&changed);
                if let (Ok(one), Ok(other)) = (&read, &changed) {
                    let there = between(one, other).len();
                    assert_eq!(there > 0, !between(other, one).is_empty(), "{name}");
                }
            }
        }
        assert!(count > 0 || published::path(folder).is_none(), "{folder}");
    }
}

#[test]
fn what_is_written_by_hand_reads_as_the_sample() {
    let full = sample::full();
    for format in Format::ALL {
        let text = written::write(format, &full, Stage::Planned).unwrap();
        let read = format.read(&text).unwrap();
        assert!(read.left_off == 0, "{format}");
        let cve = read.advisory.vulnerabilities[0].cve;
        assert_eq!(cve.is_some(), format != Format::Cve, "{format}");
        let ranges = |advisory: &Advisory| {
            let ranges = advisory.vulnerabilities[0].affected[0].ranges(Stage::Planned).into_iter();
            ranges
                .map(|(line, range, _)| format!("{line}: {}", range.in_symbols()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ranges(&read.advisory), ranges(&full), "{format}");
    }
}

#[test]
fn dates_are_read_back_where_they_have_a_place() {
    let full = sample::full();
    let dates = |advisory: &Advisory| {
        let one = &advisory.vulnerabilities[0];
        (one.discovery_date, one.disclosure_date, one.first_exploitations.clone())
    };
    let of = |format: Format, text: Option<String>| {
        let read = format.read(&text.unwrap()).unwrap();
        let left = read.left.iter().filter(|left| left.path.starts_with("/vulnerabilities"));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<&advisory::Left>::new());
        dates(&read.advisory)
    };
    let csaf = written::write(Format::Csaf, &full, Stage::Planned);
    assert_eq!(of(Format::Csaf, csaf), dates(&full));
    assert_eq!(of(Format::Csaf, written::csaf_2_1(&full, Stage::Planned)), dates(&full));
    let cve = written::write(Format::Cve, &full, Stage::Planned);
    assert_eq!(of(Format::Cve, cve), (None, dates(&full).1, Vec::new()));
    let mut spared = full.clone();
    spared.vulnerabilities[0].affected[0].lines.drain(..3);
    let spared = written::csaf_2_1(&spared, Stage::Planned).unwrap();
    assert!(!spared.contains("first_known_exploitation_dates"), "no product is affected");
    assert_eq!(of(Format::Csaf, Some(spared)), dates(&full));
}

/// The schema of 2.1 has no room for some names of weaknesses.
#[test]
fn csaf_2_1_holds_every_weakness() {
    let weaknesses = advisory::cwe::Catalogue::newest().weaknesses();
    let mut full = sample::full();
    full.vulnerabilities[0].cwes = weaknesses.map(|entry| entry.id).collect();
    let text = written::csaf_2_1(&full, Stage::Planned).unwrap();
    let held = |text: &str| {
        let read = Format::Csaf.read(text).unwrap();
        let cwes = read.advisory.vulnerabilities[0].cwes.iter().copied();
        cwes.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(held(&text), full.vulnerabilities[0].cwes.iter().copied().collect());
    assert!(text.contains("\"CWE-521\"") && !text.contains("\"CWE-520\""), "that one in words");
}
