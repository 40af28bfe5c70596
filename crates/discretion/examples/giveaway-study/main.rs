//! How well the give-away score finds silent fixes among ordinary commits, measured on public histories.
//!
//! `cargo run --release -p discretion --example giveaway-study -- MIRRORS`, a folder with full clones under the
//! names in [`projects::GROUPS`]; those that are absent are said to be. Every commit after a project's
//! first thousand is weighed with what was public before it: habits from the 2,000 commits before, past
//! fixes from those at least 90 days old, and what fixes look like elsewhere from the *other* groups
//! only. Ids of advisories, and links that hold one, are taken out of every message first: they were
//! often added with hindsight, and an id is found without a score.
//!
//! `--table` prints the table in `giveaway/shares.rs` instead, from all projects.
#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a study counts and prints"
)]

mod frozen;
mod keywords;
mod projects;
mod rates;

use std::{path::PathBuf, process::ExitCode};

use discretion::giveaway::{Circumstances, Glance, Habits, Shares, Sign};
use projects::{Group, Project};
use rates::{Outcome, Row};

type Failure = Box<dyn std::error::Error>;

/// Commits before a project's habits are known; how many of them are remembered; and how often what
/// is remembered is brought up to date.
const FIRST: usize = 1_000;
const REMEMBERED: usize = 2_000;
const STEP: usize = 500;
/// Past fixes are known to be some after this.
const EMBARGO: i64 = 90 * 24 * 60 * 60;
/// A project with more fixes than this has no more say in what fixes look like.
const SAY: usize = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [mirrors] => study(&PathBuf::from(mirrors)),
        [mirrors, table] if table == "--table" => print_table(&PathBuf::from(mirrors)),
        _ => Err("usage: study MIRRORS [--table]".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn study(mirrors: &std::path::Path) -> Result<(), Failure> {
    let groups = projects::read(mirrors)?;
    rates::head();
    for (index, group) in groups.iter().enumerate() {
        let others = groups.iter().enumerate().filter(|(other, _)| *other != index);
        let others: Vec<&Project> = others.flat_map(|(_, other)| &other.projects).collect();
        let shares = shares(&others);
        let outcomes: Vec<Outcome> =
            group.projects.iter().flat_map(|project| outcomes(project, &shares)).collect();
        report(group, &outcomes);
    }
    frozen::report(&groups);
    Ok(())
}

fn report(group: &Group, outcomes: &[Outcome]) {
    rates::print(group.name, "all of the time", outcomes);
    let mut fixes: Vec<i64> =
        outcomes.iter().filter(|outcome| outcome.fix).map(|outcome| outcome.at).collect();
    fixes.sort_unstable();
    let Some(median) = fixes.get(fixes.len() / 2).copied() else { return };
    let (before, after): (Vec<Outcome>, Vec<Outcome>) =
        outcomes.iter().partition(|outcome| outcome.at < median);
    rates::print(group.name, "first half of the fixes", &before);
    rates::print(group.name, "second half", &after);
}

/// What every method says of a project's commits.
fn outcomes(project: &Project, elsewhere: &Shares) -> Vec<Outcome> {
    let commits = &project.commits;
    let mut outcomes = Vec::new();
    for start in (FIRST..commits.len()).step_by(STEP) {
        let past = commits.get(start.saturating_sub(REMEMBERED)..start).unwrap_or_default();
        let past: Vec<_> = past.iter().map(projects::Commit::glance).collect();
        let Some(now) = commits.get(start).map(|commit| commit.circumstances.committed) else {
            break;
        };
        let known = commits.iter().take(start).filter(|commit| {
            commit.fix && commit.circumstances.committed < now.saturating_sub(EMBARGO)
        });
        let known: Vec<_> = known.map(projects::Commit::glance).collect();
        let stranger = Habits::beside(elsewhere.clone(), &past, &[]);
        let own = Habits::beside(elsewhere.clone(), &past, &known);
        let [past, known] = [past, known].map(|all| all.into_iter().map(early).collect::<Vec<_>>());
        let own_early = Habits::beside(elsewhere.clone(), &past, &known);
        for commit in commits.iter().skip(start).take(STEP) {
            let glance = commit.glance();
            outcomes.push(Outcome {
                at: commit.circumstances.committed,
                fix: commit.fix,
                scores: Row {
                    keywords: keywords::count(&commit.words.message),
                    stranger: stranger.score(&glance).weight,
                    own: own.score(&glance).weight,
                    early: own_early.score(&early(glance)).weight,
                },
            });
        }
    }
    outcomes
}

/// The same commit before anything is known of the next release.
fn early(glance: Glance<'_>) -> Glance<'_> {
    let circumstances = Circumstances { release: None, ..glance.circumstances };
    Glance { circumstances, ..glance }
}

/// How often fixes and ordinary commits bear each sign in these projects.
fn shares(projects: &[&Project]) -> Shares {
    Shares::of_signs(measured(projects))
}

fn measured(projects: &[&Project]) -> Vec<(f64, f64)> {
    let mut sums = vec![(0.5, 0.0); Sign::all().count()];
    let (mut say, mut count) = (1.0, 0.0);
    for project in projects {
        let [fixes, ordinary] = [true, false].map(|fix| borne(project, fix));
        let weight = fixes.1.min(SAY) as f64;
        for ((fix, every), (borne_by_fixes, borne)) in
            sums.iter_mut().zip(fixes.0.iter().zip(&ordinary.0))
        {
            *fix += weight * *borne_by_fixes as f64 / fixes.1.max(1) as f64;
            *every += *borne as f64 / ordinary.1.max(1) as f64;
        }
        say += weight;
        count += 1.0;
    }
    sums.into_iter().map(|(fix, every)| (fix / say, every / f64::max(count, 1.0))).collect()
}

/// How many of a project's fixes, or others, bear each sign, and how many there are.
fn borne(project: &Project, fix: bool) -> (Vec<usize>, usize) {
    let mut counts = vec![0; Sign::all().count()];
    let mut commits = 0;
    for (start, block) in project.commits.chunks(STEP).enumerate() {
        let start = start * STEP;
        let past = project.commits.get(start.saturating_sub(REMEMBERED)..start).unwrap_or_default();
        let past: Vec<_> = past.iter().map(projects::Commit::glance).collect();
        let habits = Habits::of(&past, &[]);
        for commit in block.iter().filter(|commit| commit.fix == fix) {
            commits += 1;
            let signs = habits.signs(&commit.glance());
            for (sign, count) in Sign::all().zip(&mut counts) {
                *count += usize::from(signs.contains(&sign));
            }
        }
    }
    (counts, commits)
}

fn print_table(mirrors: &std::path::Path) -> Result<(), Failure> {
    let groups = projects::read(mirrors)?;
    let projects: Vec<&Project> = groups.iter().flat_map(|group| &group.projects).collect();
    for (sign, (fixes, ordinary)) in Sign::all().zip(measured(&projects)) {
        println!("    (\"{}\", {fixes:.4}, {ordinary:.4}),", sign.name());
    }
    Ok(())
}
