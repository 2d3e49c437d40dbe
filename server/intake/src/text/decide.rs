//! Whether a text is clear enough to be read by machine. A wrong event costs more than a minute of a person.
use super::Findings;
use super::class;
use super::complaint::{self, Verdict};
use super::lines::Setting;
use super::source::{self, Candidate, FORM, How, SOME, STRONG};
use super::url::{Named, Page};
use crate::{limits, role};
use domain::class::{Category, Class};
use domain::event::{Observation, Source, SourceKind};
use serde_json::Map;

/// Most events of one text.
const MOST: usize = 100;

/// The events of a text, or why a person has to read it.
pub(crate) fn events(findings: &Findings) -> Result<Vec<Observation>, String> {
    let verdict = complaint::judge(&findings.document, &findings.words);
    let in_subject = findings.candidates.iter().find(|c| c.subject);
    let about_pages = findings.classes.first().is_some_and(|c| c.in_subject && is_about_pages(c.class));
    let form = findings.times.labelled() && findings.candidates.first().is_some_and(|c| c.weight >= FORM);
    match verdict {
        Verdict::Plain | Verdict::Complaint => {}
        // Nobody but a reporter names an address in the subject and shows its logs, or says there what it did.
        Verdict::Unclear if in_subject.is_some_and(|c| !c.logs.is_empty()) => {}
        Verdict::Unclear if in_subject.is_some() && findings.classes.first().is_some_and(|c| c.in_subject) => {}
        // Forms with fields for the source and for the time come from programs that report.
        Verdict::Unclear
            if findings.times.labelled() && findings.candidates.first().is_some_and(|c| c.weight >= FORM) => {}
        Verdict::Unclear if findings.pages.iter().any(|p| p.named > Named::Bare) && about_pages => {}
        Verdict::Personal => return Err("it tells somebody about his own account".to_owned()),
        Verdict::Unclear => return Err("nothing in it says that it is a complaint".to_owned()),
        Verdict::Answer => return Err("it answers an earlier mail".to_owned()),
        // Shown spam ends with "unsubscribe" too.
        Verdict::Bulk if (in_subject.is_some() || form) && !findings.document.bulk => {}
        Verdict::Bulk => return Err("it went to many readers, as newsletters do".to_owned()),
    }
    let worded = class::clear(&findings.classes, verdict == Verdict::Plain || in_subject.is_some());
    if let Some(class) = worded.filter(|c| is_about_pages(*c)) {
        let pages = pages(&findings.pages);
        if !pages.is_empty() {
            return Ok(pages.into_iter().take(MOST).map(|page| page_event(findings, page, class)).collect());
        }
    }
    let chosen = chosen(&findings.candidates)?;
    if verdict != Verdict::Plain && chosen.iter().any(|c| c.how == How::Prose && !c.subject) {
        return Err("an address is accused, but not clearly to us".to_owned());
    }
    let by_log = chosen.iter().find_map(|c| c.class);
    let class = match (by_log, worded) {
        (Some(log), Some(words)) if log.category() == words.category() => words,
        (Some(log), _) => log,
        (None, Some(words)) => words,
        (None, None) => return Err(unclear_class(findings)),
    };
    let port = (chosen.len() == 1).then(|| source::stated_port(&findings.lines, serves(class))).flatten();
    let noted = by_log.is_some_and(|log| worded.is_some_and(|w| w.category() != log.category()));
    let events = chosen.into_iter().take(MOST).map(|candidate| {
        let own = candidate.class.filter(|c| c.category() != class.category()).unwrap_or(class);
        event(findings, candidate, own, port, noted)
    });
    let events: Vec<Observation> = events.collect();
    if let Some(mailed) = findings.document.date
        && events.iter().any(|e| e.from.is_some_and(|from| from > mailed + chrono::Duration::days(1)))
    {
        return Err("its time is after the mail was written".to_owned());
    }
    Ok(events)
}

/// The reporter's own number: in a field, or behind such a word in the subject.
pub(crate) fn reference(findings: &Findings) -> Option<String> {
    const NAMES: [&str; 22] = [
        "caseid",
        "casenumber",
        "caseno",
        "case",
        "noticeid",
        "reportid",
        "reference",
        "referencenumber",
        "ref",
        "incidentid",
        "incident",
        "incidentnumber",
        "ticket",
        "ticketid",
        "complaintid",
        "infringementid",
        "trackingid",
        "yourreference",
        "ourreference",
        "abuseid",
        "referenz",
        "aktenzeichen",
    ];
    let value = |text: &str| {
        let word = text.trim().trim_matches(['#', '[', ']', '"', '|', ' ']).split_whitespace().next()?;
        let looks = word.len() <= 64
            && word.bytes().any(|b| b.is_ascii_digit())
            && !word.contains("://")
            && !word.contains('@');
        looks.then(|| word.trim_end_matches([',', '.', ';', ']', ')']).to_owned())
    };
    let by_field = findings.lines.iter().filter(|l| l.setting == Setting::Plain).take(1000).find_map(|line| {
        let (key, rest) = line.text.split_once([':', '='])?;
        let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        NAMES.contains(&key.as_str()).then(|| value(rest)).flatten()
    });
    by_field.or_else(|| {
        let subject = findings.document.subject.as_str();
        let lower = subject.to_ascii_lowercase();
        let words = [
            "case id",
            "case #",
            "case:",
            "notice id",
            "report id",
            "ref:",
            "reference:",
            "ticket #",
            "incident #",
            "incident id",
        ];
        words.iter().find_map(|w| value(subject.get(lower.find(w)? + w.len()..)?.trim_start_matches([':', ' ', '#'])))
    })
}

fn is_about_pages(class: Class) -> bool {
    matches!(class.category(), Category::Content) || matches!(class, Class::Copyright | Class::Malware)
}

/// Whether a port in the text is our customer's, because he offers what the report is about.
fn serves(class: Class) -> bool {
    class.category() == Category::Vulnerability || matches!(class, Class::P2p | Class::Botnet)
}

/// The pages that are named as the offence, not merely linked.
fn pages(pages: &[Page]) -> Vec<&Page> {
    let of = |named: Named| pages.iter().filter(|p| p.named == named).collect::<Vec<_>>();
    [Named::Labelled, Named::Defanged, Named::Announced]
        .into_iter()
        .map(of)
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The addresses that the text clearly accuses.
fn chosen(candidates: &[Candidate]) -> Result<Vec<&Candidate>, String> {
    let strong: Vec<&Candidate> = candidates.iter().filter(|c| c.weight >= STRONG).collect();
    let named: Vec<&Candidate> = strong.iter().copied().filter(|c| c.subject).collect();
    if let [one] = named[..] {
        return Ok(vec![one]);
    }
    match strong[..] {
        [] => {
            let some: Vec<&Candidate> = candidates.iter().filter(|c| c.weight >= SOME).collect();
            match some[..] {
                [one] if candidates.iter().all(|c| c.ip == one.ip || c.weight < 20) => Ok(vec![one]),
                [] => Err("no address in it is clearly the source".to_owned()),
                _ => Err(several(&some)),
            }
        }
        [one] => Ok(vec![one]),
        [first, ..] => {
            let alike = strong.iter().all(|c| c.how == first.how && c.reason == first.reason);
            if alike && matches!(first.how, How::Log | How::Table | How::Label | How::Subject) {
                Ok(strong)
            } else {
                Err(several(&strong))
            }
        }
    }
}

fn several(candidates: &[&Candidate]) -> String {
    let shown: Vec<String> = candidates.iter().take(3).map(|c| c.ip.to_string()).collect();
    format!("{} addresses could be the source: {}", candidates.len(), shown.join(", "))
}

fn unclear_class(findings: &Findings) -> String {
    match &findings.classes[..] {
        [first, second, ..] => format!(
            "it could be about {} or {}",
            first.class.title().to_lowercase(),
            second.class.title().to_lowercase()
        ),
        [first] => format!("little says what kind of abuse it is; perhaps {}", first.class.title().to_lowercase()),
        [] => "nothing says what kind of abuse it is".to_owned(),
    }
}

fn event(findings: &Findings, candidate: &Candidate, class: Class, port: Option<u16>, noted: bool) -> Observation {
    let when = findings.times.of(Some(candidate));
    let mut details = Map::new();
    details.insert("source_reason".into(), candidate.reason.clone().into());
    details.insert("source_line".into(), limits::clip(&findings.line(candidate.line), limits::DETAIL_BYTES).into());
    details.insert("time_origin".into(), when.origin.into());
    if let Some(precision) = when.precision {
        details.insert("time_precision".into(), precision.into());
    }
    let mut faults = vec![format!("read from free text: source by {}", candidate.reason)];
    if noted {
        faults.push("class by the log lines; the words say something else".to_owned());
    }
    faults.extend(when.span.faults);
    Observation {
        source: Source::from_ip(candidate.ip, candidate.port.or(port)),
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: i64::try_from(candidate.logs.len()).unwrap_or(1).max(1),
        reference: None,
        details,
        faults,
    }
}

fn page_event(findings: &Findings, page: &Page, class: Class) -> Observation {
    let when = findings.times.of(None);
    let mut details = Map::new();
    details.insert("time_origin".into(), when.origin.into());
    if let [one] = findings.candidates.iter().filter(|c| c.weight >= SOME).collect::<Vec<_>>()[..] {
        details.insert("ip".into(), one.ip.to_string().into());
    }
    let mut faults = vec!["read from free text: the source is a page that it names".to_owned()];
    faults.extend(when.span.faults);
    Observation {
        source: Source::new(SourceKind::Url, limits::clip(&page.url, limits::SOURCE_BYTES), None),
        from: Some(when.span.from),
        to: Some(when.span.to),
        time_grade: when.span.grade,
        class,
        role: role::of(class),
        count: 1,
        reference: None,
        details,
        faults,
    }
}
