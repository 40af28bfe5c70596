//! OpenVEX documents: what is refused, what is written, and the schema as the judge of both.

use advisory::openvex::{self, Author, OpenVexError};
use advisory::{Advisory, Ecosystem, LineStanding, Reader, Stage};
use serde_json::{Value, json};

use crate::published::{self, Dice};
use crate::sample;

fn author(stage: Stage) -> Author {
    Author {
        id: "https://projectcontour.io/vex/2021-1".to_owned(),
        author: "Project Contour".to_owned(),
        timestamp: "2021-07-22T15:00:00Z".parse().unwrap(),
        version: 1,
        stage,
    }
}

fn written(stage: Stage, change: impl FnOnce(&mut Advisory)) -> Result<Value, OpenVexError> {
    let mut advisory = sample::full();
    change(&mut advisory);
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    let shown = advisory.for_audience(&reader);
    let bytes = openvex::write(&shown, &author(stage))?;
    assert_eq!(bytes, openvex::write(&shown, &author(stage)).unwrap(), "the same each time");
    Ok(serde_json::from_slice(&bytes).unwrap())
}

fn release_the_first(advisory: &mut Advisory) {
    let package = advisory.vulnerabilities.first_mut().unwrap().affected.first_mut().unwrap();
    if let LineStanding::Affected(versions) = &mut package.lines.first_mut().unwrap().standing {
        versions.actual_fixed = versions.planned_fixed.clone();
    }
}

#[test]
fn what_is_written_is_valid_and_says_each_line() {
    let document = written(Stage::Planned, release_the_first).unwrap();
    assert_eq!(openvex::check(&document.to_string()).findings, []);
    let said: Vec<_> = document["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["status"].as_str().unwrap(), s["products"][0]["@id"].as_str().unwrap()))
        .collect();
    let package = "pkg:golang/github.com/projectcontour/contour";
    let range = |vers: &str| format!("{package}?vers=vers:golang%2F{vers}");
    assert_eq!(
        said,
        [
            ("affected", range("%3C1.14.2").as_str()),
            ("affected", &range("%3E%3D1.16.0%7C%3C1.16.1")),
            ("affected", &range("%3E%3D1.17.0%7C%3C1.17.1")),
            ("fixed", &format!("{package}@v1.14.2")),
            ("not_affected", &range("%3E%3D1.13.0%7C%3C1.14.0")),
        ]
    );
    let first = &document["statements"][0];
    assert_eq!(first["action_statement"], "Upgrade to 1.14.2 or later.");
    assert_eq!(first["vulnerability"]["name"], "CVE-2021-32783");
    assert_eq!(first["vulnerability"]["aliases"], json!(["GHSA-5ph6-qq5x-7jwc", "GO-2022-0001"]));
    assert!(!document.to_string().contains("amber heron"));
}

#[test]
fn what_openvex_cannot_hold_is_refused() {
    let refused = |change: fn(&mut Advisory)| written(Stage::Released, change).unwrap_err();
    assert_eq!(refused(|a| a.vulnerabilities.clear()), OpenVexError::NoStatement);
    assert_eq!(
        refused(|a| {
            a.vulnerabilities[0].cve = None;
            a.ghsa = None;
            a.aliases.clear();
        }),
        OpenVexError::NoName
    );
    assert!(matches!(
        refused(|a| a.vulnerabilities[0].affected[0].ecosystem = Ecosystem::Other),
        OpenVexError::NoPurl(_)
    ));
}

type Case = (&'static str, &'static str, fn(&mut Value));

#[test]
fn each_rule_finds_its_fault_where_it_is() {
    let cases: [Case; 11] = [
        ("openvex schema", "", |d| drop(d.as_object_mut().unwrap().remove("author"))),
        ("openvex schema", "/version", |d| d["version"] = json!(0)),
        ("openvex schema", "/timestamp", |d| d["timestamp"] = json!("2021-13-01T00:00:00Z")),
        ("openvex context", "/@context", |d| d["@context"] = json!("https://example.org/ns")),
        ("openvex schema", "/statements/4", |d| {
            drop(d["statements"][4].as_object_mut().unwrap().remove("justification"));
        }),
        ("openvex schema", "/statements/0", |d| {
            drop(d["statements"][0].as_object_mut().unwrap().remove("action_statement"));
        }),
        ("openvex justification", "/statements/3/justification", |d| {
            d["statements"][3]["justification"] = json!("component_not_present");
        }),
        ("openvex products", "/statements/3", |d| d["statements"][3]["products"] = json!([])),
        ("openvex purl", "/statements/3/products/0/@id", |d| {
            d["statements"][3]["products"] = json!([{"@id": "pkg:maven/x"}]);
        }),
        ("openvex purl", "/statements/3/products/0/identifiers/purl", |d| {
            d["statements"][3]["products"] =
                json!([{"@id": "https://example.org", "identifiers": {"purl": "npm/x"}}]);
        }),
        ("openvex schema", "/statements/3/products/0", |d| {
            d["statements"][3]["products"] = json!([{"subcomponents": []}]);
        }),
    ];
    for (rule, path, change) in cases {
        let mut document = written(Stage::Planned, release_the_first).unwrap();
        change(&mut document);
        let report = openvex::check(&document.to_string());
        let found: Vec<_> = report.findings.iter().map(|f| (f.rule, f.path.as_str())).collect();
        assert_eq!(found, [(rule, path)], "{:?}", report.findings);
    }
}

/// The schema is `openvex_json_schema.json` of github.com/openvex/spec: name it in
/// `OPENVEX_SCHEMA`.
#[test]
fn the_official_schema_judges_mutated_documents_alike() {
    let Ok(path) = std::env::var("OPENVEX_SCHEMA") else {
        println!("skipped: OPENVEX_SCHEMA names no schema");
        return;
    };
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let judge = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let mut document = written(Stage::Planned, release_the_first).unwrap();
    document["last_updated"] = json!("2021-07-22T17:00:00.5+02:00");
    document["statements"][3]["products"][0]["hashes"] = json!({"sha-256": "00"});
    document["statements"][3]["products"][0]["subcomponents"] =
        json!([{"@id": "pkg:npm/x"}, {"identifiers": {"purl": "pkg:npm/y", "cpe22": "cpe:/a:y"}}]);
    document["statements"][3]["version"] = json!(2);
    let mut dice = Dice::new(4);
    let (mut refused, mut taken) = (0, 0);
    for _ in 0..5000 {
        let mutated = published::mutated(&document, &mut dice);
        let report = openvex::check(&mutated.to_string());
        let ours = report.findings.iter().any(|finding| finding.rule == "openvex schema");
        assert_eq!(ours, !judge.is_valid(&mutated), "{:?}\n{mutated}", report.findings);
        if ours { refused += 1 } else { taken += 1 }
    }
    let suite = "OpenVEX schema, mutated documents";
    published::conformance(suite, "0.2.0", refused + taken, &[]);
    assert!(refused > 1000 && taken > 500);
}

fn statement(status: &str, name: &str, products: &[String]) -> Value {
    json!({
        "vulnerability": { "name": name },
        "products": products,
        "status": status,
        "justification": "component_not_present",
        "impact_statement": "x".repeat(500_000),
    })
}

/// A text or a name stands once in the document, however many products it is about.
#[test]
fn a_small_document_does_not_become_a_large_one_in_memory() {
    let products: Vec<_> = (0..20_000).map(|n| format!("pkg:golang/a.b/c@{n}")).collect();
    let read = |statement: Value| {
        let document = json!({ "@context": "https://openvex.dev/ns", "statements": [statement] });
        let text = document.to_string();
        assert!(text.len() < 2_000_000);
        openvex::read(&text).unwrap()
    };
    let spared = read(statement("not_affected", "CVE-2021-32783", &products));
    let kept: usize =
        spared.said.iter().filter_map(|one| one.statement.as_ref()).map(String::len).sum();
    assert!((1..60_000_000).contains(&kept), "{kept} bytes of statements");
    assert!(spared.left.iter().any(|left| left.reason.contains("more versions than are read")));
    let short = json!({ "impact_statement": "It is not in there.", "status": "not_affected" });
    let mut usual = statement("", "CVE-2021-32783", &products);
    usual.as_object_mut().unwrap().extend(short.as_object().unwrap().clone());
    assert_eq!(read(usual).said.len(), products.len(), "a usual one is read whole");
    let named = read(statement("fixed", &"n".repeat(400_000), &products));
    assert_eq!(named.said.len(), products.len());
}
