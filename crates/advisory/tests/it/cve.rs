//! CVE Records: what is refused, what is written, and the official schema as the judge of both.
//!
//! The schema comes with the Python package `cvelib`, beside nothing of ours: name its file
//! `CVE_JSON_cnaPublishedContainer_5.1.1.json` in `CVE_SCHEMA` to have the judge.

use advisory::check::Report;
use advisory::cve::{self, CveError, Provider};
use advisory::{Advisory, Ecosystem, Reader, Stage};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::published::{self, Dice};
use crate::sample;

fn judge() -> Option<Validator> {
    let Ok(path) = std::env::var("CVE_SCHEMA") else {
        println!("skipped: CVE_SCHEMA names no schema");
        return None;
    };
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

fn provider() -> Provider {
    Provider {
        org_id: "8254265b-2729-46b6-b9e3-3dfca2d5bfca".to_owned(),
        short_name: Some("example".to_owned()),
        vendor: "Project Contour".to_owned(),
        product: "Contour".to_owned(),
        stage: Stage::Planned,
        date_public: Some("2021-07-22T15:00:00Z".parse().unwrap()),
    }
}

fn written(change: impl FnOnce(&mut Advisory)) -> Result<Vec<u8>, CveError> {
    let mut advisory = sample::full();
    change(&mut advisory);
    let reader = Reader::public("2021-07-22T15:00:00Z".parse().unwrap());
    cve::write(&advisory.for_audience(&reader), 0, &provider())
}

fn body() -> Value {
    serde_json::from_slice(&written(|_| {}).unwrap()).unwrap()
}

fn errors(report: &Report) -> Vec<(&str, &str)> {
    report
        .findings
        .iter()
        .filter(|finding| finding.severity == advisory::check::Weight::Error)
        .map(|finding| (finding.rule, finding.path.as_str()))
        .collect()
}

#[test]
fn what_is_written_is_valid_and_the_same_each_time() {
    let bytes = written(|_| {}).unwrap();
    assert_eq!(bytes, written(|_| {}).unwrap());
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(cve::check(&text).findings, []);
    let container = body()["cnaContainer"].clone();
    if let Some(judge) = judge() {
        let errors: Vec<_> = judge.iter_errors(&container).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert_eq!(
        container["affected"],
        json!([{
            "vendor": "Project Contour",
            "product": "Contour",
            "collectionURL": "https://pkg.go.dev",
            "packageName": "github.com/projectcontour/contour",
            "repo": "https://github.com/projectcontour/contour",
            "defaultStatus": "unaffected",
            "versions": [
                {"version": "0", "status": "affected", "lessThan": "1.14.2", "versionType": "semver"},
                {"version": "1.16.0", "status": "affected", "lessThan": "1.16.1", "versionType": "semver"},
                {"version": "1.17.0", "status": "affected", "lessThan": "1.17.1", "versionType": "semver"},
                {"version": "1.13.0", "status": "unaffected", "lessThan": "1.14.0", "versionType": "semver"}
            ]
        }])
    );
    let score = &container["metrics"][0]["cvssV3_1"];
    assert_eq!((&score["baseScore"], &score["baseSeverity"]), (&json!(9.1), &json!("CRITICAL")));
    assert_eq!(score["attackVector"], "NETWORK");
    assert_eq!(container["timeline"].as_array().unwrap().len(), 1);
    let named: Vec<_> =
        container["credits"].as_array().unwrap().iter().map(|c| &c["value"]).collect();
    assert_eq!(named, ["Jo Finder", "anonymous"]);
    for private in ["amber heron", "Shy Finder", "-ghsa-", "The fix was tried", "NVD"] {
        assert!(!text.contains(private), "{private}");
    }
}

#[test]
fn what_a_record_cannot_hold_is_refused() {
    for (change, error) in [
        ((|a| a.vulnerabilities.clear()) as fn(&mut Advisory), CveError::NoVulnerability(0)),
        (|a| a.references.clear(), CveError::NoReference),
        (|a| a.vulnerabilities[0].affected.clear(), CveError::NothingAffected),
        (
            |a| (a.summary, a.details, a.impact, a.attack_vectors) = (None, None, None, None),
            CveError::NoDescription,
        ),
        (
            |a| a.workarounds = Some("x".repeat(4097)),
            CveError::TooLong { field: "workarounds", length: 4097 },
        ),
    ] {
        assert_eq!(written(change).unwrap_err(), error);
    }
}

type Case = (&'static str, &'static str, fn(&mut Value));

#[test]
fn each_rule_finds_its_fault_where_it_is() {
    let cases: [Case; 21] = [
        ("cve schema", "", |c| drop(c.as_object_mut().unwrap().remove("references"))),
        ("cve schema", "/unheard", |c| c["unheard"] = json!(1)),
        ("cve schema", "/providerMetadata/orgId", |c| c["providerMetadata"]["orgId"] = json!("x")),
        ("cve schema", "/title", |c| c["title"] = json!("x".repeat(257))),
        ("cve schema", "/datePublic", |c| c["datePublic"] = json!("2021-02-29T00:00:00Z")),
        ("cve schema", "/descriptions", |c| c["descriptions"][0]["lang"] = json!("de")),
        ("cve schema", "/references/0/url", |c| c["references"][0]["url"] = json!("example.org")),
        ("cve schema", "/references", |c| {
            let link = c["references"][0].clone();
            c["references"].as_array_mut().unwrap().push(link);
        }),
        ("cve schema", "/affected/0", |c| {
            let product = c["affected"][0].as_object_mut().unwrap();
            for name in ["vendor", "packageName"] {
                product.remove(name);
            }
        }),
        ("cve schema", "/affected/0/versions/0", |c| {
            drop(c["affected"][0]["versions"][0].as_object_mut().unwrap().remove("versionType"));
        }),
        ("cve schema", "/affected/0/versions/0", |c| {
            c["affected"][0]["versions"][0]["lessThanOrEqual"] = json!("1.14.1");
        }),
        ("cve schema", "/affected/0/versions/0", |c| {
            c["affected"][0]["versions"][0] = json!({"version": "1", "status": "affected", "changes": [{"at": "2", "status": "unknown"}]});
        }),
        ("cve affected", "/affected", |c| {
            c["affected"] = json!([{"vendor": "v", "product": "p", "defaultStatus": "unaffected"}]);
        }),
        ("cve purl", "/affected/0/packageURL", |c| {
            c["affected"][0]["packageURL"] = json!("pkg:golang/example.org/x@1.0");
        }),
        ("cve purl", "/affected/0/packageURL", |c| {
            c["affected"][0]["packageURL"] = json!("pkg:golang/example.org/x");
        }),
        ("cve purl", "/affected/0/packageURL", |c| {
            let product = c["affected"][0].as_object_mut().unwrap();
            product.remove("collectionURL");
            product.remove("packageName");
            product.insert("packageURL".to_owned(), json!("pkg:cargo/a/x"));
        }),
        ("cve schema", "/metrics/0", |c| c["metrics"][0] = json!({"format": "CVSS"})),
        ("cve cvss-score", "/metrics/0/cvssV3_1/baseScore", |c| {
            c["metrics"][0]["cvssV3_1"]["baseScore"] = json!(9.2);
        }),
        ("cve cvss-metric", "/metrics/0/cvssV3_1/scope", |c| {
            c["metrics"][0]["cvssV3_1"]["scope"] = json!("UNCHANGED");
        }),
        ("cve cvss-vector", "/metrics/0/cvssV3_1/vectorString", |c| {
            c["metrics"][0]["cvssV3_1"]["vectorString"] = json!("CVSS:3.1/AV:N");
        }),
        ("cve schema", "/metrics/0/cvssV3_1/version", |c| {
            c["metrics"][0]["cvssV3_1"]["version"] = json!("3.0");
        }),
    ];
    for (rule, path, change) in cases {
        let mut container = body()["cnaContainer"].clone();
        change(&mut container);
        let report = cve::check(&container.to_string());
        assert_eq!(errors(&report), [(rule, path)], "{:?}", report.findings);
    }
}

#[test]
fn weaknesses_that_are_none_or_not_to_be_chosen_are_warned_of() {
    let place = "/problemTypes/0/descriptions/0/cweId";
    for (id, rules) in [
        ("CWE-770", vec![]),
        // It may be chosen, after a look at what fits better.
        ("CWE-441", vec![]),
        ("CWE-20", vec!["cve cwe-usage"]),
        ("CWE-310", vec!["cve cwe-usage"]),
        ("CWE-1187", vec!["cve cwe-usage"]),
        ("CWE-99999", vec!["cve cwe"]),
    ] {
        let mut container = body()["cnaContainer"].clone();
        *container.pointer_mut(place).unwrap() = json!(id);
        let report = cve::check(&container.to_string());
        let found: Vec<_> = report.findings.iter().map(|one| one.rule).collect();
        assert_eq!(found, rules, "{id}: {:?}", report.findings);
        assert!(report.valid(), "{id}");
        assert!(report.findings.iter().all(|one| one.path == place), "{id}");
    }
    let name = &body()["cnaContainer"]["problemTypes"][0]["descriptions"][0]["description"];
    assert_eq!(name, "CWE-441 Unintended Proxy or Intermediary ('Confused Deputy')");
}

#[test]
fn a_package_of_no_collection_is_named_by_its_package_url_without_a_version() {
    let bytes = written(|advisory| {
        let package = &mut advisory.packages[0];
        package.ecosystem = Ecosystem::Other;
        package.purl = Some("pkg:GitHub/projectcontour/Contour@v1?a=b".to_owned());
        advisory.vulnerabilities[0].affected[0].ecosystem = Ecosystem::Other;
    })
    .unwrap();
    let container: Value = serde_json::from_slice(&bytes).unwrap();
    let product = &container["cnaContainer"]["affected"][0];
    assert_eq!(product["packageURL"], "pkg:github/projectcontour/contour?a=b");
    assert_eq!(product.get("collectionURL").or(product.get("packageName")), None);
}

#[test]
fn records_are_checked_from_the_outside_in() {
    let metadata = json!({
        "cveId": "CVE-2021-32783",
        "assignerOrgId": "8254265b-2729-46b6-b9e3-3dfca2d5bfca",
        "state": "PUBLISHED"
    });
    let mut record = json!({
        "dataType": "CVE_RECORD",
        "dataVersion": "5.2.0",
        "cveMetadata": metadata,
        "containers": {"cna": body()["cnaContainer"], "adp": [{}]}
    });
    let report = cve::check(&record.to_string());
    assert!(report.valid());
    let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["cve adp"], "what is not checked is said");
    record["containers"]["cna"]["descriptions"] = json!([]);
    let report = cve::check(&record.to_string());
    assert_eq!(errors(&report)[0], ("cve schema", "/containers/cna/descriptions"));
    record["cveMetadata"]["state"] = json!("REJECTED");
    record["containers"] = json!({"cna": {
        "providerMetadata": {"orgId": "8254265b-2729-46b6-b9e3-3dfca2d5bfca"},
        "rejectedReasons": [{"lang": "en", "value": "Reserved twice."}],
        "replacedBy": ["CVE-2021-32784"]
    }});
    assert!(cve::check(&record.to_string()).valid());
    record["containers"]["cna"]["replacedBy"] = json!(["CVE-21-1"]);
    assert!(!cve::check(&record.to_string()).valid());
    for text in ["", "[]", "{}", "null", r#"{"cnaContainer": 1}"#, r#"{"dataType": 1}"#] {
        assert!(!cve::check(text).valid(), "{text}");
    }
}

#[test]
fn the_official_schema_judges_mutated_containers_alike() {
    let Some(judge) = judge() else { return };
    let mut dice = Dice::new(2);
    let (mut refused, mut taken) = (0, 0);
    let mut container = body()["cnaContainer"].clone();
    container["x_generator"] = json!({"engine": "x"});
    container["tags"] = json!(["disputed", "x_own"]);
    container["solutions"] = json!([{"lang": "es-419", "value": "x"}, {"lang": "en", "value": "y",
        "supportingMedia": [{"type": "text/html", "base64": false, "value": "<p>"}]}]);
    container["impacts"] =
        json!([{"capecId": "CAPEC-12", "descriptions": [{"lang": "en_GB", "value": "x"}]}]);
    container["metrics"][0]["scenarios"] = json!([{"lang": "en", "value": "GENERAL"}]);
    let metrics = container["metrics"].as_array_mut().unwrap();
    metrics.push(json!({"other": {"type": "x", "content": {"a": 1}}}));
    for vector in [
        "AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F/CDP:LM/CR:H",
        "CVSS:3.0/AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:L/A:N/E:F/MAV:A/MS:U",
        "CVSS:4.0/AV:A/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N/E:P/MSI:S/MSA:N/S:P/AU:Y/U:Red",
    ] {
        let vector = advisory::Vector::read(vector).unwrap();
        let member = format!("cvssV{}", vector.version().as_str().replace('.', "_"));
        metrics.push(json!({ member: vector.to_json() }));
    }
    let product = &mut container["affected"][0];
    product["platforms"] = json!(["x"]);
    product["modules"] = json!(["a", "b"]);
    product["programRoutines"] = json!([{"name": "f"}]);
    product["versions"][1]["changes"] = json!([{"at": "1.16.0", "status": "unaffected"}]);
    let base: Vec<_> = judge.iter_errors(&container).map(|e| e.to_string()).collect();
    assert!(base.is_empty() && cve::check(&container.to_string()).valid(), "{base:?}");
    for _ in 0..6000 {
        let mutated = published::mutated(&container, &mut dice);
        let report = cve::check(&mutated.to_string());
        let official: Vec<_> = judge
            .iter_errors(&mutated)
            .map(|e| format!("{} at {}", e, e.instance_path()))
            .collect();
        if official.is_empty() {
            taken += 1;
            let ours = report.findings.iter().find(|finding| finding.rule == "cve schema");
            assert!(ours.is_none(), "{ours:?}\n{mutated}");
        } else {
            refused += 1;
            assert!(!report.valid(), "{official:?}\n{mutated}");
        }
    }
    let suite = "CVE schema, mutated containers";
    published::conformance(suite, "5.1.1 of cvelib", refused + taken, &[]);
    assert!(refused > 2000 && taken > 500);
}

#[test]
fn ids_are_asked_for_as_cve_services_describes_it() {
    let query = |amount, sequential| {
        let short_name = "a b&c".to_owned();
        cve::Reservation { short_name, year: 2026, amount, sequential }.query()
    };
    let rest = "&cve_year=2026&short_name=a%20b%26c";
    assert_eq!(query(1, true), Some(format!("amount=1{rest}")));
    assert_eq!(query(2, true), Some(format!("amount=2&batch_type=sequential{rest}")));
    assert_eq!(query(10, false), Some(format!("amount=10&batch_type=nonsequential{rest}")));
    assert!(query(1000, true).is_some());
    assert_eq!([query(0, true), query(11, false)], [None, None]);
}

#[test]
fn an_id_is_rejected_with_a_reason() {
    let other = "CVE-2021-32784".parse().unwrap();
    let body = cve::reject(" Reserved twice. ", &[other, other], &provider()).unwrap();
    let text = String::from_utf8(body).unwrap();
    assert_eq!(cve::check(&text).findings, []);
    let mut body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["cnaContainer"]["replacedBy"], json!(["CVE-2021-32784"]));
    assert_eq!(body["cnaContainer"]["rejectedReasons"][0]["value"], "Reserved twice.");
    assert!(cve::check(&body["cnaContainer"].to_string()).valid(), "the container alone");
    body["cnaContainer"]["rejectedReasons"] = json!([]);
    let report = cve::check(&body.to_string());
    assert_eq!(errors(&report)[0], ("cve schema", "/cnaContainer/rejectedReasons"));
    assert_eq!(cve::reject(" \n", &[], &provider()), Err(CveError::NoReason));
    let long = "x".repeat(5000);
    assert!(matches!(cve::reject(&long, &[], &provider()), Err(CveError::TooLong { .. })));
}
