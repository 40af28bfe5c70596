//! The feed: one order, nothing behind the reader's back.

use std::time::Duration;

use store::{Position, Seq};

use crate::{
    law::{Law, Place},
    words::{add, all, text},
};

pub(super) const LAWS: &[Law] = &[
    ("the feed has every event once, in order", in_order),
    ("a subscriber sees no gap that fills later", no_gap_fills),
    ("waiting ends when something settles", waiting),
];

fn in_order(place: &dyn Place) {
    let store = place.store();
    for n in 0..10 {
        add(store, &format!("case/{}", n % 3), &[&format!("{n}a"), &format!("{n}b")]);
    }
    let all_at_once = store.feed(&all(), Position::START, 1000).unwrap();
    assert_eq!(all_at_once.len(), 20);
    assert!(all_at_once.windows(2).all(|w| w[0].event.position < w[1].event.position));
    let words: Vec<_> = all_at_once.iter().map(|item| text(item.event.payload.open())).collect();
    assert_eq!(&words[..4], ["0a", "0b", "1a", "1b"]);
    let mut paged = Vec::new();
    let mut after = Position::START;
    loop {
        let page = store.feed(&all(), after, 7).unwrap();
        let Some(last) = page.last() else { break };
        after = last.event.position;
        paged.extend(page);
    }
    assert_eq!(paged, all_at_once);
    for item in &all_at_once {
        let there = store.read(&all(), &item.stream, item.event.seq).unwrap();
        assert_eq!(there[0], item.event);
    }
}

fn no_gap_fills(place: &dyn Place) {
    const WRITERS: usize = 4;
    const EACH: usize = 25;
    let store = place.store();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            scope.spawn(move || {
                for _ in 0..EACH {
                    add(store, &format!("case/{writer}"), &["x", "y"]);
                }
            });
        }
        let mut seen: Vec<Position> = Vec::new();
        let mut after = Position::START;
        while seen.len() < WRITERS * EACH * 2 {
            let settled = store.wait(after, Duration::from_secs(20)).unwrap();
            assert!(settled > after, "the writers have stalled");
            let page = store.feed(&all(), after, 13).unwrap();
            seen.extend(page.iter().map(|item| item.event.position));
            after = seen.last().copied().unwrap_or(after);
        }
        let whole = store.feed(&all(), Position::START, usize::MAX).unwrap();
        let whole: Vec<_> = whole.iter().map(|item| item.event.position).collect();
        assert_eq!(seen, whole, "what was read in pieces is what is there in the end");
    });
    for writer in 0..WRITERS {
        let name = crate::words::stream(&format!("case/{writer}"));
        assert_eq!(store.head(&all(), &name).unwrap(), Some(Seq(EACH as u64 * 2)));
    }
}

fn waiting(place: &dyn Place) {
    let store = place.store();
    let start = store.wait(Position::START, Duration::ZERO).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| store.wait(start, Duration::from_secs(20)).unwrap());
        let committed = add(store, "case/a", &["."]);
        assert_eq!(waiter.join().unwrap(), committed.position);
    });
    let last = store.wait(start, Duration::from_secs(20)).unwrap();
    assert_eq!(store.wait(last, Duration::from_millis(1)).unwrap(), last);
}
