//! A session with a server that means harm, or is broken.

use counterparts::mail::imap::{
    reply::{LARGEST_LITERAL, LONGEST_REPLY},
    session::{Next, Protection, Session},
};
use proptest::{collection::vec, prelude::*};

use super::{House, Server, Stands, account, converse, mail};

/// What is said at a moment, the words of the trouble that it makes, and whether that will last.
fn tricks() -> Vec<(&'static str, Vec<u8>, &'static str, bool)> {
    let long = vec![b'a'; LONGEST_REPLY + 1];
    let one = |what: &str| format!("* 1 FETCH ({what})\r\n{{tag}} OK done\r\n").into_bytes();
    let many = format!("* 1 FETCH (UID 1 {})\r\n", "X {1}\r\na ".repeat(9));
    let (mail, list) = ("UID FETCH 1 ", "UID FETCH 1:*");
    let told: &[(&'static str, &[u8], &'static str, bool)] = &[
        ("greeting", b"* BYE no room\r\n", "at the greeting: BYE no room", false),
        ("greeting", b"* NO room\r\n", "at the greeting: NO room", false),
        ("greeting", b"* PREAUTH as root\r\n", "lets anybody in", true),
        ("greeting", b"220 smtp ready\r\n", "none of IMAP's", false),
        ("greeting", b"HTTP/1.1 400 Bad Request\r\n", "none of IMAP's", false),
        ("greeting", b"* OK hi\n", "does not end with CR LF", false),
        ("greeting", b"* OK h\ri\r\n", "does not end with CR LF", false),
        ("greeting", b"* OK \0\r\n", "a control character", false),
        ("greeting", &long, "longer than 64 KiB", false),
        ("greeting", b"", "at the greeting: gone", false),
        ("CAPABILITY", b"f9 OK done\r\n", "answers what was not asked", false),
        ("CAPABILITY", b"{tag} OK done\r\nf2 OK let in\r\n", "answers what was not asked", false),
        ("CAPABILITY", b"+ your password?\r\n", "was not promised", false),
        ("CAPABILITY", b"* CAPABILITY LOGINDISABLED\r\n{tag} OK\r\n", "AUTHENTICATE PLAIN", true),
        ("AUTHENTICATE", b"{tag} NO who?\r\n", "at the login: NO who?", true),
        ("AGZl", b"+ again\r\n", "was not promised", false),
        ("AGZl", b"f2 NO [AUTHENTICATIONFAILED] wrong\r\n", "at the login: NO [AUTH", true),
        ("EXAMINE", b"{tag} NO there is none\r\n", "at EXAMINE: NO there is none", true),
        ("EXAMINE", b"{tag} OK done\r\n", "does not say UIDVALIDITY", true),
        ("EXAMINE", b"* OK [UIDVALIDITY -1]\r\n{tag} OK done\r\n", "not say UIDVALIDITY", true),
        ("EXAMINE", b"* 4294967296 EXISTS\r\n", "a number that is none", false),
        ("EXAMINE", b"* BYE\r\n", "at EXAMINE: BYE", false),
        (list, b"* 1 FETCH (UID 1\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH UID 1\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH (UID 1))\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH (UID \"1)\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH (UID 1 {1}a)\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH (((((((((((((((((((((\r\n", "of a mail cannot be read", false),
        (list, b"* 1 FETCH (UID one)\r\n", "a number that is none", false),
        (list, b"* 1 FETCH (UID 99999999999)\r\n", "a number that is none", false),
        (list, b"* 1 FETCH (UID 1 BODY[] {2}\r\nHi)\r\n", "that was not asked for", false),
        (list, b"{tag} BAD what?\r\n", "at the list of mails: BAD what?", false),
        (mail, b"* 1 FETCH (UID 2 BODY[]<0> {2}\r\nHi)\r\n", "that was not asked for", false),
        (mail, b"* 1 FETCH (BODY[]<0> {2}\r\nHi)\r\n", "that was not asked for", false),
        (mail, b"* 1 FETCH (UID 1 BODY[]<0> {26214402}\r\n", "more at once than a mail", false),
        (mail, b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", "more at once than", false),
        (mail, many.as_bytes(), "more literals than anybody asked for", false),
        (mail, b"* 1 FETCH (UID 1 BODY[]<0> {9}\r\nHi", "at the mail with UID 1: gone", false),
        (mail, b"{tag} BAD no\r\n", "at the mail with UID 1: BAD no", false),
        ("IDLE", b"+ go\r\n+ go\r\n", "was not promised", false),
        ("IDLE", b"+ go\r\n* BYE idle for too long\r\n", "at IDLE: BYE idle", false),
    ];
    let mut told: Vec<_> = told.iter().map(|(at, say, w, l)| (*at, say.to_vec(), *w, *l)).collect();
    let twice = [one("UID 1 BODY[]<0> \"Hi\""), one("UID 1 BODY[]<0> \"Hi\"")].concat();
    let twice = String::from_utf8(twice).unwrap().replacen("{tag} OK done\r\n", "", 1);
    told.push((mail, twice.into_bytes(), "that was not asked for", false));
    told
}

#[test]
fn every_trick_ends_the_session_with_clear_words() {
    for (at, say, words, lasting) in tricks() {
        for cut in [7, usize::MAX] {
            let (house, account) = (House::default(), account());
            let mut server = Server::with([1]).trick(at, &say);
            let mut session = Session::begin(&account, &house, Protection::AsItIs);
            let shown = String::from_utf8_lossy(&say[..say.len().min(80)]).into_owned();
            let stands = converse(&mut session, &mut server, &[cut]);
            assert_eq!(stands, Stands::Over, "{at}: {shown}");
            let trouble = session.trouble().unwrap();
            assert!(trouble.words.contains(words), "{at}: {shown}: {trouble:?}");
            // The end of a chunk may come before what makes it worse.
            assert_eq!(trouble.lasting, lasting, "{at}: {shown}: {trouble:?}");
            let idle = at == "IDLE";
            assert_eq!(house.mails().len(), usize::from(idle), "{at}: {shown}");
            assert_eq!(house.bookmark().last, u32::from(idle), "{at}: {shown}");
            // The next one goes well, as if nothing had been.
            let mut session = Session::begin(&account, &house, Protection::AsItIs);
            assert_eq!(converse(&mut session, &mut server, &[cut]), Stands::Listens);
            assert_eq!(house.mails(), [mail(1)], "{at}: {shown}");
        }
    }
}

#[test]
fn what_is_said_before_tls_is_worth_nothing() {
    for (say, taken) in [
        ("{tag} OK go on\r\n", true),
        ("{tag} OK go on\r\n* CAPABILITY AUTH=PLAIN\r\n", false),
        ("* CAPABILITY LOGINDISABLED\r\n* 900 EXISTS\r\n{tag} OK go on\r\n", true),
        ("{tag} NO TLS\r\n", false),
        ("{tag} BAD what?\r\n", false),
    ] {
        let (house, account) = (House::default(), account());
        let mut server = Server::with([1]).trick("STARTTLS", say);
        let mut session = Session::begin(&account, &house, Protection::StartTls);
        session.take(&server.greeting());
        let mut secured = false;
        loop {
            match session.proceed() {
                Next::Send(bytes) => {
                    let line = String::from_utf8(bytes).unwrap();
                    assert!(secured || line == "f1 STARTTLS\r\n", "{line}");
                    session.take(&server.answer(line.trim_end()));
                }
                Next::Secure => {
                    secured = true;
                    session.secured();
                }
                Next::Receive(_) | Next::Over => break,
            }
        }
        assert_eq!(secured, taken, "{say}");
        assert_eq!(house.mails().len(), usize::from(taken), "{say}: {:?}", server.said);
    }
}

#[test]
fn uids_at_the_end_of_all_numbers_are_no_way_out() {
    let (house, account) = (House::default(), account());
    let say = "* 1 FETCH (UID 4294967295)\r\n* 2 FETCH (UID 0)\r\n{tag} OK done\r\n";
    let mut server = Server::with([1]).trick("UID FETCH 1:*", say);
    let mut session = Session::begin(&account, &house, Protection::AsItIs);
    assert_eq!(converse(&mut session, &mut server, &[9]), Stands::Listens);
    let bookmark = house.bookmark();
    assert_eq!((bookmark.last, bookmark.waiting.len()), (u32::MAX, 1));
    session.quiet();
    let trouble = session_ends(&mut server, session);
    assert!(trouble.contains("all UIDs that there are"), "{trouble}");
}

fn session_ends(server: &mut Server, mut session: Session<'_>) -> String {
    while let Next::Send(bytes) = session.proceed() {
        let line = String::from_utf8(bytes).unwrap();
        session.take(&server.answer(line.trim_end()));
    }
    session.trouble().unwrap().words
}

#[test]
fn a_large_mail_is_held_once_and_a_long_list_not_at_all() {
    let (house, account) = (House::default(), account());
    let head = format!("* 1 FETCH (UID 1 BODY[]<0> {{{LARGEST_LITERAL}}}\r\n");
    let say = [head.as_bytes(), &vec![b'x'; LARGEST_LITERAL], b")\r\n{tag} OK done\r\n"].concat();
    let mut server = Server::with([1]).trick("UID FETCH 1 ", say);
    let mut session = Session::begin(&account, &house, Protection::AsItIs);
    assert_eq!(converse(&mut session, &mut server, &[64 * 1024]), Stands::Listens);
    assert_eq!(house.mails().len(), 0);
    assert_eq!(house.bookmark().waiting.len(), 1);
}

/// Pieces of replies.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&'static [u8]> = vec![
        b"* ",
        b"f1 ",
        b"f2 ",
        b"f3 ",
        b"f4 ",
        b"f5 ",
        b"f6 ",
        b"f7 ",
        b"+ ",
        b"OK ",
        b"NO ",
        b"BYE ",
        b"PREAUTH ",
        b"\r\n",
        b"\r",
        b"\n",
        b"1 EXISTS",
        b"1 FETCH (UID 1",
        b" BODY[]<0> ",
        b"{3}\r\n",
        b"{0}\r\n",
        b"{-1}\r\n",
        b"abc",
        b"(",
        b")",
        b"\"",
        b"\\",
        b"NIL",
        b"CAPABILITY IDLE AUTH=PLAIN",
        b"[UIDVALIDITY 7]",
        b"&-",
        b"\xff",
        b" ",
    ];
    let known = prop::sample::select(known).prop_map(<[u8]>::to_vec);
    prop_oneof![9 => known, 1 => vec(any::<u8>(), 0..20)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_words_make_it_say_what_it_should_not(said in vec(vec(piece(), 0..12), 0..12)) {
        let (house, account) = (House::default(), account());
        let mut session = Session::begin(&account, &house, Protection::AsItIs);
        let mut replies = said.into_iter().map(|pieces| pieces.concat());
        loop {
            match session.proceed() {
                Next::Send(bytes) => {
                    let line = String::from_utf8(bytes).unwrap();
                    let command = line.trim_end().split_once(' ').map_or("", |(_, command)| command);
                    let harmless = command.is_empty()
                        || command == "CAPABILITY"
                        || command == "AUTHENTICATE PLAIN"
                        || command.starts_with("LOGIN \"fermata\" ")
                        || command == "EXAMINE \"Reports\""
                        || command == "IDLE"
                        || command == "NOOP"
                        || (command.starts_with("UID FETCH ") && command.ends_with(" (UID)"))
                        || command.contains(" (UID BODY.PEEK[]<0.");
                    prop_assert!(harmless, "{line}");
                }
                Next::Receive(_) => match replies.next() {
                    Some(reply) => session.take(&reply),
                    None => break,
                },
                Next::Secure => prop_assert!(false, "nobody asked for TLS"),
                Next::Over => break,
            }
        }
    }
}
