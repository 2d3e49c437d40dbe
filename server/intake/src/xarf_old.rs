//! X-ARF 0.1 and 0.2: a flat block of "Key: value" lines, read by lines because real ones are not YAML.
use crate::block::Block;
use crate::mail::Mail;
use crate::text::logs;
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, block, limits, role};
use domain::class::Class;
use domain::event::{Format, Observation, Source, SourceKind};
use serde_json::{Map, Value};

/// Reads a mail with an X-ARF part, or with the block in its text.
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let announced = mail.has_header("X-XARF") || mail.has_header("X-ARF");
    let mut found: Option<Parsed> = None;
    // An attached mail that somebody turned into text is evidence.
    let parts = mail.parts.iter().filter(|p| p.bytes.len() <= limits::TEXT_BYTES && !p.name_ends(&[".eml"]));
    for part in parts {
        let named = part.name_ends(&["report.txt", "xarf.txt", "x-arf.txt", ".yml", ".yaml"]);
        let Some(mut one) = (part.is_text() || named).then(|| read_text(&part.text(), context)).flatten() else {
            continue;
        };
        one.events.iter_mut().filter(|e| e.class == Class::Unclassified).for_each(|event| by_logs(event, mail));
        match &mut found {
            // The body often repeats the attached block, sometimes with fewer fields.
            Some(all) if all.reference == one.reference => {}
            Some(all) if all.events.is_empty() => *all = one,
            Some(all) => all.merge(one),
            None => found = Some(one),
        }
    }
    let unread = || Parsed::parked(Format::XArf, "X-ARF header without a readable report block");
    found.or_else(|| announced.then(unread))
}

/// Where the report type says nothing, the attached lines about the source may tell what it did.
fn by_logs(event: &mut Observation, mail: &Mail<'_>) {
    const LINES: usize = 2000;
    let source = event.source.value.to_ascii_lowercase();
    let class = mail.parts.iter().filter(|p| p.is_text()).find_map(|part| {
        let text = part.text_head().to_ascii_lowercase();
        text.lines().take(LINES).filter(|l| l.contains(&source)).find_map(|l| logs::read(l)?.class)
    });
    if let Some(class) = class {
        (event.class, event.role) = (class, role::of(class));
        event.faults.push("class by the log lines".to_owned());
    }
}

/// Reads a text that is the block alone.
pub(crate) fn read_text(text: &str, context: Context) -> Option<Parsed> {
    fields_of(text).map(|fields| report(&fields, context))
}

/// The group of fields that looks most like a report; lines such as `---` are skipped.
fn fields_of(text: &str) -> Option<Block<'_>> {
    let text = limits::clip(text, limits::TEXT_BYTES);
    let mut best = None;
    for group in block::blocks(text) {
        let signs =
            ["Report-Type", "Category", "Source", "Source-Type", "Reported-From", "Report-ID", "Schema-URL", "Version"];
        let score = signs.iter().filter(|s| group.has(s)).count();
        let enough = score >= 4 && (group.has("Report-Type") || group.has("Category"));
        if enough && best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, group));
        }
    }
    best.map(|(_, group)| group)
}

fn report(fields: &Block<'_>, context: Context) -> Parsed {
    let mut faults = Vec::new();
    let reporter = fields.get("Reported-From").and_then(address::domain_of);
    let reference = fields.get("Report-ID").map(|r| limits::clip(unquoted(r), limits::NAME_BYTES).to_owned());
    let class = classify(fields, &mut faults);
    let Some(source) = source_of(fields, class, &mut faults) else {
        let mut parsed = Parsed::parked(Format::XArf, "X-ARF names no readable source").from(reporter);
        parsed.reference = reference;
        parsed.faults = faults;
        return parsed;
    };
    let date = fields.get("Date").or_else(|| fields.get("Timestamp")).map(unquoted);
    let span = time::span(None, date, Unzoned::IsGuess, context.received_at);
    faults.extend(span.faults);
    let count = ["Occurances", "Occurrences", "Count"].iter().find_map(|name| fields.get(name)?.parse::<i64>().ok());
    let event = Observation {
        source,
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class,
        role: role::of(class),
        count: count.unwrap_or(1).max(1),
        reference: reference.clone(),
        details: details(fields),
        faults,
    };
    let mut parsed = Parsed::events(Format::XArf, vec![event]).from(reporter);
    parsed.reference = reference;
    parsed
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

fn classify(fields: &Block<'_>, faults: &mut Vec<String>) -> Class {
    let kind = fields.get("Report-Type").map(|t| unquoted(t).to_ascii_lowercase()).unwrap_or_default();
    let category = fields.get("Category").map(|t| unquoted(t).to_ascii_lowercase()).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|w| kind.contains(w));
    if has(&["login", "bruteforce", "brute-force", "auth"]) {
        Class::LoginAttack
    } else if has(&["phish"]) {
        Class::Phishing
    } else if has(&["malware"]) {
        Class::Malware
    } else if has(&["ddos", "dos"]) {
        Class::Ddos
    } else if has(&["portscan", "port-scan", "portflood"]) {
        Class::PortScan
    } else if has(&["infection", "botnet", "infected"]) {
        Class::InfectedHost
    } else if has(&["spam", "regbot", "mail"]) {
        Class::Spam
    } else if has(&["exploit", "webattack", "web-attack", "rfi", "hack"]) {
        Class::VulnerabilityScan
    } else if has(&["badbot", "harvest", "crawler"]) {
        Class::Scraping
    } else if has(&["copyright"]) {
        Class::Copyright
    } else if category == "fraud" {
        Class::Fraud
    } else {
        faults.push(format!("report type {:?} is not known", limits::clip(&kind, 40)));
        Class::Unclassified
    }
}

/// `Port` is the attacked port, except where the report is about something that our customer serves.
fn source_of(fields: &Block<'_>, class: Class, faults: &mut Vec<String>) -> Option<Source> {
    let text = unquoted(fields.get("Source")?);
    let served = matches!(class, Class::Phishing | Class::Malware | Class::Fraud);
    let port = ["Source-Port", "Download-Port"]
        .into_iter()
        .chain(served.then_some("Port"))
        .find_map(|name| fields.get(name)?.parse::<u16>().ok())
        .filter(|p| *p > 0);
    let kind = fields.get("Source-Type").map(|t| unquoted(t).to_ascii_lowercase()).unwrap_or_default();
    let source = match kind.as_str() {
        "ip-address" | "ip" | "ipv4" | "ipv6" => address::parse_ip(text).map(|ip| Source::from_ip(ip, port)),
        "uri" | "url" => {
            let plain = address::refanged(limits::clip(text, limits::SOURCE_BYTES));
            Some(Source::new(SourceKind::Url, plain, port))
        }
        _ => address::source_of(text, port),
    };
    if source.is_none() {
        faults.push(format!("Source {:?} cannot be read as {kind:?}", limits::clip(text, 60)));
    }
    source
}

fn details(fields: &Block<'_>) -> Map<String, Value> {
    const NAMES: [&str; 9] =
        ["Category", "Report-Type", "Service", "Port", "Domain", "Download-Link", "User-Agent", "TLP", "Protocol"];
    let pairs = NAMES.iter().filter_map(|name| {
        let value = limits::clip(unquoted(fields.get(name)?), limits::DETAIL_BYTES);
        Some((name.to_ascii_lowercase().replace('-', "_"), Value::from(value)))
    });
    pairs.collect()
}
