//! Web addresses and names of hosts in a line of text, and the sites that reporters merely refer to.

/// Sites that reporters name as sources of knowledge, never as offenders.
const KNOWN: [&str; 89] = [
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
    "apwg.org",
    "facebook.com",
    "twitter.com",
    "linkedin.com",
    "instagram.com",
    "wipo.int",
    "uspto.gov",
    "europa.eu",
    "first.org",
    "trusted-introducer.org",
    "cloudflare.com",
    "gnupg.org",
    "openpgp.org",
    "aka.ms",
    "imgur.com",
    "snipboard.io",
    "prnt.sc",
    "prntscr.com",
    "gyazo.com",
    "safelinks.protection.outlook.com",
    "urldefense.com",
    "urldefense.proofpoint.com",
    "zendesk.com",
    "salesforce.com",
    "domaintools.com",
    "whois.com",
    "who.is",
    "loc.gov",
    "cornell.edu",
    "imdb.com",
    "apple.com",
    "missingkids.com",
    "missingkids.org",
    "wikimedia.org",
    "legislation.gov.uk",
    "themoviedb.org",
    "snort.org",
    "emergingthreats.net",
    "rkn.gov.ru",
    "threatcenter.crdf.fr",
    "spam.abuse.net",
    "publicdomainregistry.com",
    "smartprotection.com",
];

/// Ends of file names, which look like the ends of hosts.
const FILES: [&str; 54] = [
    "pac", "htaccess", "php", "html", "htm", "jpg", "jpeg", "png", "gif", "exe", "zip", "pdf", "txt", "js", "css",
    "eml", "csv", "xml", "json", "doc", "docx", "apk", "asp", "aspx", "jsp", "m3u8", "ts", "mp4", "mkv", "avi", "mp3",
    "log", "gz", "rar", "xls", "xlsx", "dll", "bin", "cgi", "rtf", "tar", "msg", "bat", "vbs", "torrent", "epub",
    "xlsm", "docm", "pptx", "lnk", "iso", "hta", "msi", "wsf",
];

/// Whether a host is one that reporters name as a source of knowledge, or none at all.
pub(crate) fn is_known(host: &str) -> bool {
    // A piece of an address that a line end cut off.
    if host.bytes().all(|b| b.is_ascii_digit() || b == b'.') && host.parse::<std::net::Ipv4Addr>().is_err() {
        return true;
    }
    // What anybody may put there is nobody's reference.
    if host == "sites.google.com" {
        return false;
    }
    let under = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    host.is_empty() || !host.contains(['.', ':']) || KNOWN.iter().any(|k| under(k))
}

/// The part of a host that somebody registered, as far as its look tells: `a.b.co.uk` gives `b.co.uk`.
pub(crate) fn base(host: &str) -> &str {
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let (Some(last), second, third) = (dots.next(), dots.next(), dots.next()) else { return host };
    let middle = host.get(second.map_or(0, |s| s + 1)..last).unwrap_or_default();
    let wide =
        host.len() - last <= 3 && ["co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go"].contains(&middle);
    let at = if wide { third } else { second };
    at.and_then(|at| host.get(at + 1..)).unwrap_or(host)
}

/// Names of hosts that stand in a line without a scheme, each with the path behind it.
pub(crate) fn hosts_in_line(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_alphanumeric()
            || matches!(c, '.' | '-' | '_' | '/' | '@' | ':' | '?' | '=' | '&' | '%' | '+' | '~' | '#');
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                let word = text.get(from..at).unwrap_or_default();
                let bare = word.trim_end_matches(['.', ':', '/', '-', '?', ',', '#']);
                let front = bare.len() - bare.trim_start_matches(['.', ':', '/', '-', '=', '#']).len();
                let bare = bare.get(front..).unwrap_or_default();
                let company = text.get(at..).unwrap_or_default().trim_start_matches([',', ' ']).to_ascii_lowercase();
                let company = ["inc", "ltd", "llc", "gmbh", "corp"].iter().any(|c| company.starts_with(c));
                if is_host_word(bare) && !company && found.len() < 20 {
                    found.push((from + front, bare));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_host_word(word: &str) -> bool {
    let host = word.split(['/', ':', '?', '#']).next().unwrap_or_default();
    if word.contains('@')
        || word.contains("://")
        || host.len() < 4
        || host.len() > 253
        || host.contains(['=', '&', '%', '+', '~'])
    {
        return false;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let end = labels.last().copied().unwrap_or_default();
    let lower = end.to_ascii_lowercase();
    labels.len() >= 2
        && labels.iter().all(|l| !l.is_empty() && l.len() <= 63)
        && labels.iter().any(|l| l.len() >= 3)
        && (2..=18).contains(&end.len())
        && (end.bytes().all(|b| b.is_ascii_alphabetic()) || end.starts_with("xn--") || !end.is_ascii())
        // A sentence that ends without a space behind it: "abuse.Please".
        && !(end.starts_with(char::is_uppercase) && end.chars().skip(1).any(char::is_lowercase))
        && !FILES.contains(&lower.as_str())
}

/// A link without what follows it where a line end or a blank was lost: `http://bad.exampleWe`, `http://bad.examplewww.bad.example`.
fn unglued(url: &str) -> &str {
    let Some(from) = url.find("://").map(|at| at + 3) else { return url };
    let host = url.get(from..).unwrap_or_default();
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let again = host.match_indices("www.").map(|(at, _)| at).find(|at| {
        let before = host.get(..*at).and_then(|h| h.rsplit('.').next()).unwrap_or_default();
        host.get(..*at).is_some_and(|h| h.contains('.')) && before.len() >= 2
    });
    if let Some(at) = again {
        return url.get(..from + at).unwrap_or(url);
    }
    let bare = from + host.len() == url.len();
    let end = host.rsplit('.').next().unwrap_or_default();
    let word = end.find(|c: char| c.is_ascii_uppercase()).filter(|at| *at >= 2 && bare);
    match word {
        Some(at) if end.chars().skip(at + 1).all(|c| c.is_ascii_lowercase()) => {
            url.get(..url.len() - end.len() + at).unwrap_or(url)
        }
        _ => url,
    }
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
        let url = rest
            .get(..end)
            .unwrap_or_default()
            .trim_end_matches(['.', ',', ';', ':', ')', ']', '\'', '*', '!', '’', '”', '»']);
        let url = unglued(url);
        at = at.max(start + url.len());
        if url.len() > scheme.map_or(0, |s| s.len()) + 6 && found.len() < 20 {
            found.push((start, url));
        }
    }
    found
}
