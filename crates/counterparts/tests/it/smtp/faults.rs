//! Something goes wrong at every stage. What became of the message must be told rightly, and trying
//! again where that is allowed must not make it two.

use std::{thread, time::Duration};

use counterparts::{
    SystemClock,
    mail::smtp::{Outcome, Patience, Relay, Stage},
};

use super::{
    envelope, letter,
    server::{Ends, Fault, Running},
};

pub(super) const STAGES: [Stage; 7] = [
    Stage::Greeting,
    Stage::Hello,
    Stage::Sender,
    Stage::Recipient,
    Stage::Data,
    Stage::End,
    Stage::Quit,
];

pub(super) fn patience() -> Patience {
    let (second, longer) = (Duration::from_secs(1), Duration::from_secs(5));
    Patience { connect: second, reply: second, approach: longer, end: second }
}

/// What a client has to make of it.
pub(super) fn expected(at: Stage, fault: Fault) -> &'static str {
    match (at, fault) {
        (Stage::Quit, _) => "taken",
        (_, Fault::Refused) => "refused",
        (Stage::End, Fault::NotNow) => "later",
        (Stage::End, _) => "uncertain",
        _ => "later",
    }
}

pub(super) fn word(outcome: &Outcome, at: Stage) -> &'static str {
    match outcome {
        Outcome::Taken(_) => "taken",
        Outcome::Refused { at: told, .. } if *told == at => "refused",
        Outcome::Later { at: told, .. } if *told == at => "later",
        Outcome::Uncertain(_) => "uncertain",
        _ => "at another stage",
    }
}

fn meets(at: Stage, fault: Fault) {
    let server = Running::start(Ends::Lf, vec![Some((at, fault))]);
    let relay = server.relay(patience());
    let outcome = relay.send(&envelope(), &letter());
    let after = format!("{fault:?} at {at:?}: {outcome:?}");
    assert_eq!(word(&outcome, at), expected(at, fault), "{after}");
    let effect = matches!(fault, Fault::HalfAReply | Fault::Trickle | Fault::Lost);
    let kept = at == Stage::Quit || (at == Stage::End && effect);
    assert_eq!(server.kept().len(), usize::from(kept), "{after}");
    if matches!(outcome, Outcome::Later { .. }) {
        let again = relay.send(&envelope(), &letter());
        assert!(matches!(again, Outcome::Taken(_)), "{after}, then {again:?}");
        assert_eq!(server.kept().len(), 1, "{after}");
    }
}

#[test]
fn every_fault_at_every_stage_is_told_rightly_and_nothing_goes_twice() {
    thread::scope(|scope| {
        for at in STAGES {
            for fault in Fault::ALL {
                scope.spawn(move || meets(at, fault));
            }
        }
    });
}

#[test]
fn a_server_that_cannot_be_reached_is_tried_again() {
    let closed = Running::start(Ends::Lf, vec![Some((Stage::Connect, Fault::Closed))]);
    let outcome = closed.relay(patience()).send(&envelope(), &letter());
    assert_eq!(word(&outcome, Stage::Greeting), "later", "{outcome:?}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smtp");
    let server = format!("unix:{}", path.display()).parse().unwrap();
    let relay = Relay::new(server, patience(), std::sync::Arc::new(SystemClock));
    let nobody = relay.send(&envelope(), &letter());
    assert_eq!(word(&nobody, Stage::Connect), "later", "{nobody:?}");
    // Somebody who listens and never answers: first the greeting does not come, then there is no
    // more room to wait in.
    let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let deaf = relay.send(&envelope(), &letter());
    assert_eq!(word(&deaf, Stage::Greeting), "later", "{deaf:?}");
    let waiting: Vec<_> = std::iter::from_fn(|| {
        let socket = std::os::unix::net::UnixStream::connect(&path);
        socket.ok()
    })
    .take(10)
    .collect();
    drop((waiting, listener));
    let left_behind = relay.send(&envelope(), &letter());
    assert_eq!(word(&left_behind, Stage::Connect), "later", "{left_behind:?}");
}

#[test]
fn mail_is_handed_to_this_machine_alone() {
    for here in ["127.0.0.1:25", "[::1]:25", "[::ffff:127.0.0.1]:25", "unix:/run/smtp"] {
        assert!(here.parse::<counterparts::mail::smtp::Server>().is_ok(), "{here}");
    }
    for elsewhere in ["192.0.2.1:25", "0.0.0.0:25", "[::]:25", "mx.example.org:25", "unix:"] {
        assert!(elsewhere.parse::<counterparts::mail::smtp::Server>().is_err(), "{elsewhere}");
    }
}
