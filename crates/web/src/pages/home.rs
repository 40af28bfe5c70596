//! The first page: a door for those outside, the inbox for those inside, and where to begin when
//! there is nothing yet.

use axum::{extract::Query, response::Html};
use engine::Summary;
use serde::{Deserialize, Serialize};

use crate::{
    blocking::blocking,
    desk::{Choice, report_state},
    fault::Fault,
    time::Moment,
    visit::Hall,
};

/// Cases on one page of the inbox.
const PAGE: usize = 50;

/// Where the list goes on.
#[derive(Deserialize)]
pub(crate) struct From {
    after: Option<String>,
}

#[derive(Serialize)]
struct CaseLine {
    id: String,
    codename: String,
    project: String,
    title: String,
    state: &'static str,
    mark: &'static str,
    opened: Moment,
    instant: Option<Moment>,
    open: bool,
}

#[derive(Serialize)]
struct Scenario {
    name: String,
    about: String,
}

#[derive(Serialize)]
struct Content {
    cases: Vec<CaseLine>,
    after: Option<String>,
    projects: Vec<Choice>,
    scenarios: Vec<Scenario>,
    live: bool,
}

/// The first page.
pub(crate) async fn show(hall: Hall, Query(from): Query<From>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let projects = projects(&hall)?;
        let Some(person) = hall.person() else {
            return hall.show("door.html", "Fermata", projects);
        };
        let page =
            hall.engine.cases(person, from.after.as_deref(), PAGE).map_err(|_| Fault::NotFound)?;
        let now = hall.engine.now().now;
        let mut cases: Vec<CaseLine> = page.cases.iter().map(|c| line(c, now)).collect();
        // Who waits for a first look comes first, then what ends soonest; the rest as it came.
        cases.sort_by_key(|c| (!c.open, c.mark != "ready", c.instant.is_none()));
        let scenarios = if hall.live() { scenarios(&hall) } else { Vec::new() };
        let template = if hall.live() && projects.is_empty() { "begin.html" } else { "inbox.html" };
        let content = Content { cases, after: page.next, projects, scenarios, live: hall.live() };
        hall.show(template, "Inbox", content)
    })
    .await
}

/// Projects that take reports here.
pub(crate) fn projects(hall: &Hall) -> Result<Vec<Choice>, Fault> {
    let projects = hall.engine.projects()?.into_iter();
    Ok(projects.map(|p| Choice { value: p.id.to_string(), label: p.policy.project }).collect())
}

fn scenarios(hall: &Hall) -> Vec<Scenario> {
    let known = hall.app.drills.scenarios().into_iter();
    known.map(|s| Scenario { name: s.name, about: s.about }).collect()
}

fn line(summary: &Summary, now: jiff::Timestamp) -> CaseLine {
    let untriaged = summary.rm == case::vultron::rm::State::Received;
    CaseLine {
        id: summary.case.to_string(),
        codename: summary.codename.clone(),
        project: summary.project_name.clone(),
        title: summary.title.clone(),
        state: if summary.open { report_state(summary.rm) } else { "over" },
        mark: match (summary.open, untriaged) {
            (false, _) => "off",
            (true, true) => "ready",
            (true, false) => "waiting",
        },
        opened: Moment::new(summary.opened_at, now),
        instant: summary.instant.map(|at| Moment::new(at, now)),
        open: summary.open,
    }
}
