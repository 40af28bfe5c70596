//! What the team decided.

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::Timestamp;

use super::move_rm;
use crate::{
    Case, PrivateWork,
    copies::Accepted,
    event::{Concerned, Decision, Triage},
    people::{Participant, Standing},
    rights::{Actor, Role},
    sighting::Answered,
    state::{
        CveState, Distributors, Leak, Retrospective, Text, Train, Triaged, Vulnerability, Waiver,
    },
    vultron::rm,
};

pub(super) fn apply(case: &mut Case, decision: &Decision, by: Actor, at: Timestamp) {
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
            let about = case.in_advisory();
            case.advisory = Some(Text { advisory: (**advisory).clone(), about, revision, at });
        }
        Decision::Fix { line, commits } => {
            let line = case.lines.entry(line.clone()).or_default();
            if line.fix.declared != *commits {
                // They were told of other commits.
                line.milestones.clear();
                line.fix.reverted_by.clear();
            }
            line.fix.declared.clone_from(commits);
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
        Decision::AcceptCopy { record, digest, reason } => {
            let seen = case.copies.get_mut(record).filter(|seen| seen.copy.digest == *digest);
            if let Some(seen) = seen {
                seen.accepted = Some(Accepted { reason: reason.clone(), by, at });
            }
        }
        Decision::Sighting { thing, leak, reason } => {
            answered(case, thing, Answered { leak: *leak, reason: reason.clone(), by, at });
        }
        Decision::SettleListCopies { act, seen, reason } => {
            let copies = case.list_copies.get_mut(act).into_iter().flatten().take(*seen);
            for copy in copies.filter(|copy| copy.settled.is_none()) {
                copy.settled = Some(Accepted { reason: reason.clone(), by, at });
            }
        }
        Decision::Terms { terms } => case.terms = terms.clone(),
        Decision::PrivateWork { repository, work } => private_work(case, repository, work.as_ref()),
        Decision::Leak { what, to, reported_by } => case.leaks.push(Leak {
            what: what.clone(),
            to: to.clone(),
            reported_by: reported_by.clone(),
            at,
        }),
        Decision::RetrospectiveOpened { .. } => case.retrospective_opened = Some(at),
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

/// What was seen on another branch says nothing of this one.
fn private_work(case: &mut Case, repository: &str, work: Option<&PrivateWork>) {
    let before = case.private.remove(repository);
    let branch = |work: Option<&PrivateWork>, line: &str| {
        work.and_then(|work| Some((work.mirror.clone(), work.branches.get(line)?.clone())))
    };
    for (key, line) in case.lines.iter_mut().filter(|(key, _)| key.repository == repository) {
        if branch(before.as_ref(), &key.line) != branch(work, &key.line) {
            line.fix.private.clear();
        }
    }
    case.private.extend(work.map(|work| (repository.to_owned(), work.clone())));
}

/// What gave the case away is a leak like any that people tell of.
fn answered(case: &mut Case, thing: &Digest, answer: Answered) {
    let Some(seen) = case.sightings.iter_mut().find(|seen| seen.sighting.thing == *thing) else {
        return;
    };
    if answer.leak {
        case.leaks.push(Leak {
            what: answer.reason.clone(),
            to: format!("whoever reads {}", seen.sighting.place),
            reported_by: "the house's watch".into(),
            at: answer.at,
        });
    }
    seen.answered = Some(answer);
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

fn distributors(case: &mut Case, concerned: &[Concerned], reason: &str, at: Timestamp) {
    let before = case.distributors.take().map(|old| old.concerned).unwrap_or_default();
    for one in before {
        if !concerned.iter().any(|still| still.person == one.person) {
            super::people::drop_role(case, one.person, Role::Distributor, at);
        }
    }
    for one in concerned {
        let newcomer = Participant {
            name: one.organisation.clone(),
            organisation: Some(one.organisation.clone()),
            mailbox: None,
            login: None,
            roles: BTreeSet::new(),
            standing: Standing::Invited,
            since: at,
        };
        super::people::give_role(case, one.person, Role::Distributor, newcomer);
    }
    case.distributors =
        Some(Distributors { concerned: concerned.to_vec(), reason: reason.to_owned() });
}
