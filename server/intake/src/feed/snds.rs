//! Microsoft SNDS: two CSV files without header; statements about a day or a block, not single complaints.
use super::lines;
use crate::sighting::{self, With};
use crate::time::{self, Stamp};
use crate::{Context, Parsed, address, limits};
use domain::class::Class;
use domain::event::{Format, Role, Source};

const REPORTER: &str = "microsoft.com";

/// Reads the file of blocks (`first, last, "Yes", reason`) or of days (`ip, from, to, ...`).
pub(crate) fn read(text: &str, context: Context) -> Option<Parsed> {
    let first = text.lines().find(|l| !l.trim().is_empty())?;
    let probe: Vec<&str> = first.split(',').map(|c| c.trim().trim_matches('"')).collect();
    let blocks = matches!(probe.as_slice(), [a, b, yes, _, ..] if ip(a) && ip(b) && (yes.eq_ignore_ascii_case("yes") || yes.eq_ignore_ascii_case("no")));
    let days = matches!(probe.as_slice(), [a, from, to, ..] if probe.len() >= 12 && ip(a) && time::parse(from).is_some() && time::parse(to).is_some());
    if !(blocks || days) {
        return None;
    }
    let read = move |line: &str, context: Context<'_>| {
        if line.trim().is_empty() {
            return Ok(None);
        }
        let cells: Vec<&str> = line.split(',').map(|c| c.trim().trim_matches('"')).collect();
        if blocks { block(&cells, context) } else { day(&cells, context) }
    };
    let parsed = lines::read(Format::Csv, REPORTER, text, context, read);
    if !parsed.has_events() && parsed.faults.is_empty() {
        return Some(
            Parsed::not_a_report(Format::Csv, "Microsoft SNDS: nothing is blocked and nothing was complained about")
                .from(Some(REPORTER.to_owned())),
        );
    }
    Some(parsed)
}

fn ip(cell: &str) -> bool {
    address::parse_ip(cell).is_some()
}

fn block(cells: &[&str], context: Context) -> lines::Row {
    let [first, last, blocked, reason, ..] = cells else { return Err("fewer than 4 columns".into()) };
    if !blocked.eq_ignore_ascii_case("yes") {
        return Ok(None);
    }
    if first != last {
        return Err(format!("{first} to {last} is a range, not an address"));
    }
    let ip = address::parse_ip(first).ok_or("no address")?;
    let span = time::assumed(context.received_at, "the list gives no time");
    Ok(Some(
        sighting::event(Source::from_ip(ip, None), Class::Blocklist, span)
            .role(Role::Unknown)
            .detail("reason", Some(reason)),
    ))
}

/// Red days, trap hits: what the spam filter and the traps saw of one address.
fn day(cells: &[&str], context: Context) -> lines::Row {
    let cell = |at: usize| cells.get(at).copied().unwrap_or_default();
    let ip = address::parse_ip(cell(0)).ok_or("no address")?;
    let stamp = |at: usize| {
        time::parse(cell(at)).ok_or_else(|| format!("time {:?} cannot be read", limits::clip(cell(at), 40)))
    };
    let (from, to): (Stamp, Stamp) = (stamp(1)?, stamp(2)?);
    let traps = cell(10).parse::<i64>().unwrap_or(0);
    if !cell(6).eq_ignore_ascii_case("red") && traps == 0 {
        return Ok(None);
    }
    let span = sighting::between(from, to, context.received_at);
    Ok(Some(
        sighting::event(Source::from_ip(ip, None), Class::Spam, span)
            .count(traps)
            .detail("filter_result", Some(cell(6)))
            .detail("complaint_rate", Some(cell(7)))
            .detail("helo", Some(cell(11))),
    ))
}
