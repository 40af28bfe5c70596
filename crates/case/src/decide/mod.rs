//! The one place where anything is allowed or refused.
//!
//! [`decide`] looks at the case, the command and the context, and answers with the events that
//! follow or with a [`Refusal`]. Nothing is changed here; [`evolve`](crate::evolve()) does that.

mod act;
mod approvals;
mod decision;
mod disclosure;
mod distributors;
mod embargo;
mod life;
mod people;
mod world;

use std::collections::BTreeSet;

use advisory::digest::Digest;
use jiff::Timestamp;

use crate::{
    Case, Command, Event, Gate, PersonId, Refusal, Roll, Verdict,
    event::Origin,
    refusal::Rule,
    rights::{Actor, Role, may},
    sealing::Book,
    state::Phase,
    told::Party,
};

type Outcome = Result<Vec<Event>, Refusal>;

/// The time, and whether a publication may rely on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The time.
    pub now: Timestamp,
    /// The boot-time clock since a trusted anchor agrees with a wall clock.
    pub trusted: bool,
}

/// Who asks, when, and what the playbook says.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Who asks.
    pub actor: Actor,
    /// The time.
    pub clock: Clock,
    /// The project's security team at this moment.
    pub team: &'a BTreeSet<PersonId>,
    /// The playbook's word on this case at its head.
    pub verdict: &'a Verdict,
    /// The parties that only people can reach from this house.
    pub by_hand: &'a BTreeSet<Party>,
    /// How mail to the project's lists is protected.
    pub book: &'a Book,
    /// The project's distributors.
    pub roll: &'a Roll,
}

impl Context<'_> {
    fn roles(&self, case: &Case) -> BTreeSet<Role> {
        case.roles_of(self.actor, self.team)
    }

    /// Of the people who approved, how many may still stand behind it.
    fn standing<'p>(&self, case: &Case, approvals: impl Iterator<Item = &'p PersonId>) -> usize {
        approvals.filter(|person| case.on_team(**person, self.team)).count()
    }

    fn person(&self) -> Result<PersonId, Refusal> {
        match self.actor {
            Actor::Person(person) => Ok(person),
            Actor::House => Err(Refusal::new(
                Rule::NotPermitted,
                "only a person may do this",
                "sign in and do it yourself",
            )),
        }
    }

    /// The verdict was computed for exactly this case, at its head.
    fn fresh(&self, case: &Case) -> Result<(), Refusal> {
        if self.verdict.head != case.head || self.verdict.playbook != case.playbook.digest {
            return Err(Refusal::new(
                Rule::StaleVerdict,
                "the case moved on while its checklist was being read",
                "try again",
            ));
        }
        Ok(())
    }

    fn pass(&self, case: &Case, gate: Gate) -> Result<(), Refusal> {
        self.fresh(case)?;
        match self.verdict.missing(gate) {
            [] => Ok(()),
            missing => Err(Refusal::gate(gate, missing)),
        }
    }
}

/// The events that follow from a command, or the rule that refuses it.
///
/// # Errors
/// A [`Refusal`] that names the rule, says why in words for the person, and what would satisfy it.
pub fn decide(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    let permitted = may(context.actor, &context.roles(case), command.permission())
        && !distributors::silenced(case, context);
    let besides = inherits(case, command, context.actor)
        || distributors::speaks_for_another(case, command, context);
    if !(permitted || besides) {
        return Err(not_permitted(command));
    }
    ensure(
        case.phase == Phase::Open || outlives(command),
        Rule::WrongState,
        "the case is not open",
        "reopen it first",
    )?;
    let mut events = area(case, command, context)?;
    events.extend(disclosure::overtaken(case, &events, context));
    Ok(events)
}

/// The events of the area that a command belongs to.
fn area(case: &Case, command: &Command, context: &Context<'_>) -> Outcome {
    match command {
        Command::Link(_)
        | Command::Unlink { .. }
        | Command::SplitOff { .. }
        | Command::Merge { .. }
        | Command::Withdraw { .. }
        | Command::Close { .. }
        | Command::Reopen { .. } => life::decide(case, command, context),
        Command::SetApprovals { .. } | Command::ConfirmApprovals { .. } => {
            approvals::decide(case, command, context)
        }
        Command::Observe(seen) => world::observe(case, seen, context),
        Command::Attest(told) => world::attest(case, told, context),
        Command::Decide(decision) => decision::decide(case, decision, context),
        Command::Invite(_)
        | Command::Remove { .. }
        | Command::Left { .. }
        | Command::Expel { .. }
        | Command::Protect { .. }
        | Command::OfferCredit { .. }
        | Command::AnswerCredit { .. }
        | Command::DefaultCredit { .. } => people::decide(case, command, context),
        Command::ProposeEmbargo { .. }
        | Command::AgreeEmbargo { .. }
        | Command::RejectEmbargo { .. }
        | Command::Consent { .. }
        | Command::Object { .. }
        | Command::AnswerFor { .. }
        | Command::WithdrawObjection { .. }
        | Command::MeetObjection { .. }
        | Command::OverrideObjection { .. }
        | Command::EndEmbargo { .. } => embargo::decide(case, command, context),
        Command::Plan { .. }
        | Command::Approve { .. }
        | Command::Start { .. }
        | Command::Seal { .. }
        | Command::Finish { .. }
        | Command::Fail { .. }
        | Command::PutOff { .. }
        | Command::Doubt { .. }
        | Command::Resolve { .. }
        | Command::Retry { .. }
        | Command::Cancel { .. } => act::decide(case, command, context),
        Command::PlanDisclosure { .. }
        | Command::ApproveDisclosure { .. }
        | Command::Arm { .. }
        | Command::Hold { .. }
        | Command::Resume { .. }
        | Command::TellTime { .. }
        | Command::Drop { .. }
        | Command::Fire { .. } => disclosure::decide(case, command, context),
    }
}

/// An upstream project's date is not the team's to propose: the house passes it on, and nobody's
/// name stands under it.
fn inherits(case: &Case, command: &Command, actor: Actor) -> bool {
    actor == Actor::House
        && matches!(command, Command::ProposeEmbargo { .. })
        && case.vulnerabilities.values().any(|v| v.origin != Origin::Ours)
}

/// What may still be recorded once a case is over: the world goes on, and so do effects that were
/// on their way.
fn outlives(command: &Command) -> bool {
    use crate::event::Decision;
    match command {
        Command::Reopen { .. }
        | Command::Observe(_)
        | Command::Finish { .. }
        | Command::Fail { .. }
        | Command::Doubt { .. }
        | Command::Resolve { .. } => true,
        Command::Decide(decision) => {
            matches!(**decision, Decision::Correction { .. } | Decision::Leak { .. })
        }
        _ => false,
    }
}

fn not_permitted(command: &Command) -> Refusal {
    let (why, remedy) = match command {
        Command::Observe(seen) if !seen.told_by_people() => (
            "what the world shows is read back by the house, not typed in",
            "wait for it to be read, or tell what you saw where nobody can be read",
        ),
        _ => ("you may not do this in this case", "ask the case's security team"),
    };
    Refusal::new(Rule::NotPermitted, why, remedy)
}

pub(crate) fn ensure(
    holds: bool,
    rule: Rule,
    why: impl Into<String>,
    remedy: impl Into<String>,
) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::new(rule, why, remedy)) }
}

pub(crate) fn with_reason(reason: &str) -> Result<(), Refusal> {
    ensure(
        !reason.trim().is_empty(),
        Rule::ReasonNeeded,
        "this needs a reason",
        "say why, in a sentence; it is kept in the journal",
    )
}

fn unknown(what: &str) -> Refusal {
    Refusal::new(Rule::Unknown, format!("there is no such {what} in this case"), "look it up again")
}

fn same_digest(shown: &Digest, planned: &Digest) -> Result<(), Refusal> {
    ensure(
        shown == planned,
        Rule::DigestDiffers,
        "what you saw is not what is planned now",
        "look at the current plan, then approve that",
    )
}

fn enough(standing: usize, needs: u8) -> Result<(), Refusal> {
    let needs = usize::from(needs);
    ensure(
        standing >= needs,
        Rule::ApprovalsShort,
        format!("{standing} of {needs} people stand behind this"),
        "another member of the security team must approve it",
    )
}
