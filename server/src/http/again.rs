//! Reading stored reports again: one, and those of a period.
use super::{
    AppState, Flash, HttpError, Staff, act,
    evidence::{id_of, page_of},
    redirect_with, show_with,
};
use crate::desk::DeskError;
use app::{
    pages::{
        again::{AgainPage, PeriodForm, PeriodPage, RereadPage, again, period, reread},
        report::name,
    },
    routes,
    ui::{Place, number},
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::{Days, NaiveDate, NaiveTime};
use domain::{
    actor::Permission,
    again::RereadFilter,
    event::Format,
    id::{ReportId, RereadId},
    refusal::Refusal,
    report::ReportState,
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/reports/{id}/again", get(one).post(apply))
        .route("/reports/again", get(periods).post(begin))
        .route("/reports/again/{id}", get(period_one))
        .route("/reports/again/{id}/apply", post(apply_period))
        .route("/reports/again/{id}/stop", post(stop))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reason {
    reason: String,
}

async fn one(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    match one_page(&state, &staff, StatusCode::OK, id, String::new(), None).await {
        // Such a report has no reading to compare: its page says why.
        Err(Told::Refused(flash)) => redirect_with(&staff, flash, &routes::report(id)).await,
        Err(Told::Broken(error)) => Err(error),
        Ok(response) => Ok(response),
    }
}

/// A refusal that the report's own page tells, or anything else.
enum Told {
    Refused(Flash),
    Broken(HttpError),
}

impl From<DeskError> for Told {
    fn from(error: DeskError) -> Self {
        match Flash::of(error) {
            Ok(flash) => Self::Refused(flash),
            Err(error) => Self::Broken(error),
        }
    }
}

async fn one_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    id: ReportId,
    reason: String,
    error: Option<String>,
) -> Result<Response, Told> {
    let found = state.desk.again(&staff.actor(), id).await?;
    let works = staff.may(Permission::WorkCases);
    let page = AgainPage { name: name(&found.old), again: found, works, reason, error, now: state.desk.clock().now() };
    let shown = show_with(state, staff, status, Place::SortOut, "Read again", || again(page)).await;
    shown.map_err(Told::Broken)
}

async fn apply(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Reason>,
) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    match state.desk.apply_again(&staff.actor(), id, &typed.reason).await {
        Ok(done) => {
            let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
            let difference = &done.difference;
            let text = format!(
                "In force: {} new, {} changed, {} gone.",
                number::plural(n(difference.added.len()), "event", "events"),
                n(difference.changed.len()),
                n(difference.gone.len())
            );
            redirect_with(&staff, Flash::done(text), &routes::report(id)).await
        }
        Err(DeskError::Refused(Refusal::Invalid { field: "reason", problem })) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            match one_page(&state, &staff, status, id, typed.reason, Some(problem)).await {
                Ok(response) => Ok(response),
                Err(Told::Refused(flash)) => redirect_with(&staff, flash, &routes::report(id)).await,
                Err(Told::Broken(error)) => Err(error),
            }
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::report(id)).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    id: String,
    from: String,
    to: String,
    format: String,
    state: String,
}

async fn periods(
    State(state): State<AppState>,
    staff: Staff,
    Query(asked): Query<Typed>,
) -> Result<Response, HttpError> {
    let today = state.desk.clock().now().date_naive();
    let or = |text: String, day: Option<NaiveDate>| {
        if text.is_empty() { day.map(|day| day.to_string()).unwrap_or_default() } else { text }
    };
    let form = PeriodForm {
        from: or(asked.from, today.checked_sub_days(Days::new(7))),
        to: or(asked.to, Some(today)),
        format: asked.format,
        state: asked.state,
        error: None,
    };
    periods_page(&state, &staff, StatusCode::OK, form).await
}

async fn periods_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    form: PeriodForm,
) -> Result<Response, HttpError> {
    let page = PeriodPage {
        form,
        id: RereadId::new().to_string(),
        rereads: state.desk.rereads(&staff.actor()).await?,
        parser_version: intake::PARSER_VERSION,
        works: staff.may(Permission::WorkCases),
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::SortOut, "Read again", || period(page)).await
}

async fn begin(State(state): State<AppState>, staff: Staff, Form(typed): Form<Typed>) -> Result<Response, HttpError> {
    let id: RereadId = id_of(&typed.id)?;
    let outcome = match filter(&typed) {
        Ok(filter) => state.desk.begin_reread(&staff.actor(), id, filter).await,
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(_) => redirect_with(&staff, Flash::done("The reports are being compared."), &routes::reread(id)).await,
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let Typed { from, to, format, state: wanted, .. } = typed;
            let error = Some((field.to_owned(), problem));
            let form = PeriodForm { from, to, format, state: wanted, error };
            periods_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whole days in UTC; both ends belong to it.
fn filter(typed: &Typed) -> Result<RereadFilter, Refusal> {
    let day = |field: &'static str, text: &str| {
        let problem = "is a day such as 2026-11-22";
        text.trim().parse::<NaiveDate>().map_err(|_| Refusal::invalid(field, problem))
    };
    let (from, to) = (day("from", &typed.from)?, day("to", &typed.to)?);
    let end = to.checked_add_days(Days::new(1)).unwrap_or(to);
    Ok(RereadFilter {
        from: from.and_time(NaiveTime::MIN).and_utc(),
        to: end.and_time(NaiveTime::MIN).and_utc(),
        format: Format::parse(&typed.format),
        state: ReportState::parse(&typed.state),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Paged {
    page: String,
}

async fn period_one(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Paged>,
) -> Result<Response, HttpError> {
    period_page(&state, &staff, StatusCode::OK, id_of(&id)?, &asked.page, String::new(), None).await
}

async fn period_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    id: RereadId,
    page: &str,
    reason: String,
    error: Option<String>,
) -> Result<Response, HttpError> {
    let page = page_of(page);
    let view = state.desk.reread(&staff.actor(), id, page).await?;
    let page = RereadPage {
        reread: view.reread,
        sum: view.sum,
        reports: view.reports,
        page,
        works: staff.may(Permission::WorkCases),
        decides: staff.may(Permission::Approve),
        reason,
        error,
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::SortOut, "Read again", || reread(page)).await
}

async fn apply_period(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Reason>,
) -> Result<Response, HttpError> {
    let id: RereadId = id_of(&id)?;
    match state.desk.apply_reread(&staff.actor(), id, &typed.reason).await {
        Err(DeskError::Refused(Refusal::Invalid { field: "reason", problem })) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            period_page(&state, &staff, status, id, "", typed.reason, Some(problem)).await
        }
        outcome => {
            let outcome = outcome.map(|()| "The differences are being put in force.".to_owned());
            act(&staff, outcome, &routes::reread(id)).await
        }
    }
}

async fn stop(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Response, HttpError> {
    let id: RereadId = id_of(&id)?;
    let outcome = state.desk.stop_reread(&staff.actor(), id).await;
    act(&staff, outcome.map(|()| "Stopped; what is in force stays in force.".to_owned()), &routes::reread(id)).await
}
