//! The specification's own test files and schema judge ours, for 2.1.

use std::collections::BTreeMap;

use advisory::check::{Finding, Report, Weight};
use advisory::csaf;
use serde_json::{Value, json};

use super::asked::{Asked, not_judged};
use super::document_2_1;
use crate::published::{self, Dice};

/// Files of which a rule says otherwise than the specification's list, and why.
const OTHERWISE: [(&str, &str); 5] = [
    ("6-1-48-16", "it names version 3.0.1 of cvss E, which CERT/CC never published"),
    ("6-1-48-19", "its values stand in another order than in their definition, as in 6-1-48-09"),
    ("6-1-50-14", "`vers:/all` has no type; every version is `vers:all/*`"),
    ("6-2-44-02", "ScanCode's list of licences is not here"),
    ("6-2-45-02", "ScanCode's list of licences is not here"),
];

/// Files that are called valid, for the rule that they are made for, and break another one.
const BESIDE: [(&str, &str); 18] = [
    ("6-1-10-13", "csaf 6.1.9"),
    ("6-1-27-13-16", "csaf 6.1.2"),
    ("6-1-50-14", "csaf 6.1.2"),
    ("6-1-50-15", "csaf 6.1.2"),
    ("6-2-08-02", "csaf 6.1.25"),
    ("6-2-09-02", "csaf 6.1.25"),
    ("6-2-19-19", "csaf 6.1.9"),
    ("6-2-20-02", "csaf 6.1.8"),
    ("6-2-21-02", "csaf 6.1.14"),
    ("6-2-34-03", "csaf 6.1.48"),
    ("6-2-39-02-01", "csaf 6.1.27.14"),
    ("6-2-39-03-01", "csaf 6.1.27.14"),
    ("6-2-42-02", "csaf 6.1.42"),
    ("6-1-48-16", "csaf 6.1.48"),
    ("6-1-48-19", "csaf 6.1.48"),
    // Their extension defines the product, which the rule cannot know.
    ("6-2-54-03-01", "csaf 6.1.1"),
    ("6-3-21-01-02", "csaf 6.1.1"),
    ("6-3-21-01-12", "csaf 6.1.1"),
];

fn errors(report: &Report) -> Vec<&'static str> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Weight::Error);
    errors.map(|finding| finding.rule).collect()
}

#[test]
fn the_official_test_files_are_decided_as_the_specification_says() {
    let Some(folder) = published::path("csaf/2.1") else { return };
    let cases = std::fs::read(folder.join("testcases.json")).unwrap();
    let cases: Value = serde_json::from_slice(&cases).unwrap();
    let now = "2026-11-01T00:00:00Z".parse().unwrap();
    let asked = Asked::find();
    let (mut right, mut misses, mut beside) = (0_usize, BTreeMap::new(), BTreeMap::new());
    for case in cases["tests"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let rule = format!("csaf {id}");
        let weight = match case["group"].as_str().unwrap() {
            "mandatory" => Weight::Error,
            "recommended" => Weight::Warning,
            _ => Weight::Info,
        };
        for (list, flagged) in [("failures", true), ("valid", false)] {
            for file in case[list].as_array().into_iter().flatten() {
                let name = file["name"].as_str().unwrap();
                let text = std::fs::read_to_string(folder.join(name)).unwrap();
                let report = csaf::check_at(&text, now, asked.of_test(id));
                assert_eq!(report.format, "csaf-2.1");
                let of_rule =
                    |finding: &Finding| finding.rule == rule && finding.severity == weight;
                let short = name.rsplit_once("2024-").unwrap().1.trim_end_matches(".json");
                let found = report.findings.iter().any(of_rule);
                if let Some(why) = not_judged(&report, id) {
                    misses.insert(short.to_owned(), why);
                } else if found == flagged {
                    right += 1;
                } else {
                    misses.insert(short.to_owned(), otherwise(short));
                }
                if file["valid"].as_bool() != Some(report.valid()) {
                    beside.insert(short.to_owned(), errors(&report));
                }
            }
        }
    }
    let listed: Vec<(String, &str)> = misses.clone().into_iter().collect();
    published::conformance("CSAF TC's test files, csaf-2.1", "CSD 03", right, &listed);
    assert!(misses.values().all(|why| !why.is_empty()), "{misses:#?}");
    assert!(right * 100 >= (right + misses.len()) * 98, "{right} right, {misses:#?}");
    for (name, rules) in &beside {
        let known = BESIDE.iter().any(|(known, rule)| known == name && rules.contains(rule));
        assert!(known, "{name} is called valid: {rules:?}");
    }
    assert_eq!(beside.len(), BESIDE.len(), "{beside:#?}");
    let explained = misses.keys().filter(|name| OTHERWISE.iter().any(|(known, _)| known == name));
    assert_eq!(explained.count(), OTHERWISE.len(), "{misses:#?}");
}

/// Why a file is decided otherwise; empty if nobody knows.
fn otherwise(name: &str) -> &'static str {
    OTHERWISE.iter().find(|(known, _)| *known == name).map_or("", |(_, why)| why)
}

/// The official schema. Those of CVSS, SSVC and extensions that it refers to are not judged with it:
/// rules 6.1.8, 6.1.46 and 6.1.60.1 stand for them.
fn judge() -> Option<jsonschema::Validator> {
    let path = published::path("csaf/schema-2.1/csaf.json")?;
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let metric = "/properties/vulnerabilities/items/properties/metrics/items/properties/content";
    let mut put = |place: String, value: Value| *schema.pointer_mut(&place).unwrap() = value;
    put("/$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    put("/$defs/extensions_t/items".to_owned(), json!(true));
    for member in ["cvss_v2", "cvss_v3", "cvss_v4", "ssvc_v2"] {
        put(format!("{metric}/properties/{member}"), json!(true));
    }
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

#[test]
fn the_official_schema_judges_mutated_documents_alike() {
    let Some(judge) = judge() else { return };
    let sample = document_2_1::everything();
    assert!(judge.is_valid(&sample));
    let mut dice = Dice::new(9);
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..4000 {
        let mutated = published::mutated(&sample, &mut dice);
        let report = csaf::check(&mutated.to_string());
        // What no longer says that it is 2.1 is held against 2.0.
        if report.format != "csaf-2.1" {
            continue;
        }
        let ours = errors(&report).contains(&"csaf schema");
        assert_eq!(ours, !judge.is_valid(&mutated), "{:?}\n{mutated}", report.findings);
        if ours { refused += 1 } else { taken += 1 }
    }
    let suite = "CSAF 2.1 schema, mutated documents";
    published::conformance(suite, "CSD 03", refused + taken, &[]);
    assert!(refused > 1000 && taken > 500);
}

/// Forms that 2.1 has of its own, and texts at their borders.
const FORMS: [(&str, &[&str]); 6] = [
    (
        "/document/distribution/sharing_group/id",
        &[
            "5868d6be-b28a-404e-a245-0b5093b31b8b",
            "5868d6be-b28a-304e-a245-0b5093b31b8b",
            "5868D6BE-b28a-404e-a245-0b5093b31b8b",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "ffffffff-ffff-ffff-ffff-fffffffffff",
        ],
    ),
    (
        "/vulnerabilities/0/cwes/0/version",
        &["1.0", "4.13", "4.013", "0.1", "4", "4.1.007", "4.1.", "4.1.x", "04.1"],
    ),
    (
        "/vulnerabilities/0/metrics/0/content/epss/percentile",
        &["0.1", "1.0", "1.1", "0.", "1", "00.1"],
    ),
    (
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes/0/algorithm",
        &["sha256", "SHA256", "sha3-512", "-sha", "", "sha_1", "4"],
    ),
    (
        "/product_tree/full_product_names/0/product_identification_helper/purls/0",
        &[
            "pkg:npm/x",
            "pkg:Npm/x",
            "pkg:n+m/x",
            "pkg:1pm/x",
            "pkg://npm/x",
            "pkg:npm/",
            "pkg:npm/a b",
        ],
    ),
    ("/document/lang", &["en", "i-default", "e", "en-x", "x-y"]),
];

#[test]
fn the_official_schema_judges_forms_of_texts_alike() {
    let Some(judge) = judge() else { return };
    for (place, texts) in FORMS {
        for text in texts {
            let mut document = document_2_1::everything();
            *document.pointer_mut(place).unwrap() = json!(text);
            let report = csaf::check(&document.to_string());
            let refused = errors(&report).contains(&"csaf schema");
            assert_eq!(refused, !judge.is_valid(&document), "{place}: {text:?}");
        }
    }
}
