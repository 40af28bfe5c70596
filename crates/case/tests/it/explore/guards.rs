//! Every guard that the exploration runs into: a mutant takes it away, or it is said here why its
//! loss would break no law.
//!
//! A guard is told by its rule, the command that it refuses and its words, figures aside.

use std::{cell::RefCell, collections::BTreeMap, fmt};

use case::{Case, Command, Context, Refusal};

use super::mutants::MUTANTS;

/// A guard of which the first refusals are tried, and then some.
const TRIED: usize = 64;
const OF_THE_REST: usize = 61;

/// Guards without a mutant, and why the witness would not notice their loss.
const HARMLESS: [(&str, &str, &str); 6] = [
    ("Start", "the gate before the notice", "in these bounds, once passed it stays open"),
    ("Approve", "the act does not wait for approval", "one more would stand behind it"),
    ("Object", "there is an objection to this date", "it would only be said twice"),
    ("ProposeEmbargo", "a disclosure is armed already", "a date on the table holds what is armed"),
    ("Decide", "the published copy says what was approved", "what agrees is taken as it is"),
    ("Hold", "only an armed disclosure", "what is held goes out less"),
];

#[derive(Default)]
struct Guard {
    refused: usize,
    mutant: Option<&'static str>,
}

/// What was met so far.
#[derive(Default)]
pub(super) struct Guards(RefCell<BTreeMap<(String, String, String), Guard>>);

impl Guards {
    /// Writes a refusal down, and looks for a mutant that would not have refused.
    pub(super) fn met(
        &self,
        refusal: &Refusal,
        case: &Case,
        command: &Command,
        context: &Context<'_>,
    ) {
        let mut guards = self.0.borrow_mut();
        let guard = guards.entry(told(refusal, command)).or_default();
        guard.refused += 1;
        let try_it = guard.refused <= TRIED || guard.refused.is_multiple_of(OF_THE_REST);
        if guard.mutant.is_none() && try_it {
            let passes = MUTANTS.iter().find(|m| m.passes(refusal.rule, case, command, context));
            guard.mutant = passes.map(|mutant| mutant.name);
        }
    }

    /// Those that no mutant takes away, and for which nothing is said here.
    pub(super) fn without_a_mutant(&self) -> Vec<String> {
        let guards = self.0.borrow();
        let open = guards.iter().filter(|((_, command, words), guard)| {
            guard.mutant.is_none() && harmless(command, words).is_none()
        });
        open.map(|(guard, _)| format!("{guard:?}")).collect()
    }
}

impl fmt::Display for Guards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((rule, command, words), guard) in &*self.0.borrow() {
            let fate = guard.mutant.or_else(|| harmless(command, words)).unwrap_or("NOT TRIED");
            writeln!(f, "{:>7}  {rule} at {command}: {words} | {fate}", guard.refused)?;
        }
        Ok(())
    }
}

fn harmless(command: &str, words: &str) -> Option<&'static str> {
    let listed = |(of, begins, _): &&(&str, &str, _)| *of == command && words.starts_with(begins);
    HARMLESS.iter().find(listed).map(|(.., why)| *why)
}

fn told(refusal: &Refusal, command: &Command) -> (String, String, String) {
    let Refusal { rule, why, .. } = refusal;
    let name = format!("{command:?}");
    let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let words = why.chars().filter(|c| !c.is_ascii_digit()).collect();
    (format!("{rule:?}"), name.to_owned(), words)
}
