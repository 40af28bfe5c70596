//! What a format's documents are made of: tables of members, types and forms.
//!
//! A table says what a schema says, in the format's own module; [`look`] holds a document against
//! it and finds everything at once, each with its place. Rules across members are functions beside
//! the tables. Must not know any format.

use std::fmt::Write as _;

use super::finding::Report;
use super::json::Json;
use super::step;

/// What a value must be.
pub(crate) enum Shape {
    /// Anything at all.
    Anything,
    /// An object with these members.
    Object(&'static Object),
    /// A list of such items.
    List(&'static List),
    /// A text of a certain form.
    Text(Form),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text of at least and at most so many characters.
    Length(usize, usize),
    /// A whole number, this or more.
    Whole(u32),
    /// True or false.
    Bool,
    /// Null, or this.
    Nullable(&'static Shape),
}

/// A form of texts: what it is called, and the test for it.
pub(crate) struct Form {
    pub(crate) called: &'static str,
    pub(crate) fits: fn(&str) -> bool,
}

/// The members of an object.
pub(crate) struct Object {
    pub(crate) members: &'static [Member],
    /// Whether other members may stand beside them.
    pub(crate) open: bool,
    /// The fewest members.
    pub(crate) least: usize,
    /// The names that other members may have, where it is not open.
    pub(crate) extras: Option<fn(&str) -> bool>,
}

/// A member of an object.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// A list.
pub(crate) struct List {
    pub(crate) items: Shape,
    /// The fewest items.
    pub(crate) least: usize,
    /// Whether all must differ.
    pub(crate) unique: bool,
}

pub(crate) const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, shape }
}

pub(crate) const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, shape }
}

pub(crate) const fn open(members: &'static [Member]) -> Object {
    Object { members, open: true, least: 0, extras: None }
}

pub(crate) const fn closed(members: &'static [Member]) -> Object {
    Object { members, open: false, least: 0, extras: None }
}

/// A list of any length.
pub(crate) const fn items(items: Shape) -> List {
    List { items, least: 0, unique: false }
}

/// A list with one item or more.
pub(crate) const fn some(items: Shape) -> List {
    List { items, least: 1, unique: false }
}

/// A list with one item or more, all different.
pub(crate) const fn distinct(items: Shape) -> List {
    List { items, least: 1, unique: true }
}

/// Any text.
pub(crate) const TEXT: Shape = Shape::Text(Form { called: "a text", fits: |_| true });
/// Any object.
pub(crate) const OBJECT: Shape = Shape::Object(&open(&[]));
/// Any list of texts.
pub(crate) const TEXTS: Shape = Shape::List(&items(TEXT));

/// Holds a document against a shape; what does not fit is a finding of `rule`.
pub(crate) fn look(document: &Json<'_>, shape: &Shape, rule: &'static str, report: &mut Report) {
    Walk { rule, extra: None, report, path: String::new() }.value(document, shape);
}

/// The same, and a member that an open object does not know is a warning of the rule `extra`.
pub(crate) fn look_closely(
    document: &Json<'_>,
    shape: &Shape,
    rule: &'static str,
    extra: &'static str,
    report: &mut Report,
) {
    Walk { rule, extra: Some(extra), report, path: String::new() }.value(document, shape);
}

struct Walk<'r> {
    rule: &'static str,
    extra: Option<&'static str>,
    report: &'r mut Report,
    path: String,
}

impl Walk<'_> {
    fn value(&mut self, value: &Json<'_>, shape: &Shape) {
        match (shape, value) {
            (Shape::Anything, _)
            | (Shape::Nullable(_), Json::Null)
            | (Shape::Bool, Json::Bool(_)) => {}
            (Shape::Nullable(shape), value) => self.value(value, shape),
            (Shape::Object(object), Json::Object(members)) => self.object(object, members),
            (Shape::List(list), Json::List(items)) => self.list(list, items),
            (Shape::Text(form), Json::Text(text)) => {
                if !(form.fits)(text) {
                    self.wrong(format!("this is not {}", form.called));
                }
            }
            (Shape::Word(words), Json::Text(text)) => {
                if !words.contains(&text.as_ref()) {
                    self.wrong(format!("this is not one of {}", listed(words)));
                }
            }
            (Shape::Length(least, most), Json::Text(text)) => {
                let length = text.chars().count();
                if !(*least..=*most).contains(&length) {
                    self.wrong(format!("this has {length} characters, not {least} to {most}"));
                }
            }
            (Shape::Whole(least), Json::Number(number)) => {
                let whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
                if !whole || number.as_f64().is_none_or(|number| number < f64::from(*least)) {
                    self.wrong(format!("this is not a whole number from {least} on"));
                }
            }
            (shape, value) => {
                self.wrong(format!("this is {}, and should be {}", value.kind(), shape.kind()));
            }
        }
    }

    fn object(&mut self, object: &Object, members: &[(std::borrow::Cow<'_, str>, Json<'_>)]) {
        for (name, value) in members {
            let known = object.members.iter().find(|member| member.name == name);
            match known {
                Some(member) => self.at(name, |walk| walk.value(value, &member.shape)),
                None if object.open => self.at(name, Self::unknown),
                None if object.extras.is_some_and(|fits| fits(name)) => {}
                None => self.at(name, |walk| {
                    walk.wrong("there is no such member here".to_owned());
                }),
            }
        }
        let is_there = |wanted: &str| members.iter().any(|(name, _)| name == wanted);
        for member in object.members.iter().filter(|member| member.required) {
            if !is_there(member.name) {
                self.wrong(format!("`{}` is missing", member.name));
            }
        }
        if members.len() < object.least {
            self.wrong(format!("this needs {} members or more", object.least));
        }
    }

    fn list(&mut self, list: &List, items: &[Json<'_>]) {
        if items.len() < list.least {
            self.wrong(format!("this needs {} items or more", list.least));
        }
        if list.unique
            && let Some((one, other)) = same(items)
        {
            self.wrong(format!("the items {one} and {other} are the same"));
        }
        for (place, item) in items.iter().enumerate() {
            self.at(&place.to_string(), |walk| walk.value(item, &list.items));
        }
    }

    fn at(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        step(&mut self.path, name);
        inside(self);
        self.path.truncate(length);
    }

    fn unknown(&mut self) {
        if let Some(rule) = self.extra {
            let message = "the specification knows no such member here";
            let hint = "Readers pass it over: say it in a note, or check the spelling.";
            self.report.warning(rule, self.path.as_str(), message, hint);
        }
    }

    fn wrong(&mut self, message: String) {
        self.report.error(self.rule, self.path.as_str(), message, "");
    }
}

/// Two items that are equal. Sorted by what they say, so that long lists stay quick.
fn same(items: &[Json<'_>]) -> Option<(usize, usize)> {
    let mut spelled: Vec<(String, usize)> =
        items.iter().enumerate().map(|(place, item)| (spelling(item), place)).collect();
    spelled.sort();
    spelled.windows(2).find_map(|pair| match pair {
        [(one, first), (other, second)] if one == other => Some((*first, *second)),
        _ => None,
    })
}

/// A text that two values share exactly if they are equal, whatever the order of members.
fn spelling(value: &Json<'_>) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        // 1 and 1.0 are the same number to a schema.
        Json::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Json::Text(text) => format!("{text:?}"),
        Json::List(items) => {
            let items: Vec<String> = items.iter().map(spelling).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let spelled = |(name, value): &(_, _)| format!("{name:?}:{}", spelling(value));
            let mut members: Vec<String> = members.iter().map(spelled).collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
    }
}

impl Shape {
    fn kind(&self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Object(_) => "an object",
            Self::List(_) => "a list",
            Self::Text(_) | Self::Word(_) | Self::Length(..) => "a text",
            Self::Whole(_) => "a number",
            Self::Bool => "true or false",
            Self::Nullable(shape) => shape.kind(),
        }
    }
}

/// The words, or as many as a person will read.
fn listed(words: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = words.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if words.len() > SHOWN {
        // Writing to a string cannot fail.
        let _ = write!(text, " and {} more", words.len() - SHOWN);
    }
    text
}
