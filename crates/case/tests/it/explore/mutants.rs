//! Holes to look for: the real `decide` with one guard's input forged.
//!
//! A mutant asks the real `decide` first. Where that refuses by the guarded rule, it asks again
//! with the one thing forged that the guard looks at, and takes that answer. Nothing of this is
//! known to the room itself.

use std::{collections::BTreeSet, sync::Arc};

use case::{
    Case, Clock, Command, Context, Event, Gate, Party, PersonId, Refusal, Verdict,
    act::{ActKind, ActState},
    complete_advisory, decide,
    embargo::Embargo,
    event::{Decision, DisclosureEvent},
    refusal::Rule,
    rights::Actor,
    state::DisclosureState,
    vultron::rm,
};

use super::{
    search::Order,
    world::{Clocks, TEAM, astray, moment},
};
use crate::desk::proof;

/// What a forged look at the world consists of.
struct Forged {
    case: Case,
    command: Command,
    actor: Actor,
    clock: Clock,
    team: BTreeSet<PersonId>,
    by_hand: BTreeSet<Party>,
    verdict: Verdict,
}

/// A `decide` without one guard.
pub(super) struct Mutant {
    pub(super) name: &'static str,
    rule: Rule,
    at: fn(&Command) -> bool,
    forge: fn(&mut Forged),
    /// The house that shows it, and the order that finds it soon.
    pub(super) clocks: Clocks,
    pub(super) order: Order,
}

impl Mutant {
    /// A few steps from the beginning.
    const fn near(mut self) -> Self {
        self.order = Order::Breadth;
        self
    }

    /// Where a person tells the time.
    const fn told_the_time(mut self) -> Self {
        self.clocks = Clocks::ByHand;
        self
    }

    /// Whether it lets pass what the real `decide` refused by this rule.
    pub(super) fn passes(
        &self,
        rule: Rule,
        case: &Case,
        command: &Command,
        context: &Context<'_>,
    ) -> bool {
        self.rule == rule && self.decide(case, command, context).is_ok()
    }

    pub(super) fn decide(
        &self,
        case: &Case,
        command: &Command,
        context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let answer = decide(case, command, context);
        let guarded = match &answer {
            Err(refusal) => refusal.rule == self.rule,
            Ok(events) => HOLD_AT_THE_INSTANT.contains(&self.rule) && is_held(command, events),
        };
        if !guarded || !(self.at)(command) {
            return answer;
        }
        let mut forged = Forged {
            case: case.clone(),
            command: command.clone(),
            actor: context.actor,
            clock: context.clock,
            team: context.team.clone(),
            by_hand: context.by_hand.clone(),
            verdict: context.verdict.clone(),
        };
        (self.forge)(&mut forged);
        let context = Context {
            actor: forged.actor,
            clock: forged.clock,
            team: &forged.team,
            verdict: &forged.verdict,
            by_hand: &forged.by_hand,
            book: context.book,
            roll: context.roll,
        };
        // A guard that still refuses, or holds, is another one, and stands.
        match decide(&forged.case, &forged.command, &context) {
            Ok(events) if !is_held(command, &events) => Ok(events),
            _ => answer,
        }
    }
}

/// Guards that hold a disclosure at its instant, where elsewhere they refuse.
const HOLD_AT_THE_INSTANT: [Rule; 3] = [Rule::ApprovalsShort, Rule::WrongState, Rule::Embargo];

fn is_held(command: &Command, events: &[Event]) -> bool {
    let held = |event: &Event| matches!(event, Event::Disclosure(DisclosureEvent::Held { .. }));
    matches!(command, Command::Fire { .. }) && events.iter().any(held)
}

/// The guard of `rule` at some commands, with its input forged.
const fn without(
    name: &'static str,
    rule: Rule,
    at: fn(&Command) -> bool,
    forge: fn(&mut Forged),
) -> Mutant {
    Mutant { name, rule, at, forge, clocks: Clocks::Asked, order: Order::Depth }
}

fn anywhere(_: &Command) -> bool {
    true
}

/// Where a disclosure is planned, armed, fired or under way.
fn at_disclosure(command: &Command) -> bool {
    matches!(
        command,
        Command::PlanDisclosure { .. }
            | Command::Arm { .. }
            | Command::Resume { .. }
            | Command::Fire { .. }
            | Command::Start { .. }
    )
}

macro_rules! at {
    ($($name:ident: $command:ident),*) => {$(
        fn $name(command: &Command) -> bool {
            matches!(command, Command::$command { .. })
        }
    )*};
}

at! {
    at_start: Start,
    at_close: Close,
    at_proposal: ProposeEmbargo,
    at_cancelling: Cancel,
    at_retry: Retry,
    at_fire: Fire,
    at_arming: Arm,
    at_resuming: Resume,
    at_drop: Drop,
    at_telling: TellTime
}

fn at_observing(command: &Command) -> bool {
    matches!(command, Command::Observe(_))
}

fn at_planning(command: &Command) -> bool {
    matches!(command, Command::Plan { .. } | Command::PlanDisclosure { .. })
}

/// One mutant a guard.
pub(super) const MUTANTS: [Mutant; 46] = [
    without("a red gate passes to notify", Rule::GateShut, anywhere, |f| pass(f, Gate::Notify)),
    without("a red gate passes to arm", Rule::GateShut, anywhere, |f| pass(f, Gate::Arm)),
    without("a red gate passes to publish", Rule::GateShut, anywhere, |f| pass(f, Gate::Publish)),
    // A second rule looks at the same fact as this gate does, and goes with it.
    without("a red gate passes to announce", Rule::GateShut, anywhere, |f| {
        pass(f, Gate::Announce);
        make_public(f);
    }),
    without("a red gate passes to close", Rule::GateShut, anywhere, |f| pass(f, Gate::Close)),
    without("a stale verdict passes for fresh", Rule::StaleVerdict, anywhere, |f| {
        f.verdict.head = f.case.head;
    }),
    without("the instant is taken as come", Rule::TooEarly, at_disclosure, |f| {
        f.clock.now = moment(2);
    }),
    without("a suspect clock is trusted", Rule::ClockSuspect, anywhere, |f| {
        f.clock.trusted = true;
    }),
    without("anything may be published by itself", Rule::TooEarly, at_start, make_public),
    without("approvals are not counted", Rule::ApprovalsShort, anywhere, everybody_approves),
    without("people who left the team count", Rule::ApprovalsShort, anywhere, |f| {
        f.team = TEAM.into();
    }),
    without("one person counts twice", Rule::AlreadyApproved, anywhere, forget_approvals),
    without("what was shown may differ", Rule::DigestDiffers, anywhere, show_what_is_planned),
    without("anybody may approve", Rule::NotPermitted, anywhere, |f| {
        f.actor = Actor::Person(TEAM[0]);
    }),
    without("people who were removed may approve", Rule::NotPermitted, anywhere, |f| {
        f.case.people.retain(|who, person| !TEAM.contains(who) || person.present());
        f.team = TEAM.into();
    }),
    without("a call is made twice", Rule::WrongState, at_start, |f| {
        for act in f.case.acts.values_mut() {
            if matches!(act.state, ActState::Started { .. } | ActState::Uncertain { .. }) {
                act.state = ActState::Approved { at: moment(0) };
            }
        }
    }),
    without("a held disclosure goes on", Rule::WrongState, at_start, |f| {
        if let Some(plan) = &mut f.case.disclosure {
            plan.state = DisclosureState::Running;
        }
    }),
    without("acts start out of order", Rule::WrongState, at_start, |f| {
        for act in f.case.acts.values_mut() {
            if act.plan.kind == ActKind::PublishAdvisory {
                act.state = ActState::Done { at: moment(0), proof: proof() };
            }
        }
    }),
    without("a second publication is planned", Rule::WrongState, at_planning, |f| {
        f.case.acts.retain(|_, act| act.plan.kind != ActKind::PublishAdvisory);
    }),
    without("a text from before a revision goes out", Rule::WrongState, at_disclosure, |f| {
        let revision = f.case.advisory_revision();
        for act in f.case.acts.values_mut() {
            act.advisory_revision = revision;
        }
    }),
    without("what was said before a credit goes out", Rule::WrongState, at_disclosure, |f| {
        let now = complete_advisory(&f.case).map(Arc::new);
        for act in f.case.acts.values_mut() {
            act.about.clone_from(&now);
        }
    }),
    without("another date than the agreed one", Rule::Embargo, at_disclosure, |f| {
        f.case.embargo = Embargo::default();
    }),
    without("a notice without an embargo", Rule::Embargo, at_start, |f| {
        f.case.embargo.pending = Some(1);
    }),
    without("closing under an embargo", Rule::Embargo, at_close, |f| {
        f.case.embargo = Embargo::default();
    })
    .near(),
    without("closing with a call under way", Rule::WrongState, at_close, |f| f.case.acts.clear()),
    without("any words for a list", Rule::ListProfile, anywhere, |f| {
        if let Some(list) = f.case.policy.lists.get_mut("distributors") {
            list.cve_id_allowed = true;
        }
    }),
    without("any address for a list", Rule::BadValue, anywhere, |f| {
        if let Some(list) = f.case.policy.lists.get_mut("distributors") {
            list.address = astray();
        }
    }),
    without("a date in the past", Rule::BadValue, at_proposal, |f| f.clock.now = moment(0)).near(),
    without("an embargo on what the world knows", Rule::Embargo, at_proposal, |f| {
        make_secret(f);
    })
    .near(),
    without("an embargo after its end", Rule::Embargo, at_proposal, |f| {
        f.case.embargo = Embargo::default();
    })
    .near(),
    without("a call under way is given up", Rule::WrongState, at_cancelling, |f| {
        all_acts_are(f, &ActState::Planned);
    }),
    without("a part is taken out of the whole", Rule::WrongState, at_cancelling, |f| {
        f.case.disclosure = None;
    }),
    without("a call under way is made again", Rule::WrongState, at_retry, |f| {
        all_acts_are(f, &ActState::Failed { at: moment(0), why: "down".into() });
    }),
    without("a plan in the place of another", Rule::WrongState, at_planning, |f| {
        f.case.disclosure = None;
        f.case.acts.clear();
    }),
    without("an unarmed disclosure fires", Rule::WrongState, at_fire, |f| {
        the_disclosure_is(f, DisclosureState::Armed);
    }),
    without("a held disclosure is armed", Rule::WrongState, at_arming, |f| {
        the_disclosure_is(f, DisclosureState::Planned);
    }),
    without("a planned disclosure is resumed", Rule::WrongState, at_resuming, |f| {
        the_disclosure_is(f, DisclosureState::Held { reason: "wait".into() });
    }),
    without("what was tried is dropped", Rule::WrongState, at_drop, |f| {
        for act in f.case.acts.values_mut() {
            act.attempts = 0;
        }
    }),
    without("closing without a verdict", Rule::WrongState, at_close, |f| {
        f.case.rm = rm::State::Invalid;
    })
    .near(),
    without("a copy is seen of what is not out", Rule::WrongState, at_observing, |f| {
        all_acts_are(f, &ActState::Done { at: moment(0), proof: proof() });
    }),
    // The acts of a disclosure are a second reason not to close.
    without("closing with a disclosure armed", Rule::WrongState, at_close, |f| {
        f.case.disclosure = None;
        f.case.acts.clear();
    }),
    without("the time is told where clocks are asked", Rule::NotPermitted, at_telling, |f| {
        f.by_hand = [Party::Clocks].into();
    }),
    without("the house tells itself the time", Rule::NotPermitted, at_telling, |f| {
        f.actor = Actor::Person(TEAM[0]);
    })
    .told_the_time(),
    without("the time is told by no clock", Rule::ReasonNeeded, at_telling, |f| {
        if let Command::TellTime { clock, .. } = &mut f.command {
            "a clock".clone_into(clock);
        }
    })
    .told_the_time(),
    without("the time is told before it", Rule::TooEarly, at_telling, |f| f.clock.now = moment(2))
        .told_the_time(),
    without("the time of what is not armed is told", Rule::WrongState, at_telling, |f| {
        the_disclosure_is(f, DisclosureState::Armed);
    })
    .told_the_time(),
];

fn all_acts_are(forged: &mut Forged, state: &ActState) {
    for act in forged.case.acts.values_mut() {
        act.state = state.clone();
    }
}

fn the_disclosure_is(forged: &mut Forged, state: DisclosureState) {
    if let Some(plan) = &mut forged.case.disclosure {
        plan.state = state;
    }
}

fn forget_approvals(forged: &mut Forged) {
    for act in forged.case.acts.values_mut() {
        act.approvals.clear();
    }
    if let Some(plan) = &mut forged.case.disclosure {
        plan.approvals.clear();
    }
}

/// Opens one gate, and only that.
fn pass(forged: &mut Forged, gate: Gate) {
    forged.verdict.shut.remove(&gate);
}

fn make_public(forged: &mut Forged) {
    forged.case.facts = "VFdPxa".parse().unwrap();
}

fn make_secret(forged: &mut Forged) {
    forged.case.facts = "Vfdpxa".parse().unwrap();
}

fn everybody_approves(forged: &mut Forged) {
    let all = TEAM.map(|who| (who, moment(0)));
    forged.team = TEAM.into();
    for act in forged.case.acts.values_mut() {
        act.approvals = all.into();
    }
    if let Some(plan) = &mut forged.case.disclosure {
        plan.approvals = all.into();
    }
}

fn show_what_is_planned(forged: &mut Forged) {
    match &mut forged.command {
        Command::Approve { act, digest } => *digest = forged.case.acts[act].digest,
        Command::ApproveDisclosure { digest, .. } => {
            if let Some(plan) = &forged.case.disclosure {
                *digest = plan.digest;
            }
        }
        Command::Decide(decision) => {
            if let Decision::AcceptCopy { record, digest, .. } = &mut **decision
                && let Some(seen) = forged.case.copies.get(record)
            {
                *digest = seen.copy.digest;
            }
        }
        _ => {}
    }
}
