//! How many people must stand behind what leaves the house. To ask for more is one person's word;
//! to ask for fewer takes two, where there are two, and never touches what is planned or armed.

use super::{Context, Outcome, ensure, life::not_going_out, with_reason};
use crate::{
    Case, Command, Event, PersonId, Refusal, event::LifeEvent, policy::Approvals, refusal::Rule,
};

pub(super) fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let by = context.person()?;
    let event = match command {
        Command::SetApprovals { approvals, reason } => {
            with_reason(reason)?;
            set(case, *approvals, reason, by, context)?
        }
        Command::ConfirmApprovals { approvals } => confirm(case, *approvals, by, context)?,
        _ => return Err(super::unknown("command about approvals")),
    };
    Ok(vec![Event::Life(event)])
}

fn set(
    case: &Case,
    approvals: Approvals,
    reason: &str,
    by: PersonId,
    context: &Context<'_>,
) -> Result<LifeEvent, Refusal> {
    ensure(
        approvals != case.policy.approvals,
        Rule::WrongState,
        "so many approvals are in force already",
        "nothing is left to do",
    )?;
    not_going_out(case)?;
    let alone = !context.team.iter().any(|p| *p != by && case.on_team(*p, context.team));
    let reason = reason.to_owned();
    Ok(if approvals.lower(&case.policy.approvals) && !alone {
        LifeEvent::LoweringProposed { approvals, by, reason }
    } else {
        LifeEvent::ApprovalsSet { approvals, reason }
    })
}

/// The second person reads the same numbers, and is not the first one.
fn confirm(
    case: &Case,
    approvals: Approvals,
    by: PersonId,
    context: &Context<'_>,
) -> Result<LifeEvent, Refusal> {
    let proposed = case.lowering.as_ref().filter(|lowering| lowering.approvals == approvals);
    let Some(proposed) = proposed.filter(|lowering| case.on_team(lowering.by, context.team)) else {
        return Err(Refusal::new(
            Rule::Unknown,
            "nobody on the team has proposed these numbers",
            "propose them; another member of the security team then confirms",
        ));
    };
    ensure(
        proposed.by != by,
        Rule::AlreadyApproved,
        "whoever proposes fewer approvals cannot confirm them",
        "another member of the security team must confirm it",
    )?;
    not_going_out(case)?;
    Ok(LifeEvent::ApprovalsSet { approvals, reason: proposed.reason.clone() })
}
