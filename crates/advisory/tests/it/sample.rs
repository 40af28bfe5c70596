//! An advisory to test with, in the shape of Contour's of 2021.

use advisory::{
    Advisory, Affected, AffectedVersions, Consent, Credit, CreditType, Ecosystem, Justification,
    Line, LineStanding, Naming, Reference, ReferenceKind, Vulnerability,
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
    }
}
