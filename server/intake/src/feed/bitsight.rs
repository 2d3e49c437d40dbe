//! BitSight / AnubisNetworks cyberfeed: what their sinkholes saw, one object each, time as seconds since the epoch.
use crate::json::{self, object, text};
use crate::sighting::{self, With};
use crate::{Context, address, time};
use domain::class::Class;
use domain::event::{Role, Source};
use serde_json::{Map, Value};

/// Whether an object has the feed's keys.
pub(crate) fn is(record: &Map<String, Value>) -> bool {
    let machine = object(record, "env").or_else(|| object(record, "src"));
    record.contains_key("_ts")
        && machine.is_some()
        && (record.contains_key("trojanfamily") || record.contains_key("malw") || record.contains_key("_origin"))
}

/// One event.
pub(crate) fn read(record: &Map<String, Value>, context: Context) -> super::Row {
    let mut faults = Vec::new();
    let env = object(record, "env");
    let src = object(record, "src");
    let ip = env
        .and_then(|e| text(e, "remote_addr"))
        .or_else(|| src.and_then(|s| text(s, "ip")))
        .and_then(address::parse_ip);
    let ip = ip.ok_or("it names no source address")?;
    let port = env
        .and_then(|e| json::port(e, "remote_port", &mut faults))
        .or_else(|| src.and_then(|s| json::port(s, "port", &mut faults)));
    let malware = object(record, "malw");
    let family =
        text(record, "trojanfamily").or_else(|| malware.and_then(|m| text(m, "variant").or_else(|| text(m, "family"))));
    // Their own checks of how much the stream loses.
    if family == Some("TestSinkholingLoss") {
        return Err("a test message of the feed, no observation".into());
    }
    let span = match json::field(record, "_ts").and_then(Value::as_i64).and_then(sighting::epoch) {
        Some(stamp) => sighting::moment(stamp, context.received_at),
        None => time::assumed(context.received_at, "no event time"),
    };
    let mut event = sighting::event(Source::from_ip(ip, port), Class::InfectedHost, span)
        .role(Role::Infected)
        .detail("malware", family);
    event.faults.extend(faults);
    Ok(event)
}
