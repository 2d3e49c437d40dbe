//! Bounces that are not RFC 3464: X-Failed-Recipients, qmail, Exim, Domino, postmasters' free text.
use crate::enclosed::Enclosed;
use crate::mail::{self, Mail};
use crate::parsed::Bounce;
use crate::{Parsed, address, auto_reply, block, limits};

/// What subjects of bounces say, lower case.
const SUBJECTS: [&str; 56] = [
    "undeliver",
    "returned mail",
    "failure notice",
    "delivery status notification",
    "delivery status",
    "delivery failure",
    "delivery has failed",
    "delivery error",
    "delivery problem",
    "mail delivery failed",
    "mail failure",
    "mail error",
    "delivery failed",
    "failed delivery",
    "failed mail",
    "not delivered",
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can't be delivered",
    "mail delivery",
    "delivery report",
    "delivery notification",
    "message delayed",
    "delivery delayed",
    "delayed mail",
    "could not send message",
    "returned to sender",
    "return to sender",
    "nondeliver",
    "non-deliver",
    "non delivery",
    "mail system error",
    "[bounce]",
    "message rejected",
    "mail rejected",
    "rejected mail",
    "user unknown",
    "unknown user",
    "undelivered",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "non remis",
    "échec de la remise",
    "échec de remise",
    "no se puede entregar",
    "no se ha podido entregar",
    "mancato recapito",
    "non recapitabile",
    "niet bezorgd",
    "onbestelbaar",
    "falha na entrega",
    "не доставлено",
    "退信",
    "配信",
];
/// What bounces say in their text, lower case; only beside another sign.
const PHRASES: [&str; 30] = [
    "could not be delivered",
    "couldn't be delivered",
    "was not delivered",
    "wasn't delivered",
    "were not delivered",
    "cannot be delivered",
    "not been delivered",
    "unable to deliver",
    "not able to deliver",
    "wasn't able to deliver",
    "undeliverable",
    "delivery to the following",
    "did not reach the following",
    "permanent fatal errors",
    "permanent error",
    "delivery failed",
    "delivery has failed",
    "failed to deliver",
    "returning message to sender",
    "message is being returned",
    "has been returned",
    "problem delivering",
    "problems delivering",
    "user unknown",
    "unknown user",
    "no such user",
    "does not exist",
    "mailbox full",
    "quota exceeded",
    "the following address",
];
/// What says that nothing is lost yet.
const DELAYS: [&str; 9] = [
    "not yet been delivered",
    "has not been delivered yet",
    "not yet delivered",
    "delivery attempts will continue",
    "will keep trying",
    "will be retried",
    "will continue to try",
    "continue trying",
    "do not need to resend",
];
/// Mailers' names for themselves, before the `@`.
const MAILERS: [&str; 6] = ["mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "maildaemon", "mdaemon"];

/// What stands in front of the returned copy.
const COPY_MARKS: [&str; 8] = [
    "------ this is a copy",
    "--- below this line",
    "----- original message",
    "below is a copy of the original",
    "--- original message",
    "---- original message",
    "return-path:",
    "the original message was",
];

/// Reads a bounce. `sure` asks for a mailer's own signs; otherwise two weaker ones are enough.
pub(crate) fn read(mail: &Mail<'_>, sure: bool) -> Option<Parsed> {
    let from = mail.from().unwrap_or_default();
    let local = from.split('@').next().unwrap_or_default().trim_matches(['"', ' ', '<', '>']);
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let says_so = SUBJECTS.iter().any(|s| subject.contains(s))
        || (subject.starts_with("warning") && (subject.contains("delayed") || subject.contains("could not send")));
    let mailer = MAILERS.contains(&local) || from.starts_with("<>");
    if sure {
        return (mail.has_header("X-Failed-Recipients") || (mailer && says_so)).then(|| Parsed::bounced(bounce(mail)));
    }
    let null_path = mail.header("Return-Path").is_some_and(|p| {
        matches!(p.trim(), "<>" | "< >")
            || MAILERS.iter().any(|m| p.to_ascii_lowercase().trim_start_matches('<').starts_with(m))
    });
    let master = matches!(
        local,
        "postmaster" | "post_master" | "post.master" | "mail.delivery" | "bounce" | "bounces" | "mail-noreply"
    );
    let text = mail.text().to_lowercase();
    let phrase = PHRASES.iter().any(|p| text.contains(p));
    let plain_answer = auto_reply::read_sure(mail).is_some() && !says_so && !phrase;
    let begins = SUBJECTS.iter().any(|s| subject.starts_with(s)) || subject.starts_with("there was an error sending");
    let found = !plain_answer
        && (mailer
            || (says_so && (null_path || master))
            || (phrase && null_path && master)
            || (begins && phrase && about_a_mail(&text)));
    found.then(|| Parsed::bounced(bounce(mail)))
}

/// Whether a text speaks of a mail to an address, and not of a parcel: such subjects are loved by spam.
fn about_a_mail(text: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let parcel = has(&["parcel", "package", "shipment", "courier", "your order", "invoice"]);
    has(&["mail", "message", "recipient"]) && address::mail_address_in(text).is_some() && !parcel
}

/// What can be told from headers and text.
pub(crate) fn bounce(mail: &Mail<'_>) -> Bounce {
    let text = mail.text();
    let lower = text.to_lowercase();
    let cut = COPY_MARKS.iter().filter_map(|mark| lower.find(mark)).filter(|at| *at > 0).min();
    let notice = cut.and_then(|at| text.get(..at)).unwrap_or(&text);
    let subject = mail.subject().unwrap_or_default().to_lowercase();
    let delayed = DELAYS.iter().any(|s| lower.contains(s))
        || subject.contains("delayed")
        || (subject.starts_with("warning") && subject.contains("could not send"));
    let status = notice.lines().find_map(|line| Some((enhanced_status(line)?, line.trim())));
    let diagnostic =
        status.as_ref().map(|(_, line)| *line).or_else(|| notice.lines().map(str::trim).find(|l| smtp_code(l)));
    let returned = mail.parts.iter().find_map(|p| p.enclosed.map(mail::header_block));
    let original = returned.unwrap_or_else(|| block::flat(cut.and_then(|at| text.get(at..)).unwrap_or_default()));
    Bounce {
        recipient: recipient(mail, notice),
        action: if delayed { "delayed" } else { "failed" }.into(),
        status: status.map(|(code, _)| code),
        diagnostic: diagnostic.map(|d| limits::clip(d, limits::NAME_BYTES).to_owned()),
        original_message_id: Enclosed(original).message_id().or_else(|| mail.header("In-Reply-To").map(|id| bare(&id))),
        original_envelope_id: None,
        delivered_to: mail.delivered_to(),
    }
}

fn bare(id: &str) -> String {
    id.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

fn recipient(mail: &Mail<'_>, notice: &str) -> Option<String> {
    // An encoded word there is no address; the text names it in clear.
    if let Some(failed) = mail.header("X-Failed-Recipients").filter(|f| !f.contains("=?")) {
        let first = failed.split(',').next().unwrap_or(&failed).trim().to_owned();
        return Some(limits::clip(&first, limits::NAME_BYTES).to_owned()).filter(|f| !f.is_empty());
    }
    // "<bob@example.net>:" at the start of a line, or the address alone.
    let leading = notice.lines().find_map(|line| {
        let word = line.split_whitespace().next()?;
        address::mail_address_in(word)
    });
    let to = mail.header("To").unwrap_or_default().to_lowercase();
    let any = || notice.lines().filter_map(address::mail_address_in).find(|a| !to.contains(&a.to_lowercase()));
    leading.or_else(any).map(|a| limits::clip(a, limits::NAME_BYTES).to_owned())
}

/// `5.1.1` and its like (RFC 3463), not part of a longer number such as an address.
fn enhanced_status(line: &str) -> Option<String> {
    line.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|w| w.trim_matches('.')).find_map(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let fits = parts.len() == 3
            && matches!(parts.first(), Some(&("2" | "4" | "5")))
            && parts.iter().skip(1).all(|p| !p.is_empty() && p.len() <= 3);
        fits.then(|| word.to_owned())
    })
}

fn smtp_code(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| {
        w.len() == 3
            && w.starts_with(['4', '5'])
            && w.get(1..2).is_some_and(|d| matches!(d, "0" | "1" | "2" | "5" | "7"))
            && w.bytes().all(|b| b.is_ascii_digit())
    })
}
