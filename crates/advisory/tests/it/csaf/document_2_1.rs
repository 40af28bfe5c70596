//! A document of 2.1 to test with, which has every member of the schema but extensions.

use serde_json::{Value, json};

use super::document::{self, AT};

pub(super) const SCHEMA: &str = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";

/// A document that only rules of information find fault with.
pub(super) fn everything() -> Value {
    let mut document = document::everything();
    let mut put = |place: &str, value: Value| {
        let (holder, member) = place.rsplit_once('/').unwrap();
        let holder = document.pointer_mut(holder).unwrap().as_object_mut().unwrap();
        holder.insert(member.to_owned(), value);
    };
    put("/$schema", json!(SCHEMA));
    put("/document/csaf_version", json!("2.1"));
    put(
        "/document/distribution",
        json!({
            "sharing_group": {"id": "5868d6be-b28a-404e-a245-0b5093b31b8b", "name": "Some"},
            "text": "For some.",
            "tlp": {"label": "GREEN", "url": "https://www.first.org/tlp/"}
        }),
    );
    put("/document/license_expression", json!("CC-BY-4.0"));
    put("/document/notes/0/product_ids", json!(["V1"]));
    put("/document/notes/0/group_ids", json!(["G"]));
    let helper = "/product_tree/full_product_names/0/product_identification_helper";
    put(&format!("{helper}/purls"), json!(["pkg:generic/host@1?arch=x86", "pkg:generic/host@1"]));
    for (place, version) in [(0, "1.0.0"), (1, "1.0.1"), (2, "0.9.0")] {
        let product = format!("/product_tree/branches/0/branches/0/branches/{place}/product");
        put(
            &format!("{product}/product_identification_helper"),
            json!({"purls": [format!("pkg:golang/example.org/x@{version}")]}),
        );
    }
    put(
        "/product_tree/product_paths",
        json!([{
        "beginning_product_reference": "V1",
        "full_product_name": {
            "name": "Contour on a host", "product_id": "BOTH",
            "product_identification_helper": {"skus": ["b"]}
        },
        "subpaths": [{"category": "installed_on", "next_product_reference": "HOST"}]
        },
        {
            "beginning_product_reference": "V2",
            "full_product_name": {
                "name": "Contour with the fix on a host", "product_id": "MENDED",
                "product_identification_helper": {"skus": ["c"]}
            },
            "subpaths": [{"category": "installed_on", "next_product_reference": "HOST"}]
        }]),
    );
    put("/product_tree/product_groups/0/product_ids", json!(["V1", "BOTH"]));
    let one = "/vulnerabilities/0";
    put(
        &format!("{one}/cwes"),
        json!([{
            "id": "CWE-79",
            "name": "Improper Neutralization of Input During Web Page Generation \
                ('Cross-site Scripting')",
            "version": "4.14"
        }]),
    );
    put(&format!("{one}/disclosure_date"), json!(AT));
    put(
        &format!("{one}/first_known_exploitation_dates"),
        json!([{
            "date": AT, "exploitation_date": "2024-02-20T10:00:00Z", "group_ids": ["G"], "product_ids": ["V1"]
        }]),
    );
    put(
        &format!("{one}/ids"),
        json!([{
            "group_ids": ["G"], "product_ids": ["V1"],
            "system_name": "https://github.com/oasis-tcs/csaf", "text": "#7"
        }]),
    );
    put(
        &format!("{one}/involvements"),
        json!([{
            "contact": "mail", "date": AT, "group_ids": ["G"], "party": "vendor",
            "product_ids": ["V1"], "status": "completed", "summary": "S"
        }]),
    );
    put(&format!("{one}/notes/0/product_ids"), json!(["V1"]));
    put(
        &format!("{one}/product_status"),
        json!({
            "fixed": ["V2", "MENDED"], "known_affected": ["V1", "BOTH"], "known_not_affected": ["V3"],
            "recommended": ["V2"]
        }),
    );
    put(&format!("{one}/remediations/0/category"), json!("vendor_fix"));
    put(&format!("{one}/metrics"), metrics());
    let mut take = |holder: &str, member: &str| {
        let holder = document.pointer_mut(holder).unwrap().as_object_mut().unwrap();
        assert!(holder.remove(member).is_some(), "{member}");
    };
    take(helper, "purl");
    take("/product_tree", "relationships");
    for member in ["cwe", "release_date", "scores"] {
        take(one, member);
    }
    document
}

fn metrics() -> Value {
    json!([
        {
            "content": {
                "cvss_v2": {"baseScore": 10.0, "vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C", "version": "2.0"},
                "cvss_v3": {
                    "attackVector": "NETWORK", "baseScore": 9.8, "baseSeverity": "CRITICAL",
                    "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "version": "3.1"
                },
                "cvss_v4": {
                    "baseScore": 9.3, "baseSeverity": "CRITICAL",
                    "vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                    "version": "4.0"
                },
                "epss": {"percentile": "0.98", "probability": "0.5", "timestamp": AT},
                "ssvc_v2": {
                    "decision_point_resources": [{"summary": "S", "uri": "https://example.org/points"}],
                    "references": [{"summary": "S", "uri": "https://example.org/decision"}],
                    "schemaVersion": "2.0.0",
                    "selections": [{
                        "definition": "D", "key": "E", "name": "Exploitation", "namespace": "ssvc",
                        "values": [{"definition": "D", "key": "N", "name": "None"}, {"key": "P"}],
                        "version": "1.1.0"
                    }],
                    "target_ids": ["CVE-2024-0001"],
                    "timestamp": AT
                }
            },
            "products": ["V1", "BOTH"]
        },
        {
            "content": {"qualitative_severity_rating": "high"},
            "products": ["V1"],
            "source": "https://example.org/elsewhere"
        }
    ])
}
