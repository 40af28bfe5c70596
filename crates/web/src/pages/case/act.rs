//! One outward act, from plan over approval to receipt.

use advisory::Digest;
use axum::{
    extract::Path,
    http::header::CONTENT_SECURITY_POLICY,
    response::{IntoResponse, Redirect, Response},
};
use case::{
    ActId, CaseId, Command, Refusal,
    act::{Payload, Proof},
    event::Decision,
};
use engine::View;
use serde::Deserialize;

use super::{case_id, give, no_such_form, raw, told};
use crate::{
    blocking::blocking,
    desk::{Desk, Sheet},
    fault::Fault,
    fields::{Fields, Read},
    frame::Refused,
    guard::WITH_SCRIPT,
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
pub(crate) async fn show(visit: Visit, Path(at): Path<ActPath>) -> Result<Response, Fault> {
    blocking(move || {
        let (view, act) = open(&visit, &at)?;
        let (title, sheet) = sheet(&visit, &view, act)?;
        let page = visit.hall.show(TEMPLATE, &title, sheet)?;
        Ok(([(CONTENT_SECURITY_POLICY, WITH_SCRIPT)], page).into_response())
    })
    .await
}

/// The exact words of a message, as a file.
pub(crate) async fn words(visit: Visit, Path(at): Path<ActPath>) -> Result<Response, Fault> {
    blocking(move || {
        let (view, act) = open(&visit, &at)?;
        let desk = Desk::new(&visit, &view)?;
        let found = acts::find(&desk, act).ok_or(Fault::NotFound)?;
        let Payload::Message { body, .. } = &found.plan.payload else {
            return Err(Fault::NotFound);
        };
        Ok(raw::file(&format!("words-{act}.txt"), body.clone().into_bytes()))
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
        let commands = read(&Desk::new(&visit, &view)?, act, &fields);
        let given = commands.map(|commands| give_all(&visit, case, &fields, &commands));
        let given = given.unwrap_or_else(|refusal| Ok(Err(refusal)))?;
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

fn give_all(
    visit: &Visit,
    case: CaseId,
    fields: &Fields,
    commands: &[Command],
) -> Result<Result<(), Refusal>, Fault> {
    for (number, command) in commands.iter().enumerate() {
        if let Err(refusal) = give(visit, case, fields, number, command)? {
            return Ok(Err(refusal));
        }
    }
    Ok(Ok(()))
}

fn read(desk: &Desk<'_>, act: ActId, fields: &Fields) -> Read<Vec<Command>> {
    let reason = || fields.text("reason").to_owned();
    Ok(vec![match fields.form() {
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
        "tell-post" => told::word(desk, fields, told::post(desk, act, fields)?)?,
        "tell-delivery" => told::word(desk, fields, told::delivery(act, fields)?)?,
        "settle" => Command::Decide(Box::new(Decision::SettleListCopies {
            act,
            seen: fields.parsed("seen", "How many copies you saw")?,
            reason: reason(),
        })),
        form => match form.strip_prefix("confirm-") {
            Some(number) => return told::copy(desk, act, number, fields),
            None => return Err(no_such_form()),
        },
    }])
}
