//! The ways in which a response can end other than the usual one: each reaches the close of the
//! case, and none by an override.

use case::{
    Command, PersonId, ReportId, VulnId,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    event::{Decision, LineVerdict, Origin, ReportLink, Triage},
    observation::{CveWord, Delivery, Draft, DraftState, Observation, Place},
    rights::Actor,
};
use jiff::SignedDuration;
use playbook::Status;

use crate::{script::*, story::*};

const SKIP: Stage = |_| Ok(());

fn contour() -> Story {
    Story::new(playbook::shipped("contour").expect("it parses"))
}

fn through(story: &mut Story, instead: &[(&str, Stage)]) {
    run(story, 0, instead).unwrap_or_else(|stopped| {
        panic!("at {}: {:#?}", STAGES[stopped.stage].0, stopped.refusal);
    });
    assert!(story.case.waivers.values().all(|waiver| !waiver.overridden));
}

#[track_caller]
fn not_applicable(story: &Story, steps: &[&str]) {
    let list = story.checklist();
    for step in steps {
        let item = list.item(step).expect("a step");
        assert!(matches!(item.status, Status::NotApplicable { .. }), "{item:?}");
    }
}

fn told(s: &mut Story) {
    for name in ["report", "acknowledge"] {
        stage(s, name).expect("it is told");
    }
}

#[test]
fn a_report_that_is_not_accepted_closes_once_the_reporter_knows() {
    let verdicts = [
        Triage::Invalid,
        Triage::Duplicate { of: case::CaseId([99; 16]) },
        Triage::Deferred,
        Triage::NotSecurity,
    ];
    for verdict in verdicts {
        let mut s = contour();
        told(&mut s);
        let reason = "it works as documented".into();
        s.decided(Decision::Triage { verdict: verdict.clone(), reason }).unwrap();
        let refusal = stage(&mut s, "close").expect_err("the reporter does not know");
        assert!(names(&refusal, "tell-verdict").is_some(), "{verdict:?}: {refusal:?}");
        assert_eq!(refusal.missing.len(), 1, "{verdict:?}: {refusal:?}");
        stage(&mut s, "tell-verdict").unwrap();
        not_applicable(&s, &["lines", "draft", "notice", "date", "publish", "retrospective"]);
        stage(&mut s, "close").unwrap_or_else(|refusal| panic!("{verdict:?}: {refusal:?}"));
    }
}

/// What is published by itself once the bug is known: nobody waits for an instant.
fn publish_at_once(s: &mut Story) -> Told {
    s.act(ActKind::PublishAdvisory, to_forge(), published(s))
}

fn tell_lists(s: &mut Story) -> Told {
    for (kind, thread) in [(ActKind::NotifyUsers, "thread-2"), (ActKind::FollowUp, "thread-1")] {
        let act = s.act_id();
        let plan = Box::new(notice(s, kind, None));
        s.alice(Command::Plan { act, plan })?;
        s.carry_out(act)?;
        s.posted(act, thread, true)?;
    }
    Ok(())
}

#[test]
fn a_bug_that_was_public_before_the_report_has_no_embargo() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("report", |s| {
            stage(s, "report")?;
            s.seen(Observation::Public { source: "a public issue".into() })
        }),
        ("fork", SKIP),
        ("people", SKIP),
        ("access", SKIP),
        ("inherited", SKIP),
        ("propose", SKIP),
        ("write-notice", SKIP),
        ("send-notice", SKIP),
        ("see-notice", SKIP),
        ("deliver", SKIP),
        ("consent", SKIP),
        ("agree", SKIP),
        ("tell-date", SKIP),
        ("wait for objections", SKIP),
        ("plan disclosure", SKIP),
        ("arm", SKIP),
        ("fire", SKIP),
        ("publish", publish_at_once),
        ("users", tell_lists),
    ];
    through(&mut s, instead);
    not_applicable(
        &s,
        &["fork", "access", "keep-draft", "notice", "ask-buy-in", "date", "buy-in", "tell-date"],
    );
    not_applicable(&s, &["notice-description", "words"]);
}

#[test]
fn an_exploit_in_mid_embargo_ends_it_and_the_rest_goes_on() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("arm", |s| {
            stage(s, "arm")?;
            s.seen(Observation::Exploit { source: "a gist".into() })?;
            let (id, reason) = (DISCLOSURE, "the bug is exploited".to_owned());
            s.alice(Command::Hold { id, reason: reason.clone() })?;
            s.alice(Command::Drop { id, reason })
        }),
        ("fire", SKIP),
        ("publish", publish_at_once),
        ("users", tell_lists),
        ("see-users", SKIP),
        ("follow-up", SKIP),
        ("see-follow-up", SKIP),
    ];
    through(&mut s, instead);
    assert_eq!(s.now.cmp(&s.world.instant), std::cmp::Ordering::Less);
    not_applicable(&s, &["date", "buy-in", "words", "keep-draft"]);
}

#[test]
fn a_draft_that_somebody_published_by_hand_ends_the_embargo() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("tell-date", |s| {
            stage(s, "tell-date")?;
            s.world.draft.state = DraftState::Published;
            stage(s, "read-draft")
        }),
        ("plan disclosure", SKIP),
        ("arm", SKIP),
        ("fire", SKIP),
        ("publish", publish_at_once),
        ("users", tell_lists),
        ("see-users", SKIP),
        ("follow-up", SKIP),
        ("see-follow-up", SKIP),
    ];
    through(&mut s, instead);
    not_applicable(&s, &["keep-draft", "date", "buy-in"]);
}

#[test]
fn the_team_may_end_the_embargo_and_publish_early() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("plan disclosure", |s| {
        s.alice(Command::EndEmbargo { reason: "a leak".into() })?;
        s.world.instant = s.now + SignedDuration::from_hours(2);
        stage(s, "plan disclosure")
    })];
    through(&mut s, instead);
    assert!(s.now < at("2026-11-12T14:00:00Z"));
}

#[test]
fn without_a_distributor_there_is_nobody_to_notify() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("distributors", |s| concerned(s, &[])),
        ("write-notice", SKIP),
        ("send-notice", SKIP),
        ("see-notice", SKIP),
        ("deliver", SKIP),
        ("consent", SKIP),
        ("plan disclosure", |s| {
            s.world.disclosed.pop();
            stage(s, "plan disclosure")
        }),
    ];
    through(&mut s, instead);
    not_applicable(&s, &["notice-list", "ask-buy-in", "notice", "buy-in", "follow-up"]);
}

#[test]
fn an_upstream_s_date_and_cve_id_are_inherited() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("vulnerability", |s| {
            let origin = Origin::Upstream { project: "Envoy".into() };
            s.decided(Decision::Vulnerability { id: VULN, title: "first".into(), origin })
        }),
        ("request-cve", SKIP),
    ];
    through(&mut s, instead);
}

#[test]
fn the_cna_declines_and_a_plan_b_is_recorded() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("cve", |s| {
        let word = CveWord::Declined { why: "out of scope".into() };
        s.seen(Observation::Cve { vulnerability: VULN, word })?;
        let plan = "publish with the GHSA id alone".into();
        s.decided(Decision::CvePlanB { vulnerability: VULN, plan })
    })];
    through(&mut s, instead);
}

/// A reporter without an address reads everything on the receipt page, and credit falls to the
/// default when nobody answers.
#[test]
fn an_anonymous_reporter_is_told_on_the_receipt_page() {
    fn tell(s: &mut Story, kind: ActKind) -> Told {
        let words = Payload::Message { subject: "Your report".into(), body: "News.".into() };
        let to = vec![Recipient::ReceiptPage { person: REPORTER }];
        let act = s.act_id();
        let plan = Box::new(Plan { kind, to, payload: words, under: None });
        s.alice(Command::Plan { act, plan })?;
        s.carry_out(act)
    }
    fn about(s: &mut Story, topic: Topic) -> Told {
        tell(s, ActKind::TellReporter { person: REPORTER, topic })
    }
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("report", |s| {
            let link = ReportLink { mailbox: None, reporter_name: String::new(), ..report() };
            s.house(Command::Link(Box::new(link)))
        }),
        ("acknowledge", |s| tell(s, ActKind::Acknowledge { report: REPORT })),
        ("tell-verdict", |s| about(s, Topic::Verdict)),
        ("credit", |s| {
            s.alice(Command::OfferCredit { person: REPORTER })?;
            about(s, Topic::Credit)
        }),
        ("tell-draft", |s| about(s, Topic::Draft)),
        ("tell-date", |s| about(s, Topic::Date(1))),
        ("wait for objections", |s| {
            stage(s, "wait for objections")?;
            let waits = s.checklist().item("credit").map(|item| item.status.clone());
            assert!(
                matches!(&waits, Some(Status::Waiting { on, .. }) if on.contains("the reporter")),
                "{waits:?}"
            );
            s.wait_until(s.case.credit[&REPORTER].answer_by);
            s.house(Command::DefaultCredit { person: REPORTER })?;
            s.world.draft.credits.clear();
            stage(s, "read-draft")
        }),
    ];
    through(&mut s, instead);
}

#[test]
fn a_reporter_who_cannot_be_reached_holds_nothing_up() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("acknowledge", |s| {
            let why = "the address does not exist".into();
            s.decided(Decision::ReporterUnreachable { person: REPORTER, why })
        }),
        ("tell-verdict", SKIP),
        ("tell-draft", SKIP),
        ("tell-date", SKIP),
        ("credit", |s| s.alice(Command::OfferCredit { person: REPORTER })),
        ("wait for objections", |s| {
            s.wait_until(s.case.credit[&REPORTER].answer_by);
            s.house(Command::DefaultCredit { person: REPORTER })?;
            s.world.draft.credits.clear();
            stage(s, "read-draft")
        }),
    ];
    through(&mut s, instead);
}

#[test]
fn two_reporters_are_both_told_and_credited() {
    const SECOND: PersonId = PersonId([31; 16]);
    fn tell_second(s: &mut Story, topic: Topic) -> Told {
        let kind = ActKind::TellReporter { person: SECOND, topic };
        let words = Payload::Message { subject: "Your report".into(), body: "News.".into() };
        s.act(kind, vec![Recipient::ReceiptPage { person: SECOND }], words)
    }
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[
        ("report", |s| {
            stage(s, "report")?;
            let link = ReportLink {
                report: ReportId([32; 16]),
                reporter: SECOND,
                reporter_name: "Sam Second".into(),
                mailbox: None,
                ..report()
            };
            s.house(Command::Link(Box::new(link)))
        }),
        ("acknowledge", |s| {
            stage(s, "acknowledge")?;
            let kind = ActKind::Acknowledge { report: ReportId([32; 16]) };
            let to = vec![Recipient::ReceiptPage { person: SECOND }];
            let payload = Payload::Message { subject: "Received".into(), body: "Thanks.".into() };
            let act = s.act_id();
            s.house(Command::Plan {
                act,
                plan: Box::new(Plan { kind, to, payload, under: None }),
            })?;
            s.send(act)
        }),
        ("tell-draft", |s| {
            stage(s, "tell-draft")?;
            tell_second(s, Topic::Draft)
        }),
        ("tell-date", |s| {
            stage(s, "tell-date")?;
            tell_second(s, Topic::Date(1))
        }),
        ("wait for objections", |s| {
            stage(s, "wait for objections")?;
            s.alice(Command::OfferCredit { person: SECOND })?;
            let answer = case::people::CreditAnswer::Named {
                name: "Sam Second".into(),
                company: Some("Blue".into()),
            };
            s.by(Actor::Person(SECOND), Command::AnswerCredit { person: SECOND, answer })?;
            s.world.draft.credits.push("Sam Second (Blue)".into());
            stage(s, "read-draft")
        }),
    ];
    let stopped = run(&mut s, 0, instead).expect_err("the second reporter knows no verdict");
    let what = names(&stopped.refusal, "tell-verdict").expect("the step");
    assert!(what.contains("reporter 2"), "{what}");
    tell_second(&mut s, Topic::Verdict).unwrap();
    run(&mut s, stopped.stage, instead).unwrap_or_else(|stopped| panic!("{stopped:?}"));
}

#[test]
fn two_vulnerabilities_in_one_release_each_need_their_own() {
    const OTHER: VulnId = VulnId([41; 16]);
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("vulnerability", |s| {
        stage(s, "vulnerability")?;
        let (id, title, origin) = (OTHER, "second".into(), Origin::Ours);
        s.decided(Decision::Vulnerability { id, title, origin })
    })];
    let stopped = run(&mut s, 0, instead).expect_err("the second one has no score");
    assert!(names(&stopped.refusal, "assess").expect("the step").contains("“second”"));
    let vector = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N".parse().unwrap();
    let cwes = vec!["CWE-610".parse().unwrap()];
    s.decided(Decision::Assessment { vulnerability: OTHER, vector, cwes }).unwrap();
    let stopped = run(&mut s, stopped.stage, &[]).expect_err("no id was asked for it");
    assert!(names(&stopped.refusal, "request-cve").expect("the step").contains("“second”"));
    let kind = ActKind::RequestCve { vulnerability: OTHER };
    s.act(kind, vec![Recipient::Cna], Payload::Empty).unwrap();
    let stopped = run(&mut s, stopped.stage, &[]).expect_err("it has no id");
    assert!(names(&stopped.refusal, "cve-id").expect("the step").contains("“second”"));
    let word = CveWord::Assigned { id: "CVE-2021-99999".parse().unwrap() };
    s.seen(Observation::Cve { vulnerability: OTHER, word }).unwrap();
    crate::lacks::replan_disclosure(&mut s).unwrap();
    run(&mut s, stopped.stage, &[]).unwrap_or_else(|stopped| panic!("{stopped:?}"));
}

#[test]
fn the_next_step_says_for_whom_it_waits_and_what_is_late() {
    let mut s = contour();
    stage(&mut s, "report").unwrap();
    let item = s.checklist().item("acknowledge").cloned().expect("a step");
    assert_eq!(item.due, Some(at("2026-11-05T09:00:00Z")));
    assert!(!item.overdue);
    s.wait_until(at("2026-11-05T09:00:01Z"));
    let late = s.checklist();
    assert!(late.item("acknowledge").expect("a step").overdue);
    let ready: Vec<_> = late.ready().map(|item| item.step.0.as_str()).collect();
    assert_eq!(ready, ["acknowledge", "verdict"]);
    let Status::Waiting { on, .. } = &late.item("lines").expect("a step").status else {
        panic!("lines does not wait");
    };
    assert_eq!(on, "“Triage the report with the reporter”");
}

/// One person, one line, no list: the fix, its release and the advisory come out together.
#[test]
fn a_one_person_project_answers_alone() {
    let mut s = Story::new(playbook::shipped("minimal").expect("it parses"));
    let refused_early = |s: &mut Story| {
        let refusal = stage(s, "close").expect_err("nothing is published");
        assert_eq!(refusal.rule, case::refusal::Rule::GateShut, "{refusal:?}");
    };
    s.world.disclosed = vec![Out::Publish];
    for name in ["report", "acknowledge", "verdict", "tell-verdict"] {
        stage(&mut s, name).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    }
    refused_early(&mut s);
    s.seen(supported(&["main", "2.0"])).unwrap();
    patch(&mut s, "2.0", Some("2.0.1")).unwrap();
    let why = LineVerdict::NotAffected { why: "it was rewritten".into() };
    s.decided(Decision::Line { line: line("main"), verdict: why }).unwrap();
    for name in ["vulnerability", "assess", "advisory", "create-draft", "credit"] {
        stage(&mut s, name).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    }
    let patched = [(line("2.0"), "2.0.1".to_owned())].into();
    s.world.draft = Draft { patched, ..s.world.draft.clone() };
    for name in ["read-draft", "request-cve", "propose", "agree", "tell-date", "cve"] {
        stage(&mut s, name).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    }
    let id = DISCLOSURE;
    s.plan_disclosure().unwrap();
    s.alice(Command::ApproveDisclosure { id, digest: digest_of_disclosure(&s) }).unwrap();
    stage(&mut s, "arm").unwrap();
    let refusal = s.fire().expect_err("nothing is released");
    let what = names(&refusal, "releases").expect("the step");
    assert!(what.contains("a release of contour#2.0"), "{what}");
    let commits = vec!["0123456789abcdef0123456789abcdef01234567".into()];
    s.seen(Observation::Fix { line: line("2.0"), commits, place: Place::Public }).unwrap();
    s.released("2.0", "2.0.1", Some(true)).unwrap();
    for name in ["fire", "publish", "see-copies", "retrospective", "close"] {
        stage(&mut s, name).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
    }
}

/// A bounce after the disclosure was armed stops it; so does silence that nobody can prove.
#[test]
fn a_late_bounce_holds_the_publication_back() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("reread-draft", |s| {
        stage(s, "reread-draft")?;
        s.delivered(BLUE, Delivery::Bounced { hard: true, why: "gone".into() })
    })];
    let stopped = run(&mut s, 0, instead).expect_err("a bounce is not silence");
    assert_eq!(STAGES[stopped.stage].0, "fire");
    assert!(names(&stopped.refusal, "buy-in").expect("the step").contains("undelivered"));
    concerned(&mut s, &[(ACME, "Acme", "ships 1.15")]).unwrap();
    run(&mut s, stopped.stage, &[]).unwrap_or_else(|stopped| panic!("{stopped:?}"));
}

/// The agreed date stands while another one is negotiated: whoever may propose cannot hold up the
/// publication by proposing, nor by objecting to what is only proposed.
#[test]
fn a_counter_proposal_holds_nothing_up() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("reread-draft", |s| {
        stage(s, "reread-draft")?;
        let (zone, tzdata) = ("UTC".into(), "2026a".into());
        let instant = at("2026-11-20T15:00:00Z");
        let later = Command::ProposeEmbargo { instant, zone, tzdata, answer_by: None };
        s.by(Actor::Person(REPORTER), later)?;
        let reason = "that is our holiday".into();
        s.by(Actor::Person(BLUE), Command::Object { person: BLUE, revision: 2, reason })
    })];
    through(&mut s, instead);
}

/// Once the other date is agreed, the objection to it counts, and everybody is asked anew.
#[test]
fn an_objection_to_a_proposal_counts_once_it_is_agreed() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("tell-date", |s| {
        stage(s, "tell-date")?;
        s.world.instant = at("2026-11-17T15:00:00Z");
        propose(s)?;
        let reason = "that is our holiday".into();
        s.by(Actor::Person(BLUE), Command::Object { person: BLUE, revision: 2, reason })?;
        s.alice(Command::AgreeEmbargo { revision: 2 })
    })];
    let stopped = run(&mut s, 0, instead).expect_err("nobody agreed to the new date");
    let expected = [
        ("buy-in", "the objection of Blue"),
        ("buy-in", "Acme"),
        ("notice", "2026-11-17 15:00"),
        ("tell-date", "the reporter"),
    ];
    for (step, says) in expected {
        let what = names(&stopped.refusal, step).expect("the step");
        assert!(what.contains(says), "{step}: {what}");
    }
}

/// What a public commit gives away cannot be taken back: then the bug is public, and goes out.
#[test]
fn words_that_gave_the_bug_away_end_in_a_publication() {
    let mut s = contour();
    let instead: &[(&str, Stage)] = &[("words 1.16", |s| {
        words(s, "1.16", &["the message names the attack"])?;
        s.alice(Command::Observe(Box::new(Observation::Public { source: "a commit".into() })))
    })];
    through(&mut s, instead);
    not_applicable(&s, &["words", "date", "buy-in"]);
}

/// An override closes a step only where the playbook allows it, and stays visible as one.
#[test]
fn an_override_is_recorded_where_the_playbook_allows_it() {
    let mut s = contour();
    let stopped = run(&mut s, 0, &[("tell-draft", SKIP)]).expect_err("it is lacking");
    let because = |step: &str| Decision::Override {
        step: case::StepId(step.into()),
        reason: "told by telephone".into(),
    };
    s.decided(because("tell-draft")).unwrap();
    let refusal = s.decided(because("releases")).expect_err("releases are no matter of belief");
    assert_eq!(refusal.rule, case::refusal::Rule::StepBinding);
    let status = s.checklist().item("tell-draft").map(|item| item.status.clone());
    assert_eq!(status, Some(Status::Overridden { reason: "told by telephone".into() }));
    run(&mut s, stopped.stage, &[]).unwrap_or_else(|stopped| panic!("{stopped:?}"));
}
