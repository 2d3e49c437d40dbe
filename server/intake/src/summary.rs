//! What comes to the same mailbox and is no complaint: DMARC aggregate (RFC 7489), TLS-RPT (RFC 8460), registries' checks.
use crate::Parsed;
use crate::mail::Mail;
use domain::event::Format;
use serde_json::{Map, Value};

const DMARC: &str = "DMARC aggregate report: statistics, no complaint";
const FAILURE: &str = "DMARC failure report: somebody used the domain; it accuses none of our customers";
const TLS: &str = "SMTP TLS report (RFC 8460): statistics, no complaint";

/// Registries ask yearly whether the abuse mailbox is read (RIPE-705 and its sisters).
fn validation(mail: &Mail<'_>) -> Option<Parsed> {
    const REGISTRIES: [&str; 6] = ["ripe.net", "arin.net", "apnic.net", "lacnic.net", "afrinic.net", "registro.br"];
    let domain = mail.originator_domain()?;
    let registry =
        REGISTRIES.iter().find(|r| domain == **r || domain.strip_suffix(**r).is_some_and(|d| d.ends_with('.')))?;
    let said = format!("{} {}", mail.subject().unwrap_or_default(), mail.text()).to_lowercase();
    let asks = said.contains("validat") || said.contains("verif") || said.contains("confirm");
    (asks && (said.contains("abuse") || said.contains("contact") || said.contains("poc"))).then(|| {
        let reason = format!("{registry} asks whether this mailbox is read: a person has to follow its link in time");
        Parsed::not_a_report(Format::Mime, reason)
    })
}

/// Recognises such a mail by its type, its subject or the name of its attachment.
pub(crate) fn read(mail: &Mail<'_>) -> Option<Parsed> {
    let tls = mail.report_type().is_some_and(|t| t.eq_ignore_ascii_case("tlsrpt"))
        || mail.has_header("TLS-Report-Domain")
        || mail.parts.iter().any(|p| p.is("application", "tlsrpt+gzip") || p.is("application", "tlsrpt+json"));
    if tls {
        return Some(Parsed::not_a_report(Format::Mime, TLS));
    }
    if let Some(parsed) = validation(mail) {
        return Some(parsed);
    }
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let by_subject =
        subject.contains("report domain:") && (subject.contains("submitter:") || subject.contains("report-id:"));
    // Failure reports (RFC 7489 section 7.3) that lack their feedback part.
    let failure = subject.contains("dmarc") && (subject.contains("fail") || subject.contains("forensic"));
    if failure && !by_subject && mail.text().to_lowercase().contains("dmarc") {
        return Some(Parsed::not_a_report(Format::Mime, FAILURE));
    }
    let by_content = mail.parts.iter().any(|p| is_aggregate(&p.text_head()));
    // receiver!domain!begin!end.xml.gz, RFC 7489 section 7.2.1.1
    let by_name = mail.parts.iter().any(|p| {
        let marks = p.name.map_or(0, |n| n.matches('!').count());
        marks >= 3 && p.name_ends(&[".xml", ".xml.gz", ".zip", ".gz"])
    });
    (by_subject || by_name || by_content).then(|| Parsed::not_a_report(Format::Mime, DMARC))
}

/// Recognises the XML file itself.
pub(crate) fn read_text(text: &str) -> Option<Parsed> {
    is_aggregate(text).then(|| Parsed::not_a_report(Format::Unknown, DMARC))
}

fn is_aggregate(text: &str) -> bool {
    let head = crate::limits::clip(text, 4096);
    head.contains("<feedback") && head.contains("<report_metadata")
}

/// Whether a JSON object is a TLS report.
pub(crate) fn is_tls_report(object: &Map<String, Value>) -> bool {
    object.contains_key("organization-name") && object.contains_key("policies") && object.contains_key("date-range")
}
