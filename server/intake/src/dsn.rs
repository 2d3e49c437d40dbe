//! Delivery reports, RFC 3464. Action counts before Status; "delayed" is not "failed".
use crate::block::{self, Block};
use crate::enclosed::Enclosed;
use crate::mail::{self, Mail};
use crate::parsed::Bounce;
use crate::{Parsed, address, dsn_text, limits};

/// Reads a mail with a `message/delivery-status` part, or one that says it is such a report.
pub(crate) fn read(mail: &Mail<'_>) -> Option<Parsed> {
    let at =
        mail.parts.iter().position(|p| p.is("message", "delivery-status") || p.is("message", "global-delivery-status"));
    let Some(at) = at else {
        let claims = mail.is_report() && mail.report_type().is_some_and(|t| t.eq_ignore_ascii_case("delivery-status"));
        return claims.then(|| Parsed::bounced(bare(mail)));
    };
    let part = mail.parts.get(at)?;
    let text = part.text();
    let mut groups: Vec<Block<'_>> = block::blocks(&text).take(200).collect();
    if let Some(message) = part.enclosed {
        groups.push(mail::header_block(message));
    }
    let (recipients, whole): (Vec<&Block<'_>>, Vec<&Block<'_>>) =
        groups.iter().partition(|g| ["Final-Recipient", "Original-Recipient", "Action"].iter().any(|name| g.has(name)));
    let guess = dsn_text::bounce(mail);
    let worst = recipients.iter().min_by_key(|g| rank(&action(g)));
    let Some(worst) = worst else {
        return Some(Parsed::bounced(guess));
    };
    let original = mail.parts.get(at + 1..).unwrap_or_default().iter().find_map(original_of);
    let bounce = Bounce {
        recipient: ["Final-Recipient", "Original-Recipient"]
            .iter()
            .find_map(|name| recipient(worst.get(name)?))
            .or(guess.recipient),
        action: action(worst),
        status: worst.get("Status").and_then(|s| s.split_whitespace().next()).map(str::to_owned).or(guess.status),
        diagnostic: worst
            .get("Diagnostic-Code")
            .map(|d| limits::clip(d, limits::NAME_BYTES).to_owned())
            .or(guess.diagnostic),
        original_message_id: original.and_then(|o| o.message_id()).or(guess.original_message_id),
        original_envelope_id: whole.iter().find_map(|g| g.get("Original-Envelope-Id")).map(str::to_owned),
        delivered_to: guess.delivered_to,
    };
    let mut parsed = Parsed::bounced(bounce);
    if recipients.len() > 1 {
        parsed.fault(format!("the report names {} recipients; the worst outcome is shown", recipients.len()));
    }
    Some(parsed)
}

/// A report that lost its boundaries: its fields stand somewhere in the body.
fn bare(mail: &Mail<'_>) -> Bounce {
    let guess = dsn_text::bounce(mail);
    let body = mail.body();
    let group = block::blocks(&body).find(|g| g.has("Final-Recipient"));
    let Some(group) = group else { return guess };
    Bounce {
        recipient: group.get("Final-Recipient").and_then(recipient).or(guess.recipient),
        action: action(&group),
        status: group.get("Status").and_then(|s| s.split_whitespace().next()).map(str::to_owned).or(guess.status),
        diagnostic: group
            .get("Diagnostic-Code")
            .map(|d| limits::clip(d, limits::NAME_BYTES).to_owned())
            .or(guess.diagnostic),
        ..guess
    }
}

fn original_of<'m>(part: &mail::Part<'m>) -> Option<Enclosed<'m>> {
    let block = match part.enclosed {
        Some(message) => mail::header_block(message),
        None => block::read(part.text()),
    };
    (block.has("Message-ID") || block.has("Subject")).then_some(Enclosed(block))
}

/// `rfc822; bob@example.net`, with or without brackets.
fn recipient(field: &str) -> Option<String> {
    let value = field.split_once(';').map_or(field, |(_, value)| value).trim();
    let found = address::mail_address_in(value).unwrap_or(value);
    let found = limits::clip(found.trim_matches(['<', '>']), limits::NAME_BYTES);
    (!found.is_empty()).then(|| found.to_owned())
}

fn action(group: &Block<'_>) -> String {
    let said = group.get("Action").map(|a| a.split([' ', '(', ';']).next().unwrap_or_default().to_ascii_lowercase());
    match said.as_deref() {
        Some("failed" | "failure" | "expired") => "failed".into(),
        Some(known @ ("delayed" | "delivered" | "relayed" | "expanded")) => known.into(),
        _ => match group.get("Status").and_then(|s| s.trim().chars().next()) {
            Some('2') => "delivered".into(),
            Some('4') => "delayed".into(),
            _ => "failed".into(),
        },
    }
}

fn rank(action: &str) -> u8 {
    match action {
        "failed" => 0,
        "delayed" => 1,
        _ => 2,
    }
}
