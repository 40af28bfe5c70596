//! Any words may come by a list: held against the approved ones, what differs stays short, and the approved
//! words themselves, with whatever a list writes below them, differ in nothing.
#![no_main]

use std::collections::BTreeSet;

use case::notice::{Words, compare};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str, &str, &str)| {
    let (subject, body, note, there) = texts;
    let own = BTreeSet::new();
    let approved = Words { subject, body };
    for note in [None, Some(note)] {
        assert!(
            compare(approved, Words { subject: note.unwrap_or(there), body: there }, note, &own)
                .is_bounded()
        );
    }
    let says_something =
        body.split_whitespace().any(|word| word.chars().all(char::is_alphanumeric));
    if says_something {
        let same = compare(approved, approved, None, &own);
        assert!(same.same(), "{:?}", same.differences);
        assert_eq!(same.found, 100);
        let footed = format!("{body}\n\n_____\nthe list's footer");
        assert!(compare(approved, Words { subject, body: &footed }, None, &own).same());
    }
});
