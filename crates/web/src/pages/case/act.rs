//! One outward act, from plan over approval to receipt.

use advisory::Digest;
use axum::{
    extract::Path,
    response::{Html, IntoResponse, Redirect, Response},
};
use case::{ActId, Command, act::Proof};
use engine::View;
use serde::Deserialize;

use super::{case_id, give, no_such_form, told};
use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::{Fields, Read},
    frame::Refused,
    view::acts::{self, Panel},
    visit::Visit,
};

const TEMPLATE: &str = "case/act.html";

/// An act in an address.
#[derive(Deserialize)]
pub(crate) struct ActPath {
    pub(super) case: String,
    pub(super) act: String,
}

/// The panel.
pub(crate) async fn show(visit: Visit, Path(at): Path<ActPath>) -> Result<Html<String>, Fault> {
    blocking(move || {
        let (view, act) = open(&visit, &at)?;
        let (title, sheet) = sheet(&visit, &view, act)?;
        visit.hall.show(TEMPLATE, &title, sheet)
    })
    .await
}

fn open(visit: &Visit, at: &ActPath) -> Result<(View, ActId), Fault> {
    let view = visit.hall.engine.view(case_id(&at.case)?, visit.actor())?;
    let act = at.act.parse().map_err(|_| Fault::NotFound)?;
    Ok((view, act))
}

fn sheet(visit: &Visit, view: &View, act: ActId) -> Result<(String, Sheet), Fault> {
    let desk = Desk::new(visit, view)?;
    let found = acts::find(&desk, act).ok_or(Fault::NotFound)?;
    let title = format!("Act · {}", desk.case.codename);
    Ok((title, desk.sheet("act", Panel::new(&desk, found))))
}

/// A form of the panel.
pub(crate) async fn send(
    visit: Visit,
    Path(at): Path<ActPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let (view, act) = open(&visit, &at)?;
        let case = view.loaded.case.id;
        let given = match read(&Desk::new(&visit, &view)?, act, &fields) {
            Ok(command) => give(&visit, case, &fields, 0, &command)?,
            Err(refusal) => Err(refusal),
        };
        match given {
            Ok(()) => {
                let to = format!("{}/case/{case}/act/{act}", visit.hall.base);
                Ok(Redirect::to(&to).into_response())
            }
            Err(refusal) => {
                let view = visit.hall.engine.view(case, visit.actor())?;
                let (title, sheet) = sheet(&visit, &view, act)?;
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

fn read(desk: &Desk<'_>, act: ActId, fields: &Fields) -> Read<Command> {
    let reason = || fields.text("reason").to_owned();
    Ok(match fields.form() {
        "approve" => Command::Approve { act, digest: fields.parsed::<Digest>("digest", "Digest")? },
        "cancel" => Command::Cancel { act, reason: reason() },
        "retry" => Command::Retry { act, reason: reason() },
        "resolve" => Command::Resolve {
            act,
            proof: Proof {
                by: fields.required("by", "Where you found it")?.to_owned(),
                reference: fields.required("reference", "What you found")?.to_owned(),
            },
        },
        "tell-post" => told::word(desk, fields, told::post(act, fields)?)?,
        "tell-delivery" => told::word(desk, fields, told::delivery(act, fields)?)?,
        _ => return Err(no_such_form()),
    })
}
