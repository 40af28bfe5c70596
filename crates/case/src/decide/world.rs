//! What the world shows. Facts are not refused; only references to things that are not there are.

use super::{Context, Outcome, decision::known, ensure, unknown};
use crate::{
    ActId, Case, Event, Refusal,
    act::{Act, ActKind, ActState},
    embargo::{Ended, EndedBy},
    event::EmbargoEvent,
    observation::{CveWord, Draft, DraftState, Observation},
    refusal::Rule,
    vultron::{cs, rules},
};

/// A fact about the world. What is public, exploited or attacked ends the embargo at once.
pub(super) fn observe(case: &Case, seen: &Observation, context: &Context<'_>) -> Outcome {
    about_known_things(case, seen)?;
    let mut events = vec![Event::Observed(Box::new(seen.clone()))];
    let facts = seen.fact().and_then(|fact| cs::observe(case.facts, fact)).map(|(facts, _)| facts);
    if let Some(facts) = facts
        && rules::embargo_must(case.embargo.state, facts).is_some()
    {
        let (by, why) = if our_own(case, seen) {
            (EndedBy::Disclosure, "the advisory is public".to_owned())
        } else {
            (EndedBy::World, format!("the world knows ({facts})"))
        };
        let ended = Ended { at: context.clock.now, by, why };
        events.push(Event::Embargo(EmbargoEvent::Ended(ended)));
    }
    Ok(events)
}

/// What is found published is what this house had begun to publish: the receipt is only not here
/// yet, or was lost.
fn our_own(case: &Case, seen: &Observation) -> bool {
    let kind = match seen {
        Observation::Draft(Draft { state: DraftState::Published, .. }) => ActKind::PublishAdvisory,
        Observation::Cve { vulnerability, word: CveWord::Published } => {
            ActKind::PublishCve { vulnerability: *vulnerability }
        }
        _ => return false,
    };
    let on_its_way =
        |act: &Act| matches!(act.state, ActState::Started { .. } | ActState::Uncertain { .. });
    case.acts_of(|known| *known == kind).any(on_its_way)
}

fn about_known_things(case: &Case, seen: &Observation) -> Result<(), Refusal> {
    let known_act =
        |act: &ActId| case.acts.contains_key(act).then_some(()).ok_or_else(|| unknown("act"));
    match seen {
        Observation::Cve { vulnerability, .. } => known(case, vulnerability),
        Observation::Post { act, .. } | Observation::Delivery { act, .. } => known_act(act),
        Observation::Deadline { report, .. } => {
            case.reports.contains_key(report).then_some(()).ok_or_else(|| unknown("report"))
        }
        Observation::Preflight { disclosure, .. } => case
            .disclosure
            .as_ref()
            .filter(|plan| plan.id == *disclosure)
            .map(|_| ())
            .ok_or_else(|| unknown("disclosure")),
        Observation::SupportedLines { lines, default_branch, .. } => ensure(
            lines.contains(default_branch),
            Rule::BadValue,
            "the default branch is not among the lines",
            "list it as a line under its own name",
        ),
        _ => Ok(()),
    }
}
