//! Customers and the import page.
use super::{
    AppState, HttpError, Staff,
    evidence::{id_of, page_of},
    report::{Upload, read_upload},
    show, show_with,
};
use crate::desk::{DeskError, ImportOrder};
use app::{
    pages::{
        customer::{CustomerPage, CustomersPage, customer, customers},
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
    let looks = staff.may(Permission::LookUp);
    show(&state, &staff, Place::Customers, &title, || customer(CustomerPage { view, looks })).await
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
