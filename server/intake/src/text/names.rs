//! What the words around a link say about it: the offence, somebody else's page, or nothing.
use super::lines::Ready;

/// How a link is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A field that can only mean the offence: `Phishing URL:`.
    BadField,
    /// An entry of a list under such a heading.
    BadHeading,
    /// A field that mostly means it: `URL:`.
    Field,
    /// An entry under such a heading.
    Heading,
    /// In a sentence that speaks of the offence.
    BadSaid,
    /// In a sentence that speaks of a page.
    Said,
    /// Alone on its line.
    Alone,
    Bare,
    /// Somebody else's page.
    Other,
}

/// What was seen around a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) kind: Kind,
    /// Whether the text says plainly that the page is the rightful one: nothing on its host is meant then.
    pub(crate) sure: bool,
}

/// Beginnings of words that speak of an offence.
const BAD: [&str; 42] = [
    "infring", "phish", "malware", "malicious", "offending", "fraud", "unauthor", "illegal", "illicit", "counterfeit", "scam",
    "violat", "pirat", "fake", "suspicious", "abus", "unlawful", "hacked", "compromised", "deface", "rogue", "botnet",
    "spamvertised", "harmful", "impersonat", "deceptive", "phising", "leak", "dropper", "payload", "webshell", "exploit",
    "vulnerab", "reported", "fraudulent", "hxxp", "dispute", "unlicensed", "removal", "removed", "takedown", "takendown",
];

/// Words that speak of a page.
const PAGE: [&str; 34] = [
    "url", "urls", "uri", "location", "located", "site", "website", "websites", "webpage", "sites", "webseite", "domain", "domains",
    "page", "pages", "link", "links", "hosted", "hosting", "host", "hostname", "accessible", "found", "following", "below",
    "address", "weblink", "fqdn", "content", "lien", "enlace", "adresse", "url(s)", "listed",
];

/// Words that make it somebody else's page, for certain.
const RIGHTFUL: [&str; 22] = [
    "original", "legitimate", "legit", "official", "authorized", "authorised", "genuine", "authentic", "rightful", "holder",
    "owner", "formerly", "representatives", "representing", "trademark", "registration", "licensed", "real", "copyrighted",
    "client's", "homepage", "oficial",
];

/// Words that make it another page.
const OTHER: [&str; 62] = [
    "our", "more", "information", "info", "details", "reference", "references", "screenshot", "screenshots", "evidence",
    "ticket", "report", "unsubscribe", "reply", "contact", "policy", "web", "feedback", "status", "see", "target",
    "schema", "schema-url", "referrer", "referer", "survey", "visit", "read", "learn", "guidelines", "law", "attachment", "proof",
    "click", "form", "confirm", "faq", "help", "about", "tel", "phone", "fax", "mail", "email", "e-mail", "tool", "check",
    "lookup", "whois", "virustotal", "wiki", "documentation", "guide", "portal", "here", "terms", "www", "archive", "documents",
    "linkedin", "facebook", "lookup-url",
];

/// What begins the end of a letter.
const FAREWELL: [&str; 17] = [
    "regards", "best regards", "kind regards", "sincerely", "yours sincerely", "yours faithfully", "mit freundlichen",
    "cordialement", "atentamente", "atenciosamente", "saludos", "thanks,", "thank you,", "cheers", "с уважением", "best,",
    "distinti saluti",
];

/// Whether a line in lower case ends a letter.
pub(crate) fn is_farewell(bare: &str) -> bool {
    bare.len() < 60 && FAREWELL.iter().any(|f| bare.starts_with(f))
}

/// Whether a line begins another letter or an appendix.
pub(crate) fn begins_again(bare: &str) -> bool {
    const AGAIN: [&str; 14] = [
        "dear ", "hello", "from:", "subject:", "appendix", "annex", "exhibit", "schedule", "list of", "evidence", "details",
        "begin ", "-----begin", "to whom",
    ];
    AGAIN.iter().any(|a| bare.starts_with(a))
        || (bare.ends_with(':') && says(&BAD, bare, true))
        || bare.starts_with("infringing")
}

/// Judges a link by what stands before it on its line, and by the heading above.
pub(crate) fn look(line: &Ready, start: usize, heading: &str, defanged: bool) -> Look {
    let open = |c: char| c.is_whitespace() || matches!(c, '<' | '"' | '(' | '*' | '[' | '\'' | '“' | '«' | '_' | '`');
    let before = line.lower.get(..start).unwrap_or_default();
    // A link before this one has had its words.
    let before = before.rfind("://").and_then(|at| before.get(at..)).map_or(before, |rest| {
        rest.find(char::is_whitespace).and_then(|end| rest.get(end..)).unwrap_or("")
    });
    let bare = before.trim_end_matches(open);
    let item = bare.chars().all(|c| !c.is_alphabetic()) || bare.trim().len() <= 2;
    if item {
        return by_heading(heading, line, start);
    }
    if let Some(name) = bare.strip_suffix([':', '=', '|', '：', ']', '\t']).filter(|_| !bare.ends_with("//")) {
        let name = name.rsplit(['|', ';', '.', '\t']).find(|n| !n.trim().is_empty()).unwrap_or(name).trim();
        return by_field(name);
    }
    if bare.len() < 40 && before.ends_with(['\t']) {
        return by_field(bare);
    }
    let sentence = clause(bare);
    let mut look = by_sentence(&sentence, line);
    if defanged && look.kind == Kind::Other && !look.sure {
        look.kind = Kind::Said;
    }
    look
}

/// The last clause before a link, and what its words are.
fn clause(bare: &str) -> String {
    let end = bare.rfind(". ").map_or(0, |at| at + 2);
    let text = bare.get(end..).unwrap_or(bare);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.get(words.len().saturating_sub(14)..).unwrap_or_default().join(" ")
}

fn by_field(name: &str) -> Look {
    let near = tail(name, 8);
    if says(&RIGHTFUL, &near, false) && !says(&["infring", "phish", "unauthor", "counterfeit"], &near, true) {
        return Look { kind: Kind::Other, sure: true };
    }
    let bad = says(&BAD, &near, true);
    let page = says(&PAGE, &near, false);
    if bad {
        return Look { kind: if says(&OTHER, &near, false) && !page { Kind::Other } else { Kind::BadField }, sure: false };
    }
    if says(&OTHER, &near, false) {
        return Look { kind: Kind::Other, sure: false };
    }
    Look { kind: if page { Kind::Field } else { Kind::Bare }, sure: false }
}

fn by_heading(heading: &str, line: &Ready, start: usize) -> Look {
    let near = tail(heading, 16);
    let announces = heading.ends_with([':', '：']);
    let rest = line.text.get(start..).unwrap_or_default().split_whitespace().count();
    let alone = rest <= 3;
    if announces || heading.len() > 20 {
        let last = tail(heading, 7);
        let rightful = says(&RIGHTFUL, &last, false) || last.contains("as follows");
        if announces && rightful && !says(&["infring", "phish", "unauthor", "counterfeit", "violat"], &last, true) {
            return Look { kind: Kind::Other, sure: true };
        }
        let bad = says(&BAD, &near, true);
        if announces && says(&OTHER, &tail(heading, 5), false) && !bad {
            return Look { kind: Kind::Other, sure: false };
        }
        if announces && bad {
            return Look { kind: Kind::BadHeading, sure: false };
        }
        if announces && says(&PAGE, &near, false) {
            return Look { kind: Kind::Heading, sure: false };
        }
        if bad && alone && !says(&OTHER, &tail(heading, 5), false) {
            return Look { kind: Kind::Said, sure: false };
        }
    }
    Look { kind: if alone { Kind::Alone } else { Kind::Bare }, sure: false }
}

fn by_sentence(sentence: &str, line: &Ready) -> Look {
    let near = tail(sentence, 6);
    if says(&RIGHTFUL, &near, false) && !says(&["infring", "phish", "unauthor", "counterfeit", "hosted"], &near, true) {
        return Look { kind: Kind::Other, sure: true };
    }
    if says(&OTHER, &tail(sentence, 4), false) {
        return Look { kind: Kind::Other, sure: false };
    }
    let page = says(&PAGE, &near, false);
    let bad = says(&BAD, sentence, true) || says(&BAD, &line.lower, true);
    let kind = match (page, bad) {
        (true, true) => Kind::BadSaid,
        (true, false) => Kind::Said,
        (false, _) => Kind::Bare,
    };
    Look { kind, sure: false }
}

/// The last words of a text.
fn tail(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.get(words.len().saturating_sub(count)..).unwrap_or_default().join(" ")
}

/// Whether one of the words is in the text; as a beginning or whole.
fn says(words: &[&str], text: &str, beginning: bool) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\''))).filter(|w| !w.is_empty()).any(|w| {
        words.iter().any(|known| if beginning { w.starts_with(known) } else { w == *known })
    })
}
