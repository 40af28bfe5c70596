//! What others published, beside the checkout; and their schemas as judges of ours.

use std::path::PathBuf;

use serde_json::{Value, json};

/// A folder or file of published data, if it is beside the checkout; says so if it is not.
pub(crate) fn path(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {name} is not beside the checkout");
    None
}

/// The JSON documents of a folder whose names the filter takes, in the order of their names.
pub(crate) fn documents(folder: &str, filter: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let Some(folder) = path(folder) else { return Vec::new() };
    let mut documents: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)))
        .filter(|(name, _)| filter(name))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    documents.sort();
    documents
}

/// An official schema, with formats counted.
pub(crate) fn judge(schema: &str) -> Option<jsonschema::Validator> {
    let schema: Value = serde_json::from_slice(&std::fs::read(path(schema)?).unwrap()).unwrap();
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

/// Says what came of a suite, for `cargo xtask conformance` and for people: how many of its cases
/// came out as published, and each other one with the reason.
pub(crate) fn conformance(suite: &str, version: &str, passed: usize, misses: &[(String, &str)]) {
    let total = passed + misses.len();
    let misses: Vec<Value> =
        misses.iter().map(|(what, why)| json!({"what": what, "why": why})).collect();
    let said = json!({
        "suite": suite, "version": version, "passed": passed, "total": total, "misses": misses,
    });
    println!("conformance: {said}");
}

/// A source of numbers that is the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX generator; the upper bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Changes one value somewhere in the document: takes it out, puts something else in its place,
/// doubles it, or adds a member that nobody knows.
pub(crate) fn mutated(document: &Value, dice: &mut Dice) -> Value {
    let mut changed = document.clone();
    let place = dice.below(count(document));
    change(&mut changed, &mut Some(place), dice);
    changed
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}

fn change(value: &mut Value, left: &mut Option<usize>, dice: &mut Dice) {
    match left {
        None => return,
        Some(0) => {
            *left = None;
            strike(value, dice);
            return;
        }
        Some(more) => *more -= 1,
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, left, dice)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| change(member, left, dice));
        }
        _ => {}
    }
}

fn strike(value: &mut Value, dice: &mut Dice) {
    let choice = dice.below(8);
    match (&mut *value, choice) {
        (Value::Object(members), 0 | 1) if !members.is_empty() => {
            let name = members.keys().nth(dice.below(members.len())).unwrap().clone();
            members.remove(&name);
        }
        (Value::Object(members), 2) => {
            members.insert("unheard_of".to_owned(), Value::Bool(true));
        }
        (Value::Array(items), 0) => items.clear(),
        (Value::Array(items), 1 | 2) if !items.is_empty() => {
            let item = items.get(dice.below(items.len())).unwrap().clone();
            items.push(item);
        }
        (Value::String(text), 0..3) => {
            let cut =
                text.char_indices().nth(dice.below(text.chars().count())).map_or(0, |(at, _)| at);
            if choice == 0 {
                text.truncate(cut);
            } else {
                text.insert(cut, char::from(b'!' + u8::try_from(dice.below(90)).unwrap()));
            }
        }
        _ => {
            let others = [
                Value::Null,
                Value::Bool(false),
                Value::from(7),
                Value::from("x"),
                Value::from(""),
                Value::Array(Vec::new()),
                Value::Object(serde_json::Map::new()),
            ];
            *value = others.get(dice.below(others.len())).unwrap().clone();
        }
    }
}
