//! Quarantines: the list, one with its history, what the network holds, the order form, approvals, and the acts.
use super::{AppState, Flash, HttpError, Staff, act, evidence::page_of, redirect_with, show, show_with};
use crate::desk::{DeskError, Ordered};
use app::{
    pages::{approvals as approvals_page, quarantine as pages},
    routes,
    ui::Place,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::TimeDelta;
use domain::{
    actor::Permission,
    dispute::Verdict,
    id::{CaseId, DisputeId, QuarantineId, ReleaseId},
    quarantine::{Measure, Order, QuarantineState, QuarantineTab},
    refusal::Refusal,
};
use pages::OrderForm;
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/quarantine", get(list))
        .route("/quarantine/network", get(network))
        .route("/quarantine/{id}", get(one))
        .route("/quarantine/{id}/{act}", post(acted))
        .route("/cases/{number}/quarantine", get(order_form).post(order))
        .route("/approvals", get(approvals))
        .route("/disputes/{id}/decide", post(decide))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    state: String,
    page: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    version: i64,
    reason: String,
    case: String,
    days: i64,
    release: String,
    back: String,
    verdict: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ordering {
    id: String,
    /// Service and clause in one choice: a clause belongs to the terms of that service's contract.
    ground: String,
    measure: String,
    ports: String,
    reason: String,
    review_days: String,
    start_hours: String,
    notice: String,
}

/// Only paths of our own: an address such as `//evil.example` must not become a redirect.
fn back_to(back: &str, otherwise: String) -> String {
    let ours = back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    if ours { back.to_owned() } else { otherwise }
}

fn wanted_id<T: std::str::FromStr>(text: &str) -> Result<T, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, HttpError> {
    let tab = QuarantineTab::parse(&wanted.state).unwrap_or(QuarantineTab::InForce);
    let page = page_of(&wanted.page);
    let data = state.desk.quarantines(&staff.actor(), tab, page).await?;
    let now = state.desk.clock().now();
    show(&state, &staff, Place::Quarantine, "Quarantine", move || pages::list(data, page, now)).await
}

async fn one(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let data = state.desk.quarantine(&staff.actor(), wanted_id(&id)?).await?;
    let now = state.desk.clock().now();
    show(&state, &staff, Place::Quarantine, "Quarantine", move || pages::one(data, now)).await
}

async fn network(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let data = state.desk.network_page(&staff.actor()).await?;
    let now = state.desk.clock().now();
    show(&state, &staff, Place::Quarantine, "What the network holds", move || pages::network(data, now)).await
}

async fn acted(
    State(state): State<AppState>,
    staff: Staff,
    Path((id, act_word)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let id: QuarantineId = wanted_id(&id)?;
    let (desk, actor, version, reason) = (&state.desk, staff.actor(), typed.version, typed.reason.as_str());
    let said = |words: &str| words.to_owned();
    let outcome: Result<String, DeskError> = match act_word.as_str() {
        "approve" => {
            desk.quarantine_approve(&actor, id, version, reason).await.map(|()| said("Approved: the network is asked."))
        }
        "refuse" => desk.quarantine_refuse(&actor, id, version, reason).await.map(|()| said("Refused.")),
        "cancel" => desk.quarantine_cancel(&actor, id, version, reason).await.map(|()| said("Withdrawn.")),
        "retry" => desk.quarantine_retry(&actor, id, version).await.map(|()| said("The network is asked again.")),
        "review" => {
            let at = desk.clock().now() + TimeDelta::days(typed.days.clamp(0, 400));
            desk.quarantine_review(&actor, id, version, at, reason).await.map(|()| said("Reviewed."))
        }
        "release" => {
            let case = if typed.case.is_empty() { None } else { Some(wanted_id::<CaseId>(&typed.case)?) };
            desk.quarantine_release(&actor, id, version, case, reason).await.map(|state| match state {
                QuarantineState::Lifting => said("Released: the network is told to let go."),
                QuarantineState::Cancelled => said("Withdrawn before it began."),
                _ => said("This case lets go; another case still holds the quarantine."),
            })
        }
        "grant" => {
            let release = wanted_id::<ReleaseId>(&typed.release)?;
            desk.release_grant(&actor, release, reason).await.map(|()| said("Released: the network is told to let go."))
        }
        "deny" => {
            let release = wanted_id::<ReleaseId>(&typed.release)?;
            desk.release_refuse(&actor, release, reason)
                .await
                .map(|()| said("Request refused; the customer reads why."))
        }
        _ => return Err(HttpError::not_found()),
    };
    act(&staff, outcome, &back_to(&typed.back, routes::quarantine(id))).await
}

async fn order_form(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
) -> Result<Response, HttpError> {
    let choices = state.desk.quarantine_choices(&staff.actor(), &number).await?;
    let form = OrderForm { id: QuarantineId::new().to_string(), notice: true, ..OrderForm::default() };
    let now = state.desk.clock().now();
    show(&state, &staff, Place::Cases, "Order a quarantine", move || pages::order(choices, form, now)).await
}

/// What was typed, or the field that cannot be read.
fn read_order(typed: &Ordering) -> Result<Order, Refusal> {
    let number = |field: &'static str, text: &str| {
        text.trim().parse::<i64>().map_err(|_| Refusal::invalid(field, "must be a whole number"))
    };
    let ground = || Refusal::invalid("ground", "choose the service and the clause");
    let (service, clause) = typed.ground.split_once(' ').ok_or_else(ground)?;
    let ports = typed.ports.split([',', ' ']).filter(|port| !port.is_empty()).map(|port| {
        port.parse::<u16>().map_err(|_| Refusal::invalid("ports", format!("{port:.20} is not a port from 1 to 65535")))
    });
    Ok(Order {
        id: typed.id.parse().map_err(|_| Refusal::invalid("id", "the form is damaged: open it again"))?,
        service: service.parse().map_err(|_| ground())?,
        measure: Measure::parse(&typed.measure).ok_or_else(|| Refusal::invalid("measure", "choose a measure"))?,
        ports: ports.collect::<Result<_, _>>()?,
        clause: clause.parse().map_err(|_| ground())?,
        reason: typed.reason.clone(),
        review_days: number("review_days", &typed.review_days)?,
        start_hours: if typed.start_hours.is_empty() { 0 } else { number("start_hours", &typed.start_hours)? },
    })
}

async fn order(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Form(typed): Form<Ordering>,
) -> Result<Response, HttpError> {
    let choices = state.desk.quarantine_choices(&staff.actor(), &number).await?;
    let outcome = match read_order(&typed) {
        Ok(order) => state.desk.quarantine_order(&staff.actor(), choices.case.id, order, typed.notice == "yes").await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(ordered) => redirect_with(&staff, Flash::done(told(&ordered)), &routes::case(&number)).await,
        Err(DeskError::Refused(refusal)) if !matches!(refusal, Refusal::NotFound | Refusal::NotAllowed(_)) => {
            let form = OrderForm {
                id: typed.id,
                ground: typed.ground,
                measure: typed.measure,
                ports: typed.ports,
                reason: typed.reason,
                review_days: typed.review_days,
                start_hours: typed.start_hours,
                notice: typed.notice == "yes",
                refusal: Some(refusal),
            };
            let now = state.desk.clock().now();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let view = move || pages::order(choices, form, now);
            show_with(&state, &staff, status, Place::Cases, "Order a quarantine", view).await
        }
        Err(error) => Err(error.into()),
    }
}

fn told(ordered: &Ordered) -> &'static str {
    match (ordered.joined, ordered.state) {
        (true, _) => "The service is restricted already: this case holds that quarantine now too.",
        (_, QuarantineState::AwaitingApproval) => "Ordered. The service is protected: a supervisor must sign.",
        (_, QuarantineState::Scheduled) => "Ordered: it begins at its time.",
        _ => "Ordered: the network is asked.",
    }
}

async fn approvals(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let data = state.desk.approvals(&staff.actor()).await?;
    let (now, me) = (state.desk.clock().now(), staff.actor());
    show(&state, &staff, Place::Approvals, "Approvals", move || approvals_page::approvals(data, &me, now)).await
}

async fn decide(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let id: DisputeId = wanted_id(&id)?;
    if !staff.may(Permission::Approve) {
        return Err(HttpError::not_found());
    }
    let outcome = match Verdict::parse(&typed.verdict) {
        Some(verdict) => {
            state.desk.dispute_decide(&staff.actor(), id, verdict, &typed.reason).await.map(|()| match verdict {
                Verdict::Upheld => "Objection upheld; what the case held is released.".to_owned(),
                Verdict::Rejected => "Objection rejected; the customer reads why.".to_owned(),
            })
        }
        None => Err(Refusal::invalid("verdict", "choose whether the customer is right").into()),
    };
    act(&staff, outcome, &back_to(&typed.back, routes::approvals())).await
}
