//! Every story ends as it must, with and without faults, and breaks no law.

use rehearsal::{Options, Played, play};

fn drill(scenario: &str, seed: u64, faults: bool) -> Played {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { scenario: scenario.into(), seed, faults, plant: None };
    play(&options, folder.path(), None).unwrap()
}

#[test]
fn contour() {
    for seed in 1..=1 {
        let played = drill("contour", seed, false);
        println!("{}", played.timeline);
        assert!(played.well(), "{:?}\n{:#?}", played.ending, played.audit.violations);
    }
}
