//! Advisories of every kind, written in every format: what is written passes our checks and the
//! official schema, and holds nothing that its reader may not see.

use advisory::check::{Report, Weight};
use advisory::csaf::{self, CsafError, Publisher, Revision, Status, Tracking};
use advisory::cve::{self, CveError, Provider};
use advisory::openvex::{self, Author, OpenVexError};
use advisory::osv::{self, Publication};
use advisory::{
    Advisory, Affected, AffectedVersions, Audience, Consent, Credit, CreditType, Ecosystem,
    Exploitation, Justification, Line, LineStanding, Moment, Naming, Package, Reader, Reference,
    ReferenceKind, Score, Stage, Vulnerability, Withhold, ghsa,
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::published;

/// Stands in every text that the public may not read.
const SECRET: &str = "kept-inside";

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -~]{1,40}",
        2 => "\\PC{1,40}",
        1 => prop::sample::select(vec!["\u{202e}x", " \t\n", "a\"b\\c", "\u{0}", "<script>", "```"])
            .prop_map(ToOwned::to_owned),
    ]
}

fn line(number: u32) -> impl Strategy<Value = Line> {
    let patch = || prop::option::of(0..5_u32);
    (patch(), patch(), patch(), patch(), any::<bool>(), prop::option::of(text())).prop_map(
        move |(introduced, planned, actual, last, spared, statement)| {
            let version = |patch: Option<u32>, base: u32| {
                patch.map(|patch| format!("1.{number}.{}", base + patch).parse().unwrap())
            };
            let standing = if spared {
                LineStanding::NotAffected {
                    justification: Justification::VulnerableCodeNotPresent,
                    statement,
                }
            } else {
                LineStanding::Affected(AffectedVersions {
                    introduced: version(introduced, 0),
                    planned_fixed: version(planned, 10),
                    actual_fixed: version(actual, 10),
                    last_affected: version(last, 5),
                })
            };
            Line { line: format!("1.{number}"), standing }
        },
    )
}

fn affected() -> impl Strategy<Value = Affected> {
    let ecosystems = vec![Ecosystem::Go, Ecosystem::Npm, Ecosystem::Pip, Ecosystem::Maven];
    let lines = (line(1), line(2), line(4)).prop_map(|(a, b, c)| vec![a, b, c]);
    (prop::sample::select(ecosystems), "[a-z@][a-zA-Z0-9_/:.-]{0,20}[a-z]", lines)
        .prop_map(|(ecosystem, name, lines)| Affected { ecosystem, name, lines })
}

fn credit() -> impl Strategy<Value = Credit> {
    let consents = vec![Consent::Given, Consent::ByDefault, Consent::Asked, Consent::Refused];
    let naming = prop_oneof![Just(None), (text(), prop::option::of("[a-z]{1,8}")).prop_map(Some),];
    (prop::sample::select(consents), naming).prop_map(|(consent, naming)| {
        let shown = matches!(consent, Consent::Given | Consent::ByDefault);
        let naming = naming.map_or(Naming::Anonymous, |(name, github)| Naming::Named {
            name: if shown { name } else { SECRET.to_owned() },
            company: None,
            github,
        });
        Credit { role: CreditType::RemediationDeveloper, naming, consent }
    })
}

fn reference() -> impl Strategy<Value = Reference> {
    let kinds = vec![ReferenceKind::Fix, ReferenceKind::Web, ReferenceKind::Article];
    (prop::sample::select(kinds), "[a-z]{0,6}", any::<bool>()).prop_map(|(kind, path, private)| {
        let folder = if private { SECRET } else { "open" };
        Reference { kind, url: format!("https://example.org/{folder}/{path}"), private }
    })
}

fn vulnerability() -> impl Strategy<Value = Vulnerability> {
    const VECTORS: [&str; 3] = [
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N/E:P",
        "CVSS:3.0/AV:A/AC:H/PR:L/UI:R/S:C/C:L/I:L/A:L",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/U:Red",
    ];
    let vector = || prop::sample::select(VECTORS.to_vec()).prop_map(|text| text.parse().unwrap());
    let score = (vector(), prop::option::of(Just("NVD".to_owned())))
        .prop_map(|(vector, source)| Score { vector, source });
    (
        prop::option::of(vector()),
        prop::collection::vec(score, 0..3),
        prop::collection::vec(affected(), 1..3),
        prop::collection::vec(
            (1..1400_u32).prop_map(|n| format!("CWE-{n}").parse().unwrap()),
            0..3,
        ),
        any::<bool>(),
    )
        .prop_map(|(vector, scores, affected, cwes, exploited)| Vulnerability {
            cve: Some("CVE-2021-32783".parse().unwrap()),
            cwes,
            vector,
            rating: None,
            affected,
            scores,
            exploitation: exploited.then_some(Exploitation::Active),
            ssvc: None,
        })
}

fn advisory() -> impl Strategy<Value = Advisory> {
    let widest = vec![Audience::Team, Audience::Distributors, Audience::Public];
    let moment = (text(), prop::sample::select(widest)).prop_map(|(what, widest)| Moment {
        at: Timestamp::UNIX_EPOCH,
        what: if widest == Audience::Public { what } else { SECRET.to_owned() },
        widest,
    });
    let texts = prop::array::uniform5(prop::option::of(text()));
    (
        texts,
        vulnerability(),
        prop::collection::vec(credit(), 0..4),
        prop::collection::vec(reference(), 0..4),
        prop::collection::vec(moment, 0..3),
        prop::collection::vec("GO-202[0-9]-000[1-3]", 0..3),
    )
        .prop_map(
            |(
                [title, summary, impact, attack_vectors, workarounds],
                vulnerability,
                credits,
                references,
                timeline,
                aliases,
            )| {
                let packages = vulnerability.affected.iter().map(|package| Package {
                    ecosystem: package.ecosystem,
                    name: package.name.clone(),
                    repository: Some("https://github.com/example/x".to_owned()),
                    purl: None,
                });
                Advisory {
                    title,
                    working_title: Some(SECRET.to_owned()),
                    summary,
                    details: Some("What is wrong.".to_owned()),
                    impact,
                    attack_vectors,
                    workarounds,
                    packages: packages.collect(),
                    vulnerabilities: vec![vulnerability],
                    credits,
                    references,
                    ghsa: Some("GHSA-5ph6-qq5x-7jwc".parse().unwrap()),
                    aliases,
                    timeline,
                    ..Advisory::default()
                }
            },
        )
}

fn sound(report: &Report, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let error = report.findings.iter().find(|finding| finding.severity == Weight::Error);
    assert!(error.is_none(), "{error:?}\n{text}");
    assert!(!text.contains(SECRET), "{text}");
}

fn checked(check: impl Fn(&str) -> Report, bytes: &[u8]) {
    sound(&check(std::str::from_utf8(bytes).unwrap()), bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn what_is_written_is_sound(
        advisory in advisory(),
        stage in prop::sample::select(vec![Stage::Planned, Stage::Released]),
    ) {
        let at = Timestamp::UNIX_EPOCH;
        let shown = advisory.for_audience(&Reader::public(at));
        let body = ghsa::update(&advisory, Withhold::default(), stage);
        if advisory.title.as_deref().is_some_and(|title| !title.trim().is_empty()) {
            checked(|text| ghsa::check(text, None), body.unwrap().as_bytes());
        }
        let publication = Publication {
            id: "GHSA-5ph6-qq5x-7jwc".to_owned(), published: Some(at), modified: at, withdrawn: None, stage,
        };
        let record = osv::write(&shown, &publication).unwrap();
        checked(osv::check, &record);
        let provider = Provider {
            org_id: "8254265b-2729-46b6-b9e3-3dfca2d5bfca".to_owned(),
            short_name: None,
            vendor: "v".to_owned(),
            product: "p".to_owned(),
            stage,
            date_public: Some(at),
        };
        match cve::write(&shown, 0, &provider) {
            Ok(container) => checked(cve::check, &container),
            Err(CveError::NoReference | CveError::NothingAffected) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
        let publisher = Publisher {
            name: "v".to_owned(),
            namespace: "https://example.org".to_owned(),
            contact: None,
            folder: "https://example.org/csaf".to_owned(),
            weaknesses: [("CWE-79".parse().unwrap(), "XSS".to_owned())].into(),
        };
        let tracking = Tracking {
            id: "A-1".to_owned(),
            status: Status::Final,
            revisions: vec![Revision { at, summary: "First.".to_owned() }],
            stage,
        };
        match csaf::write(&shown, &publisher, &tracking) {
            Ok(document) => checked(csaf::check, &document),
            Err(CsafError::NoTitle | CsafError::NothingAffected) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
        let author = Author {
            id: "https://example.org/vex".to_owned(), author: "A".to_owned(), timestamp: at, version: 1, stage,
        };
        match openvex::write(&shown, &author) {
            Ok(document) => checked(openvex::check, &document),
            Err(OpenVexError::NoStatement) => {}
            Err(error) => prop_assert!(false, "{}", error),
        }
    }

    #[test]
    fn the_official_schema_takes_every_record_that_is_written(advisory in advisory()) {
        let Some(judge) = published::judge("osv/schema.json") else { return Ok(()) };
        let at = Timestamp::UNIX_EPOCH;
        let publication = Publication {
            id: "OSV-1".to_owned(), published: None, modified: at, withdrawn: Some(at), stage: Stage::Planned,
        };
        let record = osv::write(&advisory.for_audience(&Reader::public(at)), &publication).unwrap();
        let record = serde_json::from_slice(&record).unwrap();
        let errors: Vec<_> = judge.iter_errors(&record).map(|e| e.to_string()).collect();
        prop_assert!(errors.is_empty(), "{:?}", errors);
    }
}
