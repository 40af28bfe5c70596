//! Clones that hide something, and releases that are not what they say.

use std::fs;

use git::{Oid, Repo, fixture::RepoBuilder};
use lineage::{Grade, Release, Request, Seeker, Status, TagScheme, Verdict, affected};

use crate::{BUGGY, FIXED, ask, fix, fresh, statuses, step};

#[test]
fn a_shallow_clone_knows_nothing_and_says_so() {
    let (folder, mut builder) = fresh();
    let bug = step(&mut builder, "bug");
    builder.tag("v1.0.0").unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    builder.tag("v1.0.1").unwrap();
    step(&mut builder, "one");
    builder.tag("v1.1.0").unwrap();
    let clone = folder.path().join("shallow");
    let from = format!("file://{}", builder.folder().display());
    builder.git(&["clone", "--quiet", "--depth=2", &from, clone.to_str().unwrap()]).unwrap();
    let repo = Repo::open(&clone).unwrap();
    let answer = affected(&repo, &Request::new(vec![], vec![fix.clone()])).unwrap();
    assert!(!answer.report.tags.is_empty());
    assert!(answer.report.tags.iter().all(|row| row.status == Status::Unknown));
    assert!(answer.report.lines.iter().all(|row| row.status == Status::Unknown));
    assert!(affected(&repo, &Request::new(vec![bug], vec![fix])).is_err());
}

#[test]
fn a_disputed_history_is_unknown_from_there_on() {
    let (_folder, mut builder) = fresh();
    let bug = step(&mut builder, "bug");
    builder.tag("v1.0.0").unwrap();
    let disputed = step(&mut builder, "one");
    builder.tag("v1.1.0").unwrap();
    builder.git(&["replace", "--graft", disputed.as_str()]).unwrap();
    let answer = ask(&builder, &[&bug], &[], Grade::Trailer);
    assert_eq!(statuses(&answer)["v1.0.0"], Status::Affected);
    assert_eq!(statuses(&answer)["v1.1.0"], Status::Unknown);
    builder.git(&["replace", "-d", disputed.as_str()]).unwrap();

    let info = builder.folder().join(".git/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("grafts"), format!("{bug}\n")).unwrap();
    let answer = ask(&builder, &[&bug], &[], Grade::Trailer);
    assert!(statuses(&answer).values().all(|s| *s == Status::Unknown));
}

#[test]
fn a_commit_that_is_nowhere_is_an_error() {
    let (_folder, builder) = fresh();
    let nowhere: Oid = "b".repeat(40).parse().unwrap();
    let request = Request::new(vec![], vec![nowhere]);
    assert!(affected(&builder.open().unwrap(), &request).is_err());
}

#[test]
fn a_project_without_releases_still_has_its_branch() {
    let (_folder, mut builder) = fresh();
    let fix = fix(&mut builder, "Check the length of input");
    let answer = ask(&builder, &[], &[&fix], Grade::Trailer);
    assert!(answer.report.tags.is_empty() && answer.report.ranges.is_empty());
    assert_eq!(answer.report.lines.len(), 1);
    assert_eq!(answer.report.lines[0].line, "main");
    assert_eq!(answer.report.lines[0].status, Status::Fixed);
}

fn release(builder: &RepoBuilder, patch: usize, at: &Oid) {
    builder.git(&["tag", &format!("v1.0.{patch}"), at.as_str()]).unwrap();
}

fn found(repo: &Repo, at: &Oid) -> Release {
    let releases = TagScheme::with_prefix("v").releases(&repo.refs().unwrap().tags);
    releases.into_iter().find(|release| release.commit == *at).unwrap()
}

#[test]
fn what_a_release_contains_is_seen_in_its_files() {
    let (_folder, mut builder) = fresh();
    let before = builder.git(&["rev-parse", "HEAD"]).unwrap().parse().unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    let later = step(&mut builder, "one");
    let undone = builder.commit_file("core.txt", BUGGY, "Tidy up").unwrap();
    builder.branch("side", "main~3").unwrap();
    let copied = builder.commit_file("core.txt", FIXED, "").unwrap();
    let half = FIXED.replace("forget", "drop_it");
    let half = builder.commit_file("core.txt", &half, "").unwrap();
    let gone = builder.git(&["rm", "--quiet", "core.txt"]).map(|_| builder.commit(""));
    let gone = gone.unwrap().unwrap();

    let released = [&before, &fix, &later, &undone, &copied, &half, &gone];
    released.into_iter().enumerate().for_each(|(n, at)| release(&builder, n, at));
    let repo = builder.open().unwrap();
    let survey = repo.survey(&[]).unwrap();
    let mut seeker = Seeker::new(&repo, &survey, None).unwrap();
    for (at, verdict, history) in [
        (&before, Verdict::Absent, false),
        (&fix, Verdict::Contained, true),
        (&later, Verdict::Contained, true),
        (&undone, Verdict::Contradiction, true),
        (&copied, Verdict::Contained, false),
        (&half, Verdict::Partly, false),
        (&gone, Verdict::Absent, false),
    ] {
        let evidence = seeker.seek(&found(&repo, at).commit, &fix, &[]).unwrap();
        assert_eq!(evidence.verdict, verdict, "{at}");
        assert_eq!(evidence.history.is_some(), history, "{at}");
    }
    let half = found(&repo, &half);
    let evidence = seeker.seek(&half.commit, &fix, std::slice::from_ref(&copied)).unwrap();
    assert_eq!(evidence.history, Some(copied));
}

#[test]
fn a_fix_that_is_not_public_is_absent_by_history_and_sought_by_its_lines() {
    let (folder, mut builder) = fresh();
    let before = step(&mut builder, "one");
    let clone = folder.path().join("public");
    let from = format!("file://{}", builder.folder().display());
    builder.git(&["clone", "--quiet", "--bare", &from, clone.to_str().unwrap()]).unwrap();
    let fix = fix(&mut builder, "Check the length of input");
    // The same lines, brought to the public clone by another commit.
    builder.branch("other", before.as_str()).unwrap();
    let copied = builder.commit_file("core.txt", FIXED, "Tidy").unwrap();
    release(&builder, 0, &before);
    release(&builder, 1, &copied);
    let to = clone.to_str().unwrap();
    builder.git(&["push", "--quiet", to, "other", "v1.0.0", "v1.0.1"]).unwrap();

    let (public, private) = (Repo::open(&clone).unwrap(), builder.open().unwrap());
    let survey = public.survey(&[]).unwrap();
    for (private, at, verdict) in [
        (None, &before, Verdict::Absent),
        (None, &copied, Verdict::Absent),
        (Some(&private), &before, Verdict::Absent),
        (Some(&private), &copied, Verdict::Contained),
    ] {
        let mut seeker = Seeker::new(&public, &survey, private).unwrap();
        let evidence = seeker.seek(&found(&public, at).commit, &fix, &[]).unwrap();
        assert_eq!((evidence.verdict, evidence.history), (verdict, None), "{at}");
    }
    let mut gone = found(&public, &before);
    gone.commit = "b".repeat(40).parse().unwrap();
    assert!(Seeker::new(&public, &survey, None).unwrap().seek(&gone.commit, &fix, &[]).is_err());
}

#[test]
fn a_clone_that_was_cut_proves_no_absence() {
    let (folder, mut builder) = fresh();
    let fix = fix(&mut builder, "Check the length of input");
    step(&mut builder, "one");
    let undone = builder.commit_file("core.txt", BUGGY, "Tidy up").unwrap();
    release(&builder, 0, &undone);
    let clone = folder.path().join("shallow");
    let from = format!("file://{}", builder.folder().display());
    let to = clone.to_str().unwrap();
    builder.git(&["clone", "--quiet", "--bare", "--depth=1", &from, to]).unwrap();
    let repo = Repo::open(&clone).unwrap();
    let survey = repo.survey(&[]).unwrap();
    let mut seeker = Seeker::new(&repo, &survey, None).unwrap();
    let evidence = seeker.seek(&found(&repo, &undone).commit, &fix, &[]);
    assert!(matches!(evidence, Err(lineage::Error::Doubtful(_))), "{evidence:?}");
}
