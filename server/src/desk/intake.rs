//! Reads received reports: parse, attribute, leave out what was said before, group into cases, park what needs a person.
use super::{
    Desk, DeskError,
    attribute_part::Answers,
    batch::{Batch, Finish},
    delivery::Returned,
    reading::{Reading, name_of},
    report::PARSE_JOB,
};
use domain::{
    act::Act,
    actor::Actor,
    event::{Disposition, Observation},
    id::ReportId,
    ledger::NewEntry,
    limit::EVENTS_PER_TRANSACTION,
    refusal::Refusal,
    report::{Report, ReportState},
};
use intake::{Bounce, Opened};
use std::sync::Arc;
use store::StoreError;
use tokio::sync::mpsc;

/// As much of a report is looked at for how it was delivered, in bytes.
const PROVENANCE_BYTES: usize = 256 * 1024;

/// Who the ledger names for what intake decides.
pub(super) fn intake_actor() -> Actor {
    Actor::system("intake")
}

impl Desk {
    /// Reads a received report to its end: its events are stored, or it is parked with a reason. Doing it again, or on
    /// two replicas at once, changes nothing more; after a crash it goes on where it stopped.
    ///
    /// # Errors
    /// Any store error; the report stays received, and its job is owed.
    pub async fn read_report(&self, id: ReportId) -> Result<Report, DeskError> {
        let mut conn = self.store.read().await?;
        let report = conn.report_by_id(id).await?.ok_or(Refusal::NotFound)?;
        if report.state != ReportState::Received {
            return Ok(report);
        }
        let bytes = conn.report_bytes(id).await?.ok_or(Refusal::NotFound)?;
        drop(conn);
        // The top of a mail is looked at before the reader takes the bytes; whose it is, is known afterwards.
        let top = bytes.get(..bytes.len().min(PROVENANCE_BYTES)).unwrap_or_default().to_vec();
        let opened = self.understand(&report, bytes).await?;
        let parsed = &opened.parsed;
        let read = Report {
            format: Some(parsed.format),
            disposition: Some(parsed.disposition),
            state: ReportState::Done,
            reason: parsed.reason.clone(),
            reporter: parsed.reporter.clone().or_else(|| parsed.sender.clone()),
            sender: parsed.sender.clone(),
            subject: parsed.subject.clone(),
            parser_version: intake::PARSER_VERSION,
            ..report.clone()
        };
        let shown = self.provenance_of(&top, name_of(&read), parsed.message_id.is_some());
        let reading = self.reading(&report, &read, shown).await?;
        let outcome = match parsed.disposition {
            _ if !reading.away.is_empty() => self.file_away(read.clone(), &reading).await,
            Disposition::Events => self.store_events(&read, opened, &reading).await,
            Disposition::NeedsHuman | Disposition::Unreadable => self.park(read.clone(), &reading).await,
            Disposition::Bounce => self.bounced(read.clone(), parsed.bounce.clone().unwrap_or_default()).await,
            Disposition::AutoReply | Disposition::NotAReport => self.settle(read.clone(), &reading).await,
        };
        match outcome {
            Ok(()) => {}
            Err(error @ (DeskError::Refused(Refusal::Stale) | DeskError::Store(StoreError::Conflict(_)))) => {
                let now = self.store.read().await?.report_by_id(id).await?.ok_or(Refusal::NotFound)?;
                if now.state == ReportState::Received {
                    // Not the report but what it is about changed meanwhile: it is read again later.
                    return Err(error);
                }
                // Another worker was faster; what it stored stands.
                tracing::info!(report = %id, "read by another worker already");
            }
            Err(error) => return Err(error),
        }
        let settled = self.store.read().await?.report_by_id(id).await?;
        settled.ok_or_else(|| Refusal::NotFound.into())
    }

    /// Stores the events part by part, as they are read: what is in memory at once are a few parts, however long the
    /// report. After a crash those that are stored already are passed over.
    async fn store_events(&self, report: &Report, opened: Opened, reading: &Reading) -> Result<(), DeskError> {
        let mut conn = self.store.read().await?;
        let stored = usize::try_from(conn.event_last_position(report.id).await? + 1).unwrap_or(0);
        drop(conn);
        let total = opened.total();
        let report = Report { events: i64::try_from(total).unwrap_or(i64::MAX), ..report.clone() };
        let mut position = stored;
        let mut parts = parts(opened, stored);
        loop {
            let seen = parts.recv().await.unwrap_or_default();
            let taken = seen.len();
            let last = position + taken >= total;
            if taken == 0 && !last {
                return Err(DeskError::Broken("the reader stopped before the last event".to_owned()));
            }
            let Answers { given, news } = self.answers(&seen, report.received_at).await?;
            let batch = Batch::new(&report, position, seen, given);
            let finish = last.then(|| Finish::read(&report, reading));
            self.store_batch(&batch, news, finish.as_ref()).await?;
            position += taken;
            if last {
                return Ok(());
            }
        }
    }

    /// A person has to look at it.
    async fn park(&self, report: Report, reading: &Reading) -> Result<(), DeskError> {
        self.settle(Report { state: ReportState::Parked, ..report }, reading).await
    }

    /// Nobody wants it: kept, and set aside with the reason.
    async fn file_away(&self, report: Report, reading: &Reading) -> Result<(), DeskError> {
        let reason = Some(reading.away.clone());
        self.settle(Report { state: ReportState::Dismissed, reason, ..report }, reading).await
    }

    /// Records what became of a report without events.
    async fn settle(&self, report: Report, reading: &Reading) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        tx.report_settle(&report, ReportState::Received).await?;
        reading.keep(&mut tx, &report).await?;
        tx.job_forget(PARSE_JOB, report.id.0).await?;
        tx.commit(read_entry(&report)).await?;
        Ok(())
    }

    /// A mail of ours came back: the notice was not given. One that is not ours is for a person.
    async fn bounced(&self, report: Report, bounce: Bounce) -> Result<(), DeskError> {
        let why = bounce_words(&bounce);
        if bounce.action != "failed" {
            return self.settle(Report { reason: Some(why), ..report }, &Reading::default()).await;
        }
        let original = bounce.original_message_id.as_deref().or(bounce.original_envelope_id.as_deref());
        let mut to = bounce.delivered_to.clone();
        // What the mail server says it was handed over for cannot be left out by whoever wrote the mail.
        let envelope = self.store.read().await?.report_envelope(report.id).await?;
        to.extend(envelope.into_iter().flat_map(|envelope| envelope.recipients));
        let mut returned = self.notice_returned(&to, original, &why).await?;
        let mut what = "notice";
        if returned == Returned::Stranger {
            returned = self.letter_returned(&to, original, &why).await?;
            what = "letter";
        }
        match returned {
            Returned::Now => self.settle(Report { reason: Some(why), ..report }, &Reading::default()).await,
            Returned::Before(state) => {
                let why = format!("{why}; the {what} was {state} already");
                self.settle(Report { reason: Some(why), ..report }, &Reading::default()).await
            }
            Returned::Stranger => {
                let why = format!("{why}; it matches no notice and no letter of ours");
                self.park(Report { reason: Some(why), ..report }, &Reading::default()).await
            }
        }
    }
}

/// The events of a report from number `skip` on, a transaction's worth at a time. Nobody reads on while nobody takes them.
fn parts(opened: Opened, skip: usize) -> mpsc::Receiver<Vec<Observation>> {
    let (give, take) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let (mut number, mut part) = (0, Vec::with_capacity(EVENTS_PER_TRANSACTION));
        opened.visit(&mut |event| {
            number += 1;
            if number <= skip || give.is_closed() {
                return;
            }
            part.push(event);
            if part.len() == EVENTS_PER_TRANSACTION {
                // Closed: storing failed, and the report is read again.
                give.blocking_send(std::mem::take(&mut part)).ok();
            }
        });
        if !part.is_empty() {
            give.blocking_send(part).ok();
        }
    });
    take
}

/// What the built-in readers make of a report.
pub(super) async fn parse(report: &Report, bytes: Vec<u8>) -> Result<Opened, DeskError> {
    let report = report.clone();
    // Megabytes of CSV take a while: the web server must not wait for them.
    let opened = tokio::task::spawn_blocking(move || {
        intake::open(&Arc::new(bytes), super::feed_read::hint_of(&report), report.received_at)
    });
    opened.await.map_err(|error| DeskError::Broken(format!("the reader stopped: {error}")))
}

/// The ledger's line about a report that was read.
pub(super) fn read_entry(report: &Report) -> NewEntry {
    let act = if report.state == ReportState::Parked { Act::ReportParked } else { Act::ReportParsed };
    let entry = NewEntry::new(&intake_actor(), act, "report", report.id)
        .change("received", report.state.as_str())
        .fact("events", report.events)
        .fact("parser", report.parser_version);
    let entry = match report.format {
        Some(format) => entry.fact("format", format.as_str()),
        None => entry,
    };
    entry.why(report.reason.as_deref().unwrap_or_default())
}

fn bounce_words(bounce: &Bounce) -> String {
    let whom = bounce.recipient.as_deref().unwrap_or("an unnamed recipient");
    let verb = match bounce.action.as_str() {
        "failed" => "was not delivered",
        "delayed" => "is delayed",
        other => other,
    };
    let said = [bounce.status.as_deref(), bounce.diagnostic.as_deref()];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    if said.is_empty() {
        format!("mail to {whom} {verb}")
    } else {
        format!("mail to {whom} {verb}: {}", said.join(" "))
    }
}
