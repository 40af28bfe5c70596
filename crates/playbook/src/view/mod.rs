//! The read-only view of a case that a playbook's expressions see.
//!
//! Each table below names a record's fields with their kinds, what they say and how they are found,
//! in one row each: the reference in `docs/playbooks.md`, the check of an expression and the value
//! that it sees come from the same row. Values are plain: what is not there is an empty text, an
//! empty list or the time 0. Must not decide what a process demands; it only says what is so.

mod advisory;
mod copies;
mod embargo;
mod end;
mod forge;
mod lines;
mod notices;
mod reference;
mod reports;
mod root;
mod source;
mod wording;

pub use reference::reference;
pub(crate) use root::ROOT;
pub(crate) use source::Source;

use jiff::Timestamp;

/// A value in the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Bool(bool),
    /// A number, or a time in seconds since 1970.
    Int(i64),
    Text(String),
    List(Vec<Value>),
    /// The fields of a record in the order of its table.
    Record(Vec<Value>),
}

/// What kind of value a field holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Bool,
    Int,
    Time,
    Text,
    Texts,
    Record(&'static dyn Shape),
    List(&'static dyn Shape),
}

/// One field as expressions and readers know it.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) doc: &'static str,
}

/// A record's fields, whatever they are found in.
pub(crate) trait Shape: Sync {
    fn name(&self) -> &'static str;

    fn doc(&self) -> &'static str;

    fn field(&self, index: usize) -> Option<Field>;
}

impl dyn Shape + '_ {
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        (0..).map_while(|index| self.field(index))
    }

    /// A field's place and kind.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, Kind)> {
        self.fields().enumerate().find(|(_, f)| f.name == name).map(|(i, f)| (i, f.kind))
    }
}

/// One row of a table; `get` is a function whose arguments are what the record is made of.
pub(crate) struct Row<F> {
    field: Field,
    get: F,
}

/// A record: its name, what it stands for, and its rows.
pub(crate) struct Table<F: 'static> {
    name: &'static str,
    doc: &'static str,
    rows: &'static [Row<F>],
}

const fn row<F: Copy>(name: &'static str, kind: Kind, doc: &'static str, get: F) -> Row<F> {
    Row { field: Field { name, kind, doc }, get }
}

impl<F> Table<F> {
    fn record(&self, value: impl Fn(&F) -> Value) -> Value {
        Value::Record(self.rows.iter().map(|row| value(&row.get)).collect())
    }
}

impl<F: Sync> Shape for Table<F> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn field(&self, index: usize) -> Option<Field> {
        self.rows.get(index).map(|row| row.field)
    }
}

fn yes(value: bool) -> Value {
    Value::Bool(value)
}

fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

fn texts<T: Into<String>>(values: impl IntoIterator<Item = T>) -> Value {
    Value::List(values.into_iter().map(text).collect())
}

fn count(value: usize) -> Value {
    Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
}

fn time(value: Option<Timestamp>) -> Value {
    Value::Int(value.map_or(0, Timestamp::as_second))
}
