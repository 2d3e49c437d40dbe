//! Microsoft's complaint mails (JMRP): not ARF; the accused address stands in the subject, the mail is enclosed.
use crate::enclosed::Enclosed;
use crate::mail::{self, Mail};
use crate::{Context, Parsed, address, time};
use domain::class::Class;
use domain::event::{Format, Observation, Role, Source, TimeGrade};
use serde_json::Map;

/// Reads "complaint about message from ADDRESS".
pub(crate) fn read(mail: &Mail<'_>, context: Context) -> Option<Parsed> {
    let subject = mail.subject()?.to_lowercase();
    let named = subject.trim().strip_prefix("complaint about message from")?;
    let enclosed = mail.parts.iter().find_map(|p| p.enclosed).map(|m| Enclosed(mail::header_block(m)))?;
    let mut faults = Vec::new();
    let Some(ip) = address::parse_ip(named) else {
        return Some(Parsed::parked(Format::Mime, "Microsoft complaint whose subject names no whole address"));
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
    let mut details = Map::new();
    if let Some(subject) = enclosed.0.get("Subject") {
        details.insert("original_subject".into(), crate::limits::clip(subject, crate::limits::DETAIL_BYTES).into());
    }
    let event = Observation {
        source: Source::from_ip(ip, None),
        from: Some(span.from),
        to: Some(span.to),
        time_grade: span.grade,
        class: Class::Spam,
        role: Role::Actor,
        count: 1,
        reference: enclosed.message_id(),
        details,
        faults: span.faults,
    };
    Some(Parsed::events(Format::Mime, vec![event]))
}
