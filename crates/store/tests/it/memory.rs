//! The memory backend.

use std::sync::Arc;

use store::{House, Journal, Kind, MemoryStore, SeededEntropy, Store};

use crate::{
    law::{Clocked, hold},
    words::{all, numbered_command, of, stream},
};

pub(crate) fn store(seed: u64) -> MemoryStore {
    MemoryStore::new(Kind::Drill, Arc::new(SeededEntropy::new(seed)))
}

#[test]
fn the_memory_store_keeps_the_contract() {
    let mut seed = 0;
    hold(|law| {
        seed += 1;
        law(&Clocked::new(store(seed)));
    });
}

#[test]
fn the_contract_holds_with_two_keys_in_memory() {
    hold(|law| {
        let store = store(1);
        store.hold_keys(2);
        law(&Clocked::new(store));
    });
}

#[test]
fn a_seed_decides_every_byte() {
    let root = |seed| {
        let store = store(seed);
        for number in 0..5 {
            let events = crate::words::entries(&["one", "two"]);
            let append = store::Append::new(
                stream(&format!("case/{}", number % 2)),
                store::Expected::Any,
                numbered_command(number),
                events,
            );
            store.commit(&all(), of(vec![append])).unwrap();
        }
        store.checkpoint(crate::words::time(0)).unwrap()
    };
    assert_eq!(root(1), root(1));
    assert_ne!(root(1).root, root(2).root);
}

#[test]
fn it_fits_behind_the_door() {
    let store: Box<dyn Store> = Box::new(store(1));
    assert_eq!(store.kind(), Kind::Drill);
}
