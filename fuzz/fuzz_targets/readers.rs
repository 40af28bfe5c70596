//! Documents of every format that is read back: any bytes end in an answer, a document says the same
//! as itself, and whatever differs one way differs the other way too.
#![no_main]

use advisory::{Format, between};

libfuzzer_sys::fuzz_target!(|texts: (&str, &str)| {
    let read = |text: &str| Format::ALL.map(|format| format.read(text).ok());
    let (ones, others) = (read(texts.0), read(texts.1));
    for one in ones.iter().flatten() {
        assert!(one.left.len() <= 200);
        assert!(between(one, one).is_empty());
        for other in others.iter().flatten() {
            assert_eq!(between(one, other).is_empty(), between(other, one).is_empty());
        }
    }
});
