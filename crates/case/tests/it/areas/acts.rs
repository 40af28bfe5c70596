use advisory::digest::Digest;
use case::{
    ActId, Command, Gate, PersonId,
    act::{ActKind, ActState, Payload, Plan, Recipient, Topic},
    embargo::EndedBy,
    event::{Decision, Origin},
    observation::{CveWord, Observation},
    policy::Approvals,
    refusal::Rule,
    rights::Actor,
};
use jiff::SignedDuration;

use super::{after, because, check};
use crate::{
    desk::{
        ANNA, BERT, CLEO, DORA, Desk, OTTO, RITA, VULN, acknowledgement, act, advisory,
        announcement, cve_assigned, cve_request, decision, early_date, forge, forge_advisory, fork,
        mailbox, message, notice, observe, person, proof, propose, publication, to_list,
    },
    samples,
};

fn plan(plan: Plan) -> Command {
    Command::Plan { act: act(50), plan: Box::new(plan) }
}

fn start(act: ActId) -> Command {
    Command::Start { act }
}

/// A case with the notice planned as act 50.
fn noticed() -> Desk {
    after(&Desk::embargoed(), |d| {
        d.anna(plan(notice()));
    })
}

#[test]
fn every_kind_of_act_can_be_planned_as_it_should_be() {
    let desk = Desk::embargoed();
    for sample in samples::plans() {
        let mut sample = sample;
        if let ActKind::TellReporter { .. } = sample.kind {
            sample.to = vec![Recipient::ReceiptPage { person: RITA }];
        }
        if sample.kind.gate() == Some(Gate::Publish) {
            sample.payload = publication().payload;
        }
        let kind = sample.kind.clone();
        assert_eq!(desk.refusal(person(ANNA), &plan(sample)), None, "{kind:?}");
    }
}

fn to(recipients: &[Recipient], mut sample: Plan) -> Command {
    sample.to = recipients.to_vec();
    plan(sample)
}

fn with(payload: Payload, mut sample: Plan) -> Command {
    sample.payload = payload;
    plan(sample)
}

#[test]
fn recipients_fit_the_act() {
    let desk = Desk::embargoed();
    let anna = person(ANNA);
    let thanks = acknowledgement;
    let page = |person| Recipient::ReceiptPage { person };
    let near = Recipient::Person { person: RITA, mailbox: mailbox("rita@example.com"), seal: None };
    let lists = [to_list("users"), to_list("distributors")];
    let other_forge = Recipient::Forge { repository: "envoy".into(), advisory: None };
    let foreign = &[forge_advisory("GHSA-5ph6-qq5x-7jwc")];
    let access = || {
        let all = samples::plans();
        all.into_iter().find(|plan| plan.kind == ActKind::SetAccess).unwrap()
    };
    let bad = Some(Rule::BadValue);
    let wrong_list = Some(Rule::ListProfile);
    check([
        ("another address", &desk, anna, to(&[near], thanks()), bad),
        ("another person", &desk, anna, to(&[page(DORA)], thanks()), bad),
        ("two people", &desk, anna, to(&[page(RITA), page(RITA)], thanks()), bad),
        ("two lists", &desk, anna, to(&lists, notice()), bad),
        ("the other list", &desk, anna, to(&[to_list("users")], notice()), wrong_list),
        ("another repository", &desk, anna, to(&[other_forge], publication()), bad),
        ("a fork of no advisory", &desk, anna, to(&[forge()], fork()), bad),
        ("a fork of another case's", &desk, anna, to(foreign, fork()), bad),
        ("people for another case's", &desk, anna, to(foreign, access()), bad),
        ("people for no advisory", &desk, anna, to(&[forge()], access()), bad),
        ("people for our own", &desk, anna, plan(access()), None),
        ("another case's draft", &desk, anna, to(foreign, publication()), bad),
        ("the forge for the CNA", &desk, anna, to(&[forge()], cve_request()), bad),
        ("by a stranger", &desk, person(OTTO), plan(fork()), Some(Rule::NotPermitted)),
        ("by the house", &desk, Actor::House, plan(fork()), Some(Rule::NotPermitted)),
        ("the house acknowledges", &desk, Actor::House, plan(thanks()), None),
    ]);
}

#[test]
fn content_fits_the_act() {
    let desk = Desk::embargoed();
    let anna = person(ANNA);
    let say = |subject, body| with(message(subject, body), acknowledgement());
    let injected = "Received\r\nBcc: x@example.org";
    let mut part = publication();
    part.under = Some(crate::desk::disclosure(1));
    let bad = Some(Rule::BadValue);
    check([
        ("words", &desk, anna, say("Received", "Thank you.\n"), None),
        ("a line break in the subject", &desk, anna, say(injected, "Thank you."), bad),
        ("a carriage return in the body", &desk, anna, say("Received", "Thank you.\r.\r"), bad),
        ("no words", &desk, anna, say("Received", " "), bad),
        ("no subject", &desk, anna, say("", "Thank you."), bad),
        ("no advisory to publish", &desk, anna, with(Payload::Empty, publication()), bad),
        ("an act of a disclosure, alone", &desk, anna, plan(part), bad),
    ]);
}

#[test]
fn access_is_for_people_who_take_part() {
    let mut desk = Desk::accepted();
    desk.anna(Command::Invite(Box::new(case::command::Invitation {
        person: OTTO,
        name: "Otto".into(),
        organisation: None,
        mailbox: None,
        login: Some("otto".into()),
        roles: [case::rights::Role::FixDeveloper].into(),
    })));
    let access = || {
        let payload = Payload::Logins(vec!["anna".into(), "otto".into()]);
        let to = vec![forge_advisory(crate::desk::GHSA)];
        plan(Plan { kind: ActKind::SetAccess, to, payload, under: None })
    };
    let removed = after(&desk, |d| {
        d.anna(Command::Remove { person: OTTO, reason: because() });
    });
    let anna = person(ANNA);
    check([
        ("somebody who takes part", &desk, anna, access(), None),
        ("somebody who was removed", &removed, anna, access(), Some(Rule::BadValue)),
    ]);
}

#[test]
fn an_upstream_bug_keeps_its_upstream_id() {
    let desk = after(&Desk::new(), |d| {
        let origin = Origin::Upstream { project: "Envoy".into() };
        d.anna(decision(Decision::Vulnerability { id: VULN, title: "theirs".into(), origin }));
    });
    check([("asked for", &desk, person(ANNA), plan(cve_request()), Some(Rule::BadValue))]);
}

#[test]
fn approvals_come_from_different_people_on_what_they_saw() {
    let desk = noticed();
    let digest = desk.case.acts[&act(50)].digest;
    let approve = |digest| Command::Approve { act: act(50), digest };
    let shut = after(&desk, |d| d.shut = vec![Gate::Notify]);
    let once = after(&desk, |d| d.approve(ANNA, act(50)));
    let twice = after(&once, |d| d.approve(BERT, act(50)));
    assert_eq!(once.case.acts[&act(50)].state, ActState::Planned);
    assert!(matches!(twice.case.acts[&act(50)].state, ActState::Approved { .. }));
    let anna = person(ANNA);
    check([
        ("the first", &desk, anna, approve(digest), None),
        ("before a shut gate", &shut, anna, approve(digest), Some(Rule::GateShut)),
        ("the same person", &once, anna, approve(digest), Some(Rule::AlreadyApproved)),
        (
            "something else",
            &once,
            person(BERT),
            approve(Digest::of(b"x")),
            Some(Rule::DigestDiffers),
        ),
        ("a distributor", &once, person(DORA), approve(digest), Some(Rule::NotPermitted)),
        ("the house", &once, Actor::House, approve(digest), Some(Rule::NotPermitted)),
        ("a third", &twice, person(CLEO), approve(digest), Some(Rule::WrongState)),
        ("started by one", &once, Actor::House, start(act(50)), Some(Rule::WrongState)),
        ("started by two", &twice, Actor::House, start(act(50)), None),
        ("started by a person", &twice, anna, start(act(50)), Some(Rule::NotPermitted)),
    ]);
}

#[test]
fn an_approval_ends_with_its_givers_part() {
    let both = after(&noticed(), |d| {
        d.approve(ANNA, act(50));
        d.approve(BERT, act(50));
    });
    let house = Actor::House;
    let removed = after(&both, |d| {
        d.anna(Command::Remove { person: BERT, reason: because() });
    });
    assert_eq!(removed.case.acts[&act(50)].state, ActState::Planned);
    let left = after(&both, |d| {
        d.team.remove(&BERT);
    });
    let replaced = |desk: &Desk| after(desk, |d| d.approve(CLEO, act(50)));
    check([
        ("removed from the case", &removed, house, start(act(50)), Some(Rule::WrongState)),
        ("gone from the team", &left, house, start(act(50)), Some(Rule::ApprovalsShort)),
        ("replaced", &replaced(&removed), house, start(act(50)), None),
        ("replaced", &replaced(&left), house, start(act(50)), None),
    ]);
}

#[test]
fn a_notice_goes_out_only_as_long_as_everything_holds() {
    let ready = after(&noticed(), |d| {
        d.approve(ANNA, act(50));
        d.approve(BERT, act(50));
    });
    let shut = after(&ready, |d| d.shut = vec![Gate::Notify]);
    let ended = after(&ready, |d| {
        d.anna(Command::EndEmbargo { reason: because() });
    });
    let stricter = after(&ready, |d| {
        let mut policy = crate::desk::policy().clone();
        policy.approvals = Approvals { publish: 3, notice: 3, other: 1 };
        let (playbook, reason) = (d.case.playbook.clone(), because());
        d.anna(decision(Decision::Rules { playbook, policy: Box::new(policy), reason }));
    });
    let moved = after(&ready, |d| {
        let mut policy = crate::desk::policy().clone();
        policy.lists.get_mut("distributors").unwrap().address = mailbox("new@lists.example.org");
        let (playbook, reason) = (d.case.playbook.clone(), because());
        d.anna(decision(Decision::Rules { playbook, policy: Box::new(policy), reason }));
    });
    let house = Actor::House;
    check([
        ("as approved", &ready, house, start(act(50)), None),
        ("the gate shut again", &shut, house, start(act(50)), Some(Rule::GateShut)),
        ("no embargo any more", &ended, house, start(act(50)), Some(Rule::Embargo)),
        ("stricter rules", &stricter, house, start(act(50)), Some(Rule::ApprovalsShort)),
        ("the list has moved", &moved, house, start(act(50)), Some(Rule::BadValue)),
    ]);
}

#[test]
fn an_id_that_comes_later_still_keeps_a_notice_back() {
    let mut naming = notice();
    naming.payload = message("[vs] #security", &format!("CVE-2026-7777\n\n{}", crate::desk::NOTE));
    let desk = after(&Desk::embargoed(), |d| {
        d.anna(plan(naming));
        d.approve(ANNA, act(50));
        d.approve(BERT, act(50));
    });
    let assigned = after(&desk, |d| {
        let word = CveWord::Assigned { id: "CVE-2026-7777".parse().unwrap() };
        d.house(observe(Observation::Cve { vulnerability: VULN, word }));
    });
    check([
        ("somebody else's id", &desk, Actor::House, start(act(50)), None),
        ("our own id", &assigned, Actor::House, start(act(50)), Some(Rule::ListProfile)),
    ]);
}

#[test]
fn a_call_is_made_once_and_only_a_person_goes_on_from_doubt() {
    let ready = after(&Desk::accepted(), |d| {
        d.anna(plan(fork()));
        d.approve(ANNA, act(50));
    });
    let id = act(50);
    let house = Actor::House;
    let anna = person(ANNA);
    let started = after(&ready, |d| {
        d.house(start(id));
    });
    let done = after(&started, |d| {
        d.house(Command::Finish { act: id, proof: proof() });
    });
    let failed = after(&started, |d| {
        d.house(Command::Fail { act: id, why: because() });
    });
    let doubt = after(&started, |d| {
        d.house(Command::Doubt { act: id, why: because() });
    });
    let again = after(&doubt, |d| {
        d.anna(Command::Retry { act: id, reason: because() });
    });
    let finish = || Command::Finish { act: id, proof: proof() };
    let resolve = || Command::Resolve { act: id, proof: proof() };
    let retry = || Command::Retry { act: id, reason: because() };
    let cancel = || Command::Cancel { act: id, reason: because() };
    let wrong = Some(Rule::WrongState);
    check([
        ("finished unstarted", &ready, house, finish(), wrong),
        ("started twice", &started, house, start(id), wrong),
        ("finished", &started, house, finish(), None),
        ("finished by a person", &started, anna, finish(), Some(Rule::NotPermitted)),
        ("finished twice", &done, house, finish(), wrong),
        ("started when done", &done, house, start(id), wrong),
        ("started when failed", &failed, house, start(id), wrong),
        ("tried again", &failed, anna, retry(), None),
        ("tried again by the house", &failed, house, retry(), Some(Rule::NotPermitted)),
        ("in doubt, started", &doubt, house, start(id), wrong),
        ("in doubt, finished by the house", &doubt, house, finish(), wrong),
        ("in doubt, resolved", &doubt, anna, resolve(), None),
        ("in doubt, given up", &doubt, anna, cancel(), None),
        ("under way, given up", &started, anna, cancel(), wrong),
        ("done, given up", &done, anna, cancel(), wrong),
        ("under way, tried again", &started, anna, retry(), wrong),
        ("tried again, started", &again, house, start(id), None),
    ]);
    assert_eq!(
        after(&again, |d| {
            d.house(start(id));
        })
        .case
        .acts[&id]
            .attempts,
        2
    );
}

#[test]
fn what_could_not_be_taken_is_put_off_but_not_past_its_use() {
    let id = act(50);
    let put_off = |until| Command::PutOff { act: id, why: because(), until };
    let ready = after(&Desk::embargoed(), |d| {
        d.anna(plan(notice()));
        d.approve(ANNA, id);
        d.approve(BERT, id);
    });
    let started = after(&ready, |d| {
        d.house(start(id));
    });
    let soon = early_date() - jiff::SignedDuration::from_secs(1);
    let house = Actor::House;
    check([
        ("not under way", &ready, house, put_off(soon), Some(Rule::WrongState)),
        ("in time", &started, house, put_off(soon), None),
        ("at the instant", &started, house, put_off(early_date()), Some(Rule::Embargo)),
        ("by a person", &started, person(ANNA), put_off(soon), Some(Rule::NotPermitted)),
    ]);
    let again = after(&started, |d| {
        d.house(put_off(soon));
        d.house(start(id));
        d.house(put_off(soon));
    });
    let found = &again.case.acts[&id];
    assert_eq!(found.attempts, 2);
    assert_eq!(found.put_off.as_ref().map(|put_off| put_off.times), Some(2));
    let failed = after(&again, |d| {
        d.house(start(id));
        d.house(Command::Fail { act: id, why: because() });
    });
    assert_eq!(failed.case.acts[&id].put_off, None);
    // Other acts do not come in vain.
    let fork = after(&Desk::accepted(), |d| {
        d.anna(plan(fork()));
        d.approve(ANNA, id);
        d.house(start(id));
    });
    check([("a fork", &fork, house, put_off(early_date()), None)]);
}

#[test]
fn what_is_done_once_has_no_twin() {
    let anna = person(ANNA);
    let second = |plan| Command::Plan { act: act(51), plan: Box::new(plan) };
    let asked = after(&Desk::accepted(), |d| {
        d.anna(plan(cve_request()));
    });
    let failed = after(&asked, |d| {
        d.approve(ANNA, act(50));
        d.house(start(act(50)));
        d.house(Command::Fail { act: act(50), why: because() });
    });
    let beside = after(&failed, |d| {
        d.anna(second(cve_request()));
    });
    let declined = after(&asked, |d| {
        d.approve(ANNA, act(50));
        d.carry_out(act(50));
        let word = CveWord::Declined { why: because() };
        d.house(observe(Observation::Cve { vulnerability: VULN, word }));
    });
    let granted = after(&declined, |d| {
        d.house(cve_assigned());
    });
    let told = after(&Desk::accepted(), |d| {
        d.anna(plan(other_word()));
    });
    check([
        ("asked twice", &asked, anna, second(cve_request()), Some(Rule::WrongState)),
        ("asked anew after a failure", &failed, anna, second(cve_request()), None),
        (
            "the failed one beside the new one",
            &beside,
            anna,
            Command::Retry { act: act(50), reason: because() },
            Some(Rule::WrongState),
        ),
        ("asked elsewhere", &declined, anna, second(cve_request()), None),
        ("asked for another", &granted, anna, second(cve_request()), Some(Rule::WrongState)),
        ("words as often as one likes", &told, anna, second(other_word()), None),
        ("the same id", &asked, anna, plan(fork()), Some(Rule::WrongState)),
    ]);
}

fn other_word() -> Plan {
    Plan {
        kind: ActKind::TellReporter { person: RITA, topic: Topic::Other },
        to: vec![Recipient::ReceiptPage { person: RITA }],
        payload: message("Your report", "We are at it."),
        under: None,
    }
}

#[test]
fn by_itself_nothing_is_made_public_that_is_not() {
    let approved = |sample: Plan| {
        after(&Desk::embargoed(), |d| {
            d.anna(plan(sample));
            d.approve(ANNA, act(50));
            d.approve(BERT, act(50));
            d.clock.now = early_date();
        })
    };
    let (advisory_, words) = (approved(publication()), approved(announcement()));
    let known = |desk: &Desk| {
        after(desk, |d| {
            d.house(observe(Observation::Public { source: "a blog".into() }));
        })
    };
    let revised = after(&known(&advisory_), |d| {
        d.anna(decision(Decision::Advisory(Box::new(advisory("Another")))));
    });
    let house = Actor::House;
    check([
        ("the advisory", &advisory_, house, start(act(50)), Some(Rule::TooEarly)),
        ("the words", &words, house, start(act(50)), Some(Rule::TooEarly)),
        ("the advisory of a known bug", &known(&advisory_), house, start(act(50)), None),
        ("the words about a known bug", &known(&words), house, start(act(50)), None),
        ("an older text of it", &revised, house, start(act(50)), Some(Rule::WrongState)),
    ]);
}

#[test]
fn the_first_publication_ends_the_embargo() {
    let mut record = publication();
    record.kind = ActKind::PublishCve { vulnerability: VULN };
    record.to = vec![Recipient::Cna];
    record.under = Some(crate::desk::disclosure(1));
    let mut advisory_ = publication();
    advisory_.under = Some(crate::desk::disclosure(1));
    let desk = after(&Desk::embargoed(), |d| {
        d.anna(Command::PlanDisclosure {
            id: crate::desk::disclosure(1),
            instant: early_date(),
            zone: "UTC".into(),
            acts: vec![(act(1), record), (act(2), advisory_)],
        });
        d.stand_behind(ANNA, crate::desk::disclosure(1));
        d.stand_behind(BERT, crate::desk::disclosure(1));
        d.anna(Command::Arm { id: crate::desk::disclosure(1) });
        d.by(person(DORA), propose(crate::desk::late_date()));
        d.clock.now = early_date();
        d.house(Command::Fire { id: crate::desk::disclosure(1) });
        d.carry_out(act(1));
    });
    assert!(desk.case.facts.is_public());
    assert_eq!(desk.case.embargo.ended.as_ref().unwrap().by, EndedBy::Disclosure);
    assert_eq!(desk.case.embargo.pending, None);
    check([("the rest", &desk, Actor::House, start(act(2)), None)]);
}

#[test]
fn somebody_stands_behind_everything_but_an_acknowledgement() {
    let nobody = Approvals { publish: 0, notice: 0, other: 0 };
    for sample in samples::plans() {
        let needs = sample.kind.approvals(&nobody);
        let acknowledges = matches!(sample.kind, ActKind::Acknowledge { .. });
        assert_eq!(needs, u8::from(!acknowledges), "{:?}", sample.kind);
    }
    assert_eq!(nobody.disclosure(), 1);
}

#[test]
fn approvers_are_people_of_the_team() {
    let people: [PersonId; 3] = [DORA, RITA, OTTO];
    for who in people {
        let digest = noticed().case.acts[&act(50)].digest;
        let approve = Command::Approve { act: act(50), digest };
        assert_eq!(noticed().refusal(person(who), &approve), Some(Rule::NotPermitted));
    }
}

#[test]
fn a_list_is_told_no_earlier_than_it_keeps_a_secret() {
    let mut desk = after(&Desk::embargoed(), |d| {
        d.anna(plan(notice()));
        d.approve(ANNA, act(50));
        d.approve(BERT, act(50));
    });
    let list = desk.case.policy.lists.get_mut("distributors").unwrap();
    list.longest_embargo_days = Some(14);
    let at = |before: SignedDuration| {
        let mut desk = desk.clone();
        desk.clock.now = early_date() - before;
        desk
    };
    let fortnight = SignedDuration::from_hours(14 * 24);
    let second = SignedDuration::from_secs(1);
    let early = at(fortnight + second);
    check([
        ("too early", &early, Actor::House, start(act(50)), Some(Rule::Embargo)),
        ("on the day", &at(fortnight), Actor::House, start(act(50)), None),
    ]);
    let refused = early.try_as(Actor::House, &start(act(50))).unwrap_err();
    let from = (early_date() - fortnight).to_string();
    assert!(refused.remedy.contains(&from), "{}", refused.remedy);
}
