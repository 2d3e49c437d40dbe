//! Reports: the queue of the parked, all of them, one with its bytes, and taking one in by hand.
use super::{
    AppState, Flash, HttpError, Staff, act,
    evidence::{id_of, page_of},
    redirect_with, show, show_with, triage,
};
use crate::desk::Arrival;
use app::{
    pages::report::{ReportPage, ReportsPage, report, reports},
    routes,
    ui::{Place, number},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, Path, Query, State, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    actor::Permission,
    id::ReportId,
    limit::REPORT_BYTES_MAX,
    page::PageOf,
    report::{Channel, ReportFilter, ReportState},
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    // The form around the file takes a little room too.
    let upload = post(upload).layer(DefaultBodyLimit::max(REPORT_BYTES_MAX + 64 * 1024));
    Router::new()
        .route("/sort-out", get(parked))
        .route("/reports", get(list).merge(upload))
        .route("/reports/{id}", get(one))
        .route("/reports/{id}/raw", get(raw))
        .route("/reports/{id}/retry", post(retry))
        .route("/reports/{id}/set-aside", post(set_aside))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    state: String,
    who: String,
    page: String,
}

async fn parked(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let filter = ReportFilter { state: Some(ReportState::Parked), who: String::new() };
    list_page(&state, &staff, StatusCode::OK, filter, PageOf::default(), None).await
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let filter = ReportFilter { state: ReportState::parse(&asked.state), who: asked.who };
    list_page(&state, &staff, StatusCode::OK, filter, page_of(&asked.page), None).await
}

async fn list_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    filter: ReportFilter,
    page: PageOf,
    upload_error: Option<String>,
) -> Result<Response, HttpError> {
    let actor = staff.actor();
    let rows = state.desk.reports(&actor, &filter, page).await?;
    let counts = state.desk.inbox_counts(&actor).await?;
    let works = staff.may(Permission::WorkCases);
    let now = state.desk.clock().now();
    let page = ReportsPage { rows, filter, page, counts, works, upload_error, now };
    show_with(state, staff, status, Place::SortOut, "To sort out", || reports(page)).await
}

async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let (id, page) = (id_of(&id)?, page_of(&asked.page));
    let waits = state.desk.report(&staff.actor(), id).await?.state;
    if matches!(waits, ReportState::Parked | ReportState::Asked) {
        return triage::screen(&state, &staff, StatusCode::OK, id, triage::Typed::default()).await;
    }
    let view = state.desk.report_view(&staff.actor(), id, page).await?;
    let page = ReportPage {
        report: view.report,
        events: view.events,
        page,
        duplicates: view.duplicates,
        text: view.text,
        cut: view.cut,
        provenance: view.provenance,
        envelope: view.envelope,
        markable: view.markable,
        works: staff.may(Permission::WorkCases),
        now: state.desk.clock().now(),
    };
    show(&state, &staff, Place::SortOut, "Report", || report(page)).await
}

/// The bytes as they came: never shown by the browser, only kept, and in no origin of ours.
async fn raw(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let (report, bytes) = state.desk.report_with_bytes(&staff.actor(), id_of(&id)?).await?;
    let name = report.sha256.get(..16).unwrap_or("report");
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"report-{name}.bin\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, attachment.unwrap_or_else(|_| HeaderValue::from_static("attachment"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, bytes).into_response())
}

async fn retry(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    let outcome = state.desk.reparse_report(&staff.actor(), id).await.map(|report| match report.state {
        ReportState::Parked => "Read again: it still needs a person.".to_owned(),
        _ => {
            let events = u64::try_from(report.events).unwrap_or(0);
            format!("Read again: {}.", number::plural(events, "event", "events"))
        }
    });
    act(&staff, outcome, &routes::report(id)).await
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

async fn set_aside(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Reason>,
) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    let outcome = state.desk.dismiss_report(&staff.actor(), id, &typed.reason).await;
    match outcome {
        Ok(()) => triage::advance(&state, &staff, id, Flash::done("The report is set aside.")).await,
        Err(error) => act(&staff, Err(error), &routes::report(id)).await,
    }
}

/// A file of a form.
pub(super) struct Upload {
    pub(super) bytes: axum::body::Bytes,
    pub(super) file_name: String,
    pub(super) content_type: String,
    /// The other fields.
    pub(super) fields: Vec<(String, String)>,
}

impl Upload {
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

/// Reads a form with one file; the problem in words when it cannot be read.
pub(super) async fn read_upload(mut form: Multipart) -> Result<Upload, String> {
    let told = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => "the file is too large".to_owned(),
        _ => error.body_text(),
    };
    let mut upload = Upload {
        bytes: axum::body::Bytes::new(),
        file_name: String::new(),
        content_type: String::new(),
        fields: Vec::new(),
    };
    while let Some(field) = form.next_field().await.map_err(told)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default();
            upload.file_name = file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            upload.content_type = field.content_type().unwrap_or_default().to_owned();
            upload.bytes = field.bytes().await.map_err(told)?;
        } else {
            upload.fields.push((name, field.text().await.map_err(told)?));
        }
    }
    if upload.bytes.is_empty() {
        return Err("choose a file that is not empty".to_owned());
    }
    Ok(upload)
}

async fn upload(State(state): State<AppState>, staff: Staff, form: Multipart) -> Result<Response, HttpError> {
    let actor = staff.actor();
    let upload = match read_upload(form).await {
        Ok(upload) => upload,
        Err(problem) => {
            let filter = ReportFilter { state: Some(ReportState::Parked), who: String::new() };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return list_page(&state, &staff, status, filter, PageOf::default(), Some(problem)).await;
        }
    };
    let arrival = Arrival {
        channel: Channel::Desk,
        bytes: &upload.bytes,
        content_type: &upload.content_type,
        file_name: &upload.file_name,
        read_by_caller: true,
    };
    let received = match state.desk.receive(&actor, arrival).await {
        Ok(received) => received,
        Err(error) => return redirect_with(&staff, Flash::of(error)?, &routes::sort_out()).await,
    };
    let text = match received.duplicate_of {
        Some(_) => "These bytes came before: recorded, not read again.".to_owned(),
        None => match state.desk.read_report(received.id).await?.state {
            ReportState::Parked => "Taken in; a person has to look at it.".to_owned(),
            _ => "Taken in and read.".to_owned(),
        },
    };
    redirect_with(&staff, Flash::done(text), &routes::report(received.id)).await
}
