//! Mirrors that the house keeps fresh: when each is fetched, and what it says of that.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Barrier},
    thread,
};

use case::{
    Actor, CaseId, CommandId, LineKey,
    event::{Decision, LineVerdict, Triage},
};
use engine::{
    EngineError, Freshness,
    ports::{LocalClone, PortError, Repository, Telling},
};
use git::fixture::RepoBuilder;
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::{
    disclosure,
    house::{House, START, Shown},
    published::{decide, now},
};

const EVERY: SignedDuration = SignedDuration::from_mins(10);

fn clone() -> LocalClone {
    LocalClone { folder: "example.git".into(), supported: Telling::Newest(3) }
}

/// A house that keeps the mirror of its one repository fresh, and the repository.
fn keeping() -> (House, RepoBuilder, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = RepoBuilder::create(folder.path().join("example")).unwrap();
    builder.commit_file("read.rs", "take(input)\n", "Begin").unwrap();
    builder.tag("v1.0.0").unwrap();
    let house = House::new();
    (keeping_of(house, &builder), builder, folder)
}

fn keeping_of(mut house: House, builder: &RepoBuilder) -> House {
    house.script.lock().unwrap().repository = Some(Shown {
        mirror: builder.folder().to_owned(),
        lines: vec!["main".into()],
        default_branch: "main".into(),
        private: None,
        artefacts: None,
    });
    house.engine = house.engine.keep_fresh(EVERY).unwrap();
    read_from(&house);
    house.settle();
    house
}

fn read_from(house: &House) {
    let command = CommandId(house.engine.draw());
    house.engine.read_from(house.project, house.ada, "example", Some(clone()), command).unwrap();
}

fn fetched(house: &House) -> usize {
    house.script.lock().unwrap().fetched
}

fn freshness(house: &House) -> Option<Freshness> {
    house.engine.freshness(Repository { name: "example", clone: Some(&clone()) })
}

/// Lets minutes pass; how often it was fetched in each.
fn minutes(house: &House, minutes: usize) -> Vec<usize> {
    let one = |_| {
        let before = fetched(house);
        house.pass(60);
        fetched(house) - before
    };
    (0..minutes).map(one).collect()
}

/// In which of the next minutes it was fetched, counted from one.
fn when(house: &House, of: usize) -> Vec<usize> {
    let all = minutes(house, of).into_iter().zip(1..);
    all.flat_map(|(times, minute)| std::iter::repeat_n(minute, times)).collect()
}

fn unreached() -> Result<(), PortError> {
    Err(PortError::Unreached("example.org is away".into()))
}

#[test]
fn it_is_fetched_at_once_and_then_every_so_often() {
    let (house, ..) = keeping();
    assert_eq!(fetched(&house), 1);
    assert_eq!(when(&house, 31), [10, 20, 30]);
    let fresh = freshness(&house).unwrap();
    assert_eq!(
        (fresh.fetching, fresh.first, fresh.trouble, fresh.since),
        (false, false, None, START)
    );
}

#[test]
fn a_house_that_is_not_told_to_fetch_does_not() {
    let (keeps, builder, _folder) = keeping();
    let house = House::new();
    house.script.lock().unwrap().repository = keeps.script.lock().unwrap().repository.clone();
    read_from(&house);
    house.pass(3_600);
    assert_eq!((fetched(&house), freshness(&house)), (0, None));
    let refused = house.engine.fetch_now(house.project, house.ada, "example").unwrap_err();
    assert!(matches!(refused, EngineError::Invalid(_)), "{refused}");
    // Once it is, what was named before is fetched.
    let house = keeping_of(house, &builder);
    assert_eq!(fetched(&house), 1);
    assert_eq!(when(&house, 10), [10]);
}

#[test]
fn a_server_that_fails_is_asked_less_and_less_and_no_more_so_once_it_answers() {
    let (house, ..) = keeping();
    house.script.lock().unwrap().fetches = (0..5).map(|_| unreached()).collect();
    assert_eq!(when(&house, 10), [10]);
    let failing = freshness(&house).unwrap();
    let since = START + SignedDuration::from_mins(10);
    assert_eq!(failing.trouble.as_deref(), Some("example.org is away"));
    assert_eq!(failing.since, since);
    assert_eq!(when(&house, 240), [20, 60, 120, 180, 240]);
    assert_eq!(freshness(&house).unwrap().trouble, None);
    assert_eq!(when(&house, 20), [10, 20]);
}

/// An accepted case, whose fix on the default branch was declared.
fn waiting(house: &House, builder: &mut RepoBuilder) -> CaseId {
    let case = house.report(1, None).case;
    let reason = "it is one".to_owned();
    decide(house, case, Decision::Triage { verdict: Triage::Accepted, reason });
    house.pass(60);
    let (line, verdict) = (LineKey::new("example", "main"), LineVerdict::Patch { version: None });
    decide(house, case, Decision::Line { line: line.clone(), verdict });
    builder.branch("aside", "main").unwrap();
    let fix = builder.commit_file("read.rs", "refuse_if(long)\n", "Tidy up").unwrap();
    decide(house, case, Decision::Fix { line, commits: vec![fix.to_string()] });
    case
}

#[test]
fn while_a_case_waits_for_it_it_is_fetched_more_often_and_the_case_is_looked_at() {
    let (house, mut builder, _folder) = keeping();
    assert_eq!(when(&house, 10), [10]);
    let case = waiting(&house, &mut builder);
    house.pass(60);
    assert_eq!(when(&house, 8), [1, 3, 5, 7]);
    // Failing, it is still asked every ten minutes.
    house.script.lock().unwrap().fetches = (0..5).map(|_| unreached()).collect();
    assert_eq!(when(&house, 40), [1, 5, 13, 23, 33]);
    house.script.lock().unwrap().fetches.clear();
    house.pass(10 * 60);
    // What is there by then is seen in the same moment.
    builder.git(&["branch", "-f", "main", "aside"]).unwrap();
    house.engine.fetch_now(house.project, house.ada, "example").unwrap();
    house.settle();
    let line = &now(&house, case).lines[&LineKey::new("example", "main")];
    assert!(!line.fix.public.is_empty());
    house.pass(4 * 60);
    assert_eq!(when(&house, 40).len(), 4, "nobody waits any more");
}

#[test]
fn it_is_fetched_when_somebody_of_the_team_asks() {
    let (house, ..) = keeping();
    house.engine.fetch_now(house.project, house.ada, "example").unwrap();
    house.settle();
    assert_eq!(fetched(&house), 2);
    let stranger = case::PersonId([9; 16]);
    let refused = house.engine.fetch_now(house.project, stranger, "example").unwrap_err();
    assert!(matches!(refused, EngineError::NotFound), "{refused}");
    let refused = house.engine.fetch_now(house.project, house.ada, "another").unwrap_err();
    assert!(matches!(refused, EngineError::Invalid(_)), "{refused}");
    house.settle();
    assert_eq!(fetched(&house), 2);
}

#[test]
fn a_look_at_what_strangers_see_asks_for_a_fresh_one() {
    let (house, ..) = keeping();
    let case = house.report(1, None).case;
    let look = || {
        let view = house.engine.view(case, Actor::House).unwrap();
        house.engine.stranger(&view).unwrap();
    };
    look();
    house.pass(30);
    assert_eq!(fetched(&house), 1, "that was fresh");
    house.pass(60);
    look();
    house.pass(60);
    assert_eq!(fetched(&house), 2);
    // A server that fails is not asked more often for it.
    house.script.lock().unwrap().fetches = vec![unreached()];
    assert_eq!(when(&house, 10), [10]);
    look();
    assert_eq!(when(&house, 19), [0; 0]);
}

#[test]
fn a_server_that_hangs_holds_up_other_fetches_alone() {
    let (house, ..) = keeping();
    let project = house.engine.project(house.project).unwrap();
    let id = CommandId([3; 16]);
    let other = house.engine.create_project(house.ada, &project.policy, &project.playbook, id);
    let clone = LocalClone { folder: "other.git".into(), ..clone() };
    let id = CommandId([4; 16]);
    house.engine.read_from(other.unwrap(), house.ada, "example", Some(clone), id).unwrap();
    house.settle();
    assert_eq!(fetched(&house), 2);
    let barrier = Arc::new(Barrier::new(2));
    house.script.lock().unwrap().fetch_hangs = Some(Arc::clone(&barrier));
    house.hands.pass(EVERY);
    thread::scope(|scope| {
        let other = scope.spawn(|| house.settle());
        barrier.wait();
        let done = catch_unwind(AssertUnwindSafe(|| {
            let receipt = house.report(8, None);
            house.settle();
            let case = now(&house, receipt.case);
            assert!(case.acts.values().all(|act| act.done_at().is_some()), "it goes on");
            // Longer than a lease.
            house.hands.pass(SignedDuration::from_mins(6));
            house.engine.fetch_now(house.project, house.ada, "example").unwrap();
            for _ in 0..5 {
                house.pass(1);
            }
            assert_eq!(fetched(&house), 3, "one fetch at a time");
        }));
        barrier.wait();
        other.join().unwrap();
        done.unwrap_or_else(|why| resume_unwind(why));
    });
    house.pass(1);
    assert!(fetched(&house) > 3, "the others had their turn");
    assert!(!freshness(&house).unwrap().fetching);
}

#[test]
fn a_look_ahead_tells_of_a_mirror_that_is_not_fresh() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = RepoBuilder::create(folder.path().join("example")).unwrap();
    builder.commit_file("read.rs", "take(input)\n", "Begin").unwrap();
    let house = keeping_of(disclosure::house(), &builder);
    let case = disclosure::planned(&house, 2);
    house.script.lock().unwrap().fetches = (0..9).map(|_| unreached()).collect();
    let text = "because".to_owned();
    disclosure::decide(&house, case, Decision::Retrospective { text, actions: Vec::new() });
    disclosure::arm(&house, case);
    house.engine.fetch_now(house.project, house.ada, "example").unwrap();
    house.settle();
    minutes(&house, 62);
    let plan = now(&house, case).disclosure.unwrap();
    let problems = plan.preflight.unwrap().problems;
    let told = "the mirror of example cannot be fetched since ";
    let tells = |it: &String| it.starts_with(told) && it.ends_with(": example.org is away");
    assert!(problems.iter().any(tells), "{problems:?}");
}
