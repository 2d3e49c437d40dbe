//! A mail taken apart.
use crate::attached::{self, Attached};
use crate::{address, block, block::Block, limits};
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// Only what every mail is asked for is parsed; the rest is looked up in the raw text.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .header_text(HeaderName::Subject)
        .header_address(HeaderName::From)
        .header_id(HeaderName::MessageId)
        .header_id(HeaderName::InReplyTo)
        .default_header_ignore()
});

/// Where relays write whom they delivered a mail to: Postfix, qmail, Exim, sendmail, Google, and the mail itself.
const DELIVERED: [&str; 6] = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To"];
/// As many of them are looked at.
const DELIVERED_MAX: usize = 16;

/// One mail. Parts of enclosed mails are not its parts.
pub(crate) struct Mail<'m> {
    message: &'m Message<'m>,
    /// The parts in their order, multiparts left out.
    pub(crate) parts: Vec<Part<'m>>,
    packed: OnceCell<Vec<Attached>>,
}

/// One part of a mail, decoded.
pub(crate) struct Part<'m> {
    main: &'m str,
    sub: &'m str,
    /// File name, if it has one.
    pub(crate) name: Option<&'m str>,
    /// Decoded content; text as UTF-8. Empty for an enclosed mail.
    pub(crate) bytes: &'m [u8],
    /// The enclosed mail.
    pub(crate) enclosed: Option<&'m Message<'m>>,
}

impl<'m> Part<'m> {
    pub(crate) fn is(&self, main: &str, sub: &str) -> bool {
        self.main.eq_ignore_ascii_case(main) && self.sub.eq_ignore_ascii_case(sub)
    }

    pub(crate) fn is_text(&self) -> bool {
        self.main.eq_ignore_ascii_case("text")
    }

    pub(crate) fn text(&self) -> Cow<'m, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// The beginning of the text, as far as signs of a form stand there.
    pub(crate) fn text_head(&self) -> Cow<'m, str> {
        String::from_utf8_lossy(self.bytes.get(..self.bytes.len().min(64 * 1024)).unwrap_or_default())
    }

    pub(crate) fn name_ends(&self, ends: &[&str]) -> bool {
        self.name.is_some_and(|n| {
            let n = n.to_ascii_lowercase();
            ends.iter().any(|end| n.ends_with(end))
        })
    }
}

impl<'m> Mail<'m> {
    pub(crate) fn new(message: &'m Message<'m>) -> Self {
        let parts = message.parts.iter().filter_map(|part| {
            let kind = part.content_type();
            let (bytes, enclosed): (&[u8], _) = match &part.body {
                PartType::Text(text) | PartType::Html(text) => (text.as_bytes(), None),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => (bytes, None),
                PartType::Message(message) => (&[], Some(message)),
                PartType::Multipart(_) => return None,
            };
            Some(Part {
                main: kind.map_or("text", |k| k.ctype()),
                sub: kind.and_then(|k| k.subtype()).unwrap_or("plain"),
                name: part.attachment_name(),
                bytes,
                enclosed,
            })
        });
        Self { message, parts: parts.collect(), packed: OnceCell::new() }
    }

    /// The texts and lists in its packed attachments.
    pub(crate) fn packed(&self) -> &[Attached] {
        self.packed.get_or_init(|| attached::texts(&self.parts))
    }

    fn value(&self, name: HeaderName<'static>) -> Option<&'m HeaderValue<'m>> {
        let headers = &self.message.parts.first()?.headers;
        headers.iter().take(limits::HEADERS).find(|h| h.name == name).map(|h| &h.value)
    }

    /// A header as it stands, unfolded.
    pub(crate) fn header(&self, name: &'static str) -> Option<String> {
        let headers = &self.message.parts.first()?.headers;
        let header = headers.iter().take(limits::HEADERS).find(|h| h.name.as_str().eq_ignore_ascii_case(name))?;
        let raw = self.message.raw_message.get(header.offset_start as usize..header.offset_end as usize)?;
        let text = String::from_utf8_lossy(raw).split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// Every address that the header names as a place this very mail was delivered to, lower case. Relays write it where
    /// they like, and the last one may have put its own mailbox first.
    pub(crate) fn delivered_to(&self) -> Vec<String> {
        let Some(root) = self.message.parts.first() else { return Vec::new() };
        let mut found: Vec<String> = Vec::new();
        for header in root
            .headers
            .iter()
            .take(limits::HEADERS)
            .filter(|h| DELIVERED.iter().any(|n| h.name.as_str().eq_ignore_ascii_case(n)))
        {
            let raw = self.message.raw_message.get(header.offset_start as usize..header.offset_end as usize);
            let text = String::from_utf8_lossy(raw.unwrap_or_default());
            for address in text.split([',', ';']).filter_map(address::mail_address_in) {
                let address = address.to_ascii_lowercase();
                if found.len() < DELIVERED_MAX && !found.contains(&address) {
                    found.push(address);
                }
            }
        }
        found
    }

    pub(crate) fn has_header(&self, name: &'static str) -> bool {
        self.message
            .parts
            .first()
            .is_some_and(|p| p.headers.iter().take(limits::HEADERS).any(|h| h.name.as_str().eq_ignore_ascii_case(name)))
    }

    /// The From address, lower case.
    pub(crate) fn from(&self) -> Option<String> {
        let HeaderValue::Address(from) = self.value(HeaderName::From)? else { return None };
        let first = match from {
            Address::List(list) => list.first(),
            Address::Group(groups) => groups.first().and_then(|g| g.addresses.first()),
        };
        let address = first.and_then(|a| a.address.as_deref().or(a.name.as_deref()))?;
        Some(address.trim().to_ascii_lowercase()).filter(|a| !a.is_empty())
    }

    /// Whose mail it really is: ticket systems and mailing lists in between put their own address into From.
    pub(crate) fn originator(&self) -> Option<String> {
        let ticket = self.header("X-RT-Originator");
        let listed = || {
            let from = self.header("From").filter(|f| f.contains(" via "))?;
            let own = from.rsplit('<').next().unwrap_or_default().trim_matches(['>', ' ']).to_ascii_lowercase();
            ["X-Original-From", "X-Original-Sender", "Reply-To"]
                .into_iter()
                .filter_map(|name| self.header(name))
                .filter_map(|value| address::mail_address_in(&value).map(str::to_owned))
                .find(|address| *address != own)
        };
        ticket.or_else(listed).map(|o| o.to_ascii_lowercase()).or_else(|| self.from())
    }

    /// The domain of the originator: a stable name for the reporter.
    pub(crate) fn originator_domain(&self) -> Option<String> {
        self.originator().and_then(|o| address::domain_of(&o))
    }

    pub(crate) fn subject(&self) -> Option<String> {
        match self.value(HeaderName::Subject)? {
            HeaderValue::Text(text) => Some(text.trim().to_owned()).filter(|t| !t.is_empty()),
            _ => None,
        }
    }

    pub(crate) fn id(&self, name: HeaderName<'static>) -> Option<String> {
        let id = match self.value(name)? {
            HeaderValue::Text(id) => id.as_ref(),
            HeaderValue::TextList(ids) => ids.first()?.as_ref(),
            _ => return None,
        };
        let mut id = id.trim().to_owned();
        limits::shorten(&mut id, limits::NAME_BYTES);
        (!id.is_empty()).then_some(id)
    }

    /// Whether the whole mail is `multipart/report`; spam claims report types for other kinds.
    pub(crate) fn is_report(&self) -> bool {
        let kind = self.message.parts.first().and_then(|p| p.content_type());
        kind.and_then(|k| k.subtype()).is_some_and(|s| s.eq_ignore_ascii_case("report"))
    }

    /// Media type of the whole mail and its `report-type`.
    pub(crate) fn report_type(&self) -> Option<&'m str> {
        let kind = self.message.parts.first()?.content_type()?;
        (kind.ctype().eq_ignore_ascii_case("multipart")).then(|| kind.attribute("report-type")).flatten()
    }

    /// The body as it came, as far as the readers of broken mails look.
    pub(crate) fn body(&self) -> Cow<'m, str> {
        let start = self.message.parts.first().map_or(0, |root| root.offset_body as usize);
        let raw = self.message.raw_message.get(start..).unwrap_or_default();
        String::from_utf8_lossy(raw.get(..raw.len().min(limits::TEXT_BYTES)).unwrap_or_default())
    }

    /// The first readable text, as far as the readers of free text look.
    pub(crate) fn text(&self) -> Cow<'m, str> {
        let plain = self.parts.iter().find(|p| p.is("text", "plain") && !p.bytes.is_empty());
        plain.or_else(|| self.parts.iter().find(|p| p.is_text())).map_or(Cow::Borrowed(""), |p| match p.text() {
            Cow::Borrowed(text) => Cow::Borrowed(limits::clip(text, limits::TEXT_BYTES)),
            Cow::Owned(text) => Cow::Owned(limits::clip(&text, limits::TEXT_BYTES).to_owned()),
        })
    }
}

/// The header fields of an enclosed mail.
pub(crate) fn header_block<'m>(message: &'m Message<'_>) -> Block<'m> {
    block::read(header_text(message))
}

/// The head of an enclosed mail as it stands.
pub(crate) fn header_text<'m>(message: &'m Message<'_>) -> Cow<'m, str> {
    let Some(root) = message.parts.first() else { return Cow::Borrowed("") };
    let raw = message.raw_message.get(root.offset_header as usize..root.offset_body as usize).unwrap_or_default();
    String::from_utf8_lossy(raw)
}

/// The library that takes mails apart gives up on some that confuse it; they are read as text then, by a person.
pub(crate) fn safely<T>(parse: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(parse)).ok()
}

/// Takes a mail apart and hands it on.
pub(crate) fn open<T>(bytes: &[u8], then: impl FnOnce(&Message<'_>) -> T) -> Option<T> {
    let unixed;
    let bytes = if bytes.contains(&b'\n') {
        bytes
    } else {
        // Old Macintosh line ends.
        unixed = bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect::<Vec<u8>>();
        &unixed
    };
    safely(|| PARSER.parse(without_mbox_line(bytes)))
        .flatten()
        .filter(|message| !message.parts.is_empty())
        .map(|message| then(&message))
}

fn without_mbox_line(bytes: &[u8]) -> &[u8] {
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    let end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    bytes.get(end..).unwrap_or_default()
}
