//! Reporters, marked senders, provenance.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    case::Outcome,
    id::{CaseId, ReportId},
    metrics::Period,
    report::Report,
    reporter::{Endings, Mark, MarkKind, Provenance, Reporter, ReporterFigures, Standing},
};
use std::collections::BTreeMap;

forward! {
    /// A report of his came.
    fn reporter_seen(name: &str, at: DateTime<Utc>) -> () = reporter::seen;
    /// Adds to the numbers of a day: reports, parked ones, new events, events said before.
    fn reporter_count(at: DateTime<Utc>, name: &str, more: [i64; 4]) -> () = reporter::count;
    /// Adds events of an age, by the step of the scale.
    fn reporter_aged(at: DateTime<Utc>, name: &str, minutes: i64, events: i64) -> () = reporter::aged;
    /// The reporter of that name.
    fn reporter_by_name(name: &str) -> Option<Reporter> = reporter::by_name;
    /// All reporters, the last heard of first.
    fn reporter_list(limit: i64) -> Vec<Reporter> = reporter::list;
    /// Keeps what the staff decided; stale when somebody else decided meanwhile.
    fn reporter_save(reporter: &Reporter) -> () = reporter::save;
    /// Reporters with evidence on the case on whose word no machine may act: an automatic step asks this first.
    fn case_never_automatic(case: CaseId) -> Vec<String> = reporter::never_automatic;
    /// Marks a sender or reporter; false when he is marked already.
    fn sender_mark(mark: &Mark) -> bool = reporter::mark;
    /// Takes a mark back; stale when there is none.
    fn sender_unmark(kind: MarkKind, name: &str) -> () = reporter::unmark;
    /// The marks that hold for this sender and this reporter.
    fn sender_marks(sender: &str, reporter: &str) -> Vec<Mark> = reporter::marks;
    /// Reports from there that wait for a person, at most 1,000.
    fn sender_parked(kind: MarkKind, name: &str) -> Vec<ReportId> = reporter::parked;
    /// Files a parked report with a mark; false when it is not parked any more.
    fn sender_file(report: ReportId, kind: MarkKind, name: &str) -> bool = reporter::file;
    /// Parks again what was filed with a mark; which reports.
    fn sender_unfile(kind: MarkKind, name: &str) -> Vec<ReportId> = reporter::unfile;
    /// The numbers of each reporter in the period, and his days: (day since 1970, reports, new events). `name` empty: of all.
    fn reporter_figures(
        period: Period,
        name: &str,
    ) -> BTreeMap<String, (ReporterFigures, Vec<(i64, i64, i64)>)> = reporter_figures::figures;
    /// How the mails of a reporter in the period stood to him.
    fn reporter_standings(name: &str, period: Period) -> Vec<(Standing, i64)> = reporter_figures::standings;
    /// His newest reports.
    fn reporter_recent(name: &str, limit: i64) -> Vec<Report> = reporter_figures::recent;
    /// Cases with his evidence that were closed in the period, newest first.
    fn reporter_closed(
        name: &str,
        period: Period,
        limit: i64,
    ) -> Vec<(String, Outcome, DateTime<Utc>)> = reporter_figures::closed;
    /// Counts a case that was just closed for its reporters; whether one of them is to be told.
    fn reporter_case_closed(case: CaseId) -> bool = reporter_figures::case_closed;
    /// A closed case that is open again counts for nobody.
    fn reporter_case_reopened(case: CaseId) -> () = reporter_figures::case_reopened;
    /// Reports with events on the case whose reporters are to be told the outcome.
    fn reports_to_end(case: CaseId, limit: i64) -> Vec<ReportId> = reporter_figures::reports_to_end;
    /// How the events of a report ended.
    fn report_endings(report: ReportId) -> Endings = reporter_figures::endings;
    /// Keeps what the delivery of a report showed; a later reading replaces it.
    fn provenance_keep(
        report: ReportId,
        reporter: &str,
        received_at: DateTime<Utc>,
        shown: &Provenance,
    ) -> () = reporter_figures::keep;
    /// What the delivery of a report showed; none for one that did not come by mail.
    fn provenance(report: ReportId) -> Option<Provenance> = reporter_figures::provenance;
}
