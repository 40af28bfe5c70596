//! Sentences with expressions in them: `a release of {it.key} that contains the fix`.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    expr::{Expr, ExprError, Out, Ty},
    view::{Shape, Value},
};

/// A sentence whose parts in braces are filled in.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Words(String),
    Filled(Expr),
}

impl Template {
    /// Compiles a sentence. An error points into `source`.
    pub(crate) fn compile(
        source: &str,
        root: &'static dyn Shape,
        it: Option<&Ty>,
    ) -> Result<Self, ExprError> {
        let mut parts = Vec::new();
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            let (words, braced) = rest.split_once('{').unwrap_or((rest, ""));
            if words.contains('}') {
                return Err(ExprError { at, why: "a `}` has no `{` before it".into() });
            }
            parts.push(Part::Words(words.to_owned()));
            if words.len() == rest.len() {
                break;
            }
            let start = at + words.len() + 1;
            let Some((inside, _)) = braced.split_once('}') else {
                return Err(ExprError { at: start, why: "a `}` is missing".into() });
            };
            let expr = Expr::compile(inside, root, it)
                .map_err(|error| ExprError { at: start + error.at, ..error })?;
            if !shown(expr.ty()) {
                let why = format!("{} cannot be shown in a sentence", expr.ty());
                return Err(ExprError { at: start, why });
            }
            parts.push(Part::Filled(expr));
            at = start + inside.len() + 1;
        }
        Ok(Self(parts))
    }

    /// The sentence over a view.
    pub(crate) fn fill<'e>(&'e self, root: &'e Value, it: Option<&Out<'e>>) -> String {
        let mut sentence = String::new();
        for part in &self.0 {
            match part {
                Part::Words(words) => sentence.push_str(words),
                Part::Filled(expr) => sentence.push_str(&words(&expr.eval(root, it), expr.ty())),
            }
        }
        sentence
    }
}

fn shown(ty: &Ty) -> bool {
    match ty {
        Ty::Int | Ty::Time | Ty::Text => true,
        Ty::List(of) => matches!(**of, Ty::Int | Ty::Time | Ty::Text),
        Ty::Bool | Ty::Record(_) | Ty::Any => false,
    }
}

fn words(value: &Out<'_>, ty: &Ty) -> String {
    match (value, ty) {
        (Out::Text(text), _) => (*text).to_owned(),
        (Out::Int(second), Ty::Time) => moment(*second),
        (Out::Int(number), _) => number.to_string(),
        (list, Ty::List(of)) => {
            list.items().map(|item| words(&item, of)).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn moment(second: i64) -> String {
    match Timestamp::from_second(second) {
        Ok(at) if second != 0 => utc(at),
        _ => "a time not known yet".into(),
    }
}

/// A moment as sentences name it.
pub(crate) fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}
