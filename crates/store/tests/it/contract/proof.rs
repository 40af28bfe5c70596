//! Verification and checkpoints.

use store::{Checkpoint, CheckpointError, Hash, Seq, StoreError};

use crate::{
    law::{Law, Place},
    words::{add, time},
};

pub(super) const LAWS: &[Law] = &[
    ("what was written verifies", verifies),
    ("a checkpoint holds every head and stands alone", checkpoints),
    ("a checkpoint that was altered proves nothing", altered),
    ("a later house still meets an earlier checkpoint", grows),
];

fn verifies(place: &dyn Place) {
    let store = place.store();
    assert_eq!(store.verify(None).unwrap().events, 0);
    for n in 0..7 {
        add(store, &format!("case/{}", n % 2), &["a", "b"]);
    }
    let verified = store.verify(None).unwrap();
    assert_eq!((verified.streams, verified.events, verified.forgotten), (2, 14, 0));
}

fn checkpoints(place: &dyn Place) {
    let store = place.store();
    add(store, "case/b", &["x"]);
    let last = add(store, "case/a", &["x", "y"]);
    let made = store.checkpoint(time(0)).unwrap();
    assert_eq!((made.house, made.position), (store.id(), last.position));
    let heads: Vec<_> = made.heads.iter().map(|h| (h.stream.to_string(), h.seq)).collect();
    assert_eq!(heads, [("case/a".into(), Seq(2)), ("case/b".into(), Seq(1))]);
    assert_eq!(made.heads[0].hash, last.hash);
    let text = serde_json::to_string(&made).unwrap();
    let read: Checkpoint = serde_json::from_str(&text).unwrap();
    assert_eq!(read, made);
    read.check(&store.checkpoint_key()).unwrap();
    assert_eq!(read.check(&Hash([9; 32])), Err(CheckpointError::Signature));
}

fn altered(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["x", "y"]);
    let made = store.checkpoint(time(0)).unwrap();
    let alter = |change: fn(&mut Checkpoint)| {
        let mut bent = made.clone();
        change(&mut bent);
        bent
    };
    let bents = [
        alter(|c| c.at = time(1)),
        alter(|c| c.position.0 += 1),
        alter(|c| c.root.0[0] ^= 1),
        alter(|c| c.heads[0].seq = Seq(1)),
        alter(|c| c.heads.clear()),
        alter(|c| c.house.0[0] ^= 1),
        alter(|c| c.signature = "00".into()),
    ];
    for bent in bents {
        assert!(bent.check(&store.checkpoint_key()).is_err());
        assert!(matches!(store.verify(Some(&bent)), Err(StoreError::Damaged { .. })));
    }
    store.verify(Some(&made)).unwrap();
}

fn grows(place: &dyn Place) {
    let store = place.store();
    add(store, "case/a", &["x"]);
    let early = store.checkpoint(time(0)).unwrap();
    add(store, "case/a", &["y"]);
    add(store, "case/b", &["z"]);
    store.verify(Some(&early)).unwrap();
    assert_ne!(store.checkpoint(time(1)).unwrap().root, early.root);
}
