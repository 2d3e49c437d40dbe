//! Rows of named fields: the columns of our own CSV and JSON, with the names that NAT logs of others use for the same.
use crate::{
    Out, Said,
    mac::mac,
    reader::Settings,
    time::{epoch, iso},
};
use chrono::{DateTime, Utc};
use domain::saying::{HolderName, Saying, Word};
use ipnet::IpNet;
use std::net::IpAddr;

/// Longest name of a holder, session or source, in characters.
const NAME_CHARS_MAX: usize = 200;

/// A column and its other names.
const COLUMNS: &[(&str, &[&str])] = &[
    ("address", &["outside", "outside_ip", "public_ip", "external_ip", "nat_ip", "prefix", "ip"]),
    ("port_from", &["port_start", "start_port", "first_port"]),
    ("port_to", &["port_end", "end_port", "last_port"]),
    ("protocol", &["proto"]),
    ("service_number", &["service"]),
    ("username", &["user_name", "user"]),
    ("circuit_id", &["circuit"]),
    ("mac", &["mac_address", "hwaddr"]),
    ("inside", &["inside_ip", "private_ip", "internal_ip", "subscriber_ip"]),
    ("from", &["start"]),
    ("to", &["end"]),
    ("source", &[]),
    ("event", &["action"]),
    ("at", &["time", "timestamp"]),
    ("session", &["session_id"]),
    ("started", &[]),
    ("nas", &["device"]),
];

/// Position of each column of a file.
pub(crate) struct Header {
    names: Vec<String>,
}

impl Header {
    pub(crate) fn new(fields: &[String]) -> Self {
        Self { names: fields.iter().map(|field| field.trim().to_ascii_lowercase()).collect() }
    }

    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// A column without which no row says anything.
    pub(crate) fn missing(&self) -> Option<String> {
        let has = |name| self.place(name).is_some();
        let names = || COLUMNS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
        let wanted = if !has("address") {
            "address"
        } else if !has("from") && !has("at") {
            "from"
        } else if !["service_number", "username", "circuit_id", "mac", "inside"].into_iter().any(has) {
            "service_number"
        } else {
            return None;
        };
        Some(format!("column {wanted} is missing; the columns are {}", names()))
    }

    /// Columns that mean nothing here.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        let known = |name: &str| COLUMNS.iter().any(|(own, others)| *own == name || others.contains(&name));
        self.names.iter().map(String::as_str).filter(move |name| !known(name))
    }

    fn place(&self, name: &str) -> Option<usize> {
        let is = |wanted: &str| self.names.iter().position(|known| known == wanted);
        let others = COLUMNS.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, others)| others);
        is(name).or_else(|| others.iter().find_map(|other| is(other)))
    }

    /// The text of a column in a row; empty when there is none.
    pub(crate) fn field<'a>(&self, fields: &'a [String], name: &str) -> &'a str {
        self.place(name).and_then(|place| fields.get(place)).map_or("", |field| field.trim())
    }
}

/// The fields of a line of CSV (RFC 4180, but a record is one line).
///
/// # Errors
/// A quote that does not end in the line.
pub(crate) fn cut(text: &str, delimiter: char) -> Result<Vec<String>, String> {
    if !text.contains('"') {
        return Ok(text.split(delimiter).map(str::to_owned).collect());
    }
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            letter if letter == delimiter && !quoted => fields.push(std::mem::take(&mut field)),
            letter => field.push(letter),
        }
    }
    if quoted {
        return Err("a quote does not end in its line".to_owned());
    }
    fields.push(field);
    Ok(fields)
}

/// Reads a row whose fields `field` gives by the names of our columns, and says what it says.
pub(crate) fn say<'a>(line: u64, settings: &Settings, field: &dyn Fn(&str) -> &'a str, out: &mut Out) {
    match saying(line, settings, field) {
        Ok(saying) => {
            let source = Some(field("source")).filter(|source| !source.is_empty()).map(str::to_owned);
            out.said.push(Said { saying, source });
        }
        Err(problem) => out.refuse(line, problem),
    }
}

fn saying<'a>(line: u64, settings: &Settings, field: &dyn Fn(&str) -> &'a str) -> Result<Saying, String> {
    let event = event(field("event"))?;
    let ports = ports(field("port_from"), field("port_to"))?;
    let protocol = protocol(field("protocol"))?;
    if event == Event::Reboot {
        let nas = name("nas", field("nas"))?.ok_or("nas: a reboot names its access server or device")?;
        let at = needed("at", instant("at", field("at"), settings)?)?;
        let net = field("address").parse().map_or_else(|_| nobody(), |ip: IpAddr| IpNet::from(ip));
        let holder = HolderName::Service(String::new());
        return Ok(Saying { line, net, ports, protocol, holder, word: Word::Reboot { nas, at } });
    }
    let net = prefix(field("address"))?;
    let holder = holder(field)?;
    let word = if event == Event::Held {
        let from = needed("from", instant("from", field("from"), settings)?.or(instant("at", field("at"), settings)?))?;
        let to = instant("to", field("to"), settings)?;
        if to.is_some_and(|to| to <= from) {
            return Err("to: must be later than from".to_owned());
        }
        Word::Held { from, to }
    } else {
        let at = needed("at", instant("at", field("at"), settings)?.or(instant("from", field("from"), settings)?))?;
        let started = instant("started", field("started"), settings)?;
        if started.is_some_and(|started| started > at) {
            return Err("started: must not be later than at".to_owned());
        }
        let nas = name("nas", field("nas"))?.unwrap_or_default().replace('/', "_");
        let session = match name("session", field("session"))? {
            Some(session) => format!("{nas}/{session}"),
            None => format!("{nas}/{net}:{}-{}:{}/{holder:?}", ports.0, ports.1, protocol.unwrap_or(0)),
        };
        match event {
            Event::Start => Word::Start { at, session },
            Event::Stop => Word::Stop { at, session, started },
            _ => Word::Alive { at, session, started },
        }
    };
    Ok(Saying { line, net, ports, protocol, holder, word })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Held,
    Start,
    Alive,
    Stop,
    Reboot,
}

fn event(text: &str) -> Result<Event, String> {
    Ok(match text.to_ascii_lowercase().as_str() {
        "" | "held" | "lease" => Event::Held,
        "start" | "alloc" | "allocate" | "allocated" | "create" | "created" | "add" | "assign" | "new" | "begin" => {
            Event::Start
        }
        "alive" | "interim" | "active" | "update" => Event::Alive,
        "stop" | "release" | "released" | "free" | "freed" | "delete" | "deleted" | "del" | "withdraw" | "destroy"
        | "end" => Event::Stop,
        "reboot" => Event::Reboot,
        _ => return Err(format!("event: {text:?} is none of held, start, alive, stop, reboot")),
    })
}

fn holder<'a>(field: &dyn Fn(&str) -> &'a str) -> Result<HolderName, String> {
    if let Some(number) = name("service_number", field("service_number"))? {
        return Ok(HolderName::Service(number));
    }
    if let Some(user) = name("username", field("username"))? {
        return Ok(HolderName::Username(user));
    }
    if let Some(circuit) = name("circuit_id", field("circuit_id"))? {
        return Ok(HolderName::Circuit(circuit));
    }
    match (field("mac"), field("inside")) {
        ("", "") => Err("names no holder: service_number, username, circuit_id, mac or inside".to_owned()),
        ("", inside) => {
            let ip: IpAddr = inside.parse().map_err(|_| format!("inside: {inside:?} is no address"))?;
            Ok(HolderName::Inside(ip.to_canonical()))
        }
        (text, _) => mac(text).map(HolderName::Mac).ok_or_else(|| format!("mac: {text:?} is no MAC address")),
    }
}

fn name(column: &str, text: &str) -> Result<Option<String>, String> {
    if text.chars().count() > NAME_CHARS_MAX {
        return Err(format!("{column}: has more than {NAME_CHARS_MAX} characters"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn needed<T>(column: &str, value: Option<T>) -> Result<T, String> {
    value.ok_or_else(|| format!("{column}: must not be empty"))
}

fn instant(column: &str, text: &str, settings: &Settings) -> Result<Option<DateTime<Utc>>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() >= 9
        && let Some(at) = epoch(text)
    {
        return Ok(Some(at));
    }
    let stamp =
        iso(text).ok_or_else(|| format!("{column}: {text:?} is no date and time such as 2026-03-14T10:00:00Z"))?;
    stamp.instant(settings.zone, settings.written).map(Some).map_err(|problem| format!("{column}: {text}: {problem}"))
}

fn ports(from: &str, to: &str) -> Result<(u16, u16), String> {
    let port = |column: &str, text: &str| {
        text.parse::<u16>().map_err(|_| format!("{column}: {text:?} is not a whole number from 0 to 65535"))
    };
    match (from, to) {
        ("", "") => Ok((0, u16::MAX)),
        (from, "") => port("port_from", from).map(|port| (port, port)),
        ("", _) => Err("port_from: give both port_from and port_to, or neither".to_owned()),
        (from, to) => match (port("port_from", from)?, port("port_to", to)?) {
            (from, to) if from <= to => Ok((from, to)),
            _ => Err("port_to: must not be lower than port_from".to_owned()),
        },
    }
}

/// The number of a protocol by number or name; none for any.
pub(crate) fn protocol(text: &str) -> Result<Option<u8>, String> {
    match text.to_ascii_lowercase().as_str() {
        "" | "-" | "any" | "all" | "0" => Ok(None),
        "tcp" => Ok(Some(6)),
        "udp" => Ok(Some(17)),
        "icmp" => Ok(Some(1)),
        "icmpv6" | "icmp6" => Ok(Some(58)),
        "gre" => Ok(Some(47)),
        "sctp" => Ok(Some(132)),
        number => {
            number.parse().map(Some).map_err(|_| format!("protocol: {text:?} is not known: tcp, udp or a number"))
        }
    }
}

fn prefix(text: &str) -> Result<IpNet, String> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(ip.to_canonical()));
    }
    let net: IpNet = text.parse().map_err(|_| format!("address: {text:?} is no IP address or prefix"))?;
    if net.addr() != net.network() {
        return Err(format!("address: {text:?} is an address inside a prefix: did you mean {}?", net.trunc()));
    }
    Ok(net)
}

/// The address of an access server that gives none.
pub(crate) fn nobody() -> IpNet {
    IpNet::from(IpAddr::from(std::net::Ipv6Addr::UNSPECIFIED))
}
