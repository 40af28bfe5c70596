//! Going through all states, breadth first or depth first, and back from the ends.

use std::collections::{HashMap, VecDeque};

use case::{
    Case, Clock, Command, Context, Event, Gate, Party, Refusal, StepId, Verdict, evolve,
    state::Phase, verdict::Missing,
};

use super::{
    monitor::Truth,
    world::{Clocks, Move, Node, Step, moment, moves, open},
};
use crate::desk::{NO_BOOK, NO_ROLL, entry};

/// Something that decides: the real one, or one with a hole in it.
pub(super) type Decide<'d> =
    &'d dyn Fn(&Case, &Command, &Context<'_>) -> Result<Vec<Event>, Refusal>;

/// In which order states are visited. Depth finds a hole fast, breadth a shortest way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Breadth,
    Depth,
}

/// What was found.
pub(super) struct Found {
    pub(super) states: usize,
    pub(super) allowed: usize,
    pub(super) refused: usize,
    /// States in which a publication has begun, and closed ones.
    pub(super) published: usize,
    pub(super) closed: usize,
    /// The first law broken, and where.
    pub(super) violation: Option<String>,
    /// A state from which no hopeful way leads to a closed case.
    pub(super) stuck: Option<String>,
}

/// Goes through everything reachable; stops at the first law broken.
pub(super) fn explore(decide: Decide<'_>, clocks: Clocks, order: Order) -> Found {
    let first = Node::first(clocks);
    let mut known = HashMap::from([(first.key(), 0_u32)]);
    let mut waiting = VecDeque::from([(0_u32, first)]);
    // Hopeful ways, backwards: who leads to a state.
    let mut back: Vec<Vec<u32>> = vec![vec![]];
    let mut ends = Vec::new();
    let mut found = Found {
        states: 1,
        allowed: 0,
        refused: 0,
        published: 0,
        closed: 0,
        violation: None,
        stuck: None,
    };
    while let Some((id, node)) = match order {
        Order::Breadth => waiting.pop_front(),
        Order::Depth => waiting.pop_back(),
    } {
        if node.case.phase == Phase::Closed {
            ends.push(id);
            found.closed += 1;
        }
        found.published +=
            usize::from(node.case.acts.values().any(|a| a.plan.kind.discloses() && a.attempts > 0));
        let verdicts = [false, true].map(|stale| verdict(&node.case, stale));
        for step in moves(&node) {
            let next = match take(decide, &node, &step, &verdicts[usize::from(step.stale)]) {
                Ok(Some(next)) => next,
                Ok(None) => {
                    found.refused += 1;
                    continue;
                }
                Err(law) => {
                    found.states = known.len();
                    found.violation = Some(law);
                    return found;
                }
            };
            found.allowed += 1;
            let fresh = u32::try_from(known.len()).unwrap();
            let to = *known.entry(next.key()).or_insert(fresh);
            if to == fresh {
                back.push(vec![]);
                waiting.push_back((to, next));
            }
            if step.hopeful {
                back[to as usize].push(id);
            }
        }
    }
    found.states = known.len();
    found.stuck = stuck(&back, &ends).map(|id| {
        let key = known.iter().find(|(_, known)| **known == id).map(|(key, _)| key);
        format!("state {id}: {key:?}")
    });
    found
}

/// A state that is on no hopeful way to an end.
fn stuck(back: &[Vec<u32>], ends: &[u32]) -> Option<u32> {
    let mut ending = vec![false; back.len()];
    let mut waiting: Vec<u32> = ends.to_vec();
    while let Some(id) = waiting.pop() {
        if !std::mem::replace(&mut ending[id as usize], true) {
            waiting.extend(&back[id as usize]);
        }
    }
    ending.iter().position(|ends| !ends).map(|id| u32::try_from(id).unwrap())
}

/// The state after a move; `None` where it is refused; `Err` when a law is broken.
fn take(
    decide: Decide<'_>,
    node: &Node,
    step: &Move,
    verdict: &Verdict,
) -> Result<Option<Node>, String> {
    let command = match &step.step {
        Step::Command(command) => command,
        Step::Tick => {
            let mut next = node.clone();
            next.tick += 1;
            return Ok(Some(next));
        }
        Step::Leave(who) => {
            let mut next = node.clone();
            next.team.remove(who);
            return Ok(Some(next));
        }
    };
    let by_hand = &node.by_hand;
    let trusted = step.trusted && !by_hand.contains(&Party::Clocks);
    let clock = Clock { now: moment(node.tick), trusted };
    let (team, book, roll) = (&node.team, &NO_BOOK, &NO_ROLL);
    let context = Context { actor: step.actor, clock, team, verdict, by_hand, book, roll };
    let Ok(events) = decide(&node.case, command, &context) else {
        return Ok(None);
    };
    let mut next = node.clone();
    let truth =
        Truth { actor: step.actor, clock, by_hand, team: &node.team, command, case: &node.case };
    for event in events {
        next.monitor.watch(&event, &truth).map_err(|law| format!("{law}: {command:?}"))?;
        let entry = entry(next.case.head + 1, clock.now, step.actor, event);
        next.case = evolve(next.case, &entry);
    }
    next.draw(command);
    Ok(Some(next))
}

/// The gate's word on a case; a stale one is from before anything was known to be missing.
fn verdict(case: &Case, stale: bool) -> Verdict {
    let shut = Gate::ALL.into_iter().filter(|gate| !stale && !open(case, *gate));
    let missing = || vec![Missing { step: StepId("step".into()), what: "evidence".into() }];
    Verdict {
        head: case.head - u64::from(stale),
        playbook: case.playbook.digest,
        shut: shut.map(|gate| (gate, missing())).collect(),
        steps: std::collections::BTreeMap::new(),
    }
}
