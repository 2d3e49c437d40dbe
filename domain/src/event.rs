//! One normalised observation taken from a report.
use crate::class::Class;
use crate::words::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

words! {
    /// What kind of thing the reporter points at.
    SourceKind {
        /// An IPv4 or IPv6 address.
        Ip = "ip",
        /// A web address.
        Url = "url",
        /// A host or domain name.
        Host = "host",
        /// A user name or mail address at the provider.
        Account = "account",
        /// A telephone number.
        Phone = "phone",
    }
}

words! {
    /// What our customer is in the event. Only actor, infected and vulnerable can ground a quarantine.
    Role {
        /// Did it, knowingly or not.
        Actor = "actor",
        /// Runs somebody else's malware.
        Infected = "infected",
        /// Offers something that others can abuse.
        Vulnerable = "vulnerable",
        /// Was attacked or impersonated.
        Victim = "victim",
        /// Is only named by a rights holder.
        RightsClaim = "rights_claim",
        /// The report does not say.
        Unknown = "unknown",
    }
}

words! {
    /// How well the time of an event is known.
    TimeGrade {
        /// Given with its offset.
        Stated = "stated",
        /// Given without offset by a format that is defined to be UTC.
        StatedUtc = "stated_utc",
        /// Not given: the time of receipt, or a zone we had to guess.
        Assumed = "assumed",
        /// Somewhere between two times that are far apart.
        Range = "range",
        /// No time at all.
        None = "none",
    }
}

words! {
    /// What became of a report when it was read.
    Disposition {
        /// Holds at least one event.
        Events = "events",
        /// A person has to read it; the reason says why.
        NeedsHuman = "needs_human",
        /// One of our own mails could not be delivered, or was delivered late.
        Bounce = "bounce",
        /// An absence note or an automatic receipt.
        AutoReply = "auto_reply",
        /// Recognised, and no complaint (statistics, summaries).
        NotAReport = "not_a_report",
        /// Nothing could be made of the bytes; the reason says why.
        Unreadable = "unreadable",
    }
}

words! {
    /// The form a report came in.
    Format {
        /// RFC 5965 feedback report.
        Arf = "arf",
        /// XARF v1 to v3, JSON.
        Xarf3 = "xarf3",
        /// XARF v4, JSON.
        Xarf4 = "xarf4",
        /// X-ARF 0.1 and 0.2: the old text block.
        XArf = "x-arf",
        /// Shadowserver CSV.
        Shadowserver = "shadowserver",
        /// ACNS copyright notice, XML.
        Acns = "acns",
        /// RFC 3464 delivery report, or another bounce.
        Dsn = "dsn",
        /// SpamCop's mail.
        Spamcop = "spamcop",
        /// DShield / SANS ISC.
        Dshield = "dshield",
        /// myNetWatchman's mail.
        Mynetwatchman = "mynetwatchman",
        /// Any other CSV.
        Csv = "csv",
        /// Any other JSON.
        Json = "json",
        /// Free text, not a mail.
        Text = "text",
        /// Any other mail.
        Mime = "mime",
        /// None of these.
        Unknown = "unknown",
    }
}

/// What the reporter points at: the thing that will be attributed to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Source {
    /// What kind of thing it is.
    pub kind: SourceKind,
    /// The thing itself; an address in canonical text (RFC 5952).
    pub value: String,
    /// The port on the customer's side; behind CGNAT the only way to tell customers apart.
    pub port: Option<u16>,
}

impl Source {
    /// An address, v4-mapped IPv6 folded to IPv4.
    #[must_use]
    pub fn from_ip(ip: IpAddr, port: Option<u16>) -> Self {
        Self { kind: SourceKind::Ip, value: canonical_ip(ip).to_string(), port }
    }

    /// Something other than an address, as it was written.
    #[must_use]
    pub fn new(kind: SourceKind, value: impl Into<String>, port: Option<u16>) -> Self {
        Self { kind, value: value.into(), port }
    }

    /// The address that can be looked up: of an address itself, and of a URL or host whose name is an address literal.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self.kind {
            SourceKind::Ip | SourceKind::Host => literal(&self.value),
            SourceKind::Url => literal(url_host(&self.value)?),
            SourceKind::Account | SourceKind::Phone => None,
        }
    }
}

/// Folds v4-mapped IPv6 (`::ffff:192.0.2.1`) to IPv4, so that one machine has one text.
#[must_use]
pub fn canonical_ip(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

/// The host of a URL (RFC 3986 authority without user and port), brackets of IPv6 kept.
#[must_use]
pub fn url_host(url: &str) -> Option<&str> {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = after.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.find(']') {
        Some(end) if host.starts_with('[') => host.get(..=end)?,
        _ => host.split(':').next()?,
    };
    (!host.is_empty()).then_some(host)
}

fn literal(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().map(canonical_ip)
}

/// One normalised observation: the answer to what was seen, of whom, when, and how sure the reporter is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// What the reporter points at.
    pub source: Source,
    /// First (or only) time seen.
    pub from: Option<DateTime<Utc>>,
    /// Last time seen; equal to `from` for a single moment.
    pub to: Option<DateTime<Utc>>,
    /// How well the time is known.
    pub time_grade: TimeGrade,
    /// What kind of abuse.
    pub class: Class,
    /// What our customer is in it.
    pub role: Role,
    /// How often it was seen, at least 1.
    pub count: i64,
    /// The reporter's own number of this event.
    pub reference: Option<String>,
    /// A few further facts for the staff; no passwords of strangers, no complainants.
    pub details: serde_json::Map<String, serde_json::Value>,
    /// What was wrong or had to be guessed, in plain words.
    pub faults: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_has_one_text() {
        let mapped = Source::from_ip("::ffff:192.0.2.7".parse().unwrap(), Some(25));
        assert_eq!(mapped.value, "192.0.2.7");
        let long = Source::from_ip("2001:0DB8:0000:0000:0000:0000:0000:0001".parse().unwrap(), None);
        assert_eq!(long.value, "2001:db8::1");
    }

    #[test]
    fn literal_host_of_a_url_is_an_address() {
        let ip = |url: &str| Source::new(SourceKind::Url, url, None).ip().map(|ip| ip.to_string());
        assert_eq!(ip("http://user:x@192.0.2.9:8080/a?b"), Some("192.0.2.9".into()));
        assert_eq!(ip("https://[2001:db8::5]:443/"), Some("2001:db8::5".into()));
        assert_eq!(ip("http://www.example/192.0.2.9"), None);
        assert_eq!(ip("://"), None);
        assert_eq!(ip("http://[2001:db8::5"), None);
    }

    #[test]
    fn words_round_trip() {
        for &format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
            assert_eq!(serde_json::to_string(&format).unwrap(), format!("\"{format}\""));
        }
        assert_eq!(Role::parse("rights_claim"), Some(Role::RightsClaim));
        assert_eq!(Role::parse("Actor"), None);
    }
}
