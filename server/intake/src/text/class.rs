//! What kind of abuse a text is about, by the words that reporters use.
use super::excerpt;
use super::lines::{Ready, Setting};
use crate::suggestion::Hinted;
use domain::class::{Category, Class};
use std::borrow::Cow;

/// A word or the beginning of one, in lower case, the class it speaks for, and how loudly.
type Word = (&'static str, Class, i32);

const WORDS: [Word; 118] = [
    ("brute force", Class::LoginAttack, 4),
    ("brute-force", Class::LoginAttack, 4),
    ("bruteforc", Class::LoginAttack, 4),
    ("failed login", Class::LoginAttack, 3),
    ("login attempt", Class::LoginAttack, 3),
    ("log in attempt", Class::LoginAttack, 3),
    ("login fail", Class::LoginAttack, 3),
    ("password guess", Class::LoginAttack, 4),
    ("dictionary attack", Class::LoginAttack, 3),
    ("failed password", Class::LoginAttack, 3),
    ("sasl", Class::LoginAttack, 1),
    ("authentication fail", Class::LoginAttack, 3),
    ("ssh attack", Class::LoginAttack, 4),
    ("ssh-attack", Class::LoginAttack, 4),
    ("login attack", Class::LoginAttack, 4),
    ("login-attack", Class::LoginAttack, 4),
    ("ssh login", Class::LoginAttack, 3),
    ("unauthorized login", Class::LoginAttack, 4),
    ("unauthorized access", Class::LoginAttack, 2),
    ("unauthorised access", Class::LoginAttack, 2),
    ("account hacking", Class::LoginAttack, 2),
    ("anmeldeversuch", Class::LoginAttack, 4),
    ("tentatives de connexion", Class::LoginAttack, 4),
    ("fail2ban", Class::LoginAttack, 1),
    ("port scan", Class::PortScan, 4),
    ("portscan", Class::PortScan, 4),
    ("port-scan", Class::PortScan, 4),
    ("portsweep", Class::PortScan, 4),
    ("scanning", Class::PortScan, 2),
    ("network scan", Class::PortScan, 3),
    ("netscan", Class::PortScan, 4),
    ("scan attempt", Class::PortScan, 3),
    ("has scanned", Class::PortScan, 3),
    ("probing", Class::PortScan, 2),
    ("probes", Class::PortScan, 2),
    ("ddos", Class::Ddos, 4),
    ("dos attack", Class::Ddos, 4),
    ("dos-attack", Class::Ddos, 4),
    ("denial of service", Class::Ddos, 4),
    ("denial-of-service", Class::Ddos, 4),
    ("syn flood", Class::Ddos, 4),
    ("udp flood", Class::Ddos, 4),
    ("flooding", Class::Ddos, 2),
    ("amplification", Class::Ddos, 2),
    ("spam", Class::Spam, 3),
    ("unsolicited", Class::Spam, 3),
    ("junk mail", Class::Spam, 3),
    ("nevyžádan", Class::Spam, 3),
    ("pourriel", Class::Spam, 3),
    ("bulk e-mail", Class::Spam, 2),
    ("bulk email", Class::Spam, 2),
    ("phishing", Class::Phishing, 5),
    ("phish", Class::Phishing, 3),
    ("malware", Class::Malware, 4),
    ("malicious file", Class::Malware, 3),
    ("malicious software", Class::Malware, 3),
    ("trojan", Class::Malware, 3),
    ("ransomware", Class::Malware, 3),
    ("virus", Class::Malware, 2),
    ("exploit kit", Class::Malware, 3),
    ("drive-by", Class::Malware, 3),
    ("payload", Class::Malware, 1),
    ("botnet", Class::Botnet, 4),
    ("command and control", Class::Botnet, 3),
    ("command & control", Class::Botnet, 3),
    ("c&c", Class::Botnet, 3),
    ("zombie", Class::InfectedHost, 2),
    ("infected", Class::InfectedHost, 3),
    ("infection", Class::InfectedHost, 2),
    ("infiziert", Class::InfectedHost, 3),
    ("sinkhole", Class::InfectedHost, 3),
    ("copyright", Class::Copyright, 4),
    ("dmca", Class::Copyright, 4),
    ("digital millennium", Class::Copyright, 4),
    ("infring", Class::Copyright, 3),
    ("urheberrecht", Class::Copyright, 4),
    ("droit d'auteur", Class::Copyright, 4),
    ("bittorrent", Class::P2p, 6),
    ("peer-to-peer", Class::P2p, 6),
    ("peer to peer", Class::P2p, 6),
    ("p2p", Class::P2p, 6),
    ("torrent", Class::P2p, 3),
    ("info hash", Class::P2p, 5),
    ("infohash", Class::P2p, 5),
    ("edonkey", Class::P2p, 6),
    ("emule", Class::P2p, 4),
    ("gnutella", Class::P2p, 6),
    ("trademark", Class::BrandInfringement, 4),
    ("counterfeit", Class::BrandInfringement, 4),
    ("open resolver", Class::OpenService, 5),
    ("open dns resolver", Class::OpenService, 5),
    ("open recursive", Class::OpenService, 5),
    ("open proxy", Class::OpenService, 4),
    ("openly accessible", Class::OpenService, 4),
    ("publicly accessible", Class::OpenService, 3),
    ("accessible from the internet", Class::OpenService, 4),
    ("aus dem internet erreichbar", Class::OpenService, 4),
    ("vulnerab", Class::Cve, 3),
    ("cve-", Class::Cve, 4),
    ("sql injection", Class::SqlInjection, 5),
    ("sql-injection", Class::SqlInjection, 5),
    ("sqli ", Class::SqlInjection, 4),
    ("web attack", Class::VulnerabilityScan, 3),
    ("webattack", Class::VulnerabilityScan, 3),
    ("exploit attempt", Class::VulnerabilityScan, 4),
    ("vulnerability scan", Class::VulnerabilityScan, 6),
    ("mod_security", Class::VulnerabilityScan, 2),
    ("modsecurity", Class::VulnerabilityScan, 2),
    ("hacking attempt", Class::VulnerabilityScan, 3),
    ("hack attempt", Class::VulnerabilityScan, 3),
    ("web scraping", Class::Scraping, 4),
    ("scraping", Class::Scraping, 3),
    ("bad bot", Class::Scraping, 3),
    ("harvesting", Class::Scraping, 3),
    ("child abuse", Class::Csam, 9),
    ("child porn", Class::Csam, 9),
    ("child sexual", Class::Csam, 9),
    ("csam", Class::Csam, 9),
];

/// More words.
const MORE: [Word; 266] = [
    ("servico mdns", Class::OpenService, 5),
    ("junk/spam", Class::Spam, 4),
    ("scam/spam", Class::Spam, 4),
    ("pharmac", Class::Fraud, 3),
    ("connection attempt", Class::PortScan, 3),
    ("fake auction", Class::Fraud, 4),
    ("determined attacks", Class::Reconnaissance, 3),
    ("with the ssh", Class::LoginAttack, 3),
    ("hijack", Class::VulnerabilityScan, 2),
    ("unauthorized accesses", Class::LoginAttack, 3),
    ("breaking administrator", Class::LoginAttack, 3),
    ("sip server", Class::LoginAttack, 3),
    ("représentations de mineurs", Class::Csam, 9),
    ("representations of minors", Class::Csam, 9),
    ("of a pornographic nature", Class::Csam, 4),
    ("website runs exploitable", Class::VulnerabilityScan, 6),
    ("illegally placed", Class::Copyright, 3),
    ("open redirect", Class::RemoteCompromise, 5),
    ("publicznie dostępn", Class::OpenService, 4),
    ("habilitado", Class::OpenService, 2),
    ("servico portmap", Class::OpenService, 5),
    ("open redis", Class::OpenService, 5),
    ("directory listing", Class::ExposedData, 3),
    ("open directory", Class::ExposedData, 4),
    ("leaked credentials", Class::ExposedData, 4),
    ("gambling", Class::Unclassified, 3),
    ("propaganda", Class::Unclassified, 3),
    ("impairing", Class::Unclassified, 3),
    ("malicious content", Class::Unclassified, 2),
    ("suspicious email", Class::Spam, 3),
    ("suspicious e-mail", Class::Spam, 3),
    ("spamvertis", Class::Spam, 4),
    ("break into", Class::LoginAttack, 3),
    ("breakin ", Class::LoginAttack, 3),
    ("break-in", Class::LoginAttack, 3),
    ("was attacked", Class::Reconnaissance, 3),
    ("podvodn", Class::Fraud, 3),
    ("fake web", Class::Phishing, 3),
    ("is imitating", Class::Phishing, 3),
    ("negacao de servico", Class::Ddos, 2),
    ("skimming", Class::Malware, 3),
    ("skimmer", Class::Malware, 3),
    ("beaconing", Class::InfectedHost, 4),
    ("cobalt strike", Class::Botnet, 2),
    ("attack source", Class::Reconnaissance, 3),
    ("query flood", Class::Ddos, 5),
    ("flood attack", Class::Ddos, 4),
    ("malicious redirect", Class::Unclassified, 2),
    ("redirector", Class::Unclassified, 2),
    ("top talkers", Class::LoginAttack, 3),
    ("sql attack", Class::SqlInjection, 5),
    ("abusive post request", Class::VulnerabilityScan, 5),
    ("isitphishing", Class::Phishing, 5),
    ("ftp attack", Class::LoginAttack, 4),
    ("badactor", Class::Reconnaissance, 4),
    ("bad/threat actor", Class::Reconnaissance, 4),
    ("deceptive site", Class::Phishing, 4),
    ("child-abuse", Class::Csam, 9),
    ("intrusion detected", Class::VulnerabilityScan, 3),
    ("identical requests", Class::VulnerabilityScan, 3),
    ("http request abuse", Class::VulnerabilityScan, 4),
    ("spoofing report", Class::Spam, 4),
    ("infiserte", Class::InfectedHost, 4),
    ("tegn på infeksjon", Class::InfectedHost, 3),
    ("dirección ip infectada", Class::InfectedHost, 4),
    ("fake profile", Class::Phishing, 4),
    ("roscomnadzor", Class::Unclassified, 3),
    ("illegal content", Class::Unclassified, 3),
    ("unwanted network activity", Class::Unclassified, 2),
    ("content removal", Class::Unclassified, 2),
    ("remoção de conteúdo", Class::Unclassified, 2),
    ("contenus illicites", Class::Unclassified, 3),
    ("attack by", Class::Reconnaissance, 2),
    ("site attack", Class::Reconnaissance, 3),
    ("internet watch foundation", Class::Csam, 9),
    ("csai", Class::Csam, 5),
    ("attacking", Class::Reconnaissance, 3),
    ("abusing our", Class::Unclassified, 2),
    ("attacked our", Class::Reconnaissance, 2),
    ("abusive behav", Class::Unclassified, 2),
    ("abusive activit", Class::Unclassified, 2),
    ("unusual activit", Class::Unclassified, 2),
    ("reported malicious", Class::Unclassified, 2),
    ("maliziös", Class::Unclassified, 2),
    ("has been reported to you", Class::Unclassified, 1),
    ("suspicious behav", Class::Unclassified, 2),
    ("illegal resource access", Class::VulnerabilityScan, 4),
    ("intrusion attempt", Class::VulnerabilityScan, 3),
    ("angriffsversuch", Class::LoginAttack, 3),
    ("verwundbar", Class::Cve, 4),
    ("schwachstelle", Class::Cve, 3),
    ("(d)dos", Class::Ddos, 5),
    ("d.d.o.s", Class::Ddos, 4),
    ("remote code execution", Class::Cve, 3),
    ("honeypot", Class::PortScan, 1),
    ("spoofed", Class::Phishing, 3),
    ("steal personal", Class::Phishing, 3),
    ("fraud", Class::Fraud, 2),
    ("harvest cred", Class::Phishing, 3),
    ("fraudulent", Class::Fraud, 3),
    ("scam", Class::Fraud, 3),
    ("advance fee", Class::Fraud, 4),
    ("fake shop", Class::Fraud, 4),
    ("fakeshop", Class::Fraud, 4),
    ("defaced", Class::RemoteCompromise, 4),
    ("defacement", Class::RemoteCompromise, 4),
    ("web shell", Class::RemoteCompromise, 4),
    ("webshell", Class::RemoteCompromise, 4),
    ("hacked website", Class::RemoteCompromise, 4),
    ("compromised website", Class::RemoteCompromise, 4),
    ("compromised server", Class::CompromisedServer, 3),
    ("blacklist", Class::Blocklist, 1),
    ("blocklist", Class::Blocklist, 1),
    ("fuerza bruta", Class::LoginAttack, 4),
    ("force brute", Class::LoginAttack, 4),
    ("intentos de acceso", Class::LoginAttack, 3),
    ("et scan", Class::PortScan, 3),
    ("ssh scan", Class::PortScan, 3),
    ("scanne", Class::PortScan, 2),
    ("escaneo", Class::PortScan, 3),
    ("exploitable", Class::OpenService, 3),
    ("monlist", Class::OpenService, 3),
    ("misconfigured", Class::OpenService, 2),
    ("open relay", Class::OpenService, 4),
    ("open port", Class::OpenService, 2),
    ("ntp server", Class::OpenService, 2),
    ("for vulnerabilities", Class::VulnerabilityScan, 6),
    ("hack ", Class::VulnerabilityScan, 2),
    ("hacking", Class::VulnerabilityScan, 2),
    ("exploit", Class::VulnerabilityScan, 2),
    ("rfi", Class::VulnerabilityScan, 2),
    ("hameçonnage", Class::Phishing, 5),
    ("backscatter", Class::Spam, 2),
    ("comment spam", Class::Spam, 3),
    ("forum spam", Class::Spam, 3),
    ("reputation", Class::Blocklist, 1),
    ("malicious activit", Class::Unclassified, 2),
    ("malicious traffic", Class::Unclassified, 2),
    ("suspicious activit", Class::Unclassified, 2),
    ("suspicious traffic", Class::Unclassified, 2),
    ("network abuse", Class::Unclassified, 1),
    ("flagged as malicious", Class::Unclassified, 2),
    ("unwanted activit", Class::Unclassified, 2),
    ("credential stuffing", Class::LoginAttack, 4),
    ("account takeover", Class::LoginAttack, 4),
    ("credential attack", Class::LoginAttack, 4),
    ("loginattempt", Class::LoginAttack, 4),
    ("tried to log in", Class::LoginAttack, 3),
    ("login-versuch", Class::LoginAttack, 4),
    ("força bruta", Class::LoginAttack, 4),
    ("útok na autentizaci", Class::LoginAttack, 5),
    ("password spray", Class::LoginAttack, 4),
    ("logon attempt", Class::LoginAttack, 3),
    ("authentication attempt", Class::LoginAttack, 3),
    ("ssh brute", Class::LoginAttack, 4),
    ("rdp brute", Class::LoginAttack, 4),
    ("netzwerkscan", Class::PortScan, 4),
    ("scanning packet", Class::PortScan, 3),
    ("skenování", Class::PortScan, 4),
    ("varredura", Class::PortScan, 4),
    ("port sweep", Class::PortScan, 4),
    ("scanned", Class::PortScan, 2),
    ("network probe", Class::PortScan, 3),
    ("unauthorized scan", Class::PortScan, 4),
    ("unauthorised scan", Class::PortScan, 4),
    ("open snmp", Class::OpenService, 5),
    ("open ntp", Class::OpenService, 5),
    ("open memcached", Class::OpenService, 5),
    ("open ldap", Class::OpenService, 5),
    ("open ssdp", Class::OpenService, 5),
    ("open chargen", Class::OpenService, 5),
    ("open portmap", Class::OpenService, 5),
    ("open netbios", Class::OpenService, 5),
    ("open rdp", Class::OpenService, 5),
    ("open mongodb", Class::OpenService, 5),
    ("open tftp", Class::OpenService, 5),
    ("rdp expuesto", Class::OpenService, 5),
    ("servicio expuesto", Class::OpenService, 4),
    ("offene ", Class::OpenService, 2),
    ("misconfiguration", Class::OpenService, 2),
    ("leaked credential", Class::ExposedData, 4),
    ("credential distribution", Class::ExposedData, 4),
    ("credential leak", Class::ExposedData, 4),
    ("data leak", Class::ExposedData, 4),
    ("doxing", Class::ExposedData, 4),
    ("doxxing", Class::ExposedData, 4),
    ("personal details", Class::ExposedData, 2),
    ("systembc", Class::InfectedHost, 3),
    ("schadsoftware", Class::InfectedHost, 3),
    ("bot-net", Class::Botnet, 4),
    ("c2 server", Class::Botnet, 4),
    ("c2 host", Class::Botnet, 2),
    ("kompromittier", Class::CompromisedServer, 3),
    ("compromised", Class::CompromisedServer, 1),
    ("comprometid", Class::CompromisedServer, 3),
    ("backdoor", Class::CompromisedServer, 3),
    ("webwinkel", Class::Fraud, 3),
    ("fake webshop", Class::Fraud, 4),
    ("fake web shop", Class::Fraud, 4),
    ("fake store", Class::Fraud, 3),
    ("investment fraud", Class::Fraud, 4),
    ("fraude", Class::Fraud, 3),
    ("betrug", Class::Fraud, 3),
    ("fake website", Class::Phishing, 3),
    ("fake web site", Class::Phishing, 3),
    ("fake page", Class::Phishing, 3),
    ("fake login", Class::Phishing, 4),
    ("suplantaci", Class::Phishing, 3),
    ("página falsa", Class::Phishing, 4),
    ("pagina falsa", Class::Phishing, 4),
    ("credential harvest", Class::Phishing, 4),
    ("钓鱼", Class::Phishing, 5),
    ("фишинг", Class::Phishing, 5),
    ("impersonat", Class::Phishing, 2),
    ("intellectual property", Class::BrandInfringement, 2),
    ("brand", Class::BrandInfringement, 1),
    ("contrefaçon", Class::BrandInfringement, 4),
    ("товарны", Class::BrandInfringement, 4),
    ("marchi ", Class::BrandInfringement, 2),
    ("cease and desist", Class::BrandInfringement, 2),
    ("direitos autorais", Class::Copyright, 4),
    ("derechos de autor", Class::Copyright, 4),
    ("авторск", Class::Copyright, 4),
    ("violazione dei diritti", Class::Copyright, 3),
    ("版权", Class::Copyright, 4),
    ("侵权", Class::Copyright, 4),
    ("live stream", Class::Copyright, 1),
    ("unauthorised broadcast", Class::Copyright, 3),
    ("unauthorized broadcast", Class::Copyright, 3),
    ("unauthorized transmission", Class::Copyright, 3),
    ("csem", Class::Csem, 9),
    // Of adults too: only words for children make it the gravest class.
    ("sexual abuse", Class::Unclassified, 4),
    ("abuse of child", Class::Csam, 9),
    ("abuse of minor", Class::Csam, 9),
    ("exposed bacnet", Class::OpenService, 5),
    ("exposed qnap", Class::OpenService, 5),
    ("child exploitation", Class::Csam, 9),
    ("kinderporno", Class::Csam, 9),
    ("pédoporn", Class::Csam, 9),
    ("ddos-angriff", Class::Ddos, 5),
    ("denegación de servicio", Class::Ddos, 4),
    ("botnet attack", Class::Ddos, 2),
    ("crawler", Class::Scraping, 3),
    ("crawling", Class::Scraping, 3),
    ("mail bombing", Class::Spam, 3),
    ("mailbombing", Class::Spam, 3),
    ("spamm", Class::Spam, 3),
    ("sextortion", Class::Spam, 4),
    ("rbl", Class::Blocklist, 1),
    ("piracy", Class::Copyright, 2),
    ("pirated", Class::Copyright, 3),
    ("bot-infected", Class::InfectedHost, 3),
    ("infecté", Class::InfectedHost, 3),
    ("network attack", Class::Reconnaissance, 3),
    ("were attacked", Class::Reconnaissance, 3),
    ("likelihood of confusion", Class::BrandInfringement, 4),
    ("confusingly similar", Class::BrandInfringement, 4),
    ("likely to cause confusion", Class::BrandInfringement, 4),
    ("confuse consumers", Class::BrandInfringement, 4),
    ("trade mark", Class::BrandInfringement, 4),
    ("used in bad faith", Class::BrandInfringement, 4),
    ("disinformation", Class::Unclassified, 3),
    ("data removal", Class::Unclassified, 2),
    ("削除", Class::Unclassified, 3),
    ("違反", Class::Unclassified, 3),
    ("侵害", Class::Copyright, 3),
];

/// A class and the sum of the words that speak for it.
#[derive(Debug, Clone)]
pub(crate) struct Scored {
    pub(crate) class: Class,
    pub(crate) score: i32,
    /// Whether the subject holds one of the words.
    pub(crate) in_subject: bool,
    words: Vec<&'static str>,
    line: String,
}

impl Scored {
    pub(crate) fn hinted(&self) -> Hinted<Class> {
        let words = self.words.iter().take(3).map(|w| format!("“{}”", w.trim())).collect::<Vec<_>>().join(", ");
        Hinted { value: self.class, reason: format!("the words {words}"), excerpt: excerpt(&self.line) }
    }
}

/// Classes by the words of the subject and of what the reporter wrote, loudest first.
pub(crate) fn scores(subject: &str, lines: &[Ready], words: &str) -> Vec<Scored> {
    let mut scored: Vec<Scored> = Vec::new();
    let subject_lower = without_links(&subject.to_ascii_lowercase()).into_owned();
    // What a filter thought of the letter says nothing of its matter.
    let subject_lower = subject_lower.replace("[possible spam]", "").replace("[suspected spam]", "");
    let plain = lines.iter().filter(|l| l.setting == Setting::Plain).take(2000);
    let plain: Vec<(&Ready, Cow<'_, str>)> = plain.map(|l| (l, without_links(&l.lower))).collect();
    for (word, class, weight) in WORDS.iter().chain(&MORE) {
        let in_subject = holds(&subject_lower, word);
        // Most words are nowhere: one search over the whole text saves one in each line.
        let lines = if words.contains(word) { &plain[..] } else { &[] };
        let line = lines.iter().find(|(_, said)| holds(said, word)).map(|(line, _)| *line);
        let score = if in_subject { weight * 3 } else { 0 } + if line.is_some() { *weight } else { 0 };
        if score == 0 {
            continue;
        }
        let shown = if in_subject { subject } else { line.map_or("", |l| l.raw.as_str()) };
        match scored.iter_mut().find(|s| s.class == *class) {
            Some(s) => {
                s.score += score;
                s.in_subject |= in_subject;
                s.words.push(word);
            }
            None => scored.push(Scored { class: *class, score, in_subject, words: vec![word], line: shown.to_owned() }),
        }
    }
    // "Infringement" alone says copyright only where nothing speaks of a brand.
    let trade = scored.iter().any(|s| s.class == Class::BrandInfringement && s.words.contains(&"trademark"));
    let merely = scored.iter().position(|s| s.class == Class::Copyright && s.words == ["infring"]);
    if let Some(at) = merely.filter(|_| trade) {
        let gone = scored.remove(at);
        for brand in scored.iter_mut().filter(|s| s.class == Class::BrandInfringement) {
            brand.score += gone.score;
            brand.in_subject |= gone.in_subject;
        }
    }
    for (narrow, wide) in NARROWER {
        absorb(&mut scored, narrow, wide);
    }
    // "Malicious activity" says something only where nothing else does.
    if scored.iter().any(|s| s.class != Class::Unclassified && s.score >= 3) {
        scored.retain(|s| s.class != Class::Unclassified);
    }
    // An attack of whatever kind is said of every kind.
    let deed =
        |s: &Scored| s.class.category() == Category::Connection && s.class != Class::Reconnaissance && s.score >= 3;
    if scored.iter().any(deed) {
        scored.retain(|s| s.class != Class::Reconnaissance);
    }
    scored.sort_by_key(|s| std::cmp::Reverse(s.score));
    scored
}

/// A class and a wider one whose words speak for it too: file sharing is a copyright matter.
const NARROWER: [(Class, Class); 4] = [
    (Class::P2p, Class::Copyright),
    (Class::SqlInjection, Class::VulnerabilityScan),
    (Class::LoginAttack, Class::VulnerabilityScan),
    (Class::InfectedHost, Class::Botnet),
];

/// The narrower class takes the words of the wider one.
fn absorb(scored: &mut Vec<Scored>, narrow: Class, wide: Class) {
    let found = |class| scored.iter().position(|s| s.class == class);
    let (Some(to), Some(from)) = (found(narrow), found(wide)) else { return };
    let (more, subject) = scored.get(from).map_or((0, false), |s| (s.score, s.in_subject));
    if let Some(s) = scored.get_mut(to).filter(|s| s.score >= 3) {
        s.score += more;
        s.in_subject |= subject;
        scored.remove(from);
    }
}

/// Classes that reporters mention as the likely cause of another.
const CAUSES: [Class; 7] = [
    Class::InfectedHost,
    Class::Botnet,
    Class::Malware,
    Class::Cve,
    Class::Blocklist,
    Class::Fraud,
    Class::CompromisedServer,
];

/// What rights holders claim; letters about one speak of the other.
const RIGHTS: [Class; 2] = [Class::Copyright, Class::BrandInfringement];

/// The class that stands clear of all others. One loud word is enough, one that happens to be there is not.
pub(crate) fn clear(scores: &[Scored], plain_complaint: bool) -> Option<Class> {
    let is_cause = |s: &Scored| CAUSES.contains(&s.class);
    let deeds = scores.iter().any(|s| !is_cause(s) && s.score >= 4);
    let mut weighed: Vec<(i32, Class, usize)> = scores
        .iter()
        .map(|s| {
            let part = if s.class == Class::Blocklist { 3 } else { 2 };
            (if deeds && is_cause(s) { s.score / part } else { s.score }, s.class, s.words.len())
        })
        .collect();
    weighed.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let (first, class, words) = *weighed.first()?;
    let second = weighed.get(1).map_or(0, |(score, ..)| *score);
    // Two of one kind, or one that the subject names alone: the louder one.
    let near = weighed.get(1).map(|(_, class, _)| *class);
    let titled = |class: Class| scores.iter().any(|s| s.class == class && s.in_subject);
    let ahead = near.is_none_or(|n| {
        n.category() == class.category()
            || RIGHTS.contains(&n) && RIGHTS.contains(&class)
            || first > second && titled(class) && !titled(n) && plain_complaint
    });
    let enough = (plain_complaint && class == Class::Unclassified && first >= 2)
        || first >= 5
        || words >= 2
        || (plain_complaint && first >= 3);
    (enough && (first * 2 >= second * 3 || ahead)).then_some(class)
}

/// A line without the links in it: their words are the offender's.
fn without_links(lower: &str) -> Cow<'_, str> {
    if !lower.contains("://") {
        return Cow::Borrowed(lower);
    }
    Cow::Owned(lower.split(' ').filter(|w| !w.contains("://")).collect::<Vec<_>>().join(" "))
}

/// Whether the word begins a word of the text.
fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        // Names of firms that guard against it.
        if word == "ddos" && text.get(at + 4..).is_some_and(|t| t.starts_with("-guard") || t.starts_with(" guard")) {
            return false;
        }
        // Names of those who fight it.
        let after = text.get(at + word.len()..).unwrap_or_default();
        if word == "copyright" && [" ©", " (c)", "©"].iter().any(|sign| after.starts_with(sign)) {
            return false;
        }
        if word == "spam" && ["haus", "cop", "-list", "rats"].iter().any(|name| after.starts_with(name)) {
            return false;
        }
        // Scripts without spaces put words side by side.
        if word.starts_with(|c| c > '\u{2e80}') {
            return true;
        }
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '@' || c == '/')
    })
}
