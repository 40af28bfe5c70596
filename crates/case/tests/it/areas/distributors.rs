use case::{
    Command, PersonId,
    act::{ActKind, ActState, Payload, Plan, Recipient},
    command::Invitation,
    embargo::{Answer, Channel, Given, Settlement},
    refusal::Rule,
    rights::{Actor, Role},
    vultron::consent,
};
use jiff::SignedDuration;

use super::{after, because, check};
use crate::{
    desk::{
        ANNA, BERT, CLEO, CVE, DORA, Desk, EGON, OTTO, act, concerned, early_date, late_date,
        mailbox, message, notice, nudge, person, propose,
    },
    roll::{ACME, Book},
};

fn let_in(who: PersonId, organisation: &str, address: &str) -> Command {
    Command::Invite(Box::new(Invitation {
        person: who,
        name: organisation.into(),
        organisation: Some(organisation.into()),
        mailbox: Some(mailbox(address)),
        login: None,
        roles: [Role::Distributor].into(),
    }))
}

/// Two members of the roll are asked about a date, by a notice that was sent.
fn asked() -> Desk {
    let mut desk = unsent();
    desk.approve(ANNA, act(1));
    desk.approve(BERT, act(1));
    desk.carry_out(act(1));
    desk
}

/// The same with the notice planned.
fn unsent() -> Desk {
    let mut desk = Desk::accepted();
    desk.roll = Book::kept().roll;
    desk.anna(let_in(DORA, "Acme", "dora@distro.example"));
    desk.anna(let_in(EGON, "Blue", "egon@vendor.example"));
    desk.anna(case_concerned());
    desk.anna(propose(early_date()));
    desk.anna(Command::Plan { act: act(1), plan: Box::new(notice()) });
    desk
}

fn case_concerned() -> Command {
    let Command::Decide(mut decided) = concerned(&[DORA, EGON]) else { unreachable!() };
    if let case::event::Decision::Distributors { concerned, .. } = &mut *decided {
        concerned[0].organisation = "Acme".into();
        concerned[1].organisation = "Blue".into();
    }
    Command::Decide(decided)
}

fn with_roll(desk: &Desk, change: impl FnOnce(&mut Book)) -> Desk {
    let mut desk = desk.clone();
    let mut book = Book::kept();
    change(&mut book);
    desk.roll = book.roll;
    desk
}

fn says(who: PersonId, objection: Option<&str>, channel: Channel) -> Command {
    let given = Given { by: who, channel };
    answer_for(DORA, objection, given)
}

fn answer_for(asked: PersonId, objection: Option<&str>, given: Given) -> Command {
    let objection = objection.map(str::to_owned);
    Command::AnswerFor { person: asked, revision: 1, objection, given }
}

fn told(note: &str) -> Channel {
    Channel::Told { note: note.to_owned() }
}

fn approve(desk: &Desk) -> Command {
    Command::Approve { act: act(1), digest: desk.case.acts[&act(1)].digest }
}

#[test]
fn a_notice_waits_until_everybody_who_is_asked_may_hear() {
    let desk = unsent();
    let anna = person(ANNA);
    let newer = with_roll(&desk, |b| {
        b.new_terms();
    });
    let struck = with_roll(&desk, |b| {
        b.strike(ACME);
    });
    let off = with_roll(&desk, |b| {
        b.strike(ACME).off_lists(ACME);
    });
    let off_and_out = after(&off, |d| {
        d.house(Command::Expel { person: DORA, reason: because() });
        d.anna(Command::Plan { act: act(2), plan: Box::new(notice()) });
    });
    let unkept = after(&desk, |d| d.roll = case::Roll::default());
    let stale = after(&desk, |d| d.clock.now += SignedDuration::from_hours(24 * 400));
    check([
        ("all may", &desk, anna, approve(&desk), None),
        ("no roll is kept", &unkept, anna, approve(&desk), None),
        ("newer terms", &newer, anna, approve(&desk), Some(Rule::Membership)),
        ("one was struck", &struck, anna, approve(&desk), Some(Rule::Membership)),
        ("one is off the lists, and still asked", &off, anna, approve(&desk), {
            Some(Rule::Membership)
        }),
        ("an address is out of date", &stale, anna, approve(&desk), Some(Rule::Membership)),
    ]);
    let digest = off_and_out.case.acts[&act(2)].digest;
    assert_eq!(off_and_out.refusal(anna, &Command::Approve { act: act(2), digest }), None);
    // What was approved is held all the same, until the moment that it leaves.
    let approved = after(&desk, |d| {
        d.approve(ANNA, act(1));
        d.approve(BERT, act(1));
    });
    let newer = with_roll(&approved, |b| {
        b.new_terms();
    });
    let start = Command::Start { act: act(1) };
    check([
        ("it may leave", &approved, Actor::House, start.clone(), None),
        ("it may not, by new terms", &newer, Actor::House, start, Some(Rule::Membership)),
    ]);
    let refusal = newer.try_as(Actor::House, &Command::Start { act: act(1) }).unwrap_err();
    assert!(refusal.why.contains("version 2 of the embargo policy"), "{refusal}");
}

#[test]
fn whoever_is_not_on_the_roll_is_not_asked() {
    let desk = unsent();
    let anna = person(ANNA);
    let struck = with_roll(&desk, |b| {
        b.strike(ACME);
    });
    let newer = with_roll(&desk, |b| {
        b.new_terms();
    });
    check([
        ("a stranger let in", &desk, anna, let_in(OTTO, "Carp", "o@carp.example"), {
            Some(Rule::Membership)
        }),
        ("a stranger concerned", &desk, anna, concerned(&[OTTO]), Some(Rule::Membership)),
        ("one who was struck", &struck, anna, concerned(&[DORA]), Some(Rule::Membership)),
        ("one who may still accept", &newer, anna, concerned(&[DORA]), None),
    ]);
}

#[test]
fn an_answer_is_the_organisations_and_says_how_it_came() {
    let desk = with_roll(&asked(), |b| {
        b.colleague(OTTO);
    });
    let (anna, dora, egon, otto) = (person(ANNA), person(DORA), person(EGON), person(OTTO));
    let struck = with_roll(&desk, |b| {
        b.colleague(OTTO).strike(ACME);
    });
    let newer = with_roll(&desk, |b| {
        b.colleague(OTTO).new_terms();
    });
    let accept = |who, channel| says(who, None, channel);
    let link = || Channel::Link;
    check([
        ("by link", &desk, dora, accept(DORA, link()), None),
        ("a colleague, by link", &desk, otto, accept(OTTO, link()), None),
        ("a colleague in another's name", &desk, otto, accept(DORA, link()), {
            Some(Rule::NotPermitted)
        }),
        ("another organisation", &desk, egon, accept(EGON, link()), Some(Rule::NotPermitted)),
        ("the team, by that link", &desk, anna, accept(DORA, link()), Some(Rule::NotPermitted)),
        ("the team, with a note", &desk, anna, accept(OTTO, told("a call")), None),
        ("the team, without one", &desk, anna, accept(DORA, told("")), Some(Rule::ReasonNeeded)),
        ("the team, for a stranger", &desk, anna, accept(EGON, told("a call")), {
            Some(Rule::NotPermitted)
        }),
        ("a distributor, by note", &desk, dora, accept(DORA, told("a call")), {
            Some(Rule::NotPermitted)
        }),
        ("by a mail that is not there", &desk, anna, accept(DORA, Channel::Mail { message: 7 }), {
            Some(Rule::Unknown)
        }),
        ("without saying how", &desk, anna, Command::Consent { person: DORA, revision: 1 }, {
            Some(Rule::ReasonNeeded)
        }),
        ("an objection without a reason", &desk, dora, says(DORA, Some(" "), link()), {
            Some(Rule::ReasonNeeded)
        }),
        ("after being struck", &struck, dora, accept(DORA, link()), Some(Rule::NotPermitted)),
        ("a colleague then", &struck, otto, accept(OTTO, link()), Some(Rule::NotPermitted)),
        ("without the terms in force", &newer, dora, accept(DORA, link()), {
            Some(Rule::NotPermitted)
        }),
        ("a date, after being struck", &struck, dora, propose(late_date()), {
            Some(Rule::NotPermitted)
        }),
    ]);
}

#[test]
fn a_later_answer_replaces_the_earlier_one_and_both_are_kept() {
    let mut desk = with_roll(&asked(), |b| {
        b.colleague(OTTO);
    });
    desk.by(person(DORA), says(DORA, None, Channel::Link));
    desk.by(person(OTTO), says(OTTO, Some("a freeze"), Channel::Link));
    desk.anna(says(DORA, None, told("Dora rang")));
    let consent = &desk.case.embargo.consents[&DORA][&1];
    assert_eq!(consent.answer, Answer::Accepted);
    assert_eq!(consent.recorded_by, person(ANNA));
    let [first, second] = consent.earlier.as_slice() else { panic!("{:?}", consent.earlier) };
    assert_eq!(first.answer, Answer::Accepted);
    assert_eq!(first.given.as_ref().map(|it| it.by), Some(DORA));
    let settled = Some(Settlement::Withdrawn);
    assert_eq!(second.answer, Answer::Objected { reason: "a freeze".into(), settled });
    assert_eq!(second.given.as_ref().map(|it| it.by), Some(OTTO));
    assert_eq!(desk.case.embargo.consent(DORA), consent::State::Signatory);
    // What was accepted is not taken back once the time for objections is over.
    let object = says(DORA, Some("too soon"), Channel::Link);
    assert_eq!(desk.refusal(person(DORA), &object), None);
    desk.clock.now = desk.case.embargo.proposals[0].answer_by;
    assert_eq!(desk.refusal(person(DORA), &object), Some(Rule::Embargo));
    assert_eq!(
        desk.refusal(
            person(EGON),
            &answer_for(EGON, Some("no"), Given { by: EGON, channel: Channel::Link })
        ),
        None,
        "who was silent may still object"
    );
}

fn remind(plan: Plan) -> Command {
    Command::Plan { act: act(5), plan: Box::new(plan) }
}

fn worded(words: &str) -> Command {
    remind(Plan { payload: message("Your answer", words), ..nudge(DORA, 1) })
}

#[test]
fn a_reminder_goes_once_to_somebody_silent_and_says_nothing_of_others() {
    let desk = asked();
    let house = Actor::House;
    let answered = after(&desk, |d| {
        d.by(person(DORA), says(DORA, Some("a freeze"), Channel::Link));
    });
    let planned = after(&desk, |d| {
        d.house(remind(nudge(DORA, 1)));
    });
    let late = after(&desk, |d| d.clock.now = d.case.embargo.proposals[0].answer_by);
    let struck = with_roll(&desk, |b| {
        b.strike(ACME);
    });
    let moved = with_roll(&desk, |b| {
        b.moved(DORA, "dora@new.example");
    });
    let revised = after(&desk, |d| {
        d.clock.now += SignedDuration::from_mins(1);
        d.anna(propose(late_date()));
    });
    let again = Command::Plan { act: act(6), plan: Box::new(nudge(DORA, 1)) };
    let elsewhere = Plan {
        to: vec![Recipient::Person {
            person: EGON,
            mailbox: mailbox("egon@vendor.example"),
            seal: None,
        }],
        ..nudge(DORA, 1)
    };
    let both = Plan { to: [nudge(DORA, 1).to, nudge(EGON, 1).to].concat(), ..nudge(DORA, 1) };
    check([
        ("by the house", &desk, house, remind(nudge(DORA, 1)), None),
        ("by a distributor", &desk, person(DORA), remind(nudge(DORA, 1)), {
            Some(Rule::NotPermitted)
        }),
        ("before any notice", &unsent(), house, remind(nudge(DORA, 1)), Some(Rule::WrongState)),
        ("to one who answered", &answered, house, remind(nudge(DORA, 1)), Some(Rule::WrongState)),
        ("twice", &planned, house, again, Some(Rule::WrongState)),
        ("when the time is over", &late, house, remind(nudge(DORA, 1)), Some(Rule::WrongState)),
        ("to one who was struck", &struck, house, remind(nudge(DORA, 1)), Some(Rule::Membership)),
        ("to an address that it left", &moved, house, remind(nudge(DORA, 1)), {
            Some(Rule::Membership)
        }),
        ("of an older date", &revised, house, remind(nudge(DORA, 1)), Some(Rule::WrongState)),
        ("of a date with no notice", &revised, house, remind(nudge(DORA, 2)), {
            Some(Rule::WrongState)
        }),
        ("to another", &desk, house, remind(elsewhere), Some(Rule::BadValue)),
        ("to two at once", &desk, house, remind(both), Some(Rule::BadValue)),
        ("naming itself", &desk, house, worded("Acme has not answered."), None),
        ("naming another", &desk, house, worded("Blue has agreed, Acme has not."), {
            Some(Rule::BadValue)
        }),
        ("a word that holds a name", &desk, house, worded("Blueprints."), None),
        ("naming the bug", &desk, house, worded(&format!("Of {CVE}.")), Some(Rule::BadValue)),
    ]);
}

#[test]
fn a_reminder_needs_the_approvals_of_a_notice_and_what_holds_when_it_goes() {
    let mut desk = asked();
    desk.house(remind(nudge(DORA, 1)));
    let start = Command::Start { act: act(5) };
    desk.approve(ANNA, act(5));
    assert_eq!(desk.refusal(Actor::House, &start), Some(Rule::WrongState), "one is not enough");
    desk.approve(BERT, act(5));
    assert_eq!(desk.refusal(Actor::House, &start), None);
    let newer = with_roll(&desk, |b| {
        b.new_terms();
    });
    assert_eq!(newer.refusal(Actor::House, &start), Some(Rule::Membership));
    let late = after(&desk, |d| d.clock.now = d.case.embargo.proposals[0].answer_by);
    assert_eq!(late.refusal(Actor::House, &start), Some(Rule::WrongState));
    let answered = after(&desk, |d| {
        d.anna(says(DORA, None, told("a call")));
    });
    assert!(matches!(answered.case.acts[&act(5)].state, ActState::Cancelled { .. }));
    let other = after(&desk, |d| {
        let given = Given { by: EGON, channel: Channel::Link };
        d.by(person(EGON), answer_for(EGON, None, given));
    });
    assert!(matches!(other.case.acts[&act(5)].state, ActState::Approved { .. }));
}

#[test]
fn who_is_struck_off_the_roll_hears_no_more_and_what_they_were_sent_stays() {
    let mut desk = asked();
    desk.house(remind(nudge(DORA, 1)));
    desk.approve(ANNA, act(5));
    desk.approve(BERT, act(5));
    desk.anna(Command::Plan { act: act(6), plan: Box::new(notice()) });
    desk.approve(ANNA, act(6));
    desk.approve(CLEO, act(6));
    let expel = Command::Expel { person: DORA, reason: because() };
    check([
        ("a member", &desk, Actor::House, expel.clone(), Some(Rule::WrongState)),
        ("by a person", &desk, person(ANNA), expel.clone(), Some(Rule::NotPermitted)),
    ]);
    let mut struck = with_roll(&desk, |b| {
        b.strike(ACME);
    });
    struck.house(expel.clone());
    let cancelled = |id| matches!(struck.case.acts[&act(id)].state, ActState::Cancelled { .. });
    assert!(cancelled(5), "the reminder is kept back");
    assert!(cancelled(6), "who reads it has changed, so nobody stands behind it");
    assert!(struck.case.acts[&act(1)].done_at().is_some(), "what was sent stays");
    assert!(!struck.case.roles(DORA).contains(&Role::Distributor));
    let left: Vec<_> = struck.case.distributors.iter().flat_map(|it| &it.concerned).collect();
    assert!(left.iter().all(|one| one.person != DORA) && left.len() == 1);
    // Once more changes nothing.
    assert_eq!(struck.try_as(Actor::House, &expel), Ok(Vec::new()));
    // Whoever has another part keeps it.
    let reporter = after(&desk, |d| {
        d.house(Command::Link(Box::new(crate::desk::report(case::ReportId([9; 16]), DORA))));
    });
    let mut reporter = with_roll(&reporter, |b| {
        b.strike(ACME);
    });
    reporter.house(expel);
    assert_eq!(reporter.case.roles(DORA), [Role::Reporter].into());
}

#[test]
fn a_payload_of_a_reminder_is_words() {
    let desk = asked();
    let plan = Plan { payload: Payload::Empty, ..nudge(DORA, 1) };
    assert_eq!(desk.refusal(Actor::House, &remind(plan)), Some(Rule::BadValue));
    let kind = ActKind::Nudge { person: DORA, revision: 1 };
    assert_eq!(desk.case.in_vain_from(&kind), Some(desk.case.embargo.proposals[0].answer_by));
}
