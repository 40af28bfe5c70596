use advisory::digest::Digest;
use case::{
    Command, PublicRecord, PublishedCopy, ReportId,
    act::ActState,
    copies::{LONGEST_DIFFERENCE, MOST_DIFFERENCES},
    embargo::EndedBy,
    event::Decision,
    observation::{CveWord, DraftState, Observation},
    opening::{Inside, LONGEST_TEXT, Letter, Opening, Outcome, Shut, Standing},
    refusal::Rule,
    rights::Actor,
    state::CveState,
    vultron::em,
};

use super::{after, check};
use crate::desk::{
    ANNA, DORA, Desk, REPORT, VULN, act, cve_assigned, decision, disclosure, draft, late_date,
    line, observe, person, proof, propose, release, supported_lines,
};

fn public() -> Command {
    observe(Observation::Public { source: "a blog".into() })
}

#[test]
fn evidence_is_read_by_the_house_and_not_typed_in() {
    let desk = Desk::accepted();
    let anna = person(ANNA);
    check([
        ("a release, by the house", &desk, Actor::House, release("1.30", true), None),
        ("a release, by a person", &desk, anna, release("1.30", true), Some(Rule::NotPermitted)),
        ("the draft, by a person", &desk, anna, draft(DraftState::Draft), Some(Rule::NotPermitted)),
        ("the lines, by a person", &desk, anna, supported_lines(), Some(Rule::NotPermitted)),
        ("that it is public, by a person", &desk, anna, public(), None),
        ("a CNA's mail, by a person", &desk, anna, cve_assigned(), None),
        (
            "that it is public, by a distributor",
            &desk,
            person(DORA),
            public(),
            Some(Rule::NotPermitted),
        ),
    ]);
}

#[test]
fn observations_are_about_known_things() {
    let desk = Desk::accepted();
    let cve = |vulnerability| {
        observe(Observation::Cve { vulnerability, word: CveWord::Declined { why: "no".into() } })
    };
    let deadline = |report| observe(Observation::Deadline { report, deadline: Some(late_date()) });
    let preflight =
        |id| observe(Observation::Preflight { disclosure: disclosure(id), problems: vec![] });
    let post = observe(Observation::Post {
        act: act(77),
        url: String::new(),
        words_match: true,
        thread: String::new(),
        compared: None,
    });
    let lines = observe(Observation::SupportedLines {
        repository: "contour".into(),
        lines: vec!["1.30".into()],
        default_branch: "main".into(),
    });
    let house = Actor::House;
    check([
        ("a known vulnerability", &desk, house, cve(VULN), None),
        ("another", &desk, house, cve(case::VulnId([0; 16])), Some(Rule::Unknown)),
        ("a known report", &desk, house, deadline(REPORT), None),
        ("another", &desk, house, deadline(ReportId([0; 16])), Some(Rule::Unknown)),
        ("no disclosure", &desk, house, preflight(1), Some(Rule::Unknown)),
        ("no act", &desk, house, post, Some(Rule::Unknown)),
        ("a default branch that is no line", &desk, house, lines, Some(Rule::BadValue)),
    ]);
    let moved = after(&desk, |d| {
        d.house(deadline(REPORT));
    });
    assert_eq!(moved.case.reports[&REPORT].deadline, Some(late_date()));
    let armed = after(&Desk::armed(), |d| {
        d.house(preflight(1));
    });
    assert!(armed.case.disclosure.unwrap().preflight.unwrap().problems.is_empty());
}

#[test]
fn what_the_world_knows_ends_the_embargo_whoever_published_it() {
    let ways = [
        ("public", public(), "VfdPxa"),
        ("an exploit", observe(Observation::Exploit { source: "x".into() }), "VfdPXa"),
        ("attacks", observe(Observation::Attacks { source: "x".into() }), "VfdpxA"),
        ("an advisory found published", draft(DraftState::Published), "VfdPxa"),
        (
            "a record found published",
            observe(Observation::Cve { vulnerability: VULN, word: CveWord::Published }),
            "VfdPxa",
        ),
    ];
    for (way, command, facts) in ways {
        let desk = after(&Desk::embargoed(), |d| {
            d.house(command.clone());
        });
        assert_eq!(desk.case.facts.to_string(), facts, "{way}");
        assert_eq!(desk.case.embargo.state, em::State::Exited, "{way}");
        assert_eq!(desk.case.embargo.ended.as_ref().unwrap().by, EndedBy::World, "{way}");
        let proposed = after(&Desk::accepted(), |d| {
            d.anna(propose(late_date()));
            d.house(command);
        });
        assert_eq!(proposed.case.embargo.state, em::State::None, "{way}");
        assert_eq!(proposed.case.embargo.pending, None, "{way}");
        assert_eq!(
            proposed.refusal(person(ANNA), &propose(late_date())),
            Some(Rule::Embargo),
            "{way}"
        );
    }
}

#[test]
fn our_own_publication_is_ours_even_before_its_receipt() {
    let mut desk = Desk::running();
    desk.house(Command::Start { act: act(1) });
    let lost = after(&desk, |d| {
        d.house(Command::Doubt { act: act(1), why: "no answer".into() });
    });
    for desk in [&desk, &lost] {
        let mut seen = after(desk, |d| {
            d.house(draft(DraftState::Published));
        });
        assert_eq!(seen.case.embargo.ended.as_ref().unwrap().by, EndedBy::Disclosure);
        if matches!(seen.case.acts[&act(1)].state, ActState::Started { .. }) {
            seen.house(Command::Finish { act: act(1), proof: proof() });
            seen.carry_out(act(2));
        }
        assert_eq!(seen.case.embargo.ended.as_ref().unwrap().by, EndedBy::Disclosure);
    }
    let blog = after(&desk, |d| {
        d.house(public());
    });
    assert_eq!(blog.case.embargo.ended.unwrap().by, EndedBy::World);
}

#[test]
fn a_cve_id_has_a_life_of_its_own() {
    let word = |word| observe(Observation::Cve { vulnerability: VULN, word });
    let mut desk = Desk::accepted();
    let mut hear = |word_| {
        desk.house(word(word_));
        let vulnerability = &desk.case.vulnerabilities[&VULN];
        (vulnerability.cve.clone(), vulnerability.cve_id.is_some())
    };
    assert_eq!(hear(CveWord::Rejected { why: "twice".into() }), (CveState::Rejected, true));
    assert_eq!(hear(CveWord::Disputed { why: "no".into() }), (CveState::Disputed, true));
    assert_eq!(hear(CveWord::Declined { why: "no".into() }), (CveState::Declined, true));
    assert_eq!(hear(CveWord::Published), (CveState::Published, true));
}

#[test]
fn supported_lines_are_those_of_the_latest_look() {
    let desk = after(&Desk::accepted(), |d| {
        d.house(observe(Observation::SupportedLines {
            repository: "contour".into(),
            lines: vec!["main".into(), "1.31".into()],
            default_branch: "main".into(),
        }));
    });
    let supported: Vec<String> = desk
        .case
        .lines
        .iter()
        .filter(|(_, line)| line.supported)
        .map(|(key, _)| key.line.clone())
        .collect();
    assert_eq!(supported, ["1.31", "main"]);
    assert_eq!(desk.case.to_patch().count(), 1, "the new line has no verdict yet");
}

#[test]
fn the_first_fixed_version_is_the_lowest_however_often_a_release_is_judged() {
    let judged = |version: &str, contains_fix| {
        let Command::Observe(mut seen) = release("1.30", contains_fix) else { unreachable!() };
        if let Observation::Release { release, .. } = &mut *seen {
            (release.version, release.tag) = (version.into(), format!("v{version}"));
        }
        Command::Observe(seen)
    };
    let mut desk = Desk::accepted();
    for (version, contains_fix) in
        [("1.30.1", true), ("1.30.2", true), ("1.30.10", true), ("1.30.1", false), ("1.30.1", true)]
    {
        desk.house(judged(version, contains_fix));
    }
    let line = &desk.case.lines[&line("1.30")];
    assert_eq!(line.fixed_in().unwrap().version, "1.30.1");
}

fn copy_of(record: PublicRecord, bytes: &[u8], differences: &[&str]) -> PublishedCopy {
    let differences = differences.iter().map(ToString::to_string);
    PublishedCopy::new(record, Digest::of(bytes), differences)
}

fn copy(bytes: &[u8], differences: &[&str]) -> Command {
    observe(Observation::Copy(copy_of(PublicRecord::Advisory, bytes, differences)))
}

fn accept(bytes: &[u8], reason: &str) -> Command {
    decision(Decision::AcceptCopy {
        record: PublicRecord::Advisory,
        digest: Digest::of(bytes),
        reason: reason.into(),
    })
}

#[test]
fn a_copy_is_seen_of_what_this_case_published_and_no_longer_than_is_kept() {
    let running = Desk::running();
    let published = after(&running, |d| {
        d.carry_out(act(1));
    });
    let cve = copy_of(PublicRecord::Cve(VULN), b"a", &[]);
    let long = |words: &str, count| {
        let all = vec![words.to_owned(); count];
        PublishedCopy { differences: all, ..copy_of(PublicRecord::Advisory, b"a", &[]) }
    };
    let seen = |copy| observe(Observation::Copy(copy));
    let (wide, many) = ("x".repeat(LONGEST_DIFFERENCE + 1), MOST_DIFFERENCES + 1);
    let house = Actor::House;
    check([
        ("what is not out", &running, house, copy(b"a", &[]), Some(Rule::WrongState)),
        ("what is out", &published, house, copy(b"a", &["credits"]), None),
        ("another record", &published, house, seen(cve), Some(Rule::WrongState)),
        ("by a person", &published, person(ANNA), copy(b"a", &[]), Some(Rule::NotPermitted)),
        ("too long", &published, house, seen(long(&wide, 1)), Some(Rule::BadValue)),
        ("too many", &published, house, seen(long("x", many)), Some(Rule::BadValue)),
    ]);
    let all = std::iter::repeat_n(wide, many + 2);
    let kept = PublishedCopy::new(PublicRecord::Advisory, Digest::of(b"a"), all);
    assert_eq!((kept.differences.len(), kept.left_off), (MOST_DIFFERENCES, 3));
    check([("cut to what is kept", &published, house, seen(kept), None)]);
    let closed = after(&published, |d| {
        d.carry_out(act(2));
        d.anna(Command::Close { reason: "done".into() });
    });
    check([("after the case is closed", &closed, house, copy(b"a", &["credits"]), None)]);
}

#[test]
fn a_copy_is_accepted_as_it_is_and_another_one_asks_again() {
    let agrees = after(&Desk::running(), |d| {
        d.carry_out(act(1));
        d.house(copy(b"a", &[]));
    });
    let mut desk = after(&agrees, |d| {
        d.house(copy(b"b", &["credits: the other does not say it"]));
    });
    let anna = person(ANNA);
    check([
        ("the one that was seen", &desk, anna, accept(b"b", "no room for it"), None),
        ("an earlier one", &desk, anna, accept(b"a", "no room"), Some(Rule::DigestDiffers)),
        ("without a reason", &desk, anna, accept(b"b", " "), Some(Rule::ReasonNeeded)),
        ("what agrees", &agrees, anna, accept(b"a", "fine"), Some(Rule::WrongState)),
        ("by a distributor", &desk, person(DORA), accept(b"b", "ok"), Some(Rule::NotPermitted)),
        ("what nobody saw", &Desk::running(), anna, accept(b"b", "ok"), Some(Rule::Unknown)),
    ]);
    let open = |desk: &Desk| desk.case.copies[&PublicRecord::Advisory].open();
    assert!(open(&desk) && !open(&agrees));
    desk.anna(accept(b"b", "the forge has no room for it"));
    assert!(!open(&desk));
    desk.house(copy(b"b", &["credits: the other does not say it"]));
    assert!(!open(&desk), "the same copy, once more");
    let ours_changed = after(&desk, |d| {
        d.house(copy(b"b", &["title: they say different things"]));
    });
    assert!(open(&ours_changed), "the same copy, but it says something else otherwise");
    desk.house(copy(b"c", &["credits: the other does not say it"]));
    assert!(open(&desk), "another copy");
}

#[test]
fn a_public_record_has_one_name() {
    for record in [PublicRecord::Advisory, PublicRecord::Cve(VULN)] {
        assert_eq!(record.to_string().parse(), Ok(record));
    }
    for nonsense in ["", "Advisory", "cve", "cve ", "cve 1", "osv 1", "advisory "] {
        assert!(nonsense.parse::<PublicRecord>().is_err(), "{nonsense}");
    }
}

/// What came of the case's first message.
fn opening(letter: Letter, text: &str) -> Command {
    let inside = Inside {
        key: "0123456789ABCDEF0123456789ABCDEF01234567".into(),
        subject: None,
        text: text.into(),
        raw: "ef".repeat(32),
        inline: true,
        signature: Standing::Unsigned,
    };
    observe(Observation::Opening(Opening { letter, outcome: Outcome::Opened(Box::new(inside)) }))
}

#[test]
fn an_encrypted_mail_of_the_case_is_opened_once_and_by_the_house() {
    let said = |encrypted| {
        observe(Observation::Message {
            from: None,
            sender: "rita@example.net".into(),
            text: "-----BEGIN PGP MESSAGE-----".into(),
            raw: Some("cd".repeat(32)),
            encrypted,
        })
    };
    let desk = after(&Desk::accepted(), |d| {
        d.house(said(true));
        d.house(said(false));
    });
    let letter = Letter::Message(0);
    let shut =
        observe(Observation::Opening(Opening { letter, outcome: Outcome::Shut(Shut::NoKey) }));
    let shut = after(&desk, |d| {
        d.house(shut);
    });
    let open = after(&shut, |d| {
        d.house(opening(letter, "two slashes"));
    });
    let house = Actor::House;
    let long = "x".repeat(LONGEST_TEXT + 1);
    check([
        ("the first time", &desk, house, opening(letter, "two slashes"), None),
        ("after no key fitted", &shut, house, opening(letter, "two slashes"), None),
        ("again", &open, house, opening(letter, "another"), Some(Rule::WrongState)),
        ("by a person", &desk, person(ANNA), opening(letter, ""), Some(Rule::NotPermitted)),
        ("too long", &desk, house, opening(letter, &long), Some(Rule::BadValue)),
        ("not encrypted", &desk, house, opening(Letter::Message(1), ""), Some(Rule::Unknown)),
        ("not there", &desk, house, opening(Letter::Message(2), ""), Some(Rule::Unknown)),
        ("no such mail", &desk, house, opening(Letter::Report(REPORT), ""), Some(Rule::Unknown)),
    ]);
    assert_eq!(open.case.openings.len(), 1, "the latest for each");
}
