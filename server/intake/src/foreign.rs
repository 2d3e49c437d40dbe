//! Forms that are recognised and wait for their reader: a person sees what it is and why it waits.
use crate::mail::Mail;
use crate::{Parsed, limits};
use domain::event::Format;

/// Names the form of a mail that no reader understood.
pub(crate) fn read(mail: &Mail<'_>) -> Option<Parsed> {
    let from = mail.originator().unwrap_or_default();
    let subject = mail.subject().unwrap_or_default();
    let says = |text: &str| subject.to_lowercase().contains(text);
    let parked = |format, reason: &str| Some(Parsed::parked(format, reason));
    if from.ends_with("spamcop.net") || says("[spamcop") {
        return parked(Format::Spamcop, "SpamCop mail: not read by machine yet");
    }
    if says("mynetwatchman incident") || from.ends_with("mynetwatchman.com") {
        return parked(Format::Mynetwatchman, "myNetWatchman mail: not read by machine yet");
    }
    if from.ends_with("dshield.org") || from.ends_with("sans.edu") || from.ends_with("sans.org") {
        return parked(Format::Dshield, "DShield mail: not read by machine yet");
    }
    if from.ends_with("shadowserver.org") {
        return parked(Format::Shadowserver, "Shadowserver mail without a readable CSV: fetch the file it links to");
    }
    if mail.parts.iter().any(|p| p.is("application", "pgp-encrypted") || p.is("application", "pkcs7-mime")) {
        return parked(Format::Mime, "encrypted mail: it has to be decrypted first");
    }
    if mail.parts.iter().any(|p| p.is("application", "json") || p.name_ends(&[".json"])) {
        return parked(Format::Mime, "JSON attachment that is not XARF: not read by machine yet");
    }
    if mail.parts.iter().any(|p| p.is("text", "csv") || p.name_ends(&[".csv"])) {
        return parked(Format::Mime, "CSV attachment with columns that no reader knows: it needs a mapping");
    }
    None
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
