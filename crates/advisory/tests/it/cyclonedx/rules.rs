//! Each rule beyond the schema finds its fault where it is.

use advisory::cyclonedx;
use serde_json::{Value, json};

use super::written::written;

type Case = (&'static str, &'static str, fn(&mut Value));

#[test]
fn each_rule_finds_its_fault_where_it_is() {
    let cases: [Case; 14] = [
        ("cyclonedx version", "/specVersion", |d| d["specVersion"] = json!("1.6")),
        ("cyclonedx schema", "/serialNumber", |d| d["serialNumber"] = json!("urn:uuid:1")),
        ("cyclonedx bom-ref", "/vulnerabilities/1/bom-ref", |d| {
            d["vulnerabilities"][1]["bom-ref"] = json!("vulnerability-1");
        }),
        ("cyclonedx bom-ref", "/vulnerabilities/1/bom-ref", |d| {
            d["vulnerabilities"][1]["bom-ref"] = json!("urn:cdx:x");
        }),
        ("cyclonedx ref", "/vulnerabilities/1/affects/0/ref", |d| {
            d["vulnerabilities"][1]["affects"][0]["ref"] = json!("pkg:npm/other");
        }),
        ("cyclonedx ref", "/dependencies/0/dependsOn/0", |d| {
            d["dependencies"] = json!([{ "ref": "vulnerability-1", "dependsOn": ["nowhere"] }]);
        }),
        ("cyclonedx purl", "/components/0/purl", |d| {
            d["components"][0]["purl"] = json!("golang/x");
        }),
        ("cyclonedx vector", "/vulnerabilities/0/ratings/0/vector", |d| {
            d["vulnerabilities"][0]["ratings"][0]["vector"] = json!("AV:N/AC:L");
        }),
        ("cyclonedx method", "/vulnerabilities/0/ratings/0/method", |d| {
            d["vulnerabilities"][0]["ratings"][0]["method"] = json!("CVSSv3");
        }),
        ("cyclonedx score", "/vulnerabilities/0/ratings/1/score", |d| {
            d["vulnerabilities"][0]["ratings"][1]["score"] = json!(7.3);
        }),
        ("cyclonedx severity", "/vulnerabilities/0/ratings/1/severity", |d| {
            d["vulnerabilities"][0]["ratings"][1]["severity"] = json!("low");
        }),
        ("cyclonedx cwe", "/vulnerabilities/0/cwes/0", |d| {
            d["vulnerabilities"][0]["cwes"][0] = json!(1_000_000);
        }),
        ("cyclonedx range", "/vulnerabilities/0/affects/0/versions/0/range", |d| {
            d["vulnerabilities"][0]["affects"][0]["versions"][0]["range"] = json!("< 1.2");
        }),
        ("cyclonedx affects", "/vulnerabilities/1", |d| {
            drop(d["vulnerabilities"][1].as_object_mut().unwrap().remove("affects"));
        }),
    ];
    for (rule, path, change) in cases {
        let mut document = written(|_| {}).unwrap();
        change(&mut document);
        let report = cyclonedx::check(&document.to_string());
        let found: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
        assert_eq!(found, [(rule, path)], "{:?}", report.findings);
    }
}

#[test]
fn a_reason_belongs_to_what_is_not_affected() {
    let mut document = written(|_| {}).unwrap();
    document["vulnerabilities"][0]["analysis"]["justification"] = json!("code_not_present");
    let analysis = document["vulnerabilities"][2]["analysis"].as_object_mut().unwrap();
    analysis.remove("justification");
    analysis.remove("detail");
    let report = cyclonedx::check(&document.to_string());
    let found: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
    let rule = "cyclonedx justification";
    assert_eq!(
        found,
        [
            (rule, "/vulnerabilities/0/analysis/justification"),
            (rule, "/vulnerabilities/2/analysis"),
        ]
    );
    assert!(report.valid());
}

#[test]
fn a_vector_without_its_beginning_is_read_by_the_method() {
    let mut document = written(|_| {}).unwrap();
    let rating = &mut document["vulnerabilities"][0]["ratings"][0];
    let vector = rating["vector"].as_str().unwrap().trim_start_matches("CVSS:3.1/").to_owned();
    rating["vector"] = json!(vector);
    assert_eq!(cyclonedx::check(&document.to_string()).findings, []);
}

/// Trees of components inside components, and long lists of them, take no more than their length.
#[test]
fn a_large_document_is_checked_in_time_and_depth() {
    let component =
        |place: usize| json!({"type": "library", "name": "x", "bom-ref": place.to_string()});
    let components: Vec<Value> = (0..40_000).map(component).collect();
    let refs: Vec<String> = (0..40_000).map(|place: usize| place.to_string()).collect();
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.7", "components": components,
        "dependencies": [{ "ref": "0", "dependsOn": refs }],
    });
    assert_eq!(cyclonedx::check(&document.to_string()).findings, []);
    let mut nested = json!({ "type": "library", "name": "x" });
    for _ in 0..55 {
        nested = json!({ "type": "library", "name": "x", "components": [nested] });
    }
    let tools = json!({ "tools": { "components": [nested] } });
    let document = json!({ "bomFormat": "CycloneDX", "specVersion": "1.7", "metadata": tools });
    assert_eq!(cyclonedx::check(&document.to_string()).findings, []);
}
