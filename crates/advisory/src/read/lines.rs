//! From stretches of versions, as documents have them, to the lines of an advisory.
//!
//! A line is named after its versions, so that [`Affected::ranges`](crate::Affected::ranges) gives
//! the same stretches again. Where no name does, the stretch itself is the name.

use std::collections::BTreeSet;

use super::Notes;
use crate::affected::{AffectedVersions, Justification, Line, LineStanding};
use crate::version::{Version, line_bounds};
use crate::versions::{Lower, Stretch, Upper};

/// Affected versions, and what the document says about their fix.
pub(crate) struct Stretched {
    pub(crate) stretch: Stretch,
    pub(crate) fix: Fix,
    pub(crate) path: String,
}

/// What a document says about a fix.
pub(crate) enum Fix {
    /// Nothing tells a fix from the beginning of the next line: the end counts as the fix.
    End,
    /// There is none.
    Missing,
    /// It is in this version, and that is out.
    Out(String),
    /// It is to be in this version.
    Planned(String),
}

/// Versions that are not affected, and why.
pub(crate) struct Spared {
    pub(crate) stretch: Stretch,
    pub(crate) justification: Option<Justification>,
    pub(crate) statement: Option<String>,
    pub(crate) path: String,
}

/// A line before its name is settled: it may only be renamed if its bounds do not count.
struct Proposed {
    name: String,
    bounds_count: bool,
    versions: AffectedVersions,
    symbols: String,
}

/// The lines, the affected ones first, each kind in the document's order.
pub(crate) fn lines(affected: Vec<Stretched>, spared: Vec<Spared>, notes: &mut Notes) -> Vec<Line> {
    let proposed: Vec<Proposed> =
        affected.into_iter().filter_map(|one| propose(one, notes)).collect();
    let lowest =
        proposed.iter().filter_map(|line| line_bounds(&line.name).map(|(start, _)| start)).min();
    let mut names = BTreeSet::new();
    let mut lines: Vec<Line> = proposed
        .into_iter()
        .map(|mut line| {
            let start = line_bounds(&line.name).map(|(start, _)| start);
            let from_the_beginning = line.versions.introduced.is_none();
            let wrong_start = from_the_beginning && start.is_some() && start != lowest;
            if line.bounds_count {
                if wrong_start {
                    line.versions.introduced = "0".parse().ok();
                }
            } else if wrong_start || names.contains(&line.name) {
                line.name = line.symbols;
            }
            names.insert(line.name.clone());
            Line { line: line.name, standing: LineStanding::Affected(line.versions) }
        })
        .collect();
    lines.extend(spared.into_iter().filter_map(|one| spare(one, notes)));
    lines
}

fn propose(Stretched { stretch, fix, path }: Stretched, notes: &mut Notes) -> Option<Proposed> {
    let mut version = |text: &str| {
        let parsed = text.parse::<Version>().ok();
        if parsed.is_none() {
            let text: String = text.chars().take(60).collect();
            let reason = format!("`{text}` is no version that an advisory's line can hold");
            notes.left(path.as_str(), reason);
        }
        parsed
    };
    let introduced = match stretch.lower() {
        Lower::Start => None,
        Lower::From(from) => Some(version(from)?),
        Lower::After(_) => {
            notes.left(path, "an advisory's line cannot begin after a version");
            return None;
        }
    };
    let (before, last) = match stretch.upper() {
        Upper::Open => (None, None),
        Upper::Before(end) => (Some(version(end)?), None),
        Upper::UpTo(last) => (None, Some(version(last)?)),
    };
    let mut versions = AffectedVersions { introduced, last_affected: last, ..Default::default() };
    let mut bounds_count = false;
    let mut name = None;
    match fix {
        Fix::Out(fixed) => versions.actual_fixed = Some(version(&fixed)?),
        Fix::Planned(fixed) => versions.planned_fixed = Some(version(&fixed)?),
        Fix::End => versions.actual_fixed.clone_from(&before),
        Fix::Missing => {
            name = before.as_ref().and_then(Version::line_before);
            bounds_count = name.is_some();
            if before.is_some() && name.is_none() {
                let reason = "nothing names the fix; that the range's end has it is assumed";
                notes.left(path.as_str(), reason);
                versions.actual_fixed.clone_from(&before);
            }
        }
    }
    let fixed = versions.actual_fixed.as_ref().or(versions.planned_fixed.as_ref());
    if let (Some(fixed), Some(end)) = (fixed, &before)
        && fixed != end
    {
        let reason = format!("the range ends before {end}, and the fix is said to be in {fixed}");
        notes.left(path, reason);
    }
    let symbols = stretch.to_github();
    let name = name.or_else(|| fixed.or(versions.last_affected.as_ref()).map(Version::line));
    if name.is_none() && versions.introduced.is_none() {
        versions.introduced = "0".parse().ok();
    }
    let name = name.unwrap_or_else(|| symbols.clone());
    Some(Proposed { name, bounds_count, versions, symbols })
}

fn spare(spared: Spared, notes: &mut Notes) -> Option<Line> {
    let Spared { stretch, justification, statement, path } = spared;
    let Some(justification) = justification else {
        let reason = "an advisory says of a line that is not affected why, and this does not";
        notes.left(path, reason);
        return None;
    };
    let name = line_of(&stretch).unwrap_or_else(|| stretch.to_github());
    Some(Line { line: name, standing: LineStanding::NotAffected { justification, statement } })
}

/// The name of the line that spans exactly this.
fn line_of(stretch: &Stretch) -> Option<String> {
    let (Lower::From(from), Upper::Before(end)) = (stretch.lower(), stretch.upper()) else {
        return None;
    };
    let (from, end): (Version, Version) = (from.parse().ok()?, end.parse().ok()?);
    let name = end.line_before()?;
    let bounds = line_bounds(&name)?;
    (bounds == (from, end)).then_some(name)
}
