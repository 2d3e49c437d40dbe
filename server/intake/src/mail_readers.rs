//! The order in which the readers look at a mail.
use crate::mail::{self, Mail};
use crate::text::document::Document;
use crate::{
    Context, Parsed, archive, arf, auto_reply, csv_file, dsn, dsn_text, feed, foreign, jmrp, json, limits, named,
    summary, text, xarf_old,
};
use domain::event::{Disposition, Format};
use mail_parser::{HeaderName, Message};

/// Reads a mail.
pub(crate) fn read(bytes: &[u8], context: Context) -> Parsed {
    if let Some(reason) = limits::hostile_mail(bytes) {
        return Parsed::parked(Format::Mime, reason);
    }
    mail::open(bytes, |message| read_message(message, context)).unwrap_or_else(|| {
        Parsed::parked(Format::Mime, "the mail cannot be taken apart: its header or its parts are broken")
    })
}

/// The readable text of a mail, if it can be taken apart.
pub(crate) fn document(bytes: &[u8]) -> Option<Document> {
    if limits::hostile_mail(bytes).is_some() {
        return None;
    }
    mail::open(bytes, |message| Document::of_mail(&Mail::new(message)))
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
