//! The mailbox that a complaint is about: an account that sends what it should not, named in a field of its own.
use super::document::Document;
use super::farewell;
use super::lines::{Ready, Setting};
use crate::address;

/// Names of fields that can only mean the accused account, without spaces and signs. `Email` alone is the reporter's own.
const FIELDS: [&str; 24] = [
    "resource",
    "account",
    "emailaccount",
    "mailaccount",
    "compromisedaccount",
    "compromisedemail",
    "compromisedmailbox",
    "compromisedemailaccount",
    "compromiseduser",
    "hackedaccount",
    "affectedaccount",
    "affectedmailbox",
    "abusiveaccount",
    "abusivemailbox",
    "abusiveemail",
    "spamaccount",
    "spammeraccount",
    "spammeraddress",
    "fraudulentemail",
    "fraudulentemailaddress",
    "maliciousemailaddress",
    "domainemail",
    "theemailaddressis",
    "theemailaccountis",
];

/// The one mailbox that a field names and where it stands; none where several differ, or where it is the reporter's own.
pub(crate) fn named(document: &Document, lines: &[Ready]) -> Option<(String, usize)> {
    let own = document.from.as_deref().and_then(address::domain_of);
    let mut found: Option<(String, usize)> = None;
    for (at, line) in lines.iter().enumerate().filter(|(_, l)| l.setting == Setting::Plain).take(400) {
        if farewell::is_farewell(line.lower.trim()) {
            break;
        }
        let Some((key, value)) = line.lower.split_once(':') else { continue };
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
        if !FIELDS.contains(&key.as_str()) {
            continue;
        }
        let Some(mailbox) = address::mail_address_in(value) else { continue };
        if address::domain_of(mailbox) == own {
            continue;
        }
        match &found {
            Some((known, _)) if known != mailbox => return None,
            Some(_) => {}
            None => found = Some((mailbox.to_owned(), at)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_can_only_mean_the_accused() {
        let read = |text: &str| {
            let mut document = Document::of_text(text);
            document.from = Some("cert@reporter.example".to_owned());
            let lines = crate::text::lines::ready(&document);
            named(&document, &lines).map(|(mailbox, _)| mailbox)
        };
        assert_eq!(read("Email account: Jo@Shop.example\n").as_deref(), Some("jo@shop.example"));
        assert_eq!(read(" - Resource: <jo@shop.example>\n").as_deref(), Some("jo@shop.example"));
        assert_eq!(read("Email: jo@shop.example\n"), None);
        assert_eq!(read("Account: desk@reporter.example\n"), None);
        assert_eq!(read("Account: a@shop.example\nAccount: b@shop.example\n"), None);
        assert_eq!(read("Kind regards\nAccount: jo@shop.example\n"), None);
    }
}
