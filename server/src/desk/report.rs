//! Reports: taken in (bytes first), looked at, set aside, read again.
use super::{Desk, DeskError};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    event::Format,
    evidence::Event,
    id::ReportId,
    ledger::NewEntry,
    limit::REPORT_BYTES_MAX,
    page::{PageOf, Rows},
    refusal::Refusal,
    report::{Channel, Envelope, Report, ReportFilter, ReportState},
    reporter::{Markable, Provenance},
};

/// The worker's kind of job: a report that waits to be read.
pub const PARSE_JOB: &str = "parse";

/// Bytes at the door.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// How they came.
    pub channel: Channel,
    /// As they came.
    pub bytes: &'a [u8],
    /// Media type as the sender gave it, or empty.
    pub content_type: &'a str,
    /// File name without folders, or empty.
    pub file_name: &'a str,
    /// The caller reads the report himself at once; a worker does it only if he does not get there.
    pub read_by_caller: bool,
}

/// What the sender may be told once the bytes are durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The report.
    pub id: ReportId,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// The earlier report with the same bytes.
    pub duplicate_of: Option<ReportId>,
}

/// Everything on the page of a report.
#[derive(Debug, Clone)]
pub struct ReportView {
    /// The report.
    pub report: Report,
    /// A page of its events.
    pub events: Rows<Event>,
    /// Later reports with the same bytes.
    pub duplicates: Vec<Report>,
    /// The first bytes as text, for the eyes only.
    pub text: String,
    /// Whether the text was cut.
    pub cut: bool,
    /// How it was delivered, where it came by mail.
    pub provenance: Option<Provenance>,
    /// How a mail server handed it over, where one did.
    pub envelope: Option<Envelope>,
    /// What could be marked, and what is.
    pub markable: Markable,
}

/// Bytes of a report shown as text; the rest is in the download.
const SHOWN_BYTES: usize = 64 * 1024;

impl Desk {
    /// Makes the bytes durable together with the ledger entry and the job to read them; only then the caller may say
    /// "received". The same bytes again are recorded, but not read again.
    ///
    /// # Errors
    /// [`Refusal::Limit`] above [`REPORT_BYTES_MAX`]; any store error.
    pub async fn receive(&self, actor: &Actor, arrival: Arrival<'_>) -> Result<Received, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tx = self.store.write().await?;
        let (received, entry) = self.keep_report(&mut tx, actor, arrival).await?;
        tx.commit(entry).await?;
        if received.duplicate_of.is_none() && !arrival.read_by_caller {
            self.wake.intake.notify_one();
        }
        Ok(received)
    }

    /// The part of [`Desk::receive`] that stands inside a transaction: bytes, report and job; the caller commits them
    /// with the entry.
    ///
    /// # Errors
    /// As [`Desk::receive`].
    pub(super) async fn keep_report(
        &self,
        tx: &mut store::Tx,
        actor: &Actor,
        arrival: Arrival<'_>,
    ) -> Result<(Received, NewEntry), DeskError> {
        if arrival.bytes.len() > REPORT_BYTES_MAX {
            let problem = format!(
                "a report may have at most {} MiB; this has {}",
                REPORT_BYTES_MAX / (1024 * 1024),
                arrival.bytes.len() / (1024 * 1024)
            );
            return Err(Refusal::Limit(problem).into());
        }
        let sha256 = intake::sha256_hex(arrival.bytes);
        let now = tx.now();
        tx.report_add_bytes(&sha256, arrival.bytes).await?;
        let duplicate_of = tx.report_first_with_bytes(&sha256).await?;
        let report = arrived(&arrival, &sha256, duplicate_of, now);
        tx.report_add(&report).await?;
        super::feed_read::name_by_token(tx, actor, report.id).await?;
        if duplicate_of.is_none() {
            let due = if arrival.read_by_caller { now + domain::limit::JOB_LEASE } else { now };
            tx.job_owe(PARSE_JOB, report.id.0, due, now).await?;
        }
        let entry = NewEntry::new(actor, Act::ReportReceived, "report", report.id)
            .fact("sha256", sha256.as_str())
            .fact("size", report.size)
            .fact("channel", arrival.channel.as_str());
        let entry = match duplicate_of {
            Some(first) => entry.fact("duplicate_of", first.to_string()),
            None => entry,
        };
        Ok((Received { id: report.id, sha256, duplicate_of }, entry))
    }

    /// A page of reports, newest first.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn reports(&self, actor: &Actor, filter: &ReportFilter, page: PageOf) -> Result<Rows<Report>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.report_list(filter, page).await?)
    }

    /// One report without its bytes: what the API tells.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn report(&self, actor: &Actor, id: ReportId) -> Result<Report, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let found = self.store.read().await?.report_by_id(id).await?;
        found.ok_or_else(|| Refusal::NotFound.into())
    }

    /// The page of a report.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn report_view(&self, actor: &Actor, id: ReportId, page: PageOf) -> Result<ReportView, DeskError> {
        let (report, bytes) = self.report_with_bytes(actor, id).await?;
        let mut conn = self.store.read().await?;
        let events = conn.events_of_report(id, page).await?;
        let duplicates = match report.duplicate_of {
            None => conn.report_duplicates(&report.sha256).await?,
            Some(_) => Vec::new(),
        };
        let cut = bytes.len() > SHOWN_BYTES;
        let text = readable(bytes.get(..SHOWN_BYTES).unwrap_or(&bytes));
        let provenance = conn.provenance(id).await?;
        let envelope = conn.report_envelope(id).await?;
        let markable = super::sender::markable(&mut conn, &report).await?;
        Ok(ReportView { report, events, duplicates, text, cut, provenance, envelope, markable })
    }

    /// A report and its bytes as they came.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn report_with_bytes(&self, actor: &Actor, id: ReportId) -> Result<(Report, Vec<u8>), DeskError> {
        let report = self.report(actor, id).await?;
        let bytes = self.store.read().await?.report_bytes(id).await?;
        bytes.map(|bytes| (report, bytes)).ok_or_else(|| Refusal::NotFound.into())
    }

    /// Sets a parked report aside, for a reason.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it is not parked any more; [`Refusal::Invalid`] without a reason.
    pub async fn dismiss_report(&self, actor: &Actor, id: ReportId, reason: &str) -> Result<(), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let report = tx.report_by_id(id).await?.ok_or(Refusal::NotFound)?;
        tx.report_set_state(id, ReportState::Parked, ReportState::Dismissed).await?;
        self.end_of_report(&mut tx, &report).await?;
        let entry = NewEntry::new(actor, Act::ReportDismissed, "report", id);
        tx.commit(entry.change("parked", "dismissed").why(reason.trim())).await?;
        Ok(())
    }

    /// Reads a parked report again with today's parsers, at once.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when it is not parked any more.
    pub async fn reparse_report(&self, actor: &Actor, id: ReportId) -> Result<Report, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let stored = self.store.read().await?.event_last_position(id).await?;
        if stored >= 0 {
            // Some of its events are stored, typed by a person or read before: only the difference is added.
            self.apply_again(actor, id, "read again from the parked reports").await?;
            return self.report(actor, id).await;
        }
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.report_set_state(id, ReportState::Parked, ReportState::Received).await?;
        tx.job_owe(PARSE_JOB, id.0, now + domain::limit::JOB_LEASE, now).await?;
        let entry = NewEntry::new(actor, Act::ReportReparsed, "report", id);
        tx.commit(entry.change("parked", "received").fact("parser", intake::PARSER_VERSION)).await?;
        self.read_report(id).await
    }
}

fn arrived(
    arrival: &Arrival<'_>,
    sha256: &str,
    duplicate_of: Option<ReportId>,
    now: chrono::DateTime<chrono::Utc>,
) -> Report {
    Report {
        id: ReportId::new(),
        received_at: now,
        channel: arrival.channel,
        sha256: sha256.to_owned(),
        size: i64::try_from(arrival.bytes.len()).unwrap_or(i64::MAX),
        file_name: line(arrival.file_name),
        content_type: line(arrival.content_type),
        format: None::<Format>,
        disposition: None,
        state: if duplicate_of.is_some() { ReportState::Duplicate } else { ReportState::Received },
        reason: duplicate_of.map(|_| "the same bytes came before".to_owned()),
        reporter: None,
        sender: None,
        subject: None,
        events: 0,
        duplicate_of,
        parser_version: 0,
    }
}

/// A name from outside on one short line.
fn line(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

/// Bytes as text for the eyes: what is not UTF-8 and what would hide something is replaced.
fn readable(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "(no bytes at all)".to_owned();
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return "(a ZIP archive: download it to look inside)".to_owned();
    }
    String::from_utf8_lossy(bytes).replace('\0', "\u{2400}")
}
