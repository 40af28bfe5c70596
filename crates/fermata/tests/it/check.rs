//! `fermata check`

use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Place, finish};

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

/// A document with an address that nobody should see, and two words that no dictionary has.
fn with_an_address(place: &Place) {
    let document = json!({"document": {
        "csaf_version": "2.0",
        "lang": "en-US",
        "publisher": {"namespace": "https://example.invalid/secret-fix"},
        "title": "Secruity of the Contourish"
    }});
    place.file("csaf.json", document.to_string());
}

fn of_rule<'d>(document: &'d Value, list: &str, rule: &str) -> Vec<&'d Value> {
    let all = document[list].as_array().into_iter().flatten();
    all.filter(|one| one["rule"] == rule).collect()
}

#[test]
fn addresses_are_judged_by_answers_in_a_file_and_otherwise_not() {
    let place = Place::new();
    with_an_address(&place);
    let (rule, url) = ("csaf 6.3.6", "https://example.invalid/secret-fix");
    let found = |arguments: &[&str]| place.run(arguments).documents().remove(0);
    let alone = found(&["check", "--json", "csaf.json"]);
    assert!(of_rule(&alone, "findings", rule).is_empty());
    assert_eq!(of_rule(&alone, "not_judged", rule)[0]["path"], "");
    for (line, finds, left) in [
        ("000", 1, 0),
        ("404", 1, 0),
        ("302", 0, 0),
        ("200 https://example.org\n404", 1, 0),
        ("#", 0, 1),
    ] {
        place.file("answers.txt", format!("{line} {url}\n"));
        let document = found(&["check", "--json", "--answers", "answers.txt", "csaf.json"]);
        assert_eq!(of_rule(&document, "findings", rule).len(), finds, "{line}: {document}");
        let not_judged = of_rule(&document, "not_judged", rule);
        assert_eq!(not_judged.len(), left, "{line}: {document}");
        assert!(not_judged.iter().all(|one| one["message"].as_str().unwrap().contains(url)));
    }
    let talk = place.run(&["check", "--answers", "answers.txt", "csaf.json"]).out;
    assert!(talk.contains("/document/publisher/namespace: not judged: "), "{talk}");
    place.file("answers.txt", format!("{url}\n"));
    let ended = place.run(&["check", "--answers", "answers.txt", "csaf.json"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("answers.txt: line 1"), "{}", ended.err);
}

#[test]
fn words_are_asked_of_hunspell_alone_and_names_can_be_told() {
    let place = Place::new();
    with_an_address(&place);
    let rule = "csaf 6.3.8";
    let check = ["check", "--json", "--spelling", "csaf.json"];
    let without = finish(place.program().env("PATH", "/nowhere").args(check), b"");
    assert_eq!((without.code, without.out.as_str()), (Some(2), ""));
    assert!(without.err.contains("hunspell"), "{}", without.err);
    let listed = std::process::Command::new("hunspell").arg("-D").stdin(Stdio::null()).output();
    if listed.is_err() {
        println!("skipped: hunspell is not on this machine");
        return;
    }
    let document = place.run(&check).documents().remove(0);
    let found = of_rule(&document, "findings", rule);
    if found[0]["path"] == "/document/lang" {
        println!("skipped: hunspell's en_US is not on this machine");
        return;
    }
    assert_eq!((found.len(), &found[0]["path"]), (1, &json!("/document/title")));
    assert!(found[0]["message"].as_str().unwrap().ends_with(": Secruity, Contourish"));
    place.file("names", "Contourish\n");
    let named =
        finish(place.program().env("WORDLIST", place.path().join("names")).args(check), b"");
    let document = named.documents().remove(0);
    let found = of_rule(&document, "findings", rule);
    assert!(found[0]["message"].as_str().unwrap().ends_with(": Secruity"), "{document}");
    place.file("csaf.json", r#"{"document": {"csaf_version": "2.0", "lang": "tlh"}}"#);
    let document = place.run(&check).documents().remove(0);
    assert_eq!(of_rule(&document, "findings", rule)[0]["path"], "/document/lang");
}
