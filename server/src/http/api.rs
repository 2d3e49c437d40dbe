//! The HTTP interface for machines: reports and leases in, answers as JSON. A key opens it, no cookie.
use super::AppState;
use crate::{
    desk::{Arrival, DeskError},
    secret,
};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequestParts, Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    actor::Actor,
    id::ReportId,
    limit::REPORT_BYTES_MAX,
    refusal::Refusal,
    report::{Channel, Report},
    user::TokenScope,
};
use serde_json::{Value, json};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/reports", post(take_report))
        .route("/api/v1/reports/{id}", get(tell_report))
        .route("/api/v1/leases", post(super::api_leases::take))
        // Counted here, so that the answer to too much is ours and not a bare status.
        .layer(DefaultBodyLimit::disable())
}

/// What went wrong, as JSON: a word for programs, a sentence for people, the field if there is one.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    field: Option<String>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    pub(super) fn invalid(field: &str, problem: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", problem);
        Self { field: Some(field.to_owned()), ..error }
    }
}

impl From<DeskError> for ApiError {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Refused(Refusal::NotFound | Refusal::NotAllowed(_)) => {
                Self::new(StatusCode::NOT_FOUND, "not_found", "there is no such thing, or not for this key")
            }
            DeskError::Refused(Refusal::Invalid { field, problem }) => {
                let error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", problem);
                Self { field: Some(field.to_owned()), ..error }
            }
            DeskError::Refused(refusal @ Refusal::Limit(_)) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", refusal.to_string())
            }
            DeskError::Refused(refusal @ Refusal::Stale) => {
                Self::new(StatusCode::CONFLICT, "stale", refusal.to_string())
            }
            DeskError::Refused(refusal) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", refusal.to_string()),
            DeskError::Store(_) | DeskError::Broken(_) => {
                tracing::error!(%error, "request of a machine failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "nothing was kept; try again in a moment")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message, "field": self.field } });
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The machine behind a valid key.
pub(super) struct Machine(pub(super) Actor);

impl FromRequestParts<AppState> for Machine {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret =
            header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let refused =
            || ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", "give a valid key: Authorization: Bearer KEY");
        let (_, secret) = secret.ok_or_else(refused)?;
        let found = async { state.desk.store().read().await?.token_by_hash(&secret::hash(secret.trim())).await };
        let token = found.await.map_err(DeskError::from)?.ok_or_else(refused)?;
        let wanted = match parts.uri.path() {
            path if path.starts_with("/api/v1/leases") => TokenScope::Leases,
            _ => TokenScope::Reports,
        };
        if token.scope != TokenScope::All && token.scope != wanted {
            let message = format!("this key is for {} only", token.scope);
            return Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", message));
        }
        Ok(Self(Actor::Machine { id: token.id, name: token.name }))
    }
}

/// The whole body, unless it is larger than a report may be.
async fn bytes_of(headers: &HeaderMap, body: Body) -> Result<axum::body::Bytes, ApiError> {
    let too_large = || {
        let most = REPORT_BYTES_MAX / (1024 * 1024);
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("at most {most} MiB; split it or compress it"),
        )
    };
    let said = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if said.is_some_and(|said| said > u64::try_from(REPORT_BYTES_MAX).unwrap_or(u64::MAX)) {
        return Err(too_large());
    }
    let bytes = to_bytes(body, REPORT_BYTES_MAX).await.map_err(|error| {
        let full = std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("limit"));
        if full { too_large() } else { ApiError::new(StatusCode::BAD_REQUEST, "cut_off", "the body ended early") }
    })?;
    if bytes.is_empty() {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "empty", "the body is empty"));
    }
    Ok(bytes)
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// `filename` of a Content-Disposition (RFC 6266), without folders.
fn file_name(headers: &HeaderMap) -> String {
    let disposition = text_of(headers, header::CONTENT_DISPOSITION);
    let name = disposition.split(';').find_map(|part| part.trim().strip_prefix("filename="));
    let name = name.unwrap_or_default().trim_matches('"');
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

async fn take_report(
    State(state): State<AppState>,
    Machine(actor): Machine,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let bytes = bytes_of(&parts.headers, body).await?;
    let arrival = Arrival {
        channel: Channel::Api,
        bytes: &bytes,
        content_type: &text_of(&parts.headers, header::CONTENT_TYPE),
        file_name: &file_name(&parts.headers),
        read_by_caller: false,
    };
    let received = state.desk.receive(&actor, arrival).await?;
    let body = json!({
        "id": received.id,
        "sha256": received.sha256,
        "duplicate_of": received.duplicate_of,
    });
    let place = [(header::LOCATION, format!("/api/v1/reports/{}", received.id))];
    Ok((StatusCode::ACCEPTED, place, Json(body)).into_response())
}

async fn tell_report(
    State(state): State<AppState>,
    Machine(actor): Machine,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id: ReportId = id.parse().map_err(|_| DeskError::from(Refusal::NotFound))?;
    let report = state.desk.report(&actor, id).await?;
    Ok(Json(report_json(&report)))
}

fn report_json(report: &Report) -> Value {
    json!({
        "id": report.id,
        "received_at": report.received_at,
        "sha256": report.sha256,
        "size": report.size,
        "state": report.state,
        "format": report.format,
        "disposition": report.disposition,
        "reason": report.reason,
        "reporter": report.reporter,
        "events": report.events,
        "duplicate_of": report.duplicate_of,
    })
}
