//! What became of one report: its envelope, its events, or the reason why there are none.
use crate::events::Table;
use crate::{Suggestion, limits};
use domain::event::{Disposition, Format, Observation};

/// Bad rows of one table that are named one by one.
const ROW_FAULTS: usize = 1000;

/// A delivery report about one of our own mails (RFC 3464, or what could be read of another form).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounce {
    /// Whom the mail did not reach.
    pub recipient: Option<String>,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`. Only `failed` means not given.
    pub action: String,
    /// Enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// What the other server said.
    pub diagnostic: Option<String>,
    /// Message-ID of the mail that came back, without angle brackets.
    pub original_message_id: Option<String>,
    /// ENVID that we gave with the mail (RFC 3461).
    pub original_envelope_id: Option<String>,
    /// Where the delivery report itself was delivered to, as its header says: our return path is among them.
    pub delivered_to: Vec<String>,
}

/// One report, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// The form it came in.
    pub format: Format,
    /// Who vouches for it: a short stable name, usually a domain.
    pub reporter: Option<String>,
    /// Who transmitted it: the From address of the mail, lower case.
    pub sender: Option<String>,
    /// The reporter's number of the report.
    pub reference: Option<String>,
    /// Subject of the mail.
    pub subject: Option<String>,
    /// Message-ID of the mail, without angle brackets.
    pub message_id: Option<String>,
    /// The mail that this one answers, without angle brackets.
    pub in_reply_to: Option<String>,
    /// What became of it.
    pub disposition: Disposition,
    /// Why there are no events (or not all of them).
    pub reason: Option<String>,
    /// The observations, in the order of the report; empty in an [`Opened`](crate::Opened), which hands them over.
    pub events: Vec<Observation>,
    /// Large tables, whose observations come after these.
    pub(crate) tables: Vec<Table>,
    /// Set when the disposition is `bounce`.
    pub bounce: Option<Bounce>,
    /// What was wrong with the report as a whole, and rows that could not be read.
    pub faults: Vec<String>,
    /// Rows of tables that are no events; the first of them are among the faults.
    pub(crate) bad_rows: usize,
    /// Guesses for the person who has to finish it; set whenever the disposition is `needs_human`.
    pub suggestion: Option<Suggestion>,
}

impl Parsed {
    fn new(format: Format, disposition: Disposition) -> Self {
        Self {
            sha256: String::new(),
            format,
            reporter: None,
            sender: None,
            reference: None,
            subject: None,
            message_id: None,
            in_reply_to: None,
            disposition,
            reason: None,
            events: Vec::new(),
            tables: Vec::new(),
            bounce: None,
            faults: Vec::new(),
            bad_rows: 0,
            suggestion: None,
        }
    }

    pub(crate) fn events(format: Format, events: Vec<Observation>) -> Self {
        Self { events, ..Self::new(format, Disposition::Events) }
    }

    pub(crate) fn parked(format: Format, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(format, Disposition::NeedsHuman) }
    }

    pub(crate) fn unreadable(format: Format, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(format, Disposition::Unreadable) }
    }

    pub(crate) fn not_a_report(format: Format, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(format, Disposition::NotAReport) }
    }

    pub(crate) fn auto_reply(reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(Format::Mime, Disposition::AutoReply) }
    }

    pub(crate) fn bounced(bounce: Bounce) -> Self {
        let whom = bounce.recipient.as_deref().unwrap_or("an unnamed recipient");
        let reason = match bounce.action.as_str() {
            "delayed" => format!("delivery to {whom} is delayed"),
            "failed" => format!("a mail to {whom} was not delivered"),
            other => format!("delivery report for {whom}: {other}"),
        };
        Self { reason: Some(reason), bounce: Some(bounce), ..Self::new(Format::Dsn, Disposition::Bounce) }
    }

    pub(crate) fn from(mut self, reporter: Option<String>) -> Self {
        self.reporter = reporter;
        self
    }

    /// Notes what was wrong with the report or one of its rows.
    pub(crate) fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    /// Notes a row that is no event, as long as there are not too many of them.
    pub(crate) fn bad_row(&mut self, fault: String) {
        self.bad_rows += 1;
        if self.bad_rows <= ROW_FAULTS {
            self.fault(fault);
        }
    }

    /// Says at the end of a table how many bad rows are not named.
    pub(crate) fn end_rows(&mut self) {
        if let Some(more) = self.bad_rows.checked_sub(ROW_FAULTS).filter(|more| *more > 0) {
            self.fault(format!("{more} more rows could not be read"));
        }
    }

    /// Takes over what another file of the same report held.
    pub(crate) fn merge(&mut self, other: Self) {
        if other.has_events() && other.events == self.events && other.tables == self.tables {
            self.fault("the same list is attached twice: counted once");
            return;
        }
        self.events.extend(other.events);
        self.tables.extend(other.tables);
        self.faults.extend(other.faults);
        self.bad_rows += other.bad_rows;
        if self.reason.is_none() {
            self.reason = other.reason;
        }
    }

    pub(crate) fn has_events(&self) -> bool {
        !(self.events.is_empty() && self.tables.is_empty())
    }

    /// Whether all events are about one source, on whatever ports.
    pub(crate) fn names_one(&self) -> bool {
        let first = self.events.first().map(|e| &e.source.value);
        first.is_some() && self.events.iter().all(|e| Some(&e.source.value) == first)
    }

    /// Makes disposition, reason and the number of events agree, and bounds what is kept.
    pub(crate) fn settle(&mut self, events: usize) {
        if self.disposition == Disposition::Events && events == 0 {
            self.disposition = Disposition::NeedsHuman;
            let first = self.faults.first().map_or("it names nothing that could be attributed", String::as_str);
            self.reason.get_or_insert_with(|| format!("no event could be read: {first}"));
        } else if self.disposition == Disposition::Events
            && let (None, Some(first)) = (&self.reason, self.faults.first())
        {
            let more = self.faults.len() - 1;
            self.reason = Some(if more == 0 { first.clone() } else { format!("{first} (and {more} more)") });
        }
        self.clean();
    }

    /// Bounds every text and takes out control characters: these texts go to databases, logs and pages.
    fn clean(&mut self) {
        let envelope = [
            &mut self.subject,
            &mut self.reporter,
            &mut self.sender,
            &mut self.reference,
            &mut self.reason,
            &mut self.message_id,
            &mut self.in_reply_to,
        ];
        let bounce = self.bounce.as_mut().map(|b| {
            let Bounce { recipient, status, diagnostic, original_message_id, original_envelope_id, .. } = b;
            let texts = [recipient, status, diagnostic, original_message_id, original_envelope_id];
            texts.into_iter().flatten().chain(&mut b.delivered_to)
        });
        let texts = envelope.into_iter().flatten().chain(bounce.into_iter().flatten());
        for text in texts.chain(&mut self.faults) {
            limits::shorten(text, limits::NAME_BYTES);
        }
    }
}
