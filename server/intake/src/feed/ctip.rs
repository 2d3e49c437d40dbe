//! Microsoft CTIP (botnet sinkholes): Interflow JSON and the Azure stream.
use crate::json::{self, text};
use crate::sighting::{self, With};
use crate::time::{self, Unzoned};
use crate::{Context, address};
use domain::class::Class;
use domain::event::{Role, Source};
use serde_json::{Map, Value};

/// Whether an object has the keys of either form.
pub(crate) fn is(object: &Map<String, Value>) -> bool {
    let has = |names: &[&str]| names.iter().all(|n| json::field(object, n).is_some());
    has(&["networksourceipv4", "indicatorthreattype"])
        || has(&["DataFeed", "SourceIp"])
        || has(&["SourceIp", "ThreatCode"])
}

/// One event.
pub(crate) fn read(object: &Map<String, Value>, context: Context) -> super::Row {
    let mut faults = Vec::new();
    let ip = ["networksourceipv4", "networksourceipv6", "SourceIp"]
        .iter()
        .find_map(|k| text(object, k))
        .and_then(address::parse_ip);
    let ip = ip.ok_or("it names no source address")?;
    let named = ["networksourceport", "SourcePort"]
        .into_iter()
        .find(|k| json::field(object, k).is_some_and(|v| v.as_str() != Some("")));
    let port = named.and_then(|k| json::port(object, k, &mut faults));
    let span = match text(object, "firstreporteddatetime") {
        Some(date) => time::span(None, Some(date), Unzoned::IsUtc, context.received_at),
        None => azure_span(object, context),
    };
    let malware = ["externalid", "ThreatCode", "Malware"].iter().find_map(|k| text(object, k));
    let count = json::field(object, "TotalEncounters")
        .and_then(|v| v.as_i64().or_else(|| v.as_str()?.parse().ok()))
        .unwrap_or(1);
    let mut event = sighting::event(Source::from_ip(ip, port), Class::InfectedHost, span)
        .role(Role::Infected)
        .count(count)
        .detail("malware", malware)
        .detail("confidence", text(object, "ThreatConfidence"))
        .detail(
            "target_port",
            ["networkdestinationport", "DestinationPort"]
                .iter()
                .find_map(|k| json::field(object, k))
                .map(plain)
                .as_deref(),
        );
    event.faults.extend(faults);
    Ok(event)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `DateTimeReceivedUtc` is a FILETIME (100 ns since 1601), `...Txt` long American text.
fn azure_span(object: &Map<String, Value>, context: Context) -> time::Span {
    let number =
        json::field(object, "DateTimeReceivedUtc").and_then(|v| v.as_i64().or_else(|| v.as_str()?.parse().ok()));
    let stamp = number.and_then(|n| sighting::epoch(n / 10_000_000 - 11_644_473_600));
    if let Some(stamp) = stamp {
        return sighting::moment(stamp, context.received_at);
    }
    let words = text(object, "DateTimeReceivedUtcTxt");
    time::span(None, words, Unzoned::IsUtc, context.received_at)
}
