use counterparts::mail::smtp::reply::{LONGEST_LINE, MOST_LINES, Nonsense, Reader, Reply, Verdict};
use proptest::{collection::vec, prelude::*};

fn read(bytes: &[u8]) -> Result<Option<Reply>, Nonsense> {
    Reader::default().take(bytes).map(|(reply, _)| reply)
}

#[test]
fn a_reply_is_read_with_all_its_lines() {
    let mut reader = Reader::default();
    let (reply, left) = reader.take(b"250-mx.example.org\r\n250-SIZE 10\r\n250\r\n220 x").unwrap();
    let reply = reply.unwrap();
    assert_eq!((reply.code(), reply.verdict()), (250, Verdict::Done));
    assert_eq!(reply.lines().collect::<Vec<_>>(), ["mx.example.org", "SIZE 10", ""]);
    assert_eq!(reply.words(), "250 mx.example.org SIZE 10");
    assert_eq!(left, b"220 x");
    let later = read("451 d\u{e9}j\u{e0}\tvu\r\n".as_bytes()).unwrap().unwrap();
    assert_eq!(later.words(), "451 d\u{fffd}\u{fffd}j\u{fffd}\u{fffd} vu");
    assert_eq!(read(b"250 not yet").unwrap(), None);
    let (more, never) = (read(b"354 go\r\n"), read(b"550 no\r\n"));
    assert_eq!(more.unwrap().unwrap().verdict(), Verdict::More);
    assert_eq!(never.unwrap().unwrap().verdict(), Verdict::Never);
}

#[test]
fn what_is_no_reply_is_nonsense() {
    let long = [b"250 ".as_slice(), &b"x".repeat(LONGEST_LINE)].concat();
    let many = "250-x\r\n".repeat(MOST_LINES + 1);
    for (bytes, why) in [
        (b"250 ok\n".as_slice(), Nonsense::LineEnd),
        (b"250 o\rk\r\n", Nonsense::LineEnd),
        (b"\r\n", Nonsense::Code),
        (b"hello\r\n", Nonsense::Code),
        (b"25 ok\r\n", Nonsense::Code),
        (b"150 ok\r\n", Nonsense::Code),
        (b"260 ok\r\n", Nonsense::Code),
        (b"2500 ok\r\n", Nonsense::Code),
        (b"250_ok\r\n", Nonsense::Code),
        (b"250-ok\r\n251 ok\r\n", Nonsense::Codes),
        (b"250 \x1b[2J\r\n", Nonsense::Control),
        (b"250 \0\r\n", Nonsense::Control),
        (&long, Nonsense::LongLine),
        (many.as_bytes(), Nonsense::ManyLines),
    ] {
        assert_eq!(read(bytes), Err(why), "{}", bytes.escape_ascii());
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader_and_cuts_change_nothing(
        pieces in vec(
            prop_oneof![
                Just(b"250 ok\r\n".to_vec()),
                Just(b"250-ok\r\n".to_vec()),
                vec(any::<u8>(), 0..6),
            ],
            0..12,
        ),
    ) {
        let bytes = pieces.concat();
        let whole = read(&bytes);
        let mut reader = Reader::default();
        let mut bytewise = Ok(None);
        for byte in &bytes {
            bytewise = reader.take(&[*byte]).map(|(reply, _)| reply);
            if !matches!(bytewise, Ok(None)) {
                break;
            }
        }
        // Whole lines that are too long are noticed sooner; none is that long here.
        prop_assert_eq!(whole, bytewise);
    }
}
