//! Expressions of a playbook: a checked part of CEL, the Common Expression Language.
//!
//! Every expression is compiled once, when the playbook is read, against the published fields of
//! the [view](crate::view). An unknown name, a misspelt field or a wrong type is found there and
//! then, so that evaluating can neither fail nor meet a surprise: there is no error at run time.
//! Nothing runs unbounded either. The language has no recursion, no arithmetic and no way to build
//! a text; lists come from the view, and macros over lists nest at most [`MAX_NESTING`] deep.
//!
//! What is here means what it means in CEL: `== != < <= > >= in`, `&& || !`, texts, whole numbers,
//! `true`, `false`, list literals, field selection, `size`, `contains`, `startsWith`, and the
//! macros `all`, `exists`, `filter` and `map`. The rest of CEL is refused by name where it is read.
//! Why not an interpreter for all of CEL: `docs/decisions/0008-a-checked-part-of-cel.md`.

mod check;
mod eval;
mod lex;
mod syntax;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

pub(crate) use check::Ty;
pub(crate) use eval::Out;

use crate::view::{Shape, Value};

/// The longest expression, in bytes.
pub(crate) const MAX_LENGTH: usize = 2_000;

/// How deep macros over lists may stand inside each other.
pub(crate) const MAX_NESTING: usize = 3;

/// How deep brackets and operators may nest.
const MAX_DEPTH: usize = 48;

/// Why a text is no expression, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(crate) struct ExprError {
    /// Byte offset in the expression.
    pub(crate) at: usize,
    /// What is wrong.
    pub(crate) why: String,
}

impl ExprError {
    fn new(at: usize, why: impl Into<String>) -> Self {
        Self { at, why: why.into() }
    }
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    code: Arc<check::Code>,
    ty: Ty,
    uses: Arc<BTreeSet<Use>>,
}

/// A field that an expression reads: its record's name, and its own.
pub(crate) type Use = (&'static str, &'static str);

impl Expr {
    /// Compiles an expression over the fields of `root`; `it` is the type of the variable of that
    /// name, where there is one.
    ///
    /// # Errors
    /// An [`ExprError`] that points into `source`.
    pub(crate) fn compile(
        source: &str,
        root: &'static dyn Shape,
        it: Option<&Ty>,
    ) -> Result<Self, ExprError> {
        let node = syntax::parse(source)?;
        let (code, ty, uses) = check::compile(&node, root, it)?;
        Ok(Self { code: Arc::new(code), ty, uses: Arc::new(uses) })
    }

    /// The fields that it reads.
    pub(crate) fn uses(&self) -> &BTreeSet<Use> {
        &self.uses
    }

    /// The type of its result.
    pub(crate) fn ty(&self) -> &Ty {
        &self.ty
    }

    /// Its result over a view; `it` must be given exactly if it was compiled with one.
    pub(crate) fn eval<'e>(&'e self, root: &'e Value, it: Option<&Out<'e>>) -> Out<'e> {
        eval::run(&self.code, root, it)
    }

    /// Its result, for an expression whose type is a truth value.
    pub(crate) fn holds<'e>(&'e self, root: &'e Value, it: Option<&Out<'e>>) -> bool {
        matches!(self.eval(root, it), Out::Bool(true))
    }
}
