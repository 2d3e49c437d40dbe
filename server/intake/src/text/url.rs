//! Web addresses in a text, and which of them the report is about.
use super::lines::{Ready, Setting};
use domain::event::url_host;

/// Sites that reporters name as sources of knowledge, never as offenders.
const KNOWN: [&str; 46] = [
    "w3.org",
    "wikipedia.org",
    "virustotal.com",
    "abuseipdb.com",
    "spamhaus.org",
    "spamcop.net",
    "blocklist.de",
    "shadowserver.org",
    "abuse.ch",
    "urlhaus.abuse.ch",
    "phishtank.com",
    "phishtank.org",
    "openphish.com",
    "netcraft.com",
    "x-arf.org",
    "xarf.org",
    "fail2ban.org",
    "ietf.org",
    "rfc-editor.org",
    "ripe.net",
    "arin.net",
    "apnic.net",
    "lacnic.net",
    "afrinic.net",
    "uceprotect.net",
    "barracudacentral.org",
    "cert.org",
    "us-cert.gov",
    "cisa.gov",
    "bsi.bund.de",
    "nist.gov",
    "mitre.org",
    "microsoft.com",
    "google.com",
    "youtube.com",
    "mxtoolbox.com",
    "sorbs.net",
    "dnswl.org",
    "projecthoneypot.org",
    "urlscan.io",
    "hybrid-analysis.com",
    "copyright.gov",
    "chillingeffects.org",
    "lumendatabase.org",
    "any.run",
    "web.archive.org",
];

/// Names of fields and headings that mean the page complained about.
const PAGE: [&str; 23] = [
    "url",
    "urls",
    "uri",
    "location",
    "site",
    "website",
    "web site",
    "phishing",
    "phish",
    "malware",
    "infringing",
    "offending",
    "fraudulent",
    "malicious",
    "unauthorized",
    "unauthorised",
    "reported",
    "illegal",
    "counterfeit",
    "scam",
    "sites",
    "webseite",
    "domain",
];

/// Names of fields that mean another page.
const OTHER_PAGE: [&str; 26] = [
    "original",
    "legitimate",
    "official",
    "authorized",
    "authorised",
    "our",
    "more",
    "information",
    "info",
    "details",
    "reference",
    "references",
    "screenshot",
    "evidence",
    "ticket",
    "report",
    "unsubscribe",
    "reply",
    "contact",
    "policy",
    "web",
    "homepage",
    "feedback",
    "status",
    "see",
    "target",
];

/// How a page is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    /// Just a link.
    Bare,
    /// Alone on its line under a sentence that announces it.
    Announced,
    /// Made unclickable by the reporter.
    Defanged,
    /// In a field such as `Phishing URL:`.
    Labelled,
}

/// A web address and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) named: Named,
    pub(crate) line: usize,
}

/// Most addresses taken from one report.
const MOST: usize = 500;

/// The pages that a text could be about; those of the reporter himself and of well-known helpers are left out.
pub(crate) fn all(lines: &[Ready], from: Option<&str>) -> Vec<Page> {
    let own = from.and_then(crate::address::domain_of);
    let mut pages: Vec<Page> = Vec::new();
    let mut heading: Option<Named> = None;
    for (at, line) in lines.iter().enumerate() {
        if line.setting != Setting::Plain || pages.len() >= MOST {
            continue;
        }
        let found = in_line(&line.text);
        if found.is_empty() {
            let bare = line.lower.trim();
            if bare.ends_with(':') {
                heading = announced(bare);
            } else if !bare.is_empty() {
                heading = None;
            }
            continue;
        }
        for (start, url) in found {
            let host = url_host(url).unwrap_or_default().to_ascii_lowercase();
            if is_known(&host, own.as_deref()) {
                continue;
            }
            let Some(named) = named(line, start, heading) else { continue };
            match pages.iter_mut().find(|p| p.url == url) {
                Some(page) => page.named = page.named.max(named),
                None => pages.push(Page { url: url.to_owned(), named, line: at }),
            }
        }
    }
    pages
}

fn named(line: &Ready, start: usize, heading: Option<Named>) -> Option<Named> {
    let before = line.lower.get(..start).unwrap_or_default().trim_end_matches([' ', '<', '"', '\t', '(', '*']);
    if let Some(key) =
        before.strip_suffix([':', '=', '|']).or_else(|| (!before.is_empty() && before.len() < 30).then_some(before))
    {
        let key = key.rsplit(['|', ';', ',', '.']).next().unwrap_or(key);
        if let Some(by_key) = announced(key) {
            return Some(by_key.max(if line.defanged { Named::Defanged } else { Named::Bare }));
        }
        if words(key).any(|w| OTHER_PAGE.contains(&w)) {
            return None;
        }
    }
    if line.defanged {
        return Some(Named::Defanged);
    }
    let alone = before.trim_matches(|c: char| !c.is_alphanumeric()).chars().all(|c| c.is_ascii_digit());
    match heading {
        Some(_) if alone => Some(Named::Announced),
        _ => Some(Named::Bare),
    }
}

/// What a field's name or a sentence before a colon says about the pages behind it.
fn announced(key: &str) -> Option<Named> {
    let words: Vec<&str> = words(key).collect();
    if words.iter().any(|w| OTHER_PAGE.contains(w))
        && !words.iter().any(|w| w.starts_with("infring") || w.starts_with("phish"))
    {
        return None;
    }
    words.iter().any(|w| PAGE.contains(w)).then_some(Named::Labelled)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty())
}

fn is_known(host: &str, own: Option<&str>) -> bool {
    let under = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    host.is_empty() || !host.contains(['.', ':']) || KNOWN.iter().any(|k| under(k)) || own.is_some_and(under)
}

/// The web addresses of a line and where they begin.
pub(crate) fn in_line(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(next) = lower.get(at..).and_then(|r| r.find("://")) {
        let mark = at + next;
        at = mark + 3;
        let scheme = ["https", "http", "ftp"].iter().find(|s| lower.get(..mark).is_some_and(|b| b.ends_with(*s)));
        let Some(start) = scheme.map(|s| mark - s.len()) else { continue };
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '|' | '`' | '\\'))
            .unwrap_or(rest.len());
        let url = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ';', ':', ')', ']', '\'', '*', '!']);
        at = at.max(start + url.len());
        if url.len() > scheme.map_or(0, |s| s.len()) + 6 && found.len() < 20 {
            found.push((start, url));
        }
    }
    found
}
