//! What a house sees of private repositories, for whom, and when it fetches them.

use std::path::PathBuf;

use case::{
    Actor, CaseId, Command, PrivateWork,
    event::{Decision, Triage},
    readiness::{Fact, Standing},
};
use engine::{EngineError, Outcome, Prepared, Unpushed, View, ports::PortError};
use jiff::SignedDuration;

use crate::{
    house::House,
    published::{decide, now},
    repositories::World,
};

const MIRROR: &str = "example-private.git";

/// A world with a private repository, which is as the public one was.
fn world() -> World {
    hiding(World::new())
}

fn hiding(world: World) -> World {
    let to = mirror(&world).display().to_string();
    world.builder.git(&["clone", "--quiet", "--mirror", ".", &to]).unwrap();
    world.house.script.lock().unwrap().hidden.insert(MIRROR.into(), mirror(&world));
    world
}

fn mirror(world: &World) -> PathBuf {
    world.folder.path().join(MIRROR)
}

/// The team's word on where line 1.0 is worked on.
fn named(mirror: &str, branch: &str) -> Command {
    let branches = [("1.0".to_owned(), branch.to_owned())].into();
    let work = Some(PrivateWork { mirror: mirror.into(), branches });
    Command::Decide(Box::new(Decision::PrivateWork { repository: "example".into(), work }))
}

fn name(world: &World, branch: &str) {
    world.house.act(world.case, world.house.ada, &named(MIRROR, branch)).unwrap();
}

/// Pushes what is checked out to a private ref, and takes it back in public.
fn push(world: &World, to: &str) {
    let there = mirror(world).display().to_string();
    let what = format!("HEAD:refs/{to}");
    world.builder.git(&["push", "--quiet", "--force", &there, &what]).unwrap();
}

fn unpublish(world: &World) {
    world.builder.git(&["reset", "--quiet", "--hard", "HEAD^"]).unwrap();
}

fn view(world: &World) -> View {
    world.house.engine.view(world.case, Actor::Person(world.house.ada)).unwrap()
}

fn prepared(world: &World) -> Prepared {
    let [only] = world.house.engine.prepared(&view(world)).try_into().unwrap();
    only
}

#[test]
fn a_fix_counts_as_prepared_on_its_own_branch_alone_and_never_as_public() {
    let mut world = world();
    name(&world, "amber-1.0");
    let fix = world.fix("1.0");
    push(&world, "heads/another");
    push(&world, "tags/v1.0.1");
    unpublish(&world);
    assert_eq!(world.standing(), Standing::Vulnerable, "it is on a branch of another case");
    assert!(prepared(&world).seen.unwrap().branches.is_empty());
    let there = mirror(&world).display().to_string();
    world.builder.git(&["-C", &there, "branch", "amber-1.0", fix.as_str()]).unwrap();
    assert_eq!(world.standing(), Standing::PreparedPrivately);
    assert_eq!(world.answer(Fact::Private), format!("seen: {}", &fix.as_str()[..10]));
    for later in [Fact::Public, Fact::Tagged] {
        assert_eq!(world.answer(later), "not yet", "{later:?}");
    }
    let seen = prepared(&world).seen.unwrap().branches;
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["amber-1.0"]);
    let quiet = world.events();
    world.look();
    assert_eq!(world.events(), quiet, "nothing new, nothing said");

    // Written anew, until the same commit is there again.
    world.builder.git(&["-C", &there, "branch", "--force", "amber-1.0", "main"]).unwrap();
    assert_eq!(world.standing(), Standing::Vulnerable);
    world.builder.git(&["-C", &there, "branch", "--delete", "--force", "amber-1.0"]).unwrap();
    assert_eq!(world.standing(), Standing::Vulnerable);
    world.builder.git(&["-C", &there, "branch", "amber-1.0", fix.as_str()]).unwrap();
    assert_eq!(world.standing(), Standing::PreparedPrivately);

    world.builder.git(&["merge", "--quiet", "--ff-only", fix.as_str()]).unwrap();
    assert_eq!(world.standing(), Standing::MergedUntagged);
    world.builder.git(&["-C", &there, "branch", "--delete", "--force", "amber-1.0"]).unwrap();
    assert_eq!(world.standing(), Standing::MergedUntagged);
}

#[test]
fn what_was_seen_stays_while_the_mirror_cannot_be_read_and_that_is_told() {
    let mut world = world();
    name(&world, "amber-1.0");
    world.fix("1.0");
    push(&world, "heads/amber-1.0");
    unpublish(&world);
    assert_eq!(world.standing(), Standing::PreparedPrivately);
    world.house.script.lock().unwrap().hidden.clear();
    assert_eq!(world.standing(), Standing::PreparedPrivately);
    let why = prepared(&world).seen.unwrap_err();
    assert_eq!(why, "this project has no private repository “example-private.git” here");
    let [Unpushed { read, .. }] =
        world.house.engine.unpushed(&view(&world)).unwrap().try_into().unwrap();
    assert_eq!(read.unwrap_err(), why);
    // What nobody reads any more was not seen.
    let work = None;
    decide(&world.house, world.case, Decision::PrivateWork { repository: "example".into(), work });
    assert_eq!(world.standing(), Standing::Vulnerable);
}

#[test]
fn of_a_private_mirror_nothing_is_kept() {
    let mut world = hiding(World::keeping());
    name(&world, "amber-1.0");
    let fix = world.fix("1.0");
    push(&world, "heads/amber-1.0");
    unpublish(&world);
    assert_eq!(world.standing(), Standing::PreparedPrivately);
    world.house.engine.unpushed(&view(&world)).unwrap();
    let name = data_encoding::HEXLOWER.decode(fix.as_str().as_bytes()).unwrap();
    for file in world.kept() {
        let kept = std::fs::read(file).unwrap();
        assert!(!kept.windows(name.len()).any(|bytes| bytes == name));
    }
}

/// Another accepted case of the same project.
fn another(house: &House) -> CaseId {
    let case = house.report(2, None).case;
    let reason = "it is one".to_owned();
    decide(house, case, Decision::Triage { verdict: Triage::Accepted, reason });
    house.pass(61);
    case
}

fn refused(outcome: Result<Outcome, EngineError>) -> String {
    let EngineError::Refused(refusal) = outcome.unwrap_err() else { return String::new() };
    refusal.why
}

#[test]
fn what_one_case_calls_its_own_no_other_does() {
    let world = world();
    let (house, second) = (&world.house, another(&world.house));
    let ask = |case, by, mirror: &str, branch: &str| house.act(case, by, &named(mirror, branch));
    name(&world, "amber-1.0");
    let codename = now(house, world.case).codename;
    for branch in ["amber-1.0", "AMBER-1.0"] {
        let why = refused(ask(second, house.ben, MIRROR, branch));
        assert_eq!(why, format!("the branch {branch} belongs to the case {codename}"));
    }
    let missing = |name| format!("this project has no private repository “{name}” here");
    assert_eq!(refused(ask(second, house.ben, "gone.git", "b")), missing("gone.git"));

    // Who may not see a case does not learn where it is worked on.
    let (person, reason) = (house.ben, "a relative of the reporter".to_owned());
    house.act(world.case, house.ada, &Command::Remove { person, reason }).unwrap();
    for branch in ["amber-1.0", "quiet-1.0"] {
        assert_eq!(refused(ask(second, house.ben, MIRROR, branch)), missing(MIRROR));
    }
    assert!(house.engine.view(world.case, Actor::Person(house.ben)).is_err());
    ask(second, house.ada, MIRROR, "quiet-1.0").unwrap();
    // And whoever may, may go on.
    ask(world.case, house.ada, MIRROR, "amber-2").unwrap();
    ask(second, house.ada, MIRROR, "amber-1.0").unwrap();
    let why = refused(ask(world.case, house.ada, MIRROR, "amber-1.0"));
    assert!(why.contains("belongs to the case"), "{why}");
    // It is free again once that case is over.
    let reason = "entered in error".to_owned();
    house.act(second, house.ada, &Command::Withdraw { reason }).unwrap();
    ask(world.case, house.ada, MIRROR, "amber-1.0").unwrap();
}

#[test]
fn private_mirrors_are_fetched_as_long_as_an_open_case_names_them() {
    let mut world = world();
    let every = SignedDuration::from_mins(10);
    world.house.engine = world.house.engine.keep_fresh(every).unwrap();
    let fetched = |world: &World| {
        world.house.script.lock().unwrap().fetched_hidden.drain(..).collect::<Vec<_>>()
    };
    let minutes = |world: &World, minutes: usize| {
        (0..minutes).for_each(|_| world.house.pass(60));
        fetched(world)
    };
    assert_eq!(minutes(&world, 15), [""; 0]);
    name(&world, "amber-1.0");
    assert_eq!(minutes(&world, 1), [MIRROR], "soon");
    assert_eq!(minutes(&world, 20), [MIRROR; 2]);
    assert_eq!(prepared(&world).fresh.unwrap().trouble, None);
    let away = PortError::Unreached("example.org is away".into());
    world.house.script.lock().unwrap().unfetched = Some(away);
    assert_eq!(minutes(&world, 10), [MIRROR]);
    let fresh = prepared(&world).fresh.unwrap();
    assert_eq!(fresh.trouble.as_deref(), Some("example.org is away"));
    // As often as a public one, while the fix is waited for.
    world.house.script.lock().unwrap().unfetched = None;
    minutes(&world, 20);
    world.fix("1.0");
    unpublish(&world);
    assert_eq!(minutes(&world, 10).len(), 5);

    let reason = "entered in error".to_owned();
    world.house.act(world.case, world.house.ada, &Command::Withdraw { reason }).unwrap();
    minutes(&world, 5);
    assert_eq!(minutes(&world, 60), [""; 0]);
}

#[test]
fn before_a_push_it_says_what_would_be_public_and_not_the_words() {
    let mut world = world();
    let codename = now(&world.house, world.case).codename.to_string();
    name(&world, "amber-1.0");
    world.builder.checkout("1.0").unwrap();
    let told = world.builder.commit_file("a", "1", &format!("Fix {codename}")).unwrap();
    let quiet = world.builder.commit_file("b", "1", "Tidy up").unwrap();
    push(&world, "heads/amber-1.0");
    world.builder.commit_file("c", "1", &format!("More of {codename}")).unwrap();
    push(&world, "heads/another");
    world.builder.git(&["reset", "--quiet", "--hard", "HEAD~3"]).unwrap();
    let unpushed = |world: &World| {
        let all = world.house.engine.unpushed(&view(world)).unwrap();
        let [only] = all.try_into().unwrap();
        only
    };
    let shown = unpushed(&world);
    assert_eq!((shown.line.as_str(), shown.branch.as_str()), ("example#1.0", "amber-1.0"));
    let (commits, sights) = shown.read.clone().unwrap();
    assert_eq!(commits, 2);
    let [sight] = sights.try_into().unwrap();
    assert!(sight.grave && sight.place.starts_with(told.as_str()), "{sight:?}");
    assert!(!format!("{shown:?}").contains(&codename) && !shown.is_cut());
    // What is public already is no news, wherever public branches went meanwhile.
    world.builder.git(&["merge", "--quiet", "--ff-only", told.as_str()]).unwrap();
    world.builder.commit_file("d", "1", "Something else").unwrap();
    assert_eq!(unpushed(&world).read.unwrap(), (1, vec![]));
    // The branch itself has a name.
    let there = mirror(&world).display().to_string();
    let (branch, target) = (format!("{codename}-1.0"), quiet.as_str());
    world.builder.git(&["-C", &there, "branch", &branch, target]).unwrap();
    name(&world, &branch);
    let (_, sights) = unpushed(&world).read.unwrap();
    let [sight] = sights.try_into().unwrap();
    assert_eq!((sight.grave, sight.place), (true, format!("{quiet}:branch")));
    name(&world, "gone");
    assert_eq!(unpushed(&world).read.unwrap_err(), "there is no such branch yet");
}
