//! What others publish, read.

use advisory::{
    Ecosystem, Exploitation, Format, Justification, LineStanding, Read, ReferenceKind, Stage,
    between,
};
use serde_json::{Value, json};

use crate::{published, sample, written};

fn read(vulnerabilities: &Value) -> Read {
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": {
            "supplier": {"name": "Acme"},
            "component": {"bom-ref": "main", "name": "acme", "version": "1.0.0", "type": "application"}
        },
        "components": [{
            "bom-ref": "outer", "type": "framework", "name": "outer", "components": [{
                "bom-ref": "inner", "type": "library", "group": "@scope", "name": "x",
                "version": "2.0.0", "purl": "pkg:npm/%40scope/x@2.0.0"
            }]
        }],
        "vulnerabilities": vulnerabilities
    });
    Format::CycloneDx.read(&document.to_string()).unwrap()
}

#[test]
fn components_are_found_by_their_places() {
    let affects = |places: Value| read(&json!([{"id": "CVE-2024-0001", "affects": places}]));
    let said = affects(json!([{"ref": "inner"}, {"ref": "main"}, {"ref": "nowhere"}]));
    let affected = &said.advisory.vulnerabilities[0].affected;
    let named: Vec<_> = affected.iter().map(|one| (one.ecosystem, one.name.as_str())).collect();
    assert_eq!(named, [(Ecosystem::Npm, "@scope/x"), (Ecosystem::Other, "acme")]);
    assert_eq!(said.said[0].stretch.single(), Some("2.0.0"));
    assert!(said.left.iter().any(|left| left.path == "/vulnerabilities/0/affects/2"));
    let link = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/%40scope/x@2.0.0";
    let linked = affects(json!([{"ref": link}, {"ref": "main"}]));
    assert!(between(&said, &linked).is_empty(), "a component of another document");
}

#[test]
fn versions_stand_as_the_analysis_and_their_status_say() {
    let versions = json!([
        {"version": "1.1.0"}, {"range": "vers:npm/>=1.2.0|<1.3.0", "status": "affected"},
        {"version": "1.3.0", "status": "unaffected"}, {"version": "1.4.0", "status": "unknown"}
    ]);
    for (analysis, standings) in [
        (Value::Null, ["Affected", "Affected", "NotAffected"].as_slice()),
        (json!({"state": "exploitable"}), &["Affected", "Affected", "NotAffected"]),
        (json!({"state": "resolved"}), &["Fixed", "Affected", "Fixed"]),
        (json!({"state": "false_positive"}), &["NotAffected", "NotAffected", "NotAffected"]),
        (json!({"state": "in_triage"}), &[]),
    ] {
        let entry = json!([{"id": "CVE-2024-0001", "analysis": analysis,
            "affects": [{"ref": "inner", "versions": versions}]}]);
        let said = read(&entry).said;
        let told: Vec<_> = said.iter().map(|one| format!("{:?}", one.standing)).collect();
        assert_eq!(told, standings, "{analysis}");
    }
}

#[test]
fn a_fix_is_out_where_it_is_resolved_and_planned_where_it_is_recommended() {
    let range = |text: &str| json!([{"ref": "inner", "versions": [{"range": text}]}]);
    let entries = json!([
        {"id": "GHSA-5ph6-qq5x-7jwc", "affects": range("vers:npm/<1.2.3"),
         "recommendation": "Upgrade to one of 1.2.3, 1.4.5, or later."},
        {"id": "GHSA-5ph6-qq5x-7jwc", "affects": range("vers:npm/>=1.4.0|<1.4.5")},
        {"id": "GHSA-5ph6-qq5x-7jwc", "analysis": {"state": "resolved"},
         "affects": [{"ref": "inner", "versions": [{"version": "1.2.3", "status": "unaffected"}]}]}
    ]);
    let read = read(&entries);
    assert_eq!(read.advisory.vulnerabilities.len(), 1, "entries of one id are gathered");
    assert_eq!(read.advisory.ghsa, Some("GHSA-5ph6-qq5x-7jwc".parse().unwrap()));
    let lines = &read.advisory.vulnerabilities[0].affected[0].lines;
    let fixes: Vec<_> = lines
        .iter()
        .map(|line| match &line.standing {
            LineStanding::Affected(versions) => (
                versions.planned_fixed.as_ref().map(ToString::to_string),
                versions.actual_fixed.as_ref().map(ToString::to_string),
            ),
            LineStanding::NotAffected { .. } => (None, None),
        })
        .collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(fixes, [(None, text("1.2.3")), (text("1.4.5"), None)]);
    let ranges = read.advisory.vulnerabilities[0].affected[0].ranges(Stage::Released);
    assert_eq!(ranges[0].1.in_symbols(), "< 1.2.3");
}

#[test]
fn reasons_are_read_in_words_else_by_their_own() {
    for (analysis, why, statement) in [
        (
            json!({"state": "not_affected", "justification": "code_not_present",
                "detail": "the component is not present: Built without it."}),
            Some(Justification::ComponentNotPresent),
            Some("Built without it."),
        ),
        (
            json!({"state": "not_affected", "justification": "protected_at_runtime", "detail": "So."}),
            Some(Justification::InlineMitigationsAlreadyExist),
            Some("So."),
        ),
        (json!({"state": "not_affected", "justification": "requires_configuration"}), None, None),
    ] {
        let said = read(&json!([{"id": "CVE-2024-0001", "analysis": analysis,
            "affects": [{"ref": "inner"}]}]))
        .said;
        assert_eq!((said[0].why, said[0].statement.as_deref()), (why, statement), "{analysis}");
    }
}

#[test]
fn whose_scores_they_are_is_known_by_the_supplier() {
    let rating = |source: &str, method: &str, vector: &str| json!({"source": {"name": source}, "method": method, "vector": vector});
    let read = read(&json!([{"id": "CVE-2024-0001", "cwes": [79, 0], "ratings": [
        rating("NVD", "CVSSv3", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        rating("Acme", "CVSSv31", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N"),
        rating("Acme", "OWASP", "SL:1/M:4/O:4/S:9/ED:3/EE:3/A:3/ID:3/LC:3/LI:3/LAV:3/LAC:3/FD:3"),
    ]}]));
    let one = &read.advisory.vulnerabilities[0];
    let own = one.vector.as_ref().unwrap().as_str();
    assert_eq!(own, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N");
    assert_eq!(one.scores[0].source.as_deref(), Some("NVD"));
    assert!(one.scores[0].vector.as_str().starts_with("CVSS:3.0/"));
    assert_eq!(one.cwes.len(), 1);
    let left: Vec<&str> = read.left.iter().map(|left| left.path.as_str()).collect();
    for path in ["/vulnerabilities/0/cwes/1", "/vulnerabilities/0/ratings/2"] {
        assert!(left.contains(&path), "{path} is not in {left:?}");
    }
}

#[test]
fn words_about_versions_are_read_or_listed() {
    let said = |state: &str, detail: &str| {
        read(&json!([{"id": "CVE-2024-0001", "affects": [{"ref": "inner"}],
            "analysis": {"state": state, "detail": detail, "response": ["update"]}}]))
    };
    let listed =
        |read: &Read| read.left.iter().filter(|left| left.path.ends_with("/detail")).count();
    let known = said("exploitable", "It is being exploited.");
    let exploitation = known.advisory.vulnerabilities[0].exploitation;
    assert_eq!((exploitation, listed(&known)), (Some(Exploitation::Active), 0));
    for (state, count) in
        [("exploitable", 1), ("resolved", 1), ("in_triage", 1), ("not_affected", 0)]
    {
        assert_eq!(listed(&said(state, "In other words.")), count, "{state}");
    }
    assert!(known.left.iter().any(|left| left.path == "/vulnerabilities/0/analysis/response"));
}

#[test]
fn what_only_a_second_vulnerability_says_is_listed() {
    let entry = |id: &str, text: &str, who: &str| json!({"id": id, "description": text, "credits": {"individuals": [{"name": who}]}});
    let read = read(&json!([
        entry("CVE-2024-0001", "One.", "Jo"),
        entry("CVE-2024-0002", "One.", "Jo"),
        entry("CVE-2024-0003", "Another.", "Al")
    ]));
    let left: Vec<&str> = read.left.iter().map(|left| left.path.as_str()).collect();
    assert_eq!(
        left,
        [
            "/metadata",
            "/specVersion",
            "/vulnerabilities/2/description",
            "/vulnerabilities/2/credits"
        ]
    );
    assert_eq!(read.advisory.summary.as_deref(), Some("One."));
    assert_eq!(read.advisory.credits.len(), 1);
}

#[test]
fn the_official_example_is_read() {
    let documents =
        published::documents("cyclonedx", |name| name == "valid-vulnerability-1.7.json");
    for (_, text) in documents {
        let read = Format::CycloneDx.read(&text).unwrap();
        assert!(read.withdrawn, "it is rejected");
        let one = &read.advisory.vulnerabilities[0];
        assert_eq!(one.cve, Some("CVE-2018-7489".parse().unwrap()));
        assert_eq!(one.cwes.len(), 2);
        assert_eq!(one.scores.len() + usize::from(one.vector.is_some()), 1);
        assert!(read.advisory.summary.unwrap().starts_with("FasterXML jackson-databind"));
        assert_eq!(read.advisory.credits.len(), 3);
        let kinds = read.advisory.references.iter().map(|reference| reference.kind);
        assert_eq!(kinds.collect::<Vec<_>>(), [ReferenceKind::Advisory; 2]);
    }
}

#[test]
fn csaf_and_cyclonedx_say_the_same_of_one_advisory() {
    let mut full = sample::full();
    full.vulnerabilities[0].exploitation = Some(Exploitation::Active);
    let of = |format: Format| format.read(&written::write(format, &full, Stage::Planned).unwrap());
    let told = between(&of(Format::Csaf).unwrap(), &of(Format::CycloneDx).unwrap());
    assert!(told.is_empty(), "{}", serde_json::to_string(&told).unwrap());
}
