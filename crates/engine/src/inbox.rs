//! The list of cases that somebody may see. It reads rows and never folds a case, and it looks at
//! no case that the reader has nothing to do with, so that those cost no time and show in none.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use case::{Actor, CaseId, PersonId, ProjectId};
use store::{Direction, RowCursor, RowQuery, Scope, StoredRow};

use crate::{
    Engine, EngineError,
    people::scope_of,
    summary::{self, CASES, Summary},
};

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The cases that the reader may see.
    pub cases: Vec<Summary>,
    /// Where to go on, when there are more.
    pub next: Option<String>,
}

/// How many rows are fetched from one list at a time, at least.
const FETCH: usize = 8;
/// The same where all of them are wanted.
const ALL: usize = 50;

/// One list, read from where the last page ended.
struct Shelf {
    scope: Scope,
    list: String,
    fetch: usize,
    rows: VecDeque<StoredRow>,
    after: Option<RowCursor>,
    more: bool,
}

impl Shelf {
    fn new((scope, list): (Scope, String), fetch: usize, after: Option<RowCursor>) -> Self {
        Self { scope, list, fetch, rows: VecDeque::new(), after, more: true }
    }

    fn fill(&mut self, engine: &Engine) -> Result<(), EngineError> {
        if self.rows.is_empty() && self.more {
            let query = RowQuery {
                list: self.list.clone(),
                direction: Direction::Ascending,
                after: self.after,
                limit: self.fetch,
            };
            let found = engine.store.rows(&self.scope, &query)?;
            self.more = found.next.is_some();
            self.after = found.next;
            self.rows = found.rows.into();
        }
        Ok(())
    }
}

impl Engine {
    /// The cases that a person may see, most urgent first: what is overdue, what is due soonest,
    /// what has no date, what is over. Each shown case's read is recorded, in one transaction,
    /// before this returns.
    ///
    /// A page holds `limit` cases, and those that sort exactly like its last one.
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
        let after = after.map(|text| after_all_of(text).ok_or_else(wrong)).transpose()?;
        let teams = self.teams()?;
        let mut shelves = shelves(&teams, person, after, limit)?;
        let (mut page, mut last) = (Page::default(), 0);
        while let Some(row) = self.next_row(&mut shelves)? {
            let Some(summary) = summary::read(&row)? else { continue };
            // Who is on the team and was let in besides finds a case on two shelves.
            let shown = page.cases.iter().any(|shown| shown.case == summary.case);
            let team = teams.get(&summary.project).filter(|_| !shown);
            let Some(summary) = team.and_then(|team| summary.for_reader(person, team)) else {
                continue;
            };
            if page.cases.len() >= limit && row.sort != last {
                page.next = Some(last.to_string());
                break;
            }
            last = row.sort;
            page.cases.push(summary);
        }
        self.record_reads(page.cases.iter().map(|c| c.case), Actor::Person(person), "list")?;
        Ok(page)
    }

    /// Whether somebody can see nothing that another person cannot.
    pub(crate) fn sees_no_more(
        &self,
        person: PersonId,
        other: PersonId,
    ) -> Result<bool, EngineError> {
        let teams = self.teams()?;
        if teams.values().any(|team| team.contains(&person) && !team.contains(&other)) {
            return Ok(false);
        }
        Ok(self.visible(person)?.into_iter().all(|summary| {
            let team = teams.get(&summary.project);
            team.is_some_and(|team| summary.for_reader(other, team).is_some())
        }))
    }

    /// Every case that somebody may see. Shows nothing to anybody, so it records no read.
    pub(crate) fn visible(&self, person: PersonId) -> Result<Vec<Summary>, EngineError> {
        let teams = self.teams()?;
        let mut shelves = shelves(&teams, person, None, FETCH)?;
        let mut cases = Vec::new();
        while let Some(row) = self.next_row(&mut shelves)? {
            let Some(summary) = summary::read(&row)? else { continue };
            let Some(team) = teams.get(&summary.project) else { continue };
            cases.extend(summary.for_reader(person, team));
        }
        Ok(cases)
    }

    /// The open cases of a project, for the house itself.
    pub(crate) fn open_cases(&self, project: ProjectId) -> Result<Vec<CaseId>, EngineError> {
        let list = (Scope::project(scope_of(project)?, "house"), CASES.to_owned());
        let mut of_project = [Shelf::new(list, ALL, None)];
        let mut cases = Vec::new();
        while let Some(row) = self.next_row(&mut of_project)? {
            match summary::read(&row)? {
                Some(summary) if summary.open => cases.push(summary.case),
                // Those that are over come last.
                Some(_) => break,
                None => {}
            }
        }
        Ok(cases)
    }

    fn next_row(&self, shelves: &mut [Shelf]) -> Result<Option<StoredRow>, EngineError> {
        for shelf in &mut *shelves {
            shelf.fill(self)?;
        }
        let fullest = shelves.iter_mut().filter(|shelf| !shelf.rows.is_empty());
        let first = fullest.min_by_key(|shelf| shelf.rows.front().map(|row| row.sort));
        Ok(first.and_then(|shelf| shelf.rows.pop_front()))
    }
}

/// Where to go on after every row that sorts as a page's text says.
fn after_all_of(text: &str) -> Option<RowCursor> {
    let sort: u64 = text.parse().ok()?;
    RowCursor::from_text(&format!("{sort}-{}", i64::MAX))
}

/// The lists in which a person's cases stand: those of their projects, and their own.
fn shelves(
    teams: &BTreeMap<ProjectId, BTreeSet<PersonId>>,
    person: PersonId,
    after: Option<RowCursor>,
    limit: usize,
) -> Result<Vec<Shelf>, EngineError> {
    let own = (Scope::house("list"), summary::of_person(person));
    let projects = teams.iter().filter(|(_, team)| team.contains(&person));
    let of_project =
        |(id, _): (&ProjectId, _)| Ok((Scope::project(scope_of(*id)?, "list"), CASES.to_owned()));
    let lists =
        projects.map(of_project).chain([Ok(own)]).collect::<Result<Vec<_>, EngineError>>()?;
    let fetch = limit.saturating_add(1).div_ceil(lists.len()).max(FETCH);
    Ok(lists.into_iter().map(|list| Shelf::new(list, fetch, after)).collect())
}
