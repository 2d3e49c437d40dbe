//! Answers in doubt: the list, letting answers stand, and opening doubts again.
use super::{AppState, Flash, HttpError, Staff, evidence::page_of, redirect_with, show};
use app::{
    pages::evidence::{ContradictionsPage, contradictions},
    routes,
    ui::{Place, number::plural},
};
use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{actor::Permission, id::EventId};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/evidence/doubts", get(list))
        .route("/evidence/doubts/keep", post(keep))
        .route("/evidence/doubts/reopen", post(reopen))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    view: String,
    page: String,
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let (actor, page) = (staff.actor(), page_of(&asked.page));
    let shown = ContradictionsPage {
        list: state.desk.contradictions(&actor, asked.view == "settled", page).await?,
        open: state.desk.inbox_counts(&actor).await?.doubted,
        page,
        works: staff.may(Permission::WorkCases),
    };
    show(&state, &staff, Place::SortOut, "Answers in doubt", || contradictions(shown)).await
}

#[derive(Deserialize)]
struct Picked {
    #[serde(default)]
    pick: Vec<EventId>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
}

impl Picked {
    /// The page of the one event, where it came from there; else the list.
    fn back(&self) -> String {
        match self.pick.as_slice() {
            [one] if self.back == routes::event(one) => routes::event(one),
            _ => routes::contradictions(),
        }
    }
}

async fn keep(State(state): State<AppState>, staff: Staff, Form(typed): Form<Picked>) -> Result<Response, HttpError> {
    let flash = match state.desk.keep_answers(&staff.actor(), &typed.pick, &typed.reason).await {
        Ok(n) => {
            let fields = typed.pick.iter().map(|event| ("pick".to_owned(), event.to_string())).collect();
            let text = format!("{} kept, for your reason.", plural(n, "answer is", "answers are"));
            Flash::done(text).with_undo(routes::contradictions_act("reopen"), fields)
        }
        Err(error) => Flash::of(error)?,
    };
    redirect_with(&staff, flash, &typed.back()).await
}

async fn reopen(State(state): State<AppState>, staff: Staff, Form(typed): Form<Picked>) -> Result<Response, HttpError> {
    let flash = match state.desk.reopen_contradictions(&staff.actor(), &typed.pick).await {
        Ok(n) => Flash::done(format!("{} for a decision again.", plural(n, "answer waits", "answers wait"))),
        Err(error) => Flash::of(error)?,
    };
    redirect_with(&staff, flash, &typed.back()).await
}
