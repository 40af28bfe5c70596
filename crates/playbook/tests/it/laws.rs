//! What holds for every case, whatever happened in it.

use case::{Case, Entry, evolve, evolve::begin};
use playbook::{Playbook, Status};
use proptest::prelude::*;

use crate::{script::*, story::*};

fn lived() -> (Playbook, Vec<Entry>) {
    let playbook = playbook::shipped("contour").expect("it parses");
    let mut story = Story::new(playbook.clone());
    run(&mut story, 0, &[]).unwrap_or_else(|stopped| panic!("{stopped:#?}"));
    (playbook, story.entries)
}

/// The events of a whole life, some of them, in any order: nothing that `decide` would write, and
/// nothing that an evaluation may stumble over.
fn jumbled(entries: &[Entry], picks: &[usize]) -> Vec<Case> {
    let mut case = begin(&entries[0]).expect("an opening");
    let mut cases = vec![case.clone()];
    for pick in picks {
        let entry = &entries[1 + pick % (entries.len() - 1)];
        let entry = Entry { seq: case.head + 1, ..entry.clone() };
        case = evolve(case, &entry);
        cases.push(case.clone());
    }
    cases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_jumble_of_events_has_a_checklist(
        picks in prop::collection::vec(any::<usize>(), 0..60),
        minute in 0..60_000_i64,
    ) {
        let (playbook, entries) = lived();
        let team = [ALICE, BOB].into();
        let now = at("2026-11-01T00:00:00Z") + jiff::SignedDuration::from_mins(minute);
        for case in jumbled(&entries, &picks).iter().step_by(7) {
            let list = playbook.evaluate(case, &team, now);
            prop_assert_eq!(&list, &playbook.evaluate(case, &team, now));
            let verdict = list.verdict();
            prop_assert_eq!(verdict.head, case.head);
            for item in &list.items {
                let open = item.status.open();
                prop_assert_eq!(open, !item.status.missing().is_empty(), "{:?}", item);
                prop_assert!(open || !item.overdue, "{:?}", item);
                for gate in &item.gates {
                    let shut = verdict.missing(*gate).iter().any(|m| m.step == item.step);
                    prop_assert_eq!(shut, open, "{:?}", item);
                }
                if let Status::NotApplicable { why } = &item.status {
                    prop_assert!(!why.trim().is_empty());
                }
            }
        }
    }
}

#[test]
fn a_whole_life_never_shows_a_name_of_the_reporter() {
    let (playbook, entries) = lived();
    let mut case = begin(&entries[0]).expect("an opening");
    for entry in &entries[1..] {
        case = evolve(case, entry);
        let list = playbook.evaluate(&case, &[ALICE, BOB].into(), entry.recorded_at);
        let shown = serde_json::to_string(&list).unwrap();
        assert!(!shown.contains("Rita"), "{shown}");
        assert!(!shown.contains("rita@"), "{shown}");
    }
}
