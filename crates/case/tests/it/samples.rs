//! One sample of everything that can be written down or wished for.

#![cfg(test)]

use std::collections::BTreeSet;

use advisory::digest::Digest;
use case::{
    ActId, Command, Entry, Event, PrivateWork, PublicRecord, PublishedCopy, ReportId, StepId,
    Terms, VulnId,
    act::{ActKind, Payload, Plan, Recipient, Topic},
    command::Invitation,
    embargo::{Answer, Channel, Ended, EndedBy, Given, Proposal, Settlement},
    event::{
        ActEvent, Decision, DisclosureEvent, EmbargoEvent, LifeEvent, LineVerdict, Origin,
        PeopleEvent, ReportLink, Triage,
    },
    notice::{Compared, Difference, ListCopy, Opened},
    observation::{
        Access, Artefact, Comparison, CveWord, Delivery, Draft, DraftState, Holds, Milestone,
        Observation, Place, Release, ReleaseDetails, TagSignature,
    },
    opening::{Inside, Letter, Opening, Outcome, Shut, Standing},
    people::CreditAnswer,
    policy::Approvals,
    rights::{Actor, Role},
    sealing::{Certificate, Correspondent, Protection, Seal, Sealed},
    sighting::{Sighting, Spot},
    verdict::Missing,
};

use crate::desk::{
    self, ANNA, BERT, CLEO, CVE, DORA, EGON, OTHER_CASE, REPORT, RITA, TRAIN, VULN, act, advisory,
    disclosure, early_date, entry, late_date, line, mailbox, person, pin, policy, proof, start,
};

const OTHER_REPORT: ReportId = ReportId([9; 16]);

fn text(words: &str) -> String {
    words.to_owned()
}

fn step() -> StepId {
    StepId("choose-distributors".into())
}

fn logins(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| text(name)).collect()
}

fn fewer() -> Approvals {
    Approvals { publish: 1, ..Approvals::default() }
}

fn life() -> Vec<LifeEvent> {
    let mut second = desk::report(OTHER_REPORT, EGON);
    second.deadline = Some(late_date());
    vec![
        LifeEvent::Linked(Box::new(desk::report(REPORT, RITA))),
        LifeEvent::Linked(Box::new(second)),
        LifeEvent::Unlinked { report: OTHER_REPORT, reason: text("another bug") },
        LifeEvent::SplitOff {
            into: OTHER_CASE,
            reports: [OTHER_REPORT].into(),
            reason: text("two bugs"),
        },
        LifeEvent::LoweringProposed { approvals: fewer(), by: ANNA, reason: text("holidays") },
        LifeEvent::ApprovalsSet { approvals: fewer(), reason: text("holidays") },
        LifeEvent::Closed { reason: text("all is out") },
        LifeEvent::Reopened { reason: text("the fix is incomplete") },
        LifeEvent::Withdrawn { reason: text("entered in error") },
        LifeEvent::Merged { into: OTHER_CASE, reason: text("the same bug") },
    ]
}

/// A message that came by mail.
fn mail() -> Observation {
    Observation::Message {
        from: None,
        sender: text("rita@example.net"),
        text: text("see the attachment"),
        raw: Some("ab".repeat(32)),
        encrypted: false,
    }
}

pub(crate) fn observations() -> Vec<Observation> {
    let vulnerability = VULN;
    let cve = |word| Observation::Cve { vulnerability, word };
    let draft = |state| {
        Observation::Draft(Draft {
            ghsa: "GHSA-2345-6789-cfgh".parse().unwrap(),
            url: text("https://forge.example/advisories/1"),
            state,
            patched: [(line("1.30"), text("1.30.1"))].into(),
            credits: vec![text("Rita Reporter")],
            vector: Some(text("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N")),
            cwes: vec!["CWE-862".parse().unwrap()],
        })
    };
    let commits = || vec!["a".repeat(40)];
    let fix = |place| Observation::Fix { line: line("1.30"), commits: commits(), place };
    vec![
        Observation::SupportedLines {
            repository: text("contour"),
            lines: vec![text("main"), text("1.30")],
            default_branch: text("main"),
        },
        draft(DraftState::Draft),
        draft(DraftState::Closed),
        Observation::Fork { url: text("https://forge.example/fork") },
        Observation::Access(Access {
            members: logins(&["anna"]),
            pending: logins(&["bert"]),
            inherited: logins(&["owner"]),
        }),
        cve(CveWord::Assigned { id: CVE.parse().unwrap() }),
        cve(CveWord::Declined { why: text("not in scope") }),
        cve(CveWord::Disputed { why: text("by the vendor") }),
        cve(CveWord::Rejected { why: text("a duplicate") }),
        Observation::Post {
            act: act(1),
            url: text("https://lists.example.org/m/1"),
            words_match: true,
            thread: text("t-1"),
            compared: None,
        },
        Observation::Delivery { act: act(1), person: DORA, outcome: Delivery::Delivered },
        Observation::Delivery {
            act: act(1),
            person: EGON,
            outcome: Delivery::Bounced { hard: true, why: text("no such user") },
        },
        fix(Place::Private),
        fix(Place::Public),
        Observation::Release {
            line: line("1.30"),
            release: Release {
                version: text("1.30.1"),
                tag: text("v1.30.1"),
                contains_fix: Some(true),
                evidence: text("looked into the tag"),
                released_at: early_date(),
                details: None,
            },
        },
        Observation::PublicWords {
            line: line("1.30"),
            read: vec![text("commit aaaa")],
            blocks: vec![text("names the CVE id")],
            warnings: vec![text("odd hour")],
        },
        Observation::Message {
            from: Some(RITA),
            sender: text("rita@example.net"),
            text: text("any news?"),
            raw: None,
            encrypted: false,
        },
        Observation::Deadline { report: REPORT, deadline: Some(late_date()) },
        Observation::Preflight { disclosure: disclosure(1), problems: vec![text("no key")] },
        Observation::Attacks { source: text("a distributor") },
        Observation::Exploit { source: text("a repository") },
        Observation::Public { source: text("a blog") },
        draft(DraftState::Published),
        cve(CveWord::Published),
    ]
}

pub(crate) fn decisions() -> Vec<Decision> {
    let triage = |verdict| Decision::Triage { verdict, reason: text("we looked at it") };
    let one = |name: &str, verdict| Decision::Line { line: line(name), verdict };
    let vulnerability = VULN;
    vec![
        triage(Triage::Invalid),
        triage(Triage::NotSecurity),
        triage(Triage::Duplicate { of: OTHER_CASE }),
        triage(Triage::Accepted),
        triage(Triage::Deferred),
        triage(Triage::Accepted),
        Decision::Vulnerability { id: VULN, title: text("slashes"), origin: Origin::Ours },
        Decision::Vulnerability {
            id: VulnId([6; 16]),
            title: text("the proxy's"),
            origin: Origin::Upstream { project: text("Envoy") },
        },
        Decision::Assessment {
            vulnerability,
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N".parse().unwrap(),
            cwes: vec!["CWE-862".parse().unwrap()],
        },
        Decision::CvePlanB { vulnerability, plan: text("publish without an id") },
        one("main", LineVerdict::Patch { version: None }),
        one("1.30", LineVerdict::Patch { version: Some(text("1.30.1")) }),
        one("1.29", LineVerdict::NotAffected { why: text("the code is not there") }),
        one("1.28", LineVerdict::EndOfLife { why: text("since May") }),
        Decision::Distributors {
            concerned: vec![case::event::Concerned {
                person: DORA,
                organisation: text("Distro"),
                why: text("ships it"),
                lines: [line("1.30")].into(),
            }],
            reason: text("it ships the line"),
        },
        Decision::Advisory(Box::new(advisory("Skipped authorisation"))),
        Decision::Fix { line: line("1.30"), commits: vec!["a".repeat(40)] },
        Decision::Train { id: TRAIN, planned_at: early_date(), lines: [line("1.30")].into() },
        Decision::Burnt {
            train: TRAIN,
            line: line("1.30"),
            version: text("1.30.1"),
            why: text("the image was never pushed"),
        },
        Decision::InheritedAccess { logins: logins(&["owner"]) },
        Decision::ReporterUnreachable { person: RITA, why: text("three mails bounced") },
        Decision::Choice { step: step(), reason: text("nobody ships it") },
        Decision::Override { step: step(), reason: text("the archive is down") },
        Decision::Leak {
            what: text("the patch"),
            to: text("a public branch"),
            reported_by: text("Dora"),
        },
        Decision::RetrospectiveOpened { invitation: text("the team, by Friday") },
        Decision::Retrospective { text: text("tags first"), actions: vec![text("a script")] },
        Decision::Correction { seq: 2, text: text("the report came on Monday") },
        Decision::Rules {
            playbook: pin("contour 2"),
            policy: Box::new(policy().clone()),
            reason: text("a new list"),
        },
    ]
}

fn people() -> Vec<PeopleEvent> {
    let joined = |standing, login: &str| PeopleEvent::Joined {
        person: CLEO,
        name: text("Cleo"),
        organisation: Some(text("Example")),
        mailbox: Some(mailbox("cleo@example.org")),
        login: Some(text(login)),
        roles: [Role::FixDeveloper, Role::ReleaseManager].into(),
        standing,
    };
    let answered =
        |answer, by_default| PeopleEvent::CreditAnswered { person: RITA, answer, by_default };
    vec![
        joined(case::people::Standing::Invited, "cleo"),
        joined(case::people::Standing::Inherited, "cleo"),
        PeopleEvent::Removed { person: CLEO, reason: text("moves on") },
        PeopleEvent::CreditOffered { person: RITA, answer_by: early_date() },
        answered(CreditAnswer::Anonymous, true),
        answered(CreditAnswer::NamedWithoutCompany { name: text("Rita") }, false),
        answered(CreditAnswer::Named { name: text("Rita"), company: Some(text("Example")) }, false),
    ]
}

fn embargo() -> Vec<EmbargoEvent> {
    let proposed = |instant| {
        EmbargoEvent::Proposed(Proposal {
            instant,
            zone: text("Europe/Berlin"),
            tzdata: text("2026a"),
            answer_by: early_date(),
            by: Some(ANNA),
            at: start(),
        })
    };
    let answered =
        |person, answer| EmbargoEvent::Answered { person, revision: 2, answer, given: None };
    let objected = || Answer::Objected { reason: text("a holiday"), settled: None };
    let settled = |settlement| EmbargoEvent::Settled { person: EGON, settlement };
    let ended = |by| EmbargoEvent::Ended(Ended { at: early_date(), by, why: text("it is known") });
    vec![
        proposed(early_date()),
        EmbargoEvent::Rejected { revision: 1, reason: text("too early") },
        proposed(late_date()),
        EmbargoEvent::Agreed { revision: 2 },
        answered(DORA, Answer::Accepted),
        answered(EGON, objected()),
        settled(Settlement::Withdrawn),
        answered(EGON, objected()),
        settled(Settlement::Met { how: text("a later date") }),
        answered(EGON, objected()),
        settled(Settlement::Overridden { reason: text("attacks"), by: ANNA }),
        ended(EndedBy::World),
        ended(EndedBy::Person(ANNA)),
        ended(EndedBy::Disclosure),
    ]
}

/// A plan of every kind.
pub(crate) fn plans() -> Vec<Plan> {
    let rita =
        || Recipient::Person { person: RITA, mailbox: mailbox("rita@example.net"), seal: None };
    let plan = |kind, to, payload| Plan { kind, to: vec![to], payload, under: None };
    let page = || Recipient::ReceiptPage { person: RITA };
    let tell = |topic, to| {
        let kind = ActKind::TellReporter { person: RITA, topic };
        plan(kind, to, desk::message("Your report", "Thank you."))
    };
    let carrying = |kind, to| {
        let text = desk::advisory("Skipped authorisation");
        plan(kind, to, Payload::Advisory(Box::new(text)))
    };
    let vulnerability = VULN;
    let mut follow_up = desk::notice();
    follow_up.kind = ActKind::FollowUp;
    let access = Payload::Logins(vec![text("anna")]);
    vec![
        desk::acknowledgement(),
        tell(Topic::Verdict, rita()),
        tell(Topic::Draft, rita()),
        tell(Topic::Date(1), rita()),
        tell(Topic::Credit, page()),
        tell(Topic::Other, page()),
        carrying(ActKind::CreateDraft, desk::forge()),
        carrying(ActKind::UpdateDraft, desk::forge()),
        desk::cve_request(),
        desk::fork(),
        plan(ActKind::SetAccess, desk::forge_advisory(desk::GHSA), access),
        desk::notice(),
        carrying(ActKind::PublishAdvisory, desk::forge()),
        carrying(ActKind::PublishCve { vulnerability }, Recipient::Cna),
        desk::announcement(),
        follow_up,
    ]
}

fn acts() -> Vec<ActEvent> {
    let mut events: Vec<_> = plans()
        .into_iter()
        .zip(1..)
        .map(|(plan, number)| ActEvent::Planned {
            act: act(number),
            digest: plan.digest().unwrap(),
            plan: Box::new(plan),
            needs: u8::from(number > 1),
        })
        .collect();
    let id: ActId = act(12);
    let why = || text("timed out");
    events.extend([
        ActEvent::Approved { act: id, by: ANNA, digest: Digest::of(b"a plan") },
        ActEvent::Started { act: id },
        ActEvent::Failed { act: id, why: why() },
        ActEvent::Retried { act: id, reason: text("it is up again") },
        ActEvent::Started { act: id },
        ActEvent::PutOff { act: id, why: text("451 try again"), until: early_date() },
        ActEvent::Started { act: id },
        ActEvent::Uncertain { act: id, why: why() },
        ActEvent::Done { act: id, proof: proof() },
        ActEvent::Cancelled { act: act(16), reason: text("said already") },
    ]);
    events
}

fn disclosures() -> Vec<DisclosureEvent> {
    let id = disclosure(1);
    let digest = Digest::of(b"a disclosure");
    let missing = vec![Missing { step: step(), what: text("a release of 1.30") }];
    vec![
        DisclosureEvent::Planned {
            id,
            instant: early_date(),
            zone: text("Europe/Berlin"),
            acts: vec![act(13), act(15)],
            digest,
        },
        DisclosureEvent::Approved { id, by: BERT, digest },
        DisclosureEvent::Armed { id },
        DisclosureEvent::Held { id, reason: text("a leak") },
        DisclosureEvent::Resumed { id },
        DisclosureEvent::Blocked { id, missing },
        DisclosureEvent::Started { id },
        DisclosureEvent::Finished { id },
        DisclosureEvent::Dropped { id, reason: text("another plan") },
    ]
}

/// What was added to the journal's language since; whoever is behind an entry depends on its place.
fn later() -> Vec<Event> {
    let artefact = |name, holds| Artefact { name: text(name), holds };
    let details = |signature, artefacts| ReleaseDetails {
        commits: 2,
        reached: 1,
        lines: 9,
        found: 4,
        signature,
        reverted_by: Vec::new(),
        artefacts,
    };
    let seen = |details| Observation::Release {
        line: line("1.30"),
        release: Release {
            version: text("1.30.1"),
            tag: text("v1.30.1"),
            contains_fix: Some(true),
            evidence: text("looked into the tag"),
            released_at: early_date(),
            details: Some(details),
        },
    };
    let built = vec![
        artefact("p-1.30.1.tar.gz", Holds::All),
        artefact("p-1.30.1.zip", Holds::Nothing),
        artefact("p-1.30.1.whl", Holds::Some { found: 3, expected: 4 }),
        artefact("p-1.30.1.tar.xz", Holds::Untold { why: text("it is compressed with xz") }),
    ];
    let releases = [
        (TagSignature::Openpgp, Some(built)),
        (TagSignature::Ssh, Some(Vec::new())),
        (TagSignature::X509, None),
        (TagSignature::None, None),
        (TagSignature::Lightweight, None),
    ];
    let releases = releases
        .map(|(signature, built)| Event::Observed(Box::new(seen(details(signature, built)))));
    let told = Milestone::ALL.map(|milestone| {
        let seen = Observation::Milestone { line: line("1.30"), milestone };
        Event::Attested(Box::new(desk::told(seen)))
    });
    let accepted = Event::Decided(Box::new(Decision::AcceptCopy {
        record: PublicRecord::Advisory,
        digest: Digest::of(b"another"),
        reason: text("the forge has no room for it"),
    }));
    let seen = std::iter::once(mail()).chain(copies());
    let seen = seen.map(|seen| Event::Observed(Box::new(seen)));
    let sealed = letters().into_iter();
    let all = seen.chain([accepted]).chain(releases).chain(told).chain(turns()).chain(sealed);
    let all = all.chain(sealed_mail()).chain(sightings()).chain(list_copies());
    let all = all.chain(of_distributors()).chain([chosen_terms()]).chain(opened_copies());
    all.chain(private_work()).collect()
}

/// What distributors answer and how that came, a reminder, and one who is struck off the roll.
fn of_distributors() -> Vec<Event> {
    let answered = |answer, channel| {
        let given = Some(Given { by: DORA, channel });
        Event::Embargo(EmbargoEvent::Answered { person: DORA, revision: 2, answer, given })
    };
    let plan = desk::nudge(DORA, 2);
    let (act, digest) = (act(15), plan.digest().unwrap());
    let objected = Answer::Objected { reason: text("a freeze"), settled: None };
    vec![
        answered(Answer::Accepted, Channel::Link),
        answered(objected, Channel::Mail { message: 0 }),
        answered(Answer::Accepted, Channel::Told { note: text("on the telephone") }),
        Event::Act(ActEvent::Planned { act, plan: Box::new(plan), digest, needs: 2 }),
        Event::People(PeopleEvent::Struck { person: DORA, reason: text("a leak") }),
    ]
}

/// Copies of a notice that came encrypted, with what was inside.
fn opened_copies() -> [Event; 2] {
    [Opened::Anew, Opened::AsSent].map(|opened| {
        let (compared, by) = (Compared::default(), vec![text("List-Id")]);
        let id = text("1@example.org");
        let opened = Some(opened);
        let copy = ListCopy { act: act(1), id, own: true, by, archived: None, compared, opened };
        Event::Observed(Box::new(Observation::ListCopy(Box::new(copy))))
    })
}

/// What the guard looks for beside what the house knows by itself.
fn chosen_terms() -> Event {
    let terms = Terms::of("header smuggling\neveryday: name: Rita\n");
    Event::Decided(Box::new(Decision::Terms { terms }))
}

/// Where a fix is worked on in private, and one that was seen there and is there no more.
fn private_work() -> Vec<Event> {
    let named = |work| {
        let decision = Decision::PrivateWork { repository: text("contour"), work };
        Event::Decided(Box::new(decision))
    };
    let branches = [(text("1.30"), text("amber/1.30"))].into();
    let work = PrivateWork { mirror: text("contour-private.git"), branches };
    let place = Place::Private;
    let gone = Observation::Fix { line: line("1.30"), commits: Vec::new(), place };
    vec![named(Some(work)), Event::Observed(Box::new(gone)), named(None)]
}

fn certificate() -> Certificate {
    Certificate {
        fingerprint: "0123456789ABCDEF0123456789ABCDEF01234567".into(),
        names: vec![text("Rita <rita@example.net>")],
        uses: vec![text("signs"), text("encrypts")],
        until: Some(late_date()),
        armoured: text("-----BEGIN PGP PUBLIC KEY BLOCK-----"),
    }
}

/// How mail to people is protected, and mails that were sealed.
fn sealed_mail() -> Vec<Event> {
    let protected = |protection, key: Option<Certificate>| {
        let key = key.map(Box::new);
        let correspondent = Box::new(Correspondent { protection, key });
        Event::People(PeopleEvent::Protected { person: RITA, correspondent })
    };
    let planned = |seal| {
        let mailbox = mailbox("rita@example.net");
        let to = vec![Recipient::Person { person: RITA, mailbox, seal: Some(seal) }];
        let plan = Plan { to, ..desk::acknowledgement() };
        let digest = plan.digest().unwrap();
        Event::Act(ActEvent::Planned { act: act(12), plan: Box::new(plan), digest, needs: 1 })
    };
    let key = certificate().fingerprint;
    let made = |keys: &[String], signer: Option<&str>| {
        let (raw, keys, signer) = ("ab".repeat(32), keys.to_vec(), signer.map(text));
        Event::Act(ActEvent::Sealed { act: act(12), sealed: Sealed { raw, keys, signer } })
    };
    vec![
        protected(Protection::Required, Some(certificate())),
        planned(Seal::Encrypted { key: key.clone() }),
        made(std::slice::from_ref(&key), None),
        planned(Seal::Signed),
        made(&[], Some(&key)),
        protected(Protection::Signed, None),
        protected(Protection::Plain, None),
        protected(Protection::IfKey, Some(Certificate { until: None, ..certificate() })),
    ]
}

/// Copies of a notice as its list sends them, and what somebody says of one.
fn list_copies() -> Vec<Event> {
    let there = || text("words");
    let differences = vec![
        Difference::Subject { there: there() },
        Difference::NamesCve { id: text(CVE) },
        Difference::NoNote,
        Difference::Missing { approved: text("approved"), there: there() },
        Difference::Added { there: there() },
        Difference::OtherList { address: mailbox("users@lists.example.org") },
        Difference::Encrypted,
    ];
    let copy = |own: bool, differences: Vec<Difference>| {
        let compared = Compared { differences, below: text("a footer"), found: 90 };
        let (by, archived) = (vec![text("List-Id")], own.then(|| text("https://l.example/1")));
        let id = text("1@example.org");
        let copy = ListCopy { act: act(1), id, own, by, archived, compared, opened: None };
        Event::Observed(Box::new(Observation::ListCopy(Box::new(copy))))
    };
    let told = Observation::Post {
        act: act(1),
        url: text("https://lists.example.org/m/1"),
        words_match: false,
        thread: text("t-1"),
        compared: Some(Box::new(Compared { differences: Vec::new(), ..Compared::default() })),
    };
    let settled =
        Decision::SettleListCopies { act: act(1), seen: 2, reason: text("an old footer") };
    vec![
        copy(false, differences),
        copy(true, Vec::new()),
        Event::Attested(Box::new(desk::told(told))),
        Event::Decided(Box::new(settled)),
    ]
}

/// A fix that is held against the original, taken back, and brought again.
fn turns() -> Vec<Event> {
    let commits = |letter: &str| vec![letter.repeat(40)];
    let (commits, original, line) = (commits("a"), commits("d"), line("1.30"));
    let comparison = Comparison { commits, original, expected: 9, found: 7, other: 2 };
    let lost = Observation::Release {
        line: line.clone(),
        release: Release {
            version: text("1.30.2"),
            tag: text("v1.30.2"),
            contains_fix: Some(false),
            evidence: text("looked into the tag"),
            released_at: early_date(),
            details: Some(ReleaseDetails {
                commits: 1,
                reached: 1,
                lines: 9,
                found: 0,
                signature: TagSignature::Ssh,
                reverted_by: vec!["e".repeat(40)],
                artefacts: None,
            }),
        },
    };
    let back = |by| Observation::Reverted { line: line.clone(), by };
    let seen = [
        Observation::Compared { line: line.clone(), comparison },
        back(vec!["e".repeat(40)]),
        back(Vec::new()),
        lost,
    ];
    seen.map(|seen| Event::Observed(Box::new(seen))).into()
}

/// Encrypted mails, and what came of them.
fn letters() -> Vec<Event> {
    let report = ReportLink { encrypted: true, ..desk::report(OTHER_REPORT, EGON) };
    let message = Observation::Message {
        from: Some(RITA),
        sender: text("rita@example.net"),
        text: text("-----BEGIN PGP MESSAGE-----"),
        raw: Some("cd".repeat(32)),
        encrypted: true,
    };
    let key = || "0123456789ABCDEF0123456789ABCDEF01234567".to_owned();
    let opened = |letter, subject, inline, signature| Opening {
        letter,
        outcome: Outcome::Opened(Box::new(Inside {
            key: key(),
            subject,
            text: text("two slashes"),
            raw: "ef".repeat(32),
            inline,
            signature,
        })),
    };
    let shut = |why| Opening { letter: Letter::Report(OTHER_REPORT), outcome: Outcome::Shut(why) };
    let good = Standing::Good { key: key() };
    let openings = [
        shut(Shut::NoKey),
        shut(Shut::Damaged),
        shut(Shut::NotWhole),
        opened(Letter::Report(OTHER_REPORT), Some(text("Slashes")), false, good),
        opened(Letter::Message(0), None, true, Standing::Unsigned),
        opened(Letter::Message(0), None, true, Standing::Bad),
        opened(Letter::Message(0), None, true, Standing::UnknownKey { key: None }),
        opened(Letter::Message(0), None, true, Standing::UnknownKey { key: Some(key()) }),
    ];
    let observed = |seen| Event::Observed(Box::new(seen));
    let mut events = vec![Event::Life(LifeEvent::Linked(Box::new(report))), observed(message)];
    events.extend(openings.map(|opening| observed(Observation::Opening(opening))));
    events
}

/// The case's words in public, and what people said of them.
fn sightings() -> Vec<Event> {
    let sighting = |spot, evidence: Option<String>| {
        Observation::Sighted(Sighting {
            thing: Digest::of(format!("{spot:?}").as_bytes()),
            spot,
            place: text("somewhere"),
            rules: [text("codename"), text("cve-id")].into(),
            evidence,
        })
    };
    let seen = [
        sighting(Spot::Repository, None),
        sighting(Spot::List, Some("ab".repeat(32))),
        sighting(Spot::Feed, Some("ab".repeat(32))),
    ];
    let answered = [(Spot::List, true), (Spot::Feed, false)].map(|(spot, leak)| {
        let thing = Digest::of(format!("{spot:?}").as_bytes());
        Event::Decided(Box::new(Decision::Sighting { thing, leak, reason: text("we looked") }))
    });
    let seen = seen.into_iter().map(|seen| Event::Observed(Box::new(seen)));
    seen.chain(answered).collect()
}

/// What published copies say.
fn copies() -> Vec<Observation> {
    let copy = |record, bytes: &[u8], differences: &[&str]| {
        let differences = differences.iter().map(|words| text(words));
        Observation::Copy(PublishedCopy::new(record, Digest::of(bytes), differences))
    };
    vec![
        copy(PublicRecord::Advisory, b"a copy", &[]),
        copy(PublicRecord::Advisory, b"another", &["credits: the other does not say it"]),
        copy(PublicRecord::Cve(VULN), b"", &["nobody can read it there any more"]),
    ]
}

/// Every event, after the opening, in an order in which most of them mean something.
pub(crate) fn entries() -> Vec<Entry> {
    let observed = |seen| Event::Observed(Box::new(seen));
    let decided = |decision| Event::Decided(Box::new(decision));
    let mut life = life();
    let end = life.split_off(2);
    let events = life
        .into_iter()
        .map(Event::Life)
        .chain(decisions().into_iter().map(decided))
        .chain(people().into_iter().map(Event::People))
        .chain(embargo().into_iter().map(Event::Embargo))
        .chain(acts().into_iter().map(Event::Act))
        .chain(disclosures().into_iter().map(Event::Disclosure))
        .chain(observations().into_iter().map(observed))
        .chain(end.into_iter().map(Event::Life))
        .chain(later());
    let numbered = events.zip(2..).map(|(event, seq)| {
        let actor = if seq % 2 == 0 { Actor::House } else { person(ANNA) };
        entry(seq, start(), actor, event)
    });
    std::iter::once(desk::opening()).chain(numbered).collect()
}

/// One command of each kind.
pub(crate) fn commands() -> Vec<Command> {
    let reason = || text("because");
    let (id, digest, revision) = (disclosure(1), Digest::of(b"a plan"), 1);
    let invitation = Invitation {
        person: CLEO,
        name: text("Cleo"),
        organisation: None,
        mailbox: None,
        login: None,
        roles: [Role::FixDeveloper].into(),
    };
    let mut commands = vec![
        Command::Link(Box::new(desk::report(OTHER_REPORT, EGON))),
        Command::Unlink { report: OTHER_REPORT, reason: reason() },
        Command::SplitOff { into: OTHER_CASE, reports: [OTHER_REPORT].into(), reason: reason() },
        Command::Merge { into: OTHER_CASE, reason: reason() },
        Command::Withdraw { reason: reason() },
        Command::Close { reason: reason() },
        Command::Reopen { reason: reason() },
        Command::SetApprovals { approvals: fewer(), reason: reason() },
        Command::ConfirmApprovals { approvals: fewer() },
        Command::Invite(Box::new(invitation)),
        Command::Remove { person: CLEO, reason: reason() },
        Command::Left { person: CLEO, reason: reason() },
        Command::Protect { person: RITA, correspondent: Box::default(), replaces: None },
        Command::OfferCredit { person: RITA },
        Command::AnswerCredit { person: RITA, answer: CreditAnswer::Anonymous },
        Command::DefaultCredit { person: RITA },
        desk::propose(early_date()),
        Command::AgreeEmbargo { revision },
        Command::RejectEmbargo { revision, reason: reason() },
        Command::Consent { person: DORA, revision },
        Command::Object { person: EGON, revision, reason: reason() },
        Command::AnswerFor {
            person: DORA,
            revision,
            objection: None,
            given: Given { by: DORA, channel: Channel::Link },
        },
        Command::Expel { person: DORA, reason: reason() },
        Command::WithdrawObjection { person: EGON },
        Command::MeetObjection { person: EGON, how: reason() },
        Command::OverrideObjection { person: EGON, reason: reason() },
        Command::EndEmbargo { reason: reason() },
        Command::Approve { act: act(1), digest },
        Command::Start { act: act(1) },
        Command::Seal {
            act: act(1),
            sealed: Sealed { raw: text(""), keys: Vec::new(), signer: None },
        },
        Command::Finish { act: act(1), proof: proof() },
        Command::Fail { act: act(1), why: reason() },
        Command::PutOff { act: act(1), why: reason(), until: early_date() },
        Command::Doubt { act: act(1), why: reason() },
        Command::Resolve { act: act(1), proof: proof() },
        Command::Retry { act: act(1), reason: reason() },
        Command::Cancel { act: act(1), reason: reason() },
        desk::plan_disclosure(1, early_date(), 1),
        Command::ApproveDisclosure { id, digest },
        Command::Arm { id },
        Command::Hold { id, reason: reason() },
        Command::Resume { id },
        Command::Drop { id, reason: reason() },
        Command::Fire { id },
        Command::TellTime { id, name: text("Anna"), clock: text("the clock on the wall") },
        Command::Attest(Box::new(desk::told(Observation::Fork {
            url: text("https://forge.example/fork"),
        }))),
    ];
    commands.extend(observations().into_iter().map(desk::observe));
    commands.extend(decisions().into_iter().map(desk::decision));
    commands.push(desk::decision(Decision::Terms { terms: Terms::of("header smuggling") }));
    let (repository, mirror) = (text("contour"), text("contour-private.git"));
    let work = Some(PrivateWork { mirror, branches: [].into() });
    commands.push(desk::decision(Decision::PrivateWork { repository, work }));
    let plan = |(plan, number)| Command::Plan { act: act(number), plan: Box::new(plan) };
    commands.extend(plans().into_iter().zip(1..).map(plan));
    commands.push(Command::Plan { act: act(30), plan: Box::new(desk::nudge(DORA, 1)) });
    commands
}
