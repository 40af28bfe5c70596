//! What a format's documents are made of: tables of members, types and forms.
//!
//! A table says what a schema says, in the format's own module; [`look`] holds a document against
//! it and finds everything at once, each with its place. Rules across members are functions beside
//! the tables. Must not know any format.

use std::fmt::{self, Write as _};

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
    /// One of the words of this text, which blanks part: for long lists.
    Among(&'static str),
    /// A text of at least and at most so many characters.
    Length(usize, usize),
    /// A whole number, this or more.
    Whole(u32),
    /// A number within bounds.
    Number(Bounds),
    /// True or false.
    Bool,
    /// Null, or this.
    Nullable(&'static Shape),
    /// One of these or more.
    Either(&'static [Shape]),
    /// One of these, and no second.
    OneOf(&'static [Shape]),
}

/// What a number must be.
pub(crate) struct Bounds {
    pub(crate) whole: bool,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// A form of texts: what it is called, and the test for it.
pub(crate) struct Form {
    pub(crate) called: &'static str,
    pub(crate) fits: fn(&str) -> bool,
}

/// The members of an object.
#[derive(Clone, Copy)]
pub(crate) struct Object {
    pub(crate) members: &'static [Member],
    /// Further members, which it has in common with other objects.
    pub(crate) shared: &'static [Member],
    /// Whether other members may stand beside them.
    pub(crate) open: bool,
    /// The fewest members.
    pub(crate) least: usize,
    /// The names that other members may have, where it is not open.
    pub(crate) extras: Option<fn(&str) -> bool>,
    /// Which members go together.
    pub(crate) rules: &'static [Rule],
}

impl Object {
    fn all(&self) -> impl Iterator<Item = &'static Member> {
        self.members.iter().chain(self.shared)
    }
}

/// Which members of an object go together.
pub(crate) enum Rule {
    /// Of these groups, exactly one is complete.
    One(&'static [&'static [&'static str]]),
    /// One of these is there, or more.
    Any(&'static [&'static str]),
    /// Not both.
    NotBoth(&'static str, &'static str),
    /// The first only where the second says true.
    OnlyWhere(&'static str, &'static str),
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
    Object { members, shared: &[], open: true, least: 0, extras: None, rules: &[] }
}

pub(crate) const fn closed(members: &'static [Member]) -> Object {
    Object { members, shared: &[], open: false, least: 0, extras: None, rules: &[] }
}

/// A closed object whose members follow rules.
pub(crate) const fn ruled(rules: &'static [Rule], members: &'static [Member]) -> Object {
    Object { rules, ..closed(members) }
}

/// An object with further members, which it has in common with others.
pub(crate) const fn sharing(shared: &'static [Member], object: Object) -> Object {
    Object { shared, ..object }
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

/// A list of any length, all different.
pub(crate) const fn unique(items: Shape) -> List {
    List { items, least: 0, unique: true }
}

/// Any text.
pub(crate) const TEXT: Shape = Shape::Text(Form { called: "a text", fits: |_| true });
/// Any object.
pub(crate) const OBJECT: Shape = Shape::Object(&open(&[]));
/// Any list of texts.
pub(crate) const TEXTS: Shape = Shape::List(&items(TEXT));

/// What a member means that an open object does not know.
#[derive(Clone, Copy)]
pub(crate) enum Extra {
    /// Nothing.
    Allowed,
    /// A warning of this rule.
    Warned(&'static str),
    /// As much as in a closed object.
    Refused,
}

/// Holds a document against a shape; what does not fit is a finding of `rule`.
pub(crate) fn look(document: &Json<'_>, shape: &Shape, rule: &'static str, report: &mut Report) {
    look_within(document, shape, rule, Extra::Allowed, "", report);
}

/// The same for a value that stands at `path`, and with a word on what open objects do not know.
pub(crate) fn look_within(
    value: &Json<'_>,
    shape: &Shape,
    rule: &'static str,
    extra: Extra,
    path: &str,
    report: &mut Report,
) {
    Walk { rule, extra, report, path: path.to_owned() }.value(value, shape);
}

struct Walk<'r> {
    rule: &'static str,
    extra: Extra,
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
            (Shape::Among(words), Json::Text(text)) => {
                if !words.split_ascii_whitespace().any(|word| word == text) {
                    let words: Vec<&str> = words.split_ascii_whitespace().collect();
                    self.wrong(format!("this is not one of {}", listed(&words)));
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
            (Shape::Number(bounds), Json::Number(number)) => {
                if !number.as_f64().is_some_and(|number| bounds.hold(number)) {
                    self.wrong(format!("this is not {bounds}"));
                }
            }
            (Shape::Either(shapes), value) => self.choice(shapes, value, false),
            (Shape::OneOf(shapes), value) => self.choice(shapes, value, true),
            (shape, value) => {
                self.wrong(format!("this is {}, and should be {}", value.kind(), shape.kind()));
            }
        }
    }

    /// Tries each shape by itself. Where none fits, what is told is what the nearest one lacks.
    fn choice(&mut self, shapes: &'static [Shape], value: &Json<'_>, alone: bool) {
        let mut fitting = 0;
        let mut nearest: Option<(bool, usize, Report)> = None;
        for shape in shapes {
            let mut trial = Report::new(self.report.format);
            let path = self.path.clone();
            Walk { rule: self.rule, extra: Extra::Allowed, report: &mut trial, path }
                .value(value, shape);
            if trial.valid() {
                fitting += 1;
                continue;
            }
            let other_kind = shape.kind() != value.kind();
            let count = trial.findings.len();
            if nearest.as_ref().is_none_or(|(kind, least, _)| (other_kind, count) < (*kind, *least))
            {
                nearest = Some((other_kind, count, trial));
            }
        }
        match (fitting, nearest) {
            (0, Some((_, _, trial))) => self.report.take(trial),
            (0, None) => self.wrong("nothing fits here".to_owned()),
            (2.., _) if alone => self.wrong("this can be read in two ways".to_owned()),
            _ => {}
        }
    }

    fn object(&mut self, object: &Object, members: &[(std::borrow::Cow<'_, str>, Json<'_>)]) {
        for (name, value) in members {
            let known = object.all().find(|member| member.name == name);
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
        for member in object.all().filter(|member| member.required) {
            if !is_there(member.name) {
                self.wrong(format!("`{}` is missing", member.name));
            }
        }
        if members.len() < object.least {
            self.wrong(format!("this needs {} members or more", object.least));
        }
        for rule in object.rules {
            if let Some(message) = rule.broken(members) {
                self.wrong(message);
            }
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
        match self.extra {
            Extra::Allowed => {}
            Extra::Warned(rule) => {
                let message = "the specification knows no such member here";
                let hint = "Readers pass it over: say it in a note, or check the spelling.";
                self.report.warning(rule, self.path.as_str(), message, hint);
            }
            Extra::Refused => self.wrong("there is no such member here".to_owned()),
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
pub(crate) fn spelling(value: &Json<'_>) -> String {
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

impl Rule {
    fn broken(&self, members: &[(std::borrow::Cow<'_, str>, Json<'_>)]) -> Option<String> {
        let get = |wanted: &str| members.iter().find(|(name, _)| name == wanted);
        let is_there = |wanted: &&str| get(wanted).is_some();
        match self {
            Self::One(groups) => {
                let complete = groups.iter().filter(|group| group.iter().all(is_there)).count();
                let groups: Vec<String> = groups.iter().map(|group| group.join(" with ")).collect();
                (complete != 1).then(|| format!("this needs one alone of {}", groups.join(", ")))
            }
            Self::Any(names) => (!names.iter().any(is_there))
                .then(|| format!("this needs one of {}", names.join(", "))),
            Self::NotBoth(one, other) => (is_there(one) && is_there(other))
                .then(|| format!("`{one}` and `{other}` exclude each other")),
            Self::OnlyWhere(name, flag) => {
                let set = matches!(get(flag), Some((_, Json::Bool(true))));
                (is_there(name) && !set)
                    .then(|| format!("`{name}` may stand only where `{flag}` is true"))
            }
        }
    }
}

impl Bounds {
    fn hold(&self, number: f64) -> bool {
        (!self.whole || number.fract() == 0.0) && (self.least..=self.most).contains(&number)
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.whole { "a whole number" } else { "a number" })?;
        match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) => write!(f, " from {} to {}", self.least, self.most),
            (true, false) => write!(f, " from {} on", self.least),
            (false, true) => write!(f, " up to {}", self.most),
            (false, false) => Ok(()),
        }
    }
}

impl Shape {
    fn kind(&self) -> &'static str {
        match self {
            Self::Anything => "anything",
            Self::Object(_) => "an object",
            Self::List(_) => "a list",
            Self::Text(_) | Self::Word(_) | Self::Among(_) | Self::Length(..) => "a text",
            Self::Whole(_) | Self::Number(_) => "a number",
            Self::Bool => "true or false",
            Self::Nullable(shape) => shape.kind(),
            Self::Either(shapes) | Self::OneOf(shapes) => {
                shapes.first().map_or("nothing", Self::kind)
            }
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
