//! Lists, and the record of who read what.

use case::{Actor, CaseId, PersonId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Append, Batch, Direction, Expected, RowCursor, RowQuery, Scope};

use crate::{
    Engine, EngineError, streams,
    summary::{self, CASES, Summary},
};

/// One read, as it stands in `case/…/reads`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// What was shown: `case`, `list`, `export`.
    pub what: String,
}

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The cases that the reader may see.
    pub cases: Vec<Summary>,
    /// Where to go on.
    pub next: Option<String>,
}

/// How many rows are looked at for one page at most, so that a page full of forbidden cases
/// costs no more than another.
const LOOKED_AT: usize = 400;

impl Engine {
    /// The cases that a person may see, newest first. Each shown case's read is recorded, in one
    /// transaction, before this returns.
    ///
    /// # Errors
    /// When the store fails, or the cursor is none of ours.
    pub fn cases(
        &self,
        person: PersonId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Page, EngineError> {
        let wrong = || EngineError::Invalid("this page does not exist".into());
        let mut cursor = after.map(|t| RowCursor::from_text(t).ok_or_else(wrong)).transpose()?;
        let teams = self.teams()?;
        let mut page = Page::default();
        let mut looked_at = 0_usize;
        while page.cases.len() < limit && looked_at < LOOKED_AT {
            let found = self.store.rows(
                &Scope::house("list"),
                &RowQuery {
                    list: CASES.into(),
                    direction: Direction::Descending,
                    after: cursor,
                    limit: limit.saturating_sub(page.cases.len()),
                },
            )?;
            looked_at = looked_at.saturating_add(found.rows.len());
            for row in &found.rows {
                let Some(summary) = summary::read(row)? else { continue };
                let team = teams.get(&summary.project);
                if team.is_some_and(|team| summary.readable_by(person, team)) {
                    page.cases.push(summary);
                }
            }
            cursor = found.next;
            if cursor.is_none() {
                break;
            }
        }
        page.next = cursor.map(RowCursor::to_text);
        self.record_reads(page.cases.iter().map(|c| c.case), Actor::Person(person), "list")?;
        Ok(page)
    }

    pub(crate) fn record_read(
        &self,
        case: CaseId,
        actor: Actor,
        what: &str,
    ) -> Result<(), EngineError> {
        self.record_reads(std::iter::once(case), actor, what)
    }

    fn record_reads(
        &self,
        cases: impl Iterator<Item = CaseId>,
        actor: Actor,
        what: &str,
    ) -> Result<(), EngineError> {
        let read = Read { actor, at: self.clock.wall(), what: what.to_owned() };
        let body = serde_json::to_vec(&read).map_err(|e| EngineError::Invalid(e.to_string()))?;
        let appends = cases
            .map(|case| {
                let command = store::CommandId(self.draw());
                let events = vec![store::Entry::content(body.clone())];
                Ok(Append::new(streams::reads(case)?, Expected::Any, command, events))
            })
            .collect::<Result<Vec<_>, EngineError>>()?;
        if !appends.is_empty() {
            self.store.commit(&Scope::house("reads"), Batch { appends, ..Batch::default() })?;
        }
        Ok(())
    }
}
