//! Blobs.

use store::{Append, AppendError, BlobId, Body, Expected, Hash, KeyClass, MAX_BLOB, StoreError};

use crate::{
    law::{Law, Place},
    words::{add, all, append, commit, of, stream},
};

pub(super) const LAWS: &[Law] = &[
    ("a blob reads back under its stream", reads_back),
    ("equal blobs of two streams have two names", keyed),
    ("an event names only blobs that are there", named),
    ("blobs have a largest size", largest),
];

fn put(place: &dyn Place, name: &str, class: KeyClass, bytes: &str) -> BlobId {
    place.store().put_blob(&all(), &stream(name), class, &bytes.into()).unwrap()
}

fn reads_back(place: &dyn Place) {
    let store = place.store();
    let id = put(place, "report/a", KeyClass::Content, "mail");
    let get = |name: &str, id| store.get_blob(&all(), &stream(name), id).unwrap();
    assert_eq!(get("report/a", &id).unwrap().as_bytes(), Some(&b"mail"[..]));
    assert_eq!(get("report/b", &id), None, "it is no blob of another stream");
    assert_eq!(get("report/a", &BlobId(Hash([0; 32]))), None);
    assert_eq!(id.to_string().parse::<BlobId>().unwrap(), id);
    let empty = put(place, "report/a", KeyClass::Content, "");
    assert_eq!(get("report/a", &empty).unwrap().as_bytes(), Some(&b""[..]));
}

fn keyed(place: &dyn Place) {
    let one = put(place, "report/a", KeyClass::Content, "same");
    assert_eq!(put(place, "report/a", KeyClass::Content, "same"), one);
    assert_ne!(put(place, "report/b", KeyClass::Content, "same"), one);
    assert_ne!(put(place, "report/a", KeyClass::Identity, "same"), one);
}

fn named(place: &dyn Place) {
    let store = place.store();
    let id = put(place, "report/a", KeyClass::Content, "mail");
    let naming = |name: &str, blob| {
        let append = append(name, Expected::Any, &["."]);
        commit(store, of(vec![Append { blobs: vec![blob], ..append }]))
    };
    assert!(matches!(naming("report/b", id), Err(AppendError::NoBlob { .. })));
    let missing = BlobId(Hash([1; 32]));
    match naming("report/a", missing) {
        Err(AppendError::NoBlob { blob }) => assert_eq!(blob, missing),
        other => panic!("a missing blob was named: {other:?}"),
    }
    naming("report/a", id).unwrap();
    add(store, "report/a", &["."]);
    assert_eq!(store.verify(None).unwrap().blobs, 1);
}

fn largest(place: &dyn Place) {
    let store = place.store();
    let put = |size: usize| {
        let body = Body::from(vec![7; size]);
        store.put_blob(&all(), &stream("report/a"), KeyClass::Content, &body)
    };
    match put(MAX_BLOB + 1) {
        Err(StoreError::TooLarge { size }) => assert_eq!(size, MAX_BLOB + 1),
        other => panic!("too large a blob was taken: {other:?}"),
    }
    let id = put(MAX_BLOB).unwrap();
    let found = store.get_blob(&all(), &stream("report/a"), &id).unwrap().unwrap();
    assert_eq!(found.as_bytes().map(<[u8]>::len), Some(MAX_BLOB));
}
