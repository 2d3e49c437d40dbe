//! Takes out of evidence what a customer may not see: by lists of what is safe, never by lists of what is not.
use super::{Detail, DetailKind};
use serde_json::{Map, Value};

/// Characters of a shown value; more is cut.
const VALUE_CHARS_MAX: usize = 120;

/// Keys of an observation's details that hold facts about the customer's own side, and what they are.
const SAFE: &[(&str, DetailKind)] = &[
    ("malware", DetailKind::Malware),
    ("malware_family", DetailKind::Malware),
    ("infection", DetailKind::Malware),
    ("family", DetailKind::Malware),
    ("service", DetailKind::Service),
    ("service_name", DetailKind::Service),
    ("port", DetailKind::Port),
    ("source_port", DetailKind::Port),
    ("destination_port", DetailKind::TargetPort),
    ("dst_port", DetailKind::TargetPort),
    ("protocol", DetailKind::Protocol),
    ("product", DetailKind::Product),
    ("version", DetailKind::Product),
    ("cve", DetailKind::Hole),
    ("cve_id", DetailKind::Hole),
    ("vulnerability", DetailKind::Hole),
    ("work", DetailKind::Work),
    ("work_title", DetailKind::Work),
    ("title", DetailKind::Work),
    ("file_name", DetailKind::File),
    ("filename", DetailKind::File),
];

/// The facts of an observation's details that are safe to show; of several of one kind, the first.
#[must_use]
pub fn details(raw: &Map<String, Value>) -> Vec<Detail> {
    let mut safe: Vec<Detail> = Vec::new();
    for (key, kind) in SAFE {
        let value = match raw.get(*key) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        let value = one_line(&value);
        // An address in one of these fields could be the complainant's.
        if !value.is_empty() && !value.contains('@') && !safe.iter().any(|known| known.kind == *kind) {
            safe.push(Detail { kind: *kind, value });
        }
    }
    safe
}

/// `n.okafor@mail.example` as `n.ok•••@mail.example`: enough to know one's own address, not to learn another's.
#[must_use]
pub fn mask_email(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return "•••".to_owned() };
    let shown = (local.chars().count() / 2).min(4);
    let head: String = local.chars().take(shown).collect();
    format!("{head}•••@{domain}")
}

/// Without line breaks and other control characters, at most [`VALUE_CHARS_MAX`] characters.
fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    match clean.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_listed_facts_pass() {
        let Value::Object(raw) = json!({
            "malware_family": "avalanche-andromeda\r\nX: y", "destination_ip": "192.0.2.1", "reporter_email": "a@b.example",
            "victim": "198.51.100.7", "product": "complain to trap@b.example", "destination_port": 443, "file_name": "x".repeat(500),
        }) else {
            unreachable!()
        };
        let safe = details(&raw);
        let kinds: Vec<DetailKind> = safe.iter().map(|detail| detail.kind).collect();
        assert_eq!(kinds, [DetailKind::Malware, DetailKind::TargetPort, DetailKind::File]);
        assert_eq!(safe[0].value, "avalanche-andromeda  X: y");
        assert_eq!(safe[2].value.chars().count(), VALUE_CHARS_MAX + 1);
    }

    #[test]
    fn addresses_are_masked() {
        assert_eq!(mask_email("n.okafor@mail.example"), "n.ok•••@mail.example");
        assert_eq!(mask_email("jo@mail.example"), "j•••@mail.example");
        assert_eq!(mask_email("é@mail.example"), "•••@mail.example");
        assert_eq!(mask_email("nonsense"), "•••");
    }
}
