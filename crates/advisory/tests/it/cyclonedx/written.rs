//! What is written from an advisory, and what cannot be.

use advisory::cyclonedx::{self, CycloneDxError, Edition};
use advisory::{
    Advisory, Affected, Ecosystem, Justification, Line, LineStanding, Reader, ReferenceKind, Stage,
};
use serde_json::{Value, json};

use crate::sample;

pub(super) fn edition(stage: Stage) -> Edition {
    Edition {
        id: "GHSA-5ph6-qq5x-7jwc".to_owned(),
        author: "Project Contour".to_owned(),
        url: Some("https://projectcontour.io/advisories/1".to_owned()),
        version: 1,
        timestamp: "2021-07-22T15:00:00Z".parse().unwrap(),
        created: None,
        published: Some("2021-07-22T15:00:00Z".parse().unwrap()),
        stage,
    }
}

pub(super) fn written(change: impl FnOnce(&mut Advisory)) -> Result<Value, CycloneDxError> {
    let mut advisory = sample::full();
    release_the_first(&mut advisory);
    change(&mut advisory);
    let shown = advisory.for_audience(&Reader::public("2021-07-22T15:00:00Z".parse().unwrap()));
    let edition = edition(Stage::Planned);
    let bytes = cyclonedx::write(&shown, &edition)?;
    assert_eq!(bytes, cyclonedx::write(&shown, &edition).unwrap(), "the same each time");
    Ok(serde_json::from_slice(&bytes).unwrap())
}

fn release_the_first(advisory: &mut Advisory) {
    let package = advisory.vulnerabilities.first_mut().unwrap().affected.first_mut().unwrap();
    if let LineStanding::Affected(versions) = &mut package.lines.first_mut().unwrap().standing {
        versions.actual_fixed = versions.planned_fixed.clone();
    }
}

#[test]
fn what_is_written_is_valid_and_says_each_line() {
    let document = written(|_| {}).unwrap();
    assert_eq!(cyclonedx::check(&document.to_string()).findings, []);
    let package = "pkg:golang/github.com/projectcontour/contour";
    assert_eq!(document["components"][0]["bom-ref"], package);
    let said: Vec<_> = document["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["analysis"]["state"].as_str().unwrap(), one["affects"].clone()))
        .collect();
    let affects = |versions: Value| json!([{ "ref": package, "versions": versions }]);
    assert_eq!(
        said,
        [
            (
                "exploitable",
                affects(json!([
                    { "range": "vers:golang/<1.14.2", "status": "affected" },
                    { "range": "vers:golang/>=1.16.0|<1.16.1", "status": "affected" },
                    { "range": "vers:golang/>=1.17.0|<1.17.1", "status": "affected" },
                ]))
            ),
            ("resolved", affects(json!([{ "version": "1.14.2", "status": "unaffected" }]))),
            (
                "not_affected",
                affects(json!([{
                    "range": "vers:golang/>=1.13.0|<1.14.0", "status": "unaffected"
                }]))
            ),
        ]
    );
    let first = &document["vulnerabilities"][0];
    assert_eq!(first["id"], "CVE-2021-32783");
    assert_eq!(first["cwes"], json!([441]));
    assert_eq!(first["analysis"]["response"], json!(["update", "workaround_available"]));
    let ratings: Vec<_> = first["ratings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["method"].as_str().unwrap(), &one["source"]["name"], &one["score"]))
        .collect();
    assert_eq!(
        ratings,
        [
            ("CVSSv31", &json!("Project Contour"), &json!(9.1)),
            ("CVSSv4", &json!("NVD"), &json!(7.2)),
            ("other", &json!("Project Contour"), &Value::Null),
            ("SSVC", &json!("Project Contour"), &Value::Null),
        ]
    );
    let names = json!([{ "name": "Jo Finder" }, { "name": "anonymous" }]);
    assert_eq!(first["credits"]["individuals"], names);
    assert!(!document.to_string().contains("amber heron"));
}

#[test]
fn the_serial_number_follows_from_the_tracking_id() {
    let number = cyclonedx::serial_number("GHSA-5ph6-qq5x-7jwc");
    assert_eq!(number, cyclonedx::serial_number("GHSA-5ph6-qq5x-7jwc"));
    assert_ne!(number, cyclonedx::serial_number("GHSA-5ph6-qq5x-7jwd"));
    let (version, variant) = (number.as_bytes()[23], number.as_bytes()[28]);
    assert!(version == b'8' && b"89ab".contains(&variant), "{number}");
}

#[test]
fn each_justification_has_its_place_or_its_words() {
    for (justification, word) in [
        (Justification::ComponentNotPresent, Some("code_not_present")),
        (Justification::VulnerableCodeNotPresent, Some("code_not_present")),
        (Justification::VulnerableCodeNotInExecutePath, Some("code_not_reachable")),
        (Justification::VulnerableCodeCannotBeControlledByAdversary, None),
        (Justification::InlineMitigationsAlreadyExist, Some("protected_by_mitigating_control")),
    ] {
        let document = written(|advisory| {
            let statement = Some("Looked at by hand.".to_owned());
            let standing = LineStanding::NotAffected { justification, statement };
            let line = Line { line: "1.12".to_owned(), standing };
            let lines = vec![line];
            advisory.vulnerabilities[0].affected = vec![sample::package(lines)];
        })
        .unwrap();
        assert_eq!(cyclonedx::check(&document.to_string()).findings, []);
        let analysis = &document["vulnerabilities"][0]["analysis"];
        assert_eq!(analysis["justification"].as_str(), word);
        let words = format!("{}: Looked at by hand.", justification.in_words());
        assert_eq!(analysis["detail"], words);
    }
}

#[test]
fn a_package_without_a_url_is_named_by_its_ecosystem() {
    let document = written(|advisory| {
        let lines = vec![sample::line("2", None, Some("2.0.1"))];
        let name = "appliance".to_owned();
        let affected = Affected { ecosystem: Ecosystem::Other, name, lines };
        advisory.vulnerabilities[0].affected.push(affected);
    })
    .unwrap();
    assert_eq!(document["components"][0]["bom-ref"], "other:appliance");
    assert_eq!(document["components"][0].get("purl"), None);
}

#[test]
fn what_cyclonedx_cannot_hold_is_refused() {
    assert_eq!(written(|a| a.vulnerabilities.clear()), Err(CycloneDxError::NoStatement));
    assert_eq!(
        written(|a| a.vulnerabilities[0].affected.clear()),
        Err(CycloneDxError::NoStatement)
    );
    let nameless = written(|a| {
        a.vulnerabilities[0].cve = None;
        a.ghsa = None;
        a.aliases.clear();
    });
    assert_eq!(nameless, Err(CycloneDxError::NoName));
    let broken = written(|a| {
        a.references[0].kind = ReferenceKind::Fix;
        a.references[0].url = "not an address".to_owned();
    });
    assert!(matches!(broken, Err(CycloneDxError::Refused { path, .. }) if path.ends_with("/url")));
}
