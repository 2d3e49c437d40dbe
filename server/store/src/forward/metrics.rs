//! The figures.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    case::Outcome,
    class::Class,
    metrics::{CaseDay, Figures, Period, ReporterFigure, Share, Spread, Summary, WorkFigure},
};

forward! {
    /// Cases opened and closed.
    fn figure_opened_closed(period: Period) -> (i64, i64) = metrics::opened_closed;
    /// Cases open at `at`, how many of them are ageing, and when the oldest was opened.
    fn figure_open_at(at: DateTime<Utc>) -> (i64, i64, Option<DateTime<Utc>>) = metrics::open_at;
    /// First event stored → first notice taken by the relay.
    fn figure_to_notice(period: Period) -> Option<Spread> = metrics::to_notice;
    /// First notice → quarantine confirmed.
    fn figure_to_containment(period: Period) -> Option<Spread> = metrics::to_containment;
    /// Release asked → confirmed gone.
    fn figure_to_release(period: Period) -> Option<Spread> = metrics::to_release;
    /// Releases granted, and those the customer gave himself.
    fn figure_self_released(period: Period) -> Share = metrics::self_released;
    /// Self-releases, and those without a new case soon after.
    fn figure_stayed_clean(period: Period) -> Share = metrics::stayed_clean;
    /// Cases closed as resolved, and those with a new case of the category soon after.
    fn figure_repeats(period: Period) -> Share = metrics::repeats;
    /// Cases opened and closed on each day of the period.
    fn figure_days(period: Period) -> Vec<CaseDay> = metrics::days;
    /// How the cases closed in the period ended, most first.
    fn figure_outcomes(period: Period) -> Vec<(Outcome, i64)> = metrics::outcomes;
    /// Quarantines the network holds, those past their review date, and how many wait for a supervisor.
    fn figure_quarantines(now: DateTime<Utc>) -> (Share, i64) = metrics::quarantines;
    /// Events by class, most first.
    fn figure_classes(period: Period) -> Vec<(Class, i64)> = metrics::classes;
    /// Events by reporter, most first, with those that did not hold up.
    fn figure_reporters(period: Period) -> Vec<ReporterFigure> = metrics::reporters;
    /// Work by member of staff, most acts first.
    fn figure_work(period: Period) -> Vec<WorkFigure> = metrics::work;
}

impl crate::Conn {
    /// The numbers of one period that are compared with the period before; nothing after `now` counts as its end.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn figure_summary(&mut self, period: Period) -> crate::Result<Summary> {
        let (opened, closed) = self.figure_opened_closed(period).await?;
        let (open, ageing, oldest_at) = self.figure_open_at(period.to).await?;
        Ok(Summary {
            opened,
            closed,
            open,
            ageing,
            oldest_at,
            to_notice: self.figure_to_notice(period).await?,
            to_containment: self.figure_to_containment(period).await?,
            to_release: self.figure_to_release(period).await?,
            self_released: self.figure_self_released(period).await?,
            stayed_clean: self.figure_stayed_clean(period).await?,
            repeats: self.figure_repeats(period).await?,
        })
    }

    /// Everything the figures page shows of `period`.
    ///
    /// # Errors
    /// [`crate::StoreError`].
    pub async fn figures(&mut self, period: Period, now: DateTime<Utc>) -> crate::Result<Figures> {
        let (quarantines, awaiting) = self.figure_quarantines(now).await?;
        Ok(Figures {
            period,
            now: self.figure_summary(period).await?,
            before: self.figure_summary(period.before()).await?,
            days: self.figure_days(period).await?,
            outcomes: self.figure_outcomes(period).await?,
            quarantines,
            awaiting,
            classes: self.figure_classes(period).await?,
            reporters: self.figure_reporters(period).await?,
            work: self.figure_work(period).await?,
        })
    }
}
