//! The report form. Anybody may use it, under any name or none; the receipt's secret is all that a
//! reporter needs to come back.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    extract::Path,
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::ProjectId;
use engine::Submission;
use serde::{Deserialize, Serialize};
use tokio::sync::SemaphorePermit;

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read, bad},
    lobby::Lobby,
    pages::home,
    visit::{Hall, Later},
};

const TEMPLATE: &str = "report.html";
const TITLE: &str = "Report a vulnerability";

/// Characters in a title or a name, at most.
const LINE: usize = 200;
/// Characters in what was found, at most.
const TEXT: usize = 1_000_000;
/// When to try again while others are served.
const BUSY: Duration = Duration::from_secs(2);

/// A project in an address.
#[derive(Deserialize)]
pub(crate) struct ProjectPath {
    project: String,
}

#[derive(Serialize)]
struct Content {
    project: String,
    acknowledge_within: u32,
}

/// Chooses the project, when there are several.
pub(crate) async fn choose(hall: Hall) -> Result<Response, Fault> {
    blocking(move || {
        let projects = home::projects(&hall)?;
        match projects.as_slice() {
            // Whoever can set a project up is led there; there is nobody yet to report to.
            [] if hall.live() && hall.person().is_some() => {
                Ok(Redirect::to("/setup").into_response())
            }
            [only] => {
                let to = format!("{}/report/{}", hall.base, only.value);
                Ok(Redirect::to(&to).into_response())
            }
            _ => Ok(hall.show("door.html", TITLE, projects)?.into_response()),
        }
    })
    .await
}

fn content(hall: &Hall, at: &ProjectPath) -> Result<(ProjectId, Content), Fault> {
    let id = at.project.parse().map_err(|_| Fault::NotFound)?;
    let policy = hall.engine.project(id)?.policy;
    let acknowledge_within = policy.acknowledge_within;
    Ok((id, Content { project: policy.project, acknowledge_within }))
}

/// The form.
pub(crate) async fn show(hall: Hall, Path(at): Path<ProjectPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let (_, content) = content(&hall, &at)?;
        hall.show(TEMPLATE, TITLE, content)
    })
    .await
}

/// Takes a report in. The receipt is shown only once it is in the journal.
pub(crate) async fn send(
    hall: Hall,
    Path(at): Path<ProjectPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    let app = Arc::clone(&hall.app);
    let (permit, later) = match let_in(&app, hall.peer) {
        Ok(permit) => (Some(permit), None),
        Err(later) => (None, Some(later)),
    };
    let sent = blocking(move || {
        let (project, content) = content(&hall, &at)?;
        if let Some(later) = later {
            return hall.show_later(TEMPLATE, TITLE, content, &fields, &later);
        }
        match submission(&fields) {
            Ok(submission) => {
                let receipt = hall.engine.receive(project, &submission)?;
                let to = format!("{}/receipt/{}", hall.base, receipt.token);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => hall.show_refused(TEMPLATE, TITLE, content, &fields, &refusal),
        }
    })
    .await;
    drop(permit);
    sent
}

/// A place among those who are served at this moment, unless strangers report too often.
fn let_in(app: &Lobby, peer: Option<IpAddr>) -> Result<SemaphorePermit<'_>, Later> {
    app.reports.take(peer, app.live.now().now).map_err(|wait| Later {
        status: StatusCode::TOO_MANY_REQUESTS,
        why: "More reports came in than we can take at once.",
        wait,
    })?;
    app.intake.try_acquire().map_err(|_| Later {
        status: StatusCode::SERVICE_UNAVAILABLE,
        why: "We are busy with other reports at this moment.",
        wait: BUSY,
    })
}

/// A text that fits; `most` is in characters.
fn short<'a>(text: &'a str, label: &str, most: usize) -> Read<&'a str> {
    match text.chars().count() {
        count if count <= most => Ok(text),
        count => Err(bad(
            format!("“{label}” has {count} characters; it may have {most}"),
            "shorten it: everything you wrote is still here",
        )),
    }
}

fn submission(fields: &Fields) -> Read<Submission> {
    let title = short(fields.required("title", "Title")?, "Title", LINE)?.to_owned();
    let words = short(fields.required("text", "What you found")?, "What you found", TEXT)?;
    let text = match short(fields.text("credit"), "How you want to be credited", LINE)? {
        "" => words.to_owned(),
        wish => format!("{words}\n\nAbout credit: {wish}\n"),
    };
    Ok(Submission {
        command: fields.command("report"),
        channel: "form".into(),
        raw: fields.raw(),
        name: short(fields.text("name"), "Your name or a pseudonym", LINE)?.to_owned(),
        mailbox: fields.mailbox("mailbox", "Mail address")?,
        automatic: false,
        title,
        text,
        deadline: fields.instant_if_any("deadline", "UTC", "Your deadline")?,
        encrypted: false,
    })
}
