//! A login by a token.

use std::sync::Arc;

use counterparts::{
    SystemClock,
    mail::smtp::{Identity, Outcome, Relay, Stage},
};

use super::{envelope, faults::patience, letter, server::Secured, tls::trust};
use crate::{
    feeds::Web,
    oauth::{Desk, for_an_hour, given, refused},
};

/// Sends two mails, one after the other; what became of them, and how many were kept and how many tokens
/// asked for.
fn send(ways: &'static str, answers: Vec<Vec<u8>>, stale: bool) -> ([Outcome; 2], [usize; 2]) {
    let (web, server) = (Web::answering(answers, None), Secured::believing(ways, "at-2"));
    let desk = Desk::refreshing(&web);
    let grant = Arc::new(desk.grant());
    if stale {
        grant.login().unwrap();
    }
    let at = format!("starttls:localhost:{}", server.port).parse().unwrap();
    let relay = Relay::new(at, patience(), Arc::new(SystemClock)).with_trust(trust());
    let relay = relay.with_login(Identity::Granted(grant));
    let outcomes = [(); 2].map(|()| relay.send(&envelope(), &letter()));
    (outcomes, [server.kept().len(), web.asked().len()])
}

#[test]
fn mail_goes_out_by_a_token_in_both_ways() {
    for ways in ["XOAUTH2", "PLAIN OAUTHBEARER XOAUTH2", "plain oauthbearer"] {
        let (outcomes, counts) = send(ways, vec![for_an_hour("at-2")], false);
        let taken = |outcome: &Outcome| matches!(outcome, Outcome::Taken(_));
        assert!(outcomes.iter().all(taken), "{ways}: {outcomes:?}");
        assert_eq!(counts, [2, 1], "{ways}");
    }
}

#[test]
fn a_token_that_is_not_believed_is_renewed_at_once_unless_it_is_new() {
    for stale in [true, false] {
        let answers = vec![for_an_hour("at-1"), for_an_hour("at-2")];
        let ([first, second], counts) = send("XOAUTH2", answers, stale);
        assert!(matches!(second, Outcome::Taken(_)), "{second:?}");
        assert_eq!(counts, [if stale { 2 } else { 1 }, 2]);
        if stale {
            assert!(matches!(first, Outcome::Taken(_)), "{first:?}");
            continue;
        }
        let Outcome::Refused { at: Stage::Login, words } = first else { panic!("{first:?}") };
        let why = "535 5.7.8 no to …==; of the token it says: status invalid_token";
        assert_eq!(words, why);
    }
}

#[test]
fn a_server_without_a_way_for_tokens_hears_none() {
    let answers = vec![for_an_hour("at-2"), for_an_hour("at-2")];
    let ([first, _], [kept, _]) = send("PLAIN LOGIN", answers, false);
    let Outcome::Refused { at: Stage::Login, words } = first else { panic!("{first:?}") };
    assert!(words.contains("neither OAUTHBEARER nor XOAUTH2"), "{words}");
    assert_eq!(kept, 0);
}

#[test]
fn without_a_token_nothing_is_sent() {
    let gone = "{\"error\":\"invalid_grant\"}";
    for (answer, later) in [(refused("400 Bad", gone), false), (refused("502 Bad", ""), true)] {
        let ([first, second], counts) = send("XOAUTH2", vec![answer, given("at-2", "")], false);
        let (found, words) = match first {
            Outcome::Refused { at: Stage::Login, words } => (false, words),
            Outcome::Later { at: Stage::Login, words } => (true, words),
            other => panic!("{other:?}"),
        };
        assert_eq!(found, later, "{words}");
        assert!(words.starts_with("the token endpoint answers with"), "{words}");
        assert!(matches!(second, Outcome::Taken(_)), "{second:?}");
        assert_eq!(counts, [1, 2]);
    }
}
