//! ISC dhcpd's lease files: blocks in braces, written one after the other, a later block of an address overrides.
use crate::{
    Out,
    dhcp::Client,
    mac::{circuit, mac},
    reader::{Rows, Settings},
    tenancy::{Row, Tenancies},
    time::{Zone, epoch, iso},
};
use chrono::{DateTime, Utc};
use ipnet::IpNet;
use std::net::IpAddr;

/// When a lease ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    At(DateTime<Utc>),
    Never,
}

/// The block of one address.
#[derive(Default)]
struct Block {
    line: u64,
    net: Option<IpNet>,
    starts: Option<DateTime<Utc>>,
    ends: Option<End>,
    touched: Option<DateTime<Utc>>,
    state: String,
    client: Client,
    problem: Option<String>,
}

/// The reader.
pub(crate) struct Isc {
    v6: bool,
    settings: Settings,
    depth: usize,
    /// A block at the top that is no lease: it is passed over.
    foreign: bool,
    /// IPv6: the client and its last contact, for all addresses of the block.
    duid: Vec<u8>,
    contact: Option<DateTime<Utc>>,
    block: Option<Block>,
    tenancies: Tenancies,
}

impl Isc {
    pub(crate) fn v4(settings: Settings) -> Self {
        Self {
            v6: false,
            settings,
            depth: 0,
            foreign: false,
            duid: Vec::new(),
            contact: None,
            block: None,
            tenancies: Tenancies::default(),
        }
    }

    pub(crate) fn v6(settings: Settings) -> Self {
        Self { v6: true, ..Self::v4(settings) }
    }

    /// A line that opens a block.
    fn open(&mut self, number: u64, head: &str) {
        let (word, rest) = head.split_once(char::is_whitespace).unwrap_or((head, ""));
        let rest = rest.trim();
        let lease_depth = usize::from(self.v6);
        match word {
            "lease" if self.depth == 0 && !self.v6 => self.block = Some(Block::of(number, rest, false)),
            "ia-na" | "ia-ta" | "ia-pd" if self.depth == 0 && self.v6 => {
                // Four bytes of the association's number stand before the client's.
                self.duid = string(rest).get(4..).map(<[u8]>::to_vec).unwrap_or_default();
                self.contact = None;
            }
            "iaaddr" | "iaprefix" if self.depth == lease_depth && self.v6 && !self.foreign => {
                let mut block = Block::of(number, rest, word == "iaprefix");
                block.client.duid = Some(self.duid.clone()).filter(|duid| !duid.is_empty());
                self.block = Some(block);
            }
            _ if self.depth == 0 => self.foreign = true,
            _ => {}
        }
        self.depth += 1;
    }

    fn close(&mut self, out: &mut Out) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == usize::from(self.v6)
            && let Some(block) = self.block.take()
        {
            out.rows += 1;
            let line = block.line;
            if let Err(problem) = self.finish(block, out) {
                out.refuse(line, problem);
            }
        }
        if self.depth == 0 {
            self.foreign = false;
        }
    }

    fn finish(&mut self, block: Block, out: &mut Out) -> Result<(), String> {
        if let Some(problem) = block.problem {
            return Err(problem);
        }
        let net = block.net.ok_or("names no address")?;
        if let Some(at) = block.touched {
            self.tenancies.not_before(at);
        }
        if self.v6 && block.state == "released" {
            // The end stays as it was promised; the last contact is when it was given back.
            self.tenancies.ended(block.line, &net, self.contact);
            return Ok(());
        }
        if block.state == "abandoned" {
            self.tenancies.ended(block.line, &net, None);
            return Ok(());
        }
        let at = if self.v6 { self.contact } else { block.starts };
        let (Some(at), Some(ends)) = (at, block.ends) else {
            // An address that nobody has had yet.
            return if block.state == "active" { Err("says not from when to when".to_owned()) } else { Ok(()) };
        };
        let to = match ends {
            End::Never => None,
            End::At(to) => Some(to),
        };
        if to.is_some_and(|to| to <= at) {
            self.tenancies.ended(block.line, &net, to);
            return Ok(());
        }
        match block.client.holder(self.settings.prefer) {
            Ok(holder) => self.tenancies.held(Row { line: block.line, net, holder, at, to }, out),
            Err(problem) if block.state == "active" => return Err(problem),
            Err(_) => self.tenancies.ended(block.line, &net, to),
        }
        Ok(())
    }

    /// A statement inside a block, without its semicolon.
    fn statement(&mut self, text: &str) {
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        if self.v6 && self.depth == 1 && word == "cltt" {
            self.contact = time(rest, &self.settings);
            return;
        }
        if self.depth != usize::from(self.v6) + 1 {
            return;
        }
        let settings = &self.settings;
        let Some(block) = &mut self.block else { return };
        match word {
            "starts" => block.starts = block.time("starts", rest, settings),
            "ends" if rest == "never" => block.ends = Some(End::Never),
            "ends" => block.ends = block.time("ends", rest, settings).map(End::At),
            "cltt" => block.touched = time(rest, settings),
            "binding" => block.state = rest.strip_prefix("state").unwrap_or_default().trim().to_owned(),
            "hardware" => block.client.mac = rest.split_whitespace().nth(1).and_then(mac),
            "uid" if block.client.duid.is_none() => {
                // RFC 4361: 255, four bytes of the interface's number, and a DUID.
                let bytes = string(rest);
                block.client.duid = bytes.strip_prefix(&[255]).and_then(|rest| rest.get(4..)).map(<[u8]>::to_vec);
            }
            "option" => {
                let (name, value) = rest.split_once(char::is_whitespace).unwrap_or_default();
                match name {
                    "agent.circuit-id" => block.client.circuit = circuit(&string(value)),
                    "agent.remote-id" => block.client.remote = circuit(&string(value)),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

impl Block {
    fn of(line: u64, address: &str, prefix: bool) -> Self {
        let ip: Option<IpAddr> = address.parse().ok();
        let net = if prefix { address.parse().ok().map(|net: IpNet| net.trunc()) } else { ip.map(IpNet::from) };
        let problem = net.is_none().then(|| format!("{address:?} is no address"));
        Self { line, net, problem, ..Self::default() }
    }

    fn time(&mut self, word: &str, text: &str, settings: &Settings) -> Option<DateTime<Utc>> {
        let found = time(text, settings);
        if found.is_none() {
            self.problem = Some(format!("{word} {text:?} is no time"));
        }
        found
    }
}

/// `4 2026/11/19 10:00:00` in UTC, or `epoch 1763546400`.
fn time(text: &str, settings: &Settings) -> Option<DateTime<Utc>> {
    let (first, rest) = text.split_once(char::is_whitespace)?;
    if first == "epoch" {
        return epoch(rest.trim());
    }
    iso(rest.trim())?.instant(Some(Zone::utc()), settings.written).ok()
}

/// The bytes of `"text\\001\\042"` or of `0:1a:2b`.
fn string(text: &str) -> Vec<u8> {
    let Some(inner) = text.trim().strip_prefix('"') else {
        return text.trim().split(':').map_while(|part| u8::from_str_radix(part, 16).ok()).collect();
    };
    let inner = inner.strip_suffix('"').unwrap_or(inner).as_bytes();
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
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
            bytes.push(escaped);
            rest = after;
        }
    }
    bytes
}

/// The line without its comment; a `#` inside quotes is none.
fn uncommented(text: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'#' if !quoted => return text.get(..at).unwrap_or_default(),
            _ => {}
        }
    }
    text
}

impl Rows for Isc {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
        self.tenancies.look(at);
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        let text = uncommented(text).trim();
        if text.starts_with("lease ") && text.ends_with('{') && self.depth > 0 && !self.v6 {
            // A block that was cut off, as by a crash: the next one begins afresh.
            if let Some(block) = self.block.take() {
                out.rows += 1;
                out.refuse(block.line, "the block has no end");
            }
            (self.depth, self.foreign) = (0, false);
        }
        if let Some(head) = text.strip_suffix('{') {
            self.open(number, head.trim());
        } else if text == "}" {
            self.close(out);
        } else if let Some(statement) = text.strip_suffix(';') {
            self.statement(statement.trim());
        }
    }

    fn pause(&mut self, out: &mut Out) {
        self.tenancies.pause(out);
    }

    fn inside(&self) -> bool {
        self.depth > 0
    }

    fn end(&mut self, out: &mut Out) {
        if let Some(block) = self.block.take() {
            out.rows += 1;
            out.refuse(block.line, "the file ends inside this block");
        }
        self.pause(out);
    }
}
