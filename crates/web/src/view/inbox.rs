//! A case as a line of the inbox: what is next in it, for whom, until when.

use case::rights::{Permission, may};
use engine::{Next, Summary};
use jiff::Timestamp;
use serde::Serialize;

use crate::{desk::report_state, time::Moment, visit::Visit, words};

/// One case.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    id: String,
    codename: String,
    project: String,
    title: String,
    state: &'static str,
    open: bool,
    opened: Moment,
    /// The end of the embargo.
    instant: Option<Moment>,
    /// A person must look after an act.
    trouble: bool,
    /// Acts that the viewer could approve.
    approvals: usize,
    next: Option<Turn>,
    /// How many more steps can be done.
    more: usize,
    waits_for: Option<String>,
}

/// The next step, and whose it is.
#[derive(Debug, Serialize)]
struct Turn {
    title: String,
    role: &'static str,
    yours: bool,
    due: Option<Moment>,
    overdue: bool,
}

impl Line {
    /// A summary as seen by its reader at a moment.
    pub(crate) fn new(summary: &Summary, visit: &Visit, now: Timestamp) -> Self {
        let turn = summary.turn(now);
        let next = turn.and_then(|turn| most_urgent(summary, &turn.next));
        let ready = turn.map_or(0, |turn| turn.ready);
        let approver = may(visit.actor(), &summary.roles, Permission::Approve);
        let wanted = summary.unapproved.iter().filter(|by| approver && !by.contains(&visit.person));
        Self {
            id: summary.case.to_string(),
            codename: summary.codename.clone(),
            project: summary.project_name.clone(),
            title: summary.title.clone(),
            state: if summary.open { report_state(summary.rm) } else { "over" },
            open: summary.open,
            opened: Moment::new(summary.opened_at, now),
            instant: summary.instant.filter(|_| summary.open).map(|at| Moment::new(at, now)),
            trouble: summary.trouble.is_some(),
            approvals: wanted.count(),
            more: ready.saturating_sub(usize::from(next.is_some())),
            next: next.map(|next| Turn {
                title: next.title.clone(),
                role: words::role(next.role),
                yours: summary.roles.contains(&next.role),
                due: next.due.map(|at| Moment::new(at, now)),
                overdue: next.due.is_some_and(|due| due < now),
            }),
            waits_for: turn.and_then(|turn| turn.waits_for.clone()),
        }
    }
}

/// What the reader can do comes before what others can.
fn most_urgent<'a>(summary: &Summary, next: &'a [Next]) -> Option<&'a Next> {
    next.iter().find(|step| summary.roles.contains(&step.role)).or(next.first())
}
