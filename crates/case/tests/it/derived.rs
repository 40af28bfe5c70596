//! The words for the users beside what the distributors read: what differs is shown before anybody
//! approves them, and what was only for the distributors does not go on.

#![cfg(test)]

use case::{
    Command,
    act::{ActKind, Payload, Plan},
    notice::Difference,
    refusal::Rule,
};

use crate::desk::{
    ANNA, BERT, CVE, Desk, NOTE, act, cve_assigned, message, notice, person, to_list,
};

const READ: u16 = 7;
const SUBJECT: &str = "[vs] amber heron #security";
const SLASHES: &str = "Paths with two slashes are not checked.";
const VERSIONS: &str = "Affected are releases >= 1.29 and < 1.30.1.";

/// A case whose distributors have read this above the embargo note.
fn read(words: &str) -> Desk {
    let mut desk = Desk::embargoed();
    desk.house(cve_assigned());
    let payload = message(SUBJECT, &format!("{words}\n\n{NOTE}\n"));
    desk.anna(Command::Plan { act: act(READ), plan: Box::new(Plan { payload, ..notice() }) });
    desk.approve(ANNA, act(READ));
    desk.approve(BERT, act(READ));
    desk.carry_out(act(READ));
    desk
}

fn usual() -> Desk {
    read(&format!("Dear distributors,\n\n{SLASHES}\n\n{VERSIONS}\n\nPatches come on Tuesday."))
}

fn for_users(body: &str) -> Plan {
    let (kind, payload) = (ActKind::NotifyUsers, message("Contour 1.30.1", body));
    Plan { kind, to: vec![to_list("users")], payload, under: None }
}

/// What differs but for the subject, and what stands at the end.
fn derived(desk: &Desk, body: &str) -> (Vec<Difference>, String) {
    let mut compared = desk.case.derived(&for_users(body)).unwrap();
    let subject = Difference::Subject { there: "Contour 1.30.1".into() };
    assert_eq!(compared.differences.remove(0), subject);
    (compared.differences, compared.below)
}

fn instead(approved: &str, there: &str) -> Difference {
    Difference::Missing { approved: approved.into(), there: there.into() }
}

#[test]
fn what_the_users_read_otherwise_is_said() {
    let desk = usual();
    let named = Difference::NamesCve { id: CVE.into() };
    let (dear, tuesday) = ("Dear distributors,", "Patches come on Tuesday.");
    let greeted = || instead(dear, "Dear users,");
    let gone = Difference::NoNote;
    let all = format!("Dear users,\n\n{SLASHES}\n\n{VERSIONS}\n\n");
    let rows = vec![
        (
            "the note is gone, and the id may stand there",
            format!("{all}{tuesday}\n\nKnown as: {CVE}"),
            vec![named.clone(), greeted(), gone.clone()],
            format!("Known as: {CVE}"),
        ),
        (
            "a note of other words",
            format!("{all}{tuesday}\n\n{}", NOTE.replace("stays", "stayed")),
            vec![greeted(), gone.clone()],
            NOTE.replace("stays", "stayed"),
        ),
        (
            "words of the notice left out",
            format!("{all}Please upgrade."),
            vec![greeted(), gone.clone(), instead(tuesday, "Please upgrade.")],
            String::new(),
        ),
        (
            "a version that slipped",
            format!("{}{tuesday}", all.replace("< 1.30.1", "< 1.30.2")),
            vec![
                greeted(),
                instead(VERSIONS, &VERSIONS.replace("< 1.30.1", "< 1.30.2")),
                gone.clone(),
            ],
            String::new(),
        ),
        (
            "words that nobody has read yet, between",
            format!("{}{tuesday}", all.replace(VERSIONS, &format!("Egon found it.\n\n{VERSIONS}"))),
            vec![greeted(), Difference::Added { there: "Egon found it.".into() }, gone.clone()],
            String::new(),
        ),
        (
            "the whole notice quoted",
            format!("> {dear}\n>\n> {SLASHES}\n>\n> {VERSIONS}\n>\n> {tuesday}\n\nUpgrade."),
            vec![gone.clone()],
            "Upgrade.".into(),
        ),
        (
            "the id broken over quoted lines",
            format!("{all}{tuesday}\n\n> CVE-2026-\n> 12345"),
            vec![named.clone(), greeted(), gone.clone()],
            "CVE-2026- 12345".into(),
        ),
        (
            "the id in letters of its own",
            format!("{all}{tuesday}\n\ncve\u{2011}2026\u{2011}12345"),
            vec![named, greeted(), gone],
            "cve\u{2011}2026\u{2011}12345".into(),
        ),
    ];
    for (row, body, differences, below) in rows {
        assert_eq!(derived(&desk, &body), (differences, below), "{row}");
    }
}

#[test]
fn an_id_that_the_distributors_read_as_part_of_another_is_new() {
    let desk = read(&format!("{SLASHES}\n\nLike CVE-2021-327831."));
    let (differences, _) = derived(&desk, &format!("{SLASHES}\n\nLike CVE-2021-32783."));
    assert_eq!(differences[0], Difference::NamesCve { id: "CVE-2021-32783".into() });
    let (differences, _) = derived(&desk, &format!("{SLASHES}\n\nCVE\u{2011}2021\u{2011}44228"));
    assert_eq!(differences[0], Difference::NamesCve { id: "CVE-2021-44228".into() });
    let (differences, _) = derived(&desk, &format!("{SLASHES}\n\nLike CVE\u{2010}2021-327831."));
    assert!(!differences.iter().any(|it| matches!(it, Difference::NamesCve { .. })));
}

#[test]
fn there_is_nothing_to_compare_before_the_distributors_have_read_it_nor_for_others() {
    let desk = Desk::embargoed();
    assert_eq!(desk.case.derived(&for_users("Upgrade.")), None);
    let mut desk = Desk::embargoed();
    desk.anna(Command::Plan { act: act(READ), plan: Box::new(notice()) });
    assert_eq!(desk.case.derived(&for_users("Upgrade.")), None, "planned is not read");
    let desk = usual();
    assert_eq!(desk.case.derived(&notice()), None);
    let empty = Plan { payload: Payload::Empty, ..for_users("") };
    assert_eq!(desk.case.derived(&empty), None);
}

#[test]
fn the_last_notice_that_went_is_the_one_compared_with() {
    let mut desk = usual();
    let payload = message(SUBJECT, &format!("Paths are checked late.\n\n{NOTE}"));
    desk.anna(Command::Plan { act: act(8), plan: Box::new(Plan { payload, ..notice() }) });
    desk.approve(ANNA, act(8));
    desk.approve(BERT, act(8));
    let before = derived(&desk, SLASHES);
    desk.carry_out(act(8));
    let (differences, _) = derived(&desk, "Paths are checked late.");
    assert_eq!(differences, [Difference::NoNote]);
    assert_ne!(derived(&desk, SLASHES), before);
}

#[test]
fn no_embargo_note_goes_to_the_users_wherever_it_stands() {
    let desk = usual();
    let refused = |plan: Plan| {
        desk.refusal(person(ANNA), &Command::Plan { act: act(8), plan: Box::new(plan) })
    };
    for (row, body, expected) in [
        ("at the end", format!("{SLASHES}\n\n{NOTE}"), true),
        ("first", format!("{NOTE}\n\n{SLASHES}"), true),
        ("within a sentence", format!("As we wrote: {NOTE} {SLASHES}"), true),
        ("wrapped", format!("{SLASHES}\n\n{}", NOTE.replace(' ', "\n")), true),
        ("quoted", format!("{SLASHES}\n\n> {}", NOTE.replace(" of ", "\n> of ")), true),
        ("with marks", format!("{SLASHES}\n\n*{NOTE}*"), true),
        ("in what nobody sees", NOTE.replace("stays", "st\u{200b}ays"), true),
        ("of other words", NOTE.replace("stays", "stayed"), false),
        ("none", SLASHES.into(), false),
    ] {
        assert_eq!(refused(for_users(&body)), expected.then_some(Rule::ListProfile), "{row}");
    }
    let (kind, to) = (ActKind::FollowUp, vec![to_list("distributors")]);
    let payload = message(&format!("Re: {SUBJECT}"), &format!("It is out.\n\n> {NOTE}"));
    assert_eq!(refused(Plan { kind, to, payload, under: None }), None, "they have the notice");
}
