//! Sign-in: a link that works once begins a session, which lives in the directory and in a cookie.
//!
//! The link's own page only shows a button, so that a preview of the link does not use it up.
//! Sessions end after [`SESSION`] or when the person leaves. Thin: no passkeys, no organisation's
//! sign-in, no step-up yet.

use std::time::Duration;

use advisory::Digest;
use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use case::PersonId;
use engine::{Engine, EngineError};
use serde::Serialize;

use crate::{blocking::blocking, fault::Fault, fields::Fields, lobby::Lobby, visit::Hall};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_hours(12);
/// How long a one-time link works.
pub const LINK: Duration = Duration::from_hours(24);

/// The secret in a browser's cookie.
#[derive(Clone)]
pub(crate) struct Cookie(String);

impl Cookie {
    /// A cookie's value, if it can be one of ours.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let ours = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        ours.then(|| Self(text.to_owned()))
    }

    /// The token that this session's forms carry.
    pub(crate) fn form_token(&self) -> String {
        Digest::of_parts("fermata form token", [self.0.as_bytes()]).to_string()
    }
}

/// The cookie's name: bound to host and TLS where there is TLS.
pub(crate) fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-fermata" } else { "fermata" }
}

/// Whose session it is.
pub(crate) fn person(engine: &Engine, cookie: &Cookie) -> Result<Option<PersonId>, Fault> {
    Ok(engine.session(&cookie.0)?)
}

/// The address of a new one-time link for a person, such as `/enter/…`.
///
/// # Errors
/// When the store fails.
pub fn invite(engine: &Engine, person: PersonId) -> Result<String, EngineError> {
    Ok(format!("/enter/{}", engine.make_link(person, LINK)?))
}

/// What is shown of a new link, this once.
#[derive(Serialize)]
pub(crate) struct LinkPage {
    name: String,
    address: String,
    hours: u64,
    back: String,
}

impl LinkPage {
    /// A link with this secret for somebody; `back` is where it was asked for.
    pub(crate) fn new(
        hall: &Hall,
        person: PersonId,
        secret: &str,
        back: String,
    ) -> Result<Self, Fault> {
        let (name, hours) = (hall.name(person)?, LINK.as_secs() / 3_600);
        Ok(Self { name, address: format!("/enter/{secret}"), hours, back })
    }
}

/// The page behind a one-time link. It is the same whatever the link is worth.
pub(crate) async fn show(hall: Hall) -> Result<Html<String>, Fault> {
    blocking(move || hall.show("enter.html", "Sign in", ())).await
}

/// Uses the link up.
pub(crate) async fn enter(hall: Hall, Path(link): Path<String>) -> Result<Response, Fault> {
    let now = hall.app.live.now().now;
    hall.app.sign_ins.take(hall.peer, now).map_err(Fault::TooMany)?;
    blocking(move || {
        let app = &hall.app;
        let person = app.live.use_link(&link)?.ok_or(Fault::NotFound)?;
        let secret = app.live.begin_session(person, SESSION)?;
        Ok(with_cookie(app, &secret, SESSION.as_secs()))
    })
    .await
}

/// Ends the session.
pub(crate) async fn leave(
    hall: Hall,
    headers: axum::http::HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    hall.check(&fields)?;
    blocking(move || {
        if let Some(cookie) = crate::visit::session_cookie(&headers, hall.app.secure) {
            hall.app.live.end_session(&cookie.0)?;
        }
        Ok(with_cookie(&hall.app, "", 0))
    })
    .await
}

fn with_cookie(app: &Lobby, secret: &str, seconds: u64) -> Response {
    let name = cookie_name(app.secure);
    let secure = if app.secure { "; Secure" } else { "" };
    let text =
        format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut response = Redirect::to("/").into_response();
    match HeaderValue::from_str(&text) {
        Ok(value) => {
            response.headers_mut().insert(header::SET_COOKIE, value);
            response
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
