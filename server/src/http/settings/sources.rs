//! Lease sources: how each does, and the limits a person sets.
use super::{
    super::{AppState, Flash, HttpError, Staff, redirect_with, show_with},
    refused,
};
use app::{
    pages::settings::{LimitForm, SourcesPage, sources},
    routes,
    ui::Place,
};
use axum::{
    Router,
    extract::{Form, Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/settings/sources", get(list)).route("/settings/sources/{name}", post(change))
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Typed {
    skew: String,
    silent: String,
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    page(&state, &staff, StatusCode::OK, None).await
}

async fn page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    form: Option<LimitForm>,
) -> Result<Response, HttpError> {
    let page = SourcesPage { board: state.desk.lease_board(&staff.actor()).await?, form };
    show_with(state, staff, status, Place::Settings, "Lease sources", || sources(page)).await
}

async fn change(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    match state.desk.lease_source_limits(&staff.actor(), &name, &typed.skew, &typed.silent).await {
        Ok(()) => {
            let flash = Flash::done(format!("{name} is watched by the new limits."));
            redirect_with(&staff, flash, &routes::settings_page("sources")).await
        }
        Err(error) => {
            let error = refused(error)?;
            let form = LimitForm { source: name, skew: typed.skew, silent: typed.silent, error };
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, Some(form)).await
        }
    }
}
