//! What the class words of other taxonomies mean: RSIT and IntelMQ (old and new), CERT-EU, AbuseHub, feed names.
use crate::role;
use domain::class::Class;
use domain::event::Role;

/// Words of a taxonomy, as a whole.
const WORDS: [(&[&str], Class); 24] = [
    (&["spam", "spam infrastructure"], Class::Spam),
    (&["infected system", "infected", "botnet drone", "bot", "drone", "ransomware", "dga domain"], Class::InfectedHost),
    (&["c2 server", "c2server", "c&c", "c&c server", "malware configuration", "dropzone"], Class::Botnet),
    (&["malware distribution", "malware", "malware url", "malicious content"], Class::Malware),
    (&["exploit", "exploit url", "ids alert"], Class::VulnerabilityScan),
    (&["scanner", "sniffing"], Class::PortScan),
    (&["brute force", "brute force attack"], Class::LoginAttack),
    (&["ddos", "dos", "ddos infrastructure", "ddos target"], Class::Ddos),
    (&["phishing", "social engineering"], Class::Phishing),
    (&["masquerade", "unauthorised use of resources", "unauthorized use of resources"], Class::Fraud),
    (&["copyright", "dmca", "dmca copyright"], Class::Copyright),
    (&["defacement", "application compromise", "compromised website"], Class::RemoteCompromise),
    (&["system compromise", "compromised", "compromised server", "backdoor"], Class::CompromisedServer),
    (&["privileged account compromise", "unprivileged account compromise"], Class::CompromisedServer),
    (&["data leak", "leak", "unauthorised information access", "information disclosure"], Class::ExposedData),
    (&["ddos amplifier", "potentially unwanted accessible", "vulnerable service"], Class::OpenService),
    (&["proxy", "open proxy"], Class::OpenService),
    (&["weak crypto", "misconfiguration"], Class::Misconfiguration),
    (&["vulnerable system", "vulnerability"], Class::Cve),
    (&["blacklist", "blocklist"], Class::Blocklist),
    (&["violence"], Class::Csam),
    (&["sinkhole dns"], Class::ThreatIntelligence),
    (&["test"], Class::Unclassified),
    (&["other", "undetermined", "unknown"], Class::Unclassified),
];

/// Parts of feed names and subjects, English and German; the first that fits counts.
const PARTS: [(&[&str], Class); 17] = [
    (&["sinkhole dns"], Class::ThreatIntelligence),
    (&["ddos", "dos attack"], Class::Ddos),
    (&["phish"], Class::Phishing),
    (&["verwundbar", "schwachstelle"], Class::Cve),
    (&["kompromittiert", "ebury", "webshell", "pwned"], Class::CompromisedServer),
    (&["schadprogramm", "infektion"], Class::InfectedHost),
    (&["offene ", "offener "], Class::OpenService),
    (&["brute", "ssh attack", "login", "sshauth", "telnetauth"], Class::LoginAttack),
    (&["bot report", "botnet", "drone"], Class::InfectedHost),
    (&["fbl", "spam"], Class::Spam),
    (&["command and control", "c2", "c&c", "controller"], Class::Botnet),
    (&["compromised website", "deface"], Class::RemoteCompromise),
    (&["sinkhole", "infect", "trojan", "ransom", "cryptoware", "avalanche", "conficker"], Class::InfectedHost),
    (
        &[
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
        ],
        Class::OpenService,
    ),
    (&["poodle", "freak", "ssl", "vulnerable", "misconfig"], Class::Misconfiguration),
    (&["malware", "virus", "exploit kit"], Class::Malware),
    (&["scan", "darknet", "honeypot"], Class::PortScan),
];

/// Class and role of a word or a few words; the class is unclassified when nothing is known.
pub(crate) fn of(words: &str) -> (Class, Role) {
    let word = words.trim().to_ascii_lowercase().replace(['-', '_', '.', '/'], " ");
    let exact = WORDS.iter().find(|(names, _)| names.contains(&word.as_str()));
    let found = exact.or_else(|| PARTS.iter().find(|(parts, _)| parts.iter().any(|p| word.contains(p))));
    let class = found.map_or(Class::Unclassified, |(_, class)| *class);
    // The target of an attack is no culprit.
    let role = if word == "ddos target" { Role::Victim } else { role::of(class) };
    (class, role)
}
