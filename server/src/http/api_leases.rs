//! `POST /api/v1/leases`: leases as CSV, JSON lines or any other form, taken in while they come.
use super::{
    AppState,
    api::{ApiError, Machine},
};
use crate::desk::{LeaseImport, LeaseOrder};
use axum::{
    Json,
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::saying::SourceName;
use futures_util::StreamExt as _;
use leases::{Format, Prefer, Settings, Zone};
use serde::Deserialize;
use serde_json::json;

/// Bytes of one request; more is sent in several.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What the body does not say of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Who says it; default: `import`.
    source: Option<String>,
    /// Its form; default: by the content type.
    format: Option<String>,
    /// Zone of times that name none.
    zone: Option<String>,
    /// What names the holder.
    holder: Option<String>,
    /// `1`: check everything, write nothing.
    dry_run: Option<String>,
}

fn invalid(field: &str, problem: impl Into<String>) -> ApiError {
    ApiError::invalid(field, problem)
}

fn order(asked: Asked, kind: &str, state: &AppState) -> Result<LeaseOrder, ApiError> {
    let format = match (asked.format, kind) {
        (Some(word), _) => Format::parse(&word).ok_or_else(|| invalid("format", format!("{word:?} is not known")))?,
        (None, "text/csv") => Format::Csv,
        (None, "application/x-ndjson" | "application/ndjson" | "application/jsonl" | "application/json") => {
            Format::Ndjson
        }
        _ => {
            let message = "send text/csv or application/x-ndjson, or say format=";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", message));
        }
    };
    let source = asked.source.unwrap_or_else(|| "import".to_owned());
    let source = SourceName::new(&source)
        .ok_or_else(|| invalid("source", "1 to 60 letters, digits, dots, hyphens and underscores"))?;
    let zone = match asked.zone.as_deref() {
        None | Some("") => None,
        Some(zone) => Some(Zone::parse(zone).ok_or_else(|| invalid("zone", "such as UTC or Europe/Berlin"))?),
    };
    let prefer = Prefer::parse(asked.holder.as_deref().unwrap_or_default())
        .ok_or_else(|| invalid("holder", "best, username, circuit or mac"))?;
    let dry_run = asked.dry_run.is_some_and(|word| matches!(word.as_str(), "1" | "true" | "yes"));
    let settings = Settings { zone, written: state.desk.clock().now(), prefer };
    Ok(LeaseOrder { source, format, settings, dry_run, sha256: None })
}

pub(super) async fn take(
    State(state): State<AppState>,
    Machine(actor): Machine,
    asked: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, ApiError> {
    let Query(asked) = asked.map_err(|wrong| invalid("query", wrong.body_text()))?;
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let order = order(asked, kind.split(';').next().unwrap_or_default().trim(), &state)?;
    let mut import = LeaseImport::begin(&state.desk, &actor, order).await?;
    let mut pieces = body.into_data_stream();
    let mut length = 0_u64;
    while let Some(piece) = pieces.next().await {
        let cut_off = "the body ended early: the rows before are kept; send all of it again";
        let piece = piece.map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "cut_off", cut_off))?;
        length += u64::try_from(piece.len()).unwrap_or(0);
        if length > BYTES_MAX {
            let message = "at most 256 MiB: the rows before are kept; send the rest by itself";
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
        }
        import.bytes(&piece).await?;
    }
    if length == 0 {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "empty", "the body is empty"));
    }
    let report = import.end().await?;
    let status = if report.good == 0 && report.refused > 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let body = json!({
        "rows": report.rows,
        "accepted": report.good,
        "refused": report.refused,
        "problems": report.problems,
        "dry_run": report.dry_run,
    });
    Ok((status, Json(body)).into_response())
}
