//! What the schema of XARF v4.2 asks for and a report lacks: faults are named, never a reason to refuse.
use crate::json::{field, object, text};
use crate::{address, limits};
use domain::class::{Category, Class};
use serde_json::{Map, Value};

/// The only keys of `reporter` and `sender`, all required.
const WHO: [&str; 3] = ["org", "contact", "domain"];

/// Faults of a report; those of its type only where category and type are the schema's own.
pub(crate) fn faults(report: &Map<String, Value>, class: Option<Class>) -> Vec<String> {
    let mut faults = Vec::new();
    match text(report, "xarf_version") {
        Some(version) if version.starts_with("4.") => {}
        Some(version) => faults.push(format!("xarf_version {:?} is not 4.x", limits::clip(version, 20))),
        None => faults.push("xarf_version is missing".into()),
    }
    match text(report, "report_id") {
        Some(id) if is_uuid(id) => {}
        Some(id) => faults.push(format!("report_id {:?} is no UUID", limits::clip(id, 40))),
        None => faults.push("report_id is missing".into()),
    }
    if text(report, "timestamp").is_none() {
        faults.push("timestamp is missing".into());
    }
    faults.extend(["reporter", "sender"].into_iter().filter_map(|name| who_fault(report, name)));
    if let Some(class) = class {
        let missing = required(class).iter().filter(|name| field(report, name).is_none());
        faults.extend(missing.map(|name| format!("{name} is missing")));
        faults.extend(conditional(report, class).into_iter().map(|name| format!("{name} is missing")));
    }
    faults
}

fn who_fault(report: &Map<String, Value>, name: &str) -> Option<String> {
    let Some(who) = object(report, name) else { return Some(format!("{name} is missing")) };
    if WHO.iter().any(|key| text(who, key).is_none()) {
        return Some(format!("{name} is not complete"));
    }
    let more = who.keys().find(|key| !WHO.contains(&key.as_str()))?;
    Some(format!("{name} has the key {:?}, which the schema does not know", limits::clip(more, 40)))
}

/// Fields that a type requires beyond the core.
const fn required(class: Class) -> &'static [&'static str] {
    match class {
        Class::Spam => &["protocol"],
        Class::BulkMessaging => &["protocol", "recipient_count"],
        Class::LoginAttack | Class::PortScan | Class::Ddos | Class::SqlInjection => &["protocol", "first_seen"],
        Class::InfectedHost => &["protocol", "bot_type", "first_seen"],
        Class::Reconnaissance => &["protocol", "probed_resources", "first_seen"],
        Class::Scraping => &["protocol", "first_seen", "total_requests"],
        Class::VulnerabilityScan => &["scan_type", "protocol", "first_seen"],
        Class::Phishing | Class::Malware => &["url"],
        Class::Fraud => &["url", "fraud_type"],
        Class::BrandInfringement => &["url", "infringement_type", "legitimate_site"],
        Class::Csam => &["url", "classification", "detection_method"],
        Class::Csem => &["url", "exploitation_type", "detection_method"],
        Class::ExposedData => &["url", "data_types", "exposure_method"],
        Class::RemoteCompromise => &["url", "compromise_type"],
        Class::SuspiciousRegistration => &["url", "registration_date", "suspicious_indicators"],
        Class::Copyright => &["infringing_url"],
        Class::Cyberlocker => &["infringing_url", "hosting_service"],
        Class::LinkSite => &["infringing_url", "site_name"],
        Class::UgcPlatform => &["infringing_url", "platform_name"],
        Class::P2p => &["p2p_protocol"],
        Class::Usenet => &["newsgroup"],
        Class::Botnet => &["compromise_evidence"],
        Class::CompromisedServer => &["compromise_method"],
        Class::Cve => &["service", "service_port", "cve_id"],
        Class::OpenService | Class::Misconfiguration => &["service"],
        Class::Blocklist | Class::ThreatIntelligence => &["threat_type"],
        Class::Unclassified => &[],
    }
}

/// Fields that are missing because of what others say.
fn conditional(report: &Map<String, Value>, class: Class) -> Vec<&'static str> {
    let lacks = |name: &&'static str| field(report, name).is_none();
    let is_address = || text(report, "source_identifier").is_some_and(|s| address::parse_ip(s).is_some());
    let within = |name: &str, keys: &[&str]| {
        object(report, name).is_some_and(|inner| keys.iter().any(|key| field(inner, key).is_some()))
    };
    match class {
        _ if class.category() == Category::Messaging && text(report, "protocol") == Some("smtp") => {
            ["smtp_from", "source_port"].into_iter().filter(lacks).collect()
        }
        Class::LoginAttack | Class::PortScan | Class::Ddos if is_address() => {
            ["source_port"].into_iter().filter(lacks).collect()
        }
        Class::P2p if !within("swarm_info", &["info_hash", "magnet_uri"]) => vec!["swarm_info.info_hash"],
        Class::Usenet if !within("message_info", &["message_id"]) => vec!["message_info.message_id"],
        _ => Vec::new(),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
