//! Drills: starting one, letting its time pass, and changing hats in it.

use std::sync::{Arc, PoisonError};

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    blocking::blocking,
    fault::Fault,
    fields::Fields,
    visit::{HAT, Hall, Visit},
};

/// A drill in an address.
#[derive(Deserialize)]
pub(crate) struct DrillPath {
    drill: String,
}

/// Starts a drill.
pub(crate) async fn start(visit: Visit, fields: Fields) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    blocking(move || {
        let id = visit.hall.app.drills.start(fields.text("scenario")).map_err(Fault::Inside)?;
        Ok(Redirect::to(&format!("/drill/{id}/")).into_response())
    })
    .await
}

/// Lets time pass in a drill, and goes back to where the visitor was.
pub(crate) async fn advance(
    visit: Visit,
    Path(at): Path<DrillPath>,
    fields: Fields,
) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    let drills = Arc::clone(&visit.hall.app.drills);
    blocking(move || {
        let told = drills.advance(&at.drill).map_err(Fault::Inside)?;
        let mut all = visit.hall.app.told.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(at.drill, told);
        drop(all);
        Ok(back(&visit.hall, &fields))
    })
    .await
}

/// Puts on the hat of another member of the drill's team.
pub(crate) async fn hat(visit: Visit, fields: Fields) -> Result<Response, Fault> {
    visit.hall.check(&fields)?;
    let wanted = visit.hall.hats().iter().find(|p| p.to_string() == fields.text("person"));
    let person = wanted.ok_or(Fault::NotFound)?;
    let base = &visit.hall.base;
    let secure = if visit.hall.app.secure { "; Secure" } else { "" };
    let cookie = format!("{HAT}={person}; Path={base}; HttpOnly; SameSite=Lax{secure}");
    let mut response = back(&visit.hall, &fields);
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// Back to a page of this drill, and nowhere else.
fn back(hall: &Hall, fields: &Fields) -> Response {
    let here = fields.text("here");
    let inside = here.strip_prefix(&hall.base).is_some_and(|rest| rest.starts_with('/'));
    let plain = here.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b));
    let to = if inside && plain { here.to_owned() } else { format!("{}/", hall.base) };
    Redirect::to(&to).into_response()
}
