//! What came in, and what went out sealed, to the byte, as a file. A browser must neither show it nor
//! guess what it is: whoever wrote it chose every byte of it.

use axum::{
    extract::Path,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use case::opening::Letter;
use serde::Deserialize;

use super::{act::ActPath, case_id};
use crate::{blocking::blocking, fault::Fault, visit::Visit};

/// A report of a case in an address.
#[derive(Deserialize)]
pub(crate) struct ReportPath {
    case: String,
    report: String,
}

/// A message of a case in an address.
#[derive(Deserialize)]
pub(crate) struct MessagePath {
    case: String,
    message: String,
}

/// A report, for whoever may see who reported it.
pub(crate) async fn report(visit: Visit, Path(at): Path<ReportPath>) -> Result<Response, Fault> {
    blocking(move || {
        let report = at.report.parse().map_err(|_| Fault::NotFound)?;
        let engine = &visit.hall.engine;
        let (name, bytes) = engine.raw_report(case_id(&at.case)?, visit.person, report)?;
        Ok(file(&format!("report-{name}"), bytes))
    })
    .await
}

/// A mail in the conversation, for whoever may see who wrote it.
pub(crate) async fn message(visit: Visit, Path(at): Path<MessagePath>) -> Result<Response, Fault> {
    blocking(move || {
        let number = at.message.parse().map_err(|_| Fault::NotFound)?;
        let engine = &visit.hall.engine;
        let bytes = engine.raw_message(case_id(&at.case)?, visit.person, number)?;
        Ok(file(&format!("message-{number}.eml"), bytes))
    })
    .await
}

/// A sighting of a case in an address.
#[derive(Deserialize)]
pub(crate) struct SightingPath {
    case: String,
    thing: String,
}

/// What was read where words of the case stood in public, for whoever may see the case.
pub(crate) async fn sighting(
    visit: Visit,
    Path(at): Path<SightingPath>,
) -> Result<Response, Fault> {
    blocking(move || {
        let thing = at.thing.parse().map_err(|_| Fault::NotFound)?;
        let bytes = visit.hall.engine.evidence(case_id(&at.case)?, visit.person, thing)?;
        let name: String = at.thing.chars().take(12).collect();
        Ok(file(&format!("seen-{name}.txt"), bytes))
    })
    .await
}

/// A mail that was encrypted or signed, as it went out, for whoever may see to whom.
pub(crate) async fn mail(visit: Visit, Path(at): Path<ActPath>) -> Result<Response, Fault> {
    blocking(move || {
        let act = at.act.parse().map_err(|_| Fault::NotFound)?;
        let bytes = visit.hall.engine.sealed_mail(case_id(&at.case)?, visit.person, act)?;
        Ok(file(&format!("sent-{act}.eml"), bytes))
    })
    .await
}

/// What was inside of a report that was encrypted, for whoever may see who reported it.
pub(crate) async fn inside_report(
    visit: Visit,
    Path(at): Path<ReportPath>,
) -> Result<Response, Fault> {
    let report = at.report.parse().map_err(|_| Fault::NotFound)?;
    inside(visit, at.case, Letter::Report(report), format!("report-{report}")).await
}

/// What was inside of a mail that was encrypted, for whoever may see who wrote it.
pub(crate) async fn inside_message(
    visit: Visit,
    Path(at): Path<MessagePath>,
) -> Result<Response, Fault> {
    let number = at.message.parse().map_err(|_| Fault::NotFound)?;
    inside(visit, at.case, Letter::Message(number), format!("message-{number}")).await
}

async fn inside(
    visit: Visit,
    case: String,
    letter: Letter,
    name: String,
) -> Result<Response, Fault> {
    blocking(move || {
        let engine = &visit.hall.engine;
        let (ending, bytes) = engine.inside_of(case_id(&case)?, visit.person, letter)?;
        Ok(file(&format!("{name}-{ending}"), bytes))
    })
    .await
}

pub(super) fn file(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}
