//! When the time may be trusted.

use jiff::SignedDuration;

use crate::house::{House, START};

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

#[test]
fn without_an_anchor_the_time_is_the_walls_and_not_trusted() {
    let house = House::new();
    let clock = house.engine.now();
    assert_eq!((clock.now, clock.trusted), (START, false));
}

#[test]
fn two_sources_of_three_make_an_anchor() {
    let cases: [(&str, [Option<i64>; 3], bool); 6] = [
        ("all agree", [Some(0), Some(0), Some(0)], true),
        ("one lies", [Some(0), Some(1), Some(9_000)], true),
        ("one is silent", [Some(0), None, Some(2)], true),
        ("all differ", [Some(0), Some(60), Some(120)], false),
        ("one alone", [Some(0), None, None], false),
        ("nobody", [None, None, None], false),
    ];
    for (name, errors, trusted) in cases {
        let house = House::new();
        for (source, error) in house.sources.iter().zip(errors) {
            *source.lock().unwrap() = error.map(seconds);
        }
        house.settle();
        assert_eq!(house.engine.now().trusted, trusted, "{name}");
    }
}

#[test]
fn a_wall_clock_that_jumps_ahead_moves_nothing() {
    let house = House::new();
    house.settle();
    for source in &house.sources {
        *source.lock().unwrap() = None;
    }
    *house.hands.wall.lock().unwrap() = START + seconds(7_200);
    let clock = house.engine.now();
    assert_eq!((clock.now, clock.trusted), (START, true));
}

#[test]
fn a_wall_clock_that_falls_behind_makes_late_never_early() {
    let house = House::new();
    house.settle();
    *house.hands.wall.lock().unwrap() = START - seconds(7_200);
    assert_eq!(house.engine.now().now, START - seconds(7_200));
}

#[test]
fn an_anchor_expires_when_the_sources_fall_silent() {
    let house = House::new();
    house.settle();
    for source in &house.sources {
        *source.lock().unwrap() = None;
    }
    house.pass(6 * 3_600);
    assert!(house.engine.now().trusted, "six hours are allowed");
    house.pass(1);
    assert!(!house.engine.now().trusted, "but no longer");
}
