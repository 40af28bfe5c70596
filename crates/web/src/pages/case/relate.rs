//! Reports that belong elsewhere: some split off, or the whole case merged into another.

use std::collections::BTreeSet;

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{CaseId, Codename, Refusal, ReportId, refusal::Rule, rights::Permission};
use engine::{EngineError, Moving, View};
use serde::Serialize;

use super::{CasePath, case_id, no_such_form};
use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::{Fields, Read, bad},
    frame::Refused,
    time::Moment,
    visit::Visit,
};

const TEMPLATE: &str = "case/relate.html";

#[derive(Serialize)]
struct ReportLine {
    id: String,
    title: String,
    from: String,
    received: Moment,
}

#[derive(Serialize)]
struct Content {
    reports: Vec<ReportLine>,
}

/// The page.
pub(crate) async fn show(visit: Visit, Path(at): Path<CasePath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let view = visit.hall.engine.view(case_id(&at.case)?, visit.actor())?;
        let (title, sheet) = sheet(&visit, &view)?;
        visit.hall.show(TEMPLATE, &title, sheet)
    })
    .await
}

fn sheet(visit: &Visit, view: &View) -> Result<(String, Sheet), Fault> {
    let desk = Desk::new(visit, view)?;
    if !desk.may(Permission::Coordinate) {
        return Err(Fault::NotFound);
    }
    let line = |report: &case::event::ReportLink| ReportLine {
        id: report.report.to_string(),
        title: report.title.clone(),
        from: desk.names.of(report.reporter),
        received: desk.moment(report.received_at),
    };
    let content = Content { reports: desk.case.reports.values().map(line).collect() };
    Ok((format!("Reports · {}", desk.case.codename), desk.sheet("relate", content)))
}

/// Moves them, and goes where they are now.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<CasePath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let case = case_id(&at.case)?;
        let view = visit.hall.engine.view(case, visit.actor())?;
        match carry_out(&visit, case, &fields)? {
            Ok(into) => {
                let to = format!("{}/case/{into}/conversation", visit.hall.base);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let (title, sheet) = sheet(&visit, &view)?;
                visit.hall.show_refused(
                    TEMPLATE,
                    &title,
                    sheet,
                    &fields,
                    Refused::in_case(&refusal, &view.checklist),
                )
            }
        }
    })
    .await
}

fn carry_out(
    visit: &Visit,
    case: CaseId,
    fields: &Fields,
) -> Result<Result<CaseId, Refusal>, Fault> {
    let moving = match read(visit, fields) {
        Ok(moving) => moving,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let id = fields.command(&format!("{case} relate"));
    match visit.hall.engine.move_reports(case, visit.actor(), id, &moving, "web") {
        Ok(into) => Ok(Ok(into)),
        Err(EngineError::Refused(refusal)) => Ok(Err(refusal)),
        Err(EngineError::NotFound) => Ok(Err(no_such_case())),
        Err(EngineError::Invalid(why)) => {
            Ok(Err(Refusal::new(Rule::BadValue, why, "choose another case")))
        }
        Err(EngineError::Busy) => Ok(Err(Refusal::new(
            Rule::StaleVerdict,
            "others are changing these cases at this moment",
            "send it again",
        ))),
        Err(other) => Err(other.into()),
    }
}

fn read(visit: &Visit, fields: &Fields) -> Read<Moving> {
    let reason = || fields.text("reason").to_owned();
    let id = |text: &str| text.parse::<ReportId>().map_err(|_| no_such_form());
    match fields.form() {
        "split" => {
            let reports = fields.all("report").map(id).collect::<Read<BTreeSet<_>>>()?;
            if reports.is_empty() {
                return Err(bad("no report is chosen", "choose those that belong elsewhere"));
            }
            let into = match fields.text("where") {
                "new" => None,
                "other" => Some(other_case(visit, fields, "into")?),
                _ => return Err(bad("it is not said where they go", "choose it")),
            };
            Ok(Moving::Reports { reports, into, reason: reason() })
        }
        "merge" => Ok(Moving::Case { into: other_case(visit, fields, "into")?, reason: reason() }),
        _ => Err(no_such_form()),
    }
}

/// Another case, by its codename.
pub(super) fn other_case(visit: &Visit, fields: &Fields, field: &str) -> Read<CaseId> {
    let name = fields.required(field, "The other case's codename")?.to_lowercase();
    let codename: Codename = name.parse().map_err(|_| no_such_case())?;
    visit.hall.engine.case_called(&codename, visit.actor()).map_err(|_| no_such_case())
}

/// The same for a case that there is not, and for one that the visitor may not know of.
fn no_such_case() -> Refusal {
    bad("there is no such case among yours", "write its codename as the inbox has it")
}
