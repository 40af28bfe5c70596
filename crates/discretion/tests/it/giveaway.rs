//! The give-away score: calm, with reasons, and by the project's own measure.

use discretion::{
    CommitWords, Rule, Severity,
    giveaway::{Circumstances, Glance, Habits, Score, Sign, tags},
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
