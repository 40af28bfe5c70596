//! Each rule with a document that keeps it and one that breaks it.

use advisory::check::{Finding, Weight};
use advisory::csaf;
use serde_json::{Value, json};

use super::document::{AT, everything};
use crate::published::{self, Dice};

#[test]
fn the_document_that_the_others_are_made_from_keeps_every_rule() {
    let report = csaf::check(&everything().to_string());
    assert_eq!(report.findings, []);
}

/// A rule, where it finds its fault, a change that keeps it, and one that breaks it.
pub(super) type Case = (&'static str, &'static str, fn(&mut Value), fn(&mut Value));

/// The document as it is.
pub(super) fn kept(_: &mut Value) {}

pub(super) fn take(document: &mut Value, holder: &str, member: &str) {
    let holder = document.pointer_mut(holder).unwrap();
    assert!(holder.as_object_mut().unwrap().remove(member).is_some(), "{member}");
}

pub(super) fn put(document: &mut Value, place: &str, value: Value) {
    let (holder, member) = place.rsplit_once('/').unwrap();
    let holder = document.pointer_mut(holder).unwrap();
    match holder {
        Value::Array(items) if member == "-" => items.push(value),
        Value::Array(items) => *items.get_mut(member.parse::<usize>().unwrap()).unwrap() = value,
        holder => drop(holder.as_object_mut().unwrap().insert(member.to_owned(), value)),
    }
}

/// Puts the item of a list there again, with a member of it changed.
pub(super) fn again(document: &mut Value, list: &str, member: &str, value: Value) {
    let items = document.pointer_mut(list).unwrap().as_array_mut().unwrap();
    let mut item = items.first().unwrap().clone();
    item.as_object_mut().unwrap().insert(member.to_owned(), value);
    items.push(item);
}

pub(super) fn history(document: &mut Value, revisions: &[(&str, &str)], version: &str) {
    let revision =
        |(date, number): &(&str, &str)| json!({"date": date, "number": number, "summary": "S"});
    let revisions = revisions.iter().map(revision).collect();
    put(document, "/document/tracking/revision_history", revisions);
    put(document, "/document/tracking/version", json!(version));
}

fn as_profile(document: &mut Value, profile: &str) {
    put(document, "/document/category", json!(profile));
    if profile != "csaf_vex" {
        document.as_object_mut().unwrap().remove("vulnerabilities");
    }
}

/// A document of the profile `csaf_vex` that keeps its rules.
fn vex(document: &mut Value) {
    as_profile(document, "csaf_vex");
}

fn informational(document: &mut Value) {
    as_profile(document, "csaf_informational_advisory");
}

pub(super) const FIRST: &str = "2024-02-01T10:00:00Z";
pub(super) const TREE_VERSION: &str = "/product_tree/branches/0/branches/0/branches/0";
pub(super) const V1: &str = "/product_tree/branches/0/branches/0/branches/0/product";
pub(super) const HOST: &str = "/product_tree/full_product_names/0/product_identification_helper";
const SCORE: &str = "/vulnerabilities/0/scores/0/cvss_v3";

const SPECULATION: &str = "Exposure of Sensitive Information during Transient Execution";

const MANDATORY: [Case; 35] = [
    ("csaf 6.1.1", "/vulnerabilities/0/scores/0/products/1", kept, |d| {
        put(d, "/vulnerabilities/0/scores/0/products/1", json!("V9"));
    }),
    (
        "csaf 6.1.2",
        "/product_tree/full_product_names/1/product_id",
        |d| {
            again(d, "/product_tree/full_product_names", "product_id", json!("H2"));
        },
        |d| {
            again(d, "/product_tree/full_product_names", "name", json!("N"));
        },
    ),
    (
        "csaf 6.1.3",
        "/product_tree/relationships/0",
        |d| {
            put(d, "/product_tree/relationships/0/product_reference", json!("V2"));
        },
        |d| {
            put(d, "/product_tree/relationships/0/product_reference", json!("BOTH"));
        },
    ),
    ("csaf 6.1.4", "/vulnerabilities/0/threats/0/group_ids/0", kept, |d| {
        put(d, "/vulnerabilities/0/threats/0/group_ids", json!(["G9"]));
    }),
    (
        "csaf 6.1.5",
        "/product_tree/product_groups/1/group_id",
        |d| {
            again(d, "/product_tree/product_groups", "group_id", json!("H"));
        },
        |d| {
            again(d, "/product_tree/product_groups", "summary", json!("T"));
        },
    ),
    (
        "csaf 6.1.6",
        "/vulnerabilities/0/product_status/fixed/1",
        |d| {
            put(d, "/vulnerabilities/0/product_status/recommended/-", json!("V1"));
        },
        |d| {
            put(d, "/vulnerabilities/0/product_status/fixed/-", json!("V1"));
        },
    ),
    (
        "csaf 6.1.7",
        "/vulnerabilities/0/scores/1/products/0",
        |d| {
            again(d, "/vulnerabilities/0/scores", "products", json!(["V3"]));
        },
        |d| {
            again(d, "/vulnerabilities/0/scores", "products", json!(["V1"]));
        },
    ),
    ("csaf 6.1.8", "/vulnerabilities/0/scores/0/cvss_v3", kept, |d| {
        take(d, SCORE, "baseSeverity");
    }),
    ("csaf 6.1.9", "/vulnerabilities/0/scores/0/cvss_v3/baseScore", kept, |d| {
        put(d, "/vulnerabilities/0/scores/0/cvss_v3/baseScore", json!(9.9));
    }),
    (
        "csaf 6.1.10",
        "/vulnerabilities/0/scores/0/cvss_v3/attackVector",
        |d| {
            put(d, "/vulnerabilities/0/scores/0/cvss_v3/modifiedScope", json!("CHANGED"));
        },
        |d| {
            put(d, "/vulnerabilities/0/scores/0/cvss_v3/attackVector", json!("LOCAL"));
        },
    ),
    (
        "csaf 6.1.11",
        "/vulnerabilities/0/cwe/id",
        |d| {
            take(d, "/vulnerabilities/0", "cwe");
        },
        |d| {
            put(d, "/vulnerabilities/0/cwe/id", json!("CWE-0"));
        },
    ),
    (
        "csaf 6.1.11",
        "/vulnerabilities/0/cwe/id",
        |d| put(d, "/vulnerabilities/0/cwe", json!({"id": "CWE-1420", "name": SPECULATION})),
        // That one came with the catalogue of 2024-02-29, a day before the document's date.
        |d| {
            put(d, "/vulnerabilities/0/cwe", json!({"id": "CWE-1420", "name": SPECULATION}));
            put(d, "/document/tracking/current_release_date", json!("2024-02-28T23:59:59Z"));
        },
    ),
    ("csaf 6.1.11", "/vulnerabilities/0/cwe/id", kept, |d| {
        put(d, "/vulnerabilities/0/cwe", json!({"id": "CWE-16", "name": "Configuration"}));
    }),
    (
        "csaf 6.1.11",
        "/vulnerabilities/0/cwe/name",
        |d| {
            put(d, "/document/tracking/current_release_date", json!("2008-12-01T00:00:00Z"));
            put(
                d,
                "/vulnerabilities/0/cwe",
                json!({"id": "CWE-287", "name": "Insufficient Authentication"}),
            );
        },
        |d| {
            put(
                d,
                "/vulnerabilities/0/cwe",
                json!({"id": "CWE-287", "name": "Insufficient Authentication"}),
            );
        },
    ),
    (
        "csaf 6.1.12",
        "/document/lang",
        |d| {
            put(d, "/document/lang", json!("zh-Hant-TW"));
        },
        |d| {
            put(d, "/document/lang", json!("EZ"));
        },
    ),
    (
        "csaf 6.1.13",
        "/product_tree/full_product_names/0/product_identification_helper/purl",
        |d| {
            put(d, &format!("{HOST}/purl"), json!("pkg:npm/%40a/b@1"));
        },
        |d| {
            put(d, &format!("{HOST}/purl"), json!("pkg:maven/@1.3.4"));
        },
    ),
    (
        "csaf 6.1.14",
        "/document/tracking/revision_history/0/number",
        |d| {
            history(d, &[(AT, "1.10.0"), (FIRST, "1.9.0")], "1.10.0");
        },
        |d| {
            history(d, &[(AT, "1.0.0"), (FIRST, "1.1.0")], "1.0.0");
        },
    ),
    (
        "csaf 6.1.15",
        "/document",
        |d| {
            put(d, "/document/publisher/category", json!("translator"));
        },
        |d| {
            put(d, "/document/publisher/category", json!("translator"));
            take(d, "/document", "source_lang");
        },
    ),
    (
        "csaf 6.1.16",
        "/document/tracking/version",
        |d| {
            put(d, "/document/tracking/version", json!("1.1.0+build"));
        },
        |d| {
            put(d, "/document/tracking/version", json!("1.2.0"));
        },
    ),
    (
        "csaf 6.1.17",
        "/document/tracking/status",
        |d| {
            history(d, &[(AT, "0")], "0");
            put(d, "/document/tracking/status", json!("draft"));
        },
        |d| {
            history(d, &[(AT, "0")], "0");
        },
    ),
    (
        "csaf 6.1.18",
        "/document/tracking/revision_history/0/number",
        |d| {
            history(d, &[(FIRST, "0"), (AT, "1")], "1");
            put(d, "/document/tracking/status", json!("draft"));
        },
        |d| {
            history(d, &[(FIRST, "0"), (AT, "1")], "1");
        },
    ),
    ("csaf 6.1.19", "/document/tracking/revision_history/0/number", kept, |d| {
        history(d, &[(FIRST, "1.0.0-rc"), (AT, "1.0.0")], "1.0.0");
    }),
    (
        "csaf 6.1.20",
        "/document/tracking/version",
        |d| {
            put(d, "/document/tracking/version", json!("1.1.0-rc"));
            put(d, "/document/tracking/status", json!("draft"));
        },
        |d| {
            put(d, "/document/tracking/version", json!("1.1.0-rc"));
        },
    ),
    (
        "csaf 6.1.21",
        "/document/tracking/revision_history/1/number",
        |d| {
            history(d, &[(FIRST, "0"), (AT, "1")], "1");
        },
        |d| {
            history(d, &[(FIRST, "1"), (AT, "3")], "3");
        },
    ),
    ("csaf 6.1.22", "/document/tracking/revision_history/1/number", kept, |d| {
        history(d, &[(FIRST, "1"), (AT, "1")], "1");
    }),
    (
        "csaf 6.1.23",
        "/vulnerabilities/1/cve",
        |d| {
            again(d, "/vulnerabilities", "cve", json!("CVE-2024-0002"));
        },
        |d| {
            again(d, "/vulnerabilities", "title", json!("U"));
        },
    ),
    (
        "csaf 6.1.24",
        "/vulnerabilities/0/involvements/1",
        |d| {
            again(d, "/vulnerabilities/0/involvements", "party", json!("user"));
        },
        |d| {
            again(d, "/vulnerabilities/0/involvements", "status", json!("open"));
        },
    ),
    (
        "csaf 6.1.25",
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes/1/algorithm",
        |d| {
            again(d, &format!("{HOST}/hashes/0/file_hashes"), "algorithm", json!("sha512"));
        },
        |d| {
            again(d, &format!("{HOST}/hashes/0/file_hashes"), "value", json!("cd".repeat(32)));
        },
    ),
    (
        "csaf 6.1.26",
        "/document/category",
        |d| {
            put(d, "/document/category", json!("Security Advisory of Example"));
        },
        |d| {
            put(d, "/document/category", json!("Security Advisory"));
        },
    ),
    ("csaf 6.1.28", "/document/source_lang", kept, |d| {
        put(d, "/document/source_lang", json!("en-us"));
    }),
    ("csaf 6.1.29", "/vulnerabilities/0/remediations/0", kept, |d| {
        take(d, "/vulnerabilities/0/remediations/0", "group_ids");
    }),
    (
        "csaf 6.1.30",
        "/document/tracking/revision_history/0/number",
        |d| {
            history(d, &[(FIRST, "1"), (AT, "2")], "2");
        },
        |d| {
            history(d, &[(FIRST, "1"), (AT, "2.0.0")], "2.0.0");
        },
    ),
    (
        "csaf 6.1.31",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| {
            put(d, &format!("{TREE_VERSION}/name"), json!("after-eight"));
        },
        |d| {
            put(d, &format!("{TREE_VERSION}/name"), json!("1.0 and later"));
        },
    ),
    ("csaf 6.1.32", "/vulnerabilities/0/flags/0", kept, |d| {
        take(d, "/vulnerabilities/0/flags/0", "product_ids");
    }),
    (
        "csaf 6.1.33",
        "/vulnerabilities/0/flags/1",
        |d| {
            again(d, "/vulnerabilities/0/flags", "product_ids", json!(["V2"]));
        },
        |d| {
            again(d, "/vulnerabilities/0/flags", "label", json!("vulnerable_code_not_present"));
        },
    ),
];

const PROFILES: [Case; 11] = [
    ("csaf 6.1.27.1", "/document", informational, |d| {
        informational(d);
        take(d, "/document", "notes");
    }),
    ("csaf 6.1.27.2", "/document", informational, |d| {
        informational(d);
        put(d, "/document/references/1/category", json!("self"));
    }),
    ("csaf 6.1.27.3", "/vulnerabilities", informational, |d| {
        put(d, "/document/category", json!("csaf_informational_advisory"));
    }),
    ("csaf 6.1.27.4", "", kept, |d| {
        take(d, "", "product_tree");
    }),
    ("csaf 6.1.27.5", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0", "notes");
    }),
    ("csaf 6.1.27.6", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0", "product_status");
    }),
    ("csaf 6.1.27.7", "/vulnerabilities/0", vex, |d| {
        vex(d);
        put(d, "/vulnerabilities/0/product_status", json!({"recommended": ["V2"]}));
    }),
    (
        "csaf 6.1.27.8",
        "/vulnerabilities/0",
        |d| {
            vex(d);
            take(d, "/vulnerabilities/0", "cve");
        },
        |d| {
            vex(d);
            take(d, "/vulnerabilities/0", "cve");
            take(d, "/vulnerabilities/0", "ids");
        },
    ),
    (
        "csaf 6.1.27.9",
        "/vulnerabilities/0/product_status/known_not_affected/0",
        |d| {
            vex(d);
            take(d, "/vulnerabilities/0", "flags");
        },
        |d| {
            vex(d);
            take(d, "/vulnerabilities/0", "flags");
            take(d, "/vulnerabilities/0", "threats");
        },
    ),
    ("csaf 6.1.27.10", "/vulnerabilities/0/product_status/known_affected/0", vex, |d| {
        vex(d);
        put(d, "/vulnerabilities/0/remediations/0/group_ids", json!([]));
    }),
    ("csaf 6.1.27.11", "", kept, |d| {
        take(d, "", "vulnerabilities");
    }),
];

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
        assert_eq!(first.map(|one| one.path.as_str()), Some(*place), "{rule}: {broken:?}");
    }
}

#[test]
fn each_mandatory_rule_is_an_error_where_it_is_broken() {
    each_holds(&MANDATORY, Weight::Error);
    each_holds(&PROFILES, Weight::Error);
}

#[test]
fn every_finding_points_at_a_place_that_is_there() {
    let document = everything();
    let mut dice = Dice::new(6);
    let mut findings = 0;
    for _ in 0..2000 {
        let mutated = published::mutated(&document, &mut dice);
        for finding in csaf::check(&mutated.to_string()).findings {
            findings += 1;
            assert!(mutated.pointer(&finding.path).is_some(), "{finding:?}\n{mutated}");
        }
    }
    assert!(findings > 2500, "{findings}");
}
