//! The first page: a door for those outside, the inbox for those inside, and where to begin when
//! there is nothing yet.

use axum::{extract::Query, response::Html};
use case::rights::{Permission, may};
use engine::{EngineError, Project, ports::Repository};
use serde::{Deserialize, Serialize};

use super::{keys, mailbox::MailboxView};
use crate::{
    blocking::blocking,
    desk::Choice,
    fault::Fault,
    view::{inbox::Line, readiness::Sighted},
    visit::{Hall, Visit},
};

/// Cases on one page of the inbox.
const PAGE: usize = 50;

/// Where the list goes on.
#[derive(Deserialize)]
pub(crate) struct From {
    after: Option<String>,
}

#[derive(Serialize)]
struct Scenario {
    name: String,
    about: String,
}

#[derive(Serialize)]
struct Content {
    cases: Vec<Line>,
    later: bool,
    after: Option<String>,
    projects: Vec<Choice>,
    /// Of the projects, those for which the visitor may hand in what reached them.
    mine: Vec<String>,
    /// The house's mailbox, for those of a team, when somebody must look.
    mailbox: Option<MailboxView>,
    /// The mirrors of the visitor's projects that cannot be fetched.
    stale: Vec<Sighted>,
    scenarios: Vec<Scenario>,
    live: bool,
    /// Keys of the visitor's projects that run out.
    warnings: Vec<String>,
}

/// The first page.
pub(crate) async fn show(hall: Hall, Query(from): Query<From>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let projects = hall.engine.projects()?;
        let visit = match hall.visit() {
            Ok(visit) => visit,
            Err(hall) => return hall.show("door.html", "Fermata", choices(&projects)),
        };
        inbox(&visit, &projects, from.after.as_deref())
    })
    .await
}

fn inbox(visit: &Visit, projects: &[Project], after: Option<&str>) -> Result<Html<String>, Fault> {
    let hall = &visit.hall;
    let page = match hall.engine.cases(visit.person, after, PAGE) {
        Err(EngineError::Invalid(_)) => return Err(Fault::NotFound),
        other => other?,
    };
    let now = hall.engine.now().now;
    let mine: Vec<String> =
        projects.iter().filter(|p| mine(visit, p)).map(|p| p.id.to_string()).collect();
    let mailbox = if mine.is_empty() { None } else { MailboxView::of(visit)? };
    let ours = || projects.iter().filter(|project| project.team.contains(&visit.person));
    let repositories = ours().flat_map(Project::repositories);
    let fails =
        |it: &Repository<'_>| hall.engine.freshness(*it).is_some_and(|f| f.trouble.is_some());
    let stale = repositories.filter(fails);
    let content = Content {
        cases: page.cases.iter().map(|case| Line::new(case, visit, now)).collect(),
        later: after.is_some(),
        after: page.next,
        scenarios: if hall.live() { scenarios(hall) } else { Vec::new() },
        live: hall.live(),
        mailbox: mailbox.filter(MailboxView::calls),
        mine,
        stale: stale.filter_map(|it| Sighted::new(&hall.engine, it, now)).collect(),
        warnings: ours().flat_map(|project| keys::warnings(project, now)).collect(),
        projects: choices(projects),
    };
    let nothing_yet = content.live && content.projects.is_empty();
    hall.show(if nothing_yet { "begin.html" } else { "inbox.html" }, "Inbox", content)
}

/// Projects that take reports here.
pub(crate) fn projects(hall: &Hall) -> Result<Vec<Choice>, Fault> {
    Ok(choices(&hall.engine.projects()?))
}

fn choices(projects: &[Project]) -> Vec<Choice> {
    let choice = |p: &Project| Choice { value: p.id.to_string(), label: p.policy.project.clone() };
    projects.iter().map(choice).collect()
}

/// The visitor may write down what reached them in this project.
fn mine(visit: &Visit, project: &Project) -> bool {
    may(visit.actor(), &project.roles_of(visit.person), Permission::Observe)
}

fn scenarios(hall: &Hall) -> Vec<Scenario> {
    let known = hall.app.drills.scenarios().into_iter();
    known.map(|s| Scenario { name: s.name, about: s.about }).collect()
}
