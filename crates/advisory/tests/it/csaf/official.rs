//! The specification's own test files and schema judge ours.

use advisory::check::{Report, Weight};
use advisory::csaf;
use serde_json::{Value, json};

use super::asked::{Asked, not_judged};
use super::document;
use crate::published::{self, Dice};

/// Any moment will do: no rule of 2.0 asks for it.
const NOW: &str = "2026-11-01T00:00:00Z";

fn errors(report: &Report) -> Vec<&'static str> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Weight::Error);
    errors.map(|finding| finding.rule).collect()
}

#[test]
fn the_official_test_files_are_decided_as_the_specification_says() {
    let Some(folder) = published::path("csaf/2.0") else { return };
    let cases = std::fs::read(folder.join("testcases.json")).unwrap();
    let cases: Value = serde_json::from_slice(&cases).unwrap();
    let asked = Asked::find();
    let (mut right, mut left_out, mut wrong) = (0, Vec::new(), Vec::new());
    for case in cases["tests"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let rule = format!("csaf {id}");
        for (list, flagged) in [("failures", true), ("valid", false)] {
            for file in case[list].as_array().into_iter().flatten() {
                let name = file["name"].as_str().unwrap();
                let text = std::fs::read_to_string(folder.join(name)).unwrap();
                let report = csaf::check_at(&text, NOW.parse().unwrap(), asked.of_test(id));
                if let Some(why) = not_judged(&report, id) {
                    left_out.push((name.to_owned(), why));
                    continue;
                }
                let found = report.findings.iter().any(|finding| finding.rule == rule);
                // The two files of 6.2.8 and 6.2.9 that hold two hashes by one algorithm are called
                // valid, for these rules alone: they break 6.1.25.
                let beside = |rule: &&'static str| id.starts_with("6.2") && *rule == "csaf 6.1.25";
                let valid = errors(&report).iter().all(beside);
                if found == flagged && file["valid"].as_bool() == Some(valid) {
                    right += 1;
                } else {
                    wrong.push((name, found, errors(&report)));
                }
            }
        }
    }
    published::conformance("CSAF TC's test files, csaf-2.0", "errata 01", right, &left_out);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right > 200);
}

/// The official schema. Those of CVSS that it refers to are not beside it: rule 6.1.8 stands for
/// them.
pub(super) fn judge() -> Option<jsonschema::Validator> {
    let path = published::path("csaf/schema-2.0/csaf_json_schema.json")?;
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let score = "/properties/vulnerabilities/items/properties/scores/items/properties";
    let score = schema.pointer_mut(score).unwrap();
    score["cvss_v2"] = json!(true);
    score["cvss_v3"] = json!(true);
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

#[test]
fn the_official_schema_judges_mutated_documents_alike() {
    let Some(judge) = judge() else { return };
    let sample = document::everything();
    let mut dice = Dice::new(5);
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..4000 {
        let mutated = published::mutated(&sample, &mut dice);
        let report = csaf::check(&mutated.to_string());
        let ours = errors(&report).contains(&"csaf schema");
        assert_eq!(ours, !judge.is_valid(&mutated), "{:?}\n{mutated}", report.findings);
        if ours { refused += 1 } else { taken += 1 }
    }
    let suite = "CSAF 2.0 schema, mutated documents";
    published::conformance(suite, "2.0", refused + taken, &[]);
    assert!(refused > 1000 && taken > 500);
}

const HELPER: &str = "/product_tree/full_product_names/0/product_identification_helper";

const CPES: [&str; 16] = [
    "cpe:/a:example:x:1.0",
    "cPE:/o",
    "CPE:/o",
    "cpe:/x:y",
    "cpe:/:a:b:c:d:e:f",
    "cpe:/:a:b:c:d:e:f:g",
    "before cpe:/a:example",
    "cpe:/a:ex ample",
    "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*",
    "cpe:2.3:a:x:y:1:*:*:*:*:*:*",
    "cpe:2.3:a:x:y:1:*:*:en-US:*:*:*:and what follows",
    "cpe:2.3:a:x:y:1:*:*:english:*:*:*:*",
    "cpe:2.3:-:???x*:*y??:\\-\\!:*:*:-:*:*:*:*",
    "cpe:2.3:o:a\\:b:\\(c\\):1:*:*:de-276:*:*:*:?x",
    "cpe:2.3:h:**x:y:1:*:*:*:*:*:*:*",
    "cpe:2.3:a:x::1:*:*:*:*:*:*:*",
];

const LANGUAGES: [&str; 20] = [
    "e",
    "en",
    "eng",
    "en-US",
    "en-us-x-a",
    "zh-cmn-Hans-CN",
    "de-419-DE",
    "de-1996",
    "de-DE-u-co-phonebk",
    "de-u",
    "de-x",
    "x-y-z",
    "x-123456789",
    "i-default",
    "I-Mingo",
    "i-klingon",
    "abcdefghi",
    "en--US",
    "sl-rozaj-biske-1994",
    "aa-bbb-ccc-ddd-eee",
];

const VERSIONS: [&str; 12] = [
    "0",
    "01",
    "12",
    "1.2",
    "1.2.3",
    "1.02.3",
    "1.2.3-rc.1",
    "1.2.3-01",
    "1.2.3+01",
    "v1",
    "",
    "1.2.3-",
];

const PURLS: [&str; 9] = [
    "pkg:npm/x",
    "pkg:npm/",
    "pkg:/x",
    "pkg:1npm/x",
    "pkg:-npm/x",
    "PKG:npm/x",
    "pkg:npm/a b",
    "pkg:npm/%40a/b@1?x=y#z",
    "pkg:n_m/xy",
];

#[test]
fn the_official_schema_judges_forms_of_texts_alike() {
    let Some(judge) = judge() else { return };
    let cpe = format!("{HELPER}/cpe");
    let purl = format!("{HELPER}/purl");
    let number = "/document/tracking/revision_history/0/number";
    let places: [(&str, &[&str]); 5] = [
        (&cpe, &CPES),
        (&purl, &PURLS),
        ("/document/lang", &LANGUAGES),
        (number, &VERSIONS),
        ("/document/category", &["a", "-a", "a.", "a b", " a", "", "ä", "a\nb"]),
    ];
    for (place, texts) in places {
        for text in texts {
            let mut document = document::everything();
            *document.pointer_mut(place).unwrap() = json!(text);
            let report = csaf::check(&document.to_string());
            let refused = errors(&report).contains(&"csaf schema");
            assert_eq!(refused, !judge.is_valid(&document), "{place}: {text:?}");
        }
    }
}
