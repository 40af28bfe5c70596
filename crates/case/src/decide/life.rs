//! Reports joining and leaving a case, and the case's end.

use super::{Context, Outcome, ensure, unknown, with_reason};
use crate::{
    Case, Command, Event, Gate, Refusal,
    event::LifeEvent,
    refusal::Rule,
    state::{DisclosureState, Phase},
    vultron::{rm, rules},
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let event = match command {
        Command::Link(link) => {
            ensure(
                !case.reports.contains_key(&link.report),
                Rule::WrongState,
                "this report is linked already",
                "nothing is left to do",
            )?;
            LifeEvent::Linked(link.clone())
        }
        Command::Unlink { report, reason } => {
            with_reason(reason)?;
            ensure_others_remain(case, std::slice::from_ref(report).iter())?;
            LifeEvent::Unlinked { report: *report, reason: reason.clone() }
        }
        Command::SplitOff { into, reports, reason } => {
            with_reason(reason)?;
            ensure(
                *into != case.id && !reports.is_empty(),
                Rule::BadValue,
                "at least one report goes to another case",
                "name the other case and its reports",
            )?;
            ensure_others_remain(case, reports.iter())?;
            LifeEvent::SplitOff { into: *into, reports: reports.clone(), reason: reason.clone() }
        }
        Command::Merge { into, reason } => {
            with_reason(reason)?;
            ensure(
                *into != case.id,
                Rule::BadValue,
                "a case cannot be merged into itself",
                "name the other case",
            )?;
            not_going_out(case)?;
            LifeEvent::Merged { into: *into, reason: reason.clone() }
        }
        Command::Withdraw { reason } => {
            with_reason(reason)?;
            not_going_out(case)?;
            LifeEvent::Withdrawn { reason: reason.clone() }
        }
        Command::Close { reason } => {
            with_reason(reason)?;
            close(case, context)?;
            LifeEvent::Closed { reason: reason.clone() }
        }
        Command::Reopen { reason } => {
            with_reason(reason)?;
            ensure(
                matches!(case.phase, Phase::Closed | Phase::Withdrawn),
                Rule::WrongState,
                "only a closed or withdrawn case can be reopened",
                "work on the case it was merged into, if it was",
            )?;
            LifeEvent::Reopened { reason: reason.clone() }
        }
        _ => return Err(unknown("life command")),
    };
    Ok(vec![Event::Life(event)])
}

fn ensure_others_remain<'r>(
    case: &Case,
    leaving: impl Iterator<Item = &'r crate::ReportId>,
) -> Result<(), Refusal> {
    let mut left = case.reports.len();
    for report in leaving {
        if !case.reports.contains_key(report) {
            return Err(unknown("report"));
        }
        left = left.saturating_sub(1);
    }
    ensure(
        left > 0,
        Rule::WrongState,
        "a case cannot lose its last report",
        "merge or withdraw the case instead",
    )
}

/// Nothing of the case is armed or on its way to the public.
pub(super) fn not_going_out(case: &Case) -> Result<(), Refusal> {
    let going = case.disclosure.as_ref().is_some_and(|plan| {
        matches!(plan.state, DisclosureState::Armed | DisclosureState::Running)
    });
    ensure(
        !going,
        Rule::WrongState,
        "a disclosure is armed or going out",
        "hold it and drop it first",
    )
}

fn close(case: &Case, context: &Context<'_>) -> Result<(), Refusal> {
    ensure(
        rules::may_close(case.embargo.state),
        Rule::Embargo,
        "an embargo is in force",
        "publish, or end the embargo with a reason",
    )?;
    ensure(
        rm::transition(case.rm, rm::Event::Close).is_some(),
        Rule::WrongState,
        "there is no verdict on the report yet",
        "triage it first",
    )?;
    not_going_out(case)?;
    if let Some(act) = case.acts.values().find(|act| act.live()) {
        return Err(Refusal::new(
            Rule::WrongState,
            format!("an act is still open: {}", act.plan.kind.name()),
            "finish, resolve or cancel it",
        ));
    }
    context.pass(case, Gate::Close)
}
