//! What is allowed and what is refused, area by area: each row a wish, and the rule that refuses it.

#![cfg(test)]

mod acts;
mod decisions;
mod disclosure;
mod distributors;
mod embargo;
mod life;
mod outgoing;
mod people;
mod readiness;
mod said;
mod sealing;
mod sightings;
mod told;
mod world;

use case::{Command, refusal::Rule, rights::Actor};

use crate::desk::Desk;

/// A row: what it shows, the desk, who wishes what, and the rule that refuses it, if one does.
type Row<'d> = (&'static str, &'d Desk, Actor, Command, Option<Rule>);

fn check<'d>(rows: impl IntoIterator<Item = Row<'d>>) {
    for (row, desk, actor, command, expected) in rows {
        let answer = desk.try_as(actor, &command);
        let rule = answer.as_ref().err().map(|refusal| refusal.rule);
        assert_eq!(rule, expected, "{row}: {answer:?}");
        if let Err(refusal) = answer {
            let worded = !refusal.why.is_empty() && (!refusal.remedy.is_empty());
            assert!(worded, "{row}: a refusal says why, and what would help");
        }
    }
}

/// A desk after one more thing.
fn after(desk: &Desk, change: impl FnOnce(&mut Desk)) -> Desk {
    let mut desk = desk.clone();
    change(&mut desk);
    desk
}

fn because() -> String {
    "because".into()
}
