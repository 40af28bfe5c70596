//! A distributor's own place, by the secret of a delegate's link: what the organisation was sent, what
//! it answers, and the embargo policy. Nothing else, and nothing of any other organisation.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{ProjectId, embargo::Answer, roll::Address};
use engine::{Asked, DistributorsPlace, EngineError, Word};
use serde::{Deserialize, Serialize};

use super::case::no_such_form;
use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read},
    time::Moment,
    visit::Hall,
};

const TEMPLATE: &str = "distributor.html";
const TITLE: &str = "Your place";

/// A project and a link's secret in an address.
#[derive(Deserialize)]
pub(crate) struct PlacePath {
    project: String,
    secret: String,
}

#[derive(Serialize)]
struct NoticeView {
    at: Moment,
    subject: String,
    text: String,
}

#[derive(Serialize)]
struct AskedView {
    case: String,
    codename: String,
    notices: Vec<NoticeView>,
    revision: Option<u32>,
    instant: Option<Moment>,
    answer_by: Option<Moment>,
    over: bool,
    open: bool,
    answered: Option<String>,
    /// `agreed`, `objected`, or nothing.
    said: &'static str,
    advisory: Option<String>,
}

#[derive(Serialize)]
struct Content {
    project: String,
    member: String,
    name: String,
    mailbox: String,
    admitted: bool,
    version: Option<usize>,
    terms: String,
    digest: String,
    accepted: bool,
    confirm: Option<String>,
    cases: Vec<AskedView>,
}

fn asked(asked: &Asked, now: jiff::Timestamp) -> AskedView {
    let date = asked.date.as_ref();
    let answer = asked.answer.as_ref();
    let answered = answer.map(|(consent, by)| {
        let by = by.as_ref().map(|by| format!(", said {by}")).unwrap_or_default();
        let at = Moment::new(consent.at, now).utc;
        match &consent.answer {
            Answer::Accepted => format!("Your organisation agreed on {at}{by}."),
            Answer::Objected { reason, .. } => {
                format!("Your organisation objected on {at}{by}: {reason}")
            }
        }
    });
    let notices = asked.notices.iter().rev().map(|line| NoticeView {
        at: Moment::new(line.at, now),
        subject: line.subject.clone(),
        text: line.text.clone(),
    });
    AskedView {
        case: asked.case.to_string(),
        codename: asked.codename.clone(),
        notices: notices.collect(),
        revision: date.map(|(revision, _)| *revision),
        instant: date.map(|(_, p)| Moment::chosen_in(p.instant, &p.zone, now)),
        answer_by: date.map(|(_, p)| Moment::new(p.answer_by, now)),
        over: date.is_some_and(|(_, p)| now >= p.answer_by),
        open: asked.open,
        answered,
        said: match answer.map(|(it, _)| &it.answer) {
            None => "",
            Some(Answer::Accepted) => "agreed",
            Some(Answer::Objected { .. }) => "objected",
        },
        advisory: asked.advisory.clone(),
    }
}

fn content(place: &DistributorsPlace, now: jiff::Timestamp) -> Content {
    let terms = place.terms.as_ref();
    Content {
        project: place.project.clone(),
        member: place.member.clone(),
        name: place.delegate.name.clone(),
        mailbox: place.delegate.mailbox.to_string(),
        admitted: place.admitted,
        version: terms.map(|(version, _)| *version),
        terms: terms.map(|(_, terms)| terms.text.clone()).unwrap_or_default(),
        digest: terms.map(|(_, terms)| terms.digest.to_string()).unwrap_or_default(),
        accepted: place.accepted,
        confirm: match place.address {
            Address::Confirmed { .. } => None,
            Address::Due { until } => Some(Moment::new(until, now).utc),
            Address::Overdue { since } => Some(Moment::new(since, now).utc),
        },
        cases: place.cases.iter().map(|it| asked(it, now)).collect(),
    }
}

fn project(at: &PlacePath) -> Result<ProjectId, Fault> {
    at.project.parse().map_err(|_| Fault::NotFound)
}

/// The place.
pub(crate) async fn show(hall: Hall, Path(at): Path<PlacePath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let place = hall.engine.distributors_place(project(&at)?, &at.secret)?;
        hall.show(TEMPLATE, TITLE, content(&place, hall.engine.now().now))
    })
    .await
}

/// What the delegate says.
pub(crate) async fn send(
    hall: Hall,
    Path(at): Path<PlacePath>,
    fields: Fields,
) -> Result<Response, Fault> {
    let app = std::sync::Arc::clone(&hall.app);
    let permit = app.intake.try_acquire().map_err(|_| Fault::Busy)?;
    let said = blocking(move || {
        let (engine, id) = (&hall.engine, project(&at)?);
        engine.distributors_place(id, &at.secret)?;
        let refusal = match read(&fields) {
            Ok(word) => match engine.say_there(id, &at.secret, fields.command("place"), word) {
                Ok(()) => {
                    let to = format!("{}/distributor/{}/{}", hall.base, at.project, at.secret);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(EngineError::Refused(refusal)) => refusal,
                Err(other) => return Err(other.into()),
            },
            Err(refusal) => refusal,
        };
        let place = content(&engine.distributors_place(id, &at.secret)?, engine.now().now);
        hall.show_refused(TEMPLATE, TITLE, place, &fields, &refusal)
    })
    .await;
    drop(permit);
    said
}

fn read(fields: &Fields) -> Read<Word> {
    let case = || fields.parsed("case", "Notice");
    let revision = || fields.parsed("revision", "Date");
    Ok(match fields.form() {
        "accept" => Word::Accept(fields.parsed("terms", "Embargo policy")?),
        "confirm" => Word::Confirm,
        "agree" => Word::Agree(case()?, revision()?),
        "object" => {
            Word::Object(case()?, revision()?, fields.required("reason", "Why not")?.to_owned())
        }
        _ => return Err(no_such_form()),
    })
}
