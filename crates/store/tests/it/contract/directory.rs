//! People, sessions, one-time links and throttles.

use std::time::Duration;

use store::{Attempt, OneTimeLink, Person, Session, StoreError, TokenHash};

use crate::{
    law::{Law, Place},
    words::{text, time},
};

pub(super) const LAWS: &[Law] = &[
    ("people are found by id and by handle", people),
    ("a handle belongs to one person", handles),
    ("a session ends when it expires or is ended", sessions),
    ("a one-time link works once", links),
    ("a throttle counts a window", throttles),
    ("sweeping removes what has expired", sweeping),
];

fn person(id: &str, handles: &[&str], body: &str) -> Person {
    let handles = handles.iter().map(|handle| (*handle).to_owned()).collect();
    Person { id: id.into(), handles, body: body.into() }
}

fn people(place: &dyn Place) {
    let store = place.store();
    let ann = person("p2", &["mailto:ann@example.org", "github:ann"], "Ann");
    let bob = person("p1", &[], "Bob");
    store.put_person(&ann).unwrap();
    store.put_person(&bob).unwrap();
    assert_eq!(store.person("p2").unwrap(), Some(ann.clone()));
    assert_eq!(store.person("p3").unwrap(), None);
    assert_eq!(store.person_by_handle("github:ann").unwrap(), Some(ann.clone()));
    assert_eq!(store.person_by_handle("github:bob").unwrap(), None);
    assert_eq!(store.people().unwrap(), [bob.clone(), ann]);
    let moved = person("p2", &["github:ann2"], "Ann, elsewhere");
    store.put_person(&moved).unwrap();
    assert_eq!(store.person_by_handle("github:ann").unwrap(), None);
    assert_eq!(store.person_by_handle("github:ann2").unwrap(), Some(moved));
    store.remove_person("p2").unwrap();
    store.remove_person("p2").unwrap();
    assert_eq!(store.person_by_handle("github:ann2").unwrap(), None);
    assert_eq!(store.people().unwrap(), [bob]);
}

fn handles(place: &dyn Place) {
    let store = place.store();
    store.put_person(&person("p1", &["h"], "one")).unwrap();
    let taken = store.put_person(&person("p2", &["free", "h"], "two"));
    assert!(matches!(taken, Err(StoreError::HandleTaken)));
    assert_eq!(store.person("p2").unwrap(), None, "nothing of it was written");
    assert_eq!(store.person_by_handle("free").unwrap(), None);
    store.put_person(&person("p1", &["h", "h"], "one again")).unwrap();
    store.put_person(&person("p1", &[], "one, no more")).unwrap();
    store.put_person(&person("p2", &["h"], "two")).unwrap();
    assert_eq!(text(store.person_by_handle("h").unwrap().map(|p| p.body).as_ref()), "two");
}

fn session(token: &str, whose: &str, expires: i64) -> Session {
    let token = TokenHash::of(token.as_bytes());
    Session { token, person: whose.into(), expires: time(expires), body: "step-up".into() }
}

fn sessions(place: &dyn Place) {
    let store = place.store();
    let one = session("one", "p1", 10);
    store.put_session(&one).unwrap();
    store.put_session(&session("two", "p1", 10)).unwrap();
    store.put_session(&session("three", "p2", 10)).unwrap();
    let found = |token: &str, at| {
        let token = TokenHash::of(token.as_bytes());
        store.session(&token, time(at)).unwrap()
    };
    assert_eq!(found("one", 9), Some(one));
    assert_eq!(found("one", 10), None, "it has expired");
    assert_eq!(found("unknown", 0), None);
    store.put_session(&session("one", "p1", 20)).unwrap();
    assert_eq!(found("one", 10).map(|s| s.expires), Some(time(20)));
    store.end_session(&TokenHash::of(b"one")).unwrap();
    assert_eq!(found("one", 0), None);
    store.end_sessions_of("p1").unwrap();
    assert_eq!(found("two", 0), None);
    assert!(found("three", 0).is_some());
    store.put_person(&person("p2", &[], "")).unwrap();
    store.remove_person("p2").unwrap();
    assert_eq!(found("three", 0), None, "a person's sessions go with them");
}

fn links(place: &dyn Place) {
    let store = place.store();
    let link = |token: &str| OneTimeLink {
        token: TokenHash::of(token.as_bytes()),
        expires: time(10),
        body: "first person".into(),
    };
    store.put_link(&link("a")).unwrap();
    store.put_link(&link("b")).unwrap();
    let used = |token: &str, at| {
        let token = TokenHash::of(token.as_bytes());
        store.use_link(&token, time(at)).unwrap().map(|body| text(Some(&body)))
    };
    assert_eq!(used("a", 5), Some("first person".into()));
    assert_eq!(used("a", 5), None, "it was used up");
    assert_eq!(used("b", 10), None, "it has expired");
    assert_eq!(used("c", 0), None);
    store.put_link(&link("d")).unwrap();
    let winners: usize = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let token = TokenHash::of(b"d");
                    usize::from(store.use_link(&token, time(0)).unwrap().is_some())
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).sum()
    });
    assert_eq!(winners, 1);
}

fn throttles(place: &dyn Place) {
    let store = place.store();
    let attempt = |what, at| store.attempt(what, 3, Duration::from_mins(1), time(at)).unwrap();
    assert_eq!(attempt("ann", 0), Attempt::Allowed { left: 2 });
    assert_eq!(attempt("ann", 30), Attempt::Allowed { left: 1 });
    assert_eq!(attempt("ann", 59), Attempt::Allowed { left: 0 });
    assert_eq!(attempt("ann", 59), Attempt::Refused { until: time(60) });
    assert_eq!(attempt("bob", 59), Attempt::Allowed { left: 2 });
    assert_eq!(attempt("ann", 60), Attempt::Allowed { left: 2 }, "a new window");
    let never = store.attempt("eve", 0, Duration::from_mins(1), time(0)).unwrap();
    assert_eq!(never, Attempt::Refused { until: time(60) });
}

fn sweeping(place: &dyn Place) {
    let store = place.store();
    store.put_session(&session("short", "p1", 10)).unwrap();
    store.put_session(&session("long", "p1", 20)).unwrap();
    store.put_person(&person("p1", &["h"], "stays")).unwrap();
    store.sweep(time(10)).unwrap();
    let there = |token: &[u8]| store.session(&TokenHash::of(token), time(0)).unwrap().is_some();
    assert!(!there(b"short"));
    assert!(there(b"long"));
    assert!(store.person_by_handle("h").unwrap().is_some());
}
