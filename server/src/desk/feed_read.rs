//! Which reader reads a report: the built-in ones, or a feed's profile that people wrote.
use super::{Desk, DeskError, intake::intake_actor};
use domain::{
    act::Act,
    actor::Actor,
    event::{Disposition, Format},
    feed::{AlarmKind, Feed, FeedAlarm, ReportFeed},
    id::{FeedId, ReportId},
    ledger::NewEntry,
    report::Report,
};
use intake::{
    Hint, Opened, Parsed,
    profile::{self, Files, Read},
};
use std::sync::Arc;
use store::{Chore, Conn};

/// A report read by a feed's profile.
struct Reading {
    feed: FeedId,
    name: String,
    version: i64,
    rows: i64,
    bad: i64,
    alarm: Option<(AlarmKind, String)>,
}

impl Desk {
    /// Reads the bytes of a report: with the feed that its channel, its token or a person named; else with the built-in
    /// readers; and where those can only guess, with the feed that its sender or its file's name fits.
    ///
    /// # Errors
    /// Any store error.
    pub(super) async fn understand(&self, report: &Report, bytes: Vec<u8>) -> Result<Opened, DeskError> {
        let (opened, reading, named) = self.looked_at(report, bytes).await?;
        if let Some(reading) = reading {
            self.note_reading(report, reading, named).await?;
        }
        Ok(opened)
    }

    /// The same without remembering anything about it: to compare what is stored with what would be read now.
    ///
    /// # Errors
    /// Any store error.
    pub(super) async fn understand_only(&self, report: &Report, bytes: Vec<u8>) -> Result<Opened, DeskError> {
        Ok(self.looked_at(report, bytes).await?.0)
    }

    async fn looked_at(&self, report: &Report, bytes: Vec<u8>) -> Result<(Opened, Option<Reading>, bool), DeskError> {
        let mut conn = self.store.read().await?;
        let named = conn.report_feed(report.id).await?.filter(|known| known.named);
        let mut feeds = conn.feed_list().await?;
        drop(conn);
        feeds.retain(|feed| feed.retired_at.is_none());
        let (meta, bytes) = (report.clone(), Arc::new(bytes));
        // Megabytes of CSV take a while: the web server must not wait for them.
        let work = tokio::task::spawn_blocking(move || read_bytes(&meta, &bytes, named, &feeds));
        let (opened, reading) =
            work.await.map_err(|error| DeskError::Broken(format!("the reader stopped: {error}")))?;
        Ok((opened, reading, named.is_some()))
    }

    /// Raises the alarm of every feed from which nothing has come for too long; how many there were.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn feeds_tick(&self) -> Result<usize, DeskError> {
        let now = self.clock.now();
        let feeds = self.store.read().await?.feed_list().await?;
        let mut late = 0;
        for feed in feeds.iter().filter(|feed| feed.late(now).is_some()) {
            let mut tx = self.store.write().await?;
            let found = tx.feed_by_id(feed.id).await?;
            let Some((report, at)) = found.and_then(|found| found.late(tx.now())) else { continue };
            let text = format!("nothing has come since {}", at.format("%-d %B %Y %H:%M UTC"));
            let told = NewEntry::new(&Actor::system("timer"), Act::FeedAlarmed, "feed", feed.id)
                .fact("name", feed.profile.name.as_str())
                .why(&text);
            let alarm = FeedAlarm { kind: AlarmKind::Late, text, at: tx.now(), report };
            tx.feed_set_alarm(feed.id, Some(&alarm)).await?;
            tx.commit(told).await?;
            late += 1;
        }
        Ok(late)
    }

    /// Remembers which version read the report, counts its rows once, raises or ends the feed's alarm.
    async fn note_reading(&self, report: &Report, reading: Reading, named: bool) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let known = tx.report_feed(report.id).await?;
        if known.is_some_and(|known| known.feed == reading.feed && known.version == reading.version) {
            return Ok(());
        }
        let Some(feed) = tx.feed_by_id(reading.feed).await? else { return Ok(()) };
        let by = ReportFeed { feed: reading.feed, version: reading.version, named };
        tx.report_feed_put(report.id, by).await?;
        tx.feed_count_read(reading.feed, report, reading.rows, reading.bad).await?;
        let entry = |act| NewEntry::new(&intake_actor(), act, "feed", reading.feed).fact("name", reading.name.as_str());
        match (reading.alarm, feed.alarm) {
            (Some((kind, text)), _) => {
                let told = entry(Act::FeedAlarmed).fact("report", report.id.to_string()).why(&text);
                let alarm = FeedAlarm { kind, text, at: tx.now(), report: report.id };
                tx.feed_set_alarm(reading.feed, Some(&alarm)).await?;
                tx.commit(told).await?;
            }
            (None, Some(_)) => {
                tx.feed_set_alarm(reading.feed, None).await?;
                tx.commit(entry(Act::FeedCleared).why("a later report could be read")).await?;
            }
            (None, None) => tx.commit_chore(Chore::FeedRead).await?,
        }
        Ok(())
    }
}

/// What is posted with a feed's token is that feed's.
pub(super) async fn name_by_token(conn: &mut Conn, actor: &Actor, report: ReportId) -> Result<(), DeskError> {
    if let Actor::Machine { id, .. } = actor
        && let Some(feed) = conn.feed_by_token(*id).await?
    {
        conn.report_feed_put(report, ReportFeed { feed, version: 0, named: true }).await?;
    }
    Ok(())
}

/// What comes through a channel whose settings name a feed is that feed's; of a feed that is not there, or retired, it is
/// read as anything else.
pub(super) async fn name_by_channel(conn: &mut Conn, feed: &str, report: ReportId) -> Result<(), DeskError> {
    if feed.is_empty() {
        return Ok(());
    }
    match conn.feed_by_name(feed).await?.filter(|feed| feed.retired_at.is_none()) {
        Some(feed) => conn.report_feed_put(report, ReportFeed { feed: feed.id, version: 0, named: true }).await?,
        None => tracing::warn!(feed, "a channel names a feed that is not in use"),
    }
    Ok(())
}

/// Reads a report with the right reader. Pure.
fn read_bytes(
    report: &Report,
    bytes: &Arc<Vec<u8>>,
    named: Option<ReportFeed>,
    feeds: &[Feed],
) -> (Opened, Option<Reading>) {
    let hint = hint_of(report);
    let named = named.and_then(|named| feeds.iter().find(|feed| feed.id == named.feed));
    if let Some(feed) = named {
        let read = profile::read_files(&profile::files(bytes, hint), &feed.profile, report.received_at, false);
        if read.rows > 0 {
            return told(feed, read);
        }
        // Not what was expected: perhaps something that the built-in readers know.
        let opened = intake::open(bytes, hint, report.received_at);
        return if is_guess(&opened.parsed) { told(feed, read) } else { (opened, None) };
    }
    let opened = intake::open(bytes, hint, report.received_at);
    let matched =
        feeds.iter().any(|feed| !(feed.profile.found.sender.is_empty() && feed.profile.found.file.is_empty()));
    if !matched || !is_guess(&opened.parsed) {
        return (opened, None);
    }
    match by_match(report, &profile::files(bytes, hint), feeds) {
        Some((feed, read)) => {
            let (mut read, reading) = told(feed, read);
            // The envelope is the mail's, whoever read the table in it.
            let Parsed { message_id, in_reply_to, .. } = opened.parsed;
            (read.parsed.message_id, read.parsed.in_reply_to) = (message_id, in_reply_to);
            (read, reading)
        }
        None => (opened, None),
    }
}

/// The media type and the file name of a report.
pub(super) fn hint_of(report: &Report) -> Hint<'_> {
    Hint {
        content_type: Some(report.content_type.as_str()).filter(|text| !text.is_empty()),
        file_name: Some(report.file_name.as_str()).filter(|text| !text.is_empty()),
    }
}

/// Whether the built-in readers found no form that they know.
fn is_guess(parsed: &Parsed) -> bool {
    match parsed.disposition {
        Disposition::NeedsHuman | Disposition::Unreadable => {
            matches!(parsed.format, Format::Csv | Format::Json | Format::Text | Format::Mime | Format::Unknown)
        }
        Disposition::Events => matches!(parsed.format, Format::Text | Format::Mime),
        Disposition::Bounce | Disposition::AutoReply | Disposition::NotAReport => false,
    }
}

/// The first feed that the sender and a file's name fit and that can read it; else the first that should have.
fn by_match<'f>(report: &Report, files: &Files, feeds: &'f [Feed]) -> Option<(&'f Feed, Read<Opened>)> {
    let sender = files.sender.as_deref().unwrap_or_default();
    let mut failed = None;
    for feed in feeds {
        let found = &feed.profile.found;
        let fitting = files.files.iter().find(|file| found.fits(sender, &file.name));
        let Some(file) = fitting else { continue };
        let read = profile::read_files(files, &feed.profile, report.received_at, true);
        if read.rows > 0 {
            return Some((feed, read));
        }
        // A letter of the same sender without any file is no broken feed.
        if failed.is_none() && (read.changed.is_some() || !found.file.is_empty() || !file.name.is_empty()) {
            failed = Some((feed, read));
        }
    }
    failed
}

fn told(feed: &Feed, read: Read<Opened>) -> (Opened, Option<Reading>) {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let alarm = alarm_of(&read, &feed.profile.name);
    let reading = Reading {
        feed: feed.id,
        name: feed.profile.name.clone(),
        version: feed.profile.version,
        rows: count(read.rows),
        bad: count(read.bad_rows),
        alarm,
    };
    (read.parsed, Some(reading))
}

/// What of a reading somebody should look at.
fn alarm_of(read: &Read<Opened>, name: &str) -> Option<(AlarmKind, String)> {
    let parsed = &read.parsed.parsed;
    // The alarm stands on the feed's own page.
    let reason = || parsed.reason.as_deref().unwrap_or_default().replacen(&format!("feed {name}: "), "", 1);
    match &read.changed {
        None => Some((AlarmKind::Form, reason())),
        Some(changed) if !changed.readable() => Some((AlarmKind::Columns, reason())),
        Some(_) if read.bad_rows > read.rows => {
            let all = read.bad_rows + read.rows;
            let first = parsed.faults.first().cloned().unwrap_or_default();
            Some((AlarmKind::Rows, format!("{} of {all} rows could not be read; {first}", read.bad_rows)))
        }
        Some(_) => None,
    }
}
