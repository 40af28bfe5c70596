//! Running checked code over a view. Total: what the checker let through has a result.

use super::{
    check::{Code, Over},
    syntax::Op,
};
use crate::view::Value;

/// A result, borrowed from the view or from the expression.
#[derive(Debug, Clone)]
pub(crate) enum Out<'e> {
    Bool(bool),
    Int(i64),
    Text(&'e str),
    Record(&'e [Value]),
    List(&'e [Value]),
    /// A list that the expression made.
    Made(Vec<Out<'e>>),
}

impl<'e> From<&'e Value> for Out<'e> {
    fn from(value: &'e Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Text(value) => Self::Text(value),
            Value::Record(fields) => Self::Record(fields),
            Value::List(items) => Self::List(items),
        }
    }
}

impl<'e> Out<'e> {
    /// The elements, for a list; nothing for anything else.
    pub(crate) fn items(&self) -> Box<dyn Iterator<Item = Out<'e>> + '_> {
        match self {
            Self::List(items) => Box::new(items.iter().map(Out::from)),
            Self::Made(items) => Box::new(items.iter().cloned()),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn size(&self) -> i64 {
        let size = match self {
            Self::List(items) => items.len(),
            Self::Made(items) => items.len(),
            Self::Text(text) => text.chars().count(),
            _ => 0,
        };
        i64::try_from(size).unwrap_or(i64::MAX)
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(_) | Self::Made(_), Self::List(_) | Self::Made(_)) => {
                self.size() == other.size()
                    && self.items().zip(other.items()).all(|(a, b)| a.is(&b))
            }
            _ => false,
        }
    }

    fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        }
    }
}

pub(super) fn run<'e>(code: &'e Code, root: &'e Value, it: Option<&Out<'e>>) -> Out<'e> {
    let mut runner = Runner { root, variables: it.into_iter().cloned().collect() };
    runner.run(code)
}

struct Runner<'e> {
    root: &'e Value,
    variables: Vec<Out<'e>>,
}

impl<'e> Runner<'e> {
    fn run(&mut self, code: &'e Code) -> Out<'e> {
        match code {
            Code::Bool(value) => Out::Bool(*value),
            Code::Int(value) => Out::Int(*value),
            Code::Text(value) => Out::Text(value),
            Code::List(items) => Out::Made(items.iter().map(|item| self.run(item)).collect()),
            Code::Root(index) => field(&Out::from(self.root), *index),
            Code::Variable(index) => {
                self.variables.get(*index).cloned().unwrap_or(Out::Bool(false))
            }
            Code::Field(of, index) => field(&self.run(of), *index),
            Code::Not(inner) => Out::Bool(!self.truth(inner)),
            Code::Binary(op, left, right) => Out::Bool(self.binary(*op, left, right)),
            Code::Size(of) => Out::Int(self.run(of).size()),
            Code::Contains(text, part) => self.texts(text, part, |text, part| text.contains(part)),
            Code::StartsWith(text, part) => {
                self.texts(text, part, |text, part| text.starts_with(part))
            }
            Code::Over(over, range, body) => self.over(*over, range, body),
        }
    }

    fn truth(&mut self, code: &'e Code) -> bool {
        matches!(self.run(code), Out::Bool(true))
    }

    fn texts(&mut self, a: &'e Code, b: &'e Code, f: impl Fn(&str, &str) -> bool) -> Out<'e> {
        match (self.run(a), self.run(b)) {
            (Out::Text(a), Out::Text(b)) => Out::Bool(f(a, b)),
            _ => Out::Bool(false),
        }
    }

    fn binary(&mut self, op: Op, left: &'e Code, right: &'e Code) -> bool {
        match op {
            Op::And => return self.truth(left) && self.truth(right),
            Op::Or => return self.truth(left) || self.truth(right),
            _ => {}
        }
        let (left, right) = (self.run(left), self.run(right));
        match op {
            Op::And | Op::Or => false,
            Op::Equal => left.is(&right),
            Op::Unequal => !left.is(&right),
            Op::Less => left.order(&right).is_lt(),
            Op::AtMost => left.order(&right).is_le(),
            Op::Greater => left.order(&right).is_gt(),
            Op::AtLeast => left.order(&right).is_ge(),
            Op::In => right.items().any(|item| item.is(&left)),
        }
    }

    fn over(&mut self, over: Over, range: &'e Code, body: &'e Code) -> Out<'e> {
        let range = self.run(range);
        let mut made = Vec::new();
        for item in range.items() {
            self.variables.push(item.clone());
            let result = self.run(body);
            self.variables.pop();
            match (over, result) {
                (Over::All, Out::Bool(false)) => return Out::Bool(false),
                (Over::Exists, Out::Bool(true)) => return Out::Bool(true),
                (Over::Filter, Out::Bool(true)) => made.push(item),
                (Over::Map, result) => made.push(result),
                _ => {}
            }
        }
        match over {
            Over::All => Out::Bool(true),
            Over::Exists => Out::Bool(false),
            Over::Filter | Over::Map => Out::Made(made),
        }
    }
}

fn field<'e>(of: &Out<'e>, index: usize) -> Out<'e> {
    match of {
        Out::Record(fields) => fields.get(index).map_or(Out::Bool(false), Out::from),
        _ => Out::Bool(false),
    }
}
