//! Complaints of mailbox providers that are no ARF: Microsoft's JMRP and AOL's old notices; the mail is enclosed.
use crate::enclosed::Enclosed;
use crate::mail::{self, Mail};
use crate::sighting::{self, With};
use crate::{Context, Parsed, address, time};
use domain::class::Class;
use domain::event::{Format, Source, TimeGrade};
use std::net::IpAddr;

/// Reads "complaint about message from ADDRESS" and "Client TOS Notification".
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let subject = mail.subject()?.to_lowercase();
    let named = subject.trim().strip_prefix("complaint about message from");
    if named.is_none() && !subject.contains("client tos notification") {
        return None;
    }
    let enclosed = mail.parts.iter().find_map(|p| p.enclosed).map(|m| Enclosed(mail::header_block(m)))?;
    let mut faults = Vec::new();
    let ip = match named {
        Some(named) => address::parse_ip(named).or_else(|| traced_like(&enclosed, named, &mut faults)),
        None => enclosed.handed_over_by(),
    };
    let Some(ip) = ip else {
        return Some(Parsed::parked(Format::Mime, "complaint whose subject and enclosed mail name no whole address"));
    };
    let traced = enclosed.received_from(ip).filter(|s| s.zoned);
    if traced.is_none() {
        faults.push("the address of the subject is not in the enclosed mail's Received lines".to_owned());
    }
    let span = match traced.or_else(|| enclosed.received()) {
        Some(stamp) => {
            faults.extend(time::doubt(stamp.at, context.received_at));
            let grade = if traced.is_some() { TimeGrade::Stated } else { TimeGrade::Assumed };
            time::Span { from: stamp.at, to: stamp.at, grade, faults }
        }
        None => {
            let mut span = time::assumed(context.received_at, "no time in the enclosed mail");
            span.faults.splice(0..0, faults);
            span
        }
    };
    let event = sighting::event(Source::from_ip(ip, None), Class::Spam, span)
        .reference(enclosed.message_id().as_deref())
        .detail("original_subject", enclosed.0.get("Subject"));
    Some(Parsed::events(Format::Mime, vec![event]))
}

/// A masked address (`192.0.2.xxx`) and the one in the trace that it fits.
fn traced_like(enclosed: &Enclosed<'_>, masked: &str, faults: &mut Vec<String>) -> Option<IpAddr> {
    let masked = masked.trim();
    let head = masked.get(..masked.find(['x', '*'])?).filter(|h| h.matches('.').count() >= 2)?;
    let found = enclosed.handed_over_by().filter(|ip| ip.to_string().starts_with(head))?;
    faults.push(format!("the subject names {masked} only: the whole address is from the Received lines"));
    Some(found)
}
