//! The differences while they are found, and the words for them.

use std::collections::BTreeSet;

use super::{Difference, Field};
use crate::check::Weight;

/// More of a list than this helps nobody.
const SHOWN: usize = 8;
/// More of a text than this helps nobody.
const LONGEST: usize = 300;

#[derive(Default)]
pub(super) struct Says {
    differences: Vec<Difference>,
    about: Option<String>,
}

impl Says {
    /// Says which package or vulnerability the following is about.
    pub(super) fn about(&mut self, about: Option<String>) {
        self.about = about;
    }

    pub(super) fn len(&self) -> usize {
        self.differences.len()
    }

    pub(super) fn add(&mut self, others: Self) {
        self.differences.extend(others.differences);
    }

    /// The gravest first; else in the order of the fields.
    pub(super) fn end(mut self) -> Vec<Difference> {
        self.differences.sort_by_key(|one| (std::cmp::Reverse(one.severity), one.field));
        self.differences
    }

    pub(super) fn push(
        &mut self,
        field: Field,
        severity: Weight,
        ours: Option<&str>,
        theirs: Option<&str>,
        message: impl Into<String>,
    ) {
        self.differences.push(Difference {
            field,
            severity,
            about: self.about.clone(),
            ours: ours.map(short),
            theirs: theirs.map(short),
            message: message.into(),
        });
    }

    pub(super) fn otherwise(&mut self, field: Field, severity: Weight, ours: &str, theirs: &str) {
        self.push(field, severity, Some(ours), Some(theirs), "they say different things");
    }

    /// Two values of which each may be missing.
    pub(super) fn single(
        &mut self,
        field: Field,
        severity: Weight,
        ours: Option<&str>,
        theirs: Option<&str>,
    ) {
        match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                self.otherwise(field, severity, ours, theirs);
            }
            (Some(ours), None) => self.push(field, severity, Some(ours), None, MISSING),
            (None, Some(theirs)) => self.push(field, severity, None, Some(theirs), EXTRA),
            _ => {}
        }
    }

    /// Two sets, whatever their order. What only the copy has weighs no more than a warning.
    pub(super) fn sets(
        &mut self,
        field: Field,
        severity: Weight,
        ours: &BTreeSet<String>,
        theirs: &BTreeSet<String>,
    ) {
        let missing = listed(ours.difference(theirs));
        let extra = listed(theirs.difference(ours));
        match (missing, extra) {
            (None, None) => {}
            (Some(missing), Some(extra)) => self.otherwise(field, severity, &missing, &extra),
            (Some(missing), None) => self.push(field, severity, Some(&missing), None, MISSING),
            (None, Some(extra)) => {
                let severity = severity.min(Weight::Warning);
                self.push(field, severity, None, Some(&extra), EXTRA);
            }
        }
    }
}

pub(super) const MISSING: &str = "the other does not say it";
pub(super) const EXTRA: &str = "only the other says it";

/// As many as a person will read.
pub(super) fn listed<'t>(items: impl Iterator<Item = &'t String>) -> Option<String> {
    let mut shown = Vec::new();
    let mut more = 0_usize;
    for item in items {
        if shown.len() < SHOWN {
            shown.push(item.as_str());
        } else {
            more += 1;
        }
    }
    let text = shown.join(", ");
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(text),
        (false, more) => Some(format!("{text} and {more} more")),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
