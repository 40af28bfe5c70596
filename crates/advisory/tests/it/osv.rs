//! OSV records: what is refused, what is written, and the official schema as the judge of both.

use advisory::check::{Report, Weight};
use advisory::osv::{self, OsvError, Publication};
use advisory::{Advisory, Ecosystem, Reader, Stage, Vulnerability};
use serde_json::{Value, json};

use crate::published::{self, Dice};
use crate::sample;

const RECORDS: [&str; 2] = ["osv/ghsa-pairs", "osv/linter"];

fn records() -> Vec<(String, String)> {
    RECORDS
        .into_iter()
        .flat_map(|folder| {
            published::documents(folder, |name| folder != RECORDS[0] || name.contains(".osv."))
        })
        .collect()
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn published_records_are_judged_as_osv_judges_them() {
    let records = records();
    for (name, text) in &records {
        let report = osv::check(text);
        let expected: &[&str] = match name.as_str() {
            "nointroduced-CVE-2023-41045.json" => &["osv schema"],
            "nondistinct-CVE-2018-5407.json" => &["osv RNG:002"],
            _ => &[],
        };
        let errors: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == Weight::Error)
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(errors, expected, "{name}: {:?}", report.findings);
        assert_eq!(report.valid(), expected.is_empty());
    }
    if !records.is_empty() {
        published::conformance("OSV records and linter files", "1.7.5", records.len(), &[]);
    }
}

#[test]
fn the_official_schema_judges_mutated_records_alike() {
    let Some(judge) = published::judge("osv/schema.json") else { return };
    let mut dice = Dice::new(1);
    let (mut refused, mut taken) = (0, 0);
    for (name, text) in records() {
        let document: Value = serde_json::from_str(&text).unwrap();
        for _ in 0..400 {
            let mutated = published::mutated(&document, &mut dice);
            let report = osv::check(&mutated.to_string());
            let official: Vec<_> = judge.iter_errors(&mutated).map(|e| e.to_string()).collect();
            let ours = rules(&report);
            if official.is_empty() {
                taken += 1;
                assert!(!ours.contains(&"osv schema"), "{name}: {:?}\n{mutated}", report.findings);
            } else {
                refused += 1;
                assert!(!report.valid(), "{name}: {official:?}\n{mutated}");
            }
        }
    }
    let suite = "OSV schema, mutated records";
    published::conformance(suite, "1.7.5", refused + taken, &[]);
    assert!(refused > 2000 && taken > 500);
}

fn record(change: impl FnOnce(&mut Value)) -> String {
    let mut record = json!({
        "id": "GHSA-5ph6-qq5x-7jwc",
        "modified": "2021-07-22T15:00:00Z",
        "affected": [{
            "package": {"ecosystem": "Go", "name": "example.org/x"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]
        }]
    });
    change(&mut record);
    record.to_string()
}

type Case = (&'static str, &'static str, fn(&mut Value));

#[test]
fn each_rule_finds_its_fault_where_it_is() {
    assert_eq!(osv::check(&record(|_| {})).findings, []);
    let cases: [Case; 14] = [
        ("osv schema", "/modified", |r| r["modified"] = json!("2021-07-22T15:00:00+02:00")),
        ("osv schema", "", |r| drop(r.as_object_mut().unwrap().remove("id"))),
        ("osv schema", "/x~1y", |r| r["x/y"] = json!(1)),
        ("osv schema", "/affected/0/package/ecosystem", |r| {
            r["affected"][0]["package"]["ecosystem"] = json!("Golang");
        }),
        ("osv schema", "/affected/0/ranges/0/events/1", |r| {
            r["affected"][0]["ranges"][0]["events"][1] = json!({"fixed": "1", "limit": "2"});
        }),
        ("osv semver", "/affected/0/ranges/0/events/1", |r| {
            r["affected"][0]["ranges"][0]["events"][1] = json!({"fixed": "v1.2.0"});
        }),
        ("osv order", "/affected/0/ranges/0/events/2", |r| {
            let events = r["affected"][0]["ranges"][0]["events"].as_array_mut().unwrap();
            events.push(json!({"introduced": "1.1.0"}));
        }),
        ("osv version", "/affected/0/ranges/0/events/1", |r| {
            r["affected"][0]["ranges"][0]["events"][1] = json!({"fixed": "one"});
        }),
        ("osv severity", "/severity/0/score", |r| {
            r["severity"] = json!([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}]);
        }),
        ("osv package", "/affected/0", |r| {
            drop(r["affected"][0].as_object_mut().unwrap().remove("package"));
        }),
        ("osv PKG:003", "/affected/0/package/purl", |r| {
            r["affected"][0]["package"]["purl"] = json!("golang/x");
        }),
        ("osv REC:001", "/affected", |r| r["affected"] = json!([])),
        ("osv REC:002", "/aliases/0", |r| r["aliases"] = json!(["GHSA-5ph6-qq5x-7jwc"])),
        ("osv REC:003", "/upstream/0", |r| {
            r["upstream"] = json!(["CVE-2021-1234"]);
            r["aliases"] = json!(["CVE-2021-1234"]);
        }),
    ];
    for (rule, path, change) in cases {
        let report = osv::check(&record(change));
        let found: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
        assert_eq!(found, [(rule, path)], "{:?}", report.findings);
    }
}

#[test]
fn any_bytes_end_in_findings() {
    let deep = "[".repeat(100_000);
    let twice = r#"{"id":"CVE-2021-1234","id":"CVE-2021-1235"}"#;
    for text in ["", "{", "nul", "[]", "\"x\"", "1e999", deep.as_str(), twice] {
        let report = osv::check(text);
        assert!(!report.valid(), "{}", &text[..text.len().min(40)]);
    }
    let flood = format!(r#"{{"aliases":[{}]}}"#, vec!["1"; 5000].join(","));
    let report = osv::check(&flood);
    assert_eq!((report.findings.len(), report.left_off), (200, 4803));
}

fn publication(stage: Stage) -> Publication {
    Publication {
        id: "GHSA-5ph6-qq5x-7jwc".to_owned(),
        published: Some("2021-07-22T15:00:00Z".parse().unwrap()),
        modified: "2021-07-22T15:00:00Z".parse().unwrap(),
        withdrawn: None,
        stage,
    }
}

#[test]
fn what_is_written_is_valid_and_the_same_each_time() {
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    let shown = sample::full().for_audience(&reader);
    let bytes = osv::write(&shown, &publication(Stage::Planned)).unwrap();
    assert_eq!(bytes, osv::write(&shown, &publication(Stage::Planned)).unwrap());
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(osv::check(&text).findings, []);
    let record: Value = serde_json::from_str(&text).unwrap();
    if let Some(judge) = published::judge("osv/schema.json") {
        let errors: Vec<_> = judge.iter_errors(&record).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert_eq!(record["aliases"], json!(["CVE-2021-32783", "GO-2022-0001"]));
    assert_eq!(
        record["affected"],
        json!([{
            "package": {
                "ecosystem": "Go",
                "name": "github.com/projectcontour/contour",
                "purl": "pkg:golang/github.com/projectcontour/contour"
            },
            "ranges": [{"type": "SEMVER", "events": [
                {"introduced": "0"}, {"fixed": "1.14.2"},
                {"introduced": "1.16.0"}, {"fixed": "1.16.1"},
                {"introduced": "1.17.0"}, {"fixed": "1.17.1"}
            ]}]
        }])
    );
    assert_eq!(record["credits"], json!([{"name": "Jo Finder", "type": "REPORTER"}]));
    for private in ["amber heron", "Shy Finder", "-ghsa-", "The fix was tried", "NVD"] {
        assert!(!text.contains(private), "{private}");
    }
}

#[test]
fn a_package_url_is_written_canonically_and_of_any_version() {
    let mut advisory = sample::full();
    advisory.packages[0].purl = Some("pkg:Golang/GitHub.com/projectcontour/contour@v1".to_owned());
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    let record = osv::write(&advisory.for_audience(&reader), &publication(Stage::Planned)).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let purl = &record["affected"][0]["package"]["purl"];
    assert_eq!(purl, "pkg:golang/github.com/projectcontour/contour");
}

#[test]
fn weaknesses_that_are_none_or_not_to_be_chosen_are_warned_of() {
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    let shown = sample::full().for_audience(&reader);
    let bytes = osv::write(&shown, &publication(Stage::Planned)).unwrap();
    let mut record: Value = serde_json::from_slice(&bytes).unwrap();
    for (ids, found) in [
        (json!(["CWE-770", "CWE-441", "770", 7]), vec![]),
        (json!(["CWE-770", "CWE-264"]), vec![("osv cwe-usage", "/database_specific/cwe_ids/1")]),
        (json!(["CWE-99999"]), vec![("osv cwe", "/database_specific/cwe_ids/0")]),
        (json!("CWE-99999"), vec![]),
    ] {
        record["database_specific"]["cwe_ids"] = ids;
        let report = osv::check(&record.to_string());
        let ours: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
        assert_eq!(ours, found, "{:?}", report.findings);
        assert!(report.valid());
    }
}

#[test]
fn what_osv_cannot_hold_is_refused() {
    let write = |change: fn(&mut Advisory)| {
        let mut advisory = sample::full();
        change(&mut advisory);
        let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
        osv::write(&advisory.for_audience(&reader), &publication(Stage::Released)).unwrap_err()
    };
    assert_eq!(write(|a| a.vulnerabilities.clear()), OsvError::NoVulnerability);
    assert_eq!(
        write(|a| a.vulnerabilities.push(Vulnerability::default())),
        OsvError::SeveralVulnerabilities(2)
    );
    assert!(matches!(
        write(|a| a.vulnerabilities[0].affected[0].ecosystem = Ecosystem::Other),
        OsvError::NoEcosystem(_)
    ));
}
