//! Customers, who had an address, and the import page.
use super::{
    AppState, HttpError, Staff,
    evidence::{id_of, page_of},
    report::{Upload, read_upload},
    show, show_with,
};
use crate::desk::{DeskError, ImportOrder, address_of};
use app::{
    pages::{
        customer::{CustomerPage, CustomersPage, WhoPage, customer, customers, who},
        settings::{ImportPage, import},
    },
    ui::Place,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    actor::Permission,
    import::{ImportKind, ImportReport},
    refusal::Refusal,
};
use serde::Deserialize;

/// Largest file the import page takes, in bytes: it travels twice.
const IMPORT_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Router<AppState> {
    // Three characters a byte where the text is percent-encoded.
    let room = || DefaultBodyLimit::max(3 * IMPORT_BYTES_MAX + 64 * 1024);
    Router::new()
        .route("/customers", get(list))
        .route("/customers/{id}", get(one))
        .route("/who", get(look_up))
        .route("/settings/import", get(import_form).merge(post(import_dry).layer(room())))
        .route("/settings/import/confirm", post(import_now).layer(room()))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    q: String,
    page: String,
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let page = page_of(&asked.page);
    let rows = state.desk.customers(&staff.actor(), &asked.q, page).await?;
    let page = CustomersPage { rows, text: asked.q, page, now: state.desk.clock().now() };
    show(&state, &staff, Place::Customers, "Customers", || customers(page)).await
}

async fn one(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let view = state.desk.customer_view(&staff.actor(), id_of(&id)?).await?;
    let title = view.customer.name.clone();
    show(&state, &staff, Place::Customers, &title, || customer(CustomerPage { view })).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LookUp {
    address: String,
    port: String,
    at: String,
}

async fn look_up(
    State(state): State<AppState>,
    staff: Staff,
    Query(asked): Query<LookUp>,
) -> Result<Response, HttpError> {
    let now = state.desk.clock().now();
    let mut page =
        WhoPage { address: asked.address.trim().to_owned(), port: asked.port, at: asked.at, now, ..WhoPage::default() };
    let mut status = StatusCode::OK;
    if !page.address.is_empty() {
        let address = address_of(&page.address);
        let port = port_of(&page.port);
        let at = instant_of(&page.at, now);
        match (address, port, at) {
            (Some((address, written)), Ok(port), Some(at)) => {
                page.answer = Some(state.desk.who(&staff.actor(), address, port.or(written), at).await?);
            }
            (address, port, at) => {
                status = StatusCode::UNPROCESSABLE_ENTITY;
                page.address_error = address.is_none().then(|| "is no IP address".to_owned());
                page.port_error = port.is_err().then(|| "is no port from 0 to 65535".to_owned());
                page.at_error =
                    at.is_none().then(|| "write it like 2026-11-22 10:38:12 (UTC) or with a zone".to_owned());
            }
        }
    }
    show_with(&state, &staff, status, Place::Who, "Who had this?", || who(page)).await
}

fn port_of(text: &str) -> Result<Option<u16>, std::num::ParseIntError> {
    if text.trim().is_empty() { Ok(None) } else { text.trim().parse().map(Some) }
}

/// An instant of the look-up form; UTC where no zone is given, because the form says so.
fn instant_of(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(now);
    }
    let joined = text.replacen(' ', "T", 1);
    let joined = joined.strip_suffix("TUTC").or(joined.strip_suffix(" UTC")).unwrap_or(&joined);
    if let Ok(at) = DateTime::parse_from_rfc3339(joined) {
        return Some(at.with_timezone(&Utc));
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(joined, form).ok()).map(|at| at.and_utc())
}

fn empty(kind: ImportKind) -> ImportPage {
    ImportPage { kind, file_name: String::new(), csv: String::new(), report: None, error: None }
}

async fn import_form(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    import_page(&state, &staff, StatusCode::OK, empty(ImportKind::Customers)).await
}

async fn import_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    page: ImportPage,
) -> Result<Response, HttpError> {
    if !staff.may(Permission::Administer) {
        return Err(HttpError::not_found());
    }
    show_with(state, staff, status, Place::Settings, "Import", || import(page)).await
}

async fn import_dry(State(state): State<AppState>, staff: Staff, form: Multipart) -> Result<Response, HttpError> {
    let upload = match read_upload(form).await {
        Ok(upload) => upload,
        Err(problem) => {
            let page = ImportPage { error: Some(problem), ..empty(ImportKind::Customers) };
            return import_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, page).await;
        }
    };
    let kind = ImportKind::parse(upload.field("kind")).unwrap_or(ImportKind::Customers);
    match csv_of(&upload) {
        Ok(csv) => import_run(&state, &staff, kind, upload.file_name, csv, true).await,
        Err(problem) => {
            let page = ImportPage { error: Some(problem), ..empty(kind) };
            import_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, page).await
        }
    }
}

fn csv_of(upload: &Upload) -> Result<String, String> {
    if upload.bytes.len() > IMPORT_BYTES_MAX {
        return Err("the file has more than 2 MiB: use lazaret import on the command line".to_owned());
    }
    String::from_utf8(upload.bytes.to_vec()).map_err(|error| format!("the file is not UTF-8 text: {error}"))
}

#[derive(Deserialize)]
struct Confirmed {
    kind: String,
    #[serde(default)]
    file_name: String,
    csv: String,
}

async fn import_now(
    State(state): State<AppState>,
    staff: Staff,
    Form(typed): Form<Confirmed>,
) -> Result<Response, HttpError> {
    let kind = ImportKind::parse(&typed.kind).ok_or_else(HttpError::not_found)?;
    import_run(&state, &staff, kind, typed.file_name, typed.csv, false).await
}

async fn import_run(
    state: &AppState,
    staff: &Staff,
    kind: ImportKind,
    file_name: String,
    csv: String,
    dry_run: bool,
) -> Result<Response, HttpError> {
    let order = ImportOrder { kind, dry_run, progress: &|_| {} };
    let (report, error): (Option<ImportReport>, _) =
        match state.desk.import(&staff.actor(), csv.as_bytes(), order).await {
            Ok(report) => (Some(report), None),
            Err(DeskError::Refused(Refusal::Invalid { problem, .. })) => (None, Some(problem)),
            Err(error) => return Err(error.into()),
        };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    import_page(state, staff, status, ImportPage { kind, file_name, csv, report, error }).await
}
