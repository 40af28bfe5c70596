//! Versions: reading, order, and the stretches of lines.

use advisory::{LineStanding, Range, Stage, Upper, Version};
use proptest::prelude::*;

use crate::sample::{line, package};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

#[test]
fn tags_are_read_leniently_and_ordered_by_precedence() {
    let ordered =
        ["v1.2", "1.2.1-alpha", "v1.2.1-rc.1", "1.2.1-rc.2", "v1.2.1", "1.2.10", "1.10.0", "v2"];
    for pair in ordered.windows(2) {
        assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
    }
    assert_eq!(version("v1.2.3").as_str(), "1.2.3");
    assert_eq!(version("v1.2.3"), version("1.2.3"));
    assert_ne!(version("1.2.3+a"), version("1.2.3+b"));
    for wrong in ["", "v", "vv1.2.3", "1.2.3.4", "1.2.x", "01.2.3", "release-1.2", "1.2-rc", "main"]
    {
        assert!(wrong.parse::<Version>().is_err(), "{wrong}");
    }
}

#[test]
fn lines_have_the_stretches_that_they_should() {
    let ranges = |lines| {
        let package = package(lines);
        package
            .ranges(Stage::Planned)
            .into_iter()
            .map(|(line, range, _)| format!("{line}: {}", range.in_symbols()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ranges(vec![line("1.15", None, Some("1.15.2")), line("1.14", None, Some("1.14.2"))]),
        ["1.15: >= 1.15.0, < 1.15.2", "1.14: < 1.14.2"]
    );
    assert_eq!(
        ranges(vec![line("1.14", Some("1.14.1"), Some("1.14.2")), line("main", None, None)]),
        ["1.14: >= 1.14.1, < 1.14.2"]
    );
    assert_eq!(
        ranges(vec![
            line("1.14", None, None),
            line("2", None, None),
            line("main", Some("3.0.0"), None)
        ]),
        ["1.14: < 1.15.0", "2: >= 2.0.0, < 3.0.0", "main: >= 3.0.0"]
    );
    let mut dead = line("1.9", None, None);
    let LineStanding::Affected(versions) = &mut dead.standing else {
        panic!("the line is affected");
    };
    versions.last_affected = Some(version("1.9.7"));
    assert_eq!(ranges(vec![dead]), ["1.9: <= 1.9.7"]);
}

#[test]
fn a_range_is_half_open_or_closed_as_it_says() {
    let before =
        Range { from: Some(version("1.15.0")), to: Some(Upper::Before(version("1.15.2"))) };
    let up_to = Range { from: None, to: Some(Upper::UpTo(version("1.15.2"))) };
    for (text, in_before, in_up_to) in [
        ("1.14.9", false, true),
        ("1.15.0", true, true),
        ("1.15.2-rc.1", true, true),
        ("1.15.2", false, true),
        ("1.15.3", false, false),
    ] {
        assert_eq!(before.contains(&version(text)), in_before, "{text}");
        assert_eq!(up_to.contains(&version(text)), in_up_to, "{text}");
    }
    let everything = Range { from: None, to: None };
    assert!(everything.contains(&version("0.0.1")));
    assert_eq!(
        (everything.in_symbols(), everything.in_words()),
        (">= 0".to_owned(), "all".to_owned())
    );
}

proptest! {
    #[test]
    fn order_agrees_with_equality(a in "v?[0-2]\\.[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[ab])?", b in "[0-2]\\.[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[ab])?") {
        let (a, b) = (version(&a), version(&b));
        prop_assert_eq!(a.cmp(&b).is_eq(), a == b);
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        let json = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), a);
    }
}
