use case::{
    Command, PersonId,
    embargo::{Answer, Settlement},
    event::{Decision, DisclosureEvent, Event, Origin, Triage},
    refusal::Rule,
    rights::Actor,
    state::DisclosureState,
    vultron::{consent, em},
};
use jiff::Timestamp;

use super::{after, because, check};
use crate::desk::{
    ANNA, BERT, DORA, Desk, EGON, OTTO, RITA, VULN, at, decision, disclosure, early_date,
    late_date, person, plan_disclosure, propose, start, triage,
};

fn proposal(instant: Timestamp, zone: &str, answer_by: Option<Timestamp>) -> Command {
    let (zone, tzdata) = (zone.to_owned(), "2026a".to_owned());
    Command::ProposeEmbargo { instant, zone, tzdata, answer_by }
}

fn agree(revision: u32) -> Command {
    Command::AgreeEmbargo { revision }
}
fn reject(revision: u32) -> Command {
    Command::RejectEmbargo { revision, reason: because() }
}
fn consent_to(person: PersonId, revision: u32) -> Command {
    Command::Consent { person, revision }
}
fn object(person: PersonId, revision: u32) -> Command {
    Command::Object { person, revision, reason: because() }
}

#[test]
fn dates_that_can_be_proposed() {
    let desk = Desk::accepted();
    let anna = person(ANNA);
    let on = |text| propose(at(text));
    let zone = |name| proposal(early_date(), name, None);
    let due = |by| proposal(early_date(), "UTC", Some(by));
    check([
        ("a date", &desk, anna, propose(early_date()), None),
        ("by the reporter", &desk, person(RITA), propose(early_date()), None),
        ("by a stranger", &desk, person(OTTO), propose(early_date()), Some(Rule::NotPermitted)),
        ("by the house", &desk, Actor::House, propose(early_date()), Some(Rule::NotPermitted)),
        ("in the past", &desk, anna, on("2026-03-01T15:00:00Z"), Some(Rule::BadValue)),
        ("now", &desk, anna, propose(start()), Some(Rule::BadValue)),
        (
            "longer than the rules allow",
            &desk,
            anna,
            on("2026-06-02T15:00:00Z"),
            Some(Rule::BadValue),
        ),
        ("on a Friday", &desk, anna, on("2026-03-13T15:00:00Z"), Some(Rule::BadValue)),
        ("at midnight", &desk, anna, on("2026-03-11T00:00:05Z"), Some(Rule::BadValue)),
        ("in a known zone", &desk, anna, zone("America/New_York"), None),
        ("in no zone", &desk, anna, zone("Mars/Olympus"), Some(Rule::BadValue)),
        ("answers due after it", &desk, anna, due(late_date()), Some(Rule::BadValue)),
        ("answers due before now", &desk, anna, due(start()), Some(Rule::BadValue)),
    ]);
}

#[test]
fn the_table_moves_only_as_vultron_has_it() {
    let none = Desk::accepted();
    let proposed = after(&none, |d| {
        d.anna(propose(early_date()));
    });
    let active = Desk::embargoed();
    let revised = after(&active, |d| {
        d.by(person(DORA), propose(late_date()));
    });
    let ended = after(&active, |d| {
        d.anna(Command::EndEmbargo { reason: because() });
    });
    let invalid = after(&Desk::new(), |d| {
        d.anna(triage(Triage::Invalid));
        d.anna(propose(early_date()));
    });
    let anna = person(ANNA);
    let end = || Command::EndEmbargo { reason: because() };
    check([
        ("agreed", &proposed, anna, agree(1), None),
        ("another than is on the table", &proposed, anna, agree(2), Some(Rule::Embargo)),
        ("nothing on the table", &active, anna, agree(1), Some(Rule::Embargo)),
        ("rejected", &proposed, anna, reject(1), None),
        ("a revision agreed", &revised, anna, agree(2), None),
        ("a revision rejected", &revised, anna, reject(2), None),
        ("by whoever proposed it", &revised, person(DORA), agree(2), Some(Rule::NotPermitted)),
        ("for an invalid report", &invalid, anna, agree(1), Some(Rule::Embargo)),
        ("ended", &active, anna, end(), None),
        ("nothing to end", &proposed, anna, end(), Some(Rule::Embargo)),
        ("no way back", &ended, anna, propose(early_date()), Some(Rule::Embargo)),
    ]);
    let kept = after(&revised, |d| {
        d.anna(reject(2));
    });
    assert_eq!(kept.case.embargo.agreed_instant(), Some(early_date()));
    assert_eq!(revised.case.embargo.standing_instant(), Some(early_date()));
    assert_eq!(ended.case.embargo.state, em::State::Exited);
}

#[test]
fn answers_belong_to_one_date_and_one_person() {
    let active = Desk::embargoed();
    let accepted = after(&active, |d| {
        d.by(person(DORA), consent_to(DORA, 1));
    });
    let objected = after(&active, |d| {
        d.by(person(DORA), object(DORA, 1));
    });
    let revised = after(&objected, |d| {
        d.anna(propose(late_date()));
    });
    let ended = after(&active, |d| {
        d.anna(Command::EndEmbargo { reason: because() });
    });
    let (anna, dora, egon) = (person(ANNA), person(DORA), person(EGON));
    let withdraw = |person| Command::WithdrawObjection { person };
    check([
        ("accepts", &active, dora, consent_to(DORA, 1), None),
        ("objects", &active, dora, object(DORA, 1), None),
        ("the team writes it down", &active, anna, consent_to(DORA, 1), None),
        ("for somebody else", &active, egon, consent_to(DORA, 1), Some(Rule::NotPermitted)),
        ("a member of the team", &active, anna, consent_to(ANNA, 1), Some(Rule::Unknown)),
        ("another date", &active, dora, consent_to(DORA, 2), Some(Rule::Embargo)),
        ("an old date", &revised, dora, consent_to(DORA, 1), Some(Rule::Embargo)),
        ("after the end", &ended, dora, consent_to(DORA, 1), Some(Rule::Embargo)),
        ("twice", &accepted, dora, consent_to(DORA, 1), Some(Rule::Embargo)),
        ("objects to what they accepted", &accepted, dora, object(DORA, 1), Some(Rule::Embargo)),
        ("over an objection", &objected, anna, consent_to(DORA, 1), Some(Rule::Embargo)),
        ("takes it back", &objected, dora, withdraw(DORA), None),
        ("another's", &objected, egon, withdraw(DORA), Some(Rule::NotPermitted)),
        ("nothing to take back", &active, dora, withdraw(DORA), Some(Rule::Unknown)),
        ("a newer date", &revised, dora, consent_to(DORA, 2), None),
    ]);
}

#[test]
fn consent_stands_where_the_protocol_says() {
    let stands = |desk: &Desk| desk.case.embargo.consent(DORA);
    let mut desk = Desk::accepted();
    assert_eq!(stands(&desk), consent::State::NoEmbargo);
    desk.anna(propose(early_date()));
    assert_eq!(stands(&desk), consent::State::Invited);
    desk.anna(agree(1));
    desk.by(person(DORA), consent_to(DORA, 1));
    assert_eq!(stands(&desk), consent::State::Signatory);
    desk.anna(propose(late_date()));
    assert_eq!(stands(&desk), consent::State::Lapsed);
    desk.by(person(DORA), object(DORA, 2));
    assert_eq!(stands(&desk), consent::State::Declined);
    assert_eq!(desk.case.embargo.answer(DORA, 1), Some(&Answer::Accepted), "it is kept");
    let met = after(&desk, |d| {
        d.anna(Command::MeetObjection { person: DORA, how: because() });
    });
    assert_eq!(stands(&met), consent::State::Invited);
    desk.anna(Command::OverrideObjection { person: DORA, reason: because() });
    assert_eq!(stands(&desk), consent::State::Declined);
    let answer = desk.case.embargo.answer(DORA, 2).unwrap();
    let by_anna = Some(Settlement::Overridden { reason: because(), by: ANNA });
    assert!(matches!(answer, Answer::Objected { settled, .. } if *settled == by_anna));
    desk.anna(Command::EndEmbargo { reason: because() });
    assert_eq!(stands(&desk), consent::State::NoEmbargo);
}

#[test]
fn an_answer_to_a_later_date_leaves_the_one_to_the_agreed_date() {
    let accepted = after(&Desk::embargoed(), |d| {
        d.by(person(DORA), consent_to(DORA, 1));
        d.anna(propose(late_date()));
        d.by(person(DORA), object(DORA, 2));
    });
    assert_eq!(accepted.case.embargo.answer(DORA, 1), Some(&Answer::Accepted));
    assert_eq!(accepted.case.embargo.consent(DORA), consent::State::Declined);
    let kept = after(&accepted, |d| {
        d.anna(reject(2));
    });
    assert_eq!(kept.case.embargo.consent(DORA), consent::State::Signatory);
    let withdraw = |person| Command::WithdrawObjection { person };
    let nothing = ("what is off the table", &kept, person(DORA), withdraw(DORA));
    check([(nothing.0, nothing.1, nothing.2, nothing.3, Some(Rule::Unknown))]);

    let objected = after(&Desk::embargoed(), |d| {
        d.by(person(EGON), object(EGON, 1));
        d.anna(propose(late_date()));
        d.by(person(EGON), object(EGON, 2));
        d.by(person(EGON), withdraw(EGON));
    });
    let embargo = &objected.case.embargo;
    assert_eq!(embargo.open_objection(EGON), Some(1), "the date on the table is settled first");
    assert!(matches!(embargo.answer(EGON, 1), Some(Answer::Objected { settled: None, .. })));
}

/// A case whose bug is a dependency's.
fn upstream() -> Desk {
    after(&Desk::new(), |d| {
        d.anna(triage(Triage::Accepted));
        let origin = Origin::Upstream { project: "envoy".into() };
        d.anna(decision(Decision::Vulnerability { id: VULN, title: "slashes".into(), origin }));
    })
}

#[test]
fn the_house_passes_on_the_date_of_an_upstream_and_no_other() {
    let (desk, house) = (upstream(), Actor::House);
    let friday = || propose(at("2026-03-13T15:00:00Z"));
    check([
        ("its date", &desk, house, propose(early_date()), None),
        ("a day that we would not choose", &desk, house, friday(), None),
        ("such a day, by ourselves", &desk, person(ANNA), friday(), Some(Rule::BadValue)),
        ("a date in the past", &desk, house, propose(start()), Some(Rule::BadValue)),
        ("anything else", &desk, house, agree(1), Some(Rule::NotPermitted)),
    ]);
    let agreed = after(&desk, |d| {
        d.house(friday());
        d.anna(agree(1));
        d.anna(decision(Decision::Advisory(Box::new(crate::desk::advisory("Envoy")))));
    });
    assert_eq!(agreed.case.embargo.proposals[0].by, None, "nobody's name stands under it");
    let instant = at("2026-03-13T15:00:00Z");
    let plan = crate::desk::disclose(crate::desk::publication_of(&agreed.case), 1, instant, 1);
    check([("planned for it", &agreed, person(ANNA), plan, None)]);
}

#[test]
fn a_counter_proposal_does_not_stop_what_is_armed() {
    let mut desk = Desk::armed();
    desk.by(person(DORA), propose(late_date()));
    assert_eq!(desk.case.disclosure.as_ref().unwrap().state, DisclosureState::Armed);
    desk.clock.now = early_date();
    let events = desk.house(Command::Fire { id: disclosure(1) });
    assert!(matches!(events[..], [Event::Disclosure(DisclosureEvent::Started { .. })]));
}

#[test]
fn agreeing_to_another_date_holds_what_is_armed_or_running() {
    for desk in [Desk::armed(), Desk::running()] {
        let moved = after(&desk, |d| {
            d.anna(propose(late_date()));
            d.anna(agree(2));
        });
        let plan = moved.case.disclosure.as_ref().unwrap();
        assert!(matches!(plan.state, DisclosureState::Held { .. }));
        let resume = Command::Resume { id: disclosure(1) };
        check([("for the old date", &moved, person(ANNA), resume, Some(Rule::Embargo))]);
        let anew = after(&moved, |d| {
            d.anna(Command::Drop { id: disclosure(1), reason: because() });
            d.anna(plan_disclosure(2, late_date(), 3));
            d.stand_behind(ANNA, disclosure(2));
            d.stand_behind(BERT, disclosure(2));
            d.anna(Command::Arm { id: disclosure(2) });
        });
        assert_eq!(anew.case.disclosure.unwrap().instant, late_date());
    }
}

#[test]
fn no_first_proposal_stops_what_people_have_armed() {
    let desk = after(&Desk::accepted(), |d| {
        d.anna(plan_disclosure(1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.stand_behind(BERT, disclosure(1));
        d.anna(Command::Arm { id: disclosure(1) });
    });
    check([("from outside", &desk, person(DORA), propose(late_date()), Some(Rule::Embargo))]);
    let held = after(&desk, |d| {
        d.anna(Command::Hold { id: disclosure(1), reason: because() });
    });
    check([("once it is held", &held, person(DORA), propose(late_date()), None)]);
}
