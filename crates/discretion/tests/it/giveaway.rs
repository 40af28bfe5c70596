//! The give-away score: calm, with reasons, and by the project's own measure.

use discretion::{
    CommitWords, Rule, Severity,
    giveaway::{Circumstances, Glance, Habits, Score, Shares, Sign, tags},
};

const DAY: i64 = 24 * 60 * 60;
const NOON: i64 = 1_700_000_000 / DAY * DAY + DAY / 2;

fn commit(message: &str, author: &str, file: &str) -> CommitWords {
    CommitWords {
        oid: "4bf4d3f".to_owned(),
        message: message.to_owned(),
        author: format!("{author} <{author}@example.org>"),
        files: vec![file.to_owned()],
        ..CommitWords::default()
    }
}

fn at(authored: i64, committed: i64) -> Circumstances {
    Circumstances { authored, committed, ..Circumstances::default() }
}

/// What this project does every day, some days apart.
fn history(message: &str, count: i64) -> Vec<(CommitWords, Circumstances)> {
    (0..count)
        .map(|number| {
            let when = NOON + number * DAY;
            let author = if number % 2 == 0 { "ada" } else { "bea" };
            (commit(&format!("{message} (#{number})"), author, "src/a.c"), at(when, when))
        })
        .collect()
}

type Past = [(CommitWords, Circumstances)];

fn seen(past: &Past) -> Vec<Glance<'_>> {
    past.iter().map(|(words, seen)| Glance { words, circumstances: *seen }).collect()
}

fn habits(history: &Past, fixes: &Past) -> Habits {
    Habits::of(&seen(history), &seen(fixes))
}

fn score(habits: &Habits, words: &CommitWords, circumstances: Circumstances) -> Score {
    habits.score(&Glance { words, circumstances })
}

fn reasons(score: &Score) -> Vec<&'static str> {
    score.reasons.iter().map(|reason| reason.sign.name()).collect()
}

type Change = fn(&mut CommitWords, &mut Circumstances);

#[test]
fn each_irregularity_is_a_reason() {
    let habits = habits(&history("Mend the build", 400), &[]);
    let when = NOON + 400 * DAY;
    let plain = commit("Mend the build (#9)", "ada", "src/a.c");
    let calm = score(&habits, &plain, at(when, when));
    assert!(!calm.stands_out(), "{calm:?}");
    let changes: [(&str, Change); 11] = [
        ("review", |words, _| words.message = "Mend the build".into()),
        ("credit", |words, _| words.message += "\n\nReported-by: Q"),
        ("bounty", |words, _| words.message += "\n\nhttps://hackerone.com/reports/1"),
        ("tell-tale", |words, _| words.message = "Merge commit from fork (#1)".into()),
        ("tell-tale", |words, _| words.message += "\n\nhttps://a.example/x/y-ghsa-aa-bb-cc/pull/1"),
        ("overflow", |words, _| words.message += "\n\nNo overflow."),
        ("old", |_, seen| seen.authored -= 8 * DAY),
        ("before-release", |_, seen| seen.release = Some(seen.committed + 2 * DAY)),
        ("elsewhere", |_, seen| seen.elsewhere = true),
        ("crash-file", |words, _| words.files.push("tests/crash-7f3a".into())),
        ("new-author", |words, _| words.author = "Jo <jo@example.net>".into()),
    ];
    for (sign, change) in changes {
        let (mut words, mut seen) = (plain.clone(), at(when, when));
        change(&mut words, &mut seen);
        let other = score(&habits, &words, seen);
        assert!(reasons(&other).contains(&sign), "{sign}: {other:?}");
        assert!(!reasons(&calm).contains(&sign), "{sign}: {calm:?}");
        assert!(other.weight > calm.weight, "{sign}");
    }
    let night = Glance { words: &plain, circumstances: at(when + DAY / 2, when + DAY / 2) };
    assert!(habits.signs(&night).iter().any(|sign| sign.name() == "odd-hour"));
}

#[test]
fn what_is_everyday_here_says_nothing() {
    let about = |message: &str| {
        let habits = habits(&history(message, 400), &[]);
        let words = commit("Check the overflow (#9)", "ada", "src/a.c");
        reasons(&score(&habits, &words, at(NOON, NOON))).contains(&"overflow")
    };
    assert!(about("Mend the build"));
    assert!(!about("Mend the overflow"));
}

#[test]
fn a_project_learns_from_its_own_past_fixes() {
    let fixes: Vec<_> = (0..40)
        .map(|number| {
            let when = NOON + number * DAY;
            (commit(&format!("tidy (#{number})"), "ada", "tests/a.c"), at(when, when))
        })
        .collect();
    let words = commit("tidy (#77)", "ada", "tests/a.c");
    let weight = |fixes: &[_]| {
        score(&habits(&history("Mend the build", 400), fixes), &words, at(NOON, NOON)).weight
    };
    assert!(weight(&fixes) > weight(&[]) + 1.0);
}

#[test]
fn it_warns_with_reasons_and_never_blocks() {
    let habits = habits(&history("Mend the build", 400), &[]);
    let words = commit("reader: check bounds\n\nReported-by: Q", "zoe", "src/read.c");
    let seen = Circumstances { release: Some(NOON + DAY), ..at(NOON - 30 * DAY, NOON) };
    let score = score(&habits, &words, seen);
    let finding = score.finding("4bf4d3f").unwrap();
    assert_eq!((finding.rule, finding.severity), (Rule::GiveAway, Severity::Warn));
    assert!(finding.why.contains("x: it was written a week or more before"), "{}", finding.why);
    assert_eq!(finding.excerpt, "");
    let order: Vec<f64> = score.reasons.iter().map(|reason| reason.times).collect();
    assert!(order.is_sorted_by(|a, b| a >= b));
}

#[test]
fn an_empty_message_that_comes_about_as_others_do_passes() {
    let history: Vec<_> = history("", 400)
        .into_iter()
        .map(|(words, seen)| (CommitWords { message: "mend".into(), ..words }, seen))
        .collect();
    let habits = habits(&history, &[]);
    for message in ["", "fix header handling"] {
        let words = commit(message, "ada", "src/a.c");
        assert_eq!(score(&habits, &words, at(NOON, NOON)).finding("x"), None, "{message}");
    }
}

#[test]
fn few_commits_say_nothing() {
    let habits = habits(&history("Mend the build", 199), &[]);
    let words = commit("overflow attack exploit\n\nReported-by: Q", "zoe", "src/read.c");
    let score = score(&habits, &words, at(NOON - 30 * DAY, NOON));
    assert_eq!((score.share, score.stands_out()), (None, false));
    let nobody = Habits::default();
    assert_eq!(nobody.score(&Glance { words: &words, circumstances: at(0, 0) }).share, None);
}

#[test]
fn several_versions_at_once_are_pointed_at() {
    assert!(tags(&["v1.2.3"]).is_none());
    assert!(tags(&["nightly", "v1.2.3"]).is_none());
    assert_eq!(tags(&["v1.2.3", "v1.3.1"]).unwrap().severity, Severity::Warn);
}

#[test]
fn the_table_knows_every_sign_by_its_name() {
    let names: Vec<&str> = Sign::all().map(Sign::name).collect();
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), names.len());
    assert!(!names.contains(&""));
}

#[test]
fn what_one_in_twenty_looks_like_does_not_stand_out_and_one_in_a_hundred_does() {
    for (others, stands_out) in [(20, false), (4, true)] {
        let mut history = history("Mend the build", 400);
        for (words, _) in history.iter_mut().take(others) {
            words.message += "\n\nReported-by: Q";
        }
        let habits = habits(&history, &[]);
        let words = commit("Mend the build (#9)\n\nReported-by: Q", "ada", "src/a.c");
        let score = score(&habits, &words, at(NOON, NOON));
        assert_eq!(score.stands_out(), stands_out, "{others}: {:?}", score.share);
    }
}

#[test]
fn no_sign_counts_more_than_twelve_times() {
    let habits = habits(&history("Mend the build", 4_000), &[]);
    let words = commit(
        "overflow, overread, exploit, attack (#9)\n\nReported-by: Q\n\nhttps://hackerone.com/reports/1",
        "zoe",
        "tests/crash-1",
    );
    let score = score(&habits, &words, at(NOON - 30 * DAY, NOON));
    let most = score.reasons.first().unwrap().times;
    assert!((12.0..12.5).contains(&most), "{most}");
}

/// The signs that a commit bears in a project of everyday commits.
fn borne(words: &CommitWords, circumstances: Circumstances) -> Vec<&'static str> {
    let habits = habits(&history("Mend the build", 400), &[]);
    habits.signs(&Glance { words, circumstances }).into_iter().map(Sign::name).collect()
}

#[test]
fn each_sign_is_told_from_what_only_looks_like_it() {
    for (sign, message, is) in [
        ("credit", "Mend\n\nReported-by: Q", true),
        ("credit", "Mend\n\n  Discovered by Q", true),
        ("credit", "Mend\n\nCredit to: Q", true),
        ("credit", "Mend\n\nReported as odd", false),
        ("credit", "Mend\n\nIt was reported by Q", false),
        ("bounty", "Mend\n\nhttps://huntr.dev/bounties/1", true),
        ("review", "Mend (#7)", true),
        ("review", "Mend\n\nReviewed-by: Q", true),
        ("review", "Mend\n\nhttps://a.example/x/pull/3", true),
        ("review", "Mend\n\nCloses #3", true),
        ("review", "Mend\n\nas in (#7)", false),
        ("closes", "Mend\n\nFixes: #3", true),
        ("closes", "Mend\n\nFixes https://a.example/issues/4", true),
        ("closes", "Mend\n\nFixes https://a.example/wiki", false),
        ("closes", "Mend\n\nFixes a thing, as /issues/ says", false),
        ("closes", "Mend\n\nSee https://a.example/issues/4", false),
        ("tell-tale", "Merge commit from fork", true),
        ("tell-tale", "Merge pull request from GHSA-aa", true),
        ("tell-tale", "Mend\n\nhttps://a.example/x/y/security/advisories/GHSA-aa", true),
        ("tell-tale", "Mend\n\nx/y-ghsa-aa-bb", true),
        ("tell-tale", "Mend y-ghsa-aa-bb", false),
        ("tell-tale", "Mend a/b", false),
        ("cherry-pick", "Mend\n\n(cherry picked from commit 4bf4d3f)", true),
        ("chore", "Bump it", true),
        ("chore", "Do not bump it", false),
        ("overflow", "Mend overflows", true),
        ("overflow", "Mend an inoverflow", false),
        ("oob", "Mend oob", true),
        ("fuzz", "Mend fuzzing", true),
        ("dos", "do", false),
    ] {
        let words = commit(message, "ada", "src/a.c");
        assert_eq!(borne(&words, at(NOON, NOON)).contains(&sign), is, "{sign}: {message}");
    }
    for (sign, file, is) in [
        ("source", "src/a.c", true),
        ("source", "tests/a.c", false),
        ("source", "README.md", false),
        ("test", "tests/a.c", true),
        ("test", "a/e2e/b.txt", true),
        ("test", "a/test_b.py", true),
        ("test", "a/b_test.go", true),
        ("test", "attest/b.c", false),
        ("test", "a/latest_b.c", false),
        ("crash-file", "a/crash-7f3a", true),
        ("crash-file", "PoC.txt", true),
        ("crash-file", "a/oom", true),
        ("crash-file", "pocket.txt", false),
        ("crash-file", "a/b-poc", false),
    ] {
        let words = commit("Mend (#9)", "ada", file);
        assert_eq!(borne(&words, at(NOON, NOON)).contains(&sign), is, "{sign}: {file}");
    }
}

#[test]
fn dates_are_told_to_the_second() {
    let released = |at| Circumstances { release: Some(at), ..self::at(NOON, NOON) };
    let hours = |authored: i64, offset| Circumstances { offset, ..at(authored, authored) };
    let words = commit("Mend (#9)", "ada", "src/a.c");
    for (sign, circumstances, is) in [
        ("old", at(NOON - 7 * DAY, NOON), true),
        ("old", at(NOON - 7 * DAY + 1, NOON), false),
        ("before-release", released(NOON), true),
        ("before-release", released(NOON + 3 * DAY - 1), true),
        ("before-release", released(NOON + 3 * DAY), false),
        ("before-release", released(NOON - 1), false),
        ("odd-hour", hours(NOON, 0), false),
        ("odd-hour", hours(NOON + 59 * 60, 0), false),
        ("odd-hour", hours(NOON + 60 * 60, 0), true),
        ("odd-hour", hours(NOON - 1, 0), true),
        // Their noon, in the middle of our night.
        ("odd-hour", hours(NOON - DAY / 2, 12 * 60), false),
        ("odd-hour", hours(NOON, 12 * 60), true),
        ("odd-hour", hours(NOON, -60), true),
        ("odd-hour", hours(-DAY / 2, 0), false),
    ] {
        assert_eq!(borne(&words, circumstances).contains(&sign), is, "{sign}: {circumstances:?}");
    }
}

#[test]
fn an_hour_of_one_commit_in_a_hundred_is_not_odd() {
    for (at_night, odd) in [(3, true), (4, false)] {
        let mut history = history("Mend the build", 400);
        for (_, circumstances) in history.iter_mut().take(at_night) {
            circumstances.authored -= DAY / 2;
        }
        let words = commit("Mend (#9)", "ada", "src/a.c");
        let night = Glance { words: &words, circumstances: at(NOON + DAY / 2, NOON + DAY / 2) };
        let signs = habits(&history, &[]).signs(&night);
        assert_eq!(signs.iter().any(|sign| sign.name() == "odd-hour"), odd, "{at_night}");
    }
}

#[test]
fn an_author_of_two_commits_is_known() {
    for (commits, new) in [(0, true), (1, true), (2, false)] {
        let mut history = history("Mend the build", 400);
        for (words, _) in history.iter_mut().take(commits) {
            words.author = "Jo <jo@example.net>".into();
        }
        // The address counts, whatever the name is.
        let words = CommitWords { author: "J. <jo@example.net>".into(), ..history[9].0.clone() };
        let signs =
            habits(&history, &[]).signs(&Glance { words: &words, circumstances: at(NOON, NOON) });
        assert_eq!(signs.iter().any(|sign| sign.name() == "new-author"), new, "{commits}");
    }
    let nobody = Habits::default();
    let words = commit("Mend", "ada", "src/a.c");
    assert!(nobody.signs(&Glance { words: &words, circumstances: at(NOON, NOON) }).len() < 3);
}

/// Each of those that are learned from counts itself among its author's.
#[test]
fn where_everybody_comes_twice_a_newcomer_says_nothing() {
    let mut history = history("Mend the build", 400);
    for (number, (words, _)) in history.iter_mut().enumerate() {
        words.author = format!("{0} <{0}@example.org>", number / 2);
    }
    let words = commit("Mend the build (#9)", "jo", "src/a.c");
    let score = score(&habits(&history, &[]), &words, at(NOON, NOON));
    assert!(!reasons(&score).contains(&"new-author"), "{score:?}");
}

#[test]
fn reasons_are_what_speaks_for_it() {
    let habits = habits(&history("Mend the build", 4_000), &[]);
    let words = commit("overflow", "ada", "src/a.c");
    let score = score(&habits, &words, at(NOON, NOON));
    assert!(score.reasons.iter().all(|reason| reason.times > 1.1), "{score:?}");
    assert!(score.reasons.iter().all(|reason| reason.borne || !reason.sign.is_word()), "{score:?}");
    let lacking: Vec<_> = score.reasons.iter().filter(|reason| !reason.borne).collect();
    assert!(lacking.iter().any(|reason| reason.sign.name() == "review"), "{score:?}");
    assert!(lacking.iter().all(|reason| reason.times < 4.5), "{score:?}");
    let told = score.reasons[0].to_string();
    assert!(told.contains("x: it says “overflow…”"), "{told}");
}

#[test]
fn what_speaks_against_it_counts_less_than_what_speaks_for_it() {
    let mut history = history("Mend the build", 4_000);
    for (number, (words, _)) in history.iter_mut().enumerate().skip(3) {
        words.author = format!("{number} <{number}@example.org>");
    }
    history[1].0.author = history[0].0.author.clone();
    history[2].0.author = history[0].0.author.clone();
    let habits = habits(&history, &[]);
    let weight = |who| score(&habits, &commit("Mend (#9)", who, "src/a.c"), at(NOON, NOON)).weight;
    // Everybody is new here, fixes elsewhere are by people who are known.
    let (new, known) = (weight("jo"), weight("ada"));
    assert!((known - 1.5 - (new + 0.5)).abs() < 1e-9, "{known} {new}");
}

#[test]
fn other_shares_may_be_known_of_other_projects() {
    let history = history("Mend the build", 400);
    let words = commit("Mend the build (#9)\n\nReported-by: Q", "ada", "src/a.c");
    let reasons = |shares| {
        let habits = Habits::beside(shares, &seen(&history), &[]);
        reasons(&score(&habits, &words, at(NOON, NOON))).contains(&"credit")
    };
    assert!(reasons(Shares::measured()));
    assert!(reasons(Shares::of_signs([(0.5, 0.01)])));
    assert!(!reasons(Shares::of_signs([(0.01, 0.5)])));
}
