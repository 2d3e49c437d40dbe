//! It was not his: the choice of the right holder, what follows, and doing it.
use super::{AppState, Flash, HttpError, Staff, redirect_with, show_with};
use crate::desk::{CorrectOrder, Corrected, DeskError, Whose};
use app::{
    pages::case::{CorrectFields, CorrectPage, Follows, NOBODY, correct, follows},
    routes,
    ui::{Place, number},
};
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use axum_extra::extract::{Form, Query};
use domain::{
    correction::Which,
    customer::{Customer, Service},
    id::{CorrectionId, EventId},
    lease::look::address_of,
    refusal::Refusal,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/cases/{number}/correct", get(first).post(step))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    step: String,
    which: String,
    event: Vec<String>,
    to: String,
    service: String,
    reason: String,
    q: String,
    id: String,
    seen: String,
}

impl Typed {
    fn fields(&self) -> CorrectFields {
        let events: Vec<EventId> = self.event.iter().filter_map(|id| id.parse().ok()).collect();
        CorrectFields {
            some: self.which == "some",
            events,
            to: self.to.clone(),
            service: self.service.clone(),
            reason: self.reason.clone(),
            q: self.q.clone(),
        }
    }

    fn order(&self) -> CorrectOrder {
        let fields = self.fields();
        let typed = fields.service.trim();
        CorrectOrder {
            id: self.id.parse().unwrap_or_else(|_| CorrectionId::new()),
            which: if fields.some { Which::Some(fields.events) } else { Which::All },
            whose: match (typed, fields.to.as_str()) {
                ("", NOBODY) => Whose::Nobody,
                ("", chosen) => Whose::Service(chosen.to_owned()),
                (typed, _) => Whose::Service(typed.to_owned()),
            },
            reason: fields.reason,
        }
    }
}

async fn first(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response, HttpError> {
    choose(&state, &staff, StatusCode::OK, &number, typed.fields(), Shown::default()).await
}

async fn step(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    match typed.step.as_str() {
        "do" => done(&state, &staff, &number, &typed).await,
        "look" => look(&state, &staff, StatusCode::OK, &number, &typed).await,
        "search" if typed.q.trim().is_empty() => {
            let error = Some(("q".to_owned(), "write a name, a number or an address".to_owned()));
            let shown = Shown { found: None, error };
            choose(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, &number, typed.fields(), shown).await
        }
        "search" => search(&state, &staff, &number, typed.fields(), typed.q.trim()).await,
        "around" => search(&state, &staff, &number, typed.fields(), "").await,
        _ => choose(&state, &staff, StatusCode::OK, &number, typed.fields(), Shown::default()).await,
    }
}

/// What the first page shows beside what was typed.
#[derive(Default)]
struct Shown {
    /// What a search found; none: nothing was searched for.
    found: Option<Vec<(Service, Customer)>>,
    /// Field and problem.
    error: Option<(String, String)>,
}

/// Searches by words, or by an address: the latter only for a reason. Nothing to search by: the events' own address.
async fn search(
    state: &AppState,
    staff: &Staff,
    number: &str,
    fields: CorrectFields,
    q: &str,
) -> Result<Response, HttpError> {
    let actor = staff.actor();
    let asked = if fields.some { fields.events.clone() } else { Vec::new() };
    let found = match q.is_empty() || address_of(q).is_some() {
        true => state.desk.correct_find_by_address(&actor, number, &asked, q, &fields.reason).await,
        false => state.desk.correct_find(&actor, q).await,
    };
    match found {
        Ok(found) => {
            let shown = Shown { found: Some(found), error: None };
            choose(state, staff, StatusCode::OK, number, fields, shown).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let shown = Shown { found: None, error: Some((field.to_owned(), problem)) };
            choose(state, staff, StatusCode::UNPROCESSABLE_ENTITY, number, fields, shown).await
        }
        Err(error) => redirect_with(staff, Flash::of(error)?, &routes::case(number)).await,
    }
}

/// The first page: which events, and whose they were.
async fn choose(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    number: &str,
    fields: CorrectFields,
    shown: Shown,
) -> Result<Response, HttpError> {
    let asked = if fields.some { fields.events.as_slice() } else { &[] };
    let board = match state.desk.correct_board(&staff.actor(), number, asked, &fields.to).await {
        Ok(board) => board,
        Err(error) => return redirect_with(staff, Flash::of(error)?, &routes::case(number)).await,
    };
    let searched = shown.found.is_some();
    let mut found = shown.found.unwrap_or_default();
    if let Some(chosen) = board.chosen
        && !found.iter().any(|(service, _)| service.id == chosen.0.id)
    {
        found.push(chosen);
    }
    let page = CorrectPage {
        case: board.case,
        customer: board.customer,
        events: board.events,
        candidates: board.candidates,
        nothing: searched && found.is_empty(),
        found,
        fields,
        error: shown.error,
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::Cases, "Wrong customer?", || correct(page)).await
}

/// The second page: everything that would follow.
async fn look(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    number: &str,
    typed: &Typed,
) -> Result<Response, HttpError> {
    let shown = match state.desk.correct_preview(&staff.actor(), number, &typed.order()).await {
        Ok(shown) => shown,
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) if field != "case" => {
            let shown = Shown { error: Some((field.to_owned(), problem)), ..Shown::default() };
            return choose(state, staff, StatusCode::UNPROCESSABLE_ENTITY, number, typed.fields(), shown).await;
        }
        Err(error) => return redirect_with(staff, Flash::of(error)?, &routes::case(number)).await,
    };
    let page = Follows {
        case: shown.case,
        wrong: shown.wrong,
        right: shown.right,
        plan: shown.plan,
        notice: shown.notice,
        seen: shown.seen,
        fields: typed.fields(),
        id: CorrectionId::new(),
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::Cases, "What follows", || follows(page)).await
}

async fn done(state: &AppState, staff: &Staff, number: &str, typed: &Typed) -> Result<Response, HttpError> {
    match state.desk.correct(&staff.actor(), number, &typed.order(), &typed.seen).await {
        Ok(made) => redirect_with(staff, Flash::done(told(number, &made)), &routes::case(number)).await,
        Err(DeskError::Refused(Refusal::Stale)) => {
            // Something is different by now: the person sees what would follow now, and confirms that.
            let mut staff = staff.clone();
            let words = "Something has changed meanwhile, and nothing was done. Look again at what follows now.";
            staff.flash = Some(Flash::refused(words));
            look(state, &staff, StatusCode::CONFLICT, number, typed).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) if field != "case" => {
            let shown = Shown { error: Some((field.to_owned(), problem)), ..Shown::default() };
            choose(state, staff, StatusCode::UNPROCESSABLE_ENTITY, number, typed.fields(), shown).await
        }
        Err(error) => redirect_with(staff, Flash::of(error)?, &routes::case(number)).await,
    }
}

fn told(number: &str, made: &Corrected) -> String {
    let events = number::plural(u64::try_from(made.events).unwrap_or(0), "event", "events");
    let closed = if made.closed { format!(" {number} is closed.") } else { String::new() };
    match &made.to {
        Some(to) => format!("Corrected: {events} moved to {to}.{closed}"),
        None if made.closed => format!("Corrected: {events} wait as unknown.{closed}"),
        None => format!("Corrected: {events}."),
    }
}
