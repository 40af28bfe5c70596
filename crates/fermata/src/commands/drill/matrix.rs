//! Many seeds at once, as many at a time as this machine has cores.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    str::FromStr,
    sync::{Mutex, PoisonError},
    thread,
};

use rehearsal::{Options, Played, drill::play, scenarios, world::faults::Fault};
use serde::Serialize;

use crate::{
    command_error::{CommandError, Exit},
    house::causes,
    output::Output,
    sending,
};

/// Seeds from one to another, both included.
#[derive(Clone, Copy)]
pub(super) struct Seeds(u64, u64);

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self(first, last)),
            _ => Err("it takes two numbers, the smaller one first: 1-200".into()),
        }
    }
}

/// How all the drills of one story went.
#[derive(Serialize)]
struct Tally<'a> {
    scenario: &'a str,
    drills: u64,
    failures: Vec<Failure>,
    /// How often each kind of misbehaviour came up.
    faults: BTreeMap<Fault, u64>,
}

/// A drill that did not go as it must.
#[derive(Clone, Serialize)]
struct Failure {
    seed: u64,
    why: Vec<String>,
}

type Done = (u64, Result<Played, String>);

/// Plays story by story, and says of each what went wrong once all its drills are over.
pub(super) fn run(
    options: &Options,
    seeds: Seeds,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    let stories = match options.scenario.as_str() {
        "all" => scenarios::all().iter().map(|story| story.name().to_owned()).collect(),
        one => vec![one.to_owned()],
    };
    let names: BTreeSet<String> = scenarios::all().iter().map(|s| s.name().to_owned()).collect();
    if let Some(unknown) = stories.iter().find(|name| !names.contains(*name)) {
        return Err(CommandError::wrong(format!("there is no scenario {unknown}"))
            .hint("`fermata drill --help` lists the scenarios"));
    }
    let mut failed = false;
    for scenario in &stories {
        let done = all(&Options { scenario: scenario.clone(), ..options.clone() }, seeds);
        let tally = Tally {
            scenario,
            drills: u64::try_from(done.len()).unwrap_or(u64::MAX),
            failures: done.iter().filter_map(failure).collect(),
            faults: fired(&done),
        };
        failed |= !tally.failures.is_empty();
        if output.is_json() {
            output.document(&tally)?;
        } else {
            for_person(&tally, output)?;
        }
        output.finish()?;
    }
    Ok(Exit::of_findings(failed))
}

/// Every drill of a story, by seed.
fn all(options: &Options, seeds: Seeds) -> Vec<Done> {
    let open: Mutex<RangeInclusive<u64>> = Mutex::new(seeds.0..=seeds.1);
    let done = Mutex::new(Vec::new());
    let next = || open.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = next() {
                    let played = one(&Options { seed, ..options.clone() });
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((seed, played));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(seed, _)| *seed);
    done
}

fn one(options: &Options) -> Result<Played, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    play(options, folder.path(), None, sending::IN_A_DRILL).map_err(|error| causes(&error))
}

fn failure((seed, played): &Done) -> Option<Failure> {
    let why: Vec<String> = match played {
        Ok(played) => {
            let violations = played.audit.violations.iter().map(ToString::to_string);
            played.ending.clone().into_iter().chain(violations).collect()
        }
        Err(error) => vec![error.clone()],
    };
    (!why.is_empty()).then_some(Failure { seed: *seed, why })
}

fn fired(done: &[Done]) -> BTreeMap<Fault, u64> {
    let mut all = BTreeMap::new();
    let played = done.iter().filter_map(|(_, played)| played.as_ref().ok());
    for (fault, times) in played.flat_map(|played| &played.faults) {
        let sum: &mut u64 = all.entry(*fault).or_default();
        *sum = sum.saturating_add(*times);
    }
    all
}

fn for_person(tally: &Tally<'_>, output: &mut Output) -> Result<(), CommandError> {
    let Tally { scenario, drills, failures, faults } = tally;
    let failed: Vec<String> = failures.iter().map(|failure| failure.seed.to_string()).collect();
    let misbehaved: u64 = faults.values().sum();
    let faults = match misbehaved {
        0 => String::new(),
        times => format!("; counterparts misbehaved {times} times"),
    };
    output.line(&match failed.len() {
        0 => format!("{scenario}: {drills} drills, all well{faults}"),
        _ => format!("{scenario}: {drills} drills, wrong with seed {}{faults}", failed.join(", ")),
    })?;
    for Failure { seed, why } in failures {
        for line in why.iter().flat_map(|why| why.lines()) {
            output.line(&format!("  {seed}: {line}"))?;
        }
    }
    Ok(())
}
