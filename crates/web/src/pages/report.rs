//! The report form. Anybody may use it, under any name or none; the receipt's secret is all that a
//! reporter needs to come back.

use std::sync::Arc;

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::ProjectId;
use engine::Submission;
use serde::{Deserialize, Serialize};

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read},
    pages::home,
    visit::Hall,
};

const TEMPLATE: &str = "report.html";

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
            [] => Err(Fault::NotFound),
            [only] => {
                let to = format!("{}/report/{}", hall.base, only.value);
                Ok(Redirect::to(&to).into_response())
            }
            _ => Ok(hall.show("door.html", "Report a vulnerability", projects)?.into_response()),
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
        hall.show(TEMPLATE, "Report a vulnerability", content)
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
    let permit = app.intake.try_acquire().map_err(|_| Fault::Busy)?;
    let sent = blocking(move || {
        let (project, content) = content(&hall, &at)?;
        match submission(&fields) {
            Ok(submission) => {
                let receipt = hall.engine.receive(project, &submission)?;
                let to = format!("{}/receipt/{}", hall.base, receipt.token);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let title = "Report a vulnerability";
                hall.show_refused(TEMPLATE, title, content, &fields, &refusal)
            }
        }
    })
    .await;
    drop(permit);
    sent
}

fn submission(fields: &Fields) -> Read<Submission> {
    let title = fields.required("title", "Title")?.to_owned();
    let words = fields.required("text", "What you found")?;
    let text = match fields.text("credit") {
        "" => words.to_owned(),
        wish => format!("{words}\n\nAbout credit: {wish}\n"),
    };
    Ok(Submission {
        command: fields.command("report"),
        channel: "form".into(),
        raw: fields.raw(),
        name: fields.text("name").to_owned(),
        mailbox: fields.mailbox("mailbox", "Mail address")?,
        title,
        text,
        deadline: fields.instant_if_any("deadline", "UTC", "Your deadline")?,
    })
}
