//! From a tree to code: every name is resolved and every type is known before anything runs.

use std::{collections::BTreeSet, fmt};

use super::{
    ExprError, MAX_NESTING, Use,
    syntax::{Kind as NodeKind, Node, Op},
};
use crate::view::{Kind, Shape};

/// The type of an expression.
#[derive(Clone)]
pub(crate) enum Ty {
    Bool,
    Int,
    /// Seconds since 1970; compares with [`Ty::Int`], so that `x > 0` asks whether it happened.
    Time,
    Text,
    List(Box<Ty>),
    Record(&'static dyn Shape),
    /// The element of `[]`, which fits every list.
    Any,
}

impl fmt::Debug for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("a truth value"),
            Self::Int => f.write_str("a number"),
            Self::Time => f.write_str("a time"),
            Self::Text => f.write_str("a text"),
            Self::List(of) => write!(f, "a list of ({of})"),
            Self::Record(shape) => write!(f, "a record `{}`", shape.name()),
            Self::Any => f.write_str("anything"),
        }
    }
}

impl From<Kind> for Ty {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool,
            Kind::Int => Self::Int,
            Kind::Time => Self::Time,
            Kind::Text => Self::Text,
            Kind::Texts => Self::List(Box::new(Self::Text)),
            Kind::Record(shape) => Self::Record(shape),
            Kind::List(shape) => Self::List(Box::new(Self::Record(shape))),
        }
    }
}

impl Ty {
    /// The one type that both are, if there is one. Records compare with nothing.
    fn common(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Bool, Self::Bool) => Some(Self::Bool),
            (Self::Int, Self::Int) => Some(Self::Int),
            (Self::Time | Self::Int, Self::Time | Self::Int) => Some(Self::Time),
            (Self::Text, Self::Text) => Some(Self::Text),
            (Self::List(a), Self::List(b)) => Some(Self::List(Box::new(a.common(b)?))),
            (Self::Record(_), _) | (_, Self::Record(_)) => None,
            (Self::Any, one) | (one, Self::Any) => Some(one.clone()),
            _ => None,
        }
    }
}

/// A macro over a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    All,
    Exists,
    Filter,
    Map,
}

/// A checked expression. Variables are counted from the outermost.
#[derive(Debug)]
pub(super) enum Code {
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Code>),
    /// A field of the view itself.
    Root(usize),
    Variable(usize),
    Field(Box<Code>, usize),
    Not(Box<Code>),
    Binary(Op, Box<Code>, Box<Code>),
    Size(Box<Code>),
    Contains(Box<Code>, Box<Code>),
    StartsWith(Box<Code>, Box<Code>),
    Over(Over, Box<Code>, Box<Code>),
}

type Checked = Result<(Code, Ty), ExprError>;

pub(super) fn compile(
    node: &Node,
    root: &'static dyn Shape,
    it: Option<&Ty>,
) -> Result<(Code, Ty, BTreeSet<Use>), ExprError> {
    let variables = it.map(|ty| ("it".to_owned(), ty.clone())).into_iter().collect();
    let mut checker = Checker { root, variables, nesting: 0, uses: BTreeSet::new() };
    let (code, ty) = checker.check(node)?;
    Ok((code, ty, checker.uses))
}

struct Checker {
    root: &'static dyn Shape,
    variables: Vec<(String, Ty)>,
    nesting: usize,
    uses: BTreeSet<Use>,
}

impl Checker {
    /// A field's place and kind, which is written down as read.
    fn field(&mut self, shape: &'static dyn Shape, name: &str) -> Option<(usize, Kind)> {
        let found = shape.find(name)?;
        self.uses.extend(shape.field(found.0).map(|field| (shape.name(), field.name)));
        Some(found)
    }

    fn check(&mut self, node: &Node) -> Checked {
        match &node.kind {
            NodeKind::Bool(value) => Ok((Code::Bool(*value), Ty::Bool)),
            NodeKind::Int(value) => Ok((Code::Int(*value), Ty::Int)),
            NodeKind::Text(value) => Ok((Code::Text(value.clone()), Ty::Text)),
            NodeKind::List(items) => self.list(node, items),
            NodeKind::Name(name) => self.name(node, name),
            NodeKind::Field(of, name) => {
                let (code, ty) = self.check(of)?;
                let Ty::Record(shape) = ty else {
                    return Err(wrong(node, format!("{ty} has no field `{name}`")));
                };
                let (index, kind) = self
                    .field(shape, name)
                    .ok_or_else(|| wrong(node, unknown_field(shape, name)))?;
                Ok((Code::Field(Box::new(code), index), kind.into()))
            }
            NodeKind::Call(on, name, arguments) => self.call(node, on, name, arguments),
            NodeKind::Not(inner) => {
                let code = self.truth(inner)?;
                Ok((Code::Not(Box::new(code)), Ty::Bool))
            }
            NodeKind::Binary(op, left, right) => self.binary(node, *op, left, right),
        }
    }

    fn truth(&mut self, node: &Node) -> Result<Code, ExprError> {
        match self.check(node)? {
            (code, Ty::Bool) => Ok(code),
            (_, other) => Err(wrong(node, format!("a truth value must stand here, not {other}"))),
        }
    }

    fn list(&mut self, node: &Node, items: &[Node]) -> Checked {
        let mut of = Ty::Any;
        let mut codes = Vec::with_capacity(items.len());
        for item in items {
            let (code, ty) = self.check(item)?;
            of = of
                .common(&ty)
                .ok_or_else(|| wrong(node, "what stands in a list must be of one type"))?;
            codes.push(code);
        }
        Ok((Code::List(codes), Ty::List(Box::new(of))))
    }

    fn name(&mut self, node: &Node, name: &str) -> Checked {
        if let Some(index) = self.variables.iter().rposition(|(known, _)| known == name)
            && let Some((_, ty)) = self.variables.get(index)
        {
            return Ok((Code::Variable(index), ty.clone()));
        }
        self.field(self.root, name)
            .map(|(index, kind)| (Code::Root(index), kind.into()))
            .ok_or_else(|| wrong(node, unknown_field(self.root, name)))
    }

    fn binary(&mut self, node: &Node, op: Op, left: &Node, right: &Node) -> Checked {
        if matches!(op, Op::And | Op::Or) {
            let (left, right) = (self.truth(left)?, self.truth(right)?);
            return Ok((Code::Binary(op, Box::new(left), Box::new(right)), Ty::Bool));
        }
        let ((left, lty), (right, rty)) = (self.check(left)?, self.check(right)?);
        let fits = match op {
            Op::In => match &rty {
                Ty::List(of) => lty.common(of).is_some(),
                _ => false,
            },
            Op::Equal | Op::Unequal => lty.common(&rty).is_some(),
            _ => matches!(lty.common(&rty), Some(Ty::Int | Ty::Time | Ty::Text)),
        };
        if !fits {
            return Err(wrong(node, format!("{lty} and {rty} cannot be compared like this")));
        }
        Ok((Code::Binary(op, Box::new(left), Box::new(right)), Ty::Bool))
    }

    fn call(&mut self, node: &Node, on: &Node, name: &str, arguments: &[Node]) -> Checked {
        let over = match name {
            "all" => Some(Over::All),
            "exists" => Some(Over::Exists),
            "filter" => Some(Over::Filter),
            "map" => Some(Over::Map),
            _ => None,
        };
        if let Some(over) = over {
            return self.over(node, over, on, arguments);
        }
        let (code, ty) = self.check(on)?;
        let code = Box::new(code);
        match (name, &ty, arguments) {
            ("size", Ty::Text | Ty::List(_), []) => Ok((Code::Size(code), Ty::Int)),
            ("contains" | "startsWith", Ty::Text, [part]) => {
                let (part_code, Ty::Text) = self.check(part)? else {
                    return Err(wrong(part, "a text must stand here"));
                };
                let part = Box::new(part_code);
                let code = if name == "contains" {
                    Code::Contains(code, part)
                } else {
                    Code::StartsWith(code, part)
                };
                Ok((code, Ty::Bool))
            }
            _ => {
                Err(wrong(node, format!("{ty} has no function `{name}` that is called like this")))
            }
        }
    }

    fn over(&mut self, node: &Node, over: Over, on: &Node, arguments: &[Node]) -> Checked {
        let (range, ty) = self.check(on)?;
        let Ty::List(of) = ty else {
            return Err(wrong(node, format!("only a list can be gone through, not {ty}")));
        };
        let [Node { kind: NodeKind::Name(variable), .. }, body] = arguments else {
            return Err(wrong(
                node,
                "write a name and a condition, as in `lines.all(l, l.supported)`",
            ));
        };
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(wrong(node, format!("lists may be gone through {MAX_NESTING} deep")));
        }
        self.variables.push((variable.clone(), (*of).clone()));
        let body = if over == Over::Map {
            self.check(body)
        } else {
            self.truth(body).map(|code| (code, Ty::Bool))
        };
        self.variables.pop();
        self.nesting -= 1;
        let (body, body_ty) = body?;
        let ty = match over {
            Over::All | Over::Exists => Ty::Bool,
            Over::Filter => Ty::List(of),
            Over::Map => Ty::List(Box::new(body_ty)),
        };
        Ok((Code::Over(over, Box::new(range), Box::new(body)), ty))
    }
}

fn wrong(node: &Node, why: impl Into<String>) -> ExprError {
    ExprError::new(node.at, why)
}

/// Names the nearest field, so that a slip of the keyboard is found at a glance.
fn unknown_field(shape: &dyn Shape, name: &str) -> String {
    let near = shape
        .fields()
        .map(|field| field.name)
        .min_by_key(|known| distance(known, name))
        .filter(|known| distance(known, name) <= 2.max(name.len() / 3));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    format!("`{}` has no field `{name}`{hint}", shape.name())
}

/// How many letters must be added, taken away or replaced.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (above, y) in row.iter().skip(1).zip(b.bytes()) {
            left = (before + usize::from(x != y)).min(left + 1).min(above + 1);
            before = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
