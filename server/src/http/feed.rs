//! Feeds that people map: the list, a feed, its mapping tried out and saved, parked reports read with it.
use super::{
    AppState, Flash, HttpError, Staff, act,
    evidence::id_of,
    redirect_with,
    report::{Upload, read_upload},
    show, show_with,
};
use crate::desk::DeskError;
use app::{
    pages::feed::{FeedPage, FeedsPage, MapPage, StartPage, feed, feeds, map, start},
    routes,
    ui::{Place, number},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, Path, Query, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use domain::{
    actor::Permission,
    class::Class,
    event::{Role, SourceKind},
    feed::{ClassValue, Column, FeedMatch, FeedProfile, Meaning, SILENT_HOURS_MAX, TableForm, TimeForm},
    id::ReportId,
    limit::REPORT_BYTES_MAX,
    refusal::Refusal,
};
use serde::Deserialize;

/// Largest mapping form: the sample travels in it.
const MAP_BYTES_MAX: usize = 1024 * 1024;

pub(super) fn routes() -> Router<AppState> {
    let upload = post(upload).layer(DefaultBodyLimit::max(REPORT_BYTES_MAX + 64 * 1024));
    Router::new()
        .route("/settings/feeds", get(list))
        .route("/settings/feeds/new", get(begin).merge(upload))
        .route("/settings/feeds/map", post(mapped).layer(DefaultBodyLimit::max(MAP_BYTES_MAX)))
        .route("/settings/feeds/{name}", get(one))
        .route("/settings/feeds/{name}/edit", get(edit))
        .route("/settings/feeds/{name}/retire", post(retire))
        .route("/settings/feeds/{name}/reopen", post(reopen))
        .route("/settings/feeds/{name}/restore", post(restore))
        .route("/settings/feeds/{name}/clear", post(clear))
        .route("/settings/feeds/{name}/reread", post(reread))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    report: String,
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let feeds_now = state.desk.feeds(&staff.actor()).await?;
    let manages = staff.may(Permission::ManageFeeds);
    let page = FeedsPage { feeds: feeds_now, manages, now: state.desk.clock().now() };
    show(&state, &staff, Place::Feeds, "Feeds", || feeds(page)).await
}

async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let taught = asked.report.parse::<ReportId>().ok();
    let view = state.desk.feed_view(&staff.actor(), &name, taught).await?;
    let page = FeedPage { view, manages: staff.may(Permission::ManageFeeds), now: state.desk.clock().now() };
    show(&state, &staff, Place::Feeds, &name, || feed(page)).await
}

/// The first step, or the second when a report is the example.
async fn begin(State(state): State<AppState>, staff: Staff, Query(asked): Query<Asked>) -> Result<Response, HttpError> {
    state.desk.feed_tokens(&staff.actor()).await?;
    if asked.report.is_empty() {
        return start_page(&state, &staff, StatusCode::OK, StartPage::default()).await;
    }
    let (report, sample) = state.desk.feed_sample(&staff.actor(), id_of(&asked.report)?).await?;
    let mut profile = state.desk.guess_feed(&staff.actor(), &sample).await?;
    profile.found.sender = report.sender.clone().unwrap_or_default();
    profile.reporter = report.reporter.or(report.sender).unwrap_or_default();
    map_page(&state, &staff, Typed { profile, sample, report: asked.report, ..Typed::default() }).await
}

async fn start_page(
    state: &AppState,
    staff: &Staff,
    status: StatusCode,
    page: StartPage,
) -> Result<Response, HttpError> {
    show_with(state, staff, status, Place::Feeds, "New feed", || start(page)).await
}

async fn upload(State(state): State<AppState>, staff: Staff, form: Multipart) -> Result<Response, HttpError> {
    state.desk.feed_tokens(&staff.actor()).await?;
    let Upload { bytes, file_name, .. } = match read_upload(form).await {
        Ok(upload) => upload,
        Err(problem) => {
            let page = StartPage { file_error: Some(problem), ..StartPage::default() };
            return start_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, page).await;
        }
    };
    let sample = state.desk.feed_sample_of(&staff.actor(), bytes.to_vec(), &file_name).await?;
    let profile = state.desk.guess_feed(&staff.actor(), &sample).await?;
    if profile.columns.is_empty() {
        let problem = "no rows were found in it: it must be CSV, TSV, JSON or NDJSON".to_owned();
        let page = StartPage { file_error: Some(problem), ..StartPage::default() };
        return start_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, page).await;
    }
    map_page(&state, &staff, Typed { profile, sample, ..Typed::default() }).await
}

/// A mapping on its way to the page.
#[derive(Default)]
struct Typed {
    profile: FeedProfile,
    sample: String,
    report: String,
    saving: bool,
    refused: Option<(String, String)>,
}

async fn map_page(state: &AppState, staff: &Staff, typed: Typed) -> Result<Response, HttpError> {
    let actor = staff.actor();
    let mut sheet = state.desk.try_feed(&actor, &typed.profile, &typed.sample).await?;
    sheet.problems.extend(typed.refused);
    let tokens = state.desk.feed_tokens(&actor).await?;
    let status = if typed.saving { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Typed { profile, sample, report, saving, .. } = typed;
    let title = if profile.version == 0 { "New feed" } else { "Change a feed" };
    let page = MapPage { profile, sheet, sample, report, tokens, saving };
    show_with(state, staff, status, Place::Feeds, title, || map(page)).await
}

async fn edit(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, HttpError> {
    let actor = staff.actor();
    state.desk.feed_tokens(&actor).await?;
    let feed = state.desk.feed_view(&actor, &name, None).await?.feed;
    let example = match asked.report.parse::<ReportId>() {
        Ok(id) => Some(id),
        Err(_) => feed.alarm.map(|alarm| alarm.report).or(feed.last_report.map(|(id, _)| id)),
    };
    let (sample, profile) = match example {
        Some(id) => {
            let (_, sample) = state.desk.feed_sample(&actor, id).await?;
            let profile = state.desk.remap_feed(&actor, &feed.profile, &sample).await?;
            (sample, profile)
        }
        None => (String::new(), feed.profile),
    };
    let report = example.map(|id| id.to_string()).unwrap_or_default();
    map_page(&state, &staff, Typed { profile, sample, report, ..Typed::default() }).await
}

/// The mapping form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct MapForm {
    act: String,
    version: i64,
    report: String,
    sample: String,
    name: String,
    reporter: String,
    token: String,
    sender: String,
    file: String,
    time_form: String,
    time_pattern: String,
    zone: String,
    silent_hours: String,
    class: String,
    role: String,
    source: String,
    form: String,
    delimiter: String,
    quote: String,
    header: String,
    rows: String,
    column: Vec<String>,
    is: Vec<String>,
    value: Vec<String>,
    value_class: Vec<String>,
}

impl MapForm {
    fn profile(&self) -> FeedProfile {
        let columns = self.column.iter().zip(&self.is);
        let columns =
            columns.map(|(name, is)| Column { name: name.clone(), is: Meaning::parse(is).unwrap_or(Meaning::Ignore) });
        let classes = self.value.iter().zip(&self.value_class);
        let classes = classes.filter_map(|(value, class)| {
            let value = value.trim().to_owned();
            (!value.is_empty()).then_some(ClassValue { value, class: Class::parse(class)? })
        });
        let line = |text: &str| text.trim().to_owned();
        FeedProfile {
            name: line(&self.name),
            version: self.version,
            form: TableForm::parse(&self.form).unwrap_or(TableForm::Csv),
            delimiter: self.delimiter.chars().next().unwrap_or(','),
            quote: self.quote.chars().next(),
            header: self.header != "no",
            rows: line(&self.rows),
            columns: columns.collect(),
            time_form: TimeForm::parse(&self.time_form).unwrap_or(TimeForm::Auto),
            time_pattern: line(&self.time_pattern),
            zone: line(&self.zone),
            source: SourceKind::parse(&self.source),
            class: Class::parse(&self.class).unwrap_or(Class::Unclassified),
            classes: classes.collect(),
            role: Role::parse(&self.role),
            reporter: line(&self.reporter),
            found: FeedMatch { token: self.token.parse().ok(), sender: line(&self.sender), file: line(&self.file) },
            silent_hours: self.silent_hours.trim().parse().unwrap_or(0).clamp(0, SILENT_HOURS_MAX),
        }
    }
}

async fn mapped(State(state): State<AppState>, staff: Staff, Form(form): Form<MapForm>) -> Result<Response, HttpError> {
    let actor = staff.actor();
    match form.act.as_str() {
        "guess" => {
            let sample = state.desk.feed_sample_of(&actor, form.sample.clone().into_bytes(), "").await?;
            let profile = state.desk.guess_feed(&actor, &sample).await?;
            if profile.columns.is_empty() {
                let problem = Some("no rows were found in it: paste whole lines".to_owned());
                let page = StartPage { pasted: form.sample, paste_error: problem, file_error: None };
                return start_page(&state, &staff, StatusCode::UNPROCESSABLE_ENTITY, page).await;
            }
            map_page(&state, &staff, Typed { profile, sample, ..Typed::default() }).await
        }
        "save" => save(&state, &staff, form).await,
        _ => {
            let profile = state.desk.remap_feed(&actor, &form.profile(), &form.sample).await?;
            let MapForm { sample, report, .. } = form;
            map_page(&state, &staff, Typed { profile, sample, report, ..Typed::default() }).await
        }
    }
}

async fn save(state: &AppState, staff: &Staff, form: MapForm) -> Result<Response, HttpError> {
    let profile = form.profile();
    let refused = match state.desk.save_feed(&staff.actor(), profile.clone()).await {
        Ok(saved) => {
            let told = if saved.profile.version == profile.version {
                "Nothing was changed.".to_owned()
            } else {
                format!("{} is saved as version {}.", saved.profile.name, saved.profile.version)
            };
            let to = routes::with_query(routes::feed(&saved.profile.name), &[("report", &form.report)]);
            return redirect_with(staff, Flash::done(told), &to).await;
        }
        Err(DeskError::Refused(Refusal::Invalid { field, problem })) => (field.to_owned(), problem),
        Err(DeskError::Refused(Refusal::Stale)) => (
            "version".to_owned(),
            "somebody saved another version meanwhile: cancel, look at it, and change that one".to_owned(),
        ),
        Err(other) => return Err(other.into()),
    };
    // What is wrong with the profile itself is found again, field by field.
    let refused = Some(refused).filter(|(field, _)| field != "profile");
    let MapForm { sample, report, .. } = form;
    map_page(state, staff, Typed { profile, sample, report, saving: true, refused }).await
}

async fn retire(State(state): State<AppState>, staff: Staff, Path(name): Path<String>) -> Result<Response, HttpError> {
    let done = state.desk.retire_feed(&staff.actor(), &name, true).await;
    act(&staff, done.map(|()| format!("{name} is retired.")), &routes::feed(&name)).await
}

async fn reopen(State(state): State<AppState>, staff: Staff, Path(name): Path<String>) -> Result<Response, HttpError> {
    let done = state.desk.retire_feed(&staff.actor(), &name, false).await;
    act(&staff, done.map(|()| format!("{name} is in use again.")), &routes::feed(&name)).await
}

#[derive(Deserialize)]
struct Restore {
    version: i64,
    to: i64,
}

async fn restore(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Form(typed): Form<Restore>,
) -> Result<Response, HttpError> {
    let done = state.desk.restore_feed(&staff.actor(), &name, typed.version, typed.to).await;
    let told = done.map(|feed| format!("Version {} is as version {} was.", feed.profile.version, typed.to));
    act(&staff, told, &routes::feed(&name)).await
}

async fn clear(State(state): State<AppState>, staff: Staff, Path(name): Path<String>) -> Result<Response, HttpError> {
    let done = state.desk.clear_feed_alarm(&staff.actor(), &name).await;
    act(&staff, done.map(|()| "The alarm is dealt with.".to_owned()), &routes::feed(&name)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reread {
    report: Vec<ReportId>,
}

async fn reread(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    Form(typed): Form<Reread>,
) -> Result<Response, HttpError> {
    let done = state.desk.reread_with_feed(&staff.actor(), &name, &typed.report).await;
    let told =
        done.map(|n| format!("{} being read with {name}.", number::plural(n as u64, "report is", "reports are")));
    act(&staff, told, &routes::feed(&name)).await
}
