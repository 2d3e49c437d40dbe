//! The reporter's own number of a report.
use super::Findings;
use super::lines::Setting;

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
