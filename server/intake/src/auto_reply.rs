//! Absence notes, automatic receipts and read receipts (RFC 3834, RFC 8098); real ones often lack the header.
use crate::Parsed;
use crate::mail::Mail;

/// How subjects of automatic answers begin, lower case.
const SUBJECTS: [&str; 20] = [
    "out of office",
    "out of the office",
    "automatic reply",
    "auto:",
    "auto reply",
    "autoreply",
    "auto-reply",
    "autoresponse",
    "auto response",
    "autorespons",
    "automatic response",
    "away from",
    "away until",
    "abwesenheit",
    "automatische antwort",
    "réponse automatique",
    "respuesta automática",
    "automatisch antwoord",
    "afwezig",
    "risposta automatica",
];

/// Reads a mail whose header says that a machine wrote it in answer to another.
pub(crate) fn read_sure(mail: &Mail<'_>) -> Option<Parsed> {
    if mail.report_type().is_some_and(|t| t.eq_ignore_ascii_case("disposition-notification")) {
        return Some(Parsed::auto_reply("read receipt"));
    }
    let header = |name| mail.header(name).map(|v| v.to_ascii_lowercase());
    if header("Auto-Submitted").is_some_and(|v| v.starts_with("auto-replied")) {
        return Some(Parsed::auto_reply("Auto-Submitted says: automatic answer"));
    }
    let by_header = mail.has_header("X-Autoreply")
        || mail.has_header("X-Autorespond")
        || mail.has_header("X-Autoresponder")
        || header("Precedence").is_some_and(|v| v == "auto_reply");
    if by_header {
        return Some(Parsed::auto_reply("a header says: automatic answer"));
    }
    None
}

/// Reads a mail whose subject says so.
pub(crate) fn read(mail: &Mail<'_>) -> Option<Parsed> {
    let subject = mail.subject()?.to_lowercase();
    let bare = subject.trim_start_matches(|c: char| !c.is_alphanumeric());
    let bare = ["re:", "aw:", "fwd:"].iter().find_map(|p| bare.strip_prefix(p)).unwrap_or(bare).trim_start();
    SUBJECTS.iter().any(|s| bare.starts_with(s)).then(|| Parsed::auto_reply("the subject says: automatic answer"))
}
