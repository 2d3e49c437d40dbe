//! Reporters: the list, one with what is decided about him, the numbers as CSV; and marks on senders.
use super::{
    AppState, Flash, HttpError, Staff,
    evidence::{id_of, page_of},
    figures::harmless,
    redirect_with, show, show_with,
    triage::advance,
};
use crate::desk::DeskError;
use app::{
    pages::reporter::{PERIODS, ReporterPage, ReportersPage, SettingsFields, reporter, reporters},
    routes,
    ui::{Place, number},
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{
        StatusCode,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    actor::Permission,
    id::ReportId,
    metrics::{Period, Share},
    refusal::Refusal,
    reporter::{Feedback, FeedbackBy, MarkKind, ReporterOrder, ReporterRow, ReporterSettings, age_words, definition},
};
use serde::Deserialize;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/reporters", get(list))
        .route("/reporters.csv", get(as_csv))
        .route("/reporters/{name}", get(one).post(change))
        .route("/reports/{id}/mark", post(mark))
        .route("/senders/unmark", post(unmark))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    days: String,
    who: String,
    sort: String,
    page: String,
}

impl Asked {
    /// The period's length; 30 days where the address says nothing sensible.
    fn days(&self) -> i64 {
        self.days.parse().ok().filter(|days| PERIODS.contains(days)).unwrap_or(30)
    }

    fn period(&self, state: &AppState) -> Period {
        Period::last_days(state.desk.clock().now(), self.days())
    }
}

async fn list(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    let (period, order, page) = (asked.period(&state), ReporterOrder::parse(&asked.sort), page_of(&asked.page));
    let (rows, total) = state.desk.reporters_page(&staff.actor(), period, &asked.who, order, page).await?;
    let days = asked.days();
    let page = ReportersPage { rows, total, days, who: asked.who, order, page, now: state.desk.clock().now() };
    show(&state, &staff, Place::Reporters, "Reporters", || reporters(page)).await
}

async fn as_csv(
    State(state): State<AppState>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let (period, order) = (asked.period(&state), ReporterOrder::parse(&asked.sort));
    let rows = state.desk.reporters(&staff.actor(), period, &asked.who, order).await?;
    let name = format!("reporters-{}-{}.csv", period.from.date_naive(), period.last_day());
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, sheet(&rows)).into_response())
}

/// The columns of the sheet with the figure that defines each, if one does.
const COLUMNS: [(&str, &str); 19] = [
    ("reporter", ""),
    ("reports", "reports"),
    ("not_read", "parked"),
    ("not_read_share", "parked"),
    ("duplicates", "duplicates"),
    ("events", "events"),
    ("said_before", "repeated"),
    ("said_before_share", "repeated"),
    ("age", "late"),
    ("cases_closed", ""),
    ("held_up", "held"),
    ("held_up_share", "held"),
    ("refuted", "refuted"),
    ("refuted_share", "refuted"),
    ("weight", ""),
    ("switched_on", ""),
    ("never_automatic", ""),
    ("first_seen", ""),
    ("last_seen", ""),
];

fn sheet(rows: &[ReporterRow]) -> String {
    let mut out = String::new();
    line(&mut out, &COLUMNS.map(|(name, _)| name.to_owned()));
    // What the figures mean stands under their names, as on the page.
    line(&mut out, &COLUMNS.map(|(_, figure)| definition(figure).to_owned()));
    let share = |share: Share| match share.whole {
        0 => String::new(),
        #[expect(clippy::cast_precision_loss, reason = "counts of a desk are far below 2^52")]
        whole => format!("{:.4}", share.part as f64 / whole as f64),
    };
    for ReporterRow { reporter, figures, .. } in rows {
        let settings = &reporter.settings;
        line(
            &mut out,
            &[
                reporter.name.clone(),
                figures.reports.to_string(),
                figures.parked.to_string(),
                share(figures.parked_share()),
                figures.duplicates.to_string(),
                figures.events.to_string(),
                figures.repeated.to_string(),
                share(figures.repeated_share()),
                figures.late.map(age_words).unwrap_or_default(),
                figures.closed.to_string(),
                figures.held.to_string(),
                share(figures.held_share()),
                figures.refuted.to_string(),
                share(figures.refuted_share()),
                settings.weight.to_string(),
                settings.switched_on.to_string(),
                settings.never_automatic.to_string(),
                reporter.first_at.to_rfc3339(),
                reporter.last_at.to_rfc3339(),
            ],
        );
    }
    out
}

fn line(out: &mut String, cells: &[String; 19]) {
    for (place, cell) in cells.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { "," });
        let cell = harmless(cell);
        if cell.contains([',', '"', '\n', '\r']) {
            out.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    page(&state, &staff, StatusCode::OK, &name, &asked, None).await
}

/// The page of a reporter; with what was typed and refused, if anything was.
async fn page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    name: &str,
    asked: &Asked,
    typed: Option<(SettingsFields, (String, String))>,
) -> Result<Response, HttpError> {
    let view = state.desk.reporter_view(&staff.actor(), name, asked.period(state)).await?;
    let (fields, error) = match typed {
        Some((fields, error)) => (fields, Some(error)),
        None => (SettingsFields::of(&view.reporter), None),
    };
    let page = ReporterPage {
        view,
        days: asked.days(),
        decides: staff.may(Permission::SetPolicy),
        works: staff.may(Permission::WorkCases),
        fields,
        error,
        now: state.desk.clock().now(),
    };
    show_with(state, staff, status, Place::Reporters, name, || reporter(page)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed {
    version: i64,
    switched_on: String,
    weight: String,
    never_automatic: String,
    feedback: String,
    feedback_by: String,
    feedback_to: String,
    reason: String,
}

impl Typed {
    fn fields(self) -> SettingsFields {
        SettingsFields {
            switched_on: self.switched_on == "yes",
            weight: self.weight,
            never_automatic: self.never_automatic == "yes",
            feedback: self.feedback,
            feedback_by: self.feedback_by,
            feedback_to: self.feedback_to,
            reason: self.reason,
        }
    }
}

async fn change(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let version = typed.version;
    let fields = typed.fields();
    let settings = ReporterSettings {
        switched_on: fields.switched_on,
        // What is no number is out of every range.
        weight: fields.weight.trim().parse().unwrap_or(0),
        never_automatic: fields.never_automatic,
        feedback: Feedback::parse(&fields.feedback).unwrap_or(Feedback::None),
        feedback_by: FeedbackBy::parse(&fields.feedback_by).unwrap_or(FeedbackBy::Mail),
        feedback_to: fields.feedback_to.clone(),
    };
    let to = routes::reporter(&name);
    match state.desk.change_reporter(&staff.actor(), &name, version, settings, &fields.reason).await {
        Ok(_) => redirect_with(&staff, Flash::done("Saved. It holds for the next report."), &to).await,
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => {
            let typed = Some((fields, (field.to_owned(), problem)));
            page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, &name, &Asked::default(), typed).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &to).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Marked {
    kind: String,
    name: String,
    file: String,
    reason: String,
}

async fn mark(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Form(typed): Form<Marked>,
) -> Result<Response, HttpError> {
    let id: ReportId = id_of(&id)?;
    let kind = MarkKind::parse(&typed.kind).unwrap_or(MarkKind::Sender);
    match state.desk.mark_sender(&staff.actor(), id, kind, typed.file == "yes", &typed.reason).await {
        Ok((mark, filed)) => {
            let many = number::plural(filed as u64, "report is", "reports are");
            let text = format!("{} is marked as always not abuse; {many} filed away.", mark.name);
            let fields = vec![("kind".to_owned(), kind.to_string()), ("name".to_owned(), mark.name)];
            let flash = Flash::done(text).with_undo(routes::unmark(), fields);
            advance(&state, &staff, id, flash).await
        }
        Err(error) => redirect_with(&staff, Flash::of(error)?, &routes::report(id)).await,
    }
}

async fn unmark(State(state): State<AppState>, staff: Staff, Form(typed): Form<Marked>) -> Result<Response, HttpError> {
    let kind = MarkKind::parse(&typed.kind).unwrap_or(MarkKind::Sender);
    let outcome = state.desk.unmark_sender(&staff.actor(), kind, &typed.name).await.map(|back| match back {
        0 => format!("{} is back to normal.", typed.name),
        many => {
            let many = number::plural(many as u64, "report waits", "reports wait");
            format!("{} is back to normal; {many} again.", typed.name)
        }
    });
    super::act(&staff, outcome, &routes::sort_out()).await
}
