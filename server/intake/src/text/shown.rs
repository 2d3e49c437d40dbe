//! Who handed over a mail that a report shows: the one address in its traces that the reader's own side wrote down.
use super::document::Document;
use super::lines::{Ready, Setting};
use crate::address;
use std::net::IpAddr;

/// As much of the shown heads is looked at.
const HEAD_BYTES: usize = 64 * 1024;

/// Behind these words a server notes the address whose right to send it checked.
const CHECKED: [&str; 8] = [
    "spf: pass with ip ",
    "spf: fail with ip ",
    "spf: softfail with ip ",
    "sender ip is ",
    "client-ip=",
    " designates ",
    " does not designate ",
    " discourages use of ",
];

/// The address that handed the shown mail over to the reader's side: the one whose right to send was checked; else
/// the one in the last Received line that the reader's own servers wrote. `None` where neither is certain.
pub(crate) fn handed_over(document: &Document, lines: &[Ready]) -> Option<IpAddr> {
    let head = head(lines);
    checked(&head).or_else(|| received(document, &head))
}

/// The heads of shown mails as one text in lower case.
fn head(lines: &[Ready]) -> String {
    let mut head = String::new();
    // Mail programs that show a source put a summary in front: "SPF: PASS with IP 192.0.2.1".
    let shown = |l: &&Ready| l.setting == Setting::MailHead || l.lower.trim_start().starts_with("spf: ");
    for line in lines.iter().filter(shown) {
        if head.len() > HEAD_BYTES {
            break;
        }
        for word in line.lower.split_whitespace() {
            head.push_str(word);
            head.push(' ');
        }
    }
    head
}

/// The one address that was checked; several checks of different addresses say that the mail was passed on.
fn checked(head: &str) -> Option<IpAddr> {
    let mut found = None;
    for sign in CHECKED {
        for (at, _) in head.match_indices(sign) {
            let Some(ip) = head.get(at + sign.len()..).and_then(address::parse_ip) else { continue };
            match found {
                _ if !address::is_public(ip) => {}
                Some(known) if known != ip => return None,
                _ => found = Some(ip),
            }
        }
    }
    found
}

/// From whom the reader's own servers took the mail: the last of the Received lines that they wrote.
fn received(document: &Document, head: &str) -> Option<IpAddr> {
    let reader = document.from.as_deref()?;
    let domain = address::domain_of(reader)?;
    let fields: Vec<&str> = head.split("received: from ").skip(1).take(40).collect();
    let own = |field: &str| {
        let by = field.split(" by ").nth(1).and_then(|by| by.split_whitespace().next()).unwrap_or_default();
        let by = by.trim_end_matches([';', '.', ')']);
        by == domain || by.ends_with(&format!(".{domain}"))
    };
    let to_reader =
        |field: &str| ["for <", "for<", "for "].iter().any(|sign| field.contains(&format!("{sign}{reader}")));
    let public = |field: &str| {
        let taken = field.split(" by ").next().unwrap_or_default();
        address::ips_in(taken).find(|ip| address::is_public(*ip)).map(|ip| (ip, taken.to_owned()))
    };
    let last = fields.iter().rev().find(|field| own(field)).map(|field| public(field));
    let (ip, taken) = match last {
        Some(found) => found?,
        None => fields.iter().filter(|field| to_reader(field)).find_map(|field| public(field))?,
    };
    // Filters that stand before the reader's servers took it from somebody else.
    let name = taken.split_whitespace().next().unwrap_or_default();
    let inner = name == domain || name.ends_with(&format!(".{domain}"));
    let filter = inner || name.starts_with("mx") || [".mx", "filter", "antispam"].iter().any(|w| name.contains(w));
    (!filter).then_some(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Option<String> {
        let mut document = Document::of_text(head);
        document.from = Some("jo@reader.example".to_owned());
        let lines = super::super::lines::ready(&document);
        handed_over(&document, &lines).map(|ip| ip.to_string())
    }

    #[test]
    fn who_was_checked_or_wrote_to_the_reader() {
        let hops = "Received: from inner.reader.example ([198.51.100.7]) by box.reader.example; Wed\n\
            Received: from relay.example ([192.0.2.10]) by mx.reader.example for <jo@reader.example>; Wed\n\
            Received: from pc.example ([203.0.113.9]) by relay.example; Wed\n";
        assert_eq!(read(hops).as_deref(), Some("192.0.2.10"));
        let spf = "Received-SPF: softfail (domain of a.example does not designate 192.0.2.77 as permitted sender)\n";
        assert_eq!(read(&format!("{hops}{spf}")).as_deref(), Some("192.0.2.77"));
        // Passed on by a second server that checked too: nobody knows which one is meant.
        let twice = format!("{hops}{spf}Authentication-Results: x; spf=pass (sender IP is 192.0.2.78) y\n");
        assert_eq!(read(&twice).as_deref(), Some("192.0.2.10"));
        assert_eq!(read("Received: from a.example ([192.0.2.10]) by b.example; Wed\n"), None);
    }
}
