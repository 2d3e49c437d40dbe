//! What each type of XARF v4.2 asks for, filled from what an event says; nothing where it does not say enough.
use super::Facts;
use crate::class::Class;
use serde_json::json;

const TCP_UDP: &[&str] = &["tcp", "udp"];
const TRANSPORTS: &[&str] = &["tcp", "udp", "icmp", "sctp"];

/// Fills what the class's own schema requires; the class under which the report leaves.
pub(super) fn fill(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    match class {
        Class::Spam => spam(facts, class),
        Class::BulkMessaging => bulk(facts),
        Class::LoginAttack | Class::PortScan | Class::Ddos => attack(facts, class),
        Class::InfectedHost | Class::Reconnaissance | Class::Scraping | Class::SqlInjection => host(facts, class),
        Class::VulnerabilityScan => scan(facts),
        Class::Botnet | Class::CompromisedServer => taken_over(facts, class),
        Class::Cve => hole(facts),
        Class::OpenService | Class::Misconfiguration => service(facts, class),
        Class::Blocklist | Class::ThreatIntelligence => listed(facts, class),
        Class::Copyright | Class::Cyberlocker | Class::LinkSite | Class::UgcPlatform => claim(facts, class),
        Class::P2p => swarm(facts),
        Class::Usenet => article(facts),
        Class::Unclassified => None,
        Class::Phishing
        | Class::Malware
        | Class::Fraud
        | Class::BrandInfringement
        | Class::Csam
        | Class::Csem
        | Class::ExposedData
        | Class::RemoteCompromise
        | Class::SuspiciousRegistration => content(facts, class),
    }
}

/// SMTP asks for the sender of the mail, which may be the customer's own address.
fn spam(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    facts.put("protocol", "other");
    facts.remark("Protocol and sender of the mail are left out.");
    Some(class)
}

fn bulk(facts: &mut Facts<'_>) -> Option<Class> {
    let count = facts.event.observation.count;
    let recipients = facts.text("recipient_count").and_then(|text| text.parse().ok()).unwrap_or(count);
    if recipients < 100 {
        return spam(facts, Class::Spam);
    }
    facts.put("recipient_count", recipients);
    spam(facts, Class::BulkMessaging)
}

/// Without the port nobody behind a shared address could be told apart, and the schema insists.
fn attack(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    facts.event.observation.source.port.filter(|port| *port > 0)?;
    let protocol = facts.word("protocol", TRANSPORTS);
    if protocol.is_none() {
        facts.remark("The protocol is assumed.");
    }
    facts.put("protocol", protocol.unwrap_or("tcp"));
    facts.first_seen();
    target_port(facts);
    Some(class)
}

fn target_port(facts: &mut Facts<'_>) {
    if let Some(port) = facts.port(&["destination_port", "dst_port", "target_port"]) {
        facts.put("destination_port", port);
    }
}

fn host(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    match class {
        Class::InfectedHost => {
            let kinds = ["malicious", "unknown", "search_engine", "ai_agent", "monitoring", "seo_analyzer"];
            facts.put("bot_type", facts.word("bot_type", &kinds).unwrap_or("malicious"));
            family(facts);
        }
        Class::Reconnaissance => {
            let probed = facts.first(&["probed_resources", "attack_pattern", "request", "path"])?;
            facts.put("probed_resources", json!([probed]));
        }
        Class::Scraping => {
            let requests = facts.first(&["total_requests", "requests"]).and_then(|text| text.parse::<i64>().ok());
            facts.put("total_requests", requests.unwrap_or(facts.event.observation.count).max(1));
        }
        _ => {}
    }
    // The schema's own default.
    facts.put("protocol", facts.word("protocol", TCP_UDP).unwrap_or("tcp"));
    facts.first_seen();
    target_port(facts);
    Some(class)
}

fn scan(facts: &mut Facts<'_>) -> Option<Class> {
    facts.put("scan_type", "vulnerability_scan");
    facts.put("protocol", facts.word("protocol", &["tcp", "udp", "icmp", "mixed"]).unwrap_or("mixed"));
    facts.first_seen();
    Some(Class::VulnerabilityScan)
}

fn family(facts: &mut Facts<'_>) -> Option<String> {
    let family = facts.first(&["malware_family", "malware", "infection", "family"])?;
    facts.put("malware_family", family.clone());
    Some(family)
}

fn taken_over(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    if class == Class::Botnet {
        let evidence = match family(facts) {
            Some(family) => format!("seen by a sensor as {family}"),
            None => "seen by a reporter's sensor".to_owned(),
        };
        facts.put("compromise_evidence", evidence);
    } else {
        let method = facts.first(&["compromise_method", "compromise_type"]);
        facts.put("compromise_method", method.unwrap_or_else(|| "unknown".to_owned()));
    }
    Some(class)
}

fn hole(facts: &mut Facts<'_>) -> Option<Class> {
    let cve = facts.first(&["cve_id", "cve", "vulnerability"])?.to_uppercase();
    let (year, number) = cve.strip_prefix("CVE-")?.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(number) {
        return None;
    }
    let port =
        facts.port(&["service_port", "port"]).or(facts.event.observation.source.port.filter(|port| *port > 0))?;
    facts.put("service", facts.first(&["service", "service_name", "product", "tag"])?);
    facts.put("service_port", port);
    facts.put("cve_id", cve);
    Some(Class::Cve)
}

fn service(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    let named = facts.first(&["service", "service_name", "tag", "product", "protocol"]);
    let by_port = || facts.event.observation.source.port.map(|port| format!("port {port}"));
    let name = named.or_else(by_port).unwrap_or_else(|| "unknown".to_owned());
    facts.put("service", name);
    Some(class)
}

fn listed(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    let kind = facts.first(&["threat_type", "list", "blocklist"]);
    facts.put("threat_type", kind.unwrap_or_else(|| "unknown".to_owned()));
    Some(class)
}

fn claim(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    let url = facts.url(&["infringing_url", "url"])?;
    facts.put("infringing_url", url);
    let named = match class {
        Class::Cyberlocker => Some("hosting_service"),
        Class::LinkSite => Some("site_name"),
        Class::UgcPlatform => Some("platform_name"),
        _ => None,
    };
    if let Some(name) = named {
        facts.put(name, facts.text(name)?);
    }
    if let Some(title) = facts.first(&["work_title", "work", "title"]) {
        facts.put("work_title", title);
    }
    Some(class)
}

fn swarm(facts: &mut Facts<'_>) -> Option<Class> {
    let hash = facts.first(&["info_hash", "infohash", "file_hash", "hash", "content_hash"])?;
    if hash.len() != 40 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let protocols = ["bittorrent", "edonkey", "gnutella", "kademlia", "other"];
    let protocol = facts.word("p2p_protocol", &protocols).or_else(|| facts.word("protocol", &protocols));
    facts.put("p2p_protocol", protocol.unwrap_or("other"));
    facts.put("swarm_info", json!({ "info_hash": hash }));
    if let Some(title) = facts.first(&["work_title", "work", "title"]) {
        facts.put("work_title", title);
    }
    Some(Class::P2p)
}

fn article(facts: &mut Facts<'_>) -> Option<Class> {
    let id = facts.text("message_id")?;
    facts.put("newsgroup", facts.text("newsgroup")?);
    facts.put("message_info", json!({ "message_id": id }));
    Some(Class::Usenet)
}

fn content(facts: &mut Facts<'_>, class: Class) -> Option<Class> {
    let url = facts.url(&["url"])?;
    facts.put("url", url);
    match class {
        Class::Fraud => facts.put("fraud_type", "other"),
        Class::RemoteCompromise => facts.put("compromise_type", "other"),
        Class::ExposedData => {
            facts.put("data_types", json!(["other"]));
            facts.put("exposure_method", "other");
        }
        Class::BrandInfringement => {
            let real = facts.text("legitimate_site").filter(|url| url.starts_with("https://"))?;
            facts.put("legitimate_site", real);
            facts.put("infringement_type", "other");
        }
        Class::Csam => {
            let class = facts.word("classification", &["baseline"])?;
            facts.put("classification", class);
            facts.put("detection_method", "user_report");
        }
        // What these ask for is nothing that a reporter's mail says in a form to rely on.
        Class::Csem | Class::SuspiciousRegistration => return None,
        _ => {}
    }
    Some(class)
}
