//! One notice, one call: what goes wrong at each stage, and what is made of it.

use std::{sync::Arc, time::Duration};

use case::{
    ActId,
    act::{ActKind, Payload, Plan, Proof, Recipient},
    notice::Posting,
    sealing::Seal,
};
use counterparts::{
    SystemClock,
    groupsio::{Groups, Key, Token},
};
use engine::ports::{Call, Counterpart as _, Lists as _, Nature, PortError};

use super::{
    FROM, LIST, PATIENCE, groups, key, mailbox,
    server::{Draft, Fault, Groups as Server, STAGES, TOKEN},
};

const SUBJECT: &str = "[vs] A comma & \u{201c}crash\u{201d} in Example <1.2 #security";
const BODY: &str = "Dear distributors,\n\nsend it a comma, and it <crashes>:\n    GET /,,  HTTP/1.1\n\
                    See https://example.org/?a=1&b=2 for more.\n\nKeep this to yourselves.\n";

pub(super) fn plan(kind: ActKind, list: &str, subject: &str, body: &str) -> Plan {
    let (list, mailbox) = ("distributors".into(), mailbox(list));
    Plan {
        kind,
        to: vec![Recipient::List { list, mailbox, seal: None }],
        payload: Payload::Message { subject: subject.into(), body: body.into() },
        under: None,
    }
}

fn notice() -> Plan {
    plan(ActKind::NotifyDistributors, LIST, SUBJECT, BODY)
}

fn perform(groups: &Groups, plan: &Plan, from: &str, by: Posting) -> Result<Proof, PortError> {
    let from = mailbox(from);
    let (act, posting) = (ActId([7; 16]), Some(by));
    groups.perform(&Call { act, plan, from: Some(&from), thread: None, posting, sealed: None })
}

fn post(groups: &Groups) -> Result<Proof, PortError> {
    perform(groups, &notice(), FROM, Posting::Web)
}

/// So short that a test need not wait for long, where nothing is to come.
const SHORT: Duration = Duration::from_millis(700);

fn at(server: &Server) -> Groups {
    groups(server, Arc::new(SystemClock), PATIENCE)
}

const LINK: &str = "https://lists.example.org/g/distributors/message/1";

#[test]
fn a_notice_is_posted_to_the_letter_and_found() {
    let server = Server::start();
    let proof = post(&at(&server)).unwrap();
    assert_eq!(proof.by, "groups.io, for distributors@lists.example.org");
    assert_eq!(proof.reference, LINK);
    let state = server.state();
    let [(draft, _)] = state.posts.as_slice() else { panic!("{}", state.posts.len()) };
    assert_eq!((draft.subject.as_str(), state.drafts()), (SUBJECT, 0));
    assert_eq!(
        draft.body,
        "<p>Dear distributors,</p>\n<p>send it a comma, and it &lt;crashes&gt;:<br>\n\
         &nbsp;&nbsp;&nbsp;&nbsp;GET /,,  HTTP/1.1<br>\n\
         See https://example.org/?a=1&amp;b=2 for more.</p>\n<p>Keep this to yourselves.</p>"
    );
    let methods = STAGES.iter().copied().chain(["getmessages"]).collect::<Vec<_>>();
    assert_eq!(state.methods(), methods);
    let (_, head) = state.asked.first().unwrap();
    assert!(head.contains("user-agent: Fermata") && !head.contains("cookie"), "{head}");
}

/// What a call answers when something goes wrong at a stage; the archive shows what was posted.
fn expected(stage: &str, fault: Fault) -> &'static str {
    let last = stage == "postdraft";
    match fault {
        // What was posted all the same stands in the archive.
        _ if last && fault.lands() => "posted",
        Fault::Down | Fault::Status(429) => "later",
        Fault::Status(400 | 401 | 403) | Fault::No => "refused",
        Fault::Cut | Fault::Slow | Fault::Status(_) | Fault::Elsewhere(_) if last => "lost",
        Fault::Elsewhere(_) | Fault::Garbage | Fault::Endless => "refused",
        _ => "later",
    }
}

fn word(posted: &Result<Proof, PortError>) -> &'static str {
    match posted {
        Ok(_) => "posted",
        Err(PortError::NotNow(_)) => "later",
        Err(PortError::Refused(_)) => "refused",
        Err(PortError::Lost(_)) => "lost",
        Err(_) => "something else",
    }
}

const FAULTS: [Fault; 20] = [
    Fault::Down,
    Fault::Cut,
    Fault::CutAfter,
    Fault::Status(400),
    Fault::Status(401),
    Fault::Status(403),
    Fault::Status(408),
    Fault::Status(429),
    Fault::Status(500),
    Fault::Status(503),
    Fault::StatusAfter(500),
    Fault::StatusAfter(502),
    Fault::Slow,
    Fault::SlowAfter,
    Fault::Garbage,
    Fault::Endless,
    Fault::Half,
    Fault::Elsewhere(302),
    Fault::Elsewhere(307),
    Fault::No,
];

#[test]
fn whatever_goes_wrong_the_notice_is_posted_once_at_most() {
    for stage in STAGES {
        for fault in FAULTS {
            let what = format!("{fault:?} at {stage}");
            let server = Server::with(Some((stage, fault)));
            let slow = matches!(fault, Fault::Slow | Fault::SlowAfter);
            let patience = if slow { SHORT } else { PATIENCE };
            let groups = groups(&server, Arc::new(SystemClock), patience);
            let first = post(&groups);
            assert_eq!(word(&first), expected(stage, fault), "{what}: {first:?}");
            let posted = usize::from(stage == "postdraft" && fault.lands());
            assert_eq!(server.state().posts.len(), posted, "{what}");
            assert!(!format!("{first:?} {groups:?}").contains(TOKEN), "{what}: {first:?}");
            if let Err(PortError::NotNow(why) | PortError::Refused(why)) = &first {
                assert!(why.starts_with(&format!("at {stage}: ")), "{what}: {why}");
                // What was drafted is taken away again, or somebody is told of it.
                let told = why.contains("may be left") || why.contains("could not be deleted");
                assert!(server.state().drafts() == 0 || told, "{what}: {why}");
            }

            server.revive();
            let second = post(&groups).unwrap();
            assert_eq!(server.state().posts.len(), 1, "{what}");
            assert!(second.reference.starts_with(LINK), "{what}: {second:?}");
            assert_eq!(server.strangers(), 0, "{what}");
        }
    }
}

#[test]
fn a_lost_answer_whose_post_nobody_sees_is_lost() {
    let server = Server::with(Some(("postdraft", Fault::CutAfter)));
    server.state().slow_archive = true;
    let groups = at(&server);
    let Err(PortError::Lost(why)) = post(&groups) else { panic!("it is not lost") };
    assert!(why.contains("the draft 91") && why.contains("pending"), "{why}");
    assert_eq!(groups.nature(&notice()), Nature::Blind);
    // Once it is there, whoever tries again gets the receipt, and nobody a second mail.
    server.state().release();
    let proof = post(&groups).unwrap();
    assert_eq!(proof.reference, format!("{LINK}, where it stood already"));
    assert_eq!(server.state().posts.len(), 1);
}

#[test]
fn what_a_moderator_has_is_not_on_the_list() {
    let server = Server::start();
    server.state().moderated = true;
    let groups = at(&server);
    let proof = post(&groups).unwrap();
    assert!(proof.reference.contains("held for a moderator"), "{proof:?}");
    assert_eq!(groups.archive(&mailbox(LIST), Some(&mailbox(FROM))).unwrap(), []);
}

const URL: &str = "https://example.org/?a=1&amp;b=2";

/// What a server must not do with the words, and what is said of it.
const CORRECTIONS: [(super::server::Corrects, &str); 10] = [
    (|it| it.subject = it.subject.replace(" #security", ""), "made its subject"),
    (|it| it.subject = it.subject.replace("#security", "#Security"), "made its subject"),
    (|it| it.body = it.body.replace("/,,", "/,"), "GET /, HTTP"),
    (|it| it.body = it.body.replace("example.org", "example.com"), "example.com"),
    (|it| it.body.push_str("<p>Sent by a client</p>"), "Sent by a client"),
    (|it| it.body = it.body.replace("<p>Keep this to yourselves.</p>", ""), "Keep this to"),
    (
        |it| it.body = it.body.replace("<p>Dear", "<p style=\"display:none\">Dear"),
        "markup <p style=",
    ),
    (
        |it| it.body = it.body.replace(URL, &format!("<a href=\"https://b.example\">{URL}</a>")),
        "a link to https://b",
    ),
    (|it| it.body = it.body.replace("<br>\n", " "), "crashes"),
    (|it| it.group = "7002".into(), "another group"),
];

#[test]
fn a_draft_that_says_anything_else_goes_nowhere() {
    for (corrects, why) in CORRECTIONS {
        let server = Server::start();
        server.state().corrects = Some(corrects);
        let Err(PortError::Refused(said)) = post(&at(&server)) else {
            panic!("{why}: it went out")
        };
        assert!(said.contains("was not posted") && said.contains(why), "{why}: {said}");
        let state = server.state();
        assert_eq!((state.posts.len(), state.drafts()), (0, 0), "{why}");
        assert!(!state.methods().contains(&"postdraft"), "{why}");
    }
}

#[test]
fn a_draft_that_is_only_written_otherwise_goes_out() {
    let rewrites: [fn(&mut Draft); 3] = [
        |it| it.body = it.body.replace("&quot;", "&#34;").replace("<br>", "<br/>"),
        |it| it.body = format!("<div>{}</div>", it.body.replace("&nbsp;", "\u{a0}")),
        |it| {
            let link = format!("<a href=\"{URL}\" rel=\"nofollow\" target=\"_blank\">{URL}</a>");
            it.body = it.body.replace(URL, &link);
        },
    ];
    for corrects in rewrites {
        let server = Server::start();
        server.state().corrects = Some(corrects);
        post(&at(&server)).unwrap();
    }
}

#[test]
fn a_notice_that_stands_there_is_not_posted_again_and_another_is_no_receipt() {
    let server = Server::start();
    let footed = "<div>Dear distributors,<br>send it a comma, and it &lt;crashes&gt;: GET /,, HTTP/1.1 See \
                  <a href=x>https://example.org/?a=1&amp;b=2</a> for more.</div><p>Keep this to yourselves.</p>\
                  <p>--<br>Unsubscribe</p>";
    server.state().others.push((format!("Re: {SUBJECT}"), footed.into()));
    server.state().others.push(("Another".into(), footed.replace("comma", "slash")));
    server
        .state()
        .others
        .push((SUBJECT.into(), "<p>Something quite different, of last year.</p>".into()));
    let proof = post(&at(&server)).unwrap();
    assert!(proof.reference.ends_with("/message/4"), "{proof:?}");

    server.state().posts.clear();
    server.state().others.push((format!("[distributors] {SUBJECT}"), footed.into()));
    let proof = post(&at(&server)).unwrap();
    assert!(proof.reference.ends_with("/message/4, where it stood already"), "{proof:?}");
    assert_eq!(server.state().posts.len(), 0);

    server.state().others.pop();
    server.state().others.push((SUBJECT.into(), footed.replace("Dear distributors", "Dear all")));
    let Err(PortError::Refused(why)) = post(&at(&server)) else { panic!("it went out") };
    assert!(why.contains("/message/4 has the same subject"), "{why}");
}

#[test]
fn a_key_is_one_projects_and_one_lists() {
    let server = Server::start();
    let groups = at(&server);
    let (mine, other) = (mailbox(FROM), mailbox("security@example.net"));
    assert!(groups.posts(&notice(), Some(&mine)));
    for (plan, from, by) in [
        (notice(), "security@example.net", Posting::Web),
        (notice(), FROM, Posting::Mail),
        (
            plan(ActKind::NotifyDistributors, "users@lists.example.org", SUBJECT, BODY),
            FROM,
            Posting::Web,
        ),
        (plan(ActKind::FollowUp, LIST, SUBJECT, BODY), FROM, Posting::Web),
    ] {
        let refused = perform(&groups, &plan, from, by);
        assert!(matches!(refused, Err(PortError::Absent(_))), "{from}: {refused:?}");
    }
    assert!(!groups.posts(&notice(), Some(&other)) && !groups.posts(&notice(), None));
    let list = mailbox(LIST);
    for from in [None, Some(&other)] {
        assert!(matches!(groups.archive(&list, from), Err(PortError::Absent(_))));
    }
    assert_eq!(server.state().asked.len(), 0, "nobody was asked anything");
    groups.archive(&list, Some(&mine)).unwrap();
}

#[test]
fn the_group_is_the_one_that_has_the_lists_address() {
    let posted = |list: &str, names: &[&str]| {
        let server = Server::start();
        server.state().group_names = names.iter().map(|name| (*name).to_owned()).collect();
        let rest = counterparts::ports("nowhere".into(), None).lists;
        let keys = vec![Key { list: mailbox(list), ..key(&server) }];
        let groups = Groups::trusting(keys, Arc::new(SystemClock), rest, &[], PATIENCE).unwrap();
        perform(&groups, &plan(ActKind::NotifyUsers, list, SUBJECT, BODY), FROM, Posting::Web)
    };
    for (list, name) in [
        ("Distributors@lists.example.org", "cncf+distributors"),
        ("distributors@lists.example.org", "distributors"),
        ("team@groups.io", "team"),
        ("sub@team.groups.io", "team+sub"),
        ("main@team.groups.io", "team"),
    ] {
        posted(list, &[name]).unwrap_or_else(|why| panic!("{list}: {why}"));
    }
    for (list, names, why) in [
        ("distributors@lists.example.org", ["cncf+users", "distributors-2"], "is no member"),
        ("distributors@lists.example.org", ["cncf+distributors", "lf+distributors"], "several"),
        ("sub@team.groups.io", ["sub", "other+sub"], "is no member"),
        ("sub@groups.io", ["team+sub", "subs"], "is no member"),
    ] {
        let Err(PortError::Refused(said)) = posted(list, &names) else { panic!("{list}: it went") };
        assert!(said.contains(why), "{said}");
    }
    let server = Server::start();
    server.state().may_not_post = true;
    let Err(PortError::Refused(said)) = post(&at(&server)) else { panic!("it went out") };
    assert!(said.contains("may not post"), "{said}");
}

#[test]
fn what_cannot_be_read_back_is_not_posted() {
    let server = Server::start();
    let groups = at(&server);
    let mut sealed = notice();
    sealed.to = vec![Recipient::List {
        list: "distributors".into(),
        mailbox: mailbox(LIST),
        seal: Some(Seal::Signed),
    }];
    for (plan, why) in [
        (sealed, "no mail that is encrypted"),
        (plan(ActKind::NotifyUsers, LIST, "a\nb", BODY), "no line"),
        (plan(ActKind::NotifyUsers, LIST, " ", BODY), "no line"),
        (plan(ActKind::NotifyUsers, LIST, "Re: a", BODY), "an answer"),
        (plan(ActKind::NotifyUsers, LIST, SUBJECT, "a\u{8}b"), "no text"),
        (plan(ActKind::NotifyUsers, LIST, SUBJECT, "\n \n"), "no text"),
    ] {
        let Err(PortError::Refused(said)) = perform(&groups, &plan, FROM, Posting::Web) else {
            panic!("{why}: it went out")
        };
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(server.state().asked.len(), 0);
}

#[test]
fn keys_and_places_are_checked_before_anything_is_asked() {
    let debugged = format!("{:?}", Token::new(TOKEN).unwrap());
    assert!(!debugged.contains("secret"), "{debugged}");
    for wrong in ["", "short", "with a space", "with\u{e9}accent", "two\nlines-of-it"] {
        assert_eq!(Token::new(wrong), None, "{wrong:?}");
    }
    let server = Server::start();
    let made = |keys| {
        let rest = counterparts::ports("nowhere".into(), None).lists;
        Groups::trusting(keys, Arc::new(SystemClock), rest, &[], PATIENCE).map(drop).unwrap_err()
    };
    for (at, why) in [
        ("http://192.0.2.1", "this machine alone"),
        ("ftp://127.0.0.1", "https://"),
        ("https://me:pw@groups.io", "a name or a password"),
        ("https://groups.io/api/v1", "the server alone"),
    ] {
        let said = made(vec![Key { at: Some(at.into()), ..key(&server) }]);
        assert!(said.contains(why) && said.starts_with(LIST), "{said}");
    }
    assert!(made(vec![key(&server), key(&server)]).contains("named twice"));
}
