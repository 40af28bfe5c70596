//! Texts of a document by the paths that the specification gives for a test.

use std::fmt::Write as _;

use crate::check::json::Json;
use crate::check::step;

/// Hands over every text at a path, with its JSON pointer. In the path, `*` stands for each item of a
/// list, and `branches` for branches below branches as well.
pub(super) fn each_text<'j>(
    document: &'j Json<'_>,
    path: &str,
    found: &mut impl FnMut(&str, &'j str),
) {
    walk(document, path, &mut String::new(), found);
}

fn walk<'j>(
    value: &'j Json<'_>,
    path: &str,
    pointer: &mut String,
    found: &mut impl FnMut(&str, &'j str),
) {
    let Some((name, rest)) = path.strip_prefix('/').map(split) else {
        if let Some(text) = value.text() {
            found(pointer, text);
        }
        return;
    };
    let length = pointer.len();
    if name == "*" {
        for (place, item) in value.items().iter().enumerate() {
            let _ = write!(pointer, "/{place}");
            walk(item, rest, pointer, found);
            pointer.truncate(length);
        }
        return;
    }
    if let Some(member) = value.get(name) {
        step(pointer, name);
        walk(member, rest, pointer, found);
        pointer.truncate(length);
    }
    if name == "branches" {
        for (place, branch) in value.list(name) {
            let _ = write!(pointer, "/branches/{place}");
            walk(branch, path, pointer, found);
            pointer.truncate(length);
        }
    }
}

/// The first name, and what follows with its slash.
fn split(path: &str) -> (&str, &str) {
    path.split_at(path.find('/').unwrap_or(path.len()))
}
