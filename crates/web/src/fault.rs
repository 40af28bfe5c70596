//! What a visitor is told when a page cannot be shown. Unknown and forbidden are one answer, to
//! the byte; what went wrong inside is for the operator's log alone.

use std::time::Duration;

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use engine::EngineError;
use minijinja::context;

use crate::render;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// There is no such thing, or the visitor may not know of it.
    #[error("not found")]
    NotFound,
    /// Another site sent the form.
    #[error("the form was sent from another site")]
    CrossSite,
    /// The form's token is not this session's: signed in anew, or sent by somebody else.
    #[error("the form is out of date")]
    OldForm,
    /// The form cannot be read.
    #[error("the form cannot be read")]
    BadForm,
    /// The form is larger than its page takes.
    #[error("the form is too large")]
    TooLarge,
    /// Somebody, or everybody together, tries too often.
    #[error("too many tries")]
    TooMany(Duration),
    /// Too many at once.
    #[error("too many requests at once")]
    Busy,
    /// Something inside failed.
    #[error("{0}")]
    Inside(String),
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound => Self::NotFound,
            EngineError::Busy => Self::Busy,
            other => Self::Inside(other.to_string()),
        }
    }
}

impl From<minijinja::Error> for Fault {
    fn from(error: minijinja::Error) -> Self {
        // The detail names template and line; the values, which may be embargoed, stay out.
        let line = error.line().unwrap_or_default();
        let name = error.name().unwrap_or("?").to_owned();
        Self::Inside(format!("template {name}, line {line}: {:?}", error.kind()))
    }
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::CrossSite | Self::OldForm => StatusCode::FORBIDDEN,
            Self::BadForm => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Seconds after which the same may work.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy => Some(2),
            Self::TooMany(wait) => Some(wait.as_secs().max(1)),
            _ => None,
        }
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => (
                "There is nothing here",
                "The address is wrong, or what it names is not for you to see, or you are not \
                 signed in.",
            ),
            Self::CrossSite => (
                "That form came from somewhere else",
                "Another site sent it. Nothing was changed. Open the page here and try again.",
            ),
            Self::OldForm => (
                "That form is out of date",
                "You have signed in again since it was shown. Nothing was changed. Go back, \
                 reload the page, and send it again.",
            ),
            Self::BadForm => {
                ("That form could not be read", "It was broken on its way. Nothing was changed.")
            }
            Self::TooLarge => (
                "That is too large",
                "A report may hold a million characters, a mail 25 MiB, and any other form a quarter \
                 of a million characters. Nothing was changed. Go back: your browser still has what you wrote.",
            ),
            Self::TooMany(_) => (
                "Too many tries",
                "Nothing was changed, and nothing is used up. Wait a minute, then reload this page \
                 and try again.",
            ),
            Self::Busy => (
                "Too much at once",
                "Nothing was changed. Go back in a moment, and send it again: your browser still \
                 has what you wrote.",
            ),
            Self::Inside(_) => (
                "Something went wrong in this house",
                "It is written in the operator's log. If you sent a form, look whether it took \
                 effect before you send it again.",
            ),
        }
    }
}

/// What the log gets of a fault; carried along with the response.
#[derive(Debug, Clone)]
pub(crate) struct Mishap(pub(crate) String);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (title, text) = self.words();
        let page = render::bare("fault.html", context! { title, text });
        let plain = || format!("<!doctype html><title>{title}</title><p>{text}");
        let mut response = (self.status(), Html(page.unwrap_or_else(|_| plain()))).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Self::Inside(why) = self {
            response.extensions_mut().insert(Mishap(why));
        }
        response
    }
}
