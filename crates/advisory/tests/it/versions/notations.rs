//! Stretches written and read back, in each notation.

use advisory::versions::{
    Change, Entry, Event, Lower, Scheme, Status, Stretch, StretchError, Upper, Vers,
};
use proptest::prelude::*;

fn stretch(lower: Lower, upper: Upper) -> Stretch {
    Stretch::new(lower, upper)
}

fn text(version: &str) -> String {
    version.to_owned()
}

#[test]
fn github_ranges_mean_what_they_say() {
    for (written, meant, again) in [
        ("= 1.1.6", Stretch::only("1.1.6"), "= 1.1.6"),
        (">= 1.1.6, <= 1.1.6", Stretch::only("1.1.6"), "= 1.1.6"),
        ("< 2", stretch(Lower::Start, Upper::Before(text("2"))), "< 2"),
        (">= 0, < 2", stretch(Lower::Start, Upper::Before(text("2"))), "< 2"),
        (
            "> 2.1.0, < 3.0.0",
            stretch(Lower::After(text("2.1.0")), Upper::Before(text("3.0.0"))),
            "> 2.1.0, < 3.0.0",
        ),
        (
            "<1.17.1,>=1.0",
            stretch(Lower::From(text("1.0")), Upper::Before(text("1.17.1"))),
            ">= 1.0, < 1.17.1",
        ),
        (">= 0", stretch(Lower::Start, Upper::Open), ">= 0"),
    ] {
        let read = Stretch::from_github(written).unwrap();
        assert_eq!(read, meant, "{written}");
        assert_eq!(read.to_github(), again);
    }
    for wrong in
        ["", "1.0", ">= 1, > 2", "< 1, < 2", "= 1, < 2", ">= 1 < 2", "=> 1", "< 1,", "~> 1"]
    {
        assert!(Stretch::from_github(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn events_are_sorted_and_read_in_any_order() {
    let introduced = |version: &str| Event::Introduced(text(version));
    let fixed = |version: &str| Event::Fixed(text(version));
    let shuffled = [
        introduced("12.10.0"),
        fixed("12.10.2"),
        introduced("0"),
        fixed("11.10.13"),
        introduced("12.0"),
        fixed("12.6.7"),
    ];
    let stretches = Stretch::from_events(&shuffled, Scheme::Maven).unwrap();
    assert_eq!(stretches.len(), 3);
    assert_eq!(stretches[0], stretch(Lower::Start, Upper::Before(text("11.10.13"))));
    let lists = Stretch::to_events(&stretches, Scheme::Maven).unwrap();
    assert_eq!(lists.len(), 1);
    let versions: Vec<_> = lists[0].iter().map(Event::version).collect();
    assert_eq!(versions, ["0", "11.10.13", "12.0", "12.6.7", "12.10.0", "12.10.2"]);

    let mixed = [Stretch::only("1.0.0"), stretch(Lower::From(text("2.0.0")), Upper::Open)];
    let lists = Stretch::to_events(&mixed, Scheme::Semver).unwrap();
    assert_eq!(lists.len(), 2, "fixed and last_affected never share a list");

    let touching = [
        stretch(Lower::Start, Upper::Before(text("1.2.0"))),
        stretch(Lower::From(text("1.2.0")), Upper::Before(text("1.2.5"))),
    ];
    let lists = Stretch::to_events(&touching, Scheme::Semver).unwrap();
    assert_eq!(lists, [vec![introduced("0"), fixed("1.2.5")]], "nothing lies between them");

    for wrong in [
        vec![fixed("1.0.0")],
        vec![introduced("1"), fixed("2"), Event::LastAffected(text("3"))],
        vec![introduced("abc")],
    ] {
        assert!(Stretch::from_events(&wrong, Scheme::Semver).is_err(), "{wrong:?}");
    }
    let after = stretch(Lower::After(text("1.0.0")), Upper::Open);
    assert!(matches!(
        Stretch::to_events(&[after], Scheme::Semver),
        Err(StretchError::CannotSay { .. })
    ));
}

#[test]
fn a_cve_entry_with_changes_is_several_stretches() {
    let entry = Entry {
        version: text("1.0.0"),
        status: Status::Affected,
        less_than: Some(text("*")),
        less_than_or_equal: None,
        changes: vec![
            Change { at: text("1.0.5"), status: Status::Unaffected },
            Change { at: text("1.1.0"), status: Status::Affected },
        ],
    };
    let meant = [
        (stretch(Lower::From(text("1.0.0")), Upper::Before(text("1.0.5"))), Status::Affected),
        (stretch(Lower::From(text("1.0.5")), Upper::Before(text("1.1.0"))), Status::Unaffected),
        (stretch(Lower::From(text("1.1.0")), Upper::Open), Status::Affected),
    ];
    assert_eq!(entry.stretches().unwrap(), meant);
    let both = Entry { less_than_or_equal: Some(text("2")), ..entry.clone() };
    assert!(both.stretches().is_err());
    let endless = Entry { less_than: None, ..entry };
    assert!(endless.stretches().is_err());
}

#[test]
fn vers_is_read_as_written() {
    for (written, count) in [
        ("vers:npm/1.2.3", 1),
        ("vers:npm/>=1.0.0|<2.0.0|3.1.0", 2),
        ("vers:golang/>v1.0.0|<=v1.2.0|>=v2.0.0", 2),
        ("vers:deb/<1.0%2Adfsg", 1),
        ("vers:pypi/*", 1),
        ("vers:pypi/0.1|0.2|>=0.4", 3),
    ] {
        let read = Vers::read(written).unwrap();
        assert_eq!(read.stretches.len(), count, "{written}");
        assert_eq!(read.write().unwrap(), written);
    }
    for wrong in [
        "",
        "vers:",
        "vers:npm",
        "vers:npm/",
        "vers:NPM/1",
        "vers:npm/>=",
        "vers:npm/1||2",
        "vers:npm/!=1.0",
        "vers:npm/=>1",
        "vers:npm/%zz",
        "npm/1",
    ] {
        assert!(Vers::read(wrong).is_err(), "{wrong}");
    }
    let everything = stretch(Lower::Start, Upper::Open);
    let twice = Vers { scheme: text("npm"), stretches: vec![everything.clone(), everything] };
    assert!(twice.write().is_err());
}

#[test]
fn a_stretch_contains_what_its_ends_say() {
    for (range, inside, outside) in [
        (">= 1.0.0, < 2.0.0", &["1.0.0", "1.9.9", "2.0.0-rc.1"][..], &["0.9.0", "2.0.0"][..]),
        ("> 1.0.0, <= 2.0.0", &["1.0.1", "2.0.0"], &["1.0.0", "2.0.1"]),
        ("= 1.0.0", &["1.0.0"], &["1.0.1"]),
        (">= 0", &["0.0.1", "99.0.0"], &[]),
    ] {
        let stretch = Stretch::from_github(range).unwrap();
        let has = |version: &&str| stretch.contains(version, Scheme::Semver).unwrap();
        assert!(inside.iter().all(has), "{range}");
        assert!(!outside.iter().any(has), "{range}");
    }
}

/// Ascending stretches with a version between each other, in whole minors so that orders agree.
fn stretches(with_after: bool) -> impl Strategy<Value = Vec<Stretch>> {
    let piece = (0..3_u8, 0..3_u8, any::<bool>());
    (prop::collection::vec(piece, 1..5), any::<bool>(), any::<bool>()).prop_map(
        move |(pieces, from_start, open)| {
            let last = pieces.len() - 1;
            let piece = |(place, (lower, upper, single)): (usize, (u8, u8, bool))| {
                let version = |step: usize| format!("1.{}.0", place * 10 + step);
                if single && place > 0 && place < last {
                    return Stretch::only(&version(1));
                }
                let lower = match lower {
                    _ if place == 0 && from_start => Lower::Start,
                    0 if with_after => Lower::After(version(1)),
                    _ => Lower::From(version(1)),
                };
                let upper = match upper {
                    _ if place == last && open => Upper::Open,
                    0 => Upper::UpTo(version(5)),
                    _ => Upper::Before(version(5)),
                };
                Stretch::new(lower, upper)
            };
            pieces.into_iter().enumerate().map(piece).collect()
        },
    )
}

proptest! {
    #[test]
    fn github_holds_every_stretch(stretches in stretches(true)) {
        for stretch in stretches {
            prop_assert_eq!(Stretch::from_github(&stretch.to_github()).unwrap(), stretch);
        }
    }

    #[test]
    fn events_hold_every_stretch_that_begins_at_a_version(stretches in stretches(false)) {
        let mut read = Vec::new();
        for list in Stretch::to_events(&stretches, Scheme::Semver).unwrap() {
            let mut reversed = list.clone();
            reversed.reverse();
            let again = Stretch::from_events(&reversed, Scheme::Semver).unwrap();
            prop_assert_eq!(&again, &Stretch::from_events(&list, Scheme::Semver).unwrap());
            prop_assert_eq!(Stretch::to_events(&again, Scheme::Semver).unwrap(), vec![list]);
            read.extend(again);
        }
        prop_assert_eq!(read.len(), stretches.len());
        prop_assert!(stretches.iter().all(|stretch| read.contains(stretch)));
    }

    #[test]
    fn cve_versions_hold_every_stretch_that_begins_at_a_version(stretches in stretches(false)) {
        for stretch in stretches {
            let entry = Entry::of(&stretch, Status::Affected).unwrap();
            prop_assert_eq!(entry.stretches().unwrap(), vec![(stretch, Status::Affected)]);
        }
    }

    #[test]
    fn vers_holds_every_stretch(stretches in stretches(true)) {
        let vers = Vers { scheme: "npm".to_owned(), stretches };
        prop_assert_eq!(Vers::read(&vers.write().unwrap()).unwrap(), vers);
    }

    #[test]
    fn nonsense_is_refused_or_read_and_never_more(text in "(vers:[a-z]{0,4}/)?[<>=!|,%0-9a.* ]{0,24}") {
        if let Ok(stretch) = Stretch::from_github(&text) {
            prop_assert_eq!(Stretch::from_github(&stretch.to_github()).unwrap(), stretch);
        }
        // Several may overlap, which the notation cannot say.
        if let Ok(vers) = Vers::read(&text) && vers.stretches.len() == 1 {
            prop_assert_eq!(Vers::read(&vers.write().unwrap()).unwrap(), vers);
        }
    }
}
