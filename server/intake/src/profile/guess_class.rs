//! What words in somebody's table probably mean in ours.
use domain::class::Class;

/// Words of values and the class they usually stand for; the first that fits counts.
const WORDS: &[(&str, Class)] = &[
    ("brute", Class::LoginAttack),
    ("login", Class::LoginAttack),
    ("ssh", Class::LoginAttack),
    ("credential", Class::LoginAttack),
    ("password", Class::LoginAttack),
    ("amplif", Class::OpenService),
    ("ddos", Class::Ddos),
    ("dos", Class::Ddos),
    ("flood", Class::Ddos),
    ("open resolver", Class::OpenService),
    ("openresolver", Class::OpenService),
    ("open_", Class::OpenService),
    ("open-", Class::OpenService),
    ("accessible", Class::OpenService),
    ("exposed", Class::OpenService),
    ("sql", Class::SqlInjection),
    ("vulnerability scan", Class::VulnerabilityScan),
    ("portscan", Class::PortScan),
    ("port_scan", Class::PortScan),
    ("port scan", Class::PortScan),
    ("scan", Class::PortScan),
    ("probe", Class::Reconnaissance),
    ("recon", Class::Reconnaissance),
    ("exploit", Class::SqlInjection),
    ("web attack", Class::SqlInjection),
    ("webattack", Class::SqlInjection),
    ("phish", Class::Phishing),
    ("malware-distribution", Class::Malware),
    ("malware_download", Class::Malware),
    ("malware url", Class::Malware),
    ("c2", Class::Botnet),
    ("c&c", Class::Botnet),
    ("botnet", Class::Botnet),
    ("infected", Class::InfectedHost),
    ("drone", Class::InfectedHost),
    ("sinkhole", Class::InfectedHost),
    ("bot", Class::InfectedHost),
    ("trojan", Class::InfectedHost),
    ("malware", Class::InfectedHost),
    ("virus", Class::InfectedHost),
    ("worm", Class::InfectedHost),
    ("spam", Class::Spam),
    ("mail", Class::Spam),
    ("copyright", Class::Copyright),
    ("p2p", Class::P2p),
    ("defac", Class::RemoteCompromise),
    ("webshell", Class::RemoteCompromise),
    ("compromis", Class::CompromisedServer),
    ("hacked", Class::CompromisedServer),
    ("vulnerable", Class::Cve),
    ("cve-", Class::Cve),
    ("misconfig", Class::Misconfiguration),
    ("weak", Class::Misconfiguration),
    ("leak", Class::ExposedData),
    ("blocklist", Class::Blocklist),
    ("blacklist", Class::Blocklist),
    ("fraud", Class::Fraud),
    ("scrap", Class::Scraping),
    ("crawl", Class::Scraping),
];

/// The class that a value of somebody's class column probably means: XARF and RSIT words exactly, others by their parts.
#[must_use]
pub fn class_of(value: &str) -> Option<Class> {
    let value = value.trim().to_lowercase();
    if let Some(class) = Class::parse(&value) {
        return Some(class);
    }
    let short =
        |class: &&Class| class.as_str().split_once('/').is_some_and(|(_, name)| name == value.replace(['-', ' '], "_"));
    let rsit =
        |class: &&Class| class.rsit() == value || class.rsit().split_once('/').is_some_and(|(_, name)| name == value);
    if let Some(class) = Class::ALL.iter().find(short).or_else(|| Class::ALL.iter().find(rsit)) {
        return Some(*class);
    }
    WORDS.iter().find(|(word, _)| value.contains(word)).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_feeds() {
        let cases = [
            ("connection/port_scan", Class::PortScan),
            ("brute-force", Class::LoginAttack),
            ("SSH-Attack", Class::LoginAttack),
            ("infected-system", Class::InfectedHost),
            ("scanner", Class::PortScan),
            ("phishing", Class::Phishing),
            ("ddos-amplifier", Class::OpenService),
            ("spam", Class::Spam),
        ];
        for (value, class) in cases {
            assert_eq!(class_of(value), Some(class), "{value}");
        }
        assert_eq!(class_of("tea"), None);
    }
}
