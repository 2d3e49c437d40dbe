//! Our own JSON, one object a line, with the columns of the CSV as names.
use crate::{
    Out,
    reader::{Rows, Settings},
    row::say,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Names that an object may have.
const NAMES: [&str; 17] = [
    "address",
    "port_from",
    "port_to",
    "protocol",
    "service_number",
    "username",
    "circuit_id",
    "mac",
    "inside",
    "from",
    "to",
    "source",
    "event",
    "at",
    "session",
    "started",
    "nas",
];

/// The reader.
pub(crate) struct Ndjson {
    settings: Settings,
}

impl Ndjson {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings }
    }
}

fn fields(text: &str) -> Result<BTreeMap<String, String>, String> {
    let object: Map<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("is no JSON object: {error}"))?;
    let mut fields = BTreeMap::new();
    for (name, value) in object {
        if !NAMES.contains(&name.as_str()) {
            return Err(format!("{name}: there is no such field; there are {}", NAMES.join(", ")));
        }
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(format!("{name}: must be a text or a number")),
        };
        fields.insert(name, text);
    }
    Ok(fields)
}

impl Rows for Ndjson {
    fn written(&mut self, at: DateTime<Utc>) {
        self.settings.written = at;
    }

    fn line(&mut self, number: u64, text: &str, out: &mut Out) {
        if text.trim().is_empty() {
            return;
        }
        out.rows += 1;
        match fields(text) {
            Ok(fields) => {
                let field = |name: &str| fields.get(name).map_or("", |text| text.trim());
                say(number, &self.settings, &field, out);
            }
            Err(problem) => out.refuse(number, problem),
        }
    }
}
