//! `kill -9` at every boundary of an effect and at random moments: no acknowledged report is lost,
//! and no effect happens twice.

use std::{os::unix::process::ExitStatusExt as _, time::Duration};

use house_tests::crash::{Plant, Point};
use rehearsal::{audit::Law, dice::Dice};

use crate::ruins::{Moment, Ruins};

/// So many reports bring every boundary about several times.
const ENOUGH: u32 = 400;
/// The signal of a process that ended itself at a point.
const ABORTED: i32 = 6;

#[test]
fn a_house_that_dies_at_a_boundary_loses_nothing_and_repeats_nothing() {
    let mut ruins = Ruins::new(None);
    for point in Point::ALL {
        for times in [1, 2, 5] {
            let crash_at = format!("{}:{times}", point.name());
            let house = ruins.house(Some(&crash_at));
            let ended = house.map_or_else(|ended| ended, |house| ruins.outlive(house, ENOUGH));
            // However long it took: by its own hand, at that point, and not by ours.
            assert_eq!(ended.signal(), Some(ABORTED), "{crash_at}: {ended}");
        }
    }
    let inquest = ruins.inquest();
    assert!(inquest.acknowledged.len() >= 10, "{}", inquest.acknowledged.len());
    inquest.all_is_well();
}

#[test]
fn a_house_that_dies_at_any_moment_loses_nothing_and_repeats_nothing() {
    let mut ruins = Ruins::new(None);
    let mut dice = Dice::new(20, "moments");
    let mut received = 0;
    for _ in 0..100 {
        let house = ruins.house(None).expect("it starts after any death");
        let enough = u32::try_from(dice.below(12)).unwrap_or(12);
        let after = Duration::from_micros(dice.below(40_000));
        received += ruins.storm(house, Moment { enough, after });
    }
    let inquest = ruins.inquest();
    assert!(inquest.acknowledged.len() >= usize::try_from(received).unwrap_or(usize::MAX));
    inquest.all_is_well();
}

#[test]
fn calls_that_are_forgotten_are_found() {
    let mut ruins = Ruins::new(Some(Plant::ForgetCalls.name()));
    let house = ruins.house(Some("call-after:2")).expect("it starts");
    ruins.storm(house, Moment::after(ENOUGH));
    assert!(ruins.inquest().breaks(Law::NothingTwice));
}

#[test]
fn reports_that_are_lost_are_found() {
    let mut ruins = Ruins::new(Some(Plant::LoseReports.name()));
    let house = ruins.house(None).expect("it starts");
    ruins.storm(house, Moment::after(12));
    assert!(ruins.inquest().breaks(Law::NothingLost));
}
