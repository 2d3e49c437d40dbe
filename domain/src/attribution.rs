//! Whose was it then? A dated answer with its proof; corrected by a newer record, never overwritten.
mod decide;
pub mod resolved;

pub use decide::{Known, decide, unknown};

use crate::{
    id::{CustomerId, LeaseId, ServiceId},
    lease::{Held, resolver::ResolverQuestion},
    saying::HolderName,
    words::words,
};
use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Candidates that an answer lists; their number is in [`Answer::total`].
pub const CANDIDATES_MAX: usize = 20;

words! {
    /// How sure the answer is. Nobody is notified or quarantined by rule on anything but `certain` (design rule 2).
    Certainty {
        /// Exactly one service held the address (and port) at the event's time.
        Certain = "certain",
        /// Several candidates, or a clock too vague.
        Ambiguous = "ambiguous",
        /// Nobody known held it.
        Unknown = "unknown",
    }
}

words! {
    /// Why an answer is not certain: what a screen, a letter to the reporter or a timer goes by.
    Doubt {
        /// Shared address, and no source port: the port would settle it.
        NoPort = "no_port",
        /// No time was stated: the time would settle it.
        NoTime = "no_time",
        /// Several held it within the event's span: a narrower span would settle it.
        SeveralHolders = "several_holders",
        /// So near to a change of hands that clocks decide: nothing would settle it.
        NearChange = "near_change",
        /// The source's knowledge does not reach so far yet: it settles by itself.
        Waiting = "waiting",
        /// A resolver is asked and has not answered yet: it settles by itself.
        Unanswered = "unanswered",
        /// The session's end was never told, and its last sign of life is earlier.
        Presumed = "presumed",
        /// Nobody is known for a part of the event's span.
        PartOfSpan = "part_of_span",
        /// Held by a name that no service has: importing the service settles it.
        NameUnknown = "name_unknown",
        /// Not one of our addresses.
        NotOurs = "not_ours",
        /// Nobody held it then.
        NoLease = "no_lease",
        /// Leases of that time are erased.
        Gone = "gone",
        /// From before the sources' knowledge begins.
        BeforeKnowledge = "before_knowledge",
        /// A name instead of an address, and no service has it.
        NoAddress = "no_address",
        /// Several services have the name.
        SeveralNames = "several_names",
    }
}

impl Doubt {
    /// What would settle it, for the screen; empty where nothing would.
    pub const fn settles(self) -> &'static str {
        match self {
            Self::NoPort => "the source port, from the reporter",
            Self::NoTime => "the exact time with its zone, from the reporter",
            Self::SeveralHolders | Self::PartOfSpan => "a narrower span of time, from the reporter",
            Self::Waiting => "later leases: it settles by itself",
            Self::Unanswered => "the resolver's answer: it settles by itself",
            Self::Presumed => "the end of the session, from the lease source",
            Self::NameUnknown => "the customer import: no service has this name yet",
            Self::NoLease | Self::BeforeKnowledge => "leases of that time, if a source still has them",
            Self::NearChange | Self::NotOurs | Self::Gone | Self::NoAddress | Self::SeveralNames => "",
        }
    }
}

/// One possible holder, with the lease row as proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which lease; none = the user name itself belongs to the service, or a person said so.
    pub lease: Option<LeaseId>,
    /// The service that held it.
    pub service: ServiceId,
    /// Whose service.
    pub customer: CustomerId,
    /// First instant of the lease.
    pub from: DateTime<Utc>,
    /// First instant after it; none = still held.
    pub to: Option<DateTime<Utc>>,
    /// Lowest and highest port; the whole span for an unshared address.
    pub ports: (u16, u16),
    /// Where the lease came from, such as `radius bng-3`.
    pub source: String,
    /// The rest of the row as it was; none in answers of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
}

/// What else stands in the row that is the proof: kept with the answer when the lease itself is long erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The address or prefix.
    pub net: IpNet,
    /// IP protocol of the ports; none = any.
    pub protocol: Option<u8>,
    /// By what name the source knew the holder.
    pub said: HolderName,
    /// Last proof, where the rest is only presumed.
    pub sure_until: Option<DateTime<Utc>>,
    /// The inside address it was found by, behind a CGNAT.
    pub inside: Option<IpAddr>,
    /// How far the source's clock may be off, in microseconds.
    pub skew_us: i64,
    /// How far the source's knowledge reached when the answer was given.
    pub through: Option<DateTime<Utc>>,
}

impl Candidate {
    /// The holder of a row, when his service is known.
    pub fn of(held: &Held) -> Option<Self> {
        let (service, customer) = held.by.service?;
        Some(Self {
            lease: Some(held.id),
            service,
            customer,
            from: held.from,
            to: held.over_by(),
            ports: held.ports,
            source: held.source.to_string(),
            row: Some(Row {
                net: held.net,
                protocol: held.protocol,
                said: held.by.name.clone(),
                sure_until: held.sure_until,
                inside: held.inside,
                skew_us: held.skew.num_microseconds().unwrap_or(i64::MAX),
                through: held.through,
            }),
        })
    }
}

/// What an open answer hangs on beside the event's own address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Who held this inside address then.
    Inside(IpAddr),
    /// Whose this name is.
    Name(HolderName),
    /// What this source will say of that time.
    Source(String),
    /// What a resolver answers to this.
    Resolver(ResolverQuestion),
}

/// The answer for one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How sure.
    pub certainty: Certainty,
    /// Who it may have been: one when certain, none when unknown; at most [`CANDIDATES_MAX`] of [`Answer::total`].
    pub candidates: Vec<Candidate>,
    /// Why it is not certain, in words for the screen; empty when certain.
    pub why: String,
    /// The same as a word; none when certain, and in answers of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// How many candidates there were; 0 in answers of before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub total: usize,
    /// By what it was found: `lease`, `static range`, `cgnat log`, `cgnat rule`, `user name`, `a person`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub method: String,
    /// What it hangs on; not stored with it.
    #[serde(skip)]
    pub waits: Vec<Wait>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Answer {
    /// The holder, when certain.
    pub fn holder(&self) -> Option<&Candidate> {
        match (self.certainty, self.candidates.as_slice()) {
            (Certainty::Certain, [one]) => Some(one),
            _ => None,
        }
    }

    /// Nobody known, because `why`.
    pub fn unknown(why: &str) -> Self {
        Self::open(Certainty::Unknown, Vec::new(), why.to_owned())
    }

    /// Exactly this one, found by `method`.
    pub fn certain(holder: Candidate, method: &str) -> Self {
        let answer = Self::open(Certainty::Certain, vec![holder], String::new());
        Self { method: method.to_owned(), ..answer }
    }

    /// Not certain, because `why`. Lists the first candidates only.
    pub fn open(certainty: Certainty, mut candidates: Vec<Candidate>, why: String) -> Self {
        let total = candidates.len();
        candidates.truncate(CANDIDATES_MAX);
        Self { certainty, candidates, why, doubt: None, total, method: String::new(), waits: Vec::new() }
    }

    /// The same with its doubt as a word.
    #[must_use]
    pub fn because(self, doubt: Doubt) -> Self {
        Self { doubt: Some(doubt), ..self }
    }
}

/// When and from where the event came, as far as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// First instant of the event.
    pub from: DateTime<Utc>,
    /// Last instant; equal to `from` for a single observation.
    pub to: DateTime<Utc>,
    /// How far the reporter says its clock may be off; zero where it says nothing.
    pub uncertainty: TimeDelta,
    /// Source port, if stated.
    pub port: Option<u16>,
    /// IP protocol number, if stated.
    pub protocol: Option<u8>,
    /// Whether the time was stated by the reporter (not assumed from the arrival).
    pub time_stated: bool,
}

impl Moment {
    /// One instant, stated exactly.
    pub const fn at(at: DateTime<Utc>, port: Option<u16>) -> Self {
        Self { from: at, to: at, uncertainty: TimeDelta::zero(), port, protocol: None, time_stated: true }
    }

    /// First and last instant at which it may have been.
    pub fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        use crate::lease::held::{after, before};
        (before(self.from, self.uncertainty), after(self.to.max(self.from), self.uncertainty))
    }
}
