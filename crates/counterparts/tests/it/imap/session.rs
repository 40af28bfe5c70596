//! A session with a server that behaves, and a house that may not.

use std::collections::VecDeque;

use counterparts::mail::imap::session::{MOST_AT_FIRST, MOST_WAITING, Next, Protection, Session};
use engine::{LARGEST_MAIL, Waits};
use proptest::{collection::vec, prelude::*};

use super::{House, Server, Stands, account, converse, go_on, mail, piece, turn};

/// One session, to the moment at which everything is read; why it ended, if it did, and its notes.
fn visit(house: &House, server: &mut Server) -> (Option<String>, Vec<String>) {
    let account = account();
    let mut session = Session::begin(&account, house, Protection::AsItIs);
    converse(&mut session, server, &[usize::MAX]);
    let notes = session.notes();
    (session.trouble().map(|trouble| trouble.words), notes)
}

#[test]
fn mails_are_taken_in_and_stay_as_they_are() {
    let (house, mut server) = (House::default(), Server::with([3, 4, 9]));
    assert_eq!(visit(&house, &mut server), (None, Vec::new()));
    assert_eq!(house.mails(), [mail(3), mail(4), mail(9)]);
    assert_eq!((house.bookmark().numbering, house.bookmark().last), (7, 9));
    let verbs: Vec<_> = server.said.iter().map(|line| line.split_once(' ').map(|w| w.1)).collect();
    let peek = "(UID BODY.PEEK[]<0.26214401>)";
    assert_eq!(
        verbs,
        [
            Some("CAPABILITY"),
            Some("AUTHENTICATE PLAIN"),
            None,
            Some("CAPABILITY"),
            Some("EXAMINE \"Reports\""),
            Some("UID FETCH 1:* (UID)"),
            Some(format!("UID FETCH 3 {peek}").as_str()),
            Some(format!("UID FETCH 4 {peek}").as_str()),
            Some(format!("UID FETCH 9 {peek}").as_str()),
            Some("IDLE"),
        ]
    );
    assert_eq!(server.said[2], "AGZlcm1hdGEAb3BlbiAic2VzYW1lIg==");
}

#[test]
fn who_takes_no_plain_gets_a_login_in_quotes() {
    let (house, mut server) = (House::default(), Server::with([]));
    server.ways = &[];
    assert_eq!(visit(&house, &mut server).0, None);
    assert_eq!(server.said[1], "f2 LOGIN \"fermata\" \"open \\\"sesame\\\"\"");
}

#[test]
fn a_later_session_goes_on_where_the_last_one_ended() {
    let (house, mut server) = (House::default(), Server::with([3, 4]));
    visit(&house, &mut server);
    server.mails.insert(5, mail(5));
    visit(&house, &mut server);
    visit(&house, &mut server);
    assert_eq!(house.mails(), [mail(3), mail(4), mail(5)]);
    assert_eq!(house.kept(|kept| kept.brought), 3);
}

#[test]
fn a_crash_at_any_moment_loses_nothing_and_doubles_nothing() {
    for uids in [vec![1], vec![3, 4, 9]] {
        for left in 0..=2 * uids.len() {
            let (house, mut server) = (House::default(), Server::with(uids.clone()));
            house.kept(|kept| kept.left = Some(left));
            let (trouble, _) = visit(&house, &mut server);
            assert_eq!(trouble.is_some(), left < 2 * uids.len(), "{trouble:?}");
            let taken = house.mails().len();
            // In order, and none is passed over: what fails is neither taken nor left behind.
            assert_eq!(taken, left.div_ceil(2));
            house.kept(|kept| kept.left = None);
            assert_eq!(visit(&house, &mut server).0, None);
            let all: Vec<_> = uids.iter().map(|uid| mail(*uid)).collect();
            assert_eq!(house.mails(), all, "after {left}");
            let again = usize::from(left % 2 == 1);
            assert_eq!(house.kept(|kept| kept.brought), uids.len() + again, "after {left}");
        }
    }
}

#[test]
fn a_mail_that_cannot_be_kept_is_not_passed_over() {
    let (house, mut server) = (House::default(), Server::with([1, 2, 3]));
    house.kept(|kept| kept.unkept.insert("Subject: 2\r\n"));
    for _ in 0..2 {
        let trouble = visit(&house, &mut server).0.unwrap();
        assert!(trouble.contains("UID 2: the house could not keep it"), "{trouble}");
        assert_eq!((house.mails(), house.bookmark().last), (vec![mail(1)], 1));
    }
    house.kept(|kept| kept.unkept.clear());
    assert_eq!(visit(&house, &mut server).0, None);
    assert_eq!(house.mails(), [mail(1), mail(2), mail(3)]);
}

#[test]
fn another_uidvalidity_reads_everything_again() {
    let (house, mut server) = (House::default(), Server::with([300, 301]));
    visit(&house, &mut server);
    server.validity = 8;
    server.mails = [(1, mail(300)), (2, mail(301)), (3, mail(302))].into();
    visit(&house, &mut server);
    assert_eq!(house.mails(), [mail(300), mail(301), mail(302)], "the same bytes, the same mail");
    assert_eq!((house.bookmark().numbering, house.bookmark().last), (8, 3));
}

#[test]
fn what_cannot_be_taken_in_waits_until_it_can_or_is_gone() {
    let (house, mut server) = (House::default(), Server::with([1, 2, 3, 4]));
    house.kept(|kept| kept.nobodys.extend(["Subject: 2\r\n", "Subject: 3\r\n"]));
    server.mails.insert(5, vec![b'x'; LARGEST_MAIL + 1]);
    server.mails.insert(6, vec![b'x'; LARGEST_MAIL]);
    let mut server = server.trick("UID FETCH 4 ", "{tag} NO it cannot be read now\r\n");
    let (trouble, notes) = visit(&house, &mut server);
    assert_eq!(trouble, None);
    assert_eq!(house.mails().len(), 2);
    let bookmark = house.bookmark();
    let waiting: Vec<_> = bookmark.waiting.into_iter().collect();
    let expected =
        [(2, Waits::Nobodys), (3, Waits::Nobodys), (4, Waits::NotGiven), (5, Waits::TooLarge)];
    assert_eq!((bookmark.last, waiting.as_slice()), (6, expected.as_slice()));
    assert_eq!(notes.len(), 4);
    assert!(notes[0].starts_with("the mail with UID 2 in Reports is to no address"), "{notes:?}");

    house.kept(|kept| kept.nobodys.remove("Subject: 2\r\n"));
    server.mails.remove(&3);
    let from = server.said.len();
    let (_, notes) = visit(&house, &mut server);
    let waiting: Vec<_> = house.bookmark().waiting.into_iter().collect();
    assert_eq!(waiting, [(5, Waits::TooLarge)]);
    assert_eq!(house.mails().len(), 4);
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("UID 3 in Reports was taken away before"), "{notes:?}");
    let fetched = server.said[from..].iter().filter(|line| line.contains("PEEK"));
    assert_eq!(fetched.count(), 2, "what is too large is not fetched again");
}

#[test]
fn too_many_that_wait_stop_the_reading_and_lose_nothing() {
    let most = u32::try_from(MOST_WAITING).unwrap();
    let (house, mut server) = (House::default(), Server::with([1]));
    visit(&house, &mut server);
    house.kept(|kept| kept.nobodys.insert("Subject: 9\r\n"));
    let nobodys = (2..most + 4).map(|uid| (uid, mail(9)));
    server.mails.extend(nobodys);
    server.mails.insert(most + 9, mail(1_000));
    for _ in 0..2 {
        let (trouble, _) = visit(&house, &mut server);
        assert!(trouble.unwrap().contains("500 mails wait in the mailbox"));
        assert_eq!((house.bookmark().last, house.mails().len()), (most + 1, 1));
    }
    server.mails.retain(|uid, _| *uid > 20);
    assert_eq!(visit(&house, &mut server).0, None);
    assert_eq!(house.mails(), [mail(1), mail(1_000)]);
}

#[test]
fn a_mailbox_full_of_old_mail_is_not_read_by_mistake() {
    let most = MOST_AT_FIRST;
    let (house, mut server) = (House::default(), Server::with(1..=most + 1));
    let trouble = visit(&house, &mut server).0.unwrap();
    assert!(trouble.starts_with("at EXAMINE: 101 mails lie in it"), "{trouble}");
    assert!(house.mails().is_empty());
    server.mails.pop_first();
    assert_eq!(visit(&house, &mut server).0, None);
    // Once it is known, it may be as full as it likes.
    server.mails.extend((most + 2..most + 300).map(|uid| (uid, mail(uid))));
    visit(&house, &mut server);
    assert_eq!(house.mails().len(), 398);
}

#[test]
fn more_mails_than_are_listed_at_once_are_read_in_order() {
    let (house, mut server) = (House::default(), Server::with([1]));
    visit(&house, &mut server);
    server.mails.extend((2..=4_200).map(|uid| (uid, format!("Subject: {uid}\r\n\r\n").into())));
    visit(&house, &mut server);
    assert_eq!((house.bookmark().last, house.kept(|kept| kept.brought)), (4_200, 4_200));
}

#[test]
fn news_wakes_a_session_and_silence_makes_it_ask() {
    for idles in [true, false] {
        let (house, account, mut server) = (House::default(), account(), Server::with([]));
        server.idles = idles;
        let mut session = Session::begin(&account, &house, Protection::AsItIs);
        assert_eq!(converse(&mut session, &mut server, &[1]), Stands::Listens);
        let waits = server.said.last().unwrap().clone();
        assert_eq!(waits.ends_with(" IDLE"), idles, "{waits}");
        // The server forgets to tell.
        server.mails.insert(1, mail(1));
        assert_eq!(turn(&mut session, &mut server), Stands::Listens);
        assert_eq!(house.mails().len(), 1);
        if idles {
            server.mails.insert(2, mail(2));
            session.take(b"* 2 EXISTS\r\n* 1 RECENT\r\n");
            let mut cuts = [1_usize].iter().cycle();
            go_on(&mut session, &mut server, &mut VecDeque::new(), &mut cuts);
            assert_eq!(house.mails().len(), 2);
        }
        session.leave();
        assert_eq!(turn(&mut session, &mut server), Stands::Over);
        assert!(server.said.last().unwrap().ends_with(" LOGOUT"));
        assert_eq!(session.trouble(), None);
    }
}

#[test]
fn what_comes_while_the_list_is_made_is_not_missed() {
    let (house, server) = (House::default(), Server::with([1]));
    let mut server =
        server.trick("UID FETCH 1:*", "* 1 FETCH (UID 1)\r\n* 2 EXISTS\r\n{tag} OK done\r\n");
    server.mails.insert(2, mail(2));
    visit(&house, &mut server);
    assert_eq!(house.mails(), [mail(1), mail(2)]);
    // Or while IDLE begins.
    let mut server = server.trick("IDLE", "* 3 EXISTS\r\n+ idling\r\n");
    server.mails.insert(3, mail(3));
    server.tricks.push(("UID FETCH 3:*", b"{tag} OK nothing yet\r\n".to_vec()));
    visit(&house, &mut server);
    assert_eq!(house.mails().len(), 3, "{:?}", server.said);
}

#[test]
fn a_server_whose_idle_does_not_begin_is_asked_by_turns() {
    for refusal in ["{tag} NO not now\r\n", "{tag} OK done already\r\n", "{tag} BAD what?\r\n"] {
        let (house, account) = (House::default(), account());
        let mut server = Server::with([1]).trick("IDLE", refusal);
        let mut session = Session::begin(&account, &house, Protection::AsItIs);
        assert_eq!(converse(&mut session, &mut server, &[1]), Stands::Listens);
        server.mails.insert(2, mail(2));
        assert_eq!(turn(&mut session, &mut server), Stands::Listens);
        assert_eq!(house.mails().len(), 2);
        assert_eq!(server.said.iter().filter(|line| line.ends_with("IDLE")).count(), 1);
    }
}

/// Replies that nobody asked for, and that change nothing.
fn chatter() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "* OK [ALERT] {3}\r\n",
        "* 3 RECENT\r\n",
        "* 1 EXPUNGE\r\n",
        "* 1 FETCH (FLAGS (\\Seen \"{3}\"))\r\n",
        "* 2 FETCH (ENVELOPE (NIL {3}\r\n\n)\r (\"a\\\"\" NIL)) MODSEQ (5))\r\n",
        "* SEARCH 1 2 3\r\n",
        "* LIST () \"/\" {6}\r\nR&-\r\n(\r\n",
        "* VANISHED (EARLIER) 1:9\r\n",
        "* NO [UNAVAILABLE] f5 OK\r\n",
        "* \r\n",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn words_may_come_in_any_pieces_and_with_others_between(
        uids in vec(1_u32..50, 0..5),
        chatter in vec((0_usize..12, chatter()), 0..12),
        cuts in vec(1_usize..60, 1..12),
    ) {
        let (house, account, mut plain) = (House::default(), account(), Server::with(uids));
        let mut session = Session::begin(&account, &house, Protection::AsItIs);
        prop_assert_eq!(converse(&mut session, &mut plain, &[usize::MAX]), Stands::Listens);
        let mut said = Vec::new();
        let (chatty, mut server) = (House::default(), Server { said: Vec::new(), ..plain.clone() });
        let mut session = Session::begin(&account, &chatty, Protection::AsItIs);
        let mut cuts = cuts.iter().cycle();
        let mut replies = VecDeque::from(server.greeting());
        while said != plain.said {
            go_on_once(&mut session, &mut server, &mut replies, &mut cuts, &chatter);
            said.clone_from(&server.said);
            prop_assert!(plain.said.starts_with(&said), "{:?}", said);
        }
        prop_assert_eq!(chatty.mails(), house.mails());
        prop_assert_eq!(chatty.bookmark(), house.bookmark());
    }
}

/// One command and all that is said to it, with more in front.
fn go_on_once<'c>(
    session: &mut Session<'_>,
    server: &mut Server,
    replies: &mut VecDeque<u8>,
    cuts: &mut impl Iterator<Item = &'c usize>,
    chatter: &[(usize, &str)],
) {
    while !replies.is_empty() {
        session.take(&piece(replies, cuts));
    }
    let Next::Send(bytes) = session.proceed() else {
        panic!("after {:?}", server.said);
    };
    let number = server.said.len();
    let more = chatter.iter().filter(|(at, _)| *at == number);
    *replies = more.flat_map(|(_, words)| words.bytes()).collect();
    let line = String::from_utf8(bytes).unwrap();
    replies.extend(server.answer(line.trim_end()));
}
