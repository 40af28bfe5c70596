//! Forgetting: a key goes, the chain stays.

use store::{Append, Batch, Body, Entry, Expected, KeyClass, Payload, Position, Seq};

use crate::{
    law::{Law, Place},
    words::{add, all, command, commit, job, jobs, listed, of, read, row, said, stream},
};

pub(super) const LAWS: &[Law] = &[
    ("a reporter can be forgotten while the case stays", identity),
    ("forgotten content leaves a chain that holds", content),
    ("what is written after forgetting can be read", afterwards),
    ("many streams are read, written and forgotten in turn", many),
    ("readers see the whole or what is left while a stream is forgotten", beside_readers),
];

fn mixed(place: &dyn Place, name: &str) {
    let events = vec![Entry::content("what"), Entry::identity("who"), Entry::content("then")];
    let append = Append::new(stream(name), Expected::New, command(), events);
    commit(place.store(), of(vec![append])).unwrap();
}

fn identity(place: &dyn Place) {
    let store = place.store();
    mixed(place, "report/a");
    mixed(place, "report/b");
    let face = store
        .put_blob(&all(), &stream("report/a"), KeyClass::Identity, &Body::from("face"))
        .unwrap();
    let before = read(store, "report/a");
    store.forget(&all(), &stream("report/a"), KeyClass::Identity).unwrap();
    let after = read(store, "report/a");
    assert_eq!(said(&after), ["what", "-", "then"]);
    assert_eq!(after[1].class, KeyClass::Identity);
    assert!(before.iter().zip(&after).all(|(b, a)| b.hash == a.hash));
    assert_eq!(said(&read(store, "report/b")), ["what", "who", "then"]);
    let blob = store.get_blob(&all(), &stream("report/a"), &face).unwrap();
    assert_eq!(blob, Some(Payload::Forgotten));
    let fed = store.feed(&all(), Position::START, 2).unwrap();
    assert_eq!(fed[1].event.payload, Payload::Forgotten);
    let verified = store.verify(None).unwrap();
    assert_eq!((verified.events, verified.forgotten), (6, 1));
}

fn content(place: &dyn Place) {
    let store = place.store();
    mixed(place, "report/a");
    commit(store, Batch { rows: vec![row("l", "a", "report/a", 1, "shown")], ..Batch::default() })
        .unwrap();
    commit(store, jobs(vec![job("j", "report/a", place.now(), "tell them")])).unwrap();
    let checkpoint = store.checkpoint(place.now()).unwrap();
    store.forget(&all(), &stream("report/a"), KeyClass::Content).unwrap();
    assert_eq!(said(&read(store, "report/a")), ["-", "who", "-"]);
    assert_eq!(listed(store, &all(), "l"), ["-"]);
    let lease = store.lease(place.now(), std::time::Duration::from_secs(1)).unwrap();
    assert_eq!(lease, None, "a job that says nothing any more is dropped");
    assert_eq!(store.next_due().unwrap(), None);
    store.verify(Some(&checkpoint)).unwrap();
    store.forget(&all(), &stream("report/a"), KeyClass::Content).unwrap();
    store.forget(&all(), &stream("report/none"), KeyClass::Content).unwrap();
}

fn afterwards(place: &dyn Place) {
    let store = place.store();
    mixed(place, "report/a");
    store.forget(&all(), &stream("report/a"), KeyClass::Content).unwrap();
    add(store, "report/a", &["forgotten on request"]);
    assert_eq!(said(&read(store, "report/a")), ["-", "who", "-", "forgotten on request"]);
    store.forget(&all(), &stream("report/a"), KeyClass::Content).unwrap();
    assert_eq!(said(&read(store, "report/a")), ["-", "who", "-", "-"]);
    let tail = store.read(&all(), &stream("report/a"), Seq(4)).unwrap();
    assert_eq!(tail.len(), 1);
    store.verify(None).unwrap();
}

fn many(place: &dyn Place) {
    let store = place.store();
    let names: Vec<String> = (0..9).map(|number| format!("case/{number}")).collect();
    for name in &names {
        mixed(place, name);
    }
    let put = |name: &String| row("l", name, name, 1, name);
    commit(store, Batch { rows: names.iter().map(put).collect(), ..Batch::default() }).unwrap();
    for (forgotten, gone) in names.iter().enumerate() {
        store.forget(&all(), &stream(gone), KeyClass::Identity).unwrap();
        for (number, name) in names.iter().enumerate() {
            let who = if number <= forgotten { "-" } else { "who" };
            assert_eq!(said(&read(store, name))[..3], ["what", who, "then"], "{name}");
            add(store, name, &["more"]);
        }
        assert_eq!(listed(store, &all(), "l"), names);
    }
    store.forget(&all(), &stream("case/0"), KeyClass::Content).unwrap();
    assert_eq!(listed(store, &all(), "l")[..2], ["-", "case/1"]);
    assert!(said(&read(store, "case/0")).iter().all(|said| said == "-"));
    store.verify(None).unwrap();
}

fn beside_readers(place: &dyn Place) {
    let store = place.store();
    let names: Vec<String> = (0..4).map(|number| format!("case/{number}")).collect();
    for name in &names {
        mixed(place, name);
    }
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for _ in 0..40 {
                    for name in &names {
                        let said = said(&read(store, name));
                        let whole = said == ["what", "who", "then"];
                        assert!(whole || said == ["what", "-", "then"], "{said:?}");
                    }
                }
            });
        }
        for name in &names {
            store.forget(&all(), &stream(name), KeyClass::Identity).unwrap();
            for _ in 0..20 {
                assert_eq!(said(&read(store, name)), ["what", "-", "then"], "it came back");
            }
        }
    });
}
