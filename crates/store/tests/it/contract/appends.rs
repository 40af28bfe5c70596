//! Appends: expectations, repeats, and all or nothing.

use store::{Append, AppendError, Batch, Entry, Expected, Position, Seq, StoreError};

use crate::{
    law::{Law, Place},
    words::{add, all, append, command, commit, entries, listed, of, read, row, said, stream},
};

pub(super) const LAWS: &[Law] = &[
    ("events read back as they were written", reads_back),
    ("a stream that is not there is empty", nothing_there),
    ("an expectation that is not met refuses", conflicts),
    ("a repeated command answers as the first time", repeats),
    ("a batch is written whole or not at all", all_or_nothing),
    ("a batch that is partly a repeat is refused", partly_repeated),
    ("a batch that makes no sense is refused", nonsense),
    ("one stream's race has one winner", race),
];

fn reads_back(place: &dyn Place) {
    let store = place.store();
    let long = "x".repeat(5000);
    let first = add(store, "case/a", &["one", ""]);
    assert_eq!((first.first, first.last, first.repeated), (Seq(1), Seq(2), false));
    let second = add(store, "case/a", &[&long]);
    assert_eq!((second.first, second.last), (Seq(3), Seq(3)));
    let events = read(store, "case/a");
    assert_eq!(said(&events), ["one", "", &long]);
    assert_eq!(events.iter().map(|e| e.seq.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(events[2].hash, second.hash);
    assert_eq!(events[2].position, second.position);
    let rest = store.read(&all(), &stream("case/a"), Seq(3)).unwrap();
    assert_eq!(rest, events[2..]);
    assert!(store.read(&all(), &stream("case/a"), Seq(4)).unwrap().is_empty());
    assert_eq!(store.head(&all(), &stream("case/a")).unwrap(), Some(Seq(3)));
}

fn nothing_there(place: &dyn Place) {
    let store = place.store();
    assert!(read(store, "case/none").is_empty());
    assert_eq!(store.head(&all(), &stream("case/none")).unwrap(), None);
    assert!(store.streams(&all(), "").unwrap().is_empty());
    add(store, "report/b", &["."]);
    add(store, "case/a", &["."]);
    add(store, "case/a/reads", &["."]);
    let names = |prefix| -> Vec<String> {
        let streams = store.streams(&all(), prefix).unwrap();
        streams.into_iter().map(String::from).collect()
    };
    assert_eq!(names("case/"), ["case/a", "case/a/reads"]);
    assert_eq!(names(""), ["case/a", "case/a/reads", "report/b"]);
    assert!(names("case/%").is_empty());
}

fn conflicts(place: &dyn Place) {
    let store = place.store();
    let head = |expected| match commit(store, of(vec![append("case/a", expected, &["x"])])) {
        Err(AppendError::Conflict { stream: name, head }) => {
            assert_eq!(name, stream("case/a"));
            head
        }
        other => panic!("no conflict: {other:?}"),
    };
    assert_eq!(head(Expected::Exact(Seq(1))), None);
    let accept = |expected| commit(store, of(vec![append("case/a", expected, &["y"])])).unwrap();
    accept(Expected::New);
    assert_eq!(head(Expected::New), Some(Seq(1)));
    accept(Expected::Exact(Seq(1)));
    assert_eq!(head(Expected::Exact(Seq(1))), Some(Seq(2)));
    assert_eq!(head(Expected::Exact(Seq(3))), Some(Seq(2)));
    accept(Expected::Any);
    assert_eq!(said(&read(store, "case/a")), ["y", "y", "y"]);
}

fn repeats(place: &dyn Place) {
    let store = place.store();
    let batch = Batch {
        appends: vec![
            append("case/a", Expected::New, &["one", "two"]),
            append("case/b", Expected::Any, &["three"]),
        ],
        rows: vec![row("cases", "a", "case/a", 1, "first")],
        ..Batch::default()
    };
    let first = commit(store, batch.clone()).unwrap();
    add(store, "case/a", &["later"]);
    commit(
        store,
        Batch { rows: vec![row("cases", "a", "case/a", 1, "newer")], ..Batch::default() },
    )
    .unwrap();
    let again = commit(store, batch).unwrap();
    assert!(again.iter().all(|answer| answer.repeated));
    let plain: Vec<_> = again.into_iter().map(|mut a| (a.repeated = false, a).1).collect();
    assert_eq!(plain, first);
    assert_eq!(said(&read(store, "case/a")), ["one", "two", "later"]);
    assert_eq!(listed(store, &all(), "cases"), ["newer"], "a repeat does not write its rows");
    // The same id in another stream is another command.
    let id = command();
    for name in ["case/a", "case/b"] {
        let append = Append::new(stream(name), Expected::Any, id, entries(&["."]));
        assert!(!commit(store, of(vec![append])).unwrap()[0].repeated);
    }
}

fn all_or_nothing(place: &dyn Place) {
    let store = place.store();
    add(store, "case/b", &["."]);
    let position = store.wait(Position::START, std::time::Duration::ZERO).unwrap();
    let batch = Batch {
        appends: vec![
            append("case/a", Expected::New, &["."]),
            append("case/b", Expected::New, &["."]),
        ],
        rows: vec![row("cases", "a", "case/a", 1, ".")],
        ..Batch::default()
    };
    assert!(matches!(commit(store, batch), Err(AppendError::Conflict { .. })));
    assert!(read(store, "case/a").is_empty());
    assert!(listed(store, &all(), "cases").is_empty());
    assert_eq!(store.wait(Position::START, std::time::Duration::ZERO).unwrap(), position);
    let both = of(vec![
        append("case/a", Expected::New, &["."]),
        append("case/b", Expected::Exact(Seq(1)), &["."]),
    ]);
    assert_eq!(commit(store, both).unwrap().len(), 2);
}

fn partly_repeated(place: &dyn Place) {
    let store = place.store();
    let one = append("case/a", Expected::Any, &["."]);
    commit(store, of(vec![one.clone()])).unwrap();
    let mixed = of(vec![one, append("case/b", Expected::Any, &["."])]);
    assert!(matches!(commit(store, mixed), Err(AppendError::PartlyRepeated)));
    assert!(read(store, "case/b").is_empty());
}

fn nonsense(place: &dyn Place) {
    let store = place.store();
    let twice =
        of(vec![append("case/a", Expected::Any, &["."]), append("case/a", Expected::Any, &["."])]);
    let empty = of(vec![append("case/a", Expected::Any, &[])]);
    let far = Batch {
        appends: vec![append("case/a", Expected::Any, &["."])],
        rows: vec![row("cases", "a", "case/a", u64::MAX, ".")],
        ..Batch::default()
    };
    for batch in [twice, empty, far] {
        assert!(matches!(commit(store, batch), Err(AppendError::Invalid { .. })));
    }
    let homeless = Batch { rows: vec![row("cases", "a", "case/a", 1, ".")], ..Batch::default() };
    assert!(matches!(commit(store, homeless), Err(AppendError::OutOfScope { .. })));
    assert!(read(store, "case/a").is_empty());
    assert!(commit(store, Batch::default()).unwrap().is_empty());
    let error = AppendError::from(StoreError::ReadOnly);
    assert_eq!(error.to_string(), "the store is open for reading only");
}

fn race(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["start"]);
    let wins: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8)
            .map(|n: usize| {
                scope.spawn(move || {
                    let name = stream("case/a");
                    let events = vec![Entry::content(n.to_string().as_str())];
                    let append = Append::new(name, Expected::Exact(Seq(1)), command(), events);
                    usize::from(commit(store, of(vec![append])).is_ok())
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!(wins, 1);
    assert_eq!(read(store, "case/a").len(), 2);
}
