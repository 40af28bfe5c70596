//! Each rule that 2.1 adds, with a document that keeps it and one that breaks it.

use advisory::check::{Finding, Weight};
use advisory::csaf::{self, Outside};
use serde_json::{Value, json};

use super::document::AT;
use super::document_2_1::everything;
use super::rules::{Case, history, kept, put, take};
use crate::published::{self, Dice};

const ONE: &str = "/vulnerabilities/0";
pub(super) const HOST: &str = "/product_tree/full_product_names/0/product_identification_helper";
pub(super) const BRANCH: &str = "/product_tree/branches/0/branches/0/branches/0";
pub(super) const SSVC: &str = "/vulnerabilities/0/metrics/0/content/ssvc_v2";
pub(super) const SELECTION: &str = "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0";
const LATER: &str = "2024-03-02T10:00:00Z";

#[test]
fn the_document_that_the_others_are_made_from_keeps_every_rule() {
    let report = csaf::check(&everything().to_string());
    let found: Vec<_> = report.findings.iter().filter(|f| f.severity != Weight::Info).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(report.format, "csaf-2.1");
}

pub(super) fn label(document: &mut Value, label: &str) {
    put(document, "/document/distribution/tlp/label", json!(label));
}

pub(super) fn group(document: &mut Value, id: &str, name: &str) {
    put(document, "/document/distribution/sharing_group", json!({"id": id, "name": name}));
}

pub(super) fn range(document: &mut Value, range: &str) {
    put(document, &format!("{BRANCH}/category"), json!("product_version_range"));
    put(document, &format!("{BRANCH}/name"), json!(range));
}

pub(super) fn remedy(document: &mut Value, category: &str, product: &str) {
    let remedy = json!({"category": category, "details": "D", "product_ids": [product]});
    put(document, &format!("{ONE}/remediations/-"), remedy);
}

pub(super) fn extension(document: &mut Value, change: fn(&mut Value)) {
    let mut extension = json!({
        "$schema": "https://example.org/schema/thing_1.0.0.json",
        "category": "supplementary", "content": {"a": 1}, "critical": false
    });
    change(&mut extension);
    put(document, "/x_extensions", json!([extension]));
}

pub(super) fn over(document: &mut Value, category: &str) {
    put(document, "/document/category", json!(category));
    let (title, summary) = if category == "csaf_withdrawn" {
        ("Reasoning for Withdrawal", "S")
    } else {
        ("Reasoning for Supersession", "Superseding Document of 2025")
    };
    put(
        document,
        "/document/notes",
        json!([{"category": "description", "text": "T", "title": title}]),
    );
    put(document, "/document/references/1/summary", json!(summary));
    document.as_object_mut().unwrap().remove("vulnerabilities");
    document.as_object_mut().unwrap().remove("product_tree");
}

pub(super) const MAX: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const MANDATORY: [Case; 36] = [
    (
        "csaf 6.1.27.3",
        "/vulnerabilities",
        |d| over(d, "csaf_withdrawn"),
        |d| {
            let all = d["vulnerabilities"].clone();
            over(d, "csaf_withdrawn");
            put(d, "/vulnerabilities", all);
        },
    ),
    (
        "csaf 6.1.27.8",
        "/vulnerabilities/0/product_status/fixed/0",
        |d| {
            put(d, "/document/category", json!("csaf_vex"));
        },
        |d| {
            put(d, "/document/category", json!("csaf_vex"));
            take(d, ONE, "cve");
        },
    ),
    ("csaf 6.1.27.12", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0/product_status", "known_affected");
    }),
    ("csaf 6.1.27.13", "/vulnerabilities/0/product_status/fixed/0", kept, |d| {
        put(d, "/vulnerabilities/0/product_status/fixed", json!(["HOST"]));
    }),
    (
        "csaf 6.1.27.14",
        "/document",
        |d| over(d, "csaf_superseded"),
        |d| {
            over(d, "csaf_superseded");
            put(d, "/document/notes/0/category", json!("summary"));
        },
    ),
    (
        "csaf 6.1.27.15",
        "/product_tree",
        |d| over(d, "csaf_superseded"),
        |d| {
            let tree = d["product_tree"].clone();
            over(d, "csaf_superseded");
            put(d, "/product_tree", tree);
        },
    ),
    (
        "csaf 6.1.27.16",
        "/document/tracking/revision_history",
        |d| over(d, "csaf_withdrawn"),
        |d| {
            over(d, "csaf_withdrawn");
            history(d, &[(AT, "1.0.0")], "1.0.0");
        },
    ),
    (
        "csaf 6.1.27.17",
        "/document/notes",
        |d| over(d, "csaf_withdrawn"),
        |d| {
            over(d, "csaf_withdrawn");
            put(d, "/document/notes/0/title", json!("Why"));
        },
    ),
    (
        "csaf 6.1.27.18",
        "/document/notes",
        |d| over(d, "csaf_superseded"),
        |d| {
            over(d, "csaf_superseded");
            put(d, "/document/notes/0/title", json!("Why"));
        },
    ),
    (
        "csaf 6.1.27.19",
        "/document/references",
        |d| over(d, "csaf_superseded"),
        |d| {
            over(d, "csaf_superseded");
            put(d, "/document/references/1/summary", json!("More"));
        },
    ),
    ("csaf 6.1.34", "/product_tree/branches/0/branches/0/branches/0/product", kept, |d| {
        put(d, "/product_tree/branches", json!([nested(31)]));
    }),
    (
        "csaf 6.1.35",
        "/vulnerabilities/0/remediations/1",
        |d| remedy(d, "workaround", "V1"),
        |d| {
            remedy(d, "no_fix_planned", "V1");
        },
    ),
    (
        "csaf 6.1.36",
        "/vulnerabilities/0/remediations/1",
        |d| remedy(d, "optional_patch", "V3"),
        |d| {
            remedy(d, "workaround", "V3");
        },
    ),
    ("csaf 6.1.37", "/vulnerabilities/0/discovery_date", kept, |d| {
        put(d, "/vulnerabilities/0/discovery_date", json!("2016-12-31T23:59:60Z"));
    }),
    (
        "csaf 6.1.38",
        "/document/distribution/tlp/label",
        |d| {
            label(d, "CLEAR");
            group(d, MAX, "Public");
        },
        |d| group(d, MAX, "Public"),
    ),
    ("csaf 6.1.39", "/document/distribution/sharing_group/id", kept, |d| label(d, "CLEAR")),
    ("csaf 6.1.40", "/document/distribution/sharing_group/name", kept, |d| {
        put(d, "/document/distribution/sharing_group/name", json!("Public"));
    }),
    (
        "csaf 6.1.41",
        "/document/distribution/sharing_group/name",
        |d| group(d, MAX, "Public"),
        |d| {
            group(d, MAX, "All");
        },
    ),
    (
        "csaf 6.1.42",
        "/product_tree/full_product_names/0/product_identification_helper/purls/1",
        kept,
        |d| {
            put(d, &format!("{HOST}/purls/1"), json!("pkg:generic/host@2"));
        },
    ),
    (
        "csaf 6.1.43",
        "/product_tree/full_product_names/0/product_identification_helper/model_numbers/0",
        |d| {
            put(d, &format!("{HOST}/model_numbers"), json!(["a*\\*"]));
        },
        |d| put(d, &format!("{HOST}/model_numbers"), json!(["a*b*"])),
    ),
    (
        "csaf 6.1.44",
        "/product_tree/full_product_names/0/product_identification_helper/serial_numbers/0",
        kept,
        |d| {
            put(d, &format!("{HOST}/serial_numbers"), json!(["**"]));
        },
    ),
    (
        "csaf 6.1.45",
        "/vulnerabilities/0/disclosure_date",
        |d| {
            put(d, "/vulnerabilities/0/disclosure_date", json!(LATER));
        },
        |d| {
            label(d, "CLEAR");
            put(d, "/vulnerabilities/0/disclosure_date", json!(LATER));
        },
    ),
    ("csaf 6.1.46", "/vulnerabilities/0/metrics/0/content/ssvc_v2", kept, |d| {
        take(d, SSVC, "timestamp");
    }),
    (
        "csaf 6.1.47",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/target_ids/0",
        |d| {
            put(d, &format!("{SSVC}/target_ids"), json!(["#7"]));
        },
        |d| put(d, &format!("{SSVC}/target_ids"), json!(["#8"])),
    ),
    (
        "csaf 6.1.48",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/values/1",
        kept,
        |d| {
            put(d, &format!("{SELECTION}/values"), json!([{"key": "P"}, {"key": "N"}]));
        },
    ),
    ("csaf 6.1.49", "/vulnerabilities/0/metrics/0/content/ssvc_v2/timestamp", kept, |d| {
        put(d, &format!("{SSVC}/timestamp"), json!(LATER));
    }),
    (
        "csaf 6.1.50",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| range(d, "vers:npm/>=1|<2"),
        |d| {
            range(d, "vers:npm/<2|>=1");
        },
    ),
    ("csaf 6.1.51", "/vulnerabilities/0/metrics/0/content/epss/timestamp", kept, |d| {
        put(d, "/vulnerabilities/0/metrics/0/content/epss/timestamp", json!(LATER));
    }),
    ("csaf 6.1.52", "/vulnerabilities/0/first_known_exploitation_dates/0/date", kept, |d| {
        put(d, "/vulnerabilities/0/first_known_exploitation_dates/0/date", json!(LATER));
    }),
    (
        "csaf 6.1.53",
        "/vulnerabilities/0/first_known_exploitation_dates/0/exploitation_date",
        kept,
        |d| {
            put(
                d,
                "/vulnerabilities/0/first_known_exploitation_dates/0/date",
                json!("2024-01-01T00:00:00Z"),
            );
        },
    ),
    (
        "csaf 6.1.54",
        "/document/license_expression",
        |d| {
            put(
                d,
                "/document/license_expression",
                json!("(MIT OR Apache-2.0 WITH LLVM-exception) AND ISC"),
            );
        },
        |d| put(d, "/document/license_expression", json!("MIT OR (ISC")),
    ),
    (
        "csaf 6.1.55",
        "/document/notes",
        |d| {
            put(d, "/document/license_expression", json!("LicenseRef-example.org-own"));
            put(
                d,
                "/document/notes/-",
                json!({"category": "legal_disclaimer", "text": "T", "title": "License"}),
            );
        },
        |d| put(d, "/document/license_expression", json!("LicenseRef-example.org-own")),
    ),
    (
        "csaf 6.1.56",
        "/vulnerabilities/0/metrics/1/content/qualitative_severity_rating",
        kept,
        |d| {
            take(d, "/vulnerabilities/0/metrics/1", "source");
        },
    ),
    (
        "csaf 6.1.57",
        "/product_tree/branches/0/branches/0/branches/0/product",
        |d| {
            put(d, "/product_tree/branches/0/category", json!("product_family"));
            put(d, "/product_tree/branches/0/branches/0/category", json!("product_family"));
        },
        |d| put(d, "/product_tree/branches/0/branches/0/category", json!("vendor")),
    ),
    (
        "csaf 6.1.59",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| range(d, "<2"),
        |d| range(d, "2"),
    ),
    (
        "csaf 6.1.61",
        "/product_tree/full_product_names/0/product_identification_helper/skus/0",
        kept,
        |d| {
            put(d, &format!("{HOST}/skus"), json!(["*a*"]));
        },
    ),
];

fn nested(depth: usize) -> Value {
    if depth == 1 {
        let product = json!({"name": "P", "product_id": "V1"});
        return json!({"category": "product_family", "name": "F", "product": product});
    }
    json!({"branches": [nested(depth - 1)], "category": "product_family", "name": "F"})
}

pub(super) fn each_holds(cases: &[Case], weight: Weight) {
    for (rule, place, keep, shatter) in cases {
        let found = |change: &fn(&mut Value)| {
            let mut document = everything();
            change(&mut document);
            csaf::check(&document.to_string()).findings
        };
        let of_rule = |one: &Finding| one.rule == *rule && one.severity == weight;
        let sound = found(keep);
        assert!(!sound.iter().any(of_rule), "{rule} finds fault with what keeps it: {sound:?}");
        let broken = found(shatter);
        let first = broken.iter().find(|one| of_rule(one));
        let there = first.map(|one| one.path.as_str());
        if *rule == "csaf 6.1.34" {
            assert!(there.is_some_and(|path| path.starts_with(place.trim_end_matches("/product"))));
        } else {
            assert_eq!(there, Some(*place), "{rule}: {broken:?}");
        }
    }
}

#[test]
fn each_mandatory_rule_is_an_error_where_it_is_broken() {
    each_holds(&MANDATORY, Weight::Error);
}

#[test]
fn a_disclosure_counts_once_it_has_passed() {
    let mut document = everything();
    put(&mut document, "/vulnerabilities/0/disclosure_date", json!(LATER));
    let text = document.to_string();
    let told = |report: advisory::check::Report| {
        report.findings.iter().any(|finding| finding.rule == "csaf 6.2.33")
    };
    assert!(!told(csaf::check(&text)), "nobody knows what time it is");
    assert!(!told(csaf::check_at(&text, AT.parse().unwrap(), Outside::default())));
    assert!(told(csaf::check_at(&text, LATER.parse().unwrap(), Outside::default())));
}

#[test]
fn every_finding_points_at_a_place_that_is_there() {
    let document = everything();
    let mut dice = Dice::new(8);
    for _ in 0..2000 {
        let mutated = published::mutated(&document, &mut dice);
        for finding in csaf::check(&mutated.to_string()).findings {
            assert!(mutated.pointer(&finding.path).is_some(), "{finding:?}\n{mutated}");
        }
    }
}

/// What grows with the square of a document does not come to an end here.
#[test]
fn long_lists_take_no_long_time() {
    let many = 4000;
    let id = |number: usize| format!("P{number}");
    let branches: Vec<Value> = (0..many)
        .map(|number| {
            json!({
                "category": "product_version_range",
                "name": format!("vers:intdot/>={number}|<{}", number + 2),
                "product": {"name": "P", "product_id": id(number)}
            })
        })
        .collect();
    let mut document = everything();
    put(&mut document, "/product_tree/branches/0/branches/0/branches", json!(branches));
    let ids: Vec<String> = (0..many).map(id).collect();
    let remedies: Vec<Value> = (0..many)
        .map(|_| json!({"category": "workaround", "details": "D", "group_ids": ["ALL"]}))
        .collect();
    put(
        &mut document,
        "/product_tree/product_groups",
        json!([{"group_id": "ALL", "product_ids": ids}]),
    );
    let mut one = document["vulnerabilities"][0].clone();
    one["product_status"] = json!({"known_affected": ids, "fixed": ids});
    one["remediations"] = json!(remedies);
    document["vulnerabilities"] = json!([one]);
    let text = document.to_string();
    let report = csaf::check(&text);
    assert!(!report.valid() && report.left_off > 0);
}
