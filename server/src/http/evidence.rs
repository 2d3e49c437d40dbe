//! The inbox, one event, and the find box.
use super::{AppState, Flash, HttpError, Staff, act, redirect_with, show, show_with};
use crate::desk::{AskEvent, DeskError, Found};
use app::{
    pages::evidence::{AskTyped, Correction, EventPage, InboxPage, event, inbox},
    routes,
    ui::{Place, number},
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::DateTime;
use domain::{
    actor::Permission,
    class::Category,
    evidence::{InboxFilter, InboxOrder, InboxTab},
    id::{EventId, QuestionId},
    page::PageOf,
    refusal::Refusal,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(list))
        .route("/evidence", get(list))
        .route("/evidence/open", post(open))
        .route("/evidence/dismiss", post(dismiss))
        .route("/live/evidence", get(live))
        .route("/events/{id}", get(one))
        .route("/events/{id}/attribute", post(attribute))
        .route("/events/{id}/ask", post(ask))
        .route("/find", get(find))
}

/// List state in the address. Unknown words are passed over: an old link still shows the list.
#[derive(Deserialize)]
#[serde(default)]
struct Asked {
    view: String,
    category: String,
    reporter: String,
    q: String,
    sort: String,
    page: String,
    peek: String,
}

impl Default for Asked {
    fn default() -> Self {
        let none = String::new;
        Self { view: none(), category: none(), reporter: none(), q: none(), sort: none(), page: none(), peek: none() }
    }
}

impl Asked {
    fn filter(&self) -> InboxFilter {
        let defaults = InboxFilter::default();
        InboxFilter {
            tab: InboxTab::parse(&self.view).unwrap_or(defaults.tab),
            category: Category::parse(&self.category),
            reporter: self.reporter.clone(),
            text: self.q.clone(),
            order: InboxOrder::parse(&self.sort).unwrap_or(defaults.order),
        }
    }
}

/// The page number of an address; the first where it makes no sense.
pub(super) fn page_of(text: &str) -> PageOf {
    PageOf::new(text.parse().unwrap_or(1))
}

/// An id of an address; what is none is not there.
pub(super) fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let (filter, page, actor) = (asked.filter(), page_of(&asked.page), staff.actor());
    let shown = state.desk.inbox(&actor, &filter, page).await?;
    let asked_for: Option<EventId> = asked.peek.parse().ok();
    let first = shown.rows.rows.first().map(|row| row.event);
    let peek = match asked_for.or(first) {
        Some(event) => match state.desk.peek(&actor, event).await {
            Ok(peek) => Some(peek),
            Err(DeskError::Refused(Refusal::NotFound)) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let works = staff.may(Permission::WorkCases);
    let page = InboxPage { inbox: shown, filter, page, peek, works };
    show(&state, &staff, Place::Evidence, "Evidence", || inbox(page)).await
}

#[derive(Deserialize)]
struct Picked {
    #[serde(default)]
    pick: Vec<EventId>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    view: String,
}

impl Picked {
    /// The queue the rows were ticked in.
    fn back(&self) -> String {
        match InboxTab::parse(&self.view) {
            Some(tab) if tab != InboxTab::Decide => routes::with_query(routes::evidence(), &[("view", tab.as_str())]),
            _ => routes::evidence(),
        }
    }
}

async fn open(State(state): State<AppState>, staff: Staff, Form(typed): Form<Picked>) -> Result<Response, HttpError> {
    let numbers = match state.desk.open_evidence(&staff.actor(), &typed.pick).await {
        Ok(numbers) => numbers,
        Err(error) => return redirect_with(&staff, Flash::of(error)?, &typed.back()).await,
    };
    match numbers.as_slice() {
        [one] => {
            redirect_with(&staff, Flash::done(format!("{one} holds this evidence now.")), &routes::case(one)).await
        }
        several => {
            let text = format!("{} hold this evidence now: {}.", several.len(), several.join(", "));
            redirect_with(&staff, Flash::done(text), &typed.back()).await
        }
    }
}

async fn dismiss(
    State(state): State<AppState>,
    staff: Staff,
    Form(typed): Form<Picked>,
) -> Result<Response, HttpError> {
    let outcome = state.desk.dismiss_evidence(&staff.actor(), &typed.pick, &typed.reason).await;
    let outcome = outcome.map(|events| format!("{} set aside.", number::plural(events, "event", "events")));
    act(&staff, outcome, &typed.back()).await
}

#[derive(Deserialize)]
struct Since {
    since: i64,
}

async fn live(
    State(state): State<AppState>,
    staff: Staff,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Value>, HttpError> {
    let since = DateTime::from_timestamp_micros(since).ok_or_else(HttpError::not_found)?;
    let new = state.desk.new_evidence(&staff.actor(), since).await?;
    Ok(Json(json!({ "new": new })))
}

async fn one(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    event_page(&state, &staff, StatusCode::OK, id_of(&id)?, Correction::default(), AskTyped::default()).await
}

async fn event_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    id: EventId,
    typed: Correction,
    ask: AskTyped,
) -> Result<Response, HttpError> {
    let view = state.desk.event_view(&staff.actor(), id).await?;
    let title = view.event.observation.class.title();
    let works = staff.may(Permission::WorkCases);
    let page = EventPage { view, works, ask, typed, now: state.desk.clock().now() };
    show_with(state, staff, status, Place::Evidence, title, || event(page)).await
}

#[derive(Deserialize)]
struct Attributed {
    #[serde(default)]
    candidate: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    reason: String,
}

async fn attribute(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Attributed>,
) -> Result<Response, HttpError> {
    let id: EventId = id_of(&id)?;
    let service = if typed.service.trim().is_empty() { &typed.candidate } else { &typed.service };
    match state.desk.attribute_event(&staff.actor(), id, service, &typed.reason).await {
        Ok(()) => {
            let flash = Flash::done(format!("It was {}: the answer before stays in the proof.", service.trim()));
            redirect_with(&staff, flash, &routes::event(id)).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let error = |name: &str| (field == name).then(|| problem.clone());
            let (service_error, reason_error) = (error("service"), error("reason"));
            let typed = Correction { service: service.clone(), reason: typed.reason, service_error, reason_error };
            event_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, id, typed, AskTyped::default()).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::event(id)).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asking {
    id: String,
    recipient: String,
    text: String,
}

/// Asks the reporter for exactly what is missing.
async fn ask(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Asking>,
) -> Result<Response, HttpError> {
    let event: EventId = id_of(&id)?;
    let question = typed.id.parse().unwrap_or_else(|_| QuestionId::new());
    let order = AskEvent { id: question, recipient: typed.recipient.clone(), text: typed.text.clone() };
    match state.desk.ask_about_event(&staff.actor(), event, &order).await {
        Ok(()) => {
            let text = format!("{} is asked. His answer is looked up by itself.", typed.recipient.trim());
            redirect_with(&staff, Flash::done(text), &routes::event(event)).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let ask =
                AskTyped { recipient: typed.recipient, text: typed.text, error: Some((field.to_owned(), problem)) };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            event_page(&state, &staff, status, event, Correction::default(), ask).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::event(event)).await,
    }
}

#[derive(Deserialize)]
struct Find {
    #[serde(default)]
    q: String,
}

async fn find(
    State(state): State<AppState>,
    staff: Staff,
    Query(Find { q }): Query<Find>,
) -> Result<Response, HttpError> {
    let to = match state.desk.find(&staff.actor(), &q).await? {
        Found::Case(number) => routes::case(number),
        Found::Customer(id) => routes::customer(id),
        Found::Address(address, port) => {
            let port = port.map(|port| port.to_string()).unwrap_or_default();
            routes::with_query(routes::who(), &[("address", &address.to_string()), ("port", &port)])
        }
        Found::Words(words) => routes::with_query(routes::customers(), &[("q", &words)]),
    };
    Ok(Redirect::to(&to).into_response())
}
