//! The hard checks of a list's profile, on the exact words.

#![cfg(test)]

use advisory::{Advisory, Reference, ReferenceKind};
use case::{
    Command,
    act::{ActKind, Payload, Plan, Recipient},
    event::Decision,
    notice::{Audience, KNOWN, ListProfile, Posting},
    observation::{DraftState, Observation},
    refusal::Rule,
};
use proptest::prelude::*;

use crate::desk::{
    ANNA, CVE, Desk, NOTE, act, distributors_list, forge, mailbox, message, observe, person,
    to_list,
};

const SUBJECT: &str = "[vs] amber heron #security";

fn accepts(profile: &ListProfile, to: &[Recipient], words: &Payload, embargoed: bool) -> bool {
    let own = [CVE.parse().unwrap()].into();
    profile.check(to, words, &own, embargoed).is_ok()
}

fn embargoed(subject: &str, body: &str) -> bool {
    accepts(&distributors_list(), &[to_list("distributors")], &message(subject, body), true)
}

#[test]
fn the_words_of_an_embargoed_notice() {
    let fine = format!("Paths are not checked.\n\n{NOTE}");
    let rows: Vec<(&str, bool, &str, String)> = vec![
        ("as it should be", true, SUBJECT, fine.clone()),
        ("the tag anywhere", true, "[vs] #security amber heron", fine.clone()),
        ("no tag", false, "[vs] amber heron", fine.clone()),
        ("the tag inside a word", false, "[vs] amber heron x#security", fine.clone()),
        ("no prefix", false, "amber heron #security", fine.clone()),
        ("the prefix late", false, "Re: [vs] amber heron #security", fine.clone()),
        ("the CVE id", false, SUBJECT, format!("It is {CVE}.\n\n{NOTE}")),
        ("in lower case", false, SUBJECT, format!("see cve-2026-12345.\n\n{NOTE}")),
        ("in the subject", false, "[vs] CVE-2026-12345 #security", fine.clone()),
        ("broken over lines", false, SUBJECT, format!("It is CVE-2026-\n12345.\n\n{NOTE}")),
        ("with a long dash", false, SUBJECT, format!("CVE\u{2011}2026\u{2013}12345\n\n{NOTE}")),
        ("quoted", false, SUBJECT, format!("> It is CVE-2026-\n> 12345.\n\n{NOTE}")),
        ("without dashes", false, SUBJECT, format!("It is CVE 2026 12345.\n\n{NOTE}")),
        ("in a name", false, SUBJECT, format!("branch fix_cve_2026_12345\n\n{NOTE}")),
        ("in what nobody sees", false, SUBJECT, format!("CVE-2026-\u{200b}12345\n\n{NOTE}")),
        ("in a link", false, SUBJECT, format!("https://l.example/?id={CVE}\n\n{NOTE}")),
        ("another CVE id", true, SUBJECT, format!("Like CVE-2021-32783.\n\n{NOTE}")),
        ("no note", false, SUBJECT, "Paths are not checked.".into()),
        ("the note first", false, SUBJECT, format!("{NOTE}\n\nPaths are not checked.")),
        ("a signature below it", false, SUBJECT, format!("{fine}\n-- \nAnna")),
        ("only the note", true, SUBJECT, NOTE.into()),
        ("blank lines below it", true, SUBJECT, format!("{fine}\n \n\n")),
        ("wrapped", true, SUBJECT, format!("Hm.\n\n{}", NOTE.replace(' ', "\n"))),
        ("indented", true, SUBJECT, format!("Hm.\n\n   {}", NOTE.replace(' ', "  "))),
        ("a word changed", false, SUBJECT, fine.replace("stays", "stayed")),
        ("at the end of a sentence", false, SUBJECT, format!("We no longer say: {NOTE}")),
    ];
    for (row, expected, subject, body) in rows {
        assert_eq!(embargoed(subject, &body), expected, "{row}");
    }
}

#[test]
fn the_address_of_a_notice() {
    let words = message(SUBJECT, NOTE);
    let near = Recipient::List {
        list: "distributors".into(),
        mailbox: mailbox("distributor@lists.example.org"),
        seal: None,
    };
    let rows = [
        ("the list", vec![to_list("distributors")], true),
        ("one letter off", vec![near], false),
        ("another list", vec![to_list("users")], false),
        ("two lists", vec![to_list("distributors"), to_list("users")], false),
        ("nobody", vec![], false),
        ("the forge", vec![forge()], false),
    ];
    for (row, to, expected) in rows {
        assert_eq!(accepts(&distributors_list(), &to, &words, true), expected, "{row}");
    }
    assert!(!accepts(&distributors_list(), &[to_list("distributors")], &Payload::Empty, true));
}

#[test]
fn an_address_that_only_looks_like_the_lists_is_named() {
    let why = |address: &str| {
        let mailbox = mailbox(address);
        let to = [Recipient::List { list: "distributors".into(), mailbox, seal: None }];
        let words = message(SUBJECT, NOTE);
        distributors_list().check(&to, &words, &[].into(), true).unwrap_err().why
    };
    assert!(why("distributors@1ists.example.org").contains("only looks like it"));
    assert!(!why("users@lists.example.org").contains("looks like"));
}

#[test]
fn a_notice_holds_no_link_that_only_the_team_can_open() {
    let (fork, draft) = ("https://forge.example/fork", "https://forge.example/advisories/1");
    let mut desk = Desk::embargoed();
    desk.house(observe(Observation::Fork { url: fork.into() }));
    desk.house(crate::desk::draft(DraftState::Draft));
    let (kind, url) = (ReferenceKind::Advisory, "https://wiki.example/x".into());
    let marked = Reference { kind, url, private: true };
    let text = Advisory { references: vec![marked], ..crate::desk::advisory("A title") };
    desk.anna(crate::desk::decision(Decision::Advisory(Box::new(text))));
    let plan = |kind, list, words: &str| {
        let note = if kind == ActKind::NotifyDistributors { NOTE } else { "Upgrade." };
        let payload = message("[vs] amber heron #security", &format!("{words}\n\n{note}"));
        let plan = Plan { kind, to: vec![to_list(list)], payload, under: None };
        Command::Plan { act: act(7), plan: Box::new(plan) }
    };
    let rows = [
        ("the fork", format!("See {fork}."), true),
        ("broken over lines", "See https://forge.example/\nfork for it.".to_owned(), true),
        ("broken and quoted", "> See https://forge.example/\n>> fork".to_owned(), true),
        ("as a reference", "See [1].\n\n[1]: <https://forge.example/fork>".to_owned(), true),
        ("without its scheme", "See forge.example/fork".to_owned(), true),
        ("with a slash", format!("See {fork}/"), true),
        ("below it", format!("See {fork}/tree/main"), true),
        ("in what nobody sees", "https://forge.\u{200b}example/fork".to_owned(), true),
        ("another that begins so", format!("See {fork}lift."), false),
        ("a marked reference", "See https://wiki.example/x".to_owned(), true),
        ("another reference", "See https://wiki.example/".to_owned(), false),
    ];
    let to_whom = [(ActKind::NotifyDistributors, "distributors"), (ActKind::NotifyUsers, "users")];
    for (row, words, refused) in rows {
        for (kind, list) in to_whom.clone() {
            let found = desk.refusal(person(ANNA), &plan(kind, list, &words));
            assert_eq!(found, refused.then_some(Rule::ListProfile), "{row}, {list}");
        }
    }
    let [distributors, users] = to_whom.map(|(kind, list)| plan(kind, list, draft));
    assert_eq!(desk.refusal(person(ANNA), &distributors), Some(Rule::ListProfile));
    assert_eq!(desk.refusal(person(ANNA), &users), None, "it is public by then");
}

#[test]
fn what_is_public_needs_no_embargo_note_and_may_name_the_id() {
    let words = message(SUBJECT, &format!("{CVE} is fixed in 1.30.1."));
    assert!(accepts(&distributors_list(), &[to_list("distributors")], &words, false));
}

#[test]
fn what_follows_a_notice_keeps_its_prefix_behind_the_re() {
    let to = [to_list("distributors")];
    for (subject, fine) in [
        ("Re: [vs] amber heron #security", true),
        ("[vs] amber heron is out #security", true),
        ("Re: amber heron #security", false),
        ("amber heron [vs] #security", false),
    ] {
        let words = message(subject, "They are out.");
        assert_eq!(accepts(&distributors_list(), &to, &words, false), fine, "{subject}");
    }
}

#[test]
fn a_list_may_allow_the_id_and_demand_no_note() {
    let mut profile = distributors_list();
    profile.cve_id_allowed = true;
    profile.closing_note = None;
    let words = message(SUBJECT, CVE);
    assert!(accepts(&profile, &[to_list("distributors")], &words, true));
}

#[test]
fn lists_that_are_known_pass_for_what_they_are() {
    for known in KNOWN {
        assert!(known.source.starts_with("https://"), "{}", known.name);
        for audience in [Audience::Distributors, Audience::Users] {
            let list = known.list(audience).unwrap();
            assert_eq!((list.audience, list.posting), (audience, Posting::Mail), "{}", known.name);
        }
    }
    let names: std::collections::BTreeSet<_> = KNOWN.iter().map(|known| known.name).collect();
    assert_eq!(names.len(), KNOWN.len());
}

proptest! {
    /// However white space falls in the note, it counts; whatever stands below it does not.
    #[test]
    fn white_space_may_differ_and_words_may_not(
        gaps in prop::collection::vec("[ \t\n]{1,3}", 32),
        below in "[a-z]{1,9}",
    ) {
        let gaps = gaps.iter().map(String::as_str);
        let note: String = NOTE.split(' ').zip(gaps).flat_map(|(word, gap)| [word, gap]).collect();
        let body = format!("Words.\n\n{note}");
        prop_assert!(embargoed(SUBJECT, &body));
        let with_more = format!("{body}{below}");
        prop_assert!(!embargoed(SUBJECT, &with_more));
    }
}
