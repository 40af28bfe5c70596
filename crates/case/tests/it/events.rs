//! What is written down can always be read again.

#![cfg(test)]

use std::{collections::BTreeSet, fs};

use advisory::digest::Digest;
use case::{
    Case, Command, Entry, Event, act, embargo, event,
    evolve::{Broken, fold},
    notice, observation, people, rights, sealing,
    state::Phase,
};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{desk, golden, samples};

const GOLDEN: &str = "events-v1.jsonl";

fn golden_lines() -> Vec<String> {
    let text = fs::read_to_string(golden::path(GOLDEN)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn golden_entries() -> Vec<Entry> {
    let numbered = golden_lines().into_iter().zip(1..);
    let read = |(line, seq): (String, u64)| Entry { seq, ..serde_json::from_str(&line).unwrap() };
    numbered.map(read).collect()
}

/// The variants of an enum, in the words of its own reader.
fn variants<T: DeserializeOwned>() -> Vec<String> {
    let error = serde_json::from_str::<T>(r#"{"?":null}"#).err().unwrap().to_string();
    let names: Vec<_> = error.split('`').skip(3).step_by(2).map(str::to_owned).collect();
    assert!(names.len() > 1, "{error}");
    names
}

/// Every key and every text in a value.
fn words(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            into.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| words(value, into)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            into.insert(name.clone());
            words(value, into);
        }),
        _ => {}
    }
}

fn lacking<T: DeserializeOwned>(said: &BTreeSet<String>) -> Vec<String> {
    variants::<T>().into_iter().filter(|name| !said.contains(name)).collect()
}

#[test]
fn there_is_a_sample_of_every_variant() {
    let mut said = BTreeSet::new();
    for line in golden_lines() {
        words(&serde_json::from_str(&line).unwrap(), &mut said);
    }
    let lacking = [
        lacking::<Event>(&said),
        lacking::<event::LifeEvent>(&said),
        lacking::<event::Decision>(&said),
        lacking::<event::PeopleEvent>(&said),
        lacking::<event::EmbargoEvent>(&said),
        lacking::<event::ActEvent>(&said),
        lacking::<event::DisclosureEvent>(&said),
        lacking::<event::Triage>(&said),
        lacking::<event::Origin>(&said),
        lacking::<event::LineVerdict>(&said),
        lacking::<observation::Observation>(&said),
        lacking::<observation::DraftState>(&said),
        lacking::<observation::CveWord>(&said),
        lacking::<observation::Delivery>(&said),
        lacking::<observation::Place>(&said),
        lacking::<observation::TagSignature>(&said),
        lacking::<observation::Holds>(&said),
        lacking::<observation::Milestone>(&said),
        lacking::<notice::Difference>(&said),
        lacking::<act::ActKind>(&said),
        lacking::<act::Topic>(&said),
        lacking::<act::Recipient>(&said),
        lacking::<act::Payload>(&said),
        lacking::<embargo::Answer>(&said),
        lacking::<embargo::Settlement>(&said),
        lacking::<embargo::EndedBy>(&said),
        lacking::<people::CreditAnswer>(&said),
        lacking::<people::Standing>(&said),
        lacking::<sealing::Protection>(&said),
        lacking::<sealing::Seal>(&said),
        lacking::<rights::Actor>(&said),
    ]
    .concat();
    assert_eq!(lacking, Vec::<String>::new(), "add a sample, then run with UPDATE_GOLDEN=1");
}

#[test]
fn there_is_a_sample_of_every_command() {
    let mut said = BTreeSet::new();
    for command in samples::commands() {
        words(&serde_json::to_value(&command).unwrap(), &mut said);
    }
    assert_eq!(lacking::<Command>(&said), Vec::<String>::new());
}

/// What was read says at least what was written; a later program may say more.
fn still_says(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(name, value)| now.get(name).is_some_and(|now| still_says(now, value)))
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(n, t)| still_says(n, t))
        }
        _ => now == then,
    }
}

/// The lines of the file are never changed: journals that hold them exist. A new variant or field
/// is added as a line at the end.
#[test]
fn the_golden_journal_is_read_as_it_was_written() {
    let mut lines = golden_lines();
    let known: BTreeSet<String> = lines.iter().cloned().collect();
    let written = samples::entries().into_iter().map(|e| serde_json::to_string(&e).unwrap());
    let new: Vec<String> = written.filter(|line| !known.contains(line)).collect();
    if golden::updating() {
        lines.extend(new);
        fs::write(golden::path(GOLDEN), lines.join("\n") + "\n").unwrap();
    } else {
        assert_eq!(new, Vec::<String>::new(), "append these with UPDATE_GOLDEN=1");
    }
    for line in lines {
        let entry: Entry = serde_json::from_str(&line).unwrap();
        let (now, then) =
            (serde_json::to_value(&entry).unwrap(), serde_json::from_str(&line).unwrap());
        assert!(still_says(&now, &then), "written {line}\nread    {now}");
    }
}

#[test]
fn the_golden_journal_replays() {
    let entries = golden_entries();
    let case = fold(&entries).unwrap();
    assert_eq!(case.head, u64::try_from(entries.len()).unwrap());
    assert_eq!(case.phase, Phase::Merged { into: desk::OTHER_CASE });
    assert_eq!(case.facts.to_string(), "VFdPXA");
    assert_eq!(case.acts.len(), samples::plans().len());
}

#[test]
fn a_stream_that_is_no_case_is_refused() {
    assert_eq!(fold(&[]), Err(Broken::Empty));
    let no_opening = &golden_entries()[1..];
    assert_eq!(fold(no_opening), Err(Broken::NoOpening));
}

#[test]
fn what_is_not_understood_to_the_last_field_is_refused() {
    for (text, unknown) in [
        (r#"{"life":{"closed":{"reason":"done","mood":"good"}}}"#, "mood"),
        (r#"{"act":{"begun":{"act":"00000000000000000000000000000001"}}}"#, "begun"),
    ] {
        let error = serde_json::from_str::<Event>(text).unwrap_err().to_string();
        assert!(error.contains(unknown), "{error}");
    }
    let misspelt = r#"{"propose-embargo":{"instant":"2026-03-10T15:00:00Z","zone":"UTC",
        "tzdata":"2026a","answerby":"2026-03-09T15:00:00Z"}}"#;
    let error = serde_json::from_str::<Command>(misspelt).unwrap_err().to_string();
    assert!(error.contains("answerby"), "{error}");
}

#[test]
fn commands_survive_the_way_through_json() {
    for command in samples::commands() {
        let text = serde_json::to_string(&command).unwrap();
        assert_eq!(serde_json::from_str::<Command>(&text).unwrap(), command);
    }
}

#[test]
fn approvals_are_bound_to_every_part_of_a_plan() {
    let plan = desk::notice();
    let changed = [
        case::act::Plan { kind: act::ActKind::NotifyUsers, ..plan.clone() },
        case::act::Plan { to: vec![desk::to_list("users")], ..plan.clone() },
        case::act::Plan { payload: desk::message("[vs] #security", "other"), ..plan.clone() },
    ];
    let digests: BTreeSet<Digest> =
        changed.iter().chain([&plan]).map(|plan| plan.digest().unwrap()).collect();
    assert_eq!(digests.len(), 4);
}

proptest! {
    /// Events come from a journal; whatever their order, reading them does not fail.
    #[test]
    fn evolve_takes_any_events_in_any_order(order in prop::collection::vec(any::<prop::sample::Index>(), 0..120)) {
        let entries = samples::entries();
        let opening = case::evolve::begin(&entries[0]).unwrap();
        let mut case: Case = opening;
        for (index, seq) in order.iter().zip(2..) {
            let entry = Entry { seq, ..index.get(&entries).clone() };
            case = case::evolve(case, &entry);
            prop_assert_eq!(case.head, seq);
        }
    }
}
