//! Where each copy of a mail stands, from its plan to what people told of it.

use case::{
    Command, PersonId,
    act::Recipient,
    observation::{Delivery, Observation},
    outgoing::{Addressee, Standing},
};

use super::after;
use crate::desk::{
    ANNA, BERT, DORA, Desk, EGON, RITA, acknowledgement, act, early_date, fork, notice, observe,
    plan_disclosure, proof, told,
};

const MAIL: u16 = 50;

fn plan(plan: case::act::Plan) -> Command {
    Command::Plan { act: act(MAIL), plan: Box::new(plan) }
}

/// Every copy of the one mail, in words, and whether somebody must act.
fn board(desk: &Desk) -> Vec<(String, &'static str, bool)> {
    let mails: Vec<_> = desk.case.outgoing().collect();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.act.id, act(MAIL));
    let copy = |copy: &case::outgoing::MailCopy<'_>| {
        let to = match copy.to {
            Addressee::Named(Recipient::List { list, .. }) => list.clone(),
            Addressee::Named(Recipient::Person { person, .. }) => name(*person),
            Addressee::Named(other) => panic!("{other:?} gets no mail"),
            Addressee::Reader(person) => name(person),
        };
        (to, words(&copy.standing), copy.standing.needs_somebody())
    };
    mail.copies.iter().map(copy).collect()
}

fn name(person: PersonId) -> String {
    let known = [(RITA, "Rita"), (DORA, "Dora"), (EGON, "Egon")];
    known.iter().find(|(id, _)| *id == person).unwrap().1.to_owned()
}

fn words(standing: &Standing<'_>) -> &'static str {
    match standing {
        Standing::Planned => "planned",
        Standing::Approved => "approved",
        Standing::PutOff(_) => "put off",
        Standing::UnderWay => "under way",
        Standing::Accepted { by: None, .. } => "accepted",
        Standing::Accepted { .. } => "sent by hand",
        Standing::Unknown => "unknown",
        Standing::Arrived { .. } => "arrived",
        Standing::Seen(_) => "seen",
        Standing::Bounced { .. } => "bounced",
        Standing::Uncertain { .. } => "uncertain",
        Standing::Failed { .. } => "failed",
    }
}

fn one(words: &'static str, needs: bool) -> Vec<(String, &'static str, bool)> {
    vec![("distributors".into(), words, needs)]
}

fn due() -> Desk {
    after(&Desk::embargoed(), |d| {
        d.anna(plan(notice()));
        d.approve(ANNA, act(MAIL));
        d.approve(BERT, act(MAIL));
    })
}

fn started() -> Desk {
    after(&due(), |d| {
        d.house(Command::Start { act: act(MAIL) });
    })
}

fn done() -> Desk {
    after(&started(), |d| {
        d.house(Command::Finish { act: act(MAIL), proof: proof() });
    })
}

fn delivery(person: PersonId, outcome: Delivery) -> Observation {
    Observation::Delivery { act: act(MAIL), person, outcome }
}

#[test]
fn a_mail_is_on_the_board_from_its_plan_to_its_receipt() {
    let why = || "because".to_owned();
    let planned = after(&Desk::embargoed(), |d| {
        d.anna(plan(notice()));
    });
    assert_eq!(board(&planned), one("planned", false));
    assert_eq!(board(&due()), one("approved", false));
    assert_eq!(board(&started()), one("under way", false));
    let put_off = after(&started(), |d| {
        let until = early_date() - jiff::SignedDuration::from_secs(1);
        d.house(Command::PutOff { act: act(MAIL), why: why(), until });
    });
    assert_eq!(board(&put_off), one("put off", false));
    let failed = after(&started(), |d| {
        d.house(Command::Fail { act: act(MAIL), why: why() });
    });
    assert_eq!(board(&failed), one("failed", true));
    let doubt = after(&started(), |d| {
        d.house(Command::Doubt { act: act(MAIL), why: why() });
    });
    assert_eq!(board(&doubt), one("uncertain", true));
    let by_hand = after(&doubt, |d| {
        d.anna(Command::Resolve { act: act(MAIL), proof: proof() });
    });
    assert_eq!(board(&by_hand)[0], ("distributors".into(), "sent by hand", false));
    assert_eq!(board(&done())[0], ("distributors".into(), "accepted", false));
    let given_up = after(&planned, |d| {
        d.anna(Command::Cancel { act: act(MAIL), reason: why() });
    });
    assert_eq!(given_up.case.outgoing().count(), 0);
}

#[test]
fn each_reader_of_the_list_has_a_copy_of_the_notice() {
    let unknown = [("distributors", "accepted"), ("Dora", "unknown"), ("Egon", "unknown")];
    let shown = |desk: &Desk| -> Vec<(String, &'static str)> {
        board(desk).into_iter().map(|(to, words, _)| (to, words)).collect()
    };
    let expected = |rows: [(&str, &'static str); 3]| rows.map(|(to, it)| (to.to_owned(), it));
    assert_eq!(shown(&done()), expected(unknown));
    let known = after(&done(), |d| {
        let gone = Delivery::Bounced { hard: true, why: "550 no such user".into() };
        let late = Delivery::Bounced { hard: false, why: "451 greylisted".into() };
        d.house(observe(delivery(DORA, gone)));
        d.house(observe(delivery(EGON, late)));
        d.house(observe(Observation::Post {
            act: act(MAIL),
            url: "https://lists.example/1".into(),
            words_match: true,
            thread: "[vs] amber heron".into(),
            compared: None,
        }));
    });
    let rows = [("distributors", "seen"), ("Dora", "bounced"), ("Egon", "bounced")];
    assert_eq!(shown(&known), expected(rows));
    let needs: Vec<bool> = board(&known).into_iter().map(|(_, _, needs)| needs).collect();
    assert_eq!(needs, [false, true, false], "what is only late comes by itself");
    let other_words = after(&done(), |d| {
        d.house(observe(Observation::Post {
            act: act(MAIL),
            url: "https://lists.example/1".into(),
            words_match: false,
            thread: "[vs] amber heron".into(),
            compared: None,
        }));
    });
    assert_eq!(board(&other_words)[0], ("distributors".into(), "seen", true));
}

#[test]
fn whose_word_it_is_stands_beside_what_was_told() {
    let mut desk = done();
    desk.by_hand = [case::Party::Mail].into();
    desk.anna(Command::Attest(Box::new(told(delivery(DORA, Delivery::Delivered)))));
    let mails: Vec<_> = desk.case.outgoing().collect();
    let copy = mails[0].copies.iter().find(|copy| copy.to == Addressee::Reader(DORA)).unwrap();
    assert!(matches!(copy.standing, Standing::Arrived { .. }));
    assert!(copy.told.is_some());
    assert!(mails[0].copies.iter().filter(|copy| copy.told.is_some()).count() == 1);
}

#[test]
fn a_bounce_of_a_mail_to_a_person_is_theirs() {
    let sent = after(&Desk::new(), |d| {
        d.house(plan(acknowledgement()));
        d.house(Command::Start { act: act(MAIL) });
        d.house(Command::Finish { act: act(MAIL), proof: proof() });
    });
    assert_eq!(board(&sent), [("Rita".into(), "accepted", false)]);
    let back = after(&sent, |d| {
        let gone = Delivery::Bounced { hard: true, why: "550 no such user".into() };
        d.house(observe(delivery(RITA, gone)));
    });
    assert_eq!(board(&back), [("Rita".into(), "bounced", true)]);
}

#[test]
fn what_goes_with_a_disclosure_is_there_and_what_is_no_mail_is_not() {
    let mut desk = Desk::embargoed();
    desk.anna(plan(fork()));
    assert_eq!(desk.case.outgoing().count(), 0);
    desk.anna(plan_disclosure(1, early_date(), 1));
    let mails: Vec<_> = desk.case.outgoing().collect();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.act.id, act(2));
    assert_eq!(mail.copies[0].standing, Standing::Planned);
}
