//! From events to the case. Total and quiet: an event was decided once and is a fact now, so
//! nothing is judged here, and an event about a thing that is not there changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    Case, Entry, Event,
    act::{Act, ActKind, ActState},
    embargo::{Answer, Consent, Embargo},
    event::{ActEvent, Decision, DisclosureEvent, EmbargoEvent, LifeEvent, PeopleEvent, Triage},
    observation::{CveWord, Observation, Place},
    people::{Credit, Participant, Standing},
    rights::{Actor, Role},
    state::{
        CveState, Disclosure, DisclosureState, Distributors, Forge, Leak, Message, Phase, Post,
        Retrospective, Text, Train, Triaged, Vulnerability, Waiver, Words,
    },
    vultron::{cs, em, rm},
};

/// A stream that is no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// No events.
    #[error("the case has no events")]
    Empty,
    /// Something else stands first.
    #[error("the case does not begin with its opening")]
    NoOpening,
}

/// The case after all of its entries.
///
/// # Errors
/// [`Broken`] when the entries do not begin with the opening of a case.
pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Case, Broken> {
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or(Broken::Empty)?;
    let case = begin(first).ok_or(Broken::NoOpening)?;
    Ok(entries.fold(case, evolve))
}

/// The case that an opening makes.
#[must_use]
pub fn begin(entry: &Entry) -> Option<Case> {
    let Event::Life(LifeEvent::Opened { id, codename, playbook, policy }) = &entry.event else {
        return None;
    };
    Some(Case {
        id: *id,
        project: entry.project,
        codename: codename.clone(),
        head: entry.seq,
        opened_at: entry.recorded_at,
        playbook: playbook.clone(),
        policy: (**policy).clone(),
        phase: Phase::Open,
        rm: rm::State::Start,
        facts: cs::State::default(),
        reports: BTreeMap::new(),
        triage: None,
        vulnerabilities: BTreeMap::new(),
        lines: BTreeMap::new(),
        distributors: None,
        advisory: None,
        forge: Forge::default(),
        people: BTreeMap::new(),
        credit: BTreeMap::new(),
        unreachable: BTreeMap::new(),
        embargo: Embargo::default(),
        acts: BTreeMap::new(),
        act_order: Vec::new(),
        posts: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        trains: BTreeMap::new(),
        disclosure: None,
        waivers: BTreeMap::new(),
        messages: Vec::new(),
        leaks: Vec::new(),
        retrospective: None,
    })
}

/// The case after one more entry.
#[must_use]
pub fn evolve(mut case: Case, entry: &Entry) -> Case {
    let at = entry.recorded_at;
    match &entry.event {
        Event::Life(event) => life(&mut case, event, at),
        Event::Observed(seen) => observed(&mut case, seen, at),
        Event::Decided(decision) => decided(&mut case, decision, entry.actor, at),
        Event::People(event) => people(&mut case, event, at),
        Event::Embargo(event) => embargo(&mut case.embargo, event, at),
        Event::Act(event) => act(&mut case, event, entry.actor, at),
        Event::Disclosure(event) => disclosure(&mut case, event, at),
    }
    case.head = entry.seq;
    case
}

fn move_rm(case: &mut Case, events: &[rm::Event]) {
    for event in events {
        if let Some(next) = rm::transition(case.rm, *event) {
            case.rm = next;
        }
    }
}

fn move_facts(case: &mut Case, event: cs::Event) {
    if let Some((next, _)) = cs::observe(case.facts, event) {
        case.facts = next;
    }
}

fn life(case: &mut Case, event: &LifeEvent, at: Timestamp) {
    match event {
        LifeEvent::Opened { .. } => {}
        LifeEvent::Linked(link) => {
            move_rm(case, &[rm::Event::Receive]);
            move_facts(case, cs::Event::VendorAware);
            let participant = case.people.entry(link.reporter).or_insert_with(|| Participant {
                name: link.reporter_name.clone(),
                organisation: None,
                mailbox: link.mailbox.clone(),
                login: None,
                roles: BTreeSet::new(),
                standing: Standing::Invited,
                since: at,
            });
            participant.roles.insert(Role::Reporter);
            case.reports.insert(link.report, (**link).clone());
        }
        LifeEvent::Unlinked { report, .. } => {
            case.reports.remove(report);
        }
        LifeEvent::SplitOff { reports, .. } => case.reports.retain(|id, _| !reports.contains(id)),
        LifeEvent::Merged { into, .. } => case.phase = Phase::Merged { into: *into },
        LifeEvent::Withdrawn { .. } => case.phase = Phase::Withdrawn,
        LifeEvent::Closed { .. } => {
            move_rm(case, &[rm::Event::Close]);
            case.phase = Phase::Closed;
        }
        LifeEvent::Reopened { .. } => {
            // Vultron has no way back from Closed; a reopened case begins a new life of the report.
            case.rm = rm::State::Received;
            case.phase = Phase::Open;
            case.triage = None;
        }
    }
}

fn observed(case: &mut Case, seen: &Observation, at: Timestamp) {
    match seen {
        Observation::SupportedLines { repository, lines, default_branch } => {
            for (key, line) in &mut case.lines {
                if key.repository == *repository {
                    line.supported = false;
                }
            }
            for name in lines {
                let key = crate::LineKey::new(repository, name);
                let line = case.lines.entry(key).or_default();
                line.supported = true;
                line.default_branch = name == default_branch;
            }
        }
        Observation::Draft(draft) => {
            case.forge.draft_seen_at.get_or_insert(at);
            case.forge.draft_read_at = Some(at);
            case.forge.draft = Some(draft.clone());
        }
        Observation::Fork { url } => case.forge.fork = Some(url.clone()),
        Observation::Access(access) => case.forge.access = Some(access.clone()),
        Observation::Cve { vulnerability, word } => {
            if let Some(vulnerability) = case.vulnerabilities.get_mut(vulnerability) {
                cve(vulnerability, word);
            }
        }
        Observation::Post { act, url, words_match, thread } => {
            let post =
                Post { url: url.clone(), words_match: *words_match, thread: thread.clone(), at };
            case.posts.insert(*act, post);
        }
        Observation::Delivery { act, person, outcome } => {
            case.deliveries.entry(*act).or_default().insert(*person, (outcome.clone(), at));
        }
        Observation::Fix { line, commits, place } => {
            let fix = &mut case.lines.entry(line.clone()).or_default().fix;
            match place {
                Place::Private => fix.private.clone_from(commits),
                Place::Public => {
                    fix.public.clone_from(commits);
                    fix.public_at.get_or_insert(at);
                }
            }
            move_facts(case, cs::Event::FixReady);
        }
        Observation::Release { line, release } => {
            let line = case.lines.entry(line.clone()).or_default();
            line.releases.retain(|r| r.tag != release.tag);
            line.releases.push(release.clone());
        }
        Observation::PublicWords { line, read, blocks, warnings } => {
            case.lines.entry(line.clone()).or_default().words = Some(Words {
                read: read.clone(),
                blocks: blocks.clone(),
                warnings: warnings.clone(),
                at,
            });
        }
        Observation::Public { .. } => move_facts(case, cs::Event::PublicAware),
        Observation::Exploit { .. } => move_facts(case, cs::Event::ExploitPublic),
        Observation::Attacks { .. } => move_facts(case, cs::Event::AttacksObserved),
        Observation::Message { from, sender, text } => case.messages.push(Message {
            from: *from,
            sender: sender.clone(),
            text: text.clone(),
            at,
        }),
    }
}

fn cve(vulnerability: &mut Vulnerability, word: &CveWord) {
    vulnerability.cve = match word {
        CveWord::Assigned { id } => {
            vulnerability.cve_id = Some(*id);
            CveState::Assigned
        }
        CveWord::Declined { .. } => CveState::Declined,
        CveWord::Published => CveState::Published,
        CveWord::Rejected { .. } => CveState::Rejected,
        CveWord::Disputed { .. } => CveState::Disputed,
    };
}

fn decided(case: &mut Case, decision: &Decision, by: Actor, at: Timestamp) {
    match decision {
        Decision::Triage { verdict, reason } => {
            move_rm(case, triage_path(case.rm, verdict).unwrap_or_default());
            case.triage = Some(Triaged { verdict: verdict.clone(), reason: reason.clone(), at });
        }
        Decision::Vulnerability { id, title, origin } => {
            case.vulnerabilities.entry(*id).or_insert_with(|| Vulnerability {
                title: title.clone(),
                origin: origin.clone(),
                vector: None,
                cwes: Vec::new(),
                cve: CveState::None,
                cve_id: None,
                plan_b: None,
            });
        }
        Decision::Assessment { vulnerability, vector, cwes } => {
            if let Some(vulnerability) = case.vulnerabilities.get_mut(vulnerability) {
                vulnerability.vector = Some(vector.clone());
                vulnerability.cwes.clone_from(cwes);
            }
        }
        Decision::CvePlanB { vulnerability, plan } => {
            if let Some(vulnerability) = case.vulnerabilities.get_mut(vulnerability) {
                vulnerability.plan_b = Some(plan.clone());
            }
        }
        Decision::Line { line, verdict } => {
            case.lines.entry(line.clone()).or_default().verdict = Some(verdict.clone());
        }
        Decision::Distributors { concerned, reason } => distributors(case, concerned, reason, at),
        Decision::Advisory(advisory) => {
            let revision = case.advisory.as_ref().map_or(0, |t| t.revision).saturating_add(1);
            case.advisory = Some(Text { advisory: (**advisory).clone(), revision, at });
        }
        Decision::Fix { line, commits } => {
            case.lines.entry(line.clone()).or_default().fix.declared.clone_from(commits);
        }
        Decision::Train { id, planned_at, lines } => {
            let burnt = case.trains.remove(id).map(|t| t.burnt).unwrap_or_default();
            case.trains.insert(*id, Train { planned_at: *planned_at, lines: lines.clone(), burnt });
        }
        Decision::Burnt { train, line, version, why } => {
            if let Some(train) = case.trains.get_mut(train) {
                train.burnt.push((line.clone(), version.clone(), why.clone()));
            }
        }
        Decision::InheritedAccess { logins } => case.forge.inherited_known.clone_from(logins),
        Decision::ReporterUnreachable { person, why } => {
            case.unreachable.insert(*person, why.clone());
        }
        Decision::Choice { step, reason } | Decision::Override { step, reason } => {
            let overridden = matches!(decision, Decision::Override { .. });
            let waiver = Waiver { overridden, reason: reason.clone(), by, at };
            case.waivers.insert(step.clone(), waiver);
        }
        Decision::Leak { what, to, reported_by } => case.leaks.push(Leak {
            what: what.clone(),
            to: to.clone(),
            reported_by: reported_by.clone(),
            at,
        }),
        Decision::Retrospective { text, actions } => {
            case.retrospective =
                Some(Retrospective { text: text.clone(), actions: actions.clone(), at });
        }
        // A correction stands beside what it corrects; readers of the timeline see both.
        Decision::Correction { .. } => {}
        Decision::Rules { playbook, policy, .. } => {
            case.playbook = playbook.clone();
            case.policy = (**policy).clone();
        }
    }
}

/// The way through Vultron's report management that a verdict stands for, from where the report
/// stands; `None` where there is none.
pub(crate) fn triage_path(from: rm::State, verdict: &Triage) -> Option<&'static [rm::Event]> {
    use rm::Event::{Accept, Defer, Invalidate, Validate};
    let paths: [&'static [rm::Event]; 2] = match verdict {
        Triage::Accepted => [&[Accept], &[Validate, Accept]],
        Triage::Deferred => [&[Defer], &[Validate, Defer]],
        // A report that was found invalid may still get another reason.
        _ if from == rm::State::Invalid => [&[], &[]],
        Triage::Invalid | Triage::Duplicate { .. } | Triage::NotSecurity => {
            [&[Invalidate], &[Invalidate]]
        }
    };
    paths.into_iter().find(|path| {
        path.iter().try_fold(from, |state, event| rm::transition(state, *event)).is_some()
    })
}

fn distributors(
    case: &mut Case,
    concerned: &[crate::event::Concerned],
    reason: &str,
    at: Timestamp,
) {
    for one in concerned {
        let participant = case.people.entry(one.person).or_insert_with(|| Participant {
            name: one.organisation.clone(),
            organisation: Some(one.organisation.clone()),
            mailbox: None,
            login: None,
            roles: BTreeSet::new(),
            standing: Standing::Invited,
            since: at,
        });
        participant.roles.insert(Role::Distributor);
    }
    case.distributors =
        Some(Distributors { concerned: concerned.to_vec(), reason: reason.to_owned() });
}

fn people(case: &mut Case, event: &PeopleEvent, at: Timestamp) {
    match event {
        PeopleEvent::Joined { person, name, organisation, mailbox, login, roles, standing } => {
            let old = case.people.remove(person);
            let mut all = roles.clone();
            all.extend(old.filter(Participant::present).map(|p| p.roles).unwrap_or_default());
            let participant = Participant {
                name: name.clone(),
                organisation: organisation.clone(),
                mailbox: mailbox.clone(),
                login: login.clone(),
                roles: all,
                standing: *standing,
                since: at,
            };
            case.people.insert(*person, participant);
        }
        PeopleEvent::Removed { person, .. } => {
            if let Some(participant) = case.people.get_mut(person) {
                participant.standing = Standing::Removed;
                participant.since = at;
            }
        }
        PeopleEvent::CreditOffered { person, answer_by } => {
            let credit =
                Credit { offered_at: at, answer_by: *answer_by, answer: None, by_default: false };
            case.credit.insert(*person, credit);
        }
        PeopleEvent::CreditAnswered { person, answer, by_default } => {
            let credit = case.credit.entry(*person).or_insert_with(|| Credit {
                offered_at: at,
                answer_by: at,
                answer: None,
                by_default: false,
            });
            credit.answer = Some(answer.clone());
            credit.by_default = *by_default;
        }
    }
}

fn embargo(embargo: &mut Embargo, event: &EmbargoEvent, at: Timestamp) {
    let mut step = |e| {
        if let Some(next) = em::transition(embargo.state, e) {
            embargo.state = next;
        }
    };
    match event {
        EmbargoEvent::Proposed(proposal) => {
            step(em::Event::Propose);
            embargo.pending = Some(embargo.next_revision());
            embargo.proposals.push(proposal.clone());
        }
        EmbargoEvent::Rejected { .. } => {
            step(em::Event::Reject);
            embargo.pending = None;
        }
        EmbargoEvent::Agreed { revision } => {
            step(em::Event::Accept);
            embargo.agreed = Some(*revision);
            embargo.pending = None;
        }
        EmbargoEvent::Answered { person, revision, answer } => {
            let consent = Consent { revision: *revision, answer: answer.clone(), at };
            embargo.consents.insert(*person, consent);
        }
        EmbargoEvent::Settled { person, settlement } => {
            if let Some(Consent { answer: Answer::Objected { settled, .. }, .. }) =
                embargo.consents.get_mut(person)
            {
                *settled = Some(settlement.clone());
            }
        }
        EmbargoEvent::Ended(ended) => {
            step(em::Event::Terminate);
            step(em::Event::Reject);
            embargo.pending = None;
            embargo.ended = Some(ended.clone());
        }
    }
}

fn act(case: &mut Case, event: &ActEvent, by: Actor, at: Timestamp) {
    if let ActEvent::Planned { act, plan, digest, needs } = event {
        let planned_by = match by {
            Actor::Person(person) => Some(person),
            Actor::House => None,
        };
        let state = if *needs == 0 { ActState::Approved { at } } else { ActState::Planned };
        let planned = Act {
            id: *act,
            plan: (**plan).clone(),
            digest: *digest,
            needs: *needs,
            planned_by,
            planned_at: at,
            approvals: BTreeMap::new(),
            state,
            attempts: 0,
        };
        case.acts.insert(*act, planned);
        case.act_order.push(*act);
        return;
    }
    let (id, state) = match event {
        ActEvent::Planned { .. } => return,
        ActEvent::Approved { act, by, .. } => {
            if let Some(act) = case.acts.get_mut(act) {
                act.approvals.insert(*by, at);
                if act.approvals.len() >= usize::from(act.needs) {
                    act.state = ActState::Approved { at };
                }
            }
            return;
        }
        ActEvent::Started { act } => (act, ActState::Started { at }),
        ActEvent::Done { act, proof } => (act, ActState::Done { at, proof: proof.clone() }),
        ActEvent::Failed { act, why } => (act, ActState::Failed { at, why: why.clone() }),
        ActEvent::Uncertain { act, why } => (act, ActState::Uncertain { at, why: why.clone() }),
        ActEvent::Retried { act, .. } => (act, ActState::Approved { at }),
        ActEvent::Cancelled { act, reason } => {
            (act, ActState::Cancelled { at, why: reason.clone() })
        }
    };
    let Some(act) = case.acts.get_mut(id) else {
        return;
    };
    if matches!(state, ActState::Started { .. }) {
        act.attempts = act.attempts.saturating_add(1);
    }
    let done = matches!(state, ActState::Done { .. });
    act.state = state;
    if done {
        let kind = act.plan.kind.clone();
        act_done(case, &kind);
    }
}

/// What the world knows once an act is done.
fn act_done(case: &mut Case, kind: &ActKind) {
    match kind {
        ActKind::RequestCve { vulnerability } => {
            if let Some(v) = case.vulnerabilities.get_mut(vulnerability)
                && v.cve == CveState::None
            {
                v.cve = CveState::Requested;
            }
        }
        ActKind::PublishAdvisory => move_facts(case, cs::Event::PublicAware),
        _ => {}
    }
}

fn disclosure(case: &mut Case, event: &DisclosureEvent, at: Timestamp) {
    if let DisclosureEvent::Planned { id, instant, zone, acts, digest } = event {
        case.disclosure = Some(Disclosure {
            id: *id,
            instant: *instant,
            zone: zone.clone(),
            acts: acts.clone(),
            digest: *digest,
            needs: case.policy.approvals.publish.max(case.policy.approvals.notice),
            approvals: BTreeMap::new(),
            state: DisclosureState::Planned,
            blocked: Vec::new(),
            started_at: None,
        });
        return;
    }
    if matches!(event, DisclosureEvent::Dropped { .. }) {
        case.disclosure = None;
        return;
    }
    let Some(plan) = &mut case.disclosure else {
        return;
    };
    match event {
        DisclosureEvent::Planned { .. } | DisclosureEvent::Dropped { .. } => {}
        DisclosureEvent::Approved { by, .. } => {
            plan.approvals.insert(*by, at);
        }
        DisclosureEvent::Armed { .. } | DisclosureEvent::Resumed { .. } => {
            plan.state = match plan.started_at {
                Some(_) => DisclosureState::Running,
                None => DisclosureState::Armed,
            };
        }
        DisclosureEvent::Held { reason, .. } => {
            plan.state = DisclosureState::Held { reason: reason.clone() };
        }
        DisclosureEvent::Blocked { missing, .. } => plan.blocked.clone_from(missing),
        DisclosureEvent::Started { .. } => {
            plan.state = DisclosureState::Running;
            plan.started_at = Some(at);
            plan.blocked.clear();
        }
        DisclosureEvent::Finished { .. } => plan.state = DisclosureState::Finished,
    }
}
