//! `fermata diff`

use serde_json::json;

use crate::program::Place;

/// A GHSA and its CVE record as GitHub publishes both.
fn records(place: &Place, fixed: &str) {
    let ghsa = json!({
        "ghsa_id": "GHSA-5ph6-qq5x-7jwc", "cve_id": "CVE-2021-32783", "summary": "T",
        "description": "What is wrong.", "severity": "high", "state": "published",
        "cwe_ids": ["CWE-441"], "credits": [],
        "references": ["https://github.com/projectcontour/contour/security"],
        "vulnerabilities": [{
            "package": {"ecosystem": "go", "name": "github.com/projectcontour/contour"},
            "vulnerable_version_range": "< 1.17.1", "patched_versions": "1.17.1"
        }]
    });
    let cve = json!({
        "dataType": "CVE_RECORD", "dataVersion": "5.2.0",
        "cveMetadata": {"cveId": "CVE-2021-32783", "state": "PUBLISHED"},
        "containers": {"cna": {
            "title": "T", "descriptions": [{"lang": "en", "value": "What is\nwrong."}],
            "affected": [{"vendor": "projectcontour", "product": "contour",
                "versions": [{"version": format!("< {fixed}"), "status": "affected"}]}],
            "problemTypes": [{"descriptions": [
                {"lang": "en", "type": "CWE", "cweId": "CWE-441", "description": "CWE-441"}]}],
            "references": [{"url": "https://github.com/projectcontour/contour/security"}],
            "source": {"advisory": "GHSA-5ph6-qq5x-7jwc", "discovery": "UNKNOWN"}
        }}
    });
    place.file("ghsa.json", ghsa.to_string());
    place.file("cve.json", cve.to_string());
}

#[test]
fn a_right_copy_is_the_same_in_another_format() {
    let place = Place::new();
    records(&place, "1.17.1");
    let ended = place.run(&["diff", "ghsa.json", "cve.json"]);
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(0), "ghsa.json and cve.json say the same\n")
    );
    let ended = place.run(&["diff", "--json", "ghsa.json", "cve.json"]);
    let document = &ended.documents()[0];
    assert_eq!(
        *document,
        json!({
            "v": 1, "same": true, "differences": [],
            "one": {"file": "ghsa.json", "format": "ghsa"}, "other": {"file": "cve.json", "format": "cve"}
        })
    );
}

#[test]
fn a_difference_is_named_with_both_sides_and_ends_with_one() {
    let place = Place::new();
    records(&place, "1.17.2");
    let ended = place.run(&["diff", "--json", "ghsa.json", "cve.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let document = &ended.documents()[0];
    assert_eq!(
        document["differences"],
        json!([{
            "field": "fixed", "severity": "error", "about": "github.com/projectcontour/contour",
            "ours": "< 1.17.1", "theirs": "< 1.17.2",
            "message": "the affected versions end at another fix"
        }])
    );
    let ended = place.run(&["diff", "ghsa.json", "cve.json"]);
    assert!(ended.out.contains("fixed versions of github.com/"), "{}", ended.out);
    assert!(ended.out.contains("\n    cve.json: < 1.17.2\n"), "{}", ended.out);
}

#[test]
fn what_is_no_record_is_refused() {
    let place = Place::new();
    records(&place, "1.17.1");
    place.file("vectors.txt", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N\n");
    place.file("empty.json", "{}");
    place.file("bom.json", r#"{"bomFormat": "CycloneDX"}"#);
    for (other, words) in [
        ("vectors.txt", "no record"),
        ("empty.json", "no record"),
        ("missing.json", "cannot be read"),
        ("bom.json", "nothing of vulnerabilities"),
    ] {
        let ended = place.run(&["diff", "ghsa.json", other]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{other}");
        assert!(ended.err.contains(words), "{other}: {}", ended.err);
    }
}
