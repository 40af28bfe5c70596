//! Every story ends as it must and breaks no law, with cooperative counterparts and with others,
//! for some seeds; `fermata drill --scenario all --seeds 1-200` plays more.
//!
//! One test a story, so that a runner spreads them over its cores. `FERMATA_SEEDS` says how many
//! seeds each of them plays.

use std::{collections::BTreeSet, ops::RangeInclusive};

use rehearsal::{Options, Played, play, scenarios, world::faults::Fault};

fn drill(scenario: &str, seed: u64, faults: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { faults, ..Options::new(scenario, seed) };
    play(&options, folder.path(), None, crate::SENDING).unwrap()
}

/// How many seeds each story is played with where nobody says otherwise.
const SEEDS: u64 = 2;

fn seeds() -> RangeInclusive<u64> {
    let asked = std::env::var("FERMATA_SEEDS").ok().map(|seeds| seeds.parse().unwrap());
    1..=asked.unwrap_or(SEEDS)
}

fn ends_well(scenario: &str) {
    let mut fired = BTreeSet::new();
    let mut published = false;
    for (seed, faults) in seeds().flat_map(|seed| [(seed, false), (seed, true)]) {
        let played = drill(scenario, seed, faults);
        assert!(
            played.well(),
            "seed {seed}, faults {faults}\n{}\n{:?}\n{:#?}",
            played.timeline,
            played.ending,
            played.audit.violations
        );
        assert!(faults || played.faults.is_empty());
        published |= !played.published.is_empty();
        fired.extend(played.faults.into_keys());
    }
    // Few calls leave this to chance with few seeds.
    if *seeds().end() >= 20 {
        let mut all = BTreeSet::from(Fault::ALL);
        if !published {
            // Nobody can edit what is not there.
            all.remove(&Fault::Edited);
        }
        assert_eq!(fired, all, "every kind of misbehaviour came up");
    }
}

macro_rules! stories {
    ($($test:ident = $name:literal;)*) => {
        $(#[test]
        fn $test() {
            ends_well($name);
        })*

        #[test]
        fn every_story_is_told() {
            let told = [$($name),*];
            let known: Vec<&str> = scenarios::all().iter().map(|story| story.name()).collect();
            assert_eq!(known, told);
        }
    };
}

stories! {
    contour = "contour";
    already_public = "already-public";
    exploited = "exploited";
    upstream = "upstream";
    two_vulnerabilities = "two-vulnerabilities";
    two_reporters = "two-reporters";
    release_fails = "release-fails";
    approver_leaves = "approver-leaves";
    clumsy_developer = "clumsy-developer";
    distributor_objects = "distributor-objects";
    distributor_silent = "distributor-silent";
    distributor_bounces = "distributor-bounces";
    distributor_leaks = "distributor-leaks";
    word_leaks = "word-leaks";
    cve_declined = "cve-declined";
    not_security = "not-security";
    one_person = "one-person";
}

#[test]
fn the_cooperative_story_publishes_within_a_minute_of_its_instant() {
    for seed in [1, 5] {
        let played = drill("contour", seed, false);
        let [published] = played.published.as_slice() else { panic!("{:?}", played.published) };
        let late = published.at.duration_since(published.instant).as_secs();
        assert!((0..=60).contains(&late), "{published:?}");
    }
}

#[test]
fn every_kind_of_fault_fires_in_a_full_response() {
    let played = drill("contour", 2, true);
    assert!(played.well(), "{:?}\n{:#?}", played.ending, played.audit.violations);
    let fired: Vec<Fault> = played.faults.keys().copied().collect();
    assert_eq!(fired, Fault::ALL);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let tell = || serde_json::to_string(&drill("contour", 4, true)).unwrap();
    assert_eq!(tell(), tell());
}
