//! Every story ends as it must and breaks no law, for some seeds; `fermata drill --seed` plays any
//! other.

use rehearsal::{Options, Played, play, scenarios, world::faults::Fault};

fn drill(scenario: &str, seed: u64, faults: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { scenario: scenario.into(), seed, faults, plant: None };
    play(&options, folder.path(), None).unwrap()
}

fn ends_well(scenario: &str) {
    for (seed, faults) in [(1, false), (2, true)] {
        let played = drill(scenario, seed, faults);
        assert!(
            played.well(),
            "seed {seed}, faults {faults}\n{}\n{:?}\n{:#?}",
            played.timeline,
            played.ending,
            played.audit.violations
        );
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
    distributor_objects = "distributor-objects";
    distributor_silent = "distributor-silent";
    distributor_bounces = "distributor-bounces";
    distributor_leaks = "distributor-leaks";
    cve_declined = "cve-declined";
    not_security = "not-security";
    one_person = "one-person";
}

#[test]
fn every_kind_of_fault_fires_in_a_full_response() {
    let played = drill("contour", 3, true);
    assert!(played.well(), "{:?}\n{:#?}", played.ending, played.audit.violations);
    let fired: Vec<Fault> = played.faults.keys().copied().collect();
    assert_eq!(fired, Fault::ALL);
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let tell = || serde_json::to_string(&drill("contour", 4, true)).unwrap();
    assert_eq!(tell(), tell());
}
