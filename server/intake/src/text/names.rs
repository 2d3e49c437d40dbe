//! What the words around a link say about it: the offence, somebody else's page, or nothing.
use super::lines::Ready;
use super::page_words::{BAD, HARM, OTHER, PAGE, PLAINLY, READING, says};
use super::rightful;

/// How a link is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What the letter says that the reader hosts: `You are the provider of the following resource:`.
    Yours,
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
    /// Whether a host fills its line or stands right behind a word such as "domain".
    pub(crate) whole: bool,
}

/// Whether a line is a field that holds what was copied or who is imitated: "Original work: ...".
pub(crate) fn is_rightful_name(bare: &str) -> bool {
    bare.split_once(':').is_some_and(|(name, _)| name.len() < 40 && rightful::is_named(name))
}

/// Judges a link by what stands before it on its line, and by the heading above.
pub(crate) fn look(line: &Ready, start: usize, heading: &str, defanged: bool) -> Look {
    let open = |c: char| c.is_whitespace() || matches!(c, '<' | '"' | '(' | '*' | '[' | '\'' | '“' | '«' | '_' | '`');
    let before = line.lower.get(..start).unwrap_or_default();
    let (before, heading) = (rightful::without_seeming(before), rightful::without_seeming(heading));
    let (before, heading) = (before.as_str(), heading.as_str());
    // A link before this one has had its words.
    let before = before
        .rfind("://")
        .and_then(|at| before.get(at..))
        .map_or(before, |rest| rest.find(char::is_whitespace).and_then(|end| rest.get(end..)).unwrap_or(""));
    let bare = before.trim_end_matches(open);
    // Numbers, times and addresses in front are other cells of the row.
    let cells = bare.split_whitespace().all(|w| w.contains(|c: char| c.is_ascii_digit()));
    let item = cells || bare.chars().all(|c| !c.is_alphabetic()) || bare.trim().len() <= 2;
    if item {
        let mut look = by_heading(heading, line, start);
        // Nobody makes mere reading unclickable.
        if defanged && look.kind == Kind::Other && !look.sure {
            look.kind = Kind::Heading;
        }
        return look;
    }
    let mut look = judged(line, before, bare, heading);
    // Nobody defangs a page of his own; a field may name a page that led there.
    let field = bare.ends_with([':', '=', '|', '：', ']', '\t']) && !bare.contains("evidenc");
    if defanged && !field && look.kind == Kind::Other && !look.sure {
        look.kind = Kind::Said;
    }
    look
}

/// Judges a link by the words before it: a field, a column or a sentence.
fn judged(line: &Ready, before: &str, bare: &str, heading: &str) -> Look {
    if let Some(name) = bare.strip_suffix([':', '=', '|', '：', ']', '\t']).filter(|_| !bare.ends_with("//")) {
        let name = name.rsplit(['|', ';', '.', '\t', '(']).find(|n| !n.trim().is_empty()).unwrap_or(name).trim();
        // The sentence before a colon may have begun on the line above.
        let open = !heading.is_empty() && !heading.ends_with(['.', ':', '!', '?']) && !bare.contains(". ");
        if open
            && rightful::is_rightful(&format!("{heading} {name}"), tail_ref(name, 6))
            && !says(&["infring", "phish"], name, true)
        {
            return Look { kind: Kind::Other, sure: true, whole: false };
        }
        let said = clause(bare);
        if READING.iter().any(|r| said.contains(r)) && !says(&["infring", "phish"], &tail(&said, 8), true) {
            return Look { kind: Kind::Other, sure: false, whole: false };
        }
        if rightful::is_rightful(&said, "")
            && !says(&["infring", "phish", "unauthor", "counterfeit"], &tail(&said, 8), true)
        {
            return Look { kind: Kind::Other, sure: true, whole: false };
        }
        return by_field(name);
    }
    if bare.len() < 40 && before.ends_with(['\t']) {
        return by_field(bare);
    }
    // A sentence that began on the line above goes on here.
    let whole = if heading.ends_with(['.', ':', '!', '?']) || bare.len() > 60 {
        bare.to_owned()
    } else {
        format!("{heading} {bare}")
    };
    let sentence = clause(&whole);
    by_sentence(&sentence, line)
}

/// The last clause before a link, and what its words are.
fn clause(bare: &str) -> String {
    let end = bare.rfind(". ").map_or(0, |at| at + 2);
    let text = bare.get(end..).unwrap_or(bare);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.get(words.len().saturating_sub(22)..).unwrap_or_default().join(" ")
}

fn by_field(name: &str) -> Look {
    let near = tail(name, 8);
    if near.contains("provider of the following") || near.contains("provider for the following") {
        return Look { kind: Kind::Yours, sure: false, whole: true };
    }
    let shown = ["screenshot", "screen shot", "evidence of", "proof of"].iter().any(|p| near.starts_with(p));
    if name == "homepage" || shown {
        return Look { kind: Kind::Other, sure: false, whole: false };
    }
    if rightful::is_rightful(name, &near) && !says(&["infring", "phish", "unauthor", "counterfeit"], &near, true) {
        return Look { kind: Kind::Other, sure: true, whole: false };
    }
    let bad = says(&BAD, &near, true);
    let page = says(&PAGE, &near, false) || is_url_in(name);
    if bad {
        return Look {
            kind: if says(&OTHER, &near, false) && !page { Kind::Other } else { Kind::BadField },
            sure: false,
            whole: false,
        };
    }
    if says(&OTHER, &near, false) {
        return Look { kind: Kind::Other, sure: false, whole: false };
    }
    // Whatever stands behind "Domain names:" is one.
    let whole = near == "domain names" || near == "domain name";
    Look { kind: if page { Kind::Field } else { Kind::Bare }, sure: false, whole }
}

/// Whether a name in a script without spaces ends with "URL".
fn is_url_in(name: &str) -> bool {
    name.strip_suffix("url").is_some_and(|n| n.chars().next_back().is_some_and(|c| c > '\u{2e80}'))
}

fn by_heading(heading: &str, line: &Ready, start: usize) -> Look {
    let near = tail(heading, 16);
    let last = tail(heading, 9);
    let bad = says(&BAD, &near, true);
    let page = says(&PAGE, &near, false) || is_url_in(heading.trim_end_matches([':', '：', ']', ' ']));
    // A short title of its own announces too: "[Infringing URL]".
    let titled = heading.ends_with(']') || heading.len() <= 40 && bad && page && !heading.ends_with('.');
    let announces = heading.ends_with([':', '：']) || titled;
    let rest = line.text.get(start..).unwrap_or_default().split_whitespace().count();
    let direct = is_direct(heading);
    let plain = Look { kind: if rest <= 3 { Kind::Alone } else { Kind::Bare }, sure: false, whole: direct };
    if heading.is_empty() {
        return plain;
    }
    let offence = says(&["infring", "phish", "unauthor", "counterfeit", "violat"], &last, true);
    let ends = heading.ends_with('.');
    // "The hosts on your network that impersonate our client:" announces the offence.
    let yours = announces && (bad || page) && ["your ", "impersonat"].iter().any(|w| near.contains(w));
    let plainly = says(&PLAINLY, &near, false) || near.contains("permission") && !near.contains("without");
    // "An application on your store without permission from our client:" is the offence too.
    let lacking = announces
        && heading.contains("without ")
        && ["permission", "consent", "authori"].iter().any(|w| heading.contains(w));
    // "A page that infringes on our client's rights, among them its marks and goodwill:" announces it as well.
    let wide = tail(heading, if heading.contains(" following ") { 60 } else { 30 });
    let upon = announces && says(&PAGE, &wide, false) && says(&HARM, &wide, true);
    let offence = offence || (yours || lacking || upon) && !plainly;
    let offence = offence && !rightful::is_aimed(heading);
    if !ends
        && rightful::is_rightful(heading, if announces { &last } else { tail_ref(heading, 5) })
        && !(announces && offence)
    {
        return Look { kind: Kind::Other, sure: true, whole: false };
    }
    if READING.iter().any(|r| near.contains(r)) {
        return Look { kind: Kind::Other, sure: false, whole: false };
    }
    let elsewhere = says(&OTHER, &tail(heading, 5), false) && !says(&PAGE, &tail(heading, 3), false);
    let listed = near.contains("your reference") || page && near.contains("following");
    let other = elsewhere && !listed && !lacking && (announces || heading.len() < 80 && !ends);
    let kind = match (announces, bad || lacking, other) {
        (_, false, true) => Kind::Other,
        (true, true, true) if !page => Kind::Other,
        (true, true, _) => Kind::BadHeading,
        (true, false, false) if page => Kind::Heading,
        (false, true, false) if rest <= 3 || direct => Kind::Said,
        (false, false, false) if direct && !ends => Kind::Said,
        _ => return plain,
    };
    Look { kind, sure: false, whole: direct }
}

/// Whether a sentence ends with a word such as "domain", so that what follows is one.
fn is_direct(sentence: &str) -> bool {
    const DIRECT: [&str; 13] = [
        "domain name",
        "domain names",
        "domain",
        "domains",
        "website",
        "web site",
        "website(s)",
        "site",
        "сайта",
        "сайте",
        "provider for",
        "provider of",
        "on",
    ];
    DIRECT.iter().any(|d| sentence.ends_with(d))
}

fn by_sentence(sentence: &str, line: &Ready) -> Look {
    let near = tail(sentence, 6);
    let offence = says(&["infring", "phish", "unauthor", "counterfeit", "hosted"], &near, true);
    if rightful::is_rightful(sentence, &near) && !offence {
        return Look { kind: Kind::Other, sure: true, whole: false };
    }
    // Who hosts or registered it is not meant.
    let host = ["hosted by", "hosted with", "registered with", "registered by", "registrar"];
    if host.iter().any(|h| sentence.ends_with(h)) {
        return Look { kind: Kind::Other, sure: false, whole: false };
    }
    if says(&OTHER, &tail(sentence, 4), false) || READING.iter().any(|r| sentence.contains(r)) {
        return Look { kind: Kind::Other, sure: false, whole: false };
    }
    let page = says(&PAGE, &near, false);
    let bad = says(&BAD, sentence, true) || says(&BAD, &line.lower, true);
    let kind = match (page, bad) {
        (true, true) => Kind::BadSaid,
        (true, false) => Kind::Said,
        (false, _) => Kind::Bare,
    };
    Look { kind, sure: false, whole: is_direct(sentence) }
}

/// The end of a text from its so many last words on, as it stands.
fn tail_ref(text: &str, count: usize) -> &str {
    let at = text.rmatch_indices(' ').nth(count).map_or(0, |(at, _)| at + 1);
    text.get(at..).unwrap_or(text)
}

/// The last words of a text.
fn tail(text: &str, count: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.get(words.len().saturating_sub(count)..).unwrap_or_default().join(" ")
}
