//! What every response carries, and which requests are turned away before a page sees them.
//!
//! A browser says where a request comes from (`Sec-Fetch-Site`); whatever changes something must
//! come from a page of ours. The token in each form proves the same a second time.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{fault::Fault, lobby::Lobby};

const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The same for a page with buttons that copy a text: scripts of this house's own.
pub(crate) const WITH_SCRIPT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                                      img-src 'self'; form-action 'self'; base-uri 'none'; \
                                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "interest-cohort=()"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// Where browsers came over TLS once, they come over TLS for a year.
const TLS: &str = "max-age=31536000";

/// The address that was asked for, as a whole: a router inside another sees only its own part.
#[derive(Clone)]
pub(crate) struct Here(pub(crate) String);

/// Turns away what another site sent, and dresses every response.
pub(crate) async fn guard(
    State(app): State<Arc<Lobby>>,
    mut request: Request,
    next: Next,
) -> Response {
    let here = Here(request.uri().path().to_owned());
    request.extensions_mut().insert(here);
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = if reads || from_here(request.headers()) {
        next.run(request).await
    } else {
        Fault::CrossSite.into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| HeaderValue::from_static(POLICY));
    if app.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS));
    }
    headers.entry(header::CACHE_CONTROL).or_insert_with(|| HeaderValue::from_static("no-store"));
    response
}

/// A page of ours sent it, as far as the browser tells. A client that tells nothing is no browser
/// that could be misled, and still needs the form's token.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    match text(HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin" || site == "none",
        None => match text(header::ORIGIN) {
            // Our own pages send no referrer, and so, in older browsers, a blank origin.
            None | Some("null") => true,
            Some(origin) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some() && host == text(header::HOST)
            }
        },
    }
}
