//! Reports.
use super::forward;
use chrono::{DateTime, Utc};
use domain::{
    id::ReportId,
    page::{PageOf, Rows},
    report::{Envelope, Report, ReportFilter, ReportState},
};

forward! {
    /// Keeps the bytes, once. A second sender of the same bytes waits here until the first is done, and finds his report.
    fn report_add_bytes(sha256: &str, bytes: &[u8]) -> () = report::add_bytes;
    /// Keeps a report whose bytes are kept.
    fn report_add(report: &Report) -> () = report::add;
    /// Keeps how a mail server handed a report over.
    fn report_envelope_add(id: ReportId, envelope: &Envelope) -> () = report::envelope_add;
    /// How a mail server handed a report over; none where none did.
    fn report_envelope(id: ReportId) -> Option<Envelope> = report::envelope;
    /// The first report with these bytes.
    fn report_first_with_bytes(sha256: &str) -> Option<ReportId> = report::first_with_bytes;
    /// The bytes as they came.
    fn report_bytes(id: ReportId) -> Option<Vec<u8>> = report::bytes;
    /// One report.
    fn report_by_id(id: ReportId) -> Option<Report> = report::by_id;
    /// Later reports with the same bytes, at most 20.
    fn report_duplicates(sha256: &str) -> Vec<Report> = report::duplicates;
    /// Records what became of a report that was in state `from`; stale when it is in another.
    fn report_settle(report: &Report, from: ReportState) -> () = report::settle;
    /// Moves a report from one state to another; stale when it is not in the first.
    fn report_set_state(id: ReportId, from: ReportState, to: ReportState) -> () = report::set_state;
    /// A page of reports, newest first.
    fn report_list(filter: &ReportFilter, page: PageOf) -> Rows<Report> = report::list;
    /// How many reports are in a state.
    fn report_count(state: ReportState) -> i64 = report::count;
    /// The parked report below this one in the queue, else the first of the queue; none when no other is parked.
    fn report_next_parked(at: DateTime<Utc>, id: ReportId) -> Option<ReportId> = report::next_parked;
    /// Events that came with reports since an instant.
    fn report_new_events(since: DateTime<Utc>) -> i64 = report::new_events;
}
