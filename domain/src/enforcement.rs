//! What the desk and a quarantine back end tell each other (DESIGN §5, docs/quarantine-api.md).
use crate::{quarantine::Measure, words::words};
use chrono::{DateTime, Utc};
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
    #[serde(default)]
    pub service: String,
    /// How; none when the back end does not say.
    #[serde(default)]
    pub measure: Option<Measure>,
    /// Closed ports of a port block.
    #[serde(default)]
    pub ports: Vec<u16>,
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
