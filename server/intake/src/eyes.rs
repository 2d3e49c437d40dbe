//! What a person sees of a report: the few headers that matter and the text, decoded; never markup.
use crate::{Hint, detect, limits};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// A report as text for the eyes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readable {
    /// Names and values of the mail's telling headers; none when it is no mail.
    pub headers: Vec<(String, String)>,
    /// The text, HTML turned into words; bounded.
    pub text: String,
    /// Whether the text was cut.
    pub cut: bool,
    /// Names and sizes in bytes of what is attached and not shown.
    pub attachments: Vec<(String, usize)>,
}

/// Headers worth a look, in this order.
const SHOWN: [&str; 6] = ["From", "Reply-To", "To", "Date", "Subject", "Message-ID"];
/// Text that is shown, in bytes.
const TEXT_BYTES: usize = 64 * 1024;
/// Forwarded mails inside one another that are shown.
const DEPTH: usize = 3;

/// Makes a report readable for a person. Total: bytes of no known form come back as text with signs for what is none.
#[must_use]
pub fn readable(bytes: &[u8], hint: Hint<'_>) -> Readable {
    if !detect::is_mail(bytes, hint) || limits::hostile_mail(bytes).is_some() {
        return plain(bytes);
    }
    let Some(message) = crate::mail::safely(|| MessageParser::default().parse(bytes)).flatten() else {
        return plain(bytes);
    };
    let mut shown = Readable { headers: headers(&message), ..Readable::default() };
    add(&mut shown, &message, DEPTH);
    finish(shown)
}

fn plain(bytes: &[u8]) -> Readable {
    if bytes.is_empty() {
        return Readable { text: "(no bytes at all)".to_owned(), ..Readable::default() };
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0x1f, 0x8b]) {
        let text = "(a packed file: download it to look inside)".to_owned();
        return Readable { text, ..Readable::default() };
    }
    let head = bytes.get(..TEXT_BYTES * 2).unwrap_or(bytes);
    let cut = head.len() < bytes.len();
    finish(Readable { text: String::from_utf8_lossy(head).into_owned(), cut, ..Readable::default() })
}

fn headers(message: &Message<'_>) -> Vec<(String, String)> {
    let value = |name: &str| {
        let raw = message.header_raw(name)?;
        let decoded = match name {
            "Subject" => message.subject().map(str::to_owned),
            _ => None,
        };
        let text = decoded.unwrap_or_else(|| raw.to_owned());
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| (name.to_owned(), limits::clip(&text, limits::NAME_BYTES).to_owned()))
    };
    SHOWN.iter().filter_map(|name| value(name)).collect()
}

/// Adds the text of a mail, and of the mails enclosed in it.
fn add(shown: &mut Readable, message: &Message<'_>, depth: usize) {
    for index in 0..message.text_body_count() {
        if let Some(text) = message.body_text(index) {
            push(shown, &text);
        }
    }
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) if depth > 0 => {
                push(shown, "\n--- enclosed mail ---\n");
                for (name, value) in headers(inner) {
                    push(shown, &format!("{name}: {value}\n"));
                }
                push(shown, "\n");
                add(shown, inner, depth - 1);
            }
            PartType::Text(text) if shows(part.content_type().and_then(|kind| kind.subtype())) => {
                push(shown, "\n--- attached text ---\n");
                push(shown, text);
            }
            body => {
                let name = part.attachment_name().unwrap_or("without a name").to_owned();
                let size = match body {
                    PartType::Text(text) | PartType::Html(text) => text.len(),
                    PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.len(),
                    _ => part.len(),
                };
                shown.attachments.push((name, size));
            }
        }
    }
}

/// Attached text that reads like text.
fn shows(subtype: Option<&str>) -> bool {
    !matches!(subtype, Some("csv" | "calendar" | "vcard"))
}

fn push(shown: &mut Readable, text: &str) {
    let room = TEXT_BYTES.saturating_sub(shown.text.len());
    let fits = limits::clip(text, room);
    shown.text.push_str(fits);
    shown.cut |= fits.len() < text.len();
}

/// No control characters but line ends and tabs, no invisible or direction-changing ones.
fn finish(mut shown: Readable) -> Readable {
    let text = shown.text.replace("\r\n", "\n").replace('\r', "\n");
    shown.cut |= text.len() > TEXT_BYTES;
    shown.text = limits::clip(&text, TEXT_BYTES).chars().map(visible).collect::<String>().trim_end().to_owned();
    for (_, value) in &mut shown.headers {
        *value = value.chars().map(visible).collect();
    }
    for (name, _) in &mut shown.attachments {
        *name = limits::clip(name, 120).chars().map(visible).collect();
    }
    shown
}

/// The character, or a sign in place of one that hides something.
fn visible(letter: char) -> char {
    match letter {
        '\n' | '\t' => letter,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoded_mail_becomes_readable() {
        let mail = b"From: Abuse <abuse@cert.example>\r\nSubject: =?utf-8?B?U3DDpG0=?=\r\nMIME-Version: 1.0\r\n\
            Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
            PHA+SG9zdCA8Yj4xOTIuMC4yLjc8L2I+IHNlbmRzIHNwYW08L3A+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\r\n";
        let shown = readable(mail, Hint::default());
        assert!(shown.headers.contains(&("Subject".to_owned(), "Späm".to_owned())), "{:?}", shown.headers);
        assert!(shown.text.contains("192.0.2.7") && shown.text.contains("sends spam"), "{}", shown.text);
        assert!(!shown.text.contains('<'), "{}", shown.text);
    }

    #[test]
    fn nothing_hides() {
        let shown = readable("a\u{202e}b\u{0}c\u{200b}d\r\ne".as_bytes(), Hint::default());
        assert_eq!(shown.text, "a\u{fffd}b\u{fffd}c\u{fffd}d\ne");
        assert_eq!(readable(b"", Hint::default()).text, "(no bytes at all)");
        assert!(readable(&vec![b'x'; 200_000], Hint::default()).cut);
    }

    #[test]
    fn enclosed_mails_are_shown_and_files_named() {
        let mail = b"From: a@b.example\r\nSubject: fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\n\r\nsee below\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: inner\r\n\r\nhello\r\n\
            --x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=log.bin\r\n\r\nxyz\r\n--x--\r\n";
        let shown = readable(mail, Hint::default());
        assert!(shown.text.contains("see below") && shown.text.contains("Subject: inner"), "{}", shown.text);
        assert_eq!(shown.attachments.len(), 1);
        assert_eq!(shown.attachments[0].0, "log.bin");
    }
}
