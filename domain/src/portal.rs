//! What the customer may see of his case on his page, already redacted, and what he may state there.
//!
//! Whoever fills a [`PortalView`] redacts: no reporter, no complainant, no trap address, nobody else's data
//! (design rule 6). The helpers for that stand in [`redact`].
pub mod redact;
mod statement;

use crate::{case::Claim, class::Class, language::Language, quarantine::Measure, words::words};
use chrono::{DateTime, FixedOffset, Utc};

pub use statement::{Statement, StatementFault, check};

words! {
    /// Where the customer stands, in his own terms.
    PortalState {
        /// He was told and can act.
        Told = "told",
        /// His service is restricted.
        Restricted = "restricted",
        /// He answered; it is the desk's turn.
        WaitingForUs = "waiting_for_us",
        /// Open again, still watched.
        Released = "released",
        /// Nothing more to do.
        Closed = "closed",
    }
}

words! {
    /// How far a restriction is.
    Phase {
        /// Ordered, not in force yet.
        Coming = "coming",
        /// In force.
        InForce = "in_force",
        /// Being taken away.
        Lifting = "lifting",
    }
}

/// Everything the customer's page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct PortalView {
    /// Name of the desk as customers know it, usually the provider's.
    pub desk_name: String,
    /// Telephone of the desk, if it has one for customers.
    pub desk_phone: Option<String>,
    /// The body outside the desk that he may turn to (regulator, arbitration), if the provider names one.
    pub redress: Option<String>,
    /// Human number of the case.
    pub case_number: String,
    /// Where he stands.
    pub state: PortalState,
    /// Class of the case; the advice follows from it.
    pub class: Class,
    /// Language of the page.
    pub language: Language,
    /// Zone in which times are shown.
    pub zone: FixedOffset,
    /// First sight.
    pub first_seen: DateTime<Utc>,
    /// Last sight.
    pub last_seen: DateTime<Utc>,
    /// How often it was seen, at least 1.
    pub count: i64,
    /// His own address and port, or his own URL, as text.
    pub source_text: String,
    /// Product or number of the service it is about, if known.
    pub service: Option<String>,
    /// Facts of this kind of abuse that are safe to show, see [`redact::details`].
    pub details: Vec<Detail>,
    /// The latest sights, newest first; more than ten are not shown.
    pub moments: Vec<Moment>,
    /// By when he should act, while that is open.
    pub answer_by: Option<DateTime<Utc>>,
    /// End of the watch period, while that runs.
    pub watched_until: Option<DateTime<Utc>>,
    /// The restriction of the service, if there is one.
    pub restriction: Option<Restriction>,
    /// What was said and done so far, oldest first.
    pub conversation: Vec<Line>,
    /// What he claimed last.
    pub claim: Option<Claim>,
    /// What he may do here.
    pub may: May,
    /// The entry of his last statement in the ledger.
    pub receipt: Option<Receipt>,
    /// Whom we wrote to, masked: see [`redact::mask_email`].
    pub recipient: String,
    /// End of the link's life.
    pub link_expires_at: DateTime<Utc>,
}

/// A restriction with the ground it stands on: the statement of reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// How.
    pub measure: Measure,
    /// How far it is.
    pub phase: Phase,
    /// In force since, or from when.
    pub since: DateTime<Utc>,
    /// Ends by itself then.
    pub until: DateTime<Utc>,
    /// A person looks at it again by then.
    pub review_at: DateTime<Utc>,
    /// Closed ports of a port block.
    pub ports: Vec<u16>,
    /// The facts relied on, in words for the customer.
    pub reason: String,
    /// Ordered by a rule, not by a person.
    pub by_machine: bool,
    /// Number of the clause, such as `7.2`.
    pub clause_number: String,
    /// Its wording.
    pub clause_text: String,
    /// The terms it stands in.
    pub terms_version: String,
    /// When he accepted them.
    pub accepted_at: Option<DateTime<Utc>>,
    /// He asked to be released; a person has to decide.
    pub asked_for_lift: bool,
}

/// What he may do on his page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct May {
    /// State that the cause is gone.
    pub state_fixed: bool,
    /// Releases left that he may grant himself.
    pub self_release_left: i64,
    /// There is a restriction he can ask to be lifted.
    pub ask_release: bool,
    /// Object; false while an objection is open or was decided.
    pub dispute: bool,
}

/// Proof that his statement was taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the entry in the ledger.
    pub seq: i64,
    /// Its leaf hash, hex; empty if it is not to be shown.
    pub leaf_hash: String,
}

words! {
    /// The kind of a fact that is safe to show.
    DetailKind {
        /// Name of malware.
        Malware = "malware",
        /// Name of the service found.
        Service = "service",
        /// His own port.
        Port = "port",
        /// The port contacted elsewhere.
        TargetPort = "target_port",
        /// TCP, UDP or an application protocol.
        Protocol = "protocol",
        /// Product and version found.
        Product = "product",
        /// Number of the security hole.
        Hole = "hole",
        /// His own URL.
        Url = "url",
        /// His own host.
        Host = "host",
        /// The work a rights holder names.
        Work = "work",
        /// A file's name.
        File = "file",
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Its kind.
    pub kind: DetailKind,
    /// Its value, as text.
    pub value: String,
}

/// One sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: DateTime<Utc>,
    /// His own address and port.
    pub source_text: String,
    /// How often in this report.
    pub count: i64,
}

/// One line of what was said and done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: DateTime<Utc>,
    /// Who said or did what.
    pub said: Said,
}

/// Who said or did what. What the desk's machinery did is no text, so that it can be told in any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The customer's statement.
    Customer {
        /// What he claimed.
        claim: Option<Claim>,
        /// His words.
        text: String,
    },
    /// A reply or a visible note of the desk.
    Desk {
        /// Its words.
        text: String,
    },
    /// A notice was delivered to the masked address.
    Noticed {
        /// Masked.
        to: String,
    },
    /// The restriction took force.
    Restricted,
    /// It was lifted.
    Lifted,
    /// A request for release was refused.
    ReleaseRefused {
        /// Why.
        reason: String,
    },
    /// An objection was decided.
    DisputeDecided {
        /// He was right.
        upheld: bool,
        /// Why.
        reason: String,
    },
    /// The case was closed.
    Closed,
}

impl PortalView {
    /// What the form offers, in this order; the same list decides what is accepted ([`check`]).
    #[must_use]
    pub fn options(&self) -> Vec<Claim> {
        let active = !matches!(self.state, PortalState::Released | PortalState::Closed);
        let offered = [
            (Claim::Fixed, self.may.state_fixed),
            (Claim::NeedHelp, true),
            (Claim::NotMe, active),
            (Claim::Dispute, self.may.dispute),
        ];
        offered.into_iter().filter(|(_, may)| *may).map(|(claim, _)| claim).collect()
    }

    /// The desk's last words if the customer has not answered them yet: shown on top.
    #[must_use]
    pub fn unanswered(&self) -> Option<(DateTime<Utc>, &str)> {
        self.conversation.iter().rev().find_map(|line| match &line.said {
            Said::Desk { text } => Some(Some((line.at, text.as_str()))),
            Said::Customer { .. } => Some(None),
            _ => None,
        })?
    }
}

/// What the garden page and the pages for dead links need: they know no customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskContact {
    /// Name of the desk as customers know it.
    pub name: String,
    /// Telephone for customers.
    pub phone: Option<String>,
    /// Mail address for customers.
    pub email: Option<String>,
}
