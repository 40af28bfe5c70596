//! The reference of all fields, as Markdown.

use std::fmt::Write as _;

use super::{Kind, ROOT, Shape};

/// Every record and field of the view, as Markdown tables. `docs/playbooks.md` holds exactly this
/// between its marks, and a test keeps it so.
#[must_use]
pub fn reference() -> String {
    let mut shapes: Vec<&'static dyn Shape> = vec![&ROOT];
    let mut next = 0;
    let mut out = String::new();
    while let Some(shape) = shapes.get(next).copied() {
        next += 1;
        let title = if next == 1 { "Names".to_owned() } else { format!("`{}`", shape.name()) };
        // Writing to a text cannot fail.
        let _ =
            write!(out, "### {title}\n\n{}\n\n| field | kind | |\n|---|---|---|\n", shape.doc());
        for field in shape.fields() {
            if let Kind::Record(inner) | Kind::List(inner) = field.kind
                && !shapes.iter().any(|known| known.name() == inner.name())
            {
                shapes.push(inner);
            }
            let _ = writeln!(out, "| `{}` | {} | {} |", field.name, field.kind.words(), field.doc);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

impl Kind {
    fn words(self) -> String {
        match self {
            Self::Bool => "yes or no".into(),
            Self::Int => "number".into(),
            Self::Time => "time".into(),
            Self::Text => "text".into(),
            Self::Texts => "list of texts".into(),
            Self::Record(shape) => format!("`{}`", shape.name()),
            Self::List(shape) => format!("list of `{}`", shape.name()),
        }
    }
}
