//! The cooperative response as stages by name, and a runner that leaves one out or changes it.

use std::collections::BTreeSet;

use advisory::Advisory;
use case::{
    Command, PersonId, Refusal,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    command::Invitation,
    event::{Concerned, Decision, LineVerdict, Origin, Triage},
    observation::{CveWord, Delivery, DraftState, Observation, Place},
    people::CreditAnswer,
    rights::{Actor, Role},
};

use crate::story::*;

pub(crate) type Stage = fn(&mut Story) -> Told;

pub(crate) const STAGES: &[(&str, Stage)] = &[
    ("report", |s| s.house(Command::Link(Box::new(report())))),
    ("acknowledge", |s| {
        let act = s.act_id();
        let words = Payload::Message { subject: "Received".into(), body: "Thank you.".into() };
        let kind = ActKind::Acknowledge { report: REPORT };
        let plan = Box::new(Plan { kind, to: vec![to_reporter()], payload: words, under: None });
        s.house(Command::Plan { act, plan })?;
        s.send(act)
    }),
    ("verdict", |s| {
        let reason = "the admin interface can be reached".into();
        s.decided(Decision::Triage { verdict: Triage::Accepted, reason })
    }),
    ("tell-verdict", |s| s.tell(Topic::Verdict)),
    ("look", |s| s.seen(supported(&["main", "1.16", "1.15", "1.14"]))),
    ("line main", |s| patch(s, "main", None)),
    ("line 1.16", |s| patch(s, "1.16", Some("1.16.1"))),
    ("line 1.15", |s| patch(s, "1.15", Some("1.15.2"))),
    ("line 1.14", |s| {
        let verdict = LineVerdict::NotAffected { why: "it has no external names".into() };
        s.decided(Decision::Line { line: line("1.14"), verdict })
    }),
    ("distributors", |s| {
        s.alice(invite(ACME, "Acme", "acme", Role::Distributor))?;
        s.alice(invite(BLUE, "Blue", "blue", Role::Distributor))?;
        concerned(s, &[(ACME, "Acme", "ships 1.15"), (BLUE, "Blue", "ships 1.16")])
    }),
    ("vulnerability", |s| {
        let (title, origin) = ("first".into(), Origin::Ours);
        s.decided(Decision::Vulnerability { id: VULN, title, origin })
    }),
    ("assess", |s| {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:N/A:L".parse().unwrap();
        let cwes = vec!["CWE-610".parse().unwrap()];
        s.decided(Decision::Assessment { vulnerability: VULN, vector, cwes })
    }),
    ("advisory", |s| s.decided(Decision::Advisory(Box::new(text())))),
    ("create-draft", |s| {
        s.act(ActKind::CreateDraft, to_forge(), Payload::Advisory(Box::new(text())))
    }),
    ("credit", |s| {
        s.alice(Command::OfferCredit { person: REPORTER })?;
        let answer = CreditAnswer::NamedWithoutCompany { name: "Rita Reporter".into() };
        s.by(Actor::Person(REPORTER), Command::AnswerCredit { person: REPORTER, answer })
    }),
    ("read-draft", |s| s.seen(Observation::Draft(s.world.draft.clone()))),
    ("request-cve", |s| {
        let kind = ActKind::RequestCve { vulnerability: VULN };
        s.act(kind, vec![Recipient::Cna], Payload::Empty)
    }),
    ("fork", |s| {
        s.act(ActKind::CreateFork, to_draft(s), Payload::Empty)?;
        s.seen(Observation::Fork { url: "https://forge.example.org/fork-secret".into() })
    }),
    ("people", |s| {
        s.alice(invite(ALICE, "Alice", "alice", Role::Team))?;
        s.alice(invite(BOB, "Bob", "bob", Role::Team))?;
        s.alice(invite(DEVELOPER, "Dev", "dev", Role::FixDeveloper))
    }),
    ("access", |s| s.seen(Observation::Access(s.world.access.clone()))),
    ("inherited", |s| s.decided(Decision::InheritedAccess { logins: ["owner".into()].into() })),
    ("tell-draft", |s| s.tell(Topic::Draft)),
    ("propose", |s| propose(s)),
    ("write-notice", |s| {
        let plan = Box::new(notice(s, ActKind::NotifyDistributors, None));
        s.alice(Command::Plan { act: s.notice, plan })
    }),
    ("send-notice", |s| s.carry_out(s.notice)),
    ("see-notice", |s| s.posted(s.notice, "thread-1", true)),
    ("deliver", |s| {
        s.delivered(ACME, Delivery::Delivered)?;
        s.delivered(BLUE, Delivery::Delivered)
    }),
    ("consent", |s| s.by(Actor::Person(ACME), Command::Consent { person: ACME, revision: 1 })),
    ("agree", |s| s.bob(Command::AgreeEmbargo { revision: 1 })),
    ("tell-date", |s| s.tell(Topic::Date(1))),
    ("wait for objections", |s| {
        s.wait_until(s.case.embargo.proposals[0].answer_by);
        Ok(())
    }),
    ("cve", |s| {
        let word = CveWord::Assigned { id: "CVE-2021-32783".parse().unwrap() };
        s.seen(Observation::Cve { vulnerability: VULN, word })
    }),
    ("plan disclosure", |s| {
        s.plan_disclosure()?;
        let (id, digest) = (DISCLOSURE, digest_of_disclosure(s));
        s.alice(Command::ApproveDisclosure { id, digest })?;
        s.bob(Command::ApproveDisclosure { id, digest })
    }),
    ("arm", |s| s.alice(Command::Arm { id: DISCLOSURE })),
    ("fix main", |s| fix(s, "main")),
    ("fix 1.16", |s| fix(s, "1.16")),
    ("fix 1.15", |s| fix(s, "1.15")),
    ("release 1.16", |s| s.released("1.16", "1.16.1", Some(true))),
    ("release 1.15", |s| s.released("1.15", "1.15.2", Some(true))),
    ("words main", |s| words(s, "main", &[])),
    ("words 1.16", |s| words(s, "1.16", &[])),
    ("words 1.15", |s| words(s, "1.15", &[])),
    ("reread-draft", |s| s.seen(Observation::Draft(s.world.draft.clone()))),
    ("fire", Story::fire),
    ("publish", |s| s.send_out(Out::Publish)),
    ("see-public", |s| {
        s.world.draft.state = DraftState::Published;
        s.seen(Observation::Draft(s.world.draft.clone()))
    }),
    ("see-copies", |s| s.copied(b"as approved", &[])),
    ("users", |s| s.send_out(Out::Users)),
    ("see-users", |s| s.posted_out(Out::Users, "thread-2", true)),
    ("follow-up", |s| s.send_out(Out::FollowUp)),
    ("see-follow-up", |s| s.posted_out(Out::FollowUp, "thread-1", true)),
    ("retrospective", |s| {
        let (text, actions) = ("It went well.".into(), vec!["watch the CNA's queue".into()]);
        s.decided(Decision::Retrospective { text, actions })
    }),
    ("close", |s| s.alice(Command::Close { reason: "all done".into() })),
];

pub(crate) fn place(stage: &str) -> usize {
    STAGES.iter().position(|(name, _)| *name == stage).unwrap_or_else(|| panic!("no {stage}"))
}

/// Where a story stopped, and why.
#[derive(Debug)]
pub(crate) struct Stopped {
    pub(crate) stage: usize,
    pub(crate) refusal: Refusal,
}

/// Runs the stages from one on, each as it is or as `instead` has it.
pub(crate) fn run(
    story: &mut Story,
    from: usize,
    instead: &[(&str, Stage)],
) -> Result<(), Stopped> {
    for (stage, (name, usual)) in STAGES.iter().enumerate().skip(from) {
        let chosen = instead.iter().find(|(changed, _)| changed == name);
        let tell = chosen.map_or(*usual, |(_, other)| *other);
        tell(story).map_err(|refusal| Stopped { stage, refusal })?;
    }
    Ok(())
}

pub(crate) fn stage(story: &mut Story, name: &str) -> Told {
    (STAGES[place(name)].1)(story)
}

pub(crate) fn supported(lines: &[&str]) -> Observation {
    Observation::SupportedLines {
        repository: "contour".into(),
        lines: lines.iter().map(ToString::to_string).collect(),
        default_branch: "main".into(),
    }
}

pub(crate) fn patch(s: &mut Story, name: &str, version: Option<&str>) -> Told {
    let verdict = LineVerdict::Patch { version: version.map(Into::into) };
    s.decided(Decision::Line { line: line(name), verdict })
}

pub(crate) fn concerned(s: &mut Story, all: &[(PersonId, &str, &str)]) -> Told {
    let concerned = all.iter().map(|(person, organisation, why)| Concerned {
        person: *person,
        organisation: (*organisation).into(),
        why: (*why).into(),
        lines: BTreeSet::new(),
    });
    let (concerned, reason) = (concerned.collect(), "chosen by what they ship".into());
    s.decided(Decision::Distributors { concerned, reason })
}

pub(crate) fn invite(person: PersonId, name: &str, login: &str, role: Role) -> Command {
    Command::Invite(Box::new(Invitation {
        person,
        name: name.into(),
        organisation: None,
        mailbox: Some(mailbox(&format!("{login}@example.com"))),
        login: (role != Role::Distributor).then(|| login.into()),
        roles: [role].into(),
    }))
}

pub(crate) fn text() -> Advisory {
    Advisory {
        title: Some("ExternalName services reach the admin interface".into()),
        details: Some("A service of type ExternalName can point at the admin interface.".into()),
        attack_vectors: Some("Whoever may create services can do it.".into()),
        workarounds: Some("Forbid services of type ExternalName.".into()),
        ..Advisory::default()
    }
}

pub(crate) fn propose(s: &mut Story) -> Told {
    let instant = s.world.instant;
    let (zone, tzdata) = ("UTC".into(), "2026a".into());
    s.alice(Command::ProposeEmbargo { instant, zone, tzdata, answer_by: None })
}

/// A notice in the words that the stage's world asks for.
pub(crate) fn notice(s: &Story, kind: ActKind, under: Option<case::DisclosureId>) -> Plan {
    let list = if kind == ActKind::NotifyUsers { "users" } else { "distributors" };
    let profile = &s.case.policy.lists[list];
    let world = &s.world;
    let advisory = s.case.advisory.as_ref().map(|t| t.advisory.clone()).unwrap_or_default();
    let dates = |f: &dyn Fn(jiff::Timestamp) -> String| {
        let embargo = &s.case.embargo;
        let current = embargo.pending.or(embargo.agreed).and_then(|r| embargo.proposal(r));
        current.map(|p| (f(p.instant), f(p.answer_by))).unwrap_or_default()
    };
    let (instant, answer_by) = dates(&|t| t.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let part = |name: &str, words: Option<String>| {
        words.filter(|_| !world.notice_without.contains(name)).unwrap_or_default()
    };
    let body = match kind {
        ActKind::NotifyDistributors => [
            part("description", advisory.details),
            part("versions", Some("Affected: 1.16 and 1.15.".into())),
            part("vectors", advisory.attack_vectors),
            part("workarounds", advisory.workarounds),
            part("next-step", Some("Patch releases 1.16.1 and 1.15.2 are planned.".into())),
            part("date", Some(format!("All becomes public on {instant}."))),
            part("ask", Some(format!("Please send objections before {answer_by}."))),
            world.notice_also.clone(),
            part("note", profile.closing_note.clone()),
        ]
        .join("\n\n"),
        ActKind::NotifyUsers => {
            let details = advisory.details.filter(|_| !world.users_without_description);
            [details.unwrap_or_else(|| "An advisory is out.".into()), world.users_also.clone()]
                .join("\n\n")
        }
        _ => format!("The releases {} are out.", world.follow_up_versions.join(" and ")),
    };
    let mailbox = profile.address.clone();
    let to = vec![Recipient::List { list: list.into(), mailbox, seal: None }];
    let subject = "#security Upcoming release".into();
    Plan { kind, to, payload: Payload::Message { subject, body }, under }
}

impl Story {
    /// Plans the disclosure of what the world wants disclosed, in new acts.
    pub(crate) fn plan_disclosure(&mut self) -> Told {
        let outs = self.world.disclosed.clone();
        self.outs = outs.into_iter().map(|out| (out, self.act_id())).collect();
        let acts = self.outs.iter().map(|(out, act)| (*act, disclosed(self, *out))).collect();
        let (id, instant, zone) = (DISCLOSURE, self.world.instant, "UTC".into());
        self.alice(Command::PlanDisclosure { id, instant, zone, acts })
    }
}

/// The advisory as the case says it now.
pub(crate) fn published(s: &Story) -> Payload {
    Payload::Advisory(Box::new(case::complete_advisory(&s.case).unwrap_or_default()))
}

fn disclosed(s: &Story, out: Out) -> Plan {
    let under = Some(DISCLOSURE);
    match out {
        Out::Users => notice(s, ActKind::NotifyUsers, under),
        Out::FollowUp => notice(s, ActKind::FollowUp, under),
        Out::Publish => {
            Plan { kind: ActKind::PublishAdvisory, to: to_forge(), payload: published(s), under }
        }
    }
}

fn fix(s: &mut Story, name: &str) -> Told {
    let commits = vec!["0123456789abcdef0123456789abcdef01234567".into()];
    s.seen(Observation::Fix { line: line(name), commits, place: Place::Public })
}

pub(crate) fn words(s: &mut Story, name: &str, blocks: &[&str]) -> Told {
    s.seen(Observation::PublicWords {
        line: line(name),
        read: vec!["a commit without words".into()],
        blocks: blocks.iter().map(ToString::to_string).collect(),
        warnings: vec![],
    })
}
