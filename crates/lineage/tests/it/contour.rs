//! A real case on its real history: CVE-2021-32783 (GHSA-5ph6-qq5x-7jwc) of Contour,
//! published as patched in 1.14.2, 1.15.2, 1.16.1 and 1.17.1.
//!
//! Two different changes closed it. On `main` and in 1.17.1, services of the kind
//! `ExternalName` were refused; for the older lines the admin page of Envoy moved to a
//! socket, which `main` got as well. The backports say "Cherrypick #3834", but that pull
//! request did something else entirely: the real one is #3934.

use git::{Oid, Repo};
use lineage::{Answer, Grade, Request, affected};

/// "Merge pull request from GHSA-5ph6-qq5x-7jwc", a squash on `main`.
const REFUSE_NAMES: &str = "5f3e6d0ab1d48e64bae46400c85c490b200393a3";
/// "use unix socket for Envoy admin webpage (#3934)", on `main` a month later.
const USE_SOCKET: &str = "0f03a103560ef44aa6ab43308fa397b5b456f8f9";
/// "cherrypicks for v1.17.1 (#3909)": the first of both and its follow-up in one commit.
const PICKS_1_17: &str = "b53a5c4fd927f4ea2c6cf02f1359d8e28bef852e";
/// "(release-1-16) Cherrypick #3834 (#3974)".
const PICK_1_16: &str = "4f1c3d80871a3b1d89f6c5229eaa075e372880ce";
/// "Cherrypick #3834 (#3973)".
const PICK_1_15: &str = "0c8ba5efb488b5c35053692dc99b6a86d407c58d";
/// "Cherrypick #3834 (#3964)".
const PICK_1_14: &str = "2770d9ad27d57d7802df6b100e666a0752d6c2fb";
/// "Bump protobuf and fix lint issues (#3834)".
const WRONG_REQUEST: &str = "2357d7e96ea2f035935f73efdf33ebff2a5c108c";

const PUBLISHED: [(&str, Option<&str>); 4] = [
    ("1.17", Some("1.17.1")),
    ("1.16", Some("1.16.1")),
    ("1.15", Some("1.15.2")),
    ("1.14", Some("1.14.2")),
];

fn clone() -> Option<Repo> {
    let Some(path) = std::env::var_os("FERMATA_CONTOUR_CLONE") else {
        println!("skipped: FERMATA_CONTOUR_CLONE does not name a clone of Contour");
        return None;
    };
    Some(Repo::open(path).unwrap())
}

fn ask(repo: &Repo, fixed: &[&str], accept: Grade) -> Answer {
    let oids: Vec<Oid> = fixed.iter().map(|oid| oid.parse().unwrap()).collect();
    let mut request = Request::new(vec![], oids);
    request.accept = accept;
    affected(repo, &request).unwrap()
}

fn first_fixed<'a>(answer: &'a Answer, line: &str) -> Option<&'a str> {
    let mut lines = answer.report.lines.iter();
    lines.find(|row| row.line == line)?.first_fixed.as_deref()
}

#[test]
#[ignore = "needs a clone of Contour in FERMATA_CONTOUR_CLONE"]
fn declared_line_by_line_the_published_versions_come_out() {
    let Some(repo) = clone() else { return };
    let declared = [REFUSE_NAMES, PICKS_1_17, PICK_1_16, PICK_1_15, PICK_1_14];
    let answer = ask(&repo, &declared, Grade::Trailer);
    for (line, expected) in PUBLISHED {
        assert_eq!(first_fixed(&answer, line), expected, "{line}");
    }
    assert_eq!(first_fixed(&answer, "1.18"), Some("1.18.0"));
    assert_eq!(first_fixed(&answer, "1.13"), None);
}

#[test]
#[ignore = "needs a clone of Contour in FERMATA_CONTOUR_CLONE"]
fn from_the_two_commits_on_main_all_backports_are_found() {
    let Some(repo) = clone() else { return };
    let answer = ask(&repo, &[REFUSE_NAMES, USE_SOCKET], Grade::Likely);
    for (line, expected) in PUBLISHED {
        assert_eq!(first_fixed(&answer, line), expected, "{line}");
    }
    let mut links = answer.report.backports.iter();
    assert!(links.all(|link| link.commit != WRONG_REQUEST));
}

#[test]
#[ignore = "needs a clone of Contour in FERMATA_CONTOUR_CLONE"]
fn what_is_not_proven_is_proposed() {
    let Some(repo) = clone() else { return };
    let answer = ask(&repo, &[REFUSE_NAMES, USE_SOCKET], Grade::Content);
    let graded = |links: &[lineage::Link], commit: &str| {
        links.iter().find(|link| link.commit == commit).map(|link| link.grade)
    };
    for commit in [PICK_1_16, PICK_1_15] {
        let grade = graded(&answer.report.backports, commit);
        assert_eq!(grade, Some(Grade::Content), "{commit}");
    }
    // 1.17.1 differs in two lines that the follow-up repaired, 1.14.2 where its code was older.
    for commit in [PICKS_1_17, PICK_1_14] {
        let grade = graded(&answer.report.proposed, commit);
        assert_eq!(grade, Some(Grade::Likely), "{commit}");
    }
    assert_eq!(first_fixed(&answer, "1.17"), Some("1.17.2"));
    assert_eq!(first_fixed(&answer, "1.14"), None);
}
