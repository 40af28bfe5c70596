//! What an OSV record is made of.

use crate::check::forms::{URI, UTC};
use crate::check::shape::{Form, Object, Shape, TEXT, TEXTS, closed, items, may, must, open, some};
use crate::cvss::{CvssVersion, Vector};

/// Any object.
const OBJECT: Shape = crate::check::shape::OBJECT;

pub(super) const RECORD: Shape = Shape::Object(&closed(&[
    may("schema_version", TEXT),
    must("id", Shape::Text(Form { called: "an id with the prefix of a database", fits: is_id })),
    must("modified", Shape::Text(UTC)),
    may("published", Shape::Text(UTC)),
    may("withdrawn", Shape::Text(UTC)),
    may("aliases", Shape::Nullable(&TEXTS)),
    may("related", TEXTS),
    may("upstream", TEXTS),
    may("summary", TEXT),
    may("details", TEXT),
    may("severity", SEVERITY),
    may("affected", Shape::Nullable(&Shape::List(&items(Shape::Object(&AFFECTED))))),
    may("references", Shape::Nullable(&Shape::List(&items(Shape::Object(&REFERENCE))))),
    may("credits", Shape::List(&items(Shape::Object(&CREDIT)))),
    may("database_specific", OBJECT),
]));

const SEVERITY: Shape = Shape::Nullable(&Shape::List(&items(Shape::Object(&open(&[
    must("type", Shape::Word(&["CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"])),
    must("score", TEXT),
])))));

const AFFECTED: Object = open(&[
    may(
        "package",
        Shape::Object(&open(&[
            must(
                "ecosystem",
                Shape::Text(Form { called: "an ecosystem of OSV", fits: is_ecosystem }),
            ),
            must("name", TEXT),
            may("purl", TEXT),
        ])),
    ),
    may("severity", SEVERITY),
    may("ranges", Shape::List(&items(Shape::Object(&RANGE)))),
    may("versions", TEXTS),
    may("ecosystem_specific", OBJECT),
    may("database_specific", OBJECT),
]);

const RANGE: Object = open(&[
    must("type", Shape::Word(&["GIT", "SEMVER", "ECOSYSTEM"])),
    may("repo", TEXT),
    must("events", Shape::List(&some(OBJECT))),
    may("database_specific", OBJECT),
]);

const REFERENCE: Object = open(&[
    must(
        "type",
        Shape::Word(&[
            "ADVISORY",
            "ARTICLE",
            "DETECTION",
            "DISCUSSION",
            "REPORT",
            "FIX",
            "INTRODUCED",
            "GIT",
            "PACKAGE",
            "EVIDENCE",
            "WEB",
        ]),
    ),
    must("url", Shape::Text(URI)),
]);

const CREDIT: Object = open(&[
    must("name", TEXT),
    may("contact", TEXTS),
    may(
        "type",
        Shape::Word(&[
            "FINDER",
            "REPORTER",
            "ANALYST",
            "COORDINATOR",
            "REMEDIATION_DEVELOPER",
            "REMEDIATION_REVIEWER",
            "REMEDIATION_VERIFIER",
            "TOOL",
            "SPONSOR",
            "OTHER",
        ]),
    ),
]);

/// The prefixes of the databases that OSV 1.7.5 knows.
const PREFIXES: &[&str] = &[
    "ASB-A",
    "PUB-A",
    "ALPINE",
    "ALSA",
    "ALBA",
    "ALEA",
    "AZL",
    "BELL",
    "BIT",
    "CGA",
    "CLEANSTART",
    "CLSA",
    "CURL",
    "CVE",
    "DEBIAN",
    "DHI",
    "DRUPAL",
    "DSA",
    "DLA",
    "ELA",
    "DTSA",
    "ECHO",
    "EEF",
    "FreeBSD",
    "GHSA",
    "GO",
    "GSD",
    "HSEC",
    "JLSEC",
    "KUBE",
    "LBSEC",
    "LSN",
    "MAL",
    "MINI",
    "MGASA",
    "OESA",
    "OSEC",
    "OSV",
    "openSUSE-SU",
    "PHSA",
    "PSF",
    "PYSEC",
    "RHBA",
    "RHEA",
    "RHSA",
    "RLSA",
    "RXSA",
    "RSEC",
    "ROOT",
    "RUSTSEC",
    "SUSE-SU",
    "SUSE-RU",
    "SUSE-FU",
    "SUSE-OU",
    "UBUNTU",
    "USN",
    "V8",
];

/// The ecosystems that OSV 1.7.5 knows.
const ECOSYSTEMS: &[&str] = &[
    "AlmaLinux",
    "Alpaquita",
    "Alpine",
    "Android",
    "Azure Linux",
    "BellSoft Hardened Containers",
    "Bioconductor",
    "Bitnami",
    "Chainguard",
    "CleanStart",
    "ConanCenter",
    "CRAN",
    "crates.io",
    "Debian",
    "Docker Hardened Images",
    "Echo",
    "FreeBSD",
    "GHC",
    "GitHub Actions",
    "Go",
    "Hackage",
    "Hex",
    "Julia",
    "Kubernetes",
    "Linux",
    "Mageia",
    "Maven",
    "MinimOS",
    "npm",
    "NuGet",
    "opam",
    "openEuler",
    "openSUSE",
    "OSS-Fuzz",
    "Packagist",
    "Photon OS",
    "Pub",
    "PyPI",
    "Red Hat",
    "Rocky Linux",
    "Root",
    "RubyGems",
    "SUSE",
    "SwiftURL",
    "TuxCare",
    "Ubuntu",
    "VSCode",
    "Wolfi",
    "GIT",
];

fn is_id(text: &str) -> bool {
    text.starts_with("x_")
        || PREFIXES
            .iter()
            .any(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')))
}

fn is_ecosystem(text: &str) -> bool {
    let (name, suffix) = text.split_once(':').unwrap_or((text, "any"));
    ECOSYSTEMS.contains(&name) && !suffix.is_empty() && !suffix.starts_with('\n')
}

/// Why a score is not what its type says, if it is not.
pub(super) fn score_problem(kind: &str, score: &str) -> Option<String> {
    let versions: &[CvssVersion] = match kind {
        "CVSS_V2" => &[CvssVersion::V2_0],
        "CVSS_V3" => &[CvssVersion::V3_0, CvssVersion::V3_1],
        "CVSS_V4" => &[CvssVersion::V4_0],
        "Ubuntu" => {
            let known = ["negligible", "low", "medium", "high", "critical"].contains(&score);
            return (!known).then(|| "this is not one of Ubuntu's priorities".to_owned());
        }
        _ => return None,
    };
    match Vector::read(score) {
        Ok(vector) if versions.contains(&vector.version()) => None,
        Ok(vector) => Some(format!("this is CVSS {}, and {kind} is said", vector.version())),
        Err(error) => Some(error.to_string()),
    }
}
