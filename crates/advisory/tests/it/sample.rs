//! An advisory to test with, in the shape of Contour's of 2021.

use advisory::{
    Advisory, Affected, AffectedVersions, Audience, Consent, Credit, CreditType, Ecosystem,
    Exploitation, FirstExploitation, Justification, Line, LineStanding, Moment, Naming, Package,
    Reference, ReferenceKind, Score, SsvcDecision, SsvcPoint, Vulnerability,
};

pub(crate) fn line(name: &str, introduced: Option<&str>, fixed: Option<&str>) -> Line {
    Line {
        line: name.to_owned(),
        standing: LineStanding::Affected(AffectedVersions {
            introduced: introduced.map(|version| version.parse().unwrap()),
            planned_fixed: fixed.map(|version| version.parse().unwrap()),
            ..AffectedVersions::default()
        }),
    }
}

pub(crate) fn package(lines: Vec<Line>) -> Affected {
    Affected {
        ecosystem: Ecosystem::Go,
        name: "github.com/projectcontour/contour".to_owned(),
        lines,
    }
}

pub(crate) fn credit(name: &str, github: Option<&str>, consent: Consent) -> Credit {
    Credit {
        role: CreditType::Reporter,
        naming: Naming::Named {
            name: name.to_owned(),
            company: None,
            github: github.map(ToOwned::to_owned),
        },
        consent,
    }
}

pub(crate) fn advisory() -> Advisory {
    Advisory {
        title: Some("ExternalName Services can reach the admin interface".to_owned()),
        working_title: Some("amber heron".to_owned()),
        summary: Some("A crafted Service exposes the admin interface.".to_owned()),
        details: Some("The listener forwards what it should not.".to_owned()),
        impact: Some("Envoy can be shut down.".to_owned()),
        attack_vectors: Some("Whoever may create Services.".to_owned()),
        workarounds: None,
        vulnerabilities: vec![Vulnerability {
            cve: Some("CVE-2021-32783".parse().unwrap()),
            cwes: vec!["CWE-441".parse().unwrap()],
            vector: Some("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:H".parse().unwrap()),
            rating: None,
            affected: vec![package(vec![
                line("1.14", None, Some("1.14.2")),
                line("1.16", None, Some("1.16.1")),
                line("1.17", Some("1.17.0"), Some("1.17.1")),
                Line {
                    line: "1.13".to_owned(),
                    standing: LineStanding::NotAffected {
                        justification: Justification::VulnerableCodeNotPresent,
                        statement: None,
                    },
                },
            ])],
            ..Vulnerability::default()
        }],
        credits: vec![
            credit("Jo Finder", Some("jofinder"), Consent::Given),
            credit("Shy Finder", Some("shyfinder"), Consent::Asked),
            Credit {
                role: CreditType::Finder,
                naming: Naming::Anonymous,
                consent: Consent::ByDefault,
            },
        ],
        references: vec![
            Reference {
                kind: ReferenceKind::Web,
                url: "https://projectcontour.io/guides".to_owned(),
                private: false,
            },
            Reference {
                kind: ReferenceKind::Fix,
                url: "https://github.com/projectcontour/contour-ghsa-5ph6-qq5x-7jwc/pull/1"
                    .to_owned(),
                private: true,
            },
        ],
        ghsa: Some("GHSA-5ph6-qq5x-7jwc".parse().unwrap()),
        ..Advisory::default()
    }
}

/// The same with every field filled.
pub(crate) fn full() -> Advisory {
    let mut advisory = advisory();
    advisory.workarounds = Some("Refuse such Services by an admission webhook.".to_owned());
    advisory.aliases = vec!["GO-2022-0001".to_owned()];
    advisory.related = vec!["GO-2022-0002".to_owned()];
    advisory.packages = vec![Package {
        ecosystem: Ecosystem::Go,
        name: "github.com/projectcontour/contour".to_owned(),
        repository: Some("https://github.com/projectcontour/contour".to_owned()),
        purl: Some("pkg:golang/github.com/projectcontour/contour".to_owned()),
    }];
    let moment = |at: &str, what: &str, widest| Moment {
        at: at.parse().unwrap(),
        what: what.to_owned(),
        widest,
    };
    advisory.timeline = vec![
        moment("2021-06-01T09:00:00Z", "The report came in.", Audience::Public),
        moment("2021-06-20T09:00:00Z", "The fix was tried.", Audience::Reporter),
    ];
    let vulnerability = advisory.vulnerabilities.first_mut().unwrap();
    vulnerability.rating = Some("grave".to_owned());
    vulnerability.exploitation = Some(Exploitation::PublicPoc);
    vulnerability.discovery_date = Some("2021-05-30T09:00:00Z".parse().unwrap());
    vulnerability.disclosure_date = Some("2021-07-22T15:00:00Z".parse().unwrap());
    vulnerability.first_exploitations = vec![FirstExploitation {
        at: "2021-07-01T09:00:00Z".parse().unwrap(),
        learnt: "2021-07-02T09:00:00Z".parse().unwrap(),
    }];
    vulnerability.scores = vec![Score {
        vector: "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:H/SC:N/SI:N/SA:N".parse().unwrap(),
        source: Some("NVD".to_owned()),
    }];
    vulnerability.ssvc = Some(SsvcDecision {
        table: "ssvc:DT_SD:1.0.0".to_owned(),
        points: vec![SsvcPoint { point: "ssvc:E:1.1.0".to_owned(), value: "P".to_owned() }],
        outcome: "out-of-cycle".to_owned(),
        widest: Audience::Public,
    });
    advisory
}
