use counterparts::mail::imap::reply::{Kind, Nonsense, Reader, Reply};
use proptest::{collection::vec, prelude::*};

fn all(bytes: &[u8], cut: usize) -> (Vec<Reply>, Option<Nonsense>) {
    let (mut reader, mut replies) = (Reader::default(), Vec::new());
    for piece in bytes.chunks(cut.max(1)) {
        let mut left = piece;
        while !left.is_empty() {
            match reader.take(left) {
                Ok((reply, later)) => {
                    replies.extend(reply);
                    left = later;
                }
                Err(why) => return (replies, Some(why)),
            }
        }
    }
    (replies, None)
}

fn one(bytes: &[u8]) -> Reply {
    let (mut replies, why) = all(bytes, usize::MAX);
    assert_eq!((replies.len(), why), (1, None));
    replies.remove(0)
}

#[test]
fn replies_are_read_as_they_are_meant() {
    let mail = |uid, bytes: Option<&[u8]>| Reply::Mail { uid, bytes: bytes.map(<[u8]>::to_vec) };
    for (said, expected) in [
        ("+ \r\n", Reply::GoOn(String::new())),
        ("+\r\n", Reply::GoOn(String::new())),
        ("* 0 EXISTS\r\n", Reply::Exists(0)),
        ("* 23 exists\r\n", Reply::Exists(23)),
        ("* 1 RECENT\r\n", Reply::Other),
        (
            "* capability IMAP4rev1  idle \r\n",
            Reply::Offers(vec!["IMAP4REV1".into(), "IDLE".into()]),
        ),
        ("* 1 FETCH (UID 9)\r\n", mail(Some(9), None)),
        ("* 1 FETCH ()\r\n", mail(None, None)),
        ("* 1 FETCH (BODY[]<0> {3}\r\n)\r\n UID 9)\r\n", mail(Some(9), Some(b")\r\n"))),
        ("* 1 fetch (uid 9 body[] {0}\r\n)\r\n", mail(Some(9), Some(b""))),
        ("* 1 FETCH (UID 9 BODY[] \"a\\\"b\\\\\")\r\n", mail(Some(9), Some(b"a\"b\\"))),
        ("* 1 FETCH (UID 9 BODY[]<0> NIL)\r\n", mail(Some(9), None)),
        ("* 1 FETCH (X (UID 7 (BODY[] \"no\")) UID 9)\r\n", mail(Some(9), None)),
    ] {
        assert_eq!(one(said.as_bytes()), expected, "{said}");
    }
    let Reply::Done { tag, condition } = one(b"f12 ok [READ-ONLY] B\xc3\xbccher {3}\r\n") else {
        panic!("it is an answer")
    };
    assert_eq!(
        (tag.as_str(), condition.kind, condition.code.as_str()),
        ("f12", Kind::Fine, "READ-ONLY")
    );
    assert_eq!(condition.words, "ok [READ-ONLY] B\u{fffd}\u{fffd}cher {3}");
    let Reply::Said(condition) = one(b"* BYE [\r\n") else { panic!("it is a word of its own") };
    assert_eq!((condition.kind, condition.code.as_str()), (Kind::Bye, ""));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn pieces_change_nothing(
        pieces in vec(
            prop::sample::select(vec![
                "* ", "f1 OK ", "+ go", "\r\n", "\r", "\n", "1 FETCH (", ")", " ", "UID 3", "BODY[] ",
                "{3}\r\n", "{0}\r\n", "{70000000}\r\n", "{9", "\"", "\\", "a\u{e9}", "7 EXISTS", "\0",
            ]),
            0..40,
        ),
        cut in 1_usize..9,
    ) {
        let said = pieces.concat();
        prop_assert_eq!(all(said.as_bytes(), cut), all(said.as_bytes(), usize::MAX));
    }
}
