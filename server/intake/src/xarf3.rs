//! XARF v1 to v3, the JSON of abusix. InternalProcessing is ignored: an outsider could name a customer there.
use crate::json::{self, details, object, text};
use crate::time::{self, Unzoned};
use crate::{Context, Parsed, address, limits, role};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source, SourceKind};
use serde_json::{Map, Value};

/// Fields of `Report` worth showing; no sample payloads, no SmtpRcptToAddress, no password hashes.
const DETAILS: [&str; 24] = [
    "ReportClass",
    "ReportType",
    "ReportSubType",
    "ReporterSeverity",
    "DestinationPort",
    "TransportProtocol",
    "SourceUrl",
    "InfringingUrl",
    "Ongoing",
    "ByteCount",
    "PacketCount",
    "SmtpMailFromAddress",
    "MalwareName",
    "BotnetName",
    "RpzDomain",
    "ServiceName",
    "ServiceVersion",
    "InfringedMaterial",
    "MaterialType",
    "FileName",
    "TrademarkedMaterial",
    "RegistrationNumber",
    "RegistrationOffice",
    "HarassmentType",
];

/// Whether an object is XARF v1 to v3.
pub(crate) fn is(object: &Map<String, Value>) -> bool {
    let old = text(object, "Version").is_some_and(|v| v == "alpha" || v.starts_with(['1', '2', '3']));
    let has = |name: &str| json::object(object, name).is_some();
    has("ReporterInfo")
        || (old && !object.contains_key("$schema"))
        || (has("Report") && object.contains_key("Disclosure"))
}

/// Reads one report.
pub(crate) fn read(whole: &Map<String, Value>, context: Context) -> Parsed {
    let mut faults = Vec::new();
    let reporter = reporter_of(whole, &mut faults);
    let Some(report) = object(whole, "Report") else {
        return Parsed::parked(Format::Xarf3, "XARF without Report: it names nobody").from(reporter);
    };
    let reference = ["ReporterCaseID", "ReportID", "ReportId"]
        .iter()
        .find_map(|name| text(report, name))
        .map(|r| limits::clip(r, limits::NAME_BYTES).to_owned());
    let Some(source) = source_of(report, &mut faults) else {
        let mut parsed =
            Parsed::parked(Format::Xarf3, "XARF names no readable source address, URL or account").from(reporter);
        parsed.reference = reference;
        parsed.faults = faults;
        return parsed;
    };
    let more = object(report, "AdditionalInfo");
    let seen = |name: &str| text(report, name).or_else(|| more.and_then(|m| text(m, name)));
    let last = time::later(seen("LastSeen"), seen("Date"));
    let span = time::span(seen("FirstSeen"), last, Unzoned::IsGuess, context.received_at);
    faults.extend(span.faults);
    let (class, mut role) = classify(report, &mut faults);
    if (class, role) == (Class::Unclassified, Role::Vulnerable) && source.kind != SourceKind::Account {
        // Whoever used the account is not the one it was taken from.
        role = Role::Unknown;
    }
    let event = Observation {
        source,
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class,
        role,
        count: 1,
        reference: reference.clone(),
        details: details(report, &DETAILS),
        faults,
    };
    let mut parsed = Parsed::events(Format::Xarf3, vec![event]).from(reporter);
    parsed.reference = reference;
    parsed
}

/// The organisation's domain; a private person stays unnamed (he is a complainant).
fn reporter_of(whole: &Map<String, Value>, faults: &mut Vec<String>) -> Option<String> {
    let Some(info) = object(whole, "ReporterInfo") else {
        faults.push("ReporterInfo is missing".into());
        return None;
    };
    if text(info, "ReporterType").is_some_and(|t| t.eq_ignore_ascii_case("person")) {
        return text(info, "ReporterOrg").map(str::to_owned);
    }
    let domain = text(info, "ReporterOrgDomain").map(str::to_ascii_lowercase);
    let found = domain
        .or_else(|| text(info, "ReporterOrgEmail").and_then(address::domain_of))
        .or_else(|| text(info, "ReporterOrg").map(str::to_owned));
    if found.is_none() {
        faults.push("ReporterInfo names no organisation".into());
    }
    found
}

fn source_of(report: &Map<String, Value>, faults: &mut Vec<String>) -> Option<Source> {
    let nested = object(report, "Source");
    let port = json::port(report, "SourcePort", faults).or_else(|| nested.and_then(|s| json::port(s, "Port", faults)));
    let ip_text = text(report, "SourceIp").or_else(|| nested.and_then(|s| text(s, "IP")));
    let ip = ip_text.and_then(address::parse_ip);
    if let (None, Some(ip_text)) = (ip, ip_text) {
        faults.push(format!("SourceIp {:?} is no address", limits::clip(ip_text, 60)));
    }
    if let Some(ip) = ip {
        return Some(Source::from_ip(ip, port));
    }
    let url = ["SourceUrl", "InfringingUrl", "Url"]
        .iter()
        .find_map(|name| text(report, name).or_else(|| nested.and_then(|s| text(s, name))));
    if let Some(source) = url.and_then(|u| address::source_of(u, port)) {
        return Some(source);
    }
    let account = object(report, "Account")?;
    ["AccountEmail", "AccountIdentifier", "AccountName"]
        .iter()
        .find_map(|name| text(account, name))
        .map(|name| Source::new(SourceKind::Account, limits::clip(name, limits::DETAIL_BYTES), None))
}

/// Both spellings (`LoginAttack`, `Login-Attack`), any case.
fn classify(report: &Map<String, Value>, faults: &mut Vec<String>) -> (Class, Role) {
    let plain = |name: &str| text(report, name).unwrap_or_default().to_ascii_lowercase().replace(['-', '_', ' '], "");
    let (group, kind) = (plain("ReportClass"), plain("ReportType"));
    let class = match kind.as_str() {
        "dos" | "ddos" => Class::Ddos,
        "loginattack" | "bruteforce" => Class::LoginAttack,
        "portscan" => Class::PortScan,
        "exploit" => Class::VulnerabilityScan,
        "spam" => Class::Spam,
        "webcrawler" => Class::Scraping,
        "botnet" => Class::Botnet,
        "bot" | "infectedhost" => Class::InfectedHost,
        // As an activity a machine that asked for a malware domain (RPZ), as content a file offered.
        "malware" if group == "activity" => Class::InfectedHost,
        "malware" => Class::Malware,
        "childabuse" => Class::Csam,
        "copyright" => Class::Copyright,
        "phishing" => Class::Phishing,
        "trademark" => Class::BrandInfringement,
        "fraud" => Class::Fraud,
        "openservice" => Class::OpenService,
        "potentiallycompromisedaccount" => return (Class::Unclassified, Role::Vulnerable),
        "harassment" => return (Class::Unclassified, Role::Actor),
        _ => {
            let said = text(report, "ReportType").unwrap_or_default();
            faults.push(format!("ReportType {:?} is not known", limits::clip(said, 40)));
            Class::Unclassified
        }
    };
    (class, role::of(class))
}
