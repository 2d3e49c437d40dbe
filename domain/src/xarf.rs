//! An event as XARF v4 (xarf-spec 4.2, valid by its schema) for somebody outside: by lists of what may leave, never by
//! lists of what may not. What the schema asks for and the event does not say is never invented: such an event leaves
//! under a type that asks for less, with its class named.
mod kinds;

use crate::{
    class::Class,
    event::{SourceKind, TimeGrade, url_host},
    evidence::Event,
    refusal::Refusal,
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Version of the specification that is written.
const VERSION: &str = "4.2.0";
/// Bytes that keep the ids given to the outside apart from our own.
const ID_MASK: u128 = 0x6c61_7a61_7265_742d_7861_7266_2d76_3431;

/// An organisation as XARF names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its name.
    pub org: String,
    /// Its mail address.
    pub contact: String,
    /// Its domain.
    pub domain: String,
}

impl Contact {
    fn json(&self) -> Value {
        let org: String = self.org.chars().take(200).collect();
        json!({ "org": org, "contact": self.contact, "domain": self.domain })
    }

    /// The original reporter, when he is known well enough to be named: a domain, or a mail address that he wrote from.
    #[must_use]
    pub fn of_reporter(reporter: &str, sender: Option<&str>) -> Option<Self> {
        let domain = match reporter.rsplit_once('@') {
            Some((_, domain)) => domain,
            None => reporter,
        };
        if !is_host(domain) {
            return None;
        }
        let own = |address: &&str| {
            crate::passing::check_address(address).is_ok()
                && address
                    .rsplit_once('@')
                    .is_some_and(|(_, from)| from == domain || from.ends_with(&format!(".{domain}")))
        };
        let contact = sender.filter(own).map_or_else(|| format!("abuse@{domain}"), str::to_owned);
        Some(Self { org: domain.to_owned(), contact, domain: domain.to_owned() })
    }
}

/// Who is named, and what must not be in it.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// We.
    pub us: Contact,
    /// The original reporter, only when whoever passes on ticked it; then the reporter's own addresses leave too.
    pub reporter: Option<Contact>,
    /// What names the customer: no fact that holds one of these leaves.
    pub secrets: Vec<String>,
}

/// One report as it leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The report.
    pub report: Map<String, Value>,
    /// What a person should know about it, in sentences.
    pub remarks: Vec<String>,
}

/// Writes one event.
///
/// # Errors
/// [`Refusal::Invalid`] when what it points at is the customer's own name or number.
pub fn write(event: &Event, envelope: &Envelope) -> Result<Written, Refusal> {
    let seen = &event.observation;
    let identifier = identifier(event)?;
    let mut facts = Facts { event, envelope, report: Map::new(), remarks: Vec::new() };
    let class = match kinds::fill(&mut facts, seen.class) {
        Some(class) => class,
        None => {
            // A half-filled type would not be valid: start again under one that asks for nothing more.
            facts.report.clear();
            facts.remarks.clear();
            facts.put("threat_type", seen.class.as_str());
            facts.put("original_class", seen.class.as_str());
            facts.remark(&format!(
                "Leaves as threat intelligence: the schema asks of {} for more than this report says.",
                seen.class
            ));
            Class::ThreatIntelligence
        }
    };
    facts.common(&identifier, class);
    let Facts { report, remarks, .. } = facts;
    Ok(Written { report, remarks })
}

/// What the report points at, as far as it may leave.
fn identifier(event: &Event) -> Result<String, Refusal> {
    let source = &event.observation.source;
    let problem = match source.kind {
        SourceKind::Ip | SourceKind::Host => return Ok(source.value.clone()),
        SourceKind::Url => match url_host(&source.value) {
            Some(host) => return Ok(host.trim_start_matches('[').trim_end_matches(']').to_owned()),
            None => "names a web address without a host",
        },
        SourceKind::Account => "names an account of a customer, which never leaves",
        SourceKind::Phone => "names a customer's telephone number, which never leaves",
    };
    Err(Refusal::invalid("event", problem))
}

/// What goes into one report.
struct Facts<'e> {
    event: &'e Event,
    envelope: &'e Envelope,
    report: Map<String, Value>,
    remarks: Vec<String>,
}

impl Facts<'_> {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.report.insert(name.to_owned(), value.into());
    }

    fn remark(&mut self, text: &str) {
        self.remarks.push(text.to_owned());
    }

    /// What every type has.
    fn common(&mut self, identifier: &str, class: Class) {
        let event = self.event;
        let seen = &event.observation;
        let (category, kind) = class.as_str().split_once('/').unwrap_or(("reputation", "threat_intelligence"));
        let id = uuid::Builder::from_random_bytes((event.id.0.as_u128() ^ ID_MASK).to_be_bytes()).into_uuid();
        self.put("xarf_version", VERSION);
        self.put("report_id", id.to_string());
        self.put("timestamp", instant(event.at));
        self.put("reporter", self.envelope.reporter.as_ref().unwrap_or(&self.envelope.us).json());
        self.put("sender", self.envelope.us.json());
        self.put("source_identifier", identifier);
        self.put("category", category);
        self.put("type", kind);
        self.put("event_count", seen.count.max(1));
        if let Some(port) = seen.source.port.filter(|port| *port > 0) {
            self.put("source_port", port);
        }
        if let (Some(from), Some(to)) = (seen.from, seen.to)
            && to > from
        {
            self.put("first_seen", instant(from));
            self.put("last_seen", instant(to));
        }
        if let Some((_, kind)) = seen.class.rsit().split_once('/') {
            self.put("tags", json!([format!("rsit:{kind}")]));
        }
        if self.envelope.reporter.is_some()
            && let Some(target) = self.text("destination_ip").filter(|text| text.parse::<std::net::IpAddr>().is_ok())
        {
            self.put("destination_ip", target);
        }
        if matches!(seen.time_grade, TimeGrade::None | TimeGrade::Assumed) {
            self.remark("The reporter states no certain time: the timestamp is assumed.");
        }
        let words = [&[format!("{}.", seen.class.title())], self.remarks.as_slice()].concat().join(" ");
        self.put("description", words.chars().take(1000).collect::<String>());
    }

    /// A fact of the event that may leave: one line, no mail address, nothing that names the customer.
    fn text(&self, name: &str) -> Option<String> {
        let value = match self.event.observation.details.get(name)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let folded = value.to_lowercase();
        let named = self.envelope.secrets.iter().any(|secret| folded.contains(&secret.to_lowercase()));
        let plain = !value.is_empty() && value.chars().count() <= 200 && !value.contains('@');
        (plain && !named && !value.chars().any(char::is_control)).then_some(value)
    }

    /// The first of these facts that the event has.
    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A fact that has to be one of a few words.
    fn word(&self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?.to_lowercase();
        words.iter().copied().find(|word| *word == text)
    }

    /// A port of the details.
    fn port(&self, names: &[&str]) -> Option<u16> {
        self.first(names)?.parse().ok().filter(|port| *port > 0)
    }

    /// The web address that is meant, without what could name a victim.
    fn url(&self, names: &[&str]) -> Option<String> {
        let source = &self.event.observation.source;
        let url = match source.kind {
            SourceKind::Url => source.value.clone(),
            _ => self.first(names)?,
        };
        let url = match url.find(['?', '#']) {
            Some(end) if url.contains('@') || url.to_lowercase().contains("%40") => url.get(..end)?.to_owned(),
            _ => url,
        };
        let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>\"{}|\\^`@".contains(letter);
        let web = url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http")) && url.contains("://");
        (web && url.is_ascii() && !url.contains(odd) && url_host(&url).is_some()).then_some(url)
    }

    fn first_seen(&mut self) {
        let first = self.event.observation.from.unwrap_or(self.event.at);
        self.put("first_seen", instant(first));
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Whether a name can be the domain of an organisation (RFC 1123, with a dot).
fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && label.len() <= 63 && inside && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.contains('.') && name.split('.').all(label) && name.parse::<std::net::IpAddr>().is_err()
}
