//! Whether a text is a complaint to a provider at all, and whether somebody answers one.
use super::document::Document;

/// What complaints say to a provider, in lower case.
const SIGNS: [&str; 78] = [
    "your network",
    "your customer",
    "your client",
    "your server",
    "your ip",
    "your user",
    "your host",
    "your system",
    "your subscriber",
    "your range",
    "your netblock",
    "your infrastructure",
    "your responsibility",
    "under your control",
    "your datacenter",
    "your abuse",
    "dear abuse",
    "abuse team",
    "abuse desk",
    "abuse department",
    "abuse report",
    "abuse from",
    "abuse complaint",
    "abuse notification",
    "abuse incident",
    "report abuse",
    "reporting abuse",
    "network abuse",
    "take appropriate action",
    "take the appropriate",
    "appropriate measures",
    "take action",
    "please investigate",
    "please look into",
    "please stop",
    "please take",
    "please block",
    "kindly take",
    "originating from",
    "originated from",
    "we have detected",
    "we have observed",
    "we have received",
    "we detected",
    "has been detected",
    "was detected",
    "attack from",
    "attacks from",
    "attack source",
    "attempts from",
    "has attacked",
    "notice of",
    "copyright infringement",
    "unauthorized access",
    "cease and desist",
    "takedown",
    "take down",
    "take-down",
    "security incident",
    "incident report",
    "malicious activity",
    "abusive",
    "suspicious activity",
    "ihrem netz",
    "ihrem server",
    "ihres kunden",
    "ihrer ip",
    "missbrauch",
    "bitte prüfen",
    "votre réseau",
    "votre serveur",
    "votre client",
    "abus ",
    "su red",
    "su servidor",
    "vašeho serveru",
    "vaší ip",
    "uw netwerk",
];

/// How sure we are that a text is a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It says so.
    Complaint,
    /// Nothing says so.
    Unclear,
    /// It answers an earlier mail.
    Answer,
    /// It went to many.
    Bulk,
}

/// Judges a text by its subject and what the reporter wrote, in lower case.
pub(crate) fn judge(document: &Document, words: &str) -> Verdict {
    let subject = document.subject.to_lowercase();
    let bare = subject.trim_start();
    let prefix = ["re:", "aw:", "sv:", "antw:", "odp:", "ha:", "vs:", "rv:", "réf:", "re :", "re[", "aw["];
    if document.answers || prefix.iter().any(|p| bare.starts_with(p)) {
        return Verdict::Answer;
    }
    if document.bulk {
        return Verdict::Bulk;
    }
    let says = |text: &str| SIGNS.iter().any(|s| text.contains(s));
    let found = says(&subject) || subject.contains("abuse") || subject.contains("complaint") || says(words);
    if found { Verdict::Complaint } else { Verdict::Unclear }
}
