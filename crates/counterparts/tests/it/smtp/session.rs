use counterparts::mail::smtp::{
    Envelope, Letter, Login, Outcome, Session, Stage, Unfit,
    session::{Errand, Name, Next, Protection},
};

use super::{envelope, letter};

/// A conversation with a server that says these things in turn, and secures the connection when it
/// is asked to; all that was said to it, and what became of the message.
fn talk(session: Session<'_>, replies: &[&str]) -> (String, Outcome) {
    let (mut session, mut replies) = (session, replies.iter());
    let mut said = String::new();
    loop {
        match session.proceed() {
            Next::Send(bytes) => said.push_str(std::str::from_utf8(&bytes).unwrap()),
            Next::Receive => match replies.next() {
                Some(reply) => session.take(format!("{reply}\r\n").as_bytes()),
                None => session.broken("gone"),
            },
            Next::Secure => {
                said.push_str("(TLS)\r\n");
                session.secured();
            }
            Next::Over => return (said, session.outcome()),
        }
    }
}

fn plain(replies: &[&str]) -> (String, Outcome) {
    let (envelope, letter) = (envelope(), letter());
    talk(Session::begin(errand(&envelope, &letter), false), replies)
}

fn errand<'a>(envelope: &'a Envelope, letter: &'a Letter) -> Errand<'a> {
    let protection = Protection::AsItIs;
    Errand { envelope, letter, name: Name::Local, protection, login: None }
}

const WELL: [&str; 7] = [
    "220 mx.example.com ESMTP",
    "250-mx.example.com\r\n250 SIZE 1000",
    "250 2.1.0 Ok",
    "250 2.1.5 Ok",
    "354 go on",
    "250 2.0.0 Ok: queued as 4bXy",
    "221 bye",
];

#[test]
fn a_message_goes_to_one_address() {
    let (said, outcome) = plain(&WELL);
    assert_eq!(
        said,
        "EHLO localhost\r\nMAIL FROM:<security+7f@example.org>\r\nRCPT TO:<rita@example.com>\r\n\
         DATA\r\nSubject: Hi\r\n\r\n..dot\r\n...\r\n..\r\nbye\r\n.\r\nQUIT\r\n"
    );
    assert_eq!(outcome, Outcome::Taken("250 2.0.0 Ok: queued as 4bXy".into()));
}

#[test]
fn a_server_that_passes_it_on_is_told_what_notifications_shall_name_a_message_by() {
    let at = |offer| [&WELL[..1], &[offer], &WELL[2..]].concat();
    let (said, outcome) = plain(&at("250-mx.example.com\r\n250-SIZE 1000\r\n250 dsn"));
    let named = format!(" ENVID={}@fermata.invalid\r\n", "07".repeat(16));
    assert!(said.contains(&format!("MAIL FROM:<security+7f@example.org>{named}")), "{said}");
    assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}");
    for offer in ["250 mx.example.com DSN", "250-mx.example.com\r\n250 DSNX"] {
        let (said, _) = plain(&at(offer));
        assert!(!said.contains("ENVID"), "{offer}: {said}");
    }
    let (envelope, letter) = (Envelope { act: None, ..envelope() }, letter());
    let session = Session::begin(errand(&envelope, &letter), false);
    let (said, _) = talk(session, &at("250-mx.example.com\r\n250 DSN"));
    assert!(!said.contains("ENVID"), "{said}");
}

#[test]
fn nobody_is_the_sender_of_what_nobody_shall_answer() {
    let (envelope, letter) = (Envelope { sender: None, ..envelope() }, letter());
    let (said, _) = talk(Session::begin(errand(&envelope, &letter), false), &WELL);
    assert!(said.contains("\r\nMAIL FROM:<>\r\n"), "{said}");
}

#[test]
fn each_stage_may_refuse_or_put_off() {
    let stages =
        [Stage::Greeting, Stage::Hello, Stage::Sender, Stage::Recipient, Stage::Data, Stage::End];
    for (count, at) in stages.into_iter().enumerate() {
        let with = |last| [&WELL[..count], &[last, "221 bye"]].concat();
        let (said, outcome) = plain(&with("550 5.7.1 no"));
        assert_eq!(outcome, Outcome::Refused { at, words: "550 5.7.1 no".into() });
        assert!(said.ends_with("QUIT\r\n") && said.contains("bye\r\n") == (at == Stage::End));
        let (_, outcome) = plain(&with("451 4.3.0 later"));
        assert_eq!(outcome, Outcome::Later { at, words: "451 4.3.0 later".into() });
    }
}

#[test]
fn only_a_lost_answer_to_the_whole_message_is_uncertain() {
    for count in 0..=WELL.len() {
        let (_, outcome) = plain(&WELL[..count]);
        match count {
            0..=4 => assert!(matches!(outcome, Outcome::Later { .. }), "{count}: {outcome:?}"),
            5 => assert_eq!(outcome, Outcome::Uncertain("gone".into())),
            _ => assert!(matches!(outcome, Outcome::Taken(_)), "{count}: {outcome:?}"),
        }
    }
    let (_, outcome) = plain(&[&WELL[..5], &["what?"]].concat());
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
}

#[test]
fn a_success_that_was_not_asked_for_is_none() {
    let (said, outcome) = plain(&[&WELL[..3], &["251 rita@example.net will get it"]].concat());
    assert!(matches!(outcome, Outcome::Refused { at: Stage::Recipient, .. }), "{outcome:?}");
    assert!(!said.contains("DATA"), "{said}");
    let (said, outcome) = plain(&["220 hi", "250 hi\r\n250 ok\r\n250 ok"]);
    assert!(matches!(outcome, Outcome::Later { at: Stage::Hello, .. }), "{outcome:?}");
    assert!(!said.contains("MAIL"), "{said}");
}

#[test]
fn a_message_that_is_too_large_for_the_server_is_not_begun() {
    let (said, outcome) = plain(&["220 hi", "250-mx\r\n250 size 20"]);
    assert!(matches!(outcome, Outcome::Refused { at: Stage::Hello, .. }), "{outcome:?}");
    assert!(!said.contains("MAIL"), "{said}");
}

#[test]
fn a_password_goes_over_tls_alone() {
    let (envelope, letter) = (envelope(), letter());
    let login = Login::new("fermata", "open sesame").unwrap();
    assert_eq!(format!("{login:?}"), "Login");
    let protection = Protection::StartTls;
    let login = Some(&login);
    let errand = Errand { protection, login, ..errand(&envelope, &letter) };
    let start = |replies: &[&str]| talk(Session::begin(errand, false), replies);
    let (offer, auth) = ("250-mx\r\n250 STARTTLS", "250-mx\r\n250 AUTH LOGIN PLAIN");
    let (said, outcome) =
        start(&[&["220 hi", offer, "220 go", auth, "235 welcome"], &WELL[2..]].concat());
    assert!(matches!(outcome, Outcome::Taken(_)), "{outcome:?}");
    let begins = "EHLO localhost\r\nSTARTTLS\r\n(TLS)\r\nEHLO localhost\r\n\
                  AUTH PLAIN AGZlcm1hdGEAb3BlbiBzZXNhbWU=\r\nMAIL FROM:";
    assert!(said.starts_with(begins), "{said}");

    for (replies, stage) in [
        (["220 hi", auth, "221 bye", ""], Stage::Tls),
        (["220 hi", offer, "500 what?", "221 bye"], Stage::Tls),
        (["220 hi", offer, "220 go", "250 mx"], Stage::Login),
    ] {
        let (said, outcome) = start(&replies);
        assert!(matches!(outcome, Outcome::Refused { at, .. } if at == stage), "{outcome:?}");
        assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
    }
    // What somebody put behind the answer to STARTTLS is not taken for what comes by TLS.
    let (said, outcome) = start(&["220 hi", offer, "220 go\r\n250 mx"]);
    assert!(matches!(outcome, Outcome::Later { at: Stage::Tls, .. }), "{outcome:?}");
    assert!(!said.contains("(TLS)"), "{said}");
    let unprotected = Errand { protection: Protection::AsItIs, ..errand };
    let (said, outcome) = talk(Session::begin(unprotected, false), &["220 hi", auth]);
    assert!(matches!(outcome, Outcome::Refused { at: Stage::Login, .. }), "{outcome:?}");
    assert!(!said.contains("AUTH"), "{said}");
}

#[test]
fn what_could_be_read_in_two_ways_is_no_letter() {
    let long = |count| [b"a: ".as_slice(), &b"x".repeat(count), b"\r\n"].concat();
    for (bytes, why) in [
        (b"a\nb\r\n".to_vec(), Unfit::BareLf),
        (b"a\r\n.\n".to_vec(), Unfit::BareLf),
        (b"a\rb\r\n".to_vec(), Unfit::BareCr),
        (b"a\r\r\n".to_vec(), Unfit::BareCr),
        (b"a\0\r\n".to_vec(), Unfit::Nul),
        (b"caf\xc3\xa9\r\n".to_vec(), Unfit::NotAscii),
        (b"a".to_vec(), Unfit::NoEnd),
        (b"a\r".to_vec(), Unfit::NoEnd),
        (Vec::new(), Unfit::NoEnd),
        (long(996), Unfit::LongLine),
        (b"a\r\n".repeat(9 << 20), Unfit::TooLarge),
    ] {
        assert_eq!(Letter::new(bytes).unwrap_err(), why);
    }
    assert!(Letter::new(long(995)).is_ok());
}

#[test]
fn a_login_has_a_name_and_a_password() {
    for (name, password) in [("", "b"), ("a", ""), ("a\0b", "c"), ("a", "b\0c")] {
        assert_eq!(Login::new(name, password), None);
    }
}
