//! How a restriction is put into words for the customer, on his page and in mail alike.
use crate::{language::Language, quarantine::Measure};
use chrono::{DateTime, FixedOffset, Utc};

/// What works and what does not under a measure, in one or two sentences.
#[must_use]
pub fn what_works(measure: Measure, ports: &[u16], language: Language) -> String {
    let list = language.list(&lost(ports, language));
    match (measure, language) {
        (Measure::PortBlock, Language::En) => {
            format!("These things do not work: {list}. Everything else works as usual.")
        }
        (Measure::PortBlock, Language::De) => format!("Das geht nicht: {list}. Alles andere geht wie gewohnt."),
        (Measure::WalledGarden, Language::En) => {
            "You can reach this page, updates, anti-virus sites and emergency services. Everything else is off."
                .to_owned()
        }
        (Measure::WalledGarden, Language::De) => {
            "Sie erreichen diese Seite, Updates, Virenschutz-Seiten und Notdienste. Alles andere ist abgeschaltet."
                .to_owned()
        }
        (Measure::Suspension, Language::En) => "Nothing works on this connection at the moment.".to_owned(),
        (Measure::Suspension, Language::De) => "An diesem Anschluss geht zurzeit nichts.".to_owned(),
    }
}

/// The sentence of a mail that announces a restriction ordered together with it.
#[must_use]
pub fn quarantine_sentence(
    measure: Measure,
    ports: &[u16],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    zone: FixedOffset,
    language: Language,
) -> String {
    let (from, until) = (language.moment(from, zone), language.day(until, zone));
    let works = match measure {
        // A mail cannot say "this page".
        Measure::WalledGarden => what_works(measure, ports, language)
            .replace("this page", "the page below")
            .replace("diese Seite", "die Seite unten"),
        Measure::PortBlock | Measure::Suspension => what_works(measure, ports, language),
    };
    match language {
        Language::En => format!(
            "To protect you and others, your internet connection is restricted from {from}, until {until} at the latest. {works}"
        ),
        Language::De => format!(
            "Zu Ihrem Schutz und dem Schutz anderer ist Ihr Internetanschluss ab {from} eingeschränkt, längstens bis {until}. {works}"
        ),
    }
}

/// `Clause 7.2 of the terms 2026-03, which you accepted on 14 March 2026: "..."`.
#[must_use]
pub fn clause_sentence(
    number: &str,
    text: &str,
    terms_version: &str,
    accepted_at: Option<DateTime<Utc>>,
    zone: FixedOffset,
    language: Language,
) -> String {
    let accepted = accepted_at.map(|at| language.day(at, zone));
    match (language, accepted) {
        (Language::En, Some(day)) => {
            format!("Clause {number} of the terms {terms_version}, which you accepted on {day}, says: “{text}”")
        }
        (Language::En, None) => format!("Clause {number} of the terms {terms_version} says: “{text}”"),
        (Language::De, Some(day)) => {
            format!(
                "Ziffer {number} der Bedingungen {terms_version}, denen Sie am {day} zugestimmt haben, lautet: „{text}“"
            )
        }
        (Language::De, None) => format!("Ziffer {number} der Bedingungen {terms_version} lautet: „{text}“"),
    }
}

/// What stops working when these ports are closed, ports of one use together.
fn lost(ports: &[u16], language: Language) -> Vec<String> {
    let mut uses: Vec<(&'static str, Vec<String>)> = Vec::new();
    for port in ports {
        let name = use_of(*port, language);
        match uses.iter_mut().find(|(known, _)| *known == name) {
            Some((_, same)) => same.push(port.to_string()),
            None => uses.push((name, vec![port.to_string()])),
        }
    }
    let worded = |(name, ports): (&str, Vec<String>)| {
        let word = match (language, ports.len()) {
            (Language::En, 1) => "port",
            (Language::En, _) => "ports",
            (Language::De, 1) => "Port",
            (Language::De, _) => "Ports",
        };
        let list = language.list(&ports);
        if name.is_empty() { format!("{word} {list}") } else { format!("{name} ({word} {list})") }
    };
    uses.into_iter().map(worded).collect()
}

/// What a port is mostly used for; empty if that says nothing to a customer.
const fn use_of(port: u16, language: Language) -> &'static str {
    let (english, german) = match port {
        22 => ("remote login", "Fernanmeldung"),
        23 => ("Telnet", "Telnet"),
        25 => ("sending mail from an own mail server", "Mailversand über einen eigenen Mailserver"),
        53 => ("an own name server", "ein eigener Nameserver"),
        80 | 443 => ("web pages", "Webseiten"),
        137..=139 | 445 => ("Windows file sharing with the internet", "Windows-Dateifreigabe ins Internet"),
        3389 => ("Windows remote desktop", "Windows-Fernzugriff"),
        _ => ("", ""),
    };
    match language {
        Language::En => english,
        Language::De => german,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quarantine::PORTS_DEFAULT;

    #[test]
    fn ports_are_named_by_what_stops_working() {
        assert_eq!(
            what_works(Measure::PortBlock, &[25, 8333], Language::En),
            "These things do not work: sending mail from an own mail server (port 25) and port 8333. Everything else works as usual."
        );
        let german = what_works(Measure::PortBlock, PORTS_DEFAULT, Language::De);
        assert!(german.contains("(Port 25) und Windows-Dateifreigabe ins Internet (Ports 139 und 445)."), "{german}");
    }

    #[test]
    fn mail_sentences_hold_the_dates() {
        let zone = FixedOffset::east_opt(3600).unwrap();
        let (from, until) = ("2026-11-22T09:51:00Z".parse().unwrap(), "2026-12-06T00:00:00Z".parse().unwrap());
        let text = quarantine_sentence(Measure::WalledGarden, &[], from, until, zone, Language::En);
        assert!(text.contains("22 November 2026, 10:51") && text.contains("6 December 2026 at the latest"), "{text}");
        assert!(text.contains("the page below") && !text.contains("this page"));
        let clause = clause_sentence("7.2", "We may.", "2026-03", Some(from), zone, Language::De);
        assert!(clause.starts_with("Ziffer 7.2 der Bedingungen 2026-03, denen Sie am 22. November 2026"), "{clause}");
    }
}
