//! What of a case is public, and since when.

use advisory::{
    Advisory, Affected, AffectedVersions, Ecosystem, Imprint, Line, LineStanding, Reference,
    ReferenceKind, Vulnerability,
};
use case::{
    ActId, CaseId, Command, CommandId, DisclosureId, VulnId,
    act::{ActKind, Payload},
    event::{Decision, Origin, Triage},
    observation::{Draft, DraftState, Observation},
};
use engine::EngineError;
use jiff::{SignedDuration, Timestamp};
use playbook::Playbook;

use crate::house::{House, START};

const PLAN: DisclosureId = DisclosureId([5; 16]);

/// A playbook in which nothing has to be done before a publication.
const OPEN: &str = "format: 1
name: open
title: Two people stand behind everything
release_mode: together
policy:
  approvals: { publish: 2, notice: 2, other: 1 }
  acknowledge_within: 3
  longest_embargo_days: 90
  objection_window: 24h
  credit_default: anonymous
  credit_window: 120h
  calendar: { zone: UTC, weekend: [] }
steps:
  - id: look-back
    title: Look back
    role: team
    done:
      - is: retrospective.written
        missing: a retrospective
";

pub(crate) fn house() -> House {
    House::of(Playbook::parse(OPEN).unwrap())
}

pub(crate) fn imprint() -> Imprint {
    Imprint {
        name: "Example".parse().unwrap(),
        namespace: "https://example.org".parse().unwrap(),
        base: "https://example.org/security".parse().unwrap(),
        contact: "security@example.org".parse().unwrap(),
        policy: None,
        cna: None,
    }
}

pub(crate) fn sign(house: &House) {
    let command = CommandId([77; 16]);
    house.engine.sign_as(house.project, house.ada, &imprint(), command).unwrap();
}

pub(crate) fn text(title: &str) -> Advisory {
    let versions = AffectedVersions {
        actual_fixed: Some("1.2.1".parse().unwrap()),
        ..AffectedVersions::default()
    };
    let line = Line { line: "1.2".into(), standing: LineStanding::Affected(versions) };
    let affected =
        Affected { ecosystem: Ecosystem::Go, name: "example.org/proxy".into(), lines: vec![line] };
    Advisory {
        title: Some(title.into()),
        working_title: Some("neutral words".into()),
        details: Some("A header without a value ends the process.".into()),
        references: vec![Reference {
            kind: ReferenceKind::Web,
            url: "https://example.org/news".into(),
            private: false,
        }],
        vulnerabilities: vec![Vulnerability {
            affected: vec![affected],
            ..Vulnerability::default()
        }],
        ..Advisory::default()
    }
}

pub(crate) fn decide(house: &House, case: CaseId, decision: Decision) {
    house.act(case, house.ada, &Command::Decide(Box::new(decision))).unwrap();
}

/// An accepted case with a text and, where `draft` says so, an advisory at the forge.
pub(crate) fn written(house: &House, number: u8, draft: Option<&str>) -> CaseId {
    let case = house.report(number, Some("rita@elsewhere.example")).case;
    let reason = "it is one".to_owned();
    decide(house, case, Decision::Triage { verdict: Triage::Accepted, reason });
    let id = VulnId([number; 16]);
    let title = "headers".to_owned();
    decide(house, case, Decision::Vulnerability { id, title, origin: Origin::Ours });
    let assessment = Decision::Assessment {
        vulnerability: id,
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H".parse().unwrap(),
        cwes: vec!["CWE-476".parse().unwrap()],
    };
    decide(house, case, assessment);
    decide(house, case, Decision::Advisory(Box::new(text("It crashes"))));
    if let Some(ghsa) = draft {
        let seen = Observation::Draft(Draft {
            ghsa: ghsa.parse().unwrap(),
            url: format!("https://forge.example/{ghsa}"),
            state: DraftState::Draft,
            patched: std::collections::BTreeMap::default(),
            credits: Vec::new(),
            vector: None,
            cwes: Vec::new(),
        });
        let (id, seen) = (CommandId(house.engine.draw()), Command::Observe(Box::new(seen)));
        house.engine.execute(case, case::Actor::House, id, &seen, "test").unwrap();
    }
    case
}

pub(crate) fn now(house: &House, case: CaseId) -> case::Case {
    loaded(house, case).case
}

pub(crate) fn loaded(house: &House, case: CaseId) -> engine::Loaded {
    house.engine.view(case, case::Actor::House).unwrap().loaded
}

/// Plans and arms the disclosure of a case, so many hours from the start of time.
pub(crate) fn arm(house: &House, case: CaseId, hours: i64) -> Timestamp {
    let kind = ActKind::PublishAdvisory;
    let publication = house.engine.compose(&now(house, case), &kind, Some(PLAN)).unwrap();
    let instant = START + SignedDuration::from_hours(hours);
    let acts = vec![(ActId(house.engine.draw()), publication)];
    let command = Command::PlanDisclosure { id: PLAN, instant, zone: "UTC".into(), acts };
    house.act(case, house.ada, &command).unwrap();
    let digest = now(house, case).disclosure.unwrap().digest;
    for by in [house.ada, house.ben] {
        house.act(case, by, &Command::ApproveDisclosure { id: PLAN, digest }).unwrap();
    }
    house.act(case, house.ada, &Command::Arm { id: PLAN }).unwrap();
    instant
}

pub(crate) fn until(house: &House, hours: i64) {
    for _ in 0..hours {
        house.pass(3_600);
    }
}

/// Another text for the forge's draft, approved by the people named.
fn correct(house: &House, case: CaseId, title: &str, by: &[case::PersonId]) {
    decide(house, case, Decision::Advisory(Box::new(text(title))));
    let plan = house.engine.compose(&now(house, case), &ActKind::UpdateDraft, None).unwrap();
    assert!(matches!(plan.payload, Payload::Advisory(_)), "{plan:?}");
    let (act, digest) = (ActId(house.engine.draw()), plan.digest().unwrap());
    house.act(case, house.ada, &Command::Plan { act, plan: Box::new(plan) }).unwrap();
    for person in by {
        house.act(case, *person, &Command::Approve { act, digest }).unwrap();
    }
    house.settle();
    assert!(now(house, case).acts[&act].done_at().is_some());
}

fn titles(house: &House) -> Vec<(String, Vec<(Timestamp, String)>)> {
    let (_, published) = house.engine.published(house.project).unwrap();
    published
        .into_iter()
        .map(|one| {
            let editions = one.editions.into_iter().map(|one| (one.at, one.summary)).collect();
            (one.advisory.title.unwrap(), editions)
        })
        .collect()
}

#[test]
fn nothing_is_public_before_its_act_is_done() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    assert_eq!(titles(&house), []);
    arm(&house, case, 3);
    until(&house, 2);
    assert_eq!(titles(&house), [], "armed is not published");
    until(&house, 2);
    let [(title, editions)] = &titles(&house)[..] else { panic!("{:?}", titles(&house)) };
    assert_eq!(title, "It crashes");
    let [(at, summary)] = &editions[..] else { panic!("{editions:?}") };
    assert_eq!(summary, "Published.");
    assert!(*at >= START + SignedDuration::from_hours(3), "{at}");
    let (provider, _) = house.engine.published(house.project).unwrap();
    assert_eq!((provider.imprint, provider.since), (imprint(), START));
}

#[test]
fn a_text_that_nobody_approved_is_not_public() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    arm(&house, case, 1);
    until(&house, 3);
    decide(&house, case, Decision::Advisory(Box::new(text("It leaks the key"))));
    assert_eq!(titles(&house)[0].0, "It crashes", "revised, and approved by nobody");
    correct(&house, case, "It crashes and leaks", &[house.ada]);
    assert_eq!(titles(&house)[0].0, "It crashes", "one person alone publishes nothing");
}

#[test]
fn a_correction_that_enough_people_approved_is_public() {
    let careful = OPEN.replace("other: 1", "other: 2");
    let house = House::of(Playbook::parse(&careful).unwrap());
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    arm(&house, case, 1);
    until(&house, 3);
    correct(&house, case, "It crashes and more", &[house.ada, house.ben]);
    let (title, editions) = titles(&house).remove(0);
    assert_eq!(title, "It crashes and more");
    let summaries: Vec<_> = editions.iter().map(|(_, summary)| summary.as_str()).collect();
    assert_eq!(summaries, ["Published.", "Corrected."]);
    assert!(editions[0].0 < editions[1].0);
}

#[test]
fn what_was_withdrawn_stays_and_says_so() {
    let house = house();
    sign(&house);
    let case = written(&house, 9, Some("GHSA-5ph6-qq5x-7jwc"));
    let never = written(&house, 10, None);
    arm(&house, case, 1);
    until(&house, 3);
    for case in [case, never] {
        let reason = "entered in error".to_owned();
        house.act(case, house.ada, &Command::Withdraw { reason }).unwrap();
    }
    let (_, published) = house.engine.published(house.project).unwrap();
    let [one] = &published[..] else { panic!("{}", published.len()) };
    let last = one.editions.last().unwrap();
    assert_eq!((one.withdrawn, last.summary.as_str()), (Some(last.at), "Withdrawn."));
}

#[test]
fn only_the_team_says_how_it_signs() {
    let house = house();
    let error = house.engine.published(house.project).unwrap_err();
    assert!(matches!(error, EngineError::Invalid(_)), "{error}");
    let contact = engine::Contact { name: "Cyd".into(), mailbox: None, login: None };
    let cyd = house.engine.add_person(&contact).unwrap();
    let command = CommandId([8; 16]);
    let refused = house.engine.sign_as(house.project, cyd, &imprint(), command);
    assert!(matches!(refused, Err(EngineError::NotFound)));
    sign(&house);
    let mut other = imprint();
    other.name = "Another".parse().unwrap();
    house.hands.pass(SignedDuration::from_secs(60));
    house.engine.sign_as(house.project, house.ben, &other, CommandId([9; 16])).unwrap();
    let (provider, _) = house.engine.published(house.project).unwrap();
    assert_eq!(provider.imprint, other, "the last word counts");
    assert_eq!(provider.since, START + SignedDuration::from_secs(60));
}
