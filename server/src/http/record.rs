//! The record: its list and its entries.
use super::{AppState, HttpError, Staff, show};
use app::{
    pages::record::{EntryPage, RecordPage, record, record_entry},
    ui::Place,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    response::Response,
    routing::get,
};
use domain::{id::CaseId, ledger::LedgerFilter};
use serde::Deserialize;
use uuid::Uuid;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/record", get(list)).route("/record/{seq}", get(entry))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    act: String,
    actor: String,
    case: String,
    before: String,
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let case = match asked.case.trim() {
        "" => None,
        // A number that does not exist finds nothing rather than everything.
        number => Some(state.desk.record_case(&staff.actor(), number).await?.unwrap_or(CaseId(Uuid::nil()))),
    };
    let filter = LedgerFilter {
        act: asked.act.trim().to_owned(),
        actor: asked.actor.clone(),
        case,
        before: asked.before.parse().ok(),
    };
    let (rows, reach) = state.desk.record(&staff.actor(), &filter).await?;
    let now = state.desk.clock().now();
    let page =
        RecordPage { rows, filter, case_number: asked.case.trim().to_owned(), size: reach.size, head: reach.head, now };
    show(&state, &staff, Place::Record, "Record", || record(page)).await
}

async fn entry(State(state): State<AppState>, staff: Staff, Path(seq): Path<String>) -> Result<Response, HttpError> {
    let seq = seq.parse().map_err(|_| HttpError::not_found())?;
    let (row, proof, size) = state.desk.record_entry(&staff.actor(), seq).await?;
    let page = EntryPage { row, proof, size, now: state.desk.clock().now() };
    show(&state, &staff, Place::Record, &format!("Entry {seq}"), || record_entry(page)).await
}
