//! Documents that are written from an advisory.

use advisory::csaf::{self, CsafError, CsafVersion, Publisher, Revision, Status, Tracking};
use advisory::{Advisory, Audience, LineStanding, Reader, Stage};
use serde_json::{Value, json};

use super::official;
use crate::sample;

const AT: &str = "2021-07-22T15:00:00Z";

fn publisher() -> Publisher {
    Publisher {
        name: "Project Contour".to_owned(),
        namespace: "https://projectcontour.io".to_owned(),
        contact: Some("security@projectcontour.io".to_owned()),
        folder: "https://projectcontour.io/csaf/white/2021".to_owned(),
    }
}

fn tracking() -> Tracking {
    let revision =
        |at: &str, summary: &str| Revision { at: at.parse().unwrap(), summary: summary.to_owned() };
    Tracking {
        id: "Contour/2021#1".to_owned(),
        status: Status::Final,
        revisions: vec![
            revision(AT, "First edition."),
            revision("2021-07-23T15:00:00Z", "Links added."),
        ],
        stage: Stage::Planned,
        withdrawn: false,
    }
}

fn written(
    change: impl FnOnce(&mut Advisory, &mut Publisher, &mut Tracking),
) -> Result<Value, CsafError> {
    let (mut advisory, mut publisher, mut tracking) = (sample::full(), publisher(), tracking());
    let package = advisory.vulnerabilities.first_mut().unwrap().affected.first_mut().unwrap();
    if let LineStanding::Affected(versions) = &mut package.lines.first_mut().unwrap().standing {
        versions.actual_fixed = versions.planned_fixed.clone();
    }
    change(&mut advisory, &mut publisher, &mut tracking);
    let shown = advisory.for_audience(&Reader::public(AT.parse().unwrap()));
    let bytes = csaf::write(&shown, &publisher, &tracking)?;
    assert_eq!(bytes, csaf::write(&shown, &publisher, &tracking).unwrap(), "the same each time");
    Ok(serde_json::from_slice(&bytes).unwrap())
}

#[test]
fn what_is_written_keeps_every_rule_and_says_each_line() {
    let document = written(|_, _, _| {}).unwrap();
    let findings = csaf::check(&document.to_string()).findings;
    let mut rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
    rules.dedup();
    // That ranges leave versions open.
    assert_eq!(rules, ["csaf 6.3.9", "csaf 6.3.10"], "{findings:?}");
    if let Some(judge) = official::judge() {
        let errors: Vec<_> = judge.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let head = &document["document"];
    assert_eq!(
        head["references"][0]["url"],
        "https://projectcontour.io/csaf/white/2021/contour_2021_1.json"
    );
    assert_eq!(head["distribution"]["tlp"]["label"], "WHITE");
    assert_eq!(head["tracking"]["version"], "2");
    assert_eq!(
        head["tracking"]["aliases"],
        json!(["CVE-2021-32783", "GHSA-5ph6-qq5x-7jwc", "GO-2022-0001"])
    );
    assert_eq!(head["aggregate_severity"]["text"], "grave");
    let named: Vec<_> = document["product_tree"]["branches"][0]["branches"][0]["branches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| (b["product"]["product_id"].as_str().unwrap(), b["name"].as_str().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("CSAFPID-0001", "vers:golang/<1.14.2"),
            ("CSAFPID-0002", "vers:golang/>=1.16.0|<1.16.1"),
            ("CSAFPID-0003", "vers:golang/>=1.17.0|<1.17.1"),
            ("CSAFPID-0004", "1.14.2"),
            ("CSAFPID-0005", "vers:golang/>=1.13.0|<1.14.0"),
        ]
    );
    let vulnerability = &document["vulnerabilities"][0];
    assert_eq!(
        vulnerability["product_status"],
        json!({
            "fixed": ["CSAFPID-0004"],
            "known_affected": ["CSAFPID-0001", "CSAFPID-0002", "CSAFPID-0003"],
            "known_not_affected": ["CSAFPID-0005"]
        })
    );
    assert_eq!(
        vulnerability["cwe"],
        json!({"id": "CWE-441", "name": "Unintended Proxy or Intermediary ('Confused Deputy')"})
    );
    assert_eq!(vulnerability["remediations"][1]["details"], "Upgrade to 1.16.1 or later.");
    assert_eq!(vulnerability["scores"][0]["cvss_v3"]["baseScore"], 9.1);
    assert_eq!(vulnerability["flags"][0]["label"], "vulnerable_code_not_present");
    let text = document.to_string();
    for private in ["amber heron", "Shy Finder", "-ghsa-", "The fix was tried", "NVD"] {
        assert!(!text.contains(private), "{private}");
    }
}

#[test]
fn what_csaf_2_0_has_no_member_for_stands_in_notes() {
    let document = written(|advisory, _, _| {
        let weaknesses = ["CWE-999999", "CWE-16", "CWE-20", "CWE-770"];
        advisory.vulnerabilities[0].cwes =
            weaknesses.iter().map(|id| id.parse().unwrap()).collect();
        advisory.vulnerabilities[0].scores[0].source = None;
    })
    .unwrap();
    let vulnerability = &document["vulnerabilities"][0];
    assert_eq!(vulnerability["cwe"]["name"], "Improper Input Validation");
    let notes: Vec<_> = vulnerability["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| (note["title"].as_str().unwrap(), note["text"].as_str().unwrap()))
        .collect();
    assert_eq!(notes[0], ("Description", "The listener forwards what it should not."));
    assert_eq!(notes[1], ("Weaknesses", "CWE-999999, CWE-16, CWE-770"));
    assert_eq!(notes[2].0, "CVSS");
    assert!(notes[2].1.starts_with("CVSS:4.0/AV:N"), "{notes:?}");
    assert_eq!(notes[3], ("SSVC", "out-of-cycle (ssvc:DT_SD:1.0.0)"));
}

#[test]
fn two_vulnerabilities_share_the_products_that_they_share() {
    let document = written(|advisory, _, _| {
        let mut second = advisory.vulnerabilities[0].clone();
        second.cve = Some("CVE-2021-32784".parse().unwrap());
        second.affected[0].lines.truncate(2);
        advisory.vulnerabilities.push(second);
    })
    .unwrap();
    let second = &document["vulnerabilities"][1];
    let affected = &second["product_status"]["known_affected"];
    assert_eq!(affected, &json!(["CSAFPID-0001", "CSAFPID-0002"]));
    assert_eq!(second.get("ids"), None, "the advisory's id names neither of two");
}

#[test]
fn the_label_follows_the_audience() {
    for (audience, label) in
        [(Audience::Team, "RED"), (Audience::Distributors, "AMBER"), (Audience::Public, "WHITE")]
    {
        let reader = Reader { audience, ..Reader::public(AT.parse().unwrap()) };
        let shown = sample::full().for_audience(&reader);
        let bytes = csaf::write(&shown, &publisher(), &tracking()).unwrap();
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(document["document"]["distribution"]["tlp"]["label"], label);
    }
}

type Change = fn(&mut Advisory, &mut Publisher, &mut Tracking);

#[test]
fn what_csaf_cannot_hold_is_refused() {
    let cases: [(Change, CsafError); 4] = [
        (|a, _, _| a.title = Some(" ".to_owned()), CsafError::NoTitle),
        (|a, _, _| a.vulnerabilities.clear(), CsafError::NoVulnerability),
        (|a, _, _| a.vulnerabilities[0].affected.clear(), CsafError::NothingAffected),
        (
            |a, _, _| (a.summary, a.details, a.impact, a.attack_vectors) = (None, None, None, None),
            CsafError::NoDescription,
        ),
    ];
    for (change, error) in cases {
        assert_eq!(written(change).unwrap_err(), error);
    }
    let refused: [(Change, &str, &str); 4] = [
        (|_, _, t| t.revisions.clear(), "csaf schema", "/document/tracking"),
        (
            |_, _, t| t.revisions.swap(0, 1),
            "csaf 6.1.14",
            "/document/tracking/revision_history/0/number",
        ),
        (
            |_, p, _| p.namespace = "contour".to_owned(),
            "csaf schema",
            "/document/publisher/namespace",
        ),
        (
            |a, _, _| a.references[0].url = "x y".to_owned(),
            "csaf schema",
            "/document/references/1/url",
        ),
    ];
    for (change, rule, place) in refused {
        let error = written(change).unwrap_err();
        let CsafError::Refused { rule: broken, path, .. } = &error else { panic!("{error}") };
        assert_eq!((*broken, path.as_str()), (rule, place), "{error}");
    }
}

#[test]
fn what_was_taken_back_says_so_and_no_more_in_2_1() {
    let withdrawn = |version, change: fn(&mut Tracking)| {
        let mut tracking = Tracking { withdrawn: true, ..tracking() };
        change(&mut tracking);
        let shown = sample::full().for_audience(&Reader::public(AT.parse().unwrap()));
        csaf::write_as(version, &shown, &publisher(), &tracking)
    };
    let text = withdrawn(CsafVersion::V2_1, |_| {}).unwrap();
    let text = String::from_utf8(text).unwrap();
    let findings = csaf::check(&text).findings;
    let rules: Vec<_> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["csaf 6.2.43"], "only the licence: {findings:?}");
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["document"]["category"], "csaf_withdrawn");
    assert_eq!(document["document"]["notes"][0]["title"], "Reasoning for Withdrawal");
    assert_eq!(document["document"]["notes"].as_array().unwrap().len(), 1);
    assert_eq!((document.get("product_tree"), document.get("vulnerabilities")), (None, None));
    assert!(!text.contains("listener"), "nothing of what it said is left: {text}");
    let read = csaf::read(&text).unwrap();
    assert!(read.withdrawn && read.advisory.details.is_none());
    let older = withdrawn(CsafVersion::V2_0, |_| {}).unwrap();
    let older: Value = serde_json::from_slice(&older).unwrap();
    assert_eq!(older["document"]["category"], "csaf_security_advisory", "2.0 has no such profile");
    let never_published = withdrawn(CsafVersion::V2_1, |tracking| tracking.revisions.truncate(1));
    assert!(matches!(never_published, Err(CsafError::Refused { rule: "csaf 6.1.27.16", .. })));
}
