//! A document to test with, which has every member of the schema.

use serde_json::{Value, json};

pub(super) const AT: &str = "2024-03-01T10:00:00Z";

/// What the catalogue in force at that time calls CWE-79.
const NAME: &str =
    "Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')";

/// A document with every member of the schema, which keeps every rule.
pub(super) fn everything() -> Value {
    json!({"document": head(), "product_tree": tree(), "vulnerabilities": [vulnerability()]})
}

fn reference(category: &str, url: &str) -> Value {
    json!({"category": category, "summary": "S", "url": url})
}

fn thanks() -> Value {
    json!([{"names": ["Jo"], "organization": "O", "summary": "S", "urls": ["https://example.org/jo"]}])
}

fn head() -> Value {
    json!({
        "acknowledgments": thanks(),
        "aggregate_severity": {"namespace": "https://example.org/scale", "text": "grave"},
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "distribution": {"text": "For all.", "tlp": {"label": "WHITE", "url": "https://www.first.org/tlp/"}},
        "lang": "en-US",
        "notes": [{"audience": "all", "category": "summary", "text": "T", "title": "S"}],
        "publisher": {
            "category": "vendor", "contact_details": "mail", "issuing_authority": "us",
            "name": "Example", "namespace": "https://example.org"
        },
        "references": [
            reference("self", "https://example.org/csaf/ex_1.json"),
            reference("external", "https://example.org/more")
        ],
        "source_lang": "de",
        "title": "A title",
        "tracking": {
            "aliases": ["CVE-2024-0001"],
            "current_release_date": AT,
            "generator": {"date": AT, "engine": {"name": "Fermata", "version": "1"}},
            "id": "EX#1",
            "initial_release_date": AT,
            "revision_history": [
                {"date": "2024-02-01T10:00:00Z", "legacy_version": "I", "number": "1.0.0", "summary": "First."},
                {"date": AT, "number": "1.1.0", "summary": "Second."}
            ],
            "status": "final",
            "version": "1.1.0"
        }
    })
}

fn tree() -> Value {
    let version = |id: &str, version: &str| {
        json!({
            "category": "product_version",
            "name": version,
            "product": {
                "name": format!("Contour {version}"),
                "product_id": id,
                "product_identification_helper": {"purl": format!("pkg:golang/example.org/x@{version}")}
            }
        })
    };
    json!({
        "branches": [{
            "branches": [{
                "branches": [version("V1", "1.0.0"), version("V2", "1.0.1"), version("V3", "0.9.0")],
                "category": "product_name",
                "name": "Contour"
            }],
            "category": "vendor",
            "name": "Example"
        }],
        "full_product_names": [{
            "name": "A host",
            "product_id": "HOST",
            "product_identification_helper": {
                "cpe": "cpe:2.3:a:example:x\\:y:1.0:*:*:*:*:*:*:*",
                "hashes": [{"file_hashes": [{"algorithm": "sha256", "value": "ab".repeat(32)}], "filename": "x"}],
                "model_numbers": ["m"],
                "purl": "pkg:generic/host@1?arch=x86#lib",
                "sbom_urls": ["https://example.org/sbom"],
                "serial_numbers": ["s"],
                "skus": ["k"],
                "x_generic_uris": [{"namespace": "https://example.org", "uri": "https://example.org/u"}]
            }
        }],
        "product_groups": [{"group_id": "G", "product_ids": ["V1", "BOTH"], "summary": "S"}],
        "relationships": [{
            "category": "installed_on",
            "full_product_name": {
                "name": "Contour on a host", "product_id": "BOTH",
                "product_identification_helper": {"skus": ["b"]}
            },
            "product_reference": "V1",
            "relates_to_product_reference": "HOST"
        }]
    })
}

fn vulnerability() -> Value {
    json!({
        "acknowledgments": thanks(),
        "cve": "CVE-2024-0001",
        "cwe": {"id": "CWE-79", "name": NAME},
        "discovery_date": AT,
        "flags": [{"date": AT, "label": "component_not_present", "product_ids": ["V3"]}],
        "ids": [{"system_name": "GHSA", "text": "GHSA-5ph6-qq5x-7jwc"}],
        "involvements": [{"date": AT, "party": "vendor", "status": "completed", "summary": "S"}],
        "notes": [{"category": "description", "text": "T"}],
        "product_status": {
            "fixed": ["V2"], "known_affected": ["V1", "BOTH"], "known_not_affected": ["V3"],
            "recommended": ["V2"]
        },
        "references": [reference("external", "https://example.org/more")],
        "release_date": AT,
        "remediations": [{
            "category": "vendor_fix", "date": AT, "details": "D", "entitlements": ["E"], "group_ids": ["G"],
            "restart_required": {"category": "service", "details": "D"}, "url": "https://example.org/fix"
        }],
        "scores": [{
            "cvss_v2": {"baseScore": 10.0, "vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C", "version": "2.0"},
            "cvss_v3": {
                "attackVector": "NETWORK", "baseScore": 9.8, "baseSeverity": "CRITICAL",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "version": "3.1"
            },
            "products": ["V1", "BOTH"]
        }],
        "threats": [{"category": "impact", "date": AT, "details": "D", "group_ids": ["G"], "product_ids": ["V3"]}],
        "title": "T"
    })
}
