//! What has to be encrypted, and to whose key.

use advisory::digest::Digest;
use case::{
    Command,
    act::{Act, Plan, Recipient},
    event::{ActEvent, Event},
    notice::Posting,
    refusal::Rule,
    rights::Actor,
    sealing::{Book, Certificate, Correspondent, Protection, Seal, Sealed, due, sealed},
};
use jiff::SignedDuration;

use super::{after, because, check};
use crate::desk::{
    ANNA, BERT, CLEO, Desk, RITA, act, announcement, disclosure, early_date, mailbox, notice,
    person, plan_disclosure, start,
};

const LIST: &str = "distributors@lists.example.org";

fn certificate(letter: char, days: i64) -> Certificate {
    Certificate {
        fingerprint: letter.to_string().repeat(40),
        names: vec![format!("Distributors <{LIST}>")],
        uses: vec!["encrypts".into()],
        until: Some(start() + SignedDuration::from_hours(24 * days)),
        armoured: format!("the certificate {letter}"),
    }
}

fn correspondent(protection: Protection, key: Option<Certificate>) -> Correspondent {
    Correspondent { protection, key: key.map(Box::new) }
}

/// A case under embargo whose distributors take mail that is protected like this.
fn mailing(protection: Protection, key: Option<Certificate>) -> Desk {
    let mut desk = Desk::embargoed();
    desk.case.policy.lists.get_mut("distributors").unwrap().posting = Posting::Mail;
    // However the address was typed.
    let book = [(mailbox(LIST), correspondent(protection, key))];
    desk.book = Book::from(book);
    desk
}

fn to(seal: Option<Seal>) -> Plan {
    let to = Recipient::List { list: "distributors".into(), mailbox: mailbox(LIST), seal };
    Plan { to: vec![to], ..notice() }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what a recipient has")]
fn encrypted(letter: char) -> Option<Seal> {
    Some(Seal::Encrypted { key: letter.to_string().repeat(40) })
}

fn planning(plan: Plan) -> Command {
    Command::Plan { act: act(1), plan: Box::new(plan) }
}

#[test]
fn a_plan_says_how_its_mail_is_sealed_and_has_to_be_right() {
    let no = Some(Rule::Protection);
    let key = || Some(certificate('A', 20));
    let required = mailing(Protection::Required, key());
    let if_key = mailing(Protection::IfKey, key());
    let without = mailing(Protection::Required, None);
    let expired = mailing(Protection::Required, Some(certificate('A', 0)));
    let if_expired = mailing(Protection::IfKey, Some(certificate('A', 0)));
    let (plain, signed) = (mailing(Protection::Plain, key()), mailing(Protection::Signed, key()));
    let (nobody, by_default) = (mailing(Protection::IfKey, None), Desk::embargoed());
    let on_a_page = after(&required, |d| {
        d.case.policy.lists.get_mut("distributors").unwrap().posting = Posting::Web;
    });
    let anna = person(ANNA);
    check([
        ("to the key", &required, anna, planning(to(encrypted('A'))), None),
        ("to another", &required, anna, planning(to(encrypted('B'))), no),
        ("in the open", &required, anna, planning(to(None)), no),
        ("only signed", &required, anna, planning(to(Some(Seal::Signed))), no),
        ("a key is there", &if_key, anna, planning(to(encrypted('A'))), None),
        ("and is not used", &if_key, anna, planning(to(None)), no),
        ("no key", &without, anna, planning(to(None)), no),
        ("no key, and yet encrypted", &without, anna, planning(to(encrypted('A'))), no),
        ("expired", &expired, anna, planning(to(encrypted('A'))), no),
        ("expired, and in the open", &expired, anna, planning(to(None)), no),
        ("never in the open instead", &if_expired, anna, planning(to(None)), no),
        ("plain", &plain, anna, planning(to(None)), None),
        ("plain, and yet encrypted", &plain, anna, planning(to(encrypted('A'))), no),
        ("signed", &signed, anna, planning(to(Some(Seal::Signed))), None),
        ("signed, and yet plain", &signed, anna, planning(to(None)), no),
        ("nobody has a key", &nobody, anna, planning(to(None)), None),
        ("nobody said anything", &by_default, anna, planning(to(None)), None),
        ("on its own pages", &on_a_page, anna, planning(to(None)), no),
    ]);
    let refusal = without.try_as(anna, &planning(to(None))).unwrap_err();
    assert!(refusal.why.contains(LIST) && refusal.why.contains("no key"), "{}", refusal.why);
}

#[test]
fn what_is_composed_is_sealed_as_it_has_to_be() {
    let now = start();
    for (protection, key, expected) in [
        (Protection::Required, Some(certificate('A', 20)), encrypted('A')),
        (Protection::Signed, None, Some(Seal::Signed)),
        (Protection::Plain, Some(certificate('A', 20)), None),
    ] {
        let desk = mailing(protection, key);
        let plan = sealed(&desk.case, &desk.book, notice(), now);
        assert_eq!(plan.to[0].seal(), expected.as_ref(), "{protection:?}");
        assert_eq!(due(&desk.case, &desk.book, &plan.to[0], now), Ok(expected), "{protection:?}");
    }
}

#[test]
fn an_approval_is_for_one_key() {
    let digests: Vec<Digest> = [encrypted('A'), encrypted('B'), Some(Seal::Signed), None]
        .map(|seal| to(seal).digest().unwrap())
        .into();
    for (number, digest) in digests.iter().enumerate() {
        assert!(!digests[..number].contains(digest), "{number}");
    }
    // What was approved before there were seals still is.
    assert_eq!(to(None).digest().unwrap(), notice().digest().unwrap());
}

fn planned() -> Desk {
    let mut desk = mailing(Protection::Required, Some(certificate('A', 2)));
    desk.anna(planning(to(encrypted('A'))));
    desk
}

fn approving(desk: &Desk) -> Command {
    Command::Approve { act: act(1), digest: desk.case.acts[&act(1)].digest }
}

#[test]
fn what_holds_no_more_is_neither_approved_nor_started() {
    let desk = planned();
    let approve = || approving(&desk);
    let list = || mailbox(LIST);
    let with = |one: Correspondent| {
        after(&desk, |d| {
            d.book.insert(list(), one);
        })
    };
    let later = after(&desk, |d| d.clock.now = start() + SignedDuration::from_hours(48));
    let without = with(correspondent(Protection::Required, None));
    let other = with(correspondent(Protection::Required, Some(certificate('B', 20))));
    let plain = with(correspondent(Protection::Plain, None));
    let longer = Certificate { until: None, ..certificate('A', 2) };
    let longer = after(&with(correspondent(Protection::Required, Some(longer))), |d| {
        d.clock.now = start() + SignedDuration::from_hours(48);
    });
    let (no, bert) = (Some(Rule::Protection), person(BERT));
    check([
        ("in time", &desk, bert, approve(), None),
        ("expired", &later, bert, approve(), no),
        ("prolonged", &longer, bert, approve(), None),
        ("taken away", &without, bert, approve(), no),
        ("another key", &other, bert, approve(), no),
        ("plain by now", &plain, bert, approve(), no),
    ]);
    let start = || Command::Start { act: act(1) };
    let approved = |desk: &Desk| {
        after(desk, |d| {
            d.approve(ANNA, act(1));
            d.approve(BERT, act(1));
        })
    };
    let ready = approved(&desk);
    let other = after(&ready, |d| {
        d.book.insert(list(), correspondent(Protection::Required, Some(certificate('B', 20))));
    });
    let later = after(&ready, |d| d.clock.now = early_date() - SignedDuration::from_hours(1));
    check([
        ("in time", &ready, Actor::House, start(), None),
        ("another key", &other, Actor::House, start(), no),
        ("expired", &later, Actor::House, start(), no),
    ]);
}

#[test]
fn a_disclosure_needs_keys_that_hold_at_its_instant() {
    let days = early_date().duration_since(start()).as_hours() / 24;
    for (left, expected) in [(days, Some(Rule::Protection)), (days + 2, None)] {
        let mut desk = Desk::embargoed();
        let address = desk.case.policy.lists["users"].address.clone();
        let key = certificate('A', left);
        desk.book.insert(address, correspondent(Protection::Required, Some(key)));
        let Command::PlanDisclosure { id, instant, zone, acts } =
            plan_disclosure(1, early_date(), 1)
        else {
            panic!()
        };
        let acts = acts
            .into_iter()
            .map(|(id, plan)| (id, sealed(&desk.case, &desk.book, plan, desk.clock.now)));
        let acts = acts.collect::<Vec<_>>();
        assert!(acts.iter().any(|(_, plan)| plan.to[0].seal().is_some()), "{acts:?}");
        desk.anna(Command::PlanDisclosure { id, instant, zone, acts });
        let digest = desk.case.disclosure.as_ref().unwrap().digest;
        let approve = Command::ApproveDisclosure { id: disclosure(1), digest };
        assert_eq!(desk.refusal(person(BERT), &approve), expected, "{left} days");
    }
}

#[test]
fn a_pinned_key_is_replaced_by_name_only() {
    let before = correspondent(Protection::IfKey, Some(certificate('A', 20)));
    let may = |next: &Correspondent, replaces: Option<char>| {
        let replaces = replaces.map(|letter| letter.to_string().repeat(40));
        let answer = before.may_become(next, replaces.as_deref(), start());
        answer.err().map(|refusal| refusal.rule)
    };
    let other = correspondent(Protection::IfKey, Some(certificate('B', 20)));
    let no = Some(Rule::Protection);
    assert_eq!(may(&other, None), no);
    assert_eq!(may(&other, Some('B')), no);
    assert_eq!(may(&other, Some('A')), None);
    assert_eq!(may(&correspondent(Protection::Plain, None), None), no, "taken away");
    assert_eq!(may(&correspondent(Protection::Plain, None), Some('A')), None);
    let same = |days| correspondent(Protection::Required, Some(certificate('A', days)));
    assert_eq!(may(&same(20), None), None, "only the wish changes");
    assert_eq!(may(&same(90), None), None, "the same key, prolonged");
    assert_eq!(may(&same(0), None), no, "the same key, run out");
    let short = Certificate { fingerprint: "A".repeat(16), ..certificate('A', 20) };
    let short = correspondent(Protection::IfKey, Some(short));
    assert_eq!(may(&short, Some('A')), Some(Rule::BadValue));
}

#[test]
fn people_are_protected_by_those_who_may_invite_them() {
    let desk = Desk::embargoed();
    let with = |person, letter| Command::Protect {
        person,
        correspondent: Box::new(correspondent(Protection::Required, Some(certificate(letter, 20)))),
        replaces: None,
    };
    let pinned = after(&desk, |d| {
        d.anna(with(RITA, 'A'));
    });
    assert_eq!(pinned.case.correspondents[&RITA].protection, Protection::Required);
    let gone = after(&desk, |d| {
        d.anna(Command::Remove { person: RITA, reason: because() });
    });
    let no = Some(Rule::NotPermitted);
    check([
        ("the team", &desk, person(ANNA), with(RITA, 'A'), None),
        ("the reporter", &desk, person(RITA), with(RITA, 'A'), no),
        ("the house", &desk, Actor::House, with(RITA, 'A'), no),
        ("without an address", &desk, person(ANNA), with(CLEO, 'A'), Some(Rule::Unknown)),
        ("gone", &gone, person(ANNA), with(RITA, 'A'), Some(Rule::Unknown)),
        ("another key", &pinned, person(ANNA), with(RITA, 'B'), Some(Rule::Protection)),
    ]);
}

#[test]
fn what_was_sealed_is_what_was_approved() {
    let desk = after(&planned(), |d| {
        d.approve(ANNA, act(1));
        d.approve(BERT, act(1));
    });
    let made = |keys: &[char]| {
        let keys = keys.iter().map(|letter| letter.to_string().repeat(40)).collect();
        let sealed = Sealed { raw: "ab".repeat(32), keys, signer: None };
        Command::Seal { act: act(1), sealed }
    };
    let started = after(&desk, |d| {
        d.house(Command::Start { act: act(1) });
    });
    check([
        ("not started", &desk, Actor::House, made(&['A']), Some(Rule::WrongState)),
        ("to the key", &started, Actor::House, made(&['A']), None),
        ("and to our own", &started, Actor::House, made(&['A', 'C']), None),
        ("to another", &started, Actor::House, made(&['B']), Some(Rule::Protection)),
        ("to none", &started, Actor::House, made(&[]), Some(Rule::Protection)),
        ("by a person", &started, person(ANNA), made(&['A']), Some(Rule::NotPermitted)),
    ]);
    let events = started.try_as(Actor::House, &made(&['A'])).unwrap();
    assert!(matches!(&events[..], [Event::Act(ActEvent::Sealed { .. })]), "{events:?}");
    let kept = after(&started, |d| {
        d.house(made(&['A']));
    });
    let Act { sealed, .. } = &kept.case.acts[&act(1)];
    assert_eq!(sealed.as_ref().unwrap().keys, ["A".repeat(40)]);
}

#[test]
fn people_are_warned_before_a_key_runs_out() {
    let key = certificate('A', 20);
    let hours = |hours| start() + SignedDuration::from_hours(hours);
    for (at, expected) in [
        (hours(0), None),
        (hours(24 * 6 - 1), None),
        (hours(24 * 6), Some(14)),
        (hours(24 * 13), Some(7)),
        (hours(24 * 19), Some(1)),
        (hours(24 * 20 - 1), Some(1)),
        (hours(24 * 20), Some(0)),
    ] {
        assert_eq!(key.warning(at), expected, "{at}");
        assert_eq!(key.holds(at), expected != Some(0), "{at}");
    }
    assert_eq!(Certificate { until: None, ..key }.warning(hours(9_999)), None);
}

#[test]
fn only_what_the_list_demands_stands_outside() {
    let desk = mailing(Protection::Required, Some(certificate('A', 20)));
    let outer = case::sealing::outer_subject(&desk.case, &notice());
    assert_eq!(outer, "[vs] #security [...]");
    assert_eq!(case::sealing::outer_subject(&desk.case, &announcement()), "[...]");
}
