//! The web server: forms and pages of the staff, the API, the customer's page. Each handler makes one call to the desk.
mod account;
mod again;
mod api;
mod api_leases;
mod assets;
mod case;
mod case_query;
mod client;
mod contradiction;
mod correct;
mod customer;
mod error;
mod evidence;
mod feed;
mod figures;
mod headers;
mod notice;
mod page;
mod passing;
mod portal;
mod quality;
mod quarantine;
mod record;
mod report;
mod reporter;
mod session;
mod settings;
mod staff;
mod triage;
mod who;

pub use client::Client;
pub use error::HttpError;
pub use page::{Flash, act, redirect_with, show, show_with};
pub use staff::Staff;

use crate::desk::Desk;
use axum::{Router, extract::DefaultBodyLimit, routing::get};
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer, timeout::TimeoutLayer,
    trace::TraceLayer,
};

/// What every handler can reach.
#[derive(Clone)]
pub struct AppState {
    /// The desk.
    pub desk: Desk,
    /// Demo logins shown on the sign-in page: address, role, password.
    pub demo_logins: Vec<(String, String, String)>,
}

impl AppState {
    /// The usual state over a desk.
    pub fn new(desk: Desk) -> Self {
        Self { desk, demo_logins: Vec::new() }
    }
}

/// Largest form, in bytes; uploads and the API set their own limit.
const FORM_BYTES_MAX: usize = 256 * 1024;
/// A request that takes longer is given up.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(60);

/// The whole web server.
pub fn router(state: AppState) -> Router {
    let staff = Router::new()
        .merge(account::routes())
        .merge(again::routes())
        .merge(case::routes())
        .merge(contradiction::routes())
        .merge(correct::routes())
        .merge(customer::routes())
        .merge(evidence::routes())
        .merge(feed::routes())
        .merge(figures::routes())
        .merge(notice::routes())
        .merge(passing::routes())
        .merge(quarantine::routes())
        .merge(quality::routes())
        .merge(record::routes())
        .merge(report::routes())
        .merge(settings::routes())
        .merge(triage::routes())
        .merge(who::routes());
    let staff = staff.layer(session::layer(&state.desk));
    let desk = state.desk.clone();
    Router::new()
        .merge(staff)
        .merge(api::routes())
        .merge(assets::routes())
        .merge(portal::routes())
        .merge(reporter::routes())
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(error::ready))
        .fallback(error::not_found)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(csrf(&desk))
        .layer(headers::layer())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIME_MAX))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// Refuses state-changing requests that come from another site (Sec-Fetch-Site, Origin); behind a proxy that rewrites
/// the host the public address counts too.
fn csrf(desk: &Desk) -> CsrfLayer {
    CsrfLayer::new().add_trusted_origin(desk.public_url()).unwrap_or_else(|_| CsrfLayer::new())
}
