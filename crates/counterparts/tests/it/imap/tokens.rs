//! A login by a token.

use counterparts::mail::imap::{
    Account, Login,
    session::{Protection, Session, Trouble},
};

use super::{House, Server, account, converse, mail};
use crate::oauth::COMPLAINT;

const TOKEN: &str = "open-sesame.0123456789";

/// One session by a token; why it ended, if it did.
fn visit(house: &House, server: &mut Server) -> Option<Trouble> {
    let login = Login::with_token("fermata", TOKEN).unwrap();
    let account = Account { login, ..account() };
    let mut session = Session::begin(&account, house, Protection::AsItIs);
    converse(&mut session, server, &[usize::MAX]);
    session.trouble()
}

fn server(ways: &'static [&'static str], token: &'static str) -> Server {
    Server { ways, token: Some(token), ..Server::with([1]) }
}

#[test]
fn the_standard_comes_before_what_was_there_earlier() {
    for (ways, taken) in [
        (&["PLAIN", "XOAUTH2", "OAUTHBEARER"][..], "OAUTHBEARER"),
        (&["XOAUTH2", "PLAIN"], "XOAUTH2"),
    ] {
        let (house, mut server) = (House::default(), server(ways, TOKEN));
        assert_eq!(visit(&house, &mut server), None);
        assert_eq!(server.way, taken);
        assert_eq!(house.mails(), [mail(1)]);
    }
}

#[test]
fn a_token_is_said_in_no_way_that_is_not_for_one() {
    for ways in [&["PLAIN"][..], &[]] {
        let (house, mut server) = (House::default(), server(ways, TOKEN));
        let trouble = visit(&house, &mut server).unwrap();
        assert_eq!(
            trouble.words,
            "at CAPABILITY: the server takes no token: neither OAUTHBEARER nor XOAUTH2"
        );
        assert!(trouble.lasting && !trouble.unbelieved);
        assert_eq!(server.said, ["f1 CAPABILITY"]);
    }
}

#[test]
fn a_complaint_is_answered_and_told() {
    for (way, yielding) in [("OAUTHBEARER", "AQ=="), ("XOAUTH2", "")] {
        let ways: &[&str] = if way == "XOAUTH2" { &["XOAUTH2"] } else { &["OAUTHBEARER"] };
        let (house, mut server) = (House::default(), server(ways, "another"));
        let trouble = visit(&house, &mut server).unwrap();
        let words = "at the login: NO [AUTHENTICATIONFAILED] no; of the token it says: status \
                     invalid_token";
        assert_eq!(trouble.words, words);
        assert!(trouble.lasting && trouble.unbelieved);
        assert_eq!(server.said.last().unwrap(), yielding);
    }
}

#[test]
fn a_server_that_says_a_token_back_is_not_repeated() {
    let no = format!("{{tag}} NO what is {TOKEN}?\r\n");
    let mut server = server(&["XOAUTH2"], TOKEN).trick("dXNlcj", no.replace("{tag}", "f2"));
    let trouble = visit(&House::default(), &mut server).unwrap();
    assert_eq!(trouble.words, "at the login: NO what is …?");
    assert!(trouble.unbelieved);
}

#[test]
fn a_server_complains_once() {
    let twice = format!("+ {COMPLAINT}\r\n").repeat(2);
    let mut server = server(&["OAUTHBEARER"], TOKEN).trick("bixhPW", twice);
    let trouble = visit(&House::default(), &mut server).unwrap();
    assert!(trouble.words.contains("not promised"), "{}", trouble.words);
    assert!(!trouble.lasting && !trouble.unbelieved);
}
