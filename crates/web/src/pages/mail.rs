//! Handing in mail that reached a member of the team, one mail or a file of several: each goes the way
//! of every report, and whoever handed it in stands in the journal. What a mail says of its sender is
//! believed no more than a form.

use axum::{
    extract::{Multipart, Path, multipart::Field},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{
    Refusal,
    rights::{Permission, may},
};
use engine::{
    Became, EngineError, LARGEST_MAIL, LARGEST_MBOX, MOST_IN_MBOX, Project, mbox, read_mail,
};
use serde::{Deserialize, Serialize};

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, bad},
    visit::Visit,
};

const TEMPLATE: &str = "mail.html";
const TITLE: &str = "Hand in a mail";

/// Bytes of a request with the largest file in it.
pub(crate) const MAIL_LIMIT: usize = LARGEST_MBOX + 64 * 1024;
const MIB: usize = 1024 * 1024;
/// Fields of the form, the file among them, at most.
const FIELDS: usize = 16;
/// Bytes of a field that is no file, at most.
const SHORT: usize = 1_024;

/// A project in an address.
#[derive(Deserialize)]
pub(crate) struct ProjectPath {
    project: String,
}

#[derive(Serialize)]
struct Content {
    project: String,
    /// In MiB: a mail, and a file of several.
    largest: usize,
    largest_file: usize,
    most: usize,
    /// The house sends mail by itself.
    sends: bool,
    /// The mails of a file of several, once it was handed in.
    taken: Vec<Taken>,
}

/// What became of one mail of several.
#[derive(Serialize)]
struct Taken {
    /// As the mail has it.
    subject: String,
    /// The case in which it is now; `None` when it was not taken in.
    case: Option<String>,
    /// In a few words.
    what: String,
}

/// The form as it was sent.
struct Sent {
    fields: Fields,
    file: Vec<u8>,
}

/// The project, if the visitor may write down what reached them in it.
fn open(visit: &Visit, at: &ProjectPath) -> Result<Project, Fault> {
    let id = at.project.parse().map_err(|_| Fault::NotFound)?;
    let project = visit.hall.engine.project(id)?;
    let allowed = may(visit.actor(), &project.roles_of(visit.person), Permission::Observe);
    if allowed { Ok(project) } else { Err(Fault::NotFound) }
}

fn content(visit: &Visit, project: &Project) -> Result<Content, Fault> {
    Ok(Content {
        project: project.policy.project.clone(),
        largest: LARGEST_MAIL / MIB,
        largest_file: LARGEST_MBOX / MIB,
        most: MOST_IN_MBOX,
        taken: Vec::new(),
        sends: visit.hall.engine.mails(project.id)?,
    })
}

/// The form.
pub(crate) async fn show(visit: Visit, Path(at): Path<ProjectPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let project = open(&visit, &at)?;
        visit.hall.show(TEMPLATE, TITLE, content(&visit, &project)?)
    })
    .await
}

/// Takes in the mail, and leads to the case in which it is now; or each mail of a file, and says what
/// became of it.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<ProjectPath>,
    form: Multipart,
) -> Result<Response, Fault> {
    let app = std::sync::Arc::clone(&visit.hall.app);
    // Mails are large: few at a time are held, and none of somebody who may not hand one in.
    let permit = app.mails.try_acquire().map_err(|_| Fault::Busy)?;
    let (visit, project) = blocking(move || {
        let project = open(&visit, &at)?;
        Ok::<_, Fault>((visit, project))
    })
    .await?;
    let sent = read(form).await?;
    visit.hall.check(&sent.fields)?;
    let handed_in = blocking(move || {
        if let Some(refusal) = unfit(&sent.file) {
            let page = content(&visit, &project)?;
            return visit.hall.show_refused(TEMPLATE, TITLE, page, &sent.fields, &refusal);
        }
        if let Some(mails) = mbox(&sent.file) {
            let taken = mails.map(|mail| take(&visit, &project, &mail)).collect();
            let page = Content { taken, ..content(&visit, &project)? };
            return Ok(visit.hall.show(TEMPLATE, TITLE, page)?.into_response());
        }
        let taken = visit.hall.engine.hand_in_mail(project.id, visit.person, &sent.file)?;
        let to = format!("{}/case/{}/conversation", visit.hall.base, taken.case);
        Ok(Redirect::to(&to).into_response())
    })
    .await;
    drop(permit);
    handed_in
}

/// Takes in one mail of several. What fails stops no other: the file can be handed in again.
fn take(visit: &Visit, project: &Project, mail: &[u8]) -> Taken {
    let subject = read_mail(mail).map(|read| read.subject).filter(|subject| !subject.is_empty());
    let subject = subject.unwrap_or_else(|| "(no subject)".into());
    let (case, what) = match visit.hall.engine.hand_in_mail(project.id, visit.person, mail) {
        Ok(taken) => {
            let what = match taken.became {
                Became::Report => "a new report",
                Became::Message => "a message in its case",
                Became::Known => "was here before",
            };
            (Some(taken.case.to_string()), what.to_owned())
        }
        Err(EngineError::Invalid(why)) => (None, format!("not taken in: {why}")),
        Err(error) => {
            (visit.hall.app.log)(&error.to_string());
            (None, "not taken in: hand the file in again".into())
        }
    };
    Taken { subject, case, what }
}

/// Why a file can be no report, and holds none. Anything else becomes one, whether it can be read or
/// not.
fn unfit(file: &[u8]) -> Option<Refusal> {
    if file.is_empty() {
        return Some(bad("no file came, or an empty one", "choose the mail's file"));
    }
    let Some(mails) = mbox(file) else {
        return (file.len() > LARGEST_MAIL).then(|| {
            bad("the mail is larger than a report may be", "save it without its attachments")
        });
    };
    let larger = file.len() > LARGEST_MBOX || mails.count() > MOST_IN_MBOX;
    larger.then(|| bad("the file holds more than is taken in at once", "hand it in in parts"))
}

async fn read(mut form: Multipart) -> Result<Sent, Fault> {
    let (mut fields, mut file) = (Vec::new(), Vec::new());
    for _ in 0..FIELDS {
        let Some(field) = form.next_field().await.map_err(|e| broken(e.status()))? else {
            return Ok(Sent { fields: Fields::new(fields), file });
        };
        let name = field.name().unwrap_or_default().to_owned();
        if name == "mail" {
            file = bytes(field, MAIL_LIMIT).await?;
        } else {
            let value = bytes(field, SHORT).await?;
            fields.push((name, String::from_utf8_lossy(&value).into_owned()));
        }
    }
    Err(Fault::BadForm)
}

/// A field's bytes; what is longer than it may be is not kept while it comes.
async fn bytes(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Fault> {
    let mut all = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|e| broken(e.status()))? {
        if all.len() + piece.len() > most {
            return Err(Fault::TooLarge);
        }
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn broken(status: StatusCode) -> Fault {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Fault::TooLarge } else { Fault::BadForm }
}
