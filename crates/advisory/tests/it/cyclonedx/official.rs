//! The official documents and schema judge ours.

use advisory::check::{Finding, Report};
use advisory::cyclonedx;
use serde_json::{Value, json};

use crate::published::{self, Dice};

const SCHEMA: &str = "cyclonedx schema";

fn refusals(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.rule == SCHEMA)
}

/// The official schema. Those of SPDX, signatures and cryptography that it refers to are not beside
/// it: where `CYCLONEDX_SCHEMAS` names a folder that has the first two, under the names by which it
/// refers to them, they judge too.
fn judge() -> Option<(jsonschema::Validator, bool)> {
    let path = published::path("cyclonedx/bom-1.7.schema.json")?;
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let folder = std::env::var("CYCLONEDX_SCHEMAS").ok();
    if folder.is_none() {
        println!("skipped: CYCLONEDX_SCHEMAS names no folder, licence ids and signatures pass");
    }
    let outside = |name: &str| {
        let path = std::path::Path::new(folder.as_ref()?).join(name);
        let text = std::fs::read_to_string(path).unwrap();
        Some(text.replace("#/definitions/", "#/definitions/jsf-"))
    };
    let definitions = schema.get_mut("definitions").unwrap().as_object_mut().unwrap();
    if let Some(text) = outside("jsf-0.82.schema.json") {
        let signatures: Value = serde_json::from_str(&text).unwrap();
        for (name, definition) in signatures.get("definitions").unwrap().as_object().unwrap() {
            definitions.insert(format!("jsf-{name}"), definition.clone());
        }
    }
    let licences = outside("spdx.schema.json").map(|text| {
        let licences: Value = serde_json::from_str(&text).unwrap();
        json!({ "enum": licences.get("enum") })
    });
    let signature = folder.is_some().then(|| json!({ "$ref": "#/definitions/jsf-signature" }));
    definitions.insert("signature".to_owned(), signature.unwrap_or(Value::Bool(true)));
    let id = definitions.get_mut("license").unwrap().pointer_mut("/properties/id").unwrap();
    *id = licences.unwrap_or(Value::Bool(true));
    let algorithm = "/properties/algorithmProperties/properties";
    let algorithm =
        definitions.get_mut("cryptoProperties").unwrap().pointer_mut(algorithm).unwrap();
    algorithm["algorithmFamily"] = json!({ "type": "string" });
    algorithm["ellipticCurve"] = json!({ "type": "string" });
    let judge = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    Some((judge, folder.is_some()))
}

#[test]
fn the_official_documents_are_decided_as_their_names_say() {
    let valid = published::documents("cyclonedx", |name| name.starts_with("valid-"));
    let invalid = published::documents("cyclonedx", |name| name.starts_with("invalid-"));
    if valid.is_empty() {
        return;
    }
    for (name, text) in &valid {
        let report = cyclonedx::check(text);
        assert!(report.valid(), "{name}: {:#?}", report.findings);
    }
    for (name, text) in &invalid {
        let report = cyclonedx::check(text);
        assert!(refusals(&report).next().is_some(), "{name}: {:#?}", report.findings);
    }
    let decided = valid.len() + invalid.len();
    published::conformance("CycloneDX documents", "1.7", decided, &[]);
    assert_eq!((valid.len(), invalid.len()), (61, 29));
}

#[test]
fn the_official_schema_judges_mutated_documents_alike() {
    let Some((judge, whole)) = judge() else { return };
    let mut dice = Dice::new(6);
    let (mut refused, mut taken) = (0, 0);
    for (name, text) in published::documents("cyclonedx", |name| !name.starts_with("bom-")) {
        let document: Value = serde_json::from_str(&text).unwrap();
        for _ in 0..120 {
            let mutated = published::mutated(&document, &mut dice);
            let report = cyclonedx::check(&mutated.to_string());
            let outside = |path: &str| {
                path.split('/').any(|name| name == "signature") || path.ends_with("/license/id")
            };
            // This judge takes every text for a mail address.
            let ours = refusals(&report).any(|found| {
                (whole || !outside(&found.path)) && found.message != "this is not a mail address"
            });
            assert_eq!(
                ours,
                !judge.is_valid(&mutated),
                "{name}: {:?}\n{:?}\n{mutated}",
                report.findings,
                judge.iter_errors(&mutated).map(|error| error.to_string()).collect::<Vec<_>>()
            );
            if ours { refused += 1 } else { taken += 1 }
        }
    }
    let suite = "CycloneDX schema, mutated documents";
    published::conformance(suite, "1.7", refused + taken, &[]);
    assert!(refused > 5000 && taken > 1500);
}

#[test]
fn every_licence_id_of_the_official_list_is_known() {
    let Ok(folder) = std::env::var("CYCLONEDX_SCHEMAS") else {
        println!("skipped: CYCLONEDX_SCHEMAS names no folder");
        return;
    };
    let path = std::path::Path::new(&folder).join("spdx.schema.json");
    let list: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let licences: Vec<Value> = list["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| json!({ "license": { "id": id } }))
        .collect();
    let component = json!({ "type": "library", "name": "x", "licenses": licences });
    let document =
        json!({ "bomFormat": "CycloneDX", "specVersion": "1.7", "components": [component] });
    let report = cyclonedx::check(&document.to_string());
    assert!(refusals(&report).next().is_none(), "{:#?}", report.findings);
}
