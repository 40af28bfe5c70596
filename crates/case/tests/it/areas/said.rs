//! What is approved is what is said: whatever changes in it voids the plan.

use advisory::score::Vector;
use case::{
    Command,
    event::{Decision, DisclosureEvent, Event, LineVerdict},
    observation::{CveWord, Observation},
    people::CreditAnswer,
    refusal::Rule,
    rights::Actor,
    state::DisclosureState,
};
use jiff::SignedDuration;

use super::{after, because, check};
use crate::desk::{
    ANNA, BERT, Desk, RITA, VULN, act, advisory, decision, disclosure, early_date, line, observe,
    person, publication, publication_of, release,
};

fn named(name: &str) -> Command {
    let answer = CreditAnswer::NamedWithoutCompany { name: name.into() };
    Command::AnswerCredit { person: RITA, answer }
}

fn patched_in(version: &str) -> Command {
    let verdict = LineVerdict::Patch { version: Some(version.into()) };
    decision(Decision::Line { line: line("1.30"), verdict })
}

fn scored() -> Command {
    let vector: Vector = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:N/A:L".parse().unwrap();
    let cwes = vec!["CWE-610".parse().unwrap()];
    decision(Decision::Assessment { vulnerability: VULN, vector, cwes })
}

fn numbered() -> Command {
    let word = CveWord::Assigned { id: "CVE-2026-54321".parse().unwrap() };
    observe(Observation::Cve { vulnerability: VULN, word })
}

fn released_as(version: &str) -> Command {
    let Command::Observe(mut seen) = release("1.30", true) else { unreachable!() };
    if let Observation::Release { release, .. } = &mut *seen {
        release.version = version.into();
    }
    Command::Observe(seen)
}

/// Who says it, what, and what the plan then gets wrong.
fn changes() -> [(Actor, Command, &'static str); 6] {
    let text = decision(Decision::Advisory(Box::new(advisory("Another title"))));
    let (anna, house) = (person(ANNA), Actor::House);
    [
        (anna, text, "the text"),
        (anna, patched_in("1.30.7"), "the versions"),
        (house, released_as("1.30.2"), "the versions"),
        (person(RITA), named("Rita"), "the credits"),
        (house, numbered(), "the CVE id"),
        (anna, scored(), "the severity"),
    ]
}

/// Enough people stand behind the disclosure, and nobody has armed it.
fn approved() -> Desk {
    after(&Desk::embargoed(), |d| {
        d.anna(crate::desk::plan_disclosure(1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.stand_behind(BERT, disclosure(1));
    })
}

#[test]
fn a_change_voids_what_was_approved_and_says_which() {
    for (actor, command, what) in changes() {
        let changed = after(&approved(), |d| {
            d.by(actor, command);
        });
        let refusal =
            changed.try_as(person(ANNA), &Command::Arm { id: disclosure(1) }).unwrap_err();
        assert_eq!(refusal.rule, Rule::WrongState, "{what}");
        assert!(refusal.why.contains(what), "{what}: {refusal}");
        assert!(changed.case.outdated_disclosure().contains(&what));
    }
}

#[test]
fn a_change_holds_what_is_armed_until_it_is_planned_anew() {
    for (actor, command, what) in changes() {
        let mut desk = Desk::armed();
        let events = desk.by(actor, command);
        let Some(Event::Disclosure(DisclosureEvent::Held { reason, .. })) = events.last() else {
            panic!("{what}: {events:?}");
        };
        assert!(reason.contains(what), "{what}: {reason}");
        let resume = Command::Resume { id: disclosure(1) };
        let again = crate::desk::plan_disclosure(2, early_date(), 3);
        let anew = after(&desk, |d| {
            d.anna(Command::Drop { id: disclosure(1), reason: because() });
        });
        check([
            (what, &desk, person(ANNA), resume, Some(Rule::WrongState)),
            ("the old bytes in a new plan", &anew, person(ANNA), again, Some(Rule::BadValue)),
        ]);
        let armed = after(&anew, |d| {
            let now = publication_of(&d.case);
            d.anna(crate::desk::disclose(now, 2, early_date(), 3));
            d.stand_behind(ANNA, disclosure(2));
            d.stand_behind(BERT, disclosure(2));
            d.anna(Command::Arm { id: disclosure(2) });
            d.clock.now = early_date();
            d.house(Command::Fire { id: disclosure(2) });
        });
        assert_eq!(armed.case.disclosure.unwrap().state, DisclosureState::Running, "{what}");
    }
}

#[test]
fn a_change_in_flight_stops_what_is_not_out_yet() {
    for (actor, command, what) in changes() {
        let mut desk = Desk::running();
        desk.carry_out(act(1));
        desk.by(actor, command);
        assert!(matches!(
            desk.case.disclosure.as_ref().unwrap().state,
            DisclosureState::Held { .. }
        ));
        let start = Command::Start { act: act(2) };
        check([(what, &desk, Actor::House, start, Some(Rule::WrongState))]);
        desk.anna(Command::Cancel { act: act(2), reason: because() });
        assert_eq!(desk.case.disclosure.unwrap().state, DisclosureState::Finished);
    }
}

#[test]
fn a_consent_given_after_the_default_is_another_credit() {
    let mut desk = after(&Desk::embargoed(), |d| {
        d.anna(Command::OfferCredit { person: RITA });
        d.clock.now = d.clock.now.checked_add(SignedDuration::from_hours(24 * 7)).unwrap();
        d.house(Command::DefaultCredit { person: RITA });
        let now = publication_of(&d.case);
        d.anna(crate::desk::disclose(now, 1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.stand_behind(BERT, disclosure(1));
        d.anna(Command::Arm { id: disclosure(1) });
    });
    desk.by(person(RITA), named("Rita Reporter"));
    assert!(matches!(desk.case.disclosure.unwrap().state, DisclosureState::Held { .. }));
}

#[test]
fn what_comes_as_it_was_planned_changes_nothing() {
    let desk = after(&Desk::armed(), |d| {
        d.house(release("1.30", true));
        d.house(release("main", true));
        d.anna(decision(Decision::InheritedAccess { logins: ["owner".to_owned()].into() }));
    });
    assert_eq!(desk.case.disclosure.as_ref().unwrap().state, DisclosureState::Armed);
    assert_eq!(desk.case.outdated_disclosure(), Vec::<&str>::new());
}

#[test]
fn a_plan_with_other_bytes_than_the_case_says_is_refused() {
    let stale = publication();
    let desk = after(&Desk::embargoed(), |d| {
        d.by(person(RITA), named("Rita"));
    });
    let plan = |plan| Command::Plan { act: act(9), plan: Box::new(plan) };
    let anna = person(ANNA);
    check([
        ("composed before the credit", &desk, anna, plan(stale), Some(Rule::BadValue)),
        ("composed now", &desk, anna, plan(publication_of(&desk.case)), None),
    ]);
}
