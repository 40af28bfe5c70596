use advisory::{Affected, Ecosystem, Vulnerability};
use case::{
    Command, PrivateWork, StepId, Terms, VulnId, complete_advisory,
    event::{Decision, LineVerdict, Origin, Triage},
    policy::Approvals,
    refusal::Rule,
    rights::{Actor, Role},
    vultron::rm,
};

use super::{after, because, check};
use crate::desk::{
    ANNA, BERT, CASE, DORA, Desk, EGON, OTHER_CASE, OTTO, RITA, TRAIN, VULN, advisory, concerned,
    decision, disclosure, early_date, line, patch, person, pin, policy, supported_lines, triage,
    vulnerability,
};

#[test]
fn verdicts_follow_the_tables_of_vultron() {
    let anna = person(ANNA);
    let fresh = Desk::new();
    let accepted = after(&fresh, |d| {
        d.anna(triage(Triage::Accepted));
    });
    let invalid = after(&fresh, |d| {
        d.anna(triage(Triage::Invalid));
    });
    let deferred = after(&accepted, |d| {
        d.anna(triage(Triage::Deferred));
    });
    assert_eq!(invalid.case.rm, rm::State::Invalid);
    assert_eq!(deferred.case.rm, rm::State::Deferred);
    let duplicate = |of| triage(Triage::Duplicate { of });
    let no_reason = Decision::Triage { verdict: Triage::Accepted, reason: String::new() };
    check([
        ("accepted", &fresh, anna, triage(Triage::Accepted), None),
        ("no security matter", &fresh, anna, triage(Triage::NotSecurity), None),
        ("a duplicate", &fresh, anna, duplicate(OTHER_CASE), None),
        ("of itself", &fresh, anna, duplicate(CASE), Some(Rule::BadValue)),
        ("accepted once more", &accepted, anna, triage(Triage::Accepted), Some(Rule::WrongState)),
        ("invalid after all", &accepted, anna, triage(Triage::Invalid), Some(Rule::WrongState)),
        ("deferred", &accepted, anna, triage(Triage::Deferred), None),
        ("taken up again", &deferred, anna, triage(Triage::Accepted), None),
        ("valid after all", &invalid, anna, triage(Triage::Accepted), None),
        ("another reason", &invalid, anna, triage(Triage::NotSecurity), None),
        ("no reason", &fresh, anna, decision(no_reason), Some(Rule::ReasonNeeded)),
        ("a reporter", &fresh, person(RITA), triage(Triage::Accepted), Some(Rule::NotPermitted)),
        ("a stranger", &fresh, person(OTTO), triage(Triage::Accepted), Some(Rule::NotPermitted)),
    ]);
}

#[test]
fn lines_fixes_and_trains() {
    let desk = Desk::accepted();
    let untriaged = after(&Desk::new(), |d| {
        d.house(crate::desk::supported_lines());
    });
    let train = after(&desk, |d| {
        d.anna(decision(Decision::Train {
            id: TRAIN,
            planned_at: early_date(),
            lines: [line("1.30")].into(),
        }));
    });
    let anna = person(ANNA);
    let on = |name, verdict| decision(Decision::Line { line: line(name), verdict });
    let fix = |name, commit: &str| {
        decision(Decision::Fix { line: line(name), commits: vec![commit.into()] })
    };
    let burnt = |name| {
        decision(Decision::Burnt {
            train: TRAIN,
            line: line(name),
            version: "1.30.1".into(),
            why: because(),
        })
    };
    let unnamed = || LineVerdict::Patch { version: None };
    let commit = "a".repeat(40);
    check([
        ("the default branch has no version", &desk, anna, on("main", unnamed()), None),
        ("a release line has one", &desk, anna, on("1.30", unnamed()), Some(Rule::BadValue)),
        ("an unknown line", &desk, anna, patch("1.2"), Some(Rule::Unknown)),
        (
            "not affected, but why",
            &desk,
            anna,
            on("1.30", LineVerdict::NotAffected { why: String::new() }),
            Some(Rule::ReasonNeeded),
        ),
        ("end of life", &desk, anna, on("1.30", LineVerdict::EndOfLife { why: because() }), None),
        ("a fix by its whole id", &desk, anna, fix("1.30", &commit), None),
        ("a fix by a short id", &desk, anna, fix("1.30", "abc1234"), Some(Rule::BadValue)),
        (
            "a fix of what was not accepted",
            &untriaged,
            anna,
            fix("main", &commit),
            Some(Rule::WrongState),
        ),
        ("a burnt attempt", &train, anna, burnt("1.30"), None),
        ("a line not on the train", &train, anna, burnt("main"), Some(Rule::Unknown)),
        ("no train", &desk, anna, burnt("1.30"), Some(Rule::Unknown)),
    ]);
}

#[test]
fn vulnerabilities_and_statements() {
    let desk = Desk::accepted();
    let anna = person(ANNA);
    let assess = |cwes: &[&str]| {
        decision(Decision::Assessment {
            vulnerability: VULN,
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".parse().unwrap(),
            cwes: cwes.iter().map(|cwe| cwe.parse().unwrap()).collect(),
        })
    };
    let correct = |seq| decision(Decision::Correction { seq, text: because() });
    let unreachable = |person| decision(Decision::ReporterUnreachable { person, why: because() });
    check([
        ("the same one twice", &desk, anna, vulnerability(), Some(Rule::WrongState)),
        ("assessed", &desk, anna, assess(&["CWE-862"]), None),
        ("without a weakness", &desk, anna, assess(&[]), Some(Rule::BadValue)),
        ("the first entry", &desk, anna, correct(1), None),
        ("the last entry", &desk, anna, correct(desk.case.head), None),
        ("an entry to come", &desk, anna, correct(desk.case.head + 1), Some(Rule::Unknown)),
        ("no entry", &desk, anna, correct(0), Some(Rule::Unknown)),
        ("the reporter is gone", &desk, anna, unreachable(RITA), None),
        ("no reporter", &desk, anna, unreachable(DORA), Some(Rule::Unknown)),
    ]);
}

#[test]
fn steps_are_left_out_only_where_the_playbook_lets_them() {
    let desk = Desk::accepted();
    let anna = person(ANNA);
    let step = |name: &str| StepId(name.into());
    let choice = |name| decision(Decision::Choice { step: step(name), reason: because() });
    let over = |name| decision(Decision::Override { step: step(name), reason: because() });
    check([
        ("an optional step", &desk, anna, choice("optional"), None),
        ("a mandatory one", &desk, anna, choice("mandatory"), Some(Rule::StepBinding)),
        ("overridden", &desk, anna, over("mandatory"), None),
        ("a binding one", &desk, anna, over("binding"), Some(Rule::StepBinding)),
        ("no step", &desk, anna, over("imaginary"), Some(Rule::Unknown)),
    ]);
    let old = crate::desk::verdict(&desk.case, &[]);
    let moved = after(&desk, |d| {
        d.anna(patch("main"));
    });
    let context = case::Context {
        actor: anna,
        clock: desk.clock,
        team: &desk.team,
        verdict: &old,
        by_hand: &desk.by_hand,
        book: &desk.book,
        roll: &desk.roll,
    };
    let stale = case::decide(&moved.case, &over("mandatory"), &context).unwrap_err();
    assert_eq!(stale.rule, Rule::StaleVerdict);
}

#[test]
fn rules_of_an_open_case_do_not_get_laxer() {
    let rules = |publish, notice, other| {
        let mut policy = policy().clone();
        policy.approvals = Approvals { publish, notice, other };
        decision(Decision::Rules {
            playbook: pin("contour 2"),
            policy: Box::new(policy),
            reason: because(),
        })
    };
    let (desk, armed) = (Desk::accepted(), Desk::armed());
    let anna = person(ANNA);
    check([
        ("as many people", &desk, anna, rules(2, 2, 1), None),
        ("more people", &desk, anna, rules(3, 2, 1), None),
        ("fewer to publish", &desk, anna, rules(1, 2, 1), Some(Rule::ApprovalsShort)),
        ("fewer to notify", &desk, anna, rules(2, 1, 1), Some(Rule::ApprovalsShort)),
        ("nobody for the rest", &desk, anna, rules(2, 2, 0), Some(Rule::ApprovalsShort)),
        ("while armed", &armed, anna, rules(3, 2, 1), Some(Rule::WrongState)),
    ]);
    // What was planned before needs as many as the rules ask for now.
    let stricter = after(&Desk::embargoed(), |d| {
        d.anna(crate::desk::plan_disclosure(1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.stand_behind(BERT, disclosure(1));
        d.anna(rules(3, 2, 1));
    });
    let arm = Command::Arm { id: disclosure(1) };
    check([("armed by too few", &stricter, anna, arm, Some(Rule::ApprovalsShort))]);
}

#[test]
fn fewer_approvals_take_two_people_and_more_take_one() {
    let numbers = |publish| Approvals { publish, ..Approvals::default() };
    let set = |publish| Command::SetApprovals { approvals: numbers(publish), reason: because() };
    let confirm = |publish| Command::ConfirmApprovals { approvals: numbers(publish) };
    let (desk, armed, anna, bert) = (Desk::accepted(), Desk::armed(), person(ANNA), person(BERT));
    let proposed = after(&desk, |d| {
        d.anna(set(1));
    });
    assert_eq!(proposed.case.policy.approvals, numbers(2), "nothing is lower yet");
    let gone = after(&proposed, |d| {
        d.team.remove(&ANNA);
    });
    let busy = after(&Desk::embargoed(), |d| {
        d.anna(set(1));
        d.anna(crate::desk::plan_disclosure(1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.stand_behind(BERT, disclosure(1));
        d.anna(Command::Arm { id: disclosure(1) });
    });
    let silent = Command::SetApprovals { approvals: numbers(1), reason: String::new() };
    check([
        ("proposed", &desk, anna, set(1), None),
        ("as it is", &desk, anna, set(2), Some(Rule::WrongState)),
        ("without a reason", &desk, anna, silent, Some(Rule::ReasonNeeded)),
        ("by a distributor", &desk, person(DORA), set(1), Some(Rule::NotPermitted)),
        ("by the house", &desk, Actor::House, set(3), Some(Rule::NotPermitted)),
        ("while armed", &armed, anna, set(1), Some(Rule::WrongState)),
        ("confirmed by the same", &proposed, anna, confirm(1), Some(Rule::AlreadyApproved)),
        ("confirmed by another", &proposed, bert, confirm(1), None),
        ("other numbers", &proposed, bert, confirm(0), Some(Rule::Unknown)),
        ("nothing to confirm", &desk, bert, confirm(1), Some(Rule::Unknown)),
        ("whoever proposed it has left", &gone, bert, confirm(1), Some(Rule::Unknown)),
        ("confirmed while armed", &busy, bert, confirm(1), Some(Rule::WrongState)),
    ]);
    let raised = after(&desk, |d| {
        d.anna(set(3));
    });
    assert_eq!(raised.case.policy.approvals, numbers(3));
    let lowered = after(&proposed, |d| {
        d.by(bert, confirm(1));
    });
    assert_eq!(lowered.case.policy.approvals, numbers(1));
    assert_eq!(lowered.case.lowering, None);
    let alone = after(&desk, |d| {
        d.team = [ANNA].into();
        d.anna(set(1));
    });
    assert_eq!(alone.case.policy.approvals, numbers(1), "where there is only one, one is enough");
}

#[test]
fn what_was_planned_keeps_the_approvals_it_was_planned_with() {
    let fewer = Approvals { publish: 1, notice: 1, other: 1 };
    let desk = after(&Desk::embargoed(), |d| {
        d.anna(crate::desk::plan_disclosure(1, early_date(), 1));
        d.stand_behind(ANNA, disclosure(1));
        d.anna(Command::SetApprovals { approvals: fewer, reason: because() });
        d.by(person(BERT), Command::ConfirmApprovals { approvals: fewer });
    });
    let arm = Command::Arm { id: disclosure(1) };
    check([("by one of two", &desk, person(ANNA), arm, Some(Rule::ApprovalsShort))]);
}

#[test]
fn who_is_no_longer_concerned_is_no_longer_a_distributor() {
    let desk = after(&Desk::accepted(), |d| {
        d.anna(concerned(&[EGON]));
    });
    assert!(desk.case.roles(DORA).is_empty());
    assert_eq!(desk.case.roles(EGON), [Role::Distributor].into());
    let back = after(&desk, |d| {
        d.anna(concerned(&[DORA]));
    });
    assert_eq!(back.case.roles(DORA), [Role::Distributor].into());
    let removed = after(&back, |d| {
        d.anna(Command::Remove { person: DORA, reason: because() });
        d.anna(concerned(&[DORA, EGON]));
    });
    assert!(removed.case.roles(DORA).is_empty(), "who was removed is not brought back by a list");
}

#[test]
fn revisions_of_the_advisory_are_counted() {
    let mut desk = Desk::accepted();
    assert_eq!(desk.case.advisory_revision(), 1);
    desk.anna(decision(Decision::Advisory(Box::new(advisory("Another title")))));
    assert_eq!(desk.case.advisory_revision(), 2);
}

#[test]
fn what_was_written_of_a_vulnerability_stays_with_it_when_another_is_found() {
    let mut desk = Desk::accepted();
    let mut written = advisory("Skipped authorisation");
    let package = Affected { ecosystem: Ecosystem::Go, name: "x/one".into(), lines: Vec::new() };
    let one = Vulnerability { affected: vec![package], ..Vulnerability::default() };
    written.vulnerabilities = vec![one];
    desk.anna(decision(Decision::Advisory(Box::new(written))));
    // Ids are random: this one sorts before the other.
    let (second, cwe) = (VulnId([1; 16]), "CWE-22".parse().unwrap());
    let (title, origin) = ("headers".into(), Origin::Ours);
    desk.anna(decision(Decision::Vulnerability { id: second, title, origin }));
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:L/A:N".parse().unwrap();
    let assessment = Decision::Assessment { vulnerability: second, vector, cwes: vec![cwe] };
    desk.anna(decision(assessment));
    let said = complete_advisory(&desk.case).unwrap();
    let of = |number: usize| {
        let one: &Vulnerability = &said.vulnerabilities[number];
        (one.affected[0].name.clone(), one.cwes.contains(&cwe))
    };
    assert_eq!(said.vulnerabilities.len(), 2);
    assert_eq!(of(0), ("x/one".to_owned(), false));
    assert!(of(1).0 != "x/one" && of(1).1);
    // And it stays so after the text is revised.
    desk.anna(decision(Decision::Advisory(Box::new(said.clone()))));
    assert_eq!(complete_advisory(&desk.case), Some(said));
}

#[test]
fn where_a_fix_is_worked_on_is_named_and_never_a_path() {
    let anna = person(ANNA);
    let mut fresh = Desk::new();
    fresh.house(supported_lines());
    let of = |repository: &str, mirror: &str, line: &str, branch: &str| {
        let branches = [(line.to_owned(), branch.to_owned())].into();
        let work = Some(PrivateWork { mirror: mirror.into(), branches });
        decision(Decision::PrivateWork { repository: repository.into(), work })
    };
    let mirror = |name: &str| of("contour", name, "1.30", "amber");
    let branch = |name: &str| of("contour", "contour-ghsa-2345-6789-cfgh", "1.30", name);
    let nowhere = || decision(Decision::PrivateWork { repository: "contour".into(), work: None });
    let named = after(&fresh, |d| {
        d.anna(mirror("Contour_1.git"));
    });
    check([
        ("a name", &fresh, anna, mirror("Contour_1.git"), None),
        ("once more", &named, anna, mirror("Contour_1.git"), Some(Rule::WrongState)),
        ("no more", &named, anna, nowhere(), None),
        ("nothing, where nothing was", &fresh, anna, nowhere(), Some(Rule::WrongState)),
        ("a line", &fresh, anna, branch("release/1.30-amber"), None),
        ("another repository", &fresh, anna, of("x", "x", "1.30", "b"), Some(Rule::Unknown)),
        ("another line", &fresh, anna, of("contour", "x", "7", "b"), Some(Rule::Unknown)),
        ("a reporter", &fresh, person(RITA), mirror("x"), Some(Rule::NotPermitted)),
    ]);
    let long = "x".repeat(PrivateWork::LONGEST + 1);
    let too_long = [mirror(&long), branch(&long)];
    check(too_long.map(|named| ("too long", &fresh, anna, named, Some(Rule::BadValue))));
    let paths = ["", ".", "..", "../x", "x/y", "/x", "x\\y", "x\0", " x", "-x", ".git", "é"];
    check(paths.map(|name| (name, &fresh, anna, mirror(name), Some(Rule::BadValue))));
    let odd = ["", "*", "amber-*", "a b", "-a", "/a", "a/", "a//b", "a..b", ".a", "a/.b", "a.lock"];
    check(odd.map(|name| (name, &fresh, anna, branch(name), Some(Rule::BadValue))));
    let odd = ["refs/heads/a", "a^", "a~1", "a:b", "a?", "a[b", "a\\b", "a\nb"];
    check(odd.map(|name| (name, &fresh, anna, branch(name), Some(Rule::BadValue))));
}

#[test]
fn names_that_a_disk_takes_for_one_are_one() {
    let of = |mirror: &str, branch: &str| PrivateWork {
        mirror: mirror.into(),
        branches: [("1.30".to_owned(), branch.to_owned())].into(),
    };
    let ours = of("Private.git", "Amber");
    assert_eq!(ours.shared_branch(&of("private.git", "amber")), Some("Amber"));
    assert_eq!(ours.shared_branch(&of("private.git", "amber-2")), None);
    assert_eq!(ours.shared_branch(&of("other.git", "Amber")), None);
}

#[test]
fn terms_are_rare_and_the_latest_list_is_the_whole_of_it() {
    let anna = person(ANNA);
    let terms = |text: &str| decision(Decision::Terms { terms: Terms::of(text) });
    let fresh = Desk::new();
    let chosen = after(&fresh, |d| {
        d.anna(terms(" header smuggling\n\neveryday: name: Rita\nheader smuggling\n"));
    });
    assert_eq!(chosen.case.terms.lines(), ["header smuggling", "everyday: name: Rita"]);
    let many = |count: usize| {
        let lines: Vec<_> = (0..count).map(|n| format!("term {n}")).collect();
        lines.join("\n")
    };
    let long = |length| "x".repeat(length);
    check([
        ("one", &fresh, anna, terms("amber"), None),
        ("none, where there was none", &fresh, anna, terms(""), Some(Rule::WrongState)),
        ("none any more", &chosen, anna, terms("\n"), None),
        ("too short", &fresh, anna, terms("ok then\nname: Li"), Some(Rule::BadValue)),
        ("no letters", &fresh, anna, terms("everyday: --"), Some(Rule::BadValue)),
        ("short, and enough", &fresh, anna, terms("name: Lio"), None),
        ("most", &fresh, anna, terms(&many(Terms::MOST)), None),
        ("too many", &fresh, anna, terms(&many(Terms::MOST + 1)), Some(Rule::BadValue)),
        ("longest", &fresh, anna, terms(&long(Terms::LONGEST)), None),
        ("too long", &fresh, anna, terms(&long(Terms::LONGEST + 1)), Some(Rule::BadValue)),
        ("codes", &fresh, anna, terms("amber\u{1b}[2J"), Some(Rule::BadValue)),
        ("a reporter", &fresh, person(RITA), terms("amber"), Some(Rule::NotPermitted)),
    ]);
    // No log and no expression of a playbook has them.
    let Ok(seen) = serde_json::to_string(&chosen.case) else { panic!("a case can be written") };
    for said in [seen, format!("{:?}", chosen.case), format!("{:?}", terms("header smuggling"))] {
        assert!(!said.contains("smuggling"), "{said}");
    }
}
