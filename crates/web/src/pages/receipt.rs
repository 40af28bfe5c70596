//! The reporter's own place, by the secret of the receipt: where the report stands, what was said,
//! and the reporter's answers. Nothing else of the case.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::embargo::Answer;
use engine::{
    EngineError,
    portal::{Place, Say, Standing},
};
use serde::{Deserialize, Serialize};

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::{Fields, Read},
    pages::case::{credit_answer, no_such_form},
    time::Moment,
    visit::Hall,
    words,
};

const TEMPLATE: &str = "receipt.html";

/// A receipt's secret in an address.
#[derive(Deserialize)]
pub(crate) struct ReceiptPath {
    token: String,
}

#[derive(Serialize)]
struct Line {
    own: bool,
    at: Moment,
    subject: String,
    text: String,
}

#[derive(Serialize)]
struct Date {
    revision: u32,
    instant: Moment,
    answer_by: Moment,
    answer: Option<String>,
}

#[derive(Serialize)]
struct Content {
    project: String,
    title: String,
    received: Moment,
    standing: &'static str,
    meaning: &'static str,
    mark: &'static str,
    messages: Vec<Line>,
    credit_asked: bool,
    credit_by: Option<Moment>,
    credit: Option<String>,
    credit_by_default: bool,
    date: Option<Date>,
    advisory: Option<String>,
}

fn content(place: &Place, now: jiff::Timestamp) -> Content {
    let (standing, meaning, mark) = standing(place.standing);
    let credit = place.credit.as_ref();
    Content {
        project: place.project.clone(),
        title: place.title.clone(),
        received: Moment::new(place.received_at, now),
        standing,
        meaning,
        mark,
        messages: place
            .messages
            .iter()
            .map(|m| Line {
                own: m.own,
                at: Moment::new(m.at, now),
                subject: m.subject.clone(),
                text: m.text.clone(),
            })
            .collect(),
        credit_asked: credit.is_some(),
        credit_by: credit.map(|c| Moment::new(c.answer_by, now)),
        credit: credit.and_then(|c| c.answer.as_ref()).map(words::credit),
        credit_by_default: credit.is_some_and(|c| c.by_default),
        date: place.date.as_ref().map(|(revision, p)| Date {
            revision: *revision,
            instant: Moment::chosen_in(p.instant, &p.zone, now),
            answer_by: Moment::new(p.answer_by, now),
            answer: place.answer.as_ref().map(answer),
        }),
        advisory: place.advisory.clone(),
    }
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Accepted => "You agreed.".into(),
        Answer::Objected { reason, .. } => format!("You objected: {reason}"),
    }
}

fn standing(standing: Standing) -> (&'static str, &'static str, &'static str) {
    match standing {
        Standing::Received => {
            ("received", "Your report is safely here. The team has not judged it yet.", "waiting")
        }
        Standing::Accepted => {
            ("accepted", "It is a vulnerability, and it is being fixed.", "ready")
        }
        Standing::Deferred => {
            ("deferred", "It is a vulnerability; work on it is put off for now.", "waiting")
        }
        Standing::Declined => {
            ("declined", "The team found it to be something else; see the message below.", "off")
        }
        Standing::Published => ("published", "The advisory is public. Thank you.", "done"),
        Standing::Closed => ("closed", "The case is over. Thank you.", "done"),
    }
}

/// The place.
pub(crate) async fn show(hall: Hall, Path(at): Path<ReceiptPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let place = hall.engine.place(&at.token)?;
        hall.show(TEMPLATE, "Your report", content(&place, hall.engine.now().now))
    })
    .await
}

/// What the reporter says.
pub(crate) async fn send(
    hall: Hall,
    Path(at): Path<ReceiptPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    let app = std::sync::Arc::clone(&hall.app);
    let permit = app.intake.try_acquire().map_err(|_| Fault::Busy)?;
    let said = blocking(move || {
        let engine = &hall.engine;
        engine.receipt(&at.token)?;
        let outcome = match read(&fields) {
            Ok(say) => match engine.say(&at.token, fields.command("receipt"), say) {
                Ok(_) => Ok(()),
                Err(EngineError::Refused(refusal)) => Err(refusal),
                Err(other) => return Err(other.into()),
            },
            Err(refusal) => Err(refusal),
        };
        match outcome {
            Ok(()) => {
                let to = format!("{}/receipt/{}", hall.base, at.token);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let place = content(&engine.place(&at.token)?, engine.now().now);
                hall.show_refused(TEMPLATE, "Your report", place, &fields, &refusal)
            }
        }
    })
    .await;
    drop(permit);
    said
}

fn read(fields: &Fields) -> Read<Say> {
    Ok(match fields.form() {
        "message" => Say::Message(fields.required("text", "Your message")?.to_owned()),
        "credit" => Say::Credit(credit_answer(fields)?),
        "agree" => Say::Agree(fields.parsed("revision", "Date")?),
        "object" => Say::Object(
            fields.parsed("revision", "Date")?,
            fields.required("reason", "Why")?.to_owned(),
        ),
        _ => return Err(no_such_form()),
    })
}
