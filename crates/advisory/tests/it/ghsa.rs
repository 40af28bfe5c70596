//! The bodies that GitHub is sent.

use advisory::check::Weight;
use advisory::ghsa::{self, GhsaError, Kind};
use advisory::{Advisory, Consent, LineStanding, Stage, Vulnerability, Withhold};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::published::{self, Dice};
use crate::sample;

fn json_of(body: &ghsa::Body) -> Value {
    serde_json::from_slice(body.as_bytes()).unwrap()
}

#[test]
fn a_draft_is_made_of_what_the_public_may_read() {
    let body = ghsa::create(&sample::advisory(), Withhold { cve: true, ghsa: true }, true).unwrap();
    assert_eq!(
        json_of(&body),
        json!({
            "summary": "ExternalName Services can reach the admin interface",
            "description": "A crafted Service exposes the admin interface.\n\n\
                The listener forwards what it should not.\n\n\
                ### Impact\nEnvoy can be shut down.\n\n\
                ### Attack vectors\nWhoever may create Services.\n\n\
                ### References\n- https://projectcontour.io/guides",
            "vulnerabilities": [
                {
                    "package": {"ecosystem": "go", "name": "github.com/projectcontour/contour"},
                    "vulnerable_version_range": "< 1.14.2",
                    "patched_versions": "1.14.2"
                },
                {
                    "package": {"ecosystem": "go", "name": "github.com/projectcontour/contour"},
                    "vulnerable_version_range": ">= 1.16.0, < 1.16.1",
                    "patched_versions": "1.16.1"
                },
                {
                    "package": {"ecosystem": "go", "name": "github.com/projectcontour/contour"},
                    "vulnerable_version_range": ">= 1.17.0, < 1.17.1",
                    "patched_versions": "1.17.1"
                }
            ],
            "cwe_ids": ["CWE-441"],
            "credits": [{"login": "jofinder", "type": "reporter"}],
            "cvss_vector_string": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:H",
            "start_private_fork": true
        })
    );
}

#[test]
fn who_has_no_login_is_thanked_by_name() {
    let mut advisory = sample::advisory();
    advisory.workarounds = Some(" \n".to_owned());
    advisory.credits.push(sample::credit("Kim Tester", None, Consent::Given));
    advisory.credits.push(sample::credit("Lee Silent", None, Consent::Refused));
    let body = json_of(&ghsa::create(&advisory, Withhold::default(), false).unwrap());
    let description = body["description"].as_str().unwrap();
    assert!(description.ends_with("\n\n### Credits\n- Kim Tester"), "{description}");
    assert!(!description.contains("Workarounds"), "a blank paragraph has no heading");
    assert_eq!(body["credits"].as_array().unwrap().len(), 1);
}

#[test]
fn the_bytes_and_their_order_are_fixed() {
    let advisory = Advisory {
        title: Some("T".to_owned()),
        details: Some("D".to_owned()),
        vulnerabilities: vec![Vulnerability {
            rating: Some("high".to_owned()),
            ..Vulnerability::default()
        }],
        ..Advisory::default()
    };
    let body = ghsa::create(&advisory, Withhold::default(), false).unwrap();
    assert_eq!(
        std::str::from_utf8(body.as_bytes()).unwrap(),
        r#"{"summary":"T","description":"D","vulnerabilities":[],"cwe_ids":[],"credits":[],"severity":"high","start_private_fork":false}"#
    );
    let body = ghsa::publish().unwrap();
    assert_eq!(body.as_bytes(), br#"{"state":"published"}"#);
}

#[test]
fn an_update_after_the_releases_names_only_those_that_came() {
    let mut advisory = sample::advisory();
    let lines = &mut advisory.vulnerabilities[0].affected[0].lines;
    let LineStanding::Affected(versions) = &mut lines[0].standing else {
        panic!("the first line is affected");
    };
    versions.actual_fixed = Some("1.14.3".parse().unwrap());
    let ranges = |stage| {
        let body = json_of(&ghsa::update(&advisory, Withhold::default(), stage).unwrap());
        assert_eq!(body["cve_id"], "CVE-2021-32783");
        assert!(body.get("start_private_fork").is_none());
        let entries = body["vulnerabilities"].as_array().unwrap().clone();
        entries
            .iter()
            .map(|entry| entry["patched_versions"].as_str().map(ToOwned::to_owned))
            .collect::<Vec<_>>()
    };
    let named = |text: &str| Some(text.to_owned());
    assert_eq!(ranges(Stage::Planned), [named("1.14.3"), named("1.16.1"), named("1.17.1")]);
    assert_eq!(ranges(Stage::Released), [named("1.14.3"), None, None]);
}

#[test]
fn severity_is_a_vector_or_a_word_never_both() {
    for (vector, rating, expected_vector, expected_word) in [
        (true, Some("low"), true, None),
        (true, None, true, None),
        (false, Some("low"), false, Some("low")),
        (false, Some("none"), false, None),
        (false, Some("P1"), false, None),
        (false, None, false, None),
    ] {
        let mut advisory = sample::advisory();
        let vulnerability = &mut advisory.vulnerabilities[0];
        vulnerability.rating = rating.map(ToOwned::to_owned);
        if !vector {
            vulnerability.vector = None;
        }
        let body = json_of(&ghsa::create(&advisory, Withhold::default(), false).unwrap());
        assert_eq!(body.get("cvss_vector_string").is_some(), expected_vector);
        assert_eq!(body.get("severity").and_then(Value::as_str), expected_word);
    }
}

#[test]
fn what_github_cannot_hold_is_refused() {
    let create = |change: fn(&mut Advisory)| {
        let mut advisory = sample::advisory();
        change(&mut advisory);
        ghsa::create(&advisory, Withhold::default(), false).unwrap_err()
    };
    assert_eq!(create(|a| a.title = None), GhsaError::NoTitle);
    assert_eq!(create(|a| a.vulnerabilities.clear()), GhsaError::NoVulnerability);
    assert_eq!(
        create(|a| a.vulnerabilities.push(Vulnerability::default())),
        GhsaError::SeveralVulnerabilities(2)
    );
    assert_eq!(
        create(|a| {
            a.summary = None;
            a.details = Some(" \n".to_owned());
            a.impact = None;
            a.attack_vectors = None;
        }),
        GhsaError::NoDescription
    );
    assert!(matches!(
        create(|a| a.title = Some("x".repeat(1025))),
        GhsaError::TooLong { field: "title", length: 1025, .. }
    ));
    assert!(matches!(
        create(|a| a.details = Some("x".repeat(65_536))),
        GhsaError::TooLong { field: "description", .. }
    ));
}

#[test]
fn what_is_written_passes_the_check() {
    let advisory = sample::full();
    let create = ghsa::create(&advisory, Withhold::default(), true).unwrap();
    let update = ghsa::update(&advisory, Withhold::default(), Stage::Released).unwrap();
    let publish = ghsa::publish().unwrap();
    for body in [create, update, publish] {
        let text = std::str::from_utf8(body.as_bytes()).unwrap();
        assert_eq!(ghsa::check(text, None).findings, []);
    }
}

type Case = (&'static str, &'static str, fn(&mut Value));

#[test]
fn each_rule_finds_its_fault_where_it_is() {
    let cases: [Case; 13] = [
        ("ghsa schema", "/unheard", |b| b["unheard"] = json!(1)),
        ("ghsa schema", "/summary", |b| b["summary"] = json!("x".repeat(1025))),
        ("ghsa schema", "/credits/0/type", |b| b["credits"][0]["type"] = json!("friend")),
        ("ghsa schema", "/vulnerabilities/0/package/ecosystem", |b| {
            b["vulnerabilities"][0]["package"]["ecosystem"] = json!("golang");
        }),
        ("ghsa severity", "/severity", |b| b["severity"] = json!("high")),
        ("ghsa vector", "/cvss_vector_string", |b| b["cvss_vector_string"] = json!("9.1")),
        ("ghsa cve", "/cve_id", |b| b["cve_id"] = json!("CVE-1")),
        ("ghsa cwe", "/cwe_ids/0", |b| b["cwe_ids"] = json!(["441"])),
        ("ghsa cwe", "/cwe_ids/1", |b| b["cwe_ids"] = json!(["CWE-770", "CWE-99999"])),
        ("ghsa cwe-usage", "/cwe_ids/0", |b| b["cwe_ids"] = json!(["CWE-310", "CWE-770"])),
        ("ghsa packages", "/vulnerabilities", |b| b["vulnerabilities"] = json!([])),
        ("ghsa range", "/vulnerabilities/0/vulnerable_version_range", |b| {
            b["vulnerabilities"][0]["vulnerable_version_range"] = json!("< 1, < 2");
        }),
        ("ghsa range", "/vulnerabilities/0", |b| {
            b["vulnerabilities"][0]["vulnerable_version_range"] = Value::Null;
        }),
    ];
    for (rule, path, change) in cases {
        let body = ghsa::create(&sample::full(), Withhold::default(), false).unwrap();
        let mut body = json_of(&body);
        change(&mut body);
        let report = ghsa::check(&body.to_string(), None);
        let found: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
        assert_eq!(found, [(rule, path)], "{:?}", report.findings);
        assert_eq!(report.valid(), report.findings[0].severity == Weight::Warning);
    }
}

#[test]
fn an_answer_is_known_by_its_id() {
    let mut answer = json!({
        "ghsa_id": "GHSA-5ph6-qq5x-7jwc", "cve_id": null, "summary": "T", "description": null,
        "state": "triage", "severity": "high", "cvss_vector_string": null, "cwe_ids": [],
        "vulnerabilities": [{
            "package": {"ecosystem": "go", "name": "x"}, "vulnerable_version_range": "< 1",
            "patched_versions": null, "vulnerable_functions": []
        }],
        "html_url": "https://github.com/x/y/security/advisories/GHSA-5ph6-qq5x-7jwc"
    });
    assert_eq!(ghsa::check(&answer.to_string(), None).findings, []);
    answer["ghsa_id"] = json!("GHSA-1");
    assert_eq!(ghsa::check(&answer.to_string(), None).findings[0].path, "/ghsa_id");
}

/// GitHub's REST description ships in the package `@octokit/openapi`: name files with the schemas
/// of the two bodies in `GHSA_SCHEMAS`, as `FOLDER/ghsa-create.json` and `FOLDER/ghsa-update.json`.
#[test]
fn the_official_description_judges_mutated_bodies_alike() {
    let Ok(folder) = std::env::var("GHSA_SCHEMAS") else {
        println!("skipped: GHSA_SCHEMAS names no folder");
        return;
    };
    let advisory = sample::full();
    let create = ghsa::create(&advisory, Withhold::default(), true).unwrap();
    let update = ghsa::update(&advisory, Withhold::default(), Stage::Planned).unwrap();
    let mut update = json_of(&update);
    update["state"] = json!("draft");
    update["collaborating_users"] = json!(["jo"]);
    for (kind, name, body) in [
        (Kind::Create, "ghsa-create.json", json_of(&create)),
        (Kind::Update, "ghsa-update.json", update),
    ] {
        let schema = std::fs::read(format!("{folder}/{name}")).unwrap();
        let judge = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
        let mut dice = Dice::new(3);
        let (mut refused, mut taken) = (0, 0);
        for _ in 0..3000 {
            let mutated = published::mutated(&body, &mut dice);
            let report = ghsa::check(&mutated.to_string(), Some(kind));
            let ours = report.findings.iter().any(|finding| finding.rule == "ghsa schema");
            let official: Vec<_> = judge.iter_errors(&mutated).map(|e| e.to_string()).collect();
            assert_eq!(
                ours,
                !official.is_empty(),
                "{:?}\n{official:?}\n{mutated}",
                report.findings
            );
            if ours { refused += 1 } else { taken += 1 }
        }
        let suite = &format!("{name} of GitHub's description, mutated bodies");
        published::conformance(suite, "23.0.2 of its package", refused + taken, &[]);
        assert!(refused > 300 && taken > 300);
    }
}

proptest! {
    #[test]
    fn the_same_advisory_gives_the_same_bytes(
        title in "\\S\\PC{0,39}",
        details in "\\PC{1,80}",
        rating in proptest::option::of("[a-z]{1,8}"),
        introduced in proptest::option::of("[0-9]\\.[1-9][0-9]?\\.[0-9]"),
    ) {
        let mut advisory = sample::advisory();
        advisory.title = Some(title);
        advisory.details = Some(details);
        advisory.vulnerabilities[0].rating = rating;
        advisory.vulnerabilities[0].affected[0].lines.push(
            sample::line("1.18", introduced.as_deref(), None),
        );
        let json = serde_json::to_string(&advisory).unwrap();
        let reread: Advisory = serde_json::from_str(&json).unwrap();
        let one = ghsa::create(&advisory, Withhold::default(), false).unwrap();
        let other = ghsa::create(&reread, Withhold::default(), false).unwrap();
        prop_assert!(one == other);
        prop_assert_eq!(one.digest(), other.digest());
    }
}
