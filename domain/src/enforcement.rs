//! What the desk and a quarantine back end tell each other (DESIGN §5, docs/quarantine-api.md).
use crate::{quarantine::Measure, words::words};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a back end is told to hold: a desired state, never a toggle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// The service's identities.
    pub service: Identities,
    /// How.
    pub measure: Measure,
    /// Closed ports of a port block, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
    /// The page a walled garden leads to.
    pub portal_url: String,
    /// Ends by itself, should the desk never call again.
    pub expires_at: DateTime<Utc>,
}

/// How the network knows a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identities {
    /// Number of the service.
    pub number: String,
    /// RADIUS user name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// Circuit id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub circuit_id: String,
    /// MAC address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mac: String,
    /// Addresses and prefixes held now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// What a back end says it holds: one member of its list, or its answer to a read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The quarantine's id as we gave it; text, since ids that are not ours may stand there.
    pub id: String,
    /// `in_force`, `accepted`, `not_online`.
    pub state: BackendOutcome,
    /// Number of the service.
    #[serde(default, deserialize_with = "number_of")]
    pub service: String,
    /// How; none when the back end does not say.
    #[serde(default)]
    pub measure: Option<Measure>,
    /// Closed ports of a port block.
    #[serde(default)]
    pub ports: Vec<u16>,
}

/// The service's number alone, or the identities as we gave them: many back ends repeat what they were told.
fn number_of<'a, D: serde::Deserializer<'a>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Service {
        Number(String),
        Whole(Identities),
    }
    Ok(match Service::deserialize(from)? {
        Service::Number(number) => number,
        Service::Whole(whole) => whole.number,
    })
}

impl Held {
    /// Whether this is what was wanted. A back end that does not name its measure is believed.
    pub fn is(&self, measure: Measure, ports: &[u16]) -> bool {
        self.measure
            .is_none_or(|held| held == measure && (measure != Measure::PortBlock || same_ports(&self.ports, ports)))
    }
}

fn same_ports(a: &[u16], b: &[u16]) -> bool {
    a.len() == b.len() && a.iter().all(|port| b.contains(port))
}

words! {
    /// What came of a back-end call.
    BackendOutcome {
        /// The network holds it.
        InForce = "in_force",
        /// The network does not hold it.
        Absent = "absent",
        /// Taken, not done yet: ask again.
        Accepted = "accepted",
        /// The customer has no session: holds from the next one on.
        NotOnline = "not_online",
        /// No, and asking again does not help.
        Refused = "refused",
        /// No answer or a useless one: unknown what is in force.
        Unknown = "unknown",
    }
}

/// What a call to the back end came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendAnswer {
    /// Which of the outcomes.
    pub outcome: BackendOutcome,
    /// The back end's words, or what was wrong with them; one line.
    pub detail: String,
    /// It asked for this pause before the next call.
    pub retry: Option<TimeDelta>,
    /// What it holds, where it said so.
    pub held: Option<Held>,
}

impl BackendAnswer {
    /// An outcome with its words.
    pub fn new(outcome: BackendOutcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into(), retry: None, held: None }
    }

    /// No answer, or a useless one.
    pub fn unknown(detail: impl Into<String>) -> Self {
        Self::new(BackendOutcome::Unknown, detail)
    }

    /// An answer that says what is held.
    pub fn held(held: Held) -> Self {
        Self { outcome: held.state, detail: held.state.as_str().replace('_', " "), retry: None, held: Some(held) }
    }

    /// Whether it says that exactly this is held, or will be.
    pub fn fits(&self, wanted: &Desired) -> bool {
        self.held.as_ref().is_some_and(|held| held.is(wanted.measure, &wanted.ports))
    }
}

/// What this process last heard from the network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkBoard {
    /// Name of the back end.
    pub name: String,
    /// What it held at the last comparison.
    pub held: Vec<Held>,
    /// What the comparison found.
    pub findings: Findings,
}

/// What a comparison of the network with the desk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// When it was made; none before the first.
    pub at: Option<DateTime<Utc>>,
    /// Why it could not be made.
    pub problem: Option<String>,
    /// Those it had lost, and was told again.
    pub missing: Vec<String>,
    /// Those it should have let go, and was told again.
    pub left_over: Vec<String>,
    /// Those the desk never ordered: reported, never touched.
    pub strangers: Vec<Held>,
}
