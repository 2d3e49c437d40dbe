//! JSON reports: which XARF version it is, if any, and forgiving access to its fields.
use crate::{Context, Parsed, feed, limits, xarf3, xarf4};
use domain::event::Format;
use serde_json::{Map, Value};

/// Reads JSON. `None` if it is none and nothing claims that it is.
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    if text.bytes().filter(|b| matches!(b, b'{' | b'[' | b',')).count() > limits::JSON_VALUES {
        return Some(Parsed::parked(
            Format::Json,
            format!("JSON of more than {} values: split the file", limits::JSON_VALUES),
        ));
    }
    match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}').trim()) {
        Ok(Value::Object(object)) => Some(read_object(&object, context)),
        Ok(Value::Array(items)) => Some(read_array(&items, context)),
        Ok(_) => None,
        Err(error) => lines(text, context).or_else(|| broken(text, &error)),
    }
}

/// One object a line (NDJSON), or objects one after the other.
fn lines(text: &str, context: Context) -> Option<Parsed> {
    let mut objects = Vec::new();
    let mut fault = None;
    for value in serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}')).into_iter::<Value>() {
        match value {
            Ok(value @ Value::Object(_)) => objects.push(value),
            Ok(_) => return None,
            Err(error) => {
                fault = Some(format!("the objects after number {} cannot be read: {error}", objects.len()));
                break;
            }
        }
    }
    if objects.len() < 2 && !(objects.len() == 1 && fault.is_some()) {
        return None;
    }
    let mut parsed = read_array(&objects, context);
    if parsed.disposition != domain::event::Disposition::Events {
        return None;
    }
    parsed.faults.extend(fault);
    Some(parsed)
}

fn broken(text: &str, error: &serde_json::Error) -> Option<Parsed> {
    let format = if text.contains("\"xarf_version\"") {
        Format::Xarf4
    } else if text.contains("\"ReporterInfo\"") {
        Format::Xarf3
    } else if text.trim_start().starts_with("{") {
        Format::Json
    } else {
        return None;
    };
    Some(Parsed::unreadable(format, format!("JSON is broken: {error}; ask the reporter to send it again")))
}

fn read_object(object: &Map<String, Value>, context: Context) -> Parsed {
    if text(object, "$schema").is_some_and(|schema| schema.contains("json-schema.org")) {
        return Parsed::not_a_report(Format::Json, "a JSON schema: it describes reports and reports nothing");
    }
    if xarf4::is(object) {
        return xarf4::read(object, context);
    }
    if xarf3::is(object) {
        return xarf3::read(object, context);
    }
    if crate::summary::is_tls_report(object) {
        return Parsed::not_a_report(Format::Json, "SMTP TLS report (RFC 8460): statistics, no complaint");
    }
    if let Some(parsed) = feed::read_objects(std::iter::once(&Value::Object(object.clone())), context) {
        return parsed;
    }
    if let Some(Value::Array(items)) = field(object, "data")
        && let Some(parsed) = feed::read_objects(items.iter(), context)
    {
        return parsed;
    }
    if text(object, "$schema").is_some()
        && ["properties", "$defs", "definitions", "allOf", "oneOf"].iter().any(|k| object.contains_key(*k))
    {
        return Parsed::not_a_report(Format::Json, "a JSON schema: it describes reports and is none");
    }
    Parsed::parked(Format::Json, "JSON of a form that no reader knows: it needs a mapping")
}

/// The specification says one report, one object; senders bundle nevertheless.
fn read_array(items: &[Value], context: Context) -> Parsed {
    if let Some(parsed) = feed::read_objects(items.iter(), context) {
        return parsed;
    }
    let mut all: Option<Parsed> = None;
    for object in items.iter().take(limits::EVENTS).filter_map(Value::as_object) {
        if !(xarf4::is(object) || xarf3::is(object)) {
            continue;
        }
        let one = read_object(object, context);
        match &mut all {
            Some(all) => all.merge(one),
            None => all = Some(one),
        }
    }
    all.unwrap_or_else(|| Parsed::parked(Format::Json, "JSON of a form that no reader knows: it needs a mapping"))
}

/// A field without regard to case.
pub(crate) fn field<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object
        .get(name)
        .or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
        .filter(|v| !v.is_null())
}

/// A field as trimmed text, not empty.
pub(crate) fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    field(object, name)?.as_str().map(str::trim).filter(|t| !t.is_empty())
}

/// A field as an object.
pub(crate) fn object<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Map<String, Value>> {
    field(object, name)?.as_object()
}

/// A port given as a number or as digits; anything out of range is a fault.
pub(crate) fn port(object: &Map<String, Value>, name: &str, faults: &mut Vec<String>) -> Option<u16> {
    let value = field(object, name)?;
    let number = value.as_u64().or_else(|| value.as_str().and_then(|t| t.trim().parse().ok()));
    let port = number.and_then(|n| u16::try_from(n).ok()).filter(|p| *p > 0);
    if port.is_none() {
        faults.push(format!("{name} {} is no port", limits::clip(&value.to_string(), 40)));
    }
    port
}

/// Copies the fields that help the staff and hold nobody's secrets: numbers, flags and short texts only.
pub(crate) fn details(object: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let mut details = Map::new();
    for name in names {
        let value = match field(object, name) {
            Some(Value::String(text)) => Value::from(limits::clip(text, limits::DETAIL_BYTES)),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.clone(),
            Some(Value::Array(items)) => {
                let texts: Vec<&str> = items.iter().take(10).filter_map(Value::as_str).collect();
                Value::from(limits::clip(&texts.join(", "), limits::DETAIL_BYTES))
            }
            _ => continue,
        };
        if value.as_str() != Some("") {
            details.insert((*name).to_owned(), value);
        }
    }
    details
}
