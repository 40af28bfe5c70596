//! Checking GitHub's repository advisories: the bodies of requests, and the answers.
//!
//! The tables follow GitHub's REST description; what it says in words, and what its server
//! refuses, stands in the rules. Thin: of an answer only the members are looked at that a request
//! can set, and its id.

use crate::check::json::Json;
use crate::check::shape::{
    Form, List, Member, Object, Shape, TEXT, TEXTS, closed, items, may, must, open,
};
use crate::check::weaknesses::{self, Rules};
use crate::check::{self, Report};
use crate::id::{CveId, CweId, GhsaId};
use crate::score::Vector;
use crate::versions::Stretch;

const SCHEMA: &str = "ghsa schema";

/// Which of GitHub's documents it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The body of a request that makes a draft.
    Create,
    /// The body of a request that changes one.
    Update,
    /// What GitHub answers.
    Answer,
}

/// Checks a document. Without a kind it is an answer if it has a `ghsa_id`, a change if it lacks
/// what a new draft must have or sets what only a change can, and else a new draft.
#[must_use]
pub fn check(text: &str, kind: Option<Kind>) -> Report {
    check::document("ghsa", text, |document, report| {
        let kind = kind.unwrap_or_else(|| look(document));
        let shape = match kind {
            Kind::Create => &CREATE,
            Kind::Update => &UPDATE,
            Kind::Answer => &ANSWER,
        };
        check::shape::look(document, shape, SCHEMA, report);
        rules(document, kind, report);
    })
}

fn look(document: &Json<'_>) -> Kind {
    let has = |name: &&str| document.get(name).is_some();
    if has(&"ghsa_id") {
        Kind::Answer
    } else if ["summary", "description", "vulnerabilities"].iter().all(has)
        && !["state", "collaborating_users", "collaborating_teams"].iter().any(has)
    {
        Kind::Create
    } else {
        Kind::Update
    }
}

const CREATE: Shape = Shape::Object(&closed(&[
    must("summary", SUMMARY),
    must("description", DESCRIPTION),
    must("vulnerabilities", Shape::List(&ENTRIES)),
    may("cve_id", NULL_OR_TEXT),
    may("cwe_ids", Shape::Nullable(&TEXTS)),
    may("credits", Shape::Nullable(&CREDITS)),
    may("severity", Shape::Nullable(&SEVERITY)),
    may("cvss_vector_string", NULL_OR_TEXT),
    may("start_private_fork", Shape::Bool),
]));

const UPDATE: Shape = Shape::Object(&closed(&[
    may("summary", SUMMARY),
    may("description", DESCRIPTION),
    may("vulnerabilities", Shape::List(&ENTRIES)),
    may("cve_id", NULL_OR_TEXT),
    may("cwe_ids", Shape::Nullable(&TEXTS)),
    may("credits", Shape::Nullable(&CREDITS)),
    may("severity", Shape::Nullable(&SEVERITY)),
    may("cvss_vector_string", NULL_OR_TEXT),
    may("state", Shape::Word(&["published", "closed", "draft"])),
    may("collaborating_users", Shape::Nullable(&TEXTS)),
    may("collaborating_teams", Shape::Nullable(&TEXTS)),
]));

const ANSWER: Shape = Shape::Object(&open(&[
    must(
        "ghsa_id",
        Shape::Text(Form { called: "a GHSA id", fits: |text| text.parse::<GhsaId>().is_ok() }),
    ),
    must("summary", SUMMARY),
    must("description", Shape::Nullable(&DESCRIPTION)),
    must("state", Shape::Word(&["published", "closed", "withdrawn", "draft", "triage"])),
    must("vulnerabilities", Shape::Nullable(&Shape::List(&items(Shape::Object(&open(ENTRY)))))),
    must("cve_id", NULL_OR_TEXT),
    must("cwe_ids", Shape::Nullable(&TEXTS)),
    must("severity", Shape::Nullable(&SEVERITY)),
]));

const SUMMARY: Shape = Shape::Length(0, super::LONGEST_TITLE);
const DESCRIPTION: Shape = Shape::Length(0, super::LONGEST_DESCRIPTION);
const SEVERITY: Shape = Shape::Word(&["critical", "high", "medium", "low"]);
const NULL_OR_TEXT: Shape = Shape::Nullable(&TEXT);

const ENTRIES: List = items(Shape::Object(&closed(ENTRY)));
const ENTRY: &[Member] = &[
    must("package", Shape::Object(&PACKAGE)),
    may("vulnerable_version_range", NULL_OR_TEXT),
    may("patched_versions", NULL_OR_TEXT),
    may("vulnerable_functions", Shape::Nullable(&TEXTS)),
];

const PACKAGE: Object = open(&[
    must(
        "ecosystem",
        Shape::Word(&[
            "rubygems", "npm", "pip", "maven", "nuget", "composer", "go", "rust", "erlang",
            "actions", "pub", "other", "swift",
        ]),
    ),
    may("name", NULL_OR_TEXT),
]);

const CREDITS: Shape = Shape::List(&items(Shape::Object(&closed(&[
    must("login", TEXT),
    must(
        "type",
        Shape::Word(&[
            "analyst",
            "finder",
            "reporter",
            "coordinator",
            "remediation_developer",
            "remediation_reviewer",
            "remediation_verifier",
            "tool",
            "sponsor",
            "other",
        ]),
    ),
]))));

const WEAKNESSES: Rules = Rules { unknown: "ghsa cwe", usage: "ghsa cwe-usage" };

fn rules(document: &Json<'_>, kind: Kind, report: &mut Report) {
    let says = |name: &str| document.get(name).is_some_and(|value| *value != Json::Null);
    if kind != Kind::Answer && says("severity") && says("cvss_vector_string") {
        report.error(
            "ghsa severity",
            "/severity",
            "both a severity and a vector are given",
            "GitHub takes one of the two; the vector says more.",
        );
    }
    if let Some(Err(error)) = document.text_of("cvss_vector_string").map(str::parse::<Vector>) {
        report.error("ghsa vector", "/cvss_vector_string", error.to_string(), "");
    }
    if let Some(Err(error)) = document.text_of("cve_id").map(str::parse::<CveId>) {
        report.error("ghsa cve", "/cve_id", error.to_string(), "");
    }
    for (place, cwe) in document.list("cwe_ids") {
        let (Some(cwe), at) = (cwe.text(), format!("/cwe_ids/{place}")) else { continue };
        match cwe.parse::<CweId>() {
            Ok(_) => weaknesses::look(cwe, &WEAKNESSES, &at, report),
            Err(error) => report.error("ghsa cwe", at, error.to_string(), ""),
        }
    }
    for (place, entry) in document.list("vulnerabilities") {
        range(entry, &format!("/vulnerabilities/{place}"), report);
    }
    if document.get("vulnerabilities").is_some()
        && document.list("vulnerabilities").next().is_none()
    {
        report.warning(
            "ghsa packages",
            "/vulnerabilities",
            "no package is named",
            "Nobody is alerted by an advisory without packages.",
        );
    }
}

fn range(entry: &Json<'_>, path: &str, report: &mut Report) {
    match entry.text_of("vulnerable_version_range").map(Stretch::from_github) {
        Some(Err(error)) => report.warning(
            "ghsa range",
            format!("{path}/vulnerable_version_range"),
            error.to_string(),
            "Give each range an entry of its own, such as >= 1.0.0, < 1.2.3.",
        ),
        Some(Ok(_)) => {}
        None => report.warning(
            "ghsa range",
            path,
            "nothing says which versions are vulnerable",
            "Without a range, nobody is alerted.",
        ),
    }
}
