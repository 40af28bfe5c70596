//! The rules that leave a document valid: warnings, and what is told for information.

use advisory::check::Weight;
use advisory::csaf;
use serde_json::json;

use super::document::{AT, everything};
use super::rules::{
    Case, FIRST, HOST, TREE_VERSION, V1, again, each_holds, history, kept, put, take,
};

const OPTIONAL: [Case; 19] = [
    (
        "csaf 6.2.1",
        "/product_tree/branches/0/branches/0/branches/2/product/product_id",
        |d| {
            take(d, "/vulnerabilities/0", "flags");
            take(d, "/vulnerabilities/0", "threats");
        },
        |d| {
            take(d, "/vulnerabilities/0", "flags");
            take(d, "/vulnerabilities/0", "threats");
            take(d, "/vulnerabilities/0/product_status", "known_not_affected");
        },
    ),
    ("csaf 6.2.2", "/vulnerabilities/0/product_status/known_affected/0", kept, |d| {
        take(d, "/vulnerabilities/0", "remediations");
    }),
    ("csaf 6.2.3", "/vulnerabilities/0/product_status/known_affected/0", kept, |d| {
        take(d, "/vulnerabilities/0", "scores");
    }),
    ("csaf 6.2.4", "/document/tracking/revision_history/0/number", kept, |d| {
        history(d, &[(AT, "1.0.0+b")], "1.0.0");
    }),
    (
        "csaf 6.2.5",
        "/document/tracking/initial_release_date",
        |d| {
            put(d, "/document/tracking/initial_release_date", json!("2024-02-01T11:00:00+01:00"));
        },
        |d| {
            put(d, "/document/tracking/initial_release_date", json!("2024-01-31T10:00:00Z"));
        },
    ),
    ("csaf 6.2.6", "/document/tracking/current_release_date", kept, |d| {
        put(d, "/document/tracking/current_release_date", json!(FIRST));
    }),
    ("csaf 6.2.7", "/vulnerabilities/0/involvements/0", kept, |d| {
        take(d, "/vulnerabilities/0/involvements/0", "date");
    }),
    (
        "csaf 6.2.8",
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes",
        |d| {
            again(d, &format!("{HOST}/hashes/0/file_hashes"), "algorithm", json!("md5"));
        },
        |d| {
            put(d, &format!("{HOST}/hashes/0/file_hashes/0/algorithm"), json!("md5"));
        },
    ),
    (
        "csaf 6.2.9",
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes",
        |d| {
            again(d, &format!("{HOST}/hashes/0/file_hashes"), "algorithm", json!("sha1"));
        },
        |d| {
            put(d, &format!("{HOST}/hashes/0/file_hashes/0/algorithm"), json!("sha1"));
        },
    ),
    ("csaf 6.2.10", "/document", kept, |d| {
        take(d, "/document/distribution", "tlp");
    }),
    (
        "csaf 6.2.11",
        "/document",
        |d| {
            put(d, "/document/tracking/id", json!("ex/ 1"));
        },
        |d| {
            put(d, "/document/tracking/id", json!("EX-2"));
        },
    ),
    ("csaf 6.2.12", "/document", kept, |d| {
        take(d, "/document", "lang");
    }),
    (
        "csaf 6.2.14",
        "/document/lang",
        |d| {
            put(d, "/document/lang", json!("en-GB"));
        },
        |d| {
            put(d, "/document/lang", json!("en-XP"));
        },
    ),
    ("csaf 6.2.15", "/document/source_lang", kept, |d| {
        put(d, "/document/source_lang", json!("i-default"));
    }),
    ("csaf 6.2.16", "/product_tree/branches/0/branches/0/branches/0/product", kept, |d| {
        take(d, V1, "product_identification_helper");
    }),
    ("csaf 6.2.17", "/vulnerabilities/0/ids/0", kept, |d| {
        put(d, "/vulnerabilities/0/ids/0/text", json!("CVE-2024-0001"));
    }),
    (
        "csaf 6.2.18",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| {
            put(d, &format!("{TREE_VERSION}/category"), json!("product_version_range"));
            put(d, &format!("{TREE_VERSION}/name"), json!("vers:npm/<2"));
        },
        |d| {
            put(d, &format!("{TREE_VERSION}/category"), json!("product_version_range"));
            put(d, &format!("{TREE_VERSION}/name"), json!("<2"));
        },
    ),
    ("csaf 6.2.19", "/vulnerabilities/0/scores/0/cvss_v2", kept, |d| {
        put(d, "/vulnerabilities/0/scores/0/products/-", json!("V2"));
    }),
    ("csaf 6.2.20", "/document/distribution/unheard", kept, |d| {
        put(d, "/document/distribution/unheard", json!(1));
    }),
];

const INFORMATIVE: [Case; 8] = [
    ("csaf 6.3.1", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0/scores/0", "cvss_v3");
    }),
    ("csaf 6.3.2", "/vulnerabilities/0/scores/0/cvss_v3", kept, |d| {
        put(d, "/vulnerabilities/0/scores/0/cvss_v3/version", json!("3.0"));
    }),
    ("csaf 6.3.3", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0", "cve");
    }),
    ("csaf 6.3.4", "/vulnerabilities/0", kept, |d| {
        take(d, "/vulnerabilities/0", "cwe");
    }),
    (
        "csaf 6.3.5",
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes/0/value",
        kept,
        |d| {
            put(d, &format!("{HOST}/hashes/0/file_hashes/0/value"), json!("ab".repeat(20)));
        },
    ),
    (
        "csaf 6.3.9",
        "/product_tree/branches/0/branches/0/branches/0/product",
        |d| {
            put(
                d,
                "/product_tree/branches/0/branches/0/branches/0/category",
                json!("product_version"),
            );
        },
        |d| {
            put(d, "/product_tree/branches/0/category", json!("product_family"));
        },
    ),
    ("csaf 6.3.10", "/product_tree/branches/0/branches/0/branches/0/name", kept, |d| {
        put(d, &format!("{TREE_VERSION}/category"), json!("product_version_range"));
    }),
    (
        "csaf 6.3.11",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| {
            put(d, &format!("{TREE_VERSION}/name"), json!("vista"));
        },
        |d| {
            put(d, &format!("{TREE_VERSION}/name"), json!("v1.0.0"));
        },
    ),
];

#[test]
fn each_optional_rule_is_a_warning_where_it_is_broken() {
    each_holds(&OPTIONAL, Weight::Warning);
}

#[test]
fn each_informative_rule_is_told_where_it_applies() {
    each_holds(&INFORMATIVE, Weight::Info);
}

/// JSON values of tests are sorted by themselves, so this one is a text.
#[test]
fn members_out_of_order_are_a_warning() {
    let text = everything().to_string();
    let turned = text.replacen(
        r#"{"audience":"all","category":"summary","#,
        r#"{"category":"summary","audience":"all","#,
        1,
    );
    assert_ne!(text, turned);
    let findings = csaf::check(&turned).findings;
    let found = findings.iter().find(|finding| finding.rule == "csaf 6.2.13").unwrap();
    assert_eq!((found.path.as_str(), found.severity), ("/document/notes/0", Weight::Warning));
}
