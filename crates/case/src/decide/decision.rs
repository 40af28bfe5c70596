//! The team's decisions.

use advisory::digest::Digest;

use super::{
    Context, Outcome, distributors, ensure, life::not_going_out, people::reporter, unknown,
    with_reason,
};
use crate::{
    Case, Event, LineKey, Policy, PrivateWork, PublicRecord, Refusal, StepId, VulnId,
    event::{Decision, LineVerdict, Triage},
    evolve::triage_path,
    notice::SeenListCopy,
    refusal::Rule,
    vultron::rules,
};

pub(super) fn decide(case: &Case, decision: &Decision, context: &Context<'_>) -> Outcome {
    match decision {
        Decision::Triage { verdict, reason } => {
            with_reason(reason)?;
            triage(case, verdict)?;
        }
        Decision::Vulnerability { id, title, .. } => {
            with_reason(title)?;
            ensure(
                !case.vulnerabilities.contains_key(id),
                Rule::WrongState,
                "the vulnerability is part of this case already",
                "assess it",
            )?;
        }
        Decision::Assessment { vulnerability, cwes, .. } => {
            known(case, vulnerability)?;
            ensure(!cwes.is_empty(), Rule::BadValue, "a weakness is missing", "choose a CWE id")?;
        }
        Decision::CvePlanB { vulnerability, plan } => {
            known(case, vulnerability)?;
            with_reason(plan)?;
        }
        Decision::Line { line, verdict } => line_verdict(case, line, verdict)?,
        Decision::Fix { line, commits } => fix(case, line, commits)?,
        Decision::Train { lines, .. } => lines.iter().try_for_each(|l| known_line(case, l))?,
        Decision::Burnt { train, line, why, .. } => {
            with_reason(why)?;
            let found = case.trains.get(train).ok_or_else(|| unknown("train"))?;
            ensure(found.lines.contains(line), Rule::Unknown, "no such line", "look it up")?;
        }
        Decision::ReporterUnreachable { person, why } => {
            with_reason(why)?;
            reporter(case, *person)?;
        }
        Decision::Choice { step, reason } | Decision::Override { step, reason } => {
            with_reason(reason)?;
            let overridden = matches!(decision, Decision::Override { .. });
            waive(case, step, overridden, context)?;
        }
        Decision::AcceptCopy { record, digest, reason } => {
            with_reason(reason)?;
            accept(case, *record, digest)?;
        }
        Decision::Sighting { thing, reason, .. } => {
            with_reason(reason)?;
            unanswered(case, thing)?;
        }
        Decision::SettleListCopies { act, reason, .. } => {
            with_reason(reason)?;
            ensure(
                case.list_copies.get(act).into_iter().flatten().any(SeenListCopy::needs_somebody),
                Rule::WrongState,
                "no copy of this notice waits for somebody",
                "look at the notice's page",
            )?;
        }
        Decision::Terms { terms } => {
            let fault = terms.fault();
            let why = fault.clone().unwrap_or_default();
            ensure(
                fault.is_none(),
                Rule::BadValue,
                why,
                "write one term a line, and only what is rare",
            )?;
            ensure(
                *terms != case.terms,
                Rule::WrongState,
                "these are the case's terms already",
                "change them",
            )?;
        }
        Decision::PrivateWork { repository, work } => {
            private_work(case, repository, work.as_ref())?;
        }
        Decision::Correction { seq, text } => {
            with_reason(text)?;
            ensure(
                (1..=case.head).contains(seq),
                Rule::Unknown,
                "there is no such entry",
                "take its number from the timeline",
            )?;
        }
        Decision::Rules { policy, reason, .. } => {
            with_reason(reason)?;
            rules_change(case, policy)?;
        }
        Decision::Distributors { concerned, reason } => {
            with_reason(reason)?;
            for one in concerned {
                distributors::may_be_asked(case, one.person, context)?;
            }
        }
        Decision::Leak { what: words, .. }
        | Decision::RetrospectiveOpened { invitation: words }
        | Decision::Retrospective { text: words, .. } => with_reason(words)?,
        Decision::Advisory(_) | Decision::InheritedAccess { .. } => {}
    }
    Ok(vec![Event::Decided(Box::new(decision.clone()))])
}

fn triage(case: &Case, verdict: &Triage) -> Result<(), Refusal> {
    if let Triage::Duplicate { of } = verdict {
        ensure(
            *of != case.id,
            Rule::BadValue,
            "a case cannot be a duplicate of itself",
            "name the other case",
        )?;
    }
    ensure(
        triage_path(case.rm, verdict).is_some(),
        Rule::WrongState,
        format!("a report that is {:?} cannot get this verdict", case.rm).to_lowercase(),
        "defer it, merge the case, or reopen it",
    )
}

pub(super) fn known(case: &Case, vulnerability: &VulnId) -> Result<(), Refusal> {
    case.vulnerabilities
        .contains_key(vulnerability)
        .then_some(())
        .ok_or_else(|| unknown("vulnerability"))
}

fn known_line(case: &Case, line: &LineKey) -> Result<(), Refusal> {
    case.lines.contains_key(line).then_some(()).ok_or_else(|| unknown("line"))
}

fn line_verdict(case: &Case, line: &LineKey, verdict: &LineVerdict) -> Result<(), Refusal> {
    known_line(case, line)?;
    match verdict {
        LineVerdict::Patch { version } => {
            let default_branch = case.lines.get(line).is_some_and(|l| l.default_branch);
            ensure(
                default_branch || version.as_ref().is_some_and(|v| !v.trim().is_empty()),
                Rule::BadValue,
                format!("the patch release of {line} needs a planned version"),
                "give the version that will hold the fix",
            )
        }
        LineVerdict::NotAffected { why } | LineVerdict::EndOfLife { why } => with_reason(why),
    }
}

/// Commits are named in full, and only for a report that was accepted.
fn fix(case: &Case, line: &LineKey, commits: &[String]) -> Result<(), Refusal> {
    known_line(case, line)?;
    ensure(
        rules::may_fix(case.rm),
        Rule::WrongState,
        "the report was not accepted",
        "accept it first",
    )?;
    let full = |c: &String| c.len() >= 40 && c.bytes().all(|b| b.is_ascii_hexdigit());
    ensure(
        !commits.is_empty() && commits.iter().all(full),
        Rule::BadValue,
        "fixes are named by full commit ids",
        "give the whole id of each commit",
    )
}

/// Only names are judged here: whose mirrors a project has, and what other cases call their own, is
/// known outside.
fn private_work(case: &Case, repository: &str, work: Option<&PrivateWork>) -> Result<(), Refusal> {
    ensure(
        case.policy.repositories.iter().any(|known| known == repository),
        Rule::Unknown,
        "the case has no such repository",
        "name one of its repositories",
    )?;
    ensure(
        case.private.get(repository) != work,
        Rule::WrongState,
        "this is where it is read already",
        "change it",
    )?;
    let Some(work) = work else { return Ok(()) };
    let fault = work.fault();
    let why = fault.clone().unwrap_or_default();
    ensure(
        fault.is_none(),
        Rule::BadValue,
        why,
        "write names as the forge shows them, such as example-private.git and amber-1.30",
    )?;
    let mut lines = work.branches.keys().map(|line| LineKey::new(repository, line));
    lines.try_for_each(|line| known_line(case, &line))
}

/// Whether the playbook, as it stands at the case's head, lets the step go without its evidence.
fn waive(
    case: &Case,
    step: &StepId,
    overridden: bool,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    context.fresh(case)?;
    let rule = context.verdict.steps.get(step).ok_or_else(|| unknown("step"))?;
    let (allowed, otherwise) = if overridden {
        (rule.overridable, "cannot be overridden")
    } else {
        (rule.skippable, "must be done; it is no matter of choice")
    };
    ensure(
        allowed,
        Rule::StepBinding,
        format!("the step {step} {otherwise}"),
        "provide the evidence it asks for",
    )
}

/// A copy that was seen, says otherwise, and is still the one that the person looked at.
fn accept(case: &Case, record: PublicRecord, looked_at: &Digest) -> Result<(), Refusal> {
    let seen = case.copies.get(&record).ok_or_else(|| unknown("published copy"))?;
    ensure(
        *looked_at == seen.copy.digest,
        Rule::DigestDiffers,
        "what you looked at is not what everybody can read now",
        "look at the latest copy, then accept that",
    )?;
    ensure(
        !seen.copy.agrees(),
        Rule::WrongState,
        "the published copy says what was approved",
        "there is nothing to accept",
    )
}

fn unanswered(case: &Case, thing: &Digest) -> Result<(), Refusal> {
    let mut known = case.sightings.iter().filter(|seen| seen.sighting.thing == *thing);
    let seen = known.next().ok_or_else(|| unknown("sighting"))?;
    ensure(
        seen.answered.is_none(),
        Rule::WrongState,
        "somebody has said already what this is",
        "see their reason; correct the entry if it was wrong",
    )
}

/// Fewer approvals take two people and a command of their own, and what is armed keeps the rules it
/// was armed under.
fn rules_change(case: &Case, policy: &Policy) -> Result<(), Refusal> {
    ensure(
        !policy.approvals.lower(&case.policy.approvals),
        Rule::ApprovalsShort,
        "other rules alone do not lower the approvals in force",
        "move to rules that ask for as many people, and have fewer proposed and confirmed",
    )?;
    not_going_out(case)
}
