//! The roll of distributors: who comes on it, at whose word, and who may hear of a bug.

#![cfg(test)]

use std::collections::BTreeSet;

use advisory::{digest::Digest, mailbox::Mailbox};
use case::{
    MemberId, PersonId,
    policy::Membership,
    refusal::{Refusal, Rule},
    rights::Actor,
    roll::{Change, Hindrance, Roll, Standing, Way},
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::desk::{ANNA, DORA, EGON, OTTO, at, mailbox, person, start, team};

pub(crate) const ACME: MemberId = MemberId([0x51; 16]);
const BLUE: MemberId = MemberId([0x52; 16]);
const TERMS: &str = "Tell nobody.\n";
const NEWER: &str = "Tell nobody, not even your cat.\n";

/// A roll, and the time.
#[derive(Clone)]
pub(crate) struct Book {
    pub(crate) roll: Roll,
    pub(crate) now: Timestamp,
    rules: Membership,
}

fn words(text: &str) -> String {
    text.to_owned()
}

fn asks(member: MemberId, name: &str) -> Change {
    let (ships, note) = (words("packages for its users"), words("a mail of Monday"));
    Change::Asked { member, name: words(name), ships, note }
}

fn names(member: MemberId, who: PersonId, address: &str) -> Change {
    Change::Named { member, person: who, name: words("Dora"), mailbox: mailbox(address) }
}

fn judges(member: MemberId, criterion: &str, met: bool) -> Change {
    Change::Judged { member, criterion: words(criterion), met, note: words("their advisories") }
}

fn vouches(member: MemberId, voucher: PersonId) -> Change {
    Change::Vouched { member, voucher, note: words("a mail of Tuesday") }
}

fn told() -> Way {
    Way::Told { note: words("on the telephone") }
}

fn accepts(member: MemberId, who: PersonId, text: &str, way: Way) -> Change {
    Change::Accepted { member, person: who, terms: Digest::of(text.as_bytes()), way }
}

fn confirms(member: MemberId, who: PersonId, address: &str, way: Way) -> Change {
    Change::Confirmed { member, person: who, mailbox: mailbox(address), way }
}

fn link(member: MemberId, who: PersonId, secret: &str, until: Timestamp) -> Change {
    Change::LinkMade { member, person: who, digest: Digest::of(secret.as_bytes()), until }
}

fn admits(member: MemberId) -> Change {
    Change::Admitted { member, reason: words("all is met") }
}

fn strikes(member: MemberId) -> Change {
    Change::Struck { member, reason: words("it talked") }
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

impl Book {
    fn new() -> Self {
        Self { roll: Roll::default(), now: start(), rules: Membership::default() }
    }

    fn try_as(&self, actor: Actor, change: &Change) -> Result<(), Refusal> {
        self.roll.check(change, actor, &team(), &self.rules, self.now)
    }

    pub(crate) fn by(&mut self, actor: Actor, change: &Change) -> &mut Self {
        self.try_as(actor, change).unwrap_or_else(|why| panic!("{change:?}: {why}"));
        self.roll.evolve(change, actor, self.now);
        self
    }

    fn anna(&mut self, change: &Change) -> &mut Self {
        self.by(person(ANNA), change)
    }

    /// An organisation that asks, with one delegate and every criterion met.
    fn judged(&mut self, member: MemberId, name: &str, who: PersonId, address: &str) -> &mut Self {
        self.anna(&asks(member, name)).anna(&names(member, who, address));
        for criterion in Membership::default().criteria {
            self.anna(&judges(member, &criterion.name, true));
        }
        self
    }

    /// Two members of one delegate each, Dora and Egon, who accepted the terms and confirmed their
    /// addresses.
    pub(crate) fn kept() -> Self {
        let mut book = Self::new();
        book.anna(&Change::Terms { text: words(TERMS) });
        book.judged(ACME, "Acme", DORA, "dora@distro.example");
        book.anna(&accepts(ACME, DORA, TERMS, told())).anna(&admits(ACME));
        book.judged(BLUE, "Blue", EGON, "egon@vendor.example");
        book.anna(&accepts(BLUE, EGON, TERMS, told()));
        book.anna(&vouches(BLUE, DORA)).anna(&admits(BLUE));
        book.anna(&confirms(ACME, DORA, "dora@distro.example", told()));
        book.anna(&confirms(BLUE, EGON, "egon@vendor.example", told()));
        book
    }

    pub(crate) fn strike(&mut self, member: MemberId) -> &mut Self {
        self.anna(&strikes(member))
    }

    pub(crate) fn off_lists(&mut self, member: MemberId) -> &mut Self {
        self.anna(&Change::OffLists { member, note: words("the list's page of members") })
    }

    pub(crate) fn new_terms(&mut self) -> &mut Self {
        self.anna(&Change::Terms { text: words(NEWER) })
    }

    pub(crate) fn moved(&mut self, who: PersonId, to: &str) -> &mut Self {
        self.anna(&names(ACME, who, to))
    }

    pub(crate) fn colleague(&mut self, who: PersonId) -> &mut Self {
        self.anna(&names(ACME, who, "otto@distro.example"));
        self.anna(&accepts(ACME, who, TERMS, told()))
    }

    fn hindrance(&self, who: PersonId) -> Option<Hindrance> {
        self.roll.hindrance(who, &self.rules, self.now)
    }
}

/// A row: what it shows, the roll, who wishes what, and the rule that refuses it, if one does.
type Row<'b> = (&'static str, &'b Book, Actor, Change, Option<Rule>);

fn check<'b>(rows: impl IntoIterator<Item = Row<'b>>) {
    for (row, book, actor, change, expected) in rows {
        let answer = book.try_as(actor, &change);
        let rule = answer.as_ref().err().map(|refusal| refusal.rule);
        assert_eq!(rule, expected, "{row}: {answer:?}");
    }
}

fn after(book: &Book, change: impl FnOnce(&mut Book)) -> Book {
    let mut book = book.clone();
    change(&mut book);
    book
}

#[test]
fn an_organisation_is_admitted_when_all_that_is_asked_is_there() {
    let anna = person(ANNA);
    let first = after(&Book::new(), |b| {
        b.anna(&Change::Terms { text: words(TERMS) });
        b.judged(ACME, "Acme", DORA, "dora@distro.example");
    });
    let accepted = after(&first, |b| {
        b.anna(&accepts(ACME, DORA, TERMS, told()));
    });
    let unmet = after(&accepted, |b| {
        b.anna(&judges(ACME, "record", false));
    });
    let newer = after(&accepted, |b| {
        b.new_terms();
    });
    let second = after(&Book::kept(), |b| {
        let carp = MemberId([0x53; 16]);
        b.judged(carp, "Carp", OTTO, "otto@carp.example");
        b.anna(&accepts(carp, OTTO, TERMS, told()));
    });
    let carp = MemberId([0x53; 16]);
    let vouched = after(&second, |b| {
        b.anna(&vouches(carp, DORA));
    });
    let fallen = after(&vouched, |b| {
        b.strike(ACME);
    });
    let unjudged = after(&Book::new(), |b| {
        b.anna(&Change::Terms { text: words(TERMS) });
        b.anna(&asks(ACME, "Acme")).anna(&names(ACME, DORA, "dora@distro.example"));
        b.anna(&accepts(ACME, DORA, TERMS, told()));
    });
    let lenient = after(&unmet, |b| {
        b.rules.criteria.iter_mut().for_each(|criterion| criterion.binding = false);
    });
    check([
        ("nobody accepted the terms", &first, anna, admits(ACME), Some(Rule::Membership)),
        ("the first needs no voucher", &accepted, anna, admits(ACME), None),
        ("nobody judged", &unjudged, anna, admits(ACME), Some(Rule::Membership)),
        ("one criterion is not met", &unmet, anna, admits(ACME), Some(Rule::Membership)),
        ("and it does not bind", &lenient, anna, admits(ACME), None),
        ("only older terms accepted", &newer, anna, admits(ACME), Some(Rule::Membership)),
        ("nobody vouches", &second, anna, admits(carp), Some(Rule::Membership)),
        ("somebody vouches", &vouched, anna, admits(carp), None),
        ("who vouched was struck", &fallen, anna, admits(carp), Some(Rule::BadValue)),
        ("its own delegate vouches", &second, anna, vouches(carp, OTTO), Some(Rule::BadValue)),
        ("a stranger vouches", &second, anna, vouches(carp, ANNA), Some(Rule::BadValue)),
        ("twice", &Book::kept(), anna, admits(ACME), Some(Rule::WrongState)),
    ]);
}

#[test]
fn the_roll_is_the_teams_and_a_delegate_speaks_for_themself() {
    let (anna, dora, egon) = (person(ANNA), person(DORA), person(EGON));
    let book = Book::kept();
    let newer = after(&book, |b| {
        b.new_terms();
    });
    let struck = after(&newer, |b| {
        b.strike(ACME);
    });
    let by_link = |who, text| accepts(ACME, who, text, Way::Link);
    let ours = "dora@distro.example";
    check([
        ("a delegate strikes", &book, dora, strikes(BLUE), Some(Rule::NotPermitted)),
        ("the house admits", &book, Actor::House, strikes(BLUE), Some(Rule::NotPermitted)),
        ("a delegate, of the terms", &newer, dora, by_link(DORA, NEWER), None),
        ("of older terms", &newer, dora, by_link(DORA, TERMS), Some(Rule::DigestDiffers)),
        ("another's link", &newer, egon, by_link(DORA, NEWER), Some(Rule::NotPermitted)),
        ("the team, by that link", &newer, anna, by_link(DORA, NEWER), Some(Rule::NotPermitted)),
        ("the team, with a note", &newer, anna, accepts(ACME, DORA, NEWER, told()), None),
        (
            "the team, without one",
            &newer,
            anna,
            accepts(ACME, DORA, NEWER, Way::Told { note: words(" ") }),
            Some(Rule::ReasonNeeded),
        ),
        (
            "a delegate, with a note",
            &newer,
            dora,
            accepts(ACME, DORA, NEWER, told()),
            Some(Rule::NotPermitted),
        ),
        ("after being struck", &struck, dora, by_link(DORA, NEWER), Some(Rule::WrongState)),
        ("an address, by link", &book, dora, confirms(ACME, DORA, ours, Way::Link), None),
        (
            "another address",
            &book,
            dora,
            confirms(ACME, DORA, "dora@old.example", Way::Link),
            Some(Rule::DigestDiffers),
        ),
        ("no reason", &book, anna, Change::Struck { member: ACME, reason: words("") }, {
            Some(Rule::ReasonNeeded)
        }),
        ("off the lists while a member", &book, anna, off(ACME), Some(Rule::WrongState)),
        ("off the lists when struck", &struck, anna, off(ACME), None),
        ("a link for one who was struck", &struck, anna, link(ACME, DORA, "s", late()), {
            Some(Rule::WrongState)
        }),
        ("a taken address", &book, anna, names(BLUE, OTTO, ours), Some(Rule::BadValue)),
        ("a delegate of another", &book, anna, names(BLUE, DORA, "d@blue.example"), {
            Some(Rule::BadValue)
        }),
        ("a taken name", &book, anna, asks(MemberId([1; 16]), " acme"), Some(Rule::WrongState)),
        ("the same text again", &book, anna, Change::Terms { text: words(TERMS) }, {
            Some(Rule::WrongState)
        }),
        ("back from being struck", &struck, anna, restores(ACME), Some(Rule::WrongState)),
    ]);
}

fn off(member: MemberId) -> Change {
    Change::OffLists { member, note: words("the list's page of members") }
}

fn restores(member: MemberId) -> Change {
    Change::Restored { member, reason: words("it was a misunderstanding") }
}

fn late() -> Timestamp {
    at("2027-01-01T00:00:00Z")
}

#[test]
fn who_may_hear_is_a_member_of_the_current_terms_at_a_known_address() {
    let book = Book::kept();
    assert_eq!(book.hindrance(DORA), None);
    assert_eq!(book.hindrance(OTTO), Some(Hindrance::Unlisted));
    let newer = after(&book, |b| {
        b.new_terms();
    });
    assert!(matches!(newer.hindrance(DORA), Some(Hindrance::NotAccepted { version: 2, .. })));
    let accepted = after(&newer, |b| {
        b.by(person(DORA), &accepts(ACME, DORA, NEWER, Way::Link));
    });
    assert_eq!(accepted.hindrance(DORA), None);
    assert!(accepted.hindrance(EGON).is_some(), "a word is its giver's alone");
    let suspended = after(&book, |b| {
        b.anna(&Change::Suspended { member: ACME, reason: words("a leak is looked into") });
    });
    assert!(suspended.hindrance(DORA).is_some_and(|it| it.shuts_out()));
    assert!(suspended.roll.still_on_lists().is_some());
    let back = after(&suspended, |b| {
        b.off_lists(ACME).anna(&restores(ACME));
    });
    assert_eq!(back.hindrance(DORA), None);
    let again = after(&back, |b| {
        b.strike(ACME);
    });
    assert!(again.roll.still_on_lists().is_some(), "what was seen before says nothing of now");
    let dropped = after(&book, |b| {
        b.anna(&Change::Dropped { member: ACME, person: DORA, reason: words("left") });
    });
    assert_eq!(dropped.hindrance(DORA), Some(Hindrance::Unlisted));
}

#[test]
fn an_address_is_asked_about_again_and_trusted_no_longer_than_the_grace() {
    let mut book = Book::kept();
    let (rules, confirmed) = (Membership::default(), book.now);
    let due = confirmed + days(i64::from(rules.confirm_days));
    let end = due + days(i64::from(rules.grace_days));
    let second = SignedDuration::from_secs(1);
    for (now, hears) in [(due - second, true), (due, true), (end - second, true), (end, false)] {
        book.now = now;
        assert_eq!(book.hindrance(DORA).is_none(), hears, "{now}");
    }
    book.by(person(DORA), &confirms(ACME, DORA, "dora@distro.example", Way::Link));
    assert_eq!(book.hindrance(DORA), None);
    // Of a new address nothing is known: it has the grace, and no more.
    book.anna(&names(ACME, DORA, "dora@new.example"));
    assert_eq!(book.hindrance(DORA), None);
    book.now += days(i64::from(rules.grace_days));
    assert!(matches!(book.hindrance(DORA), Some(Hindrance::Unconfirmed { .. })));
}

#[test]
fn a_link_opens_its_owners_place_until_it_is_replaced_over_or_its_owner_out() {
    let mut book = Book::kept();
    let opens =
        |book: &Book, secret: &str| book.roll.by_link(&Digest::of(secret.as_bytes()), book.now);
    let until = book.now + days(30);
    book.anna(&link(ACME, DORA, "one", until));
    assert_eq!(opens(&book, "one"), Some((ACME, DORA)));
    assert_eq!(opens(&book, "two"), None);
    let later = after(&book, |b| b.now = until);
    assert_eq!(opens(&later, "one"), None, "it is over");
    let replaced = after(&book, |b| {
        b.anna(&link(ACME, DORA, "two", until));
    });
    assert_eq!((opens(&replaced, "one"), opens(&replaced, "two")), (None, Some((ACME, DORA))));
    let renamed = after(&book, |b| {
        let (name, mailbox) = (words("Dora D."), mailbox("dora@distro.example"));
        b.anna(&Change::Named { member: ACME, person: DORA, name, mailbox });
    });
    assert_eq!(opens(&renamed, "one"), Some((ACME, DORA)), "a name is no address");
    let moved = after(&book, |b| {
        b.anna(&names(ACME, DORA, "dora@new.example"));
    });
    assert_eq!(opens(&moved, "one"), None, "who reads the old mailbox has no place here");
    for out in [
        strikes(ACME),
        Change::Suspended { member: ACME, reason: words("a leak") },
        Change::Dropped { member: ACME, person: DORA, reason: words("left") },
    ] {
        let gone = after(&book, |b| {
            b.anna(&out);
        });
        assert_eq!(opens(&gone, "one"), None, "{out:?}");
    }
}

/// Everything that could be wished for, between two organisations.
fn wishes() -> impl Strategy<Value = (Actor, Change)> {
    let member = prop_oneof![Just(ACME), Just(BLUE)];
    let who = prop_oneof![Just(DORA), Just(EGON)];
    let text = prop_oneof![Just(TERMS), Just(NEWER)];
    let way = prop_oneof![Just(Way::Link), Just(told())];
    let criteria = Membership::default().criteria;
    let address = |who: PersonId| -> Mailbox {
        mailbox(if who == DORA { "dora@distro.example" } else { "egon@vendor.example" })
    };
    let actor =
        prop_oneof![4 => Just(person(ANNA)), 1 => Just(person(DORA)), 1 => Just(person(EGON))];
    let change = (member, who, text, way, 0..14_u8, 0..criteria.len(), prop::bool::weighted(0.9))
        .prop_map(move |(member, who, text, way, which, criterion, met)| {
            let reason = words("because");
            match which {
                0 => Change::Terms { text: words(text) },
                1 => asks(member, if member == ACME { "Acme" } else { "Blue" }),
                2 => names(member, who, address(who).as_str()),
                3 => judges(member, &criteria[criterion].name, met),
                4 => vouches(member, who),
                5 => admits(member),
                6 => Change::Declined { member, reason },
                7 => Change::Suspended { member, reason },
                8 => restores(member),
                9 => strikes(member),
                10 => Change::Dropped { member, person: who, reason },
                11 => confirms(member, who, address(who).as_str(), way),
                _ => accepts(member, who, text, way),
            }
        });
    (actor, change)
}

/// A witness that reads events only: whether somebody may be told, by what was said since.
fn told_rightly(events: &[(Actor, Change)], who: PersonId) -> bool {
    let last = |wanted: &dyn Fn(&Change) -> bool| events.iter().rposition(|(_, it)| wanted(it));
    let terms = last(&|it| matches!(it, Change::Terms { .. }));
    let Some(Change::Terms { text }) = terms.map(|at| &events[at].1) else { return false };
    [ACME, BLUE].into_iter().any(|member| {
        let of = |it: &Change| it.member() == Some(member);
        let named =
            last(&|it| of(it) && matches!(it, Change::Named { person, .. } if *person == who));
        let dropped =
            last(&|it| of(it) && matches!(it, Change::Dropped { person, .. } if *person == who));
        let word =
            last(&|it| of(it) && matches!(it, Change::Accepted { person, .. } if *person == who));
        let accepted = word.is_some_and(|at| match &events[at] {
            (actor, Change::Accepted { terms, way, .. }) => {
                let own = matches!(way, Way::Link) && *actor == person(who);
                let noted = matches!(way, Way::Told { .. }) && *actor == person(ANNA);
                *terms == Digest::of(text.as_bytes()) && (own || noted)
            }
            _ => false,
        });
        let admitted =
            last(&|it| of(it) && matches!(it, Change::Admitted { .. } | Change::Restored { .. }));
        let out =
            last(&|it| of(it) && matches!(it, Change::Suspended { .. } | Change::Struck { .. }));
        let struck = last(&|it| of(it) && matches!(it, Change::Struck { .. }));
        named > dropped
            && accepted
            && word > dropped
            && admitted.is_some()
            && admitted > out
            && struck.is_none()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nobody_hears_without_being_a_delegate_of_a_member_who_accepted(
        wishes in prop::collection::vec(wishes(), 1..120),
    ) {
        let mut book = Book::new();
        let mut events: Vec<(Actor, Change)> = Vec::new();
        // One in two begins with both as members, so that what comes later is met often.
        if wishes.len() % 2 == 0 {
            book = Book::kept();
            events = kept_events();
        }
        for (actor, change) in wishes {
            if book.try_as(actor, &change).is_ok() {
                book.roll.evolve(&change, actor, book.now);
                events.push((actor, change));
            }
            for who in [DORA, EGON] {
                let hears = book.hindrance(who).is_none();
                prop_assert_eq!(hears, told_rightly(&events, who), "{:?}", events.last());
                let both = book.roll.members.values().filter(|it| {
                    it.standing == Standing::Admitted && it.delegates.contains_key(&who)
                });
                prop_assert!(both.count() < 2, "a delegate of two members");
            }
        }
    }
}

/// The events behind [`Book::kept`], as far as the witness asks for them.
fn kept_events() -> Vec<(Actor, Change)> {
    let anna = person(ANNA);
    [
        Change::Terms { text: words(TERMS) },
        names(ACME, DORA, "dora@distro.example"),
        accepts(ACME, DORA, TERMS, told()),
        admits(ACME),
        names(BLUE, EGON, "egon@vendor.example"),
        accepts(BLUE, EGON, TERMS, told()),
        admits(BLUE),
    ]
    .map(|change| (anna, change))
    .into()
}

#[test]
fn a_change_is_kept_as_it_was_written() {
    let all: BTreeSet<String> = [
        asks(ACME, "Acme"),
        accepts(ACME, DORA, TERMS, Way::Link),
        accepts(ACME, DORA, TERMS, told()),
        link(ACME, DORA, "s", late()),
    ]
    .iter()
    .map(|change| {
        let text = serde_json::to_string(change).unwrap();
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), *change);
        text
    })
    .collect();
    assert!(all.iter().all(|text| !text.contains("\"s\"")), "the secret of a link is kept nowhere");
}
