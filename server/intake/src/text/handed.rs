//! Mails that somebody shows or hands in as evidence: whether a text does so, and which server of theirs handed them over.
use super::document::{Document, Line, Place};
use super::lines::{Ready, Setting};
use super::spot;
use super::url;
use crate::address;
use std::net::IpAddr;

/// Header fields that servers write; people and forms do not.
const TRACES: [&str; 10] = [
    "received:",
    "return-path:",
    "delivered-to:",
    "dkim-signature:",
    "authentication-results:",
    "received-spf:",
    "x-originating-ip:",
    "x-received:",
    "message-id:",
    "mime-version:",
];

/// Whether the text itself holds the traces of another mail; one that is merely enclosed may be anything.
pub(crate) fn shows_mail(document: &Document) -> bool {
    traces(document.lines.iter(), |text| text.trim_start_matches(['>', ' ']))
}

/// The same, where nothing of it is quoted from an earlier mail.
pub(crate) fn shows_mail_unquoted(document: &Document) -> bool {
    let own = document.lines.iter().take_while(|l| !is_earlier(&l.text));
    traces(own, |text| text)
}

/// Whether an earlier mail begins here that somebody answers.
pub(crate) fn is_earlier(text: &str) -> bool {
    let bare = text.trim();
    bare.ends_with("wrote:")
        || bare.contains("> wrote")
        || bare.starts_with("Sent:")
        || bare.contains("Original Message")
}

fn traces<'l>(lines: impl Iterator<Item = &'l Line>, bare: fn(&str) -> &str) -> bool {
    let lines = lines.filter(|l| matches!(l.place, Place::Body | Place::Attachment));
    let mut seen = lines.filter_map(|l| {
        let text = bare(&l.text);
        TRACES.iter().position(|t| text.get(..t.len()).is_some_and(|h| h.eq_ignore_ascii_case(t)))
    });
    let Some(first) = seen.next() else { return false };
    // Two of one kind or of two: a form may have one such field.
    seen.next().is_some_and(|second| first == 0 || second != first)
}

/// Whether a mail was handed in at a mailbox that exists for nothing else: a whole mail, sent to "spam" or its like.
pub(crate) fn is_handed_in(document: &Document) -> bool {
    let encloses = document.lines.iter().any(|l| l.place == Place::EnclosedHead);
    encloses && document.to.iter().any(|to| ["spam", "phish", "junk"].iter().any(|w| to.contains(w)))
}

/// Whether it went to a mailbox that collects spam.
pub(crate) fn is_collected(document: &Document) -> bool {
    document.to.iter().any(|to| to.contains("spam"))
}

/// The server of the sender that handed the shown mail over to another's: the one in the traces that belongs to the domain
/// which the shown mail itself says it comes from.
pub(crate) fn senders_own(lines: &[Ready]) -> Option<IpAddr> {
    let heads = unfolded(lines);
    let sender = heads.iter().find(|h| h.starts_with("return-path:") || h.starts_with("from:"))?;
    let domain = address::mail_address_in(sender).and_then(address::domain_of)?;
    heads.iter().filter(|h| h.starts_with("received: from ")).find_map(|head| {
        let (from, by) = head.split_once(" by ")?;
        let host = from.split_whitespace().nth(2)?.trim_matches(['[', ']', '(', ')', ';']);
        let receiver = by.split_whitespace().next().unwrap_or_default();
        // A name that the server could not confirm is only what the other side called itself.
        let claimed = from.contains("(unknown ") || from.contains("may be forged");
        let leaves = url::base(host) == url::base(&domain) && url::base(host) != url::base(receiver) && !claimed;
        spot::all(from).into_iter().map(|s| s.ip).find(|ip| address::is_public(*ip)).filter(|_| leaves)
    })
}

/// The header fields of shown mails, each in one line of lower case.
fn unfolded(lines: &[Ready]) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for line in lines.iter().filter(|l| l.setting == Setting::MailHead).take(400) {
        let bare = line.lower.trim();
        let field = bare.split_once(':').is_some_and(|(name, _)| !name.contains([' ', '(', '[']) && name.len() < 40);
        match heads.last_mut() {
            Some(last) if line.lower.starts_with([' ', '\t']) || !field => {
                last.push(' ');
                last.push_str(bare);
            }
            _ => heads.push(bare.to_owned()),
        }
    }
    heads
}
