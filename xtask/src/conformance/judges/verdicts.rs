//! From the lines of a judge, `ok NAME` and `no NAME: reasons`, to a row.

use std::collections::{BTreeMap, BTreeSet};

use super::install::{CRATE, NODE};
use crate::conformance::{Miss, Row};

/// More refusals than this tell no more.
const MOST_MISSES: usize = 10;

/// What a judge refuses, by words in its message, and why that is no mistake of ours.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        NODE.0,
        "no such cwe version is recognized",
        "it knows no catalogue of weaknesses after 4.17, and the document names the one in force",
    ),
    (
        NODE.0,
        "/content must NOT have additional properties",
        "it does not know `ssvc_v2`, which the third draft of CSAF 2.1 has there",
    ),
    (
        NODE.0,
        "reserved prefix used: csaf_withdrawn",
        "it does not know the profile `csaf_withdrawn`, which the third draft of CSAF 2.1 has",
    ),
    (
        NODE.0,
        "the name does not match the weakness with the given id: Inaccurate Source Code Comments",
        "for CSAF 2.0 it has one catalogue, older than 4.19, in which CWE-1116 got another name",
    ),
    (
        CRATE.0,
        "The version range given is invalid: Invalid(\"vers:",
        "of the types of vers ranges it knows cargo, deb, intdot, npm and semver, not golang, maven or \
         pypi",
    ),
    (
        CRATE.0,
        "/document/publisher: Additional properties are not allowed ('contact_details' was unexpected)",
        "its schema is of a draft after the third, where `contact` of the publisher replaced \
         `contact_details`",
    ),
];

/// What came of documents, from a judge's lines; `None` where it was not at hand.
pub(super) fn row(
    (judge, version): (&str, &str),
    documents: &str,
    total: usize,
    said: Option<&str>,
) -> Row {
    let misses = said.map(|said| misses(judge, said)).unwrap_or_default();
    let passed = said.map(|said| said.lines().filter(|line| line.starts_with("ok ")).count());
    let what = format!("{judge}, {documents}");
    Row { what, version: version.to_owned(), passed, total, misses }
}

/// The refused documents: those with known reasons counted together, each other one by its name.
fn misses(judge: &str, said: &str) -> Vec<Miss> {
    let why = |reason: &str| {
        KNOWN.iter().find(|(who, words, _)| *who == judge && reason.contains(words)).map(|it| it.2)
    };
    let mut known: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    for line in said.lines().filter_map(|line| line.strip_prefix("no ")) {
        let (name, reasons) = line.split_once(':').unwrap_or((line, ""));
        if let Some(whys) = reasons.split("; ").map(why).collect::<Option<BTreeSet<_>>>() {
            *known.entry(whys.into_iter().collect()).or_default() += 1;
        } else {
            println!("{judge} refuses {line}");
            unknown.push(Miss { what: name.to_owned(), why: String::new(), count: 1 });
        }
    }
    unknown.truncate(MOST_MISSES);
    let known = known.into_iter().map(|(whys, count)| Miss {
        what: format!("{count} document{}", if count == 1 { "" } else { "s" }),
        why: whys.join("; and "),
        count,
    });
    known.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_for_known_reasons_alone_is_explained() {
        let known = "x no such cwe version is recognized";
        let said = format!("ok 1\nno 2: {known}\nno 3: {known}; {known}\nno 4: {known}; other\n");
        let found = misses(NODE.0, &said);
        assert_eq!((found[0].count, found[0].why.is_empty()), (2, false));
        assert_eq!((found[1].what.as_str(), found[1].why.as_str()), ("4", ""));
        assert_eq!(found.len(), 2);
        assert!(misses("another", &said).iter().all(|miss| miss.why.is_empty()));
        let row = row(NODE, "x", 4, Some(&said));
        assert_eq!((row.passed, row.total, row.is_wrong()), (Some(1), 4, true));
    }
}
