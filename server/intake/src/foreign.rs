//! Forms that are recognised and wait for their reader: a person sees what it is and why it waits.
use crate::mail::Mail;
use crate::{Context, Parsed, limits, text};
use domain::event::{Disposition, Format};

/// The form of a mail that its sender or subject names, whatever it holds.
pub(crate) fn form(mail: &Mail<'_>) -> Option<Format> {
    let from = mail.originator().unwrap_or_default();
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    if from.ends_with("spamcop.net") || subject.contains("[spamcop") {
        Some(Format::Spamcop)
    } else if subject.contains("mynetwatchman incident") || from.ends_with("mynetwatchman.com") {
        Some(Format::Mynetwatchman)
    } else if from.ends_with("dshield.org") {
        Some(Format::Dshield)
    } else {
        None
    }
}

/// Names what keeps a mail from being read: its text alone would mislead.
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let from = mail.originator().unwrap_or_default();
    let parked = |format, reason: &str| Some(Parsed::parked(format, reason));
    if from.ends_with("shadowserver.org") {
        return parked(Format::Shadowserver, "Shadowserver mail without a readable CSV: fetch the file it links to");
    }
    if mail.parts.iter().any(|p| p.is("application", "pgp-encrypted") || p.is("application", "pkcs7-mime")) {
        return parked(Format::Mime, "encrypted mail: it has to be decrypted first");
    }
    if mail.parts.iter().any(|p| p.is("application", "json") || p.name_ends(&[".json"])) {
        return parked(Format::Mime, "JSON attachment of a form that no reader knows: it needs a mapping");
    }
    let lists = mail.parts.iter().any(|p| p.is("text", "csv") || p.name_ends(&[".csv"]));
    let packed = mail.packed().iter().any(|a| a.list);
    if lists || packed {
        // The subject names the one that the list is about.
        if let Some(mut read) = about_subject(mail, context) {
            read.fault("the attached list was not read: it needs a mapping");
            return Some(read);
        }
        let read = packed.then(|| text::read_mail(mail, context));
        if read.as_ref().is_some_and(|r| r.disposition == Disposition::Events) {
            return read;
        }
        return parked(Format::Mime, "CSV attachment with columns that no reader knows: it needs a mapping");
    }
    None
}

/// What the text says, if it is about the one address that the subject names.
fn about_subject(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let read = text::read_mail(mail, context);
    let [event] = &read.events[..] else { return None };
    let named = event.source.ip().is_some() && mail.subject()?.contains(&event.source.value);
    named.then_some(read)
}

/// Names the form of a text that no reader understood.
pub(crate) fn read_text(text: &str) -> Option<Parsed> {
    if let Some(parsed) = crate::summary::read_text(text) {
        return Some(parsed);
    }
    let head = limits::clip(text, 8192);
    if head.contains("DShield.org") || head.contains("dshield.org") {
        return Some(Parsed::parked(Format::Dshield, "DShield list: not read by machine yet"));
    }
    head.starts_with("<?xml").then(|| Parsed::parked(Format::Text, "XML of an unknown kind: not read by machine yet"))
}
