//! `fermata serve --private-clones`: from a private branch to the column that it fills, and what is refused
//! before a house begins.

use std::{fs, path::PathBuf, thread, time::Duration};

use case::{
    Actor, CaseId, Command, CommandId, LineKey, PersonId, PrivateWork, ProjectId,
    event::{Decision, LineVerdict, Triage},
    readiness::{Standing, matrix},
};
use counterparts::Clones;
use engine::{Engine, EngineError};
use git::fixture::RepoBuilder;
use store::SqliteStore;

use crate::{
    fetches::{Desk, at, case_of, name_the_mirror, person_of, upstream},
    program::Place,
    sends::{engine_with, house_with_a_report, settings},
    serve::Running,
};

const OPTIONS: &[&str] = &["--clones", "clones", "--private-clones", "private", "--fetch"];

/// The house that lies there, by hand, with its private mirrors.
pub(crate) fn hiding(place: &Place) -> Engine {
    let clones = Clones::below(place.path().join("clones"));
    let clones = clones.with_private(&place.path().join("private")).unwrap();
    let mut ports = counterparts::ports(place.path().join("clones"), None);
    ports.repositories = Box::new(clones);
    let playbook = playbook::shipped("minimal").unwrap();
    engine_with(SqliteStore::open(&settings(place)).unwrap(), ports, playbook)
}

fn standing(house: &Engine, desk: &Desk<'_>) -> Standing {
    let view = house.view(desk.case, Actor::House).unwrap();
    let rows = matrix(&view.loaded.case);
    rows.into_iter().find(|row| row.key.line == "1.0").unwrap().standing
}

/// The line whose fix is worked on in private.
pub(crate) fn line() -> LineKey {
    LineKey::new("example", "1.0")
}

/// A case that somebody accepted, in which that line gets a patch release; its mirror is named.
pub(crate) fn accepted(place: &Place, project: ProjectId) -> (CaseId, PersonId) {
    let house = at(place);
    let ada = person_of(&house, project);
    name_the_mirror(&house, project, ada);
    let desk = Desk { engine: &house, case: case_of(&house, ada), ada };
    let reason = "it is one".to_owned();
    desk.decide(Decision::Triage { verdict: Triage::Accepted, reason });
    desk.see_lines();
    let verdict = LineVerdict::Patch { version: Some("1.0.1".into()) };
    desk.decide(Decision::Line { line: line(), verdict });
    (desk.case, ada)
}

pub(crate) fn named(mirror: &str, branch: &str) -> Command {
    let branches = [("1.0".to_owned(), branch.to_owned())].into();
    let work = Some(PrivateWork { mirror: mirror.into(), branches });
    Command::Decide(Box::new(Decision::PrivateWork { repository: "example".into(), work }))
}

/// Runs the program until it has fetched, and then for as long as its look at the case may take.
fn run_until(place: &Place, look: Duration, shows: impl Fn() -> bool) -> String {
    let running = Running::start(place, OPTIONS);
    for _ in 0..600 {
        if shows() {
            break;
        }
        thread::park_timeout(Duration::from_millis(100));
    }
    thread::park_timeout(look);
    let (code, err) = running.end("-TERM");
    assert_eq!(code, Some(0), "{err}");
    err
}

fn tip(mirror: &PathBuf, branch: &str) -> Option<String> {
    let refs = git::Repo::open(mirror).ok()?.refs().ok()?;
    refs.branches.iter().find(|it| it.plain() == branch).map(|it| it.tip.to_string())
}

#[test]
fn a_private_branch_fills_the_column_until_it_is_pushed_in_public() {
    let place = Place::new();
    let project = house_with_a_report(&place);
    let mut upstream = upstream(&place);
    // The team's private repository, and the mirror of it; another project's lies beside.
    let team = RepoBuilder::create(place.path().join("team")).unwrap();
    team.git(&["pull", "--quiet", "../upstream", "main"]).unwrap();
    let other = ProjectId([9; 16]);
    for (of, name) in [(project, "example-private.git"), (other, "other-private.git")] {
        let to = place.path().join(format!("private/{of}/{name}")).display().to_string();
        let from = format!("file://{}", team.folder().display());
        team.git(&["clone", "--quiet", "--mirror", &from, &to]).unwrap();
    }
    let (case, ada) = accepted(&place, project);
    let house = hiding(&place);
    let desk = Desk { engine: &house, case, ada };
    let ask = |mirror: &str| {
        let (id, by) = (CommandId(house.draw()), Actor::Person(ada));
        house.execute(case, by, id, &named(mirror, "amber-1.0"), "test")
    };
    for mirror in ["other-private.git", &format!("../{other}/other-private.git")] {
        let refused = ask(mirror).unwrap_err();
        assert!(matches!(refused, EngineError::Refused(_)), "{refused}");
    }
    ask("example-private.git").unwrap();
    upstream.checkout("release-1.0").unwrap();
    let fix = upstream.commit_file("read.rs", "fn read(input) {\n    stop()\n}\n", "Tidy").unwrap();
    upstream.git(&["push", "--quiet", "../team", "HEAD:refs/heads/amber-1.0"]).unwrap();
    upstream.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
    desk.decide(Decision::Fix { line: line(), commits: vec![fix.to_string()] });
    assert_eq!(standing(&house, &desk), Standing::Vulnerable);
    drop(house);

    let mirror = place.path().join(format!("private/{project}/example-private.git"));
    let err = run_until(&place, Duration::from_secs(3), || tip(&mirror, "amber-1.0").is_some());
    assert!(err.contains(&format!("{other} is the id of no project")), "{err}");
    let house = hiding(&place);
    assert_eq!(standing(&house, &Desk { engine: &house, case, ada }), Standing::PreparedPrivately);
    drop(house);

    upstream.git(&["merge", "--quiet", "--ff-only", fix.as_str()]).unwrap();
    let public = place.path().join("clones/example.git");
    // The case was looked at just now; a minute later it is again.
    run_until(&place, Duration::from_secs(64), || {
        tip(&public, "release-1.0").as_deref() == Some(fix.as_str())
    });
    let house = hiding(&place);
    assert_eq!(standing(&house, &Desk { engine: &house, case, ada }), Standing::MergedUntagged);
}

#[test]
fn private_mirrors_are_kept_apart_before_a_house_begins() {
    let place = Place::new();
    fs::create_dir_all(place.path().join("clones/private")).unwrap();
    for (arguments, why) in [
        (&["--clones", "clones", "--private-clones", "clones/private"][..], "lie in each other"),
        (&["--clones", "clones/private", "--private-clones", "clones"], "lie in each other"),
        (&["--private-clones", "gone"], "gone cannot be read"),
    ] {
        let ended = place.run(&[&["serve", "--data", "data"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?} {}", ended.err);
        assert!(ended.err.contains(why), "{}", ended.err);
        assert!(!place.path().join("data").exists(), "it has made nothing");
    }
}
