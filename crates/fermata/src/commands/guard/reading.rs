//! A range of commits, read for what it makes public.

use std::{panic::resume_unwind, thread};

use discretion::Terms;
use engine::{Names, Reader, Weighing};
use git::{Range, Repo};

use super::found::{Found, Lines};
use crate::command_error::CommandError;

/// Reads every commit of the range.
pub(super) fn check(
    repo: &Repo,
    range: &Range,
    names: &Names,
    terms: &Terms,
    weighing: Option<&Weighing>,
) -> Result<Vec<Found>, CommandError> {
    let learn = || Reader::learning(repo, range, terms, weighing);
    let (changes, learned) = thread::scope(|scope| {
        let learning = scope.spawn(learn);
        let changes = repo.changes(range);
        (changes, learning.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (changes, reader) = (changes?, learned?);
    let mut findings = Vec::new();
    reader.read(repo, changes, names, |found, places| {
        findings.extend(Lines(places).found(found));
    })?;
    Ok(findings)
}
