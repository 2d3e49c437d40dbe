//! What the class words of other taxonomies mean: RSIT and IntelMQ (old and new), CERT-EU, AbuseHub, feed names.
use crate::role;
use domain::class::Class;
use domain::event::Role;

/// Class and role of a word or a few words; the class is unclassified when nothing is known.
pub(crate) fn of(words: &str) -> (Class, Role) {
    let word = words.trim().to_ascii_lowercase().replace(['-', '_', '.', '/'], " ");
    let has = |needles: &[&str]| needles.iter().any(|n| word.contains(n));
    let class = match word.as_str() {
        "spam" | "spam infrastructure" => Class::Spam,
        "infected system" | "infected" | "botnet drone" | "bot" | "drone" | "ransomware" | "dga domain" => {
            Class::InfectedHost
        }
        "c2 server" | "c2server" | "c&c" | "c&c server" | "malware configuration" | "dropzone" => Class::Botnet,
        "malware distribution" | "malware" | "malware url" => Class::Malware,
        "exploit" | "exploit url" | "ids alert" => Class::VulnerabilityScan,
        "scanner" | "sniffing" => Class::PortScan,
        "brute force" | "brute force attack" => Class::LoginAttack,
        "ddos" | "dos" | "ddos infrastructure" => Class::Ddos,
        "ddos target" => return (Class::Ddos, Role::Victim),
        "phishing" | "social engineering" => Class::Phishing,
        "masquerade" | "unauthorised use of resources" | "unauthorized use of resources" => Class::Fraud,
        "copyright" => Class::Copyright,
        "defacement" | "application compromise" | "compromised website" => Class::RemoteCompromise,
        "system compromise"
        | "compromised"
        | "compromised server"
        | "backdoor"
        | "privileged account compromise"
        | "unprivileged account compromise" => Class::CompromisedServer,
        "data leak" | "leak" | "unauthorised information access" | "information disclosure" => Class::ExposedData,
        "ddos amplifier" | "potentially unwanted accessible" | "vulnerable service" | "proxy" | "open proxy" => {
            Class::OpenService
        }
        "weak crypto" | "misconfiguration" => Class::Misconfiguration,
        "vulnerable system" | "vulnerability" => Class::Cve,
        "blacklist" | "blocklist" => Class::Blocklist,
        "violence" => Class::Csam,
        _ if has(&["sinkhole dns"]) => Class::ThreatIntelligence,
        _ if has(&["ddos", "dos attack"]) => Class::Ddos,
        _ if has(&["phish"]) => Class::Phishing,
        _ if has(&["verwundbar", "schwachstelle"]) => Class::Cve,
        _ if has(&["kompromittiert", "ebury", "webshell", "pwned"]) => Class::CompromisedServer,
        _ if has(&["schadprogramm", "infektion"]) => Class::InfectedHost,
        _ if has(&["offene ", "offener "]) => Class::OpenService,
        _ if has(&["brute", "ssh attack", "login", "sshauth", "telnetauth"]) => Class::LoginAttack,
        _ if has(&["bot report", "botnet", "drone"]) => Class::InfectedHost,
        _ if has(&["fbl", "spam"]) => Class::Spam,
        _ if has(&["command and control", "c2", "c&c", "controller"]) => Class::Botnet,
        _ if has(&["compromised website", "deface", "webshell"]) => Class::RemoteCompromise,
        _ if has(&[
            "drone",
            "botnet",
            "sinkhole",
            "bot report",
            "infect",
            "trojan",
            "ransom",
            "cryptoware",
            "avalanche",
            "conficker",
        ]) =>
        {
            Class::InfectedHost
        }
        _ if has(&[
            "open ",
            "openresolver",
            "resolver",
            "ntp",
            "snmp",
            "netbios",
            "ssdp",
            "chargen",
            "qotd",
            "ipmi",
            "nat pmp",
            "memcached",
            "redis",
            "mongodb",
            "elasticsearch",
            "accessible",
            "proxy",
            "portmapper",
            "mssql",
            "ms sql",
        ]) =>
        {
            Class::OpenService
        }
        _ if has(&["poodle", "freak", "ssl", "vulnerable", "misconfig"]) => Class::Misconfiguration,
        _ if has(&["malware", "virus", "exploit kit"]) => Class::Malware,
        _ if has(&["scan", "darknet", "honeypot"]) => Class::PortScan,
        _ => Class::Unclassified,
    };
    (class, role::of(class))
}
