//! What reading a report leaves behind about its reporter: seen, counted, how it was delivered, a receipt owed. And
//! whether its reports are wanted at all.
use super::{Desk, DeskError, feedback::RECEIPT_JOB};
use chrono::{DateTime, Utc};
use domain::{
    event::Disposition,
    evidence::Event,
    report::{Report, ReportState},
    reporter::{Feedback, MarkKind, Provenance, Reporter, Standing, age_step},
};
use std::collections::BTreeMap;
use store::{Conn, Tx};

/// Who vouches where nobody says so.
const NOBODY: &str = "unknown";

/// The name under which a report counts.
pub(super) fn name_of(report: &Report) -> &str {
    report.reporter.as_deref().unwrap_or(NOBODY)
}

/// What is known about a report's reporter while it is read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    provenance: Option<Provenance>,
    /// Nobody has read it before: it counts once.
    first: bool,
    /// He is to be told that it arrived.
    told: bool,
    /// Why his reports are filed away; empty when they are not.
    pub(super) away: String,
}

impl Desk {
    /// Looks up what the reporter of a report that is being read is worth.
    pub(super) async fn reading(
        &self,
        before: &Report,
        read: &Report,
        shown: Option<Provenance>,
    ) -> Result<Reading, DeskError> {
        if !complains(read) {
            return Ok(Reading::default());
        }
        let mut conn = self.store.read().await?;
        let known = conn.reporter_by_name(name_of(read)).await?;
        let away = away(&mut conn, read, known.as_ref()).await?;
        let told = away.is_empty() && known.is_some_and(|known| known.settings.feedback != Feedback::None);
        Ok(Reading { provenance: shown, first: before.parser_version == 0, told, away })
    }

    /// What the delivery of a report showed; looked at before its words are.
    pub(super) fn provenance_of(&self, bytes: &[u8], reporter: &str, mailed: bool) -> Option<Provenance> {
        let (authserv, from) = (self.config.text("mail.authserv_id"), self.config.text("mail.from"));
        let unreadable = || Provenance {
            standing: Standing::Unchecked,
            verdicts: Vec::new(),
            message_id: String::new(),
            silent: "its headers cannot be read".to_owned(),
        };
        intake::provenance(bytes, reporter, authserv, &[from]).or_else(|| mailed.then(unreadable))
    }
}

/// Whether it complains about somebody: what else comes by mail says nothing about who sends it.
fn complains(report: &Report) -> bool {
    use Disposition as D;
    matches!(report.disposition, Some(D::Events | D::NeedsHuman | D::Unreadable))
}

/// Why the report is filed away; empty when it is wanted.
async fn away(conn: &mut Conn, report: &Report, known: Option<&Reporter>) -> Result<String, DeskError> {
    if known.is_some_and(|known| !known.settings.switched_on) {
        return Ok("reporter switched off".to_owned());
    }
    let sender = report.sender.as_deref().unwrap_or_default();
    let marks = conn.sender_marks(sender, name_of(report)).await?;
    Ok(marks.first().map_or_else(String::new, |mark| {
        let what = if mark.kind == MarkKind::Sender { "sender" } else { "reporter" };
        format!("{what} {} is marked: always not abuse", mark.name)
    }))
}

impl Reading {
    /// Writes it down in the transaction that ends the reading.
    pub(super) async fn keep(&self, tx: &mut Tx, report: &Report) -> Result<(), DeskError> {
        if !complains(report) {
            return Ok(());
        }
        let (name, at) = (name_of(report), report.received_at);
        tx.reporter_seen(name, at).await?;
        if let Some(shown) = &self.provenance {
            tx.provenance_keep(report.id, name, at, shown).await?;
        }
        if self.first {
            let parked = i64::from(report.state == ReportState::Parked);
            tx.reporter_count(at, name, [1, parked, 0, 0]).await?;
            if self.told {
                let now = tx.now();
                tx.job_owe(RECEIPT_JOB, report.id.0, now, now).await?;
            }
        }
        Ok(())
    }
}

/// Counts the new events of a batch and their age, and those that were said before.
pub(super) async fn count_events<'e>(
    tx: &mut Tx,
    fresh: impl Iterator<Item = &'e Event>,
    said_before: usize,
    (reporter, at): (&str, DateTime<Utc>),
) -> Result<(), DeskError> {
    let (mut events, mut ages) = (0, BTreeMap::<i64, i64>::new());
    for event in fresh {
        events += 1;
        // What gives no time would look as if it were news.
        if let Some(from) = event.observation.from {
            *ages.entry(age_step(event.received_at - from)).or_default() += 1;
        }
    }
    let repeated = i64::try_from(said_before).unwrap_or(i64::MAX);
    if events + repeated > 0 {
        tx.reporter_count(at, reporter, [0, 0, events, repeated]).await?;
    }
    for (minutes, events) in ages {
        tx.reporter_aged(at, reporter, minutes, events).await?;
    }
    Ok(())
}
