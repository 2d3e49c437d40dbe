//! Which of the addresses in a text it clearly accuses.
use super::Findings;
use super::candidate::{self, Candidate, FORM, How, SOME, STRONG};
use super::complaint::Verdict;
use super::lines::Setting;
use super::page;
use super::source::{CHECKED, YOURS};
use std::net::IpAddr;

/// The addresses that the text clearly accuses.
pub(super) fn chosen(findings: &Findings, verdict: Verdict) -> Result<Vec<&Candidate>, String> {
    let candidates = &findings.candidates;
    // Inner addresses are the victim's where the report names anybody else.
    let public = candidates.iter().any(|c| c.weight >= SOME && crate::address::is_public(c.ip));
    let candidates: Vec<&Candidate> = candidates
        .iter()
        .filter(|c| c.weight >= FORM || !public && c.how != How::Prose || crate::address::is_public(c.ip))
        .collect();
    let strong: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.weight >= STRONG).collect();
    let named: Vec<&Candidate> = strong.iter().copied().filter(|c| c.subject).collect();
    if let [one] = named[..] {
        // Rows that are like its own, about others: the subject names the first of a list.
        let like = |c: &&Candidate| c.how == one.found && !c.logs.is_empty() && c.weight == 85 && !one.logs.is_empty();
        let row = |c: &&Candidate| c.ip != one.ip && (like(c) || candidate::are_rows(&findings.lines, one, c));
        return Ok(std::iter::once(one).chain(candidates.iter().copied().filter(row)).collect());
    }
    // "The computer 192.0.2.1, which belongs to your network": whoever else the evidence names.
    if let [one] = strong.iter().copied().filter(|c| c.reason == YOURS).collect::<Vec<_>>()[..] {
        return Ok(vec![one]);
    }
    match strong[..] {
        [first, ..]
            if verdict == Verdict::Plain && strong.iter().all(|c| in_column(c) && c.subject == first.subject) =>
        {
            Ok(with_rest(strong.clone(), &candidates))
        }
        [] => {
            // A page that is named for certain is meant rather than who sent the mail that shows it.
            let head = findings.lines.iter().position(|l| l.setting == Setting::MailHead);
            let paged = findings.pages.iter().any(|p| p.weight >= page::CERTAIN && p.line < head);
            let kept: Vec<&Candidate> = candidates.into_iter().filter(|c| !paged || c.how != How::Head).collect();
            weak(&kept, findings.handed_over, verdict)
        }
        [one] => Ok(vec![one]),
        [first, ..] => {
            let alike = strong.iter().all(|c| c.how == first.how && c.reason == first.reason);
            if alike && matches!(first.how, How::Log | How::Table | How::Label | How::Subject) {
                return Ok(strong);
            }
            // A field that can only mean the source, above fields and lines that may mean others.
            match strong.iter().filter(|c| c.weight >= FORM).collect::<Vec<_>>()[..] {
                [one] if strong.iter().all(|c| c.weight >= FORM || c.logs.is_empty()) => Ok(vec![one]),
                _ => Err(several(&strong)),
            }
        }
    }
}

/// Whether an address stands in a table's column for the source.
fn in_column(candidate: &Candidate) -> bool {
    candidate.how == How::Table && candidate.reason.contains("column")
}

/// The addresses of a table and those below it that lost their place in it: each alone on its line.
fn with_rest<'c>(mut strong: Vec<&'c Candidate>, candidates: &[&'c Candidate]) -> Vec<&'c Candidate> {
    let first = strong.iter().filter_map(|c| c.line).min();
    let lost = candidates.iter().filter(|c| c.how == How::Table && (SOME..STRONG).contains(&c.weight));
    strong.extend(lost.filter(|c| c.line > first));
    strong
}

/// The accused where none is named in a field, a log or a table.
fn weak<'c>(
    candidates: &[&'c Candidate],
    handed_over: Option<IpAddr>,
    verdict: Verdict,
) -> Result<Vec<&'c Candidate>, String> {
    let some: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.weight >= SOME).collect();
    let plain = verdict == Verdict::Plain;
    match some[..] {
        [one] if candidates.iter().all(|c| c.ip == one.ip || c.weight < 20) => Ok(vec![one]),
        // The server that handed over the shown mail, among the others on its way.
        [one]
            if Some(one.ip) == handed_over
                && candidates.iter().all(|c| c.ip == one.ip || c.weight <= 25 || c.how == How::Head) =>
        {
            Ok(vec![one])
        }
        // What stands beside it without a word is its surroundings.
        [one] if plain && candidates.iter().all(|c| c.ip == one.ip || c.weight <= 25 || c.how == How::Head) => {
            Ok(vec![one])
        }
        [] if plain && rows(candidates).len() > 1 => Ok(rows(candidates)),
        [] => only(candidates, verdict).or_else(|why| shown(candidates, handed_over).ok_or(why)).map(|one| vec![one]),
        [first, ..] if plain && some.iter().all(|c| c.how == How::Table && c.reason == first.reason) => Ok(some),
        // "Abuse from address: ..." many times is a list.
        [first, _, ..] if plain && !first.words.is_empty() && some.iter().all(|c| c.words == first.words) => Ok(some),
        _ => {
            let listed: Vec<&Candidate> = some.iter().copied().filter(|c| c.how == How::Table || c.listed).collect();
            if plain && listed.len() >= 3 && listed.len() * 4 > some.len() * 3 {
                Ok(listed)
            } else {
                Err(several(&some))
            }
        }
    }
}

/// Addresses each alone on a line of values, all lines alike: a list without names, as in an attached log.
fn rows<'c>(candidates: &[&'c Candidate]) -> Vec<&'c Candidate> {
    let named: Vec<&Candidate> = candidates
        .iter()
        .copied()
        .filter(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip))
        .collect();
    let Some(first) = named.first() else { return Vec::new() };
    let values = |c: &Candidate| c.weight == 25 && c.words == first.words && !c.words.contains(char::is_alphabetic);
    if named.iter().all(|c| values(c)) { named } else { Vec::new() }
}

/// The one address that a plain complaint names at all.
fn only<'c>(candidates: &[&'c Candidate], verdict: Verdict) -> Result<&'c Candidate, String> {
    let none = || "no address in it is clearly the source".to_owned();
    let mut named =
        candidates.iter().filter(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip));
    // Where a mail is shown, an address that merely stands there is a part of its traces.
    let shows = candidates.iter().filter(|c| c.how == How::Head && c.weight >= 40).count() > 1;
    let one = *named.next().filter(|_| verdict == Verdict::Plain && !shows).ok_or_else(none)?;
    if named.next().is_some() { Err(none()) } else { Ok(one) }
}

/// The one address that handed over the mail which the complaint shows, or the only one that a server noted as its sender.
fn shown<'c>(candidates: &[&'c Candidate], handed_over: Option<IpAddr>) -> Option<&'c Candidate> {
    let handed = |c: &&&Candidate| c.how == How::Head && Some(c.ip) == handed_over;
    if let Some(one) = candidates.iter().find(handed) {
        return Some(one);
    }
    let mut heads = candidates.iter().filter(|c| c.how == How::Head && c.weight >= 40);
    let noted: Vec<&Candidate> = candidates.iter().copied().filter(|c| c.how == How::Head && c.weight >= 50).collect();
    // What one server noted of the sender counts more than who handed the mail on later.
    let one = match noted[..] {
        [one] => one,
        // Each server on the way checked the one before it; the last check stands on top.
        [first, ..] if noted.iter().all(|c| c.reason == CHECKED) => {
            noted.iter().copied().min_by_key(|c| c.line).unwrap_or(first)
        }
        _ => heads.next().filter(|_| heads.next().is_none()).copied()?,
    };
    let others = candidates.iter().any(|c| c.how != How::Head && c.weight >= 15 && crate::address::is_public(c.ip));
    (!others).then_some(one)
}

fn several(candidates: &[&Candidate]) -> String {
    let shown: Vec<String> = candidates.iter().take(3).map(|c| c.ip.to_string()).collect();
    format!("{} addresses could be the source: {}", candidates.len(), shown.join(", "))
}
