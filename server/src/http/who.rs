//! "Who had this?": the form, the answer at an address of its own, the answer as a file; and what a customer held.
use super::{
    AppState, HttpError, Staff,
    evidence::{id_of, page_of},
    figures::harmless,
    show, show_with,
};
use crate::desk::DeskError;
use app::{
    pages::customer::{Asked, FoundPage, HistoryPage, WhoPage, found, history, who},
    routes,
    ui::Place,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::Form;
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    actor::Permission,
    id::{CustomerId, LookUpId},
    lease::look::{LookUp, Question, Sighting, Target},
    refusal::Refusal,
};
use serde::Deserialize;
use std::{net::IpAddr, time::Duration};

/// Longest wait for the addresses of a host name.
const RESOLVE_TIME_MAX: Duration = Duration::from_secs(4);

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/who", get(form).post(ask))
        .route("/who/{id}", get(answer))
        .route("/who/{id}/leases.csv", get(as_csv))
        .route("/who/{id}/answer.json", get(as_json))
        .route("/customers/{id}/addresses", get(addresses).post(ask_addresses))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    address: String,
    port: String,
    protocol: String,
    at: String,
    until: String,
    uncertainty: String,
    reason: String,
    case: String,
}

impl Typed {
    fn asked(self) -> Asked {
        let Self { address, port, protocol, at, until, uncertainty, reason, case } = self;
        Asked { address, port, protocol, at, until, uncertainty, reason, case, errors: Vec::new() }
    }
}

/// The form; filled in by a link, but nothing is looked up by a GET.
async fn form(State(state): State<AppState>, staff: Staff, Query(typed): Query<Typed>) -> Result<Response, HttpError> {
    form_page(&state, &staff, StatusCode::OK, typed.asked()).await
}

async fn form_page(state: &AppState, staff: &Staff, status: StatusCode, asked: Asked) -> Result<Response, HttpError> {
    let made = state.desk.look_ups(&staff.actor()).await?;
    let page = WhoPage {
        asked,
        made,
        me: staff.user.id,
        may: staff.may(Permission::LookUp),
        all: staff.may(Permission::ReadLedger),
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::Who, "Who had this?", || who(page)).await
}

async fn ask(State(state): State<AppState>, staff: Staff, Form(typed): Form<Typed>) -> Result<Response, HttpError> {
    // Whoever may not ask is not told what would be wrong with his question.
    let reason = state.desk.reason(&staff.actor(), &typed.reason, &typed.case).await;
    let mut asked = typed.asked();
    let question = question(&mut asked, state.desk.clock().now());
    let reason = match reason {
        Ok(reason) => Some(reason),
        Err(error) => {
            let (field, problem) = super::settings::refused(error)?;
            asked.errors.push((field, problem));
            None
        }
    };
    let (Some(question), Some(reason)) = (question, reason) else {
        return form_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, asked).await;
    };
    let resolved = match &question.target {
        // A reason first: the name's servers see that somebody asks.
        Target::Host(name) if domain::case_text("reason", &reason.why).is_ok() => resolve(name).await,
        _ => Vec::new(),
    };
    match state.desk.who(&staff.actor(), &question, &resolved, &reason).await {
        Ok(id) => Ok(Redirect::to(&routes::look_up(id)).into_response()),
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            asked.errors.push((field.to_owned(), problem));
            form_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, asked).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The question of the form; none with what is wrong noted.
fn question(asked: &mut Asked, now: DateTime<Utc>) -> Option<Question> {
    let mut wrong = |field: &str, problem: &str| asked.errors.push((field.to_owned(), problem.to_owned()));
    let target = Target::parse(&asked.address).map_err(|problem| wrong("address", &problem)).ok();
    let port = match asked.port.trim() {
        "" => Some(None),
        text => text.parse().map(Some).map_err(|_| wrong("port", "is no port from 0 to 65535")).ok(),
    };
    let from = instant_of(&asked.at, now);
    let to = if asked.until.trim().is_empty() { from } else { instant_of(&asked.until, now) };
    if from.is_none() {
        wrong("at", "write it like 2026-11-22 10:38:12 (UTC) or with a zone");
    }
    if to.is_none() && from.is_some() {
        wrong("until", "write it like 2026-11-22 10:38:12 (UTC) or with a zone");
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        wrong("until", "is before the beginning");
        return None;
    }
    let uncertainty_s = match asked.uncertainty.trim() {
        "" => Some(0),
        text => text.parse().ok().filter(|seconds| (0..=86_400).contains(seconds)),
    };
    if uncertainty_s.is_none() {
        wrong("uncertainty", "is no number of seconds from 0 to 86400");
    }
    let (target, written) = target?;
    let protocol = match asked.protocol.as_str() {
        "tcp" => Some(6),
        "udp" => Some(17),
        _ => None,
    };
    // The port behind a host name is the server's, not one that tells customers apart.
    let written = written.filter(|_| matches!(target, Target::Address(_)));
    Some(Question { port: port?.or(written), protocol, from: from?, to: to?, uncertainty_s: uncertainty_s?, target })
}

/// What a name leads to now. Nothing when it leads nowhere: the lists of names may still know it.
async fn resolve(name: &str) -> Vec<IpAddr> {
    match tokio::time::timeout(RESOLVE_TIME_MAX, tokio::net::lookup_host((name, 0))).await {
        Ok(Ok(found)) => {
            let mut found: Vec<IpAddr> = found.map(|address| address.ip().to_canonical()).collect();
            found.sort_unstable();
            found.dedup();
            found
        }
        _ => Vec::new(),
    }
}

/// An instant of the form; UTC where no zone is given, because the form says so.
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

async fn answer(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let look = state.desk.look_up(&staff.actor(), id_of(&id)?).await?;
    if let Some(customer) = look.customer {
        return Ok(Redirect::to(&routes::addresses_of(customer, look.id)).into_response());
    }
    let asked = state.desk.look_up_asked(&staff.actor(), &look).await?;
    let page = FoundPage { look, asked, now: state.desk.clock().now() };
    let shown = show(&state, &staff, Place::Who, "Who had this?", || found(page)).await?;
    Ok(unkept(shown))
}

/// Other people's addresses are not for the browser's store.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn kept(state: &AppState, staff: &Staff, id: &str) -> Result<(LookUp, Sighting), HttpError> {
    let mut look = state.desk.look_up(&staff.actor(), id_of(id)?).await?;
    let result = look.result.take().ok_or_else(HttpError::not_found)?;
    Ok((look, result))
}

async fn as_json(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let (look, result) = kept(&state, &staff, &id).await?;
    let body = serde_json::json!({
        "look_up": look.id, "asked_at": look.made_at, "asked_by": staff.user.name, "reason": look.why,
        "asked": look.what, "found": result,
    });
    let name = format!("attachment; filename=\"who-{}.json\"", look.id);
    Ok(unkept(([(CONTENT_DISPOSITION, name)], Json(body)).into_response()))
}

async fn as_csv(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let (look, result) = kept(&state, &staff, &id).await?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"who-{}.csv\"", look.id)) {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(unkept((headers, sheet(&result)).into_response()))
}

const COLUMNS: [&str; 15] = [
    "asked",
    "certainty",
    "why",
    "meant",
    "address",
    "ports",
    "service",
    "customer",
    "known_as",
    "from",
    "to",
    "sure_until",
    "inside",
    "source",
    "kind",
];

fn sheet(found: &Sighting) -> String {
    let mut out = String::new();
    line(&mut out, &COLUMNS.map(str::to_owned));
    let time = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339()).unwrap_or_default();
    for part in &found.parts {
        let head = |meant: &str| {
            let answer = &part.answer;
            vec![part.target.to_string(), answer.certainty.to_string(), answer.why.clone(), meant.to_owned()]
        };
        if part.rows.is_empty() {
            let mut cells = head("");
            cells.resize(COLUMNS.len(), String::new());
            line(&mut out, &cells);
        }
        for row in &part.rows {
            let meant = part.answer.candidates.iter().any(|one| one.lease == Some(row.id));
            let party = row.service.and_then(|service| found.party(service));
            let mut cells = head(if meant { "yes" } else { "no" });
            cells.extend([
                row.place(),
                row.ports_words(),
                party.map(|party| party.number.clone()).unwrap_or_default(),
                party.map(|party| party.name.clone()).unwrap_or_default(),
                row.said.clone(),
                time(Some(row.from)),
                time(row.to),
                time(row.sure_until),
                row.inside.map(|ip| ip.to_string()).unwrap_or_default(),
                row.source.clone(),
                row.kind.to_string(),
            ]);
            line(&mut out, &cells);
        }
    }
    out
}

fn line(out: &mut String, cells: &[String]) {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", harmless(cell).replace('"', "\"\""))).collect();
    out.push_str(&quoted.join(","));
    out.push_str("\r\n");
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Looked {
    look: String,
    page: String,
    case: String,
    reason: String,
}

async fn addresses(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Looked>,
) -> Result<Response, HttpError> {
    let customer: CustomerId = id_of(&id)?;
    if asked.look.is_empty() {
        return history_form(&state, &staff, StatusCode::OK, customer, asked, None).await;
    }
    let look: LookUpId = id_of(&asked.look)?;
    let number = page_of(&asked.page);
    let shown = state.desk.address_history(&staff.actor(), customer, look, number).await;
    let (look, rows, parties) = match shown {
        Ok(shown) => shown,
        // Another's, or too long ago: one may ask oneself.
        Err(DeskError::Refused(Refusal::NotFound)) => {
            return history_form(&state, &staff, StatusCode::OK, customer, Looked::default(), None).await;
        }
        Err(error) => return Err(error.into()),
    };
    let view = state.desk.customer_head(&staff.actor(), customer).await?;
    let now = state.desk.clock().now();
    let page = HistoryPage { customer: view, shown: Some((look, rows, parties, number)), asked: Asked::default(), now };
    let response = show(&state, &staff, Place::Customers, "Address history", || history(page)).await?;
    Ok(unkept(response))
}

async fn history_form(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    customer: CustomerId,
    typed: Looked,
    error: Option<(String, String)>,
) -> Result<Response, HttpError> {
    if !staff.may(Permission::LookUp) {
        return Err(HttpError::not_found());
    }
    let view = state.desk.customer_head(&staff.actor(), customer).await?;
    let errors = error.into_iter().collect();
    let asked = Asked { reason: typed.reason, case: typed.case, errors, ..Asked::default() };
    let page = HistoryPage { customer: view, shown: None, asked, now: state.desk.clock().now() };
    show_with(state, staff, status, Place::Customers, "Address history", || history(page)).await
}

async fn ask_addresses(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Looked>,
) -> Result<Response, HttpError> {
    let customer: CustomerId = id_of(&id)?;
    let actor = staff.actor();
    let done = match state.desk.reason(&actor, &typed.reason, &typed.case).await {
        Ok(reason) => state.desk.ask_history(&actor, customer, &reason).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(look) => Ok(Redirect::to(&routes::addresses_of(customer, look)).into_response()),
        Err(error) => {
            let error = super::settings::refused(error)?;
            history_form(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, customer, typed, Some(error)).await
        }
    }
}
