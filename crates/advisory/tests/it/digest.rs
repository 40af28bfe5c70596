//! Digests name bytes, and no two ways of putting bytes together share one.

use advisory::Digest;
use proptest::prelude::*;

#[test]
fn known_answers() {
    assert_eq!(
        Digest::of(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_ne!(
        Digest::of_parts("notice", [&b"ab"[..], b"c"]),
        Digest::of_parts("notice", [&b"a"[..], b"bc"])
    );
    assert_ne!(
        Digest::of_parts("notice", [&b"a"[..]]),
        Digest::of_parts("notice", [&b"a"[..], b""])
    );
    assert_ne!(Digest::of_parts("a", [&b"b"[..]]), Digest::of_parts("ab", []));
}

#[test]
fn only_the_canonical_text_is_read() {
    let text = Digest::of(b"abc").to_string();
    assert_eq!(text.parse(), Ok(Digest::of(b"abc")));
    for wrong in [&text[1..], &text.to_uppercase(), "", &format!("{text}00")] {
        assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn different_parts_have_different_digests(
        one in proptest::collection::vec(proptest::collection::vec(0u8..3, 0..4), 0..4),
        other in proptest::collection::vec(proptest::collection::vec(0u8..3, 0..4), 0..4),
    ) {
        let digest = |parts: &[Vec<u8>]| Digest::of_parts("p", parts.iter().map(Vec::as_slice));
        prop_assert_eq!(digest(&one) == digest(&other), one == other);
    }
}
