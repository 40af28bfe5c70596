//! For machines: alive, ready, counters. And the files that pages need.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{blocking::blocking, lobby::Lobby};

const STYLE: &str = include_str!("../../assets/fermata.css");
const COPY: &str = include_str!("../../assets/copy.js");
const SIGN: &str = include_str!("../../assets/fermata.svg");

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// The store answers.
pub(crate) async fn ready(State(app): State<Arc<Lobby>>) -> Response {
    let asked = blocking(move || Ok(app.live.projects()?)).await;
    match asked {
        Ok(_) => "ready\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response(),
    }
}

/// Counters in the text format that Prometheus reads.
pub(crate) async fn metrics(State(app): State<Arc<Lobby>>) -> Response {
    let requests = app.requests.load(Ordering::Relaxed);
    let failures = app.failures.load(Ordering::Relaxed);
    let text = format!(
        "# TYPE fermata_http_requests_total counter\nfermata_http_requests_total {requests}\n\
         # TYPE fermata_http_failures_total counter\nfermata_http_failures_total {failures}\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=600")];
    (headers, text).into_response()
}

/// The one style sheet.
pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

/// The one script, of the one page whose words somebody takes elsewhere.
pub(crate) async fn copy() -> Response {
    file("text/javascript; charset=utf-8", COPY)
}

/// The sign: a fermata.
pub(crate) async fn sign() -> Response {
    file("image/svg+xml", SIGN)
}
