//! What the room `lineage` promises, on small real repositories and on one large one.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails like the test")]

mod artefact;
mod contour;
mod evidence;
mod grades;
mod kept;
mod laws;
mod story;
mod truth;
mod turns;

use std::collections::BTreeMap;

use git::{Oid, fixture::RepoBuilder};
use lineage::{Answer, Grade, Request, Status, affected};
use tempfile::TempDir;

/// A fresh repository with a bug in `core.txt`, and the folder that lives as long as the test.
fn fresh() -> (TempDir, RepoBuilder) {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = RepoBuilder::create(folder.path().join("project")).unwrap();
    builder.commit_file("core.txt", BUGGY, "Begin").unwrap();
    (folder, builder)
}

const BUGGY: &str = "fn read(input) {\n    take(input.length)\n}\n";
const FIXED: &str = "fn read(input) {\n    refuse_if(input.length > limit)\n    take(input.length)\n    forget(input)\n}\n";

/// Fixes the bug on the current branch.
fn fix(builder: &mut RepoBuilder, message: &str) -> Oid {
    builder.commit_file("core.txt", FIXED, message).unwrap()
}

/// Some commit that has nothing to do with the bug.
fn step(builder: &mut RepoBuilder, file: &str) -> Oid {
    let name = format!("Work on {file}");
    builder.commit_file(file, &name, &name).unwrap()
}

fn ask(builder: &RepoBuilder, introduced: &[&Oid], fixed: &[&Oid], accept: Grade) -> Answer {
    let own = |oids: &[&Oid]| oids.iter().map(|oid| (*oid).clone()).collect();
    let mut request = Request::new(own(introduced), own(fixed));
    request.accept = accept;
    affected(&builder.open().unwrap(), &request).unwrap()
}

fn statuses(answer: &Answer) -> BTreeMap<&str, Status> {
    let tags = answer.report.tags.iter();
    tags.map(|row| (row.tag.as_str(), row.status)).collect()
}

/// `(commit, grade)` of everything that counted, then of everything proposed.
fn links(answer: &Answer) -> [Vec<(&str, Grade)>; 2] {
    [&answer.report.backports, &answer.report.proposed].map(|links| {
        let pairs = links.iter().map(|link| (link.commit.as_str(), link.grade));
        pairs.collect()
    })
}
