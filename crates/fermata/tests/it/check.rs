//! `fermata check`

use serde_json::json;

use crate::program::Place;

#[test]
fn a_list_of_vectors_is_found_by_looking() {
    let place = Place::new();
    place.file("good.txt", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N\n");
    place.file("bad.txt", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L\n");
    let ended = place.run(&["check", "--json", "good.txt", "bad.txt"]);
    assert_eq!(ended.code, Some(1));
    let good = json!({"v": 1, "file": "good.txt", "format": "cvss", "valid": true, "findings": []});
    let documents = ended.documents();
    assert_eq!(documents[0], good);
    assert_eq!(documents[1]["valid"], false);
    assert_eq!(documents[1]["findings"][0]["rule"], "cvss base-metric");
    assert_eq!(documents[1]["findings"][0]["path"], "line 1");
}

#[test]
fn what_cannot_be_checked_never_passes() {
    let place = Place::new();
    place.file("bom.json", r#"{"bomFormat": "CycloneDX", "specVersion": "1.6"}"#);
    place.file("two.txt", "AV:N/AC:L/Au:N/C:N/I:N/A:C");
    for (arguments, words) in [
        (&["check", "bom.json"][..], "1.7"),
        (&["check", "--as", "cyclonedx", "bom.json"], "1.7"),
        (&["check", "two.txt"], "--as"),
    ] {
        let ended = place.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_csaf_document_is_held_against_the_version_that_it_names() {
    let place = Place::new();
    for (version, format) in [("2.0", "csaf-2.0"), ("2.1", "csaf-2.1")] {
        place.file("csaf.json", json!({"document": {"csaf_version": version}}).to_string());
        let ended = place.run(&["check", "--json", "csaf.json"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let document = &ended.documents()[0];
        assert_eq!((&document["format"], &document["valid"]), (&json!(format), &json!(false)));
        let findings = document["findings"].as_array().unwrap();
        let misses = |word: &str| {
            findings
                .iter()
                .any(|one| one["message"].as_str().is_some_and(|text| text.contains(word)))
        };
        assert_eq!(misses("`$schema` is missing"), version == "2.1", "{findings:?}");
    }
}

#[test]
fn a_csaf_document_is_found_by_looking_and_carries_the_numbers_of_the_specification() {
    let place = Place::new();
    let at = "2024-03-01T10:00:00Z";
    let good = json!({"document": {
        "category": "csaf_base",
        "csaf_version": "2.0",
        "publisher": {"category": "vendor", "name": "Example", "namespace": "https://example.org"},
        "title": "T",
        "tracking": {
            "current_release_date": at,
            "id": "EX-1",
            "initial_release_date": at,
            "revision_history": [{"date": at, "number": "1", "summary": "First."}],
            "status": "final",
            "version": "1"
        }
    }});
    place.file("good.json", good.to_string());
    place.file("bad.json", good.to_string().replace(r#""version":"1""#, r#""version":"2""#));
    let ended = place.run(&["check", "--json", "good.json", "bad.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let documents = ended.documents();
    assert_eq!(
        (&documents[0]["format"], &documents[0]["valid"]),
        (&json!("csaf-2.0"), &json!(true))
    );
    assert_eq!(documents[0]["findings"][0]["severity"], "warning");
    let findings = documents[1]["findings"].as_array().unwrap();
    let error = findings.iter().find(|finding| finding["severity"] == "error").unwrap();
    assert_eq!(error["rule"], "csaf 6.1.16");
    assert_eq!(error["path"], "/document/tracking/version");
}

#[test]
fn playbooks_that_come_with_fermata_are_valid_and_broken_ones_are_not() {
    let place = Place::new();
    for name in ["contour", "minimal"] {
        let source = playbook::shipped_source(name).unwrap();
        place.file("book.yaml", source);
        let ended = place.run(&["check", "--json", "book.yaml"]);
        assert_eq!((ended.code, &ended.documents()[0]["format"]), (Some(0), &json!("playbook")));
        let broken = source.replacen("id:", "ID:", 1);
        assert_ne!(broken, source);
        place.file("book.yaml", broken);
        let ended = place.run(&["check", "--json", "book.yaml"]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        let finding = &ended.documents()[0]["findings"][0];
        assert!(finding["path"].as_str().unwrap().starts_with("line "), "{finding}");
    }
}

#[test]
fn an_osv_record_is_checked_and_findings_say_where_and_how_to_mend() {
    let place = Place::new();
    let good = json!({
        "id": "GO-2024-0001",
        "modified": "2024-01-01T00:00:00Z",
        "affected": [{
            "package": {"ecosystem": "Go", "name": "example.org/x"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]
        }]
    });
    place.file("good.json", good.to_string());
    place.file("bad.json", good.to_string().replace("1.2.0", "v1.2.0"));
    place.file("broken.json", "{");
    let ended = place.run(&["check", "--json", "good.json", "bad.json"]);
    assert_eq!(ended.code, Some(1));
    let documents = ended.documents();
    assert_eq!((&documents[0]["format"], &documents[0]["valid"]), (&json!("osv"), &json!(true)));
    let finding = &documents[1]["findings"][0];
    assert_eq!(finding["rule"], "osv semver");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["path"], "/affected/0/ranges/0/events/1");
    assert!(finding["hint"].as_str().unwrap().contains("without the v"));
    let ended = place.run(&["check", "--as", "osv", "broken.json"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("the document: error:"), "{}", ended.out);
    let warned = good.to_string().replace(
        "2024-01-01T00:00:00Z\"",
        "2024-01-01T00:00:00Z\",\"published\":\"2025-01-01T00:00:00Z\"",
    );
    place.file("warned.json", warned);
    let ended = place.run(&["check", "warned.json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert!(ended.out.contains("warning"), "{}", ended.out);
}

#[test]
fn a_body_for_github_is_found_by_looking() {
    let place = Place::new();
    let body = json!({
        "summary": "T", "description": "D", "severity": "high",
        "vulnerabilities": [{"package": {"ecosystem": "go"}, "vulnerable_version_range": "< 1"}]
    });
    place.file("body.json", body.to_string());
    let ended = place.run(&["check", "--json", "body.json"]);
    assert_eq!((ended.code, &ended.documents()[0]["format"]), (Some(0), &json!("ghsa")));
    place.file("body.json", body.to_string().replace("high", "grave"));
    let ended = place.run(&["check", "--json", "--as", "ghsa", "body.json"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.documents()[0]["findings"][0]["path"], "/severity");
}

#[test]
fn a_vex_document_is_found_by_looking() {
    let place = Place::new();
    place.file("vex.json", r#"{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}"#);
    let ended = place.run(&["check", "--json", "vex.json"]);
    assert_eq!((ended.code, &ended.documents()[0]["format"]), (Some(1), &json!("openvex")));
}

#[test]
fn a_bill_of_materials_is_found_by_looking() {
    let place = Place::new();
    let good = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "components": [{"type": "library", "name": "x", "licenses": [{"license": {"id": "MIT"}}]}]
    });
    place.file("good.json", good.to_string());
    place.file("bad.json", good.to_string().replace("MIT", "MIT-ish"));
    let ended = place.run(&["check", "--json", "good.json", "bad.json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let documents = ended.documents();
    let format = &documents[0]["format"];
    assert_eq!((format, &documents[0]["valid"]), (&json!("cyclonedx"), &json!(true)));
    let finding = &documents[1]["findings"][0];
    assert_eq!(finding["rule"], "cyclonedx schema");
    assert_eq!(finding["path"], "/components/0/licenses/0/license/id");
}

#[test]
fn a_cve_record_is_found_by_looking() {
    let place = Place::new();
    let container = json!({"providerMetadata": {"orgId": "8254265b-2729-46b6-b9e3-3dfca2d5bfca"}});
    place.file("bare.json", container.to_string());
    place.file("body.json", json!({"cnaContainer": container}).to_string());
    for (file, path) in [("bare.json", ""), ("body.json", "/cnaContainer")] {
        let ended = place.run(&["check", "--json", file]);
        assert_eq!(ended.code, Some(1));
        let document = &ended.documents()[0];
        assert_eq!(document["format"], "cve");
        assert_eq!(document["findings"][0]["path"], path);
        assert_eq!(document["findings"][0]["rule"], "cve schema");
    }
}
