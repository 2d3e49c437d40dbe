//! Marking a sender: "always not abuse" files what comes from there, now and later, until it is taken back.
use super::{Desk, DeskError};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::ReportId,
    ledger::NewEntry,
    refusal::Refusal,
    report::Report,
    reporter::{Mark, MarkKind, Markable},
};
use store::Conn;

impl Desk {
    /// Marks the sender or the reporter of a report, and files what is parked of him with it if `file` says so; how many
    /// reports were filed.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, an unknown report, or one without such a name.
    pub async fn mark_sender(
        &self,
        actor: &Actor,
        report: ReportId,
        kind: MarkKind,
        file: bool,
        reason: &str,
    ) -> Result<(Mark, usize), DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let found = tx.report_by_id(report).await?.ok_or(Refusal::NotFound)?;
        let name =
            named(&found, kind).ok_or_else(|| Refusal::invalid("kind", "the report names nobody of this kind"))?;
        let mark =
            Mark { kind, name, reason: reason.trim().to_owned(), marked_by: actor.ledger_text(), marked_at: tx.now() };
        let new = tx.sender_mark(&mark).await?;
        let mut filed = Vec::new();
        if file {
            for id in tx.sender_parked(kind, &mark.name).await? {
                if tx.sender_file(id, kind, &mark.name).await? {
                    filed.push(id);
                }
            }
        }
        if !new && filed.is_empty() {
            return Err(Refusal::Stale.into());
        }
        let entry = NewEntry::new(actor, Act::SenderMarked, kind.as_str(), mark.name.as_str())
            .fact("filed", filed.len())
            .why(reason.trim());
        let each = filed.iter().map(|id| {
            let entry = NewEntry::new(actor, Act::ReportDismissed, "report", *id).change("parked", "dismissed");
            entry.why(&format!("{kind} {} marked: {}", mark.name, reason.trim()))
        });
        let many = filed.len();
        tx.commit(store::Entries::from(entry).and_all(each)).await?;
        Ok((mark, many))
    }

    /// Takes a mark back; what was filed with it is parked again. How many reports that were.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right; [`Refusal::Stale`] when there is no such mark any more.
    pub async fn unmark_sender(&self, actor: &Actor, kind: MarkKind, name: &str) -> Result<usize, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        let mut tx = self.store.write().await?;
        tx.sender_unmark(kind, name).await?;
        let back = tx.sender_unfile(kind, name).await?;
        let entry = NewEntry::new(actor, Act::SenderUnmarked, kind.as_str(), name).fact("parked_again", back.len());
        let each = back.iter().map(|id| {
            let entry = NewEntry::new(actor, Act::ReportParked, "report", *id).change("dismissed", "parked");
            entry.why(&format!("{kind} {name} is not marked any more"))
        });
        let many = back.len();
        tx.commit(store::Entries::from(entry).and_all(each)).await?;
        Ok(many)
    }
}

/// The name of a report that a mark of this kind would name.
fn named(report: &Report, kind: MarkKind) -> Option<String> {
    let name = match kind {
        MarkKind::Sender => report.sender.clone(),
        MarkKind::Reporter => report.reporter.clone(),
    };
    name.filter(|name| !name.trim().is_empty())
}

/// What one could mark on a report, and what is marked.
pub(super) async fn markable(conn: &mut Conn, report: &Report) -> Result<Markable, DeskError> {
    let (sender, reporter) = (named(report, MarkKind::Sender), named(report, MarkKind::Reporter));
    let marks = conn.sender_marks(sender.as_deref().unwrap_or_default(), reporter.as_deref().unwrap_or_default());
    let marks = marks.await?;
    let mut offers = Vec::new();
    for (kind, name) in [(MarkKind::Sender, sender.clone()), (MarkKind::Reporter, reporter)] {
        let Some(name) = name else { continue };
        let same = kind == MarkKind::Reporter && sender.as_deref() == Some(&name);
        if !same && !marks.iter().any(|mark| mark.kind == kind) {
            let parked = conn.sender_parked(kind, &name).await?.len();
            offers.push((kind, name, i64::try_from(parked).unwrap_or(i64::MAX)));
        }
    }
    Ok(Markable { offers, marks })
}
