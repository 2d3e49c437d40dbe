//! Own address ranges: add and remove.
use super::{
    super::{AppState, HttpError, Staff, act, show_with},
    refused,
};
use app::{
    pages::settings::{RangeForm, RangesPage, ranges},
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
use domain::id::RangeId;
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/settings/ranges", get(list).post(add)).route("/settings/ranges/{id}/remove", post(remove))
}

#[derive(Deserialize)]
struct Typed {
    net: String,
    label: String,
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    page(&state, &staff, StatusCode::OK, RangeForm::default()).await
}

async fn page(state: &AppState, staff: &Staff, status: StatusCode, form: RangeForm) -> Result<Response, HttpError> {
    let page = RangesPage { ranges: state.desk.ranges(&staff.actor()).await?, form };
    show_with(state, staff, status, Place::Settings, "Own ranges", || ranges(page)).await
}

async fn add(State(state): State<AppState>, staff: Staff, Form(typed): Form<Typed>) -> Result<Response, HttpError> {
    match state.desk.add_range(&staff.actor(), &typed.net, &typed.label).await {
        Ok(range) => {
            let done = Ok(format!("{} counts as ours now.", range.net));
            act(&staff, done, &routes::settings_page("ranges")).await
        }
        Err(error) => {
            let form = RangeForm { net: typed.net, label: typed.label, error: Some(refused(error)?) };
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

async fn remove(State(state): State<AppState>, staff: Staff, Path(id): Path<RangeId>) -> Result<Response, HttpError> {
    let done = state.desk.remove_range(&staff.actor(), id).await;
    let done = done.map(|range| format!("{} no longer counts as ours.", range.net));
    act(&staff, done, &routes::settings_page("ranges")).await
}
