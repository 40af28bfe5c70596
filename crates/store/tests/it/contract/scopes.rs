//! Scopes: another project's streams are as if they were not there.

use store::{
    Append, AppendError, Batch, Body, Expected, KeyClass, Position, ProjectId, RowChange, Scope,
    Seq,
};

use crate::{
    law::{Law, Place},
    words::{add, all, append, commit, listed, of, read, row, said, stream},
};

pub(super) const LAWS: &[Law] = &[
    ("a project sees its own streams only", own_streams),
    ("another project's stream cannot be written", no_writing),
    ("a stream without a project can be given to one, once", given),
    ("rows are shown to the project that owns their stream", own_rows),
];

fn project(name: &str) -> ProjectId {
    ProjectId::new(name).unwrap()
}

fn scope(name: &str) -> Scope {
    Scope::project(project(name), "test")
}

/// `case/a` of project one, `case/b` of project two, `case/c` of none.
fn three(place: &dyn Place) {
    let store = place.store();
    store.commit(&scope("one"), of(vec![append("case/a", Expected::New, &["a"])])).unwrap();
    let b = append("case/b", Expected::New, &["b"]);
    commit(store, of(vec![Append { project: Some(project("two")), ..b }])).unwrap();
    add(store, "case/c", &["c"]);
}

fn own_streams(place: &dyn Place) {
    let store = place.store();
    three(place);
    let seen = |scope: &Scope| {
        let streams = store.streams(scope, "").unwrap();
        let heads: Vec<_> = ["case/a", "case/b", "case/c"]
            .into_iter()
            .filter(|name| store.head(scope, &stream(name)).unwrap().is_some())
            .map(stream)
            .collect();
        assert_eq!(streams, heads);
        let readable = heads.iter().all(|s| store.read(scope, s, Seq::FIRST).unwrap().len() == 1);
        assert!(readable);
        let fed = store.feed(scope, Position::START, 10).unwrap();
        assert_eq!(fed.into_iter().map(|item| item.stream).collect::<Vec<_>>(), heads);
        streams.into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(seen(&all()), ["case/a", "case/b", "case/c"]);
    assert_eq!(seen(&scope("one")), ["case/a"]);
    assert_eq!(seen(&scope("two")), ["case/b"]);
    assert!(seen(&scope("three")).is_empty());
    assert!(store.read(&scope("one"), &stream("case/b"), Seq::FIRST).unwrap().is_empty());
    let blob = store
        .put_blob(&scope("two"), &stream("case/b"), KeyClass::Content, &Body::from("x"))
        .unwrap();
    assert_eq!(store.get_blob(&scope("one"), &stream("case/b"), &blob).unwrap(), None);
    assert!(store.get_blob(&scope("two"), &stream("case/b"), &blob).unwrap().is_some());
    let put = store.put_blob(&scope("one"), &stream("case/b"), KeyClass::Content, &"x".into());
    assert!(put.is_err());
}

fn no_writing(place: &dyn Place) {
    let store = place.store();
    three(place);
    for name in ["case/b", "case/c"] {
        for expected in [Expected::Any, Expected::New, Expected::Exact(Seq(1))] {
            let refused = store.commit(&scope("one"), of(vec![append(name, expected, &["x"])]));
            assert!(matches!(refused, Err(AppendError::OutOfScope { .. })));
        }
        store.forget(&scope("one"), &stream(name), KeyClass::Content).unwrap();
    }
    let elsewhere = append("case/d", Expected::New, &["x"]);
    let elsewhere = Append { project: Some(project("two")), ..elsewhere };
    let refused = store.commit(&scope("one"), of(vec![elsewhere]));
    assert!(matches!(refused, Err(AppendError::OutOfScope { .. })));
    assert_eq!(said(&read(store, "case/b")), ["b"]);
    assert_eq!(said(&read(store, "case/c")), ["c"]);
    assert!(read(store, "case/d").is_empty());
}

fn given(place: &dyn Place) {
    let store = place.store();
    three(place);
    let give = |to: &str| {
        let append = append("case/c", Expected::Any, &["given"]);
        commit(store, of(vec![Append { project: Some(project(to)), ..append }]))
    };
    give("one").unwrap();
    give("one").unwrap();
    assert!(matches!(give("two"), Err(AppendError::OutOfScope { .. })));
    assert_eq!(store.head(&scope("one"), &stream("case/c")).unwrap(), Some(Seq(3)));
    store.verify(None).unwrap();
}

fn own_rows(place: &dyn Place) {
    let store = place.store();
    three(place);
    let rows = vec![
        row("l", "a", "case/a", 1, "a"),
        row("l", "b", "case/b", 2, "b"),
        row("l", "c", "case/c", 3, "c"),
    ];
    commit(store, Batch { rows, ..Batch::default() }).unwrap();
    assert_eq!(listed(store, &all(), "l"), ["a", "b", "c"]);
    assert_eq!(listed(store, &scope("one"), "l"), ["a"]);
    assert_eq!(listed(store, &scope("two"), "l"), ["b"]);
    assert!(listed(store, &scope("three"), "l").is_empty());
    assert!(store.row(&scope("one"), "l", "b").unwrap().is_none());
    assert!(store.row(&scope("two"), "l", "b").unwrap().is_some());
    let theirs = [
        row("l", "b", "case/a", 1, "mine now"),
        row("l", "new", "case/b", 1, "theirs"),
        RowChange::Remove { list: "l".into(), key: "b".into() },
    ];
    for change in theirs {
        let batch = Batch { rows: vec![change], ..Batch::default() };
        let refused = store.commit(&scope("one"), batch);
        assert!(matches!(refused, Err(AppendError::OutOfScope { .. })));
    }
    assert_eq!(listed(store, &all(), "l"), ["a", "b", "c"]);
}
