//! Feeds that people map: looked at, tried out, saved as versions, taken out of use, and parked reports read with them.
use super::{Desk, DeskError, feed_read::hint_of, report::PARSE_JOB};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    feed::{AlarmKind, Column, Feed, FeedProfile, FeedSheet, FeedView, Meaning, ReportFeed, SheetColumn, SheetRow},
    id::{FeedId, ReportId},
    ledger::NewEntry,
    page::PageOf,
    refusal::Refusal,
    report::{Report, ReportFilter, ReportState},
    user::Token,
};
use intake::profile;
use store::StoreError;

/// Rows shown of a sample.
const SHOWN_ROWS: usize = 8;
/// Values shown of a column.
const SHOWN_VALUES: usize = 3;
/// Rows in which the classes of a sample are looked for.
const CLASS_ROWS: usize = 2000;
/// Values offered for the class table.
const CLASS_VALUES: usize = 60;
/// Bytes of a sample that travels in the form.
pub const SAMPLE_BYTES: usize = 48 * 1024;
/// Largest parked report that is tried out with a feed unasked.
const TRIED_BYTES: i64 = 2 * 1024 * 1024;

impl Desk {
    /// All feeds by name, retired ones too.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn feeds(&self, actor: &Actor) -> Result<Vec<Feed>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.feed_list().await?)
    }

    /// The feed in use of that name: how a channel finds the profile that its settings name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is none, or it is retired; any store error.
    pub async fn feed_named(&self, name: &str) -> Result<Feed, DeskError> {
        let found = self.store.read().await?.feed_by_name(name).await?;
        found.filter(|feed| feed.retired_at.is_none()).ok_or_else(|| Refusal::NotFound.into())
    }

    /// The page of a feed; `taught` is the report it was just made from, which is offered with those that fit.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn feed_view(&self, actor: &Actor, name: &str, taught: Option<ReportId>) -> Result<FeedView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let feed = conn.feed_by_name(name).await?.ok_or(Refusal::NotFound)?;
        let saved = conn.feed_versions(feed.id).await?;
        let older = saved.iter().skip(1).map(|version| Some(version.profile.clone())).chain([None]);
        let changes: Vec<_> = saved
            .iter()
            .zip(older)
            .map(|(new, old)| old.map_or_else(Vec::new, |old| old.differences(&new.profile)))
            .collect();
        let tokens = conn.token_list().await?;
        let token = tokens.into_iter().find(|token| Some(token.id) == feed.profile.found.token).map(|token| token.name);
        let reports = conn.feed_reports(feed.id).await?;
        drop(conn);
        let mut fitting = if feed.retired_at.is_none() { self.parked_that_fit(&feed).await? } else { Vec::new() };
        if let Some(id) = taught.filter(|id| feed.retired_at.is_none() && !fitting.iter().any(|r| r.id == *id)) {
            let report = self.store.read().await?.report_by_id(id).await?;
            fitting.extend(report.filter(|report| report.state == ReportState::Parked));
        }
        Ok(FeedView { feed, token, versions: saved.into_iter().zip(changes).collect(), reports, fitting })
    }

    /// The tokens a feed can be tied to.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn feed_tokens(&self, actor: &Actor) -> Result<Vec<Token>, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let mut tokens = self.store.read().await?.token_list().await?;
        tokens.retain(|token| token.revoked_at.is_none());
        Ok(tokens)
    }

    /// The piece of a report that its mapping begins with: of a mail or archive the file that looks most like a table.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn feed_sample(&self, actor: &Actor, report: ReportId) -> Result<(Report, String), DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let (report, bytes) = self.report_with_bytes(actor, report).await?;
        let meta = report.clone();
        let sample = blocking(move || table_in(&bytes, profile::files(&bytes, hint_of(&meta)))).await?;
        Ok((report, sample))
    }

    /// A sample as text out of an uploaded file.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub async fn feed_sample_of(&self, actor: &Actor, bytes: Vec<u8>, name: &str) -> Result<String, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let name = name.to_owned();
        blocking(move || {
            let hint = intake::Hint { content_type: None, file_name: Some(name.as_str()) };
            table_in(&bytes, profile::files(&bytes, hint))
        })
        .await
    }

    /// What the columns of a sample probably mean.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub async fn guess_feed(&self, actor: &Actor, sample: &str) -> Result<FeedProfile, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let sample = sample.to_owned();
        blocking(move || profile::guess(sample.as_bytes())).await
    }

    /// A profile for a sample whose columns it may not know: what it knows stays, the rest is guessed; columns that are
    /// gone are left out, except in JSON, where a sample need not have all.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub async fn remap_feed(&self, actor: &Actor, old: &FeedProfile, sample: &str) -> Result<FeedProfile, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let (old, sample) = (old.clone(), sample.to_owned());
        blocking(move || remap(&old, sample.as_bytes())).await
    }

    /// Tries a profile out on a sample; nothing is saved.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub async fn try_feed(&self, actor: &Actor, profile: &FeedProfile, sample: &str) -> Result<FeedSheet, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let old = self.store.read().await?.feed_by_name(&profile.name).await?.filter(|_| profile.version > 0);
        let (profile, sample, now) = (profile.clone(), sample.to_owned(), self.clock.now());
        let mut sheet = blocking(move || sheet(&profile, sample.as_bytes(), now)).await?;
        sheet.0.differences = old.map_or_else(Vec::new, |old| old.profile.differences(&sheet.1));
        Ok(sheet.0)
    }

    /// Saves a profile: version 0 makes a new feed, any other the next version of the one in force.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for what [`FeedSheet::problems`] names, a name or token that is taken; [`Refusal::Stale`] when
    /// another version is in force by now.
    pub async fn save_feed(&self, actor: &Actor, profile: FeedProfile) -> Result<Feed, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        if let Some(problem) = profile::problems(&profile).into_iter().next() {
            return Err(Refusal::invalid("profile", format!("{}: {}", problem.field, problem.text)).into());
        }
        let mut tx = self.store.write().await?;
        let (now, by) = (tx.now(), actor.ledger_text());
        let known = tx.feed_by_name(&profile.name).await?;
        if let Some(token) = profile.found.token
            && let Some(other) =
                tx.feed_by_token(token).await?.filter(|other| known.as_ref().is_none_or(|k| k.id != *other))
        {
            let name = tx.feed_by_id(other).await?.map(|feed| feed.profile.name).unwrap_or_default();
            return Err(Refusal::invalid("token", format!("what comes with it is read by {name} already")).into());
        }
        let next = FeedProfile { version: profile.version + 1, ..profile.clone() };
        let (id, entry) = match known {
            Some(_) if profile.version == 0 => {
                return Err(Refusal::invalid("name", "there is a feed of that name already").into());
            }
            None if profile.version > 0 => return Err(Refusal::NotFound.into()),
            None => {
                let id = FeedId::new();
                tx.feed_add(id, &next, &by, now).await.map_err(taken)?;
                (id, NewEntry::new(actor, Act::FeedSaved, "feed", id))
            }
            Some(feed) => {
                let changes = feed.profile.differences(&next);
                if changes.is_empty() {
                    return Ok(feed);
                }
                tx.feed_save(feed.id, profile.version, &next, &by, now).await?;
                let words: Vec<String> =
                    changes.iter().take(40).map(|c| format!("{}: {} → {}", c.what, c.old, c.new)).collect();
                (feed.id, NewEntry::new(actor, Act::FeedSaved, "feed", feed.id).fact("changes", words))
            }
        };
        let entry = entry.fact("name", next.name.as_str()).fact("version", next.version);
        let saved = tx.feed_by_id(id).await?.ok_or(Refusal::NotFound)?;
        tx.commit(entry).await?;
        Ok(saved)
    }

    /// Goes back to an older version: it becomes the next one.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Stale`] when the version in force is not `current` any more.
    pub async fn restore_feed(&self, actor: &Actor, name: &str, current: i64, to: i64) -> Result<Feed, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let mut conn = self.store.read().await?;
        let feed = conn.feed_by_name(name).await?.ok_or(Refusal::NotFound)?;
        let old = conn.feed_version(feed.id, to).await?.ok_or(Refusal::NotFound)?;
        drop(conn);
        self.save_feed(actor, FeedProfile { version: current, ..old.profile }).await
    }

    /// Takes a feed out of use, or into use again.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Invalid`] when its token is another feed's by now.
    pub async fn retire_feed(&self, actor: &Actor, name: &str, retire: bool) -> Result<(), DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let mut tx = self.store.write().await?;
        let feed = tx.feed_by_name(name).await?.ok_or(Refusal::NotFound)?;
        let at = retire.then(|| tx.now());
        tx.feed_retire(feed.id, at).await.map_err(taken)?;
        let word = |retired: bool| if retired { "retired" } else { "in use" };
        let entry = NewEntry::new(actor, Act::FeedRetired, "feed", feed.id).change(word(!retire), word(retire));
        tx.commit(entry.fact("name", name)).await?;
        Ok(())
    }

    /// Says that the alarm is dealt with.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when there is no alarm any more.
    pub async fn clear_feed_alarm(&self, actor: &Actor, name: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let mut tx = self.store.write().await?;
        let feed = tx.feed_by_name(name).await?.ok_or(Refusal::NotFound)?;
        let alarm = feed.alarm.ok_or(Refusal::Stale)?;
        if alarm.kind == AlarmKind::Late {
            let problem = "ends when the next report comes; if it need not come so often, change its hours";
            return Err(Refusal::invalid("alarm", problem).into());
        }
        tx.feed_set_alarm(feed.id, None).await?;
        let entry = NewEntry::new(actor, Act::FeedCleared, "feed", feed.id).fact("name", name);
        tx.commit(entry.why(&alarm.text)).await?;
        Ok(())
    }

    /// Reads parked reports again with a feed. Returns how many are on their way; those not parked any more are left out.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn reread_with_feed(&self, actor: &Actor, name: &str, reports: &[ReportId]) -> Result<usize, DeskError> {
        self.require(actor, Permission::ManageFeeds)?;
        let feed = self.feed_named(name).await?;
        let mut done = 0;
        for report in reports {
            let mut tx = self.store.write().await?;
            let now = tx.now();
            match tx.report_set_state(*report, ReportState::Parked, ReportState::Received).await {
                // Somebody was faster with this one.
                Err(StoreError::Stale) => continue,
                other => other?,
            }
            tx.report_feed_put(*report, ReportFeed { feed: feed.id, version: 0, named: true }).await?;
            tx.job_owe(PARSE_JOB, report.0, now, now).await?;
            let entry = NewEntry::new(actor, Act::ReportReparsed, "report", *report).change("parked", "received");
            tx.commit(entry.fact("feed", name).fact("version", feed.profile.version)).await?;
            done += 1;
        }
        self.wake.intake.notify_one();
        Ok(done)
    }

    /// Parked reports of the last page that the feed could read.
    async fn parked_that_fit(&self, feed: &Feed) -> Result<Vec<Report>, DeskError> {
        let filter = ReportFilter { state: Some(ReportState::Parked), who: String::new() };
        let mut conn = self.store.read().await?;
        let parked = conn.report_list(&filter, PageOf::default()).await?.rows;
        let mut tried = Vec::new();
        for report in parked.into_iter().filter(|report| report.size <= TRIED_BYTES) {
            if let Some(bytes) = conn.report_bytes(report.id).await? {
                tried.push((report, bytes));
            }
        }
        drop(conn);
        let profile = feed.profile.clone();
        blocking(move || {
            let fits = |(report, bytes): &(Report, Vec<u8>)| {
                let files = profile::files(bytes, hint_of(report));
                files.files.iter().any(|file| fits(&file.bytes, &profile))
            };
            tried.into_iter().filter(fits).map(|(report, _)| report).collect()
        })
        .await
    }
}

/// Whether a table has all columns that a profile needs, by their names.
fn fits(bytes: &[u8], profile: &FeedProfile) -> bool {
    let named = profile.header || profile.form.is_json();
    named && profile::changed_columns(bytes, profile).is_ok_and(|changed| changed.readable() && changed.gone.is_empty())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, DeskError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| DeskError::Broken(format!("the reader stopped: {error}")))
}

fn taken(error: StoreError) -> DeskError {
    match error {
        StoreError::Conflict(_) => Refusal::invalid("token", "its name or its token is another feed's").into(),
        other => other.into(),
    }
}

/// The file in which most columns are understood, as a sample.
fn table_in(bytes: &[u8], files: profile::Files) -> String {
    let understood = |bytes: &[u8]| {
        let guess = profile::guess(bytes);
        let source = usize::from(guess.column(Meaning::Source).is_some());
        (source, guess.columns.iter().filter(|column| column.is != Meaning::Ignore).count())
    };
    let best = files.files.into_iter().rev().max_by_key(|file| understood(&file.bytes));
    profile::sample(best.as_ref().map_or(bytes, |file| &file.bytes), SAMPLE_BYTES)
}

fn remap(old: &FeedProfile, sample: &[u8]) -> FeedProfile {
    // Without the old columns the guess sees the names in the sample, also where no line names them.
    let bare = FeedProfile { columns: Vec::new(), ..old.clone() };
    let guess = profile::guess_columns(sample, if old.header { bare } else { old.clone() });
    if guess.columns.is_empty() {
        return old.clone();
    }
    let mut names = guess.columns.iter().map(|c| &c.name);
    if !names.any(|name| old.columns.iter().any(|c| c.name.eq_ignore_ascii_case(name))) {
        // Another table altogether, or read in another form: everything is guessed anew.
        return guess;
    }
    let known = |name: &str| old.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
    let stay: Vec<Meaning> = guess.columns.iter().filter_map(|c| known(&c.name)).map(|c| c.is).collect();
    let column = |column: &Column| {
        let free = matches!(column.is, Meaning::Detail) || !stay.contains(&column.is);
        let is = known(&column.name).map_or(if free { column.is } else { Meaning::Ignore }, |c| c.is);
        Column { name: column.name.clone(), is }
    };
    let mut columns: Vec<Column> = guess.columns.iter().map(column).collect();
    if old.form.is_json() {
        let gone = old.columns.iter().filter(|c| !columns.iter().any(|new| new.name == c.name));
        let gone: Vec<Column> = gone.cloned().collect();
        columns.extend(gone);
    }
    let has_class = columns.iter().any(|c| c.is == Meaning::Class);
    let classes = if has_class && old.classes.is_empty() { guess.classes } else { old.classes.clone() };
    FeedProfile { columns, classes, ..old.clone() }
}

fn sheet(profile: &FeedProfile, sample: &[u8], now: chrono::DateTime<chrono::Utc>) -> (FeedSheet, FeedProfile) {
    let mut profile = profile.clone();
    let mut sheet = FeedSheet::default();
    match profile::columns_of(sample, &profile, CLASS_ROWS) {
        Ok(columns) => {
            for one in &columns {
                let known = profile.columns.iter().find(|c| c.name == one.name);
                let column = Column { name: one.name.clone(), is: known.map_or(Meaning::Ignore, |c| c.is) };
                let mut values = one.distinct_values();
                if column.is == Meaning::Class {
                    let classed = |value: &String| profile.classes.iter().any(|c| c.value.eq_ignore_ascii_case(value));
                    let new = values.iter().filter(|v| !classed(v)).take(CLASS_VALUES);
                    sheet.unclassed = new.map(|v| (v.clone(), profile::class_of(v))).collect();
                }
                values.truncate(SHOWN_VALUES);
                sheet.columns.push(SheetColumn { column, values, missing: false });
            }
        }
        Err(why) => sheet.broken = Some(why),
    }
    for column in &profile.columns {
        if !sheet.columns.iter().any(|known| known.column.name == column.name) {
            let missing = SheetColumn { column: column.clone(), values: Vec::new(), missing: sheet.broken.is_none() };
            sheet.columns.push(missing);
        }
    }
    profile.columns = sheet.columns.iter().map(|c| c.column.clone()).collect();
    if let Ok(preview) = profile::preview(sample, &profile, now, SHOWN_ROWS) {
        let row = |row: profile::PreviewRow| SheetRow { place: row.place, event: row.event };
        sheet.rows = preview.rows.into_iter().map(row).collect();
        (sheet.total, sheet.bad, sheet.faults) = (preview.total, preview.bad, preview.faults);
    }
    sheet.problems = profile::problems(&profile).into_iter().map(|problem| (problem.field, problem.text)).collect();
    (sheet, profile)
}
