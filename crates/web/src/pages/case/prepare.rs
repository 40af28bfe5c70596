//! Before an act is planned: what Fermata would send, composed from the case, with the words open
//! to be changed. Nothing is kept until the plan is.

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{
    ActId, Command, Refusal,
    act::{Payload, Plan},
    refusal::Rule,
    rights::Permission,
};
use engine::{EngineError, View};
use serde::{Deserialize, Serialize};

use super::{case_id, give};
use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::Fields,
    frame::Refused,
    view::acts::{self, ActLine, PlanView},
    visit::Visit,
};

const TEMPLATE: &str = "case/prepare.html";

/// An act that could be planned, in an address.
#[derive(Deserialize)]
pub(crate) struct PreparePath {
    case: String,
    slug: String,
}

#[derive(Serialize)]
struct Content {
    name: &'static str,
    plan: Option<PlanView>,
    lacking: Option<Refused>,
    earlier: Option<ActLine>,
    needs: u8,
}

/// What would be sent.
pub(crate) async fn show(visit: Visit, Path(at): Path<PreparePath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let view = visit.hall.engine.view(case_id(&at.case)?, visit.actor())?;
        let (title, sheet) = sheet(&visit, &view, &at.slug)?;
        visit.hall.show(TEMPLATE, &title, sheet)
    })
    .await
}

fn sheet(visit: &Visit, view: &View, slug: &str) -> Result<(String, Sheet), Fault> {
    let desk = Desk::new(visit, view)?;
    let kind =
        acts::from_slug(slug).filter(|_| desk.may(Permission::Plan)).ok_or(Fault::NotFound)?;
    let (plan, lacking) = match composed(visit, view, slug)? {
        Ok(plan) => (Some(PlanView::new(&desk, &plan)), None),
        Err(refusal) => (None, Some(Refused::from(&refusal))),
    };
    let content = Content {
        name: kind.name(),
        plan,
        lacking,
        earlier: acts::latest(&desk, &kind),
        needs: kind.approvals(&desk.case.policy.approvals),
    };
    Ok((format!("Prepare · {}", desk.case.codename), desk.sheet("prepare", content)))
}

fn composed(visit: &Visit, view: &View, slug: &str) -> Result<Result<Plan, Refusal>, Fault> {
    let kind = acts::from_slug(slug).ok_or(Fault::NotFound)?;
    match visit.hall.engine.compose(&view.loaded.case, &kind, None) {
        Ok(plan) => Ok(Ok(plan)),
        Err(EngineError::Invalid(why)) => {
            Ok(Err(Refusal::new(Rule::WrongState, why, "add it first, then prepare this again")))
        }
        Err(other) => Err(other.into()),
    }
}

/// Plans it, with the words of the form.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<PreparePath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let case = case_id(&at.case)?;
        let view = visit.hall.engine.view(case, visit.actor())?;
        let act = ActId(fields.derive("act"));
        let given = match composed(&visit, &view, &at.slug)? {
            Ok(mut plan) => {
                if let Payload::Message { subject, body } = &mut plan.payload {
                    fields.text("subject").clone_into(subject);
                    fields.verbatim("body").clone_into(body);
                }
                let command = Command::Plan { act, plan: Box::new(plan) };
                give(&visit, case, &fields, 0, &command)?
            }
            Err(refusal) => Err(refusal),
        };
        match given {
            Ok(()) => {
                let to = format!("{}/case/{case}/act/{act}", visit.hall.base);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let (title, sheet) = sheet(&visit, &view, &at.slug)?;
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
