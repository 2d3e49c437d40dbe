//! Passing evidence on: the preview, and the forms for each way.
use super::{AppState, Flash, HttpError, Staff, act, evidence::id_of, redirect_with, show_with};
use crate::desk::{DeskError, Order};
use app::{
    pages::passing::{PassingPage, Typed, passing},
    routes,
    ui::Place,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    id::{EventId, PassingId},
    passing::{Subject, Way},
    refusal::Refusal,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/events/{id}/pass-on", get(event).post(event_on))
        .route("/cases/{number}/pass-on", get(case).post(case_on))
        .route("/passings/{id}/retry", post(retry))
}

/// What is passed on, and where it is.
struct What {
    subject: Subject,
    back: String,
    here: String,
}

impl What {
    fn event(id: &str) -> Result<Self, HttpError> {
        let id: EventId = id_of(id)?;
        Ok(Self { subject: Subject::Event(id), back: routes::event(id), here: routes::event_pass_on(id) })
    }

    async fn case(state: &AppState, staff: &Staff, number: &str) -> Result<Self, HttpError> {
        let id = state.desk.case_named(&staff.actor(), number).await?;
        Ok(Self { subject: Subject::Case(id), back: routes::case(number), here: routes::case_pass_on(number) })
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    named: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Posted {
    id: String,
    way: String,
    target: String,
    note: String,
    named: String,
    sha256: String,
}

async fn event(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Named>,
) -> Result<Response, HttpError> {
    preview(&state, &staff, What::event(&id)?, &asked).await
}

async fn case(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Query(asked): Query<Named>,
) -> Result<Response, HttpError> {
    let what = What::case(&state, &staff, &number).await?;
    preview(&state, &staff, what, &asked).await
}

async fn preview(state: &AppState, staff: &Staff, what: What, asked: &Named) -> Result<Response, HttpError> {
    match page(state, staff, StatusCode::OK, &what, asked.named == "yes", Typed::default()).await {
        Err(error) => redirect_with(staff, Flash::of(error)?, &what.back).await,
        Ok(shown) => shown,
    }
}

async fn page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    what: &What,
    named: bool,
    typed: Typed,
) -> Result<Result<Response, HttpError>, DeskError> {
    let draft = state.desk.passing_draft(&staff.actor(), what.subject, named).await?;
    let page = PassingPage {
        title: draft.title,
        back: what.back.clone(),
        here: what.here.clone(),
        body: draft.body,
        sha256: draft.sha256,
        events: draft.events,
        remarks: draft.remarks,
        named: draft.named,
        targets: draft.targets,
        before: draft.before,
        id: PassingId::new().to_string(),
        typed,
        now: state.desk.clock().now(),
    };
    let place = if matches!(what.subject, Subject::Case(_)) { Place::Cases } else { Place::Evidence };
    Ok(show_with(state, staff, status, place, "Pass on", || passing(page)).await)
}

async fn event_on(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Posted>,
) -> Result<Response, HttpError> {
    pass_on(&state, &staff, What::event(&id)?, typed).await
}

async fn case_on(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Form(typed): Form<Posted>,
) -> Result<Response, HttpError> {
    let what = What::case(&state, &staff, &number).await?;
    pass_on(&state, &staff, what, typed).await
}

async fn pass_on(state: &AppState, staff: &Staff, what: What, typed: Posted) -> Result<Response, HttpError> {
    let way = Way::parse(&typed.way).ok_or_else(HttpError::not_found)?;
    let named = typed.named == "yes";
    let order = Order {
        id: id_of(&typed.id)?,
        way,
        target: typed.target.clone(),
        note: typed.note.clone(),
        named,
        sha256: typed.sha256,
    };
    match state.desk.pass_on(&staff.actor(), what.subject, order).await {
        Ok(left) if way == Way::Download => {
            let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", left.file_name()));
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(left.media_type())),
                (header::CONTENT_DISPOSITION, attachment.unwrap_or_else(|_| HeaderValue::from_static("attachment"))),
                (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
            ];
            Ok((headers, left.body).into_response())
        }
        Ok(left) => {
            let text = format!("On its way to {}.", left.target);
            redirect_with(staff, Flash::done(text), &what.here).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) if matches!(field, "target" | "note") => {
            let error = Some((field.to_owned(), problem));
            let typed = Typed { way: typed.way, target: typed.target, note: typed.note, error };
            page(state, staff, StatusCode::UNPROCESSABLE_ENTITY, &what, named, typed).await?
        }
        Err(error) => redirect_with(staff, Flash::of(error)?, &what.here).await,
    }
}

async fn retry(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let left = state.desk.retry_passing(&staff.actor(), id_of(&id)?).await;
    let back = match &left {
        Ok(left) => match left.subject {
            Subject::Event(event) => routes::event_pass_on(event),
            Subject::Case(_) => routes::cases(),
        },
        Err(_) => routes::home(),
    };
    act(&staff, left.map(|left| format!("On its way to {} again.", left.target)), &back).await
}
