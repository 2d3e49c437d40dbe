//! The page of channels.
use super::super::{AppState, HttpError, Staff, show};
use app::{pages::settings::channels, ui::Place};
use axum::{Router, extract::State, response::Response, routing::get};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/settings/channels", get(page))
}

async fn page(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let board = state.desk.channels(&staff.actor()).await?;
    show(&state, &staff, Place::Settings, "Channels", || channels(board)).await
}
