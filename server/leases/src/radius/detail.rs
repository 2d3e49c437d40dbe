//! FreeRADIUS' detail files: a line with the time, indented attributes, an empty line.
use super::{Status, record::Record};
use crate::{
    Out,
    mac::{circuit, hex},
    reader::{Rows, Settings},
    time::{epoch, leading, seconds},
};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use std::net::IpAddr;

/// Attributes of one record at most; more is no record.
const ATTRIBUTES_MAX: usize = 500;

/// The reader.
pub(crate) struct Detail {
    settings: Settings,
    record: Option<Open>,
}

/// A record that has begun.
struct Open {
    line: u64,
    /// Its time, as its first line has it.
    head: Result<DateTime<Utc>, String>,
    record: Record,
    attributes: usize,
}

impl Detail {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, record: None }
    }

    fn begin(&mut self, line: u64, text: &str) {
        let stamp = leading(text).ok_or_else(|| format!("{text:?} is no time"));
        let head = stamp.and_then(|(stamp, _)| stamp.instant(self.settings.zone, self.settings.written));
        self.record = Some(Open { line, head, record: Record::default(), attributes: 0 });
    }

    fn finish(&mut self, out: &mut Out) {
        let Some(open) = self.record.take() else { return };
        out.rows += 1;
        let mut record = open.record;
        if record.heard.is_none() {
            record.heard = open.head.as_ref().ok().copied();
        }
        let said = match (record.heard.or(record.happened), open.head) {
            (None, Err(problem)) => Err(problem),
            _ => record.sayings(open.line, self.settings.prefer),
        };
        match said {
            Ok(all) => all.into_iter().for_each(|saying| out.say(saying)),
            Err(problem) => out.refuse(open.line, problem),
        }
    }

    fn attribute(&mut self, text: &str) {
        let Some(open) = &mut self.record else { return };
        open.attributes += 1;
        if open.attributes > ATTRIBUTES_MAX {
            return;
        }
        let Some((name, value)) = text.split_once('=') else { return };
        let name = name.trim().trim_end_matches(['+', ':']).trim_end();
        // Tags and instances: `Tunnel-Type:0`, `Proxy-State[2]`.
        let name = name.split([':', '[']).next().unwrap_or_default();
        let value = unquoted(value.trim());
        open.record.named(name, &value, &self.settings);
    }
}

impl Record {
    /// Takes an attribute by its name in FreeRADIUS' dictionaries; those of vendors are passed over.
    fn named(&mut self, name: &str, value: &str, settings: &Settings) {
        let ip = || value.parse::<IpAddr>().ok();
        match name {
            "Acct-Status-Type" => self.status = Some(Status::parse(value)),
            "User-Name" => self.user = value.to_owned(),
            "Acct-Session-Id" => self.session = value.to_owned(),
            "NAS-Identifier" => self.nas_name = value.to_owned(),
            "NAS-IP-Address" | "NAS-IPv6-Address" => self.nas_ip = self.nas_ip.or(ip()),
            "Client-IP-Address" | "Packet-Src-IP-Address" | "Packet-Src-IPv6-Address" => {
                self.sender = self.sender.or(ip());
            }
            "NAS-Port-Id" => self.port = circuit(value.as_bytes()),
            "ADSL-Agent-Circuit-Id" => {
                let bytes = value.strip_prefix("0x").and_then(hex).unwrap_or_else(|| value.as_bytes().to_vec());
                self.circuit = circuit(&bytes);
            }
            "Calling-Station-Id" => self.calling = value.to_owned(),
            "Acct-Delay-Time" => self.delay = seconds(value).unwrap_or_default(),
            "Acct-Session-Time" => self.lasted = seconds(value),
            "Timestamp" => self.heard = epoch(value),
            "Event-Timestamp" => {
                let read = || leading(value)?.0.instant(settings.zone, settings.written).ok();
                self.happened = epoch(value).or_else(read);
            }
            "Framed-IP-Address" => self.framed(value.parse().ok()),
            "Framed-IPv6-Address" => self.nets.extend(ip().map(IpNet::from)),
            "Framed-IPv6-Prefix" | "Delegated-IPv6-Prefix" => self.route(value, 32),
            "Framed-Route" => self.route(value, 16),
            "Framed-IPv6-Route" => self.route(value, 32),
            _ => {}
        }
    }
}

/// A value without its quotes and backslashes.
fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return text.to_owned() };
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let octal = rest.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(code) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(code);
            rest = rest.get(3..).unwrap_or_default();
        } else if let Some((&escaped, after)) = rest.split_first() {
            bytes.push(match escaped {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                other => other,
            });
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Rows for Detail {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        if text.trim().is_empty() {
            self.finish(out);
        } else if text.starts_with([' ', '\t']) {
            if self.record.is_none() {
                // The file was cut at the front: there is a record, but not when it was.
                self.begin(number, "");
            }
            self.attribute(text);
        } else {
            self.finish(out);
            self.begin(number, text);
        }
    }

    fn inside(&self) -> bool {
        self.record.is_some()
    }

    fn end(&mut self, out: &mut Out) {
        self.finish(out);
    }
}
