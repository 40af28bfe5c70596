//! Where a line stands, what is known of it, and what people may tell.

use case::{
    Command, PrivateWork,
    event::{Decision, LineVerdict, Triage},
    observation::{
        Artefact, Comparison, Holds, Milestone, Observation, Place, Release, ReleaseDetails,
        TagSignature,
    },
    readiness::{Answer, Fact, Standing, matrix},
    refusal::Rule,
};

use super::after;
use crate::desk::{
    ANNA, Desk, decision, line, observe, patch, person, start, supported_lines, told, triage,
};

fn declare(commit: &str) -> Command {
    decision(Decision::Fix { line: line("1.30"), commits: vec![commit.repeat(40)] })
}

fn seen(place: Place) -> Command {
    observe(Observation::Fix { line: line("1.30"), commits: vec!["a".repeat(40)], place })
}

fn milestone(milestone: Milestone) -> Command {
    let seen = Observation::Milestone { line: line("1.30"), milestone };
    Command::Attest(Box::new(told(seen)))
}

fn details(reached: usize, found: usize) -> ReleaseDetails {
    let signature = TagSignature::Ssh;
    let (reverted_by, artefacts) = (Vec::new(), None);
    ReleaseDetails { commits: 2, reached, lines: 9, found, signature, reverted_by, artefacts }
}

fn released(contains_fix: Option<bool>, details: ReleaseDetails) -> Command {
    observe(Observation::Release {
        line: line("1.30"),
        release: Release {
            version: "1.30.1".into(),
            tag: "v1.30.1".into(),
            contains_fix,
            evidence: "looked".into(),
            released_at: start(),
            details: Some(details),
        },
    })
}

/// An accepted case whose lines were seen.
fn lines() -> Desk {
    let mut desk = Desk::new();
    desk.anna(triage(Triage::Accepted));
    desk.house(supported_lines());
    desk
}

/// A line that gets a patch, whose fix is declared.
fn declared() -> Desk {
    let mut desk = lines();
    desk.anna(patch("1.30"));
    desk.anna(declare("a"));
    desk
}

fn standing(desk: &Desk, name: &str) -> Standing {
    let rows = matrix(&desk.case);
    rows.into_iter().find(|row| row.key.line == name).unwrap().standing
}

fn answer(desk: &Desk, fact: Fact) -> Answer<'_> {
    let rows = matrix(&desk.case);
    let row = rows.into_iter().find(|row| row.key.line == "1.30").unwrap();
    row.facts.into_iter().find(|(known, _)| *known == fact).unwrap().1
}

#[test]
fn a_line_stands_where_it_was_last_seen() {
    let desk = lines();
    assert_eq!(standing(&desk, "1.30"), Standing::Unknown);
    for (verdict, expected) in [
        (LineVerdict::NotAffected { why: "newer".into() }, Standing::NotAffected),
        (LineVerdict::EndOfLife { why: "old".into() }, Standing::EndOfLife),
    ] {
        let judged = after(&desk, |d| {
            d.anna(decision(Decision::Line { line: line("1.30"), verdict }));
        });
        assert_eq!(standing(&judged, "1.30"), expected);
        assert_eq!(matrix(&judged.case).iter().map(|row| row.facts.len()).sum::<usize>(), 0);
    }
    let mut desk = declared();
    assert_eq!(standing(&desk, "1.30"), Standing::Vulnerable);
    desk.house(seen(Place::Private));
    assert_eq!(standing(&desk, "1.30"), Standing::PreparedPrivately);
    desk.house(seen(Place::Public));
    assert_eq!(standing(&desk, "1.30"), Standing::MergedUntagged);
    let version = || "1.30.1".to_owned();
    let partial = |found, of| Standing::Partial { version: version(), found, of };
    for (contains, details, expected) in [
        (Some(true), details(2, 9), Standing::FixedIn(version())),
        (Some(false), details(1, 9), partial(1, 2)),
        (Some(false), details(2, 4), partial(4, 9)),
        (Some(false), details(0, 4), partial(4, 9)),
        (Some(false), details(2, 0), Standing::Mismatch { version: version() }),
        (Some(false), details(0, 0), Standing::Missed { version: version() }),
        (None, details(0, 0), Standing::Untold { version: version() }),
    ] {
        let desk = after(&desk, |d| {
            d.house(released(contains, details));
        });
        assert_eq!(standing(&desk, "1.30"), expected);
    }
}

fn work(mirror: &str, branches: &[(&str, &str)]) -> Command {
    let branches = branches.iter().map(|(line, branch)| ((*line).into(), (*branch).into()));
    let work = Some(PrivateWork { mirror: mirror.into(), branches: branches.collect() });
    decision(Decision::PrivateWork { repository: "contour".into(), work })
}

#[test]
fn a_line_is_prepared_as_long_as_its_private_branch_has_the_fix() {
    let mut desk = declared();
    let untold = |why| Answer::Untold(why);
    let nowhere = untold("no private repository is named for this case");
    assert_eq!(answer(&desk, Fact::Private), nowhere);
    desk.anna(work("contour-private.git", &[("main", "amber")]));
    let unnamed = untold("no private branch is named for this line");
    assert_eq!(answer(&desk, Fact::Private), unnamed);
    desk.anna(work("contour-private.git", &[("main", "amber"), ("1.30", "amber-1.30")]));
    assert_eq!(answer(&desk, Fact::Private), Answer::NotYet);
    let gone = observe(Observation::Fix {
        line: line("1.30"),
        commits: Vec::new(),
        place: Place::Private,
    });
    let early = after(&desk, |d| {
        d.house(gone.clone());
    });
    assert_eq!(early.case.facts, desk.case.facts, "nothing is ready");
    desk.house(seen(Place::Private));
    assert_eq!(answer(&desk, Fact::Private), Answer::Seen("a".repeat(10)));
    assert_eq!(standing(&desk, "1.30"), Standing::PreparedPrivately);
    assert_eq!(answer(&desk, Fact::Public), Answer::NotYet);

    let lost = after(&desk, |d| {
        d.house(gone.clone());
    });
    assert_eq!(standing(&lost, "1.30"), Standing::Vulnerable);
    // What was seen on one branch says nothing of another one, nor of another repository.
    for (named, stays) in [
        (work("contour-private.git", &[("1.30", "amber-1.30")]), true),
        (work("contour-private.git", &[("1.30", "other")]), false),
        (work("contour-other.git", &[("1.30", "amber-1.30")]), false),
        (decision(Decision::PrivateWork { repository: "contour".into(), work: None }), false),
    ] {
        let renamed = after(&desk, |d| {
            d.anna(named.clone());
        });
        let is_there = standing(&renamed, "1.30") == Standing::PreparedPrivately;
        assert_eq!(is_there, stays, "{named:?}");
    }
    desk.house(seen(Place::Public));
    assert_eq!(standing(&desk, "1.30"), Standing::MergedUntagged);
}

#[test]
fn a_fork_that_was_only_told_of_shows_nothing() {
    let url = "https://forge.example/fork".to_owned();
    let mut desk = declared();
    desk.house(observe(Observation::Fork { url: url.clone() }));
    assert_eq!(answer(&desk, Fact::Private), Answer::NotYet);
    let mut case = desk.case.clone();
    let told = case::Told { name: "Anna".into(), at: start(), place: url, note: "it is".into() };
    case.told.insert(case::Subject::Fork, told);
    let rows = matrix(&case);
    let row = rows.iter().find(|row| row.key.line == "1.30").unwrap();
    let (_, private) = row.facts.iter().find(|(fact, _)| *fact == Fact::Private).unwrap();
    assert_eq!(*private, Answer::Untold("no private repository is named for this case"));
}

#[test]
fn what_nobody_looks_at_cannot_be_told() {
    let mut desk = declared();
    let nobody = |answer: Answer<'_>| matches!(answer, Answer::Untold(_));
    for fact in [Fact::Reviewed, Fact::Tested, Fact::Built, Fact::Found, Fact::Noted] {
        assert!(nobody(answer(&desk, fact)), "{fact:?}");
    }
    assert_eq!(answer(&desk, Fact::Tagged), Answer::NotYet);
    desk.house(released(Some(true), details(2, 9)));
    assert_eq!(answer(&desk, Fact::Signed), Answer::Seen("signed with SSH, not verified".into()));
    assert!(nobody(answer(&desk, Fact::Found)));
    let main = matrix(&desk.case).into_iter().find(|row| row.key.line == "main").unwrap();
    assert_eq!((main.standing, main.facts.len()), (Standing::Unknown, 0));
}

#[test]
fn every_artefact_must_have_the_fix() {
    let desk = declared();
    let some = Holds::Some { found: 1, expected: 2 };
    let untold = Holds::Untold { why: "it is compressed with xz".into() };
    for (artefacts, built, found) in [
        (vec![], Answer::NotYet, Answer::NotYet),
        (vec![Holds::All], Answer::Seen("p0".into()), Answer::Seen("in all of 1".into())),
        (
            vec![Holds::All, Holds::Nothing],
            Answer::Seen("p0 and 1 more".into()),
            Answer::Wrong("p1 does not have it".into()),
        ),
        (
            vec![untold.clone(), some],
            Answer::Seen("p0 and 1 more".into()),
            Answer::Wrong("p1 has 1 of its 2 changes".into()),
        ),
        (
            vec![Holds::All, untold],
            Answer::Seen("p0 and 1 more".into()),
            Answer::Doubtful("p1: it is compressed with xz".into()),
        ),
    ] {
        let named = artefacts.into_iter().enumerate();
        let named = named.map(|(n, holds)| Artefact { name: format!("p{n}"), holds }).collect();
        let shown = ReleaseDetails { artefacts: Some(named), ..details(2, 9) };
        let desk = after(&desk, |d| {
            d.house(released(Some(true), shown));
        });
        assert_eq!((answer(&desk, Fact::Built), answer(&desk, Fact::Found)), (built, found));
    }
}

#[test]
fn what_was_told_counts_until_the_fix_is_another() {
    let mut desk = declared();
    for (of, fact) in [
        (Milestone::Reviewed, Fact::Reviewed),
        (Milestone::Tested, Fact::Tested),
        (Milestone::Built, Fact::Built),
        (Milestone::Noted, Fact::Noted),
    ] {
        desk.anna(milestone(of));
        let Answer::Told(told) = answer(&desk, fact) else { panic!("{fact:?}") };
        assert_eq!(told.name, "Anna");
    }
    // The same commits again are the same fix.
    desk.anna(declare("a"));
    assert!(matches!(answer(&desk, Fact::Reviewed), Answer::Told(_)));
    desk.anna(declare("b"));
    assert!(matches!(answer(&desk, Fact::Reviewed), Answer::Untold(_)));
}

#[test]
fn only_what_is_on_its_way_is_told_of() {
    let told = || milestone(Milestone::Reviewed);
    let unjudged = lines();
    let mut undeclared = unjudged.clone();
    undeclared.anna(patch("1.30"));
    let silent = {
        let seen = Observation::Milestone { line: line("1.30"), milestone: Milestone::Tested };
        let mut silent = crate::desk::told(seen);
        silent.note = " ".into();
        Command::Attest(Box::new(silent))
    };
    let anna = person(ANNA);
    for (desk, command, rule) in [
        (&unjudged, told(), Some(Rule::Unknown)),
        (&undeclared, told(), Some(Rule::WrongState)),
        (&declared(), silent, Some(Rule::ReasonNeeded)),
        (&declared(), told(), None),
    ] {
        assert_eq!(desk.refusal(anna, &command), rule);
    }
}

/// A release of the line that is judged so, and what took the fix back before it.
fn release(version: &str, contains: bool, by: &[&str]) -> Command {
    let reverted_by = by.iter().map(|letter| letter.repeat(40)).collect();
    let Command::Observe(seen) = released(Some(contains), details(2, 0)) else { unreachable!() };
    let Observation::Release { line, mut release } = *seen else { unreachable!() };
    (release.version, release.tag) = (version.into(), format!("v{version}"));
    release.details = Some(ReleaseDetails { reverted_by, ..details(2, 0) });
    observe(Observation::Release { line, release })
}

#[test]
fn a_fix_that_was_taken_back_is_no_fix() {
    let mut desk = declared();
    desk.house(seen(Place::Public));
    let by = || vec!["e".repeat(40)];
    let back = |by| observe(Observation::Reverted { line: line("1.30"), by });
    desk.house(back(by()));
    assert_eq!(standing(&desk, "1.30"), Standing::Reverted { version: None, by: by() });
    assert_eq!(answer(&desk, Fact::Public), Answer::Wrong("taken back by eeeeeeeeee".into()));
    let again = after(&desk, |d| {
        d.house(back(Vec::new()));
    });
    assert_eq!(standing(&again, "1.30"), Standing::MergedUntagged);
    let another = after(&desk, |d| {
        d.anna(declare("b"));
    });
    assert_ne!(standing(&another, "1.30"), standing(&desk, "1.30"), "it is another fix");

    // The newest release counts, in whatever order they were looked at.
    let mut desk = declared();
    desk.house(release("1.30.10", false, &["e"]));
    desk.house(release("1.30.9", true, &[]));
    let lost = Standing::Reverted { version: Some("1.30.10".into()), by: by() };
    assert_eq!(standing(&desk, "1.30"), lost);
    let tagged = answer(&desk, Fact::Tagged);
    assert_eq!(tagged, Answer::Wrong("1.30.10: taken back by eeeeeeeeee".into()));
    desk.house(release("1.30.11", true, &[]));
    assert_eq!(standing(&desk, "1.30"), Standing::FixedIn("1.30.9".into()));
}

#[test]
fn a_backport_is_held_against_the_original() {
    let mut desk = declared();
    let same = |desk: &Desk| format!("{:?}", answer(desk, Fact::Same));
    assert!(same(&desk).contains("no fix is declared on the default branch"));
    desk.anna(patch("main"));
    let original = |commit: &str| {
        decision(Decision::Fix { line: line("main"), commits: vec![commit.repeat(40)] })
    };
    desk.anna(original("d"));
    assert_eq!(answer(&desk, Fact::Same), Answer::NotYet);
    let compared = |expected, found, other| {
        let (commits, original) = (vec!["a".repeat(40)], vec!["d".repeat(40)]);
        let comparison = Comparison { commits, original, expected, found, other };
        observe(Observation::Compared { line: line("1.30"), comparison })
    };
    for (counts, expected) in [
        ((9, 9, 0), "Seen(\"every line of dddddddddd\")"),
        ((0, 0, 0), "Untold(\"it has no lines that could be compared\")"),
        ((9, 7, 0), "Doubtful(\"adapted: 7 of 9 lines of dddddddddd; to be reviewed\")"),
        (
            (9, 9, 2),
            "Doubtful(\"adapted: 9 of 9 lines of dddddddddd and 2 of its own; to be reviewed\")",
        ),
    ] {
        let desk = after(&desk, |d| {
            d.house(compared(counts.0, counts.1, counts.2));
        });
        assert_eq!(same(&desk), expected);
    }
    desk.house(compared(9, 7, 1));
    desk.anna(milestone(Milestone::Reviewed));
    let reviewed = "adapted: 7 of 9 lines of dddddddddd and 1 of its own; reviewed";
    assert_eq!(answer(&desk, Fact::Same), Answer::Seen(reviewed.into()));
    // It says nothing of other commits.
    desk.anna(original("f"));
    assert_eq!(answer(&desk, Fact::Same), Answer::NotYet);
}
