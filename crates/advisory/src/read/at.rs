//! A value in a document with its place, and the list of what was not taken over.

use super::Left;
use crate::check::json::Json;
use crate::check::step;

/// More remarks than this help nobody.
const MOST: usize = 200;

/// A value and its JSON pointer.
#[derive(Clone)]
pub(crate) struct At<'j> {
    pub(crate) value: &'j Json<'j>,
    pub(crate) path: String,
}

impl<'j> At<'j> {
    pub(crate) fn top(value: &'j Json<'j>) -> Self {
        Self { value, path: String::new() }
    }

    /// A member that says something; null says nothing.
    pub(crate) fn get(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| **value != Json::Null)?;
        let mut path = self.path.clone();
        step(&mut path, name);
        Some(Self { value, path })
    }

    /// A text with more than blanks in it. Anything else that stands there is noted.
    pub(crate) fn text(&self, name: &str, notes: &mut Notes) -> Option<&'j str> {
        self.get(name)?.as_text(notes)
    }

    /// The same of the value itself.
    pub(crate) fn as_text(&self, notes: &mut Notes) -> Option<&'j str> {
        let Some(text) = self.value.text() else {
            notes.wrong(self, "a text");
            return None;
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// The items of a list that is a member. Anything else that stands there is noted.
    pub(crate) fn list(&self, name: &str, notes: &mut Notes) -> Vec<Self> {
        let Some(member) = self.get(name) else { return Vec::new() };
        let Json::List(items) = member.value else {
            notes.wrong(&member, "a list");
            return Vec::new();
        };
        let item = |(place, value)| Self { value, path: format!("{}/{place}", member.path) };
        items.iter().enumerate().map(item).collect()
    }

    /// The texts in a list, each with its place.
    pub(crate) fn texts(&self, name: &str, notes: &mut Notes) -> Vec<(&'j str, String)> {
        let items = self.list(name, notes);
        items.into_iter().filter_map(|item| Some((item.as_text(notes)?, item.path))).collect()
    }

    /// What a text of the list parses to; what does not is noted.
    pub(crate) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        what: &str,
        notes: &mut Notes,
    ) -> Vec<T> {
        let texts = self.texts(name, notes);
        texts
            .into_iter()
            .filter_map(|(text, path)| {
                let parsed = text.parse().ok();
                if parsed.is_none() {
                    notes.left(path, format!("this is no {what}"));
                }
                parsed
            })
            .collect()
    }
}

/// What was not taken over.
#[derive(Default)]
pub(crate) struct Notes {
    left: Vec<Left>,
    left_off: usize,
    copied: usize,
}

/// More stretches than this, said by reference, are an attack on memory.
const MOST_COPIED: usize = 500_000;
/// A text of so many bytes counts as much as a stretch where both are copied.
const LINE: usize = 100;

impl Notes {
    pub(crate) fn left(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        if self.left.len() < MOST {
            self.left.push(Left { path: path.into(), reason: reason.into() });
        } else {
            self.left_off += 1;
        }
    }

    /// How many of some stretches may be copied to a place that only refers to them.
    pub(crate) fn afford(&mut self, path: &str, wanted: usize) -> usize {
        let granted = wanted.min(MOST_COPIED.saturating_sub(self.copied));
        self.copied += granted;
        if granted < wanted {
            self.left(path, "the document speaks of more versions than are read");
        }
        granted
    }

    /// The same of stretches that each take a text along, which counts by its length.
    pub(crate) fn afford_with(&mut self, path: &str, wanted: usize, text: Option<&str>) -> usize {
        let size = 1 + text.map_or(0, str::len) / LINE;
        self.afford(path, wanted.saturating_mul(size)) / size
    }

    fn wrong(&mut self, at: &At<'_>, wanted: &str) {
        let reason = format!("this is {}, and should be {wanted}", at.value.kind());
        self.left(at.path.as_str(), reason);
    }

    /// Notes every member of an object that is neither read nor empty; for some of them there is a
    /// reason, and the others are not known.
    pub(crate) fn others(&mut self, object: &At<'_>, read: &[&str], reasons: &[(&str, &str)]) {
        let Json::Object(members) = object.value else {
            self.wrong(object, "an object");
            return;
        };
        for (name, value) in members {
            let says = match value {
                Json::Null => false,
                Json::Text(text) => !text.is_empty(),
                Json::List(items) => !items.is_empty(),
                Json::Object(members) => !members.is_empty(),
                Json::Bool(_) | Json::Number(_) => true,
            };
            if !says || read.contains(&name.as_ref()) {
                continue;
            }
            let reason = reasons.iter().find(|(known, _)| known == name);
            let mut path = object.path.clone();
            step(&mut path, name);
            self.left(path, reason.map_or("no such member is known here", |(_, reason)| reason));
        }
    }

    pub(super) fn end(self) -> (Vec<Left>, usize) {
        (self.left, self.left_off)
    }
}
