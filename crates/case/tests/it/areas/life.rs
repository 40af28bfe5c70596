use case::{
    Command, Gate, ReportId,
    event::Triage,
    refusal::Rule,
    rights::Role,
    state::Phase,
    vultron::{em, rm},
};

use super::{after, because, check};
use crate::desk::{
    ANNA, CASE, DORA, Desk, EGON, OTHER_CASE, REPORT, RITA, act, decision, disclosure, early_date,
    fork, person, report, triage,
};

const SECOND: ReportId = ReportId([9; 16]);

fn two_reports() -> Desk {
    after(&Desk::accepted(), |d| {
        d.house(Command::Link(Box::new(report(SECOND, EGON))));
    })
}

#[test]
fn reports_join_and_leave() {
    let (one, two) = (Desk::accepted(), two_reports());
    let anna = person(ANNA);
    let link = |id| Command::Link(Box::new(report(id, RITA)));
    let unlink = |report| Command::Unlink { report, reason: because() };
    let split = |into, reports: &[ReportId]| Command::SplitOff {
        into,
        reports: reports.iter().copied().collect(),
        reason: because(),
    };
    check([
        ("a second report", &one, anna, link(SECOND), None),
        ("the same report again", &one, anna, link(REPORT), Some(Rule::WrongState)),
        ("one of two leaves", &two, anna, unlink(SECOND), None),
        ("the last one cannot", &one, anna, unlink(REPORT), Some(Rule::WrongState)),
        ("one that is not there", &two, anna, unlink(ReportId([0; 16])), Some(Rule::Unknown)),
        ("one is split off", &two, anna, split(OTHER_CASE, &[SECOND]), None),
        ("not both", &two, anna, split(OTHER_CASE, &[REPORT, SECOND]), Some(Rule::WrongState)),
        ("not into itself", &two, anna, split(CASE, &[SECOND]), Some(Rule::BadValue)),
        ("not nothing", &two, anna, split(OTHER_CASE, &[]), Some(Rule::BadValue)),
        ("a distributor cannot", &two, person(DORA), unlink(SECOND), Some(Rule::NotPermitted)),
        (
            "not without a reason",
            &two,
            anna,
            Command::Unlink { report: SECOND, reason: " ".into() },
            Some(Rule::ReasonNeeded),
        ),
    ]);
}

#[test]
fn a_reporter_leaves_with_the_last_report() {
    let both = two_reports();
    assert!(both.case.roles(RITA).contains(&Role::Reporter));
    let split = after(&both, |d| {
        d.anna(Command::Unlink { report: REPORT, reason: because() });
    });
    assert!(split.case.roles(RITA).is_empty());
    let back = after(&split, |d| {
        d.house(Command::Link(Box::new(report(ReportId([10; 16]), RITA))));
    });
    assert!(back.case.roles(RITA).contains(&Role::Reporter));
    // Egon is a distributor too, and stays one.
    let other = after(&both, |d| {
        d.anna(Command::Unlink { report: SECOND, reason: because() });
    });
    assert_eq!(other.case.roles(EGON), [Role::Distributor].into());
}

#[test]
fn a_case_ends() {
    let fresh = Desk::new();
    let open = Desk::accepted();
    let embargoed = Desk::embargoed();
    let armed = Desk::armed();
    let shut = after(&open, |d| d.shut = vec![Gate::Close]);
    let planned = after(&open, |d| {
        d.anna(Command::Plan { act: act(9), plan: Box::new(fork()) });
    });
    let started = after(&planned, |d| {
        d.approve(ANNA, act(9));
        d.house(Command::Start { act: act(9) });
    });
    let failed = after(&started, |d| {
        d.house(Command::Fail { act: act(9), why: because() });
    });
    let closed = after(&open, |d| {
        d.anna(Command::Close { reason: because() });
    });
    let anna = person(ANNA);
    let close = || Command::Close { reason: because() };
    let withdraw = || Command::Withdraw { reason: because() };
    let merge = |into| Command::Merge { into, reason: because() };
    let reopen = || Command::Reopen { reason: because() };
    check([
        ("with the gate open", &open, anna, close(), None),
        ("with the gate shut", &shut, anna, close(), Some(Rule::GateShut)),
        ("untriaged", &fresh, anna, close(), Some(Rule::WrongState)),
        ("under an embargo", &embargoed, anna, close(), Some(Rule::Embargo)),
        ("with an act planned", &planned, anna, close(), Some(Rule::WrongState)),
        ("with an act under way", &started, anna, close(), Some(Rule::WrongState)),
        ("with an act failed", &failed, anna, close(), None),
        ("withdrawn", &open, anna, withdraw(), None),
        ("withdrawn while armed", &armed, anna, withdraw(), Some(Rule::WrongState)),
        ("merged", &open, anna, merge(OTHER_CASE), None),
        ("merged into itself", &open, anna, merge(CASE), Some(Rule::BadValue)),
        ("merged while armed", &armed, anna, merge(OTHER_CASE), Some(Rule::WrongState)),
        ("reopened while open", &open, anna, reopen(), Some(Rule::WrongState)),
        ("reopened", &closed, anna, reopen(), None),
        ("changed when closed", &closed, anna, triage(Triage::Invalid), Some(Rule::WrongState)),
    ]);
}

#[test]
fn effects_that_were_under_way_are_told_after_the_end() {
    let desk = after(&Desk::accepted(), |d| {
        d.anna(Command::Plan { act: act(9), plan: Box::new(fork()) });
        d.approve(ANNA, act(9));
        d.house(Command::Start { act: act(9) });
        d.anna(Command::Withdraw { reason: because() });
        d.house(Command::Finish { act: act(9), proof: crate::desk::proof() });
    });
    assert!(desk.case.acts[&act(9)].done_at().is_some());
    let correction = case::event::Decision::Correction { seq: 2, text: because() };
    assert_eq!(desk.refusal(person(ANNA), &decision(correction)), None);
}

#[test]
fn a_reopened_case_begins_again_but_not_its_embargo() {
    let desk = after(&Desk::embargoed(), |d| {
        d.anna(Command::EndEmbargo { reason: because() });
        d.anna(Command::Close { reason: because() });
        d.anna(Command::Reopen { reason: because() });
    });
    assert_eq!((&desk.case.phase, desk.case.rm), (&Phase::Open, rm::State::Received));
    assert_eq!(desk.case.embargo.state, em::State::Exited);
    let again = crate::desk::propose(early_date());
    assert_eq!(desk.refusal(person(ANNA), &again), Some(Rule::Embargo));
    let id = disclosure(1);
    assert_eq!(desk.refusal(person(ANNA), &Command::Arm { id }), Some(Rule::Unknown));
}
