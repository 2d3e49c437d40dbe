//! A mail taken apart, and the order in which the readers look at it.
use crate::attached::{self, Attached};
use crate::text::document::Document;
use crate::{
    Context, Parsed, address, archive, arf, auto_reply, block, block::Block, csv_file, dsn, dsn_text, feed, foreign,
    jmrp, json, limits, named, summary, text, xarf_old,
};
use domain::event::{Disposition, Format};
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

    fn id(&self, name: HeaderName<'static>) -> Option<String> {
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

/// Reads a mail.
pub(crate) fn read(bytes: &[u8], context: Context) -> Parsed {
    if let Some(reason) = limits::hostile_mail(bytes) {
        return Parsed::parked(Format::Mime, reason);
    }
    open(bytes, |message| read_message(message, context)).unwrap_or_else(|| {
        Parsed::parked(Format::Mime, "the mail cannot be taken apart: its header or its parts are broken")
    })
}

/// The readable text of a mail, if it can be taken apart.
pub(crate) fn document(bytes: &[u8]) -> Option<Document> {
    if limits::hostile_mail(bytes).is_some() {
        return None;
    }
    open(bytes, |message| Document::of_mail(&Mail::new(message)))
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

fn read_message(message: &Message<'_>, context: Context) -> Parsed {
    let mail = Mail::new(message);
    let mut parsed = recognise(&mail, context).map(|p| beside_unread(p, &mail, context)).unwrap_or_else(|| {
        let read = text::read_mail(&mail, context);
        Parsed { format: foreign::form(&mail).unwrap_or(read.format), ..read }
    });
    parsed.sender = mail.from();
    parsed.subject = mail.subject();
    parsed.message_id = mail.id(HeaderName::MessageId);
    parsed.in_reply_to = mail.id(HeaderName::InReplyTo);
    if parsed.reporter.is_none() && parsed.disposition != Disposition::Bounce {
        parsed.reporter = mail.originator_domain();
    }
    parsed
}

/// A letter whose attachment no reader knows says itself what it is about, or it waits for the attachment's sake.
fn beside_unread(parsed: Parsed, mail: &Mail<'_>, context: Context) -> Parsed {
    const UNREAD: [&str; 4] = ["JSON of a form", "JSON attachment of a form", "JSON is broken", "no Source-IP, and"];
    let reason = parsed.reason.clone().unwrap_or_default();
    let unread = matches!(parsed.disposition, Disposition::NeedsHuman | Disposition::Unreadable)
        && UNREAD.iter().any(|u| reason.starts_with(u));
    if !unread {
        return parsed;
    }
    let mut read = text::read_mail(mail, context);
    // Only where the letter names one thing: of many, the attachment may say more.
    if read.disposition != Disposition::Events || !read.names_one() {
        return parsed;
    }
    read.fault(format!("an attachment was not read: {reason}"));
    read
}

/// The readers from the most certain sign to the least.
fn recognise(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    named::before_arf(mail, context)
        .or_else(|| arf::read(mail, context))
        .or_else(|| summary::read(mail))
        .or_else(|| dsn::read(mail))
        .or_else(|| dsn_text::read(mail, true))
        .or_else(|| dsn_text::read(mail, false))
        .or_else(|| attached_json(mail, context).map(|p| or_text(p, mail, context)))
        .or_else(|| xarf_old::read(mail, context))
        .or_else(|| auto_reply::read_sure(mail))
        .or_else(|| attached_files(mail, context))
        .or_else(|| forwarded(mail, context))
        .or_else(|| named::read(mail, context))
        .or_else(|| jmrp::read(mail, context))
        .or_else(|| arf::claimed(mail).map(|p| or_text(p, mail, context)))
        .or_else(|| auto_reply::read(mail))
        .or_else(|| text::sheet::read(mail, context))
        .or_else(|| foreign::read(mail, context))
}

/// A form that could not be read says less than a letter that can.
fn or_text(parked: Parsed, mail: &Mail<'_>, context: Context) -> Parsed {
    if parked.disposition != Disposition::NeedsHuman {
        return parked;
    }
    let mut read = text::read_mail(mail, context);
    if read.disposition != Disposition::Events {
        return parked;
    }
    read.fault(format!("read from the letter: {}", parked.reason.unwrap_or_default()));
    read
}

/// XARF as an attachment or as the body itself.
pub(crate) fn attached_json(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    mail.parts.iter().find_map(|part| {
        let named = part.is("application", "json")
            || part.is("application", "xarf+json")
            || part.name_ends(&[".json", ".xarf"]);
        let looks = part.bytes.trim_ascii_start().starts_with(b"{");
        if !(looks || named && part.bytes.trim_ascii_start().starts_with(b"[")) {
            return None;
        }
        let xarf = |p: &Parsed| matches!(p.format, Format::Xarf3 | Format::Xarf4);
        json::read(&part.text(), context).filter(|p| xarf(p) || p.disposition == Disposition::Events)
    })
}

/// Feeds that come as CSV or ZIP. Several files make one report.
fn attached_files(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let mut found: Option<Parsed> = None;
    let mut refused: Option<Parsed> = None;
    let mut archives = 0;
    for part in &mail.parts {
        if archive::is_zip(part.bytes) || archive::is_gzip(part.bytes) {
            archives += 1;
            if archives > limits::MAIL_ARCHIVES {
                let reason =
                    format!("more than {} archives in one mail: the rest was not opened", limits::MAIL_ARCHIVES);
                refused = refused.or(Some(Parsed::parked(Format::Mime, reason)));
                break;
            }
        }
        let parsed = if archive::is_zip(part.bytes) && archive::is_document(part.bytes) {
            None
        } else if archive::is_zip(part.bytes) {
            Some(archive::read(part.bytes, context.deeper())).filter(is_feed)
        } else if archive::is_gzip(part.bytes) {
            Some(archive::read_gzip(part.bytes, part.name, context.deeper())).filter(is_feed)
        } else if part.is("text", "csv") || part.name_ends(&[".csv"]) || part.is_text() {
            csv_file::read_known(part.bytes, part.name, context)
                .or_else(|| feed::read_text(&part.text(), context))
                .or_else(|| csv_file::read_inline(&part.text(), &mail.subject().unwrap_or_default(), context))
        } else if part.is("application", "xml") || part.name_ends(&[".xml"]) {
            feed::read_text(&part.text(), context)
        } else {
            None
        };
        // AbuseHub sends its own list and the one that it was made from: the same events.
        let hub = |p: &Parsed| p.format == Format::Csv && p.reporter.as_deref() == Some("abusehub.nl");
        match (parsed, &mut found) {
            (Some(p), Some(all)) if p.disposition == Disposition::Events && (hub(&p) != hub(all)) => {
                if hub(&p) {
                    found = Some(p);
                }
            }
            (Some(p), Some(all)) if p.disposition == Disposition::Events => all.merge(p),
            (Some(p), None) if p.disposition == Disposition::Events => found = Some(p),
            (Some(p), _) => refused = refused.or(Some(p)),
            (None, _) => {}
        }
    }
    match (found, refused) {
        (Some(mut all), Some(p)) => {
            all.fault(p.reason.unwrap_or_default());
            Some(all)
        }
        (found, refused) => found.or(refused),
    }
}

/// Whether what was in an archive is of a form. Loose texts, logs and mails in one are evidence to what the mail says.
fn is_feed(parsed: &Parsed) -> bool {
    let named = !matches!(parsed.format, Format::Text | Format::Mime | Format::Unknown) || parsed.reporter.is_some();
    let trap = parsed.reason.as_ref().is_some_and(|r| r.contains("bomb"));
    let unknown = parsed.reason.as_ref().is_some_and(|r| r.contains("needs a mapping"));
    parsed.disposition == Disposition::NotAReport || trap || (named && !unknown && parsed.format != Format::Mime)
}

/// A mail that a gateway put whole into one of its own: certified mail, and what a filter wrapped as spam.
fn enveloped(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    const SIGNS: [&str; 6] = [
        "this email is from an external source",
        "messaggio di posta certificata",
        "certified email message",
        "abbiamo provveduto ad imbustare",
        "we have attached the original message by removing",
        "de-mail-bestätigung",
    ];
    let text = mail.text().to_lowercase();
    let head = limits::clip(&text, 4000);
    if !SIGNS.iter().any(|s| head.contains(s)) {
        return None;
    }
    let [message] = mail.parts.iter().filter_map(|p| p.enclosed).collect::<Vec<_>>()[..] else { return None };
    let inner = Mail::new(message);
    let parsed = recognise(&inner, context.deeper()).unwrap_or_else(|| text::read_mail(&inner, context.deeper()));
    let reporter = parsed.reporter.clone().or_else(|| inner.originator_domain());
    Some(parsed.from(reporter))
}

/// A report that somebody forwarded as an attachment.
fn forwarded(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    if context.depth >= limits::DEPTH {
        return None;
    }
    if let Some(parsed) = enveloped(mail, context) {
        return Some(parsed);
    }
    mail.parts.iter().filter_map(|p| p.enclosed).find_map(|message| {
        let inner = Mail::new(message);
        // A form that is enclosed was forwarded, and its own sender vouches for it. Free text that is enclosed is evidence.
        let parsed = recognise(&inner, context.deeper()).filter(|p| p.disposition == Disposition::Events)?;
        let reporter = parsed.reporter.clone().or_else(|| inner.originator_domain());
        Some(parsed.from(reporter))
    })
}
