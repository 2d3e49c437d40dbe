//! The figures.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    case::Outcome,
    class::Class,
    metrics::{CaseDay, Figures, Period, ReporterFigure, Share, Summary, WorkFigure},
};

forward! {
    /// The numbers of one period of whole days that are compared with the period before.
    fn figure_summary(period: Period) -> Summary = metrics::summary;
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
