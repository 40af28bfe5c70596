//! Mail that is found in a mailbox: whose it is, and how far the mailbox was read.

use std::collections::BTreeMap;

use case::{Actor, CommandId, ProjectId};
use engine::{Bookmark, EngineError, Waits};

use crate::{delivered::another_project, house::House};

const KEY: &str = "INBOX of fermata";

fn open(house: &House, project: ProjectId, address: &str) {
    let by = if project == house.project { house.ada } else { house.ben };
    let command = CommandId(house.engine.draw());
    house.engine.open_letterbox(project, by, &address.parse().unwrap(), command).unwrap();
}

/// The titles of a project's cases.
fn titles(house: &House, project: ProjectId) -> Vec<String> {
    let reader = if project == house.project { house.ada } else { house.ben };
    let cases = house.engine.cases(reader, None, 50).unwrap().cases;
    let mut titles: Vec<_> =
        cases.into_iter().filter(|case| case.project == project).map(|case| case.title).collect();
    titles.sort();
    titles
}

#[test]
fn in_a_house_with_one_project_all_mail_is_that_projects() {
    let house = House::new();
    for mail in ["Subject: 1\r\nTo: whoever@example.com\r\n\r\n", "\0 no mail at all", ""] {
        assert!(house.engine.take_found(mail.as_bytes()).unwrap());
        assert!(house.engine.take_found(mail.as_bytes()).unwrap(), "it is the same again");
    }
    assert_eq!(titles(&house, house.project).len(), 3);
}

#[test]
fn mail_goes_where_the_servers_say_before_its_sender() {
    for (headers, ours, theirs) in [
        // As Postfix delivers into a mailbox, with an alias.
        (
            "X-Original-To: ours@example.org\r\nDelivered-To: inbox@mx.example.org\r\nReceived: x\r\n\
          To: theirs@example.org\r\n",
            true,
            false,
        ),
        // As Exim does, and with a bounce's address.
        ("Envelope-to: Ours+7@Example.org\r\nTo: theirs@example.org\r\n", true, false),
        // As Dovecot does, over what the sender wrote to look the same.
        (
            "Delivered-To: <ours@example.org>\r\nX-Original-To: theirs@example.org\r\n\
          Delivered-To: theirs@example.org\r\nTo: theirs@example.org\r\n",
            true,
            false,
        ),
        // A list that both are subscribed to, or a copy that nobody is named in.
        ("Delivered-To: theirs@example.org\r\nTo: list@lists.example.org\r\n", false, true),
        // Nothing but what its sender says.
        ("To: x@example.com, Ours <ours@example.org>\r\nCc: theirs@example.org\r\n", true, true),
        (
            "Delivered-To: inbox@mx.example.org\r\nCc: ours@example.org,\r\n OURS+1@example.org\r\n",
            true,
            false,
        ),
        ("To: Team: ours@example.org;\r\n", true, false),
        // Nobody's: a blind copy, a name that only looks right, a header that is none.
        ("To: undisclosed-recipients:;\r\n", false, false),
        ("To: \"ours@example.org\" <x@example.com>\r\n", false, false),
        (
            "Subject: Delivered-To: ours@example.org\r\n\r\nDelivered-To: ours@example.org\r\n",
            false,
            false,
        ),
        ("Bcc: ours@example.org\r\nReply-To: ours@example.org\r\n", false, false),
    ] {
        let house = House::new();
        let other = another_project(&house);
        open(&house, house.project, "ours@example.org");
        open(&house, other, "theirs@example.org");
        let mail = format!("{headers}X: y\r\n\r\nHi\r\n");
        for _ in 0..2 {
            assert_eq!(
                house.engine.take_found(mail.as_bytes()).unwrap(),
                ours || theirs,
                "{headers}"
            );
        }
        let found = [house.project, other].map(|project| titles(&house, project).len());
        assert_eq!(found, [usize::from(ours), usize::from(theirs)], "{headers}");
    }
}

#[test]
fn what_is_nobodys_is_taken_once_somebody_has_its_address() {
    let house = House::new();
    another_project(&house);
    let mail = b"To: ours@example.org\r\nSubject: Crash\r\n\r\nHi\r\n";
    assert!(!house.engine.take_found(mail).unwrap());
    assert!(titles(&house, house.project).is_empty());
    open(&house, house.project, "ours@example.org");
    assert!(house.engine.take_found(mail).unwrap());
    assert_eq!(titles(&house, house.project), ["Crash"]);
}

#[test]
fn headers_without_end_still_say_for_whom_a_mail_is() {
    let house = House::new();
    another_project(&house);
    open(&house, house.project, "ours@example.org");
    let mail = ["Delivered-To: ours@example.org\r\n", &"X: y\r\n".repeat(50_000)].concat();
    assert!(house.engine.take_found(mail.as_bytes()).unwrap());
    let late = [&"X: y\r\n".repeat(50_000), "Delivered-To: ours@example.org\r\n\r\n"].concat();
    assert!(!house.engine.take_found(late.as_bytes()).unwrap(), "so far nobody reads");
}

#[test]
fn what_came_back_to_an_act_is_its_cases_by_this_way_too() {
    let house = House::new();
    open(&house, house.project, "ours@example.org");
    let receipt = house.report(9, Some("rita@example.org"));
    house.settle();
    let act = house.script.lock().unwrap().calls[0].0;
    let mail = format!("Delivered-To: ours+{act}@example.org\r\n\r\nI am away.\r\n");
    assert!(house.engine.take_found(mail.as_bytes()).unwrap());
    let case = house.engine.view(receipt.case, Actor::House).unwrap().loaded.case;
    assert_eq!(case.messages.len(), 1);
}

#[test]
fn a_bookmark_is_kept_for_each_mailbox() {
    let house = House::new();
    assert_eq!(house.engine.bookmark(KEY).unwrap(), None);
    let waiting = BTreeMap::from([(3, Waits::Nobodys), (4, Waits::TooLarge), (5, Waits::NotGiven)]);
    let bookmark = Bookmark { numbering: 7, last: 9, waiting };
    house.engine.put_bookmark(KEY, &bookmark).unwrap();
    house.engine.put_bookmark("Archive of fermata", &Bookmark::default()).unwrap();
    assert_eq!(house.engine.bookmark(KEY).unwrap(), Some(bookmark.clone()));
    let other = Bookmark { last: 10, ..bookmark };
    house.engine.put_bookmark(KEY, &other).unwrap();
    assert_eq!(house.engine.bookmark(KEY).unwrap(), Some(other));
}

#[test]
fn how_a_mailbox_stands_is_told_with_what_waits_in_it() {
    let house = House::new();
    assert_eq!(house.engine.fetching().unwrap(), None);
    house.engine.mailbox_stands("INBOX at there", KEY, Some("closed"));
    let first = house.engine.fetching().unwrap().unwrap();
    assert_eq!(
        (first.place.as_str(), first.trouble.as_deref()),
        ("INBOX at there", Some("closed"))
    );
    let waiting = BTreeMap::from([(3, Waits::Nobodys)]);
    let bookmark = Bookmark { numbering: 7, last: 9, waiting: waiting.clone() };
    house.engine.put_bookmark(KEY, &bookmark).unwrap();
    house.engine.mailbox_stands("INBOX at there", KEY, Some("still closed"));
    let second = house.engine.fetching().unwrap().unwrap();
    assert_eq!((second.since, second.waiting), (first.since, waiting));
    house.engine.mailbox_stands("INBOX at there", KEY, None);
    assert_eq!(house.engine.fetching().unwrap().unwrap().trouble, None);
}

#[test]
fn a_house_without_a_project_takes_nothing() {
    let engine = House::new().without_projects();
    let taken = engine.take_found(b"To: ours@example.org\r\n\r\nHi\r\n");
    assert!(matches!(taken, Err(EngineError::Invalid(_))));
}
