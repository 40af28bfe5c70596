//! From a file to a playbook. Everything that can be known to be wrong is found here, all of it at
//! once, each with its line and column.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use advisory::digest::Digest;
use case::{
    StepId,
    policy::{Approvals, Membership},
};
use serde_saphyr::{Location, Spanned};

use crate::{
    Playbook,
    due::{Due, Span},
    expr::{Expr, ExprError, Ty},
    file::{self, File},
    playbook::{Clause, Condition, Step, Wait},
    template::Template,
    view::ROOT,
};

/// The format that this room reads.
const FORMAT: u32 = 1;

/// One thing that is wrong in a playbook's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1; 0 where none can be named.
    pub line: u64,
    /// Column in characters, from 1; 0 where none can be named.
    pub column: u64,
    /// What is wrong, in words for the person who wrote the file.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// Why a file is no playbook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.problems))]
pub struct ParseError {
    /// Everything that was found, in the order of the file.
    pub problems: Vec<Problem>,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

pub(crate) fn parse(source: &str) -> Result<Playbook, ParseError> {
    let file: File = serde_saphyr::from_str(source).map_err(|error| unreadable(&error))?;
    let mut reader = Reader { source, problems: Vec::new() };
    let playbook = reader.playbook(file);
    reader.problems.sort_by_key(|problem| (problem.line, problem.column));
    match playbook {
        Some(playbook) if reader.problems.is_empty() => Ok(playbook),
        _ => Err(ParseError { problems: reader.problems }),
    }
}

fn unreadable(error: &serde_saphyr::Error) -> ParseError {
    let location = error.location();
    // The library adds a drawing of the place to its words; the place itself is enough here.
    let words = error.without_snippet().to_string();
    let message = words.lines().next().unwrap_or_default();
    let message = match message.rfind(" at line ") {
        Some(end) => message.get(..end).unwrap_or(message),
        None => message,
    };
    let (line, column) = location.map_or((0, 0), |at| (at.line(), at.column()));
    ParseError { problems: vec![Problem { line, column, message: message.to_owned() }] }
}

type Located = Spanned<String>;

struct Reader<'s> {
    source: &'s str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn playbook(&mut self, file: File) -> Option<Playbook> {
        if file.format.value != FORMAT {
            let message = format!("this program reads format {FORMAT}");
            self.wrong(file.format.referenced, message);
            return None;
        }
        self.name(&file.name, "a playbook's name");
        self.policy(&file.policy);
        let (names, conditions) = self.conditions(&file.conditions);
        let mut ids: Vec<String> = Vec::with_capacity(file.steps.len());
        let mut steps = Vec::with_capacity(file.steps.len());
        let mut used = vec![false; names.len()];
        for step in &file.steps {
            self.name(&step.id, "a step's id");
            if ids.contains(&step.id.value) {
                self.wrong(
                    step.id.referenced,
                    format!("there is a step `{}` already", step.id.value),
                );
            }
            let read = self.step(step, &names, &ids);
            ids.push(step.id.value.clone());
            for index in &read.when {
                if let Some(used) = used.get_mut(*index) {
                    *used = true;
                }
            }
            steps.push(read);
        }
        for (name, _) in names.iter().zip(used).filter(|(_, used)| !used) {
            if let Some(condition) = file.conditions.get(*name) {
                self.wrong(condition.is.referenced, format!("no step asks for `{name}`"));
            }
        }
        Some(Playbook {
            name: file.name.value,
            title: file.title,
            digest: Digest::of(self.source.as_bytes()),
            source: self.source.to_owned(),
            release_mode: file.release_mode,
            policy: file.policy.value,
            conditions,
            steps,
        })
    }

    fn policy(&mut self, policy: &Spanned<file::Policy>) {
        let at = policy.referenced;
        let Approvals { publish, notice, other } = policy.value.approvals;
        if [publish, notice, other].contains(&0) {
            self.wrong(at, "somebody must stand behind every act: approvals begin at 1");
        }
        if policy.value.longest_embargo_days == 0 {
            self.wrong(at, "the longest embargo must last a day at least");
        }
        let windows = [policy.value.objection_window, policy.value.credit_window];
        if windows.iter().any(|window| !window.is_positive()) {
            self.wrong(at, "a window to answer in must be longer than nothing");
        }
        let Membership { criteria, confirm_days, .. } = &policy.value.membership;
        let named: BTreeSet<&str> = criteria.iter().map(|it| it.name.trim()).collect();
        if named.len() < criteria.len() || named.contains("") {
            self.wrong(at, "each criterion of membership needs a name of its own");
        }
        if *confirm_days == 0 {
            self.wrong(at, "an address holds for a day at least");
        }
    }

    fn conditions<'f>(
        &mut self,
        file: &'f BTreeMap<String, file::Condition>,
    ) -> (Vec<&'f str>, Vec<Condition>) {
        let mut names = Vec::with_capacity(file.len());
        let mut conditions = Vec::with_capacity(file.len());
        for (name, condition) in file {
            // A broken condition keeps its place, so that only its own mistake is reported.
            names.push(name.as_str());
            let is = self.truth(&condition.is, None);
            let otherwise = self.template(&condition.otherwise, None);
            if let (Some(is), Some(otherwise)) = (is, otherwise) {
                conditions.push(Condition { is, otherwise });
            }
        }
        (names, conditions)
    }

    fn step(&mut self, step: &file::Step, conditions: &[&str], before: &[String]) -> Step {
        let when = self.places(&step.when, conditions, "there is no condition");
        let after = self.places(&step.after, before, "no step before this one is called");
        if step.done.is_empty() {
            self.wrong(step.id.referenced, "a step needs evidence under `done`");
        }
        let clauses: Vec<_> = step.done.iter().filter_map(|clause| self.clause(clause)).collect();
        let waits: Vec<_> = step.waits.iter().filter_map(|wait| self.wait(wait)).collect();
        let due = step.due.as_ref().and_then(|due| self.due(due));
        Step {
            id: StepId(step.id.value.clone()),
            title: step.title.clone(),
            about: step.about.clone(),
            role: step.role,
            optional: step.optional,
            overridable: step.overridable,
            gates: step.gates.clone(),
            action: step.action,
            when,
            after,
            due,
            waits,
            clauses,
        }
    }

    fn places(
        &mut self,
        wanted: &[Located],
        known: &[impl AsRef<str>],
        otherwise: &str,
    ) -> Vec<usize> {
        let mut places = Vec::with_capacity(wanted.len());
        for name in wanted {
            match known.iter().position(|one| one.as_ref() == name.value) {
                Some(place) => places.push(place),
                None => self.wrong(name.referenced, format!("{otherwise} `{}`", name.value)),
            }
        }
        places
    }

    fn due(&mut self, due: &Spanned<file::Due>) -> Option<Due> {
        let span = match (due.value.business_days, due.value.hours, due.value.policy) {
            (Some(days), None, None) => Span::BusinessDays(days),
            (None, Some(hours), None) => Span::Hours(hours),
            (None, None, Some(file::PolicyDays::AcknowledgeWithin)) => Span::AcknowledgeWithin,
            _ => {
                self.wrong(due.referenced, "give one of `business_days`, `hours` and `policy`");
                return None;
            }
        };
        Some(Due { after: due.value.after, span })
    }

    fn clause(&mut self, clause: &file::Clause) -> Option<Clause> {
        let each = match &clause.each {
            Some(each) => Some(self.list(each)?),
            None => None,
        };
        let it = each.as_ref().map(|(_, of)| of);
        let is = self.truth(&clause.is, it);
        let missing = self.template(&clause.missing, it);
        let shows = match &clause.shows {
            Some(shows) => Some(self.template(shows, it)?),
            None => None,
        };
        Some(Clause { is: is?, missing: missing?, shows, each: each.map(|(expr, _)| expr) })
    }

    fn wait(&mut self, wait: &file::Wait) -> Option<Wait> {
        let condition = self.truth(&wait.condition, None);
        let whom = self.template(&wait.whom, None);
        Some(Wait { condition: condition?, whom: whom? })
    }

    fn list(&mut self, each: &Located) -> Option<(Expr, Ty)> {
        let expr = self.located(each, Expr::compile(&each.value, &ROOT, None))?;
        match expr.ty().clone() {
            Ty::List(of) => Some((expr, *of)),
            other => {
                self.wrong(each.referenced, format!("a list must stand here, not {other}"));
                None
            }
        }
    }

    fn truth(&mut self, source: &Located, it: Option<&Ty>) -> Option<Expr> {
        let expr = self.located(source, Expr::compile(&source.value, &ROOT, it))?;
        if matches!(expr.ty(), Ty::Bool) {
            return Some(expr);
        }
        self.wrong(source.referenced, format!("a truth value must stand here, not {}", expr.ty()));
        None
    }

    fn template(&mut self, source: &Located, it: Option<&Ty>) -> Option<Template> {
        if source.value.trim().is_empty() {
            self.wrong(source.referenced, "words for the person must stand here");
            return None;
        }
        self.located(source, Template::compile(&source.value, &ROOT, it))
    }

    fn name(&mut self, name: &Located, what: &str) {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.value.is_empty() || !name.value.chars().all(fine) {
            let message = format!("{what} is made of small letters, digits and hyphens");
            self.wrong(name.referenced, message);
        }
    }

    /// Points an error inside an expression at its place in the file, as far as the file holds the
    /// expression as it is: folded and escaped texts are pointed at where they begin.
    fn located<T>(&mut self, of: &Located, result: Result<T, ExprError>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let start = of.referenced;
        let row = usize::try_from(start.line()).ok().and_then(|line| line.checked_sub(1));
        let line = row.and_then(|row| self.source.lines().nth(row)).unwrap_or_default();
        let first = usize::try_from(start.column()).unwrap_or(1).saturating_sub(1);
        let begins: usize = line.chars().take(first).map(char::len_utf8).sum();
        let rest = line.get(begins..).unwrap_or_default();
        let quote = usize::from(rest.starts_with(['\'', '"']));
        let mut column = start.column();
        if rest.get(quote..).is_some_and(|rest| rest.starts_with(&of.value)) {
            let before = of.value.get(..error.at).unwrap_or_default().chars().count();
            column = column.saturating_add(u64::try_from(before + quote).unwrap_or(0));
        }
        self.problems.push(Problem { line: start.line(), column, message: error.why });
        None
    }

    fn wrong(&mut self, at: Location, message: impl Into<String>) {
        let (line, column) = (at.line(), at.column());
        self.problems.push(Problem { line, column, message: message.into() });
    }
}
