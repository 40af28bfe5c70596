//! The rules that 2.1 adds and that leave a document valid.

use advisory::check::Weight;
use serde_json::json;

use super::document::AT;
use super::rules::{Case, again, history, kept, put, take};
use super::rules_2_1::{
    BRANCH, HOST, MAX, SELECTION, SSVC, each_holds, extension, group, label, over, range, remedy,
};

const OPTIONAL: [Case; 30] = [
    ("csaf 6.2.21", "/document/tracking/revision_history/1/date", kept, |d| {
        history(d, &[(AT, "1.0.0"), (AT, "2.0.0")], "2.0.0");
    }),
    ("csaf 6.2.22", "/document/title", kept, |d| put(d, "/document/title", json!("EX#1: a title"))),
    ("csaf 6.2.23", "/vulnerabilities/0/cwes/0", kept, |d| {
        let name = "DEPRECATED: Incorrect Semantic Object Comparison";
        put(
            d,
            "/vulnerabilities/0/cwes/0",
            json!({"id": "CWE-596", "name": name, "version": "4.14"}),
        );
    }),
    ("csaf 6.2.24", "/vulnerabilities/0/cwes/0/version", kept, |d| {
        put(d, "/vulnerabilities/0/cwes/0/version", json!("4.12"));
    }),
    ("csaf 6.2.25", "/vulnerabilities/0/cwes/0", kept, |d| {
        let name = "Improper Input Validation";
        put(
            d,
            "/vulnerabilities/0/cwes/0",
            json!({"id": "CWE-20", "name": name, "version": "4.14"}),
        );
    }),
    ("csaf 6.2.26", "/vulnerabilities/0/cwes/0", kept, |d| {
        let name = "Incomplete Comparison with Missing Factors";
        put(
            d,
            "/vulnerabilities/0/cwes/0",
            json!({"id": "CWE-1023", "name": name, "version": "4.14"}),
        );
    }),
    (
        "csaf 6.2.27",
        "/vulnerabilities/0/remediations/1",
        |d| remedy(d, "optional_patch", "V3"),
        |d| {
            remedy(d, "fix_planned", "V3");
        },
    ),
    ("csaf 6.2.28", "/document/distribution/sharing_group/id", kept, |d| group(d, MAX, "Public")),
    ("csaf 6.2.29", "/document/distribution/sharing_group/id", kept, |d| {
        group(d, "00000000-0000-0000-0000-000000000000", "No sharing allowed");
    }),
    (
        "csaf 6.2.30",
        "/document/distribution/sharing_group",
        |d| {
            label(d, "CLEAR");
            take(d, "/document/distribution", "sharing_group");
        },
        |d| label(d, "CLEAR"),
    ),
    ("csaf 6.2.31", "/product_tree/branches/0/branches/0/branches/2/product", kept, |d| {
        put(
            d,
            "/product_tree/branches/0/branches/0/branches/2/product/product_identification_helper/serial_numbers",
            json!(["t"]),
        );
    }),
    (
        "csaf 6.2.32",
        "/product_tree/product_paths/0/full_product_name/product_identification_helper/skus",
        kept,
        |d| {
            put(d, &format!("{HOST}/skus"), json!(["b"]));
        },
    ),
    (
        "csaf 6.2.34",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/namespace",
        kept,
        |d| {
            put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own"));
        },
    ),
    (
        "csaf 6.2.35",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/namespace",
        |d| {
            put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own"));
        },
        |d| {
            label(d, "CLEAR");
            put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own"));
        },
    ),
    (
        "csaf 6.2.36",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/namespace",
        |d| {
            put(d, &format!("{SELECTION}/namespace"), json!("ssvc//.example.org#own"));
        },
        |d| {
            label(d, "CLEAR");
            put(d, &format!("{SELECTION}/namespace"), json!("ssvc//.example.org#own"));
        },
    ),
    (
        "csaf 6.2.37",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0",
        |d| {
            put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own"));
            put(
                d,
                &format!("{SSVC}/decision_point_resources/0/summary"),
                json!("On 'x_example.org#own'."),
            );
        },
        |d| put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own")),
    ),
    ("csaf 6.2.38", "/document/category", kept, |d| {
        put(d, "/document/category", json!("csaf_deprecated_security_advisory"));
    }),
    ("csaf 6.2.39.1", "/vulnerabilities/0/product_status/known_affected/0", kept, |d| {
        take(d, "/vulnerabilities/0/product_status", "fixed");
    }),
    (
        "csaf 6.2.39.2",
        "/document/notes",
        |d| {
            over(d, "csaf_withdrawn");
            put(d, "/document/lang", json!("de"));
            put(d, "/document/notes/0/title", json!("Begründung für die Zurückziehung"));
        },
        |d| {
            over(d, "csaf_withdrawn");
            put(d, "/document/lang", json!("de-AT"));
        },
    ),
    ("csaf 6.2.40", "/document/notes/1", kept, |d| {
        put(
            d,
            "/document/notes/-",
            json!({"category": "description", "text": "T", "title": "Product Description"}),
        );
    }),
    ("csaf 6.2.41", "/vulnerabilities/0/metrics/0/content/epss/timestamp", kept, |d| {
        put(
            d,
            "/vulnerabilities/0/metrics/0/content/epss/timestamp",
            json!("2024-02-01T10:00:00Z"),
        );
    }),
    (
        "csaf 6.2.42",
        "/product_tree/branches/0/branches/0/branches/0/product/product_identification_helper/purls/0",
        kept,
        |d| {
            put(d, &format!("{BRANCH}/name"), json!("2.0.0"));
        },
    ),
    ("csaf 6.2.43", "/document", kept, |d| take(d, "/document", "license_expression")),
    ("csaf 6.2.44", "/document/license_expression", kept, |d| {
        put(d, "/document/license_expression", json!("GFDL-1.1"));
    }),
    ("csaf 6.2.45", "/document/license_expression", kept, |d| {
        put(d, "/document/license_expression", json!("MITT"));
    }),
    (
        "csaf 6.2.47",
        "/vulnerabilities/0/metrics/1/content/qualitative_severity_rating",
        kept,
        |d| {
            put(
                d,
                "/vulnerabilities/0/metrics/1/source",
                json!("https://example.org/csaf/ex_1.json"),
            );
        },
    ),
    ("csaf 6.2.48", "/product_tree/branches/0/name", kept, |d| {
        put(d, "/product_tree/branches/0/name", json!("open  Source"));
    }),
    (
        "csaf 6.2.49",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| range(d, ">1|<2"),
        |d| range(d, ">1"),
    ),
    (
        "csaf 6.2.50.3",
        "/vulnerabilities/0/product_status/fixed/0",
        |d| range(d, "vers:intdot/>=1.0.0|<1.0.1"),
        |d| {
            range(d, "vers:intdot/>=1.0.0|<1.0.2");
        },
    ),
    ("csaf 6.2.53", "/vulnerabilities/0/ids/0/text", kept, |d| {
        put(d, "/vulnerabilities/0/ids/0/text", json!("7"));
    }),
];

const FURTHER: [Case; 7] = [
    (
        "csaf 6.2.51",
        "/product_tree/branches/0/branches/0/branches/0/name",
        |d| range(d, "vers:npm/<2"),
        |d| {
            range(d, "vers:own/<2");
        },
    ),
    (
        "csaf 6.2.52",
        "/product_tree/full_product_names/0/product_identification_helper/hashes/0/file_hashes/0/algorithm",
        kept,
        |d| {
            put(d, &format!("{HOST}/hashes/0/file_hashes/0/algorithm"), json!("own"));
        },
    ),
    ("csaf 6.2.54.1", "/x_extensions/0", kept, |d| extension(d, |_| {})),
    ("csaf 6.2.54.2", "/x_extensions/0", kept, |d| extension(d, |_| {})),
    (
        "csaf 6.2.54.3",
        "/x_extensions/0/critical",
        |d| extension(d, |_| {}),
        |d| {
            extension(d, |one| one["critical"] = json!(true));
        },
    ),
    (
        "csaf 6.2.54.4",
        "/x_extensions/0",
        |d| extension(d, |_| {}),
        |d| {
            label(d, "CLEAR");
            extension(d, |_| {});
        },
    ),
    ("csaf 6.2.46", "/document/notes", kept, |d| {
        put(d, "/document/lang", json!("de"));
        put(d, "/document/license_expression", json!("LicenseRef-example.org-own"));
    }),
];

const INFORMATIVE: [Case; 10] = [
    ("csaf 6.3.1", "/vulnerabilities/0/metrics/0/content", kept, |d| {
        take(d, "/vulnerabilities/0/metrics/0/content", "cvss_v3");
        take(d, "/vulnerabilities/0/metrics/0/content", "cvss_v4");
    }),
    ("csaf 6.3.12", "/vulnerabilities/0/metrics/0/content", kept, |d| {
        take(d, "/vulnerabilities/0/metrics/0/content", "cvss_v4");
    }),
    (
        "csaf 6.3.13",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/version",
        kept,
        |d| {
            put(d, &format!("{SELECTION}/version"), json!("1.0.0"));
        },
    ),
    (
        "csaf 6.3.14",
        "/vulnerabilities/0/metrics/0/content/ssvc_v2/selections/0/namespace",
        kept,
        |d| {
            put(d, &format!("{SELECTION}/namespace"), json!("x_example.org#own"));
        },
    ),
    ("csaf 6.3.17", "/document/license_expression", kept, |d| {
        put(d, "/document/license_expression", json!("LicenseRef-example.org-own"));
    }),
    (
        "csaf 6.3.18",
        "/vulnerabilities/0/metrics/1/content/qualitative_severity_rating",
        |d| {
            put(
                d,
                "/vulnerabilities/0/metrics/1/content",
                json!({"epss": {"percentile": "0.1", "probability": "0.1", "timestamp": AT}}),
            );
        },
        kept,
    ),
    ("csaf 6.3.20", "/vulnerabilities/0/ids/0/system_name", kept, |d| {
        put(d, "/vulnerabilities/0/ids/0/system_name", json!("Ours"));
    }),
    (
        "csaf 6.3.21.1",
        "/x_extensions/0/category",
        |d| extension(d, |_| {}),
        |d| {
            extension(d, |one| one["category"] = json!("essential"));
        },
    ),
    ("csaf 6.3.21.9", "/x_extensions", kept, |d| extension(d, |_| {})),
    ("csaf 6.3.22", "/product_tree/product_paths/2", kept, |d| {
        again(d, "/product_tree/product_paths", "beginning_product_reference", json!("BOTH"));
        put(d, "/product_tree/product_paths/2/full_product_name/product_id", json!("MORE"));
    }),
];

#[test]
fn each_recommended_rule_is_a_warning_where_it_is_broken() {
    each_holds(&OPTIONAL, Weight::Warning);
    each_holds(&FURTHER, Weight::Warning);
}

#[test]
fn each_informative_rule_is_told_where_it_applies() {
    each_holds(&INFORMATIVE, Weight::Info);
}
