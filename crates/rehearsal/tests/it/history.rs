//! Drills on histories that exist: small ones that a test makes, and one large real one.

use std::{collections::BTreeMap, path::Path};

use advisory::digest::Digest;
use git::{RefsMark, Repo, fixture::RepoBuilder};
use rehearsal::{
    Options, Played,
    history::{Asked, History, HistoryError},
    play,
};
use tempfile::TempDir;

const MAIL: &[u8] = b"From: Nora Finder <nora@elsewhere.example>\r\nTo: security@project.example\r\nSubject: Reading goes too far\r\nMessage-ID: <1@elsewhere.example>\r\n\r\nIt reads past the end.\r\n";
const BUGGY: &str = "fn read(input) {\n    take(input.length)\n}\n";
const FIXED: &str = "fn read(input) {\n    refuse_if(input.length > limit)\n    take(input.length)\n    forget(input)\n}\n";

/// Two minors with a branch each and one without, a bug in all of them, and a fix that history
/// knows: picked to 1.1, written by hand on 1.2, whose next release after it is out as well.
fn project() -> (TempDir, RepoBuilder, BTreeMap<&'static str, String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut b = RepoBuilder::create(folder.path().join("proxy.git")).unwrap();
    let mut fixes = BTreeMap::new();
    b.commit_file("core.txt", BUGGY, "Begin").unwrap();
    b.tag("v1.0.0").unwrap();
    for line in ["1.1", "1.2"] {
        b.commit_file("feature.txt", line, "Add what it brings").unwrap();
        b.annotated_tag(&format!("v{line}.0"), "HEAD", "First of its line").unwrap();
        b.branch(&format!("release-{line}"), "main").unwrap();
        b.checkout("main").unwrap();
    }
    b.commit_file("other.txt", "1\n", "Go on").unwrap();
    let fix = b.commit_file("core.txt", FIXED, "Read no further").unwrap().to_string();
    b.commit_file("other.txt", "2\n", "Go further").unwrap();
    b.branch("topic", "main").unwrap();
    b.checkout("release-1.1").unwrap();
    fixes.insert("1.1", b.cherry_pick(&fix, true).unwrap().to_string());
    b.commit_file("CHANGES", "1.1.1\n", "Prepare 1.1.1").unwrap();
    b.annotated_tag("v1.1.1", "HEAD", "Fixes").unwrap();
    b.checkout("release-1.2").unwrap();
    fixes.insert("1.2", b.commit_file("core.txt", FIXED, "").unwrap().to_string());
    b.tag("v1.2.1").unwrap();
    b.commit_file("CHANGES", "1.2.2\n", "Prepare 1.2.2").unwrap();
    b.tag("v1.2.2").unwrap();
    b.checkout("main").unwrap();
    b.tag("v1.3.0").unwrap();
    fixes.insert("main", fix);
    (folder, b, fixes)
}

fn asked(clone: &Path, fixed_by: &[(Option<&str>, &str)]) -> Asked {
    let own = |(line, rev): &(Option<&str>, &str)| (line.map(str::to_owned), (*rev).to_owned());
    let fixed_by = fixed_by.iter().map(own).collect();
    Asked { clone: clone.to_owned(), fixed_by, ..Asked::default() }
}

fn drill(history: History, mail: &[u8]) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let (history, report) = (Some(history), Some(mail.to_vec()));
    let options = Options { history, report, ..Options::new("contour", 1) };
    play(&options, folder.path(), None, crate::SENDING).unwrap()
}

fn ends_well(played: &Played) {
    let (ending, violations) = (&played.ending, &played.audit.violations);
    assert!(played.well(), "{}\n{ending:?}\n{violations:#?}", played.timeline);
}

fn mark(clone: &RepoBuilder) -> RefsMark {
    clone.open().unwrap().refs_mark().unwrap()
}

/// `(line, planned, first fixed)` of every minor.
fn minors(played: &Played) -> Vec<(&str, &str, &str)> {
    let lines = played.lines.iter().filter(|line| line.planned.is_some());
    lines
        .map(|l| {
            let planned = l.planned.as_deref().unwrap_or_default();
            (l.line.as_str(), planned, l.first_fixed.as_deref().unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_past_fix_is_taken_away_and_comes_back_as_it_was() {
    let (_folder, clone, fixes) = project();
    let by_hand = (Some("1.2"), fixes["1.2"].as_str());
    let mut asked = asked(clone.folder(), &[(None, &fixes["main"]), by_hand]);
    asked.supported = vec!["1.1".into(), "1.2".into()];
    let history = History::read(&asked).unwrap();
    assert_eq!(history.name, "proxy");
    for gone in ["refs/tags/v1.1.1", "refs/tags/v1.2.1", "refs/tags/v1.3.0", "refs/heads/topic"] {
        assert!(!history.refs.contains_key(gone), "{gone}");
    }
    for (branch, before) in
        [("main", "main~2"), ("release-1.1", "v1.1.0^{}"), ("release-1.2", "v1.2.0^{}")]
    {
        let before = clone.git(&["rev-parse", before]).unwrap();
        assert_eq!(history.refs[&format!("refs/heads/{branch}")], before, "{branch}");
    }
    assert_eq!(history.past["1.1"].commits, [fixes["1.1"].clone()], "found by its trailer");
    let before = mark(&clone);
    let played = drill(history, MAIL);
    ends_well(&played);
    assert_eq!(minors(&played), [("1.1", "1.1.1", "1.1.1"), ("1.2", "1.2.1", "1.2.1")]);
    assert!(played.lines.iter().all(|l| l.planned.is_none() || l.first_fixed == l.in_history));
    assert_eq!(mark(&clone), before, "the clone is only read");
}

#[test]
fn without_a_past_fix_the_developers_write_one() {
    let (folder, clone, _) = project();
    let history = History::read(&asked(clone.folder(), &[])).unwrap();
    let supported: Vec<&str> = history.supported.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(supported, ["1.3", "1.2", "1.1"], "the newest three");
    let before = mark(&clone);
    let played = drill(history, MAIL);
    ends_well(&played);
    let expected =
        [("1.1", "1.1.2", "1.1.2"), ("1.2", "1.2.3", "1.2.3"), ("1.3", "1.3.1", "1.3.1")];
    assert_eq!(minors(&played), expected);
    assert_eq!(mark(&clone), before, "the clone is only read");
    drop(folder);
}

#[test]
fn what_cannot_carry_a_drill_is_said() {
    let (folder, clone, fixes) = project();
    let read = |asked: &Asked| History::read(asked).unwrap_err();
    let mut unfixed = asked(clone.folder(), &[(None, &fixes["1.1"])]);
    unfixed.supported = vec!["1.2".into()];
    assert!(matches!(read(&unfixed), HistoryError::Unfixed(_)));
    let elsewhere = asked(clone.folder(), &[(Some("1.1"), &fixes["1.2"]), (None, &fixes["main"])]);
    assert!(matches!(read(&elsewhere), HistoryError::Elsewhere { .. }));
    let from = format!("file://{}", clone.folder().display());
    let cut = folder.path().join("cut");
    clone.git(&["clone", "--quiet", "--depth=1", &from, cut.to_str().unwrap()]).unwrap();
    assert!(matches!(read(&asked(&cut, &[])), HistoryError::Cut));
    let mut empty = RepoBuilder::create(folder.path().join("empty")).unwrap();
    empty.commit("Begin").unwrap();
    assert!(matches!(read(&asked(empty.folder(), &[])), HistoryError::Without("releases")));
}

#[test]
fn a_mail_is_the_report_to_the_byte() {
    let (_folder, clone, _) = project();
    let history = History::read(&asked(clone.folder(), &[])).unwrap();
    // No address to answer, no subject, and bytes that are no text.
    let odd = b"From: (somewhere)\r\nContent-Type: text/plain\r\n\r\n\xff\xfe\0broken\r\n".to_vec();
    let folder = tempfile::tempdir().unwrap();
    let entropy = std::sync::Arc::new(store::SeededEntropy::new(1));
    let kept = std::sync::Arc::new(store::MemoryStore::new(store::Kind::Drill, entropy));
    let options =
        Options { history: Some(history), report: Some(odd.clone()), ..Options::new("contour", 1) };
    let played = play(&options, folder.path(), Some(kept.clone()), crate::SENDING).unwrap();
    ends_well(&played);
    let books = rehearsal::audit::Books::read(&*kept).unwrap();
    assert_eq!(books.reports.len(), 1);
    assert_eq!(books.reports[0].bytes, Some(Digest::of(&odd)));
}

/// CVE-2021-32783 (GHSA-5ph6-qq5x-7jwc) of Contour, published as patched in these versions.
const PUBLISHED: [(&str, &str, &str); 4] = [
    ("1.14", "1.14.2", "1.14.2"),
    ("1.15", "1.15.2", "1.15.2"),
    ("1.16", "1.16.1", "1.16.1"),
    ("1.17", "1.17.1", "1.17.1"),
];

#[test]
fn a_past_vulnerability_of_contour_ends_in_the_published_versions() {
    let Some(clone) = std::env::var_os("FERMATA_CONTOUR_CLONE") else {
        println!("skipped: FERMATA_CONTOUR_CLONE does not name a clone of Contour");
        return;
    };
    let fixed_by = [
        (Some("main"), "5f3e6d0ab1d48e64bae46400c85c490b200393a3"),
        (Some("main"), "0f03a103560ef44aa6ab43308fa397b5b456f8f9"),
        (Some("1.17"), "b53a5c4fd927f4ea2c6cf02f1359d8e28bef852e"),
        (Some("1.16"), "4f1c3d80871a3b1d89f6c5229eaa075e372880ce"),
        (Some("1.15"), "0c8ba5efb488b5c35053692dc99b6a86d407c58d"),
        (Some("1.14"), "2770d9ad27d57d7802df6b100e666a0752d6c2fb"),
    ];
    let history = History::read(&asked(Path::new(&clone), &fixed_by)).unwrap();
    let before = Repo::open(&clone).unwrap().refs_mark().unwrap();
    let mails = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/mail/rfc");
    let mail = std::fs::read_dir(mails).ok().and_then(|mut mails| mails.next());
    let mail = mail.map(|mail| std::fs::read(mail.unwrap().path()).unwrap());
    let played = drill(history, mail.as_deref().unwrap_or(MAIL));
    ends_well(&played);
    assert_eq!(minors(&played), PUBLISHED);
    assert_eq!(Repo::open(&clone).unwrap().refs_mark().unwrap(), before);
}
