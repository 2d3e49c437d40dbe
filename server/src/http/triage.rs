//! Triage of the parked: the screen, its acts, and the letters to reporters.
use super::{
    AppState, Flash, HttpError, Staff,
    evidence::{id_of, page_of},
    redirect_with, show, show_with,
};
use crate::desk::{Ask, DeskError};
use app::{
    pages::{
        mail::{LettersPage, letter as letter_view, letters as letters_view},
        report::{AskFields, TriagePage, triage},
    },
    routes,
    ui::Place,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    actor::Permission,
    id::{LetterId, QuestionId, ReportId},
    question::Lacking,
    refusal::Refusal,
    triage::EventFields,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sort-out/next", get(first))
        .route("/reports/{id}/accept", post(accept))
        .route("/reports/{id}/ask", post(ask))
        .route("/mail/letters", get(letters))
        .route("/mail/letters/{id}", get(letter))
}

/// What was typed and refused.
#[derive(Default)]
pub(super) struct Typed {
    fields: Option<EventFields>,
    ask: Option<AskFields>,
    question: Option<QuestionId>,
    error: Option<(String, String)>,
}

/// The triage screen of a report that waits for a person.
pub(super) async fn screen(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    id: ReportId,
    typed: Typed,
) -> Result<Response, HttpError> {
    let found = state.desk.triage(&staff.actor(), id).await?;
    let page = TriagePage {
        works: staff.may(Permission::WorkCases),
        teaches: staff.may(Permission::ManageFeeds),
        fields: typed.fields.unwrap_or_else(|| found.guesses.filled()),
        ask: typed.ask.unwrap_or_else(|| AskFields::prepared(&found)),
        error: typed.error,
        question: typed.question.unwrap_or_else(QuestionId::new).to_string(),
        now: state.desk.clock().now(),
        triage: found,
    };
    show_with(state, staff, status, Place::SortOut, "To sort out", || triage(page)).await
}

async fn first(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let first = state.desk.first_parked(&staff.actor()).await?;
    Ok(Redirect::to(&first.map_or_else(routes::sort_out, routes::report)).into_response())
}

/// The page after a decision: the next parked report, or the queue when it was the last.
pub(super) async fn advance(
    state: &AppState,
    staff: &Staff,
    done: ReportId,
    flash: Flash,
) -> Result<Response, HttpError> {
    let next = state.desk.next_parked(&staff.actor(), done).await?;
    redirect_with(staff, flash, &next.map_or_else(routes::sort_out, routes::report)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Accepted {
    source: String,
    port: String,
    seen: String,
    class: String,
    role: String,
    count: String,
    more: String,
}

async fn accept(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Accepted>,
) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    let more = typed.more == "yes";
    let Accepted { source, port, seen, class, role, count, .. } = typed;
    let fields = EventFields { source, port, seen, class, role, count };
    match state.desk.accept_report(&staff.actor(), id, &fields, more).await {
        Ok(seen) => {
            let text = format!("Accepted: {}, {}.", seen.class.title().to_lowercase(), seen.source.value);
            if more {
                return redirect_with(&staff, Flash::done(text), &routes::report(id)).await;
            }
            advance(&state, &staff, id, Flash::done(text)).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let error = Some((field.to_owned(), problem));
            let typed = Typed { fields: Some(fields), error, ..Typed::default() };
            screen(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, id, typed).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::report(id)).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    id: String,
    recipient: String,
    lacking: Vec<String>,
    text: String,
}

async fn ask(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Asked>,
) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    let question = typed.id.parse().unwrap_or_else(|_| QuestionId::new());
    let lacking: Vec<Lacking> = typed.lacking.iter().filter_map(|word| Lacking::parse(word)).collect();
    let order =
        Ask { id: question, recipient: typed.recipient.clone(), lacking: lacking.clone(), text: typed.text.clone() };
    match state.desk.ask_reporter(&staff.actor(), id, &order).await {
        Ok(()) => {
            let text = format!("{} is asked; the report waits under Asked.", typed.recipient.trim());
            advance(&state, &staff, id, Flash::done(text)).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let ask = Some(AskFields { recipient: typed.recipient, lacking, text: typed.text, open: true });
            let error = Some((field.to_owned(), problem));
            let typed = Typed { ask, question: Some(question), error, ..Typed::default() };
            screen(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, id, typed).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::report(id)).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    page: String,
}

async fn letters(
    State(state): State<AppState>,
    staff: Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    let page = page_of(&wanted.page);
    let (rows, total) = state.desk.letters(&staff.actor(), page).await?;
    let data = LettersPage { rows, total, page, now: state.desk.clock().now() };
    show(&state, &staff, Place::Mail, "Mail to reporters", || letters_view(data)).await
}

async fn letter(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let id: LetterId = id_of(&id)?;
    let found = state.desk.letter(&staff.actor(), id).await?;
    let form = state.desk.form_secret_in(&found.body).map(routes::reporter_form);
    let title = found.subject.clone();
    show(&state, &staff, Place::Mail, &title, || letter_view(found, form)).await
}
