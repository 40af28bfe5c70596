//! Made-up advisories of every kind, with every field filled now and then.

use advisory::{
    Advisory, Affected, AffectedVersions, Audience, Consent, Credit, CreditType, Ecosystem,
    Exploitation, FirstExploitation, Justification, Line, LineStanding, Moment, Naming, Package,
    Reference, ReferenceKind, Score, SsvcDecision, SsvcPoint, Vulnerability,
};
use jiff::Timestamp;
use proptest::prelude::*;

/// Stands in every text that the public may not read.
pub(crate) const SECRET: &str = "kept-inside";

pub(crate) fn text() -> impl Strategy<Value = String> {
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
    let roles = vec![CreditType::Finder, CreditType::Reporter, CreditType::RemediationDeveloper];
    let company = prop::option::of("[A-Z][a-z]{1,8}");
    let named = (text(), company, prop::option::of("[a-z]{1,8}"));
    let naming = prop_oneof![Just(None), named.prop_map(Some)];
    (prop::sample::select(consents), prop::sample::select(roles), naming).prop_map(
        |(consent, role, naming)| {
            let shown = matches!(consent, Consent::Given | Consent::ByDefault);
            let naming =
                naming.map_or(Naming::Anonymous, |(name, company, github)| Naming::Named {
                    name: if shown { name } else { SECRET.to_owned() },
                    company: company.filter(|_| shown),
                    github,
                });
            Credit { role, naming, consent }
        },
    )
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
    let score =
        (vector(), prop::option::of(prop::sample::select(vec!["NVD", "https://nvd.nist.gov"])))
            .prop_map(|(vector, source)| Score { vector, source: source.map(ToOwned::to_owned) });
    (
        prop::option::of(vector()),
        prop::collection::vec(score, 0..3),
        prop::collection::vec(affected(), 1..3),
        prop::collection::vec(
            prop_oneof![1..1400_u32, prop::sample::select(vec![79, 520])]
                .prop_map(|n| format!("CWE-{n}").parse().unwrap()),
            0..3,
        ),
        prop::option::of("[a-z]{1,8}"),
        prop::option::of(prop::sample::select(vec![Exploitation::PublicPoc, Exploitation::Active])),
        prop::option::of(decision()),
        dates(),
        prop::collection::vec(first_exploitation(), 0..3),
    )
        .prop_map(
            |(vector, scores, affected, cwes, rating, exploitation, ssvc, dates, first)| {
                Vulnerability {
                    cve: None,
                    cwes,
                    vector,
                    rating,
                    affected,
                    scores,
                    exploitation,
                    ssvc,
                    discovery_date: dates.0,
                    disclosure_date: dates.1,
                    first_exploitations: first,
                }
            },
        )
}

/// Before anything is published here.
fn past() -> impl Strategy<Value = Timestamp> {
    (-1_000_000_000..0_i64, prop::sample::select(vec![0, 120_000_000]))
        .prop_map(|(second, nanosecond)| Timestamp::new(second, -nanosecond).unwrap())
}

/// When it was found, and when it was told: the later of two.
fn dates() -> impl Strategy<Value = (Option<Timestamp>, Option<Timestamp>)> {
    (past(), past(), any::<bool>(), any::<bool>()).prop_map(|(one, other, found, told)| {
        (found.then_some(one.min(other)), told.then_some(one.max(other)))
    })
}

fn first_exploitation() -> impl Strategy<Value = FirstExploitation> {
    (past(), past())
        .prop_map(|(one, other)| FirstExploitation { at: one.min(other), learnt: one.max(other) })
}

fn decision() -> impl Strategy<Value = SsvcDecision> {
    any::<bool>().prop_map(|public| SsvcDecision {
        table: "ssvc:DT_SD:1.0.0".to_owned(),
        points: vec![SsvcPoint { point: "ssvc:E:1.1.0".to_owned(), value: "P".to_owned() }],
        outcome: if public { "out-of-cycle" } else { SECRET }.to_owned(),
        widest: if public { Audience::Public } else { Audience::Distributors },
    })
}

/// One or two, each with an id.
fn vulnerabilities() -> impl Strategy<Value = Vec<Vulnerability>> {
    prop::collection::vec(vulnerability(), 1..3).prop_map(|mut vulnerabilities| {
        for (number, vulnerability) in (32783..).zip(&mut vulnerabilities) {
            vulnerability.cve = Some(format!("CVE-2021-{number}").parse().unwrap());
        }
        vulnerabilities
    })
}

pub(crate) fn advisory() -> impl Strategy<Value = Advisory> {
    let widest = vec![Audience::Team, Audience::Distributors, Audience::Public];
    let moment = (text(), prop::sample::select(widest)).prop_map(|(what, widest)| Moment {
        at: Timestamp::UNIX_EPOCH,
        what: if widest == Audience::Public { what } else { SECRET.to_owned() },
        widest,
    });
    let texts = prop::array::uniform5(prop::option::of(text()));
    (
        texts,
        vulnerabilities(),
        prop::collection::vec(credit(), 0..4),
        prop::collection::vec(reference(), 0..4),
        prop::collection::vec(moment, 0..3),
        prop::array::uniform2(prop::collection::vec("GO-202[0-9]-000[1-3]", 0..3)),
    )
        .prop_map(
            |(
                [title, summary, impact, attack_vectors, workarounds],
                vulnerabilities,
                credits,
                references,
                timeline,
                [aliases, related],
            )| {
                let packages = vulnerabilities.iter().flat_map(|one| &one.affected);
                let packages = packages.map(|package| Package {
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
                    vulnerabilities,
                    credits,
                    references,
                    ghsa: Some("GHSA-5ph6-qq5x-7jwc".parse().unwrap()),
                    aliases,
                    related,
                    timeline,
                    ..Advisory::default()
                }
            },
        )
}
