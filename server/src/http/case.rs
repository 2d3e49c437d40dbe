//! The queue of cases, one case, and its forms.
use super::{AppState, Flash, HttpError, Staff, act, case_query, redirect_with, show, show_with};
use crate::desk::{BulkAct, BulkDone, DeskError};
use app::{
    pages::case::{CasePage, EventsPage, QueuePage, Typed, case_page, events, queue},
    routes,
    ui::{Place, Query as Address},
};
use axum::{
    Json, Router,
    extract::{Path, Query, RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    case::Outcome,
    class::Class,
    evidence::EventFilter,
    id::{MessageId, UserId},
    page::PageOf,
    refusal::Refusal,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/cases", get(list))
        .route("/cases/-/{act}", post(bulk))
        .route("/cases/{number}", get(one))
        .route("/cases/{number}/{act}", post(form))
        .route("/live/cases", get(live))
        .route("/events", get(all_events))
}

async fn list(State(state): State<AppState>, staff: Staff, RawQuery(raw): RawQuery) -> Result<Response, HttpError> {
    let query = Address::new(routes::cases(), raw.as_deref().unwrap_or_default());
    let (filter, order, page) = case_query::read(&query, staff.user.id);
    let actor = staff.actor();
    let rows = state.desk.cases(&actor, &filter, order, page).await?;
    let counts = state.desk.case_counts(&actor).await?;
    let now = state.desk.clock().now();
    let data = QueuePage { rows, counts, filter, page, query, now, role: staff.user.role };
    show(&state, &staff, Place::Cases, "Cases", || queue(data)).await
}

#[derive(Deserialize, Default)]
struct From {
    #[serde(default)]
    list: String,
    #[serde(default)]
    order: String,
}

async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Path(number): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, HttpError> {
    shown(&state, &staff, StatusCode::OK, &number, from, Typed::default()).await
}

async fn shown(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    number: &str,
    from: From,
    typed: Typed,
) -> Result<Response, HttpError> {
    let view = state.desk.case_view(&staff.actor(), number).await?;
    let (prev, next) = neighbours(state, staff, number, &from.list).await?;
    let page = CasePage {
        view,
        now: state.desk.clock().now(),
        role: staff.user.role,
        me: staff.user.id,
        list: from.list,
        prev,
        next,
        oldest_first: from.order == "oldest",
        typed,
    };
    let title = page.view.case.number.clone();
    show_with(state, staff, status, Place::Cases, &title, || case_page(page)).await
}

/// The neighbours of a case in the list one came from, as far as they stand on the same page of it.
async fn neighbours(
    state: &AppState,
    staff: &Staff,
    number: &str,
    list: &str,
) -> Result<(Option<String>, Option<String>), HttpError> {
    let query = Address::new(routes::cases(), list);
    let (filter, order, page) = case_query::read(&query, staff.user.id);
    let rows = state.desk.cases(&staff.actor(), &filter, order, page).await?.rows;
    let at = rows.iter().position(|row| row.case.number == number);
    let number_at = |place: Option<usize>| place.and_then(|n| rows.get(n)).map(|row| row.case.number.clone());
    Ok(match at {
        Some(at) => (number_at(at.checked_sub(1)), number_at(Some(at + 1))),
        // It has left the list: the list's first is next.
        None => (None, number_at(Some(0))),
    })
}

async fn all_events(
    State(state): State<AppState>,
    staff: Staff,
    RawQuery(raw): RawQuery,
) -> Result<Response, HttpError> {
    let query = Address::new(routes::events(), raw.as_deref().unwrap_or_default());
    let filter = EventFilter {
        case: query.get("case").unwrap_or_default().to_owned(),
        customer: query.get("customer").and_then(|id| id.parse().ok()),
        class: query.get("class").and_then(Class::parse),
        reporter: query.get("reporter").unwrap_or_default().to_owned(),
    };
    let page = query.get("page").and_then(|n| n.parse().ok()).map_or_else(PageOf::default, PageOf::new);
    let rows = state.desk.events(&staff.actor(), &filter, page).await?;
    let data = EventsPage { rows, filter, page, query };
    show(&state, &staff, Place::Evidence, "Events", || events(data)).await
}

async fn live(
    State(state): State<AppState>,
    staff: Staff,
    Query(since): Query<Since>,
) -> Result<Json<serde_json::Value>, HttpError> {
    let since = DateTime::from_timestamp_micros(since.since).ok_or(Refusal::NotFound)?;
    let new = state.desk.cases_since(&staff.actor(), since).await?;
    Ok(Json(serde_json::json!({ "new": new })))
}

#[derive(Deserialize)]
struct Since {
    since: i64,
}

/// The fields of all forms of the case page; each act reads its own.
#[derive(Deserialize, Default)]
struct Fields {
    #[serde(default)]
    version: i64,
    #[serde(default)]
    list: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    assignee: String,
    #[serde(default, rename = "for")]
    hours: String,
}

impl Fields {
    fn typed(&self, act: &str, problem: String) -> Typed {
        let values = [("text", &self.text), ("why", &self.why), ("outcome", &self.outcome), ("for", &self.hours)];
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
        Typed { act: act.to_owned(), problem, values }
    }
}

async fn form(
    State(state): State<AppState>,
    staff: Staff,
    Path((number, name)): Path<(String, String)>,
    Form(fields): Form<Fields>,
) -> Result<Response, HttpError> {
    let back = routes::with_query(routes::case(&number), &[("list", &fields.list)]);
    match done(&state, &staff, &number, &name, &fields).await {
        Ok(Done { words, leaves: true }) => {
            // The work goes on with the next one of the list.
            let (_, next) = neighbours(&state, &staff, &number, &fields.list).await?;
            let to = next.map_or(back, |next| routes::with_query(routes::case(next), &[("list", &fields.list)]));
            redirect_with(&staff, Flash::done(words), &to).await
        }
        Ok(Done { words, leaves: false }) => redirect_with(&staff, Flash::done(words), &back).await,
        Err(DeskError::Refused(refusal)) if !matches!(refusal, Refusal::NotFound | Refusal::NotAllowed(_)) => {
            let status =
                if refusal == Refusal::Stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            let words = super::error::capital(&refusal);
            let mut staff = staff.clone();
            staff.flash = Some(Flash::refused(words.clone()));
            let from = From { list: fields.list.clone(), order: String::new() };
            shown(&state, &staff, status, &number, from, fields.typed(&name, words)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What was done, and whether the case left the list with it.
struct Done {
    words: String,
    leaves: bool,
}

fn stays(words: impl Into<String>) -> Result<Done, DeskError> {
    Ok(Done { words: words.into(), leaves: false })
}

fn leaves(words: impl Into<String>) -> Result<Done, DeskError> {
    Ok(Done { words: words.into(), leaves: true })
}

async fn done(state: &AppState, staff: &Staff, number: &str, name: &str, f: &Fields) -> Result<Done, DeskError> {
    let (desk, actor) = (&state.desk, staff.actor());
    match name {
        "assign" => {
            let to: UserId = f.assignee.parse().map_err(|_| Refusal::invalid("assignee", "choose a colleague"))?;
            desk.assign_case(&actor, number, f.version, to).await?;
            stays(if to == staff.user.id { format!("{number} is yours.") } else { format!("{number} was given away.") })
        }
        "hand-back" => {
            desk.hand_back_case(&actor, number, f.version, &f.why).await?;
            stays(format!("{number} is back in the queue of all."))
        }
        "note" => {
            desk.note_case(&actor, number, message_id(&f.id)?, &f.text).await?;
            stays("The note is kept.")
        }
        "reply" => match desk.reply_case(&actor, number, f.version, message_id(&f.id)?, &f.text).await?.notice {
            Some(_) => stays("The reply stands on the customer's page and goes out by mail."),
            None => stays("The reply stands on the customer's page only: there is no usable mail address."),
        },
        "snooze" => {
            let until = snoozed_until(state, &f.hours)?;
            desk.snooze_case(&actor, number, f.version, Some(until), &f.why).await?;
            leaves(format!("{number} sleeps until {}.", app::ui::time::full(until)))
        }
        "wake" => {
            desk.snooze_case(&actor, number, f.version, None, "").await?;
            stays(format!("{number} is awake."))
        }
        "seen" => {
            desk.seen_case(&actor, number).await?;
            stays("Marked as read.")
        }
        "settle" => {
            desk.settle_case(&actor, number, f.version).await?;
            stays("The answer is dealt with.")
        }
        "close" => {
            let outcome =
                Outcome::parse(&f.outcome).ok_or_else(|| Refusal::invalid("outcome", "choose how the case ended"))?;
            desk.close_case(&actor, number, f.version, outcome, &f.why).await?;
            leaves(format!("{number} is closed."))
        }
        "reopen" => {
            desk.reopen_case(&actor, number, f.version, &f.why).await?;
            stays(format!("{number} is open again."))
        }
        "revoke-links" => {
            let count = desk.revoke_links(&actor, number, &f.why).await?;
            stays(format!("{count} links of the customer lead nowhere now."))
        }
        _ => Err(Refusal::NotFound.into()),
    }
}

fn message_id(text: &str) -> Result<MessageId, DeskError> {
    text.parse().map_err(|_| Refusal::invalid("id", "is missing: load the page again").into())
}

fn snoozed_until(state: &AppState, hours: &str) -> Result<DateTime<Utc>, DeskError> {
    let hours: i64 = hours.parse().map_err(|_| Refusal::invalid("until", "choose how long"))?;
    Ok(state.desk.clock().now() + TimeDelta::hours(hours.clamp(1, 24 * 365)))
}

#[derive(Deserialize)]
struct Picked {
    #[serde(default)]
    pick: Vec<String>,
    #[serde(default)]
    list: String,
    #[serde(default)]
    why: String,
    #[serde(default)]
    snooze_why: String,
    #[serde(default)]
    outcome: String,
    #[serde(default, rename = "for")]
    hours: String,
}

async fn bulk(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Form(picked): Form<Picked>,
) -> Result<Response, HttpError> {
    let back = Address::new(routes::cases(), &picked.list).url();
    let outcome = bulk_done(&state, &staff, &name, &picked).await;
    match outcome {
        Ok(done) => redirect_with(&staff, told(&done), &back).await,
        Err(error) => act(&staff, Err(error), &back).await,
    }
}

async fn bulk_done(state: &AppState, staff: &Staff, name: &str, picked: &Picked) -> Result<BulkDone, DeskError> {
    let picks: Vec<(String, i64)> = picked
        .pick
        .iter()
        .filter_map(|pick| {
            let (number, version) = pick.rsplit_once(':')?;
            Some((number.to_owned(), version.parse().ok()?))
        })
        .collect();
    if picks.is_empty() {
        return Err(Refusal::invalid("cases", "tick at least one case").into());
    }
    let (act, why) = match name {
        "assign" => (BulkAct::Assign(staff.user.id), ""),
        "snooze" => (BulkAct::Snooze(snoozed_until(state, &picked.hours)?), picked.snooze_why.as_str()),
        "close" => {
            let outcome = Outcome::parse(&picked.outcome)
                .ok_or_else(|| Refusal::invalid("outcome", "choose how the cases ended"))?;
            (BulkAct::Close(outcome), picked.why.as_str())
        }
        _ => return Err(Refusal::NotFound.into()),
    };
    if name != "assign" {
        domain::case_text("reason", why)?;
    }
    state.desk.act_on_cases(&staff.actor(), &picks, act, why).await
}

fn told(done: &BulkDone) -> Flash {
    let cases = |n: usize| if n == 1 { "1 case".to_owned() } else { format!("{n} cases") };
    if done.refused.is_empty() {
        return Flash::done(format!("Done on {}.", cases(done.done)));
    }
    let reasons: Vec<String> = done.refused.iter().take(5).map(|(number, why)| format!("{number}: {why}")).collect();
    let more = done.refused.len().saturating_sub(reasons.len());
    let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    Flash::refused(format!(
        "Done on {}, not on {}. {}{more}.",
        cases(done.done),
        cases(done.refused.len()),
        reasons.join("; ")
    ))
}
