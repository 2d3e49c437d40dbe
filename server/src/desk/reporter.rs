//! Reporters: how good their reports are, and what the desk decides about them.
use super::{Desk, DeskError};
use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    ledger::NewEntry,
    limit::PAGE_ROWS,
    metrics::Period,
    page::{PageOf, Rows},
    refusal::Refusal,
    reporter::{
        FeedbackBy, MarkKind, Reporter, ReporterDay, ReporterFigures, ReporterOrder, ReporterRow, ReporterSettings,
        ReporterView,
    },
};

/// Reporters that the list knows; the longest silent ones are left out beyond.
const REPORTERS_MAX: i64 = 5_000;
/// Reports and cases on a reporter's page.
const RECENT: i64 = 20;
/// Letters on a reporter's page.
const TOLD: usize = 10;

impl Desk {
    /// All reporters with their numbers in the period, sorted; those whose name holds `who`.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn reporters(
        &self,
        actor: &Actor,
        period: Period,
        who: &str,
        order: ReporterOrder,
    ) -> Result<Vec<ReporterRow>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let mut figures = conn.reporter_figures(period, "").await?;
        let who = who.trim().to_lowercase();
        let all = conn.reporter_list(REPORTERS_MAX).await?;
        let rows = all.into_iter().filter(|reporter| reporter.name.to_lowercase().contains(&who)).map(|reporter| {
            let (figures, days) = figures.remove(&reporter.name).unwrap_or_default();
            let days = whole(period, &days).into_iter().map(|day| day.events).collect();
            ReporterRow { reporter, figures, days }
        });
        let mut rows: Vec<ReporterRow> = rows.collect();
        order.sort(&mut rows);
        Ok(rows)
    }

    /// One page of [`Desk::reporters`], and how many there are.
    ///
    /// # Errors
    /// As [`Desk::reporters`].
    pub async fn reporters_page(
        &self,
        actor: &Actor,
        period: Period,
        who: &str,
        order: ReporterOrder,
        page: PageOf,
    ) -> Result<(Rows<ReporterRow>, usize), DeskError> {
        let rows = self.reporters(actor, period, who, order).await?;
        let total = rows.len();
        let (skip, take) = (page.offset(), PAGE_ROWS + 1);
        let number = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok((Rows::cut(rows.into_iter().skip(number(skip)).take(number(take)).collect()), total))
    }

    /// The page of one reporter.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; any store error.
    pub async fn reporter_view(&self, actor: &Actor, name: &str, period: Period) -> Result<ReporterView, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        let mut conn = self.store.read().await?;
        let reporter = conn.reporter_by_name(name).await?.ok_or(Refusal::NotFound)?;
        let (figures, days) = conn.reporter_figures(period, name).await?.remove(name).unwrap_or_default();
        let before = conn.reporter_figures(period.before(), name).await?.remove(name);
        let before = before.map_or_else(ReporterFigures::default, |(figures, _)| figures);
        let reports = conn.reporter_recent(name, RECENT).await?;
        let mut told = Vec::new();
        for report in &reports {
            told.extend(conn.letters_of_report(report.id).await?);
        }
        told.truncate(TOLD);
        let mark = conn.sender_marks("", name).await?.into_iter().find(|mark| mark.kind == MarkKind::Reporter);
        Ok(ReporterView {
            days: whole(period, &days),
            standings: conn.reporter_standings(name, period).await?,
            cases: conn.reporter_closed(name, period, RECENT).await?,
            reporter,
            figures,
            before,
            reports,
            told,
            mark,
        })
    }

    /// Decides what a reporter is worth and what he is told.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, an unknown name, a bad value, or a page that is stale.
    pub async fn change_reporter(
        &self,
        actor: &Actor,
        name: &str,
        version: i64,
        settings: ReporterSettings,
        reason: &str,
    ) -> Result<Reporter, DeskError> {
        self.require(actor, Permission::SetPolicy)?;
        let settings = settings.checked()?;
        if settings.feedback_by == FeedbackBy::Webhook
            && settings.feedback != domain::reporter::Feedback::None
            && self.config.text("webhook.signing_key").is_empty()
        {
            let problem = "webhooks are signed: set webhook.signing_key first (docs/operations.md)";
            return Err(Refusal::invalid("feedback_by", problem).into());
        }
        if settings.feedback_to.eq_ignore_ascii_case(self.config.text("mail.from")) {
            return Err(Refusal::invalid("feedback_to", "is our own address").into());
        }
        domain::case_text("reason", reason)?;
        let mut tx = self.store.write().await?;
        let mut reporter = tx.reporter_by_name(name).await?.ok_or(Refusal::NotFound)?;
        if reporter.version != version {
            return Err(Refusal::Stale.into());
        }
        let changes = settings.changes(&reporter.settings);
        if changes.is_empty() {
            return Err(Refusal::invalid("reason", "nothing is different: there is nothing to write down").into());
        }
        let mut entry = NewEntry::new(actor, Act::ReporterChanged, "reporter", name);
        for (what, old, new) in changes {
            entry = entry.fact(what, format!("{old} → {new}"));
        }
        reporter.settings = settings;
        reporter.reason = reason.trim().to_owned();
        reporter.changed_by = actor.ledger_text();
        reporter.changed_at = Some(tx.now());
        tx.reporter_save(&reporter).await?;
        tx.commit(entry.why(reason.trim())).await?;
        reporter.version += 1;
        Ok(reporter)
    }

    /// Whose word on this case no machine may act on alone: a playbook asks this before each automatic step.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn never_automatic(&self, case: domain::id::CaseId) -> Result<Vec<String>, DeskError> {
        Ok(self.store.read().await?.case_never_automatic(case).await?)
    }
}

/// The days of a period without gaps, from those that are known.
fn whole(period: Period, known: &[(i64, i64, i64)]) -> Vec<ReporterDay> {
    let mut days = Vec::new();
    let mut at = period.from;
    while at < period.to {
        let number = at.timestamp().div_euclid(86_400);
        let (reports, events) =
            known.iter().find(|(day, ..)| *day == number).map_or((0, 0), |(_, reports, events)| (*reports, *events));
        days.push(ReporterDay { day: at.date_naive(), reports, events });
        at += TimeDelta::days(1);
    }
    days
}
