//! What the words around an address say about it: whose it is, the attacker's or the victim's.
use super::spot::{self, Spot};
use super::vocabulary::{DID, FIELD, FILL, FROM, OTHER, PLACE, SOURCE, TO};

/// What an address in a line is, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A field that means the accused: `Source IP:`, `Attacker:`.
    Labelled,
    /// A field that mostly does: `IP Address:`, `Host:`.
    Field,
    /// Left of an arrow, or `src=`.
    Flow,
    /// `from 192.0.2.1`, `your server 192.0.2.1`.
    Said,
    /// An address, without anything that says whose.
    Bare,
    /// The attacked side, or a machine of no interest.
    Other,
}

/// What an address is, from the text before and behind it.
pub(crate) fn judge(text: &str, lower: &str, spot: Spot) -> Part {
    let (Some(before), Some(after)) = (lower.get(..spot.start), lower.get(spot.end..)) else { return Part::Bare };
    let open = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '[' | '(' | '<' | '*' | '`' | '{' | '/' | '\\' | '‘' | '“')
    };
    let bare = before.trim_end_matches(open);
    let after = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ']' | ')' | '*'));
    if before.ends_with('@') {
        return Part::Other;
    }
    // A cell of a quoted list: its neighbours are values, not words about it.
    if before.ends_with("\",\"") {
        return Part::Bare;
    }
    // `<source_ip>192.0.2.1</source_ip>`
    if let Some(name) = tag(before) {
        return by_key(&name);
    }
    if ["->", "=>", "→", ">", "-->"].iter().any(|arrow| bare.ends_with(arrow)) && bare.len() > 4 {
        return Part::Other;
    }
    let flows = spot::all(after).len() == 1 || after.len() < 60 && !spot::all(after).is_empty();
    if flows
        && ["->", "=>", "→", "> ", "-->"].iter().any(|arrow| after.starts_with(arrow))
        && !before.trim().ends_with('<')
    {
        return Part::Flow;
    }
    if let Some(key) = key(bare, before) {
        return by_key(&key);
    }
    if let Some(key) = key_of_host(before) {
        let names = words(key).any(|w| matches!(w, "server" | "host" | "website" | "site" | "domain" | "url"));
        return match by_key(key) {
            Part::Bare if names => Part::Field,
            part => part,
        };
    }
    by_words(text, bare, after)
}

/// The name of a field whose value is a host with its address: `Server: www.shop.example - 192.0.2.1`.
fn key_of_host(before: &str) -> Option<&str> {
    let (name, value) = before.split_once(':')?;
    let value = value.trim();
    let host = value.strip_suffix(['-', '–', '(', '[', '/'])?.trim();
    let host = host.rsplit("//").next().unwrap_or(host);
    let looks = host.contains('.') && !host.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '/')));
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric()).trim();
    (looks && host.contains(char::is_alphabetic) && !name.is_empty() && name.len() < 40).then_some(name)
}

/// The name of the XML element that begins right before an address.
fn tag(before: &str) -> Option<String> {
    let inner = before.strip_suffix('>')?;
    let name = inner.get(inner.rfind('<')? + 1..)?;
    let is_name = name.len() >= 2 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':'));
    is_name.then(|| name.replace('_', " "))
}

/// The name of the field in front of an address: `Source IP: `, `src=`, `| Host | `, or a column of its own.
fn key(bare: &str, before: &str) -> Option<String> {
    let sign = bare.chars().next_back().filter(|c| matches!(c, ':' | '=' | '|' | '：' | '#'));
    let column = before.ends_with('\t') || before.ends_with("   ");
    let name = match sign {
        Some(sign) => bare.strip_suffix(sign)?,
        None if column => bare,
        None => return None,
    };
    let name =
        name.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '*' | '.' | '-' | ':' | '='));
    let mut name = name.rsplit([',', ';', '|', '\t', '{', '}', '[', '(', '"', '?', '!']).next().unwrap_or(name).trim();
    if sign == Some('=') || sign == Some('#') {
        name = name.rsplit([' ', ':', '&']).next().unwrap_or(name);
    }
    if sign.is_none() {
        name = name.rsplit("   ").next().unwrap_or(name).trim();
    }
    // What stands before an earlier address belongs to that one.
    let earlier = name.rfind(' ').and_then(|end| {
        let words = name.get(..end)?;
        let at = words.rfind(|c: char| c.is_ascii_digit())?;
        words.get(..at)?.ends_with(['.', ':', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).then_some(at + 1)
    });
    let name = earlier.and_then(|at| name.get(at..)).unwrap_or(name);
    let name = name.trim_start_matches(|c: char| !c.is_alphanumeric());
    (!name.is_empty() && name.len() < 120).then(|| name.to_owned())
}

fn by_key(key: &str) -> Part {
    let compact: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    if SOURCE.contains(compact.as_str()) {
        return Part::Labelled;
    }
    let words: Vec<&str> = words(key).flat_map(|w| w.split('-')).filter(|w| !w.is_empty()).collect();
    let names_address = words
        .iter()
        .any(|w| FIELD.contains(w) || matches!(*w, "addresses" | "hosts" | "attackers" | "ip-adresse" | "ip-address"));
    // "Have attacked our systems:" is about those who did, "were attacked from your network:" about those who suffered.
    if let Some(at) = words.iter().position(|w| *w == "attacked") {
        let before = at.checked_sub(1).and_then(|b| words.get(b)).copied().unwrap_or_default();
        let after = words.get(at + 1).copied().unwrap_or_default();
        if matches!(before, "were" | "was" | "been" | "being" | "got")
            || matches!(
                after,
                "resource" | "resources" | "system" | "systems" | "host" | "hosts" | "server" | "ip" | "address"
            )
            || (after == "one" && words.get(at + 3).is_some_and(|w| OTHER.contains(w)))
        {
            return Part::Other;
        }
        if names_address && matches!(before, "have" | "has" | "that") || after == "our" || after == "us" {
            return Part::Field;
        }
    }
    // "The following addresses of your network attacked our servers:" is about yours.
    if words.len() > 4
        && names_address
        && words.iter().any(|w| matches!(*w, "your" | "ihrem" | "ihren" | "votre" | "su" | "uw"))
    {
        return Part::Field;
    }
    // Of a sentence only the end is about the address.
    let near = words.get(if words.len() > 4 { words.len() - 3 } else { 0 }..).unwrap_or_default();
    if near.iter().any(|w| OTHER.contains(w)) || OTHER.contains(compact.as_str()) {
        return Part::Other;
    }
    if FIELD.contains(compact.as_str()) {
        return Part::Field;
    }
    // A sentence that ends with a colon: "attacks from the following IP:".
    // "The address below was added to our list:".
    if words.len() > 4 && names_address && words.iter().any(|w| matches!(*w, "added" | "listed" | "blacklisted")) {
        return Part::Said;
    }
    let found = words.iter().rev().take(12).find(|w| FROM.contains(*w) || TO.contains(*w));
    match found {
        Some(w) if TO.contains(w) && !words.contains(&"your") => Part::Other,
        Some(_) if names_address && words.len() <= 16 => Part::Field,
        Some(_) if words.len() <= 16 => Part::Said,
        None if names_address && words.len() <= 5 => Part::Said,
        _ => Part::Bare,
    }
}

/// What a heading says about the addresses below it.
pub(crate) fn heading(lower: &str) -> Part {
    const WORDS: usize = 16;
    let text = lower.trim().trim_end_matches([':', ' ', '*']);
    // Of a long sentence the end announces.
    let from = text.rmatch_indices(' ').nth(WORDS - 1).map_or(0, |(at, _)| at + 1);
    by_key(text.get(from..).unwrap_or(text))
}

/// What the name of a column says about the addresses in it.
pub(crate) fn column(lower: &str) -> Option<Part> {
    let compact: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if SOURCE.contains(compact.as_str()) || FIELD.contains(compact.as_str()) {
        return Some(by_key(lower));
    }
    let other = words(lower).any(|w| OTHER.contains(w)) || OTHER.contains(compact.as_str());
    other.then_some(Part::Other)
}

/// Prose: the nearest word in front that says where something came from or went.
fn by_words(text: &str, bare: &str, after: &str) -> Part {
    let mut filled = false;
    // "Server 192.0.2.1 is open": nothing else stands before it.
    let mut alone = bare.len() > 3;
    for word in words(bare).collect::<Vec<_>>().into_iter().rev().take(11) {
        if OTHER.contains(word) {
            return Part::Other;
        }
        if FROM.contains(word) {
            return Part::Said;
        }
        if TO.contains(word) {
            return Part::Other;
        }
        if PLACE.contains(word) {
            return Part::Bare;
        }
        // An address before this one in a list: "your IPs 192.0.2.1, 192.0.2.2".
        let listed = word.bytes().all(|b| b.is_ascii_digit());
        if listed {
            alone = false;
            continue;
        }
        if !FILL.contains(word) {
            alone = false;
            break;
        }
        filled |= matches!(
            word,
            "ip" | "address"
                | "ip-address"
                | "ip-adresse"
                | "adresse"
                | "adresa"
                | "adresy"
                | "host"
                | "ips"
                | "addresses"
        );
    }
    let did = DID.iter().any(|d| after.starts_with(d)) || ((filled || alone) && text.len() < 300);
    if did { Part::Said } else { Part::Bare }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|w| w.contains(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_side_an_address_is_on() {
        let read = |line: &str| {
            let lower = line.to_ascii_lowercase();
            spot::all(line).into_iter().map(|s| judge(line, &lower, s)).collect::<Vec<_>>()
        };
        use Part::{Bare, Field, Flow, Labelled, Other, Said};
        let cases: [(&str, &[Part]); 28] = [
            ("Source IP: 192.0.2.1", &[Labelled]),
            ("| Host       | 192.0.2.1       |", &[Field]),
            ("IP-Adresse des Angreifers: 192.0.2.1", &[Field]),
            ("Quell-IP: 192.0.2.1 Ziel-IP: 198.51.100.2", &[Labelled, Other]),
            ("Ziel-IP: 198.51.100.2 Quell-IP: 192.0.2.1", &[Other, Labelled]),
            ("SRC=192.0.2.1 DST=198.51.100.2 LEN=48", &[Labelled, Other]),
            ("Failed password for root from 192.0.2.1 port 4711 ssh2", &[Said]),
            ("192.0.2.1:80 -> 198.51.100.2:443", &[Flow, Other]),
            ("IP 192.0.2.1.53 > 198.51.100.2.1234: UDP", &[Flow, Other]),
            ("abuse to our IPv4 block 198.51.100.0/24 from the IP address 192.0.2.1, which", &[Said]),
            ("attacks against our server 198.51.100.2", &[Other]),
            ("Your server 192.0.2.1 has been registered as an attack source", &[Said]),
            ("Destination IP: 198.51.100.2", &[Other]),
            ("Server IP: 192.0.2.1", &[Said]),
            ("Our server: 198.51.100.2", &[Other]),
            ("rip=192.0.2.1, lip=198.51.100.2", &[Labelled, Other]),
            ("This is an abuse report about the IP address 192.0.2.1 generated", &[Said]),
            ("z Vaší IP adresy 192.168.65.61 pravděpodobně", &[Said]),
            ("\"src_ip\":\"192.0.2.1\",\"src_port\":4711,\"dest_ip\":\"198.51.100.2\"", &[Labelled, Other]),
            ("Attacker\t192.0.2.1", &[Labelled]),
            ("Name server: 192.0.2.53", &[Other]),
            ("nameserver 192.0.2.53", &[Other]),
            ("see 192.0.2.1", &[Bare]),
            ("warning: unknown[192.0.2.1]: SASL LOGIN authentication failed", &[Bare]),
            ("to 198.51.100.2 from 192.0.2.1", &[Other, Said]),
            ("We saw attacks from the following IP address: 192.0.2.1", &[Field]),
            ("Deny tcp src outside:192.0.2.1/22 dst inside:198.51.100.2/445", &[Said, Other]),
            ("é 192.0.2.1", &[Bare]),
        ];
        for (line, want) in cases {
            assert_eq!(read(line), want, "{line}");
        }
        assert_eq!(heading("the following ips on your network attacked us:"), Field);
        assert_eq!(heading("Targets on our side:"), Other);
    }
}
