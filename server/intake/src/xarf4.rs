//! XARF v4 (xarf-spec 4.x). Reports are graded, never refused because of the schema alone.
use crate::json::{self, details, object, text};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits, role, xarf4_schema};
use domain::class::{Category, Class};
use domain::event::{Format, Observation, Role};
use serde_json::{Map, Value};

/// Fields worth showing. `_internal` is not among them and is never looked at (specification: strip it).
const DETAILS: [&str; 30] = [
    "description",
    "evidence_source",
    "confidence",
    "protocol",
    "destination_ip",
    "destination_port",
    "service",
    "service_version",
    "subject",
    "smtp_from",
    "bot_type",
    "malware_family",
    "attack_vector",
    "attack_pattern",
    "url",
    "domain",
    "fraud_type",
    "compromise_type",
    "compromise_method",
    "infringing_url",
    "work_title",
    "rights_holder",
    "p2p_protocol",
    "cve_id",
    "cvss_score",
    "threat_type",
    "scan_type",
    "user_agent",
    "file_hash",
    "tags",
];

/// Whether an object claims to be XARF v4, or looks like one that forgot to say so.
pub(crate) fn is(object: &Map<String, Value>) -> bool {
    let shaped = ["category", "class"].iter().any(|k| text(object, k).is_some())
        && object.contains_key("type")
        && object.contains_key("source_identifier");
    text(object, "xarf_version").is_some() || shaped
}

/// Reads one report.
pub(crate) fn read(report: &Map<String, Value>, context: Context) -> Parsed {
    let mut faults = Vec::new();
    let reporter = object(report, "reporter");
    let who = reporter.and_then(|r| {
        let domain = text(r, "domain").map(str::to_ascii_lowercase);
        domain.or_else(|| text(r, "contact").and_then(address::domain_of)).or_else(|| text(r, "org").map(str::to_owned))
    });
    let reference = text(report, "report_id").map(|r| limits::clip(r, limits::NAME_BYTES).to_owned());
    let (class, category_known) = classify(report, &mut faults);
    faults.extend(xarf4_schema::faults(report, category_known.then_some(class)));
    let port = json::port(report, "source_port", &mut faults);
    let source = text(report, "source_identifier")
        .and_then(|s| address::source_of(s, port))
        .or_else(|| text(report, "url").and_then(|u| address::source_of(u, port)));
    let Some(source) = source else {
        let mut parsed = Parsed::parked(Format::Xarf4, "source_identifier is missing or names nothing").from(who);
        parsed.reference = reference;
        parsed.faults = faults;
        return parsed;
    };
    // The timestamp is when it happened: no span may leave it out.
    let last = time::later(text(report, "last_seen"), text(report, "timestamp"));
    let span = time::span(text(report, "first_seen"), last, Unzoned::IsGuess, context.received_at);
    faults.extend(span.faults);
    let role = role_of(report, class, &mut faults);
    let mut event_details = details(report, &DETAILS);
    if !category_known {
        let said = format!("{}/{}", category_of(report), text(report, "type").unwrap_or_default());
        event_details.insert("original_class".into(), limits::clip(&said, 100).into());
    }
    let count = ["attempt_count", "attempts_count", "event_count", "count"]
        .iter()
        .find_map(|name| json::field(report, name).and_then(Value::as_i64));
    let event = Observation {
        source,
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class,
        role,
        count: count.unwrap_or(1).max(1),
        reference: reference.clone(),
        details: event_details,
        faults,
    };
    let mut parsed = Parsed::events(Format::Xarf4, vec![event]).from(who);
    parsed.reference = reference;
    parsed
}

fn category_of(report: &Map<String, Value>) -> &str {
    text(report, "category").or_else(|| text(report, "class")).unwrap_or_default()
}

/// The class, and whether category and type are those of the specification.
fn classify(report: &Map<String, Value>, faults: &mut Vec<String>) -> (Class, bool) {
    let category = category_of(report).to_ascii_lowercase();
    let kind = text(report, "type").unwrap_or_default().to_ascii_lowercase().replace('-', "_");
    if let Some(class) = Class::parse(&format!("{category}/{kind}")) {
        return (class, true);
    }
    faults.push(format!("class {:?} is not one of XARF v4.2", limits::clip(&format!("{category}/{kind}"), 80)));
    let class = match (Category::parse(&category), kind.as_str()) {
        (_, "bot" | "botnet") => Class::Botnet,
        (_, "phishing_site") => Class::Phishing,
        (_, "malware_distribution") => Class::Malware,
        (_, "compromised_website" | "webshell" | "defacement") => Class::RemoteCompromise,
        (_, "ddos_amplification" | "dos") => Class::Ddos,
        (_, "brute_force" | "auth_failure") => Class::LoginAttack,
        (_, "trademark") => Class::BrandInfringement,
        (_, "ssl_freak" | "ssl_poodle") => Class::Misconfiguration,
        (Some(Category::Infrastructure), "cve") => Class::Cve,
        (Some(Category::Messaging), _) => Class::Spam,
        (Some(Category::Copyright), _) => Class::Copyright,
        (Some(Category::Vulnerability), _) => Class::Misconfiguration,
        (Some(Category::Reputation), _) => Class::ThreatIntelligence,
        // A type of its own in an unknown category is not trusted to mean what it means elsewhere.
        _ => Class::Unclassified,
    };
    (class, false)
}

/// In v4 `infected_host` means any bot, search engines included: `bot_type` decides.
fn role_of(report: &Map<String, Value>, class: Class, faults: &mut Vec<String>) -> Role {
    let bot = text(report, "bot_type").unwrap_or("malicious");
    if class == Class::InfectedHost && !matches!(bot, "malicious" | "unknown") {
        faults.push(format!("bot_type {:?} is not an infection", limits::clip(bot, 40)));
        return Role::Unknown;
    }
    role::of(class)
}
