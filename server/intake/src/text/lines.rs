//! What each line of a text is: the reporter's words, or something that names addresses which are nobody's fault.
use super::document::{Document, Place};
use super::{complaint, logs, refang};

/// The surroundings of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// What the reporter wrote, or a log.
    Plain,
    /// What a ticket system put in front.
    Ticket,
    /// Registry data.
    Whois,
    /// A traceroute, a ping or a look-up of names.
    Trace,
    /// The head of a mail shown as evidence.
    MailHead,
    /// What follows such a head: the words of the accused.
    MailBody,
    /// A line quoted from an earlier mail.
    Quoted,
    /// The reporter's signature.
    Signature,
    /// "For example": addresses in explanations.
    Example,
}

/// A line ready to be searched: whole again where it was defanged, and in lower case at the same offsets.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// As it stands in the report.
    pub(crate) raw: String,
    pub(crate) text: String,
    pub(crate) lower: String,
    pub(crate) setting: Setting,
    /// Whether somebody had taken care that it cannot be clicked.
    pub(crate) defanged: bool,
}

/// Longest line that is searched; longer ones are data.
const LINE_BYTES: usize = 2000;

/// Makes the lines of a document ready.
pub(crate) fn ready(document: &Document) -> Vec<Ready> {
    // Only answers quote what is already known; others quote their evidence.
    let unquote = !complaint::is_answer(document);
    let mut state = State::default();
    let mut lines = Vec::with_capacity(document.lines.len());
    for line in &document.lines {
        let raw = crate::limits::clip(&line.text, LINE_BYTES);
        let bare = if unquote { raw.trim_start_matches(['>', ' ']) } else { raw };
        let text = refang::refang(bare).into_owned();
        let lower = text.to_ascii_lowercase();
        let setting = state.next(&lower, line.place);
        let defanged = text != bare;
        lines.push(Ready { raw: raw.to_owned(), text, lower, setting, defanged });
    }
    lines
}

/// What the reporter wrote, in lower case and as one line, because sentences run over the ends of lines.
pub(crate) fn words(lines: &[Ready]) -> String {
    let plain = lines.iter().filter(|l| l.setting == Setting::Plain).take(2000);
    let mut words = String::new();
    for line in plain {
        words.push_str(line.lower.trim());
        words.push(' ');
    }
    words
}

#[derive(Debug, Default)]
struct State {
    ticket: bool,
    head: bool,
    /// Lines in such a head that look like none of its fields.
    strays: usize,
    /// Between the head of a shown mail and the end of it.
    body: bool,
    signature: bool,
    /// In the fields that a mail program puts over a mail that it forwards.
    forward: bool,
    trace: usize,
}

impl State {
    fn next(&mut self, lower: &str, place: Place) -> Setting {
        match place {
            Place::EnclosedHead => return Setting::MailHead,
            Place::EnclosedBody => return Setting::MailBody,
            Place::Attachment => self.ticket = false,
            Place::Body => {}
        }
        let bare = lower.trim();
        if is_banner(bare) {
            return Setting::Ticket;
        }
        if bare.contains("was acted upon") || bare.contains(": request ") && bare.ends_with("acted upon.") {
            self.ticket = true;
        } else if self.ticket && (bare.starts_with("ticket <url") || bare.starts_with("ticket url")) {
            self.ticket = false;
            return Setting::Ticket;
        }
        if self.ticket {
            return Setting::Ticket;
        }
        // A rule or a title, not a sentence that speaks of it.
        if (bare.len() < 60 || bare.starts_with("--"))
            && ["forwarded message", "original message", "weitergeleitete nachricht", "message transféré"]
                .iter()
                .any(|f| bare.contains(f))
        {
            // What somebody forwards stands below his signature.
            (self.forward, self.signature) = (true, false);
            return Setting::Ticket;
        }
        if lower == "-- " || lower == "--" {
            self.signature = true;
        }
        if place == Place::Body && self.signature && !is_rule(bare) && logs::read(lower).is_none() {
            return Setting::Signature;
        }
        let field = [
            "from:",
            "date:",
            "sent:",
            "to:",
            "cc:",
            "subject:",
            "reply-to:",
            "von:",
            "gesendet:",
            "an:",
            "betreff:",
            "datum:",
        ];
        if self.forward {
            self.forward = bare.is_empty() || field.iter().any(|f| bare.starts_with(f));
            if self.forward && !bare.is_empty() {
                return Setting::Ticket;
            }
        }
        self.mail(lower, bare).unwrap_or_else(|| self.other(lower, bare))
    }

    /// Follows a mail that is shown as evidence.
    fn mail(&mut self, lower: &str, bare: &str) -> Option<Setting> {
        if is_mail_head(bare) {
            (self.head, self.body, self.strays) = (true, false, 0);
            return Some(Setting::MailHead);
        }
        if self.head {
            if bare.is_empty() {
                (self.head, self.body) = (false, true);
                return Some(Setting::MailHead);
            }
            let folded = lower.starts_with([' ', '\t']);
            let field = bare.split_once(':').is_some_and(|(name, _)| !name.contains(' ') && name.len() < 40);
            // Mail programs break long fields at the end of the line.
            // Keys and signatures are one long word a line; results are pairs.
            let coded = bare.len() >= 10 && !bare.contains(' ') || bare.ends_with(';') || bare.contains('=');
            self.strays = if folded || field { 0 } else { self.strays + usize::from(!coded) };
            if self.strays <= 2 {
                return Some(Setting::MailHead);
            }
            self.head = false;
        }
        if self.body {
            let ends = is_rule(bare)
                || bare.contains("end of ")
                || bare.starts_with("source ip")
                || bare.contains("/spam report");
            self.body = !ends;
            return Some(Setting::MailBody);
        }
        None
    }

    fn other(&mut self, lower: &str, bare: &str) -> Setting {
        if lower.starts_with('>') {
            return Setting::Quoted;
        }
        if is_whois(bare) {
            return Setting::Whois;
        }
        if bare.starts_with("traceroute") || bare.starts_with("tracing route") || bare.starts_with("tracert") {
            self.trace = 40;
        }
        self.trace = self.trace.saturating_sub(1);
        if is_hop(bare)
            || (self.trace > 0 && (bare.contains(" ms") || bare.contains("* *") || bare.starts_with("trac")))
        {
            return Setting::Trace;
        }
        if is_lookup(bare) {
            return Setting::Trace;
        }
        let example = ["e.g.", "for example", "for instance", "z.b.", "zum beispiel", "par exemple", "i.e. "];
        if example.iter().any(|e| bare.contains(e)) { Setting::Example } else { Setting::Plain }
    }
}

/// What a gateway wrote over or under a mail from outside: its warnings are no words of the reporter.
fn is_banner(bare: &str) -> bool {
    let outside = bare.contains("external") || bare.contains("outside of") || bare.contains("outside the organi");
    let warns = [
        "attachment",
        "links",
        "sender is",
        "caution",
        "phishing attempt",
        "unknown or suspicious",
        "suspicious email",
    ];
    outside && bare.len() < 400 && bare.contains("mail") && warns.iter().any(|w| bare.contains(w))
}

/// A line of dashes, underscores or stars.
fn is_rule(bare: &str) -> bool {
    let marks = bare.bytes().filter(|b| matches!(b, b'-' | b'_' | b'=' | b'*' | b'#' | b'+')).count();
    marks >= 4 && marks * 2 >= bare.len()
}

fn is_mail_head(bare: &str) -> bool {
    // Fields that forms have too, such as Message-ID, begin no mail.
    const FIELDS: [&str; 12] = [
        "arc-authentication-results:",
        "x-ms-exchange-",
        "x-forefront-",
        "received: ",
        "return-path:",
        "delivered-to:",
        "dkim-signature:",
        "authentication-results:",
        "received-spf:",
        "x-received:",
        "arc-seal:",
        "x-original-to:",
    ];
    FIELDS.iter().any(|f| bare.starts_with(f))
}

fn is_whois(bare: &str) -> bool {
    const KEYS: [&str; 34] = [
        "inetnum",
        "inet6num",
        "netrange",
        "cidr",
        "route",
        "route6",
        "inetrev",
        "nserver",
        "name server",
        "nameserver",
        "parent",
        "nethandle",
        "netname",
        "nettype",
        "descr",
        "remarks",
        "ref",
        "query",
        "resourcelink",
        "network",
        "origin",
        "org-name",
        "orgname",
        "orgid",
        "mnt-by",
        "admin-c",
        "tech-c",
        "abuse-c",
        "netblock",
        "ip range",
        "ip-range",
        "iprange",
        "as",
        "originas",
    ];
    if bare.starts_with('%') || bare.starts_with("# arin") || bare.starts_with("# query") {
        return true;
    }
    bare.split_once(':').is_some_and(|(key, _)| KEYS.contains(&key.trim()))
        || bare.contains("whois.")
        || (bare.contains("whois ") && bare.len() < 60)
}

/// `12  core.example (192.0.2.1)  3.4 ms`.
fn is_hop(bare: &str) -> bool {
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let rest = bare.get(digits..).unwrap_or_default();
    let rest = rest.strip_prefix([':', '.', '|']).unwrap_or(rest);
    (1..=2).contains(&digits)
        && rest.starts_with([' ', '\t'])
        && (rest.contains(" ms") || rest.contains("* *") || rest.contains("msec"))
}

/// Lines of `nslookup`, `dig`, `host` and `ping`.
fn is_lookup(bare: &str) -> bool {
    bare.contains("icmp_seq")
        || bare.starts_with("pinging ")
        || bare.starts_with("reply from ")
        || bare.starts_with("nameserver ")
        || bare.contains(" name server ")
        || bare.contains("\tin\t")
        // "host.example IN A 192.0.2.1", not "involved in a flood".
        || bare.split_once(" in a ").is_some_and(|(_, rest)| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
        || bare.contains(" in aaaa ")
        || bare.contains(" in ptr ")
        || bare.contains("in-addr.arpa")
        || (bare.starts_with("address:") && bare.contains("#53"))
}
