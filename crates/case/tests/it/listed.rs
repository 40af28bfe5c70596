//! Copies of notices as lists send them: what may differ, what a person has to see, and what shows that
//! the list has the notice.

#![cfg(test)]

use case::{
    Command,
    act::{ActState, Plan},
    event::Decision,
    notice::{Compared, Difference, ListCopy, MOST_COPIES, Opened, Words, compare},
    observation::Observation,
    outgoing::Standing,
    refusal::Rule,
    rights::Actor,
};
use proptest::prelude::*;

use crate::desk::{
    ANNA, BERT, CVE, DORA, Desk, NOTE, act, decision, mailbox, notice, observe, person, proof, told,
};

const SUBJECT: &str = "[vs] amber heron #security";
const MAIL: u16 = 7;

fn approved() -> String {
    format!(
        "Dear distributors,\n\nDescription\n-----------\nPaths with \"two slashes\" are not\nchecked.\n\n\
         Affected are releases >= 1.29 and < 1.30.1.\n\nPatch releases: 1.30.1, 1.29.4.\n\n{NOTE}\n"
    )
}

fn held(subject: &str, body: &str) -> Compared {
    let own = [CVE.parse().unwrap()].into();
    let approved = approved();
    let approved = Words { subject: SUBJECT, body: &approved };
    compare(approved, Words { subject, body }, Some(NOTE), &own)
}

#[test]
fn what_lists_and_mail_programs_change_is_no_difference() {
    let fine = approved();
    let rows: Vec<(&str, &str, String)> = vec![
        ("as it was approved", SUBJECT, fine.clone()),
        ("a subject prefix", "[distributors] [vs] amber heron #security", fine.clone()),
        ("the tag elsewhere", "[d] #security amber heron", fine.clone()),
        ("CR LF", SUBJECT, fine.replace('\n', "\r\n")),
        ("wrapped anew", SUBJECT, fine.replace(' ', "\n")),
        ("quoted", SUBJECT, format!("> {}", fine.replace('\n', "\n> "))),
        (
            "a footer",
            SUBJECT,
            format!("{fine}\n_____\nd mailing list -- leave: https://l.example/u\n"),
        ),
        ("no rules below headings", SUBJECT, fine.replace("-----------", "")),
        ("other quotes", SUBJECT, fine.replace("\"two slashes\"", "“two\u{a0}slashes”")),
        ("a bold heading", SUBJECT, fine.replace("Description", "*Description*")),
        ("what nobody sees", SUBJECT, fine.replace("Paths", "\u{feff}Pa\u{200b}ths")),
    ];
    for (row, subject, body) in rows {
        let held = held(subject, &body);
        assert_eq!(held.differences, [], "{row}");
        assert_eq!(held.found, 100, "{row}");
    }
    assert_eq!(held(SUBJECT, &format!("{fine}\nleave the list")).below, "leave the list");
}

fn missing(approved: &str, there: &str) -> Vec<Difference> {
    vec![Difference::Missing { approved: approved.into(), there: there.into() }]
}

fn check(rows: Vec<(&str, &str, String, Vec<Difference>)>) {
    for (row, subject, body, expected) in rows {
        assert_eq!(held(subject, &body).differences, expected, "{row}");
    }
}

#[test]
fn what_matters_is_said() {
    let fine = approved();
    let named = || vec![Difference::NamesCve { id: CVE.into() }];
    let rows = vec![
        (
            "another subject",
            "amber heron",
            fine.clone(),
            vec![Difference::Subject { there: "amber heron".into() }],
        ),
        (
            "an answer's",
            "Re: [vs] amber heron #security",
            fine.clone(),
            vec![Difference::Subject { there: "Re: [vs] amber heron #security".into() }],
        ),
        ("the CVE id below it", SUBJECT, format!("{fine}\n{CVE}"), named()),
        ("broken over lines", SUBJECT, format!("{fine}\nsee cve-2026-\n12345"), named()),
        ("in the subject", "[d] CVE-2026-12345 amber heron #security", fine.clone(), named()),
        (
            "somebody else's CVE id",
            SUBJECT,
            format!("{fine}\nlike CVE-2021-32783."),
            vec![Difference::NamesCve { id: "CVE-2021-32783".into() }],
        ),
        ("no note", SUBJECT, fine.replace(NOTE, ""), vec![Difference::NoNote]),
        (
            "a note of other words",
            SUBJECT,
            fine.replace("stays", "stayed"),
            vec![Difference::NoNote],
        ),
        (
            "a passage gone",
            SUBJECT,
            fine.replace("Patch releases: 1.30.1, 1.29.4.", ""),
            missing("Patch releases: 1.30.1, 1.29.4.", ""),
        ),
        (
            "another version",
            SUBJECT,
            fine.replace("1.30.1, ", "1.30.2, "),
            missing("Patch releases: 1.30.1, 1.29.4.", "Patch releases: 1.30.2, 1.29.4."),
        ),
        (
            "a sign turned round",
            SUBJECT,
            fine.replace(">= 1.29", "<= 1.29"),
            missing(
                "Affected are releases >= 1.29 and < 1.30.1.",
                "Affected are releases <= 1.29 and < 1.30.1.",
            ),
        ),
        (
            "a tag lost in HTML",
            SUBJECT,
            fine.replace("< 1.30.1", "1.30.1"),
            missing(
                "Affected are releases >= 1.29 and < 1.30.1.",
                "Affected are releases >= 1.29 and 1.30.1.",
            ),
        ),
    ];
    check(rows);
}

#[test]
fn words_that_nobody_approved_and_passages_out_of_place_are_said() {
    let fine = approved();
    let slashes = "Description Paths with \"two slashes\" are not checked.";
    let rows = vec![
        (
            "words put in",
            SUBJECT,
            fine.replace("checked.\n", "checked.\n\nUse a proxy.\n"),
            vec![Difference::Added { there: "Use a proxy.".into() }],
        ),
        (
            "words put before it",
            SUBJECT,
            format!("By the way.\n\n{fine}"),
            vec![Difference::Added { there: "By the way.".into() }],
        ),
        (
            "passages in another order",
            SUBJECT,
            fine.replace("Patch releases: 1.30.1, 1.29.4.\n\n", "").replace(
                "Dear distributors,",
                "Patch releases: 1.30.1, 1.29.4.\n\nDear distributors,",
            ),
            vec![
                Difference::Added { there: "Patch releases: 1.30.1, 1.29.4.".into() },
                Difference::Missing {
                    approved: "Patch releases: 1.30.1, 1.29.4.".into(),
                    there: String::new(),
                },
            ],
        ),
        (
            "a passage cut short",
            SUBJECT,
            fine.replace(" are not\nchecked.", ""),
            missing(slashes, "Description Paths with \"two slashes\""),
        ),
    ];
    check(rows);
    assert_eq!(held(SUBJECT, "Something else.").found, 0);
    assert!(held(SUBJECT, "Something else.").differences.contains(&Difference::NoNote));
}

fn of_passages(approved: &[&str], there: &str) -> Compared {
    let approved = approved.join("\n\n");
    let words = |body| Words { subject: SUBJECT, body };
    compare(words(&approved), words(there), None, &[].into())
}

#[test]
fn passages_of_the_same_words_are_each_found_in_their_place() {
    let notes = [&["a", "b", "a b"][..], &["a b", "a", "a b a"], &["a", "a", "a a", "b", "a"]];
    for note in notes {
        let held = of_passages(note, &note.join("\n\n"));
        assert!(held.same() && held.found == 100, "{note:?}: {held:?}");
    }
    let note = ["a", "b", "a b", "Until then"];
    assert_eq!(of_passages(&note, "a\n\nb\n\na b\n\nBy then").differences, {
        missing("Until then", "By then")
    });
    assert_eq!(of_passages(&note, "a\n\na b\n\nUntil then").differences, missing("b", ""));
    assert_eq!(of_passages(&note, "a b c a b Until then").differences, {
        vec![Difference::Added { there: "c".into() }]
    });
}

proptest! {
    /// Nothing differs exactly where all approved words stand at the beginning, whatever they repeat.
    #[test]
    fn a_notice_does_not_differ_from_itself(
        passages in prop::collection::vec("[ab]( [ab]){0,3}", 1..6),
        other in "[ab]( [ab]){0,20}",
        footer in "( [abc]){0,4}",
    ) {
        let note: Vec<&str> = passages.iter().map(String::as_str).collect();
        let words = note.join(" ") + &footer;
        prop_assert!(of_passages(&note, &words).same());
        let begins = format!("{other} ").starts_with(&format!("{} ", note.join(" ")));
        prop_assert_eq!(of_passages(&note, &other).same(), begins);
    }

    /// However white space falls, the words are the same; a word less or other is seen.
    #[test]
    fn only_words_count(gaps in prop::collection::vec("[ \t\n]{1,3}", 64), lost in 0..20_usize) {
        let approved = approved();
        let words: Vec<&str> = approved.split_whitespace().filter(|w| !w.starts_with("---")).collect();
        let lost = words[lost % words.len()];
        let gaps = gaps.iter().map(String::as_str);
        let body: String = words.iter().zip(gaps).flat_map(|(word, gap)| [*word, gap]).collect();
        prop_assert!(held(SUBJECT, &body).same());
        prop_assert!(!held(SUBJECT, &body.replacen(lost, "", 1)).same());
    }

    /// Nothing that anybody writes is longer than what is written down, or does any harm.
    #[test]
    fn whatever_stands_there_is_bounded(subject in ".{0,400}", body in "(.|\n){0,3000}") {
        prop_assert!(held(&subject, &body).is_bounded());
    }
}

fn sent() -> Desk {
    let mut desk = Desk::embargoed();
    desk.by_hand = [case::Party::Lists].into();
    desk.anna(Command::Plan { act: act(MAIL), plan: Box::new(notice()) });
    desk.approve(ANNA, act(MAIL));
    desk.approve(BERT, act(MAIL));
    desk.house(Command::Start { act: act(MAIL) });
    desk.house(Command::Finish { act: act(MAIL), proof: proof() });
    assert!(matches!(desk.case.acts[&act(MAIL)].state, ActState::Done { .. }));
    desk
}

fn copy() -> ListCopy {
    let Plan { payload: case::act::Payload::Message { subject, body }, .. } = notice() else {
        panic!()
    };
    let words = Words { subject: &subject, body: &body };
    ListCopy {
        act: act(MAIL),
        id: format!("{}@fermata.invalid", act(MAIL)),
        own: true,
        by: vec!["List-Id".into()],
        archived: Some("https://lists.example.org/m/1".into()),
        compared: compare(words, words, Some(NOTE), &[].into()),
        opened: None,
    }
}

fn listed(copy: ListCopy) -> Command {
    observe(Observation::ListCopy(Box::new(copy)))
}

fn differing() -> ListCopy {
    ListCopy { compared: copy().compared.and(Difference::NoNote), ..copy() }
}

#[test]
fn a_copy_that_only_a_reader_can_have_written_shows_that_the_list_has_the_notice() {
    let mut desk = sent();
    desk.house(listed(copy()));
    let post = &desk.case.posts[&act(MAIL)];
    assert_eq!((post.url.as_str(), post.words_match), ("https://lists.example.org/m/1", true));
    assert!(post.by_mail);
    assert_eq!(post.thread, "[vs] amber heron #security");
    let mails: Vec<_> = desk.case.outgoing().collect();
    assert!(matches!(mails[0].copies[0].standing, Standing::Seen(_)));
    // Nobody's word replaces what was seen.
    let said = told(Observation::Post {
        act: act(MAIL),
        url: "https://elsewhere.example".into(),
        words_match: false,
        thread: "x".into(),
        compared: None,
    });
    let said = Command::Attest(Box::new(said));
    assert_eq!(desk.refusal(person(ANNA), &said), Some(Rule::NotPermitted));
}

#[test]
fn a_copy_that_anybody_could_have_written_shows_nothing() {
    for (row, copy) in [
        ("with an id of its own", ListCopy { own: false, ..copy() }),
        ("no list named", ListCopy { by: Vec::new(), ..copy() }),
        ("other words", differing()),
    ] {
        let mut desk = sent();
        desk.house(listed(copy));
        assert_eq!(desk.case.posts.len(), 0, "{row}");
        assert_eq!(desk.case.list_copies[&act(MAIL)].len(), 1, "{row}");
    }
}

#[test]
fn what_was_seen_stays_so_and_other_words_call_somebody() {
    let mut desk = sent();
    desk.house(listed(copy()));
    desk.house(listed(differing()));
    assert!(desk.case.posts[&act(MAIL)].words_match);
    assert_eq!(desk.case.strange_copies().count(), 1);
    let settle = |seen| {
        decision(Decision::SettleListCopies {
            act: act(MAIL),
            seen,
            reason: "an old footer".into(),
        })
    };
    desk.house(listed(differing()));
    assert_eq!(desk.refusal(person(DORA), &settle(3)), Some(Rule::NotPermitted));
    desk.anna(settle(2));
    assert_eq!(desk.case.strange_copies().count(), 1, "the third came later");
    desk.anna(settle(3));
    assert_eq!(desk.case.strange_copies().count(), 0);
    assert_eq!(desk.refusal(person(ANNA), &settle(3)), Some(Rule::WrongState));
}

#[test]
fn what_was_inside_of_a_copy_is_compared_once_and_only_if_one_came() {
    let inside = |how| ListCopy { opened: Some(how), ..copy() };
    let shut = || ListCopy { compared: Compared::default().and(Difference::Encrypted), ..copy() };
    let mut desk = sent();
    let early = listed(inside(Opened::Anew));
    assert_eq!(desk.refusal(Actor::House, &early), Some(Rule::WrongState), "none came");
    for _ in 0..MOST_COPIES {
        desk.house(listed(shut()));
    }
    assert_eq!(desk.case.strange_copies().count(), MOST_COPIES);
    let other = ListCopy { id: "other@example.org".into(), ..inside(Opened::Anew) };
    assert_eq!(desk.refusal(Actor::House, &listed(other)), Some(Rule::WrongState));
    desk.house(listed(inside(Opened::AsSent)));
    assert_eq!(desk.case.posts.len(), 0, "who carried it need not have read it");
    for _ in 1..MOST_COPIES {
        desk.house(listed(inside(Opened::Anew)));
    }
    assert!(desk.case.posts[&act(MAIL)].by_mail);
    assert_eq!(desk.case.strange_copies().count(), 0);
    let again = listed(inside(Opened::Anew));
    assert_eq!(desk.refusal(Actor::House, &again), Some(Rule::WrongState), "each holds one");
}

#[test]
fn a_copy_takes_the_place_of_what_was_told() {
    let mut desk = sent();
    let said = told(Observation::Post {
        act: act(MAIL),
        url: "https://lists.example.org/m/9".into(),
        words_match: true,
        thread: "told".into(),
        compared: None,
    });
    desk.anna(Command::Attest(Box::new(said)));
    assert_eq!(desk.case.told.len(), 1);
    desk.house(listed(ListCopy { own: false, ..copy() }));
    assert_eq!((desk.case.told.len(), desk.case.posts[&act(MAIL)].by_mail), (1, false));
    desk.house(listed(copy()));
    assert_eq!((desk.case.told.len(), desk.case.posts[&act(MAIL)].by_mail), (0, true));
}

#[test]
fn only_so_many_copies_of_what_was_approved_are_written_down() {
    let mut desk = sent();
    for _ in 0..MOST_COPIES {
        desk.house(listed(copy()));
    }
    assert_eq!(desk.refusal(Actor::House, &listed(copy())), Some(Rule::WrongState));
    let mut desk = Desk::embargoed();
    desk.anna(Command::Plan { act: act(MAIL), plan: Box::new(notice()) });
    assert_eq!(desk.refusal(Actor::House, &listed(copy())), Some(Rule::WrongState), "not approved");
    let long = ListCopy { id: "x".repeat(600), ..copy() };
    assert_eq!(sent().refusal(Actor::House, &listed(long)), Some(Rule::BadValue));
    let other = Difference::OtherList { address: mailbox("users@lists.example.org") };
    assert!(!copy().compared.and(other).same());
}
