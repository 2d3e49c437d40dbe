//! Kea's lease files: CSV, each change of a lease one more row, the last one counts.
use crate::{
    Out,
    dhcp::Client,
    format::Prefer,
    mac::{hex, mac, relay_agent, relay_options},
    reader::Rows,
    row::Header,
    tenancy::{Row, Tenancies},
    time::{epoch, seconds},
};
use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use std::net::IpAddr;

/// A lease without end (RFC 2131 §3.3).
const FOR_EVER: &str = "4294967295";

/// The reader.
pub(crate) struct Kea {
    v6: bool,
    prefer: Prefer,
    header: Option<Header>,
    tenancies: Tenancies,
}

impl Kea {
    pub(crate) fn v4(prefer: Prefer) -> Self {
        Self { v6: false, prefer, header: None, tenancies: Tenancies::default() }
    }

    pub(crate) fn v6(prefer: Prefer) -> Self {
        Self { v6: true, ..Self::v4(prefer) }
    }

    fn row(&mut self, line: u64, fields: &[String], out: &mut Out) -> Result<(), String> {
        let Some(header) = &self.header else { return Ok(()) };
        let field = |name: &str| header.field(fields, name);
        let net = net(field("address"), self.v6.then(|| field("prefix_len")))?;
        let expire = epoch(field("expire")).ok_or("expire is no time in seconds since 1970")?;
        let lifetime = seconds(field("valid_lifetime")).ok_or("valid_lifetime is no number of seconds")?;
        let state = match field("state") {
            "" => 0,
            text => text.parse::<u8>().map_err(|_| "state is no number".to_owned())?,
        };
        let for_ever = field("valid_lifetime") == FOR_EVER;
        // Kea writes when a lease ends; a lease for ever "ends" after so many seconds too.
        let lifetime = if for_ever && expire < DateTime::UNIX_EPOCH + lifetime { TimeDelta::zero() } else { lifetime };
        let at = expire - lifetime;
        if lifetime.is_zero() && !for_ever || matches!(state, 1 | 3) {
            // Given back, removed after its end, or declined because somebody unknown uses it: the row does not say when.
            self.tenancies.not_before(at);
            self.tenancies.ended(line, &net, None);
            return Ok(());
        }
        if state == 2 {
            return Ok(());
        }
        let client = client(self.v6, field)?;
        let holder = client.holder(self.prefer)?;
        let to = (!for_ever).then_some(expire);
        self.tenancies.held(Row { line, net, holder, at, to }, out);
        Ok(())
    }
}

fn net(address: &str, prefix: Option<&str>) -> Result<IpNet, String> {
    let ip: IpAddr = address.parse().map_err(|_| format!("{address:?} is no address"))?;
    match prefix {
        None | Some("") => Ok(IpNet::from(ip)),
        Some(length) => {
            let length = length.parse().map_err(|_| format!("prefix_len {length:?} is no number"))?;
            let net = IpNet::new(ip, length).map_err(|_| format!("{ip} cannot have prefix length {length}"))?;
            Ok(net.trunc())
        }
    }
}

fn client<'a>(v6: bool, field: impl Fn(&str) -> &'a str) -> Result<Client, String> {
    let mut client = Client { mac: mac(field("hwaddr")), ..Client::default() };
    if v6 {
        client.duid = hex(field("duid"));
    }
    let context = field("user_context");
    if !context.is_empty() {
        let context: serde_json::Value =
            serde_json::from_str(context).map_err(|_| "user_context is no JSON".to_owned())?;
        let isc = context.get("ISC");
        let info = isc.and_then(|isc| isc.get("relay-agent-info"));
        let agent = info.and_then(|info| info.as_str().or_else(|| info.get("sub-options")?.as_str()));
        if let Some(bytes) = agent.and_then(hex) {
            (client.circuit, client.remote) = relay_agent(&bytes);
        }
        let relays = isc.and_then(|isc| isc.get("relay-info").or_else(|| isc.get("relays"))?.as_array());
        for relay in relays.into_iter().flatten() {
            // The relay nearest to the client stands last, and knows its line.
            if let Some(bytes) = relay.get("options").and_then(|options| options.as_str()).and_then(hex) {
                let (circuit, remote) = relay_options(&bytes);
                client.circuit = circuit.or(client.circuit);
                client.remote = remote.or(client.remote);
            }
        }
    }
    Ok(client)
}

impl Rows for Kea {
    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        if text.is_empty() {
            return;
        }
        // Kea never quotes; it writes commas of its values as a character reference.
        let fields: Vec<String> = text.split(',').map(unescape).collect();
        if text.starts_with("address,") {
            // Once at the beginning of each file; a follower sees several.
            self.header = Some(Header::new(&fields));
            return;
        }
        out.rows += 1;
        let Some(header) = &self.header else {
            return out.refuse(number, "the file does not begin with the header that Kea writes");
        };
        if fields.len() < header.width().min(5) {
            return out.refuse(number, format!("has {} fields, the header has {}", fields.len(), header.width()));
        }
        if let Err(problem) = self.row(number, &fields, out) {
            out.refuse(number, problem);
        }
    }

    fn written(&mut self, at: DateTime<Utc>) {
        self.tenancies.look(at);
    }

    fn pause(&mut self, out: &mut Out) {
        self.tenancies.pause(out);
    }
}

/// `&#x2c` is a comma in Kea's files.
fn unescape(field: &str) -> String {
    if !field.contains("&#x") {
        return field.to_owned();
    }
    let mut text = String::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = rest.find("&#x") {
        let (before, after) = rest.split_at(at);
        text.push_str(before);
        let code = after.get(3..5).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) if code.is_ascii() => {
                text.push(char::from(code));
                rest = after.get(5..).unwrap_or_default();
            }
            _ => {
                text.push_str("&#x");
                rest = after.get(3..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    text
}
