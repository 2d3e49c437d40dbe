//! Events in IntelMQ's JSON form, with dots in the keys; times are UTC by definition of the format.
use super::class;
use crate::json::{self, text};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, address};
use domain::class::Class;
use serde_json::{Map, Value};

/// Whether an object has IntelMQ's keys.
pub(crate) fn is(object: &Map<String, Value>) -> bool {
    let source = ["source.ip", "source.url", "source.fqdn", "source.account", "source.network"]
        .iter()
        .any(|k| object.contains_key(*k));
    source
        && ["time.source", "classification.type", "classification.taxonomy", "feed.name"]
            .iter()
            .any(|k| object.contains_key(*k))
}

/// One event.
pub(crate) fn read(object: &Map<String, Value>, context: Context) -> super::Row {
    let mut faults = Vec::new();
    let port = json::port(object, "source.port", &mut faults);
    let source = ["source.ip", "source.url", "source.fqdn", "source.account"]
        .iter()
        .filter_map(|k| text(object, k))
        .find_map(|t| address::source_of(t, port))
        .ok_or("it names no source")?;
    let span = time::span(None, text(object, "time.source"), Unzoned::IsUtc, context.received_at);
    let known = text(object, "classification.type").map(class::of).filter(|(c, _)| *c != Class::Unclassified);
    let other = text(object, "classification.identifier").or_else(|| text(object, "classification.taxonomy"));
    let (class, role) = known.unwrap_or_else(|| class::of(other.unwrap_or_default()));
    let mut event = sighting::event(source, class, span)
        .role(role)
        .reference(text(object, "rtir_id").or_else(|| text(object, "event_hash")))
        .detail("kind", text(object, "classification.identifier").or_else(|| text(object, "classification.type")))
        .detail("malware", text(object, "malware.name"))
        .detail("url", text(object, "source.url"))
        .detail("feed", text(object, "feed.name"))
        .detail("target_port", json::field(object, "destination.port").map(ToString::to_string).as_deref())
        .detail("protocol", text(object, "protocol.transport"));
    event.faults.extend(faults);
    Ok(event)
}
