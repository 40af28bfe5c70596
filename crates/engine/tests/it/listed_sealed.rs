//! A list's copy that comes encrypted: what was inside is held against the approved words, and what
//! nobody need have read to send it shows nothing.

use case::{
    notice::{Difference, ListCopy, Opened, Posting},
    sealing::Protection,
};
use engine::{message_id, ports::Unsealed};

use crate::{
    listed::{Listed, NOTE, sent, sent_to},
    sealing::{correspondent, key},
};

const SHUT: [Difference; 1] = [Difference::Encrypted];

/// A mail of the list that is encrypted as a whole.
fn sealed(id: &str, subject: &str) -> String {
    format!(
        "List-Id: <distributors.lists.example.org>\r\nMessage-ID: <{id}>\r\nSubject: {subject}\r\n\
         Content-Type: multipart/encrypted; boundary=b\r\n\r\n\
         --b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\
         --b\r\nContent-Type: application/octet-stream\r\n\r\n\
         -----BEGIN PGP MESSAGE-----\r\n\r\nwcBM\r\n-----END PGP MESSAGE-----\r\n--b--\r\n"
    )
}

/// What the house's keys open from now on.
fn holds(listed: &Listed, content: &str) {
    let content = content.replace('\n', "\r\n").into_bytes();
    let inside = Unsealed { key: "OURS".into(), content, signatures: Vec::new() };
    listed.house.script.lock().unwrap().inside = Ok(inside);
}

fn copies(listed: &Listed) -> Vec<ListCopy> {
    let case = listed.case();
    let seen = case.list_copies.get(&listed.act).into_iter().flatten();
    seen.map(|seen| seen.copy.clone()).collect()
}

/// The notice comes back sealed, under a subject, with this inside; what is known then.
fn came(listed: &Listed, subject: &str, content: &str) -> Vec<ListCopy> {
    holds(listed, content);
    assert_eq!(listed.deliver(&sealed(&message_id(listed.act), subject)), listed.case);
    assert_eq!(copies(listed).last().unwrap().compared.differences, SHUT);
    assert_eq!(listed.case().strange_copies().count(), 1, "until it is opened");
    listed.house.pass(10);
    copies(listed)
}

fn whole(listed: &Listed, text: &str) -> String {
    format!("Subject: {}\n\n{text}", listed.words().0)
}

#[test]
fn what_was_inside_shows_that_the_list_has_the_notice() {
    let listed = sent(Posting::Mail);
    let text = format!("{}\nleave the list\n", listed.words().1);
    let found = came(&listed, "[...]", &whole(&listed, &text));
    let [outside, inside] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((outside.opened, inside.opened), (None, Some(Opened::Anew)));
    assert_eq!((inside.compared.differences.as_slice(), inside.own), ([].as_slice(), true));
    assert_eq!(inside.compared.below, "leave the list");
    let case = listed.case();
    assert!(case.posts[&listed.act].by_mail && case.posts[&listed.act].words_match);
    assert_eq!(case.strange_copies().count(), 0, "it was opened");
    listed.house.pass(7_200);
    assert_eq!(copies(&listed).len(), 2, "it is compared once");
}

/// What is wrong, the subject outside, everything inside, and what is said of it.
type Row = (&'static str, &'static str, fn(&Listed) -> String, Difference);

#[test]
fn what_differs_inside_calls_somebody_like_in_an_open_copy() {
    let subject = |listed: &Listed| format!("[distributors] {}", listed.words().0);
    let rows: [Row; 5] = [
        (
            "no note",
            "[...]",
            |it| whole(it, &it.words().1.replace(NOTE, "Tell everybody.")),
            Difference::NoNote,
        ),
        (
            "another subject inside",
            "[...]",
            |it| format!("Subject: Never mind\n\n{}", it.words().1),
            Difference::Subject { there: "Never mind".into() },
        ),
        (
            "none inside, and another outside",
            "[...]",
            |it| format!("Content-Type: text/plain\n\n{}", it.words().1),
            Difference::Subject { there: "[...]".into() },
        ),
        (
            "an id inside",
            "[...]",
            |it| whole(it, &format!("{}\nCVE-2026-12345", it.words().1)),
            Difference::NamesCve { id: "CVE-2026-12345".into() },
        ),
        (
            "an id outside, for everybody to read",
            "[distributors] CVE-2026-12345",
            |it| whole(it, &it.words().1),
            Difference::NamesCve { id: "CVE-2026-12345".into() },
        ),
    ];
    for (row, outside, content, difference) in rows {
        let listed = sent(Posting::Mail);
        let found = came(&listed, outside, &content(&listed));
        assert_eq!(found.last().unwrap().compared.differences, [difference], "{row}");
        assert_eq!((found.len(), listed.case().posts.len()), (2, 0), "{row}");
        assert_eq!(listed.case().strange_copies().count(), 1, "{row}");
    }
    let listed = sent(Posting::Mail);
    let text = format!("Content-Type: text/plain\n\n{}", listed.words().1);
    let found = came(&listed, &subject(&listed), &text);
    assert!(found.last().unwrap().shows(), "its subject stands outside alone: {found:?}");
}

#[test]
fn of_what_is_no_copy_no_word_is_written_down() {
    let listed = sent(Posting::Mail);
    for content in ["Subject: Help\n\nRita: two slashes skip it.", "\n\n", "no mail"] {
        let listed = sent(Posting::Mail);
        let found = came(&listed, "[...]", content);
        assert_eq!((found.len(), found[0].compared.differences.as_slice()), (1, &SHUT[..]));
        assert_eq!(listed.case().strange_copies().count(), 1);
        assert!(!format!("{found:?}").contains("slashes"));
    }
    // Nor of an answer that quotes all of it.
    let (subject, body) = listed.words();
    let answer = format!("Subject: Re: {subject}\n\nWe agree.\n\n> {}", body.replace('\n', "\n> "));
    assert_eq!(came(&listed, "[...]", &answer).len(), 1);
}

#[test]
fn what_the_house_had_encrypted_itself_anybody_can_send_back_unread() {
    let house = crate::house::House::new();
    let to = correspondent(&house, Protection::Required, Some(&format!("{} 30", key())));
    let listed = sent_to(Posting::Mail, Some(&to));
    let sealed = listed.case().acts[&listed.act].sealed.clone().unwrap();
    assert_eq!(sealed.keys, [key()]);
    let found = came(&listed, "[...]", &whole(&listed, &listed.words().1));
    let inside = found.last().unwrap();
    assert_eq!((inside.opened, inside.compared.same()), (Some(Opened::AsSent), true));
    assert!(!inside.shows());
    assert_eq!(listed.case().posts.len(), 0, "the step stays open");
    assert_eq!(listed.case().strange_copies().count(), 0, "and a person may say what it is");
}

#[test]
fn the_lines_that_a_list_writes_above_a_message_are_no_words_of_it() {
    let head = "From: security@example.org\nTo: d@lists.example.org\n\
                Sig: Good signature from AAAA\n  Fermata\nEnc: Encrypted\n";
    let parts = |listed: &Listed, head: &str| {
        let (subject, body) = listed.words();
        format!(
            "Subject: {subject}\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\
             Content-Type: text/plain\n\n{head}\n--c\nContent-Type: text/plain\n\n{body}\n--c--\n"
        )
    };
    let listed = sent(Posting::Mail);
    let found = came(&listed, "[...]", &parts(&listed, head));
    assert!(found.last().unwrap().shows(), "{found:?}");
    for other in [format!("{head}Note: Never mind.\n"), "Never mind.\n".to_owned()] {
        let listed = sent(Posting::Mail);
        let found = came(&listed, "[...]", &parts(&listed, &other));
        let [Difference::Added { there }] = found.last().unwrap().compared.differences.as_slice()
        else {
            panic!("{found:?}")
        };
        assert!(there.contains("Never mind."), "{there}");
    }
}
