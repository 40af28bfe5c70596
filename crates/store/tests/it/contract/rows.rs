//! List rows.

use store::{Batch, Direction, RowChange, RowCursor, RowQuery};

use crate::{
    law::{Law, Place},
    words::{add, all, append, commit, listed, query, row, text},
};

pub(super) const LAWS: &[Law] = &[
    ("rows are written with the events", with_events),
    ("a row replaces the one with its key", replaces),
    ("lists are read in pages either way", pages),
    ("a row is found by its key", by_key),
];

fn put(place: &dyn Place, rows: Vec<RowChange>) {
    commit(place.store(), Batch { rows, ..Batch::default() }).unwrap();
}

fn with_events(place: &dyn Place) {
    let store = place.store();
    let batch = Batch {
        appends: vec![append("case/a", store::Expected::New, &["."])],
        rows: vec![row("cases", "a", "case/a", 1, "shown")],
        ..Batch::default()
    };
    commit(store, batch).unwrap();
    let page = store.rows(&all(), &query("cases", 10)).unwrap();
    assert_eq!(page.rows[0].stream, crate::words::stream("case/a"));
    assert_eq!((page.rows[0].sort, page.next), (1, None));
    assert_eq!(text(page.rows[0].body.open()), "shown");
    assert!(listed(store, &all(), "other").is_empty());
}

fn replaces(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    add(store, "case/b", &["."]);
    put(place, vec![row("l", "x", "case/a", 1, "x1"), row("l", "y", "case/a", 2, "y")]);
    put(place, vec![row("l", "x", "case/b", 3, "x2"), row("m", "x", "case/b", 3, "elsewhere")]);
    assert_eq!(listed(store, &all(), "l"), ["y", "x2"]);
    let gone = |key: &str| RowChange::Remove { list: "l".into(), key: key.into() };
    put(place, vec![gone("y"), gone("never there")]);
    assert_eq!(listed(store, &all(), "l"), ["x2"]);
    put(place, vec![gone("x"), row("l", "x", "case/a", 1, "x3")]);
    assert_eq!(listed(store, &all(), "l"), ["x3"]);
}

fn pages(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    let rows: Vec<_> =
        (0..10).map(|n: u64| row("l", &n.to_string(), "case/a", n / 3, &n.to_string())).collect();
    put(place, rows);
    let walk = |direction, limit| {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let asked = RowQuery { list: "l".into(), direction, after, limit };
            let page = store.rows(&all(), &asked).unwrap();
            assert!(page.rows.len() <= limit);
            seen.extend(page.rows.iter().map(|row| text(row.body.open())));
            let Some(next) = page.next else { break };
            after = RowCursor::from_text(&next.to_text());
            assert_eq!(after, Some(next));
        }
        seen
    };
    let forward: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    for limit in [1, 3, 4, 10, 11] {
        assert_eq!(walk(Direction::Ascending, limit), forward);
        assert_eq!(walk(Direction::Descending, limit), backward);
    }
    assert_eq!(RowCursor::from_text("1-2-3"), None);
}

fn by_key(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["."]);
    put(place, vec![row("mail", "<1@x>", "case/a", 0, "here")]);
    let found = store.row(&all(), "mail", "<1@x>").unwrap().unwrap();
    assert_eq!(text(found.body.open()), "here");
    assert_eq!(store.row(&all(), "mail", "<2@x>").unwrap(), None);
    assert_eq!(store.row(&all(), "liam", "<1@x>").unwrap(), None);
}
