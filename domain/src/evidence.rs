//! Reports and events seen together, as the staff's screen shows them.
use crate::{
    again::LinkKind,
    attribution::{Answer, Candidate, Certainty},
    case::{Case, CaseRow},
    class::{Category, Class},
    contradiction::ContradictionView,
    customer::{Contract, Customer, Service},
    event::Observation,
    id::{AttributionId, CaseId, CustomerId, EventId, ReportId, ServiceId},
    page::Rows,
    question::{Lacking, Question},
    report::Report,
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// Where an event stands.
    EventState {
        /// Waits for a decision.
        Pending = "pending",
        /// Part of a case.
        OnCase = "on_case",
        /// Set aside with a reason.
        Dismissed = "dismissed",
        /// Said before by the same reporter.
        Duplicate = "duplicate",
        /// How a newer parser reads an event that a person decided on; it does not count beside that one.
        Reading = "reading",
        /// A newer parser does not find it any more, or reads it differently.
        Superseded = "superseded",
    }
}

/// A stored event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Identifier.
    pub id: EventId,
    /// From which report, and which of its events (from 0).
    pub report: ReportId,
    /// Position in the report.
    pub position: i64,
    /// Who vouches for it.
    pub reporter: String,
    /// What was seen.
    pub observation: Observation,
    /// Instant that counts: start of the observation, or the arrival where none was stated.
    pub at: DateTime<Utc>,
    /// When it was stored here.
    pub received_at: DateTime<Utc>,
    /// How sure we are whose it was.
    pub certainty: Certainty,
    /// Whose, when certain.
    pub customer: Option<CustomerId>,
    /// Which service, when certain.
    pub service: Option<ServiceId>,
    /// The case it is on.
    pub case: Option<CaseId>,
    /// Where it stands.
    pub state: EventState,
}

impl Event {
    /// Whose it is by this answer.
    pub fn answer(&mut self, answer: &Answer) {
        let holder = answer.holder();
        self.certainty = answer.certainty;
        self.customer = holder.map(|holder| holder.customer);
        self.service = holder.map(|holder| holder.service);
    }
}

words! {
    /// The queues of the evidence inbox.
    InboxTab {
        /// Certain, no case yet: grouped by customer.
        Decide = "decide",
        /// On a case.
        OnCase = "on_case",
        /// Several candidates.
        Ambiguous = "ambiguous",
        /// Nobody known.
        Unknown = "unknown",
    }
}

/// Days a row's trend shows.
pub const SPARK_DAYS: usize = 10;

words! {
    /// Sort order of the inbox; the word is the `sort` parameter.
    InboxOrder {
        /// Latest arrival first.
        Received = "-received",
        /// Most events first.
        Most = "-events",
        /// Fewest events first.
        Fewest = "events",
        /// Latest event first.
        Latest = "-last",
        /// Oldest event first.
        Oldest = "last",
    }
}

/// Filter of the inbox; lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxFilter {
    /// Which queue.
    pub tab: InboxTab,
    /// Only this category.
    pub category: Option<Category>,
    /// Only of this reporter.
    pub reporter: String,
    /// Words in the customer's name, service number or source.
    pub text: String,
    /// What comes first.
    pub order: InboxOrder,
}

impl Default for InboxFilter {
    fn default() -> Self {
        Self {
            tab: InboxTab::Decide,
            category: None,
            reporter: String::new(),
            text: String::new(),
            order: InboxOrder::Most,
        }
    }
}

/// A row of the inbox: the pending events of one customer and category (or of one source, when nobody is known).
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// Whose, when certain.
    pub customer: Option<CustomerId>,
    /// Name of the customer, or empty.
    pub customer_name: String,
    /// Product and number of the service, or empty.
    pub service: String,
    /// Grouping key.
    pub category: Category,
    /// Class of the newest event.
    pub class: Class,
    /// What the newest event points at.
    pub source: String,
    /// Its port.
    pub port: Option<u16>,
    /// How sure.
    pub certainty: Certainty,
    /// How many services it may have been.
    pub candidates: i64,
    /// Why it is not certain; empty when it is.
    pub why: String,
    /// Number of events.
    pub events: i64,
    /// Newest event's time.
    pub last_at: DateTime<Utc>,
    /// Newest arrival.
    pub received_at: DateTime<Utc>,
    /// Events per day, the oldest of [`SPARK_DAYS`] first.
    pub days: Vec<i64>,
    /// Reporter of the newest event.
    pub reporter: String,
    /// How many reporters there are.
    pub reporters: i64,
    /// Earlier cases of the customer within the repeat window.
    pub strikes: i64,
    /// One event of the group: the key of peek and of acts on groups without a customer.
    pub event: EventId,
    /// The open case it is on (tab "on a case").
    pub case: Option<(CaseId, String)>,
}

/// How many rows (groups, not events) each queue has: the numbers on the tabs and the rail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InboxCounts {
    /// Customers and categories that wait for a decision (certain, no case).
    pub decide: i64,
    /// Open cases with evidence.
    pub on_case: i64,
    /// Sources with several candidates.
    pub ambiguous: i64,
    /// Sources nobody is known for.
    pub unknown: i64,
    /// Parked reports.
    pub parked: i64,
    /// Certain answers that later leases speak against.
    pub doubted: i64,
}

/// A stored attribution, newest first on the proof page.
#[derive(Debug, Clone)]
pub struct Attribution {
    /// Identifier.
    pub id: AttributionId,
    /// For which event.
    pub event: EventId,
    /// When the answer was given.
    pub made_at: DateTime<Utc>,
    /// By whom, as the ledger names him.
    pub made_by: String,
    /// The answer with the lease rows as they were.
    pub answer: Answer,
}

/// A candidate with the names people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The candidate as the answer holds it.
    pub candidate: Candidate,
    /// Name of the customer.
    pub customer_name: String,
    /// Number of the service.
    pub service_number: String,
    /// Its product.
    pub product: String,
    /// Address or prefix of the lease; empty without one.
    pub net: String,
}

/// A page of the inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Its rows.
    pub rows: Rows<InboxRow>,
    /// The numbers on the tabs.
    pub counts: InboxCounts,
    /// When it was read.
    pub now: DateTime<Utc>,
}

/// The panel beside the inbox: one row in sentences.
#[derive(Debug, Clone)]
pub struct Peek {
    /// The newest event of the row.
    pub event: Event,
    /// Its report.
    pub report: Option<Report>,
    /// Whose it was, with the proof.
    pub answer: Answer,
    /// The candidates by name.
    pub candidates: Vec<Named>,
    /// Whose, when certain.
    pub customer: Option<Customer>,
    /// Which service, when certain.
    pub service: Option<Service>,
    /// Its contract.
    pub contract: Option<Contract>,
    /// The customer's newest cases.
    pub cases: Vec<CaseRow>,
    /// No machine may act on the word of the newest event's reporter.
    pub never_automatic: bool,
    /// Events of the row whose answer later leases speak against.
    pub doubted: i64,
    /// What waits: number of events, earliest, latest.
    pub waiting: Option<(i64, DateTime<Utc>, DateTime<Utc>)>,
}

/// The page of an event.
#[derive(Debug, Clone)]
pub struct EventView {
    /// The event.
    pub event: Event,
    /// Its report.
    pub report: Report,
    /// Every answer about whose it was, newest first, with its candidates by name.
    pub answers: Vec<(Attribution, Vec<Named>)>,
    /// The case it is on.
    pub case: Option<Case>,
    /// Whose it is, when certain.
    pub customer: Option<Customer>,
    /// Its copies and newer readings, and what it is one of.
    pub kin: Kin,
    /// What its reporter could add, and what he was asked.
    pub asking: Asking,
    /// What later leases say against a certain answer, open or settled.
    pub contradiction: Option<ContradictionView>,
}

/// What the reporter of an event could add so that its holder becomes certain.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    /// What is missing; empty where no word of his would settle it.
    pub lacking: Vec<Lacking>,
    /// Whom to ask, as far as the report says.
    pub recipient: String,
    /// What he was asked about this event, newest first.
    pub questions: Vec<Question>,
}

/// Events that say the same as this one, or the same thing differently.
#[derive(Debug, Clone, Default)]
pub struct Kin {
    /// The event this one is a copy or a newer reading of.
    pub earlier: Vec<(LinkKind, Event)>,
    /// Copies and newer readings of this one, the first of them.
    pub later: Vec<(LinkKind, Event)>,
    /// How often it was said again in all.
    pub copies: i64,
}

/// Filter of the list of all events; lives in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only on the case with this number.
    pub case: String,
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Only of this class.
    pub class: Option<Class>,
    /// Only of this reporter.
    pub reporter: String,
}
