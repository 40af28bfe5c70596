//! What an extension is made of, in whatever place of a 2.1 document it stands.

use super::super::forms::EXTENSION_SCHEMA;
use crate::check::shape::{Object, Shape, closed, may, must, open};

/// One item of `x_extensions`.
pub(crate) static EXTENSION: Shape = Shape::Object(&open(&[
    must("$schema", Shape::Text(EXTENSION_SCHEMA)),
    must("category", Shape::Word(&["essential", "significant", "supplementary"])),
    // What stands in it, its own schema says.
    must("content", Shape::Object(&Object { least: 1, extras: Some(|_| true), ..closed(&[]) })),
    must("critical", Shape::Bool),
]));

/// What the extensions that the technical committee publishes for documentation hold.
pub(crate) static DOCUMENTED: Shape = Shape::Object(&open(&[must("documentation", super::SOME)]));

/// The same, and notes.
pub(crate) static ANNOTATED: Shape =
    Shape::Object(&open(&[must("documentation", super::SOME), may("notes", super::SOME_TEXTS)]));
