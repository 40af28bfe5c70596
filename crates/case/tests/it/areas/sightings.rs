use std::collections::BTreeSet;

use advisory::digest::Digest;
use case::{
    Command,
    event::Decision,
    observation::Observation,
    refusal::Rule,
    rights::Actor,
    sighting::{LONGEST_PLACE, MOST_ALIKE, Sighting, Spot},
};

use super::{after, check};
use crate::desk::{ANNA, DORA, Desk, decision, observe, person};

fn sighting(thing: &str) -> Sighting {
    Sighting {
        thing: Digest::of(thing.as_bytes()),
        spot: Spot::List,
        place: "a mail to the list".into(),
        rules: BTreeSet::from(["codename".to_owned()]),
        evidence: None,
    }
}

fn seen(sighting: Sighting) -> Command {
    observe(Observation::Sighted(sighting))
}

fn answer(thing: &str, leak: bool, reason: &str) -> Command {
    let thing = Digest::of(thing.as_bytes());
    decision(Decision::Sighting { thing, leak, reason: reason.into() })
}

#[test]
fn words_in_public_are_told_once_by_the_house_while_there_is_something_to_hide() {
    let desk = Desk::embargoed();
    let told = after(&desk, |d| {
        d.house(seen(sighting("a")));
    });
    let public = after(&desk, |d| {
        d.anna(observe(Observation::Public { source: "a blog".into() }));
    });
    let closed = after(&Desk::new(), |d| {
        d.anna(Command::Withdraw { reason: "a mistake".into() });
    });
    let long = Sighting { place: "x".repeat(LONGEST_PLACE + 1), ..sighting("b") };
    let ruleless = Sighting { rules: BTreeSet::new(), ..sighting("b") };
    let wordy = Sighting { rules: ["x".repeat(99)].into(), ..sighting("b") };
    let house = Actor::House;
    check([
        ("a first one", &desk, house, seen(sighting("a")), None),
        ("by a person", &desk, person(ANNA), seen(sighting("a")), Some(Rule::NotPermitted)),
        ("the same again", &told, house, seen(sighting("a")), Some(Rule::WrongState)),
        ("another", &told, house, seen(sighting("b")), None),
        ("too long", &desk, house, seen(long), Some(Rule::BadValue)),
        ("by no rule", &desk, house, seen(ruleless), Some(Rule::BadValue)),
        ("by a long rule", &desk, house, seen(wordy), Some(Rule::BadValue)),
        ("once it is public", &public, house, seen(sighting("a")), Some(Rule::WrongState)),
        ("once it is over", &closed, house, seen(sighting("a")), Some(Rule::WrongState)),
        ("while it goes out", &Desk::running(), house, seen(sighting("a")), Some(Rule::WrongState)),
    ]);
}

#[test]
fn whoever_floods_a_place_calls_nobody_more_often() {
    let mut desk = Desk::embargoed();
    for number in 0..MOST_ALIKE {
        desk.house(seen(sighting(&number.to_string())));
    }
    let other = Sighting { rules: ["cve-id".to_owned()].into(), ..sighting("other") };
    let answered = after(&desk, |d| {
        d.anna(answer("0", false, "a band of that name"));
    });
    let house = Actor::House;
    check([
        ("one more", &desk, house, seen(sighting("more")), Some(Rule::WrongState)),
        ("one by another rule", &desk, house, seen(other), None),
        ("one more, once one is answered", &answered, house, seen(sighting("more")), None),
        (
            "the one that was answered",
            &answered,
            house,
            seen(sighting("0")),
            Some(Rule::WrongState),
        ),
    ]);
}

#[test]
fn a_person_says_once_and_with_a_reason_what_it_is() {
    let desk = after(&Desk::embargoed(), |d| {
        d.house(seen(sighting("a")));
    });
    let answered = after(&desk, |d| {
        d.anna(answer("a", false, "a band of that name"));
    });
    let anna = person(ANNA);
    check([
        ("set aside", &desk, anna, answer("a", false, "a band of that name"), None),
        ("a leak", &desk, anna, answer("a", true, "it names the case"), None),
        ("without a reason", &desk, anna, answer("a", false, " "), Some(Rule::ReasonNeeded)),
        ("one that is unknown", &desk, anna, answer("b", false, "so"), Some(Rule::Unknown)),
        (
            "by a distributor",
            &desk,
            person(DORA),
            answer("a", false, "so"),
            Some(Rule::NotPermitted),
        ),
        ("by the house", &desk, Actor::House, answer("a", false, "so"), Some(Rule::NotPermitted)),
        ("twice", &answered, anna, answer("a", true, "so"), Some(Rule::WrongState)),
    ]);
}

#[test]
fn a_sighting_decides_nothing_by_itself_and_a_leak_is_written_down() {
    let before = Desk::embargoed();
    let mut desk = before.clone();
    desk.house(seen(sighting("a")));
    assert_eq!(desk.case.facts, before.case.facts);
    assert_eq!(desk.case.embargo.state, before.case.embargo.state);
    assert_eq!(desk.case.open_sightings().count(), 1);
    desk.anna(answer("a", true, "it names the case"));
    assert_eq!(desk.case.open_sightings().count(), 0);
    let [leak] = desk.case.leaks.as_slice() else { panic!("{:?}", desk.case.leaks) };
    assert_eq!(
        (leak.what.as_str(), leak.to.as_str()),
        ("it names the case", "whoever reads a mail to the list")
    );
    assert!(desk.case.embargo.in_force(), "whether it is public now, a person says");
}

#[test]
fn what_is_public_calls_nobody_any_more() {
    let mut desk = Desk::embargoed();
    desk.house(seen(sighting("a")));
    desk.anna(observe(Observation::Public { source: "the list".into() }));
    assert_eq!(desk.case.open_sightings().count(), 0);
}
