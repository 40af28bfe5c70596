use case::{
    Command, ReportId,
    act::ActState,
    embargo::EndedBy,
    observation::{CveWord, DraftState, Observation},
    refusal::Rule,
    rights::Actor,
    state::CveState,
    vultron::em,
};

use super::{after, check};
use crate::desk::{
    ANNA, DORA, Desk, REPORT, VULN, act, cve_assigned, disclosure, draft, late_date, line, observe,
    person, proof, propose, release, supported_lines,
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
