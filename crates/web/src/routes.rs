//! Which address is which page.

use std::sync::{Arc, atomic::Ordering};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    App,
    fault::{Fault, Mishap},
    guard,
    lobby::Lobby,
    pages::{
        case, distributor, drills, health, home, locked, mail, receipt, report, roll, setup, team,
    },
    sign_in,
};

/// A form is at most this large on its way here; a report's own limit is [`REPORT_LIMIT`].
const FORM_LIMIT: usize = 256 * 1024;
/// A report on its way here, where one letter may take nine bytes. What is read but too long comes
/// back to be shortened; what is beyond this is not even read.
const REPORT_LIMIT: usize = 4 * 1024 * 1024;

/// The whole place.
pub fn router(app: App) -> Router {
    let app = Arc::new(Lobby::new(app));
    Router::new()
        .merge(house())
        .nest(
            "/drill/{drill}",
            house().route("/advance", post(drills::advance)).route("/hat", post(drills::hat)),
        )
        .route("/drill/{drill}/", get(home::show))
        .route("/drill", post(drills::start))
        .route("/locked", get(locked::show).post(locked::send))
        .route("/setup", get(setup::show).post(setup::send))
        .route("/project/{project}", get(team::show).post(team::send))
        .route("/project/{project}/distributors", get(roll::show).post(roll::send))
        .route("/project/{project}/distributors/{member}", get(roll::show).post(roll::send))
        .route("/distributor/{project}/{secret}", get(distributor::show).post(distributor::send))
        .route("/enter/{link}", get(sign_in::show).post(sign_in::enter))
        .route("/leave", post(sign_in::leave))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/assets/fermata.css", get(health::style))
        .route("/assets/copy.js", get(health::copy))
        .route("/assets/fermata.svg", get(health::sign))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), count))
        .with_state(app)
}

/// The pages that the live house and a drill's have alike.
fn house() -> Router<Arc<Lobby>> {
    let case = Router::new()
        .route("/", get(case::first))
        .route("/link", post(case::link::send))
        .route("/relate", get(case::relate::show).post(case::relate::send))
        .route("/terms", get(case::terms::show).post(case::terms::send))
        .route("/{tab}", get(case::show).post(case::send))
        .route("/report/{report}", get(case::raw::report))
        .route("/report/{report}/inside", get(case::raw::inside_report))
        .route("/message/{message}", get(case::raw::message))
        .route("/message/{message}/inside", get(case::raw::inside_message))
        .route("/sighting/{thing}", get(case::raw::sighting))
        .route("/act/{act}", get(case::act::show).post(case::act::send))
        .route("/act/{act}/mail", get(case::raw::mail))
        .route("/act/{act}/words", get(case::act::words))
        .route("/prepare/{*slug}", get(case::prepare::show).post(case::prepare::send));
    Router::new()
        .route("/", get(home::show))
        .nest("/case/{case}", case)
        .route("/report", get(report::choose))
        .route(
            "/report/{project}",
            get(report::show).post(report::send).layer(DefaultBodyLimit::max(REPORT_LIMIT)),
        )
        .route(
            "/mail/{project}",
            get(mail::show).post(mail::send).layer(DefaultBodyLimit::max(mail::MAIL_LIMIT)),
        )
        .route("/receipt/{token}", get(receipt::show).post(receipt::send))
}

async fn nothing() -> Fault {
    Fault::NotFound
}

/// Counts, and hands what went wrong inside to the log.
async fn count(State(app): State<Arc<Lobby>>, request: Request, next: Next) -> Response {
    app.requests.fetch_add(1, Ordering::Relaxed);
    let mut response = next.run(request).await.into_response();
    if let Some(Mishap(why)) = response.extensions_mut().remove::<Mishap>() {
        app.failures.fetch_add(1, Ordering::Relaxed);
        (app.log)(&why);
    }
    response
}
