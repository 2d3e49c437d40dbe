//! What a lease source says, before anybody has decided what it means: the contract between the readers of the sources
//! and the lease index.
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// Longest name of a source, in characters.
pub const SOURCE_NAME_CHARS_MAX: usize = 60;

/// Name of a source of leases, such as `dhcp-1` or `radius.bng-3`: 1 to [`SOURCE_NAME_CHARS_MAX`] letters, digits, dots,
/// hyphens and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceName(String);

impl SourceName {
    /// The name, if it is one.
    pub fn new(name: &str) -> Option<Self> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let right = (1..=SOURCE_NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(fits);
        right.then(|| Self(name.to_owned()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One thing a lease source said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// Where in the file or batch, from 1; only for naming a refusal.
    pub line: u64,
    /// The address or prefix; for [`Word::Reboot`] the access server's own address or `::/128`.
    pub net: IpNet,
    /// Lowest and highest source port; `(0, 65535)` = the address is not shared.
    pub ports: (u16, u16),
    /// IP protocol number the ports belong to (6 TCP, 17 UDP); none = any.
    pub protocol: Option<u8>,
    /// Who held it, by the name the source knows him by; for [`Word::Reboot`] without meaning.
    pub holder: HolderName,
    /// What happened.
    pub word: Word,
}

/// The name by which a source knows a holder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderName {
    /// Number of the service in the provider's books.
    Service(String),
    /// RADIUS or account name.
    Username(String),
    /// Circuit id: DHCP option 82, or NAS port id.
    Circuit(String),
    /// MAC address: lower case, colons.
    Mac(String),
    /// CGNAT: whoever held this inside address then.
    Inside(IpAddr),
}

/// What a source says of an address and its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The whole span is known. Said again with the same source, net, ports, protocol, holder and `from`, it replaces the
    /// end that was said before: DHCP leases are renewed, and given back before their end.
    Held {
        /// First instant.
        from: DateTime<Utc>,
        /// First instant after it; none = still held.
        to: Option<DateTime<Utc>>,
    },
    /// A session began. One session may hold several nets, each said by itself.
    Start {
        /// When. The same name and net with a later time is a new session: logs of address translation use a name again,
        /// and the end of the old one may have been lost.
        at: DateTime<Utc>,
        /// Its name within the source: the access server or device, `/`, and what it calls the session.
        session: String,
    },
    /// A session goes on.
    Alive {
        /// When.
        at: DateTime<Utc>,
        /// Its name.
        session: String,
        /// When it began, if the source says (a lost Start is healed by it).
        started: Option<DateTime<Utc>>,
    },
    /// A session has ended.
    Stop {
        /// First instant after it.
        at: DateTime<Utc>,
        /// Its name.
        session: String,
        /// When it began, if the source says.
        started: Option<DateTime<Utc>>,
    },
    /// The access server has forgotten all its sessions (Accounting-On or -Off).
    Reboot {
        /// The access server: the part of a session's name before the `/`.
        nas: String,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Word {
    /// The latest instant it speaks of: how far the source's knowledge reaches.
    pub fn reaches(&self) -> DateTime<Utc> {
        match self {
            Self::Held { from, to } => to.map_or(*from, |to| to.max(*from)),
            Self::Start { at, .. } | Self::Alive { at, .. } | Self::Stop { at, .. } | Self::Reboot { at, .. } => *at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SourceName;

    #[test]
    fn names_of_sources_are_plain() {
        assert_eq!(SourceName::new("radius.bng-3").unwrap().as_str(), "radius.bng-3");
        for wrong in ["", "a b", "ü", "a/b", &"x".repeat(61)] {
            assert_eq!(SourceName::new(wrong), None, "{wrong:?}");
        }
    }
}
