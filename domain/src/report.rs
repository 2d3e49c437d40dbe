//! One delivered message or file exactly as it came: immutable.
use crate::{
    event::{Disposition, Format},
    id::ReportId,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// How a report reached us.
    Channel {
        /// `POST /api/v1/reports`.
        Api = "api",
        /// `lazaret ingest` with a file or folder.
        File = "file",
        /// `lazaret ingest -`: a mail pipe.
        Pipe = "pipe",
        /// The upload form of the desk.
        Desk = "desk",
        /// The public form for complaints.
        Form = "form",
        /// Handed over by the mail server (RFC 2033).
        Lmtp = "lmtp",
        /// Fetched from a mailbox.
        Imap = "imap",
        /// Fetched from a web address on a schedule.
        Feed = "feed",
        /// A block list was asked about our addresses (RFC 5782).
        Dnsbl = "dnsbl",
    }
}

words! {
    /// Where a report stands in intake.
    ReportState {
        /// The bytes are durable, nothing else happened yet.
        Received = "received",
        /// Its events are stored.
        Done = "done",
        /// A person must look: reason says why.
        Parked = "parked",
        /// The reporter was asked for what is missing.
        Asked = "asked",
        /// The same bytes came before.
        Duplicate = "duplicate",
        /// A person looked at the parked report and set it aside.
        Dismissed = "dismissed",
    }
}

/// How a mail server handed a mail over (RFC 5321 section 2.3.1): not what the mail says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Whom it returns to; empty = nobody, as of delivery reports.
    pub sender: String,
    /// For whom it was.
    pub recipients: Vec<String>,
}

/// A report as lists and pages show it (without its bytes).
#[derive(Debug, Clone)]
pub struct Report {
    /// Identifier.
    pub id: ReportId,
    /// When its bytes were durable here.
    pub received_at: DateTime<Utc>,
    /// How it came.
    pub channel: Channel,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// File name or empty.
    pub file_name: String,
    /// Media type as the sender gave it, or empty.
    pub content_type: String,
    /// What the parser took it for.
    pub format: Option<Format>,
    /// What became of it.
    pub disposition: Option<Disposition>,
    /// Where it stands.
    pub state: ReportState,
    /// Why it is parked, or what was odd.
    pub reason: Option<String>,
    /// Who vouches for it.
    pub reporter: Option<String>,
    /// Who transmitted it.
    pub sender: Option<String>,
    /// Subject line.
    pub subject: Option<String>,
    /// Number of its events.
    pub events: i64,
    /// The earlier report with the same bytes.
    pub duplicate_of: Option<ReportId>,
    /// Which parser version read it.
    pub parser_version: i64,
}

/// Filter of the list of reports; lives in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// Only in this state; none = any.
    pub state: Option<ReportState>,
    /// Only of exactly this reporter or sender; empty = any.
    pub who: String,
}
