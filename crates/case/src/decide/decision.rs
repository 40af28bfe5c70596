//! The team's decisions, and what the world shows.

use super::{Context, Outcome, ensure, unknown, with_reason};
use crate::{
    Case, Event, LineKey, Refusal, StepId, VulnId,
    embargo::{Ended, EndedBy},
    event::{Decision, EmbargoEvent, LineVerdict, PlaybookPin, Triage},
    evolve::triage_path,
    observation::Observation,
    policy::Policy,
    refusal::Rule,
    verdict::StepRule,
    vultron::{cs, rules},
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
        Decision::Distributors { reason, .. }
        | Decision::ReporterUnreachable { why: reason, .. } => {
            with_reason(reason)?;
        }
        Decision::Fix { line, commits } => {
            known_line(case, line)?;
            let hex = |c: &String| c.len() >= 40 && c.bytes().all(|b| b.is_ascii_hexdigit());
            ensure(
                !commits.is_empty() && commits.iter().all(hex),
                Rule::BadValue,
                "fixes are named by full commit ids",
                "give the whole id of each commit",
            )?;
        }
        Decision::Train { lines, .. } => {
            for line in lines {
                known_line(case, line)?;
            }
        }
        Decision::Burnt { train, line, why, .. } => {
            with_reason(why)?;
            known_line(case, line)?;
            ensure(case.trains.contains_key(train), Rule::Unknown, "no such train", "plan it")?;
        }
        Decision::Choice { step, reason } => {
            with_reason(reason)?;
            allowed(
                step,
                context,
                |rule| rule.skippable,
                "must be done; it is no matter of choice",
            )?;
        }
        Decision::Override { step, reason } => {
            with_reason(reason)?;
            context.person()?;
            allowed(step, context, |rule| rule.overridable, "cannot be overridden")?;
        }
        Decision::Leak { what, .. } => with_reason(what)?,
        Decision::Retrospective { text, .. } => with_reason(text)?,
        Decision::Correction { seq, text } => {
            with_reason(text)?;
            ensure(
                (1..=case.head).contains(seq),
                Rule::Unknown,
                "there is no such entry",
                "take its number from the timeline",
            )?;
        }
        Decision::Rules { playbook, policy, reason } => {
            with_reason(reason)?;
            rules_change(case, playbook, policy)?;
        }
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

fn known(case: &Case, vulnerability: &VulnId) -> Result<(), Refusal> {
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

fn allowed(
    step: &StepId,
    context: &Context<'_>,
    rule: impl Fn(&StepRule) -> bool,
    otherwise: &str,
) -> Result<(), Refusal> {
    let found = context.verdict.steps.get(step).ok_or_else(|| unknown("step"))?;
    ensure(
        rule(found),
        Rule::StepBinding,
        format!("the step {step} {otherwise}"),
        "provide the evidence it asks for",
    )
}

/// An open case keeps at least the approvals that it began with.
fn rules_change(case: &Case, _: &PlaybookPin, policy: &Policy) -> Result<(), Refusal> {
    let (old, new) = (case.policy.approvals, policy.approvals);
    ensure(
        new.publish >= old.publish && new.notice >= old.notice && new.other >= old.other,
        Rule::ApprovalsShort,
        "an open case keeps the number of approvals it began with",
        "move to rules that ask for as many people",
    )
}

/// A fact about the world. What is public, exploited or attacked ends the embargo at once.
pub(super) fn observe(case: &Case, seen: &Observation, context: &Context<'_>) -> Outcome {
    let fact = match seen {
        Observation::Public { .. } => Some(cs::Event::PublicAware),
        Observation::Exploit { .. } => Some(cs::Event::ExploitPublic),
        Observation::Attacks { .. } => Some(cs::Event::AttacksObserved),
        Observation::Cve { vulnerability, .. } => {
            known(case, vulnerability)?;
            None
        }
        Observation::Post { act, .. } | Observation::Delivery { act, .. } => {
            ensure(case.acts.contains_key(act), Rule::Unknown, "no such act", "look it up")?;
            None
        }
        _ => None,
    };
    let mut events = vec![Event::Observed(Box::new(seen.clone()))];
    let facts = fact.and_then(|event| cs::observe(case.facts, event)).map(|(facts, _)| facts);
    if let Some(facts) = facts
        && rules::embargo_must(case.embargo.state, facts).is_some()
    {
        events.push(Event::Embargo(EmbargoEvent::Ended(Ended {
            at: context.clock.now,
            by: EndedBy::World,
            why: format!("the world knows ({facts})"),
        })));
    }
    Ok(events)
}
