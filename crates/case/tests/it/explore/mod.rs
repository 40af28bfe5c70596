//! Every state that `decide` and `evolve` can reach within stated bounds, and what holds in all.
//!
//! The bounds: two supported lines; a team of three of whom two must approve, and of whom one may
//! go away once enough stand behind something (removed from the case, and asked back; or gone from
//! the project); two distributors who stay silent or object; one vulnerability; one report that is
//! accepted, or deferred before any line is judged and taken up again; two instants that are
//! proposed, countered and agreed in any order and number; three moments (before both, from the
//! first, from the second); a house whose clock may be trusted or not, and one where a person must
//! look at another clock; a fresh or a stale verdict; the
//! notice; a disclosure (an advisory, then a notice to users) or a publication by itself, planned,
//! given up and planned anew any number of times; a revision, or the reporter's word about credit,
//! while it waits; each call succeeding, failing or ending in doubt; and the bug becoming known at
//! any moment.
//!
//! To keep it small, what happens to lines, draft and releases comes in one order (it only opens
//! gates), and not while a plan waits for approvals; whoever can be told of an embargo is told
//! before a disclosure is planned; and states are one when they differ only in numbers, times,
//! which of several people on the same footing did what, or answers to a date that is not the one
//! asked about.

#![cfg(test)]

mod guards;
mod monitor;
mod mutants;
mod search;
mod world;

use guards::Guards;
use mutants::MUTANTS;
use search::{Order, explore};
use world::Clocks;

#[test]
fn no_reachable_state_breaks_the_law_and_every_one_can_end() {
    let guards = Guards::default();
    for clocks in [Clocks::Asked, Clocks::ByHand] {
        let found = explore(
            &|case, command, context| {
                let answer = world::honest(case, command, context);
                if let Err(refusal) = &answer {
                    guards.met(refusal, case, command, context);
                }
                answer
            },
            clocks,
            Order::Breadth,
        );
        println!(
            "explored {} states by {} allowed and {} refused moves, clocks {clocks:?}",
            found.states, found.allowed, found.refused
        );
        assert_eq!(found.violation, None);
        assert!(found.states > 10_000, "the bounds shut out nearly everything");
        assert!(found.published > 0 && found.closed > 0);
        assert_eq!(found.stuck, None, "a state from which nothing leads to a closed case");
    }
    println!("{guards}");
    assert_eq!(guards.without_a_mutant(), Vec::<String>::new(), "guards whose loss is not tried");
}

#[test]
fn without_any_single_guard_the_exploration_turns_red() {
    let mut missed = Vec::new();
    for mutant in MUTANTS {
        let found = explore(
            &|node, command, context| mutant.decide(node, command, context),
            mutant.clocks,
            mutant.order,
        );
        println!(
            "{:44} {:>7} states  {}",
            mutant.name,
            found.states,
            found.violation.as_deref().unwrap_or("NOT FOUND")
        );
        if found.violation.is_none() {
            missed.push(mutant.name);
        }
    }
    assert_eq!(missed, Vec::<&str>::new(), "guards that nothing notices the loss of");
}
